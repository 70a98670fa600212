//! Due work: what has an instant. The engine has no timer; the host calls [`Crm::run_due`].

use std::collections::VecDeque;

use super::crm::Crm;
use super::finish::due_key;
use super::rules::automate;
use crate::base::{Instant, Span};
use crate::domain::failed_work;
use crate::domain::notice::{self, Notification};
use crate::domain::org::User;
use crate::record::command::Command;
use crate::record::desk::{Desk, Due};
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::store::{Direction, Range, Table};

/// How often failing work is tried before it is laid aside, see [`FailedWork`](crate::domain::failed_work::FailedWork).
const MOST_TRIES: u32 = 5;
/// How much work one call does at once; what is left stays due.
const MOST_AT_ONCE: usize = 100;
/// What the note of work that failed starts with, as no note of a host's does. Then how often, since when it is due
/// in microseconds, and its own note: `\0tried 2 1767225600000000;…`.
const TRIED: &str = "\u{0}tried ";
/// How long work that failed waits.
const PAUSE: Span = Span::from_hours(1);

/// What a round of due work did.
#[derive(Debug, Default)]
pub struct DueReport {
    /// How many pieces of work were done.
    pub done: usize,
    /// Work that failed, with its error. It is tried again an hour later, five times in all; then it is kept as a
    /// [`FailedWork`](crate::domain::failed_work::FailedWork), which can be listed, tried again and dropped.
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
    /// Makes failed work due later.
    pub struct PutOff as "due.put_off" -> () {
        /// The work, at its later instant.
        due: Due,
    }
    run(this, desk) {
        desk.schedule(this.due);
        Ok(())
    }
}

crate::command! {
    /// Keeps work that failed too often.
    pub struct LayAside as "due.lay_aside" -> () {
        /// The work.
        due: Due,
        /// When it was due first.
        since: Instant,
        /// How often it was tried.
        tries: u32,
        /// Why it failed last.
        error: String,
    }
    run(this, desk) {
        failed_work::lay_aside(desk, &this.due, this.since, this.tries, &this.error)
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
            let done = self
                .send_out(&due)
                .and_then(|()| self.run(actor, run_due(due.clone()), None, vec![key.clone()], false));
            match done {
                Ok(()) => report.done += 1,
                Err(Error::Store(error)) => return Err(error.into()),
                Err(error) if error.has_code("due.done") => {}
                Err(error) => {
                    self.note_failure(key, &due, &error, now)?;
                    report.failed.push((due, error));
                }
            }
        }
        report.next = self.next_due()?;
        Ok(report)
    }

    /// Has the host send what is to be sent. What was read meanwhile, or is gone with its user, needs no sending.
    fn send_out(&self, due: &Due) -> Result<()> {
        if due.work != notice::SEND {
            return Ok(());
        }
        let system = self.system();
        let Some(notification) = there(due.about.as_id().map(|id| system.get::<Notification>(id)))? else {
            return Ok(());
        };
        let user = there(notification.user.map(|user| system.get::<User>(user)))?;
        let Some(user) = user.filter(|_| notification.read_at.is_none()) else { return Ok(()) };
        self.host.sender.send(&notification, &user).map_err(|why| {
            Error::refused("notification.unsent", format!("`{}` could not be sent: {why}", due.about))
        })
    }

    /// When the next work is due.
    ///
    /// # Errors
    /// When the store fails.
    pub fn next_due(&self) -> Result<Option<Instant>> {
        Ok(self.due(None, 1)?.first().map(|(_, due)| due.at))
    }

    /// Notes that work failed: it is tried again later, or kept. The failed run of an automation is counted and
    /// recorded; it isn't tried again.
    fn note_failure(&self, key: Vec<u8>, due: &Due, error: &Error, now: Instant) -> Result<()> {
        let (tries, since, note) = tried(due);
        let (tries, error) = (tries + 1, error.to_string());
        let plain = Due { note: note.to_owned(), ..due.clone() };
        let noted = if automate::is_automation(due) {
            self.take_off(key.clone(), automate::FailRule { due: plain, error })
        } else if tries < MOST_TRIES {
            let note = format!("{TRIED}{tries} {};{note}", since.micros());
            self.take_off(key.clone(), PutOff { due: Due { at: now + PAUSE, note, ..plain } })
        } else {
            self.take_off(key.clone(), LayAside { due: plain, since, tries, error })
        };
        match noted {
            Err(error) if !matches!(error, Error::Store(_) | Error::Halted | Error::Nested) => {
                // A tenant's own rules refuse the note. Nothing is lost by it: the work stays due.
                self.take_off(key, PutOff { due: Due { at: now + PAUSE, ..due.clone() } })
            }
            noted => noted,
        }
    }

    /// Runs what takes work off the queue, unless another caller did so meanwhile.
    fn take_off<C: Command<Output = ()>>(&self, key: Vec<u8>, command: C) -> Result<()> {
        match self.run(Actor::System, command, None, vec![key], false) {
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
        if due.work == notice::SEND {
            // Nobody's command waits for a sender.
            return Ok(Vec::new());
        }
        let actor = automate::actor(&due);
        let answer = self.ask(actor, run_due(due.clone()), None, vec![key.clone()], false)?;
        match answer.outcome {
            Err(error) if automate::is_automation(&due) && !error.has_code("due.done") => {
                self.note_failure(key, &due, &error, self.now())?;
                Ok(Vec::new())
            }
            outcome => outcome.map(|()| answer.due_now),
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

/// What was looked for, unless it is gone.
fn there<T>(found: Option<Result<T>>) -> Result<Option<T>> {
    match found.transpose() {
        Err(Error::NotFound(..)) => Ok(None),
        found => found,
    }
}

fn run_due(due: Due) -> RunDue {
    RunDue { due: Due { note: tried(&due).2.to_owned(), ..due } }
}

/// How often work failed, since when it is due, and its own note.
fn tried(due: &Due) -> (u32, Instant, &str) {
    let read = || {
        let (tried, note) = due.note.strip_prefix(TRIED)?.split_once(';')?;
        let (tries, since) = tried.split_once(' ').unwrap_or((tried, ""));
        Some((tries.parse().ok()?, since.parse().map_or(due.at, Instant::from_micros), note))
    };
    read().unwrap_or((0, due.at, &due.note))
}

pub(crate) fn read(value: &[u8]) -> Result<Due> {
    serde_json::from_slice(value).map_err(|error| Error::Corrupt(format!("due work: {error}")))
}
