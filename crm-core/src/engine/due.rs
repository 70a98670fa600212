//! Due work: what has an instant. The engine has no timer; the host calls [`Crm::run_due`].

use std::collections::VecDeque;

use super::crm::Crm;
use super::finish::due_key;
use super::rules::automate;
use crate::base::{Instant, Span};
use crate::record::desk::{Desk, Due};
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::store::{Direction, Range, Table};

/// How often failing work is tried before it is laid aside.
const MOST_TRIES: u32 = 5;
/// How much work one call does at once; what is left stays due.
const MOST_AT_ONCE: usize = 100;
/// What the note of work that failed starts with, as no note of a host's does.
const TRIED: &str = "\u{0}tried ";

/// What a round of due work did.
#[derive(Debug, Default)]
pub struct DueReport {
    /// How many pieces of work were done.
    pub done: usize,
    /// Work that failed, with its error; it is tried again an hour later, five times in all.
    pub failed: Vec<(Due, Error)>,
    /// When the next work is due, if any is left.
    pub next: Option<Instant>,
}

/// Does one piece of work.
pub(crate) type Handler = fn(&mut dyn Desk, &Due) -> Result<()>;

crate::command! {
    /// Does a piece of due work.
    pub struct RunDue as "due.run" -> () {
        /// The work.
        due: Due,
    }
    run(this, desk) {
        desk.by_rule(&this.due.work);
        if let Some(handler) = super::flows::handler(&this.due.work) {
            return handler(desk, &this.due);
        }
        if desk.ports().work(desk, &this.due)? {
            return Ok(());
        }
        Err(Error::refused("due.unknown", format!("nothing does the work `{}`", this.due.work)))
    }
}

crate::command! {
    /// Puts failed work off, or lays it aside.
    pub struct PutOff as "due.put_off" -> () {
        /// The work.
        due: Due,
        /// When to try again; never when there is none.
        until: Option<Instant>,
    }
    run(this, desk) {
        if let Some(at) = this.until {
            desk.schedule(Due { at, ..this.due });
        }
        Ok(())
    }
}

impl Crm {
    /// Does what is due, at most `limit` pieces, each exactly once.
    ///
    /// # Errors
    /// When the store fails. Work that fails is listed in the report.
    pub fn run_due(&self, limit: usize) -> Result<DueReport> {
        self.refuse_nested()?;
        let now = self.now();
        let mut report = DueReport::default();
        for (key, due) in self.due(Some(now), limit)? {
            let actor = automate::actor(&due);
            match self.run(actor, run_due(due.clone()), None, vec![key.clone()], false) {
                Ok(()) => report.done += 1,
                Err(Error::Store(error)) => return Err(error.into()),
                Err(error) if error.has_code("due.done") => {}
                Err(error) if automate::is_automation(&due) => {
                    self.note_failure(key, &due, &error)?;
                    report.failed.push((due, error));
                }
                Err(error) => {
                    self.put_off(key, &due, now)?;
                    report.failed.push((due, error));
                }
            }
        }
        report.next = self.next_due()?;
        Ok(report)
    }

    /// When the next work is due.
    ///
    /// # Errors
    /// When the store fails.
    pub fn next_due(&self) -> Result<Option<Instant>> {
        Ok(self.due(None, 1)?.first().map(|(_, due)| due.at))
    }

    fn put_off(&self, key: Vec<u8>, due: &Due, now: Instant) -> Result<()> {
        let (tries, note) = tried(&due.note);
        let until = (tries + 1 < MOST_TRIES).then(|| now + Span::from_hours(1));
        let due = Due { note: format!("{TRIED}{};{note}", tries + 1), ..due.clone() };
        match self.run(Actor::System, PutOff { due, until }, None, vec![key], false) {
            // Another caller put it off, or did it, meanwhile.
            Err(error) if error.has_code("due.done") => Ok(()),
            other => other,
        }
    }

    /// Does what a change calls for at once, and what that calls for in turn. What fails, and what
    /// would go on for ever, stays due.
    pub(crate) fn do_at_once(&self, keys: Vec<Vec<u8>>) {
        let mut keys = VecDeque::from(keys);
        for _ in 0..MOST_AT_ONCE {
            let Some(key) = keys.pop_front() else { return };
            keys.extend(self.do_one(key).unwrap_or_default());
        }
    }

    /// Does one piece of work; answers what it calls for at once.
    fn do_one(&self, key: Vec<u8>) -> Result<Vec<Vec<u8>>> {
        let Some(value) = self.overlay()?.get(Table::Due, &key)? else { return Ok(Vec::new()) };
        let due = read(&value)?;
        let actor = automate::actor(&due);
        let answer = self.ask(actor, run_due(due.clone()), None, vec![key.clone()], false)?;
        match answer.outcome {
            Err(error) if automate::is_automation(&due) && !error.has_code("due.done") => {
                self.note_failure(key, &due, &error)?;
                Ok(Vec::new())
            }
            outcome => outcome.map(|()| answer.due_now),
        }
    }

    /// Counts a run of an automation that failed; it isn't tried again.
    fn note_failure(&self, key: Vec<u8>, due: &Due, error: &Error) -> Result<()> {
        let failed = automate::FailRule { due: due.clone(), error: error.to_string() };
        match self.run(Actor::System, failed, None, vec![key], false) {
            Err(error) if error.has_code("due.done") => Ok(()),
            other => other,
        }
    }

    fn due(&self, until: Option<Instant>, limit: usize) -> Result<Vec<(Vec<u8>, Due)>> {
        let mut range = Range::all();
        if let Some(until) = until {
            range.to = std::ops::Bound::Included(due_key(until, u128::MAX));
        }
        let mut cursor = self.overlay()?.range(Table::Due, range, Direction::Forward)?;
        let mut due = Vec::new();
        while due.len() < limit && cursor.step()? {
            due.push((cursor.key().to_vec(), read(cursor.value())?));
        }
        Ok(due)
    }
}

fn run_due(due: Due) -> RunDue {
    RunDue { due: Due { note: tried(&due.note).1.to_owned(), ..due } }
}

/// How often work failed, and its note.
fn tried(note: &str) -> (u32, &str) {
    let tries = note.strip_prefix(TRIED).and_then(|rest| rest.split_once(';'));
    tries.and_then(|(tries, note)| Some((tries.parse().ok()?, note))).unwrap_or((0, note))
}

pub(crate) fn read(value: &[u8]) -> Result<Due> {
    serde_json::from_slice(value).map_err(|error| Error::Corrupt(format!("due work: {error}")))
}
