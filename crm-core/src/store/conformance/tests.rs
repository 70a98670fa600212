//! The suite catches stores that break each law.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::*;
use crate::store::{Cursor, MemoryStore};

/// How a store is broken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    ForgetsMeta,
    HalfOfRefused,
    IgnoresExpectation,
    IgnoresValues,
    MovingSnapshot,
    BackwardIsForward,
    IncludesExcluded,
    KeyStaysAfterEnd,
    ForgetsAll,
    OneTableLater,
}

struct Broken {
    store: Arc<MemoryStore>,
    fault: Fault,
}

impl Broken {
    fn make(fault: Fault) -> Arc<dyn Store> {
        Arc::new(Broken { store: Arc::new(MemoryStore::new()), fault })
    }

    fn without(batch: &Batch, lost: Table) -> Batch {
        let mut batch = batch.clone();
        batch.table_mut(lost).clear();
        batch
    }
}

impl Store for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        let (store, fault) = (self.store.clone(), self.fault);
        let now = store.snapshot()?;
        Ok(Arc::new(BrokenSnapshot { store, now, fault }))
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        match self.fault {
            Fault::ForgetsMeta => self.store.commit(&Self::without(batch, Table::Meta)),
            Fault::HalfOfRefused => self.store.commit(batch).inspect_err(|_| {
                let mut half = Self::without(batch, Table::Journal);
                half.expect_journal_end = None;
                half.expect_values.clear();
                self.store.commit(&half).unwrap();
            }),
            Fault::IgnoresExpectation => {
                let mut batch = batch.clone();
                batch.expect_journal_end = None;
                self.store.commit(&batch)
            }
            Fault::IgnoresValues => {
                let mut batch = batch.clone();
                batch.expect_values.clear();
                self.store.commit(&batch)
            }
            Fault::OneTableLater => {
                self.store.commit(&Self::without(batch, Table::Unique))?;
                thread::sleep(Duration::from_millis(1));
                let mut rest = Batch::new();
                *rest.table_mut(Table::Unique) = batch.table(Table::Unique).clone();
                self.store.commit(&rest)
            }
            _ => self.store.commit(batch),
        }
    }
}

struct BrokenSnapshot {
    store: Arc<MemoryStore>,
    now: Arc<dyn Snapshot>,
    fault: Fault,
}

impl Snapshot for BrokenSnapshot {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.fault {
            Fault::MovingSnapshot => self.store.snapshot()?.get(table, key),
            _ => self.now.get(table, key),
        }
    }

    fn range(
        &self,
        table: Table,
        mut range: Range,
        direction: Direction,
    ) -> Result<Box<dyn Cursor>, StoreError> {
        match self.fault {
            Fault::MovingSnapshot => self.store.snapshot()?.range(table, range, direction),
            Fault::BackwardIsForward => self.now.range(table, range, Direction::Forward),
            Fault::IncludesExcluded => {
                if let Bound::Excluded(from) = range.from {
                    range.from = Bound::Included(from);
                }
                self.now.range(table, range, direction)
            }
            Fault::KeyStaysAfterEnd => {
                let cursor = self.now.range(table, range, direction)?;
                Ok(Box::new(StayingCursor { cursor, key: Vec::new() }))
            }
            _ => self.now.range(table, range, direction),
        }
    }
}

struct StayingCursor {
    cursor: Box<dyn Cursor>,
    key: Vec<u8>,
}

impl Cursor for StayingCursor {
    fn step(&mut self) -> Result<bool, StoreError> {
        let there = self.cursor.step()?;
        if there {
            self.key = self.cursor.key().to_vec();
        }
        Ok(there)
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn value(&self) -> &[u8] {
        self.cursor.value()
    }
}

/// The law that the suite finds broken, if any.
fn found(fault: Fault) -> Option<String> {
    let reopen = |store: Arc<dyn Store>| -> Arc<dyn Store> {
        if fault == Fault::ForgetsAll { Broken::make(fault) } else { store }
    };
    let run = AssertUnwindSafe(|| check_seeds(&|| Broken::make(fault), Some(&reopen), 0..3));
    let message = *catch_unwind(run).err()?.downcast::<String>().unwrap();
    Some(message.split('`').nth(1).unwrap().to_owned())
}

#[test]
fn each_broken_law_is_found() {
    let cases = [
        (Fault::None, None),
        (Fault::ForgetsMeta, Some("atomicity")),
        (Fault::HalfOfRefused, Some("atomicity")),
        (Fault::IgnoresExpectation, Some("expectation")),
        (Fault::IgnoresValues, Some("expectation")),
        (Fault::MovingSnapshot, Some("isolation")),
        (Fault::BackwardIsForward, Some("ordering")),
        (Fault::IncludesExcluded, Some("ordering")),
        (Fault::KeyStaysAfterEnd, Some("cursor")),
        (Fault::ForgetsAll, Some("durability")),
        (Fault::OneTableLater, Some("readers")),
    ];
    for (fault, law) in cases {
        assert_eq!(found(fault).as_deref(), law, "{fault:?}");
    }
}
