//! A process that is killed while it commits to a real file loses nothing acknowledged.
//!
//! The test starts itself again as the process to kill. `CRM_KILLS` says how often.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crm_core::store::conformance::{Dice, Model};
use crm_core::store::{Batch, Store, Table};
use crm_store_redb::RedbStore;

const FILE: &str = "CRM_KILL_FILE";

/// What the `n`th commit writes: rows in several tables that must agree.
fn numbered(n: u64) -> Batch {
    let mut dice = Dice::new(n);
    let mut batch = Batch::new();
    let key = n.to_be_bytes().to_vec();
    batch.expect_journal_end = Some(n.checked_sub(1).map(|last| last.to_be_bytes().to_vec()));
    batch.put(Table::Journal, key.clone(), vec![1; dice.below(500)]);
    batch.put(Table::Records, dice.roll().to_be_bytes().to_vec(), vec![2; dice.below(3000)]);
    batch.put(Table::Index, [dice.roll().to_be_bytes().as_slice(), &key].concat(), Vec::new());
    batch.put(Table::Meta, b"count".to_vec(), key);
    batch
}

fn next(store: &RedbStore) -> u64 {
    let count = store.snapshot().unwrap().get(Table::Meta, b"count").unwrap();
    count.map_or(0, |count| u64::from_be_bytes(count.try_into().unwrap()) + 1)
}

/// The process to kill: commits on and on, and tells what is acknowledged.
#[test]
#[ignore = "started by the test below, to be killed"]
fn victim() {
    let store = RedbStore::open(PathBuf::from(std::env::var_os(FILE).unwrap())).unwrap();
    for n in next(&store).. {
        store.commit(&numbered(n)).unwrap();
        let mut out = std::io::stdout();
        if writeln!(out, "committed {n}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// Runs the victim, kills it after some commits, and answers the last one it acknowledged.
fn run_and_kill(file: &Path, commits: usize) -> Option<u64> {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::victim", "--ignored", "--nocapture"])
        .env(FILE, file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let mut last = None;
    let mut read = |most: usize| {
        let said = lines.by_ref().map_while(Result::ok);
        let numbers = said.filter_map(|line| line.rsplit_once("committed ")?.1.parse().ok());
        numbers.take(most).for_each(|n: u64| last = Some(n));
    };
    read(commits);
    victim.kill().unwrap();
    victim.wait().unwrap();
    read(usize::MAX);
    last
}

#[test]
fn a_killed_process_loses_nothing_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("crm.redb");
    let mut dice = Dice::new(1);
    let mut model = Model::new();
    let mut committed = 0;
    let kills = std::env::var("CRM_KILLS").map_or(10, |kills| kills.parse().unwrap());
    for kill in 0..kills {
        let last = run_and_kill(&file, 1 + dice.below(30));
        let last = last.unwrap_or_else(|| panic!("kill {kill}: the victim committed nothing"));
        let mut store = RedbStore::open(&file).unwrap();
        let next = next(&store);
        assert!(
            (last + 1..=last + 2).contains(&next),
            "kill {kill}: {last} was acknowledged, next is {next}"
        );
        while committed < next {
            assert!(model.commit(&numbered(committed)));
            committed += 1;
        }
        assert!(Model::read(&*store.snapshot().unwrap()).unwrap() == model, "kill {kill}: rows differ");
        assert!(store.check_integrity().unwrap(), "kill {kill}: the file is not whole");
    }
}
