//! One pass over the purchases: a cell a customer, addressed directly where ids lie close together,
//! by hash tables where they don't.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::thread::ScopedJoinHandle;

use super::hashed::Groups;
use super::ids::{Id, Key, Start, Text, Texts};
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

/// Runs for each item on a thread of its own, the first one on this, and answers in their order.
fn side_by_side<I: Send, T: Send>(items: impl Iterator<Item = I>, run: impl Fn(I) -> T + Sync) -> Vec<T> {
    let (mut items, run) = (items, &run);
    let Some(first) = items.next() else { return Vec::new() };
    std::thread::scope(|scope| {
        let started: Vec<_> = items.map(|item| scope.spawn(move || run(item))).collect();
        let mut answers = vec![run(first)];
        answers.extend(started.into_iter().map(joined));
        answers
    })
}

/// A thread's answer; its panic is carried on.
pub(super) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
    let ends = side_by_side(ids.chunks(ids.len().div_ceil(threads.get()).max(WORTH_A_THREAD)), |part| {
        let first = part.first().copied()?;
        Some(part.iter().fold((first, first), |(least, most), &id| (least.min(id), most.max(id))))
    });
    let ends = ends.into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Some((least, most)) = ends else { return Ok(States::with_capacity(0, 0)) };
    match most.above(least) {
        // The cells take no more memory than the columns do.
        Some(width) if width < ids.len() => direct(ids, least, width + 1, purchases, period, threads),
        _ => by_key(|rows| ids.get(rows).unwrap_or(&[]).iter().copied(), purchases, period, threads),
    }
}

/// Cells by place, addressed directly: each table holds so many, which fit into a core's own cache.
const CELLS_BITS: u32 = 16;

fn direct<I: Id>(
    ids: &[I],
    least: I,
    width: usize,
    purchases: Purchases<'_>,
    period: Period,
    threads: NonZeroUsize,
) -> Result<States<I>> {
    const CELLS: usize = 1 << CELLS_BITS;
    let mut tables = vec![Vec::new(); width.div_ceil(CELLS)];
    let places = |rows: Range<usize>| {
        ids.get(rows).unwrap_or(&[]).iter().map(|id| id.above(least).unwrap_or(0) as u32)
    };
    let deal = Deal { purchases, period, threads, table_of: |place: u32| (place >> CELLS_BITS) as usize };
    let largest = deal.rounds(&mut tables, places, |cells: &mut Vec<Cell>, (place, day, amount)| {
        if cells.is_empty() {
            *cells = vec![Cell::EMPTY; CELLS];
        }
        if let Some(cell) = cells.get_mut(place as usize % CELLS) {
            cell.add(day, amount);
        }
    });
    let bought = |cells: &Vec<Cell>| cells.iter().filter(|cell| cell.count > 0).count();
    let mut states = States::with_capacity(tables.iter().map(bought).sum(), largest);
    for (table, cells) in tables.into_iter().enumerate() {
        for (place, cell) in cells.into_iter().enumerate().filter(|(_, cell)| cell.count > 0) {
            states.push(least.plus(table * CELLS + place), cell);
        }
    }
    states.proven()
}

pub(super) fn of_texts<'a, O: Copy + Into<i64> + Sync>(
    ids: Texts<'a, O>,
    purchases: Purchases<'_>,
    period: Period,
    threads: NonZeroUsize,
) -> Result<States<Text<'a>>> {
    let (rows, short) = ids.checked()?;
    let purchases = purchases.checked(rows)?;
    if !short {
        return by_key(|rows| ids.rows(rows), purchases, period, threads);
    }
    let States { ids, last, count, sum, largest } =
        by_key(|rows| ids.starts(rows), purchases, period, threads)?;
    Ok(States { ids: ids.into_iter().map(Start::text).collect(), last, count, sum, largest })
}

fn by_key<K: Key, I: Iterator<Item = K>>(
    ids: impl Fn(Range<usize>) -> I + Sync,
    purchases: Purchases<'_>,
    period: Period,
    threads: NonZeroUsize,
) -> Result<States<K>> {
    // Enough that a table of a million customers' share fits into a core's own cache.
    let bits = if purchases.days.len() < 2 * WORTH_A_THREAD { 0 } else { 6 };
    let mut tables: Vec<Groups<K>> = (0..1 << bits).map(|_| Groups::new()).collect();
    // A table's slots are chosen by the upper half of the hash.
    let table_of = |id: K| (id.mix() as u32 as u64 >> (32 - bits)) as usize;
    let deal = Deal { purchases, period, threads, table_of };
    let largest = deal.rounds(&mut tables, ids, |groups, (id, day, amount)| groups.add(id, day, amount));
    let mut shares = Vec::new();
    let share = tables.len().div_ceil(threads.get());
    while !tables.is_empty() {
        shares.push(tables.split_off(tables.len().saturating_sub(share)));
    }
    let sorted = side_by_side(shares.into_iter(), |share| Groups::into_states(share, largest));
    sorted.into_iter().try_fold(States::with_capacity(0, largest), States::merge)?.proven()
}

/// A purchase on its way to its customer's table.
type Row<K> = (K, i32, i64);

/// How many bytes of purchases are dealt out before the tables take them.
const ROUND: usize = 32 << 20;

/// Purchases are dealt out to tables in rounds, so that each table takes many at once while it lies in a
/// core's own cache: memory is read and written in order, and no two threads hold the same customer.
struct Deal<'a, F> {
    purchases: Purchases<'a>,
    period: Period,
    threads: NonZeroUsize,
    table_of: F,
}

impl<F> Deal<'_, F> {
    /// Deals out all rows, and answers the largest amount.
    fn rounds<K: Key, T: Send, I: Iterator<Item = K>>(
        &self,
        tables: &mut [T],
        ids: impl Fn(Range<usize>) -> I + Sync,
        take: impl Fn(&mut T, Row<K>) + Sync,
    ) -> u64
    where
        F: Fn(K) -> usize + Sync,
    {
        let rows = self.purchases.days.len();
        let threads = self.threads.get().min(rows / WORTH_A_THREAD).max(1);
        let round = (ROUND / size_of::<Row<K>>()).max(1);
        let step = round.div_ceil(threads);
        let share = tables.len().div_ceil(threads).max(1);
        let mut hands: Vec<Vec<Vec<Row<K>>>> = vec![vec![Vec::new(); tables.len()]; threads];
        let mut largest = 0;
        for start in (0..rows).step_by(step * threads) {
            let stretch = |n: usize| (start + n * step).min(rows)..(start + (n + 1) * step).min(rows);
            let deal = |n: usize, hand: &mut Vec<Vec<Row<K>>>| {
                hand.iter_mut().for_each(Vec::clear);
                self.purchases.each(stretch(n), ids(stretch(n)), self.period, |id, day, amount| {
                    if let Some(pile) = hand.get_mut((self.table_of)(id)) {
                        pile.push((id, day, amount));
                    }
                })
            };
            let found = side_by_side(hands.iter_mut().enumerate(), |(n, hand)| deal(n, hand));
            largest = found.into_iter().fold(largest, u64::max);
            side_by_side(tables.chunks_mut(share).enumerate(), |(n, tables)| {
                for (table, place) in tables.iter_mut().zip(n * share..) {
                    for pile in hands.iter().filter_map(|hand| hand.get(place)) {
                        pile.iter().for_each(|row| take(table, *row));
                    }
                }
            });
        }
        largest
    }
}
