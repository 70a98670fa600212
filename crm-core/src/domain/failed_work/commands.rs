//! Laying failed work aside, and what becomes of it.

use super::FailedWork;
use crate::base::kind::FailedWorkId;
use crate::base::{Instant, RecordRef};
use crate::record::action::Action;
use crate::record::desk::{Desk, Due, Purpose};
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

/// Keeps work that failed too often, and was due first at an instant.
///
/// # Errors
/// When the record is refused: a tenant may have made rules for it.
pub fn lay_aside(desk: &mut dyn Desk, due: &Due, since: Instant, tries: u32, error: &str) -> Result<()> {
    let mut failed = FailedWork::empty(desk.new_id());
    desk.enlist(failed.record_ref(), Purpose::Derive)?;
    failed.work.clone_from(&due.work);
    failed.about = due.about.to_string();
    failed.note.clone_from(&due.note);
    failed.due_at = Some(since);
    error.clone_into(&mut failed.error);
    failed.tries = Some(i64::from(tries));
    desk.put(&failed)
}

command! {
    /// Makes failed work due again at once, to be tried as often as new work is.
    pub struct RetryWork as "failed_work.retry" -> () {
        /// The failed work.
        works: Vec<FailedWorkId>,
    }
    run(this, desk) {
        for id in this.works {
            let failed: FailedWork = desk.load_as(id, Action::Update)?;
            let about: RecordRef = failed.about.parse().map_err(|_| {
                Error::Corrupt(format!("failed work is about `{}`", failed.about))
            })?;
            desk.enlist(failed.record_ref(), Purpose::Derive)?;
            desk.delete(failed.record_ref())?;
            desk.schedule(Due { at: desk.now(), work: failed.work, about, note: failed.note });
        }
        Ok(())
    }
}

command! {
    /// Drops failed work for good.
    pub struct DropWork as "failed_work.drop" -> () {
        /// The failed work.
        works: Vec<FailedWorkId>,
        /// Why.
        #[serde(default)]
        reason: String,
    }
    run(this, desk) {
        for id in this.works {
            let failed: FailedWork = desk.load_as(id, Action::Delete)?;
            desk.delete(failed.record_ref())?;
        }
        desk.because(&this.reason);
        Ok(())
    }
}
