//! Lifetime value: fits on CDNOW, a million customers fitted and valued, 180 small data sets, beside lifetimes.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use crm_benches::peers::{self, cpu_seconds, extra_memory};
use crm_benches::{line, ratio, size, timed};
use crm_core::insight::clv::{Ahead, Family, Histories, fit, fit_spend, value};

/// CPU time is compared, and the peer has one thread.
const ONE: NonZeroUsize = NonZeroUsize::MIN;
const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();

struct Columns {
    repeats: Vec<u32>,
    last: Vec<f64>,
    age: Vec<f64>,
}

impl Columns {
    fn histories(&self) -> Histories<'_> {
        Histories::new(&self.repeats, &self.last, &self.age).unwrap()
    }
}

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let script = here.join("btyd.py");
    let python = peers::python(&folder, &here.join("btyd.txt"));
    let peer = |arguments: &[&str]| {
        let mut command = Command::new(python.as_deref()?);
        peers::numbers(command.arg(&script).args(arguments))
    };
    cdnow(&peer);
    let Some(program) = python.as_deref() else {
        println!("the columns of the other workloads are made by the peer's script");
        return;
    };
    let data = folder.join(format!("clv-{}", size()));
    if !data.join("spend.f64").exists() {
        std::fs::create_dir_all(&data).unwrap();
        let mut command = Command::new(program);
        assert!(peers::runs(command.arg(&script).arg("gen").arg(&data).arg(size().to_string())));
    }
    scale(&data, &peer);
    regimes(&data, &peer);
}

/// CPU seconds of one of so many runs.
fn cpu_of_one<T>(runs: u32, run: impl Fn() -> T) -> f64 {
    let before = cpu_seconds();
    for _ in 0..runs {
        black_box(run());
    }
    (cpu_seconds() - before) / f64::from(runs)
}

fn cdnow(peer: &impl Fn(&[&str]) -> Option<Vec<f64>>) {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("CRM_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("data/cdnow/cdnow_customers_summary.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("no CDNOW table; name a folder with one in CRM_SHARED");
        return;
    };
    let mut columns = Columns { repeats: Vec::new(), last: Vec::new(), age: Vec::new() };
    for row in text.lines().skip(1) {
        let mut numbers = row.split(',').skip(1).map(|number| number.parse::<f64>().unwrap());
        columns.repeats.push(numbers.next().unwrap() as u32);
        columns.last.push(numbers.next().unwrap());
        columns.age.push(numbers.next().unwrap());
    }
    let histories = columns.histories();
    let theirs = peer(&["cdnow", &path.to_string_lossy()]);
    let families =
        [("BG/NBD", Family::BgNbd), ("MBG/NBD", Family::MbgNbd), ("Pareto/NBD", Family::ParetoNbd)];
    for (place, (name, family)) in families.into_iter().enumerate() {
        let ours = cpu_of_one(200, || fit(family, &histories, ONE).unwrap());
        line(&format!("{name} on CDNOW, CPU of a fit"), format!("{:.2} ms", ours * 1e3));
        if let Some(theirs) = &theirs {
            let floor = if place == 0 { "10" } else { "none" };
            ratio("  lifetimes' CPU to ours", theirs[place] / ours, floor);
        }
    }
}

fn read(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap();
    bytes.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect()
}

fn scale(data: &Path, peer: &impl Fn(&[&str]) -> Option<Vec<f64>>) {
    let column = |name: &str| read(&data.join(format!("{name}.f64")));
    let repeats = column("repeats").into_iter().map(|x| x as u32).collect();
    let columns = Columns { repeats, last: column("last"), age: column("age") };
    let spend = column("spend");
    let histories = columns.histories();
    let year = Ahead::Periods { count: 12, length: 30.0, rate: 0.01 };
    let bytes = columns.repeats.len() * 28;
    let (_, streamed) =
        timed(|| black_box(columns.last.iter().chain(&columns.age).chain(&spend).sum::<f64>()));
    line("limit: reading the columns once", format!("{:.1} ms, {bytes} bytes", streamed.as_secs_f64() * 1e3));
    let (found, extra) = extra_memory(|| {
        let model = fit(Family::BgNbd, &histories, ONE).unwrap();
        let spent = fit_spend(&columns.repeats, &spend, ONE).unwrap();
        let values = value(&model.model, &spent.model, &histories, &spend, year, ONE).unwrap();
        (model, spent, values.iter().sum::<f64>())
    });
    let (model, spent, sum) = found;
    let fitted = cpu_of_one(5, || fit(Family::BgNbd, &histories, ONE).unwrap());
    let fitted_spend = cpu_of_one(5, || fit_spend(&columns.repeats, &spend, ONE).unwrap());
    let valued = cpu_of_one(5, || value(&model.model, &spent.model, &histories, &spend, year, ONE).unwrap());
    let wall = |threads| timed(|| fit(Family::BgNbd, &histories, threads).unwrap()).1.as_secs_f64() * 1e3;
    line("customers, distinct histories", format!("{}, {}", columns.repeats.len(), model.distinct));
    line(
        "BG/NBD fit, CPU",
        format!("{:.0} ms; wall of 1 thread {:.0}, of 2 {:.0}", fitted * 1e3, wall(ONE), wall(TWO)),
    );
    line("Gamma-Gamma fit, CPU", format!("{:.0} ms", fitted_spend * 1e3));
    line("12 months' value, CPU", format!("{:.0} ms", valued * 1e3));
    line("memory beyond the columns", format!("{extra:.0} MiB"));
    let Some(theirs) = peer(&["scale", &data.to_string_lossy()]) else { return };
    let off = (sum / theirs[4] - 1.0).abs();
    assert!(off < 1e-3, "the sums of value differ: {sum} and {}", theirs[4]);
    ratio("fit, lifetimes' CPU to ours", theirs[0] / fitted, "20");
    ratio("spend fit, lifetimes' CPU to ours", theirs[1] / fitted_spend, "none");
    ratio("12 months' value, lifetimes' CPU to ours", theirs[2] / valued, "20");
    ratio("memory, lifetimes' to ours", theirs[3] / extra.max(1.0), "none");
}

fn regimes(data: &Path, peer: &impl Fn(&[&str]) -> Option<Vec<f64>>) {
    let numbers = read(&data.join("regimes.f64"));
    let mut rest = numbers.as_slice();
    let (mut fits, mut converged, mut edges, mut steepest) = (0, 0, 0, 0.0f64);
    let before = cpu_seconds();
    while let Some((count, columns)) = rest.split_first() {
        let count = *count as usize;
        let (own, next) = columns.split_at(3 * count);
        rest = next;
        let repeats: Vec<u32> = own[..count].iter().map(|x| *x as u32).collect();
        let histories = Histories::new(&repeats, &own[count..2 * count], &own[2 * count..]).unwrap();
        fits += 1;
        match fit(Family::BgNbd, &histories, ONE) {
            Ok(fit) => {
                converged += 1;
                edges += usize::from(!fit.edge.is_empty());
                steepest = steepest.max(fit.gradient);
            }
            Err(error) => println!("fit {fits}: {error}"),
        }
    }
    let cpu = cpu_seconds() - before;
    line(
        "small data sets that converge",
        format!("{converged} of {fits}, {edges} at an edge, gradient at most {steepest:.0e}, {cpu:.2} CPU s"),
    );
    if let Some(theirs) = peer(&["regimes", &data.to_string_lossy()]) {
        line("  lifetimes", format!("{:.0} of {fits}", theirs[0]));
    }
}
