//! RFM: 20 purchases a customer gathered and scored, from columns in memory, beside polars and duckdb.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use crm_benches::peers::{self, cpu_seconds, extra_memory};
use crm_benches::{below, line, ratio, size, timed};
use crm_core::insight::rfm::{Key, Period, Purchases, Rule, Scores, States, Texts, score};
use crm_core::store::conformance::Dice;

const THREADS: NonZeroUsize = NonZeroUsize::new(2).unwrap();
const RUNS: u32 = 5;

struct Columns {
    ids: Vec<i32>,
    days: Vec<i32>,
    amounts: Vec<i64>,
}

/// What a run took: best seconds, CPU seconds, MiB beyond the columns, and the check sums.
struct Taken {
    seconds: f64,
    cpu: f64,
    extra: f64,
    sums: Vec<u64>,
}

fn main() {
    let customers = size();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let script = here.join("rfm.py");
    let python = peers::python(&folder, &here.join("rfm.txt"));
    let data = folder.join(format!("rfm-{customers}"));
    std::fs::create_dir_all(&data).unwrap();
    let columns = columns(python.as_deref(), &script, &data, customers);
    let purchases = Purchases { days: &columns.days, amounts: &columns.amounts };
    line("purchases, customers", format!("{}, {customers}", columns.ids.len()));

    let bytes = columns.ids.len() * 16;
    let streamed =
        (0..RUNS).map(|_| timed(|| stream(&columns)).1.as_secs_f64()).fold(f64::INFINITY, f64::min);
    let speed = bytes as f64 / streamed / 1e9;
    line("limit: reading the columns once, 2 threads", format!("{:.1} ms, {speed:.1} GB/s", streamed * 1e3));

    let ours = measure(|| States::of_ids(&columns.ids, purchases, Period::ALL, THREADS).unwrap());
    report("integer ids", &ours);
    ratio("  beyond the limit", ours.seconds / streamed, "none");
    let sparse: Vec<i64> = columns.ids.iter().map(|id| i64::from(*id) * 1_000_003).collect();
    report(
        "integer ids far apart",
        &measure(|| States::of_ids(&sparse, purchases, Period::ALL, THREADS).unwrap()),
    );
    drop(sparse);

    let names: Vec<u8> = columns.ids.iter().flat_map(|id| format!("C{id:09}").into_bytes()).collect();
    std::fs::write(data.join("ids.txt"), &names).unwrap();
    let offsets: Vec<i64> = (0..=columns.ids.len() as i64).map(|row| row * 10).collect();
    let texts = Texts { bytes: &names, offsets: &offsets };
    let by_text = measure(|| States::of_texts(texts, purchases, Period::ALL, THREADS).unwrap());
    report("text ids", &by_text);

    let Some(python) = python else { return };
    for (kind, ours, floor) in [("int", &ours, "5"), ("text", &by_text, "2")] {
        let taken: Vec<Taken> = ["polars", "duckdb"]
            .iter()
            .filter_map(|engine| peer(&python, &script, engine, &data, kind))
            .collect();
        for taken in &taken {
            assert_eq!(taken.sums, ours.sums, "the peers score otherwise");
        }
        let least = |of: fn(&Taken) -> f64| taken.iter().map(of).fold(f64::INFINITY, f64::min);
        ratio(
            &format!("{kind} ids, the faster peer to us"),
            least(|taken| taken.seconds) / ours.seconds,
            floor,
        );
        ratio(
            &format!("{kind} ids, CPU of the thriftier peer to ours"),
            least(|taken| taken.cpu) / ours.cpu,
            "none",
        );
        ratio(
            &format!("{kind} ids, our memory to the thriftier peer's"),
            ours.extra / least(|taken| taken.extra),
            "at most 0.5",
        );
    }
}

/// The columns that the script makes; without it some like them.
fn columns(python: Option<&Path>, script: &Path, data: &Path, customers: u64) -> Columns {
    if let Some(python) = python
        && !data.join("amounts.i64").exists()
    {
        assert!(peers::runs(
            Command::new(python).arg(script).arg("gen").arg(data).arg(customers.to_string())
        ));
    }
    let read = |name: &str| std::fs::read(data.join(name));
    if let (Ok(ids), Ok(days), Ok(amounts)) = (read("ids.i32"), read("days.i32"), read("amounts.i64")) {
        let narrow = |bytes: Vec<u8>| -> Vec<i32> {
            bytes.as_chunks().0.iter().map(|four| i32::from_le_bytes(*four)).collect()
        };
        let amounts = amounts.as_chunks().0.iter().map(|eight| i64::from_le_bytes(*eight)).collect();
        return Columns { ids: narrow(ids), days: narrow(days), amounts };
    }
    let mut dice = Dice::new(7);
    let mut roll = |count: u64| below(&mut dice, count);
    let rows = 20 * customers;
    Columns {
        ids: (0..rows).map(|_| 1 + roll(customers) as i32).collect(),
        days: (0..rows).map(|_| roll(730) as i32).collect(),
        amounts: (0..rows).map(|_| roll(20_000) as i64).collect(),
    }
}

/// Reads every byte once.
fn stream(columns: &Columns) -> i64 {
    let half = columns.ids.len() / 2;
    let sum = |rows: std::ops::Range<usize>| {
        let ids: i32 = columns.ids[rows.clone()].iter().fold(0, |sum, id| sum ^ id);
        let days: i32 = columns.days[rows.clone()].iter().fold(0, |sum, day| sum ^ day);
        columns.amounts[rows].iter().fold(0, |sum, amount| sum ^ amount) ^ i64::from(ids ^ days)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| sum(half..columns.ids.len()));
        black_box(sum(0..half) ^ other.join().unwrap())
    })
}

fn measure<K: Key>(gather: impl Fn() -> States<K>) -> Taken {
    let run = || {
        let (states, gathered) = timed(&gather);
        let as_of = states.day_after_last().unwrap();
        let (scores, scored) = timed(|| score(&states, as_of, &Rule::default(), THREADS).unwrap());
        (scores, gathered, scored)
    };
    let (scores, extra) = extra_memory(|| run().0);
    let sums = check_sums(&scores);
    drop(scores);
    let cpu = cpu_seconds();
    let runs: Vec<_> = (0..RUNS)
        .map(|_| {
            let ((_, gathered, scored), whole) = timed(run);
            (whole.as_secs_f64(), gathered, scored)
        })
        .collect();
    let cpu = (cpu_seconds() - cpu) / f64::from(RUNS);
    let best = runs.iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    line("  gathered, scored", format!("{:?}, {:?}", best.1, best.2));
    Taken { seconds: best.0, cpu, extra, sums }
}

fn check_sums(scores: &Scores) -> Vec<u64> {
    let sum = |scores: &[u8]| scores.iter().map(|score| u64::from(*score)).sum();
    let best = scores.rows().filter(|row| *row == [5; 3]).count() as u64;
    vec![sum(&scores.recency), sum(&scores.frequency), sum(&scores.money), best]
}

fn peer(python: &Path, script: &Path, engine: &str, data: &Path, kind: &str) -> Option<Taken> {
    let threads = THREADS.to_string();
    let mut command = Command::new(python);
    command.arg(script).args(["run", engine]).arg(data).args([kind, &threads]);
    let numbers = peers::numbers(&mut command)?;
    let (&[seconds, cpu, extra], sums) = numbers.split_first_chunk::<3>()?;
    let taken = Taken { seconds, cpu, extra, sums: sums.iter().map(|sum| *sum as u64).collect() };
    report(&format!("{engine}, {kind} ids"), &taken);
    Some(taken)
}

fn report(what: &str, taken: &Taken) {
    let (ms, cpu, extra) = (taken.seconds * 1e3, taken.cpu, taken.extra);
    line(what, format!("{ms:.0} ms, CPU {cpu:.2} s, {extra:.0} MiB beyond the columns"));
}
