//! A store that writes down what is committed to it, so that a peer loads the very same batches.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crm_core::engine::{Crm, Host};
use crm_core::record::error::Result;
use crm_core::store::{Batch, Snapshot, Store, StoreError, Table};
use crm_store_redb::{Options, RedbStore};

use crate::timed;

/// A redb store that writes down its batches.
pub struct Recording {
    store: RedbStore,
    log: Mutex<(BufWriter<File>, Duration)>,
    folder: tempfile::TempDir,
}

/// An engine over a new store that writes down its batches.
pub fn recorded() -> Result<(Crm, Arc<Recording>)> {
    let io = |error: std::io::Error| StoreError::Io(Box::new(error));
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).map_err(io)?;
    let options = Options { cache_bytes: 1 << 30, ..Options::default() };
    let store = RedbStore::open_with(folder.path().join("bench.redb"), options)?;
    let log = BufWriter::new(File::create(folder.path().join("batches")).map_err(io)?);
    let recording = Arc::new(Recording { store, log: Mutex::new((log, Duration::ZERO)), folder });
    Ok((Crm::open_shared(recording.clone(), Host::system())?, recording))
}

impl Recording {
    /// The time that went into writing down.
    pub fn spent(&self) -> Duration {
        self.log.lock().unwrap().1
    }

    /// What was committed, batch by batch.
    pub fn replay(&self) -> impl Iterator<Item = Batch> {
        self.log.lock().unwrap().0.flush().unwrap();
        let mut log = BufReader::new(File::open(self.folder.path().join("batches")).unwrap());
        std::iter::from_fn(move || read(&mut log))
    }
}

fn write(log: &mut impl Write, batch: &Batch) -> std::io::Result<()> {
    let writes = Table::ALL.map(|table| batch.table(table));
    log.write_all(&(writes.iter().map(|table| table.len()).sum::<usize>() as u64).to_be_bytes())?;
    for (table, writes) in writes.iter().enumerate() {
        for (key, value) in *writes {
            let value_length = value.as_ref().map_or(u32::MAX, |value| value.len() as u32);
            log.write_all(&[table as u8])?;
            log.write_all(&(key.len() as u32).to_be_bytes())?;
            log.write_all(&value_length.to_be_bytes())?;
            log.write_all(key)?;
            log.write_all(value.as_deref().unwrap_or_default())?;
        }
    }
    Ok(())
}

fn read(log: &mut impl Read) -> Option<Batch> {
    let bytes = |log: &mut dyn Read, length: usize| {
        let mut bytes = vec![0; length];
        log.read_exact(&mut bytes).ok().map(|()| bytes)
    };
    let number = |log: &mut dyn Read| bytes(log, 4).map(|b| u32::from_be_bytes(b.try_into().unwrap()));
    let count = u64::from_be_bytes(bytes(log, 8)?.try_into().unwrap());
    let mut batch = Batch::new();
    for _ in 0..count {
        let table = Table::ALL[usize::from(bytes(log, 1)?[0])];
        let (key, value) = (number(log)? as usize, number(log)?);
        let key = bytes(log, key)?;
        match value {
            u32::MAX => batch.delete(table, key),
            length => batch.put(table, key, bytes(log, length as usize)?),
        }
    }
    Some(batch)
}

impl Store for Recording {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn snapshot(&self) -> std::result::Result<Arc<dyn Snapshot>, StoreError> {
        self.store.snapshot()
    }

    fn commit(&self, batch: &Batch) -> std::result::Result<(), StoreError> {
        self.store.commit(batch)?;
        let mut log = self.log.lock().unwrap();
        let (written, took) = timed(|| write(&mut log.0, batch));
        written.map_err(|error| StoreError::Io(Box::new(error)))?;
        log.1 += took;
        Ok(())
    }
}
