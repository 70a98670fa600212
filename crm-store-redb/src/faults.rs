//! A simulated disk that loses power or fails at a chosen moment, for tests.
//!
//! The disk keeps what was written since the last flush apart, sector by sector. When the power
//! goes, each of these sectors survives, is lost, or is torn, as the dice fall; a sector that was
//! written several times may come back in any of its versions, which covers every order in which
//! a real disk may have worked. The same seed and the same calls give the same bytes.
//!
//! ```
//! use crm_core::store::{Batch, Store, Table};
//! use crm_store_redb::faults::{Disk, Fault};
//! use crm_store_redb::{Options, RedbStore};
//!
//! let disk = Disk::new(7);
//! let store = RedbStore::open_backend(disk.plug(), Options::default())?;
//! let mut batch = Batch::new();
//! batch.put(Table::Meta, b"key".to_vec(), b"value".to_vec());
//! store.commit(&batch)?;
//! disk.plan(Fault::CutAfter(2));
//! batch.put(Table::Meta, b"key".to_vec(), b"other".to_vec());
//! assert!(store.commit(&batch).is_err());
//! drop(store);
//! disk.restore();
//! let store = RedbStore::open_backend(disk.plug(), Options::default())?;
//! // What was acknowledged is there, or that and the commit in flight.
//! let found = store.snapshot()?.get(Table::Meta, b"key")?;
//! assert!(found == Some(b"value".to_vec()) || found == Some(b"other".to_vec()));
//! # Ok::<(), crm_core::store::StoreError>(())
//! ```

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crm_core::store::conformance::Dice;
use redb::StorageBackend;

const SECTOR: u64 = 512;

/// What goes wrong, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Never,
    /// The power goes after this many further writes, resizes and flushes; every operation fails
    /// from then on, until [`Disk::restore`].
    CutAfter(u64),
    /// After this many further operations of any kind, one fails.
    FailOnceAfter(u64),
    /// After this many further operations of any kind, each fails.
    FailAfter(u64),
}

/// A simulated disk. Clones are the same disk.
#[derive(Clone, Debug)]
pub struct Disk(Arc<Mutex<State>>);

/// A disk as redb sees it, until the power goes or [`Disk::restore`] is called.
#[derive(Debug)]
pub struct Plugged {
    disk: Disk,
    /// A store that was opened before must not write to the disk after.
    plugged: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Look,
    Change,
}

#[derive(Debug)]
enum Unsynced {
    Write { offset: u64, data: Vec<u8> },
    Resize(u64),
}

#[derive(Debug)]
struct State {
    /// What surely survives.
    durable: Vec<u8>,
    /// What reads show.
    now: Vec<u8>,
    /// What leads from `durable` to `now`.
    unsynced: Vec<Unsynced>,
    dice: Dice,
    fault: Fault,
    operations: u64,
    plugged: u64,
    /// Flushes do nothing.
    lies: bool,
}

impl Disk {
    /// An empty disk whose power cuts fall as `seed` says.
    pub fn new(seed: u64) -> Self {
        Disk(Arc::new(Mutex::new(State {
            durable: Vec::new(),
            now: Vec::new(),
            unsynced: Vec::new(),
            dice: Dice::new(seed),
            fault: Fault::Never,
            operations: 0,
            plugged: 0,
            lies: false,
        })))
    }

    /// A disk whose flushes do nothing: a harness that finds no fault with it finds nothing.
    pub fn lying(seed: u64) -> Self {
        let disk = Disk::new(seed);
        disk.state().lies = true;
        disk
    }

    /// The disk as a backend, to open a store on.
    pub fn plug(&self) -> Plugged {
        let plugged = self.state().plugged;
        Plugged { disk: self.clone(), plugged }
    }

    /// Plans what goes wrong next, counted from now.
    pub fn plan(&self, fault: Fault) {
        self.state().fault = fault;
    }

    /// How many operations there were so far, to choose a moment from.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.state().fault == Fault::CutAfter(0)
    }

    /// Cuts the power if it is on, and gives it back: what was not flushed is there in part.
    /// Stores opened before can't reach the disk any more. Nothing is planned.
    pub fn restore(&self) {
        let mut state = self.state();
        state.lose();
        state.plugged += 1;
        state.fault = Fault::Never;
    }

    /// Mends a failing disk without a power cut: everything written is there. Stores opened before
    /// can't reach the disk any more. Nothing is planned.
    pub fn mend(&self) {
        let mut state = self.state();
        state.plugged += 1;
        state.fault = Fault::Never;
    }

    /// The bytes on the disk.
    pub fn image(&self) -> Vec<u8> {
        self.state().now.clone()
    }

    /// Puts these bytes on the disk; they surely survive.
    pub fn load(&self, image: &[u8]) {
        let mut state = self.state();
        state.unsynced.clear();
        state.durable = image.to_vec();
        state.now = image.to_vec();
    }

    /// A sound disk that holds these bytes.
    pub fn with_image(image: Vec<u8>) -> Self {
        let disk = Disk::new(0);
        disk.load(&image);
        disk
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts an operation; answers whether it fails.
    fn fails(&mut self, operation: Operation) -> bool {
        self.operations += 1;
        match &mut self.fault {
            Fault::Never => false,
            Fault::CutAfter(0) | Fault::FailAfter(0) => true,
            Fault::CutAfter(left) => {
                *left -= u64::from(operation == Operation::Change);
                *left == 0
            }
            Fault::FailOnceAfter(0) => {
                self.fault = Fault::Never;
                true
            }
            Fault::FailOnceAfter(left) | Fault::FailAfter(left) => {
                *left -= 1;
                false
            }
        }
    }

    fn change(&mut self, change: Unsynced) {
        apply(&mut self.now, &change);
        self.unsynced.push(change);
    }

    fn sync(&mut self) {
        if !self.lies {
            for change in self.unsynced.drain(..) {
                apply(&mut self.durable, &change);
            }
        }
    }

    /// A flush failed: a system may take for flushed what the disk never got, so that no later flush writes it.
    fn forget(&mut self) {
        let dice = &mut self.dice;
        self.unsynced.retain(|change| matches!(change, Unsynced::Resize(_)) || dice.once_in(2));
    }

    /// Keeps a part of what was not flushed.
    fn lose(&mut self) {
        let resizes = self.unsynced.iter().filter(|change| matches!(change, Unsynced::Resize(_))).count();
        // A file system journals sizes in their order, so the first few survive.
        let mut resizes = self.dice.below(resizes + 1);
        // From nothing survives to everything does.
        let share = self.dice.below(5);
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Unsynced::Resize(_) if resizes > 0 => {
                    resizes -= 1;
                    apply(&mut self.durable, &change);
                }
                Unsynced::Resize(_) => {}
                Unsynced::Write { offset, data } => {
                    for piece in sectors(offset, &data) {
                        if self.dice.below(4) < share {
                            keep(&mut self.durable, piece, &mut self.dice);
                        }
                    }
                }
            }
        }
        self.now.clone_from(&self.durable);
    }
}

/// Applies a change; what lies beyond the end of the bytes is dropped.
fn apply(bytes: &mut Vec<u8>, change: &Unsynced) {
    match change {
        Unsynced::Resize(length) => bytes.resize(*length as usize, 0),
        Unsynced::Write { offset, data } => {
            let at = *offset as usize;
            let end = bytes.len().min(at.saturating_add(data.len()));
            if let (Some(place), Some(kept)) = (bytes.get_mut(at..end), data.get(..end.saturating_sub(at))) {
                place.copy_from_slice(kept);
            }
        }
    }
}

/// Keeps a sector, now and then torn: only its first or only its last bytes.
fn keep(bytes: &mut Vec<u8>, (offset, piece): (u64, &[u8]), dice: &mut Dice) {
    let (mut offset, mut piece) = (offset, piece);
    if dice.once_in(8) {
        let (first, last) = piece.split_at(dice.below(piece.len()));
        if dice.once_in(2) {
            piece = first;
        } else {
            offset += first.len() as u64;
            piece = last;
        }
    }
    apply(bytes, &Unsynced::Write { offset, data: piece.to_vec() });
}

/// The sectors that a write touches, each with what is written of it.
fn sectors(mut offset: u64, mut data: &[u8]) -> Vec<(u64, &[u8])> {
    let mut pieces = Vec::new();
    while !data.is_empty() {
        let room = (SECTOR - offset % SECTOR) as usize;
        let (piece, rest) = data.split_at(room.min(data.len()));
        pieces.push((offset, piece));
        offset += piece.len() as u64;
        data = rest;
    }
    pieces
}

impl Plugged {
    /// Does an operation, or fails as planned; a failing change may have been done in part.
    fn operate<T>(
        &self,
        operation: Operation,
        change: Option<Unsynced>,
        run: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut state = self.disk.state();
        if state.plugged != self.plugged || state.fault == Fault::CutAfter(0) {
            return Err(io::Error::other("the simulated disk has no power"));
        }
        let fails = state.fails(operation);
        if fails && operation == Operation::Change && change.is_none() {
            state.forget();
        }
        if let Some(mut change) = change {
            if fails && let Unsynced::Write { data, .. } = &mut change {
                let kept = state.dice.below(data.len() + 1);
                data.truncate(kept);
            }
            // A resize that fails was not done, unless the power went meanwhile.
            if !fails || matches!(change, Unsynced::Write { .. }) || state.fault == Fault::CutAfter(0) {
                state.change(change);
            }
        }
        if fails {
            return Err(io::Error::other("the simulated disk fails"));
        }
        run(&mut state)
    }
}

impl StorageBackend for Plugged {
    fn len(&self) -> io::Result<u64> {
        self.operate(Operation::Look, None, |state| Ok(state.now.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.operate(Operation::Look, None, |state| {
            let at = offset as usize;
            match state.now.get(at..at.saturating_add(out.len())) {
                Some(bytes) => {
                    out.copy_from_slice(bytes);
                    Ok(())
                }
                None => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a read beyond the end")),
            }
        })
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.operate(Operation::Change, Some(Unsynced::Resize(length)), |_| Ok(()))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.operate(Operation::Change, None, |state| {
            state.sync();
            Ok(())
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let change = Unsynced::Write { offset, data: data.to_vec() };
        self.operate(Operation::Change, Some(change), |_| Ok(()))
    }
}
