//! Peers that are programs in Python, and what a process used.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Instant;

/// A Python with what a peer needs, in a virtual environment under a folder, or none with a word of
/// why: without network there may be no peers.
pub fn python(folder: &Path, requirements: &Path) -> Option<PathBuf> {
    let home = folder.join("venv").join(requirements.file_stem()?);
    let python = home.join("bin/python");
    let wanted = std::fs::read_to_string(requirements).ok()?;
    let done = home.join("installed.txt");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Some(python);
    }
    let made = runs(Command::new("python3").args(["-m", "venv"]).arg(&home))
        && runs(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements));
    if !made {
        println!(
            "no peers: {} could not be installed",
            wanted.split_whitespace().collect::<Vec<_>>().join(", ")
        );
        return None;
    }
    std::fs::write(done, wanted).ok()?;
    Some(python)
}

/// Whether a program ran and was content.
pub fn runs(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

/// The numbers that a program printed on its last line; none, with what it said, when it failed.
pub fn numbers(command: &mut Command) -> Option<Vec<f64>> {
    let output = command.output().ok()?;
    if !output.status.success() {
        println!("a peer failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        return None;
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().last()?.split_whitespace().map(|word| word.parse().ok()).collect()
}

/// CPU seconds of all threads of this process so far, in steps of 10 ms (Linux).
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may hold spaces; what follows doesn't.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Nanoseconds that this thread has computed, whatever else the machine did meanwhile (Linux); of the
/// clock where that isn't known.
pub fn thread_nanos() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|text| text.split_whitespace().next().and_then(|word| word.parse().ok()));
    told.unwrap_or_else(|| u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

/// Runs something and says by how many MiB its peak was above what was held before (Linux).
pub fn extra_memory<T>(run: impl FnOnce() -> T) -> (T, f64) {
    // 5 sets the peak back to what is held now.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = status("VmRSS:");
    let answer = run();
    (answer, status("VmHWM:") - before)
}

fn status(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let row = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    row.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
