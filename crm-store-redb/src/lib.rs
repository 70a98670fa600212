//! The embedded store of the CRM engine: one file, a short log of small commits and behind it the
//! pages of [redb](https://docs.rs/redb).
//!
//! redb sees bytes only: six tables of byte keys and byte values, and one for where the log begins. Keys, indexes, encodings and the
//! format's version belong to `crm-core`.
//!
//! ```
//! use crm_core::store::{Batch, Store, Table};
//! use crm_store_redb::RedbStore;
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("crm.redb");
//! let store = RedbStore::open(&path)?;
//! let mut batch = Batch::new();
//! batch.put(Table::Meta, b"key".to_vec(), b"value".to_vec());
//! store.commit(&batch)?; // durable from here on
//! assert_eq!(store.snapshot()?.get(Table::Meta, b"key")?, Some(b"value".to_vec()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backup;
mod failure;
#[cfg(feature = "faults")]
pub mod faults;
mod file;
mod log;
mod snapshot;
mod traffic;

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crm_core::store::{Batch, Snapshot, Store, StoreError, Table};
use redb::backends::FileBackend;
use redb::{Database, StorageBackend, TableDefinition};

pub use backup::write_copy;
pub use traffic::Traffic;

use failure::{commit_failed, failed, guarded};
use file::OpenFile;
use log::Log;
use traffic::{Counted, Counters};

/// The definition of a table: bytes to bytes.
const fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.name())
}

/// How a store is opened.
///
/// ```
/// let options = crm_store_redb::Options { cache_bytes: 64 << 20, ..Default::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// How many bytes of pages to keep in memory at most. 256 MiB by default.
    pub cache_bytes: usize,
    /// Whether to make the file when there is none. True by default.
    pub create: bool,
    /// Whether to read the whole file and verify every page's checksum before use. False by
    /// default: pages are trusted, as a crash can't damage them; a file that comes from
    /// elsewhere, or from a failing disk, is better verified.
    pub verify: bool,
    /// Whether each commit keeps the list of free pages too, so that opening after a crash takes
    /// milliseconds instead of a walk over the whole file. True by default; commits cost a few
    /// pages less without.
    pub quick_reopen: bool,
    /// How many bytes of small commits a new file keeps in a log in front of its pages, where each
    /// costs one flush and no page; larger ones, and one when the log is full, write the pages. An
    /// opening after a crash reads the log into memory. 4 MiB by default; with 0 every commit writes its
    /// pages, and the file is a plain redb file. A file that is there already stays as it was made.
    pub log_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            cache_bytes: 256 << 20,
            create: true,
            verify: false,
            quick_reopen: true,
            log_bytes: 4 << 20,
        }
    }
}

/// A store in one redb file.
///
/// One process at a time has the file open. A snapshot is a redb read transaction and a few
/// reference counts: cheap, and never waiting for the disk; but while one lives, pages that it can see are not used again, so a
/// snapshot that is kept for long makes the file grow. Snapshots and cursors keep the file open.
///
/// After [`StoreError::Unknown`] or a failed read or write of the disk, the store refuses work:
/// close it and open it again.
#[derive(Debug)]
pub struct RedbStore {
    file: Arc<OpenFile>,
    counters: Arc<Counters>,
    /// A commit failed and left its outcome open.
    in_doubt: AtomicBool,
}

/// What a store's file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of a page.
    pub page_bytes: u64,
    /// Pages in use, those of redb's own tables included.
    pub allocated_pages: u64,
    /// Pages that hold keys and values.
    pub leaf_pages: u64,
    /// Pages that lead to the leaves.
    pub branch_pages: u64,
    /// Levels of the highest tree.
    pub height: u32,
    /// Bytes of keys and values.
    pub stored_bytes: u64,
    /// Bytes of keys in branch pages, and of redb's own tables.
    pub metadata_bytes: u64,
    /// Bytes of pages in use that hold nothing.
    pub unused_bytes: u64,
}

impl RedbStore {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another handle has the file open, [`StoreError::Corrupt`] when
    /// it is not a redb file or is damaged, [`StoreError::Io`] when the disk fails.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Options::default())
    }

    /// Opens the file at `path` as the options say.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`StoreError::Io`] when there is no file and none may be made.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = path.as_ref();
        if options.create && !path.exists() {
            backup::create(path, &options)?;
        }
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|error| StoreError::Io(Box::new(error)))?;
        Self::open_backend(FileBackend::new(file).map_err(failed)?, options)
    }

    /// Opens a store on storage of the host's own, or makes one there when the storage is empty.
    ///
    /// Should the making be cut short, the storage must be emptied before the next try; at a path,
    /// [`open`](Self::open) sees to that.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_backend(backend: impl StorageBackend, options: Options) -> Result<Self, StoreError> {
        let counters = Arc::new(Counters::default());
        let storage = Counted::new(backend, counters.clone());
        let file = guarded(|| {
            let log = Log::find(&storage, options.log_bytes)?;
            let pages = storage.after(log.as_ref().map_or(0, Log::front));
            let db = Database::builder()
                .set_cache_size(options.cache_bytes)
                .set_check_integrity_on_open(options.verify)
                .create_with_backend(pages)
                .map_err(failed)?;
            OpenFile::new(db, log, options.quick_reopen)
        })?;
        Ok(RedbStore { file: Arc::new(file), counters, in_doubt: AtomicBool::new(false) })
    }

    /// What went to and came from the storage since the store was opened. The difference of two
    /// tells what a commit cost.
    pub fn traffic(&self) -> Traffic {
        self.counters.now()
    }

    /// What the file holds. Reads the whole of it, waits for a commit that runs, and brings the log into the pages.
    ///
    /// # Errors
    /// [`StoreError::Io`] and [`StoreError::Corrupt`].
    pub fn stats(&self) -> Result<Stats, StoreError> {
        guarded(|| {
            self.file.settle()?;
            let transaction = self.file.get()?.begin_write().map_err(failed)?;
            let stats = transaction.stats().map_err(failed)?;
            transaction.abort().map_err(failed)?;
            Ok(Stats {
                file_bytes: self.counters.file_bytes(),
                page_bytes: stats.page_size() as u64,
                allocated_pages: stats.allocated_pages(),
                leaf_pages: stats.leaf_pages(),
                branch_pages: stats.branch_pages(),
                height: stats.tree_height(),
                stored_bytes: stats.stored_bytes(),
                metadata_bytes: stats.metadata_bytes(),
                unused_bytes: stats.fragmented_bytes(),
            })
        })
    }

    /// Moves pages together and gives what is free back to the file system; answers whether
    /// anything moved. Deleted and erased bytes may stay in free pages until then.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while a snapshot or a cursor of this store lives.
    pub fn compact(&mut self) -> Result<bool, StoreError> {
        let file = Arc::get_mut(&mut self.file).ok_or(StoreError::InUse)?;
        guarded(|| file.compact())
    }

    /// Verifies every page's checksum and the list of free pages; answers whether all was well.
    /// What is wrong with the free pages is mended.
    ///
    /// This says nothing about records and indexes: the engine's `verify` does.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when pages are damaged, [`StoreError::InUse`] while a snapshot or a
    /// cursor of this store lives.
    pub fn check_integrity(&mut self) -> Result<bool, StoreError> {
        let file = Arc::get_mut(&mut self.file).ok_or(StoreError::InUse)?;
        guarded(|| file.check_integrity())
    }

    /// Writes everything committed so far into a new file at `path`, while the store is in use.
    ///
    /// The copy is complete when it gets its name, and is a store that opens like this one. Until
    /// then it is `path` with `.part` added; one that a crash left behind is used again. As long as
    /// the copy takes, the store's file grows with what is committed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Io`] when there is a file at `path` already or the disk fails;
    /// [`StoreError::InUse`] when another backup to `path` is at work.
    pub fn backup_to(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        write_copy(&*self.snapshot()?, path)
    }

    /// Closes the file, and tells what dropping the store would not: whether that went well.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while a snapshot or a cursor of this store lives: the last of them
    /// closes the file. [`StoreError::Io`] when the disk fails; what was committed is kept.
    pub fn close(self) -> Result<(), StoreError> {
        Arc::into_inner(self.file).ok_or(StoreError::InUse)?.close()
    }
}

impl Store for RedbStore {
    fn name(&self) -> &'static str {
        "redb"
    }

    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        guarded(|| Ok(Arc::new(self.file.snapshot()?) as Arc<dyn Snapshot>))
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        if self.in_doubt.load(Ordering::Acquire) {
            return Err(StoreError::Io("an earlier commit failed: close the store and open it again".into()));
        }
        let Some(written) = guarded(|| self.file.prepare(batch))? else { return Ok(()) };
        let outcome = guarded(|| self.file.commit(written, batch));
        outcome.map_err(commit_failed).inspect_err(|error| {
            if matches!(error, StoreError::Unknown(_)) {
                self.in_doubt.store(true, Ordering::Release);
            }
        })
    }
}
