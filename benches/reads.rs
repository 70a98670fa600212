//! Reads: a point, a page, the same page for three actors, the past, opening the file.

use chrono::{Days, NaiveDate};
use crm_benches::{below, clerk, deal, deals, director, line, manager, median, rate, ratio, size, timed};
use crm_core::base::{Kind, kind};
use crm_core::domain::opportunity::Opportunity;
use crm_core::engine::flows::advance::MoveRecord;
use crm_core::engine::{Crm, Host};
use crm_core::record::codec::View;
use crm_core::record::desk::Query;
use crm_core::record::filter::{Comparison, Filter};
use crm_core::record::journal::Actor;
use crm_core::record::key;
use crm_core::record::spec::Record;
use crm_core::store::conformance::Dice;
use crm_core::store::{Store, Table};
use crm_store_redb::RedbStore;

/// A host that commits much takes an allocator that is good at small pieces; the peers run with it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let records = size();
    println!("== {records} deals");
    let (world, took) = timed(|| deals(records).unwrap());
    line("load, records/s", format!("{:.0}", rate(records, took)));
    let bytes = std::fs::metadata(&world.path).unwrap().len();
    line("file, bytes a record", bytes / records);
    let mut dice = Dice::new(1);
    let raw = median(20_000.min(records), |_| {
        let id = deal(below(&mut dice, records));
        let snapshot = world.store.snapshot().unwrap();
        let image = snapshot.get(Table::Records, &key::record(id.record())).unwrap().unwrap();
        std::hint::black_box(Opportunity::read(id, View::new(&image).unwrap()).unwrap());
    });
    for (name, actor) in [("director", director()), ("manager", manager())] {
        let session = world.crm.session(actor);
        let point = median(20_000.min(records), |_| {
            std::hint::black_box(session.get::<Opportunity>(deal(below(&mut dice, records))).unwrap());
        });
        line(&format!("point read for the {name}, raw get and decode"), format!("{point:?}, {raw:?}"));
        ratio("  to raw", point.as_secs_f64() / raw.as_secs_f64(), "at most 3");
    }
    let all = page(&world.crm, director());
    for (name, actor) in [("director", director()), ("manager of 100", manager()), ("clerk", clerk())] {
        let time = page(&world.crm, actor);
        line(&format!("page of 50 for the {name} (floor 200 µs)"), format!("{time:?}"));
        ratio("  to the director's", time.as_secs_f64() / all.as_secs_f64(), "at most 2");
    }
    past(&world.crm, records);
    let path = world.path.clone();
    let copy = path.with_file_name("killed.redb");
    // A file that was never closed, its log almost full: what a kill leaves behind.
    alone(&world.crm, records);
    std::fs::copy(&path, &copy).unwrap();
    std::fs::File::open(&copy).unwrap().sync_all().unwrap();
    drop(world.crm);
    drop(world.store);
    for (name, path) in [("after closing", &path), ("as a kill leaves it", &copy)] {
        let (crm, took) = timed(|| Crm::open(RedbStore::open(path).unwrap(), Host::system()).unwrap());
        line(&format!("open {name}"), format!("{took:?}"));
        drop(crm);
    }
}

/// A page of 50 by expected close date from a random day on.
fn page(crm: &Crm, actor: Actor) -> std::time::Duration {
    let session = crm.session(actor);
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
    let mut dice = Dice::new(2);
    median(2_000, |_| {
        let day = first.checked_add_days(Days::new(below(&mut dice, 700))).unwrap();
        let query = Query::of(kind::Opportunity::NO)
            .filter(Filter::compare("close_on", Comparison::Ge, day))
            .sort("close_on")
            .limit(50);
        let page = session.list::<Opportunity>(&query).unwrap();
        assert!(!page.items.is_empty());
        std::hint::black_box(page);
    })
}

/// Moves one by one.
fn alone(crm: &Crm, records: u64) {
    let stages = stages(crm);
    let mut dice = Dice::new(5);
    for _ in 0..3_000 {
        // It may stand there already.
        let _ = crm.session(director()).execute(step(&mut dice, &stages, records));
    }
}

fn stages(crm: &Crm) -> Vec<String> {
    let pipeline = crm.system().pipeline(None).unwrap();
    pipeline.states.iter().take(crm_benches::STAGES).map(|stage| stage.code.clone()).collect()
}

/// A deal's move to a stage.
fn step(dice: &mut Dice, stages: &[String], records: u64) -> MoveRecord {
    MoveRecord {
        record: deal(below(dice, records)).record(),
        to: stages[usize::try_from(below(dice, stages.len() as u64)).unwrap()].clone(),
        reason: "bench".into(),
        revision: None,
        fields: Default::default(),
    }
}

/// A report as of before as many changes as there are records.
fn past(crm: &Crm, records: u64) {
    let before = crm.now();
    let stages = stages(crm);
    let mut dice = Dice::new(3);
    let session = crm.session(director());
    let (mut changes, started) = (0u64, std::time::Instant::now());
    while changes < records {
        let steps: Vec<_> = (0..5_000).map(|_| step(&mut dice, &stages, records)).collect();
        changes += session.execute_all(steps).iter().filter(|step| step.is_ok()).count() as u64;
    }
    line("changes in groups of 5,000, a second", format!("{:.0}", rate(changes, started.elapsed())));
    let stage = stages.first().cloned().unwrap();
    let query = Query::of(kind::Opportunity::NO).filter(Filter::equals("state", stage.as_str()));
    let (now, time_now) = timed(|| session.count(&query).unwrap());
    let (then, time_then) = timed(|| session.as_of(before).count(&query).unwrap());
    line(&format!("count of a stage now ({now})"), format!("{time_now:?}"));
    line(&format!("the same {changes} changes ago ({then}), floor about 1 s"), format!("{time_then:?}"));
}
