//! Scores: 1 for the worst customers up to the number of bins for the best, for each of R, F and M.

use std::num::NonZeroUsize;

use super::gather::joined;
use super::ids::Key;
use super::states::States;
use crate::record::error::{Error, Result};

/// How values become scores.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// 1 + ⌊bins × (customers who are strictly worse) ÷ customers⌋. Equal values share a score, so
    /// bins may differ in size, and the lowest value's is 1.
    Ranks {
        /// How many scores there are.
        bins: u8,
    },
    /// SQL's `NTILE` over (value, id): bins of equal size, equal values parted by id.
    Ntile {
        /// How many scores there are.
        bins: u8,
    },
    /// By given thresholds, such as those of an earlier day.
    Fixed(Thresholds),
}

impl Default for Rule {
    fn default() -> Self {
        Rule::Ranks { bins: 5 }
    }
}

/// From which value on each score above 1 is given: the first of each scale is for a score of 2.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// At most so many days since the last purchase, descending.
    pub recency_within: Vec<i64>,
    /// At least so many purchases, ascending.
    pub frequency_from: Vec<i64>,
    /// At least this sum in the smallest unit, ascending.
    pub money_from: Vec<i64>,
}

/// The scores of customers, in the order of their states.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scores {
    /// The highest score.
    pub bins: u8,
    /// How recently.
    pub recency: Vec<u8>,
    /// How often.
    pub frequency: Vec<u8>,
    /// For how much.
    pub money: Vec<u8>,
    /// Where each score begins. With [`Rule::Ntile`] the lowest value of each score, some of whose
    /// equals have the score below; with the other rules, [`Rule::Fixed`] of them gives the same scores.
    pub thresholds: Thresholds,
}

/// Scores customers as of a day (days since 1970-01-01).
///
/// # Errors
/// `rfm.as_of` when a purchase is after that day; `rfm.bins`, `rfm.thresholds` when the rule can't be.
pub fn score<K: Key>(states: &States<K>, as_of: i32, rule: &Rule, threads: NonZeroUsize) -> Result<Scores> {
    if let Some(late) = states.last().iter().find(|last| **last > as_of) {
        let message = format!("a purchase on day `{late}` is after the as-of day `{as_of}`");
        return Err(Error::invalid("as_of", "rfm.as_of", message));
    }
    let bins = rule.bins()?;
    let given = rule.given();
    let scale = |values: Vec<i64>, from: Option<Vec<i64>>| match (rule, from) {
        (Rule::Ntile { .. }, _) => ntile(&values, bins),
        (_, Some(from)) => (apply(&values, &from), from),
        (_, None) => {
            let from = ranks(&mut values.clone(), bins);
            (apply(&values, &from), from)
        }
    };
    // Days since count backwards: the fewer the better.
    let backwards = |days: &Vec<i64>| days.iter().map(|days| days.saturating_neg()).collect();
    let silent = |last: &i32| i64::from(*last) - i64::from(as_of);
    let recency = || {
        scale(states.last().iter().map(silent).collect(), given.map(|given| backwards(&given.recency_within)))
    };
    let often = || states.count().iter().map(|count| i64::from(*count)).collect();
    let frequency = || scale(often(), given.map(|given| given.frequency_from.clone()));
    let money = || scale(states.sum().to_vec(), given.map(|given| given.money_from.clone()));
    let (recency, frequency, money) = if threads.get() == 1 {
        (recency(), frequency(), money())
    } else {
        std::thread::scope(|scope| {
            let money = scope.spawn(money);
            let others = (recency(), frequency());
            (others.0, others.1, joined(money))
        })
    };
    let thresholds = Thresholds {
        recency_within: backwards(&recency.1),
        frequency_from: frequency.1,
        money_from: money.1,
    };
    Ok(Scores { bins, recency: recency.0, frequency: frequency.0, money: money.0, thresholds })
}

impl Rule {
    fn given(&self) -> Option<&Thresholds> {
        match self {
            Rule::Fixed(given) => Some(given),
            Rule::Ranks { .. } | Rule::Ntile { .. } => None,
        }
    }

    fn bins(&self) -> Result<u8> {
        let bins = match self {
            Rule::Ranks { bins } | Rule::Ntile { bins } => usize::from(*bins),
            Rule::Fixed(given) => given.checked()? + 1,
        };
        let known = u8::try_from(bins).ok().filter(|bins| (2..=100).contains(bins));
        known.ok_or_else(|| {
            Error::invalid("bins", "rfm.bins", format!("`{bins}` scores can't be: 2 to 100 can"))
        })
    }
}

impl Thresholds {
    /// How many thresholds each scale has.
    fn checked(&self) -> Result<usize> {
        let count = self.money_from.len();
        let alike = self.recency_within.len() == count && self.frequency_from.len() == count;
        let ascend = self.frequency_from.is_sorted() && self.money_from.is_sorted();
        let descend = self.recency_within.iter().rev().is_sorted();
        if alike && ascend && descend {
            return Ok(count);
        }
        let message = format!(
            "within `{:?}` days, from `{:?}` purchases, from `{:?}`",
            self.recency_within, self.frequency_from, self.money_from
        );
        Err(Error::invalid("thresholds", "rfm.thresholds", message))
    }
}

/// Each value's score: one more than the thresholds that it reaches.
fn apply(values: &[i64], from: &[i64]) -> Vec<u8> {
    values.iter().map(|value| from.iter().map(|from| u8::from(value >= from)).sum::<u8>() + 1).collect()
}

/// Where scores by rank begin. A value's score is above s when at least s × n ÷ bins values are below
/// it, that is when it is above the value of that rank; values are below `i64::MAX`, see
/// [`States`]. The values are put into another order.
fn ranks(values: &mut [i64], bins: u8) -> Vec<i64> {
    let count = values.len();
    let rank = |score: usize| (score * count).div_ceil(usize::from(bins)).saturating_sub(1);
    let places: Vec<usize> = (1..usize::from(bins)).map(rank).collect();
    let mut from = vec![0; if count == 0 { 0 } else { places.len() }];
    select(values, 0, &places, &mut from);
    from.iter().map(|value| value.saturating_add(1)).collect()
}

/// The values that would stand in these ascending places if all were sorted: the middle one parts the
/// values into those for the places before and after.
fn select(values: &mut [i64], offset: usize, places: &[usize], found: &mut [i64]) {
    let middle = places.len() / 2;
    let Some((_, rest)) = places.split_at_checked(middle) else { return };
    let (Some((place, after)), Some(before)) = (rest.split_first(), places.get(..middle)) else { return };
    let at = place.saturating_sub(offset);
    if at >= values.len() {
        return;
    }
    let (low, value, high) = values.select_nth_unstable(at);
    let value = *value;
    // Equal places, where there are more bins than values, have equal values.
    let same_before = before.iter().rev().take_while(|other| *other == place).count();
    let same_after = after.iter().take_while(|other| *other == place).count();
    let (first, last) = (middle - same_before, middle + same_after);
    for slot in found.iter_mut().take(last + 1).skip(first) {
        *slot = value;
    }
    let (found_low, found_high) = found.split_at_mut(last + 1);
    select(low, offset, places.get(..first).unwrap_or(&[]), found_low.get_mut(..first).unwrap_or(&mut []));
    select(high, place + 1, places.get(last + 1..).unwrap_or(&[]), found_high);
}

/// Bins of equal size in the order of (value, id), the first ones larger by one where it doesn't come
/// out even; and the lowest value of each above the first.
fn ntile(values: &[i64], bins: u8) -> (Vec<u8>, Vec<i64>) {
    let mut order: Vec<(i64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let (size, larger) = (values.len() / usize::from(bins), values.len() % usize::from(bins));
    let mut scores = vec![0; values.len()];
    let mut from = Vec::new();
    let mut rest = order.as_slice();
    for bin in 1..=bins {
        let Some((own, after)) = rest.split_at_checked(size + usize::from(usize::from(bin) <= larger)) else {
            break;
        };
        if bin > 1 && !values.is_empty() {
            let beyond = order.last().map_or(0, |(value, _)| value.saturating_add(1));
            from.push(own.first().map_or(beyond, |(value, _)| *value));
        }
        for (_, row) in own {
            if let Some(score) = scores.get_mut(*row) {
                *score = bin;
            }
        }
        rest = after;
    }
    (scores, from)
}

impl Scores {
    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.recency.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.recency.is_empty()
    }

    /// Each customer's three scores.
    pub fn rows(&self) -> impl Iterator<Item = [u8; 3]> {
        self.recency.iter().zip(&self.frequency).zip(&self.money).map(|((r, f), m)| [*r, *f, *m])
    }

    /// Each customer's mean score under weights for R, F and M.
    ///
    /// # Errors
    /// `rfm.weights` when all weights are zero.
    pub fn weighted(&self, weights: [u32; 3]) -> Result<Vec<f64>> {
        let whole: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        if whole == 0.0 {
            return Err(Error::invalid("weights", "rfm.weights", format!("the weights are `{weights:?}`")));
        }
        let points = |row: [u8; 3]| -> u64 {
            row.iter().zip(weights).map(|(score, weight)| u64::from(*score) * u64::from(weight)).sum()
        };
        Ok(self.rows().map(|row| points(row) as f64 / whole).collect())
    }

    /// How many customers have each score from 1 up, for R, F and M.
    pub fn histograms(&self) -> [Vec<usize>; 3] {
        let of = |scores: &[u8]| -> Vec<usize> {
            let mut counts = vec![0; usize::from(self.bins)];
            for score in scores {
                if let Some(count) = counts.get_mut(usize::from(*score).wrapping_sub(1)) {
                    *count += 1;
                }
            }
            counts
        };
        [of(&self.recency), of(&self.frequency), of(&self.money)]
    }
}
