//! Forecasts that were kept, so that they can be judged by what came.

mod commands;
mod noun;
mod refusals;

pub use commands::KeepForecast;
pub use noun::*;
pub use refusals::CODES;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Forecast::SPEC];
