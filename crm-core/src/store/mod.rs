//! What a host provides to keep bytes: an ordered, transactional key space.
//!
//! A store knows nothing of records. It holds six tables of byte keys and byte values, hands out
//! snapshots, and commits a [`Batch`] whole or not at all. Records, indexes, unique keys, the
//! journal and due work are built on it once, in this crate, so that a new backend gets all of
//! them. [`conformance`] checks a backend from one test.

pub mod conformance;
mod layer;
mod map;
mod memory;
mod per_table;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

pub use layer::Layer;
pub(crate) use layer::merged;
pub use memory::MemoryStore;
pub use per_table::PerTable;

/// The tables of a store, by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// Records: kind, id → stored form.
    Records = 0,
    /// Secondary indexes: index, key parts, id → covered values.
    Index = 1,
    /// Unique keys: index, key parts → id.
    Unique = 2,
    /// The journal: position → entry.
    Journal = 3,
    /// Due work: instant, id → what is due.
    Due = 4,
    /// Everything about the file itself: format, fingerprints, counters, idempotency keys.
    Meta = 5,
}

impl Table {
    /// All tables, in the order of their numbers.
    pub const ALL: [Table; 6] =
        [Table::Records, Table::Index, Table::Unique, Table::Journal, Table::Due, Table::Meta];

    /// The table's name, as a backend may store it.
    pub const fn name(self) -> &'static str {
        match self {
            Table::Records => "records",
            Table::Index => "index",
            Table::Unique => "unique",
            Table::Journal => "journal",
            Table::Due => "due",
            Table::Meta => "meta",
        }
    }
}

/// Which way a cursor walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the least key up.
    Forward,
    /// From the greatest key down.
    Backward,
}

/// The keys that a cursor visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least key, or none.
    pub from: Bound<Vec<u8>>,
    /// The greatest key, or none.
    pub to: Bound<Vec<u8>>,
}

impl Range {
    /// Every key of a table.
    pub fn all() -> Self {
        Range { from: Bound::Unbounded, to: Bound::Unbounded }
    }

    /// Every key that starts with `prefix`.
    ///
    /// ```
    /// use crm_core::store::Range;
    /// use std::ops::Bound;
    /// assert_eq!(Range::prefix(&[1, 255]).to, Bound::Excluded(vec![2]));
    /// ```
    pub fn prefix(prefix: &[u8]) -> Self {
        Range { from: Bound::Included(prefix.to_vec()), to: after_prefix(prefix) }
    }

    /// Whether a key lies in the range.
    pub fn contains(&self, key: &[u8]) -> bool {
        let low = match &self.from {
            Bound::Unbounded => true,
            Bound::Included(from) => key >= from.as_slice(),
            Bound::Excluded(from) => key > from.as_slice(),
        };
        let high = match &self.to {
            Bound::Unbounded => true,
            Bound::Included(to) => key <= to.as_slice(),
            Bound::Excluded(to) => key < to.as_slice(),
        };
        low && high
    }

    /// Whether no key can lie in the range (its bounds cross).
    pub fn is_empty(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Excluded(to))
            | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
            _ => false,
        }
    }
}

/// The bound just after every key that starts with `prefix`.
pub fn after_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}

/// An ordered, transactional key space.
///
/// Two threads may call any method at once. A backend that several processes share checks the
/// batch's expectations inside its own transaction.
pub trait Store: Send + Sync + 'static {
    /// The backend's name, for messages and `explain`.
    fn name(&self) -> &'static str;

    /// A view of everything committed so far, unmoved by later commits.
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError>;

    /// Writes a batch whole or not at all, and returns once it is durable.
    ///
    /// # Errors
    /// [`StoreError::Moved`] when one of the batch's expectations does not hold: nothing was written.
    /// [`StoreError::Unknown`] when the outcome can't be known: the caller must reopen the store.
    /// Any other error: nothing was written.
    fn commit(&self, batch: &Batch) -> Result<(), StoreError>;
}

/// One unmoving view of a store.
pub trait Snapshot: Send + Sync {
    /// The value under a key.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows the value under a key to `see` without copying it; answers whether there was one.
    fn look(&self, table: Table, key: &[u8], see: &mut dyn FnMut(&[u8])) -> Result<bool, StoreError> {
        Ok(match self.get(table, key)? {
            Some(value) => {
                see(&value);
                true
            }
            None => false,
        })
    }

    /// A cursor over a range of keys, standing before the first.
    ///
    /// The cursor keeps what it needs of the snapshot alive.
    fn range(&self, table: Table, range: Range, direction: Direction) -> Result<Box<dyn Cursor>, StoreError>;
}

/// Walks over keys; lends each key and value until the next step.
pub trait Cursor: Send {
    /// Goes to the next key; answers false at the end, and stays there.
    fn step(&mut self) -> Result<bool, StoreError>;

    /// The key the cursor stands on; empty before the first step and after the end.
    fn key(&self) -> &[u8];

    /// The value the cursor stands on; empty before the first step and after the end.
    fn value(&self) -> &[u8];
}

/// What one commit writes: an ordered map per table, one write per key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    tables: PerTable<BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
    /// The last key that [`Table::Journal`] must hold before the commit (`Some(None)`: the table
    /// must be empty), or `None` when nothing is expected.
    pub expect_journal_end: Option<Option<Vec<u8>>>,
    /// What keys must hold before the commit (`None`: the key must not be there).
    pub expect_values: Vec<(Table, Vec<u8>, Option<Vec<u8>>)>,
}

impl Batch {
    /// A batch that writes nothing and expects nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a value under a key.
    pub fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        self.table_mut(table).insert(key, Some(value));
    }

    /// Removes a key.
    pub fn delete(&mut self, table: Table, key: Vec<u8>) {
        self.table_mut(table).insert(key, None);
    }

    /// The writes to one table, in the order of their keys; `None` removes.
    pub fn table(&self, table: Table) -> &BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        self.tables.of(table)
    }

    /// The writes to one table, to add to.
    pub fn table_mut(&mut self, table: Table) -> &mut BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        self.tables.of_mut(table)
    }

    /// Whether the batch writes nothing.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(BTreeMap::is_empty)
    }

    /// How many keys the batch writes.
    pub fn len(&self) -> usize {
        self.tables.iter().map(BTreeMap::len).sum()
    }

    /// How many bytes of keys and values the batch carries.
    pub fn bytes(&self) -> usize {
        self.tables.iter().flatten().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum()
    }
}

/// What can go wrong in a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// What the batch expected did not hold; nothing was written.
    #[error("another writer came first")]
    Moved,
    /// The commit failed in a way that leaves its outcome open.
    #[error("the commit's outcome is unknown: {0}")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file is not a file of this engine, or is damaged.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The file is in use by another process.
    #[error("the store is open in another process")]
    InUse,
    /// Reading or writing failed; nothing was written.
    #[error("the store failed: {0}")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
}
