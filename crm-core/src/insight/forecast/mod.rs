//! What the open deals will bring: weighted by stage, by what became of earlier deals, by simulation.
//!
//! Deals are columns; days are days since 1970-01-01, values are in the smallest unit of one currency.
//! The chances come from the tenant's own past: how many days after the start deals were won or lost,
//! with the deals that are still open counted for as long as they have been seen, see [`Incidence`]. A
//! forecast says what will be won of the deals that are open as of a day, within so many days; deals
//! that come later are not in it.

mod backtest;
mod incidence;
mod refusals;
mod simulate;
mod sums;
#[cfg(test)]
mod tests;

pub use backtest::{Backtest, backtest};
pub use incidence::{Fate, Incidence};
pub use refusals::CODES;
pub use simulate::{Deals, Forecast, OPEN, Plan, forecast};
pub use sums::{Category, Sums, sums_by, weighted};
