//! Leads: unconfirmed interests from a channel, who follows them, and what becomes of them.

mod assignment;

mod draft;
mod holds;
mod noun;
pub mod refusals;
pub mod rules;

pub use assignment::*;

pub use draft::*;
pub use holds::RESUME;
pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Lead::SPEC, Assignment::SPEC, LeadChannel::SPEC];
