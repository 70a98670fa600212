//! One group's way: decided over what came before it, committed once, answered.
//!
//! While one group is committed, the next is decided over it, as if it stood already; that one's commit
//! waits for the first one's end, and is decided anew should it have failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::absent::Absent;
use super::config::Config;
use super::crm::Crm;
use super::finish::Tip;
use super::overlay::{Over, Overlay};
use super::queue::{Job, Seat, Ticket, lock, panic_text};
use crate::record::error::{Error, Result};
use crate::store::{Batch, Snapshot, StoreError};

/// How often a group is decided again when another writer came first.
const MOST_RETRIES: usize = 16;

/// A group that is being committed.
pub(crate) struct UnderWay {
    batch: Arc<Batch>,
    /// What steers the engine after it.
    config: Arc<Config>,
    /// The journal's end after it.
    tip: Tip,
    /// Whether it is durable.
    committed: AtomicBool,
}

/// Who decides and who commits, each one group at a time.
#[derive(Default)]
pub(crate) struct Ways {
    /// Held by who decides a group; taken before `committing`.
    deciding: Mutex<()>,
    /// Held by who writes to the store.
    committing: Mutex<()>,
    /// What is being committed; changed by who holds `committing`.
    under_way: Mutex<Option<Arc<UnderWay>>>,
}

impl Ways {
    /// Waits until nothing is decided or committed.
    pub(crate) fn all(&self) -> (MutexGuard<'_, ()>, MutexGuard<'_, ()>) {
        (lock(&self.deciding), lock(&self.committing))
    }

    /// Makes a group the one under way, until the answer is dropped.
    fn set_out(&self, group: Arc<UnderWay>) -> OnTheWay<'_> {
        *lock(&self.under_way) = Some(group);
        OnTheWay(&self.under_way)
    }
}

struct OnTheWay<'a>(&'a Mutex<Option<Arc<UnderWay>>>);

impl Drop for OnTheWay<'_> {
    fn drop(&mut self) {
        lock(self.0).take();
    }
}

impl Crm {
    /// Decides and commits a group, and answers everybody whatever comes. `hand_over` lets the next
    /// group be decided.
    pub(crate) fn lead(&self, group: &[Arc<Ticket>], hand_over: &mut dyn FnMut()) {
        let mut jobs: Vec<_> =
            group.iter().flat_map(|ticket| std::mem::take(&mut *lock(&ticket.jobs))).collect();
        // Commands catch their own panics, so this one is the store's: nobody knows what it did.
        let ended = catch_unwind(AssertUnwindSafe(|| self.decide_and_commit(&mut jobs, hand_over)));
        let ended = ended.unwrap_or_else(|panic| {
            self.halt();
            Err(unknown(panic.as_ref()).into())
        });
        for mut job in jobs {
            job.settle(ended.as_ref().err().map(copy_error));
        }
    }

    fn decide_and_commit(&self, jobs: &mut [Box<dyn Job>], hand_over: &mut dyn FnMut()) -> Result<()> {
        for _ in 0..MOST_RETRIES {
            let deciding = lock(&self.ways.deciding);
            self.refuse_halted()?;
            let before = lock(&self.ways.under_way).clone();
            let decided = self.decide_over(before.as_deref(), jobs)?;
            let committing = lock(&self.ways.committing);
            // What it was decided over is not there: all anew.
            if before.is_some_and(|before| !before.committed.load(Ordering::SeqCst)) {
                continue;
            }
            let Decided { group, absent, steered } = decided;
            let keep = || *lock(&self.absent) = absent.map(|absent| absent.at(group.tip));
            if group.batch.is_empty() {
                keep();
                return Ok(());
            }
            let _under_way = self.ways.set_out(group.clone());
            drop(deciding);
            hand_over();
            let commit = catch_unwind(AssertUnwindSafe(|| self.store.commit(&group.batch)));
            match commit.unwrap_or_else(|panic| Err(unknown(panic.as_ref()))) {
                Ok(()) => {
                    keep();
                    if steered {
                        self.set_config(group.config.clone());
                    }
                    *lock(&self.tip) = group.tip;
                    group.committed.store(true, Ordering::SeqCst);
                    return Ok(());
                }
                // The next look at the journal's end shows what somebody else did.
                Err(StoreError::Moved) => {}
                Err(error) => {
                    if matches!(error, StoreError::Unknown(_)) {
                        self.halt();
                    }
                    return Err(error.into());
                }
            }
            drop(committing);
        }
        Err(Error::Store(StoreError::Moved))
    }

    /// Decides a group over the one before it, as if that stood.
    fn decide_over(&self, before: Option<&UnderWay>, jobs: &mut [Box<dyn Job>]) -> Result<Decided> {
        let snapshot = self.store.snapshot()?;
        let (snapshot, known): (Arc<dyn Snapshot>, _) = match before {
            Some(before) => (Arc::new(Over::new(before.batch.clone(), snapshot)), before.tip),
            None => (snapshot, *lock(&self.tip)),
        };
        let (end, mut tip, moved) = Crm::tip_after(known, snapshot.as_ref())?;
        let mut overlay = Overlay::new(snapshot);
        if moved {
            self.set_config(Arc::new(Config::load(&overlay)?));
            *lock(&self.tip) = tip;
        }
        // Taken out, so that it is forgotten unless all goes well.
        overlay.absent = Absent::begin(lock(&self.absent).take(), tip, jobs.len());
        let steering = before.map_or_else(|| self.config(), |before| before.config.clone());
        let mut config = steering.clone();
        self.decide(jobs, &mut overlay, &mut config, &mut tip);
        // The snapshot goes before the commit: the store may use again, or change in place, what only it
        // could see.
        let Overlay { staged: mut batch, absent, .. } = overlay;
        batch.expect_journal_end = Some(end);
        let steered = !Arc::ptr_eq(&steering, &config);
        let (batch, committed) = (Arc::new(batch), AtomicBool::new(false));
        Ok(Decided { group: Arc::new(UnderWay { batch, config, tip, committed }), absent, steered })
    }

    /// Decides jobs one over the other; `config` becomes what steers the engine after them.
    pub(crate) fn decide(
        &self,
        jobs: &mut [Box<dyn Job>],
        overlay: &mut Overlay,
        config: &mut Arc<Config>,
        tip: &mut Tip,
    ) {
        let _deciding = super::crm::Deciding::begin();
        for job in jobs {
            job.decide(&mut Seat { overlay, config, host: &self.host, tip });
        }
    }
}

/// A group that was decided.
struct Decided {
    group: Arc<UnderWay>,
    absent: Option<Absent>,
    /// Whether it changed what steers the engine.
    steered: bool,
}

fn unknown(panic: &(dyn std::any::Any + Send)) -> StoreError {
    StoreError::Unknown(panic_text(panic).into())
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
