//! Staged writes over a snapshot: what a unit of work reads.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::absent::Absent;
use crate::store::{Batch, Cursor, Direction, Range, Snapshot, StoreError, Table, after_prefix, merged};

/// A snapshot with staged writes on top: what the group's earlier commands wrote, and what the running one writes.
pub(crate) struct Overlay {
    pub(crate) snapshot: Arc<dyn Snapshot>,
    /// All that is staged.
    pub(crate) staged: Batch,
    /// How the running command's writes are undone, the last one first.
    undo: Vec<Undo>,
    /// For areas of a table the least key at and behind which the snapshot holds nothing, as far as known.
    ends: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
    /// In a bulk, what the indexes hold nothing of.
    pub(crate) absent: Option<Absent>,
}

/// What was staged under a key before a write: nothing, or a value or a removal.
struct Undo {
    table: Table,
    key: Vec<u8>,
    before: Option<Option<Vec<u8>>>,
}

impl Overlay {
    pub(crate) fn new(snapshot: Arc<dyn Snapshot>) -> Self {
        Overlay { snapshot, staged: Batch::new(), undo: Vec::new(), ends: BTreeMap::new(), absent: None }
    }

    /// Keeps the running command's writes.
    pub(crate) fn keep(&mut self) {
        self.undo.clear();
    }

    /// Forgets the running command's writes.
    pub(crate) fn drop_unit(&mut self) {
        while let Some(Undo { table, key, before }) = self.undo.pop() {
            // What it removed is there again, and may have been read without it.
            if table == Table::Index
                && let Some(absent) = &mut self.absent
            {
                absent.note(&key);
            }
            let writes = self.staged.table_mut(table);
            match before {
                Some(before) => drop(writes.insert(key, before)),
                None => drop(writes.remove(&key)),
            }
        }
    }

    /// Whether the running command wrote into a table.
    pub(crate) fn wrote(&self, table: Table) -> bool {
        self.undo.iter().any(|undo| undo.table == table)
    }

    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.staged.table(table).get(key) {
            Some(staged) => Ok(staged.clone()),
            None => self.snapshot.get(table, key),
        }
    }

    pub(crate) fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        if table == Table::Index
            && let Some(absent) = &mut self.absent
        {
            absent.note(&key);
        }
        self.stage(table, key, Some(value));
    }

    pub(crate) fn delete(&mut self, table: Table, key: Vec<u8>) {
        self.stage(table, key, None);
    }

    fn stage(&mut self, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) {
        let before = self.staged.table_mut(table).insert(key.clone(), value);
        self.undo.push(Undo { table, key, before });
    }

    /// Whether it is known, without a look at the store, that no entry of an index starts with `prefix`: a whole key but
    /// for the id.
    pub(crate) fn lacks(&mut self, prefix: &[u8]) -> Result<bool, StoreError> {
        let Some(mut absent) = self.absent.take() else { return Ok(false) };
        let lacks = absent.lacks(prefix, |range| self.range(Table::Index, range, Direction::Forward));
        self.absent = Some(absent);
        lacks
    }

    pub(crate) fn range(
        &self,
        table: Table,
        range: Range,
        direction: Direction,
    ) -> Result<Box<dyn Cursor>, StoreError> {
        if range.is_empty() {
            return Ok(Box::new(Nothing));
        }
        let staged = self.staged(table, &range);
        Ok(over(staged, self.snapshot.range(table, range, direction)?, direction))
    }

    /// The keys that start with `prefix`, forward; its first `area` bytes are those of an index, say.
    ///
    /// Where nothing is found, no key of the area lies at or behind the prefix: that is kept, so that a group that
    /// looks for much that isn't there asks the store little.
    pub(crate) fn matching(
        &mut self,
        table: Table,
        prefix: &[u8],
        area: usize,
    ) -> Result<Box<dyn Cursor>, StoreError> {
        let staged = self.staged(table, &Range::prefix(prefix));
        let area = (table, prefix.get(..area).unwrap_or(prefix).to_vec());
        if self.ends.get(&area).is_some_and(|end| end.as_slice() <= prefix) {
            return Ok(over(staged, Box::new(Nothing), Direction::Forward));
        }
        let range = Range { from: Bound::Included(prefix.to_vec()), to: after_prefix(&area.1) };
        let mut below = self.snapshot.range(table, range, Direction::Forward)?;
        if !below.step()? {
            self.ends.insert(area, prefix.to_vec());
        }
        let below = Prefixed { below, fresh: true, prefix: prefix.to_vec(), ended: false };
        Ok(over(staged, Box::new(below), Direction::Forward))
    }

    /// What is staged in a range, in the order of its keys.
    fn staged(&self, table: Table, range: &Range) -> Staged {
        let bounds = (bound(&range.from), bound(&range.to));
        let writes = self.staged.table(table).range::<[u8], _>(bounds);
        writes.map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

/// Staged writes; none removes a key.
type Staged = Vec<(Vec<u8>, Option<Vec<u8>>)>;

fn over(mut staged: Staged, below: Box<dyn Cursor>, direction: Direction) -> Box<dyn Cursor> {
    if direction == Direction::Backward {
        staged.reverse();
    }
    merged(staged.into_iter(), below, direction)
}

/// A cursor, already on its first key, as far as its keys start with a prefix.
struct Prefixed {
    below: Box<dyn Cursor>,
    fresh: bool,
    prefix: Vec<u8>,
    ended: bool,
}

impl Cursor for Prefixed {
    fn step(&mut self) -> Result<bool, StoreError> {
        if !std::mem::take(&mut self.fresh) && !self.ended {
            self.below.step()?;
        }
        // At the end the key is empty.
        self.ended |= !self.below.key().starts_with(&self.prefix);
        Ok(!self.ended)
    }

    fn key(&self) -> &[u8] {
        if self.ended { &[] } else { self.below.key() }
    }

    fn value(&self) -> &[u8] {
        if self.ended { &[] } else { self.below.value() }
    }
}

fn bound(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    match bound {
        Bound::Included(key) => Bound::Included(key.as_slice()),
        Bound::Excluded(key) => Bound::Excluded(key.as_slice()),
        Bound::Unbounded => Bound::Unbounded,
    }
}

struct Nothing;

impl Cursor for Nothing {
    fn step(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }
    fn key(&self) -> &[u8] {
        &[]
    }
    fn value(&self) -> &[u8] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::{MemoryStore, Store};

    proptest! {
        /// A dropped command leaves what was before it, whatever it wrote over.
        #[test]
        fn what_is_dropped_was_never_there(
            below in prop::collection::btree_map(0..8u8, any::<u8>(), 0..8),
            commands in prop::collection::vec(
                (any::<bool>(), prop::collection::vec((0..8u8, any::<Option<u8>>()), 0..6)), 0..6),
        ) {
            let store = MemoryStore::new();
            let mut batch = Batch::new();
            below.iter().for_each(|(key, value)| batch.put(Table::Meta, vec![*key], vec![*value]));
            store.commit(&batch).unwrap();
            let mut overlay = Overlay::new(store.snapshot().unwrap());
            let mut model = below;
            for (keeps, writes) in commands {
                let before = model.clone();
                for (key, value) in &writes {
                    match value {
                        Some(value) => {
                            overlay.put(Table::Meta, vec![*key], vec![*value]);
                            model.insert(*key, *value);
                        }
                        None => {
                            overlay.delete(Table::Meta, vec![*key]);
                            model.remove(key);
                        }
                    }
                }
                prop_assert_eq!(overlay.wrote(Table::Meta), !writes.is_empty());
                if keeps {
                    overlay.keep();
                } else {
                    overlay.drop_unit();
                    model = before;
                }
                for direction in [Direction::Forward, Direction::Backward] {
                    let mut cursor = overlay.range(Table::Meta, Range::all(), direction).unwrap();
                    let mut found = Vec::new();
                    while cursor.step().unwrap() {
                        found.push((cursor.key()[0], cursor.value()[0]));
                    }
                    let mut expected: Vec<_> = model.iter().map(|(key, value)| (*key, *value)).collect();
                    if direction == Direction::Backward {
                        expected.reverse();
                    }
                    prop_assert_eq!(found, expected);
                }
                for key in 0..8u8 {
                    let stored = overlay.get(Table::Meta, &[key]).unwrap();
                    prop_assert_eq!(stored, model.get(&key).map(|value| vec![*value]));
                }
            }
        }
    }
}
