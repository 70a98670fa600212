//! Leads come in: checked, compared with what is known, scored, given to somebody, in one unit of work.

use super::assign::{Given, by_rules};
use crate::base::kind::{
    ActivityId, Contact as ContactKind, ContactId, Customer as CustomerKind, CustomerId, Lead as LeadKind,
    LeadChannel as ChannelKind, LeadChannelId, LeadId,
};
use crate::base::settings::Disclosure;
use crate::base::{Kind, RecordRef};
use crate::domain::lead::rules::{self, Match};
use crate::domain::lead::{
    CHANNEL_BY_NAME, Lead, LeadChannel, LeadDraft, MatchKey, OnDuplicate, lead_id, start,
};
use crate::domain::org::User;
use crate::domain::party::{Contact, Customer};
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Refusal, Result};
use crate::record::lifecycle::StateClass;
use crate::record::spec::{FIRST_CUSTOM, Record};
use crate::record::values;

use super::repeated::repeated;

crate::choice! {
    /// What became of a captured lead.
    pub enum CaptureOutcome {
        /// It is a new lead.
        Taken "taken" "Taken" "已新建",
        /// It was merged into the lead that it repeats.
        Merged "merged" "Merged" "已合并",
        /// It was noted on the customer that it repeats, and the owner told.
        Noted "noted" "Noted on the customer" "已记为互动",
        /// It was dealt with; the actor may not know how.
        Received "received" "Received" "已收到",
    }
}

/// What was done with a captured lead, and why.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Captured {
    /// What became of it.
    pub outcome: CaptureOutcome,
    /// The lead that it is or was merged into, if the actor may know.
    pub lead: Option<LeadId>,
    /// The activity that notes it on a customer, if the actor may know.
    pub activity: Option<ActivityId>,
    /// The records that it repeats and the actor sees, surest first.
    pub duplicates: Vec<Duplicate>,
    /// What the actor learns of those that he does not see.
    pub hidden: Option<Hidden>,
    /// The score, when a rule scored it.
    pub score: Option<i64>,
    /// Where it went; none when it has no owner and no rule has anybody.
    pub given: Option<Given>,
    /// The steps, in words.
    pub why: Vec<String>,
}

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

command! {
    /// Takes in a lead from a form, a message, an import or any other channel.
    ///
    /// The channel's record says what to do with one that repeats a lead, customer or contact.
    #[derive(Default)]
    pub struct CaptureLead as "lead.capture" -> Captured {
        /// The lead.
        lead: LeadDraft,
        /// The channel that it came in by.
        #[serde(default)] channel: String,
        /// What to do with a duplicate, where that is not left to the channel.
        #[serde(default)] on_duplicate: Option<OnDuplicate>,
    }
    run(this, desk) {
        desk.may(Action::Create, LeadKind::NO)?;
        let channel = channel_named(desk, this.channel.trim())?;
        let lead = read(desk, this.lead, this.channel.trim(), channel.as_ref())?;
        let keys: &[MatchKey] = match &channel {
            Some(channel) if !channel.match_on.is_empty() => &channel.match_on,
            _ => &[MatchKey::Phone, MatchKey::Email, MatchKey::Company],
        };
        let policy = this.on_duplicate.or(channel.as_ref().and_then(|c| c.on_duplicate)).unwrap_or_default();
        let matches = repeated(desk, &lead, keys)?;
        if matches.is_empty() {
            return take(desk, lead, Captured::new());
        }
        decide(desk, lead, matches, policy)
    }
}

impl Captured {
    fn new() -> Self {
        Captured {
            outcome: CaptureOutcome::Taken,
            lead: None,
            activity: None,
            duplicates: Vec::new(),
            hidden: None,
            score: None,
            given: None,
            why: Vec::new(),
        }
    }
}

fn channel_named(desk: &mut dyn Desk, name: &str) -> Result<Option<LeadChannel>> {
    if name.is_empty() {
        return Ok(None);
    }
    let lookup = Lookup { kind: ChannelKind::NO, index: CHANNEL_BY_NAME, parts: vec![name.into()], limit: 1 };
    match desk.matches(&lookup)?.first() {
        Some(channel) => desk.enlist_as(LeadChannelId::from_u128(channel.bits), Purpose::Duplicate),
        None => Ok(None),
    }
}

/// The lead that a draft makes, with the channel's defaults and custom fields.
fn read(
    desk: &mut dyn Desk,
    mut draft: LeadDraft,
    name: &str,
    channel: Option<&LeadChannel>,
) -> Result<Lead> {
    let settings = desk.settings();
    let custom = std::mem::take(&mut draft.custom);
    let id = desk.new_id();
    let mut lead = draft.into_lead(id, &settings)?;
    lead.channel = name.to_owned();
    if let Some(channel) = channel {
        lead.channel.clone_from(&channel.name);
        lead.source = lead.source.or(channel.source);
        if lead.campaign.is_empty() {
            lead.campaign.clone_from(&channel.campaign);
        }
    }
    if custom.is_empty() {
        return Ok(lead);
    }
    let schema = desk.schema();
    let mut invalid = Vec::new();
    for (name, value) in custom {
        let field = schema.kind(LeadKind::NO).and_then(|schema| schema.named(&name));
        let Some(field) = field.filter(|field| field.no >= FIRST_CUSTOM) else {
            invalid.push(Invalid::new(&name, "field.unknown", format!("lead has no custom field `{name}`")));
            continue;
        };
        match values::coerce(&value, field, &settings) {
            Ok(value) if value.is_empty() => {}
            Ok(value) => drop(lead.custom.insert(field.no, value)),
            Err(error) => invalid.push(Invalid::new(&name, "value.type", error.to_string())),
        }
    }
    if invalid.is_empty() { Ok(lead) } else { Err(Error::Invalid(invalid)) }
}

/// Stores a new lead, scored and given to somebody.
fn take(desk: &mut dyn Desk, mut lead: Lead, mut told: Captured) -> Result<Captured> {
    score(desk, &mut lead, &mut told)?;
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    match lead.owner {
        Some(owner) => {
            lead.give(&lifecycle, owner, desk.now());
            told.why.push("the owner was given".to_owned());
        }
        None => give(desk, &mut lead, &mut told)?,
    }
    if lead.state.is_empty() {
        let first = start(&lifecycle).to_owned();
        lead.enter(&lifecycle, &first, desk.now());
    }
    if lead.code.is_empty() {
        lead.code = desk.next_code(LeadKind::NO)?.unwrap_or_default();
    }
    desk.put(&lead)?;
    told.lead = Some(lead.id());
    Ok(told)
}

/// Gives a new lead to whom the rules say. Nobody loses a lead because of a rule that fails: it stays without owner.
fn give(desk: &mut dyn Desk, lead: &mut Lead, told: &mut Captured) -> Result<()> {
    match by_rules(desk, lead, &[]) {
        Ok(Some(given)) => {
            if given.owner.is_some() {
                // The rules chose the owner: the actor needs no right to assign.
                desk.enlist(lead.record_ref(), Purpose::Pool)?;
            }
            told.why.push(format!("by rule `{}`: {}", given.rule, given.reason));
            told.given = Some(given);
        }
        Ok(None) => told.why.push("no assignment rule has anybody".to_owned()),
        Err(Error::RuleFailed { rule, message }) => {
            told.why.push(format!("assignment rule `{rule}` failed: {message}"));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Scores a lead by the host's rule, if it has one.
fn score(desk: &mut dyn Desk, lead: &mut Lead, told: &mut Captured) -> Result<()> {
    let mut fields = Vec::with_capacity(512);
    lead.put_fields(&mut fields);
    match desk.ports().score_lead(View::of_fields(&fields), desk.now()) {
        Ok(None) => {}
        Ok(Some(score)) => {
            told.score = Some(score.points);
            told.why.push(format!("scored {} by `{}`", score.points, score.rule));
            lead.score = Some(score.points);
            lead.grade = Some(rules::grade(score.points));
            lead.scored_at = Some(desk.now());
            lead.score_reasons = score.reasons;
        }
        Err(Error::RuleFailed { rule, message }) => {
            told.why.push(format!("scoring rule `{rule}` failed: {message}"));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// What a captured lead meets in a record that it repeats.
enum Meets {
    Lead(Box<Lead>),
    Customer(CustomerId),
}

fn decide(desk: &mut dyn Desk, mut lead: Lead, matches: Vec<Match>, policy: OnDuplicate) -> Result<Captured> {
    let (told, seen) = disclose(desk, &matches)?;
    // Where nothing may be learnt of what the actor does not see, that does not count for him either.
    let silent = desk.settings().duplicate_disclosure == Disclosure::Nothing;
    let counts = |at: usize| !silent || seen.get(at) == Some(&true);
    let surest = matches.iter().enumerate().find(|(at, _)| counts(*at));
    match policy {
        OnDuplicate::Refuse => match surest {
            Some(_) => Err(refusal(told)),
            None => take(desk, lead, told),
        },
        OnDuplicate::Flag => mark(desk, lead, surest.map(|(_, found)| found.record), told),
        OnDuplicate::Merge | OnDuplicate::Attach => {
            let mut second = None;
            for (at, found) in matches.iter().enumerate() {
                let meets = meets(desk, found.record)?;
                let first_choice = matches!(
                    (policy, &meets),
                    (OnDuplicate::Merge, Some(Meets::Lead(_)))
                        | (OnDuplicate::Attach, Some(Meets::Customer(_)))
                );
                if first_choice || second.is_none() && meets.is_some() {
                    second = Some((at, meets));
                }
                if first_choice {
                    break;
                }
            }
            match second {
                Some((at, Some(meets))) => {
                    let known = seen.get(at) == Some(&true);
                    match meets {
                        Meets::Lead(old) => merge(desk, *old, lead, known, silent, told),
                        Meets::Customer(customer) => note(desk, customer, &lead, known, silent, told),
                    }
                }
                _ => {
                    lead.duplicate_of = None;
                    mark(desk, lead, surest.map(|(_, found)| found.record), told)
                }
            }
        }
    }
}

/// What the actor may know of the matches, and which of them he sees.
fn disclose(desk: &mut dyn Desk, matches: &[Match]) -> Result<(Captured, Vec<bool>)> {
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
fn customer_of(desk: &mut dyn Desk, record: RecordRef) -> Result<Option<CustomerId>> {
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

fn refusal(told: Captured) -> Error {
    let code = "lead.duplicate";
    let refusal = match (told.duplicates.first(), told.hidden.and_then(|hidden| hidden.owner)) {
        (Some(found), _) => {
            Refusal::new(code, format!("the lead repeats `{}`", found.record)).with("duplicate", found.record)
        }
        (None, Some(owner)) => {
            Refusal::new(code, format!("the lead repeats a record of `{owner}`")).with("owner", owner)
        }
        (None, None) => Refusal::new(code, "the lead repeats a record"),
    };
    Error::Refused(vec![refusal])
}

/// Takes a lead as new and marks what it repeats.
fn mark(desk: &mut dyn Desk, mut lead: Lead, of: Option<RecordRef>, mut told: Captured) -> Result<Captured> {
    if let Some(of) = of {
        desk.enlist(of, Purpose::Duplicate)?;
        lead.duplicate_of = Some(of);
        told.why.push("it repeats a record and is marked".to_owned());
    }
    take(desk, lead, told)
}

/// What to merge a lead into or note it on: a lead that is not closed, the customer that one became, a customer, or
/// that of a contact.
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

fn merge(
    desk: &mut dyn Desk,
    mut old: Lead,
    lead: Lead,
    known: bool,
    silent: bool,
    mut told: Captured,
) -> Result<Captured> {
    desk.because("captured again");
    let id = old.id();
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    let conflicts = rules::merge(&mut old, lead);
    old.touch(&lifecycle, desk.now(), false);
    score(desk, &mut old, &mut told)?;
    desk.put(&old)?;
    told.outcome = CaptureOutcome::Merged;
    told.lead = Some(id);
    told.why.push(match conflicts.len() {
        0 => "merged into the lead that it repeats".to_owned(),
        _ => format!("merged into the lead that it repeats; kept what was known of {}", conflicts.join(", ")),
    });
    Ok(veiled(told, known, silent))
}

fn note(
    desk: &mut dyn Desk,
    customer: CustomerId,
    lead: &Lead,
    known: bool,
    silent: bool,
    mut told: Captured,
) -> Result<Captured> {
    told.activity = super::repeated::note_on(desk, customer, lead)?;
    told.outcome = CaptureOutcome::Noted;
    told.why.push("noted on the customer that it repeats; the owner is told".to_owned());
    Ok(veiled(told, known, silent))
}

/// What is left of the answer for an actor who does not see the record that the lead went into.
fn veiled(told: Captured, known: bool, silent: bool) -> Captured {
    if known {
        return told;
    }
    let outcome = if silent { CaptureOutcome::Received } else { told.outcome };
    let why =
        if silent { Vec::new() } else { vec!["it repeats a record that the actor does not see".to_owned()] };
    Captured { outcome, lead: None, activity: None, score: None, given: None, why, ..told }
}
