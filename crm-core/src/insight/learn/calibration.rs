//! Calibration: turns scores into probabilities that come true as often as they say.

use serde::{Deserialize, Serialize};

use super::exp::{log_odds, probability};
use super::table::same_length;
use crate::record::error::{Error, Result};

/// How scores are calibrated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Not at all.
    None,
    /// By a straight line in log odds: two numbers, good from a few dozen rows on.
    #[default]
    Platt,
    /// By any rising curve: needs some thousand rows.
    Isotonic,
}

/// A map from log odds as scored to probabilities; it never turns their order round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibration {
    /// Log odds are taken at their word.
    None,
    /// `slope` × log odds + `shift`.
    Platt {
        /// At least 0.
        slope: f64,
        /// In log odds.
        shift: f64,
    },
    /// A rising curve through points, straight between them and level beyond.
    Isotonic {
        /// Log odds as scored, ascending.
        scores: Vec<f64>,
        /// The probability at each.
        probabilities: Vec<f64>,
    },
}

impl Calibration {
    /// Learns a calibration from log odds of rows that the scorer was not trained on. Refused when the
    /// lengths differ or a score is not a number.
    ///
    /// ```
    /// use crm_core::insight::learn::calibration::{Calibration, Method};
    /// // A scorer that is too sure of itself: it says 95 % and 5 %, right three times of four.
    /// let scores = [3.0, 3.0, 3.0, 3.0, -3.0, -3.0, -3.0, -3.0];
    /// let ended = [true, true, true, false, false, false, false, true];
    /// let calibration = Calibration::learn(Method::Platt, &scores, &ended)?;
    /// assert!((calibration.probability(3.0) - 0.75).abs() < 0.1);
    /// # Ok::<(), crm_core::record::error::Error>(())
    /// ```
    pub fn learn(method: Method, scores: &[f64], outcomes: &[bool]) -> Result<Self> {
        same_length("outcomes", outcomes.len(), scores.len())?;
        if let Some(score) = scores.iter().find(|score| !score.is_finite()) {
            return Err(Error::refused("learn.score", format!("the score `{score}` is not a number")));
        }
        Ok(match method {
            Method::None => Calibration::None,
            Method::Platt => platt(scores, outcomes),
            Method::Isotonic => isotonic(scores, outcomes),
        })
    }

    /// The probability that belongs to log odds as scored.
    pub fn probability(&self, score: f64) -> f64 {
        match self {
            Calibration::None => probability(score),
            Calibration::Platt { slope, shift } => probability(slope * score + shift),
            Calibration::Isotonic { scores, probabilities } => along(scores, probabilities, score),
        }
    }
}

fn along(scores: &[f64], probabilities: &[f64], score: f64) -> f64 {
    let after = scores.partition_point(|point| *point < score);
    let point = |at: usize| Some((*scores.get(at)?, *probabilities.get(at)?));
    match (after.checked_sub(1).and_then(point), point(after)) {
        (Some((x0, p0)), Some((x1, p1))) => p0 + (p1 - p0) * ((score - x0) / (x1 - x0)),
        (Some((_, p)), None) | (None, Some((_, p))) => p,
        (None, None) => 0.5,
    }
}

/// Platt 1999, with the targets that keep it finite, minimised as Lin, Lin and Weng 2007 do.
fn platt(scores: &[f64], outcomes: &[bool]) -> Calibration {
    let good = outcomes.iter().filter(|good| **good).count() as f64;
    let bad = outcomes.len() as f64 - good;
    let (high, low) = ((good + 1.0) / (good + 2.0), 1.0 / (bad + 2.0));
    let count = scores.len().max(1) as f64;
    let mean = scores.iter().sum::<f64>() / count;
    let spread = (scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / count).sqrt();
    let scale = if spread > 1e-12 { spread } else { 1.0 };
    let rows = || {
        let targets = outcomes.iter().map(|good| if *good { high } else { low });
        scores.iter().map(|score| (score - mean) / scale).zip(targets)
    };
    let loss = |slope: f64, shift: f64| {
        let of = |(x, target): (f64, f64)| {
            let z = slope * x + shift;
            z.max(0.0) - z * target + (-z.abs()).exp().ln_1p()
        };
        rows().map(of).sum::<f64>()
    };
    let (mut slope, mut shift) = (0.0, ((good + 1.0) / (bad + 1.0)).ln());
    let mut value = loss(slope, shift);
    for _ in 0..100 {
        let (mut g, mut h) = ([0.0; 2], [1e-12, 0.0, 1e-12]);
        for (x, target) in rows() {
            let p = probability(slope * x + shift);
            let (miss, weight) = (p - target, p * (1.0 - p));
            g = [g[0] + miss * x, g[1] + miss];
            h = [h[0] + weight * x * x, h[1] + weight * x, h[2] + weight];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        let step = [(h[1] * g[1] - h[2] * g[0]) / determinant, (h[1] * g[0] - h[0] * g[1]) / determinant];
        let mut length = 1.0;
        let lower = std::iter::repeat_with(|| {
            let tried = (slope + length * step[0], shift + length * step[1]);
            length *= 0.5;
            (tried, loss(tried.0, tried.1))
        });
        let found = lower.take(30).find(|(_, found)| *found <= value);
        let Some(((next_slope, next_shift), next)) = found else { break };
        let moved = value - next;
        (slope, shift, value) = (next_slope, next_shift, next);
        if moved <= 1e-14 * value.abs() {
            break;
        }
    }
    if slope <= 0.0 {
        // A scorer that is worse than nothing says nothing; it isn't turned round.
        return Calibration::Platt { slope: 0.0, shift: ((good + 1.0) / (bad + 1.0)).ln() };
    }
    Calibration::Platt { slope: slope / scale, shift: shift - slope * mean / scale }
}

/// A run of rows, in the order of scores, that get one probability.
struct Run {
    from: f64,
    to: f64,
    good: f64,
    rows: f64,
}

/// The pool adjacent violators algorithm (Ayer and others 1955). Equal scores are one row. The ends stay
/// as far from 0 and 1 as their rows can tell, so that no row is called impossible.
fn isotonic(scores: &[f64], outcomes: &[bool]) -> Calibration {
    let mut rows: Vec<(f64, bool)> = scores.iter().copied().zip(outcomes.iter().copied()).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut runs: Vec<Run> = Vec::new();
    for (score, good) in rows {
        match runs.last_mut().filter(|run| run.from == score && run.to == score) {
            Some(run) => (run.good, run.rows) = (run.good + f64::from(good), run.rows + 1.0),
            None => runs.push(Run { from: score, to: score, good: f64::from(good), rows: 1.0 }),
        }
    }
    let mut pooled: Vec<Run> = Vec::with_capacity(runs.len());
    for mut run in runs {
        while let Some(before) = pooled.pop_if(|before| before.good * run.rows >= run.good * before.rows) {
            let (good, rows) = (before.good + run.good, before.rows + run.rows);
            run = Run { from: before.from, to: run.to, good, rows };
        }
        pooled.push(run);
    }
    let end = |run: Option<&Run>| run.map_or(0.5, |run| 1.0 / (run.rows + 2.0));
    let (least, most) = (end(pooled.first()), 1.0 - end(pooled.last()));
    let (mut curve, mut probabilities) = (Vec::new(), Vec::new());
    for run in &pooled {
        let p = (run.good / run.rows).max(least).min(most.max(least));
        let ends = if run.from < run.to { vec![run.from, run.to] } else { vec![run.from] };
        for score in ends {
            curve.push(score);
            probabilities.push(p);
        }
    }
    Calibration::Isotonic { scores: curve, probabilities }
}

/// Log odds after calibration, for explanations.
pub(super) fn calibrated_log_odds(calibration: &Calibration, score: f64) -> f64 {
    match calibration {
        Calibration::None => score,
        Calibration::Platt { slope, shift } => slope * score + shift,
        Calibration::Isotonic { .. } => log_odds(calibration.probability(score)),
    }
}
