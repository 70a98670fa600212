//! Reading: what the log holds over a redb read transaction, and cursors over redb's ranges.

use std::sync::{Arc, OnceLock};

use crm_core::store::{Cursor, Direction, Layer, PerTable, Range, Snapshot, StoreError, Table};
use redb::{AccessGuard, ReadOnlyTable, ReadTransaction, TableError};

use crate::definition;
use crate::failure::{failed, guarded};
use crate::file::OpenFile;

type Bytes = &'static [u8];

/// A read transaction, with the tables that were asked for so far, under what its pages didn't hold yet.
pub(crate) struct RedbSnapshot {
    recent: Layer,
    /// `None` inside when the file has no such table yet.
    tables: PerTable<OnceLock<Option<ReadOnlyTable<Bytes, Bytes>>>>,
    transaction: ReadTransaction,
    /// Last, so that the file closes after everything else here.
    file: Arc<OpenFile>,
}

impl RedbSnapshot {
    pub(crate) fn new(recent: Layer, transaction: ReadTransaction, file: Arc<OpenFile>) -> Self {
        RedbSnapshot { recent, tables: PerTable::default(), transaction, file }
    }

    fn table(&self, table: Table) -> Result<Option<&ReadOnlyTable<Bytes, Bytes>>, StoreError> {
        let slot = self.tables.of(table);
        if let Some(open) = slot.get() {
            return Ok(open.as_ref());
        }
        let open = match self.transaction.open_table(definition(table)) {
            Ok(open) => Some(open),
            Err(TableError::TableDoesNotExist(_)) => None,
            Err(error) => return Err(failed(error)),
        };
        Ok(slot.get_or_init(|| open).as_ref())
    }
}

/// Has redb find the bytes in their page under a guard: it does so each time anew, and panics
/// when a damaged page says that they lie elsewhere.
fn touch(bytes: &AccessGuard<'static, Bytes>) {
    let _ = bytes.value();
}

impl Snapshot for RedbSnapshot {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = None;
        self.look(table, key, &mut |value| found = Some(value.to_vec()))?;
        Ok(found)
    }

    fn look(&self, table: Table, key: &[u8], see: &mut dyn FnMut(&[u8])) -> Result<bool, StoreError> {
        if let Some(recent) = self.recent.get(table, key) {
            recent.inspect(|value| see(value));
            return Ok(recent.is_some());
        }
        let found = guarded(|| {
            let Some(open) = self.table(table)? else { return Ok(None) };
            Ok(open.get(key).map_err(failed)?.inspect(touch))
        })?;
        // Outside the guard: a panic of `see` is not redb's.
        if let Some(value) = &found {
            see(value.value());
        }
        Ok(found.is_some())
    }

    fn range(&self, table: Table, range: Range, direction: Direction) -> Result<Box<dyn Cursor>, StoreError> {
        let rest = guarded(|| match self.table(table)? {
            Some(open) if !range.is_empty() => {
                let from = range.from.as_ref().map(Vec::as_slice);
                let to = range.to.as_ref().map(Vec::as_slice);
                open.range::<&[u8]>((from, to)).map(Some).map_err(failed)
            }
            _ => Ok(None),
        })?;
        let pages = Box::new(RedbCursor { at: None, rest, direction, _file: self.file.clone() });
        Ok(self.recent.over(table, range, direction, pages))
    }
}

/// Walks a redb range; the entry it stands on is lent from redb's page.
struct RedbCursor {
    at: Option<(AccessGuard<'static, Bytes>, AccessGuard<'static, Bytes>)>,
    /// `None` when there is nothing to walk, and after the end.
    rest: Option<redb::Range<'static, Bytes, Bytes>>,
    direction: Direction,
    /// Last, so that the file closes after everything else here.
    _file: Arc<OpenFile>,
}

impl Cursor for RedbCursor {
    fn step(&mut self) -> Result<bool, StoreError> {
        self.at = None;
        let Some(rest) = &mut self.rest else { return Ok(false) };
        let direction = self.direction;
        let next = guarded(|| {
            let next = match direction {
                Direction::Forward => rest.next(),
                Direction::Backward => rest.next_back(),
            };
            let next = next.transpose().map_err(failed)?;
            Ok(next.inspect(|(key, value)| {
                touch(key);
                touch(value);
            }))
        });
        match next {
            Ok(Some(entry)) => self.at = Some(entry),
            Ok(None) => self.rest = None,
            // A range that failed may go on behind a gap.
            Err(error) => {
                self.rest = None;
                return Err(error);
            }
        }
        Ok(self.at.is_some())
    }

    fn key(&self) -> &[u8] {
        self.at.as_ref().map_or(&[], |(key, _)| key.value())
    }

    fn value(&self) -> &[u8] {
        self.at.as_ref().map_or(&[], |(_, value)| value.value())
    }
}
