//! Claiming records from public pools, assigning them, giving them back. Who had a record, since
//! when and why he lost it can be read from its journal.

use super::pools;
use crate::base::calendar::local_date;
use crate::base::kind::{PoolId, UserId};
use crate::base::{Instant, RecordRef};
use crate::domain::notice::notify;
use crate::domain::org::active_user;
use crate::domain::pool::{ClaimFacts, Pool, claim_refusals, owned_refusal};
use crate::record::action::Action;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Refusal, Result};
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

command! {
    /// Claims a record from a public pool.
    ///
    /// # Errors
    /// Refused as `pool.gone` when somebody was quicker, with who has it if the claimant may see that
    /// user; with every limit that is reached otherwise.
    pub struct Claim as "pool.claim" -> () {
        /// The customer or lead.
        record: RecordRef,
    }
    run(this, desk) {
        let Some(me) = desk.actor().user() else {
            return Err(Error::refused("pool.needs_user", "only a user claims a record"));
        };
        desk.may(Action::Claim, this.record.kind)?;
        let mut sheet = unowned(desk, this.record)?;
        desk.load(this.record, Action::Claim)?;
        if let Some(pool) = pool_of(desk, &sheet)? {
            check_limits(desk, &sheet, &pool, me)?;
        }
        pools::give(desk, &mut sheet, me)?;
        sheet.write(desk)
    }
}

command! {
    /// Gives a record that lies in a public pool to one of the pool's members.
    pub struct AssignPooled as "pool.assign" -> () {
        /// The customer or lead.
        record: RecordRef,
        /// Who gets it.
        to: UserId,
        /// Why.
        #[serde(default)]
        reason: String,
    }
    run(this, desk) {
        desk.may(Action::Assign, this.record.kind)?;
        let mut sheet = unowned(desk, this.record)?;
        desk.load(this.record, Action::Read)?;
        let user = active_user(desk, this.to)?;
        if let Some(pool) = pool_of(desk, &sheet)? {
            if !pool.has_member(this.to, user.department) {
                let message = format!("`{}` is no member of the pool `{}`", user.name, pool.name);
                return Err(Error::refused("pool.not_member", message));
            }
            let owned = pools::owned(desk, this.record.kind, this.to, pool.owned_limit.unwrap_or(0))?;
            if let Some(refusal) = owned_refusal(&pool, owned) {
                return Err(Error::Refused(vec![refusal]));
            }
        }
        desk.because(&this.reason);
        pools::give(desk, &mut sheet, this.to)?;
        sheet.write(desk)?;
        if desk.actor().user() != Some(this.to) {
            let subject = format!("{} `{}` was given to you", this.record.kind, sheet.title()?);
            notify(desk, this.to, "pool.assigned", Some(this.record), &subject, &this.reason)?;
        }
        Ok(())
    }
}

command! {
    /// Gives a record back to a public pool, or puts one that nobody has into a pool.
    pub struct Release as "pool.release" -> PoolId {
        /// The customer or lead.
        record: RecordRef,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// Into which pool; the one that it came from, or that of its region or of its owner's
        /// department, when none is named.
        pool: Option<PoolId>,
        /// Why.
        reason: String,
    }
    run(this, desk) {
        let image = desk.load(this.record, Action::Release)?;
        let mut sheet = Sheet::read(desk, this.record, &image)?;
        check_kind(&sheet)?;
        if let Some(given) = this.revision.filter(|given| *given != sheet.revision) {
            return Err(Error::Stale { record: this.record, given, current: sheet.revision });
        }
        if this.reason.trim().is_empty() {
            return Err(Error::invalid("reason", "pool.reason_missing", "giving a record to a pool needs a reason"));
        }
        let pool = match this.pool {
            Some(pool) => pools::pool_of_kind(desk, pool, this.record.kind)?.id(),
            None => {
                let all = pools::of_kind(desk, this.record.kind)?;
                let owner = sheet.owner()?;
                let departments = pools::departments(desk, owner.as_slice())?;
                let department = owner.and_then(|owner| departments.get(&owner).copied());
                let home = pools::home(&all, &sheet, department)?;
                home.map(Record::id).ok_or_else(|| {
                    Error::refused("pool.none", "no pool is the record's by region or department; say which")
                })?
            }
        };
        // The pool need not be one that the actor sees.
        desk.enlist(this.record, Purpose::Pool)?;
        desk.because(&this.reason);
        pools::take_back(desk, &mut sheet, pool)?;
        sheet.write(desk)?;
        Ok(pool)
    }
}

fn check_kind(sheet: &Sheet) -> Result<()> {
    if sheet.spec().pool.is_some() {
        return Ok(());
    }
    let message = format!("records of the kind `{}` don't lie in pools", sheet.record.kind);
    Err(Error::invalid("record", "pool.kind", message))
}

/// A record without owner. Whether the actor may have it is still to be checked.
fn unowned(desk: &mut dyn Desk, record: RecordRef) -> Result<Sheet> {
    let has_pools = desk.schema().kind(record.kind).is_some_and(|kind| kind.spec.pool.is_some());
    let image =
        if has_pools { desk.enlist(record, Purpose::Pool)? } else { Some(desk.load(record, Action::Read)?) };
    let sheet = Sheet::read(desk, record, &image.ok_or_else(|| Error::not_found(record))?)?;
    check_kind(&sheet)?;
    match sheet.owner()? {
        None => Ok(sheet),
        Some(owner) => Err(taken(desk, &sheet, owner)?),
    }
}

/// Why a record that has an owner can't be claimed: to who may see it, or is a member of the pool
/// that it came from, it is gone; for anyone else it does not exist.
fn taken(desk: &mut dyn Desk, sheet: &Sheet, owner: UserId) -> Result<Error> {
    let me = desk.actor().user();
    if me == Some(owner) {
        return Ok(Error::refused("pool.already_yours", "the record is yours already"));
    }
    let known = desk.sees(sheet.record)? || is_member(desk, sheet, me)?;
    if !known {
        return Ok(Error::not_found(sheet.record));
    }
    let mut gone = Refusal::new("pool.gone", format!("somebody else has {}", sheet.record));
    if desk.sees(owner.record())? {
        gone = gone.with("owner", owner);
    }
    Ok(Error::Refused(vec![gone]))
}

fn is_member(desk: &mut dyn Desk, sheet: &Sheet, user: Option<UserId>) -> Result<bool> {
    let (Some(user), Some(pool)) = (user, pool_of(desk, sheet)?) else { return Ok(false) };
    let departments = pools::departments(desk, &[user])?;
    Ok(pool.has_member(user, departments.get(&user).copied()))
}

/// The pool that a record lies in or came from.
fn pool_of(desk: &mut dyn Desk, sheet: &Sheet) -> Result<Option<Pool>> {
    sheet.pool()?.map_or(Ok(None), |pool| desk.enlist_as::<Pool>(pool, Purpose::Pool))
}

/// Refuses when a limit of the pool is reached, else counts the claim.
fn check_limits(desk: &mut dyn Desk, sheet: &Sheet, pool: &Pool, user: UserId) -> Result<()> {
    let zone = desk.settings().zone;
    let today = local_date(desk.now(), zone);
    let mut tally = pool.claims_a_day.map(|_| pools::tally(desk, pool.id(), user)).transpose()?;
    let claimed_today =
        tally.as_ref().filter(|tally| tally.day == Some(today)).map_or(0, |tally| tally.claims);
    let was_his = sheet.named::<Option<UserId>>("previous_owner")? == Some(user);
    let lost_at: Option<Instant> = sheet.named("pooled_at")?;
    let facts = ClaimFacts {
        today,
        owned: pools::owned(desk, sheet.record.kind, user, pool.owned_limit.unwrap_or(0))?,
        claimed_today,
        lost_on: lost_at.filter(|_| was_his).map(|at| local_date(at, zone)),
    };
    let refusals = claim_refusals(pool, &facts);
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    if let Some(tally) = &mut tally {
        (tally.day, tally.claims) = (Some(today), claimed_today + 1);
        desk.put(tally)?;
    }
    Ok(())
}
