//! Which rows a model is tried on and which it learns from, so that it is never tried on what it knows.

use serde::{Deserialize, Serialize};

use super::table::same_length;
use crate::record::error::{Error, Result};

/// How rows are parted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Folds {
    /// Each row is in one of so many parts, tried by what was learnt from the others; parts have equal
    /// shares of good rows. Flatters where times change.
    Random {
        /// At least 2.
        folds: u32,
        /// The same seed parts the same rows alike.
        seed: u64,
    },
    /// Rows in the order of time are cut into one more part than this; each but the first is tried by what
    /// was learnt from all before it. Rows of one time stay together.
    ByTime {
        /// At least 1.
        folds: u32,
    },
    /// What was learnt from this share of the rows, the earliest, is tried on the rest.
    Latest {
        /// Between 0 and 1.
        learnt: f64,
    },
    /// The fold of each row, as given.
    Given(Vec<u32>),
}

impl Default for Folds {
    fn default() -> Self {
        Folds::Random { folds: 5, seed: 0 }
    }
}

/// Rows to learn from, and rows to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Ascending.
    pub learnt: Vec<u32>,
    /// Ascending.
    pub tried: Vec<u32>,
}

impl Folds {
    /// The splits of rows that ended so, at these times (any unit; needed by the two that go by time).
    pub fn splits(&self, outcomes: &[bool], times: Option<&[i64]>) -> Result<Vec<Split>> {
        let rows = outcomes.len();
        match self {
            Folds::Random { folds, seed } if *folds >= 2 => {
                Ok(by_fold(&random(outcomes, *folds, *seed), *folds))
            }
            Folds::Given(fold) => {
                same_length("folds", fold.len(), rows)?;
                let count = fold.iter().max().map_or(0, |most| most.saturating_add(1));
                if count as usize > rows.max(2) {
                    return Err(refuse(format!("the fold `{}` is beyond the rows", count - 1)));
                }
                Ok(by_fold(fold, count))
            }
            Folds::ByTime { folds } if *folds >= 1 => {
                let parts = *folds as usize + 1;
                let cuts: Vec<usize> = (1..=parts).map(|part| rows * part / parts).collect();
                by_time(times, rows, &cuts)
            }
            Folds::Latest { learnt } if *learnt > 0.0 && *learnt < 1.0 => {
                // A share of the rows, so it is among the rows.
                by_time(times, rows, &[(rows as f64 * learnt) as usize, rows])
            }
            Folds::Random { folds, .. } | Folds::ByTime { folds } => {
                Err(refuse(format!("`{folds}` folds are too few")))
            }
            Folds::Latest { learnt } => Err(refuse(format!("the share `{learnt}` is not between 0 and 1"))),
        }
    }
}

fn refuse(message: String) -> Error {
    Error::refused("learn.option", message)
}

/// A fold for each row: rows of each outcome are shuffled and dealt in turn.
fn random(outcomes: &[bool], folds: u32, seed: u64) -> Vec<u32> {
    let mut fold = vec![0; outcomes.len()];
    let mut dice = Dice(seed);
    let mut next = 0;
    for outcome in [true, false] {
        let mut rows: Vec<usize> =
            (0..outcomes.len()).filter(|row| outcomes.get(*row) == Some(&outcome)).collect();
        for left in (1..rows.len()).rev() {
            rows.swap(left, dice.below(left + 1));
        }
        for row in rows {
            if let Some(cell) = fold.get_mut(row) {
                *cell = next;
            }
            next = (next + 1) % folds;
        }
    }
    fold
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let wide = u128::from(mixed ^ (mixed >> 31)) * limit as u128;
        // The upper half of the product is below the limit.
        (wide >> 64) as usize
    }
}

fn by_fold(fold: &[u32], folds: u32) -> Vec<Split> {
    let rows = |wanted: &dyn Fn(u32) -> bool| -> Vec<u32> {
        (0..).zip(fold).filter(|(_, fold)| wanted(**fold)).map(|(row, _)| row).collect()
    };
    let split = |one: u32| Split { learnt: rows(&|fold| fold != one), tried: rows(&|fold| fold == one) };
    (0..folds).map(split).filter(|split| !split.tried.is_empty()).collect()
}

/// Splits at these counts of the earliest rows, moved on where rows of one time would be parted.
fn by_time(times: Option<&[i64]>, rows: usize, cuts: &[usize]) -> Result<Vec<Split>> {
    let Some(times) = times else {
        return Err(refuse("rows can't be parted by time without times".into()));
    };
    same_length("times", times.len(), rows)?;
    let mut order: Vec<(i64, u32)> = times.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let time = |at: usize| order.get(at).map(|(time, _)| *time);
    let moved = cuts.iter().map(|cut| {
        let mut cut = *cut;
        while cut > 0 && cut < rows && time(cut) == time(cut - 1) {
            cut += 1;
        }
        cut
    });
    let moved: Vec<usize> = moved.collect();
    let part = |from: usize, to: usize| {
        let mut rows: Vec<u32> =
            order.get(from..to).unwrap_or_default().iter().map(|(_, row)| *row).collect();
        rows.sort_unstable();
        rows
    };
    let splits = moved.windows(2).filter_map(|pair| match pair {
        [from, to] if from < to => Some(Split { learnt: part(0, *from), tried: part(*from, *to) }),
        _ => None,
    });
    Ok(splits.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(folds: &Folds, outcomes: &[bool], times: &[i64]) -> Vec<Split> {
        let splits = folds.splits(outcomes, Some(times)).unwrap();
        let mut tried: Vec<u32> = splits.iter().flat_map(|split| split.tried.clone()).collect();
        tried.sort_unstable();
        let all = tried.len();
        tried.dedup();
        assert_eq!(tried.len(), all, "a row is tried once");
        for split in &splits {
            assert!(split.learnt.iter().all(|row| split.tried.binary_search(row).is_err()));
        }
        splits
    }

    proptest! {
        #[test]
        fn nothing_is_tried_on_what_it_learnt(
            rows in prop::collection::vec((any::<bool>(), 0i64..20), 2..80), folds in 2u32..6, seed in any::<u64>(),
        ) {
            let (outcomes, times): (Vec<bool>, Vec<i64>) = rows.into_iter().unzip();
            let random = check(&Folds::Random { folds, seed }, &outcomes, &times);
            prop_assert_eq!(random.iter().map(|split| split.tried.len()).sum::<usize>(), outcomes.len());
            let good: Vec<usize> = random.iter().map(|split| {
                split.tried.iter().filter(|row| outcomes[**row as usize]).count()
            }).collect();
            if outcomes.len() >= folds as usize {
                prop_assert!(good.iter().max().unwrap() - good.iter().min().unwrap() <= 1);
            }
            for by_time in [Folds::ByTime { folds }, Folds::Latest { learnt: 0.7 }] {
                for split in check(&by_time, &outcomes, &times) {
                    let latest = split.learnt.iter().map(|row| times[*row as usize]).max();
                    let earliest = split.tried.iter().map(|row| times[*row as usize]).min();
                    prop_assert!(latest < earliest);
                }
            }
        }
    }

    #[test]
    fn what_makes_no_folds_is_refused() {
        let outcomes = [true, false, true];
        for folds in [
            Folds::Random { folds: 1, seed: 0 },
            Folds::ByTime { folds: 0 },
            Folds::Latest { learnt: 1.0 },
            Folds::Latest { learnt: f64::NAN },
            Folds::Given(vec![0, 1, u32::MAX]),
        ] {
            let error = folds.splits(&outcomes, Some(&[1, 2, 3])).unwrap_err();
            assert_eq!(error.code(), "learn.option", "{folds:?}");
        }
        assert_eq!(Folds::ByTime { folds: 1 }.splits(&outcomes, None).unwrap_err().code(), "learn.option");
        let short = Folds::Given(vec![0]).splits(&outcomes, None).unwrap_err();
        assert_eq!(short.code(), "learn.column_lengths");
    }
}
