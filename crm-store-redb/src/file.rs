//! The open file: redb's handle of its pages, and the log in front of them.

use crm_core::store::{Batch, StoreError, Table};
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, TableError, WriteTransaction,
};

use crate::definition;
use crate::failure::{failed, guarded};
use crate::log::{Log, Mark, Place};

/// The last batch that the pages hold, as the bytes of its mark under an empty key.
const STORED: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("log");

/// What is open. Closing writes to the file, so it is guarded as all else.
#[derive(Debug)]
pub(crate) struct OpenFile {
    db: Option<Database>,
    /// `None` when each commit writes its pages.
    log: Option<Log>,
    /// Whether pages carry the list of free ones.
    quick_reopen: bool,
}

/// A batch written into a transaction, which is still to be committed.
pub(crate) struct Written(WriteTransaction);

impl OpenFile {
    /// Takes what was opened, and shows again what the log holds beyond the pages.
    pub(crate) fn new(db: Database, log: Option<Log>, quick_reopen: bool) -> Result<Self, StoreError> {
        let file = OpenFile { db: Some(db), log, quick_reopen };
        if let Some(log) = &file.log {
            log.make().map_err(|error| StoreError::Io(Box::new(error)))?;
            let (batch, place) = log.recover(file.stored()?)?;
            if !batch.is_empty() {
                let mut transaction = file.get()?.begin_write().map_err(failed)?;
                write(&transaction, &batch)?;
                transaction.set_durability(Durability::None).map_err(failed)?;
                transaction.commit().map_err(failed)?;
            }
            // Only now may closing take the log's batches for stored.
            *log.place() = place;
        }
        Ok(file)
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
        match self.get()?.begin_read().map_err(failed)?.open_table(STORED) {
            Ok(table) => {
                let stored = table.get(&[][..]).map_err(failed)?;
                let mark = stored.map_or(Some(Mark::default()), |stored| Mark::read(stored.value()));
                mark.ok_or_else(|| StoreError::Corrupt("the mark of the last batch is damaged".into()))
            }
            Err(TableError::TableDoesNotExist(_)) => Ok(Mark::default()),
            Err(error) => Err(failed(error)),
        }
    }

    /// Writes the batch into a transaction, unless its expectation does not hold or there is nothing to write.
    pub(crate) fn prepare(&self, batch: &Batch) -> Result<Option<Written>, StoreError> {
        let transaction = self.get()?.begin_write().map_err(failed)?;
        expect(&transaction, batch)?;
        if batch.is_empty() {
            return Ok(None);
        }
        write(&transaction, batch)?;
        Ok(Some(Written(transaction)))
    }

    /// Makes a written batch durable: in the log when it fits there, else in the pages.
    pub(crate) fn commit(&self, Written(mut transaction): Written, batch: &Batch) -> Result<(), StoreError> {
        let Some(log) = &self.log else { return self.commit_pages(transaction) };
        // redb has one writer at a time, who alone comes here.
        let mut place = log.place();
        let Some((mark, piece)) = log.piece(&place, batch) else {
            return self.commit_all(transaction, &mut place);
        };
        transaction.set_durability(Durability::None).map_err(failed)?;
        let unknown = |error| StoreError::Unknown(Box::new(error));
        log.append(&mut place, mark, &piece).map_err(unknown)?;
        // Whatever happens here, the log has the batch; a commit that failed lets redb do no more.
        transaction.commit().map_err(|error| StoreError::Unknown(Box::new(error)))
    }

    /// Writes the pages and begins the log anew. The transaction holds a batch of its own, or nothing.
    fn commit_all(&self, transaction: WriteTransaction, place: &mut Place) -> Result<(), StoreError> {
        let last = Mark { number: place.last.number.saturating_add(1), ..place.last };
        let mut stored = transaction.open_table(STORED).map_err(failed)?;
        stored.insert(&[][..], &last.bytes()[..]).map_err(failed)?;
        drop(stored);
        self.commit_pages(transaction)?;
        *place = Place { filled: 0, last };
        Ok(())
    }

    fn commit_pages(&self, mut transaction: WriteTransaction) -> Result<(), StoreError> {
        transaction.set_quick_repair(self.quick_reopen);
        // What the log begins anew for must not rest on a flush that may have failed.
        transaction.set_two_phase_commit(self.log.is_some());
        commit(transaction)
    }

    /// Brings into the pages what only the log holds.
    fn settle(&self) -> Result<(), StoreError> {
        let (Some(log), Some(db)) = (&self.log, &self.db) else { return Ok(()) };
        let transaction = db.begin_write().map_err(failed)?;
        let mut place = log.place();
        if place.filled == 0 {
            return transaction.abort().map_err(failed);
        }
        self.commit_all(transaction, &mut place)
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

/// Checks what the batch expects of the journal's end, and of the values of keys.
fn expect(transaction: &WriteTransaction, batch: &Batch) -> Result<(), StoreError> {
    for (table, key, expected) in &batch.expect_values {
        let table = transaction.open_table(definition(*table)).map_err(failed)?;
        let held = table.get(key.as_slice()).map_err(failed)?;
        if held.as_ref().map(|value| value.value()) != expected.as_deref() {
            return Err(StoreError::Moved);
        }
    }
    let Some(expected) = &batch.expect_journal_end else { return Ok(()) };
    let journal = transaction.open_table(definition(Table::Journal)).map_err(failed)?;
    let end = journal.last().map_err(failed)?;
    match end.as_ref().map(|(key, _)| key.value()) == expected.as_deref() {
        true => Ok(()),
        false => Err(StoreError::Moved),
    }
}

fn write(transaction: &WriteTransaction, batch: &Batch) -> Result<(), StoreError> {
    for table in Table::ALL {
        let writes = batch.table(table);
        if writes.is_empty() {
            continue;
        }
        let mut open = transaction.open_table(definition(table)).map_err(failed)?;
        for (key, value) in writes {
            match value {
                Some(value) => open.insert(key.as_slice(), value.as_slice()).map_err(failed)?,
                None => open.remove(key.as_slice()).map_err(failed)?,
            };
        }
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
