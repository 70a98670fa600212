//! Bulk: leads captured with normal forms, exact duplicate checks, indexes and journal, beside redb
//! alone loading the same bytes.

use std::time::Duration;

use crm_benches::recording::{Recording, recorded};
use crm_benches::{line, peak_memory, rate, ratio, size, timed};
use crm_core::domain::lead::LeadDraft;
use crm_core::engine::flows::capture::CaptureLead;
use crm_core::store::Store;
use crm_store_redb::{Options, RedbStore};

/// How many leads are captured a commit.
const GROUP: u64 = 20_000;

/// A host that commits much takes an allocator that is good at small pieces; the peers run with it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let records = size();
    println!("== {records} leads");
    let (crm, recording) = recorded().unwrap();
    let session = crm.system();
    let (mut made, mut command) = (Duration::ZERO, Duration::ZERO);
    for from in (0..records).step_by(usize::try_from(GROUP).unwrap()) {
        let (leads, took) = timed(|| (from..(from + GROUP).min(records)).map(lead).collect::<Vec<_>>());
        made += took;
        let before = recording.spent();
        let (answers, took) = timed(|| session.execute_all(leads));
        command += took - (recording.spent() - before);
        if let Some(Err(error)) = answers.into_iter().find(Result::is_err) {
            panic!("{error}");
        }
    }
    let ours = rate(records, command);
    line("captured, leads/s", format!("{ours:.0}"));
    line("  of it making the commands", format!("{made:?}"));
    line("  peak memory", peak_memory());
    drop(crm);
    let raw = raw(&recording, records);
    line("redb alone, the same bytes, leads/s", format!("{raw:.0}"));
    ratio("captured to redb alone", ours / raw, "0.6");
}

/// A lead whose number, address and company stand anywhere in their indexes, as those of real ones do, and repeat nobody's.
fn lead(number: u64) -> CaptureLead {
    // A step that shares no factor with ten to the eighth goes through all of its numbers once.
    let anywhere = number.wrapping_mul(61_803_399) % 100_000_000;
    let lead = LeadDraft {
        name: format!("Person {number}"),
        company: format!("{anywhere} Trading Co., Ltd."),
        phones: vec![format!("138{anywhere:08}")],
        emails: vec![format!("p{anywhere}@example.com")],
        need: "ten seats and a year of service".into(),
        ..LeadDraft::default()
    };
    CaptureLead { lead, ..CaptureLead::default() }
}

/// Loads what the engine committed, batch by batch and byte by byte, into redb alone.
fn raw(recording: &Recording, records: u64) -> f64 {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let options = Options { cache_bytes: 1 << 30, ..Options::default() };
    let to = RedbStore::open_with(folder.path().join("raw.redb"), options).unwrap();
    let mut took = Duration::ZERO;
    for batch in recording.replay() {
        took += timed(|| to.commit(&batch).unwrap()).1;
    }
    rate(records, took)
}
