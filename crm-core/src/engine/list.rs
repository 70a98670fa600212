//! Reading a list: merging stretches of keys, checking each record, making pages.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Bound;

use sha2::{Digest, Sha256};

use super::config::spec;
use super::derive::AS_OWNER;
use super::overlay::Overlay;
use super::plan::{self, ID, Plan, Stretch};
use super::sight::{Neighbours, Sight};
use crate::base::{KindNo, RecordRef};
use crate::record::codec::View;
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::filter::Predicate;
use crate::record::key;
use crate::store::{Cursor, Direction, Table};

/// What a page may hold at most.
pub(crate) const LONGEST_PAGE: usize = 10_000;

/// How many records of others are read on the way before a list turns to the owners' own entries; of those that the
/// actor sees every second allows one more.
const PATIENCE: usize = 32;

/// A list that is bound and planned.
pub(crate) struct Listing {
    pub(crate) kind: KindNo,
    pub(crate) predicate: Option<Predicate>,
    pub(crate) sort: Vec<(u16, bool)>,
    /// None when the actor reads nothing of the kind.
    pub(crate) plan: Option<Plan>,
    /// Filter and order, as data.
    asked: Vec<u8>,
}

impl Listing {
    pub(crate) fn new(sight: &Sight, query: &Query) -> Result<Listing> {
        let spec = spec(query.kind)?;
        let predicate = query.filter.as_ref().map(|filter| sight.bind(query.kind, filter)).transpose()?;
        let sort = plan::sort_fields(sight, query.kind, &query.sort)?;
        let plan = plan::plan(sight, spec, predicate.as_ref(), &sort)?;
        let asked = serde_json::to_vec(&(query.kind, &query.filter, &query.sort)).unwrap_or_default();
        Ok(Listing { kind: query.kind, predicate, sort, plan, asked })
    }

    /// The fields that decide which records are in the list and where; none when more than fields does.
    pub(crate) fn decided_by(&self) -> Option<Vec<u16>> {
        let sorted = self.sort.iter().map(|(field, _)| *field);
        let Some(predicate) = &self.predicate else { return Some(sorted.collect()) };
        if predicate.reads_changes() {
            return None;
        }
        let read = predicate.fields().into_iter().filter(|(kind, _)| *kind == self.kind);
        Some(read.map(|(_, field)| field).chain(sorted).collect())
    }

    /// Calls `see` with each record of the list in order until it answers false.
    pub(crate) fn walk(
        &self,
        overlay: &Overlay,
        sight: &Sight,
        after: Option<&[u8]>,
        see: &mut dyn FnMut(RecordRef, Vec<u8>, &[u8]) -> Result<bool>,
    ) -> Result<()> {
        let Some(plan) = &self.plan else { return Ok(()) };
        let mut narrow = plan.everybodys.is_empty();
        let first = if narrow { &plan.stretches } else { &plan.everybodys };
        let mut merged = Merge::open(overlay, first, plan.direction, after)?;
        let (mut met, mut missed) = (0, 0);
        while let Some((bits, place)) = merged.step()? {
            let record = RecordRef::new(self.kind, bits);
            let Some(image) = merged.image(overlay, record)? else {
                return Err(Error::Corrupt(format!("an index names {record}, which is gone")));
            };
            if self.passes(overlay, sight, record, &image)? {
                met += 1;
                if !see(record, image, &place)? {
                    return Ok(());
                }
            } else {
                missed += 1;
            }
            // Too little is the actor's own: from here on what others own is left out.
            if !narrow && missed > PATIENCE + met / 2 {
                narrow = true;
                merged = Merge::open(overlay, &plan.stretches, plan.direction, Some(&place))?;
            }
        }
        Ok(())
    }

    pub(crate) fn passes(
        &self,
        overlay: &Overlay,
        sight: &Sight,
        record: RecordRef,
        image: &[u8],
    ) -> Result<bool> {
        if let Some(predicate) = &self.predicate
            && !predicate.matches(record.bits, View::new(image)?, &mut Neighbours::seen(overlay, sight))?
        {
            return Ok(false);
        }
        sight.sees(overlay, record, image)
    }

    /// A page: records in order, and where the next one starts when there may be more.
    pub(crate) fn page(
        &self,
        overlay: &Overlay,
        sight: &Sight,
        query: &Query,
    ) -> Result<(Vec<(RecordRef, Vec<u8>)>, Option<String>)> {
        let limit = query.limit.clamp(1, LONGEST_PAGE);
        let Some(plan) = &self.plan else { return Ok((Vec::new(), None)) };
        let after = query.after.as_deref().map(|text| self.read_place(&plan.places, text)).transpose()?;
        let mut rows: Vec<(RecordRef, Vec<u8>, Vec<u8>)> = Vec::new();
        if plan.ordered {
            self.walk(overlay, sight, after.as_deref(), &mut |record, image, place| {
                rows.push((record, image, place.to_vec()));
                Ok(rows.len() <= limit)
            })?;
        } else {
            let mut first: BTreeMap<Vec<u8>, (RecordRef, Vec<u8>)> = BTreeMap::new();
            self.walk(overlay, sight, None, &mut |record, image, _| {
                let place = order_key(&self.sort, record, &image)?;
                if after.as_ref().is_none_or(|after| place > *after) {
                    first.insert(place, (record, image));
                    if first.len() > limit + 1 {
                        first.pop_last();
                    }
                }
                Ok(true)
            })?;
            rows = first.into_iter().map(|(place, (record, image))| (record, image, place)).collect();
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        let end = rows.last().filter(|_| more).map(|(_, _, place)| self.write_place(&plan.places, place));
        Ok((rows.into_iter().map(|(record, image, _)| (record, image)).collect(), end))
    }

    /// What a place belongs to: the list asked for, and what its places mean.
    fn digest(&self, places: &str) -> [u8; 4] {
        let digest =
            Sha256::new().chain_update(places).chain_update([0]).chain_update(&self.asked).finalize();
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// A place in the list as text, for the next page.
    pub(crate) fn write_place(&self, places: &str, place: &[u8]) -> String {
        use std::fmt::Write;
        self.digest(places).iter().chain(place).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The place that a text stands for.
    ///
    /// # Errors
    /// Invalid as `page.unknown` when it is of another list, or of this one read in another way.
    pub(crate) fn read_place(&self, places: &str, text: &str) -> Result<Vec<u8>> {
        let wrong = || {
            let message = format!("`{text}` is not the end of a page of this list");
            Error::invalid("after", "page.unknown", message)
        };
        let bytes: Option<Vec<u8>> = (0..text.len())
            .step_by(2)
            .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        let bytes = bytes.ok_or_else(wrong)?;
        bytes.strip_prefix(&self.digest(places)).map(<[u8]>::to_vec).ok_or_else(wrong)
    }
}

/// The bytes by which a record stands in an order made in memory.
pub(crate) fn order_key(sort: &[(u16, bool)], record: RecordRef, image: &[u8]) -> Result<Vec<u8>> {
    let view = View::new(image)?;
    let mut place = Vec::new();
    for (field, descending) in sort {
        let start = place.len();
        if *field == ID {
            place.extend_from_slice(&record.bits.to_be_bytes());
        } else {
            key::put(&mut place, view.get(*field)?);
        }
        if *descending {
            place.iter_mut().skip(start).for_each(|byte| *byte = !*byte);
        }
    }
    // What is equal stands by id, the way that the last field goes.
    let last = sort.last().is_some_and(|(_, descending)| *descending);
    place.extend_from_slice(&if last { !record.bits } else { record.bits }.to_be_bytes());
    Ok(place)
}

/// Several cursors as one, in the order of what follows their prefixes.
struct Merge {
    cursors: Vec<(Box<dyn Cursor>, Stretch)>,
    direction: Direction,
    /// The next key of each cursor; the least is on top, or the greatest when walking backwards.
    up: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    down: BinaryHeap<(Vec<u8>, usize)>,
    last: Option<Vec<u8>>,
    /// The value of the entry given out last, where that is the record itself.
    record: Option<Vec<u8>>,
}

impl Merge {
    fn open(
        overlay: &Overlay,
        stretches: &[Stretch],
        direction: Direction,
        after: Option<&[u8]>,
    ) -> Result<Merge> {
        let mut merge = Merge {
            cursors: Vec::with_capacity(stretches.len()),
            direction,
            up: BinaryHeap::new(),
            down: BinaryHeap::new(),
            last: None,
            record: None,
        };
        for stretch in stretches {
            let mut range = stretch.range.clone();
            if let Some(after) = after {
                let prefix = match (&range.from, &range.to) {
                    (Bound::Included(key) | Bound::Excluded(key), _) => key.get(..stretch.prefix),
                    _ => None,
                };
                let start = [prefix.unwrap_or_default(), after].concat();
                match direction {
                    Direction::Forward if range.contains(&start) => range.from = Bound::Excluded(start),
                    Direction::Backward if range.contains(&start) => range.to = Bound::Excluded(start),
                    Direction::Forward if before_start(&range, &start) => {}
                    Direction::Backward if !before_start(&range, &start) => {}
                    _ => continue,
                }
            }
            let cursor = overlay.range(stretch.table, range, direction)?;
            merge.cursors.push((cursor, stretch.clone()));
            merge.pull(merge.cursors.len() - 1)?;
        }
        Ok(merge)
    }

    /// Moves a cursor on and queues its key.
    fn pull(&mut self, place: usize) -> Result<()> {
        let Some((cursor, stretch)) = self.cursors.get_mut(place) else { return Ok(()) };
        while cursor.step()? {
            if stretch.owners_only && cursor.value() != [AS_OWNER] {
                continue;
            }
            let rest = match stretch.table {
                // A unique key's id is its value.
                Table::Unique => cursor.value().to_vec(),
                _ => cursor.key().get(stretch.prefix..).unwrap_or_default().to_vec(),
            };
            match self.direction {
                Direction::Forward => self.up.push(Reverse((rest, place))),
                Direction::Backward => self.down.push((rest, place)),
            }
            return Ok(());
        }
        Ok(())
    }

    /// The next record's id and place in the order.
    fn step(&mut self) -> Result<Option<(u128, Vec<u8>)>> {
        loop {
            let next = match self.direction {
                Direction::Forward => self.up.pop().map(|Reverse(next)| next),
                Direction::Backward => self.down.pop(),
            };
            let Some((rest, place)) = next else { return Ok(None) };
            self.record = match self.cursors.get(place) {
                Some((cursor, stretch)) if stretch.table == Table::Records => Some(cursor.value().to_vec()),
                _ => None,
            };
            self.pull(place)?;
            // A record reached in two ways comes once.
            if self.last.as_ref() == Some(&rest) {
                continue;
            }
            self.last = Some(rest.clone());
            let bits =
                key::read_id(&rest).ok_or_else(|| Error::Corrupt("an index entry without id".into()))?;
            return Ok(Some((bits, rest)));
        }
    }

    fn image(&mut self, overlay: &Overlay, record: RecordRef) -> Result<Option<Vec<u8>>> {
        match self.record.take() {
            Some(image) => Ok(Some(image)),
            None => Ok(overlay.get(Table::Records, &key::record(record))?),
        }
    }
}

/// Whether a key comes before everything in a range.
fn before_start(range: &crate::store::Range, key: &[u8]) -> bool {
    match &range.from {
        Bound::Included(from) => key < from.as_slice(),
        Bound::Excluded(from) => key <= from.as_slice(),
        Bound::Unbounded => false,
    }
}
