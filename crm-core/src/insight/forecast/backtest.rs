//! Past forecasts beside what came of them.

use super::simulate::{Deals, Plan, days as whole, forecast};
use crate::record::error::Result;

/// Forecasts as of past days, in columns, and how they did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backtest {
    /// The days, those on which nothing had been closed left out.
    pub as_of: Vec<i32>,
    /// What was expected.
    pub expected: Vec<f64>,
    /// The lower ends of the intervals.
    pub low: Vec<i64>,
    /// The upper ends of the intervals.
    pub high: Vec<i64>,
    /// What was won of the deals open on that day within the horizon.
    pub actual: Vec<i64>,
    /// How many intervals held what came.
    pub covered: usize,
    /// The mean of |expected − actual|.
    pub mean_error: f64,
    /// The same of the value of all open deals times the win rate so far.
    pub mean_error_of_rate: f64,
    /// The same of what had been won by then over as many days, of the deals open at their beginning.
    pub mean_error_of_last: f64,
}

/// Forecasts as of each of some past days, from what was known on it, and compares. Days whose horizon
/// reaches beyond what is known make the forecast look too high: leave them out.
///
/// # Errors
/// As [`forecast`], but for days without history.
pub fn backtest(deals: Deals<'_>, days: &[i32], plan: &Plan) -> Result<Backtest> {
    deals.checked()?;
    plan.checked()?;
    let mut found = Backtest::default();
    let reach = whole(plan.skip).saturating_add(whole(plan.horizon));
    for &day in days {
        let made = match forecast(deals, day, plan) {
            Ok(made) => made,
            Err(error) if error.has_code("forecast.no_history") => continue,
            Err(error) => return Err(error),
        };
        let (actual, last) =
            (deals.won_within(day, plan)?, deals.won_within(day.saturating_sub(reach), plan)?);
        found.as_of.push(day);
        found.expected.push(made.expected);
        found.low.push(made.low);
        found.high.push(made.high);
        found.actual.push(actual);
        found.covered += usize::from((made.low..=made.high).contains(&actual));
        found.mean_error += (made.expected - actual as f64).abs();
        found.mean_error_of_rate += (by_rate(deals, day) - actual as f64).abs();
        found.mean_error_of_last += (last as f64 - actual as f64).abs();
    }
    let count = found.as_of.len().max(1) as f64;
    found.mean_error /= count;
    found.mean_error_of_rate /= count;
    found.mean_error_of_last /= count;
    Ok(found)
}

fn by_rate(deals: Deals<'_>, day: i32) -> f64 {
    let closed = || deals.rows().filter(|deal| deal.closed_by(day));
    let rate = closed().filter(|deal| deal.won).count() as f64 / closed().count().max(1) as f64;
    let open = deals.rows().filter(|deal| deal.open_on(day));
    open.map(|deal| deal.value as f64).sum::<f64>() * rate
}
