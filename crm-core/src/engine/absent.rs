//! What the indexes hold nothing of. A bulk asks for much that isn't there: each number, address and company of each of
//! its leads; what is told from memory to be absent costs neither a walk down the store nor one over staged writes.
//!
//! Per index that a bulk looks into there is a Bloom filter (B. H. Bloom, Space/time trade-offs in hash coding with
//! allowable errors, 1970) over the keys without the ids behind them, one word a key. It never denies what is there:
//! what units stage is added at once, what was dropped again or deleted stays. An index that is large beside the bulk
//! is read into it little by little and denies nothing until it is whole.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};
use std::ops::Bound;

use super::finish::Tip;
use crate::record::key::INDEX_AREA;
use crate::store::{Cursor, Range, StoreError, after_prefix};

/// How many commands are worth a filter.
const BULK: usize = 1_000;
/// How many entries of an index are read for each command of a group.
const READ_A_COMMAND: usize = 8;
/// After so many smaller groups the bulk is over.
const MOST_IDLE: usize = 1_000;
/// The bytes behind what a key says: its id.
const ID_BYTES: usize = 16;

/// The indexes that a bulk looked into, from one group to the next. It holds as long as nobody else writes.
pub(crate) struct Absent {
    /// The journal's end up to which it knows everything.
    as_of: Tip,
    areas: BTreeMap<[u8; INDEX_AREA], Area>,
    /// How many entries of an index the running group may read.
    allowed: usize,
    idle: usize,
}

/// One index.
struct Area {
    held: Filter,
    /// The least key in the store that was not read yet, if any.
    unread: Option<Vec<u8>>,
    allowed: usize,
}

impl Absent {
    /// What is known when a group of so many commands begins at `tip`: what was `kept` of the group before, if nobody
    /// else wrote since; nothing at first and only for a bulk.
    pub(crate) fn begin(kept: Option<Absent>, tip: Tip, commands: usize) -> Option<Absent> {
        let bulk = commands >= BULK;
        let kept = kept.filter(|kept| kept.as_of == tip && (bulk || kept.idle < MOST_IDLE));
        let fresh = || bulk.then(|| Absent { as_of: tip, areas: BTreeMap::new(), allowed: 0, idle: 0 });
        let mut absent = kept.or_else(fresh)?;
        absent.idle = if bulk { 0 } else { absent.idle + 1 };
        absent.allowed = commands.saturating_mul(READ_A_COMMAND);
        absent.areas.values_mut().for_each(|area| area.allowed = absent.allowed);
        Some(absent)
    }

    /// What is known once a group is committed whose journal ends at `tip`.
    pub(crate) fn at(mut self, tip: Tip) -> Absent {
        self.as_of = tip;
        self
    }

    /// Whether no entry starts with `prefix`, a key without the id. `read` reads the index, staged writes included.
    pub(crate) fn lacks(
        &mut self,
        prefix: &[u8],
        read: impl Fn(Range) -> Result<Box<dyn Cursor>, StoreError>,
    ) -> Result<bool, StoreError> {
        let Some(name) = prefix.first_chunk::<INDEX_AREA>() else { return Ok(false) };
        let allowed = self.allowed;
        let unknown = || Area { held: Filter::default(), unread: Some(name.to_vec()), allowed };
        let area = self.areas.entry(*name).or_insert_with(unknown);
        if area.unread.is_some() {
            area.read_on(name, read)?;
        }
        Ok(area.unread.is_none() && !area.held.may_hold(prefix))
    }

    /// Takes note of an entry that is written.
    pub(crate) fn note(&mut self, key: &[u8]) {
        if let Some(area) = key.first_chunk().and_then(|name| self.areas.get_mut(name)) {
            area.held.add(without_id(key));
        }
    }
}

impl Area {
    /// Reads what was not read yet, as far as the group may.
    fn read_on(
        &mut self,
        name: &[u8],
        read: impl Fn(Range) -> Result<Box<dyn Cursor>, StoreError>,
    ) -> Result<(), StoreError> {
        let Some(from) = self.unread.clone().filter(|_| self.allowed > 0) else { return Ok(()) };
        let mut cursor = read(Range { from: Bound::Included(from), to: after_prefix(name) })?;
        while cursor.step()? {
            if self.allowed == 0 {
                self.unread = Some(cursor.key().to_vec());
                return Ok(());
            }
            self.allowed -= 1;
            self.held.add(without_id(cursor.key()));
        }
        self.unread = None;
        Ok(())
    }
}

fn without_id(key: &[u8]) -> &[u8] {
    key.get(..key.len().saturating_sub(ID_BYTES)).unwrap_or(key)
}

/// A Bloom filter that grows: when its last layer is full, one of twice the size is laid beside it.
#[derive(Default)]
struct Filter {
    /// Each a power of two of words.
    layers: Vec<Vec<u64>>,
    /// How many more keys the last layer takes.
    room: usize,
}

/// Of a word's 64 bits a key sets up to five: with two keys a word, a full layer takes one absent key in some 1,500 for
/// present.
const KEYS_A_WORD: usize = 2;
const FIRST_WORDS: usize = 1 << 14;
/// The largest layer's, 8 MiB; all of an index's take twice that. Beyond some four million keys it fills up, and
/// denies less and less.
const MOST_WORDS: usize = 1 << 20;

impl Filter {
    fn add(&mut self, key: &[u8]) {
        let hash = hash(key);
        if self.has(hash) {
            return;
        }
        if self.room == 0 {
            let words = self.layers.last().map_or(FIRST_WORDS, |layer| layer.len() * 2);
            if words > MOST_WORDS {
                self.room = usize::MAX;
            } else {
                self.layers.push(vec![0; words]);
                self.room = words * KEYS_A_WORD;
            }
        }
        self.room -= 1;
        if let Some(layer) = self.layers.last_mut() {
            let place = place(hash, layer.len());
            layer.get_mut(place).into_iter().for_each(|word| *word |= bits(hash));
        }
    }

    fn may_hold(&self, key: &[u8]) -> bool {
        !self.layers.is_empty() && self.has(hash(key))
    }

    fn has(&self, hash: u64) -> bool {
        let bits = bits(hash);
        let in_layer = |layer: &Vec<u64>| layer.get(place(hash, layer.len())).map_or(0, |word| word & bits);
        self.layers.iter().rev().any(|layer| in_layer(layer) == bits)
    }
}

/// The same from run to run.
fn hash(key: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(key);
    hasher.finish()
}

/// The upper half of a hash chooses the word.
fn place(hash: u64, words: usize) -> usize {
    (hash >> 32) as usize & words.wrapping_sub(1)
}

/// The lower half chooses the bits.
fn bits(hash: u64) -> u64 {
    (0..5).fold(0, |bits, part| bits | 1 << (hash >> (part * 6) & 63))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::overlay::Overlay;
    use crate::store::{Direction, MemoryStore, Store, Table};

    #[derive(Clone, Debug)]
    enum Step {
        Put(u8, u8),
        Delete(u8, u8),
        Ask(u8),
        Keep,
        Drop,
        /// What was kept is committed, by a group of so many commands.
        Commit(usize),
        /// Somebody else writes.
        Foreign(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        let (value, id) = (0..6u8, 0..3u8);
        prop_oneof![
            6 => (value.clone(), id.clone()).prop_map(|(value, id)| Step::Put(value, id)),
            6 => (value.clone(), id).prop_map(|(value, id)| Step::Delete(value, id)),
            6 => value.clone().prop_map(Step::Ask),
            2 => Just(Step::Keep),
            3 => Just(Step::Drop),
            2 => prop_oneof![1..4usize, Just(BULK)].prop_map(Step::Commit),
            1 => value.prop_map(Step::Foreign),
        ]
    }

    /// The prefix of a value in one of two indexes.
    fn prefix(value: u8) -> Vec<u8> {
        vec![0, 1, value % 2, 0, 5, value, 0]
    }
    fn entry(value: u8, id: u8) -> Vec<u8> {
        [prefix(value), vec![id; ID_BYTES]].concat()
    }

    fn is_there(overlay: &Overlay, value: u8) -> bool {
        let range = Range::prefix(&prefix(value));
        overlay.range(Table::Index, range, Direction::Forward).unwrap().step().unwrap()
    }

    proptest! {
        /// Whatever is staged, dropped, committed, and by whom: what is there is never denied.
        #[test]
        fn what_is_there_is_never_denied(steps in prop::collection::vec(step(), 0..200)) {
            let store = MemoryStore::new();
            let mut tip = Tip::START;
            let mut overlay = Overlay::new(store.snapshot().unwrap());
            overlay.absent = Absent::begin(None, tip, BULK);
            for step in steps {
                match step {
                    Step::Put(value, id) => overlay.put(Table::Index, entry(value, id), Vec::new()),
                    Step::Delete(value, id) => overlay.delete(Table::Index, entry(value, id)),
                    Step::Ask(value) => {
                        let lacks = overlay.lacks(&prefix(value)).unwrap();
                        prop_assert!(!(lacks && is_there(&overlay, value)), "{value} is there");
                    }
                    Step::Keep => overlay.keep(),
                    Step::Drop => overlay.drop_unit(),
                    Step::Commit(commands) => {
                        overlay.drop_unit();
                        store.commit(&overlay.staged).unwrap();
                        tip.position += 1;
                        let kept = overlay.absent.take().map(|absent| absent.at(tip));
                        overlay = Overlay::new(store.snapshot().unwrap());
                        overlay.absent = Absent::begin(kept, tip, commands);
                    }
                    Step::Foreign(value) => {
                        let mut batch = crate::store::Batch::new();
                        batch.put(Table::Index, entry(value, 9), Vec::new());
                        store.commit(&batch).unwrap();
                        tip.position += 1;
                        let kept = overlay.absent.take();
                        overlay = Overlay::new(store.snapshot().unwrap());
                        overlay.absent = Absent::begin(kept, tip, BULK);
                    }
                }
            }
        }
    }

    #[test]
    fn what_a_dropped_command_removed_is_there_again() {
        let store = MemoryStore::new();
        let mut batch = crate::store::Batch::new();
        batch.put(Table::Index, entry(2, 0), Vec::new());
        store.commit(&batch).unwrap();
        let mut overlay = Overlay::new(store.snapshot().unwrap());
        overlay.absent = Absent::begin(None, Tip::START, BULK);
        overlay.delete(Table::Index, entry(2, 0));
        assert!(overlay.lacks(&prefix(2)).unwrap());
        overlay.drop_unit();
        assert!(!overlay.lacks(&prefix(2)).unwrap());
    }

    #[test]
    fn a_large_index_is_read_little_by_little() {
        let store = MemoryStore::new();
        let mut batch = crate::store::Batch::new();
        (0..41).for_each(|value| batch.put(Table::Index, entry(2 * value, 0), Vec::new()));
        store.commit(&batch).unwrap();
        let mut overlay = Overlay::new(store.snapshot().unwrap());
        let mut kept = Absent::begin(None, Tip::START, BULK);
        // Of forty-one entries, eight a command.
        for (commands, lacks) in [(1, false), (2, false), (1, false), (1, false), (1, true), (0, true)] {
            overlay.absent = Absent::begin(kept, Tip::START, commands);
            assert_eq!(overlay.lacks(&prefix(100)).unwrap(), lacks, "after {commands} more");
            assert!(!overlay.lacks(&prefix(78)).unwrap());
            kept = overlay.absent.take();
        }
        let moved = Tip { position: 1, ..Tip::START };
        assert!(Absent::begin(kept, moved, BULK).is_some_and(|absent| absent.areas.is_empty()));
        assert!(Absent::begin(None, moved, BULK - 1).is_none());
    }

    #[test]
    fn few_absent_keys_are_taken_for_present() {
        let mut filter = Filter::default();
        (0u64..300_000).for_each(|key| filter.add(&key.to_be_bytes()));
        assert!((0u64..300_000).all(|key| filter.may_hold(&key.to_be_bytes())));
        let mistaken = (300_000u64..400_000).filter(|key| filter.may_hold(&key.to_be_bytes())).count();
        assert!(mistaken < 500, "{mistaken} of 100,000");
        let words: usize = filter.layers.iter().map(Vec::len).sum();
        assert!(words < 300_000, "{words} words for 300,000 keys");
    }
}
