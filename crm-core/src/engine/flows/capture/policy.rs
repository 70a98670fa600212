//! What is done with a captured lead that repeats a record.

use super::disclose::{customer_of, disclose, refusal};
use super::repeated::note_on;
use super::{CaptureOutcome, Captured, score, take};
use crate::base::kind::{CustomerId, Lead as LeadKind};
use crate::base::settings::Disclosure;
use crate::base::{Kind, RecordRef};
use crate::domain::lead::rules::{self, Match};
use crate::domain::lead::{Lead, OnDuplicate, lead_id};
use crate::record::desk::{Desk, Purpose};
use crate::record::error::Result;
use crate::record::journal::Actor;
use crate::record::lifecycle::StateClass;
use crate::record::spec::Record;

/// What a captured lead meets in a record that it repeats.
enum Meets {
    /// A lead that is not closed.
    Lead(Box<Lead>),
    /// A customer: the record, that of a contact, or that which a lead became.
    Customer(CustomerId),
}

/// A record that a lead repeats.
#[derive(Clone, Copy)]
struct Known {
    record: RecordRef,
    /// Whether the actor sees it.
    seen: bool,
    /// Whether nothing may be learnt of what one does not see.
    silent: bool,
}

/// Deals with a lead by its channel's policy, surest match first.
pub(super) fn decide(
    desk: &mut dyn Desk,
    lead: Lead,
    matches: &[Match],
    policy: OnDuplicate,
) -> Result<Captured> {
    let (told, seen) = disclose(desk, matches)?;
    let silent = desk.settings().duplicate_disclosure == Disclosure::Nothing;
    let known = |(found, seen): (&Match, bool)| Known { record: found.record, seen, silent };
    let known: Vec<Known> = matches.iter().zip(seen).map(known).collect();
    // Where nothing may be learnt of a record, the lead can't be refused or marked because of it either.
    let surest = known.iter().copied().find(|known| known.seen || !silent);
    match policy {
        OnDuplicate::Refuse if surest.is_some() => Err(refusal(told)),
        OnDuplicate::Refuse => take(desk, lead, told),
        OnDuplicate::Flag => mark(desk, lead, surest, told),
        OnDuplicate::Merge | OnDuplicate::Attach => match meeting(desk, &known, policy)? {
            Some((known, Meets::Lead(old))) => merge(desk, *old, lead, known, told),
            Some((known, Meets::Customer(customer))) => note(desk, customer, &lead, known, told),
            None => mark(desk, lead, surest, told),
        },
    }
}

/// What a lead is merged into or noted on: the surest of what its policy prefers, else the surest of the other.
fn meeting(desk: &mut dyn Desk, known: &[Known], policy: OnDuplicate) -> Result<Option<(Known, Meets)>> {
    let mut second = None;
    for known in known {
        let Some(meets) = meets(desk, known.record)? else { continue };
        if matches!(meets, Meets::Lead(_)) == (policy == OnDuplicate::Merge) {
            return Ok(Some((*known, meets)));
        }
        second.get_or_insert((*known, meets));
    }
    Ok(second)
}

fn meets(desk: &mut dyn Desk, record: RecordRef) -> Result<Option<Meets>> {
    let Some(id) = lead_id(record) else { return Ok(customer_of(desk, record)?.map(Meets::Customer)) };
    let Some(lead) = desk.enlist_as::<Lead>(id, Purpose::Duplicate)? else { return Ok(None) };
    if let Some(customer) = lead.converted_customer {
        return Ok(Some(Meets::Customer(customer)));
    }
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    let class = lifecycle.state(&lead.state).map_or(StateClass::Open, |state| state.class);
    Ok((!class.is_closed()).then(|| Meets::Lead(Box::new(lead))))
}

/// Takes a lead as new and marks it. It names the record that it repeats if the actor sees that one; whom a lead of
/// the engine's own goes to is open, so it names none where nothing may be learnt.
fn mark(desk: &mut dyn Desk, mut lead: Lead, of: Option<Known>, mut told: Captured) -> Result<Captured> {
    if let Some(of) = of.filter(|of| !(of.silent && desk.actor() == Actor::System)) {
        lead.repeats = Some(true);
        lead.duplicate_of = of.seen.then_some(of.record);
        told.why.push("it repeats a record and is marked".to_owned());
    }
    take(desk, lead, told)
}

fn merge(
    desk: &mut dyn Desk,
    mut old: Lead,
    lead: Lead,
    known: Known,
    mut told: Captured,
) -> Result<Captured> {
    desk.because("captured again");
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    let conflicts = rules::merge(&mut old, lead);
    old.touch(&lifecycle, desk.now(), false);
    score(desk, &mut old, &mut told)?;
    desk.put(&old)?;
    told.outcome = CaptureOutcome::Merged;
    told.lead = Some(old.id());
    told.why.push(match conflicts.len() {
        0 => "merged into the lead that it repeats".to_owned(),
        _ => format!("merged into the lead that it repeats; kept what was known of {}", conflicts.join(", ")),
    });
    Ok(veiled(told, known))
}

fn note(
    desk: &mut dyn Desk,
    customer: CustomerId,
    lead: &Lead,
    known: Known,
    mut told: Captured,
) -> Result<Captured> {
    told.activity = note_on(desk, customer, lead)?;
    told.outcome = CaptureOutcome::Noted;
    told.why.push("noted on the customer that it repeats; the owner is told".to_owned());
    Ok(veiled(told, known))
}

/// What is left of the answer for an actor who does not see the record that the lead went into.
fn veiled(told: Captured, known: Known) -> Captured {
    if known.seen {
        return told;
    }
    let (outcome, why) = if known.silent {
        (CaptureOutcome::Received, Vec::new())
    } else {
        (told.outcome, vec!["it repeats a record that the actor does not see".to_owned()])
    };
    Captured { outcome, lead: None, activity: None, score: None, given: None, why, ..told }
}
