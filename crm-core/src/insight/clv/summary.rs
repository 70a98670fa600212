//! From transactions to what the models need to know of each customer.

use super::history::Histories;
use crate::record::error::{Error, Result};

/// Which purchases the mean spend is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpendOver {
    /// Repeat purchases, without the first: what the published figures are made of.
    #[default]
    Repeats,
    /// All purchases. The spend model then takes one purchase more than the repeats.
    All,
}

/// Customers' histories as columns, one row a customer, ascending by customer.
///
/// Purchases of one customer on one day are one purchase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Who.
    pub customers: Vec<i64>,
    /// Days with a purchase after the first.
    pub repeats: Vec<u32>,
    /// From the first day with a purchase to the last, in the unit asked for.
    pub last: Vec<f64>,
    /// From the first day with a purchase to the day of reckoning.
    pub age: Vec<f64>,
    /// Mean spend at a purchase, in minor units; zero without purchases that count.
    pub mean_spend: Vec<f64>,
    /// All that was spent, in minor units: the historical value.
    pub total: Vec<i64>,
    /// Sum over all repeat purchases of the logarithm of the time since the one before.
    pub log_intervals: f64,
    /// Transactions merged with another of the same customer and day.
    pub merged: usize,
    /// Transactions after the day of reckoning, left out.
    pub later: usize,
}

/// Summarises transactions up to and including a day.
///
/// `days` are whole days from any origin, `amounts` minor units of one currency; `days_a_unit` is 1 for histories in
/// days, 7 for weeks. Fails with `clv.columns_differ`, with `clv.bad_horizon` for a unit that isn't positive, and with
/// `clv.bad_history` where a customer's total is beyond what minor units hold.
pub fn summarize(
    customers: &[i64],
    days: &[i32],
    amounts: &[i64],
    as_of: i32,
    days_a_unit: f64,
    spend: SpendOver,
) -> Result<Summary> {
    if customers.len() != days.len() || customers.len() != amounts.len() {
        let message =
            format!("`{}`, `{}` and `{}` rows don't match", customers.len(), days.len(), amounts.len());
        return Err(Error::invalid("days", "clv.columns_differ", message));
    }
    if !(days_a_unit.is_finite() && days_a_unit > 0.0) {
        let message = format!("`{days_a_unit}` days can't be a unit of time");
        return Err(Error::invalid("days_a_unit", "clv.bad_horizon", message));
    }
    let rows = customers.iter().zip(days).zip(amounts);
    let mut rows: Vec<(i64, i32, i64)> = rows
        .map(|((&customer, &day), &amount)| (customer, day, amount))
        .filter(|(_, day, _)| *day <= as_of)
        .collect();
    rows.sort_unstable();
    let mut summary = Summary { later: customers.len() - rows.len(), ..Summary::default() };
    for own in rows.chunk_by(|a, b| a.0 == b.0) {
        summary.add(own, as_of, days_a_unit, spend)?;
    }
    Ok(summary)
}

impl Summary {
    /// The histories, with the times between purchases.
    pub fn histories(&self) -> Result<Histories<'_>> {
        Histories::new(&self.repeats, &self.last, &self.age)?.with_log_intervals(self.log_intervals)
    }

    /// A customer's transactions, by day.
    fn add(&mut self, own: &[(i64, i32, i64)], as_of: i32, days_a_unit: f64, spend: SpendOver) -> Result<()> {
        let (Some(&(customer, first, _)), Some(&(_, last, _))) = (own.first(), own.last()) else {
            return Ok(());
        };
        let span = |from: i32, to: i32| f64::from(to) - f64::from(from);
        let (mut purchases, mut total, mut at_first) = (0u32, 0i128, 0i128);
        let mut before = None;
        for day in own.chunk_by(|a, b| a.1 == b.1) {
            let Some(&(_, date, _)) = day.first() else { continue };
            let spent: i128 = day.iter().map(|(_, _, amount)| i128::from(*amount)).sum();
            match before {
                None => at_first = spent,
                Some(before) => self.log_intervals += (span(before, date) / days_a_unit).ln(),
            }
            before = Some(date);
            total += spent;
            purchases += 1;
            self.merged += day.len() - 1;
        }
        let repeats = purchases - 1;
        let (spent, over) = match spend {
            SpendOver::Repeats => (total - at_first, repeats),
            SpendOver::All => (total, purchases),
        };
        let total = i64::try_from(total).map_err(|_| {
            let message = format!("customer `{customer}` spent `{total}` in all");
            Error::invalid("amounts", "clv.bad_history", message)
        })?;
        self.customers.push(customer);
        self.repeats.push(repeats);
        self.last.push(span(first, last) / days_a_unit);
        self.age.push(span(first, as_of) / days_a_unit);
        self.mean_spend.push(if over == 0 { 0.0 } else { spent as f64 / f64::from(over) });
        self.total.push(total);
        Ok(())
    }
}
