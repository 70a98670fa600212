//! Activities: what happened with customers, leads, deals and any other record.

mod holds;
mod noun;
mod refusals;

pub use holds::faults;
pub use noun::*;
pub use refusals::CODES;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Activity::SPEC, ActivityType::SPEC];
