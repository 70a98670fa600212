//! Planted damage: `verify` finds each kind, and `repair` mends what can be mended.

use crm_core::engine::Verified;
use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord};
use crm_core::prelude::*;
use crm_core::store::{Batch, Store, Table};
use crm_store_redb::Options;
use crm_store_redb::faults::Disk;

use super::opening::content;
use super::world::{Act, Open, named, rows, start};

/// A file with firms, one of which is gone and one of which is above another, and a department.
fn open() -> Open {
    let open = Open::on(Disk::new(0).plug(), Options::default(), start(), 1).unwrap();
    let create = |kind: &str, fields: &[(&str, Value)]| {
        let kind = KindNo::from_name(kind).unwrap();
        open.crm.execute(Actor::System, CreateRecord { kind, fields: named(fields) }).unwrap()
    };
    create("department", &[("name", "East".into())]);
    let parent =
        create("customer", &[("name", "Alfa".into()), ("employees", 50.into()), ("code", "A1".into())]);
    create(
        "customer",
        &[("name", "Beta".into()), ("parent", parent.into()), ("code", "B1".into()), ("employees", 1.into())],
    );
    for act in [
        Act::Begin { firm: "Gone".into(), staff: 3 },
        Act::Lend { from: "Alfa".into(), to: "Beta".into(), staff: 5 },
        Act::End { firm: "Gone".into() },
    ] {
        open.act(&act).unwrap();
    }
    assert_eq!(open.crm.verify().unwrap().findings, Vec::<String>::new());
    open
}

/// Writes past the engine.
fn plant(open: &Open, table: Table, key: &[u8], value: Option<&[u8]>) {
    let mut batch = Batch::new();
    batch.table_mut(table).insert(key.to_vec(), value.map(<[u8]>::to_vec));
    open.store.commit(&batch).unwrap();
}

fn verify(open: &Open) -> Verified {
    let report = open.crm.verify().unwrap();
    assert_eq!(report.wrong, report.findings.len());
    report
}

/// What is written past the engine, or removed.
type Planted = (Table, Vec<u8>, Option<Vec<u8>>);

/// Planted, found and mended again.
#[track_caller]
fn mended(open: &Open, planted: &[Planted], expected: &[&str]) {
    let sound = content(&*open.store);
    for (table, key, value) in planted {
        plant(open, *table, key, value.as_deref());
    }
    let report = verify(open);
    assert_eq!(report.findings.len(), expected.len(), "{:?}", report.findings);
    for (finding, expected) in report.findings.iter().zip(expected) {
        assert!(finding.contains(expected), "{finding}, and not {expected}");
    }
    assert_eq!(open.crm.repair().unwrap(), expected.len());
    assert!(verify(open).is_clean());
    assert!(content(&*open.store) == sound, "mended into something else");
    assert_eq!(open.crm.repair().unwrap(), 0);
}

#[test]
fn damaged_entries_are_found_and_mended() {
    let open = open();
    for table in [Table::Index, Table::Unique] {
        let sound = rows(&*open.store, table);
        assert!(sound.len() >= 2, "{table:?}");
        for (key, value) in &sound {
            mended(&open, &[(table, key.clone(), None)], &["is missing"]);
            // A unique key's value is the record: another value names another one.
            let other = [value.as_slice(), &[1; 16]].concat();
            mended(&open, &[(table, key.clone(), Some(other))], &["says something else"]);
            // One for another: as many as there should be.
            let mut wrong = key.clone();
            *wrong.last_mut().unwrap() ^= 1;
            let swapped = [(table, key.clone(), None), (table, wrong, Some(value.clone()))];
            mended(&open, &swapped, &["is missing", "for no reason"]);
            // An entry too many.
            let long = [&key[..4], &[9; 30]].concat();
            let idle = if table == Table::Unique { vec![7; 16] } else { value.clone() };
            mended(&open, &[(table, long, Some(idle))], &["for no reason"]);
        }
        mended(&open, &[(table, vec![1], Some(vec![]))], &["is damaged"]);
    }
    let all = rows(&*open.store, Table::Index).len() + rows(&*open.store, Table::Unique).len();
    let entries = [Table::Index, Table::Unique]
        .map(|table| rows(&*open.store, table).into_iter().map(move |(key, _)| (table, key, None)));
    let planted: Vec<_> = entries.into_iter().flatten().collect();
    mended(&open, &planted, &vec!["is missing"; all]);
}

#[test]
fn a_record_that_another_names_is_missed() {
    let open = open();
    let sound = rows(&*open.store, Table::Records);
    let (key, image) = sound.iter().find(|(_, image)| image.windows(4).any(|name| name == b"Alfa")).unwrap();
    plant(&open, Table::Records, key, None);
    let report = verify(&open);
    for expected in ["which is gone", "for no reason", "nothing deleted it"] {
        assert!(
            report.findings.iter().any(|finding| finding.contains(expected)),
            "{expected}: {:?}",
            report.findings
        );
    }
    plant(&open, Table::Records, key, Some(image));
    assert!(verify(&open).is_clean());
}

/// No byte of a record or of the journal can be altered, and no journal entry removed, unnoticed.
#[test]
fn tampering_shows() {
    let open = open();
    for table in [Table::Records, Table::Journal] {
        for (key, value) in rows(&*open.store, table) {
            for place in 0..value.len() {
                let mut altered = value.clone();
                altered[place] ^= 1 << (place % 8);
                plant(&open, table, &key, Some(&altered));
                assert!(!verify(&open).is_clean(), "{table:?} {key:?}: byte {place} of {}", value.len());
            }
            plant(&open, table, &key, None);
            assert!(!verify(&open).is_clean(), "{table:?} {key:?} is missing");
            plant(&open, table, &key, Some(&value));
        }
    }
    assert!(verify(&open).is_clean());
    let journal = rows(&*open.store, Table::Journal);
    let (one, other) = (&journal[1], &journal[2]);
    plant(&open, Table::Journal, &one.0, Some(&other.1));
    plant(&open, Table::Journal, &other.0, Some(&one.1));
    assert!(!verify(&open).is_clean(), "two entries changed places");
}

/// What refers to a record keeps it.
#[test]
fn deleting_leaves_nothing_that_does_not_prove_right() {
    let open = open();
    let system = open.crm.system();
    let create = |kind: &str, fields: &[(&str, Value)]| {
        let kind = KindNo::from_name(kind).unwrap();
        system.execute(CreateRecord { kind, fields: named(fields) }).unwrap()
    };
    let delete = |record| system.execute(DeleteRecord { record, revision: None, reason: "test".into() });
    let role = create("role", &[("name", "all".into())]);
    let west = create("department", &[("name", "West".into())]);
    let north = create("department", &[("name", "North".into()), ("parent", west.into())]);
    let user = create("user", &[("login", "li".into()), ("name", "Li".into()), ("roles", vec![role].into())]);
    let firm = create("customer", &[("name", "Zeta".into())]);
    let other = create("customer", &[("name", "Eta".into()), ("referrer", firm.into())]);
    let task = create("task", &[("subject", "call".into()), ("about", other.into()), ("owner", user.into())]);
    for record in [role, west, firm, other] {
        let kept = delete(record).unwrap_err();
        assert!(kept.has_code("record.in_use"), "{kept}");
    }
    for record in [task, north, west] {
        delete(record).unwrap();
        assert_eq!(verify(&open).findings, Vec::<String>::new());
    }
}

#[test]
fn due_work_that_can_not_be_read_is_found() {
    let open = open();
    plant(&open, Table::Due, &[0; 24], Some(b"no work"));
    assert!(verify(&open).findings[0].contains("due work"));
}
