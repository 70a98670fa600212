//! The engine over redb against the model of plain maps that its own tests play with.

use std::sync::Arc;

use crm_store_redb::RedbStore;

#[path = "../../../crm-core/tests/it/model/harness/mod.rs"]
mod harness;

#[test]
fn random_commands_do_what_the_model_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let opened = std::cell::Cell::new(0);
    let tally = harness::play(4_000, &|| {
        opened.set(opened.get() + 1);
        let path = folder.path().join(format!("{}.redb", opened.get()));
        Arc::new(RedbStore::open(path).expect("a file"))
    });
    assert!(tally.contains_key("verify"));
}
