//! The organisation: users, departments, roles, teams, sharing, and the definitions that steer the
//! engine.

mod commands;
mod invariants;
mod noun;
mod refusals;
mod rules;

pub use commands::*;
pub use invariants::active_user;
pub use noun::*;
pub use refusals::CODES;
pub use rules::{EVERY_KIND, filter_problems};

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[
    User::SPEC,
    Department::SPEC,
    Role::SPEC,
    Team::SPEC,
    Share::SPEC,
    CustomField::SPEC,
    LifecycleDefinition::SPEC,
    Numbering::SPEC,
    Settings::SPEC,
    Validation::SPEC,
];
