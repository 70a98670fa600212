//! On a real file: the laws, opening, backup, compaction.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;

use crm_core::store::{Store, conformance};
use crm_store_redb::RedbStore;

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
    conformance::check(&make, Some(&reopen));
}
