//! What must hold of parties at the end of every unit of work, whoever wrote them.

mod contact;
mod customer;
mod relation;

use chrono::NaiveDate;

use super::industry;
use super::noun::{ContactLink, Industry, Relation};
use crate::base::calendar::{DateRange, local_date};
use crate::base::kind::IndustryId;
use crate::base::{Id, Kind, RecordRef, kind};
use crate::record::codec::View;
use crate::record::desk::{Desk, Due, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::spec::Record;

pub(super) use contact::{contact, contact_link, settle_contact};
pub(super) use customer::{customer, refresh, settle};
pub(super) use relation::relation;

/// How many posts or relations of one party are looked at.
const MOST_LINKS: usize = 10_000;
/// The due work when a post or relation begins or ends.
pub const PERIOD: &str = "party.period";

/// The tenant's day.
pub(in crate::domain::party) fn today(desk: &dyn Desk) -> NaiveDate {
    local_date(desk.now(), desk.settings().zone)
}

/// A record for a rule to look at, seen by the actor or not.
fn peek<T: Record>(desk: &mut dyn Desk, id: Id<T::Kind>) -> Result<Option<T>> {
    match desk.get::<T>(id) {
        Ok(record) => Ok(Some(record)),
        Err(Error::NotFound(..)) => desk.enlist_as(id, Purpose::Derive),
        Err(error) => Err(error),
    }
}

/// Every record of a kind under a record in an index.
fn under<T: Record>(desk: &mut dyn Desk, index: u8, record: RecordRef) -> Result<Vec<T>> {
    let lookup = Lookup { kind: <T::Kind as Kind>::NO, index, parts: vec![record.into()], limit: MOST_LINKS };
    let mut found = Vec::new();
    for record in desk.matches(&lookup)? {
        found.extend(peek::<T>(desk, Id::from_u128(record.bits))?);
    }
    Ok(found)
}

fn refuse_invalid(invalid: Vec<Invalid>) -> Result<()> {
    if invalid.is_empty() { Ok(()) } else { Err(Error::Invalid(invalid)) }
}

/// An industry: a code that is a path.
pub(in crate::domain::party) fn industry(
    desk: &mut dyn Desk,
    record: RecordRef,
    _: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    match after {
        Some(after) => {
            let added = Industry::read(IndustryId::from_u128(record.bits), after)?;
            industry::check_code(desk, &added.code)
        }
        None => Ok(()),
    }
}

fn check_period(since: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<()> {
    match (since, until) {
        (Some(since), Some(until)) if until < since => {
            let message = format!("`{until}` lies before the first day, `{since}`");
            Err(Error::invalid("until", "value.range", message))
        }
        _ => Ok(()),
    }
}

/// Asks to be woken when a period that lies ahead begins or ends.
fn schedule_period(
    desk: &mut dyn Desk,
    about: RecordRef,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) {
    let (on, zone) = (today(desk), desk.settings().zone);
    for day in [since, until].into_iter().flatten().filter(|day| *day > on) {
        let (at, _) = DateRange::day(day).instants(zone);
        desk.schedule(Due { at, work: PERIOD.to_owned(), about, note: day.to_string() });
    }
}

/// A post or relation begins or ends: the primary contact or the parent company follows.
///
/// # Errors
/// As what follows from it is refused, or when the store fails.
pub fn period_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let on = today(desk);
    if due.about.kind == kind::ContactLink::NO {
        let link = peek::<ContactLink>(desk, Id::from_u128(due.about.bits))?;
        return link
            .and_then(|link| link.customer)
            .map_or(Ok(()), |customer| contact::settle_primary(desk, customer, None));
    }
    let Some(relation) = peek::<Relation>(desk, Id::from_u128(due.about.bits))? else { return Ok(()) };
    match (relation::line(&relation, on), relation.until) {
        (Some(line), _) => relation::set_parent(desk, line),
        // What it gave until yesterday.
        (None, Some(until)) if until == on => on
            .pred_opt()
            .and_then(|day| relation::line(&relation, day))
            .map_or(Ok(()), |line| relation::clear_parent(desk, line)),
        _ => Ok(()),
    }
}
