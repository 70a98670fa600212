//! Reminders of tasks.

use crate::base::calendar::local_time;
use crate::base::kind::TaskId;
use crate::base::{Instant, RecordRef};
use crate::domain::notice::notify;
use crate::domain::task::Task;
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Due};
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

/// What the notification is about, for hosts that word it themselves.
const TOPIC: &str = "task.reminder";

/// The due work that reminds of a task.
pub(super) const REMIND: &str = "task.remind";

/// Queues a reminder that was set.
pub(super) fn note(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let reminder = |view: Option<View<'_>>| -> Result<Option<Instant>> {
        let Some(view) = view else { return Ok(None) };
        let task = Task::read(TaskId::from_u128(record.bits), view)?;
        Ok(task.reminder_at.filter(|_| task.is_open()))
    };
    let (known, set) = (reminder(before)?, reminder(after)?);
    if let Some(at) = set.filter(|_| known != set) {
        desk.schedule(Due { at, work: REMIND.to_owned(), about: record, note: String::new() });
    }
    Ok(())
}

/// Reminds those who work on a task that is still open, once for each reminder that was set.
pub(super) fn remind(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(id): Option<TaskId> = due.about.as_id() else { return Ok(()) };
    let mut task: Task = match desk.load_as(id, Action::Update) {
        Err(Error::NotFound(..)) => return Ok(()),
        loaded => loaded?,
    };
    // A reminder that was put off has its own due work.
    let is_due =
        task.reminder_at.is_some_and(|at| at <= desk.now() && task.reminded_at.is_none_or(|last| last < at));
    if !task.is_open() || !is_due {
        return Ok(());
    }
    let zone = desk.settings().zone;
    let by = task.due_at.map(|at| local_time(at, zone).format("%Y-%m-%d %H:%M").to_string());
    let mut users: Vec<_> = task.owner.into_iter().chain(task.collaborators.iter().copied()).collect();
    users.sort();
    users.dedup();
    for user in users {
        let body = by.as_deref().unwrap_or_default();
        notify(desk, user, TOPIC, Some(task.record_ref()), &task.subject, body)?;
    }
    task.reminded_at = Some(desk.now());
    desk.put(&task)
}
