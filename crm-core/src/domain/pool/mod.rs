//! Public pools: records without an owner, claimed and reclaimed by rules.

mod noun;

pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Pool::SPEC];
