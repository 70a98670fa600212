//! Due work that failed too often: laid aside, to be looked at, tried again or dropped.

mod commands;
mod noun;

pub use commands::{DropWork, RetryWork, lay_aside};
pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[FailedWork::SPEC];

/// Why this room refuses: it has no reasons of its own.
pub const CODES: &[(&str, &str)] = &[];
