//! What every learner here hands back: log odds as a sum, one term a column. So scoring, explaining and
//! storing are written once.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::exp::probabilities;
use super::table::{Column, Table, Values, known};
use crate::record::error::{Error, Result};

/// A trained scorer: the log odds of a row are `base` and a weight of each term.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Additive {
    /// The log odds before any column is looked at.
    pub base: f64,
    /// One a column.
    pub terms: Vec<Term>,
}

/// What one column adds to the log odds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The column.
    pub column: String,
    /// How its values weigh.
    pub shape: Shape,
    /// What a missing value weighs.
    pub missing: f64,
    /// The mean weight among the rows that it was learnt from: explanations speak of what differs from it.
    pub usual: f64,
}

/// How a column's values weigh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Each level has a weight; one that was never learnt has none.
    Levels(BTreeMap<String, f64>),
    /// The column's distance from its mean, in standard deviations, times a weight.
    Slope {
        /// The mean, in the column's unit.
        mean: f64,
        /// The standard deviation, in the column's unit; 1 for a constant column.
        scale: f64,
        /// The weight of one standard deviation.
        weight: f64,
    },
    /// A weight for each interval between edges: the first is below the first edge.
    Bins {
        /// Ascending, in the column's unit; a value on an edge is above it.
        edges: Vec<f64>,
        /// One more than the edges.
        weights: Vec<f64>,
    },
}

/// One part of an explanation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// The column, or `calibration` for what calibration adds.
    pub column: String,
    /// The row's value as text; none when it is missing.
    pub value: Option<String>,
    /// Whether the model never met this level.
    pub unseen: bool,
    /// What it adds to the log odds, against a usual row.
    pub log_odds: f64,
}

/// A term made ready for one table's column.
enum Bound<'a> {
    Levels { codes: &'a [i32], weights: Vec<f64>, missing: f64 },
    Slope { values: &'a [f64], mean: f64, by: f64, missing: f64 },
    Bins { values: &'a [f64], edges: &'a [f64], weights: &'a [f64], missing: f64 },
}

/// How many rows are scored at a time, so that their sums stay in the nearest cache.
const BLOCK: usize = 1024;

impl Additive {
    /// The log odds of every row. Refused when the table lacks a column.
    pub fn log_odds(&self, table: &Table<'_>, threads: NonZeroUsize) -> Result<Vec<f64>> {
        let mut out = vec![0.0; table.rows()];
        self.score(table, &mut out, threads, |_| ())?;
        Ok(out)
    }

    /// The uncalibrated probability of every row.
    pub fn probabilities(&self, table: &Table<'_>, threads: NonZeroUsize) -> Result<Vec<f64>> {
        let mut out = vec![0.0; table.rows()];
        self.score(table, &mut out, threads, probabilities)?;
        Ok(out)
    }

    /// Writes log odds into `out` and applies `finish` to each block while it is near.
    pub(super) fn score(
        &self,
        table: &Table<'_>,
        out: &mut [f64],
        threads: NonZeroUsize,
        finish: impl Fn(&mut [f64]) + Sync,
    ) -> Result<()> {
        let bound = self.bind(table)?;
        let each = table.rows().div_ceil(threads.get()).next_multiple_of(BLOCK);
        let work = |(part, rows): (usize, &mut [f64])| {
            for (block, sums) in rows.chunks_mut(BLOCK).enumerate() {
                sums.fill(self.base);
                bound.iter().for_each(|term| term.add(part * each + block * BLOCK, sums));
                finish(sums);
            }
        };
        if threads.get() == 1 || table.rows() <= BLOCK {
            out.chunks_mut(each.max(1)).enumerate().for_each(work);
            return Ok(());
        }
        std::thread::scope(|scope| {
            for part in out.chunks_mut(each).enumerate() {
                scope.spawn(|| work(part));
            }
        });
        Ok(())
    }

    fn bind<'a>(&'a self, table: &Table<'a>) -> Result<Vec<Bound<'a>>> {
        let bind = |term: &'a Term| term.bind(table.column(&term.column)?);
        let bound = |term| {
            bind(term).ok_or_else(|| {
                let message = format!(
                    "the column `{}` is missing, or of another type than was learnt from",
                    term.column
                );
                Error::refused("learn.column_missing", message)
            })
        };
        self.terms.iter().map(bound).collect()
    }

    /// What each column of a row adds, farthest from zero first, and the log odds of a usual row: together
    /// they are the row's log odds. None for a row that isn't there.
    pub fn explain(&self, table: &Table<'_>, row: usize) -> Result<Option<(f64, Vec<Factor>)>> {
        if row >= table.rows() {
            return Ok(None);
        }
        let mut factors = Vec::with_capacity(self.terms.len());
        for (term, bound) in self.terms.iter().zip(self.bind(table)?) {
            let mut sum = [0.0];
            bound.add(row, &mut sum);
            let weight = sum.iter().sum::<f64>();
            let value = table.column(&term.column).and_then(|column| text(column, row));
            let unseen = match (&term.shape, &value) {
                (Shape::Levels(levels), Some(value)) => !levels.contains_key(value),
                _ => false,
            };
            let log_odds = weight - term.usual;
            factors.push(Factor { column: term.column.clone(), value, unseen, log_odds });
        }
        factors.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
        let usual = self.base + self.terms.iter().map(|term| term.usual).sum::<f64>();
        Ok(Some((usual, factors)))
    }

    /// Sets each term's usual weight to its mean over these rows.
    pub(super) fn set_usual(&mut self, table: &Table<'_>, rows: &[u32]) -> Result<()> {
        let mut means = Vec::with_capacity(self.terms.len());
        for bound in self.bind(table)? {
            let mut sum = 0.0;
            for row in rows {
                let mut one = [0.0];
                bound.add(*row as usize, &mut one);
                sum += one.iter().sum::<f64>();
            }
            means.push(sum / rows.len().max(1) as f64);
        }
        for (term, mean) in self.terms.iter_mut().zip(means) {
            term.usual = mean;
        }
        Ok(())
    }
}

impl Term {
    fn bind<'a>(&'a self, column: &Column<'a>) -> Option<Bound<'a>> {
        let missing = self.missing;
        Some(match (&self.shape, column.values) {
            (Shape::Levels(known), Values::Category { codes, levels }) => {
                let weights = levels.iter().map(|level| known.get(level).copied().unwrap_or(0.0)).collect();
                Bound::Levels { codes, weights, missing }
            }
            (Shape::Slope { mean, scale, weight }, Values::Number(values)) => {
                Bound::Slope { values, mean: *mean, by: weight / scale, missing }
            }
            (Shape::Bins { edges, weights }, Values::Number(values)) => {
                Bound::Bins { values, edges, weights, missing }
            }
            _ => return None,
        })
    }
}

impl Bound<'_> {
    /// Adds the weights of the rows from `from` on to the sums.
    #[inline]
    fn add(&self, from: usize, sums: &mut [f64]) {
        match self {
            Bound::Levels { codes, weights, missing } => {
                let codes = codes.iter().skip(from);
                for (sum, code) in sums.iter_mut().zip(codes) {
                    // A negative code is a large one without its sign.
                    *sum += weights.get(code.cast_unsigned() as usize).copied().unwrap_or(*missing);
                }
            }
            Bound::Slope { values, mean, by, missing } => {
                for (sum, value) in sums.iter_mut().zip(values.get(from..).unwrap_or_default()) {
                    let near = value.clamp(-1e100, 1e100);
                    *sum += if value.is_finite() { (near - mean) * by } else { *missing };
                }
            }
            Bound::Bins { values, edges, weights, missing } => {
                for (sum, value) in sums.iter_mut().zip(values.get(from..).unwrap_or_default()) {
                    let weight = known(*value).map(|value| edges.iter().filter(|e| **e <= value).count());
                    *sum += weight.map_or(*missing, |bin| weights.get(bin).copied().unwrap_or(0.0));
                }
            }
        }
    }
}

fn text(column: &Column<'_>, row: usize) -> Option<String> {
    match column.values {
        Values::Category { codes, levels } => levels.get(usize::try_from(*codes.get(row)?).ok()?).cloned(),
        Values::Number(values) => values.get(row).filter(|value| value.is_finite()).map(f64::to_string),
    }
}
