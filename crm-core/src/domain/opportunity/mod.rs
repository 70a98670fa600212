//! Opportunities: possible deals, their amounts, teams and probabilities.

mod noun;

pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Opportunity::SPEC];
