//! What must hold of a relation.

use chrono::NaiveDate;

use super::customer::{check_parents, refresh};
use super::{check_period, peek, schedule_period, today, under};
use crate::base::kind::{CustomerId, RelationId};
use crate::base::{Kind, RecordRef, kind};
use crate::domain::party::noun::choices::RelationType;
use crate::domain::party::noun::{Customer, RELATION_BY_FROM, Relation, in_force};
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

/// A relation: parties of the right kind, a period that runs forwards, and the parent it gives.
pub(in crate::domain::party) fn relation(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = RelationId::from_u128(record.bits);
    let before = before.map(|view| Relation::read(id, view)).transpose()?;
    let after = after.map(|view| Relation::read(id, view)).transpose()?;
    if let Some(relation) = &after {
        check_parties(relation)?;
        check_period(relation.since, relation.until)?;
        schedule_period(desk, record, relation.since, relation.until);
    }
    count_referrals(desk, before.as_ref())?;
    count_referrals(desk, after.as_ref())?;
    let on = today(desk);
    let line_before = before.as_ref().and_then(|relation| line(relation, on));
    let line_after = after.as_ref().and_then(|relation| line(relation, on));
    if line_before == line_after {
        return Ok(());
    }
    if let Some(gone) = line_before {
        clear_parent(desk, gone)?;
    }
    line_after.map_or(Ok(()), |line| set_parent(desk, line))
}

fn check_parties(relation: &Relation) -> Result<()> {
    let (Some(from), Some(to), Some(what)) = (relation.from, relation.to, relation.relation) else {
        return Ok(());
    };
    let asked = if what.is_between_contacts() { kind::Contact::NO } else { kind::Customer::NO };
    if from != to && from.kind == asked && to.kind == asked {
        return Ok(());
    }
    let message = format!("`{what}` stands between two different {asked}s, not between `{from}` and `{to}`");
    Err(Error::refused("party.relation_parties", message))
}

/// The child and the parent of a relation that gives a company its parent on a day.
pub(super) fn line(relation: &Relation, on: NaiveDate) -> Option<(CustomerId, CustomerId)> {
    if !in_force(relation.since, relation.until, on) {
        return None;
    }
    let id = |record: RecordRef| CustomerId::from_u128(record.bits);
    let (from, to) = (id(relation.from?), id(relation.to?));
    match relation.relation? {
        RelationType::Parent => Some((to, from)),
        RelationType::Subsidiary | RelationType::Branch => Some((from, to)),
        _ => None,
    }
}

pub(super) fn set_parent(desk: &mut dyn Desk, (child, parent): (CustomerId, CustomerId)) -> Result<()> {
    let mut customer: Customer = desk.load_as(child, Action::Update)?;
    match customer.parent {
        Some(known) if known == parent => Ok(()),
        Some(_) => {
            let message = format!("`{}` has another parent already", customer.name);
            Err(Error::refused("party.second_parent", message))
        }
        None => {
            customer.parent = Some(parent);
            desk.put(&customer)?;
            check_parents(desk, &customer)
        }
    }
}

pub(super) fn clear_parent(desk: &mut dyn Desk, (child, parent): (CustomerId, CustomerId)) -> Result<()> {
    if peek::<Customer>(desk, child)?.is_none_or(|customer| customer.parent != Some(parent)) {
        return Ok(());
    }
    let mut customer: Customer = desk.load_as(child, Action::Update)?;
    customer.parent = None;
    desk.put(&customer)
}

/// Counts anew how many others a party referred.
fn count_referrals(desk: &mut dyn Desk, relation: Option<&Relation>) -> Result<()> {
    let Some(referrer) = relation.filter(|relation| relation.relation == Some(RelationType::Referrer)) else {
        return Ok(());
    };
    let Some(referrer) = referrer.from else { return Ok(()) };
    let relations: Vec<Relation> = under(desk, RELATION_BY_FROM, referrer)?;
    let count = relations.iter().filter(|relation| relation.relation == Some(RelationType::Referrer)).count();
    let count = i64::try_from(count).ok().filter(|count| *count > 0);
    let id = CustomerId::from_u128(referrer.bits);
    if peek::<Customer>(desk, id)?.is_none_or(|customer| customer.referrals == count) {
        return Ok(());
    }
    let Some(mut customer) = desk.enlist_as::<Customer>(id, Purpose::Derive)? else { return Ok(()) };
    customer.referrals = count;
    refresh(desk, &mut customer)?;
    desk.put(&customer)
}
