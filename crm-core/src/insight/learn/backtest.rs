//! Backtests of any scorer: points by rules, probabilities, a person's guesses.

use serde::{Deserialize, Serialize};

use super::metrics::{Lift, auc, check, lift};
use crate::record::error::{Error, Result};

/// How a scorer would have done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// How many rows.
    pub rows: usize,
    /// How many of them ended well.
    pub good: usize,
    /// The chance that a good row is scored above a bad one, ties half; none when all ended the same way.
    pub auc: Option<f64>,
    /// What each threshold would have chosen, in the order given.
    pub thresholds: Vec<Threshold>,
    /// By deciles, best first.
    pub deciles: Lift,
}

/// What a threshold would have chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// Rows with at least this score are chosen.
    pub score: f64,
    /// How many rows.
    pub chosen: usize,
    /// How many of them ended well.
    pub good: usize,
    /// Good ÷ chosen; none when nothing is chosen.
    pub precision: Option<f64>,
    /// Good and chosen ÷ all good; none when none ended well.
    pub recall: Option<f64>,
    /// Twice the product of precision and recall ÷ their sum; none when nothing good was chosen.
    pub f1: Option<f64>,
}

/// Tries scores, in any unit, higher meaning better, on what came. Refused when the lengths differ,
/// nothing is given, or a score or threshold is not a number.
///
/// ```
/// use crm_core::insight::learn::backtest::backtest;
/// let points = [80.0, 65.0, 40.0, 10.0];
/// let result = backtest(&points, &[true, false, true, false], &[60.0])?;
/// assert_eq!(result.thresholds[0].precision, Some(0.5));
/// assert_eq!(result.thresholds[0].recall, Some(0.5));
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
pub fn backtest(scores: &[f64], outcomes: &[bool], thresholds: &[f64]) -> Result<Backtest> {
    check(scores, outcomes)?;
    if let Some(score) = thresholds.iter().find(|score| score.is_nan()) {
        return Err(Error::refused("learn.score", format!("the threshold `{score}` is not a number")));
    }
    let all_good = outcomes.iter().filter(|good| **good).count();
    let at = |score: &f64| {
        let chosen = || scores.iter().zip(outcomes).filter(|(found, _)| *found >= score);
        let (chosen, good) = (chosen().count(), chosen().filter(|(_, good)| **good).count());
        let share = |of: usize| (of > 0).then(|| good as f64 / of as f64);
        let f1 = (good > 0).then(|| 2.0 * good as f64 / (chosen + all_good) as f64);
        Threshold { score: *score, chosen, good, precision: share(chosen), recall: share(all_good), f1 }
    };
    Ok(Backtest {
        rows: scores.len(),
        good: all_good,
        auc: auc(scores, outcomes)?,
        thresholds: thresholds.iter().map(at).collect(),
        deciles: lift(scores, outcomes, 10)?,
    })
}
