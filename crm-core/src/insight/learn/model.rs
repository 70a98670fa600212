//! Training: learn, calibrate, try out of sample, and say whether it is worth anything.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::additive::{Additive, Factor};
use super::calibration::{Calibration, Method, calibrated_log_odds};
use super::exp::{log_odds, probability};
use super::folds::{Folds, Split};
use super::metrics::{Lift, Metrics, Reliability, lift, loss, metrics, reliability};
use super::rows::Sample;
use super::table::{Table, same_length};
use super::{bayes, logistic};
use crate::record::error::{Error, Result};

/// What learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learner {
    /// Counts: fast, and readable by anybody.
    Bayes(bayes::Options),
    /// Regression: tells apart what columns say together.
    Logistic(logistic::Options),
}

/// How a model is made and tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// What learns.
    pub learner: Learner,
    /// How its scores become probabilities.
    pub calibration: Method,
    /// How it is tried.
    pub folds: Folds,
    /// The share that ends well among the rows to be scored, where it differs from the sample's; it shifts
    /// all log odds (King and Zeng 2001). The report keeps to the sample's.
    pub prior: Option<f64>,
    /// The fewest rows to learn from.
    pub fewest_rows: usize,
    /// The fewest rows of either outcome.
    pub fewest_of_outcome: usize,
}

impl Default for Training {
    fn default() -> Self {
        Training {
            learner: Learner::Logistic(logistic::Options::default()),
            calibration: Method::Platt,
            folds: Folds::default(),
            prior: None,
            fewest_rows: 100,
            fewest_of_outcome: 20,
        }
    }
}

/// Whether a model is worth anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Out of sample it says more than the base rate does, beyond chance (one-sided, 5 %).
    Skill,
    /// It doesn't: don't act on it.
    NoSkill,
}

/// How a model did on rows that it had not learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its figures over all rows tried.
    pub metrics: Metrics,
    /// The log loss of who knows nothing but the share that ended well among the rows learnt from.
    pub base_log_loss: f64,
    /// How much lower the model's log loss is than that, a row.
    pub gain: f64,
    /// The standard error of the gain.
    pub gain_error: f64,
    /// Whether the gain is above chance.
    pub verdict: Verdict,
    /// What was said and what came, in ten intervals.
    pub reliability: Reliability,
    /// By deciles, best first.
    pub deciles: Lift,
}

/// A report, and the probabilities that it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// How it did.
    pub report: Report,
    /// The rows tried, ascending.
    pub rows: Vec<u32>,
    /// Each one's probability, by a model that had not learnt from it.
    pub probabilities: Vec<f64>,
}

/// A trained model: a value to be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// How it was made.
    pub training: Training,
    /// What its scores are.
    pub scorer: Additive,
    /// What makes probabilities of them.
    pub calibration: Calibration,
    /// What the prior adds to the log odds afterwards.
    pub shift: f64,
    /// How it did on rows that it had not learnt from.
    pub report: Report,
}

/// Why a row has its probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The row's probability.
    pub probability: f64,
    /// Its log odds: those of a usual row and of all factors.
    pub log_odds: f64,
    /// The log odds of a usual row.
    pub usual: f64,
    /// What each column adds, farthest from zero first.
    pub factors: Vec<Factor>,
}

/// The number of folds from which a calibration is learnt.
const INNER: Folds = Folds::Random { folds: 5, seed: 1 };
/// The gain in standard errors that chance reaches once in twenty times.
const BEYOND_CHANCE: f64 = 1.645;

/// Trains a model on a table whose rows ended so, and tries it. `times` (any unit) part rows by time.
/// Refused when there is too little data (the message says how much is needed), only one outcome, an
/// option out of range, or when the fit does not come to rest.
///
/// ```
/// use std::num::NonZeroUsize;
/// use crm_core::insight::learn::{Column, Table, Training, Verdict, train};
/// let visits: Vec<f64> = (0..400u32).map(|lead| f64::from(lead % 10)).collect();
/// let won: Vec<bool> = (0..400u32).map(|lead| lead % 10 + lead / 10 % 7 > 9).collect();
/// let table = Table::new(vec![Column::number("visits", &visits)])?;
/// let model = train(&table, &won, None, &Training::default(), NonZeroUsize::MIN)?;
/// assert_eq!(model.report.verdict, Verdict::Skill);
/// let why = model.explain(&table, 9)?.unwrap();
/// let sum: f64 = why.factors.iter().map(|factor| factor.log_odds).sum();
/// assert!((why.usual + sum - why.log_odds).abs() < 1e-9);
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
pub fn train(
    table: &Table<'_>,
    outcomes: &[bool],
    times: Option<&[i64]>,
    training: &Training,
    threads: NonZeroUsize,
) -> Result<Model> {
    let shift = prior_shift(table, outcomes, training)?;
    let report = trial(table, outcomes, times, training, threads)?.report;
    let sample = Sample::all(table, outcomes)?;
    let (scorer, calibration) = learn(&sample, training, threads)?;
    Ok(Model { training: training.clone(), scorer, calibration, shift, report })
}

/// Tries a way of training on rows that it did not learn from, without making a model of all rows. Rows
/// that no fold could learn for (only one outcome before them) are left out.
pub fn trial(
    table: &Table<'_>,
    outcomes: &[bool],
    times: Option<&[i64]>,
    training: &Training,
    threads: NonZeroUsize,
) -> Result<Trial> {
    enough(table, outcomes, training)?;
    let mut tried: Vec<(u32, f64, f64)> = Vec::with_capacity(table.rows());
    for Split { learnt, tried: rows } in training.folds.splits(outcomes, times)? {
        let Ok(sample) = Sample::of(table, outcomes, learnt) else { continue };
        let (scorer, calibration) = learn(&sample, training, threads)?;
        let scores = scorer.log_odds(table, threads)?;
        let score = |row: u32| scores.get(row as usize).copied().unwrap_or(0.0);
        let rate = sample.rate();
        tried.extend(rows.into_iter().map(|row| (row, calibration.probability(score(row)), rate)));
    }
    if tried.is_empty() {
        let message = "no fold has rows of both outcomes to learn from and rows to try";
        return Err(Error::refused("learn.too_little_data", message));
    }
    tried.sort_unstable_by_key(|(row, ..)| *row);
    let ended = |row: u32| outcomes.get(row as usize).copied().unwrap_or(false);
    let ends: Vec<bool> = tried.iter().map(|(row, ..)| ended(*row)).collect();
    let gains: Vec<f64> =
        tried.iter().zip(&ends).map(|((_, p, rate), good)| loss(*rate, *good) - loss(*p, *good)).collect();
    let base = tried.iter().zip(&ends).map(|((_, _, rate), good)| loss(*rate, *good)).sum::<f64>();
    let (rows, probabilities): (Vec<u32>, Vec<f64>) = tried.into_iter().map(|(row, p, _)| (row, p)).unzip();
    let report = report(&probabilities, &ends, &gains, base / rows.len() as f64)?;
    Ok(Trial { report, rows, probabilities })
}

impl Model {
    /// The probability of every row. Refused when the table lacks a column.
    pub fn predict(&self, table: &Table<'_>, threads: NonZeroUsize) -> Result<Vec<f64>> {
        let mut out = vec![0.0; table.rows()];
        self.predict_into(table, &mut out, threads)?;
        Ok(out)
    }

    /// The probability of every row, into a buffer of the same length.
    pub fn predict_into(&self, table: &Table<'_>, out: &mut [f64], threads: NonZeroUsize) -> Result<()> {
        same_length("predictions", out.len(), table.rows())?;
        let finish = |block: &mut [f64]| match &self.calibration {
            Calibration::None => block.iter_mut().for_each(|x| *x = probability(*x + self.shift)),
            Calibration::Platt { slope, shift } => {
                block.iter_mut().for_each(|x| *x = probability(slope * *x + shift + self.shift));
            }
            Calibration::Isotonic { .. } if self.shift == 0.0 => {
                block.iter_mut().for_each(|x| *x = self.calibration.probability(*x));
            }
            Calibration::Isotonic { .. } => {
                let shifted = |x: f64| probability(calibrated_log_odds(&self.calibration, x) + self.shift);
                block.iter_mut().for_each(|x| *x = shifted(*x));
            }
        };
        self.scorer.score(table, out, threads, finish)
    }

    /// Why a row has its probability: factors that add up to it. None for a row that isn't there.
    pub fn explain(&self, table: &Table<'_>, row: usize) -> Result<Option<Explanation>> {
        let Some((mut usual, mut factors)) = self.scorer.explain(table, row)? else { return Ok(None) };
        let scored = usual + factors.iter().map(|factor| factor.log_odds).sum::<f64>();
        let log_odds = calibrated_log_odds(&self.calibration, scored) + self.shift;
        match &self.calibration {
            Calibration::None => {}
            Calibration::Platt { slope, shift } => {
                usual = slope * usual + shift;
                factors.iter_mut().for_each(|factor| factor.log_odds *= slope);
            }
            Calibration::Isotonic { .. } => {
                let adds = log_odds - self.shift - scored;
                let column = "calibration".to_owned();
                factors.push(Factor { column, value: None, unseen: false, log_odds: adds });
            }
        }
        Ok(Some(Explanation {
            probability: probability(log_odds),
            log_odds,
            usual: usual + self.shift,
            factors,
        }))
    }
}

/// A scorer of the sample, and a calibration from scores of rows that its like had not learnt from.
fn learn(sample: &Sample<'_>, training: &Training, threads: NonZeroUsize) -> Result<(Additive, Calibration)> {
    let fit = |sample: &Sample<'_>| match &training.learner {
        Learner::Bayes(options) => bayes::fit(sample, options),
        Learner::Logistic(options) => logistic::fit(sample, options, threads).map(|fit| fit.scorer),
    };
    let scorer = fit(sample)?;
    if training.calibration == Method::None {
        return Ok((scorer, Calibration::None));
    }
    let ended = |row: &u32| sample.outcomes.get(*row as usize).copied().unwrap_or(false);
    let ends: Vec<bool> = sample.rows.iter().map(ended).collect();
    let (mut scores, mut came) = (Vec::with_capacity(ends.len()), Vec::with_capacity(ends.len()));
    let rows_at = |places: &[u32]| -> Vec<u32> {
        places.iter().filter_map(|place| sample.rows.get(*place as usize).copied()).collect()
    };
    for split in INNER.splits(&ends, None)? {
        let Ok(part) = Sample::of(sample.table, sample.outcomes, rows_at(&split.learnt)) else { continue };
        let all = fit(&part)?.log_odds(sample.table, threads)?;
        for row in rows_at(&split.tried) {
            scores.push(all.get(row as usize).copied().unwrap_or(0.0));
            came.push(ended(&row));
        }
    }
    Ok((scorer, Calibration::learn(training.calibration, &scores, &came)?))
}

fn report(probabilities: &[f64], ends: &[bool], gains: &[f64], base_log_loss: f64) -> Result<Report> {
    let count = gains.len().max(1) as f64;
    let gain = gains.iter().sum::<f64>() / count;
    let square = gains.iter().map(|one| (one - gain).powi(2)).sum::<f64>();
    let gain_error = (square / (count - 1.0).max(1.0) / count).sqrt();
    let verdict = if gain > BEYOND_CHANCE * gain_error { Verdict::Skill } else { Verdict::NoSkill };
    Ok(Report {
        metrics: metrics(probabilities, ends)?,
        base_log_loss,
        gain,
        gain_error,
        verdict,
        reliability: reliability(probabilities, ends, 10)?,
        deciles: lift(probabilities, ends, 10)?,
    })
}

fn enough(table: &Table<'_>, outcomes: &[bool], training: &Training) -> Result<()> {
    let sample = Sample::all(table, outcomes)?;
    let (rows, good) = (sample.rows.len(), sample.good);
    let bad = rows - good;
    let (fewest, of_each) = (training.fewest_rows, training.fewest_of_outcome);
    if rows >= fewest && good.min(bad) >= of_each {
        return Ok(());
    }
    let message = format!(
        "`{rows}` rows, of which `{good}` ended well and `{bad}` did not, are too few to learn from: at least \
         `{fewest}`, and `{of_each}` of either outcome, are needed"
    );
    Err(Error::refused("learn.too_little_data", message))
}

fn prior_shift(table: &Table<'_>, outcomes: &[bool], training: &Training) -> Result<f64> {
    match training.prior {
        None => Ok(0.0),
        Some(prior) if prior > 0.0 && prior < 1.0 => {
            Ok(log_odds(prior) - log_odds(Sample::all(table, outcomes)?.rate()))
        }
        Some(prior) => {
            Err(Error::refused("learn.option", format!("the prior `{prior}` is not between 0 and 1")))
        }
    }
}
