//! How well probabilities and scores told what came.

use serde::{Deserialize, Serialize};

use super::table::same_length;
use crate::record::error::{Error, Result};

/// Figures of probabilities beside what came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// How many rows.
    pub rows: usize,
    /// How many of them ended well.
    pub good: usize,
    /// The chance that a good row is scored above a bad one, ties half; none when all ended the same way.
    pub auc: Option<f64>,
    /// The mean of −ln of the probability given to what came, in nats; probabilities count as at least
    /// 10⁻¹⁵ away from 0 and 1.
    pub log_loss: f64,
    /// The mean square of probability less outcome (Brier 1950).
    pub brier: f64,
    /// The expected calibration error: the mean distance of what was said from what came, over ten
    /// intervals of equal width.
    pub ece: f64,
}

/// What was said and what came, by interval of what was said; intervals that no row is in are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Rows in the interval.
    pub rows: Vec<usize>,
    /// The mean probability said.
    pub said: Vec<f64>,
    /// The share that ended well.
    pub came: Vec<f64>,
}

/// Rows in the order of their scores, cut into bands of equal size, best first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// Rows of the band; a fraction where the rows can't be divided evenly.
    pub rows: Vec<f64>,
    /// How many of them ended well. Rows of one score count in equal shares.
    pub good: Vec<f64>,
    /// The band's share of good rows ÷ the share in all rows; 0 when none ended well.
    pub lift: Vec<f64>,
    /// The part of all good rows that is in this band and those before; 0 when none ended well.
    pub captured: Vec<f64>,
}

/// Metrics of probabilities. Refused when the lengths differ, nothing is given, or one is not between 0
/// and 1.
///
/// ```
/// use crm_core::insight::learn::metrics::metrics;
/// let metrics = metrics(&[0.9, 0.2, 0.6, 0.4], &[true, false, true, false])?;
/// assert_eq!(metrics.auc, Some(1.0));
/// assert!((metrics.brier - 0.0925).abs() < 1e-12);
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
pub fn metrics(probabilities: &[f64], outcomes: &[bool]) -> Result<Metrics> {
    check(probabilities, outcomes)?;
    if let Some(p) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::refused("learn.score", format!("the probability `{p}` is not between 0 and 1")));
    }
    let rows = outcomes.len();
    let pairs = || probabilities.iter().zip(outcomes);
    let mean = |of: fn(f64, bool) -> f64| pairs().map(|(p, good)| of(*p, *good)).sum::<f64>() / rows as f64;
    let reliability = reliability(probabilities, outcomes, 10)?;
    let columns = reliability.rows.iter().zip(reliability.said.iter().zip(&reliability.came));
    let ece =
        columns.map(|(count, (said, came))| (said - came).abs() * *count as f64).sum::<f64>() / rows as f64;
    Ok(Metrics {
        rows,
        good: outcomes.iter().filter(|good| **good).count(),
        auc: auc(probabilities, outcomes)?,
        log_loss: mean(loss),
        brier: mean(|p, good| (p - f64::from(good)).powi(2)),
        ece,
    })
}

/// −ln of the probability given to what came.
pub(super) fn loss(p: f64, good: bool) -> f64 {
    let p = p.clamp(1e-15, 1.0 - 1e-15);
    if good { -p.ln() } else { -(1.0 - p).ln() }
}

/// What was said and what came, over so many intervals of equal width.
pub fn reliability(probabilities: &[f64], outcomes: &[bool], intervals: usize) -> Result<Reliability> {
    check(probabilities, outcomes)?;
    if intervals == 0 {
        return Err(Error::refused("learn.option", "`0` intervals are none"));
    }
    let mut sums = vec![(0usize, 0.0, 0usize); intervals];
    for (p, good) in probabilities.iter().zip(outcomes) {
        // A cast keeps within the whole numbers, whatever the score.
        let at = ((p * intervals as f64) as usize).min(intervals - 1);
        if let Some(sum) = sums.get_mut(at) {
            *sum = (sum.0 + 1, sum.1 + p, sum.2 + usize::from(*good));
        }
    }
    let mut curve = Reliability::default();
    for (rows, said, good) in sums.into_iter().filter(|(rows, ..)| *rows > 0) {
        curve.rows.push(rows);
        curve.said.push(said / rows as f64);
        curve.came.push(good as f64 / rows as f64);
    }
    Ok(curve)
}

/// The area under the receiver's operating curve, by ranks (Mann and Whitney 1947); none when all ended
/// the same way.
pub fn auc(scores: &[f64], outcomes: &[bool]) -> Result<Option<f64>> {
    check(scores, outcomes)?;
    let (mut above, mut bad_below, mut good_all) = (0u128, 0u128, 0u128);
    for (good, bad) in ties(scores, outcomes).into_iter().rev() {
        let (good, bad) = (good as u128, bad as u128);
        // Twice the pairs in the right order: a tie is half of one.
        above += good * (2 * bad_below + bad);
        bad_below += bad;
        good_all += good;
    }
    let pairs = 2 * good_all * bad_below;
    Ok((pairs > 0).then(|| above as f64 / pairs as f64))
}

/// Lift by bands of equal size, deciles when `bands` is 10.
pub fn lift(scores: &[f64], outcomes: &[bool], bands: usize) -> Result<Lift> {
    check(scores, outcomes)?;
    if bands == 0 {
        return Err(Error::refused("learn.option", "`0` bands are none"));
    }
    let rows = outcomes.len() as f64;
    let all_good = outcomes.iter().filter(|good| **good).count() as f64;
    let size = rows / bands as f64;
    let mut lift = Lift::default();
    let mut groups = ties(scores, outcomes).into_iter().map(|(good, bad)| (good as f64, (good + bad) as f64));
    let (mut group, mut captured) = ((0.0, 0.0), 0.0);
    for _ in 0..bands {
        let (mut wanted, mut good) = (size, 0.0);
        while wanted > 1e-9 * size {
            if group.1 <= 0.0 {
                let Some(next) = groups.next() else { break };
                group = next;
            }
            let part = (wanted / group.1).min(1.0);
            good += part * group.0;
            wanted -= part * group.1;
            group = if part < 1.0 { (group.0 * (1.0 - part), group.1 * (1.0 - part)) } else { (0.0, 0.0) };
        }
        captured += good;
        lift.rows.push(size);
        lift.good.push(good);
        lift.lift.push(if all_good > 0.0 { good * rows / (size * all_good) } else { 0.0 });
        lift.captured.push(if all_good > 0.0 { (captured / all_good).min(1.0) } else { 0.0 });
    }
    Ok(lift)
}

/// Good and bad rows of each score, highest first.
pub(super) fn ties(scores: &[f64], outcomes: &[bool]) -> Vec<(usize, usize)> {
    // Adding 0 makes one zero of both.
    let mut rows: Vec<(f64, bool)> =
        scores.iter().map(|score| score + 0.0).zip(outcomes.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let count = |tied: &[(f64, bool)]| {
        let good = tied.iter().filter(|(_, good)| *good).count();
        (good, tied.len() - good)
    };
    rows.chunk_by(|a, b| a.0 == b.0).map(count).collect()
}

/// Refuses nothing, unequal lengths, and what isn't a number.
pub(super) fn check(scores: &[f64], outcomes: &[bool]) -> Result<()> {
    same_length("outcomes", outcomes.len(), scores.len())?;
    if scores.is_empty() {
        return Err(Error::refused("learn.too_little_data", "there are `0` rows: at least `1` is needed"));
    }
    match scores.iter().find(|score| score.is_nan()) {
        Some(score) => Err(Error::refused("learn.score", format!("the score `{score}` is not a number"))),
        None => Ok(()),
    }
}
