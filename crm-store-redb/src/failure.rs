//! redb's errors in the words of a store.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crm_core::store::StoreError;
use redb::Error;

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
