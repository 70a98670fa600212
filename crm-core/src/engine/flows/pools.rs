//! Records and the pools that they belong to: which pool, to whom they go and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::kind::{ClaimTallyId, Customer, DepartmentId, PoolId, UserId};
use crate::base::{Id, Instant, Kind, KindNo, RecordRef, kind};
use crate::domain::org::User;
use crate::domain::pool::{ClaimTally, POOL_BY_NAME, Pool, TALLY_BY_USER};
use crate::engine::derive::BY_OWNER;
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Result};
use crate::record::lifecycle::{Lifecycle, StateClass};
use crate::record::sheet::Sheet;
use crate::record::spec::{Record, Visibility};

/// The state of records that somebody has and hasn't begun with, in lifecycles that know it.
const ASSIGNED: &str = "assigned";

/// The pools of a kind in the order of their names.
pub(super) fn of_kind(desk: &mut dyn Desk, kind: KindNo) -> Result<Vec<Pool>> {
    let parts = vec![kind.name().into()];
    let lookup = Lookup { kind: kind::Pool::NO, index: POOL_BY_NAME, parts, limit: usize::MAX };
    let mut pools = Vec::new();
    for record in desk.matches(&lookup)? {
        pools.extend(desk.enlist_as::<Pool>(Id::from_u128(record.bits), Purpose::Pool)?);
    }
    Ok(pools)
}

/// A pool for records of a kind.
pub(super) fn pool_of_kind(desk: &mut dyn Desk, pool: PoolId, kind: KindNo) -> Result<Pool> {
    let found = desk.enlist_as::<Pool>(pool, Purpose::Pool)?;
    let found = found.ok_or_else(|| Error::not_found(pool.record()))?;
    if KindNo::from_name(&found.kind) != Some(kind) {
        let message = format!("the pool `{}` is for records of the kind `{}`", found.name, found.kind);
        return Err(Error::refused("pool.other_kind", message));
    }
    Ok(found)
}

/// The pool that a record belongs to: the one it lies in or came from; else the first of its region,
/// of its owner's department, or of everybody.
pub(super) fn home<'p>(
    pools: &'p [Pool],
    sheet: &Sheet,
    department: Option<DepartmentId>,
) -> Result<Option<&'p Pool>> {
    if let Some(own) = sheet.pool()? {
        return Ok(pools.iter().find(|pool| pool.id() == own));
    }
    let places: [String; 3] = [sheet.named("province")?, sheet.named("city")?, sheet.named("country")?];
    let by_region = pools.iter().find(|pool| !pool.region.is_empty() && places.contains(&pool.region));
    let by_department =
        || pools.iter().find(|pool| department.is_some_and(|mine| pool.departments.contains(&mine)));
    let for_all = || pools.iter().find(|pool| pool.is_for_all());
    Ok(by_region.or_else(by_department).or_else(for_all))
}

/// The departments of users.
pub(super) fn departments(desk: &mut dyn Desk, users: &[UserId]) -> Result<BTreeMap<UserId, DepartmentId>> {
    let mut departments = BTreeMap::new();
    for user in users {
        let department = desk.enlist_as::<User>(*user, Purpose::Pool)?.and_then(|user| user.department);
        departments.extend(department.map(|department| (*user, department)));
    }
    Ok(departments)
}

/// Gives a record to a user: out of the pool, which it keeps as the one that it came from.
pub(crate) fn give(desk: &dyn Desk, sheet: &mut Sheet, user: UserId) -> Result<()> {
    let now = desk.now();
    if let Some(before) = sheet.owner()?.filter(|before| *before != user) {
        sheet.set_named("previous_owner", &Some(before));
    }
    sheet.set_owner(Some(user));
    sheet.set_named("claimed_at", &Some(now));
    sheet.set_named("assigned_at", &Some(now));
    sheet.set_named("pooled_at", &None::<Instant>);
    follow(desk, sheet, |_| Some(ASSIGNED.to_owned()))
}

/// Takes a record from its owner into a pool.
pub(super) fn take_back(desk: &dyn Desk, sheet: &mut Sheet, pool: PoolId) -> Result<()> {
    if let Some(owner) = sheet.owner()? {
        sheet.set_named("previous_owner", &Some(owner));
        sheet.set_owner(None);
    }
    sheet.set_pool(Some(pool));
    sheet.set_named("pooled_at", &Some(desk.now()));
    sheet.set_named("claimed_at", &None::<Instant>);
    follow(desk, sheet, |lifecycle| lifecycle.initial.first().cloned())
}

/// Notes when a record that may lie in a pool got its owner and who had it before, where the command
/// that gave it did not: a plain change, an import.
pub(super) fn note_owner(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
    let schema = desk.schema();
    let Some(spec) = schema.kind(record.kind).map(|kind| kind.spec).filter(|spec| spec.pool.is_some()) else {
        return Ok(());
    };
    let Visibility::Owned { owner } = spec.visibility else { return Ok(()) };
    if before.raw(owner)? == after.raw(owner)? {
        return Ok(());
    }
    let (old, mut new) = (Sheet::of(desk, record, before)?, Sheet::of(desk, record, after)?);
    let when = |sheet: &Sheet| -> Result<[Option<Instant>; 2]> {
        Ok([sheet.named("claimed_at")?, sheet.named("assigned_at")?])
    };
    let noted = when(&old)? != when(&new)?;
    let lost = old.owner()?;
    if !noted {
        new.set_named("claimed_at", &new.owner()?.map(|_| desk.now()));
    }
    if lost.is_some() {
        new.set_named("previous_owner", &lost);
    }
    // It is being changed already, with the rights of who changes it.
    new.write(desk)
}

/// Moves a record whose lifecycle says whether somebody has it.
fn follow(desk: &dyn Desk, sheet: &mut Sheet, to: impl FnOnce(&Lifecycle) -> Option<String>) -> Result<()> {
    if sheet.spec().state.is_none() {
        return Ok(());
    }
    let lifecycle = lifecycle_of(desk, sheet)?;
    match to(&lifecycle).filter(|_| lifecycle.state(ASSIGNED).is_some()) {
        Some(to) => sheet.follow(&lifecycle, &to, desk.now()),
        None => Ok(()),
    }
}

/// The lifecycle that a record follows.
pub(super) fn lifecycle_of(desk: &dyn Desk, sheet: &Sheet) -> Result<Arc<Lifecycle>> {
    let name = sheet.lifecycle()?;
    desk.lifecycle(sheet.record.kind, Some(name.as_str()).filter(|name| !name.is_empty()))
}

/// Whether there is still something to do with a record: it has no lifecycle, or an open or paused
/// state. A customer is always somebody's concern.
pub(super) fn is_live(desk: &dyn Desk, sheet: &Sheet) -> Result<bool> {
    if sheet.record.kind == Customer::NO || sheet.spec().state.is_none() {
        return Ok(true);
    }
    let state = sheet.state()?;
    let lifecycle = lifecycle_of(desk, sheet)?;
    Ok(lifecycle.state(&state).is_none_or(|state| !state.class.is_closed()))
}

/// How many records of a kind a user has, counted up to a limit: only open ones where an index has
/// their state.
pub(super) fn owned(desk: &mut dyn Desk, kind: KindNo, user: UserId, limit: i64) -> Result<i64> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let schema = desk.schema();
    let by_state =
        schema.kind(kind).and_then(|kind| kind.spec.indexes.iter().find(|index| index.name == "owner_state"));
    let Some(index) = by_state else {
        let lookup = Lookup { kind, index: BY_OWNER, parts: vec![user.into()], limit };
        return Ok(desk.count(&lookup)?.try_into().unwrap_or(i64::MAX));
    };
    let mut owned = 0;
    for state in &desk.lifecycle(kind, None)?.states {
        if state.class == StateClass::Open && owned < limit {
            let parts = vec![user.into(), state.code.clone().into()];
            owned += desk.count(&Lookup { kind, index: index.no, parts, limit: limit - owned })?;
        }
    }
    Ok(owned.try_into().unwrap_or(i64::MAX))
}

/// The tally of a user's claims from a pool, which the caller may write.
pub(super) fn tally(desk: &mut dyn Desk, pool: PoolId, user: UserId) -> Result<ClaimTally> {
    let parts = vec![pool.into(), user.into()];
    let lookup = Lookup { kind: kind::ClaimTally::NO, index: TALLY_BY_USER, parts, limit: 1 };
    let known = desk.matches(&lookup)?.first().and_then(|record| record.as_id());
    let id: ClaimTallyId = known.unwrap_or_else(|| desk.new_id());
    if let Some(tally) = desk.enlist_as::<ClaimTally>(id, Purpose::Pool)? {
        return Ok(tally);
    }
    let mut tally = ClaimTally::empty(id);
    (tally.pool, tally.user) = (Some(pool), Some(user));
    Ok(tally)
}
