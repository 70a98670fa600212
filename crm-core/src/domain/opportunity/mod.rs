//! Opportunities: possible deals, their amounts, teams and probabilities.

mod holds;
mod noun;
mod refusals;
mod rules;

pub use noun::*;
pub use refusals::CODES;
pub use rules::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Opportunity::SPEC];
