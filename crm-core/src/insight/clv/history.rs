//! Customers' purchase histories as columns, and compressed to weighted distinct ones.

use std::ops::Range;

use crate::record::error::{Error, Result};

/// What the models need to know of each customer, one row each, in any one unit of time.
///
/// `repeats` counts the days (or other grain) with a purchase after the first one; `last` is the time from the first
/// purchase to the last, `age` from the first to the day of reckoning. See [`super::Summary`] for making them from
/// transactions.
#[derive(Clone, Copy, Debug)]
pub struct Histories<'a> {
    repeats: &'a [u32],
    last: &'a [f64],
    age: &'a [f64],
    pub(super) log_intervals: Option<f64>,
}

impl<'a> Histories<'a> {
    /// Takes the columns.
    ///
    /// Invalid with `clv.columns_differ`, and with `clv.bad_history` naming the first row that contradicts itself:
    /// 0 ≤ last ≤ age must hold, and last is positive exactly for those who came again.
    pub fn new(repeats: &'a [u32], last: &'a [f64], age: &'a [f64]) -> Result<Self> {
        if repeats.len() != last.len() || repeats.len() != age.len() {
            let message =
                format!("`{}`, `{}` and `{}` rows don't match", repeats.len(), last.len(), age.len());
            return Err(Error::invalid("repeats", "clv.columns_differ", message));
        }
        let rows = repeats.iter().zip(last).zip(age);
        for (row, ((&repeats, &last), &age)) in rows.enumerate() {
            let holds = last >= 0.0 && last <= age && age.is_finite() && (repeats > 0) == (last > 0.0);
            if !holds {
                let message = format!(
                    "row `{row}`: `{repeats}` repeat purchases, the last after `{last}`, watched for `{age}`"
                );
                return Err(Error::invalid("histories", "clv.bad_history", message));
            }
        }
        Ok(Histories { repeats, last, age, log_intervals: None })
    }

    /// The same histories with the sum, over all repeat purchases of all customers, of the logarithm of the time since
    /// the purchase before. Without it the likelihoods of different regularities can't be compared.
    pub fn with_log_intervals(mut self, sum: f64) -> Result<Self> {
        if !sum.is_finite() {
            let message = format!("the logarithms of the times between purchases add up to `{sum}`");
            return Err(Error::invalid("log_intervals", "clv.bad_history", message));
        }
        self.log_intervals = Some(sum);
        Ok(self)
    }

    /// How many customers.
    pub fn len(&self) -> usize {
        self.repeats.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.repeats.is_empty()
    }

    pub(super) fn repeats(&self) -> &'a [u32] {
        self.repeats
    }

    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = Row> + Clone + 'a {
        let columns = self.repeats.iter().zip(self.last).zip(self.age);
        // Adding zero turns −0 into 0, whose bits sort.
        columns.map(|((&repeats, &last), &age)| Row { repeats, last: last + 0.0, age: age + 0.0 })
    }

    pub(super) fn row(&self, place: usize) -> Row {
        match (self.repeats.get(place), self.last.get(place), self.age.get(place)) {
            (Some(&repeats), Some(&last), Some(&age)) => Row { repeats, last: last + 0.0, age: age + 0.0 },
            _ => Row::default(),
        }
    }
}

/// One customer's history.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub repeats: u32,
    pub last: f64,
    pub age: f64,
}

/// What a fit walks over, again and again: rows sorted, equal ones merged, grouped by the number of purchases.
#[derive(Debug)]
pub(super) struct Distinct<R> {
    /// Runs of rows with the same number of purchases, ascending.
    pub groups: Vec<Group>,
    /// The rows, group by group.
    pub rows: Vec<R>,
    /// Customers, all.
    pub customers: f64,
}

/// A distinct row that counts for several customers.
pub(super) trait Counted: Copy + Sync {
    /// For how many.
    fn weight(&self) -> f64;
}

/// A distinct history and how many customers have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighted {
    pub last: f64,
    pub age: f64,
    pub weight: f64,
}

impl Counted for Weighted {
    fn weight(&self) -> f64 {
        self.weight
    }
}

/// Distinct rows with the same number of purchases.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub repeats: u32,
    pub customers: f64,
    pub rows: Range<usize>,
}

impl<R: Counted> Distinct<R> {
    /// Takes rows sorted by the number of purchases.
    pub fn of(rows: impl Iterator<Item = (u32, R)>) -> Self {
        let mut distinct = Distinct { groups: Vec::new(), rows: Vec::new(), customers: 0.0 };
        for (repeats, row) in rows {
            let place = distinct.rows.len();
            distinct.customers += row.weight();
            distinct.rows.push(row);
            match distinct.groups.last_mut().filter(|group| group.repeats == repeats) {
                Some(group) => {
                    group.rows.end = place + 1;
                    group.customers += row.weight();
                }
                None => {
                    let rows = place..place + 1;
                    distinct.groups.push(Group { repeats, customers: row.weight(), rows });
                }
            }
        }
        distinct
    }

    /// About `size` rows spread evenly over all, enough to find the neighbourhood of the top; none if that saves little.
    pub fn sample(&self, size: usize) -> Option<Self> {
        let every = self.rows.len() / size;
        if every < 4 {
            return None;
        }
        let rows = self.groups.iter().flat_map(|group| {
            let rows = self.rows.iter().enumerate().take(group.rows.end).skip(group.rows.start);
            rows.filter(|(place, _)| place % every == every / 2).map(|(_, row)| (group.repeats, *row))
        });
        Some(Distinct::of(rows))
    }

    /// The rows in pieces of a bounded size, each within one group.
    pub fn pieces(&self) -> Vec<(u32, &[R])> {
        const PIECE: usize = 8_192;
        let rows = |group: &Group| self.rows.get(group.rows.clone()).unwrap_or_default();
        let cut = |group| rows(group).chunks(PIECE).map(move |piece| (group.repeats, piece));
        self.groups.iter().flat_map(cut).collect()
    }

    /// Purchases of all customers.
    pub fn purchases(&self) -> f64 {
        self.groups.iter().map(|group| f64::from(group.repeats) * group.customers).sum()
    }
}

impl Distinct<Weighted> {
    /// Compresses histories.
    pub fn of_histories(histories: &Histories<'_>) -> Self {
        // Bits of numbers that aren't negative sort as the numbers do.
        let mut keys: Vec<(u32, u64, u64)> =
            histories.rows().map(|row| (row.repeats, row.age.to_bits(), row.last.to_bits())).collect();
        keys.sort_unstable();
        let rows = keys.chunk_by(|a, b| a == b).filter_map(|same| {
            let &(repeats, age, last) = same.first()?;
            let weight = same.len() as f64;
            Some((repeats, Weighted { last: f64::from_bits(last), age: f64::from_bits(age), weight }))
        });
        Distinct::of(rows)
    }

    /// Time watched, over all customers.
    pub fn time_watched(&self) -> f64 {
        self.rows.iter().map(|row| row.age * row.weight).sum()
    }
}
