//! What happens as a record enters a state, its first one included.

use super::{Course, Entering, effects, facts, refusal};
use crate::base::RecordRef;
use crate::base::kind::TaskId;
use crate::domain::task::{self, Task};
use crate::record::action::Action;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Result};
use crate::record::lifecycle::State;
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

/// Puts a new record into the first state of its lifecycle; one that has a state stays as it is.
///
/// # Errors
/// When its lifecycle is unknown or has no first state.
pub(crate) fn begin(desk: &mut dyn Desk, record: RecordRef) -> Result<()> {
    let image = desk.load(record, Action::Read)?;
    let course = Course::of(desk, record, &image)?;
    if !course.state.is_empty() {
        return Ok(());
    }
    let to = course.lifecycle.start(None).map_err(|found| Error::Refused(vec![refusal(&found)]))?;
    let sheet = course.entering(to, desk.now())?;
    let entering = Entering { from: None, to, reason: "", rival: "" };
    effects::settle(desk, &sheet, &entering)?;
    tasks(desk, &sheet, to).map(|_| ())
}

/// Creates the tasks that a state asks for, but those still open from an earlier visit.
pub(super) fn tasks(desk: &mut dyn Desk, sheet: &Sheet, state: &State) -> Result<Vec<TaskId>> {
    if state.activities.is_empty() {
        return Ok(Vec::new());
    }
    let open = facts::tasks_of_state(desk, sheet.record, &state.code)?;
    let chinese = desk.settings().region == "CN";
    let owner = sheet.owner()?.or(desk.actor().user());
    let mut created = Vec::new();
    for wanted in &state.activities {
        let subject = if chinese { &wanted.zh } else { &wanted.en };
        if open.iter().any(|task| task.subject == *subject) {
            continue;
        }
        let mut task = Task::empty(desk.new_id());
        task.subject.clone_from(subject);
        task.owner = owner;
        task.about = Some(sheet.record);
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
