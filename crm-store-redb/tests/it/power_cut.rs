//! After a power cut at any moment, the store holds what was acknowledged, or that and the one
//! batch in flight; nothing between.

use std::sync::Arc;

use crm_core::store::conformance::{Dice, Model, random_batch};
use crm_core::store::{Store, StoreError};
use crm_store_redb::faults::{Disk, Fault};
use crm_store_redb::{Options, RedbStore};

use crate::slow;

/// How many cuts each disk survives before the next is tried.
const CUTS_PER_DISK: u64 = 10;

/// Every third disk has no log, every third one that is full now and then.
fn options(seed: u64) -> Options {
    let log_bytes = [0, 32 << 10, 1 << 20].into_iter().cycle().nth(seed as usize % 3).unwrap();
    Options { cache_bytes: 1 << 20, quick_reopen: !seed.is_multiple_of(4), log_bytes, ..Options::default() }
}

/// Opens the store, with the power going again now and then meanwhile.
fn recover(disk: &Disk, dice: &mut Dice, seed: u64) -> Result<RedbStore, StoreError> {
    loop {
        disk.restore();
        if dice.below(10) < 3 {
            disk.plan(Fault::CutAfter(1 + dice.roll() % 30));
        }
        match RedbStore::open_backend(disk.plug(), options(seed)) {
            Err(_) if disk.is_off() => {}
            Ok(store) if disk.is_off() => drop(store),
            opened => {
                disk.plan(Fault::Never);
                return opened;
            }
        }
    }
}

/// Commits until the power goes; answers the states that may be found afterwards.
fn commit_until_cut(store: &RedbStore, mut model: Model, dice: &mut Dice) -> Vec<Model> {
    loop {
        let mut batch = random_batch(dice);
        batch.expect_journal_end = dice.once_in(2).then(|| model.journal_end());
        let before = model.clone();
        model.commit(&batch);
        match store.commit(&batch) {
            Ok(()) => {}
            Err(StoreError::Unknown(_)) => return vec![before, model],
            Err(_) => return vec![before],
        }
    }
}

/// Cuts the power of one disk again and again; tells the first thing that is wrong.
fn survive(disk: Disk, seed: u64) -> Result<(), String> {
    let mut dice = Dice::new(seed ^ 0x5eed);
    let mut allowed = vec![Model::new()];
    RedbStore::open_backend(disk.plug(), options(seed))
        .and_then(RedbStore::close)
        .map_err(|error| error.to_string())?;
    for cut in 0..=CUTS_PER_DISK {
        let wrong = |what: String| Err(format!("seed {seed}, cut {cut}: {what}"));
        let mut store = match recover(&disk, &mut dice, seed) {
            Ok(store) => store,
            Err(error) => return wrong(format!("the store does not open: {error}")),
        };
        let found = store.snapshot().and_then(|snapshot| Model::read(&*snapshot));
        let model = match found {
            Ok(model) if allowed.contains(&model) => model,
            Ok(_) => return wrong("the store holds something else than was acknowledged".to_owned()),
            Err(error) => return wrong(format!("the store does not read: {error}")),
        };
        match store.check_integrity() {
            Ok(true) => {}
            answer => return wrong(format!("the file is not whole: {answer:?}")),
        }
        disk.plan(Fault::CutAfter(1 + dice.roll() % 60));
        allowed = commit_until_cut(&store, model, &mut dice);
    }
    Ok(())
}

#[test]
fn a_power_cut_loses_nothing_acknowledged() {
    let disks = if slow() { 2_000 } else { 40 };
    for seed in 0..disks {
        if let Err(what) = survive(Disk::new(seed), seed) {
            panic!("{what}");
        }
    }
}

/// The control: on a disk that lies, the same test finds losses.
#[test]
fn a_lying_disk_is_found_out() {
    let found = (0..10).filter(|seed| survive(Disk::lying(*seed), *seed).is_err()).count();
    assert!(found >= 8, "only {found} of 10 lying disks were found out");
}

/// A snapshot that lives on after the store is closed still shows its own state.
#[test]
fn a_snapshot_outlives_its_store() {
    let disk = Disk::new(1);
    let store = RedbStore::open_backend(disk.plug(), options(1)).unwrap();
    let mut dice = Dice::new(1);
    let mut model = Model::new();
    for _ in 0..5 {
        let batch = random_batch(&mut dice);
        store.commit(&batch).unwrap();
        model.commit(&batch);
    }
    let snapshot = store.snapshot().unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    drop(store);
    assert_eq!(Model::read(&*snapshot).unwrap(), model);
}
