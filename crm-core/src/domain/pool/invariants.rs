//! What holds of pools, whichever command changed them.

use super::noun::Pool;
use super::rules::{next_pass, pool_problems};
use crate::base::kind::PoolId;
use crate::base::{KindNo, RecordRef};
use crate::record::codec::View;
use crate::record::desk::{Desk, Due, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

/// The due work that looks for records which their owners leave lying.
pub const SWEEP: &str = "pool.sweep";

/// How many records are looked at in one stretch.
const STRETCH: usize = 1_000;

/// A pool's rules make sense, it goes only when nothing belongs to it, and its sweep is due.
pub(super) fn pool(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = PoolId::from_u128(record.bits);
    let before = before.map(|view| Pool::read(id, view)).transpose()?;
    let Some(after) = after.map(|view| Pool::read(id, view)).transpose()? else {
        return before.map_or(Ok(()), |before| nothing_belongs(desk, &before));
    };
    let mut problems = pool_problems(&after);
    let kind = KindNo::from_name(&after.kind);
    let has_pools = kind.and_then(|kind| desk.schema().kind(kind).map(|kind| kind.spec.pool.is_some()));
    if has_pools != Some(true) {
        let message = format!("records of the kind `{}` don't lie in pools", after.kind);
        problems.push(Invalid::new("kind", "pool.kind", message));
    }
    if before.is_some_and(|before| before.kind != after.kind) {
        let message = "a pool stays one of the kind it was defined for";
        problems.push(Invalid::new("kind", "pool.kind_fixed", message));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if after.reclaims() {
        // Each change of a pool begins a chain of sweeps and ends the one before: a chain carries the
        // instant of its definition.
        let at = next_pass(desk.now(), desk.settings().zone);
        desk.schedule(Due {
            at,
            work: SWEEP.to_owned(),
            about: record,
            note: desk.now().micros().to_string(),
        });
    }
    Ok(())
}

/// Refuses while a record belongs to the pool.
fn nothing_belongs(desk: &mut dyn Desk, pool: &Pool) -> Result<()> {
    let Some(kind) = KindNo::from_name(&pool.kind) else { return Ok(()) };
    let mut last = None;
    loop {
        let stretch = desk.walk(kind, last, STRETCH)?;
        let Some(end) = stretch.last() else { return Ok(()) };
        last = Some(*end);
        for record in stretch {
            let Some(image) = desk.enlist(record, Purpose::Pool)? else { continue };
            if Sheet::read(desk, record, &image)?.pool()? == Some(pool.id()) {
                let message = format!("records belong to the pool `{}`", pool.name);
                return Err(Error::refused("pool.in_use", message));
            }
        }
    }
}
