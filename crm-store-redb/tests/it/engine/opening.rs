//! Opening files of other releases, and indexes made by other rules; power cuts meanwhile.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crm_core::engine::FORMAT;
use crm_core::prelude::*;
use crm_core::store::conformance::{Dice, Model as Bytes};
use crm_core::store::{Batch, Store, Table};
use crm_store_redb::faults::{Disk, Fault};
use crm_store_redb::{Options, RedbStore};

use super::world::{Act, Model, Open, image, rows, start};

fn bytes(store: &dyn Store) -> Bytes {
    Bytes::read(&*store.snapshot().unwrap()).unwrap()
}

/// The same but for how many commits left no journal entry: mending is such a commit.
pub(super) fn content(store: &dyn Store) -> Bytes {
    let mut bytes = bytes(store);
    let mut batch = Batch::new();
    batch.delete(Table::Meta, b"quiet".to_vec());
    bytes.commit(&batch);
    bytes
}

fn put(store: &dyn Store, key: &[u8], value: Vec<u8>) {
    let mut batch = Batch::new();
    batch.put(Table::Meta, key.to_vec(), value);
    store.commit(&batch).unwrap();
}

#[test]
fn a_newer_or_foreign_file_is_refused_and_left_alone() {
    let newer = [b"crm\0".as_slice(), &(FORMAT + 1).to_be_bytes()].concat();
    let cases = [
        (newer, "file.newer", "release reads up to"),
        (b"CRM\0\0\0\0\x01".to_vec(), "store.corrupt", "not a file of this engine"),
        (b"crm\0\0\x01".to_vec(), "store.corrupt", "not a file of this engine"),
    ];
    let directory = tempfile::tempdir().unwrap();
    for (place, (format, code, words)) in cases.into_iter().enumerate() {
        let path = directory.path().join(format!("{place}.redb"));
        let open = Open::over(RedbStore::open(&path).unwrap(), start(), 1).unwrap();
        open.act(&Act::Begin { firm: "Alfa".into(), staff: 0 }).unwrap();
        put(&*open.store, b"format", format);
        drop(open);
        let held = || bytes(&RedbStore::open(&path).unwrap());
        let (before, length) = (held(), fs::metadata(&path).unwrap().len());
        let error = Open::over(RedbStore::open(&path).unwrap(), start(), 2).err().unwrap();
        assert!(error.has_code(code) && error.to_string().contains(words), "{error}");
        assert!(held() == before, "{code}: the file was written to");
        assert_eq!(fs::metadata(&path).unwrap().len(), length);
    }
}

#[test]
fn a_store_with_records_and_no_format_is_refused() {
    let store = RedbStore::open_backend(Disk::new(0).plug(), Options::default()).unwrap();
    let mut batch = Batch::new();
    batch.put(Table::Journal, vec![1], vec![1]);
    store.commit(&batch).unwrap();
    assert!(Open::over(store, start(), 1).err().unwrap().has_code("store.corrupt"));
}

/// The same file with indexes that other rules made: some are missing, some too many.
fn of_other_rules(image: &[u8]) -> Vec<u8> {
    let disk = Disk::with_image(image.to_vec());
    let store = RedbStore::open_backend(disk.plug(), Options::default()).unwrap();
    let mut batch = Batch::new();
    for table in [Table::Index, Table::Unique] {
        for (place, (key, value)) in rows(&store, table).iter().enumerate() {
            if place % 3 == 0 {
                batch.delete(table, key.clone());
            }
            let other = [&key[..key.len() - 16], b"made by other rules"].concat();
            batch.put(table, other, value.clone());
        }
    }
    batch.put(Table::Meta, b"indexes".to_vec(), vec![7; 32]);
    store.commit(&batch).unwrap();
    store.close().unwrap();
    disk.image()
}

#[test]
fn indexes_of_other_rules_are_made_anew() {
    let image = image();
    let sound = Open::on(Disk::with_image(image.clone()).plug(), Options::default(), start(), 1).unwrap();
    let disk = Disk::with_image(of_other_rules(&image));
    let open = Open::on(disk.plug(), Options::default(), start(), 2).unwrap();
    assert!(open.crm.verify().unwrap().is_clean());
    assert!(content(&*open.store) == content(&*sound.store));
    drop(open);
    // And once.
    let store = RedbStore::open_backend(disk.plug(), Options::default()).unwrap();
    let before = store.traffic();
    let open = Open::over(store, start(), 3).unwrap();
    assert_eq!((open.store.traffic() - before).writes, 0);
}

/// Cut short at any moment, making indexes anew goes on at the next opening; at no moment are
/// half-made indexes taken for whole ones.
#[test]
fn a_power_cut_while_indexes_are_made_anew_does_no_harm() {
    let image = image();
    let sound = Open::on(Disk::with_image(image.clone()).plug(), Options::default(), start(), 1).unwrap();
    let other = of_other_rules(&image);
    let mut dice = Dice::new(4);
    for after in 1.. {
        let disk = Disk::new(dice.roll());
        disk.load(&other);
        disk.plan(Fault::CutAfter(after));
        let opened = Open::on(disk.plug(), Options::default(), start(), 2);
        let whole = opened.is_ok() && !disk.is_off();
        drop(opened);
        disk.restore();
        let open = Open::on(disk.plug(), Options::default(), start(), 3).unwrap();
        assert!(open.crm.verify().unwrap().is_clean(), "a cut after {after}");
        assert!(content(&*open.store) == content(&*sound.store), "a cut after {after}");
        if whole {
            assert!(after > 5, "only {after} operations");
            return;
        }
    }
}

/// A repair that is cut short leaves what it mended; the next one ends it.
#[test]
fn a_power_cut_during_a_repair_does_no_harm() {
    let image = image();
    let sound = Open::on(Disk::with_image(image.clone()).plug(), Options::default(), start(), 1).unwrap();
    let mut dice = Dice::new(5);
    for after in 1..40 {
        let disk = Disk::new(dice.roll());
        disk.load(&image);
        let open = Open::on(disk.plug(), Options::default(), start(), 2).unwrap();
        let (key, _) = rows(&*open.store, Table::Index).swap_remove(0);
        let mut batch = Batch::new();
        batch.delete(Table::Index, key);
        open.store.commit(&batch).unwrap();
        let wrong = open.crm.verify().unwrap().wrong;
        assert_eq!(wrong, 1);
        disk.plan(Fault::CutAfter(after));
        let repaired = open.crm.repair();
        drop(open);
        disk.restore();
        let open = Open::on(disk.plug(), Options::default(), start(), 3).unwrap();
        let left = open.crm.verify().unwrap().wrong;
        assert!(left == 0 || left == wrong && repaired.is_err(), "a cut after {after}: {left} are left");
        open.crm.repair().unwrap();
        assert!(content(&*open.store) == content(&*sound.store), "a cut after {after}");
    }
}

/// Commands wait for a repair, and reads see whole indexes meanwhile.
#[test]
fn a_repair_gets_in_nobodys_way() {
    let open = Open::on(Disk::with_image(image()).plug(), Options::default(), start(), 1).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for count in 0..100 {
                open.act(&Act::Begin { firm: format!("Firma{count}"), staff: 0 }).unwrap();
            }
            done.store(true, Ordering::SeqCst);
        });
        while !done.load(Ordering::SeqCst) {
            assert_eq!(open.crm.repair().unwrap(), 0);
            assert_eq!(open.crm.verify().unwrap().findings, Vec::<String>::new());
        }
    });
    assert_eq!(Model::read(&open).unwrap().firms.len(), 103);
}

/// Two engines over one store, as two processes would be over a shared one: each sees what the
/// other changed, and steers by it.
#[test]
fn two_engines_over_one_store_follow_each_other() {
    let store =
        std::sync::Arc::new(RedbStore::open_backend(Disk::new(0).plug(), Options::default()).unwrap());
    let engine = |seed| {
        let (host, _) = super::world::host(start(), seed);
        Crm::open_shared(store.clone(), host).unwrap()
    };
    let (one, other) = (engine(1), engine(2));
    let begin = |firm: String| Act::Begin { firm, staff: 10 };
    for count in 0..5 {
        one.execute(Actor::System, begin(format!("Alfa{count}"))).unwrap();
        other.execute(Actor::System, begin(format!("Beta{count}"))).unwrap();
        let taken = other.execute(Actor::System, begin(format!("Alfa{count}"))).unwrap_err();
        assert!(taken.has_code("party.name_taken"), "{taken}");
    }
    // A numbering rule steers; the other engine gives codes by it at once.
    let rule = serde_json::json!({"kind": "customer", "template": "C{n:3}"});
    one.system().execute_named("numbering.define", rule).unwrap();
    let record = other.execute(Actor::System, begin("Gamma".into())).unwrap();
    assert_eq!(other.system().read(record).unwrap().fields["code"], "C001".into());
    thread::scope(|scope| {
        for (engine, name) in [(&one, "One"), (&other, "Other")] {
            scope.spawn(move || {
                for count in 0..30 {
                    engine
                        .execute(Actor::System, Act::Begin { firm: format!("{name}{count}"), staff: 0 })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(one.position().unwrap(), 5 + 5 + 1 + 1 + 60);
    assert_eq!(one.verify().unwrap().findings, Vec::<String>::new());
}
