//! On a real file: the laws, opening, backup, compaction, and what a commit costs.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crm_core::store::conformance::{self, Dice, Model, random_batch};
use crm_core::store::{Batch, MemoryStore, Store, StoreError, Table};
use crm_store_redb::faults::{Disk, Fault};
use crm_store_redb::{Options, RedbStore, write_copy};

use crate::slow;

fn row(key: u64, value: usize) -> Batch {
    let mut batch = Batch::new();
    batch.put(Table::Records, key.to_be_bytes().to_vec(), vec![1; value]);
    batch
}

fn read(store: &dyn Store) -> Model {
    Model::read(&*store.snapshot().unwrap()).unwrap()
}

fn files(directory: &Path) -> Vec<String> {
    let names =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn the_redb_store_keeps_the_laws() {
    let directory = tempfile::tempdir().unwrap();
    let made = Cell::new(0);
    let last = RefCell::new(PathBuf::new());
    let open = || -> Arc<dyn Store> { Arc::new(RedbStore::open(&*last.borrow()).unwrap()) };
    let make = || {
        made.set(made.get() + 1);
        *last.borrow_mut() = directory.path().join(format!("{}.redb", made.get()));
        open()
    };
    let reopen = |store| {
        drop(store);
        open()
    };
    conformance::check_seeds(&make, Some(&reopen), 0..if slow() { 100 } else { 3 });
}

type Expected = fn(&StoreError) -> bool;

#[test]
fn what_can_not_be_opened_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name| directory.path().join(name);
    fs::write(path("text"), "not a store at all, but a text of some length").unwrap();
    fs::write(path("short"), "x").unwrap();
    let store = RedbStore::open(path("open")).unwrap();
    let no_create = Options { create: false, ..Options::default() };
    let cases: [(_, _, Expected); 5] = [
        ("missing", no_create, |error| matches!(error, StoreError::Io(_))),
        ("no directory/file", Options::default(), |error| matches!(error, StoreError::Io(_))),
        ("open", Options::default(), |error| matches!(error, StoreError::InUse)),
        ("text", Options::default(), |error| matches!(error, StoreError::Corrupt(_))),
        ("short", Options::default(), |error| matches!(error, StoreError::Corrupt(_) | StoreError::Io(_))),
    ];
    for (name, options, expected) in cases {
        let error = RedbStore::open_with(path(name), options).unwrap_err();
        assert!(expected(&error), "{name}: {error:?}");
    }
    drop(store);
    assert_eq!(files(directory.path()), ["open", "short", "text"]);
    assert_eq!(fs::read(path("text")).unwrap(), b"not a store at all, but a text of some length");
    assert_eq!(fs::read(path("short")).unwrap(), b"x");
}

#[test]
fn a_backup_is_the_store_as_it_stood() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name| directory.path().join(name);
    let store = RedbStore::open(path("crm.redb")).unwrap();
    let mut dice = Dice::new(5);
    (0..30).for_each(|_| store.commit(&random_batch(&mut dice)).unwrap());
    let before = read(&store);
    let snapshot = store.snapshot().unwrap();
    // Left by a crash.
    fs::write(path("old.redb.part"), vec![7; 10_000]).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for key in 0.. {
                store.commit(&row(key, 1000)).unwrap();
                if done.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        write_copy(&*snapshot, path("old.redb")).unwrap();
        store.backup_to(path("new.redb")).unwrap();
        done.store(true, Ordering::Relaxed);
    });
    drop(snapshot);
    let mut old = RedbStore::open(path("old.redb")).unwrap();
    assert!(read(&old) == before);
    assert!(old.check_integrity().unwrap());
    old.commit(&row(1, 1)).unwrap();
    assert!(read(&RedbStore::open(path("new.redb")).unwrap()) != before);

    let taken = store.backup_to(path("new.redb")).unwrap_err();
    assert!(taken.to_string().contains("already"), "{taken}");
    assert_eq!(files(directory.path()), ["crm.redb", "new.redb", "old.redb"]);
}

#[test]
fn a_memory_store_can_be_kept_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let memory = MemoryStore::new();
    let mut dice = Dice::new(6);
    (0..30).for_each(|_| memory.commit(&random_batch(&mut dice)).unwrap());
    let path = directory.path().join("crm.redb");
    write_copy(&*memory.snapshot().unwrap(), &path).unwrap();
    assert!(read(&RedbStore::open(&path).unwrap()) == read(&memory));
}

#[test]
fn compacting_gives_space_back_and_waits_for_no_reader() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { log_bytes: 64 << 10, ..Options::default() };
    let mut store = RedbStore::open_with(directory.path().join("crm.redb"), options).unwrap();
    (0..50).for_each(|key| store.commit(&row(key, 100_000)).unwrap());
    let mut clear = Batch::new();
    (0..49_u64).for_each(|key| clear.delete(Table::Records, key.to_be_bytes().to_vec()));
    store.commit(&clear).unwrap();
    let before = store.stats().unwrap();
    let model = read(&store);

    let snapshot = store.snapshot().unwrap();
    assert!(matches!(store.compact(), Err(StoreError::InUse)));
    assert!(matches!(store.check_integrity(), Err(StoreError::InUse)));
    drop(snapshot);
    assert!(store.compact().unwrap());
    assert!(store.check_integrity().unwrap());

    let after = store.stats().unwrap();
    assert!(after.file_bytes * 5 < before.file_bytes, "{before:?} {after:?}");
    assert_eq!(after.stored_bytes, before.stored_bytes);
    assert!(read(&store) == model);
}

/// The price list: what changes it should be a decision.
#[test]
fn a_small_commit_costs_one_flush_and_without_a_log_few_pages() {
    let cases = [(true, 4 << 20, 1, 1), (true, 0, 2, 16), (false, 0, 1, 12)];
    for (quick_reopen, log_bytes, syncs, most_writes) in cases {
        let options = Options { quick_reopen, log_bytes, ..Options::default() };
        let store = RedbStore::open_backend(Disk::new(0).plug(), options).unwrap();
        (0..2000).for_each(|key| store.commit(&row(key, 300)).unwrap());
        let before = store.traffic();
        (0..100).for_each(|key| store.commit(&row(key * 17, 300)).unwrap());
        let cost = store.traffic() - before;
        assert_eq!(cost.syncs, 100 * syncs, "quick reopen {quick_reopen}: {cost:?}");
        assert!(cost.writes <= 100 * most_writes, "quick reopen {quick_reopen}: {cost:?}");
        assert_eq!(cost.reads, 0, "the cache answers");
    }
}

/// Reopening after a crash reads a few pages and repairs nothing.
#[test]
fn a_quick_reopen_needs_no_repair() {
    let reopened = |quick_reopen| {
        let options = Options { quick_reopen, log_bytes: 0, ..Options::default() };
        let disk = Disk::new(0);
        let store = RedbStore::open_backend(disk.plug(), options.clone()).unwrap();
        (0..200).for_each(|key| store.commit(&row(key, 3000)).unwrap());
        disk.plan(Fault::CutAfter(5));
        assert!(store.commit(&row(0, 3000)).is_err());
        drop(store);
        disk.restore();
        RedbStore::open_backend(disk.plug(), options).unwrap().traffic()
    };
    let (quick, slow) = (reopened(true), reopened(false));
    // A repair ends with a commit of its own.
    assert!(quick.syncs < slow.syncs, "{quick:?} {slow:?}");
    // With assertions on, redb walks the file for its own checks.
    if cfg!(not(debug_assertions)) {
        assert!(quick.reads <= 30 && slow.reads > 200, "{quick:?} {slow:?}");
    }
}

#[test]
fn an_empty_batch_writes_nothing_but_checks_what_it_expects() {
    let store = RedbStore::open_backend(Disk::new(0).plug(), Options::default()).unwrap();
    let before = store.traffic();
    let mut batch = Batch::new();
    store.commit(&batch).unwrap();
    batch.expect_journal_end = Some(None);
    store.commit(&batch).unwrap();
    batch.expect_journal_end = Some(Some(vec![1]));
    assert!(matches!(store.commit(&batch), Err(StoreError::Moved)));
    assert_eq!((store.traffic() - before).writes, 0);
}
