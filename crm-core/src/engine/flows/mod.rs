//! Commands that span rooms, and the handlers of due work.

pub mod assign;
pub mod capture;
pub mod edit;
mod repeated;

use super::due::Handler;
use crate::domain::party;

/// The handler of a kind of due work.
pub(crate) fn handler(work: &str) -> Option<Handler> {
    HANDLERS.iter().find(|(name, _)| *name == work).map(|(_, handler)| *handler)
}

const HANDLERS: &[(&str, Handler)] = &[(party::PERIOD, party::period_due)];
const HANDLERS: &[(&str, Handler)] = &[
    (assign::ASSIGN, assign::assign_due),
    (assign::REASSIGN, assign::reassign_due),
];
