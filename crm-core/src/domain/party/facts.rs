//! Facts of other rooms that a customer's derived fields follow: deals, opportunities, activities, grades.
//!
//! They reach the customer whatever the actor's own rights on it are.

use super::holds::refresh;
use super::noun::choices::Level;
use super::noun::{CUSTOMER_BY_PARENT, Customer};
use crate::base::kind::CustomerId;
use crate::base::{Instant, Kind, kind};
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Result};
use crate::record::lifecycle::{Lifecycle, StateClass};
use crate::record::spec::Record;

/// Changes a customer's derived fields; a customer that is gone has none.
fn derive(
    desk: &mut dyn Desk,
    customer: CustomerId,
    change: impl FnOnce(&mut Customer, &Lifecycle, Instant),
) -> Result<()> {
    let Some(mut customer) = desk.enlist_as::<Customer>(customer, Purpose::Derive)? else { return Ok(()) };
    let lifecycle = desk.lifecycle(kind::Customer::NO, None)?;
    change(&mut customer, &lifecycle, desk.now());
    refresh(desk, &mut customer)?;
    desk.put(&customer)
}

fn class_of(lifecycle: &Lifecycle, state: &str) -> Option<StateClass> {
    lifecycle.state(state).map(|state| state.class)
}

/// Notes that an opportunity of a customer was won: counts it and, by the same fact, moves the customer into its
/// lifecycle's won state and its life stage to deal made or repurchase.
///
/// # Errors
/// When the store fails.
pub fn record_deal(desk: &mut dyn Desk, customer: CustomerId, won_at: Instant) -> Result<()> {
    derive(desk, customer, |customer, lifecycle, now| {
        customer.deals = Some(customer.deals.unwrap_or(0).saturating_add(1));
        customer.first_deal_at = Some(customer.first_deal_at.map_or(won_at, |first| first.min(won_at)));
        customer.last_deal_at = Some(customer.last_deal_at.map_or(won_at, |last| last.max(won_at)));
        let won = lifecycle.states.iter().find(|state| state.class == StateClass::Won);
        if let Some(won) = won.filter(|_| class_of(lifecycle, &customer.state) != Some(StateClass::Won)) {
            customer.enter(lifecycle, &won.code, now);
        }
    })
}

/// Notes that a won opportunity is no longer won; the first and last deal that are left stand in its place. Without
/// any the customer goes back to its lifecycle's last open state before the won one.
///
/// # Errors
/// When the store fails.
pub fn withdraw_deal(
    desk: &mut dyn Desk,
    customer: CustomerId,
    first_left: Option<Instant>,
    last_left: Option<Instant>,
) -> Result<()> {
    derive(desk, customer, |customer, lifecycle, now| {
        let left = customer.deals.unwrap_or(0).saturating_sub(1).max(0);
        customer.deals = (left > 0).then_some(left);
        customer.first_deal_at = first_left;
        customer.last_deal_at = last_left;
        if left == 0 && class_of(lifecycle, &customer.state) == Some(StateClass::Won) {
            let before_won = lifecycle.states.iter().take_while(|state| state.class != StateClass::Won);
            if let Some(open) = before_won.filter(|state| state.class == StateClass::Open).last() {
                customer.enter(lifecycle, &open.code, now);
            }
        }
    })
}

/// Notes that an opportunity was opened for a customer.
///
/// # Errors
/// When the store fails.
pub fn record_opportunity(desk: &mut dyn Desk, customer: CustomerId, opened_at: Instant) -> Result<()> {
    derive(desk, customer, |customer, _, _| {
        customer.opportunities = Some(customer.opportunities.unwrap_or(0).saturating_add(1));
        let last = customer.last_opportunity_at.map_or(opened_at, |last| last.max(opened_at));
        customer.last_opportunity_at = Some(last);
    })
}

/// Notes that an opportunity of a customer was undone, as if it had never been opened.
///
/// # Errors
/// When the store fails.
pub fn withdraw_opportunity(
    desk: &mut dyn Desk,
    customer: CustomerId,
    last_left: Option<Instant>,
) -> Result<()> {
    derive(desk, customer, |customer, _, _| {
        let left = customer.opportunities.unwrap_or(0).saturating_sub(1).max(0);
        customer.opportunities = (left > 0).then_some(left);
        customer.last_opportunity_at = last_left;
    })
}

/// Notes that somebody dealt with a customer, and when he means to do so next, if he said so.
///
/// # Errors
/// When the store fails.
pub fn record_activity(
    desk: &mut dyn Desk,
    customer: CustomerId,
    at: Instant,
    follow_up_at: Option<Instant>,
) -> Result<()> {
    derive(desk, customer, |customer, _, _| {
        customer.last_activity_at = Some(customer.last_activity_at.map_or(at, |last| last.max(at)));
        if follow_up_at.is_some() {
            customer.follow_up_at = follow_up_at;
        }
    })
}

/// Gives a customer the level that a rule found. A level given by hand stays unless `overrule`.
///
/// # Errors
/// Refused with `party.level_by_hand`, or when the store fails.
pub fn grade(
    desk: &mut dyn Desk,
    customer: CustomerId,
    level: Level,
    rule: &str,
    overrule: bool,
) -> Result<()> {
    let Some(mut customer) = desk.enlist_as::<Customer>(customer, Purpose::Derive)? else { return Ok(()) };
    if customer.level_by_hand == Some(true) && !overrule {
        let message = format!("a person gave `{}` its level", customer.name);
        return Err(Error::refused("party.level_by_hand", message));
    }
    customer.level = Some(level);
    customer.level_by_hand = None;
    rule.clone_into(&mut customer.level_rule);
    customer.graded_at = Some(desk.now());
    desk.put(&customer)
}

/// The companies of a group that the actor sees, from the one at its top downwards, each with its parent, up to
/// `at_most` in all: what [`roll_up`](super::roll_up) adds figures along.
///
/// # Errors
/// [`Error::NotFound`] when the actor does not see the top, or when the store fails.
pub fn group_of(
    desk: &mut dyn Desk,
    top: CustomerId,
    at_most: usize,
) -> Result<Vec<(CustomerId, Option<CustomerId>)>> {
    let mut members = vec![(desk.get::<Customer>(top)?.id(), None)];
    let mut next = 0;
    while let Some((above, _)) = members.get(next).copied() {
        next += 1;
        let room = at_most.saturating_sub(members.len());
        let below = desk.find_as::<Customer>(CUSTOMER_BY_PARENT, vec![above.record().into()], room)?;
        members.extend(below.iter().map(|customer| (customer.id(), Some(above))));
    }
    Ok(members)
}
