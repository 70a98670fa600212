//! How much value a pipeline brings a day.
//!
//! The textbook form, deals × win rate × mean value ÷ mean cycle, depends on which deals are counted:
//! with all that were ever closed it names a multiple of what came in. Two forms mean what they say:
//! the value realised per day of a window, and the same from the average number of deals that were open
//! during it (J. Little 1961: the number in a system is its rate times the time spent in it).

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::figures::{Deal, Figures, Outcome, figures};
use crate::base::Instant;

/// How much value a pipeline brought a day of a window.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Velocity {
    /// The first instant of the window.
    pub from: Instant,
    /// The first one after it.
    pub to: Instant,
    /// The value won in the window ÷ its days.
    pub realised_per_day: f64,
    /// The mean number of deals that were open, over the window's time.
    pub mean_open: f64,
    /// Mean open × win rate × mean value ÷ mean cycle of the deals that closed in the window. Below
    /// the realised value the pipeline grows older, above it is being worked off faster than it fills.
    pub by_open_per_day: Option<f64>,
}

/// The velocity in a window; none in one without time. A deal without a start is not counted as open.
pub fn velocity(deals: &[Deal], from: Instant, to: Instant) -> Option<Velocity> {
    let days = (to - from).days();
    if days <= 0.0 {
        return None;
    }
    let within = |at: Instant| from <= at && at < to;
    let closed = deals.iter().filter(|deal| deal.closed_at.is_some_and(within));
    let closed = figures(closed.filter(|deal| deal.outcome != Outcome::Open));
    let open: i128 = deals
        .iter()
        .filter_map(|deal| {
            let (start, end) = (deal.started_at?.max(from), deal.closed_at.unwrap_or(to).min(to));
            Some(i128::from((end - start).micros()).max(0))
        })
        .sum();
    let mean_open = open as f64 / (to - from).micros() as f64;
    let realised_per_day = number(closed.won_value) / days;
    let by_open = || {
        let cycle = closed.mean_cycle_closed.map(|cycle| cycle.days()).filter(|days| *days > 0.0)?;
        Some(mean_open * closed.win_rate? * closed.mean_value? / cycle)
    };
    Some(Velocity { from, to, realised_per_day, mean_open, by_open_per_day: by_open() })
}

/// The textbook form over the deals that are open now, with rate, value and cycle of closed ones.
pub fn velocity_of_open(open: usize, closed: &Figures) -> Option<f64> {
    let cycle = closed.mean_cycle.map(|cycle| cycle.days()).filter(|days| *days > 0.0)?;
    Some(open as f64 * closed.win_rate? * closed.mean_value? / cycle)
}

fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}
