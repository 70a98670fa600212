//! Making new files: copies of a store, and empty stores.
//!
//! A file gets its name when it is complete, so a crash leaves no file that does not open.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crm_core::store::{Batch, Direction, MemoryStore, Range, Snapshot, Store, StoreError, Table};

use redb::backends::FileBackend;

use crate::failure::failed;
use crate::{Options, RedbStore};

/// How many bytes of keys and values the copy commits at a time.
const PIECE_BYTES: usize = 32 << 20;

/// Writes everything that a snapshot shows, of whatever store, into a new file at `path`.
///
/// See [`RedbStore::backup_to`], which does this with the store's newest snapshot.
///
/// # Errors
/// [`StoreError::Io`] when there is a file at `path` already or the disk fails;
/// [`StoreError::InUse`] when another copy to `path` is at work.
pub fn write_copy(snapshot: &dyn Snapshot, path: impl AsRef<Path>) -> Result<(), StoreError> {
    copy_to(path.as_ref(), snapshot, Options::default())
}

fn copy_to(path: &Path, snapshot: &dyn Snapshot, options: Options) -> Result<(), StoreError> {
    refuse_existing(path).map_err(disk)?;
    let part = part_of(path);
    empty(&part)?;
    let copied = copy(snapshot, &part, options).and_then(|()| finish(&part, path).map_err(disk));
    match copied {
        Ok(()) => keep_name(path),
        // Another copy at work owns the part.
        Err(StoreError::InUse) => Err(StoreError::InUse),
        Err(error) => {
            // The copy's own failure is what the caller must know.
            let _ = fs::remove_file(&part);
            Err(error)
        }
    }
}

/// Makes a file of an empty store, unless another process does so at the same moment.
pub(crate) fn create(path: &Path, options: &Options) -> Result<(), StoreError> {
    match copy_to(path, &*MemoryStore::new().snapshot()?, options.clone()) {
        Err(_) if path.exists() => Ok(()),
        made => made,
    }
}

/// Makes sure that a new file's name survives a power cut, as redb does for its bytes.
fn keep_name(path: &Path) -> Result<(), StoreError> {
    // Elsewhere a directory can't be opened as a file; there the file system orders such writes.
    if cfg!(unix) {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = File::open(directory.unwrap_or(Path::new("."))).map_err(disk)?;
        directory.sync_all().map_err(disk)?;
    }
    Ok(())
}

fn disk(error: io::Error) -> StoreError {
    StoreError::Io(Box::new(error))
}

fn refuse_existing(path: &Path) -> io::Result<()> {
    if path.try_exists()? {
        let what = format!("there is a file at `{}` already", path.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
    }
    Ok(())
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".part");
    name.into()
}

/// Makes an empty file of the part, or empties one that a crash left.
fn empty(part: &Path) -> Result<(), StoreError> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(part).map_err(disk)?;
    match file.try_lock() {
        Ok(()) => file.set_len(0).map_err(disk),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(disk(error)),
    }
}

fn copy(snapshot: &dyn Snapshot, part: &Path, options: Options) -> Result<(), StoreError> {
    let file = OpenOptions::new().read(true).write(true).open(part).map_err(disk)?;
    let options = Options { cache_bytes: 2 * PIECE_BYTES, ..options };
    let store = RedbStore::open_backend(FileBackend::new(file).map_err(failed)?, options)?;
    let mut batch = Batch::new();
    let mut bytes = 0;
    for table in Table::ALL {
        let mut cursor = snapshot.range(table, Range::all(), Direction::Forward)?;
        while cursor.step()? {
            bytes += cursor.key().len() + cursor.value().len();
            batch.put(table, cursor.key().to_vec(), cursor.value().to_vec());
            if bytes >= PIECE_BYTES {
                store.commit(&batch)?;
                batch = Batch::new();
                bytes = 0;
            }
        }
    }
    store.commit(&batch)?;
    store.close()
}

/// Gives the finished part its name, unless that was taken meanwhile.
fn finish(part: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(part, path) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without hard links.
        Err(_) => refuse_existing(path).and_then(|()| fs::rename(part, path)),
    }
}
