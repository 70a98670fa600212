//! Leads: unconfirmed interests from a channel, who follows them, and what becomes of them.

mod assignment;

mod commands;
mod draft;
mod holds;
mod noun;
pub mod refusals;
pub mod rules;

pub use assignment::*;

pub use commands::*;
pub use draft::*;
pub use noun::*;
pub use refusals::CODES;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Lead::SPEC, Assignment::SPEC, LeadChannel::SPEC];
