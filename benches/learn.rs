//! Learning: logistic regression beside scikit-learn on the same columns, and scoring beside the
//! machine's memory.
//!
//! The columns are those of the public bank data where its folder is found, else made up; a million rows
//! are drawn from them.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crm_benches::{line, peak_memory, ratio, size, timed};
use crm_core::insight::learn::logistic::{self, Fit};
use crm_core::insight::learn::{Column, Sample, Table, categories};

/// Columns and how the rows ended.
struct Data {
    name: &'static str,
    categories: Vec<(Vec<i32>, Vec<String>)>,
    numbers: Vec<Vec<f64>>,
    outcomes: Vec<bool>,
}

fn main() {
    let rows = usize::try_from(size()).unwrap();
    let bank = bank().unwrap_or_else(made_up);
    let many = bank.drawn("drawn", rows);
    let companies = bank.drawn("companies", rows / 5).with_companies(10_000);
    let python = python();
    for data in [&bank, &many, &companies] {
        regression(data, python.as_deref());
    }
    scoring(&many);
    line("peak memory", peak_memory());
}

/// The CPU time of this thread so far (Linux).
fn cpu() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn regression(data: &Data, python: Option<&Path>) {
    let names: Vec<String> = (0..40).map(|number| format!("column {number}")).collect();
    let table = data.table(&names);
    let sample = Sample::all(&table, &data.outcomes).unwrap();
    println!("== regression, {}: {} rows", data.name, table.rows());
    let (one, two) = (NonZeroUsize::MIN, NonZeroUsize::new(2).unwrap());
    let fit = |threads| logistic::fit(&sample, &logistic::Options::default(), threads).unwrap();
    let mut best = f64::INFINITY;
    let mut ours: Option<Fit> = None;
    for _ in 0..3 {
        let start = cpu();
        ours = Some(fit(one));
        best = best.min(cpu() - start);
    }
    let ours = ours.unwrap();
    let wall = (0..3).map(|_| timed(|| fit(two)).1).min().unwrap_or_default();
    line("one thread, CPU seconds, best of 3", format!("{best:.4}"));
    line("two threads, seconds", format!("{:.4}", wall.as_secs_f64()));
    line("passes, of them with curvature", format!("{}, {}", ours.passes, ours.curvatures));
    line("objective, gradient", format!("{:.7}, {:.1e}", ours.objective, ours.gradient));
    let Some(python) = python else {
        println!("(scikit-learn could not be installed: no ratio)");
        return;
    };
    let mut same: Option<f64> = None;
    let mut any: Option<f64> = None;
    for peer in data.peers(python) {
        let number = |name: &str| peer[name].as_f64().unwrap_or(f64::NAN);
        let above = number("objective") - ours.objective;
        let what =
            format!("scikit-learn, {}, tolerance {}", peer["solver"].as_str().unwrap_or(""), peer["tol"]);
        line(&what, format!("{:.3} s, objective {above:+.1e}, {:.0} MiB", number("cpu"), number("peak_mib")));
        let least = |best: Option<f64>| Some(best.map_or(number("cpu"), |best: f64| best.min(number("cpu"))));
        any = least(any);
        // The same objective: to eight digits.
        same = if above < 1e-8 * ours.objective { least(same) } else { same };
    }
    if let Some(same) = same {
        ratio("scikit-learn's best at the same objective, to ours", same / best, "2");
    }
    if let Some(any) = any {
        ratio("scikit-learn's fastest at any objective, to ours", any / best, "none");
    }
}

/// Time to score beside the time to read the same columns once and write one.
fn scoring(data: &Data) {
    let names: Vec<String> = (0..40).map(|number| format!("column {number}")).collect();
    let table = data.table(&names);
    let sample = Sample::all(&table, &data.outcomes).unwrap();
    let one = NonZeroUsize::MIN;
    let scorer = logistic::fit(&sample, &logistic::Options::default(), one).unwrap().scorer;
    println!("== scoring {} rows", table.rows());
    for threads in [one, NonZeroUsize::new(2).unwrap()] {
        let took = (0..20).map(|_| timed(|| scorer.probabilities(&table, threads).unwrap()).1).min();
        let mut out = vec![0u64; table.rows()];
        let read = (0..20).map(|_| timed(|| data.read(&mut out, threads)).1).min();
        let (took, read) = (took.unwrap_or_default(), read.unwrap_or_default());
        assert!(out.iter().any(|sum| *sum > 0));
        let bytes = table.rows() * (4 * data.categories.len() + 8 * data.numbers.len() + 8);
        let speed = |time: Duration| bytes as f64 / time.as_secs_f64() / 1e9;
        line(&format!("{threads} threads, to score, GB/s"), format!("{took:?}, {:.1}", speed(took)));
        line("  to read the columns and write one, GB/s", format!("{read:?}, {:.1}", speed(read)));
        ratio("  scored to read", took.as_secs_f64() / read.as_secs_f64(), "at most 3");
    }
}

impl Data {
    fn table<'a>(&'a self, names: &'a [String]) -> Table<'a> {
        let categories = self.categories.iter().map(|(codes, levels)| (Some((codes, levels)), None));
        let numbers = self.numbers.iter().map(|values| (None, Some(values)));
        let columns =
            categories.chain(numbers).zip(names).map(|((category, number), name)| match (category, number) {
                (Some((codes, levels)), _) => Column::category(name, codes, levels),
                (None, values) => Column::number(name, values.map_or(&[], |values| values)),
            });
        Table::new(columns.collect()).unwrap()
    }

    /// So many rows, each one of these.
    fn drawn(&self, name: &'static str, rows: usize) -> Data {
        let from = self.outcomes.len() as u64;
        let draw = |row: u64| ((((row * 2_654_435_761) & 0xffff_ffff) * from) >> 32) as usize;
        let rows: Vec<usize> = (0..rows as u64).map(draw).collect();
        let draw_codes = |codes: &[i32]| rows.iter().map(|row| codes[*row]).collect();
        let categories = self.categories.iter().map(|(codes, levels)| (draw_codes(codes), levels.clone()));
        let numbers = self.numbers.iter().map(|values| rows.iter().map(|row| values[*row]).collect());
        Data {
            name,
            categories: categories.collect(),
            numbers: numbers.collect(),
            outcomes: rows.iter().map(|row| self.outcomes[*row]).collect(),
        }
    }

    /// With a column of so many companies more, a few of them large.
    fn with_companies(mut self, count: u64) -> Data {
        let company = |row: u64| {
            let mixed = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let share = mixed as f64 / 4_294_967_296.0;
            (share * share * count as f64) as i32
        };
        let codes = (0..self.outcomes.len() as u64).map(company).collect();
        self.categories.push((codes, (0..count).map(|company| format!("company {company}")).collect()));
        self
    }

    /// Reads every column once, in blocks, and writes a sum a row.
    fn read(&self, out: &mut [u64], threads: NonZeroUsize) {
        let each = out.len().div_ceil(threads.get());
        let work = |part: usize, out: &mut [u64]| {
            for (block, sums) in out.chunks_mut(1024).enumerate() {
                let from = part * each + block * 1024;
                sums.fill(0);
                for (codes, _) in &self.categories {
                    for (sum, code) in sums.iter_mut().zip(&codes[from..]) {
                        *sum = sum.wrapping_add(*code as u64);
                    }
                }
                for values in &self.numbers {
                    for (sum, value) in sums.iter_mut().zip(&values[from..]) {
                        *sum = sum.wrapping_add(value.to_bits());
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for (part, out) in out.chunks_mut(each).enumerate() {
                let work = &work;
                scope.spawn(move || work(part, out));
            }
        });
    }

    /// What scikit-learn needs for the same columns, a value a solver.
    fn peers(&self, python: &Path) -> Vec<serde_json::Value> {
        let folder = tempfile::tempdir().unwrap();
        let file = |kind: &str| folder.path().join(format!("{}.{kind}", self.name));
        let codes =
            self.categories.iter().flat_map(|(codes, _)| codes.iter().flat_map(|code| code.to_le_bytes()));
        fs::write(file("codes"), codes.collect::<Vec<u8>>()).unwrap();
        let numbers = self.numbers.iter().flatten().flat_map(|value| value.to_le_bytes());
        fs::write(file("numbers"), numbers.collect::<Vec<u8>>()).unwrap();
        let outcomes = self.outcomes.iter().map(|good| u8::from(*good));
        fs::write(file("outcomes"), outcomes.collect::<Vec<u8>>()).unwrap();
        let widths: Vec<usize> = self.categories.iter().map(|(_, levels)| levels.len()).collect();
        let rows = self.outcomes.len();
        let runs = if rows > 100_000 { 1 } else { 3 };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/scikit_learn.py");
        let answer = Command::new(python)
            .arg(script)
            .arg(folder.path())
            .args([self.name, &rows.to_string(), &runs.to_string(), &format!("{widths:?}")])
            .output()
            .unwrap();
        if !answer.status.success() {
            println!("(scikit-learn failed: {})", String::from_utf8_lossy(&answer.stderr));
        }
        let text = String::from_utf8_lossy(&answer.stdout);
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// The public bank data, if its folder is there: `CRM_SHARED`, or `shared` beside the workspace.
fn bank() -> Option<Data> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("CRM_SHARED").map_or(beside, PathBuf::from);
    let text = fs::read_to_string(folder.join("data/bank_marketing/bank-full.csv")).ok()?;
    let mut lines =
        text.lines().map(|line| line.split(';').map(|cell| cell.trim_matches('"')).collect::<Vec<_>>());
    let names = lines.next()?;
    let rows: Vec<Vec<&str>> = lines.collect();
    let mut data = Data { name: "bank", categories: vec![], numbers: vec![], outcomes: vec![] };
    for (column, name) in names.iter().enumerate() {
        let cells = || rows.iter().map(|row| row[column]);
        match *name {
            "y" => data.outcomes = cells().map(|cell| cell == "yes").collect(),
            "duration" => {}
            _ => match cells().map(|cell| cell.parse::<f64>().ok()).collect() {
                Some(values) => data.numbers.push(values),
                None => data.categories.push(categories(cells().map(Some))),
            },
        }
    }
    Some(data)
}

/// Columns of the same widths, where the bank's are not there.
fn made_up() -> Data {
    println!("(no folder with the bank data: columns are made up)");
    let mut dice = crm_core::store::conformance::Dice::new(1);
    let mut codes = |width: usize| (0..45_211).map(|_| dice.below(width) as i32).collect::<Vec<_>>();
    let widths = [12, 3, 4, 2, 2, 2, 3, 12, 4];
    let categories: Vec<(Vec<i32>, Vec<String>)> = widths
        .iter()
        .map(|width| (codes(*width), (0..*width).map(|level| level.to_string()).collect()))
        .collect();
    let numbers: Vec<Vec<f64>> =
        (0..6).map(|_| codes(1000).into_iter().map(|code| f64::from(code).sqrt()).collect()).collect();
    let ended = codes(40);
    let outcomes = ended.iter().zip(&categories[0].0).map(|(roll, job)| *roll < 2 + *job).collect();
    Data { name: "made up", categories, numbers, outcomes }
}

/// A Python with scikit-learn, made under the target folder; none without a network.
fn python() -> Option<PathBuf> {
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/scikit_learn.txt");
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
    let folder = target.join("peers/scikit_learn");
    let python = folder.join("bin/python");
    let run = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    let made = python.exists() || run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements);
    (made && run(&mut install)).then_some(python)
}
