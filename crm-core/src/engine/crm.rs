//! The engine: one plain value that a host opens over a store.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use super::absent::Absent;
use super::config::Config;
use super::file;
use super::finish::{Finished, Tip};
use super::group::Ways;
use super::once::Once;
use super::overlay::Overlay;
use super::ports::Host;
use super::queue::{Answer, Job, Queue, WorkJob, lock};
use super::session::Session;
use super::unit::Drawn;
use super::work::{Asked, Work};
use crate::base::Instant;
use crate::record::command::Command;
use crate::record::error::{Error, Result};
use crate::record::journal::{self, Actor};
use crate::store::{Direction, Range, Snapshot, Store, StoreError, Table};

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
    pub(crate) store: Arc<dyn Store>,
    pub(crate) host: Host,
    queue: Queue,
    config: RwLock<Arc<Config>>,
    /// The journal's end as of which `config` stands.
    pub(crate) tip: Mutex<Tip>,
    /// What the indexes hold nothing of, while a bulk runs.
    pub(crate) absent: Mutex<Option<Absent>>,
    pub(crate) ways: Ways,
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
            ways: Ways::default(),
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
        self.queue.submit(jobs, &|group, hand_over| self.lead(group, hand_over));
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
        self.queue.submit(vec![Box::new(job)], &|group, hand_over| self.lead(group, hand_over));
        answered(&answer)
    }

    /// The journal's end, and whether somebody else moved it.
    pub(crate) fn tip(&self, snapshot: &dyn Snapshot) -> Result<(Option<Vec<u8>>, Tip, bool)> {
        Crm::tip_after(*lock(&self.tip), snapshot)
    }

    /// The journal's end, and whether it is another than the one that is `known`.
    pub(crate) fn tip_after(known: Tip, snapshot: &dyn Snapshot) -> Result<(Option<Vec<u8>>, Tip, bool)> {
        let mut cursor = snapshot.range(Table::Journal, Range::all(), Direction::Backward)?;
        let end = cursor.step()?.then(|| cursor.key().to_vec());
        if end.as_deref().map_or(Some(0), journal::position) == Some(known.position) {
            return Ok((end, known, false));
        }
        Ok((end, read_tip(snapshot)?.1, true))
    }

    pub(crate) fn config(&self) -> Arc<Config> {
        self.config.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub(crate) fn set_config(&self, config: Arc<Config>) {
        *self.config.write().unwrap_or_else(std::sync::PoisonError::into_inner) = config;
    }

    pub(crate) fn overlay(&self) -> Result<Overlay> {
        Ok(Overlay::new(self.store.snapshot()?))
    }

    /// Runs something on the store while no command is decided.
    pub(crate) fn alone<T>(&self, run: impl FnOnce(&dyn Store) -> Result<T>) -> Result<T> {
        self.refuse_nested()?;
        let _alone = self.ways.all();
        self.refuse_halted()?;
        // It may write what no command staged.
        lock(&self.absent).take();
        let ended = run(self.store.as_ref());
        if matches!(ended, Err(Error::Store(StoreError::Unknown(_)))) {
            self.halt();
        }
        ended
    }

    /// No more work: nobody knows what the store holds.
    pub(crate) fn halt(&self) {
        self.halted.store(true, Ordering::SeqCst);
    }

    pub(crate) fn refuse_halted(&self) -> Result<()> {
        if self.halted.load(Ordering::SeqCst) { Err(Error::Halted) } else { Ok(()) }
    }

    pub(crate) fn refuse_nested(&self) -> Result<()> {
        if DECIDING.get() { Err(Error::Nested) } else { Ok(()) }
    }
}

/// While it lives, this thread decides commands.
pub(crate) struct Deciding;

impl Deciding {
    pub(crate) fn begin() -> Self {
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
    if !cursor.step()? {
        return Ok((None, Tip::START));
    }
    let entry = journal::Entry::read(cursor.value())?;
    let position = journal::position(cursor.key()).ok_or_else(|| Error::Corrupt("a journal key".into()))?;
    Ok((Some(cursor.key().to_vec()), Tip { position, chain: entry.chain, at: entry.header.at }))
}
