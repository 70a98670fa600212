//! Models that were trained on stored history, as records: each version with what it was trained on, how it did on
//! rows that it had not learnt from, and its verdict. The journal keeps earlier versions.
//!
//! What is in a model (`body`) is written and read by the engine, see `engine::flows::model`; this room keeps it.

mod noun;
mod refusals;

pub use noun::*;
pub use refusals::CODES;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Model::SPEC];
