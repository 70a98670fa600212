//! Units, journal, permissions, past and pages on plain records.

use std::collections::BTreeMap;

use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
use crm_core::prelude::*;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn fields(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn create(session: &Session<'_>, kind: &str, pairs: &[(&str, Value)]) -> RecordRef {
    let kind = KindNo::from_name(kind).unwrap();
    session.execute(CreateRecord { kind, fields: fields(pairs) }).unwrap()
}

#[test]
fn records_are_created_changed_listed_and_read_as_of_the_past() {
    let (host, clock) = Host::fixed(at("2026-01-01T00:00:00Z"), 1);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let system = crm.system();
    let sales = create(&system, "department", &[("name", "销售部".into())]);
    let north = create(&system, "department", &[("name", "北区".into()), ("parent", sales.into())]);
    clock.set(at("2026-02-01T00:00:00Z"));
    let revised =
        |revision| UpdateRecord { record: north, revision, fields: fields(&[("name", "华北区".into())]) };
    system.execute(revised(Some(1))).unwrap();
    let stale = system.execute(revised(Some(1))).unwrap_err();
    assert!(matches!(stale, Error::Stale { given: 1, current: 2, .. }), "{stale}");

    assert_eq!(system.read(north).unwrap().fields["name"], "华北区".into());
    let past = system.as_of(at("2026-01-15T00:00:00Z"));
    assert_eq!(past.read(north).unwrap().fields["name"], "北区".into());
    let query = Query::of(KindNo::from_name("department").unwrap())
        .filter("name starts with \"北\"".parse().unwrap());
    assert_eq!(system.count(&query).unwrap(), 0);
    assert_eq!(past.count(&query).unwrap(), 1);

    clock.set(at("2026-03-01T00:00:00Z"));
    let journal = system.journal(north, None, 10).unwrap();
    assert_eq!(journal.len(), 2);
    system.execute(DeleteRecord { record: north, revision: None, reason: "closed".into() }).unwrap();
    assert!(matches!(system.read(north), Err(Error::NotFound(..))));
    assert_eq!(system.as_of(at("2026-02-15T00:00:00Z")).read(north).unwrap().fields["name"], "华北区".into());
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
    let (changes, last) = crm.changes(0, 100).unwrap();
    assert_eq!((changes.len(), last), (4, 4));
}

#[test]
fn a_list_of_the_past_counts_and_dates_from_then() {
    let (host, clock) = Host::fixed(at("2026-01-01T00:00:00Z"), 1);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let system = crm.system();
    let rename = |record, name: &str| {
        system.execute(UpdateRecord { record, revision: None, fields: fields(&[("name", name.into())]) })
    };
    let old = create(&system, "department", &[("name", "销售部".into())]);
    let moments = ["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", "2026-06-01T00:00:00Z"].map(at);
    clock.set(moments[0]);
    rename(old, "北区").unwrap();
    let young = create(&system, "department", &[("name", "南区".into())]);
    clock.set(moments[1]);
    rename(young, "华南区").unwrap();
    clock.set(moments[2]);
    rename(old, "华北区").unwrap();
    system.execute(DeleteRecord { record: young, revision: None, reason: "closed".into() }).unwrap();

    let check = |when: Instant, filter: &str, wanted: &[(RecordRef, u64, Instant)]| {
        let session = system.as_of(when);
        let query = Query::of(KindNo::from_name("department").unwrap()).filter(filter.parse().unwrap());
        let mut walked = Vec::new();
        let walk = session.each(&query, &mut |record, view| {
            walked.push((record, view.revision, view.updated_at));
            Ok(())
        });
        walk.unwrap();
        let page = session.rows(&query).unwrap().items;
        let rows: Vec<_> = page.iter().map(|row| (row.id, row.revision)).collect();
        assert_eq!(walked, wanted, "{when} {filter}");
        assert_eq!(rows, wanted.iter().map(|(id, revision, _)| (*id, *revision)).collect::<Vec<_>>());
        assert_eq!(session.count(&query).unwrap(), wanted.len(), "{when} {filter}");
    };
    let (first, second) = ((old, 2, moments[0]), (young, 2, moments[1]));
    let then = at("2026-02-05T00:00:00Z");
    check(then, "name is not empty", &[first, second]);
    check(then, "revision = 2", &[first, second]);
    check(then, "updated_at > 4 days ago", &[second]);
    check(then, "created_at in last 7 days", &[second]);
    check(then, "created_at in last month", &[first]);
    check(then, "updated_at in last 80 hours", &[second]);
    check(moments[0], "created_at = today", &[(young, 1, moments[0])]);
    check(moments[2], "created_at in last 150 days", &[]);
    check(moments[2], "updated_at = today", &[(old, 3, moments[2])]);
}

#[test]
fn records_that_nobody_owns_are_found_by_that() {
    let (host, _) = Host::fixed(at("2026-01-05T01:00:00Z"), 7);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let system = crm.system();
    let user = create(&system, "user", &[("login", "li".into()), ("name", "李".into())]);
    create(&system, "customer", &[("name", "甲".into()), ("owner", user.into())]);
    let nobodys = create(&system, "customer", &[("name", "乙".into())]);
    let found = |filter: &str| {
        let query = Query::of(nobodys.kind).filter(filter.parse().unwrap());
        system.rows(&query).unwrap().items.into_iter().map(|shown| shown.id).collect::<Vec<_>>()
    };
    for filter in
        ["owner is empty", "owner = null", "not (owner is not empty)", "owner is empty and name = '乙'"]
    {
        assert_eq!(found(filter), [nobodys], "{filter}");
    }
    assert_eq!(found("owner is not empty").len(), 1);
}
