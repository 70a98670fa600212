//! The store that keeps everything in memory: for tests, simulations and hosts that need no file.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::map::{Bytes, Map, Walk};
use super::{Batch, Cursor, Direction, PerTable, Range, Snapshot, Store, StoreError, Table};

/// A store in memory over persistent ordered maps.
///
/// A snapshot costs a few reference counts whatever the size, and never waits for a commit.
/// Nothing survives the last handle.
///
/// ```
/// use crm_core::store::{Batch, MemoryStore, Store, Table};
/// let store = MemoryStore::new();
/// let before = store.snapshot()?;
/// let mut batch = Batch::new();
/// batch.put(Table::Meta, b"key".to_vec(), b"value".to_vec());
/// store.commit(&batch)?;
/// assert_eq!(before.get(Table::Meta, b"key")?, None);
/// assert_eq!(store.snapshot()?.get(Table::Meta, b"key")?, Some(b"value".to_vec()));
/// # Ok::<(), crm_core::store::StoreError>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    committed: RwLock<Arc<Tables>>,
    /// Held through a commit, so that `committed` is locked for the exchange alone.
    writer: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Tables(PerTable<Map>);

impl Default for Tables {
    fn default() -> Self {
        Tables(PerTable::new(|_| Map::new_sync()))
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn committed(&self) -> Arc<Tables> {
        // The exchange below can't stop halfway, so a poisoned lock still guards a whole state.
        self.committed.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        Ok(self.committed())
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let _writing = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Tables::clone(&self.committed());
        if let Some(expected) = &batch.expect_journal_end {
            let end = next.0.of(Table::Journal).last().map(|(key, _)| &**key);
            if end != expected.as_deref() {
                return Err(StoreError::Moved);
            }
        }
        for (table, key, expected) in &batch.expect_values {
            if next.0.of(*table).get(key.as_slice()).map(|value| &**value) != expected.as_deref() {
                return Err(StoreError::Moved);
            }
        }
        for table in Table::ALL {
            let map = next.0.of_mut(table);
            for (key, value) in batch.table(table) {
                match value {
                    Some(value) => map.insert_mut(key.as_slice().into(), value.as_slice().into()),
                    None => {
                        map.remove_mut(key.as_slice());
                    }
                }
            }
        }
        *self.committed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }
}

impl Snapshot for Tables {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.of(table).get(key).map(|value| value.to_vec()))
    }

    fn look(&self, table: Table, key: &[u8], see: &mut dyn FnMut(&[u8])) -> Result<bool, StoreError> {
        Ok(self.0.of(table).get(key).map(|value| see(value)).is_some())
    }

    fn range(&self, table: Table, range: Range, direction: Direction) -> Result<Box<dyn Cursor>, StoreError> {
        Ok(Box::new(MapCursor { walk: Walk::new(self.0.of(table).clone(), range, direction), at: None }))
    }
}

struct MapCursor {
    walk: Walk<Map>,
    at: Option<(Bytes, Bytes)>,
}

impl Cursor for MapCursor {
    fn step(&mut self) -> Result<bool, StoreError> {
        self.at = self.walk.next();
        Ok(self.at.is_some())
    }

    fn key(&self) -> &[u8] {
        self.at.as_ref().map_or(&[], |(key, _)| key)
    }

    fn value(&self) -> &[u8] {
        self.at.as_ref().map_or(&[], |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_store_keeps_the_laws() {
        crate::store::conformance::check(&|| Arc::new(MemoryStore::new()), None);
    }
}
