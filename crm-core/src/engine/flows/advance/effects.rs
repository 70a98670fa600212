//! What entering a state means for records of one kind.

use super::{Entering, Request, Right, with};
use crate::base::calendar::{local_date, start_of_day};
use crate::base::kind::TaskId;
use crate::base::{Id, Kind, KindNo, RecordRef, Value, kind};
use crate::domain::lead::Lead;
use crate::domain::opportunity::{self, Opportunity};
use crate::domain::task::{self, Task};
use crate::record::action::Action;
use crate::record::codec::{ValueRef, View};
use crate::record::desk::{Desk, Due};
use crate::record::error::{Refusal, Result};
use crate::record::lifecycle::{State, StateClass};
use crate::record::spec::Record;

/// The due work that resumes a paused record on its day.
pub(crate) const RESUME: &str = "record.resume";
/// The field with that day, in whatever kind has one.
const RESUME_ON: &str = "resume_on";

const OPPORTUNITY: KindNo = kind::Opportunity::NO;
const LEAD: KindNo = kind::Lead::NO;
const TASK: KindNo = kind::Task::NO;

/// What forbids a move beyond what its lifecycle says.
pub(super) fn forbidden(request: &Request, to: Option<&State>) -> Option<Refusal> {
    let converts = request.record.kind == LEAD && to.is_some_and(|to| to.class == StateClass::Won);
    (converts && request.right == Right::Actor)
        .then(|| Refusal::new("lead.not_converted", "a lead is won by converting it, not by a move"))
}

/// The fields with what follows from the state entered.
pub(super) fn settle(
    desk: &mut dyn Desk,
    record: RecordRef,
    fields: Vec<u8>,
    entering: &Entering<'_>,
    tasks: &mut Vec<TaskId>,
) -> Result<Vec<u8>> {
    let (to, now) = (entering.to, desk.now());
    let fields = pause(desk, record, fields, entering)?;
    match record.kind {
        OPPORTUNITY => {
            let mut deal: Opportunity = read(record, &fields)?;
            if entering.from.is_none() {
                deal.owner = deal.owner.or(desk.actor().user());
                if deal.code.is_empty() {
                    deal.code = desk.next_code(OPPORTUNITY)?.unwrap_or_default();
                }
            }
            opportunity::enter(&mut deal, to, entering.reason, entering.rival, now);
            Ok(write(&deal))
        }
        LEAD => {
            let mut lead: Lead = read(record, &fields)?;
            let lost = to.class == StateClass::Lost;
            lead.invalid_reason = if lost { entering.reason.to_owned() } else { String::new() };
            Ok(write(&lead))
        }
        TASK => {
            let mut task: Task = read(record, &fields)?;
            if entering.from.is_none() {
                task.owner = task.owner.or(desk.actor().user());
            }
            tasks.extend(task::enter(desk, &mut task, to)?);
            Ok(write(&task))
        }
        _ => Ok(fields),
    }
}

fn read<T: Record>(record: RecordRef, fields: &[u8]) -> Result<T> {
    Ok(T::read(Id::from_u128(record.bits), View::of_fields(fields))?)
}

fn write<T: Record>(record: &T) -> Vec<u8> {
    let mut fields = Vec::with_capacity(256);
    record.put_fields(&mut fields);
    fields
}

/// Queues the day on which a paused record resumes; forgets it once the record goes on.
fn pause(
    desk: &mut dyn Desk,
    record: RecordRef,
    fields: Vec<u8>,
    entering: &Entering<'_>,
) -> Result<Vec<u8>> {
    let schema = desk.schema();
    let field = schema.kind(record.kind).and_then(|schema| schema.named(RESUME_ON)).map(|field| field.no);
    let (Some(field), Some(from)) = (field, entering.from) else { return Ok(fields) };
    if entering.to.class == StateClass::Paused {
        if let ValueRef::Date(day) = View::of_fields(&fields).get(field)? {
            let at = start_of_day(day, desk.settings().zone);
            desk.schedule(Due { at, work: RESUME.to_owned(), about: record, note: from.code.clone() });
        }
        return Ok(fields);
    }
    if from.class == StateClass::Paused {
        return with(&fields, vec![(field, Value::Null)]);
    }
    Ok(fields)
}

/// Resumes a record that is still paused once its day has come, into the state that it was paused in
/// or the first open one that it can go to.
pub(crate) fn resume(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let record = due.about;
    let image = match desk.load(record, Action::Move) {
        Err(crate::record::error::Error::NotFound(..)) => return Ok(()),
        loaded => loaded?,
    };
    let view = View::new(&image)?;
    let course = super::Course::of(desk, record, view)?;
    let paused = course.lifecycle.state(&course.state).is_some_and(|state| state.class == StateClass::Paused);
    let schema = desk.schema();
    let field = schema.kind(record.kind).and_then(|schema| schema.named(RESUME_ON)).map(|field| field.no);
    let (true, Some(field)) = (paused, field) else { return Ok(()) };
    let zone = desk.settings().zone;
    match view.get(field)? {
        ValueRef::Date(day) if day > local_date(desk.now(), zone) => {
            desk.schedule(Due { at: start_of_day(day, zone), ..due.clone() });
            return Ok(());
        }
        ValueRef::Date(_) => {}
        _ => return Ok(()),
    }
    let steps: Vec<&str> = course.lifecycle.moves_from(&course.state).map(|step| step.to.as_str()).collect();
    let is_open = |code: &&&str| {
        course.lifecycle.state(code).is_some_and(|state| state.class == StateClass::Open)
    };
    let back = steps.iter().find(|code| **code == due.note).or_else(|| steps.iter().find(is_open));
    match back {
        Some(to) => super::advance(desk, &Request::new(record, to)).map(|_| ()),
        None => Ok(()),
    }
}
