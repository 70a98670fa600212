//! What holds of every task, whoever writes it.

use chrono::Datelike;

use super::{Every, Task, faults};
use crate::base::calendar::local_date;
use crate::base::{Id, RecordRef};
use crate::record::codec::View;
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

/// The recurrence is one, and a monthly one knows its day.
pub(super) fn check(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let id = Id::from_u128(record.bits);
    let mut task = Task::read(id, view)?;
    let faults = faults(&task);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    // A monthly task remembers its day, so that a short month does not shift it for good.
    let zone = desk.settings().zone;
    if let (Some(due), Some(recurrence)) = (task.due_at, &mut task.recurrence)
        && recurrence.unit == Every::Month
        && recurrence.day.is_none()
    {
        recurrence.day = Some(local_date(due, zone).day());
        desk.put(&task)?;
    }
    Ok(())
}
