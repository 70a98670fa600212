//! Leads come in: checked, compared with what is known, scored, given to somebody, in one unit of work.

mod disclose;
mod policy;
mod repeated;

pub use disclose::{Duplicate, Hidden};

use super::assign::{Given, by_rules};
use crate::base::Kind;
use crate::base::kind::{ActivityId, Lead as LeadKind, LeadChannel as ChannelKind, LeadChannelId, LeadId};
use crate::domain::lead::{
    CHANNEL_BY_NAME, Lead, LeadChannel, LeadDraft, MatchKey, OnDuplicate, rules, start,
};
use crate::engine::rules::follow;
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::script::{Ask, Heard, Purpose as For};
use crate::record::spec::{FIRST_CUSTOM, Record};
use crate::record::values;

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
        let matches = repeated::repeated(desk, &lead, keys)?;
        if matches.is_empty() {
            return take(desk, lead, Captured::new());
        }
        policy::decide(desk, lead, &matches, policy)
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
        Err(Error::RuleFailed { rule, message, .. }) => {
            told.why.push(format!("assignment rule `{rule}` failed: {message}"));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Scores a lead by the rule in force, else by the host's, if there is one.
fn score(desk: &mut dyn Desk, lead: &mut Lead, told: &mut Captured) -> Result<()> {
    let mut fields = Vec::with_capacity(512);
    lead.put_fields(&mut fields);
    let view = View::of_fields(&fields);
    match follow::score(desk, &Ask::new(For::Score, lead.record_ref(), view)) {
        Ok(Heard::Unconcerned | Heard::Nobody) => {}
        Ok(Heard::Said(scored)) => {
            follow::watch(desk, lead.record_ref(), &scored);
            told.score = Some(scored.points);
            told.why.push(format!("scored {} by `{}`", scored.points, scored.rule));
            lead.score = Some(scored.points);
            lead.grade = scored.grade.or_else(|| Some(rules::grade(scored.points)));
            lead.scored_at = Some(desk.now());
            lead.score_reasons = scored.reasons;
        }
        Err(Error::RuleFailed { rule, message, .. }) => {
            told.why.push(format!("scoring rule `{rule}` failed: {message}"));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
