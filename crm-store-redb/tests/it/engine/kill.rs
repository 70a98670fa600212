//! An engine whose process is killed while several threads work on a real file: what it answered is
//! there. The test starts itself again as the process to kill; `CRM_KILLS` says how often.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crm_core::prelude::*;
use crm_core::store::conformance::Dice;
use crm_store_redb::RedbStore;

use super::world::{Act, Model, Open, start};

const FILE: &str = "CRM_KILLED_ENGINE";
const THREADS: usize = 3;

fn firm(thread: usize, count: usize) -> String {
    format!("Firma{thread}x{count}")
}

fn reopen(file: &Path) -> Open {
    let store = RedbStore::open(file).unwrap();
    // A position that was never reached before makes a seed that was never used before.
    let (host, clock) = super::world::host(start(), u64::from(std::process::id()));
    let store = std::sync::Arc::new(store);
    Open { crm: Crm::open_shared(store.clone(), host).unwrap(), store, clock }
}

/// The process to kill: each thread founds firm after firm, has the first one lend it staff, and
/// tells what was answered.
#[test]
#[ignore = "started by the test below, to be killed"]
fn victim() {
    let open = reopen(&PathBuf::from(std::env::var_os(FILE).unwrap()));
    let found = Model::read(&open).unwrap();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (open, found) = (&open, &found);
            scope.spawn(move || {
                let first = (0..).find(|count| !found.firms.contains_key(&firm(thread, *count))).unwrap();
                for count in first.. {
                    let name = firm(thread, count);
                    let begin = Act::Begin { firm: name.clone(), staff: 0 };
                    let lend = Act::Lend { from: "Alfa".into(), to: name.clone(), staff: 1 };
                    let record = open.crm.execute_once(Actor::System, &name, begin).unwrap();
                    // One write, so that the lines of two threads don't mix.
                    let told = std::io::stdout()
                        .write_all(format!("\nbegan {thread} {count} {record}\n").as_bytes());
                    open.act(&lend).unwrap();
                    let lent = std::io::stdout().write_all(format!("\nlent {thread} {count} -\n").as_bytes());
                    if told.and(lent).and(std::io::stdout().flush()).is_err() {
                        return;
                    }
                }
            });
        }
    });
}

/// What the victim said: the last firm of each thread that began, with its record, and the last that was lent staff.
#[derive(Default)]
struct Said {
    began: BTreeMap<usize, (usize, String)>,
    lent: BTreeMap<usize, usize>,
}

impl Said {
    fn hear(&mut self, line: &str) -> bool {
        let words: Vec<_> = line.split(' ').collect();
        let [what @ ("began" | "lent"), thread, count, record] = words[..] else { return false };
        let (Ok(thread), Ok(count)) = (thread.parse(), count.parse()) else { return false };
        if what == "began" {
            self.began.insert(thread, (count, record.to_owned()));
        } else {
            self.lent.insert(thread, count);
        }
        true
    }
}

fn run_and_kill(file: &Path, answers: usize) -> Said {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "engine::kill::victim", "--ignored", "--nocapture"])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut said = Said::default();
    let heard = lines.by_ref().filter(|line| said.hear(line)).take(answers).count();
    victim.kill().unwrap();
    victim.wait().unwrap();
    lines.for_each(|line| {
        said.hear(&line);
    });
    assert_eq!(heard, answers, "the victim ended by itself");
    said
}

fn check(file: &Path, said: &Said) {
    let open = reopen(file);
    let model = Model::read(&open).unwrap();
    let report = open.crm.verify().unwrap();
    assert_eq!(report.findings, Vec::<String>::new());
    assert_eq!(report.journal as u64, open.crm.position().unwrap());
    let staff: i64 = model.firms.values().map(|firm| firm.staff).sum();
    assert_eq!(staff, 1_000_000, "staff was lost or made");
    for thread in 0..THREADS {
        let count = (0..).find(|count| !model.firms.contains_key(&firm(thread, *count))).unwrap();
        let Some((last, record)) = said.began.get(&thread) else { continue };
        assert!(
            (last + 1..=last + 2).contains(&count),
            "thread {thread} was told of {last}, and {count} are there"
        );
        if let Some(last) = said.lent.get(&thread) {
            assert_eq!(
                model.firms[&firm(thread, *last)].staff,
                1,
                "thread {thread} was told that {last} was lent staff"
            );
        }
        // Sent again, it answers as it did, and does nothing.
        let name = firm(thread, *last);
        let again = open.crm.execute_once(Actor::System, &name, Act::Begin { firm: name.clone(), staff: 0 });
        assert_eq!(again.unwrap().to_string(), *record);
    }
    assert_eq!(report.journal as u64, open.crm.position().unwrap());
}

#[test]
fn a_killed_engine_loses_nothing_answered() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("crm.redb");
    reopen(&file).act(&Act::Begin { firm: "Alfa".into(), staff: 1_000_000 }).unwrap();
    let mut dice = Dice::new(1);
    let kills = std::env::var("CRM_KILLS")
        .map_or(if crate::slow() { 200 } else { 10 }, |kills| kills.parse().unwrap());
    for _ in 0..kills {
        let said = run_and_kill(&file, 1 + dice.below(40));
        check(&file, &said);
    }
}
