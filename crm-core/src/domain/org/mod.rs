//! The organisation: users, departments, roles, teams, sharing, and the definitions that steer the
//! engine.

mod commands;
mod noun;

pub use commands::*;
pub use noun::*;

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
