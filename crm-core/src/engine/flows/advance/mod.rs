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

use std::collections::BTreeMap;
use std::sync::Arc;

pub use commands::*;
pub(crate) use effects::{RESUME, resume};
pub(crate) use entry::{begin, open_deal};

use super::edit::{check_revision, merge};
use crate::base::kind::TaskId;
use crate::base::{Instant, RecordRef, Value};
use crate::engine::config::spec;
use crate::record::action::Action;
use crate::record::codec::{ValueRef, View, put_value, put_varint};
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Refusal, Result};
use crate::record::field::Field;
use crate::record::lifecycle::{
    Direction, Lifecycle, Move, MovePlan, MoveRefusal, Spent, State, StateClass, StateTimes,
};
use crate::record::port::GuardedMove;
use crate::record::spec::StateFields;
use facts::Facts;

/// Every stable code of this flow, beside those of a lifecycle's decision.
pub const CODES: &[(&str, &str)] = &[
    ("lifecycle.guard_unknown", "nothing answers for a guard that the lifecycle names"),
    ("lifecycle.none", "records of that kind have no lifecycle"),
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
    fields: StateFields,
    pub(crate) lifecycle: Arc<Lifecycle>,
    pub(crate) state: String,
    since: Option<Instant>,
    pub(crate) spent: Vec<Spent>,
}

impl Course {
    /// Reads it from a record's fields.
    ///
    /// # Errors
    /// Refused with `lifecycle.none` where the kind has no lifecycle.
    pub(crate) fn of(desk: &dyn Desk, record: RecordRef, view: View<'_>) -> Result<Course> {
        let fields = spec(record.kind)?.state.ok_or_else(|| {
            Error::refused("lifecycle.none", format!("a {} has no lifecycle to move along", record.kind))
        })?;
        let name = match fields.lifecycle {
            Some(field) => text(view, field)?,
            None => String::new(),
        };
        let since = match view.get(fields.since)? {
            ValueRef::Instant(at) => Some(at),
            _ => None,
        };
        Ok(Course {
            fields,
            lifecycle: desk.lifecycle(record.kind, Some(name.as_str()).filter(|name| !name.is_empty()))?,
            state: text(view, fields.state)?,
            since,
            spent: Vec::<Spent>::read(view.get(fields.spent)?)?,
        })
    }

    /// The fields that change when a state is entered.
    fn entering(&self, to: &State, now: Instant) -> Vec<(u16, Value)> {
        let mut times = StateTimes::from_fields(&self.spent, &self.state, self.since);
        times.enter(&to.code, now);
        let since = times.current().map_or(now, |(_, since)| since);
        let mut changes = vec![
            (self.fields.state, to.code.as_str().into()),
            (self.fields.since, since.into()),
            (self.fields.spent, times.spent().to_value()),
        ];
        if let Some(field) = self.fields.lifecycle {
            changes.push((field, self.lifecycle.name.as_str().into()));
        }
        changes
    }

    fn step(&self, to: &str) -> Option<&Move> {
        self.lifecycle.moves_from(&self.state).find(|step| step.to == to)
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
        Right::Fact => {
            desk.enlist(record, Purpose::Derive)?.ok_or_else(|| Error::not_found(record))?
        }
    };
    let view = View::new(&image)?;
    check_revision(record, request.revision, view)?;
    let course = Course::of(desk, record, view)?;
    let mut fields = view.field_bytes().to_vec();
    if !request.fields.is_empty() {
        desk.load(record, Action::Update)?;
        fields = merge(desk, record.kind, &fields, &request.fields)?;
    }
    let plan = decide(desk, request, &course, View::of_fields(&fields))?;
    let (from, to) = (plan.from, plan.to);
    if !request.reason.is_empty() {
        desk.because(&request.reason);
    }
    let entering = Entering { from: Some(from), to, reason: &request.reason, rival: &request.rival };
    fields = with(&fields, course.entering(to, desk.now()))?;
    let mut tasks = Vec::new();
    fields = effects::settle(desk, record, fields, &entering, &mut tasks)?;
    desk.write(record, fields.clone())?;
    tasks.extend(entry::tasks(desk, record, View::of_fields(&fields), to)?);
    Ok(Moved {
        record,
        from: from.code.clone(),
        to: to.code.clone(),
        direction: plan.direction,
        class: to.class,
        tasks,
    })
}

/// Decides a move: what its lifecycle asks and what its guards answer, all refusals together.
fn decide<'c>(
    desk: &mut dyn Desk,
    request: &Request,
    course: &'c Course,
    view: View<'_>,
) -> Result<MovePlan<'c>> {
    let lifecycle = &course.lifecycle;
    let to = lifecycle.state_named(&request.to).map_or(request.to.as_str(), |state| &state.code);
    let step = course.step(to);
    let facts = Facts::gather(desk, request, course, step, view)?;
    let decided = lifecycle.decide(&course.state, to, &facts);
    let mut refusals = Vec::new();
    if let Err(found) = &decided {
        refusals.extend(found.iter().map(refusal));
    }
    for guard in step.iter().flat_map(|step| &step.guards) {
        let (from, now) = (course.state.as_str(), desk.now());
        let guarded = GuardedMove { guard, record: request.record, view, from, to, now };
        refusals.extend(desk.ports().guard(&guarded)?.unwrap_or_else(|| {
            vec![
                Refusal::new("lifecycle.guard_unknown", format!("nothing answers for the guard `{guard}`"))
                    .with("guard", guard.as_str()),
            ]
        }));
    }
    refusals.extend(effects::forbidden(request, lifecycle.state(to)));
    match decided {
        Ok(plan) if refusals.is_empty() => Ok(plan),
        _ => Err(Error::Refused(refusals)),
    }
}

/// A lifecycle's refusal as the engine's.
pub(crate) fn refusal(refusal: &MoveRefusal) -> Refusal {
    let values = refusal.values().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Refusal { code: refusal.code().to_owned(), message: refusal.to_string(), values }
}

fn text(view: View<'_>, field: u16) -> Result<String> {
    Ok(match view.get(field)? {
        ValueRef::Text(text) => text.to_owned(),
        _ => String::new(),
    })
}

/// Stored fields with some of them changed; null takes one away.
pub(crate) fn with(fields: &[u8], changes: Vec<(u16, Value)>) -> Result<Vec<u8>> {
    let mut stored: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    let mut walk = View::of_fields(fields).fields();
    while let Some((no, raw)) = walk.step()? {
        stored.insert(no, raw.0.to_vec());
    }
    for (no, value) in changes {
        if value.is_empty() {
            stored.remove(&no);
        } else {
            let mut raw = Vec::new();
            put_value(&mut raw, &value);
            stored.insert(no, raw);
        }
    }
    let mut out = Vec::with_capacity(fields.len() + 64);
    for (no, raw) in stored {
        put_varint(&mut out, u64::from(no));
        out.extend_from_slice(&raw);
    }
    Ok(out)
}
