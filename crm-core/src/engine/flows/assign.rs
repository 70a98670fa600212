//! Who follows a lead: assignment by rules and by hand, and another owner for a lead left untouched.

use crate::base::calendar::{Hours, WorkCalendar};
use crate::base::kind::{
    Assignment as AssignmentKind, AssignmentId, Lead as LeadKind, LeadId, PoolId, UserId,
};
use crate::base::{Instant, Kind, Span};
use crate::domain::lead::rules::{Candidate, Turns, choose, fits, takes};
use crate::domain::lead::{Assignment, BY_OWNER_STATE, BY_PLACE, Lead, Method, NEW, OPEN_STATES, lead_id};
use crate::domain::org::{Team, User};
use crate::domain::pool::Pool;
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Due, Lookup, Purpose};
use crate::record::error::{Error, Refusal, Result};
use crate::record::port::Assigned;
use crate::record::script::{Answer, Ask, Purpose as For, Verdict, Which};
use crate::record::spec::Record;

/// The due work that assigns a lead once its rule's working hours begin.
pub const ASSIGN: &str = "lead.assign";
/// The due work that takes a lead from an owner who has not touched it.
pub const REASSIGN: &str = "lead.reassign";
/// How many open leads are counted for a user without capacity.
const MOST_COUNTED: u64 = 1000;
/// How many rules there can be.
const MOST_RULES: usize = 200;

/// Where a lead went, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Given {
    /// The user who follows it.
    pub owner: Option<UserId>,
    /// The pool it lies in.
    pub pool: Option<PoolId>,
    /// Until when it waits for working hours.
    pub waits_until: Option<Instant>,
    /// The rule that said so; none by hand.
    pub rule: String,
    /// Why.
    pub reason: String,
}

command! {
    /// Gives a lead to a user or into a pool; by the assignment rules when neither is named.
    pub struct AssignLead as "lead.assign" -> Given {
        /// The lead.
        lead: LeadId,
        /// The revision that the change is made against; any when none.
        #[serde(default)]
        revision: Option<u64>,
        /// To whom.
        #[serde(default)]
        owner: Option<UserId>,
        /// Into which pool.
        #[serde(default)]
        pool: Option<PoolId>,
        /// Why, for the journal.
        #[serde(default)]
        reason: String,
    }
    run(this, desk) {
        let mut lead: Lead = desk.load_at(this.lead, Action::Assign, this.revision)?;
        refuse_closed(desk, &lead)?;
        desk.because(&this.reason);
        let given = match (this.owner, this.pool) {
            (Some(owner), _) => by_hand(desk, &mut lead, owner, &this.reason)?,
            (None, Some(pool)) => {
                desk.get::<Pool>(pool)?;
                into_pool(desk, &mut lead, pool)?;
                Given { pool: Some(pool), reason: this.reason, ..Given::default() }
            }
            (None, None) => by_rules(desk, &mut lead, &[])?.ok_or_else(|| {
                Error::refused("lead.no_taker", "no assignment rule has anybody to give the lead to")
            })?,
        };
        desk.put(&lead)?;
        Ok(given)
    }
}

fn by_hand(desk: &mut dyn Desk, lead: &mut Lead, owner: UserId, reason: &str) -> Result<Given> {
    let user: User = desk.get(owner)?;
    if user.disabled == Some(true) {
        let refusal = Refusal::new("lead.owner_inactive", format!("`{}` has left", user.name));
        return Err(Error::Refused(vec![refusal.with("owner", owner)]));
    }
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    lead.give(&lifecycle, owner, desk.now());
    lead.assigned_by.clear();
    reason.clone_into(&mut lead.assigned_because);
    Ok(Given { owner: Some(owner), reason: reason.to_owned(), ..Given::default() })
}

fn into_pool(desk: &mut dyn Desk, lead: &mut Lead, pool: PoolId) -> Result<()> {
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    lead.previous_owner = lead.owner.take().or(lead.previous_owner);
    (lead.pool, lead.pooled_at, lead.claimed_at) = (Some(pool), Some(desk.now()), None);
    if !lead.state.is_empty() {
        lead.enter_if_led(&lifecycle, NEW, desk.now());
    }
    Ok(())
}

fn refuse_closed(desk: &dyn Desk, lead: &Lead) -> Result<()> {
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    match lifecycle.state(&lead.state) {
        Some(state) if state.class.is_closed() => {
            let message = format!("the lead `{}` is closed: {}", lead.name, state.en.to_lowercase());
            Err(Error::refused("lead.closed", message))
        }
        _ => Ok(()),
    }
}

/// Gives a lead to whom the first rule says that fits it and has somebody; the caller writes the lead. None when no
/// rule has anybody. Users in `except` don't get it.
///
/// Rules are read with each lead: they are few, and no configuration is to be made anew when one of them changes.
pub(crate) fn by_rules(desk: &mut dyn Desk, lead: &mut Lead, except: &[UserId]) -> Result<Option<Given>> {
    let rules = desk.matches(&Lookup {
        kind: AssignmentKind::NO,
        index: BY_PLACE,
        parts: Vec::new(),
        limit: MOST_RULES,
    })?;
    for rule in rules {
        let rule = desk.enlist_as::<Assignment>(AssignmentId::from_u128(rule.bits), Purpose::Pool)?;
        let Some(rule) = rule.filter(|rule| fits(rule, lead)) else { continue };
        let Some(chosen) = by_own_rule(desk, &rule, lead, except)? else { continue };
        if let Some(given) = by_rule(desk, &rule, lead, except, chosen)? {
            desk.by_rule(&rule.name);
            lead.assigned_by.clone_from(&given.rule);
            lead.assigned_because.clone_from(&given.reason);
            return Ok(Some(given));
        }
    }
    Ok(None)
}

fn by_rule(
    desk: &mut dyn Desk,
    rule: &Assignment,
    lead: &mut Lead,
    except: &[UserId],
    chosen: Option<Assigned>,
) -> Result<Option<Given>> {
    let given = Given { rule: rule.name.clone(), ..Given::default() };
    if let Some(opens) = opens_at(desk, rule)? {
        desk.schedule(Due {
            at: opens,
            work: ASSIGN.to_owned(),
            about: lead.record_ref(),
            note: String::new(),
        });
        let reason = "outside working hours".to_owned();
        return Ok(Some(Given { waits_until: Some(opens), reason, ..given }));
    }
    if let Some((owner, reason)) = user_of(desk, rule, lead, except, chosen)? {
        let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
        lead.give(&lifecycle, owner, desk.now());
        watch(desk, rule, lead);
        return Ok(Some(Given { owner: Some(owner), reason, ..given }));
    }
    let Some(pool) = rule.pool else { return Ok(None) };
    into_pool(desk, lead, pool)?;
    Ok(Some(Given { pool: Some(pool), reason: "no user takes it".to_owned(), ..given }))
}

/// When the rule's working hours begin, if it keeps any and this isn't one.
fn opens_at(desk: &dyn Desk, rule: &Assignment) -> Result<Option<Instant>> {
    if rule.hours.is_empty() {
        return Ok(None);
    }
    let invalid = |message: String| Error::rule_failed(rule.name.clone(), message);
    let hours: Hours = rule.hours.parse().map_err(|error| invalid(format!("{error}")))?;
    let settings = desk.settings();
    let day = || vec![hours];
    let calendar = WorkCalendar::new(
        settings.zone,
        [day(), day(), day(), day(), day(), Vec::new(), Vec::new()],
        settings.holidays.iter().copied().collect(),
        settings.extra_workdays.iter().copied().collect(),
    )
    .map_err(|error| invalid(error.to_string()))?;
    // The first moment of working time from now on ends one tick after it begins.
    let tick = Span::from_micros(1);
    let opens = calendar.add_working_time(desk.now(), tick).map(|end| end - tick);
    Ok(opens.filter(|opens| *opens > desk.now()))
}

/// The user to whom a rule gives a lead, and why; the turn is noted.
fn user_of(
    desk: &mut dyn Desk,
    rule: &Assignment,
    lead: &Lead,
    except: &[UserId],
    chosen: Option<Assigned>,
) -> Result<Option<(UserId, String)>> {
    let (mut candidates, whys) = candidates(desk, rule, lead, except)?;
    if candidates.is_empty() {
        return Ok(None);
    }
    if let Some(chosen) = chosen {
        return among(rule, &candidates, chosen).map(Some);
    }
    if let Some(chosen) = by_port(desk, rule, lead, &candidates)? {
        return Ok(Some(chosen));
    }
    let method = rule.method.unwrap_or_default();
    if method == Method::Capacity {
        let mut able = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            able.extend(measured(desk, candidate, MOST_COUNTED)?);
        }
        candidates = able;
    }
    let turns = Turns::read(&desk.memory(rule.record_ref())?.unwrap_or_default());
    loop {
        let mut next = turns.clone();
        let Some((user, reason)) = choose(method, &candidates, &mut next) else { return Ok(None) };
        // Only who is chosen is looked up: one who has left or has no room leaves the turn to the next, and is
        // owed nothing for it.
        let chosen = candidates.iter().find(|candidate| candidate.user == user).copied();
        let able = match chosen {
            Some(chosen) if method != Method::Capacity => measured(desk, chosen, 0)?.is_some(),
            chosen => chosen.is_some(),
        };
        if able {
            next.keep(&members(desk, rule)?);
            desk.remember(rule.record_ref(), next.to_bytes());
            let why = whys.iter().find(|(of, _)| *of == user).map_or("", |(_, why)| why.as_str());
            return Ok(Some((user, if why.is_empty() { reason } else { format!("{why}, {reason}") })));
        }
        candidates.retain(|candidate| candidate.user != user);
    }
}

/// What a port of the host chooses, if any does; it may name candidates only.
fn by_port(
    desk: &dyn Desk,
    rule: &Assignment,
    lead: &Lead,
    candidates: &[Candidate],
) -> Result<Option<(UserId, String)>> {
    let users: Vec<_> = candidates.iter().map(|candidate| candidate.user).collect();
    let mut fields = Vec::with_capacity(512);
    lead.put_fields(&mut fields);
    let chosen = desk.ports().assign_lead(View::of_fields(&fields), &users, desk.now())?;
    chosen.map(|chosen| among(rule, candidates, chosen)).transpose()
}

/// Whom a rule or port chose, who has to be a candidate.
fn among(rule: &Assignment, candidates: &[Candidate], chosen: Assigned) -> Result<(UserId, String)> {
    if candidates.iter().any(|candidate| candidate.user == chosen.user) {
        return Ok((chosen.user, chosen.reason));
    }
    let message = format!("`{}` is not among those who take the lead", chosen.user);
    Err(Error::rule_failed(rule.name.clone(), message))
}

/// What the rule that an assignment rule names says of a lead: nothing when the lead isn't for it, else
/// whom it chooses, if it chooses. A rule that is not in force lets no lead pass.
fn by_own_rule(
    desk: &mut dyn Desk,
    rule: &Assignment,
    lead: &Lead,
    except: &[UserId],
) -> Result<Option<Option<Assigned>>> {
    let Some(own) = rule.rule else { return Ok(Some(None)) };
    let users: Vec<_> = candidates(desk, rule, lead, except)?.0.iter().map(|one| one.user).collect();
    let mut fields = Vec::with_capacity(512);
    lead.put_fields(&mut fields);
    let ask = Ask::new(For::Assignment, lead.record_ref(), View::of_fields(&fields));
    match desk.judge(&Ask { which: Which::Rule(own), candidates: &users, ..ask })? {
        None => Ok(None),
        Some(Verdict { answer: Answer::Holds(holds), .. }) => Ok(holds.then_some(None)),
        Some(Verdict { answer: Answer::Assigned(chosen), .. }) => Ok(Some(chosen)),
        Some(verdict) => {
            let message = format!("the script answered {:?}, which is not what was asked", verdict.answer);
            Err(Error::rule_failed(verdict.signature, message))
        }
    }
}

type Whys = Vec<(UserId, String)>;

/// The users of a rule who take a lead, and by which of their conditions.
fn candidates(
    desk: &mut dyn Desk,
    rule: &Assignment,
    lead: &Lead,
    except: &[UserId],
) -> Result<(Vec<Candidate>, Whys)> {
    let (mut candidates, mut whys) = (Vec::new(), Vec::new());
    let candidate = |user, weight| Candidate { user, weight, open: 0, capacity: None };
    for taker in &rule.takers {
        let Some(user) = taker.user.filter(|user| !except.contains(user)) else { continue };
        let Some(why) = takes(taker, lead) else { continue };
        candidates.push(candidate(user, taker.weight.unwrap_or(1)));
        if !why.is_empty() {
            whys.push((user, why.join(", ")));
        }
    }
    for user in team(desk, rule)? {
        let known = rule.takers.iter().any(|taker| taker.user == Some(user));
        if !known && !except.contains(&user) {
            candidates.push(candidate(user, 1));
        }
    }
    Ok((candidates, whys))
}

fn team(desk: &mut dyn Desk, rule: &Assignment) -> Result<Vec<UserId>> {
    let Some(team) = rule.team else { return Ok(Vec::new()) };
    Ok(desk.enlist_as::<Team>(team, Purpose::Pool)?.map(|team| team.members).unwrap_or_default())
}

fn members(desk: &mut dyn Desk, rule: &Assignment) -> Result<Vec<UserId>> {
    let mut members = team(desk, rule)?;
    members.extend(rule.takers.iter().filter_map(|taker| taker.user));
    Ok(members)
}

/// A candidate with his open leads counted up to `most` or his capacity; none when he has left or has no room.
fn measured(desk: &mut dyn Desk, candidate: Candidate, most: u64) -> Result<Option<Candidate>> {
    let Some(user) = desk.enlist_as::<User>(candidate.user, Purpose::Pool)? else { return Ok(None) };
    if user.disabled == Some(true) {
        return Ok(None);
    }
    let capacity = user.capacity.map(|capacity| u64::try_from(capacity).unwrap_or(0));
    let limit = usize::try_from(capacity.unwrap_or(most)).unwrap_or(usize::MAX);
    let mut open = 0;
    for state in OPEN_STATES {
        let left = limit.saturating_sub(open);
        if left > 0 {
            open +=
                desk.count_of(LeadKind::NO, BY_OWNER_STATE, vec![user.id().into(), state.into()], left)?;
        }
    }
    let candidate = Candidate { open: open as u64, capacity, ..candidate };
    Ok(capacity.is_none_or(|capacity| candidate.open < capacity).then_some(candidate))
}

/// Has a lead looked at again after the hours in which its owner is to touch it.
fn watch(desk: &mut dyn Desk, rule: &Assignment, lead: &Lead) {
    if let Some(hours) = rule.reassign_hours.filter(|hours| *hours > 0) {
        let at = desk.now() + Span::from_hours(hours);
        let note = rule.id().to_string();
        desk.schedule(Due { at, work: REASSIGN.to_owned(), about: lead.record_ref(), note });
    }
}

/// Assigns a lead that waited for working hours.
pub(crate) fn assign_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(mut lead) = still_there(desk, due)? else { return Ok(()) };
    if lead.owner.is_some() || lead.pool.is_some() || refuse_closed(desk, &lead).is_err() {
        return Ok(());
    }
    by_rules(desk, &mut lead, &[])?;
    desk.put(&lead)
}

/// Takes a lead from an owner who has not touched it in the hours that its rule sets, and gives it to another.
///
/// What counts is that nobody got back to it since it was assigned: later silence is the pool rules' business.
pub(crate) fn reassign_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(mut lead) = still_there(desk, due)? else { return Ok(()) };
    let (Some(owner), Some(since)) = (lead.owner, lead.assigned_at) else { return Ok(()) };
    let touched = lead.last_activity_at.is_some_and(|at| at >= since);
    let waiting = lead.state == NEW || lead.state == crate::domain::lead::ASSIGNED;
    if touched || !waiting {
        return Ok(());
    }
    let Ok(rule) = due.note.parse::<AssignmentId>() else { return Ok(()) };
    let Some(rule) = desk.enlist_as::<Assignment>(rule, Purpose::Pool)? else { return Ok(()) };
    let by_it = lead.assigned_by == rule.name;
    let Some(hours) = rule.reassign_hours.filter(|hours| by_it && *hours > 0) else { return Ok(()) };
    let ends = since + Span::from_hours(hours);
    if ends > desk.now() {
        // Somebody got it meanwhile.
        desk.schedule(Due { at: ends, ..due.clone() });
        return Ok(());
    }
    let chosen = by_own_rule(desk, &rule, &lead, &[owner])?.flatten();
    match user_of(desk, &rule, &lead, &[owner], chosen)? {
        None => watch(desk, &rule, &lead),
        Some((user, reason)) => {
            let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
            lead.give(&lifecycle, user, desk.now());
            lead.reassigned = Some(lead.reassigned.unwrap_or(0) + 1);
            lead.assigned_by.clone_from(&rule.name);
            lead.assigned_because = format!("not touched in {hours} hours, {reason}");
            desk.because(&lead.assigned_because.clone());
            watch(desk, &rule, &lead);
            desk.put(&lead)?;
        }
    }
    Ok(())
}

/// The lead that due work is about, unless it is gone.
pub(crate) fn still_there(desk: &mut dyn Desk, due: &Due) -> Result<Option<Lead>> {
    match lead_id(due.about) {
        Some(lead) => desk.enlist_as(lead, Purpose::Pool),
        None => Ok(None),
    }
}
