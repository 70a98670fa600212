//! A disk that fails, at every single operation: never a panic, never half a batch, nothing
//! acknowledged lost.

use crm_core::store::conformance::{Dice, Model, random_batch};
use crm_core::store::{Batch, Store, StoreError};
use crm_store_redb::faults::{Disk, Fault};
use crm_store_redb::{Options, RedbStore};

use crate::slow;

/// Little cache, so that reads reach the disk, and a log, if any, that takes few batches.
fn options(seed: u64) -> Options {
    let log_bytes = if seed.is_multiple_of(2) { 32 << 10 } else { 0 };
    Options { cache_bytes: 32 << 10, log_bytes, ..Options::default() }
}

fn formatted(seed: u64) -> Disk {
    let disk = Disk::new(seed);
    RedbStore::open_backend(disk.plug(), options(seed)).unwrap();
    disk
}

fn batches(seed: u64) -> Vec<Batch> {
    let mut dice = Dice::new(seed);
    (0..6).map(|_| random_batch(&mut dice)).collect()
}

#[track_caller]
fn no_panic<T>(answer: Result<T, StoreError>, context: &str) -> Option<T> {
    match answer {
        Ok(value) => Some(value),
        Err(error) => {
            assert!(!error.to_string().contains("panicked"), "{context}: {error}");
            None
        }
    }
}

/// Opens a store on the disk, writes and reads; answers the states that may be found afterwards.
fn work(disk: &Disk, seed: u64, batches: &[Batch], context: &str) -> Vec<Model> {
    let mut model = Model::new();
    let Some(store) = no_panic(RedbStore::open_backend(disk.plug(), options(seed)), context) else {
        return vec![model];
    };
    for batch in batches {
        let mut after = model.clone();
        after.commit(batch);
        match store.commit(batch) {
            Ok(()) => model = after,
            Err(error @ StoreError::Unknown(_)) => {
                no_panic::<()>(Err(error), context);
                assert!(store.commit(batch).is_err(), "{context}: the store works on in doubt");
                return vec![model, after];
            }
            Err(error) => {
                no_panic::<()>(Err(error), context);
            }
        }
        let read = store.snapshot().and_then(|snapshot| Model::read(&*snapshot));
        if let Some(read) = no_panic(read, context) {
            assert_eq!(read, model, "{context}: a read shows something else");
        }
    }
    vec![model]
}

fn check(seed: u64, fault: Fault, then_cut: bool) {
    let context = format!("seed {seed}, {fault:?}, then power cut: {then_cut}");
    let disk = formatted(seed);
    disk.plan(fault);
    let allowed = work(&disk, seed, &batches(seed), &context);
    if then_cut {
        disk.restore();
    } else {
        disk.mend();
    }
    let mut store = RedbStore::open_backend(disk.plug(), options(seed))
        .unwrap_or_else(|error| panic!("{context}: {error}"));
    let found = store.snapshot().and_then(|snapshot| Model::read(&*snapshot));
    let found = found.unwrap_or_else(|error| panic!("{context}: {error}"));
    assert!(allowed.contains(&found), "{context}: half a batch, or a lost one");
    assert!(matches!(store.check_integrity(), Ok(true)), "{context}: the file is not whole");
}

#[test]
fn a_failure_at_any_operation_is_an_error_and_no_more() {
    for seed in 0..if slow() { 20 } else { 2 } {
        let sound = formatted(seed);
        let before = sound.operations();
        work(&sound, seed, &batches(seed), "on a sound disk");
        for after in 0..sound.operations() - before {
            check(seed, Fault::FailOnceAfter(after), false);
            check(seed, Fault::FailOnceAfter(after), true);
            check(seed, Fault::FailAfter(after), false);
            check(seed, Fault::FailAfter(after), true);
        }
    }
}
