//! What holds of the organisation and its definitions, whichever command changed them.

use std::collections::BTreeSet;

use super::noun::{
    CustomField, Department, LifecycleDefinition, Numbering, Role, SETTINGS, Settings, Share, User,
    Validation,
};
use super::rules;
use crate::base::kind::{RoleId, UserId};
use crate::base::numbering::Template;
use crate::base::{Id, Kind, RecordRef};
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::Desk;
use crate::record::error::{Error, Invalid, Refusal, Result};
use crate::record::field::FieldError;
use crate::record::spec::{ReadError, Record};

/// A record as it is to be written: what can't be read was given so.
fn read<T: Record>(record: RecordRef, view: Option<View<'_>>) -> Result<Option<T>> {
    let Some(view) = view else { return Ok(None) };
    match T::read(Id::from_u128(record.bits), view) {
        Ok(record) => Ok(Some(record)),
        Err(ReadError::Field { name, error: FieldError::Missing }) => {
            Err(Error::invalid(name, "value.required", "a value is required"))
        }
        Err(ReadError::Field { name, error }) => Err(Error::invalid(name, "value.type", error.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn all_good(problems: Vec<Invalid>) -> Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// What a record is afterwards; refused when it is gone and may not be.
fn kept<T: Record>(record: RecordRef, after: Option<View<'_>>, code: &str, instead: &str) -> Result<T> {
    read(record, after)?
        .ok_or_else(|| Error::refused(code, format!("a {} is never deleted; {instead}", record.kind)))
}

/// Whether the actor may do everything, by the rights he had before this unit.
fn is_administrator(desk: &dyn Desk) -> bool {
    // No role is without a name, so only who passes for every role has this one.
    desk.has_role("")
}

/// Walks from a node up; refused when that leads back to it.
fn no_cycle<T: Record>(
    desk: &mut dyn Desk,
    start: Id<T::Kind>,
    first: Option<Id<T::Kind>>,
    above: fn(&T) -> Option<Id<T::Kind>>,
    code: &str,
) -> Result<()> {
    let mut seen = BTreeSet::new();
    let mut next = first;
    while let Some(node) = next {
        if node == start {
            let message = format!("`{start}` would stand above itself");
            return Err(Error::Refused(vec![
                Refusal::new(code, message).with(T::Kind::NO.name(), start.record()),
            ]));
        }
        if !seen.insert(node.as_u128()) {
            return Ok(());
        }
        next = above(&desk.get::<T>(node)?);
    }
    Ok(())
}

/// Nobody is his own superior, stands in for a name, or gets more rights than the giver may give.
pub(super) fn user(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let after: User = kept(record, after, "user.delete", "disable him with `user.hand_over`")?;
    let before: Option<User> = read(record, before)?;
    if after.manager != before.as_ref().and_then(|before| before.manager) {
        no_cycle::<User>(desk, after.id(), after.manager, |user| user.manager, "user.manager_cycle")?;
    }
    if after.capacity.is_some_and(|capacity| capacity < 0) {
        return Err(Error::invalid("capacity", "user.capacity", "a capacity is not less than nothing"));
    }
    if let Some(leave) = after.leave.iter().find(|leave| leave.until < leave.from) {
        let message = format!("leave from `{}` can't end on `{}`", leave.from, leave.until);
        return Err(Error::invalid("leave", "user.leave", message));
    }
    let had = before.map(|before| before.roles).unwrap_or_default();
    let given: Vec<RoleId> = after.roles.iter().filter(|role| !had.contains(role)).copied().collect();
    if given.is_empty() || is_administrator(desk) {
        return Ok(());
    }
    desk.may(Action::Assign, crate::base::kind::Role::NO)?;
    for role in given {
        let role: Role = desk.get(role)?;
        if role.administrator == Some(true) {
            let message = format!("only an administrator gives the role `{}`", role.name);
            return Err(Error::Refused(vec![
                Refusal::new("user.role_above", message).with("role", role.name),
            ]));
        }
    }
    Ok(())
}

/// The departments are a forest.
pub(super) fn department(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(after) = read::<Department>(record, after)? else { return Ok(()) };
    no_cycle::<Department>(desk, after.id(), after.parent, |department| department.parent, "department.cycle")
}

/// A role names what exists, and only an administrator changes what a role may do.
pub(super) fn role(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let (before, after) = (read::<Role>(record, before)?, read::<Role>(record, after)?);
    if let Some(after) = &after {
        all_good(rules::role_problems(after, &desk.schema()))?;
    }
    let rights = |role: &Role| (role.grants.clone(), role.fields.clone(), role.administrator);
    if before.as_ref().map(rights) != after.as_ref().map(rights) && !is_administrator(desk) {
        let message = "only an administrator changes what a role may do";
        return Err(Error::refused("role.administrators_only", message));
    }
    Ok(())
}

/// A sharing rule's filter fits its kind.
pub(super) fn share(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(after) = read::<Share>(record, after)? else { return Ok(()) };
    all_good(rules::share_problems(&after, &desk.schema()))
}

/// A custom field fits its kind, keeps what values are stored by, and is never deleted.
pub(super) fn custom_field(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let after: CustomField = kept(record, after, "field.delete", "retire it with `field.retire`")?;
    let schema = desk.schema();
    let kind = rules::kind_named(&after.kind, &schema).map_err(|problem| Error::Invalid(vec![problem]))?;
    let mut problems = rules::field_problems(&after, kind, &desk.settings());
    match read::<CustomField>(record, before)? {
        Some(before) => problems.extend(rules::field_change_problems(&before, &after)),
        None if u16::try_from(after.number).is_ok_and(|number| kind.field(number).is_some()) => {
            let message = format!("`{}` is the number of another field", after.number);
            problems.push(Invalid::new("number", "field.number", message));
        }
        None => {}
    }
    all_good(problems)
}

/// A validation rule's filters fit its kind.
pub(super) fn validation(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(after) = read::<Validation>(record, after)? else { return Ok(()) };
    all_good(rules::validation_problems(&after, &desk.schema()))
}

/// A lifecycle can be used, and is replaced rather than deleted.
pub(super) fn lifecycle(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let after: LifecycleDefinition = kept(
        record,
        after,
        "lifecycle.delete",
        "replace it with `lifecycle.define`, which says where records go",
    )?;
    match rules::read_lifecycle(&after) {
        Ok(lifecycle) => all_good(rules::lifecycle_problems(&lifecycle, &desk.schema())),
        Err(problem) => Err(Error::Invalid(vec![problem])),
    }
}

/// A numbering rule names a kind and gives codes that don't repeat.
pub(super) fn numbering(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(after) = read::<Numbering>(record, after)? else { return Ok(()) };
    let mut problems: Vec<_> = rules::kind_named(&after.kind, &desk.schema()).err().into_iter().collect();
    if let Err(error) = Template::parse(&after.template) {
        problems.push(Invalid::new("template", "numbering.template", error.to_string()));
    }
    all_good(problems)
}

/// There is one record of settings, and it makes sense.
pub(super) fn settings(
    _desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let after: Settings = kept(record, after, "settings.delete", "change it with `settings.change`")?;
    if after.id() != SETTINGS {
        return Err(Error::refused("settings.one", "there is one record of settings; change that"));
    }
    all_good(rules::settings_problems(&after))
}

/// Checks that a user exists, is seen by the actor and is active.
///
/// # Errors
/// Not found, or refused as `user.disabled`.
pub fn active_user(desk: &mut dyn Desk, user: UserId) -> Result<User> {
    let found: User = desk.get(user)?;
    if found.disabled == Some(true) {
        let message = format!("`{}` is disabled", found.name);
        return Err(Error::Refused(vec![Refusal::new("user.disabled", message).with("user", user)]));
    }
    Ok(found)
}
