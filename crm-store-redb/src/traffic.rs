//! Counts what goes to the storage: the price of a commit is its pages and its flushes.

use std::fmt;
use std::io;
use std::ops::{Bound, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use redb::{BackendError, StorageBackend};

/// What went to and came from a store's storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Reads that the cache did not answer.
    pub reads: u64,
    /// Bytes of these reads.
    pub bytes_read: u64,
    /// Writes. A page is written at most once a commit; the file's header up to three times.
    pub writes: u64,
    /// Bytes of these writes.
    pub bytes_written: u64,
    /// Flushes to the disk.
    pub syncs: u64,
}

impl Sub for Traffic {
    type Output = Traffic;

    /// The traffic since an `earlier` moment.
    fn sub(self, earlier: Traffic) -> Traffic {
        Traffic {
            reads: self.reads.saturating_sub(earlier.reads),
            bytes_read: self.bytes_read.saturating_sub(earlier.bytes_read),
            writes: self.writes.saturating_sub(earlier.writes),
            bytes_written: self.bytes_written.saturating_sub(earlier.bytes_written),
            syncs: self.syncs.saturating_sub(earlier.syncs),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    reads: AtomicU64,
    bytes_read: AtomicU64,
    writes: AtomicU64,
    bytes_written: AtomicU64,
    syncs: AtomicU64,
    file_bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn now(&self) -> Traffic {
        Traffic {
            reads: self.reads.load(Ordering::Relaxed),
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            bytes_written: self.bytes_written.load(Ordering::Relaxed),
            syncs: self.syncs.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn file_bytes(&self) -> u64 {
        self.file_bytes.load(Ordering::Relaxed)
    }
}

/// A backend that counts what passes through, beginning at its front.
#[derive(Clone)]
pub(crate) struct Counted {
    inner: Arc<dyn StorageBackend>,
    counters: Arc<Counters>,
    /// Something was not written. The system may hold for written what the disk never got, so
    /// nothing that comes after may be built on it: the store is to be opened anew.
    broken: Arc<AtomicBool>,
    /// How many bytes stand before what this backend shows.
    front: u64,
}

impl Counted {
    pub(crate) fn new(inner: impl StorageBackend, counters: Arc<Counters>) -> Self {
        Counted { inner: Arc::new(inner), counters, broken: Arc::default(), front: 0 }
    }

    /// The same storage without its first bytes.
    pub(crate) fn after(&self, front: u64) -> Self {
        Counted { front, ..self.clone() }
    }

    /// Writes something; nothing more once that failed.
    fn change(&self, run: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        if self.broken.load(Ordering::Acquire) {
            return Err(io::Error::other("an earlier write failed: close the store and open it again"));
        }
        run().inspect_err(|_| self.broken.store(true, Ordering::Release))
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl StorageBackend for Counted {
    fn len(&self) -> io::Result<u64> {
        let bytes = self.inner.len()?;
        self.counters.file_bytes.store(bytes, Ordering::Relaxed);
        Ok(bytes.saturating_sub(self.front))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.counters.reads.fetch_add(1, Ordering::Relaxed);
        self.counters.bytes_read.fetch_add(out.len() as u64, Ordering::Relaxed);
        self.inner.read(self.front + offset, out)
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        let bytes = self.front + bytes;
        self.change(|| self.inner.set_len(bytes))?;
        self.counters.file_bytes.store(bytes, Ordering::Relaxed);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.counters.syncs.fetch_add(1, Ordering::Relaxed);
        self.change(|| self.inner.sync_data())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.counters.writes.fetch_add(1, Ordering::Relaxed);
        self.counters.bytes_written.fetch_add(data.len() as u64, Ordering::Relaxed);
        self.change(|| self.inner.write(self.front + offset, data))
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.inner.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.inner.query_lock_range(start, end)
    }
}
