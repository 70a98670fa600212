//! A sales year, from the first lead to the last deal: `sales_year [FOLDER] [--store FILE]`.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crm_core::base::calendar::start_of_day;
use crm_core::prelude::{Crm, Host};
use crm_examples::{Outcome, maven};
use crm_store_redb::RedbStore;

fn main() -> Outcome {
    let mut folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sales_year"));
    let mut store = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--store" => store = Some(PathBuf::from(arguments.next().ok_or("--store needs a file")?)),
            given => folder = PathBuf::from(given),
        }
    }
    let temporary = tempfile::tempdir()?;
    let store = store.unwrap_or_else(|| temporary.path().join("sales_year.redb"));
    let out = &mut stdout().lock();
    if maven::Files::are_in(&folder) { replay(&folder, &store, out) } else { Ok(()) }
}

fn replay(folder: &Path, store: &Path, out: &mut dyn Write) -> Outcome {
    let files = maven::Files::read(folder)?;
    let (host, clock) = Host::fixed("2016-10-01T00:00:00Z".parse()?, 1);
    let crm = Crm::open(RedbStore::open(store)?, host)?;
    let office = maven::Office::open(&crm, &files)?;
    let done = maven::replay(&crm, &clock, &office, &files)?;
    maven::report(out, &crm, &files, &office, &done)
}
