//! A disk that fails, once or for ever, at every single operation of the engine's own work: an
//! error and no panic, no command half done, and no work after an outcome that nobody knows.

use std::thread;

use crm_core::prelude::*;
use crm_core::store::StoreError;
use crm_store_redb::Options;
use crm_store_redb::faults::{Disk, Fault};

use super::play::{Checked, Play, Step, told};
use super::world::{Act, Model, Open, image, start};

/// Little cache, so that reads reach the disk.
fn options() -> Options {
    Options { cache_bytes: 32 << 10, log_bytes: 64 << 10, ..Options::default() }
}

/// One step of each kind, ten hours apart.
fn script(now: Instant) -> Vec<Step> {
    let begin = |firm: &str| Act::Begin { firm: firm.into(), staff: 5 };
    let lend = |from: &str, to: &str| Act::Lend { from: from.into(), to: to.into(), staff: 20 };
    let note = |word: &str| Act::Note {
        firm: "Beta".into(),
        word: word.into(),
        at: now + Span::from_hours(24 + word.len() as i64),
    };
    vec![
        Step::One(begin("Delta")),
        Step::Once("lend".into(), lend("Alfa", "Beta")),
        Step::All(vec![note("a"), lend("Delta", "Beta"), begin("Epsilon"), note("bb")]),
        Step::Due(3),
        Step::One(Act::End { firm: "Gamma".into() }),
    ]
}

fn no_panic(what: &str) -> Checked {
    if what.contains("panicked") { Err(format!("a panic: {what}")) } else { Ok(()) }
}

/// Works through the script on a failing disk; answers the states that may be found afterwards.
fn work(play: &mut Play<'_>, base: &Model) -> Checked<Vec<Model>> {
    let open = match Open::on(play.disk.plug(), options(), play.now, 7) {
        Ok(open) => open,
        Err(error) => return no_panic(&error.to_string()).map(|()| vec![base.clone()]),
    };
    let mut model = base.clone();
    for step in script(play.now) {
        let mut states = play.step(&open, &model, step)?;
        if states.len() > 1 {
            return Ok(states);
        }
        model = states.pop().ok_or("no state is allowed")?;
        play.now = open.wait(Span::from_hours(10));
        // Reading shows what was answered, or fails.
        match Model::read(&open) {
            Ok(found) if found.is(&model) => {}
            Ok(found) => return Err(format!("a read shows {found:?}, and not {model:?}")),
            Err(error) => no_panic(&error.to_string())?,
        }
        match open.crm.verify() {
            Ok(report) if report.is_clean() => {}
            Ok(report) => return Err(format!("it does not prove right: {:?}", report.findings)),
            Err(error) => no_panic(&error.to_string())?,
        }
    }
    Ok(vec![model])
}

fn survive(image: &[u8], base: &Model, fault: Fault, then_cut: bool) -> Checked {
    let disk = Disk::new(3);
    disk.load(image);
    let mut play = Play::new(&disk, true, start() + Span::from_hours(1));
    disk.plan(fault);
    let allowed = work(&mut play, base)?;
    if then_cut {
        disk.restore();
    } else {
        disk.mend();
    }
    play.fails = false;
    let open = told(Open::on(disk.plug(), options(), play.now, 8), "it does not open again")?;
    play.check(&open, &allowed, 0).map(|_| ())
}

#[test]
fn a_failure_at_any_operation_is_an_error_and_no_more() {
    let image = image();
    let sound = Disk::new(3);
    sound.load(&image);
    let base = Model::read(&Open::on(sound.plug(), options(), start(), 6).unwrap()).unwrap();
    let before = sound.operations();
    let mut play = Play::new(&sound, false, start() + Span::from_hours(1));
    let states = work(&mut play, &base).unwrap();
    assert_eq!(states.len(), 1, "a sound disk fails");
    let operations = sound.operations() - before;
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    thread::scope(|scope| {
        for first in 0..threads {
            let (image, base) = (&image, &base);
            scope.spawn(move || {
                for after in (first..operations).step_by(threads as usize) {
                    for fault in [Fault::FailOnceAfter(after), Fault::FailAfter(after)] {
                        for then_cut in [false, true] {
                            let survived = survive(image, base, fault, then_cut);
                            survived.unwrap_or_else(|what| {
                                panic!("{fault:?}, then a power cut: {then_cut}: {what}")
                            });
                        }
                    }
                }
            });
        }
    });
    println!("{operations} operations");
}

/// After an outcome that nobody knows, the engine works again once it is opened again.
#[test]
fn an_unknown_outcome_halts_the_engine() {
    let disk = Disk::new(5);
    disk.load(&image());
    let open = Open::on(disk.plug(), Options::default(), start(), 1).unwrap();
    let begin = |firm: &str| Act::Begin { firm: firm.into(), staff: 1 };
    // The first write of the commit.
    disk.plan(Fault::CutAfter(1));
    assert!(matches!(open.act(&begin("Delta")), Err(Error::Store(StoreError::Unknown(_)))));
    for _ in 0..2 {
        assert!(matches!(open.act(&begin("Epsilon")), Err(Error::Halted)));
    }
    assert!(matches!(open.crm.run_due(1), Ok(report) if report.done == 0));
    assert!(matches!(open.crm.repair(), Err(Error::Halted)));
    let all = open.crm.execute_all(Actor::System, vec![begin("Zeta"), begin("Eta")]);
    assert!(all.iter().all(|answer| matches!(answer, Err(Error::Halted))), "{all:?}");
    drop(open);
    disk.restore();
    let open = Open::on(disk.plug(), Options::default(), start(), 2).unwrap();
    open.act(&begin("Epsilon")).unwrap();
    assert!(open.crm.verify().unwrap().is_clean());
}
