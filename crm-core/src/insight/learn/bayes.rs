//! Naive Bayes: each column counted on its own, by how the rows ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::additive::{Additive, Shape, Term};
use super::rows::Sample;
use super::table::{Values, known};
use crate::record::error::{Error, Result};

/// How a naive Bayes model counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// What each count starts from, above zero.
    pub smoothing: f64,
    /// Into how many intervals of equally many rows numbers are cut; fewer where values repeat.
    pub bins: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options { smoothing: 0.1, bins: 5 }
    }
}

/// Good and bad rows.
type Counts = (f64, f64);

/// Counts the sample. A missing value is a value of its own; one that was never met adds nothing. Its
/// probabilities are too sure of themselves wherever columns say the same thing twice: calibrate them.
/// Refused when an option is out of range.
///
/// ```
/// use std::num::NonZeroUsize;
/// use crm_core::insight::learn::{Column, Sample, Table, bayes, categories};
/// let (codes, levels) = categories(["web", "web", "fair", "fair"].map(Some));
/// let table = Table::new(vec![Column::category("source", &codes, &levels)])?;
/// let scorer = bayes::fit(&Sample::all(&table, &[false, false, true, false])?, &bayes::Options::default())?;
/// let p = scorer.probabilities(&table, NonZeroUsize::MIN)?;
/// assert!(p[2] > p[0]);
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
pub fn fit(sample: &Sample<'_>, options: &Options) -> Result<Additive> {
    let Options { smoothing, bins } = *options;
    if !(smoothing.is_finite() && smoothing > 0.0) {
        return Err(Error::refused("learn.option", format!("the smoothing `{smoothing}` is not above zero")));
    }
    if !(1..=1000).contains(&bins) {
        return Err(Error::refused("learn.option", format!("`{bins}` bins are not between 1 and 1000")));
    }
    let (good, rows) = (sample.good as f64, sample.rows.len() as f64);
    let base = ((good + smoothing) / (rows - good + smoothing)).ln();
    let mut terms = Vec::with_capacity(sample.table.columns().len());
    for column in sample.table.columns() {
        let (shape, missing) = match column.values {
            Values::Category { codes, levels } => of_levels(sample, codes, levels, smoothing),
            Values::Number(values) => of_bins(sample, values, bins as usize, smoothing),
        };
        terms.push(Term { column: column.name.to_owned(), shape, missing, usual: 0.0 });
    }
    let mut scorer = Additive { base, terms };
    scorer.set_usual(sample.table, &sample.rows)?;
    Ok(scorer)
}

fn of_levels(sample: &Sample<'_>, codes: &[i32], levels: &[String], smoothing: f64) -> (Shape, f64) {
    let place = |row: u32| {
        let code = codes.get(row as usize).copied().unwrap_or(-1).cast_unsigned() as usize;
        code.min(levels.len())
    };
    let counts = count(sample, levels.len() + 1, place);
    let mut by_name: BTreeMap<Option<&String>, Counts> = BTreeMap::new();
    for (name, (good, bad)) in levels.iter().map(Some).chain([None]).zip(counts) {
        if good + bad > 0.0 {
            let sum = by_name.entry(name).or_default();
            *sum = (sum.0 + good, sum.1 + bad);
        }
    }
    let weights = weights(by_name.values(), smoothing);
    let mut named: BTreeMap<Option<String>, f64> =
        by_name.keys().map(|name| name.cloned()).zip(weights).collect();
    let missing = named.remove(&None).unwrap_or(0.0);
    (Shape::Levels(named.into_iter().filter_map(|(name, weight)| Some((name?, weight))).collect()), missing)
}

fn of_bins(sample: &Sample<'_>, values: &[f64], bins: usize, smoothing: f64) -> (Shape, f64) {
    let value = |row: u32| values.get(row as usize).copied().and_then(known);
    let mut sorted: Vec<f64> = sample.rows.iter().filter_map(|row| value(*row)).collect();
    sorted.sort_by(f64::total_cmp);
    let edges = inner_edges(&sorted, bins);
    let missing = edges.len() + 1;
    let place = |row| value(row).map_or(missing, |value| edges.partition_point(|edge| *edge <= value));
    let counts = count(sample, missing + 1, place);
    let met: Vec<usize> =
        (0..counts.len()).filter(|at| counts.get(*at).is_some_and(|c| c.0 + c.1 > 0.0)).collect();
    let of_met = weights(met.iter().filter_map(|at| counts.get(*at)), smoothing);
    let mut all = vec![0.0; counts.len()];
    for (at, weight) in met.into_iter().zip(of_met) {
        if let Some(cell) = all.get_mut(at) {
            *cell = weight;
        }
    }
    let missing = all.pop().unwrap_or(0.0);
    (Shape::Bins { edges, weights: all }, missing)
}

fn count(sample: &Sample<'_>, places: usize, place: impl Fn(u32) -> usize) -> Vec<Counts> {
    let mut counts = vec![(0.0, 0.0); places];
    for row in &sample.rows {
        if let Some((good, bad)) = counts.get_mut(place(*row)) {
            let ended_well = sample.outcomes.get(*row as usize).copied().unwrap_or(false);
            *if ended_well { good } else { bad } += 1.0;
        }
    }
    counts
}

/// ln of how much more frequent each value is among the good than among the bad.
fn weights<'a>(counts: impl Iterator<Item = &'a Counts> + Clone, smoothing: f64) -> Vec<f64> {
    let smoothed = counts.map(|(good, bad)| (good + smoothing, bad + smoothing));
    let (all_good, all_bad) = smoothed.clone().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    smoothed.map(|(good, bad)| (good / all_good).ln() - (bad / all_bad).ln()).collect()
}

/// Edges between intervals of equally many values: type 2 quantiles (Hyndman and Fan 1996), repeated ones
/// and both ends left out.
fn inner_edges(sorted: &[f64], bins: usize) -> Vec<f64> {
    let count = sorted.len();
    let quantile = |part: usize| {
        let (at, rest) = (count * part / bins, count * part % bins);
        let value = |at: usize| sorted.get(at.min(count.saturating_sub(1))).copied();
        let below = if rest == 0 { value(at.saturating_sub(1)) } else { value(at) };
        if part == 0 { value(0) } else { Some(0.5 * below? + 0.5 * value(at)?) }
    };
    let mut edges: Vec<f64> = (0..=bins).filter_map(quantile).collect();
    edges.dedup();
    edges.pop();
    edges.into_iter().skip(1).collect()
}
