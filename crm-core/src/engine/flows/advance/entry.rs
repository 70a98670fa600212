//! What happens as a record enters a state, its first one included.

use super::{Course, Entering, effects, facts, refusal, with};
use crate::base::kind::{OpportunityId, TaskId, UserId};
use crate::base::{Id, Kind, RecordRef, kind};
use crate::domain::opportunity::Opportunity;
use crate::domain::task::{self, Task};
use crate::engine::config::spec;
use crate::record::action::Action;
use crate::record::codec::{ValueRef, View};
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Result};
use crate::record::lifecycle::State;
use crate::record::spec::{Record, Visibility};

/// Puts a record that was just written into the first state of its lifecycle; one that has a state,
/// or whose kind has no lifecycle, stays as it is.
///
/// # Errors
/// Refused when records can't start in the state wanted.
pub(crate) fn begin(desk: &mut dyn Desk, record: RecordRef, wanted: Option<&str>) -> Result<()> {
    if spec(record.kind)?.state.is_none() {
        return Ok(());
    }
    let image = desk.load(record, Action::Read)?;
    let view = View::new(&image)?;
    let course = Course::of(desk, record, view)?;
    if !course.state.is_empty() {
        return Ok(());
    }
    let lifecycle = course.lifecycle.clone();
    let wanted = wanted.map(|name| lifecycle.state_named(name).map_or(name, |state| &state.code));
    let to = lifecycle.start(wanted).map_err(|found| Error::Refused(vec![refusal(&found)]))?;
    let mut fields = with(view.field_bytes(), course.entering(to, desk.now()))?;
    let entering = Entering { from: None, to, reason: "", rival: "" };
    fields = effects::settle(desk, record, fields, &entering, &mut Vec::new())?;
    desk.write(record, fields.clone())?;
    tasks(desk, record, View::of_fields(&fields), to)?;
    Ok(())
}

/// Stores a new deal in the first stage of its pipeline: what creating one and converting a lead do.
///
/// # Errors
/// Invalid values, an unknown pipeline, or missing rights.
pub(crate) fn open_deal(desk: &mut dyn Desk, deal: &Opportunity) -> Result<OpportunityId> {
    desk.may(Action::Create, kind::Opportunity::NO)?;
    desk.put(deal)?;
    begin(desk, deal.record_ref(), None)?;
    Ok(deal.id())
}

/// Creates the tasks that a state asks for, but those still open from an earlier visit.
pub(super) fn tasks(
    desk: &mut dyn Desk,
    record: RecordRef,
    view: View<'_>,
    state: &State,
) -> Result<Vec<TaskId>> {
    if state.activities.is_empty() {
        return Ok(Vec::new());
    }
    let open = facts::tasks_of_state(desk, record, &state.code)?;
    let chinese = desk.settings().region == "CN";
    let owner = owner(record, view)?.or(desk.actor().user());
    let mut created = Vec::new();
    for wanted in &state.activities {
        let subject = if chinese { &wanted.zh } else { &wanted.en };
        if open.iter().any(|task| task.subject == *subject) {
            continue;
        }
        let mut task = Task::empty(desk.new_id());
        task.subject.clone_from(subject);
        task.owner = owner;
        task.about = Some(record);
        task.stage.clone_from(&state.code);
        task.gate = state.gate.then_some(true);
        task::begin(desk, &mut task)?;
        // The lifecycle asks for it, whatever tasks the actor may create or give out.
        desk.enlist(task.record_ref(), Purpose::Derive)?;
        desk.put(&task)?;
        created.push(task.id());
    }
    Ok(created)
}

/// Who owns a record.
fn owner(record: RecordRef, view: View<'_>) -> Result<Option<UserId>> {
    let Visibility::Owned { owner } = spec(record.kind)?.visibility else { return Ok(None) };
    Ok(match view.get(owner)? {
        ValueRef::Id(user) => Some(Id::from_u128(user.bits)),
        _ => None,
    })
}
