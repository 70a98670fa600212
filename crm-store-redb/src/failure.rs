//! redb's errors in the words of a store.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crm_core::store::StoreError;
use redb::{Database, Error};

/// Says a redb error in the words of a store.
pub(crate) fn failed(error: impl Into<Error>) -> StoreError {
    match error.into() {
        Error::DatabaseAlreadyOpen | Error::LockProtocolMismatch | Error::TransactionInProgress => {
            StoreError::InUse
        }
        Error::Corrupted(what) => StoreError::Corrupt(what),
        // redb reports a file of another format so.
        Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            StoreError::Corrupt(error.to_string())
        }
        error @ (Error::UpgradeRequired(_)
        | Error::TableTypeMismatch { .. }
        | Error::TableIsMultimap(_)
        | Error::TypeDefinitionChanged { .. }) => StoreError::Corrupt(error.to_string()),
        error => StoreError::Io(Box::new(error)),
    }
}

/// Runs redb, and turns a panic of it into an error.
///
/// redb trusts the pages of its file; one that was altered by other hands may make it panic. The
/// transaction that panicked can't be committed any more, so nothing half done is kept.
pub(crate) fn guarded<T>(run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let what = panic.downcast_ref::<String>().map(String::as_str);
        let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("of no known kind");
        Err(StoreError::Corrupt(format!("redb panicked: {what}")))
    })
}

/// What a failure during a commit means: whatever it is, the outcome is open.
pub(crate) fn commit_failed(error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt(what) => StoreError::Unknown(what.into()),
        other => other,
    }
}

/// redb's handle of the file. Closing writes to the file, so it is guarded as all else.
#[derive(Debug)]
pub(crate) struct OpenFile(Option<Database>);

impl OpenFile {
    pub(crate) fn new(db: Database) -> Self {
        OpenFile(Some(db))
    }

    pub(crate) fn get(&self) -> Result<&Database, StoreError> {
        self.0.as_ref().ok_or_else(closed)
    }

    pub(crate) fn get_mut(&mut self) -> Result<&mut Database, StoreError> {
        self.0.as_mut().ok_or_else(closed)
    }

    pub(crate) fn close(mut self) -> Result<(), StoreError> {
        guarded(|| self.0.take().map_or(Ok(()), |db| db.close().map_err(failed)))
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        let closed = guarded(|| {
            drop(self.0.take());
            Ok(())
        });
        // What was committed is kept in any case; `RedbStore::close` tells of a failure.
        closed.unwrap_or_default();
    }
}

fn closed() -> StoreError {
    StoreError::Io("the store is closed".into())
}
