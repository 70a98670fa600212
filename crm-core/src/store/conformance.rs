//! The laws of a store, as a suite that a backend's author calls from one test.
//!
//! [`check`] drives a store with seeded random histories and compares it, step by step, with a
//! model of plain ordered maps. Its way to fail is to panic; the message names the law that broke,
//! the seed, and what was seen, and the same seed replays the same history.
//!
//! | law | what it says |
//! |---|---|
//! | `atomicity` | after a commit every write of the batch is there; after [`Moved`](StoreError::Moved) none is |
//! | `expectation` | a batch is written exactly when the journal ends where the batch expects |
//! | `isolation` | a snapshot never changes, whatever is committed after it |
//! | `ordering` | cursors visit exactly the keys of their range, in byte order, both ways |
//! | `cursor` | a cursor lends nothing before its first step and after its end, and outlives its snapshot |
//! | `durability` | what was committed is there after a reopen |
//! | `readers` | readers on other threads see whole commits only, and never an older one than before |
//! | `writers` | writers on other threads that carry expectations lose no update |
//!
//! ```
//! use crm_core::store::{MemoryStore, conformance};
//! use std::sync::Arc;
//! conformance::check(&|| Arc::new(MemoryStore::new()), None);
//! ```
//!
//! A store on disk gives a second closure, which closes the store it gets and opens what it kept:
//!
//! ```no_run
//! # use crm_core::store::{MemoryStore as FileStore, Store, conformance};
//! # use std::sync::Arc;
//! let reopen = |store: Arc<dyn Store>| -> Arc<dyn Store> {
//!     drop(store);
//!     Arc::new(FileStore::default()) // open the same file again here
//! };
//! conformance::check(&|| Arc::new(FileStore::default()), Some(&reopen));
//! ```

mod model;
#[cfg(test)]
mod tests;

use std::fmt::{Debug, Display};
use std::ops::{self, Bound};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

pub use model::{Dice, Entries, Model, random_batch};
use model::{random_key, random_range, random_table, walk};

use super::{Batch, Direction, Range, Snapshot, Store, StoreError, Table};

/// Makes an empty store, apart from all others.
pub type Make<'a> = &'a dyn Fn() -> Arc<dyn Store>;

/// Closes a store (the given handle is the last) and opens what it kept.
///
/// The suite works on one store at a time, so this may open the one that was made last.
pub type Reopen<'a> = &'a dyn Fn(Arc<dyn Store>) -> Arc<dyn Store>;

/// Checks a backend against all laws, with a few seeds; pass no `reopen` for a store that keeps
/// nothing.
///
/// # Panics
/// When the backend breaks a law.
pub fn check(make: Make<'_>, reopen: Option<Reopen<'_>>) {
    check_seeds(make, reopen, 0..8);
}

/// Checks a backend as [`check`] does, with these seeds: for a long run by night, or to replay one.
///
/// # Panics
/// When the backend breaks a law.
pub fn check_seeds(make: Make<'_>, reopen: Option<Reopen<'_>>, seeds: ops::Range<u64>) {
    for seed in seeds {
        History::new(make(), reopen, seed).run();
        Laws { store: make(), seed }.cursors();
        Laws { store: make(), seed }.readers();
        Laws { store: make(), seed }.writers();
    }
}

/// One random history of one store, beside its model.
struct History<'a> {
    store: Arc<dyn Store>,
    reopen: Option<Reopen<'a>>,
    seed: u64,
    dice: Dice,
    model: Model,
    /// Snapshots taken earlier, each with what it must go on to show.
    kept: Vec<(Arc<dyn Snapshot>, Model)>,
}

impl<'a> History<'a> {
    fn new(store: Arc<dyn Store>, reopen: Option<Reopen<'a>>, seed: u64) -> Self {
        let dice = Dice::new(seed);
        History { store, reopen, seed, dice, model: Model::new(), kept: Vec::new() }
    }

    fn run(mut self) {
        self.compare("atomicity", &self.snapshot(), &self.model);
        for _ in 0..60 {
            self.commit();
            let snapshot = self.snapshot();
            self.points(&*snapshot);
            self.ranges(&*snapshot);
            self.keep(snapshot);
            if self.dice.once_in(15) {
                self = self.again();
            }
        }
        self.again();
    }

    fn snapshot(&self) -> Arc<dyn Snapshot> {
        held("atomicity", self.seed, self.store.snapshot())
    }

    fn commit(&mut self) {
        let mut batch = random_batch(&mut self.dice);
        let end = self.model.journal_end();
        batch.expect_journal_end = match self.dice.below(6) {
            0 => Some(Some(random_key(&mut self.dice))),
            1 => Some(None),
            2 | 3 => Some(end.clone()),
            _ => None,
        };
        for _ in 0..self.dice.below(3) {
            let (table, key) = (random_table(&mut self.dice), random_key(&mut self.dice));
            let held = self.model.table(table).and_then(|table| table.get(&key)).cloned();
            let expected = if self.dice.once_in(4) { Some(key.clone()) } else { held };
            batch.expect_values.push((table, key, expected));
        }
        let holds = self.model.commit(&batch);
        match self.store.commit(&batch) {
            Ok(()) if holds => {}
            Err(StoreError::Moved) if !holds => {}
            answer => broken(
                "expectation",
                self.seed,
                format_args!(
                    "journal ends at {end:?}, batch expects {:?} and {:?}, answer {answer:?}",
                    batch.expect_journal_end, batch.expect_values
                ),
            ),
        }
        self.compare("atomicity", &self.snapshot(), &self.model);
    }

    fn points(&mut self, snapshot: &dyn Snapshot) {
        for _ in 0..8 {
            let (table, key) = (random_table(&mut self.dice), random_key(&mut self.dice));
            let only = Range { from: Bound::Included(key.clone()), to: Bound::Included(key.clone()) };
            let expected = self.model.range(table, &only, Direction::Forward).pop().map(|(_, value)| value);
            let got = held("atomicity", self.seed, snapshot.get(table, &key));
            same("atomicity", self.seed, format_args!("get of {key:?} in {table:?}"), &got, &expected);
            let mut looked = None;
            let there = held(
                "atomicity",
                self.seed,
                snapshot.look(table, &key, &mut |value| looked = Some(value.to_vec())),
            );
            same("atomicity", self.seed, format_args!("look at {key:?} in {table:?}"), &looked, &expected);
            same(
                "atomicity",
                self.seed,
                format_args!("answer of look at {key:?} in {table:?}"),
                &there,
                &expected.is_some(),
            );
        }
    }

    fn ranges(&mut self, snapshot: &dyn Snapshot) {
        for _ in 0..8 {
            let (table, range) = (random_table(&mut self.dice), random_range(&mut self.dice));
            for direction in [Direction::Forward, Direction::Backward] {
                let mut cursor = held("ordering", self.seed, snapshot.range(table, range.clone(), direction));
                let got = held("ordering", self.seed, walk(&mut *cursor));
                let expected = self.model.range(table, &range, direction);
                same(
                    "ordering",
                    self.seed,
                    format_args!("{direction:?} over {range:?} in {table:?}"),
                    &got,
                    &expected,
                );
            }
        }
    }

    /// Keeps a snapshot for later, and checks or lets go of one kept before.
    fn keep(&mut self, snapshot: Arc<dyn Snapshot>) {
        self.kept.push((snapshot, self.model.clone()));
        if self.kept.len() > 4 {
            let (old, model) = self.kept.swap_remove(self.dice.below(4));
            self.compare("isolation", &old, &model);
        }
    }

    fn again(mut self) -> Self {
        for (old, model) in std::mem::take(&mut self.kept) {
            self.compare("isolation", &old, &model);
        }
        if let Some(reopen) = self.reopen {
            self.store = reopen(self.store);
            self.compare("durability", &self.snapshot(), &self.model);
        }
        self
    }

    fn compare(&self, law: &str, snapshot: &Arc<dyn Snapshot>, model: &Model) {
        let got = held(law, self.seed, Model::read(&**snapshot));
        for table in Table::ALL {
            let what = format_args!("all of {table:?}");
            same(law, self.seed, what, &got.table(table), &model.table(table));
        }
    }
}

/// The laws that need a history of their own.
struct Laws {
    store: Arc<dyn Store>,
    seed: u64,
}

impl Laws {
    fn commit(&self, law: &str, batch: &Batch) {
        held(law, self.seed, self.store.commit(batch));
    }

    fn cursors(&self) {
        let law = "cursor";
        let mut batch = Batch::new();
        for key in 0..100 {
            batch.put(Table::Due, vec![key], vec![key; 9]);
        }
        self.commit(law, &batch);
        let snapshot = held(law, self.seed, self.store.snapshot());
        let open = |direction| held(law, self.seed, snapshot.range(Table::Due, Range::all(), direction));
        let (mut up, mut down) = (open(Direction::Forward), open(Direction::Backward));
        drop(snapshot);
        let mut clear = Batch::new();
        for key in 0..100 {
            clear.delete(Table::Due, vec![key]);
        }
        self.commit(law, &clear);
        // Cursors may go to other threads.
        let walked = thread::scope(|scope| {
            let walking = scope.spawn(|| {
                let mut seen = Vec::new();
                same(law, self.seed, "before the first step", &(up.key(), up.value()), &(&[], &[]));
                while held(law, self.seed, up.step()) && held(law, self.seed, down.step()) {
                    seen.push((up.key().to_vec(), down.key().to_vec(), up.value().len(), down.value().len()));
                }
                for _ in 0..2 {
                    same(law, self.seed, "a step after the end", &held(law, self.seed, up.step()), &false);
                    same(law, self.seed, "after the end", &(up.key(), up.value()), &(&[], &[]));
                }
                seen
            });
            joined(walking)
        });
        let expected: Vec<_> = (0..100).map(|key| (vec![key], vec![99 - key], 9, 9)).collect();
        same(law, self.seed, "two cursors in turn", &walked, &expected);
    }

    fn readers(&self) {
        let law = "readers";
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let reading = || {
                let mut last = None;
                while !done.load(Ordering::Relaxed) {
                    last = self.read_generation(law, last);
                }
            };
            let readers = [scope.spawn(reading), scope.spawn(reading)];
            for generation in 0..40_u64 {
                let mut batch = Batch::new();
                for table in Table::ALL {
                    for key in 0..20_u8 {
                        batch.put(table, vec![key], generation.to_be_bytes().to_vec());
                    }
                }
                let committed = self.store.commit(&batch);
                if committed.is_err() || generation == 39 {
                    done.store(true, Ordering::Relaxed);
                }
                held(law, self.seed, committed);
            }
            for reader in readers {
                joined(reader);
            }
        });
    }

    /// Reads everything; it must be of one generation, not older than `last`.
    fn read_generation(&self, law: &str, last: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let snapshot = held(law, self.seed, self.store.snapshot());
        let mut seen = Vec::new();
        for table in Table::ALL {
            let mut cursor = held(law, self.seed, snapshot.range(table, Range::all(), Direction::Backward));
            seen.extend(held(law, self.seed, walk(&mut *cursor)).into_iter().map(|(_, value)| value));
        }
        let first = seen.first().cloned();
        if seen.iter().any(|value| Some(value) != first.as_ref()) || (first.is_some() && seen.len() != 120) {
            broken(law, self.seed, format_args!("a snapshot shows part of a commit: {seen:?}"));
        }
        if first < last {
            broken(law, self.seed, format_args!("a snapshot shows {first:?} after {last:?}"));
        }
        first
    }

    fn writers(&self) {
        let law = "writers";
        let each = 15_u64;
        let threads = thread::scope(|scope| {
            let appending = || (0..each).for_each(|_| self.append(law));
            [(); 3].map(|()| scope.spawn(appending)).map(joined).len() as u64
        });
        let snapshot = held(law, self.seed, self.store.snapshot());
        let model = held(law, self.seed, Model::read(&*snapshot));
        let end = (threads * each - 1).to_be_bytes().to_vec();
        same(law, self.seed, "the journal's end", &model.journal_end(), &Some(end));
        let counted = held(law, self.seed, snapshot.get(Table::Meta, b"count"));
        same(law, self.seed, "the counter", &counted, &Some((threads * each).to_be_bytes().to_vec()));
    }

    /// Appends one journal entry and adds one to a counter, again and again until no other writer
    /// comes between.
    fn append(&self, law: &str) {
        let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        loop {
            let snapshot = held(law, self.seed, self.store.snapshot());
            let mut cursor =
                held(law, self.seed, snapshot.range(Table::Journal, Range::all(), Direction::Backward));
            let end = held(law, self.seed, cursor.step()).then(|| cursor.key().to_vec());
            let count =
                held(law, self.seed, snapshot.get(Table::Meta, b"count")).map_or(0, |bytes| number(&bytes));
            let next = end.as_deref().map_or(0, |end| number(end) + 1);
            let mut batch = Batch::new();
            batch.expect_journal_end = Some(end);
            batch.put(Table::Journal, next.to_be_bytes().to_vec(), Vec::new());
            batch.put(Table::Meta, b"count".to_vec(), (count + 1).to_be_bytes().to_vec());
            match self.store.commit(&batch) {
                Ok(()) => return,
                Err(StoreError::Moved) => {}
                Err(error) => broken(law, self.seed, error),
            }
        }
    }
}

#[allow(clippy::panic, reason = "a suite for tests fails by panicking")]
#[track_caller]
fn broken(law: &str, seed: u64, what: impl Display) -> ! {
    panic!("the store breaks the law of `{law}` (seed {seed}): {what}")
}

/// What a thread answers; its panic goes on here, so that the law's name reaches the test.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[track_caller]
fn held<T>(law: &str, seed: u64, answer: Result<T, StoreError>) -> T {
    answer.unwrap_or_else(|error| broken(law, seed, error))
}

#[track_caller]
fn same<T: PartialEq + Debug>(law: &str, seed: u64, what: impl Display, got: &T, expected: &T) {
    if got != expected {
        broken(law, seed, format_args!("{what}: got {got:?}, expected {expected:?}"));
    }
}
