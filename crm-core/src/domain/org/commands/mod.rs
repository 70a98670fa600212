//! What an administrator asks of the organisation: people, permissions, definitions, settings.
//!
//! These commands only write; what must hold of the result is in the room's invariants, so that it
//! holds for imports and plain changes too.

mod definitions;
mod fields;
mod lifecycles;
mod people;
mod permissions;

pub use definitions::{ChangeSettings, DefineNumbering, DefineValidation};
pub use fields::{ChangeField, DefineField, RestoreField, RetireField};
pub use lifecycles::{DefineLifecycle, LifecycleDefined, LoadLifecycles};
pub use people::{
    CreateDepartment, CreateTeam, CreateUser, EnableUser, GrantLeave, SignedIn, UpdateDepartment, UpdateTeam,
    UpdateUser,
};
pub use permissions::{DefineRole, DefineShare};

use crate::base::Id;
use crate::record::action::Action;
use crate::record::desk::Desk;
use crate::record::error::Result;
use crate::record::spec::Record;

/// The record that a definition replaces, or a new one.
fn define<T: Record>(desk: &mut dyn Desk, replaced: Option<Id<T::Kind>>, revision: Option<u64>) -> Result<T> {
    match replaced {
        Some(id) => desk.load_at(id, Action::Update, revision),
        None => Ok(T::empty(desk.new_id())),
    }
}

/// Takes a value over when it is given.
fn set<T>(field: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *field = value;
    }
}

/// Takes a value over when it is given, for a field that may be empty.
fn set_some<T>(field: &mut Option<T>, given: Option<T>) {
    if given.is_some() {
        *field = given;
    }
}
