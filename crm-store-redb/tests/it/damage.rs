//! A file altered by other hands is an error or reads as something; it never takes the host down.

use crm_core::store::conformance::{Dice, Model, random_batch};
use crm_core::store::{Batch, Store, StoreError, Table};
use crm_store_redb::faults::Disk;
use crm_store_redb::{Options, RedbStore};

use crate::slow;

/// Bytes before redb's pages: the log and its header.
const FRONT: usize = LOG + 4096;
const LOG: usize = 16 << 10;

fn options(verify: bool) -> Options {
    Options { cache_bytes: 1 << 20, verify, log_bytes: LOG as u64, ..Options::default() }
}

/// A store's bytes after a few commits, and what it holds.
fn image() -> (Vec<u8>, Model) {
    let disk = Disk::new(3);
    let store = RedbStore::open_backend(disk.plug(), options(false)).unwrap();
    let mut dice = Dice::new(3);
    let mut model = Model::new();
    for _ in 0..20 {
        let batch = random_batch(&mut dice);
        store.commit(&batch).unwrap();
        model.commit(&batch);
    }
    store.close().unwrap();
    (disk.image(), model)
}

/// Opens, reads and writes; whatever comes is an answer.
fn use_all(image: Vec<u8>, verify: bool) -> Result<Model, StoreError> {
    let store = RedbStore::open_backend(Disk::with_image(image).plug(), options(verify))?;
    let found = Model::read(&*store.snapshot()?)?;
    let mut batch = Batch::new();
    for table in Table::ALL {
        batch.put(table, vec![1, 2, 3], vec![4; 5000]);
        batch.delete(table, vec![1]);
    }
    store.commit(&batch)?;
    Ok(found)
}

#[test]
fn damage_is_never_a_panic() {
    let (sound, model) = image();
    let mut dice = Dice::new(9);
    let (mut errors, mut panics) = (0, 0);
    let tries = if slow() { 20_000 } else { 500 };
    for _ in 0..tries {
        let mut bytes = sound.clone();
        // The headers and the pages in use are the damage that matters.
        let place = match dice.below(6) {
            0 => dice.below(32),
            1 | 2 => FRONT + dice.below(512),
            _ => dice.below(bytes.len()),
        };
        for byte in bytes.iter_mut().skip(place).take(1 + dice.below(16)) {
            *byte = dice.below(256) as u8;
        }
        if let Err(error) = use_all(bytes.clone(), false) {
            errors += 1;
            panics += usize::from(error.to_string().contains("panicked"));
        }
        // Verified, what is read is what was written.
        match use_all(bytes, true) {
            Ok(found) => assert_eq!(found, model, "verified, yet something else"),
            Err(StoreError::Corrupt(_) | StoreError::Io(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    println!("{errors} errors, {panics} of them panics of redb, in {tries}");
    assert!(errors > tries / 20, "only {errors} of {tries} damages were noticed");
}
