//! The file itself: its format, and whether its indexes are those of this release.

use sha2::{Digest, Sha256};

use super::config::specs;
use crate::base::text;
use crate::record::error::{Error, Result};
use crate::store::{Batch, Store, StoreError, Table};

/// The format that this release writes. A file of an older one is upgraded, of a newer one refused.
pub const FORMAT: u32 = 1;

const FORMAT_KEY: &[u8] = b"format";
const MAGIC: &[u8] = b"crm\0";
const INDEXES_KEY: &[u8] = b"indexes";

/// Sets up a new store, checks the format of another one, and rebuilds its indexes when they were
/// made by another release's rules.
pub(crate) fn prepare(store: &dyn Store) -> Result<()> {
    let snapshot = store.snapshot()?;
    let print = fingerprint();
    match snapshot.get(Table::Meta, FORMAT_KEY)? {
        None => {
            let mut batch = Batch::new();
            let mut value = MAGIC.to_vec();
            value.extend_from_slice(&FORMAT.to_be_bytes());
            batch.put(Table::Meta, FORMAT_KEY.to_vec(), value);
            batch.put(Table::Meta, INDEXES_KEY.to_vec(), print.to_vec());
            batch.expect_journal_end = Some(None);
            match store.commit(&batch) {
                Err(StoreError::Moved) => Err(StoreError::Corrupt("records without a format".into()).into()),
                other => Ok(other?),
            }
        }
        Some(value) => {
            let format = read_format(&value)?;
            if format > FORMAT {
                let message = format!("the file has format {format}; this release reads up to {FORMAT}");
                return Err(Error::invalid("file", "file.newer", message));
            }
            if snapshot.get(Table::Meta, INDEXES_KEY)?.as_deref() != Some(&print[..]) {
                // Until all is mended no release takes the indexes for its own.
                let mut batch = Batch::new();
                batch.delete(Table::Meta, INDEXES_KEY.to_vec());
                store.commit(&batch)?;
                super::mend::mend(store)?;
                let mut batch = Batch::new();
                batch.put(Table::Meta, INDEXES_KEY.to_vec(), print.to_vec());
                store.commit(&batch)?;
            }
            Ok(())
        }
    }
}

fn read_format(value: &[u8]) -> Result<u32> {
    let damaged = || Error::Store(StoreError::Corrupt("it is not a file of this engine".into()));
    let number = value.strip_prefix(MAGIC).ok_or_else(damaged)?;
    Ok(u32::from_be_bytes(number.try_into().map_err(|_| damaged())?))
}

/// What every index depends on: kinds, fields, parts, layouts and the normal forms of text.
fn fingerprint() -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(text::NORMALISER.to_be_bytes());
    for spec in specs() {
        hash.update(format!("{:?} {:?} {:?};", spec.kind.0, spec.visibility, spec.collaborators));
        for index in spec.indexes {
            hash.update(format!("{} {:?} {:?};", index.no, index.parts, index.layout));
        }
    }
    hash.finalize().into()
}
