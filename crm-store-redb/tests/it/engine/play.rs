//! Asks things of an engine and knows what may be there afterwards.

use std::collections::BTreeMap;

use crm_core::prelude::*;
use crm_core::store::StoreError;
use crm_store_redb::faults::Disk;

use super::world::{Act, Model, Open};

/// A thing, or what is wrong with it.
pub(super) type Checked<T = ()> = std::result::Result<T, String>;

pub(super) fn told<T>(answer: Result<T>, what: &str) -> Checked<T> {
    answer.map_err(|error| format!("{what}: {error}"))
}

/// What is asked of the engine at a time.
pub(super) enum Step {
    One(Act),
    Once(String, Act),
    All(Vec<Act>),
    Due(usize),
}

/// What is known of a command's effect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Done,
    Nothing,
    Unknown,
}

/// What is asked of one disk.
pub(super) struct Play<'a> {
    pub(super) disk: &'a Disk,
    /// Whether the disk may fail at any time, and not only once its power went.
    pub(super) fails: bool,
    pub(super) now: Instant,
    /// Commands that were answered, by idempotency key, with their answers.
    pub(super) kept: BTreeMap<String, (Act, RecordRef)>,
    /// The command under a key that nobody answered.
    pub(super) in_flight: Option<(String, Act)>,
}

impl<'a> Play<'a> {
    pub(super) fn new(disk: &'a Disk, fails: bool, now: Instant) -> Self {
        Play { disk, fails, now, kept: BTreeMap::new(), in_flight: None }
    }

    fn in_trouble(&self) -> bool {
        self.fails || self.disk.is_off()
    }

    /// Does a step; answers the states that may be found afterwards, the one without it first.
    pub(super) fn step(&mut self, open: &Open, model: &Model, step: Step) -> Checked<Vec<Model>> {
        match step {
            Step::One(act) => self.one(open, model, None, act),
            Step::Once(key, act) => self.one(open, model, Some(key), act),
            Step::All(acts) => self.all(open, model, acts),
            Step::Due(limit) => self.due(open, model, limit),
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
            if !self.in_trouble() {
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

    /// Commands of one call share a commit: all are there, or none, but for those for which a read failed.
    fn all(&mut self, open: &Open, model: &Model, acts: Vec<Act>) -> Checked<Vec<Model>> {
        let answers = open.crm.execute_all(Actor::System, acts.clone());
        let mut after = model.clone();
        let mut ends = Vec::new();
        for (act, answer) in acts.iter().zip(&answers) {
            let mut next = after.clone();
            let verdict = next.act(act, answer.as_ref().map_or(0, |record| record.bits));
            let end = self.answered(open, answer, verdict)?;
            if end != Known::Nothing {
                after = next;
            }
            ends.push(end);
        }
        if ends.contains(&Known::Unknown) {
            return Ok(vec![model.clone(), after]);
        }
        Ok(vec![after])
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
            Err(error) if self.in_trouble() => {
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
            (Err(error), _) if error.to_string().contains("panicked") => Err(format!("a panic: {error}")),
            (Err(error), _) if self.in_trouble() && matches!(error, Error::Store(_)) => {
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

    /// The engine shows one of the allowed states, proves right, and remembers what it answered; the
    /// die says which answer is asked for again.
    pub(super) fn check(&mut self, open: &Open, allowed: &[Model], die: usize) -> Checked<Model> {
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
        self.repeat(open, die)?;
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
    fn repeat(&self, open: &Open, die: usize) -> Checked {
        let place = die.checked_rem(self.kept.len()).unwrap_or(0);
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
}
