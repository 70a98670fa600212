//! What must hold of a customer.

use super::relation::line;
use super::{peek, refuse_invalid, today, under};
use crate::base::kind::CustomerId;
use crate::base::{Id, Kind, RecordRef, kind};
use crate::domain::party::industry;
use crate::domain::party::noun::choices::{LegalForm, RelationType};
use crate::domain::party::noun::{CUSTOMER_BY_NAME, Customer, RELATION_BY_FROM, RELATION_BY_TO, Relation};
use crate::domain::party::rules::{self, LifeFacts, life_stage};
use crate::record::codec::View;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::spec::Record;

/// The longest line of parent companies that is followed.
const DEEPEST_PARENT: usize = 64;

/// A customer: normal forms, its beginning, a name of its own, no ring of parents, derived facts.
pub(in crate::domain::party) fn customer(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = CustomerId::from_u128(record.bits);
    let before = before.map(|view| Customer::read(id, view)).transpose()?;
    let Some(after) = after else { return Ok(()) };
    let given = Customer::read(id, after)?;
    let mut customer = given.clone();
    settle(desk, &mut customer, before.as_ref())?;
    if customer != given {
        desk.put(&customer)?;
    }
    if before.as_ref().is_none_or(|before| before.name != customer.name) {
        check_name(desk, &customer)?;
    }
    if before.as_ref().and_then(|before| before.parent) != customer.parent {
        check_parents(desk, &customer)?;
        if before.is_some() {
            end_other_lines(desk, &customer)?;
        }
    }
    let referrer = before.as_ref().and_then(|before| before.referrer);
    if referrer != customer.referrer {
        note_referrer(desk, &customer, referrer)?;
    }
    Ok(())
}

/// Puts a customer in order as far as it goes without others.
pub(in crate::domain::party) fn settle(
    desk: &mut dyn Desk,
    customer: &mut Customer,
    before: Option<&Customer>,
) -> Result<()> {
    let mut invalid = Vec::new();
    rules::settle_customer(customer, before, &desk.settings(), &mut invalid);
    if before.is_none_or(|before| before.industry != customer.industry)
        && !customer.industry.trim().is_empty()
    {
        match industry::resolve(desk, &customer.industry)? {
            Some(path) => customer.industry = path,
            None => invalid.push(industry::unknown("industry", &customer.industry)),
        }
    }
    if customer.referrer == Some(customer.id()) {
        invalid.push(Invalid::new("referrer", "value.choice", "a customer can't refer itself"));
    }
    refuse_invalid(invalid)?;
    if before.is_none() {
        begin(desk, customer)?;
    }
    let level_before = before.and_then(|before| before.level);
    let graded_before = before.and_then(|before| before.graded_at);
    if customer.level != level_before && customer.graded_at == graded_before {
        customer.level_by_hand = customer.level.map(|_| true);
        customer.level_rule.clear();
    }
    refresh(desk, customer)
}

/// What a new customer starts with: an owner unless it goes to a pool, a code, a state.
fn begin(desk: &mut dyn Desk, customer: &mut Customer) -> Result<()> {
    if customer.owner.is_none() && customer.pool.is_none() {
        customer.owner = desk.actor().user();
    }
    if customer.code.is_empty() {
        customer.code = desk.next_code(kind::Customer::NO)?.unwrap_or_default();
    }
    customer.form.get_or_insert(LegalForm::Company);
    if customer.state.is_empty() {
        let lifecycle = desk.lifecycle(kind::Customer::NO, None)?;
        if let Some(first) = lifecycle.initial.first() {
            customer.enter(&lifecycle, first, desk.now());
        }
    }
    Ok(())
}

/// Derives the life stage.
pub(in crate::domain::party) fn refresh(desk: &mut dyn Desk, customer: &mut Customer) -> Result<()> {
    let lifecycle = desk.lifecycle(kind::Customer::NO, None)?;
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
    let facts = LifeFacts {
        opportunities: count(customer.opportunities),
        looked_after: lifecycle.initial.first().is_some_and(|first| *first != customer.state),
        deals: count(customer.deals),
        referrals: count(customer.referrals),
    };
    customer.life_stage = Some(life_stage(&facts));
    Ok(())
}

/// No two customers share a name, apart from writing, unless the tenant allows it. The refusal says no more.
fn check_name(desk: &mut dyn Desk, customer: &Customer) -> Result<()> {
    if desk.settings().same_customer_names {
        return Ok(());
    }
    let sharing =
        desk.count_of(kind::Customer::NO, CUSTOMER_BY_NAME, vec![customer.name.as_str().into()], 2)?;
    if sharing < 2 {
        return Ok(());
    }
    Err(Error::refused("party.name_taken", format!("another customer is called `{}`", customer.name)))
}

pub(super) fn check_parents(desk: &mut dyn Desk, customer: &Customer) -> Result<()> {
    let mut above = customer.parent;
    for _ in 0..DEEPEST_PARENT {
        let Some(parent) = above else { return Ok(()) };
        if parent == customer.id() {
            let message = format!("`{}` would stand above itself", customer.name);
            return Err(Error::refused("party.parent_cycle", message));
        }
        above = peek::<Customer>(desk, parent)?.and_then(|parent| parent.parent);
    }
    let message = format!("`{}` would stand below more than {DEEPEST_PARENT} companies", customer.name);
    Err(Error::refused("party.parent_too_deep", message))
}

/// Ends the relations that name another parent than the one a company has now.
fn end_other_lines(desk: &mut dyn Desk, customer: &Customer) -> Result<()> {
    let on = today(desk);
    let record = customer.record_ref();
    let mut relations: Vec<Relation> = under(desk, RELATION_BY_FROM, record)?;
    relations.extend(under::<Relation>(desk, RELATION_BY_TO, record)?);
    for relation in relations {
        match line(&relation, on) {
            Some((child, parent)) if child == customer.id() && Some(parent) != customer.parent => {
                if let Some(mut relation) = desk.enlist_as::<Relation>(relation.id(), Purpose::Derive)? {
                    relation.until = Some(on);
                    desk.put(&relation)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Keeps the relation that says who referred a customer.
fn note_referrer(desk: &mut dyn Desk, customer: &Customer, before: Option<CustomerId>) -> Result<()> {
    let record = customer.record_ref();
    let mut known = false;
    for relation in under::<Relation>(desk, RELATION_BY_TO, record)? {
        if relation.relation != Some(RelationType::Referrer) {
            continue;
        }
        known |= relation.from == customer.referrer.map(Id::record);
        if relation.from == before.map(Id::record) {
            desk.enlist(relation.record_ref(), Purpose::Derive)?;
            desk.delete(relation.record_ref())?;
        }
    }
    let Some(referrer) = customer.referrer.filter(|_| !known) else { return Ok(()) };
    let mut relation = Relation::empty(desk.new_id());
    desk.enlist(relation.record_ref(), Purpose::Derive)?;
    relation.from = Some(referrer.record());
    relation.relation = Some(RelationType::Referrer);
    relation.to = Some(record);
    desk.put(&relation)
}
