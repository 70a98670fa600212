//! A lead's conversion undone, while nothing was built on it.

use super::advance::{Request, Right, advance};
use super::edit::check_unused;
use crate::base::kind::{
    Contact as ContactKind, ContactId, ContactLink as LinkKind, ContactLinkId, Customer as CustomerKind,
    CustomerId, Lead as LeadKind, LeadId, Opportunity as OpportunityKind, OpportunityId, Task as TaskKind,
    TaskId,
};
use crate::base::{Instant, Kind, RecordRef};
use crate::domain::lead::{FOLLOWING, Lead};
use crate::domain::opportunity::Opportunity;
use crate::domain::party::{Contact, ContactLink, LINK_BY_CONTACT};
use crate::domain::task::{self, Task};
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Refusal, Result};
use crate::record::lifecycle::StateClass;
use crate::record::spec::Record;

command! {
    /// Undoes a lead's conversion: what it created goes, what it joined stays, and the lead is followed again.
    ///
    /// Refused with `lead.built_on` when a record that it created was changed or is used by another one.
    pub struct UndoConversion as "lead.undo_conversion" -> () {
        /// The lead.
        lead: LeadId,
        /// The revision that the caller knows.
        #[serde(default)] revision: Option<u64>,
        /// Why.
        #[serde(default)] reason: String,
    }
    run(this, desk) {
        let mut lead: Lead = desk.load_at(this.lead, Action::Convert, this.revision)?;
        if !lead.is_converted() {
            let message = format!("`{}` is not converted", lead.name);
            return Err(Error::refused("lead.not_yet_converted", message));
        }
        let created = std::mem::take(&mut lead.conversion_created);
        let (opportunity, at) = (lead.converted_opportunity.take(), lead.converted_at.take());
        let (customer, contact) = (lead.converted_customer.take(), lead.converted_contact.take());
        desk.put(&lead)?;
        remove(desk, &created, customer, at)?;
        forget_customer(desk, contact, customer.filter(|customer| created.contains(&customer.record())))?;
        if let Some(deal) = opportunity.filter(|deal| !created.contains(&deal.record())) {
            forget_lead(desk, deal, lead.id())?;
        }
        let reason = if this.reason.is_empty() { "conversion undone".to_owned() } else { this.reason };
        let to = open_state(desk)?;
        advance(desk, &Request { right: Right::Fact, reason, ..Request::new(lead.record_ref(), &to) })?;
        Ok(())
    }
}

/// The state of a lead that is followed: the default's, else the first open one.
fn open_state(desk: &dyn Desk) -> Result<String> {
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    let open = lifecycle.states.iter().find(|state| state.class == StateClass::Open);
    Ok(lifecycle.state(FOLLOWING).or(open).map_or(FOLLOWING, |state| state.code.as_str()).to_owned())
}

/// Deletes what a conversion created, each record before those that it refers to: deals with the tasks of their
/// first stage, posts, contacts, customers.
fn remove(
    desk: &mut dyn Desk,
    created: &[RecordRef],
    customer: Option<CustomerId>,
    at: Option<Instant>,
) -> Result<()> {
    let by = |kind, index, record: RecordRef| Lookup {
        kind,
        index,
        parts: vec![record.into()],
        limit: usize::MAX,
    };
    let of_kind = |kind| created.iter().copied().filter(move |record| record.kind == kind);
    for deal in of_kind(OpportunityKind::NO) {
        for found in desk.matches(&by(TaskKind::NO, task::BY_ABOUT, deal))? {
            let task = desk.enlist_as::<Task>(TaskId::from_u128(found.bits), Purpose::Derive)?;
            // The pipeline asked for it; what a person planned for the deal is built on it.
            if task.is_some_and(|task| !task.stage.is_empty() && task.meta.created_at == at) {
                remove_one(desk, found)?;
            }
        }
        // What it counted for at its customer follows from its going.
        remove_one(desk, deal)?;
    }
    for link in of_kind(LinkKind::NO) {
        remove_one(desk, link)?;
    }
    for contact in of_kind(ContactKind::NO) {
        for found in desk.matches(&by(LinkKind::NO, LINK_BY_CONTACT, contact))? {
            let post =
                desk.enlist_as::<ContactLink>(ContactLinkId::from_u128(found.bits), Purpose::Derive)?;
            if post.is_some_and(|post| post.customer == customer && post.meta.created_at == at) {
                remove_one(desk, found)?;
            }
        }
        remove_one(desk, contact)?;
    }
    for customer in of_kind(CustomerKind::NO) {
        remove_one(desk, customer)?;
    }
    Ok(())
}

/// Deletes a record that stands as the conversion left it.
fn remove_one(desk: &mut dyn Desk, record: RecordRef) -> Result<()> {
    let built_on = |why: &str| {
        let message = format!("`{record}` {why} since the lead was converted");
        Error::Refused(vec![Refusal::new("lead.built_on", message).with("record", record)])
    };
    let Some(image) = desk.enlist(record, Purpose::Derive)? else { return Err(built_on("was deleted")) };
    if View::new(&image)?.revision != 1 {
        return Err(built_on("was changed"));
    }
    match check_unused(desk, record) {
        Err(Error::Refused(_)) => return Err(built_on("came into use")),
        checked => checked?,
    }
    desk.delete(record)
}

/// Takes a customer that is gone from a contact that stays.
fn forget_customer(
    desk: &mut dyn Desk,
    contact: Option<ContactId>,
    customer: Option<CustomerId>,
) -> Result<()> {
    let (Some(contact), Some(customer)) = (contact, customer) else { return Ok(()) };
    let Some(mut contact) = desk.enlist_as::<Contact>(contact, Purpose::Derive)? else { return Ok(()) };
    contact.customers.retain(|known| *known != customer);
    desk.put(&contact)
}

/// Takes a lead from a deal that stays.
fn forget_lead(desk: &mut dyn Desk, deal: OpportunityId, lead: LeadId) -> Result<()> {
    match desk.enlist_as::<Opportunity>(deal, Purpose::Derive)? {
        Some(mut deal) if deal.lead == Some(lead) => {
            deal.lead = None;
            desk.put(&deal)
        }
        _ => Ok(()),
    }
}
