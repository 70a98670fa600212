//! Writes that lie over what a store holds.

use std::cmp::Ordering;
use std::sync::Arc;

use super::map::{Bytes, Walk, Writes};
use super::{Batch, Cursor, Direction, PerTable, Range, StoreError, Table};

/// How many of a table's newest writes are kept apart: what a write copies at most as long as
/// somebody holds the layer as it was; the others are copied once in so many.
const NEWEST: usize = 512;

/// Writes that a backend keeps in memory over its pages, and has not brought into them yet.
///
/// A copy costs a few reference counts whatever the size, so that a snapshot takes one along.
///
/// ```
/// use crm_core::store::{Layer, Table};
/// let mut layer = Layer::new();
/// layer.put(Table::Meta, b"new", Some(b"value"));
/// layer.put(Table::Meta, b"gone", None);
/// assert_eq!(layer.get(Table::Meta, b"new"), Some(Some(&b"value"[..])));
/// assert_eq!(layer.get(Table::Meta, b"gone"), Some(None));
/// assert_eq!(layer.get(Table::Meta, b"below"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Layer(PerTable<Level>);

/// The writes to one table.
#[derive(Clone, Debug, Default)]
struct Level {
    /// They hide the others.
    newest: Writes,
    others: Writes,
}

impl Level {
    fn put(&mut self, key: Bytes, value: Option<Bytes>) {
        Arc::make_mut(&mut self.newest).insert(key, value);
        if self.newest.len() > NEWEST {
            Arc::make_mut(&mut self.others).extend(Arc::unwrap_or_clone(std::mem::take(&mut self.newest)));
        }
    }
}

impl Layer {
    /// A layer that hides nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|level| level.newest.is_empty() && level.others.is_empty())
    }

    /// Writes a value under a key, or removes the key.
    pub fn put(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) {
        self.0.of_mut(table).put(key.into(), value.map(Bytes::from));
    }

    /// Writes all of a batch.
    pub fn write(&mut self, batch: &Batch) {
        for table in Table::ALL {
            for (key, value) in batch.table(table) {
                self.put(table, key, value.as_deref());
            }
        }
    }

    /// What was written under a key: a value, `Some(None)` when it was removed, `None` when nothing was.
    pub fn get(&self, table: Table, key: &[u8]) -> Option<Option<&[u8]>> {
        let level = self.0.of(table);
        level.newest.get(key).or_else(|| level.others.get(key)).map(Option::as_deref)
    }

    /// The writes to a table in the order of their keys; `None` removes.
    pub fn writes(&self, table: Table) -> Vec<(&[u8], Option<&[u8]>)> {
        let level = self.0.of(table);
        let both = level.others.iter().chain(level.newest.iter());
        let mut writes: Vec<_> = both.map(|(key, value)| (&**key, value.as_deref())).collect();
        // Of two under one key the newest stands behind, and stays.
        writes.sort_by_key(|(key, _)| *key);
        writes.dedup_by(|newest, other| {
            let same = newest.0 == other.0;
            if same {
                other.1 = newest.1;
            }
            same
        });
        writes
    }

    /// A cursor over a range of what is seen with this layer over `below`, a cursor over the same range of the same
    /// table in the same direction.
    pub fn over(
        &self,
        table: Table,
        range: Range,
        direction: Direction,
        below: Box<dyn Cursor>,
    ) -> Box<dyn Cursor> {
        let level = self.0.of(table);
        [&level.others, &level.newest].into_iter().fold(below, |below, writes| {
            if writes.is_empty() {
                return below;
            }
            merged(Walk::new(writes.clone(), range.clone(), direction), below, direction)
        })
    }
}

/// Writes, in the order in which `below` walks, over what is below.
pub(crate) fn merged<K, V, W>(writes: W, below: Box<dyn Cursor>, direction: Direction) -> Box<dyn Cursor>
where
    K: AsRef<[u8]> + Send + 'static,
    V: AsRef<[u8]> + Send + 'static,
    W: Iterator<Item = (K, Option<V>)> + Send + 'static,
{
    let mut writes = writes.peekable();
    if writes.peek().is_none() {
        return below;
    }
    Box::new(Merged { writes, below, below_waits: false, direction, at: At::Nothing })
}

struct Merged<K, V, W: Iterator<Item = (K, Option<V>)>> {
    writes: std::iter::Peekable<W>,
    below: Box<dyn Cursor>,
    /// Whether `below` stands on a key that wasn't given out yet.
    below_waits: bool,
    direction: Direction,
    at: At<K, V>,
}

/// What a merged cursor stands on.
enum At<K, V> {
    Nothing,
    Write(K, V),
    Below,
}

impl<K, V, W> Cursor for Merged<K, V, W>
where
    K: AsRef<[u8]> + Send,
    V: AsRef<[u8]> + Send,
    W: Iterator<Item = (K, Option<V>)> + Send,
{
    fn step(&mut self) -> Result<bool, StoreError> {
        self.at = At::Nothing;
        loop {
            self.below_waits = self.below_waits || self.below.step()?;
            let order = match (self.writes.peek(), self.below_waits) {
                (None, false) => return Ok(false),
                (None, true) => Ordering::Greater,
                (Some(_), false) => Ordering::Less,
                (Some((key, _)), true) => match self.direction {
                    Direction::Forward => key.as_ref().cmp(self.below.key()),
                    Direction::Backward => self.below.key().cmp(key.as_ref()),
                },
            };
            // A write hides what lies below it.
            self.below_waits &= order == Ordering::Less;
            if order == Ordering::Greater {
                self.at = At::Below;
                return Ok(true);
            }
            if let Some((key, Some(value))) = self.writes.next() {
                self.at = At::Write(key, value);
                return Ok(true);
            }
        }
    }

    fn key(&self) -> &[u8] {
        match &self.at {
            At::Nothing => &[],
            At::Write(key, _) => key.as_ref(),
            At::Below => self.below.key(),
        }
    }

    fn value(&self) -> &[u8] {
        match &self.at {
            At::Nothing => &[],
            At::Write(_, value) => value.as_ref(),
            At::Below => self.below.value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::store::{MemoryStore, Store};

    fn read(mut cursor: Box<dyn Cursor>) -> Vec<(u16, u8)> {
        let mut found = Vec::new();
        while cursor.step().unwrap() {
            found.push((u16::from_be_bytes(cursor.key().try_into().unwrap()), cursor.value()[0]));
        }
        assert!(cursor.key().is_empty() && !cursor.step().unwrap());
        found
    }

    proptest! {
        /// A layer over a store reads as one map; a copy of it stays as it was.
        #[test]
        fn a_layer_and_what_is_below_are_one_map(
            below in prop::collection::btree_map(0..2_000u16, any::<u8>(), 0..40),
            writes in prop::collection::vec((0..2_000u16, any::<Option<u8>>()), 0..1_500),
            copied in 0..1_500usize,
            from in 0..2_000u16,
            length in 0..2_000u16,
        ) {
            let store = MemoryStore::new();
            let mut batch = Batch::new();
            for (key, value) in &below {
                batch.put(Table::Meta, key.to_be_bytes().to_vec(), vec![*value]);
            }
            store.commit(&batch).unwrap();
            let (mut layer, mut model) = (Layer::new(), below);
            let mut copy = (layer.clone(), model.clone());
            for (place, (key, value)) in writes.iter().enumerate() {
                if place == copied {
                    copy = (layer.clone(), model.clone());
                }
                layer.put(Table::Meta, &key.to_be_bytes(), value.as_ref().map(std::slice::from_ref));
                match value {
                    Some(value) => drop(model.insert(*key, *value)),
                    None => drop(model.remove(key)),
                }
            }
            let last: BTreeMap<u16, Option<u8>> = writes.iter().copied().collect();
            let written: Vec<_> = layer.writes(Table::Meta).into_iter().map(|(key, value)| {
                (u16::from_be_bytes(key.try_into().unwrap()), value.map(|value| value[0]))
            }).collect();
            prop_assert_eq!(written, last.into_iter().collect::<Vec<_>>());
            let to = from.saturating_add(length);
            for (layer, model) in [(layer, model), copy] {
                for range in [from..=to, 0..=u16::MAX] {
                    let asked = || Range {
                        from: std::ops::Bound::Included(range.start().to_be_bytes().to_vec()),
                        to: std::ops::Bound::Included(range.end().to_be_bytes().to_vec()),
                    };
                    let mut expected: Vec<_> =
                        model.range(range.clone()).map(|(key, value)| (*key, *value)).collect();
                    for direction in [Direction::Forward, Direction::Backward] {
                        let below = store.snapshot().unwrap().range(Table::Meta, asked(), direction).unwrap();
                        let found = read(layer.over(Table::Meta, asked(), direction, below));
                        prop_assert_eq!(&found, &expected);
                        expected.reverse();
                    }
                }
            }
        }
    }
}
