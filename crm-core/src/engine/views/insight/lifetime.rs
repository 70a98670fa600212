//! Lifetime value of customers over won deals.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use chrono::NaiveDate;

use super::purchases::{Purchases, expected_money};
use crate::base::Money;
use crate::base::kind::CustomerId;
use crate::engine::session::Session;
use crate::insight::clv::{self, Ahead, Family, Fit, Histories, SpendFit, SpendOver, Summary, fit_spend};
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;

/// Which purchases count, which model is fitted and how far it looks.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LifetimeQuery {
    /// Which won deals count; all that the actor sees when there is none.
    pub filter: Option<Filter>,
    /// The model of how often and how long customers buy. None: MBG/NBD, which allows for customers who never come
    /// again; NBD where nobody seems to leave, so that no rate of leaving can be fitted. The answer's fit says which.
    pub family: Option<Family>,
    /// Which purchases to come count, and for how much; times are in days.
    pub ahead: Ahead,
}

impl Default for LifetimeQuery {
    /// All deals, by the model that fits, over twelve periods of thirty days at 0.8 % each.
    fn default() -> Self {
        LifetimeQuery {
            filter: None,
            family: None,
            ahead: Ahead::Periods { count: 12, length: 30.0, rate: 0.008 },
        }
    }
}

/// What a customer is worth.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CustomerValue {
    /// The customer.
    pub customer: CustomerId,
    /// What it is called.
    pub name: String,
    /// Days with a purchase.
    pub purchases: u32,
    /// The day of the last one.
    pub last_on: Option<NaiveDate>,
    /// What it has spent: its historical value.
    pub spent: Money,
    /// The probability that it is still a customer; 1 for all by NBD, which takes it that nobody leaves.
    pub alive: f64,
    /// The purchases expected of it, discounted as asked for.
    pub expected_purchases: f64,
    /// What they are worth now; none where spend can't be told.
    pub value: Option<Money>,
}

/// The values of the customers that an actor sees.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LifetimeView {
    /// The day of reckoning.
    pub as_of: NaiveDate,
    /// The customers with purchases, in the order of ids.
    pub customers: Vec<CustomerValue>,
    /// The model of purchases, with its likelihood and standard errors; times in days.
    pub fit: Fit,
    /// The model of spend in minor units, over all purchases with an amount; none where there can be none.
    pub spend: Option<SpendFit>,
    /// Why there is none.
    pub no_spend_because: Option<String>,
    /// All values together.
    pub worth: Option<Money>,
}

impl Session<'_> {
    /// What customers with won deals will buy and are worth, as of the session's instant.
    ///
    /// The number of purchases comes from the model asked for. What a purchase brings comes from Gamma-Gamma over all
    /// of a customer's days with priced purchases, the first included: a tenant's deals are few. Where amounts are
    /// missing, or hidden from the actor, purchases are predicted and values are not.
    ///
    /// # Errors
    /// As [`Session::list`]; with a `clv.…` code when no model can be fitted, such as `clv.no_repeat_purchases`.
    pub fn lifetime_values(&self, query: &LifetimeQuery) -> Result<LifetimeView> {
        let purchases = self.purchases(query.filter.as_ref())?;
        let threads = NonZeroUsize::MIN;
        let summary = summary(&purchases)?;
        let histories = summary.histories()?;
        let fit = fit(query.family, &histories, threads)?;
        let alive = fit.model.alive(&histories, threads)?;
        let ahead = fit.model.purchases(&histories, query.ahead, threads)?;
        let (priced, means) = spend_of(&purchases, &summary.customers);
        let spend = fit_spend(&priced, &means, threads);
        let (spend, each, no_spend_because) = match spend {
            Ok(spend) => {
                let each = spend.model.expected(&priced, &means, threads)?;
                (Some(spend), each.into_iter().map(Some).collect(), None)
            }
            Err(Error::Store(error)) => return Err(Error::Store(error)),
            Err(error) => (None, vec![None; priced.len()], Some(error.to_string())),
        };
        let currency = purchases.currency;
        let mut customers = Vec::new();
        let mut worth = 0.0;
        let columns = summary.customers.iter().zip(&summary.repeats).zip(&summary.last).zip(&summary.age);
        let figures = summary.total.iter().zip(alive).zip(ahead).zip(each);
        for ((((place, repeats), last), age), (((total, alive), ahead), each)) in columns.zip(figures) {
            let Some((customer, name)) = purchases.customer(*place).cloned() else { continue };
            let value = each.map(|each: f64| each * ahead);
            worth += value.unwrap_or(0.0);
            // Whole days, for so they were counted.
            let silent = chrono::Days::new((age - last) as u64);
            customers.push(CustomerValue {
                customer,
                name,
                purchases: repeats + 1,
                last_on: purchases.as_of.checked_sub_days(silent),
                spent: purchases.money(*total),
                alive,
                expected_purchases: ahead,
                value: value.map(|value| expected_money(value, currency)),
            });
        }
        let worth = spend.as_ref().map(|_| expected_money(worth, currency));
        Ok(LifetimeView { as_of: purchases.as_of, customers, fit, spend, no_spend_because, worth })
    }
}

/// The family asked for, or the one that can be fitted.
pub(super) fn fit(family: Option<Family>, histories: &Histories<'_>, threads: NonZeroUsize) -> Result<Fit> {
    let fitted = clv::fit(family.unwrap_or(Family::MbgNbd), histories, threads);
    match fitted {
        Err(error) if family.is_none() && error.code() == "clv.not_converged" => {
            clv::fit(Family::Nbd, histories, threads)
        }
        fitted => fitted,
    }
}

/// Histories in days.
pub(super) fn summary(purchases: &Purchases) -> Result<Summary> {
    let as_of = purchases.as_of.to_epoch_days();
    let Purchases { whose, days, amounts, .. } = purchases;
    clv::summarize(whose, days, amounts, as_of, 1.0, SpendOver::All)
}

/// How many days with priced purchases each customer has, and the mean spend on one.
fn spend_of(purchases: &Purchases, customers: &[i64]) -> (Vec<u32>, Vec<f64>) {
    let mut by_day: BTreeMap<(i64, i32), i64> = BTreeMap::new();
    for ((whose, day), amount) in purchases.whose.iter().zip(&purchases.days).zip(&purchases.amounts) {
        let sum = by_day.entry((*whose, *day)).or_default();
        *sum = sum.saturating_add(*amount);
    }
    let spend = |customer: &i64| {
        let days = by_day.range((*customer, i32::MIN)..=(*customer, i32::MAX));
        let (mut count, mut sum) = (0u32, 0.0);
        for amount in days.map(|(_, amount)| *amount).filter(|amount| *amount > 0) {
            (count, sum) = (count + 1, sum + amount as f64);
        }
        (count, if count == 0 { 0.0 } else { sum / f64::from(count) })
    };
    customers.iter().map(spend).unzip()
}
