//! One pass over the purchases: a cell a customer, addressed directly where ids lie close together,
//! by a hash table where they don't. Threads take stretches of rows, and their cells are merged.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::hashed::Groups;
use super::ids::{Id, Key, Text, Texts};
use super::states::{Period, Purchases, States};
use crate::record::error::{Error, Result};

/// One customer's state. Sums wrap; [`States::proven`] shows that none has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub last: i32,
    pub count: u32,
    pub sum: i64,
}

impl Cell {
    pub const EMPTY: Cell = Cell { last: i32::MIN, count: 0, sum: 0 };

    #[inline]
    pub fn add(&mut self, day: i32, amount: i64) {
        self.last = self.last.max(day);
        self.count = self.count.wrapping_add(1);
        self.sum = self.sum.wrapping_add(amount);
    }

    pub fn merge(self, other: Cell) -> Result<Cell> {
        let count = self.count.checked_add(other.count).ok_or_else(too_many)?;
        Ok(Cell { last: self.last.max(other.last), count, sum: self.sum.wrapping_add(other.sum) })
    }
}

fn too_many() -> Error {
    Error::invalid("days", "rfm.rows", format!("a customer has more than `{}` purchases", u32::MAX))
}

/// Rows fewer than this are not worth a thread.
const WORTH_A_THREAD: usize = 1 << 15;

/// Runs over stretches of the rows on so many threads, and answers in the order of stretches.
fn in_stretches<T: Send>(
    rows: usize,
    threads: NonZeroUsize,
    run: impl Fn(Range<usize>) -> T + Sync,
) -> Vec<T> {
    let threads = threads.get().min(rows / WORTH_A_THREAD).max(1);
    let step = rows.div_ceil(threads).max(1);
    let stretches: Vec<Range<usize>> =
        (0..threads).map(|n| (n * step).min(rows)..((n + 1) * step).min(rows)).collect();
    std::thread::scope(|scope| {
        let (mine, others) =
            stretches.split_first().map_or((0..0, &[][..]), |(mine, rest)| (mine.clone(), rest));
        let run = &run;
        let started: Vec<_> =
            others.iter().cloned().map(|stretch| scope.spawn(move || run(stretch))).collect();
        let mut answers = vec![run(mine)];
        for thread in started {
            answers.push(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        answers
    })
}

impl Purchases<'_> {
    fn checked(self, ids: usize) -> Result<Self> {
        let (days, amounts) = (self.days.len(), self.amounts.len());
        if days != ids || amounts != ids {
            let message = format!("`{ids}` ids, `{days}` days and `{amounts}` amounts");
            return Err(Error::invalid("ids", "rfm.columns", message));
        }
        u32::try_from(ids).map(|_| self).map_err(|_| too_many())
    }

    /// The rows of a stretch that fall into the period, each with its id; and the largest amount.
    #[inline]
    fn each<K>(
        self,
        rows: Range<usize>,
        ids: impl Iterator<Item = K>,
        period: Period,
        mut take: impl FnMut(K, i32, i64),
    ) -> u64 {
        let days = self.days.get(rows.clone()).unwrap_or(&[]);
        let amounts = self.amounts.get(rows).unwrap_or(&[]);
        let mut largest = 0;
        for ((id, &day), &amount) in ids.zip(days).zip(amounts) {
            if period.contains(day) {
                largest = amount.unsigned_abs().max(largest);
                take(id, day, amount);
            }
        }
        largest
    }
}

pub(super) fn of_ids<I: Id>(
    ids: &[I],
    purchases: Purchases<'_>,
    period: Period,
    threads: NonZeroUsize,
) -> Result<States<I>> {
    let purchases = purchases.checked(ids.len())?;
    let ends = in_stretches(ids.len(), threads, |rows| {
        let part = ids.get(rows).unwrap_or(&[]);
        let first = part.first().copied()?;
        Some(part.iter().fold((first, first), |(least, most), &id| (least.min(id), most.max(id))))
    });
    let ends = ends.into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Some((least, most)) = ends else { return Ok(States::with_capacity(0, 0)) };
    match most.above(least) {
        // All threads' cells together are no more than there are rows.
        Some(width) if width < ids.len() / threads.get() => {
            direct(ids, least, width + 1, purchases, period, threads)
        }
        _ => {
            by_key(ids.len(), |rows| ids.get(rows).unwrap_or(&[]).iter().copied(), purchases, period, threads)
        }
    }
}

fn direct<I: Id>(
    ids: &[I],
    least: I,
    width: usize,
    purchases: Purchases<'_>,
    period: Period,
    threads: NonZeroUsize,
) -> Result<States<I>> {
    let parts = in_stretches(ids.len(), threads, |rows| {
        let mut cells = vec![Cell::EMPTY; width];
        let part = ids.get(rows.clone()).unwrap_or(&[]).iter().copied();
        let largest = purchases.each(rows, part, period, |id, day, amount| {
            let Some(cell) = id.above(least).and_then(|place| cells.get_mut(place)) else { return };
            cell.add(day, amount);
        });
        (cells, largest)
    });
    let largest = parts.iter().map(|(_, largest)| *largest).max().unwrap_or(0);
    let mut tables = parts.into_iter().map(|(cells, _)| cells);
    let mut whole = tables.next().unwrap_or_default();
    for table in tables {
        for (cell, other) in whole.iter_mut().zip(&table) {
            *cell = cell.merge(*other)?;
        }
    }
    let bought = || whole.iter().enumerate().filter(|(_, cell)| cell.count > 0);
    let mut states = States::with_capacity(bought().count(), largest);
    for (place, cell) in bought() {
        states.push(least.plus(place), *cell);
    }
    states.proven()
}

pub(super) fn of_texts<'a, O: Copy + Into<i64> + Sync>(
    ids: Texts<'a, O>,
    purchases: Purchases<'_>,
    period: Period,
    threads: NonZeroUsize,
) -> Result<States<Text<'a>>> {
    let rows = ids.count()?;
    by_key(rows, |rows| ids.rows(rows), purchases.checked(rows)?, period, threads)
}

fn by_key<K: Key, I: Iterator<Item = K>>(
    rows: usize,
    ids: impl Fn(Range<usize>) -> I + Sync,
    purchases: Purchases<'_>,
    period: Period,
    threads: NonZeroUsize,
) -> Result<States<K>> {
    let parts = in_stretches(rows, threads, |rows| {
        let mut groups = Groups::new();
        let largest = purchases.each(rows.clone(), ids(rows), period, |id, day, amount| {
            groups.add(id, day, amount);
        });
        groups.into_states(largest)
    });
    let whole = parts.into_iter().try_fold(States::with_capacity(0, 0), States::merge)?;
    whole.proven()
}
