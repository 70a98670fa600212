//! Group commit: commands that wait are decided one after the other and made durable together.
//!
//! There is no thread of the engine's own. A caller whose command waits while nobody leads becomes
//! the leader: it takes all that wait, runs each in its own unit over what came before, commits
//! once, and answers everybody. Then it goes, and one of those who came meanwhile leads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::config::Config;
use super::finish::{Finished, Tip};
use super::marks;
use super::ports::Host;
use super::unit::{Drawn, Unit};
use super::work::Work;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;

/// How many callers' commands share one commit at most; those of one caller stay together.
pub(crate) const LARGEST_GROUP: usize = 256;

/// A command that waits, without its type.
pub(crate) trait Job: Send {
    /// Decides it in a unit; kept inside until [`Job::settle`].
    fn decide(&mut self, seat: &mut Seat<'_>);
    /// Its outcome stands, or gives way to an error of the commit.
    fn settle(&mut self, error: Option<Error>);
}

/// What a deciding job gets.
pub(crate) struct Seat<'a> {
    pub(crate) overlay: &'a mut super::overlay::Overlay,
    /// What steers the engine; replaced when a command changes it.
    pub(crate) config: &'a mut Arc<Config>,
    pub(crate) host: &'a Host,
    pub(crate) tip: &'a mut Tip,
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
        lock(&self.state).waiting.push_back(ticket.clone());
        let mut settled = lock(&ticket.settled);
        while !*settled {
            // Asked before each wait and under the lock of the wake-up, so that none is lost.
            if self.take_lead() {
                drop(settled);
                self.lead_until(&ticket, lead);
                return;
            }
            settled = ticket.woken.wait(settled).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether the caller, not yet answered, is to lead.
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
    fn decide(&mut self, seat: &mut Seat<'_>) {
        let (tip, config) = (*seat.tip, seat.config.clone());
        self.finished = Finished::default();
        let ran = catch_unwind(AssertUnwindSafe(|| self.run(seat)));
        let outcome = ran.unwrap_or_else(|panic| Err(Error::Internal(panic_text(panic.as_ref()))));
        if outcome.is_ok() && !self.dry {
            seat.overlay.keep();
        } else {
            seat.overlay.drop_unit();
            *seat.tip = tip;
            *seat.config = config;
        }
        self.outcome = Some(outcome);
    }

    fn settle(&mut self, error: Option<Error>) {
        let outcome = match (error, self.outcome.take()) {
            // Refusals too: what a command was refused for may have been lost with its group.
            (Some(error), _) => Err(error),
            (None, Some(outcome)) => outcome,
            (None, None) => Err(Error::Internal("the command was not decided".into())),
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
        let mut output = self.work.run(&mut unit)?;
        self.finished = unit.finish(self.work.name(&output), seat.tip)?;
        if self.finished.steered {
            marks::note_steered(seat.overlay, seat.tip.position);
            *seat.config = Arc::new(Config::load(seat.overlay).map_err(definition)?);
        }
        self.work.remember(seat.overlay, self.actor, &mut output)?;
        Ok(output)
    }
}

/// A definition that the engine can't follow is the fault of who gave it.
fn definition(error: Error) -> Error {
    match error {
        Error::Corrupt(what) => Error::invalid("definition", "definition.invalid", what),
        other => other,
    }
}

pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, mpsc};
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Does nothing, and tells when it is settled.
    struct Nothing(mpsc::Sender<()>);

    impl Job for Nothing {
        fn decide(&mut self, _: &mut Seat<'_>) {}
        fn settle(&mut self, _: Option<Error>) {
            let _ = self.0.send(());
        }
    }

    /// Of two threads the first leads until the other has queued up, and goes at that very moment;
    /// nobody else comes to the other's rescue.
    #[test]
    fn nobody_is_left_waiting() {
        const MEETINGS: usize = 5_000;
        let queue = Arc::new(Queue::default());
        let meeting = Arc::new(Barrier::new(2));
        let leads = Arc::new(AtomicUsize::new(0));
        let (done, finished) = mpsc::channel();
        for _ in 0..2 {
            let (queue, meeting, leads, done) = (queue.clone(), meeting.clone(), leads.clone(), done.clone());
            thread::spawn(move || {
                let (settled, answers) = mpsc::channel();
                for round in 0..MEETINGS {
                    meeting.wait();
                    queue.submit(vec![Box::new(Nothing(settled.clone()))], &|group| {
                        let first = leads.fetch_add(1, Ordering::SeqCst) == 2 * round && group.len() == 1;
                        while first && lock(&queue.state).waiting.is_empty() {
                            thread::yield_now();
                        }
                        // As if the others had been led one by one.
                        leads.fetch_add(group.len() - 1, Ordering::SeqCst);
                        let jobs = group.iter().flat_map(|ticket| std::mem::take(&mut *lock(&ticket.jobs)));
                        jobs.for_each(|mut job| job.settle(None));
                    });
                    assert_eq!(answers.try_iter().count(), 1);
                }
                done.send(()).unwrap();
            });
        }
        for _ in 0..2 {
            finished.recv_timeout(Duration::from_secs(60)).expect("a thread waits for ever");
        }
    }
}
