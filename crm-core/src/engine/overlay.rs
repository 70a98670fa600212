//! Staged writes over a snapshot: what a unit of work reads.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::store::{Batch, Cursor, Direction, Range, Snapshot, StoreError, Table, after_prefix};

/// A snapshot with up to two layers of staged writes on top: what the group's earlier commands
/// wrote, and what the running one writes.
pub(crate) struct Overlay {
    pub(crate) snapshot: Arc<dyn Snapshot>,
    /// Writes of commands that ended well.
    pub(crate) group: Batch,
    /// Writes of the running command.
    pub(crate) unit: Batch,
    /// For areas of a table the least key at and behind which the snapshot holds nothing, as far as known.
    ends: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
}

impl Overlay {
    pub(crate) fn new(snapshot: Arc<dyn Snapshot>) -> Self {
        Overlay { snapshot, group: Batch::new(), unit: Batch::new(), ends: BTreeMap::new() }
    }

    /// Keeps the running command's writes.
    pub(crate) fn keep(&mut self) {
        let mut unit = std::mem::take(&mut self.unit);
        for table in Table::ALL {
            let writes = std::mem::take(unit.table_mut(table));
            self.group.table_mut(table).extend(writes);
        }
    }

    /// Forgets the running command's writes.
    pub(crate) fn drop_unit(&mut self) {
        self.unit = Batch::new();
    }

    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        for layer in [&self.unit, &self.group] {
            if let Some(staged) = layer.table(table).get(key) {
                return Ok(staged.clone());
            }
        }
        self.snapshot.get(table, key)
    }

    pub(crate) fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        self.unit.put(table, key, value);
    }

    pub(crate) fn delete(&mut self, table: Table, key: Vec<u8>) {
        self.unit.delete(table, key);
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
        Ok(merged(staged, self.snapshot.range(table, range, direction)?, direction))
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
            return Ok(merged(staged, Box::new(Nothing), Direction::Forward));
        }
        let range = Range { from: Bound::Included(prefix.to_vec()), to: after_prefix(&area.1) };
        let mut below = self.snapshot.range(table, range, Direction::Forward)?;
        if !below.step()? {
            self.ends.insert(area, prefix.to_vec());
        }
        let below = Prefixed { below, fresh: true, prefix: prefix.to_vec(), ended: false };
        Ok(merged(staged, Box::new(below), Direction::Forward))
    }

    fn staged(&self, table: Table, range: &Range) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        let mut staged = BTreeMap::new();
        let bounds = (bound(&range.from), bound(&range.to));
        for layer in [&self.group, &self.unit] {
            let writes = layer.table(table);
            if !writes.is_empty() {
                let writes = writes.range::<[u8], _>(bounds);
                staged.extend(writes.map(|(key, value)| (key.clone(), value.clone())));
            }
        }
        staged
    }
}

fn merged(
    staged: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    below: Box<dyn Cursor>,
    direction: Direction,
) -> Box<dyn Cursor> {
    if staged.is_empty() {
        return below;
    }
    let mut staged: Vec<_> = staged.into_iter().collect();
    if direction == Direction::Forward {
        staged.reverse();
    }
    Box::new(Merged { below, below_read: false, staged, direction, key: Vec::new(), value: Vec::new() })
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

/// A snapshot's cursor merged with staged writes, the next of which is the last.
struct Merged {
    below: Box<dyn Cursor>,
    /// Whether `below` stands on a key that wasn't given out yet.
    below_read: bool,
    staged: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    direction: Direction,
    key: Vec<u8>,
    value: Vec<u8>,
}

impl Cursor for Merged {
    fn step(&mut self) -> Result<bool, StoreError> {
        loop {
            if !self.below_read {
                self.below_read = self.below.step()?;
            }
            let staged_first = match (self.staged.last(), self.below_read) {
                (None, false) => {
                    self.key.clear();
                    self.value.clear();
                    return Ok(false);
                }
                (None, true) => false,
                (Some(_), false) => true,
                (Some((key, _)), true) => {
                    if key.as_slice() == self.below.key() {
                        self.below_read = false;
                        true
                    } else {
                        (key.as_slice() < self.below.key()) == (self.direction == Direction::Forward)
                    }
                }
            };
            if staged_first {
                if let Some((key, Some(value))) = self.staged.pop() {
                    self.key = key;
                    self.value = value;
                    return Ok(true);
                }
            } else {
                self.key.clear();
                self.key.extend_from_slice(self.below.key());
                self.value.clear();
                self.value.extend_from_slice(self.below.value());
                self.below_read = false;
                return Ok(true);
            }
        }
    }

    fn key(&self) -> &[u8] {
        &self.key
    }

    fn value(&self) -> &[u8] {
        &self.value
    }
}
