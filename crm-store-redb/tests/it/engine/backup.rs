//! A backup taken while the engine works opens as an engine, and is one moment of the source.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crm_core::store::conformance::Dice;
use crm_store_redb::RedbStore;

use super::world::{Act, Model, Open, start};

#[test]
fn a_backup_is_one_moment_of_the_engine() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let open = Open::over(RedbStore::open(path("crm.redb")).unwrap(), start(), 1).unwrap();
    let firm = |count: usize| format!("Firma{count}");
    for count in 0..20 {
        open.act(&Act::Begin { firm: firm(count), staff: 100 }).unwrap();
    }
    let done = AtomicBool::new(false);
    let positions = thread::scope(|scope| {
        for seed in 0..2 {
            let (open, done) = (&open, &done);
            scope.spawn(move || {
                let mut dice = Dice::new(seed);
                while !done.load(Ordering::SeqCst) {
                    let (from, to) = (firm(dice.below(10)), firm(10 + dice.below(10)));
                    let (from, to) = if dice.once_in(2) { (from, to) } else { (to, from) };
                    match open.act(&Act::Lend { from, to, staff: 1 }) {
                        Err(error) if !error.has_code("test.too_few") => panic!("{error}"),
                        _ => {}
                    }
                }
            });
        }
        let positions: Vec<_> = ["one.redb", "two.redb", "three.redb"]
            .iter()
            .map(|name| {
                let before = open.crm.position().unwrap();
                open.store.backup_to(path(name)).unwrap();
                (*name, before, open.crm.position().unwrap())
            })
            .collect();
        done.store(true, Ordering::SeqCst);
        positions
    });
    for (name, before, after) in positions {
        let copy = Open::over(RedbStore::open(path(name)).unwrap(), start(), 2).unwrap();
        let moment = copy.crm.position().unwrap();
        assert!((before..=after).contains(&moment), "{name}: {before} {moment} {after}");
        // The journal is the source's up to the moment, and everything else follows from it.
        let (of_source, _) = open.crm.changes(0, moment as usize).unwrap();
        assert_eq!(copy.crm.changes(0, usize::MAX).unwrap(), (of_source, moment));
        assert_eq!(copy.crm.verify().unwrap().findings, Vec::<String>::new());
        let staff: i64 = Model::read(&copy).unwrap().firms.values().map(|firm| firm.staff).sum();
        assert_eq!(staff, 2_000);
        // It is an engine like any other.
        copy.act(&Act::Begin { firm: "Alfa".into(), staff: 0 }).unwrap();
        assert!(copy.crm.verify().unwrap().is_clean());
    }
}
