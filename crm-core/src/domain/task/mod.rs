//! Tasks: what someone has to do by a time.

mod commands;
mod holds;
mod noun;
mod refusals;
mod rules;

pub use commands::*;
pub use noun::*;
pub use refusals::CODES;
pub use rules::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Task::SPEC];
