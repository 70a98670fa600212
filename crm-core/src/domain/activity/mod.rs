//! Activities: what happened with customers, leads, deals and any other record.

mod noun;

pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Activity::SPEC, ActivityType::SPEC];
