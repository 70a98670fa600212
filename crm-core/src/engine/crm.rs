//! The engine: one plain value that a host opens over a store.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use super::absent::Absent;
use super::config::Config;
use super::file;
use super::finish::{Finished, Tip};
use super::marks;
use super::once::Once;
use super::overlay::Overlay;
use super::ports::Host;
use super::queue::{Answer, Job, Queue, Seat, Ticket, WorkJob, lock, panic_text};
use super::session::Session;
use super::unit::Drawn;
use super::work::{Asked, Work};
use crate::base::Instant;
use crate::record::command::Command;
use crate::record::error::{Error, Result};
use crate::record::journal::{self, Actor};
use crate::store::{Direction, Range, Snapshot, Store, StoreError, Table};

/// How often a group is decided again when another writer came first.
const MOST_RETRIES: usize = 16;

thread_local! {
    /// Whether this thread is deciding commands.
    static DECIDING: Cell<bool> = const { Cell::new(false) };
}

/// The engine, open over a store. All methods take `&self`, from any thread.
///
/// ```
/// use crm_core::prelude::*;
/// let crm = Crm::open(MemoryStore::new(), Host::system()).unwrap();
/// assert_eq!(crm.position().unwrap(), 0);
/// ```
pub struct Crm {
    store: Arc<dyn Store>,
    pub(crate) host: Host,
    queue: Queue,
    config: RwLock<Arc<Config>>,
    /// The journal's end as of which `config` stands.
    tip: Mutex<Tip>,
    /// What the indexes hold nothing of, while a bulk runs.
    absent: Mutex<Option<Absent>>,
    /// Held by who writes to the store.
    writing: Mutex<()>,
    halted: AtomicBool,
}

impl std::fmt::Debug for Crm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crm over {}", self.store.name())
    }
}

impl Crm {
    /// Opens the engine over a store. A new store is set up, an older one upgraded.
    ///
    /// # Errors
    /// When the store is of a newer format, damaged, or fails.
    pub fn open(store: impl Store, host: Host) -> Result<Crm> {
        Crm::open_shared(Arc::new(store), host)
    }

    /// As [`Crm::open`], over a store that the host keeps hold of.
    ///
    /// # Errors
    /// As [`Crm::open`].
    pub fn open_shared(store: Arc<dyn Store>, host: Host) -> Result<Crm> {
        file::prepare(store.as_ref())?;
        let snapshot = store.snapshot()?;
        let tip = read_tip(snapshot.as_ref())?.1;
        let config = Config::load(&Overlay::new(snapshot))?;
        Ok(Crm {
            store,
            host,
            queue: Queue::default(),
            config: RwLock::new(Arc::new(config)),
            tip: Mutex::new(tip),
            absent: Mutex::new(None),
            writing: Mutex::new(()),
            halted: AtomicBool::new(false),
        })
    }

    /// The engine for an actor: reads and commands in his name.
    pub fn session(&self, actor: Actor) -> Session<'_> {
        Session::new(self, actor)
    }

    /// The engine for itself: set-up and administration by the host.
    pub fn system(&self) -> Session<'_> {
        self.session(Actor::System)
    }

    /// The instant that the host's clock shows.
    pub fn now(&self) -> Instant {
        self.host.clock.now()
    }

    /// The position of the last journal entry, 0 when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub fn position(&self) -> Result<u64> {
        Ok(read_tip(self.store.snapshot()?.as_ref())?.1.position)
    }

    /// Runs a command for an actor and answers once its effects are durable.
    ///
    /// # Errors
    /// What the command answers, and what the commit ends with.
    pub fn execute<C: Command>(&self, actor: Actor, command: C) -> Result<C::Output> {
        self.run(actor, command, None, Vec::new(), false)
    }

    /// Runs a command under an idempotency key: sent again with the same key it answers the first
    /// outcome and changes nothing.
    ///
    /// # Errors
    /// As [`Crm::execute`]; another command under the same key is invalid.
    pub fn execute_once<C: Command>(&self, actor: Actor, key: &str, command: C) -> Result<C::Output> {
        self.run(actor, command, Some(Once(key.to_owned())), Vec::new(), false)
    }

    /// Runs a command and forgets what it did: what would it answer?
    ///
    /// # Errors
    /// As [`Crm::execute`].
    pub fn dry_run<C: Command>(&self, actor: Actor, command: C) -> Result<C::Output> {
        self.run(actor, command, None, Vec::new(), true)
    }

    /// Runs commands one after the other, each by itself, made durable together. Those that are
    /// refused leave the others be.
    pub fn execute_all<C: Command>(&self, actor: Actor, commands: Vec<C>) -> Vec<Result<C::Output>> {
        self.work_all(actor, commands.into_iter().map(|command| Asked { command, once: None }).collect())
    }

    /// Runs commands one after the other, each over what those before it did, and forgets it all.
    ///
    /// # Errors
    /// When the store fails; a command's own error stands in its place.
    pub fn dry_run_all<C: Command>(&self, actor: Actor, commands: Vec<C>) -> Result<Vec<Result<C::Output>>> {
        let asked = commands.into_iter().map(|command| Asked { command, once: None }).collect();
        super::rehearsal::Rehearsal::begin(self)?.play(actor, asked)
    }

    /// Does work one after the other, each in its own unit, made durable together.
    pub(crate) fn work_all<W: Work>(&self, actor: Actor, works: Vec<W>) -> Vec<Result<W::Output>> {
        if DECIDING.get() {
            return works.iter().map(|_| Err(Error::Nested)).collect();
        }
        let mut answers = Vec::with_capacity(works.len());
        let jobs = works
            .into_iter()
            .map(|work| {
                let answer = Arc::new(Mutex::new(None));
                answers.push(answer.clone());
                Box::new(job(actor, work, Vec::new(), false, answer)) as Box<dyn Job>
            })
            .collect();
        self.queue.submit(jobs, &|group| self.lead(group));
        let take = |answer: &Mutex<_>| {
            let answer = answered(answer)?;
            self.do_at_once(answer.due_now);
            answer.outcome
        };
        answers.iter().map(|answer| take(answer)).collect()
    }

    pub(crate) fn run<C: Command>(
        &self,
        actor: Actor,
        command: C,
        once: Option<Once>,
        clears: Vec<Vec<u8>>,
        dry: bool,
    ) -> Result<C::Output> {
        let answer = self.ask(actor, command, once, clears, dry)?;
        self.do_at_once(answer.due_now);
        answer.outcome
    }

    /// Runs a command and leaves to the caller what it calls for at once.
    pub(crate) fn ask<C: Command>(
        &self,
        actor: Actor,
        command: C,
        once: Option<Once>,
        clears: Vec<Vec<u8>>,
        dry: bool,
    ) -> Result<Answer<C::Output>> {
        self.refuse_nested()?;
        let answer = Arc::new(Mutex::new(None));
        let job = job(actor, Asked { command, once }, clears, dry, answer.clone());
        self.queue.submit(vec![Box::new(job)], &|group| self.lead(group));
        answered(&answer)
    }

    /// Decides and commits a group, and answers everybody whatever comes.
    fn lead(&self, group: &[Arc<Ticket>]) {
        let mut jobs: Vec<_> =
            group.iter().flat_map(|ticket| std::mem::take(&mut *lock(&ticket.jobs))).collect();
        let writing = lock(&self.writing);
        // Commands catch their own panics, so this one is the store's: nobody knows what it did.
        let ended = catch_unwind(AssertUnwindSafe(|| self.decide_and_commit(&mut jobs)));
        let ended =
            ended.unwrap_or_else(|panic| Err(StoreError::Unknown(panic_text(panic.as_ref()).into()).into()));
        if matches!(ended, Err(Error::Store(StoreError::Unknown(_)))) {
            self.halted.store(true, Ordering::SeqCst);
        }
        drop(writing);
        for mut job in jobs {
            job.settle(ended.as_ref().err().map(copy_error));
        }
    }

    fn decide_and_commit(&self, jobs: &mut [Box<dyn Job>]) -> Result<()> {
        for _ in 0..MOST_RETRIES {
            if self.halted.load(Ordering::SeqCst) {
                return Err(Error::Halted);
            }
            let snapshot = self.store.snapshot()?;
            let (end, mut tip, moved) = self.tip(snapshot.as_ref())?;
            let mut overlay = Overlay::new(snapshot);
            if moved {
                self.config_of(&overlay)?;
                *lock(&self.tip) = tip;
            }
            // Taken out, so that it is forgotten unless all goes well.
            overlay.absent = Absent::begin(lock(&self.absent).take(), tip, jobs.len());
            let before = self.known_config();
            let mut config = before.clone();
            self.decide(jobs, &mut overlay, &mut config, &mut tip);
            let Overlay { staged: mut batch, absent, snapshot, .. } = overlay;
            // It goes before the commit: the store may use again, or change in place, what only it could see.
            drop(snapshot);
            if batch.is_empty() {
                *lock(&self.absent) = absent.map(|absent| absent.at(tip));
                return Ok(());
            }
            tip.quiet = marks::guard(&mut batch, end, tip.quiet);
            match self.store.commit(&batch) {
                Ok(()) => {
                    *lock(&self.absent) = absent.map(|absent| absent.at(tip));
                    if !Arc::ptr_eq(&before, &config) {
                        self.set_config(config);
                    }
                    *lock(&self.tip) = tip;
                    return Ok(());
                }
                // The next look at the journal's end shows what somebody else did.
                Err(StoreError::Moved) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Store(StoreError::Moved))
    }

    /// Decides jobs one over the other; `config` becomes what steers the engine after them.
    pub(crate) fn decide(
        &self,
        jobs: &mut [Box<dyn Job>],
        overlay: &mut Overlay,
        config: &mut Arc<Config>,
        tip: &mut Tip,
    ) {
        let _deciding = Deciding::begin();
        for job in jobs {
            job.decide(&mut Seat { overlay, config, host: &self.host, tip });
        }
    }

    /// The journal's end, and whether somebody else committed something.
    pub(crate) fn tip(&self, snapshot: &dyn Snapshot) -> Result<(Option<Vec<u8>>, Tip, bool)> {
        let known = *lock(&self.tip);
        let mut cursor = snapshot.range(Table::Journal, Range::all(), Direction::Backward)?;
        let end = cursor.step()?.then(|| cursor.key().to_vec());
        let unmoved = end.as_deref().map_or(Some(0), journal::position) == Some(known.position);
        if unmoved && marks::quiet(snapshot)? == known.quiet {
            return Ok((end, known, false));
        }
        Ok((end, read_tip(snapshot)?.1, true))
    }

    /// What steers the engine now, though another engine over the same store may have changed it.
    pub(crate) fn config(&self) -> Arc<Config> {
        let current = self.overlay().and_then(|overlay| self.config_of(&overlay));
        // Where the store fails, so does the read that this is for.
        current.unwrap_or_else(|_| self.known_config())
    }

    /// What steers the engine at a snapshot, or later.
    pub(crate) fn config_of(&self, overlay: &Overlay) -> Result<Arc<Config>> {
        let known = self.known_config();
        if marks::steered(overlay)? <= known.since {
            return Ok(known);
        }
        let config = Arc::new(Config::load(overlay)?);
        self.set_config(config.clone());
        Ok(config)
    }

    fn known_config(&self) -> Arc<Config> {
        self.config.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Takes what steers the engine over, unless something later is known.
    fn set_config(&self, config: Arc<Config>) {
        let mut known = self.config.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if config.since >= known.since {
            *known = config;
        }
    }

    pub(crate) fn overlay(&self) -> Result<Overlay> {
        Ok(Overlay::new(self.store.snapshot()?))
    }

    /// Runs something on the store while no command is decided.
    pub(crate) fn alone<T>(&self, run: impl FnOnce(&dyn Store) -> Result<T>) -> Result<T> {
        self.refuse_nested()?;
        let _writing = lock(&self.writing);
        if self.halted.load(Ordering::SeqCst) {
            return Err(Error::Halted);
        }
        // It may write what no command staged.
        lock(&self.absent).take();
        let ended = run(self.store.as_ref());
        if matches!(ended, Err(Error::Store(StoreError::Unknown(_)))) {
            self.halted.store(true, Ordering::SeqCst);
        }
        ended
    }

    pub(crate) fn refuse_nested(&self) -> Result<()> {
        if DECIDING.get() { Err(Error::Nested) } else { Ok(()) }
    }
}

/// While it lives, this thread decides commands.
struct Deciding;

impl Deciding {
    fn begin() -> Self {
        DECIDING.set(true);
        Deciding
    }
}

impl Drop for Deciding {
    fn drop(&mut self) {
        DECIDING.set(false);
    }
}

pub(crate) fn job<W: Work>(
    actor: Actor,
    work: W,
    clears: Vec<Vec<u8>>,
    dry: bool,
    answer: Arc<Mutex<Option<Answer<W::Output>>>>,
) -> WorkJob<W> {
    let (drawn, finished) = (Drawn::default(), Finished::default());
    WorkJob { actor, work, clears, dry, drawn, outcome: None, finished, answer }
}

fn answered<T>(answer: &Mutex<Option<Answer<T>>>) -> Result<Answer<T>> {
    lock(answer).take().ok_or_else(|| Error::Internal("the command was not answered".into()))
}

/// The journal's last key and what it ends with.
pub(crate) fn read_tip(snapshot: &dyn Snapshot) -> Result<(Option<Vec<u8>>, Tip)> {
    let mut cursor = snapshot.range(Table::Journal, Range::all(), Direction::Backward)?;
    let quiet = marks::quiet(snapshot)?;
    if !cursor.step()? {
        return Ok((None, Tip { quiet, ..Tip::START }));
    }
    let entry = journal::Entry::read(cursor.value())?;
    let position = journal::position(cursor.key()).ok_or_else(|| Error::Corrupt("a journal key".into()))?;
    Ok((Some(cursor.key().to_vec()), Tip { position, chain: entry.chain, at: entry.header.at, quiet }))
}

/// One error told to several callers.
fn copy_error(error: &Error) -> Error {
    match error {
        Error::Halted => Error::Halted,
        Error::Store(StoreError::Moved) => Error::Store(StoreError::Moved),
        Error::Store(StoreError::Unknown(source)) => {
            Error::Store(StoreError::Unknown(source.to_string().into()))
        }
        Error::Store(StoreError::Corrupt(what)) => Error::Store(StoreError::Corrupt(what.clone())),
        Error::Store(other) => Error::Store(StoreError::Io(other.to_string().into())),
        Error::Corrupt(what) => Error::Corrupt(what.clone()),
        other => Error::Internal(other.to_string()),
    }
}
