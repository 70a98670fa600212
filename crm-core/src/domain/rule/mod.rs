//! Rules: what people who know the business write, checked, versioned, tried and switched on.
//!
//! A rule that says what it says in criteria works in the engine by itself; a script is given to the
//! host's judge. The engine asks the rules that are in force when a record is scored, graded, assigned,
//! moved, reclaimed or changed (`engine::rules`).

mod commands;
mod holds;
mod noun;
mod refusals;
pub mod rules;

pub use commands::*;
pub use noun::*;
pub use refusals::CODES;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Rule::SPEC, Behaviour::SPEC, RuleRun::SPEC];
