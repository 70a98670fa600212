//! Reclaiming: records that their owners leave lying go back to their pool, after a warning.
//!
//! Nothing is scheduled when a record gets an owner or something happens with it: an ordinary command
//! writes no page for this. Instead one pass a day over the records of a kind, in bounded stretches,
//! reads each owner's record and decides. A reading costs about a microsecond and no write; a due item
//! per record would cost a page on every change of owner and again each time it comes up, and would
//! miss records that got their owner by import or merge, or whose pool changed its rules.
//!
//! The eldest pool of a kind that reclaims leads the pass, for all pools of the kind. Each pool has a
//! chain of due items all the same, so that the next one leads when the eldest goes.

use std::collections::BTreeMap;

use super::pools;
use crate::base::calendar::{WorkCalendar, local_date, start_of_day};
use crate::base::id::id_bits;
use crate::base::kind::{NotificationId, Opportunity, RuleId, UserId};
use crate::base::{Instant, Kind, KindNo, RecordRef, Span, Value};
use crate::domain::notice::{Notification, notify};
use crate::domain::opportunity::BY_CUSTOMER;
use crate::domain::org::{USER_BY_LOGIN, User};
use crate::domain::pool::{Decision, Pool, ReclaimFacts, ReclaimReason, SWEEP, next_pass, reclaim_decision};
use crate::domain::rule::Rule;
use crate::record::desk::{Desk, Due, Lookup, Purpose};
use crate::record::error::{Error, Result};
use crate::record::lifecycle::StateClass;
use crate::record::script::{Answer, Ask, Purpose as For, Verdict, Which};
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

/// The due work that reclaims one record, or warns its owner.
pub(super) const RECLAIM: &str = "pool.reclaim";
/// How many records one stretch of a pass reads.
const STRETCH: usize = 1_000;

/// One stretch of a pass. The note is the instant of the pool's definition, then the last record of
/// the stretch before.
pub(super) fn sweep(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(id) = due.about.as_id() else { return Ok(()) };
    let Some(pool) = desk.enlist_as::<Pool>(id, Purpose::Pool)? else { return Ok(()) };
    let (token, last) = due.note.split_once(' ').unwrap_or((&due.note, ""));
    // A pool that was defined anew has begun another chain.
    if pool.meta.updated_at.micros().to_string() != token || !pool.reclaims() {
        return Ok(());
    }
    let Some(kind) = KindNo::from_name(&pool.kind) else { return Ok(()) };
    let pools = pools::of_kind(desk, kind)?;
    let mut stretch = Vec::new();
    if pools.iter().filter(|pool| pool.reclaims()).map(Record::id).min() == Some(id) {
        stretch = desk.walk(kind, last.parse().ok(), STRETCH)?;
        look_at(desk, &pools, &stretch)?;
    }
    let (at, note) = match stretch.last() {
        // Not at once: each stretch is a piece of work by itself, for the host to pace.
        Some(last) => (desk.now() + Span::from_micros(1), format!("{token} {last}")),
        None => (next_pass(desk.now(), desk.settings().zone), token.to_owned()),
    };
    desk.schedule(Due { at, work: SWEEP.to_owned(), about: due.about, note });
    Ok(())
}

/// Queues the records about which something is to be done; each is a unit of its own, with its own
/// reason in the journal.
fn look_at(desk: &mut dyn Desk, pools: &[Pool], records: &[RecordRef]) -> Result<()> {
    let users = users(desk)?;
    let calendar = desk.settings().work_calendar();
    for record in records {
        let Some(image) = desk.enlist(*record, Purpose::Pool)? else { continue };
        let sheet = Sheet::read(desk, *record, &image)?;
        let Some(owner) = sheet.owner()?.and_then(|owner| users.get(&owner)) else { continue };
        let Some(pool) = pools::home(pools, &sheet, owner.department)? else { continue };
        let acts = match decide(desk, &sheet, owner, pool, &calendar)? {
            Decision::Keep { .. } => false,
            Decision::Warn { since, .. } => {
                let warning = warning_id(desk, &sheet, since);
                desk.enlist(warning.record(), Purpose::Derive)?.is_none()
            }
            Decision::Reclaim { .. } => true,
        };
        if acts {
            let due =
                Due { at: desk.now(), work: RECLAIM.to_owned(), about: *record, note: pool.id().to_string() };
            desk.schedule(due);
        }
    }
    Ok(())
}

fn users(desk: &mut dyn Desk) -> Result<BTreeMap<UserId, User>> {
    let kind = <User as Record>::Kind::NO;
    let lookup = Lookup { kind, index: USER_BY_LOGIN, parts: Vec::new(), limit: usize::MAX };
    let mut users = BTreeMap::new();
    for id in desk.matches(&lookup)?.into_iter().filter_map(RecordRef::as_id) {
        users.extend(desk.enlist_as::<User>(id, Purpose::Pool)?.map(|user| (id, user)));
    }
    Ok(users)
}

/// Reclaims a record or warns its owner, if that is still due. The note names the pool.
pub(super) fn reclaim(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let pool = due.note.parse().ok().map(|pool| desk.enlist_as::<Pool>(pool, Purpose::Pool));
    let Some(pool) = pool.transpose()?.flatten() else { return Ok(()) };
    let Some(image) = desk.enlist(due.about, Purpose::Pool)? else { return Ok(()) };
    let mut sheet = Sheet::read(desk, due.about, &image)?;
    let Some(owner) = sheet.owner()? else { return Ok(()) };
    let Some(user) = desk.enlist_as::<User>(owner, Purpose::Pool)? else { return Ok(()) };
    let title = sheet.title()?;
    let calendar = desk.settings().work_calendar();
    match decide(desk, &sheet, &user, &pool, &calendar)? {
        Decision::Keep { .. } => Ok(()),
        Decision::Warn { reason, since, deadline } => {
            let id = warning_id(desk, &sheet, since);
            if desk.enlist(id.record(), Purpose::Derive)?.is_some() {
                return Ok(());
            }
            let mut warning = Notification::empty(id);
            warning.user = Some(owner);
            warning.topic = "pool.warning".to_owned();
            warning.about = Some(due.about);
            warning.subject =
                format!("{} `{title}` goes back to `{}` on {deadline}", due.about.kind, pool.name);
            warning.body = words(reason).to_owned();
            desk.put(&warning)
        }
        Decision::Reclaim { reason } => {
            let rule = rule_of(desk, pool.reclaim_rule)?.map(|rule| format!(" by {}", rule.signature()));
            desk.by_rule(&format!("{RECLAIM} {}{}", pool.name, rule.unwrap_or_default()));
            desk.because(crate::base::choice::Choice::code(reason));
            pools::take_back(desk, &mut sheet, pool.id())?;
            sheet.write(desk)?;
            let subject = format!("{} `{title}` went back to `{}`", due.about.kind, pool.name);
            notify(desk, owner, "pool.reclaimed", Some(due.about), &subject, words(reason))?;
            Ok(())
        }
    }
}

const fn words(reason: ReclaimReason) -> &'static str {
    match reason {
        ReclaimReason::NoFollowUp => "nothing was heard of it for too long",
        ReclaimReason::NoOpportunity => "it had no opportunity for too long",
        ReclaimReason::NoDeal => "it had no deal for too long",
    }
}

/// The id of the warning that begins on a day: the same whenever it is asked for, so that an owner is
/// warned once.
fn warning_id(desk: &dyn Desk, sheet: &Sheet, since: chrono::NaiveDate) -> NotificationId {
    NotificationId::from_u128(id_bits(start_of_day(since, desk.settings().zone), sheet.record.bits))
}

fn decide(
    desk: &mut dyn Desk,
    sheet: &Sheet,
    owner: &User,
    pool: &Pool,
    calendar: &WorkCalendar,
) -> Result<Decision> {
    if !pools::is_live(desk, sheet)? {
        return Ok(Decision::Keep { next_check: None });
    }
    let mut facts = facts(desk, sheet, owner)?;
    let decision = reclaim_decision(&facts, pool, calendar);
    let keeps = matches!(decision, Decision::Keep { .. });
    if !keeps && !by_rules(desk, sheet, pool)? {
        return Ok(Decision::Keep { next_check: None });
    }
    if keeps || pool.opportunity_days.is_none() || !has_open_opportunity(desk, sheet)? {
        return Ok(decision);
    }
    facts.opportunity = Some(facts.today);
    Ok(reclaim_decision(&facts, pool, calendar))
}

/// Whether the pool's rules let a record be reclaimed. A rule that is not in force says nothing; a
/// record about which one fails stays, and the pass goes on.
fn by_rules(desk: &mut dyn Desk, sheet: &Sheet, pool: &Pool) -> Result<bool> {
    for (rule, wanted) in [(pool.exempt_rule, false), (pool.reclaim_rule, true)] {
        let Some(rule) = rule else { continue };
        let verdict = sheet.view(|view| {
            desk.judge(&Ask { which: Which::Rule(rule), ..Ask::new(For::Pool, sheet.record, view) })
        });
        match verdict {
            Ok(Some(Verdict { answer: Answer::Holds(holds), .. })) if holds != wanted => return Ok(false),
            Err(Error::RuleFailed { .. }) => return Ok(false),
            verdict => drop(verdict?),
        }
    }
    Ok(true)
}

/// A pool's rule, if it is in force.
fn rule_of(desk: &mut dyn Desk, rule: Option<RuleId>) -> Result<Option<Rule>> {
    let Some(rule) = rule else { return Ok(None) };
    Ok(desk.enlist_as::<Rule>(rule, Purpose::Derive)?.filter(Rule::is_active))
}

fn facts(desk: &dyn Desk, sheet: &Sheet, owner: &User) -> Result<ReclaimFacts> {
    let zone = desk.settings().zone;
    let today = local_date(desk.now(), zone);
    let day = |at: Option<Instant>| at.map(|at| local_date(at, zone));
    let instant = |name: &str| sheet.named::<Option<Instant>>(name);
    // Optional times order with none first.
    let owned_since = instant("claimed_at")?.max(instant("assigned_at")?);
    let level: String = sheet.named("level")?;
    Ok(ReclaimFacts {
        today,
        owned_since: day(owned_since.or(sheet.take(crate::record::spec::CREATED_AT)?)).unwrap_or(today),
        followed_up: day(instant("last_activity_at")?),
        opportunity: day(instant("last_opportunity_at")?),
        deal: day(instant("last_deal_at")?),
        level: if level.is_empty() { sheet.named("grade")? } else { level },
        state: sheet.state()?,
        flags: sheet.named("flags")?,
        leave: owner.leave.iter().map(|leave| (leave.from, leave.until)).collect(),
    })
}

pub(super) fn has_open_opportunity(desk: &mut dyn Desk, customer: &Sheet) -> Result<bool> {
    let parts = vec![Value::Id(customer.record)];
    let lookup = Lookup { kind: Opportunity::NO, index: BY_CUSTOMER, parts, limit: usize::MAX };
    for record in desk.matches(&lookup)? {
        let Some(image) = desk.enlist(record, Purpose::Pool)? else { continue };
        let sheet = Sheet::read(desk, record, &image)?;
        let lifecycle = pools::lifecycle_of(desk, &sheet)?;
        if lifecycle.state(&sheet.state()?).is_some_and(|state| state.class == StateClass::Open) {
            return Ok(true);
        }
    }
    Ok(false)
}
