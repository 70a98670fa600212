//! Lifetime value: how often, for how long and for how much customers will buy.
//!
//! [`summarize`] makes histories from transactions, [`fit`] a [`Model`] from histories, [`fit_spend`] a [`Spend`] from what
//! they spent. A model says who is still there ([`Model::alive`]), what they will buy ([`Model::purchases`]) and
//! [`value`] what that is worth now. What can't be fitted is refused with one of [`CODES`]; nothing here is ever NaN,
//! infinite or negative.

mod fit;
mod geometric;
mod history;
mod likelihood;
mod model;
mod nbd;
mod optimum;
mod parallel;
mod pareto;
mod predict;
mod quadrature;
mod refusals;
mod series;
mod special;
mod spend;
mod summary;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

pub use fit::{Fit, fit, fit_regularity};
pub use history::Histories;
pub use model::{Family, MOST_REGULAR, Model};
pub use predict::Ahead;
pub use refusals::CODES;
pub use spend::{Spend, SpendFit, fit_spend};
pub use summary::{SpendOver, Summary, summarize};

use crate::record::error::{Error, Result};

/// What each customer's purchases to come are worth: the expected number, discounted as `ahead` says, times the expected
/// spend, in the money of the spend model.
///
/// `mean_spend` is over the repeat purchases. Fails as [`Model::purchases`] and [`Spend::expected`] do.
pub fn value(
    model: &Model,
    spend: &Spend,
    histories: &Histories<'_>,
    mean_spend: &[f64],
    ahead: Ahead,
    threads: NonZeroUsize,
) -> Result<Vec<f64>> {
    let each = spend.expected(histories.repeats(), mean_spend, threads)?;
    let mut values = model.purchases(histories, ahead, threads)?;
    for (value, each) in values.iter_mut().zip(each) {
        *value *= each;
    }
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(values),
        Some(row) => {
            let message = format!("row `{row}`: the value is beyond what a number holds");
            Err(Error::invalid("mean_spend", "clv.bad_history", message))
        }
    }
}
