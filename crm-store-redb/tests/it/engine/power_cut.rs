//! After a power cut at any moment of the engine's own work, also while it recovers from the one
//! before: every command that was answered is there, the one in flight is there whole or not at
//! all, and everything proves right. `CRM_CUTS` says how many cuts.

use std::collections::BTreeMap;
use std::thread;

use crm_core::prelude::*;
use crm_core::store::StoreError;
use crm_core::store::conformance::Dice;
use crm_store_redb::Options;
use crm_store_redb::faults::{Disk, Fault};

use super::world::{Act, Model, Open, Whim, image, start};

/// How many cuts each disk survives before the next is tried.
const CUTS_PER_DISK: u64 = 10;

/// What is asked of the engine at a time.
enum Step {
    One(Act),
    Once(String, Act),
    All(Vec<Act>),
    Due(usize),
}

/// One disk through its cuts.
struct Run<'a> {
    disk: &'a Disk,
    dice: Dice,
    count: u64,
    now: Instant,
    openings: u64,
    /// Commands that were answered, by idempotency key, with their answers.
    kept: BTreeMap<String, (Act, RecordRef)>,
    /// The command under a key that was in flight when the power went.
    in_flight: Option<(String, Act)>,
    recovery_cuts: u64,
}

type Checked<T = ()> = std::result::Result<T, String>;

fn options(seed: u64) -> Options {
    Options { cache_bytes: 1 << 20, quick_reopen: !seed.is_multiple_of(4), ..Options::default() }
}

fn told<T>(answer: Result<T>, what: &str) -> Checked<T> {
    answer.map_err(|error| format!("{what}: {error}"))
}

impl Run<'_> {
    /// Opens the engine, with the power going again now and then meanwhile.
    fn recover(&mut self, seed: u64) -> Checked<Open> {
        loop {
            self.disk.restore();
            self.openings += 1;
            self.now = self.now + Span::from_micros(1_000_000);
            if self.dice.below(10) < 3 {
                self.disk.plan(Fault::CutAfter(1 + self.dice.roll() % 20));
            }
            match Open::on(self.disk.plug(), options(seed), self.now, seed << 32 | self.openings) {
                _ if self.disk.is_off() => self.recovery_cuts += 1,
                Ok(open) => {
                    self.disk.plan(Fault::Never);
                    return Ok(open);
                }
                Err(error) => return Err(format!("the engine does not open: {error}")),
            }
        }
    }

    /// The engine shows one of the allowed states, proves right, and remembers what it answered.
    fn check(&mut self, open: &Open, allowed: &[Model]) -> Checked<Model> {
        let mut model = told(Model::read(open), "it does not read")?;
        if !allowed.iter().any(|allowed| allowed.is(&model)) {
            return Err(format!("it shows {model:?}, and not one of {allowed:?}"));
        }
        let report = told(open.crm.verify(), "it does not verify")?;
        if !report.is_clean() {
            return Err(format!("it does not prove right: {:?}", report.findings));
        }
        let end = told(open.crm.position(), "no position")?;
        if report.journal as u64 != end {
            return Err(format!("{} journal entries up to {end}", report.journal));
        }
        self.repeat(open)?;
        if told(open.crm.position(), "no position")? != end {
            return Err("a repeated command changed something".into());
        }
        if let Some((key, act)) = self.in_flight.take() {
            // Whether it was done or not, its sender sends it again.
            let done = !allowed.first().is_some_and(|before| before.is(&model));
            let answer =
                told(open.crm.execute_once(Actor::System, &key, act.clone()), "a repeat is refused")?;
            if done && told(open.crm.position(), "no position")? != end {
                return Err("a command was done twice".into());
            }
            if !done {
                model.act(&act, answer.bits).map_err(str::to_owned)?;
            }
            self.kept.insert(key, (act, answer));
        }
        Ok(model)
    }

    /// One command that was answered is sent again; another one under its key is invalid.
    fn repeat(&mut self, open: &Open) -> Checked {
        let place = self.dice.below(self.kept.len());
        let Some((key, (act, answer))) = self.kept.iter().nth(place) else { return Ok(()) };
        let again = told(open.crm.execute_once(Actor::System, key, act.clone()), "a repeat is refused")?;
        if again != *answer {
            return Err(format!("`{key}` answered {answer}, and now {again}"));
        }
        let other = Act::Begin { firm: "another command".into(), staff: 0 };
        match open.crm.execute_once(Actor::System, key, other) {
            Err(error) if error.has_code("key.reused") => Ok(()),
            other => Err(format!("another command under `{key}`: {other:?}")),
        }
    }

    fn step(&mut self, model: &Model) -> Step {
        let mut whim = Whim { dice: &mut self.dice, count: self.count };
        let step = match whim.dice.below(8) {
            0..=2 => Step::One(whim.act(model, self.now, true)),
            3 | 4 => Step::Once(format!("key {}", whim.number()), whim.act(model, self.now, false)),
            5 | 6 => {
                let count = 2 + whim.dice.below(5);
                Step::All((0..count).map(|_| whim.act(model, self.now, false)).collect())
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
            let step = self.step(&model);
            let mut allowed = match step {
                Step::One(act) => self.one(open, &model, None, act)?,
                Step::Once(key, act) => self.one(open, &model, Some(key), act)?,
                Step::All(acts) => self.all(open, &model, acts)?,
                Step::Due(limit) => self.due(open, &model, limit)?,
            };
            if self.disk.is_off() {
                return Ok(allowed);
            }
            model = allowed.pop().ok_or("no state is allowed")?;
            self.now = open.wait(Span::from_micros(1 + self.dice.below(1 << 30) as i64));
        }
    }

    fn one(&mut self, open: &Open, model: &Model, key: Option<String>, act: Act) -> Checked<Vec<Model>> {
        let answer = match &key {
            Some(key) => open.crm.execute_once(Actor::System, key, act.clone()),
            None => open.act(&act),
        };
        let mut after = model.clone();
        let verdict = after.act(&act, answer.as_ref().map_or(0, |record| record.bits));
        let mut states = match self.answered(open, &answer, verdict)? {
            Known::Done => vec![after.clone()],
            Known::Nothing => return Ok(vec![model.clone()]),
            Known::Unknown => vec![model.clone(), after.clone()],
        };
        // What was due at once is done by now, unless the power went after the answer.
        if let (Ok(_), Act::Note { word, at, .. }) = (&answer, &act)
            && *at <= self.now
        {
            after.note(word);
            if !self.disk.is_off() {
                states.clear();
            }
            states.push(after);
        }
        match (key, answer) {
            (Some(key), Ok(answer)) => {
                self.kept.insert(key, (act, answer));
            }
            (Some(key), Err(_)) if verdict.is_ok() => self.in_flight = Some((key, act)),
            _ => {}
        }
        Ok(states)
    }

    /// Commands of one call share a commit: all are there, or none.
    fn all(&mut self, open: &Open, model: &Model, acts: Vec<Act>) -> Checked<Vec<Model>> {
        let answers = open.crm.execute_all(Actor::System, acts.clone());
        let mut after = model.clone();
        let mut ends = Vec::new();
        for (act, answer) in acts.iter().zip(&answers) {
            let verdict = after.act(act, answer.as_ref().map_or(0, |record| record.bits));
            ends.push(self.answered(open, answer, verdict)?);
        }
        if ends.contains(&Known::Unknown) {
            return Ok(vec![model.clone(), after]);
        }
        let failed = answers.iter().any(|answer| matches!(answer, Err(Error::Store(_))));
        Ok(vec![if failed { model.clone() } else { after }])
    }

    /// Each piece of due work is a commit of its own, in the order of time.
    fn due(&mut self, open: &Open, model: &Model, limit: usize) -> Checked<Vec<Model>> {
        let report = open.crm.run_due(limit);
        let mut states = vec![model.clone()];
        let mut next = model.clone();
        for _ in 0..limit {
            if next.note_next(self.now) {
                states.push(next.clone());
            }
        }
        match report {
            Ok(report) if report.done == states.len() - 1 && report.failed.is_empty() => {
                Ok(states.pop().into_iter().collect())
            }
            Ok(report) => Err(format!("{report:?}, {} pieces of work were due", states.len() - 1)),
            Err(error) if self.disk.is_off() => {
                self.halted(open, &error)?;
                Ok(states)
            }
            Err(error) => Err(format!("due work failed: {error}")),
        }
    }

    fn answered(
        &self,
        open: &Open,
        answer: &Result<RecordRef>,
        verdict: std::result::Result<(), &str>,
    ) -> Checked<Known> {
        match (answer, verdict) {
            (Ok(_), Ok(())) => Ok(Known::Done),
            (Err(error), _) if self.disk.is_off() && matches!(error, Error::Store(_)) => {
                self.halted(open, error)
            }
            (Err(error), Err(code)) if error.has_code(code) => Ok(Known::Nothing),
            _ => Err(format!("{answer:?}, and {verdict:?} was expected")),
        }
    }

    /// After a commit that may have been or not, the engine works no more.
    fn halted(&self, open: &Open, error: &Error) -> Checked<Known> {
        if !matches!(error, Error::Store(StoreError::Unknown(_))) {
            return Ok(Known::Nothing);
        }
        match open.act(&Act::End { firm: "Alfa".into() }) {
            Err(Error::Halted) => Ok(Known::Unknown),
            other => Err(format!("after an unknown outcome it answers {other:?}")),
        }
    }
}

/// What is known of a command's effect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Done,
    Nothing,
    Unknown,
}

/// Cuts the power of one disk again and again; answers how many cuts there were.
fn survive(disk: &Disk, image: &[u8], seed: u64) -> Checked<u64> {
    disk.load(image);
    let mut run = Run {
        disk,
        dice: Dice::new(seed ^ 0x5eed),
        count: 0,
        now: start() + Span::from_hours(1),
        openings: 0,
        kept: BTreeMap::new(),
        in_flight: None,
        recovery_cuts: 0,
    };
    let mut allowed = Vec::new();
    for cut in 0..=CUTS_PER_DISK {
        let wrong = |what: String| format!("seed {seed}, cut {cut}: {what}");
        let open = run.recover(seed).map_err(wrong)?;
        if cut == 0 {
            allowed.push(Model::read(&open).map_err(|error| wrong(error.to_string()))?);
        }
        let mut model = run.check(&open, &allowed).map_err(wrong)?;
        if cut == CUTS_PER_DISK {
            // At the end all that was ever to be noted is noted once.
            run.now = open.wait(Span::from_hours(3));
            while model.note_next(run.now) {}
            told(open.crm.run_due(1_000), "due work").map_err(wrong)?;
            run.check(&open, &[model]).map_err(wrong)?;
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
                .map(|seed| survive(&Disk::new(seed), image, seed).unwrap_or_else(|what| panic!("{what}")))
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

/// The control: on a disk that lies, the same test finds losses.
#[test]
fn a_lying_disk_is_found_out() {
    let image = image();
    let found = (0..10).filter(|seed| survive(&Disk::lying(*seed), &image, *seed).is_err()).count();
    assert!(found >= 8, "only {found} of 10 lying disks were found out");
}
