//! What the actor learns of the records that a lead repeats: all of those that he sees, of others what the tenant's
//! settings disclose and never more.

use super::Captured;
use crate::base::kind::{Contact as ContactKind, ContactId, Customer as CustomerKind, CustomerId};
use crate::base::settings::Disclosure;
use crate::base::{Kind, RecordRef};
use crate::domain::lead::rules::Match;
use crate::domain::lead::{Lead, MatchKey, lead_id};
use crate::domain::org::User;
use crate::domain::party::{Contact, Customer};
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Refusal, Result};

/// A record that a lead repeats.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Duplicate {
    /// The record.
    pub record: RecordRef,
    /// What they have in common.
    pub keys: Vec<MatchKey>,
}

/// That there is a duplicate which the actor does not see.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hidden {
    /// The name of its owner, where the tenant's settings disclose it.
    pub owner: Option<String>,
}

/// What the actor may know of the matches, and which of them he sees.
pub(super) fn disclose(desk: &mut dyn Desk, matches: &[Match]) -> Result<(Captured, Vec<bool>)> {
    let mut told = Captured::new();
    let mut seen = Vec::with_capacity(matches.len());
    for found in matches {
        let sees = desk.sees(found.record)?;
        seen.push(sees);
        if sees {
            told.duplicates.push(Duplicate { record: found.record, keys: found.keys.clone() });
            continue;
        }
        if told.hidden.is_some() {
            continue;
        }
        told.hidden = match desk.settings().duplicate_disclosure {
            Disclosure::Nothing => None,
            Disclosure::Exists => Some(Hidden { owner: None }),
            Disclosure::Owner => Some(Hidden { owner: owner_name(desk, found.record)? }),
        };
    }
    Ok((told, seen))
}

fn owner_name(desk: &mut dyn Desk, record: RecordRef) -> Result<Option<String>> {
    let owner = if let Some(lead) = lead_id(record) {
        desk.enlist_as::<Lead>(lead, Purpose::Duplicate)?.and_then(|lead| lead.owner)
    } else {
        let Some(customer) = customer_of(desk, record)? else { return Ok(None) };
        desk.enlist_as::<Customer>(customer, Purpose::Duplicate)?.and_then(|customer| customer.owner)
    };
    let Some(owner) = owner else { return Ok(None) };
    Ok(desk.enlist_as::<User>(owner, Purpose::Duplicate)?.map(|user| user.name))
}

/// The customer that a record is or belongs to.
pub(super) fn customer_of(desk: &mut dyn Desk, record: RecordRef) -> Result<Option<CustomerId>> {
    if record.kind == CustomerKind::NO {
        return Ok(Some(CustomerId::from_u128(record.bits)));
    }
    if record.kind != ContactKind::NO {
        return Ok(None);
    }
    let contact = desk.enlist_as::<Contact>(ContactId::from_u128(record.bits), Purpose::Duplicate)?;
    // The last customer is the one that the contact joined last.
    Ok(contact.and_then(|contact| contact.customers.last().copied()))
}

pub(super) fn refusal(told: Captured) -> Error {
    let code = "lead.duplicate";
    let refusal = match (told.duplicates.first(), told.hidden.and_then(|hidden| hidden.owner)) {
        (Some(found), _) => {
            let refusal = Refusal::new(code, format!("the lead repeats `{}`", found.record));
            let fields = found.keys.iter().map(|key| match key {
                MatchKey::Phone => "phones",
                MatchKey::Email => "emails",
                MatchKey::NameCompany => "name",
                MatchKey::Company => "company",
            });
            fields
                .fold(refusal.with("duplicate", found.record), |refusal, field| refusal.with("field", field))
        }
        (None, Some(owner)) => {
            Refusal::new(code, format!("the lead repeats a record of `{owner}`")).with("owner", owner)
        }
        (None, None) => Refusal::new(code, "the lead repeats a record"),
    };
    Error::Refused(vec![refusal])
}
