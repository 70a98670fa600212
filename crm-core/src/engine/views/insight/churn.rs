//! Customers at risk of leaving, why, and what is at stake.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use chrono::{Days, NaiveDate};

use super::lifetime::{fit, summary};
use super::purchases::{Purchases, money};
use crate::base::kind::{CustomerId, ModelId};
use crate::base::{Kind, Money, Span, kind};
use crate::domain::model::{Model, Purpose, Verdict};
use crate::engine::session::Session;
use crate::insight::churn::{Evidence, Reason, Risks, Rules, risks};
use crate::insight::clv::{self, Family};
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;

/// Which customers are judged, by what evidence.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChurnQuery {
    /// Which won deals count as purchases; all that the actor sees when there is none.
    pub filter: Option<Filter>,
    /// The model of how often and how long customers buy, as for [`LifetimeQuery`](super::LifetimeQuery).
    pub family: Option<Family>,
    /// Activities of so many days are compared with those of as many days before.
    pub window_days: u32,
    /// What a customer spent in so many days is what is at stake with him.
    pub value_days: u32,
    /// Customers with at least this risk are listed.
    pub least_risk: f64,
    /// How evidence weighs.
    pub rules: Rules,
    /// A stored model of churn whose word goes before the rules'.
    pub model: Option<ModelId>,
    /// The kinds of activity that are complaints, by code; they count as such within the window, and not as activity.
    pub complaint_kinds: Vec<String>,
    /// How many tickets each customer waits for, where the host keeps them; none for customers that aren't named.
    pub open_tickets: BTreeMap<CustomerId, u32>,
    /// How many complaints the host knows of beside those among the activities.
    pub complaints: BTreeMap<CustomerId, u32>,
}

impl Default for ChurnQuery {
    fn default() -> Self {
        ChurnQuery {
            filter: None,
            family: None,
            window_days: 90,
            value_days: 365,
            least_risk: 0.5,
            rules: Rules::default(),
            model: None,
            complaint_kinds: vec!["complaint".to_owned()],
            open_tickets: BTreeMap::new(),
            complaints: BTreeMap::new(),
        }
    }
}

/// A customer at risk.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct AtRisk {
    /// The customer.
    pub customer: CustomerId,
    /// What it is called.
    pub name: String,
    /// The probability that it leaves or has left.
    pub risk: f64,
    /// The day of its last purchase.
    pub last_on: NaiveDate,
    /// Days since.
    pub days_since: i64,
    /// What it spent in the days asked for.
    pub value: Money,
    /// Risk × value.
    pub at_stake: Money,
    /// What speaks for its leaving, the strongest first, in log odds.
    pub reasons: Vec<(Reason, f64)>,
}

/// The customers at risk that an actor sees.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ChurnView {
    /// The day of reckoning.
    pub as_of: NaiveDate,
    /// Those at risk, the most at stake first.
    pub customers: Vec<AtRisk>,
    /// How many customers were judged.
    pub judged: usize,
    /// How many of them are expected to leave.
    pub expected_losses: f64,
    /// What is expected to be lost with them.
    pub expected_loss: Money,
    /// Why purchases are no evidence: no model could be fitted to them, or only NBD, by which nobody ever leaves.
    pub no_rhythm_because: Option<String>,
}

impl Session<'_> {
    /// The customers with purchases who are likely to leave: by the rhythm of their purchases, by activities falling
    /// off, by complaints among the activities and by what the host counts of tickets and complaints, or by a trained
    /// model. The engine has no tickets of its own yet: without the host's they are no evidence.
    ///
    /// # Errors
    /// As [`Session::list`]; invalid with `churn.bad_rule`; for the model as [`Session::score_with`], and refused with
    /// `model.no_skill`.
    pub fn churn_risks(&self, asked: &ChurnQuery) -> Result<ChurnView> {
        let purchases = self.purchases(asked.filter.as_ref())?;
        let summary = summary(&purchases)?;
        let threads = NonZeroUsize::MIN;
        let alive = summary.histories().and_then(|histories| {
            let model = fit(asked.family, &histories, threads)?.model;
            // Where nobody ever leaves, everybody is alive for certain: that is an assumption, no evidence.
            if matches!(model, clv::Model::Nbd { .. }) {
                Ok(None)
            } else {
                model.alive(&histories, threads).map(Some)
            }
        });
        let (alive, no_rhythm_because) = match alive {
            Ok(Some(alive)) => (Some(alive), None),
            Ok(None) => (None, Some("the model `nbd` knows of no customer who leaves".to_owned())),
            Err(Error::Store(error)) => return Err(Error::Store(error)),
            Err(error) => (None, Some(error.to_string())),
        };
        let value = values(&purchases, &summary.customers, asked.value_days);
        let windows = self.windows(&purchases, &summary.customers, asked)?;
        let tickets = of_host(&asked.open_tickets, &purchases, &summary.customers);
        let host = of_host(&asked.complaints, &purchases, &summary.customers);
        let complaints: Vec<u32> =
            windows.complaints.iter().zip(host).map(|(own, host)| own.saturating_add(host)).collect();
        let trained =
            asked.model.map(|model| self.trained(model, &purchases, &summary.customers)).transpose()?;
        let evidence = Evidence {
            value: &value,
            alive: alive.as_deref(),
            activity: Some((&windows.recent, &windows.before)),
            open_tickets: (!asked.open_tickets.is_empty()).then_some(&tickets),
            complaints: Some(&complaints),
            trained: trained.as_deref(),
        };
        let found = risks(&evidence, &asked.rules)?;
        // Whole days, for so they were counted.
        let silent: Vec<u32> =
            summary.age.iter().zip(&summary.last).map(|(age, last)| (age - last) as u32).collect();
        let customers = found.most_at_stake(asked.least_risk).into_iter().filter_map(|row| {
            let (customer, name) = purchases.customer(*summary.customers.get(row)?)?.clone();
            let silent = *silent.get(row)?;
            Some(AtRisk {
                customer,
                name,
                risk: *found.risk.get(row)?,
                last_on: purchases.as_of.checked_sub_days(Days::new(u64::from(silent)))?,
                days_since: i64::from(silent),
                value: purchases.money(*value.get(row)?),
                at_stake: purchases.money(*found.at_stake.get(row)?),
                reasons: found.why(row),
            })
        });
        Ok(ChurnView {
            as_of: purchases.as_of,
            customers: customers.collect(),
            judged: summary.customers.len(),
            expected_losses: found.expected_losses(),
            expected_loss: loss(&found, &purchases),
            no_rhythm_because,
        })
    }

    /// How many activities each customer had in the window up to now, and in the one before, complaints apart.
    fn windows(&self, purchases: &Purchases, customers: &[i64], asked: &ChurnQuery) -> Result<Windows> {
        let now = self.instant();
        let window = Span::from_days(i64::from(asked.window_days));
        let mut counts: BTreeMap<CustomerId, [u32; 3]> = BTreeMap::new();
        self.each_activity(&mut |customer, kind, at| {
            let [recent, before, complaints] = counts.entry(customer).or_default();
            let is_recent = at > now - window;
            if asked.complaint_kinds.iter().any(|complaint| complaint == kind) {
                *complaints += u32::from(is_recent);
            } else if is_recent {
                *recent += 1;
            } else if at > now - window - window {
                *before += 1;
            }
            Ok(())
        })?;
        let mut found = Windows::default();
        for place in customers {
            let customer = purchases.customer(*place).map(|(customer, _)| *customer);
            let [recent, before, complaints] =
                customer.and_then(|customer| counts.get(&customer)).copied().unwrap_or_default();
            found.recent.push(recent);
            found.before.push(before);
            found.complaints.push(complaints);
        }
        Ok(found)
    }

    /// What a stored model of churn says of each customer; what it doesn't score stays at one half.
    fn trained(&self, model: ModelId, purchases: &Purchases, customers: &[i64]) -> Result<Vec<f64>> {
        let stored: Model = self.get(model)?;
        if stored.purpose != Some(Purpose::Churn) || stored.about != kind::Customer::NO.name() {
            let message = format!("`{}` doesn't predict which customers leave", stored.name);
            return Err(Error::refused("model.other_purpose", message));
        }
        if stored.verdict != Some(Verdict::Skill) {
            let message = format!("`{}` is no better than the base rate", stored.name);
            return Err(Error::refused("model.no_skill", message));
        }
        let scored = self.score_with(model, None, 0)?;
        let scored: BTreeMap<u128, f64> =
            scored.into_iter().map(|row| (row.record.bits, row.probability)).collect();
        let of = |place: &i64| {
            let customer = purchases.customer(*place)?.0;
            scored.get(&customer.record().bits).copied()
        };
        Ok(customers.iter().map(|place| of(place).unwrap_or(0.5)).collect())
    }
}

/// Activities in columns, a row a customer.
#[derive(Default)]
struct Windows {
    recent: Vec<u32>,
    before: Vec<u32>,
    complaints: Vec<u32>,
}

/// The host's counts as a column.
fn of_host(counts: &BTreeMap<CustomerId, u32>, purchases: &Purchases, customers: &[i64]) -> Vec<u32> {
    let of = |place: &i64| purchases.customer(*place).and_then(|(customer, _)| counts.get(customer)).copied();
    customers.iter().map(|place| of(place).unwrap_or(0)).collect()
}

/// What each customer spent in so many days up to the day of reckoning.
fn values(purchases: &Purchases, customers: &[i64], days: u32) -> Vec<i64> {
    let from = purchases.as_of.to_epoch_days().saturating_sub(i32::try_from(days).unwrap_or(i32::MAX));
    let mut spent: BTreeMap<i64, i64> = BTreeMap::new();
    for ((whose, day), amount) in purchases.whose.iter().zip(&purchases.days).zip(&purchases.amounts) {
        if *day > from {
            let sum = spent.entry(*whose).or_default();
            *sum = sum.saturating_add(*amount);
        }
    }
    customers.iter().map(|place| spent.get(place).copied().unwrap_or(0)).collect()
}

fn loss(found: &Risks, purchases: &Purchases) -> Money {
    money(i64::try_from(found.expected_loss()).unwrap_or(i64::MAX), purchases.currency)
}
