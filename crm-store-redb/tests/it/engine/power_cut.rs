//! After a power cut at any moment of the engine's own work, also while it recovers from the one
//! before: every command that was answered is there, the one in flight is there whole or not at
//! all, and everything proves right. `CRM_CUTS` says how many cuts.

use std::thread;

use crm_core::prelude::*;
use crm_core::store::conformance::Dice;
use crm_store_redb::faults::{Disk, Fault};
use crm_store_redb::{Options, RedbStore};

use super::play::{Checked, Play, Step, told};
use super::world::{Model, Open, Whim, image, start};

/// How many cuts each disk survives before the next is tried.
const CUTS_PER_DISK: u64 = 10;

/// One disk through its cuts.
struct Run<'a> {
    play: Play<'a>,
    /// Whether the store commits in two steps.
    torn: bool,
    dice: Dice,
    count: u64,
    openings: u64,
    recovery_cuts: u64,
}

/// Every third disk has no log, every third one that is full now and then.
fn options(seed: u64) -> Options {
    let log_bytes = [0, 32 << 10, 1 << 20].into_iter().cycle().nth(seed as usize % 3).unwrap();
    Options { cache_bytes: 1 << 20, quick_reopen: !seed.is_multiple_of(4), log_bytes, ..Options::default() }
}

impl Run<'_> {
    /// Opens the engine, with the power going again now and then meanwhile.
    fn recover(&mut self, seed: u64) -> Checked<Open> {
        loop {
            self.play.disk.restore();
            self.openings += 1;
            self.play.now = self.play.now + Span::from_micros(1_000_000);
            if self.dice.below(10) < 3 {
                self.play.disk.plan(Fault::CutAfter(1 + self.dice.roll() % 6));
            }
            let over = if self.torn { Open::torn } else { Open::over };
            let store = RedbStore::open_backend(self.play.disk.plug(), options(seed)).map_err(Error::from);
            match store.and_then(|store| over(store, self.play.now, seed << 32 | self.openings)) {
                _ if self.play.disk.is_off() => self.recovery_cuts += 1,
                Ok(open) => {
                    self.play.disk.plan(Fault::Never);
                    return Ok(open);
                }
                Err(error) => return Err(format!("the engine does not open: {error}")),
            }
        }
    }

    fn next(&mut self, model: &Model) -> Step {
        let mut whim = Whim { dice: &mut self.dice, count: self.count };
        let step = match whim.dice.below(8) {
            0..=2 => Step::One(whim.act(model, self.play.now, true)),
            3 | 4 => Step::Once(format!("key {}", whim.number()), whim.act(model, self.play.now, false)),
            5 | 6 => {
                let count = 2 + whim.dice.below(5);
                Step::All((0..count).map(|_| whim.act(model, self.play.now, false)).collect())
            }
            _ => Step::Due(1 + whim.dice.below(4)),
        };
        self.count = whim.count;
        step
    }

    /// Works until the power goes; answers the states that may be found afterwards, the one without
    /// what was in flight first.
    fn work(&mut self, open: &Open, mut model: Model) -> Checked<Vec<Model>> {
        loop {
            let step = self.next(&model);
            let mut allowed = self.play.step(open, &model, step)?;
            if self.play.disk.is_off() {
                return Ok(allowed);
            }
            model = allowed.pop().ok_or("no state is allowed")?;
            self.play.now = open.wait(Span::from_micros(1 + self.dice.below(1 << 30) as i64));
        }
    }
}

/// Cuts the power of one disk again and again; answers how many cuts there were.
fn survive(disk: &Disk, image: &[u8], seed: u64, torn: bool) -> Checked<u64> {
    disk.load(image);
    let play = Play::new(disk, false, start() + Span::from_hours(1));
    let dice = Dice::new(seed ^ 0x5eed);
    let mut run = Run { play, torn, dice, count: 0, openings: 0, recovery_cuts: 0 };
    let mut allowed = Vec::new();
    for cut in 0..=CUTS_PER_DISK {
        let wrong = |what: String| format!("seed {seed}, cut {cut}: {what}");
        let open = run.recover(seed).map_err(wrong)?;
        if cut == 0 {
            allowed.push(Model::read(&open).map_err(|error| wrong(error.to_string()))?);
        }
        let mut model = run.play.check(&open, &allowed, run.dice.below(1 << 20)).map_err(wrong)?;
        if cut == CUTS_PER_DISK {
            // At the end all that was ever to be noted is noted once.
            run.play.now = open.wait(Span::from_hours(3));
            while model.note_next(run.play.now) {}
            told(open.crm.run_due(1_000), "due work").map_err(wrong)?;
            run.play.check(&open, &[model], 0).map_err(wrong)?;
            break;
        }
        disk.plan(Fault::CutAfter(1 + run.dice.roll() % 90));
        allowed = run.work(&open, model).map_err(wrong)?;
    }
    Ok(CUTS_PER_DISK + run.recovery_cuts)
}

#[test]
fn a_power_cut_loses_nothing_answered_and_keeps_nothing_half_done() {
    let cuts = std::env::var("CRM_CUTS")
        .map_or(if crate::slow() { 100_000 } else { 5_000 }, |cuts| cuts.parse().unwrap());
    let disks = cuts / CUTS_PER_DISK;
    let image = image();
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let survived: u64 = thread::scope(|scope| {
        let run = |first: u64, image: &[u8]| -> u64 {
            let seeds = (first..disks).step_by(threads as usize);
            seeds
                .map(|seed| {
                    survive(&Disk::new(seed), image, seed, false).unwrap_or_else(|what| panic!("{what}"))
                })
                .sum()
        };
        let runs: Vec<_> = (0..threads)
            .map(|first| {
                scope.spawn({
                    let image = &image;
                    move || run(first, image)
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    println!("{survived} cuts, {} of them during recovery", survived - disks * CUTS_PER_DISK);
}

/// The controls: on a disk that lies, and on a store that commits in two steps, the same test finds
/// losses and halves.
#[test]
fn a_lying_disk_and_a_torn_commit_are_found_out() {
    let image = image();
    let found = |torn: bool, disk: fn(u64) -> Disk| {
        (0..10).filter(|seed| survive(&disk(*seed), &image, *seed, torn).is_err()).count()
    };
    let (lying, torn) = (found(false, Disk::lying), found(true, Disk::new));
    assert!(lying >= 8 && torn >= 8, "only {lying} lying disks and {torn} torn commits of 10 were found out");
}
