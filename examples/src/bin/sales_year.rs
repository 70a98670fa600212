//! A sales year, from the first lead to the last deal: `sales_year [FOLDER] [--store FILE]`.
//!
//! A folder with the tables of Maven Analytics' "CRM Sales Opportunities" is recognised and replayed.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use crm_core::base::Span;
use crm_core::engine::{Clock, SystemClock};
use crm_core::prelude::{Crm, Host, Instant};
use crm_examples::table::{Table, count, none, text};
use crm_examples::year::{self, Files, People, Year};
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
    let (store, note) = match store {
        Some(store) if store.exists() => Err(format!("{} is there already", store.display()))?,
        Some(store) => (store, ""),
        None => (temporary.path().join("sales_year.redb"), " (gone at the end; --store FILE keeps one)"),
    };
    let out = &mut stdout().lock();
    writeln!(out, "from {}\ninto {}{note}\n", folder.display(), store.display())?;
    if maven::Files::are_in(&folder) { replay(&folder, &store, out) } else { live(&folder, &store, out) }
}

/// The year of the example's own data.
fn live(folder: &Path, store: &Path, out: &mut dyn Write) -> Outcome {
    let (host, clock) = Host::fixed(year::instant(year::EVE)?, 2025);
    let crm = Crm::open(RedbStore::open(store)?, host)?;
    let people = People::settle(&crm, &Files::new(folder))?;
    let started = SystemClock.now();
    let year = Year::live(&crm, &clock, &people, folder)?;
    let took = SystemClock.now() - started;
    year.tell(out, &crm)?;
    end(out, &crm, store, year.days.commands + year.days.due, took)
}

/// Maven's opportunities.
fn replay(folder: &Path, store: &Path, out: &mut dyn Write) -> Outcome {
    let files = maven::Files::read(folder)?;
    let (host, clock) = Host::fixed("2016-10-01T00:00:00Z".parse()?, 2017);
    let crm = Crm::open(RedbStore::open(store)?, host)?;
    let office = maven::Office::open(&crm, &files)?;
    let started = SystemClock.now();
    let done = maven::replay(&crm, &clock, &office, &files)?;
    let took = SystemClock.now() - started;
    maven::report(out, &crm, &files, &office, &done)?;
    end(out, &crm, store, done.commands, took)
}

/// Proves the file and says what the run cost.
fn end(out: &mut dyn Write, crm: &Crm, store: &Path, commands: usize, took: Span) -> Outcome {
    let started: Instant = SystemClock.now();
    let verified = crm.verify()?;
    let proof = SystemClock.now() - started;
    let seconds = |span: Span| span.micros() as f64 / 1e6;
    let size = std::fs::metadata(store)?.len() as f64 / f64::from(1 << 20);
    let records: usize = verified.records.values().sum();
    let wrong = if verified.wrong == 0 { none() } else { count(verified.wrong as u64) };
    let table = Table::new("完整性与开销 Proof and cost", ["", ""])
        .row([text("records 记录"), count(records as u64)])
        .row([text("index entries 索引"), count(verified.entries as u64)])
        .row([text("journal entries 日志"), count(verified.journal as u64)])
        .row([text("found wrong 错误"), wrong])
        .row([text("proved in 校验用时"), text(format!("{:.2} s", seconds(proof)))])
        .row([text("commands 命令"), count(commands as u64)])
        .row([text("lived through in 用时"), text(format!("{:.1} s", seconds(took)))])
        .row([
            text("commands a second, each durable 每秒"),
            count((commands as f64 / seconds(took).max(1e-6)) as u64),
        ])
        .row([text("file 文件"), text(format!("{size:.1} MiB"))]);
    writeln!(out, "{table}")?;
    if let Some(finding) = verified.findings.first() {
        Err(format!("the store is not sound: {finding}"))?;
    }
    Ok(())
}
