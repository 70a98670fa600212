//! Logistic regression with an L2 penalty.

mod curvature;
mod design;
mod solver;

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use self::design::Design;
use super::additive::Additive;
use super::rows::Sample;
use crate::record::error::{Error, Result};

/// How a logistic regression is fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// The weight of half the coefficients' squares beside the summed loss (1 ÷ scikit-learn's `C`). The
    /// intercept is not penalised. Above zero, so that perfectly separated outcomes have an answer too.
    pub penalty: f64,
    /// How near to the minimum: the root of twice what is still to be gained.
    pub tolerance: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options { penalty: 1.0, tolerance: 1e-7 }
    }
}

/// A fitted regression and how the fit went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The scorer: numbers are scaled to mean 0 and deviation 1, each level has its coefficient, a missing
    /// value too if any was met; a level that was never met adds nothing.
    pub scorer: Additive,
    /// The penalised loss at the end, in nats.
    pub objective: f64,
    /// The largest partial derivative left.
    pub gradient: f64,
    /// How many times all rows were passed over.
    pub passes: usize,
    /// In how many of those a curvature was made.
    pub curvatures: usize,
}

/// Fits a regression to the sample. The answer is the same for any number of threads. Refused when the
/// sample has one outcome only, or an option is out of range, or the solver does not come to rest.
///
/// ```
/// use std::num::NonZeroUsize;
/// use crm_core::insight::learn::{Column, Sample, Table, logistic};
/// let calls = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
/// let won = [false, false, true, false, true, true];
/// let table = Table::new(vec![Column::number("calls", &calls)])?;
/// let sample = Sample::all(&table, &won)?;
/// let fit = logistic::fit(&sample, &logistic::Options::default(), NonZeroUsize::MIN)?;
/// let p = fit.scorer.probabilities(&table, NonZeroUsize::MIN)?;
/// assert!(p[0] < 0.5 && p[5] > 0.5);
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
pub fn fit(sample: &Sample<'_>, options: &Options, threads: NonZeroUsize) -> Result<Fit> {
    for (name, value) in [("penalty", options.penalty), ("tolerance", options.tolerance)] {
        if !(value.is_finite() && value > 0.0) {
            let message = format!("the {name} `{value}` is not above zero");
            return Err(Error::refused("learn.option", message));
        }
    }
    let design = Design::new(sample.table, sample.outcomes, &sample.rows)?;
    let solution = solver::solve(&design, options.penalty, threads, options.tolerance)?;
    let mut scorer = design.scorer(&solution.coefficients);
    scorer.set_usual(sample.table, &sample.rows)?;
    let (objective, gradient) = (solution.objective, solution.gradient);
    Ok(Fit { scorer, objective, gradient, passes: solution.passes, curvatures: solution.curvatures })
}
