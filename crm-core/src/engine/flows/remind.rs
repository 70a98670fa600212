//! Reminders of tasks.

use crate::base::calendar::local_time;
use crate::base::kind::TaskId;
use crate::domain::notice::notify;
use crate::domain::task::Task;
use crate::record::action::Action;
use crate::record::desk::{Desk, Due};
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

/// What the notification is about, for hosts that word it themselves.
const TOPIC: &str = "task.reminder";

/// Reminds those who work on a task that is still open, once for each reminder that was set.
pub(super) fn remind(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(id): Option<TaskId> = due.about.as_id() else { return Ok(()) };
    let mut task: Task = match desk.load_as(id, Action::Update) {
        Err(Error::NotFound(..)) => return Ok(()),
        loaded => loaded?,
    };
    // A reminder that was put off has its own due work.
    let is_due = task.reminder_at.is_some_and(|at| at <= desk.now() && task.reminded_at.is_none_or(|last| last < at));
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
