//! Commands that span rooms, and the handlers of due work.

pub mod advance;
pub mod assign;
pub mod capture;
pub mod convert;
pub mod edit;
mod repeated;
pub mod undo_convert;
pub mod unify;

use super::due::Handler;

/// The handler of a kind of due work.
pub(crate) fn handler(work: &str) -> Option<Handler> {
    HANDLERS.iter().find(|(name, _)| *name == work).map(|(_, handler)| *handler)
}

const HANDLERS: &[(&str, Handler)] = &[
    (advance::RESUME, advance::resume),
    (assign::ASSIGN, assign::assign_due),
    (assign::REASSIGN, assign::reassign_due),
];
