//! How lively customers are: a weighted count of activities that halves with each half-life.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::purchases::{id, instant, query};
use crate::base::kind::CustomerId;
use crate::base::settings::ActivityRule;
use crate::base::{Instant, Kind, RecordRef, Span, calendar, kind};
use crate::domain::activity::Activity;
use crate::domain::lead::Lead;
use crate::domain::opportunity::Opportunity;
use crate::domain::party::{ContactLink, in_force};
use crate::engine::session::Session;
use crate::insight::level::{self, days_since};
use crate::record::codec::{ValueRef, View};
use crate::record::error::{Error, Result};

/// How activities count.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityQuery {
    /// After so many days an activity counts half.
    pub half_life_days: u32,
    /// What an activity of a kind counts, by the kind's code; 0 for not at all. Others count 1.
    pub weights: BTreeMap<String, f64>,
    /// Below this a customer counts as silent.
    pub threshold: f64,
}

impl Default for ActivityQuery {
    /// As [`ActivityRule::default`]: thirty days, silent below one half.
    fn default() -> Self {
        ActivityQuery::from(&ActivityRule::default())
    }
}

impl From<&ActivityRule> for ActivityQuery {
    fn from(rule: &ActivityRule) -> Self {
        let number = |number: Decimal| number.to_f64().unwrap_or(1.0);
        ActivityQuery {
            half_life_days: rule.half_life_days,
            weights: rule.weights.iter().map(|(kind, weight)| (kind.clone(), number(*weight))).collect(),
            threshold: number(rule.silent_below),
        }
    }
}

/// How lively a customer is.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ActivityLevel {
    /// The customer.
    pub customer: CustomerId,
    /// The count at the session's instant.
    pub level: f64,
    /// The count one half-life earlier, of what had happened by then.
    pub level_before: f64,
    /// How many activities.
    pub activities: usize,
    /// When the last one was.
    pub last_at: Instant,
    /// Whole days since.
    pub days_since: i64,
    /// When the level falls below the threshold if nothing more happens; none when it is below.
    pub silent_from: Option<Instant>,
}

impl ActivityLevel {
    /// How much of the level of one half-life ago is left: below one half nothing has happened since, at one the
    /// customer is as lively as he was.
    pub fn falling(&self) -> Option<f64> {
        (self.level_before > 0.0).then(|| self.level / self.level_before)
    }
}

impl Session<'_> {
    /// How the tenant's settings have activities count, as for the customers' own stored figures.
    pub fn activity_query(&self) -> ActivityQuery {
        ActivityQuery::from(&self.crm.config().settings.activity)
    }

    /// How lively each customer with activities is, at the session's instant, in the order of ids. Activities with those
    /// who were a customer's contacts on that day, and about its deals and the leads that became it, count for it.
    ///
    /// # Errors
    /// As [`Session::list`]; `level.half_life`, `level.weight` when those can't be.
    pub fn activity_levels(&self, asked: &ActivityQuery) -> Result<Vec<ActivityLevel>> {
        let now = self.instant();
        let half_life = Span::from_days(i64::from(asked.half_life_days));
        let before = now - half_life;
        let mut customers: BTreeMap<CustomerId, (level::Activity, level::Activity, usize, Instant)> =
            BTreeMap::new();
        self.each_activity(&mut |customer, kind, at| {
            let weight = asked.weights.get(kind).copied().unwrap_or(1.0);
            if weight == 0.0 {
                return Ok(());
            }
            let entry =
                customers.entry(customer).or_insert((level::Activity::NONE, level::Activity::NONE, 0, at));
            entry.0 = entry.0.with(weight, at, half_life)?;
            if at <= before {
                entry.1 = entry.1.with(weight, at, half_life)?;
            }
            entry.2 += 1;
            entry.3 = entry.3.max(at);
            Ok(())
        })?;
        let level = |(customer, (sum, earlier, activities, last_at)): (
            _,
            (level::Activity, level::Activity, _, _),
        )| {
            Ok(ActivityLevel {
                customer,
                level: sum.at(now, half_life)?,
                level_before: earlier.at(before, half_life)?,
                activities,
                last_at,
                days_since: days_since(Some(last_at), now).unwrap_or(0),
                silent_from: sum.falls_below(asked.threshold, half_life)?.filter(|at| *at > now),
            })
        };
        customers.into_iter().map(level).collect()
    }

    /// How lively one customer is; none without activities.
    ///
    /// # Errors
    /// Not found when there is no such customer or the actor may not see it; as [`Session::activity_levels`].
    pub fn activity_level(
        &self,
        customer: CustomerId,
        asked: &ActivityQuery,
    ) -> Result<Option<ActivityLevel>> {
        self.image(customer.record())?;
        Ok(self.activity_levels(asked)?.into_iter().find(|level| level.customer == customer))
    }

    /// Calls `see` with the customer, kind and time of each activity up to now, once for each customer that it is with.
    pub(super) fn each_activity(
        &self,
        see: &mut dyn FnMut(CustomerId, &str, Instant) -> Result<()>,
    ) -> Result<()> {
        let (now, zone) = (self.instant(), self.crm.config().settings.zone);
        // A contact's activities count for whom it was with on their day; the rest belongs to one customer always.
        let mut homes: BTreeMap<RecordRef, BTreeSet<(CustomerId, [Option<NaiveDate>; 2])>> = BTreeMap::new();
        let mut stay = |record: RecordRef, customer: Option<CustomerId>, days| {
            if let Some(customer) = customer {
                homes.entry(record).or_default().insert((customer, days));
            }
        };
        self.each(&query(kind::ContactLink::NO, None), &mut |_, view| {
            if let Some(contact) = id::<kind::Contact>(view, ContactLink::contact)? {
                let days = [date(view, ContactLink::since)?, date(view, ContactLink::until)?];
                stay(contact.record(), id(view, ContactLink::customer)?, days);
            }
            Ok(())
        })?;
        let mut home = |record, customer| stay(record, customer, [None, None]);
        self.each(&query(kind::Opportunity::NO, None), &mut |record, view| {
            home(record, id(view, Opportunity::customer)?);
            Ok(())
        })?;
        self.each(&query(kind::Lead::NO, None), &mut |record, view| {
            home(record, id(view, Lead::converted_customer)?);
            Ok(())
        })?;
        self.each(&query(kind::Customer::NO, None), &mut |record, _| {
            home(record, record.as_id());
            Ok(())
        })?;
        self.each(&query(kind::Activity::NO, None), &mut |_, view| {
            let (ValueRef::Id(about), Some(at)) = (view.get(Activity::about)?, instant(view, Activity::at)?)
            else {
                return Ok(());
            };
            let ValueRef::Text(kind) = view.get(Activity::kind)? else { return Ok(()) };
            if at > now {
                return Ok(());
            }
            let day = calendar::local_date(at, zone);
            let mut last = None;
            for (customer, [since, until]) in homes.get(&about).into_iter().flatten() {
                // Two posts at one customer count an activity once.
                if in_force(*since, *until, day) && last != Some(*customer) {
                    see(*customer, kind, at)?;
                    last = Some(*customer);
                }
            }
            Ok::<(), Error>(())
        })
    }
}

fn date(view: View<'_>, field: u16) -> Result<Option<NaiveDate>> {
    Ok(if let ValueRef::Date(day) = view.get(field)? { Some(day) } else { None })
}
