//! The one mechanism that moves a record along its lifecycle, whatever its kind.
//!
//! A move is decided with every requirement that fails at once (see
//! [`Lifecycle::decide`](crate::record::lifecycle::Lifecycle::decide)) and with what its guards
//! answer; then the state, its time and what follows for the kind are written, and the tasks that
//! the state asks for are created.

mod commands;
mod effects;
mod entry;
mod facts;
mod pause;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use commands::*;
pub(crate) use entry::begin;
pub(crate) use pause::{RESUME, resume};

use super::edit::{check_revision, merge};
use crate::base::kind::TaskId;
use crate::base::{Instant, RecordRef, Value};
use crate::record::action::Action;
use crate::record::codec::{self, View};
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Refusal, Result};
use crate::record::lifecycle::{Direction, Lifecycle, Move, MovePlan, MoveRefusal, Spent, State, StateClass};
use crate::record::port::GuardedMove;
use crate::record::script::{Answer, Ask, Purpose as For, Which};
use crate::record::sheet::Sheet;
use crate::record::spec::StateFields;
use facts::Facts;

/// Every stable code of this flow, beside those of a lifecycle's decision.
pub const CODES: &[(&str, &str)] = &[
    ("lifecycle.guard_unknown", "nothing answers for a guard that the lifecycle names"),
    ("lifecycle.none", "records of that kind have no lifecycle"),
    ("rule.guard", "a rule of the tenant's does not let a record move"),
    ("lead.not_converted", "a lead enters its won state by being converted"),
];

/// What a move did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Moved {
    /// The record.
    pub record: RecordRef,
    /// The state that it left.
    pub from: String,
    /// The state that it entered.
    pub to: String,
    /// Which way it went.
    pub direction: Direction,
    /// What the state entered means.
    pub class: StateClass,
    /// The tasks that were created.
    pub tasks: Vec<TaskId>,
}

/// By which right a record is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// The actor's.
    Actor,
    /// That of a fact that another record states.
    Fact,
}

/// A move that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) record: RecordRef,
    /// The state, by code or label.
    pub(crate) to: String,
    pub(crate) reason: String,
    /// To whom a deal was lost.
    pub(crate) rival: String,
    pub(crate) revision: Option<u64>,
    /// Values for fields that the move requires.
    pub(crate) fields: BTreeMap<String, Value>,
    pub(crate) right: Right,
}

impl Request {
    /// A plain request of the actor.
    pub(crate) fn new(record: RecordRef, to: &str) -> Self {
        Request {
            record,
            to: to.to_owned(),
            reason: String::new(),
            rival: String::new(),
            revision: None,
            fields: BTreeMap::new(),
            right: Right::Actor,
        }
    }
}

/// Where a record stands in its lifecycle.
pub(crate) struct Course {
    pub(crate) sheet: Sheet,
    pub(crate) lifecycle: Arc<Lifecycle>,
    pub(crate) state: String,
    fields: StateFields,
}

impl Course {
    /// Reads it from a record's image.
    ///
    /// # Errors
    /// Refused with `lifecycle.none` where the kind has no lifecycle.
    pub(crate) fn of(desk: &dyn Desk, record: RecordRef, image: &[u8]) -> Result<Course> {
        let sheet = Sheet::read(desk, record, image)?;
        let fields = sheet.spec().state.ok_or_else(|| {
            Error::refused("lifecycle.none", format!("a {} has no lifecycle to move along", record.kind))
        })?;
        let name = sheet.lifecycle()?;
        let lifecycle = desk.lifecycle(record.kind, Some(name.as_str()).filter(|name| !name.is_empty()))?;
        Ok(Course { state: sheet.state()?, sheet, lifecycle, fields })
    }

    fn since(&self) -> Result<Option<Instant>> {
        self.sheet.take(self.fields.since)
    }

    /// The states that the record was in before.
    fn been(&self) -> Result<Vec<String>> {
        let spent: Vec<Spent> = self.sheet.take(self.fields.spent)?;
        Ok(spent.into_iter().map(|row| row.state).collect())
    }

    fn step(&self, to: &str) -> Option<&Move> {
        self.lifecycle.moves_from(&self.state).find(|step| step.to == to)
    }

    /// The sheet in another state.
    fn entering(&self, to: &State, now: Instant) -> Result<Sheet> {
        let mut sheet = self.sheet.clone();
        sheet.enter(&to.code, now)?;
        if let Some(field) = self.fields.lifecycle {
            sheet.set(field, &self.lifecycle.name);
        }
        Ok(sheet)
    }
}

/// A state that is being entered, for what follows from it.
pub(super) struct Entering<'a> {
    pub(super) from: Option<&'a State>,
    pub(super) to: &'a State,
    pub(super) reason: &'a str,
    pub(super) rival: &'a str,
}

/// Moves a record.
///
/// # Errors
/// Refused with everything that the move lacks; not found, stale, or without the right to move.
pub(crate) fn advance(desk: &mut dyn Desk, request: &Request) -> Result<Moved> {
    let record = request.record;
    let image = match request.right {
        Right::Actor => desk.load(record, Action::Move)?,
        Right::Fact => desk.enlist(record, Purpose::Derive)?.ok_or_else(|| Error::not_found(record))?,
    };
    let view = View::new(&image)?;
    check_revision(record, request.revision, view)?;
    let mut course = Course::of(desk, record, &image)?;
    if !request.fields.is_empty() {
        desk.load(record, Action::Update)?;
        let fields = merge(desk, record.kind, view.field_bytes(), &request.fields)?;
        let image = codec::image(view.revision, view.head, view.updated_at, &fields);
        course.sheet = Sheet::read(desk, record, &image)?;
    }
    let plan = decide(desk, request, &course)?;
    let (from, to) = (plan.from, plan.to);
    if !request.reason.is_empty() {
        desk.because(&request.reason);
    }
    let entering = Entering { from: Some(from), to, reason: &request.reason, rival: &request.rival };
    let sheet = course.entering(to, desk.now())?;
    let mut tasks = effects::settle(desk, &sheet, &entering)?;
    tasks.extend(entry::tasks(desk, &sheet, to)?);
    let (from, to, class) = (from.code.clone(), to.code.clone(), to.class);
    Ok(Moved { record, from, to, direction: plan.direction, class, tasks })
}

/// Decides a move: what its lifecycle asks and what its guards answer, all refusals together.
fn decide<'c>(desk: &mut dyn Desk, request: &Request, course: &'c Course) -> Result<MovePlan<'c>> {
    let lifecycle = &course.lifecycle;
    let to = lifecycle.state_named(&request.to).map_or(request.to.as_str(), |state| &state.code);
    let step = course.step(to);
    let facts = Facts::gather(desk, request, course, step)?;
    let decided = lifecycle.decide(&course.state, to, &facts);
    let mut refusals = Vec::new();
    if let Err(found) = &decided {
        refusals.extend(found.iter().map(refusal));
    }
    for guard in step.iter().flat_map(|step| &step.guards) {
        let (from, now) = (course.state.as_str(), desk.now());
        let (ports, record) = (desk.ports(), request.record);
        let by_rule = course.sheet.view(|view| guard_rule(desk, guard, record, view, (from, to)))?;
        let answer = match by_rule {
            Some(refusals) => Some(refusals),
            None => {
                course.sheet.view(|view| ports.guard(&GuardedMove { guard, record, view, from, to, now }))?
            }
        };
        refusals.extend(answer.unwrap_or_else(|| vec![unknown_guard(guard)]));
    }
    refusals.extend(effects::forbidden(request, lifecycle.state(to)));
    match decided {
        Ok(plan) if refusals.is_empty() => Ok(plan),
        _ => Err(Error::Refused(refusals)),
    }
}

/// What the rule of a guard's name refuses, none when no rule in force has the name.
fn guard_rule(
    desk: &mut dyn Desk,
    guard: &str,
    record: RecordRef,
    view: View<'_>,
    states: (&str, &str),
) -> Result<Option<Vec<Refusal>>> {
    let ask = Ask { which: Which::Named(guard), states, ..Ask::new(For::Guard, record, view) };
    let Some(verdict) = desk.judge(&ask)? else { return Ok(None) };
    let refused = |refusal: Refusal| refusal.with("rule", verdict.signature.as_str());
    Ok(Some(match verdict.answer {
        Answer::Holds(true) => Vec::new(),
        Answer::Holds(false) => {
            let usual = || format!("the rule `{guard}` does not let it pass");
            let message = Some(verdict.message.clone()).filter(|said| !said.is_empty()).unwrap_or_else(usual);
            vec![refused(Refusal::new("rule.guard", message))]
        }
        Answer::Refusals(refusals) => refusals.into_iter().map(refused).collect(),
        other => {
            let message = format!("the script answered {other:?}, which is not what was asked");
            return Err(Error::rule_failed(verdict.signature, message));
        }
    }))
}

/// A lifecycle's refusal as the engine's.
pub(crate) fn refusal(refusal: &MoveRefusal) -> Refusal {
    let values = refusal.values().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Refusal { code: refusal.code().to_owned(), message: refusal.to_string(), values }
}

fn unknown_guard(guard: &str) -> Refusal {
    let message = format!("nothing answers for the guard `{guard}`");
    Refusal::new("lifecycle.guard_unknown", message).with("guard", guard)
}
