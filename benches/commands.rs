//! Durable commands: a deal moves to another stage (rights, one index in two layouts, journal, chain),
//! one caller and 64, beside SQLite doing the same.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use crm_benches::{World, below, deal, deals, director, line, rate, ratio, size, timed};
use crm_core::domain::opportunity::Opportunity;
use crm_core::engine::flows::advance::MoveRecord;
use crm_core::record::error::Error;
use crm_core::store::conformance::Dice;
use sha2::{Digest, Sha256};

/// A host that commits much takes an allocator that is good at small pieces; the peers run with it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const THREADS: u64 = 64;
const ROUNDS: usize = 5;

fn main() {
    let largest = size();
    for records in [10_000.min(largest), largest] {
        println!("\n== {records} deals");
        let world = deals(records).unwrap();
        let places = places(&world, records);
        let mut sqlite = Sqlite::load(records);
        let mut rounds = [Vec::new(), Vec::new(), Vec::new()];
        // In turns, and the median of each, as disks have moods.
        for _ in 0..ROUNDS {
            rounds[0].push(ours(&world, &places, 1, Duration::from_secs(2)));
            rounds[1].push(ours(&world, &places, THREADS, Duration::from_secs(3)));
            rounds[2].push(sqlite.run(Duration::from_secs(2)));
        }
        let [one, many, sqlite] = rounds.map(median);
        line("one thread, commands/s", format!("{one:.0}"));
        line("64 threads, commands/s", format!("{many:.0}"));
        line("SQLite WAL FULL, commands/s", format!("{sqlite:.0}"));
        let small = records <= 10_000;
        ratio("64 threads to one", many / one, if small { "8" } else { "4" });
        ratio("64 threads to SQLite", many / sqlite, if small { "2.5" } else { "1.5" });
        if records == largest {
            break;
        }
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Moves random deals for a while; answers moves a second and prints pages a move.
fn ours(world: &World, places: &[AtomicUsize], threads: u64, time: Duration) -> f64 {
    let records = places.len() as u64;
    let pipeline = world.crm.system().pipeline(None).unwrap();
    let stages: Vec<String> =
        pipeline.states.iter().take(crm_benches::STAGES).map(|s| s.code.clone()).collect();
    let before = world.store.traffic();
    let done = AtomicU64::new(0);
    let start = std::time::Instant::now();
    let (_, took) = timed(|| {
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (done, stages) = (&done, &stages);
                scope.spawn(move || {
                    let session = world.crm.session(director());
                    let mut dice = Dice::new(thread + threads);
                    while start.elapsed() < time {
                        let number = below(&mut dice, records);
                        let record = deal(number).record();
                        let further = 1 + usize::try_from(below(&mut dice, stages.len() as u64 - 1)).unwrap();
                        let place = &places[usize::try_from(number).unwrap()];
                        let from = place.fetch_add(further, Ordering::Relaxed);
                        let to = stages[(from + further) % stages.len()].clone();
                        let step = MoveRecord {
                            record,
                            to,
                            reason: "bench".into(),
                            revision: None,
                            fields: Default::default(),
                        };
                        match session.execute(step) {
                            Ok(_) => {
                                done.fetch_add(1, Ordering::Relaxed);
                            }
                            // Another caller moved it there meanwhile: that moved nothing and is not counted.
                            Err(Error::Refused(_)) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
        });
    });
    let done = done.load(Ordering::Relaxed);
    let traffic = world.store.traffic() - before;
    line(
        &format!("  {threads} threads: pages written / flushes a command"),
        format!(
            "{:.1} / {:.3}",
            traffic.bytes_written as f64 / 4096.0 / done as f64,
            traffic.syncs as f64 / done as f64
        ),
    );
    rate(done, took)
}

/// At which of the stages each deal stands, so that a move goes somewhere else.
fn places(world: &World, records: u64) -> Vec<AtomicUsize> {
    let session = world.crm.session(director());
    let pipeline = session.pipeline(None).unwrap();
    let place = |number| {
        let deal: Opportunity = session.get(deal(number)).unwrap();
        AtomicUsize::new(pipeline.states.iter().position(|stage| stage.code == deal.state).unwrap())
    };
    (0..records).map(place).collect()
}

/// The same work in SQLite: read the row, check the owner, write it with two indexes on the moved
/// column, append a chained journal row, commit durably.
struct Sqlite {
    db: rusqlite::Connection,
    dice: Dice,
    data: Vec<u8>,
    records: u64,
    chain: [u8; 32],
    _folder: tempfile::TempDir,
}

impl Sqlite {
    fn load(records: u64) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let mut db = rusqlite::Connection::open(folder.path().join("bench.sqlite")).unwrap();
        db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-1000000;
         CREATE TABLE deal (id BLOB PRIMARY KEY, owner BLOB, stage TEXT, revision INTEGER, data BLOB) WITHOUT ROWID;
         CREATE INDEX by_owner ON deal (owner, stage);
         CREATE INDEX by_stage ON deal (stage);
         CREATE TABLE journal (position INTEGER PRIMARY KEY, entry BLOB);",
    )
    .unwrap();
        let mut dice = Dice::new(7);
        let data = vec![7u8; 330];
        for chunk in (0..records).step_by(50_000) {
            let load = db.transaction().unwrap();
            for number in chunk..(chunk + 50_000).min(records) {
                let id = deal(number).as_u128().to_be_bytes();
                let owner = u128::from(below(&mut dice, 100)).to_be_bytes();
                load.prepare_cached("INSERT INTO deal VALUES (?,?,?,1,?)")
                    .unwrap()
                    .execute((
                        &id[..],
                        &owner[..],
                        STAGES[usize::try_from(below(&mut dice, 4)).unwrap()],
                        &data,
                    ))
                    .unwrap();
            }
            load.commit().unwrap();
        }
        Sqlite { db, dice, data, records, chain: [0; 32], _folder: folder }
    }

    /// Moves random deals for a while; answers moves a second.
    fn run(&mut self, time: Duration) -> f64 {
        let mut done = 0u64;
        let Sqlite { db, dice, data, records, chain, .. } = self;
        let start = std::time::Instant::now();
        let (_, took) = timed(|| {
            while start.elapsed() < time {
                let id = deal(below(dice, *records)).as_u128().to_be_bytes();
                let stage = STAGES[usize::try_from(below(dice, 4)).unwrap()];
                let step = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
                let (old, _): (String, Vec<u8>) = step
                    .prepare_cached("SELECT stage, data FROM deal WHERE id = ?")
                    .unwrap()
                    .query_row([&id[..]], |row| Ok((row.get(0)?, row.get(1)?)))
                    .unwrap();
                if old == stage {
                    continue;
                }
                step.prepare_cached(
                    "UPDATE deal SET stage = ?, revision = revision + 1, data = ? WHERE id = ?",
                )
                .unwrap()
                .execute((stage, &*data, &id[..]))
                .unwrap();
                let mut entry = vec![1u8; 170];
                entry.extend_from_slice(&id);
                *chain = Sha256::new().chain_update(*chain).chain_update(&entry).finalize().into();
                entry.extend_from_slice(&*chain);
                step.prepare_cached("INSERT INTO journal (entry) VALUES (?)")
                    .unwrap()
                    .execute([&entry])
                    .unwrap();
                step.commit().unwrap();
                done += 1;
            }
        });
        rate(done, took)
    }
}

const STAGES: [&str; 4] = ["first_talk", "need_confirmed", "proposal", "negotiation"];
