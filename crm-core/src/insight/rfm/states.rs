//! What is known of each customer's purchases, in columns that merge.

use std::num::NonZeroUsize;

use super::gather::{self, Cell};
use super::ids::{Id, Key, Text, Texts};
use crate::record::error::{Error, Result};

/// Purchases in columns, beside a column of the customers' ids.
#[derive(Clone, Copy, Debug)]
pub struct Purchases<'a> {
    /// The day of each, in days since 1970-01-01.
    pub days: &'a [i32],
    /// The amount of each, in the smallest unit of one currency; a return is negative.
    pub amounts: &'a [i64],
}

/// The days whose purchases count, both ends included. An as-of date is a period that ends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: i32,
    /// The last day.
    pub to: i32,
}

impl Period {
    /// All days.
    pub const ALL: Period = Period { from: i32::MIN, to: i32::MAX };

    pub(super) fn contains(self, day: i32) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Each customer's last day, number and sum of purchases, in the order of ids.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct States<K> {
    pub(super) ids: Vec<K>,
    pub(super) last: Vec<i32>,
    pub(super) count: Vec<u32>,
    pub(super) sum: Vec<i64>,
    /// The largest amount, whatever its sign; it proves that no sum has overflowed.
    pub(super) largest: u64,
}

impl<K: Key> States<K> {
    /// The states of customers with integer ids. Ids that lie close together are addressed directly.
    ///
    /// # Errors
    /// `rfm.columns`, `rfm.rows`, `rfm.amounts`.
    pub fn of_ids(ids: &[K], purchases: Purchases<'_>, period: Period, threads: NonZeroUsize) -> Result<Self>
    where
        K: Id,
    {
        gather::of_ids(ids, purchases, period, threads)
    }

    /// The states that parts of them make together: one row a customer and part, with the last day, the
    /// number and the sum of purchases, in any order. A customer may have several rows.
    ///
    /// ```
    /// use crm_core::insight::rfm::States;
    /// let states = States::of_parts(&[8i64, 7, 8], &[30, 10, 40], &[2, 1, 1], &[500, 100, 50]).unwrap();
    /// assert_eq!((states.ids(), states.last(), states.sum()), (&[7, 8][..], &[10, 40][..], &[100, 550][..]));
    /// ```
    ///
    /// # Errors
    /// `rfm.columns`, `rfm.rows`, `rfm.amounts`.
    pub fn of_parts(ids: &[K], last: &[i32], count: &[u32], sum: &[i64]) -> Result<Self> {
        if last.len() != ids.len() || count.len() != ids.len() || sum.len() != ids.len() {
            let message = format!("`{}` ids beside columns of other lengths", ids.len());
            return Err(Error::invalid("ids", "rfm.columns", message));
        }
        let cells = last.iter().zip(count).zip(sum);
        let cells = cells.map(|((last, count), sum)| Cell { last: *last, count: *count, sum: *sum });
        let mut parts: Vec<(K, Cell)> = ids.iter().copied().zip(cells).collect();
        parts.sort_unstable_by_key(|(id, _)| *id);
        let mut states = States::with_capacity(parts.len(), 0);
        for own in parts.chunk_by(|a, b| a.0 == b.0) {
            let Some((id, _)) = own.first() else { continue };
            let sum = own.iter().try_fold(0i64, |sum, (_, cell)| sum.checked_add(cell.sum));
            let sum = sum.ok_or_else(|| {
                Error::invalid("amounts", "rfm.amounts", "a customer's amounts are too large to sum up")
            })?;
            let cell = own.iter().try_fold(Cell::EMPTY, |cell, (_, part)| cell.merge(*part))?;
            // The least that a largest amount can have been.
            let amount = sum.unsigned_abs().div_ceil(u64::from(cell.count.max(1)));
            states.largest = states.largest.max(amount);
            states.push(*id, Cell { sum, ..cell });
        }
        states.proven()
    }

    pub(super) fn with_capacity(customers: usize, largest: u64) -> Self {
        States {
            ids: Vec::with_capacity(customers),
            last: Vec::with_capacity(customers),
            count: Vec::with_capacity(customers),
            sum: Vec::with_capacity(customers),
            largest,
        }
    }

    pub(super) fn push(&mut self, id: K, cell: Cell) {
        self.ids.push(id);
        self.last.push(cell.last);
        self.count.push(cell.count);
        self.sum.push(cell.sum);
    }

    fn cell(&self, row: usize) -> Option<(K, Cell)> {
        let cell =
            Cell { last: *self.last.get(row)?, count: *self.count.get(row)?, sum: *self.sum.get(row)? };
        Some((*self.ids.get(row)?, cell))
    }

    /// The states of two parts of the purchases together; in whatever order parts are merged, the
    /// whole is the same.
    ///
    /// # Errors
    /// `rfm.rows`, `rfm.amounts`.
    pub fn merge(self, other: States<K>) -> Result<States<K>> {
        if self.is_empty() || other.is_empty() {
            let largest = self.largest.max(other.largest);
            let whole = if self.is_empty() { other } else { self };
            return Ok(States { largest, ..whole });
        }
        let customers = self.len().max(other.len());
        let mut whole = States::with_capacity(customers, self.largest.max(other.largest));
        let (mut a, mut b) = (0, 0);
        loop {
            let (left, right) = (self.cell(a), other.cell(b));
            let (id, cell) = match (left, right) {
                (None, None) => break,
                (Some(left), Some(right)) if left.0 == right.0 => {
                    (a, b) = (a + 1, b + 1);
                    (left.0, left.1.merge(right.1)?)
                }
                (Some(left), Some(right)) if left.0 < right.0 => {
                    a += 1;
                    left
                }
                (Some(left), None) => {
                    a += 1;
                    left
                }
                (_, Some(right)) => {
                    b += 1;
                    right
                }
            };
            whole.push(id, cell);
        }
        whole.proven()
    }

    /// The states, if no sum can have overflowed on the way.
    pub(super) fn proven(self) -> Result<Self> {
        let most = u64::from(self.count.iter().copied().max().unwrap_or(0));
        match most.checked_mul(self.largest) {
            Some(bound) if bound < i64::MAX as u64 => Ok(self),
            _ => {
                let message = format!("an amount of `{}` is too large to sum up", self.largest);
                Err(Error::invalid("amounts", "rfm.amounts", message))
            }
        }
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The customers, in ascending order; the other columns stand in the same order.
    pub fn ids(&self) -> &[K] {
        &self.ids
    }

    /// The day of each customer's last purchase.
    pub fn last(&self) -> &[i32] {
        &self.last
    }

    /// The number of each customer's purchases.
    pub fn count(&self) -> &[u32] {
        &self.count
    }

    /// The sum of each customer's amounts.
    pub fn sum(&self) -> &[i64] {
        &self.sum
    }

    /// The day after the last purchase of all: the usual as-of day of data that lies in the past.
    pub fn day_after_last(&self) -> Option<i32> {
        self.last.iter().copied().max().map(|day| day.saturating_add(1))
    }
}

impl<'a> States<Text<'a>> {
    /// The states of customers with text ids.
    ///
    /// # Errors
    /// `rfm.columns`, `rfm.offsets`, `rfm.rows`, `rfm.amounts`.
    pub fn of_texts<O: Copy + Into<i64> + Sync>(
        ids: Texts<'a, O>,
        purchases: Purchases<'_>,
        period: Period,
        threads: NonZeroUsize,
    ) -> Result<Self> {
        gather::of_texts(ids, purchases, period, threads)
    }
}
