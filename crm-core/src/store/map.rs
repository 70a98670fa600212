//! Ordered maps that are shared: what the stores keep in memory.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::vec;

use rpds::RedBlackTreeMapSync;

use super::{Direction, Range};

pub(super) type Bytes = Arc<[u8]>;
/// A map whose copies cost a reference count; a change copies what it touches and others hold.
pub(super) type Map = RedBlackTreeMapSync<Bytes, Bytes>;
/// A map that is copied whole when it is changed and others hold it; quicker than the other where they seldom do.
pub(super) type Writes = Arc<BTreeMap<Bytes, Option<Bytes>>>;

/// How many entries a walk fetches at most at a time. It starts with one and doubles, as most
/// cursors are left after a page.
const MOST_FETCHED: usize = 64;

/// What a walk goes over.
pub(super) trait Ordered: Send {
    type Value: Send;

    /// The first `count` entries of a range, or the last ones, coming from its end.
    fn some(&self, range: &Range, direction: Direction, count: usize) -> Vec<(Bytes, Self::Value)>;
}

fn bounds(range: &Range) -> (Bound<&[u8]>, Bound<&[u8]>) {
    (range.from.as_ref().map(Vec::as_slice), range.to.as_ref().map(Vec::as_slice))
}

fn some<'a, V: Clone + 'a>(
    entries: impl DoubleEndedIterator<Item = (&'a Bytes, &'a V)>,
    direction: Direction,
    count: usize,
) -> Vec<(Bytes, V)> {
    let owned = |(key, value): (&Bytes, &V)| (key.clone(), value.clone());
    match direction {
        Direction::Forward => entries.map(owned).take(count).collect(),
        Direction::Backward => entries.rev().map(owned).take(count).collect(),
    }
}

impl Ordered for Map {
    type Value = Bytes;

    fn some(&self, range: &Range, direction: Direction, count: usize) -> Vec<(Bytes, Bytes)> {
        some(self.range::<[u8], _>(bounds(range)), direction, count)
    }
}

impl Ordered for Writes {
    type Value = Option<Bytes>;

    fn some(&self, range: &Range, direction: Direction, count: usize) -> Vec<(Bytes, Option<Bytes>)> {
        some(self.range::<[u8], _>(bounds(range)), direction, count)
    }
}

/// Walks a map in pieces: an iterator would borrow the map that the walk owns.
pub(super) struct Walk<M: Ordered> {
    map: M,
    /// What has not been fetched yet.
    rest: Range,
    direction: Direction,
    fetched: vec::IntoIter<(Bytes, M::Value)>,
    /// How many entries to fetch next.
    size: usize,
}

impl<M: Ordered> Walk<M> {
    pub(super) fn new(map: M, range: Range, direction: Direction) -> Self {
        Walk { map, rest: range, direction, fetched: Vec::new().into_iter(), size: 1 }
    }

    fn fetch(&mut self) {
        // The maps panic on crossed bounds.
        if self.rest.is_empty() {
            return;
        }
        let piece = self.map.some(&self.rest, self.direction, self.size);
        if let Some((last, _)) = piece.last() {
            let passed = Bound::Excluded(last.to_vec());
            match self.direction {
                Direction::Forward => self.rest.from = passed,
                Direction::Backward => self.rest.to = passed,
            }
        }
        self.size = (self.size * 2).min(MOST_FETCHED);
        self.fetched = piece.into_iter();
    }
}

impl<M: Ordered> Iterator for Walk<M> {
    type Item = (Bytes, M::Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.fetched.next().or_else(|| {
            self.fetch();
            self.fetched.next()
        })
    }
}
