//! Tasks: what someone has to do by a time.

mod noun;

pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Task::SPEC];
