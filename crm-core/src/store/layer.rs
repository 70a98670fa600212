//! Writes that lie over what a store holds.

use std::cmp::Ordering;

use super::map::{Bytes, Map, Walk};
use super::{Batch, Cursor, Direction, Range, StoreError, Table};

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
#[derive(Clone, Debug)]
pub struct Layer([Map<Option<Bytes>>; Table::ALL.len()]);

impl Default for Layer {
    fn default() -> Self {
        Layer(Table::ALL.map(|_| Map::new_sync()))
    }
}

impl Layer {
    /// A layer that hides nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Map::is_empty)
    }

    /// Writes a value under a key, or removes the key.
    pub fn put(&mut self, table: Table, key: &[u8], value: Option<&[u8]>) {
        self.map_mut(table).insert_mut(key.into(), value.map(Bytes::from));
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
        self.map(table).get(key).map(Option::as_deref)
    }

    /// The writes to a table in the order of their keys; `None` removes.
    pub fn writes(&self, table: Table) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.map(table).iter().map(|(key, value)| (&**key, value.as_deref()))
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
        let map = self.map(table);
        if map.is_empty() {
            return below;
        }
        merged(Walk::new(map.clone(), range, direction), below, direction)
    }

    fn map(&self, table: Table) -> &Map<Option<Bytes>> {
        let [records, index, unique, journal, due, meta] = &self.0;
        match table {
            Table::Records => records,
            Table::Index => index,
            Table::Unique => unique,
            Table::Journal => journal,
            Table::Due => due,
            Table::Meta => meta,
        }
    }

    fn map_mut(&mut self, table: Table) -> &mut Map<Option<Bytes>> {
        let [records, index, unique, journal, due, meta] = &mut self.0;
        match table {
            Table::Records => records,
            Table::Index => index,
            Table::Unique => unique,
            Table::Journal => journal,
            Table::Due => due,
            Table::Meta => meta,
        }
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
