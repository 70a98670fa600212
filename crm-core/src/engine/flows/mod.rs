//! Commands that span rooms, and the handlers of due work.

pub mod claim;
pub mod edit;
pub mod hand_over;
mod pools;
mod reclaim;

use super::due::Handler;

/// The handler of a kind of due work.
pub(crate) fn handler(work: &str) -> Option<Handler> {
    HANDLERS.iter().find(|(name, _)| *name == work).map(|(_, handler)| *handler)
}

const HANDLERS: &[(&str, Handler)] =
    &[(crate::domain::pool::SWEEP, reclaim::sweep), (reclaim::RECLAIM, reclaim::reclaim)];
