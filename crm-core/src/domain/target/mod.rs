//! Targets: what a user, team, department, region or product is to reach in a period.
//!
//! How far one is reached is reckoned when it is asked for, see `engine::insight`; this room keeps what was set.

mod holds;
mod noun;
mod refusals;

pub use holds::faults;
pub use noun::*;
pub use refusals::CODES;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Target::SPEC];
