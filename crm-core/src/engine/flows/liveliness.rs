//! How lively a customer is: a weighted count of activities that halves with each half-life, stored as it was at the
//! last activity, and what that makes of the customer now.
//!
//! A new activity adds to the stored count. What happens more rarely (an activity is changed, moved or deleted, a lead
//! or a deal with activities gets another customer, a contact another post) counts the customer's activities anew.
//! The rating falls by itself: each customer that is not silent has one piece of due work standing, at the instant at
//! which its rating would have fallen when it was queued. Activities mostly put that off, so they leave the work where
//! it is; it comes too early then, and is queued again for the instant that holds by now. So an activity writes a page
//! for it only when a customer's rating rises.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use crate::base::kind::{ContactLinkId, CustomerId};
use crate::base::settings::ActivityRule;
use crate::base::{Id, Instant, Kind, KindNo, RecordRef, Span, calendar, kind};
use crate::domain::activity::{self, Activity};
use crate::domain::lead::{self, Lead};
use crate::domain::opportunity::{self, Opportunity};
use crate::domain::org::{SETTINGS, Settings};
use crate::domain::party::{ContactLink, Customer, LINK_BY_CONTACT, LINK_BY_CUSTOMER, Liveliness, in_force};
use crate::insight::level::{self, Rating};
use crate::record::codec::{ValueRef, View};
use crate::record::desk::{Desk, Due, Lookup, Purpose};
use crate::record::error::Result;
use crate::record::spec::Record;

/// The due work that looks whether a customer's liveliness has fallen. The note is the instant it was queued for.
pub(super) const FALL: &str = "customer.liveliness";
/// The due work that counts every customer's activities anew. The note is the last customer of the stretch before.
pub(super) const RECOUNT: &str = "customer.recount_activities";
/// How many customers one stretch of that counts.
const STRETCH: usize = 200;

const CUSTOMER: KindNo = kind::Customer::NO;
const CONTACT: KindNo = kind::Contact::NO;
const LEAD: KindNo = kind::Lead::NO;
const OPPORTUNITY: KindNo = kind::Opportunity::NO;

/// What counts of an activity.
#[derive(Clone, PartialEq)]
struct Counted {
    about: RecordRef,
    kind: String,
    at: Instant,
}

impl Counted {
    fn of(view: View<'_>) -> Result<Option<Counted>> {
        let (ValueRef::Id(about), ValueRef::Instant(at), ValueRef::Text(kind)) =
            (view.get(Activity::about)?, view.get(Activity::at)?, view.get(Activity::kind)?)
        else {
            return Ok(None);
        };
        Ok(Some(Counted { about, kind: kind.to_owned(), at }))
    }

    fn day(&self, desk: &dyn Desk) -> NaiveDate {
        calendar::local_date(self.at, desk.settings().zone)
    }

    /// The count with this one; as it was when it doesn't count.
    fn add(&self, to: level::Activity, rule: &ActivityRule, now: Instant) -> Result<level::Activity> {
        let weight = rule.weight(&self.kind).to_f64().unwrap_or(0.0);
        if weight <= 0.0 {
            return Ok(to);
        }
        // What is noted ahead of its time counts as if it were now.
        to.with(weight, self.at.min(now), half_life(rule))
    }
}

/// Counts an activity that was written, for the customers that it is with.
pub(super) fn note(desk: &mut dyn Desk, before: Option<View<'_>>, after: Option<View<'_>>) -> Result<()> {
    let of = |view: Option<View<'_>>| {
        Ok::<_, crate::record::error::Error>(view.map(Counted::of).transpose()?.flatten())
    };
    let (old, new) = (of(before)?, of(after)?);
    match (old, new) {
        (old, new) if old == new => Ok(()),
        (None, Some(new)) => {
            let rule = desk.settings().activity.clone();
            for id in customers_of(desk, &new)? {
                let Some(mut customer) = desk.enlist_as::<Customer>(id, Purpose::Derive)? else { continue };
                let sum = new.add(stored(&customer), &rule, desk.now())?;
                write(desk, &mut customer, sum, &rule)?;
            }
            Ok(())
        }
        (old, new) => {
            let mut customers = BTreeSet::new();
            for counted in old.into_iter().chain(new) {
                customers.extend(customers_of(desk, &counted)?);
            }
            customers.into_iter().try_for_each(|customer| recount(desk, customer))
        }
    }
}

/// Counts anew for customers who gain or lose a record with activities: a lead, a deal, a contact with a post.
pub(super) fn moved(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    // About a new lead or deal nothing can have happened yet.
    if before.is_none() && record.kind != kind::ContactLink::NO {
        return Ok(());
    }
    let ties = |view: Option<View<'_>>| tie(record, view);
    let (old, new) = (ties(before)?, ties(after)?);
    if old == new {
        return Ok(());
    }
    let mut customers = BTreeSet::new();
    for ((with, customer), _) in old.into_iter().chain(new) {
        if !activities(desk, with, 1)?.is_empty() {
            customers.insert(customer);
        }
    }
    customers.into_iter().try_for_each(|customer| recount(desk, customer))
}

/// The first day of a post, and the one on which it is no longer in force.
type Days = [Option<NaiveDate>; 2];

/// The record whose activities count for a customer, by a lead, a deal or a contact's post; on which days, for a post.
fn tie(record: RecordRef, view: Option<View<'_>>) -> Result<Option<((RecordRef, CustomerId), Days)>> {
    let Some(view) = view else { return Ok(None) };
    let day = |field: u16| {
        let value = view.get(field)?;
        Ok::<_, crate::record::error::Error>(if let ValueRef::Date(day) = value { Some(day) } else { None })
    };
    let days = match record.kind {
        LEAD | OPPORTUNITY => [None, None],
        _ => [day(ContactLink::since)?, day(ContactLink::until)?],
    };
    let id = |field: u16| Ok::<_, crate::record::error::Error>(as_id(view.get(field)?));
    let (with, customer) = match record.kind {
        LEAD => (Some(record), id(Lead::converted_customer)?),
        OPPORTUNITY => (Some(record), id(Opportunity::customer)?),
        _ => (id(ContactLink::contact)?, id(ContactLink::customer)?),
    };
    Ok(with.zip(customer.and_then(RecordRef::as_id)).map(|tie| (tie, days)))
}

fn as_id(value: ValueRef<'_>) -> Option<RecordRef> {
    if let ValueRef::Id(record) = value { Some(record) } else { None }
}

/// Has every customer's activities counted anew when the settings have them count otherwise.
pub(super) fn note_settings(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let rule = |view: Option<View<'_>>| -> Result<_> {
        let Some(view) = view else { return Ok(None) };
        let set = Settings::read(Id::from_u128(record.bits), view)?;
        Ok(Some((set.activity_half_life_days, set.activity_weights, set.active_from, set.silent_below)))
    };
    let (old, new) = (rule(before)?, rule(after)?);
    let usual = (None, Vec::new(), None, None);
    if old.unwrap_or_else(|| usual.clone()) != new.unwrap_or(usual) {
        desk.schedule(Due { at: desk.now(), work: RECOUNT.to_owned(), about: record, note: String::new() });
    }
    Ok(())
}

/// One stretch of counting every customer's activities anew.
pub(super) fn recount_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let stretch = desk.walk(CUSTOMER, due.note.parse().ok(), STRETCH)?;
    for customer in stretch.iter().filter_map(|record| record.as_id()) {
        recount(desk, customer)?;
    }
    if let Some(last) = stretch.last() {
        // Not at once: each stretch is a piece of work by itself, for the host to pace.
        let (at, about) = (desk.now() + Span::from_micros(1), SETTINGS.record());
        desk.schedule(Due { at, work: RECOUNT.to_owned(), about, note: last.to_string() });
    }
    Ok(())
}

/// Looks whether a customer's liveliness has fallen.
pub(super) fn fall_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(id) = due.about.as_id() else { return Ok(()) };
    let Some(mut customer) = desk.enlist_as::<Customer>(id, Purpose::Derive)? else { return Ok(()) };
    // Work that was queued for another instant counts no more.
    if standing(desk, due.about)?.map(|at| at.micros().to_string()).as_deref() != Some(&due.note) {
        return Ok(());
    }
    stand(desk, due.about, None);
    let (sum, rule) = (stored(&customer), desk.settings().activity.clone());
    write(desk, &mut customer, sum, &rule)
}

/// Counts a customer's activities anew.
fn recount(desk: &mut dyn Desk, id: CustomerId) -> Result<()> {
    let always: Vec<Days> = vec![[None, None]];
    let mut sources: BTreeMap<RecordRef, Vec<Days>> = BTreeMap::from([(id.record(), always.clone())]);
    for (kind, index) in [(OPPORTUNITY, opportunity::BY_CUSTOMER), (LEAD, lead::BY_CONVERTED_CUSTOMER)] {
        let found = desk.matches(&by(kind, index, id.record()))?;
        sources.extend(found.into_iter().map(|record| (record, always.clone())));
    }
    for link in desk.matches(&by(kind::ContactLink::NO, LINK_BY_CUSTOMER, id.record()))? {
        let link = desk.enlist_as::<ContactLink>(Id::from_u128(link.bits), Purpose::Derive)?;
        if let Some((contact, days)) = link.and_then(|link| Some((link.contact?, [link.since, link.until]))) {
            sources.entry(contact.record()).or_default().push(days);
        }
    }
    let rule = desk.settings().activity.clone();
    let mut sum = level::Activity::NONE;
    for (source, stays) in sources {
        for activity in activities(desk, source, usize::MAX)? {
            let Some(image) = desk.enlist(activity, Purpose::Derive)? else { continue };
            let counted = Counted::of(View::new(&image)?)?;
            let day = counted.as_ref().map(|counted| counted.day(desk));
            let holds = |[since, until]: &Days| day.is_some_and(|day| in_force(*since, *until, day));
            if let Some(counted) = counted.filter(|_| stays.iter().any(holds)) {
                sum = counted.add(sum, &rule, desk.now())?;
            }
        }
    }
    let Some(mut customer) = desk.enlist_as::<Customer>(id, Purpose::Derive)? else { return Ok(()) };
    write(desk, &mut customer, sum, &rule)
}

/// The customers for whom an activity counts; with a contact, those at whom it had a post on that day.
fn customers_of(desk: &mut dyn Desk, counted: &Counted) -> Result<Vec<CustomerId>> {
    let (about, day) = (counted.about, counted.day(desk));
    let field = match about.kind {
        CUSTOMER => return Ok(about.as_id().into_iter().collect()),
        CONTACT => {
            let mut customers = BTreeSet::new();
            for link in desk.matches(&by(kind::ContactLink::NO, LINK_BY_CONTACT, about))? {
                let link =
                    desk.enlist_as::<ContactLink>(ContactLinkId::from_u128(link.bits), Purpose::Derive)?;
                let in_force = link.filter(|link| link.is_in_force(day));
                customers.extend(in_force.and_then(|link| link.customer));
            }
            return Ok(customers.into_iter().collect());
        }
        LEAD => Lead::converted_customer,
        OPPORTUNITY => Opportunity::customer,
        _ => return Ok(Vec::new()),
    };
    let Some(image) = desk.enlist(about, Purpose::Derive)? else { return Ok(Vec::new()) };
    let customer = as_id(View::new(&image)?.get(field)?).and_then(RecordRef::as_id);
    Ok(customer.into_iter().collect())
}

fn activities(desk: &mut dyn Desk, about: RecordRef, limit: usize) -> Result<Vec<RecordRef>> {
    desk.matches(&Lookup { limit, ..by(kind::Activity::NO, activity::BY_ABOUT, about) })
}

fn by(kind: KindNo, index: u8, record: RecordRef) -> Lookup {
    Lookup { kind, index, parts: vec![record.into()], limit: usize::MAX }
}

fn half_life(rule: &ActivityRule) -> Span {
    Span::from_days(i64::from(rule.half_life_days))
}

/// The count as it is stored.
fn stored(customer: &Customer) -> level::Activity {
    match (customer.activity_level.and_then(|level| level.to_f64()), customer.activity_level_at) {
        (Some(value), Some(as_of)) => level::Activity { value, as_of },
        _ => level::Activity::NONE,
    }
}

/// Writes a count, what it makes of the customer now, and queues the look at its next fall unless one stands before.
fn write(
    desk: &mut dyn Desk,
    customer: &mut Customer,
    sum: level::Activity,
    rule: &ActivityRule,
) -> Result<()> {
    let (now, before) = (desk.now(), customer.clone());
    let is_nothing = sum.value <= 0.0;
    // Six places, so that a count is the same decimal wherever it was made.
    let value = Decimal::from_f64(sum.value).map_or(Decimal::ZERO, |value| value.round_dp(6).normalize());
    let sum = level::Activity { value: value.to_f64().unwrap_or(0.0), as_of: sum.as_of };
    customer.activity_level = (!is_nothing).then_some(value);
    customer.activity_level_at = (!is_nothing).then_some(sum.as_of);
    let bound = |bound: Decimal| bound.to_f64().unwrap_or(1.0);
    let rated = sum.rated(bound(rule.active_from), bound(rule.silent_below), half_life(rule), now)?;
    customer.liveliness = (!is_nothing).then_some(match rated.rating {
        Rating::Active => Liveliness::Active,
        Rating::Quiet => Liveliness::Quiet,
        Rating::Silent => Liveliness::Silent,
    });
    customer.silent_from = rated.silent_from;
    await_fall(desk, customer.record_ref(), rated.falls_at)?;
    if *customer != before { desk.put(customer) } else { Ok(()) }
}

/// Sees to it that work stands for a fall. What comes too early stays where it is; what would come too late, or for
/// nothing, goes.
fn await_fall(desk: &mut dyn Desk, about: RecordRef, falls_at: Option<Instant>) -> Result<()> {
    let stands = standing(desk, about)?;
    if stands.is_some_and(|stands| falls_at.is_some_and(|falls| stands <= falls)) || stands == falls_at {
        return Ok(());
    }
    if let Some(stands) = stands {
        desk.cancel(stands, FALL, about)?;
    }
    if let Some(at) = falls_at {
        desk.schedule(Due { at, work: FALL.to_owned(), about, note: at.micros().to_string() });
    }
    stand(desk, about, falls_at);
    Ok(())
}

/// For when work stands. It is remembered beside the customer, whose history it is no part of.
fn standing(desk: &mut dyn Desk, about: RecordRef) -> Result<Option<Instant>> {
    let known = desk.memory(about)?.and_then(|bytes| bytes.try_into().ok());
    Ok(known.map(i64::from_be_bytes).filter(|micros| *micros != 0).map(Instant::from_micros))
}

fn stand(desk: &mut dyn Desk, about: RecordRef, at: Option<Instant>) {
    desk.remember(about, at.map_or(0, |at| at.micros()).to_be_bytes().to_vec());
}
