//! Group commit: commands that wait are decided one after the other and made durable together.
//!
//! There is no thread of the engine's own. A caller whose command waits while nobody leads becomes
//! the leader: it takes all that wait, runs each in its own unit over what came before, commits
//! once, and answers everybody. Then it goes, and one of those who came meanwhile leads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::finish::{Finished, Tip};
use super::ports::Host;
use super::unit::{Drawn, Unit};
use super::work::Work;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;

/// How many callers' commands share one commit at most; those of one caller stay together.
pub(crate) const LARGEST_GROUP: usize = 256;

/// A command that waits, without its type.
pub(crate) trait Job: Send {
    /// Who it is for.
    fn actor(&self) -> Actor;
    /// Decides it in a unit; kept inside until [`Job::settle`].
    fn decide(&mut self, seat: &mut Seat<'_>) -> Decided;
    /// Its outcome stands, or gives way to an error of the commit.
    fn settle(&mut self, error: Option<Error>);
}

/// What a deciding job gets.
pub(crate) struct Seat<'a> {
    pub(crate) overlay: &'a mut super::overlay::Overlay,
    pub(crate) config: Arc<super::config::Config>,
    pub(crate) host: &'a Host,
    pub(crate) tip: &'a mut Tip,
}

/// What became of a job.
pub(crate) enum Decided {
    /// It wrote, and this follows.
    Kept(Finished),
    /// It wrote nothing that stays.
    Dropped,
}

/// One caller's place in the queue.
pub(crate) struct Ticket {
    pub(crate) jobs: Mutex<Vec<Box<dyn Job>>>,
    /// How many they are.
    size: usize,
    pub(crate) settled: Mutex<bool>,
    pub(crate) woken: Condvar,
}

/// The callers that wait.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<QueueState>,
}

#[derive(Default)]
struct QueueState {
    waiting: VecDeque<Arc<Ticket>>,
    led: bool,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    /// Queues jobs that are to be committed together, leads or waits until they are settled. `lead`
    /// decides and commits a group.
    pub(crate) fn submit(&self, jobs: Vec<Box<dyn Job>>, lead: &dyn Fn(&[Arc<Ticket>])) {
        if jobs.is_empty() {
            return;
        }
        let ticket = Arc::new(Ticket {
            size: jobs.len(),
            jobs: Mutex::new(jobs),
            settled: Mutex::new(false),
            woken: Condvar::new(),
        });
        let mut leads = {
            let mut state = lock(&self.state);
            state.waiting.push_back(ticket.clone());
            !std::mem::replace(&mut state.led, true)
        };
        loop {
            if leads {
                self.lead_until(&ticket, lead);
                return;
            }
            let mut settled = lock(&ticket.settled);
            while !*settled {
                settled = ticket.woken.wait(settled).unwrap_or_else(PoisonError::into_inner);
                if !*settled && self.take_lead() {
                    leads = true;
                    break;
                }
            }
            if *settled {
                return;
            }
        }
    }

    /// Whether the caller, woken without an answer, is to lead.
    fn take_lead(&self) -> bool {
        let mut state = lock(&self.state);
        !std::mem::replace(&mut state.led, true)
    }

    /// Leads group after group until one's own jobs are settled; then wakes who comes next.
    fn lead_until(&self, own: &Arc<Ticket>, lead: &dyn Fn(&[Arc<Ticket>])) {
        loop {
            let group: Vec<_> = {
                let mut state = lock(&self.state);
                let mut room = LARGEST_GROUP;
                let fits = |ticket: &&Arc<Ticket>| {
                    let takes = room > 0;
                    room = room.saturating_sub(ticket.size);
                    takes
                };
                let count = state.waiting.iter().take_while(fits).count();
                state.waiting.drain(..count).collect()
            };
            lead(&group);
            for ticket in &group {
                *lock(&ticket.settled) = true;
                ticket.woken.notify_all();
            }
            let mine = *lock(&own.settled);
            let mut state = lock(&self.state);
            if state.waiting.is_empty() || mine {
                state.led = false;
                let next = state.waiting.back().cloned();
                drop(state);
                if let Some(next) = next {
                    // Taken while holding its lock, so that the wake-up isn't lost.
                    let _settled = lock(&next.settled);
                    next.woken.notify_all();
                }
                return;
            }
        }
    }
}

/// Work with its place for the answer.
pub(crate) struct WorkJob<W: Work> {
    pub(crate) actor: Actor,
    pub(crate) work: W,
    pub(crate) clears: Vec<Vec<u8>>,
    pub(crate) dry: bool,
    pub(crate) drawn: Drawn,
    pub(crate) outcome: Option<Result<W::Output>>,
    pub(crate) finished: Finished,
    pub(crate) answer: Arc<Mutex<Option<Answer<W::Output>>>>,
}

/// What a caller gets back.
pub(crate) struct Answer<T> {
    pub(crate) outcome: Result<T>,
    pub(crate) due_now: Vec<Vec<u8>>,
}

impl<W: Work> Job for WorkJob<W> {
    fn actor(&self) -> Actor {
        self.actor
    }

    fn decide(&mut self, seat: &mut Seat<'_>) -> Decided {
        let tip_before = *seat.tip;
        self.finished = Finished::default();
        let ran = catch_unwind(AssertUnwindSafe(|| self.run(seat)));
        let outcome = ran.unwrap_or_else(|panic| Err(Error::Internal(panic_text(panic.as_ref()))));
        let keep = outcome.is_ok() && !self.dry;
        self.outcome = Some(outcome);
        if keep {
            seat.overlay.keep();
            return Decided::Kept(self.finished.clone());
        }
        *seat.tip = tip_before;
        seat.overlay.drop_unit();
        Decided::Dropped
    }

    fn settle(&mut self, error: Option<Error>) {
        let failed = |error: Error| Err(error);
        let outcome = match (error, self.outcome.take()) {
            // A refusal stands whatever became of the commit.
            (Some(_), Some(Err(refusal))) => Err(refusal),
            (Some(error), _) => failed(error),
            (None, Some(outcome)) => outcome,
            (None, None) => failed(Error::Internal("the command was not decided".into())),
        };
        let due_now = if self.dry { Vec::new() } else { std::mem::take(&mut self.finished.due_now) };
        *lock(&self.answer) = Some(Answer { outcome, due_now });
    }
}

impl<W: Work> WorkJob<W> {
    fn run(&mut self, seat: &mut Seat<'_>) -> Result<W::Output> {
        if let Some(outcome) = self.work.earlier(seat.overlay, self.actor)? {
            return Ok(outcome);
        }
        for key in &self.clears {
            // Due work that another caller did meanwhile is done.
            if seat.overlay.get(crate::store::Table::Due, key)?.is_none() {
                return Err(Error::refused("due.done", "the work was done already"));
            }
            seat.overlay.delete(crate::store::Table::Due, key.clone());
        }
        let earliest = seat.tip.at;
        let mut unit =
            Unit::new(seat.overlay, seat.config.clone(), seat.host, self.actor, earliest, &mut self.drawn);
        let output = self.work.run(&mut unit)?;
        self.finished = unit.finish(self.work.name(), seat.tip)?;
        self.work.remember(seat.overlay, self.actor, &output)?;
        Ok(output)
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic".to_owned(),
    }
}
