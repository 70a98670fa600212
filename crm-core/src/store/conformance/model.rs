//! What a store is compared with, and what it is fed: a model of plain maps, and seeded dice.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::super::{Batch, Cursor, Direction, Range, Snapshot, StoreError, Table};

/// Keys and values, in the order of a walk.
pub type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Seeded dice, the same on every machine: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable
/// pseudorandom number generators").
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall as `seed` says.
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    /// Any number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number less than `limit`; 0 when that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        // The remainder is below a `usize`, so nothing is cut off.
        self.roll().checked_rem(limit as u64).unwrap_or(0) as usize
    }

    /// Whether an event that happens once in `times` happens now.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// What a store should hold: a plain map per table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model(BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>);

impl Default for Model {
    fn default() -> Self {
        Self::new()
    }
}

impl Model {
    /// A model that holds nothing.
    pub fn new() -> Self {
        Model(Table::ALL.map(|table| (table, BTreeMap::new())).into())
    }

    /// Applies a batch; answers whether its expectation held. When it did not, nothing changes.
    pub fn commit(&mut self, batch: &Batch) -> bool {
        if batch.expect_journal_end.as_ref().is_some_and(|expected| *expected != self.journal_end()) {
            return false;
        }
        let holds = |table: &Table, key: &[u8]| self.0.get(table).and_then(|map| map.get(key)).cloned();
        if batch.expect_values.iter().any(|(table, key, expected)| holds(table, key) != *expected) {
            return false;
        }
        for table in Table::ALL {
            let map = self.0.entry(table).or_default();
            for (key, value) in batch.table(table) {
                match value {
                    Some(value) => map.insert(key.clone(), value.clone()),
                    None => map.remove(key),
                };
            }
        }
        true
    }

    /// The last key of the journal.
    pub fn journal_end(&self) -> Option<Vec<u8>> {
        self.0.get(&Table::Journal)?.last_key_value().map(|(key, _)| key.clone())
    }

    /// Everything in one table.
    pub fn table(&self, table: Table) -> Option<&BTreeMap<Vec<u8>, Vec<u8>>> {
        self.0.get(&table)
    }

    /// What a cursor should visit.
    pub fn range(&self, table: Table, range: &Range, direction: Direction) -> Entries {
        let entries = self.0.get(&table).into_iter().flatten().filter(|(key, _)| range.contains(key));
        let mut entries: Vec<_> = entries.map(|(key, value)| (key.clone(), value.clone())).collect();
        if direction == Direction::Backward {
            entries.reverse();
        }
        entries
    }

    /// Reads a whole snapshot into a model, to compare with another.
    pub fn read(snapshot: &dyn Snapshot) -> Result<Model, StoreError> {
        let mut model = Model::new();
        for table in Table::ALL {
            let entries = walk(&mut *snapshot.range(table, Range::all(), Direction::Forward)?)?;
            model.0.insert(table, entries.into_iter().collect());
        }
        Ok(model)
    }
}

/// A random batch over few keys, so that batches meet: short and long keys, empty keys and values,
/// removals of what is not there. It expects nothing.
pub fn random_batch(dice: &mut Dice) -> Batch {
    let mut batch = Batch::new();
    let writes = if dice.once_in(8) { 200 } else { dice.below(12) };
    for _ in 0..writes {
        let table = random_table(dice);
        let key = random_key(dice);
        if dice.once_in(3) {
            batch.delete(table, key);
        } else {
            let length = if dice.once_in(40) { 20_000 } else { dice.below(60) };
            batch.put(table, key, vec![dice.below(256) as u8; length]);
        }
    }
    batch
}

pub(super) fn random_table(dice: &mut Dice) -> Table {
    let tables = &Table::ALL;
    tables.get(dice.below(tables.len())).copied().unwrap_or(Table::Meta)
}

pub(super) fn random_key(dice: &mut Dice) -> Vec<u8> {
    let length = if dice.once_in(20) { 300 } else { dice.below(4) };
    // The bytes where an order that is not the order of bytes would show.
    let mut key: Vec<u8> =
        (0..length.min(4)).map(|_| *[0, 1, 0x7f, 0x80, 0xff].get(dice.below(5)).unwrap_or(&2)).collect();
    key.resize(length, 7);
    key
}

fn random_bound(dice: &mut Dice) -> Bound<Vec<u8>> {
    match dice.below(5) {
        0 => Bound::Unbounded,
        1 | 2 => Bound::Included(random_key(dice)),
        _ => Bound::Excluded(random_key(dice)),
    }
}

pub(super) fn random_range(dice: &mut Dice) -> Range {
    if dice.once_in(4) {
        Range::prefix(&random_key(dice))
    } else {
        Range { from: random_bound(dice), to: random_bound(dice) }
    }
}

pub(super) fn walk(cursor: &mut dyn Cursor) -> Result<Entries, StoreError> {
    let mut entries = Vec::new();
    while cursor.step()? {
        entries.push((cursor.key().to_vec(), cursor.value().to_vec()));
    }
    Ok(entries)
}
