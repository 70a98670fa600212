//! Bulk: leads captured with normal forms, exact duplicate checks, indexes and journal, beside redb
//! alone loading the same bytes.

use std::collections::BTreeMap;

use crm_benches::{empty, line, peak_memory, rate, ratio, size, timed};
use crm_core::domain::lead::LeadDraft;
use crm_core::engine::flows::capture::CaptureLead;
use crm_core::store::{Batch, Direction, Range, Store, Table};
use crm_store_redb::{Options, RedbStore};

/// How many leads are captured a commit.
const GROUP: u64 = 20_000;

fn main() {
    let records = size();
    println!("== {records} leads");
    let world = empty().unwrap();
    let session = world.crm.system();
    let (mut made, mut command) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
    for from in (0..records).step_by(usize::try_from(GROUP).unwrap()) {
        let (leads, took) = timed(|| (from..(from + GROUP).min(records)).map(lead).collect::<Vec<_>>());
        made += took;
        let (answers, took) = timed(|| session.execute_all(leads));
        command += took;
        if let Some(Err(error)) = answers.into_iter().find(Result::is_err) {
            panic!("{error}");
        }
    }
    let ours = rate(records, command);
    line("captured, leads/s", format!("{ours:.0}"));
    line("  of it making the commands", format!("{made:?}"));
    line("  peak memory", peak_memory());
    let raw = raw(world.store.as_ref(), records);
    line("redb alone, the same bytes, leads/s", format!("{raw:.0}"));
    ratio("captured to redb alone", ours / raw, "0.6");
}

fn lead(number: u64) -> CaptureLead {
    let lead = LeadDraft {
        name: format!("Person {number}"),
        company: format!("Company {number} Trading Co., Ltd."),
        phones: vec![format!("138{number:08}")],
        emails: vec![format!("person{number}@example.com")],
        need: "ten seats and a year of service".into(),
        ..LeadDraft::default()
    };
    CaptureLead { lead, ..CaptureLead::default() }
}

/// Loads everything that the store holds into another one, in batches of as many keys a table.
fn raw(from: &RedbStore, records: u64) -> f64 {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let options = Options { cache_bytes: 1 << 30, ..Options::default() };
    let to = RedbStore::open_with(folder.path().join("raw.redb"), options).unwrap();
    let snapshot = from.snapshot().unwrap();
    let mut tables: BTreeMap<Table, Vec<(Vec<u8>, Vec<u8>)>> = BTreeMap::new();
    for table in Table::ALL {
        let mut cursor = snapshot.range(table, Range::all(), Direction::Forward).unwrap();
        while cursor.step().unwrap() {
            tables.entry(table).or_default().push((cursor.key().to_vec(), cursor.value().to_vec()));
        }
    }
    // Index entries arrive in the order of the records, as they did in the engine.
    let groups = records.div_ceil(GROUP).max(1);
    let mut batches: Vec<Batch> = (0..groups).map(|_| Batch::new()).collect();
    for (table, rows) in tables {
        let spread = table == Table::Index || table == Table::Unique;
        let each = rows.len().div_ceil(batches.len()).max(1);
        for (place, (key, value)) in rows.into_iter().enumerate() {
            let group = if spread { place % batches.len() } else { place / each };
            batches[group].put(table, key, value);
        }
    }
    let (_, took) = timed(|| batches.iter().for_each(|batch| to.commit(batch).unwrap()));
    rate(records, took)
}
