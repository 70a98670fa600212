//! The open file: redb's handle of its pages, the log in front of them, and what only the log holds.

use std::sync::{Arc, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};

use crm_core::store::{Batch, Direction, Layer, Range, Snapshot, StoreError, Table};
use redb::{Database, ReadTransaction, ReadableDatabase, TableDefinition, TableError, WriteTransaction};

use crate::definition;
use crate::failure::{failed, guarded};
use crate::log::{Log, Mark, Place};
use crate::snapshot::RedbSnapshot;

/// The last batch that the pages hold, as the bytes of its mark under an empty key.
const STORED: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("log");

/// What is open. Closing writes to the file, so it is guarded as all else.
#[derive(Debug)]
pub(crate) struct OpenFile {
    db: Option<Database>,
    /// `None` when each commit writes its pages.
    log: Option<Log>,
    recent: RwLock<Recent>,
    /// Whether pages carry the list of free ones.
    quick_reopen: bool,
}

/// What the log holds and the pages don't.
#[derive(Debug, Default)]
struct Recent {
    layer: Layer,
    /// The number of the last batch in the layer, while that goes into the pages. It is emptied after these are
    /// committed; who comes between asks the pages how far they go, for a later batch may be in them, too.
    settling: Option<u64>,
}

/// A batch that is still to be committed.
pub(crate) enum Written<'a> {
    /// A piece of the log, which is held.
    Piece(MutexGuard<'a, Place>, Mark, Vec<u8>),
    /// A transaction, with what the log held when there is one.
    Pages(Option<MutexGuard<'a, Place>>, Box<WriteTransaction>),
}

impl OpenFile {
    /// Takes what was opened, and shows again what the log holds beyond the pages.
    pub(crate) fn new(db: Database, log: Option<Log>, quick_reopen: bool) -> Result<Self, StoreError> {
        let mut file = OpenFile { db: Some(db), log, recent: RwLock::default(), quick_reopen };
        let Some(log) = &file.log else { return Ok(file) };
        log.make().map_err(|error| StoreError::Io(Box::new(error)))?;
        let (recent, place) = log.recover(file.stored()?)?;
        // Only with what it holds may closing take the log's batches for stored.
        *log.place() = place;
        file.recent = RwLock::new(Recent { layer: recent, settling: None });
        Ok(file)
    }

    /// The pages as committed last, under what the log holds beyond them.
    pub(crate) fn snapshot(self: &Arc<Self>) -> Result<RedbSnapshot, StoreError> {
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        let transaction = self.get()?.begin_read().map_err(failed)?;
        let layer = match recent.settling {
            Some(last) if stored(&transaction)?.number > last => Layer::new(),
            _ => recent.layer.clone(),
        };
        Ok(RedbSnapshot::new(layer, transaction, self.clone()))
    }

    pub(crate) fn get(&self) -> Result<&Database, StoreError> {
        self.db.as_ref().ok_or_else(closed)
    }

    /// Moves pages together; what the log held is overwritten, so that nothing deleted lingers.
    pub(crate) fn compact(&mut self) -> Result<bool, StoreError> {
        self.settle()?;
        let moved = self.db.as_mut().ok_or_else(closed)?.compact().map_err(failed)?;
        let cleared = self.log.as_ref().map_or(Ok(()), Log::clear);
        cleared.map_err(|error| StoreError::Io(Box::new(error)))?;
        Ok(moved)
    }

    /// Verifies every page.
    pub(crate) fn check_integrity(&mut self) -> Result<bool, StoreError> {
        self.settle()?;
        let before = self.stored()?;
        let sound = self.db.as_mut().ok_or_else(closed)?.check_integrity().map_err(failed)?;
        match self.stored()? == before {
            true => Ok(sound),
            // redb went back to an earlier commit, which the log doesn't know of any more.
            false => Err(StoreError::Corrupt("the newest pages are damaged".into())),
        }
    }

    fn stored(&self) -> Result<Mark, StoreError> {
        stored(&self.get()?.begin_read().map_err(failed)?)
    }

    /// Makes a batch ready to be committed, unless its expectation does not hold or there is nothing to write:
    /// for the log when it fits there, else for the pages.
    pub(crate) fn prepare(self: &Arc<Self>, batch: &Batch) -> Result<Option<Written<'_>>, StoreError> {
        let begin = || self.get()?.begin_write().map_err(failed);
        // Who holds the log's place, or a transaction, is the only writer.
        let Some(log) = &self.log else {
            let transaction = begin()?;
            self.expect(batch)?;
            write(&transaction, batch)?;
            return Ok((!batch.is_empty()).then_some(Written::Pages(None, Box::new(transaction))));
        };
        let place = log.place();
        self.expect(batch)?;
        if batch.is_empty() {
            return Ok(None);
        }
        if let Some((mark, piece)) = log.piece(&place, batch) {
            return Ok(Some(Written::Piece(place, mark, piece)));
        }
        let transaction = begin()?;
        write_layer(&transaction, &self.recent())?;
        write(&transaction, batch)?;
        Ok(Some(Written::Pages(Some(place), Box::new(transaction))))
    }

    /// Makes a prepared batch durable.
    pub(crate) fn commit(&self, written: Written<'_>, batch: &Batch) -> Result<(), StoreError> {
        match (written, &self.log) {
            (Written::Piece(mut place, mark, piece), Some(log)) => {
                let unknown = |error| StoreError::Unknown(Box::new(error));
                log.append(&mut place, mark, &piece).map_err(unknown)?;
                self.recent_mut().layer.write(batch);
                Ok(())
            }
            (Written::Pages(Some(mut place), transaction), _) => self.commit_all(*transaction, &mut place),
            (Written::Pages(None, transaction), _) => self.commit_pages(*transaction),
            (Written::Piece(..), None) => Err(closed()),
        }
    }

    /// Writes the pages and begins the log anew. The transaction holds what the log held, and perhaps more.
    fn commit_all(&self, transaction: WriteTransaction, place: &mut Place) -> Result<(), StoreError> {
        let last = Mark { number: place.last.number.saturating_add(1), ..place.last };
        let mut stored = transaction.open_table(STORED).map_err(failed)?;
        stored.insert(&[][..], &last.bytes()[..]).map_err(failed)?;
        drop(stored);
        self.recent_mut().settling = Some(place.last.number);
        self.commit_pages(transaction)?;
        *place = Place { filled: 0, last };
        *self.recent_mut() = Recent::default();
        Ok(())
    }

    fn commit_pages(&self, mut transaction: WriteTransaction) -> Result<(), StoreError> {
        transaction.set_quick_repair(self.quick_reopen);
        // What the log begins anew for must not rest on a flush that may have failed.
        transaction.set_two_phase_commit(self.log.is_some());
        commit(transaction)
    }

    /// Brings into the pages what only the log holds.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        let (Some(log), Some(db)) = (&self.log, &self.db) else { return Ok(()) };
        let mut place = log.place();
        if place.filled == 0 {
            return Ok(());
        }
        let transaction = db.begin_write().map_err(failed)?;
        write_layer(&transaction, &self.recent())?;
        self.commit_all(transaction, &mut place)
    }

    fn recent(&self) -> Layer {
        self.recent.read().unwrap_or_else(PoisonError::into_inner).layer.clone()
    }

    fn recent_mut(&self) -> RwLockWriteGuard<'_, Recent> {
        self.recent.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks what the batch expects of the journal's end, and of the values of keys.
    fn expect(self: &Arc<Self>, batch: &Batch) -> Result<(), StoreError> {
        if batch.expect_journal_end.is_none() && batch.expect_values.is_empty() {
            return Ok(());
        }
        let now = self.snapshot()?;
        for (table, key, expected) in &batch.expect_values {
            if now.get(*table, key)? != *expected {
                return Err(StoreError::Moved);
            }
        }
        let Some(expected) = &batch.expect_journal_end else { return Ok(()) };
        let mut journal = now.range(Table::Journal, Range::all(), Direction::Backward)?;
        let end = journal.step()?.then(|| journal.key());
        if end == expected.as_deref() { Ok(()) } else { Err(StoreError::Moved) }
    }

    pub(crate) fn close(mut self) -> Result<(), StoreError> {
        guarded(|| {
            self.settle()?;
            self.db.take().map_or(Ok(()), |db| db.close().map_err(failed))
        })
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        // What was committed is kept in any case; `RedbStore::close` tells of a failure.
        guarded(|| self.settle()).unwrap_or_default();
        let closed = guarded(|| {
            drop(self.db.take());
            Ok(())
        });
        closed.unwrap_or_default();
    }
}

/// The last batch that the pages of a transaction hold.
fn stored(transaction: &ReadTransaction) -> Result<Mark, StoreError> {
    match transaction.open_table(STORED) {
        Ok(table) => {
            let stored = table.get(&[][..]).map_err(failed)?;
            let mark = stored.map_or(Some(Mark::default()), |stored| Mark::read(stored.value()));
            mark.ok_or_else(|| StoreError::Corrupt("the mark of the last batch is damaged".into()))
        }
        Err(TableError::TableDoesNotExist(_)) => Ok(Mark::default()),
        Err(error) => Err(failed(error)),
    }
}

fn write(transaction: &WriteTransaction, batch: &Batch) -> Result<(), StoreError> {
    for table in Table::ALL {
        let writes = batch.table(table).iter();
        write_table(transaction, table, writes.map(|(key, value)| (key.as_slice(), value.as_deref())))?;
    }
    Ok(())
}

fn write_layer(transaction: &WriteTransaction, layer: &Layer) -> Result<(), StoreError> {
    Table::ALL
        .into_iter()
        .try_for_each(|table| write_table(transaction, table, layer.writes(table).into_iter()))
}

fn write_table<'a>(
    transaction: &WriteTransaction,
    table: Table,
    writes: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>,
) -> Result<(), StoreError> {
    let mut writes = writes.peekable();
    if writes.peek().is_none() {
        return Ok(());
    }
    let mut open = transaction.open_table(definition(table)).map_err(failed)?;
    for (key, value) in writes {
        match value {
            Some(value) => open.insert(key, value).map_err(failed)?,
            None => open.remove(key).map_err(failed)?,
        };
    }
    Ok(())
}

fn commit(transaction: WriteTransaction) -> Result<(), StoreError> {
    transaction.commit().map_err(|error| match error {
        // redb rolled the transaction back.
        error @ redb::CommitError::TransactionPoisoned => StoreError::Io(Box::new(error)),
        error => StoreError::Unknown(Box::new(error)),
    })
}

fn closed() -> StoreError {
    StoreError::Io("the store is closed".into())
}
