//! Making tasks and ticking off their points.

use super::{CheckItem, Priority, Recurrence, Task, next_due};
use crate::base::kind::{self, TaskId, UserId};
use crate::base::{Instant, Kind, RecordRef};
use crate::record::action::Action;
use crate::record::desk::Desk;
use crate::record::error::{Error, Refusal, Result};
use crate::record::lifecycle::{State, StateClass};
use crate::record::spec::Record;

crate::command! {
    /// Creates a task.
    pub struct CreateTask as "task.create" -> TaskId {
        /// What is to be done.
        subject: String,
        /// Who has to do it; the actor when there is none.
        #[serde(default)]
        owner: Option<UserId>,
        /// Who helps.
        #[serde(default)]
        collaborators: Vec<UserId>,
        /// By when.
        #[serde(default)]
        due_at: Option<Instant>,
        /// How much it matters.
        #[serde(default)]
        priority: Option<Priority>,
        /// When to remind.
        #[serde(default)]
        reminder_at: Option<Instant>,
        /// When it comes again.
        #[serde(default)]
        recurrence: Option<Recurrence>,
        /// The points to tick off.
        #[serde(default)]
        checklist: Vec<String>,
        /// The record that it is about.
        #[serde(default)]
        about: Option<RecordRef>,
        /// More about it.
        #[serde(default)]
        text: String,
    }
    run(this, desk) {
        if let Some(about) = this.about {
            desk.load(about, Action::Read)?;
        }
        let mut task = Task::empty(desk.new_id());
        task.subject = this.subject;
        task.owner = this.owner.or(desk.actor().user());
        task.collaborators = this.collaborators;
        task.due_at = this.due_at;
        task.priority = this.priority;
        task.reminder_at = this.reminder_at;
        task.recurrence = this.recurrence;
        task.checklist = this.checklist.into_iter().map(|text| CheckItem { text, done: None }).collect();
        task.about = this.about;
        task.text = this.text;
        begin(desk, &mut task)?;
        desk.put(&task)?;
        Ok(task.id())
    }
}

crate::command! {
    /// Ticks off a point of a task's checklist, or takes the tick away.
    pub struct CheckTask as "task.check" -> () {
        /// The task.
        task: TaskId,
        /// The point's place, from 0.
        item: usize,
        /// Whether it is done.
        done: bool,
        /// The revision that the caller knows.
        #[serde(default)]
        revision: Option<u64>,
    }
    run(this, desk) {
        let mut task: Task = desk.load_at(this.task, Action::Update, this.revision)?;
        let count = task.checklist.len();
        let Some(item) = task.checklist.get_mut(this.item) else {
            let message = format!("the checklist has `{count}` points and no point `{}`", this.item);
            return Err(Error::Refused(vec![
                Refusal::new("task.no_such_item", message).with("task", this.task),
            ]));
        };
        item.done = Some(this.done);
        desk.put(&task)
    }
}

/// Puts a new task into the first state of its lifecycle.
///
/// # Errors
/// When the lifecycle has none.
pub fn begin(desk: &dyn Desk, task: &mut Task) -> Result<()> {
    let lifecycle = desk.lifecycle(kind::Task::NO, None)?;
    let state =
        lifecycle.start(None).map_err(|refusal| Error::refused(refusal.code(), refusal.to_string()))?;
    task.state.clone_from(&state.code);
    task.state_since = Some(desk.now());
    Ok(())
}

/// What follows when a task enters a state: when and by whom it was done, and the next one where it
/// comes again. Answers the next one.
///
/// # Errors
/// When the next one can't be written.
pub fn enter(desk: &mut dyn Desk, task: &mut Task, to: &State) -> Result<Option<TaskId>> {
    let done = matches!(to.class, StateClass::Won | StateClass::Final) && to.code != "cancelled";
    task.done_at = done.then(|| desk.now());
    task.done_by = if done { desk.actor().user() } else { None };
    let Some(recurrence) = task.recurrence.clone().filter(|_| done) else { return Ok(None) };
    let was_due = task.due_at.unwrap_or(desk.now());
    let Some(due) = next_due(&recurrence, was_due, desk.now(), desk.settings().zone) else { return Ok(None) };
    let mut next = Task { meta: Task::empty(desk.new_id()).meta, ..task.clone() };
    next.due_at = Some(due);
    next.reminder_at = task.reminder_at.map(|at| due + (at - was_due));
    next.checklist.iter_mut().for_each(|item| item.done = None);
    next.spent.clear();
    (next.done_at, next.done_by, next.reminded_at) = (None, None, None);
    // What gated a stage is done; what comes again does not hold it up once more.
    next.gate = None;
    next.repeats = Some(task.id());
    begin(desk, &mut next)?;
    // The task comes again by its own rule, whatever the one who did it may create.
    desk.enlist(next.record_ref(), crate::record::desk::Purpose::Derive)?;
    desk.put(&next)?;
    // The next one carries the rule on; done once more, this one does not repeat again.
    task.recurrence = None;
    Ok(Some(next.id()))
}
