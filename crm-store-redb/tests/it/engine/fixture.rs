//! Files of released formats stay here and open for ever.
//!
//! `CRM_WRITE_FIXTURE=1 cargo test -p crm-store-redb --test it fixture` writes the one of this
//! release's format anew, until it is released.

use std::fs;
use std::path::{Path, PathBuf};

use crm_core::domain::party::Customer;
use crm_core::prelude::*;
use crm_store_redb::RedbStore;
use serde_json::{Value as Json, json};

use super::world::{Open, start};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// What the file of format 1 is told, in this order: name of the command, and its fields.
fn told() -> Vec<(&'static str, Json)> {
    let text = |text: &str| json!({"text": text});
    let customer = |name: &str, code: &str| {
        let phones = json!({"list": [{"list": [{"text": "13800000000"}, "null"]}]});
        json!({"kind": "customer", "fields": {"name": text(name), "code": text(code), "phones": phones, "employees": {"int": 40}}})
    };
    vec![
        ("department.create", json!({"name": "华东"})),
        (
            "role.define",
            json!({"name": "销售", "grants": [{"kind": "*", "actions": ["read"], "scope": "own"}]}),
        ),
        ("numbering.define", json!({"kind": "opportunity", "template": "O{n:3}"})),
        ("record.create", customer("北京华为科技有限公司", "K1")),
        ("record.create", customer("Acme, Inc.", "K2")),
        ("record.create", customer("Gone Ltd", "K3")),
    ]
}

fn write(path: &Path) {
    let _ = fs::remove_file(path);
    let open = Open::over(RedbStore::open(path).unwrap(), start(), 1).unwrap();
    let mut records = Vec::new();
    for (name, input) in told() {
        records.push(
            open.crm
                .system()
                .execute_named(name, input.clone())
                .unwrap_or_else(|error| panic!("{name} {input}: {error}")),
        );
    }
    open.wait(Span::from_hours(24));
    let change = json!({"record": records[3], "revision": 1, "fields": {"employees": {"int": 41}}});
    open.crm.system().execute_named("record.update", change).unwrap();
    let delete = json!({"record": records[5], "revision": 1, "reason": "closed"});
    open.crm.system().execute_named("record.delete", delete).unwrap();
    let again = super::world::Act::Begin { firm: "Once".into(), staff: 7 };
    open.crm.execute_once(Actor::System, "a key", again).unwrap();
    let Open { crm, store, .. } = open;
    drop(crm);
    let mut store = std::sync::Arc::into_inner(store).unwrap();
    store.compact().unwrap();
    store.close().unwrap();
}

#[test]
fn a_file_of_format_1_opens() {
    let kept = fixtures().join("format-1.redb");
    if std::env::var_os("CRM_WRITE_FIXTURE").is_some() {
        write(&kept);
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("crm.redb");
    fs::copy(&kept, &path).unwrap();
    let open = Open::over(RedbStore::open(&path).unwrap(), start() + Span::from_hours(48), 2).unwrap();
    assert_eq!(open.crm.verify().unwrap().findings, Vec::<String>::new());
    let customers = |session: Session<'_>| -> Vec<(String, String, Option<i64>, u64)> {
        let page = session.list::<Customer>(&Query::of(super::world::FIRM).sort("name")).unwrap();
        let row = |firm: Customer| (firm.name, firm.code, firm.employees, firm.meta.revision);
        page.items.into_iter().map(row).collect()
    };
    let row =
        |name: &str, code: &str, staff, revision| (name.to_owned(), code.to_owned(), Some(staff), revision);
    let mut now = customers(open.crm.system());
    now.sort();
    assert_eq!(
        now,
        [row("Acme, Inc.", "K2", 40, 1), row("Once", "", 7, 1), row("北京华为科技有限公司", "K1", 41, 2)]
    );
    let mut then = customers(open.crm.system().as_of(start() + Span::from_hours(1)));
    then.sort();
    // A list of the past has today's revisions.
    then.iter_mut().for_each(|row| row.3 = 1);
    assert_eq!(
        then,
        [
            row("Acme, Inc.", "K2", 40, 1),
            row("Gone Ltd", "K3", 40, 1),
            row("北京华为科技有限公司", "K1", 40, 1)
        ]
    );
    let again = super::world::Act::Begin { firm: "Once".into(), staff: 7 };
    let position = open.crm.position().unwrap();
    open.crm.execute_once(Actor::System, "a key", again).unwrap();
    assert_eq!(open.crm.position().unwrap(), position, "an idempotency key was forgotten");
    let reasons: Vec<_> = open.crm.changes(0, 100).unwrap().0.into_iter().map(|item| item.reason).collect();
    assert!(reasons.contains(&"closed".to_owned()), "{reasons:?}");
    open.act(&super::world::Act::Begin { firm: "Neu".into(), staff: 1 }).unwrap();
    assert!(open.crm.verify().unwrap().is_clean());
}
