//! Ordered maps that are shared by copies: what the stores keep in memory.

use std::ops::Bound;
use std::sync::Arc;
use std::vec;

use rpds::RedBlackTreeMapSync;

use super::{Direction, Range};

pub(super) type Bytes = Arc<[u8]>;
/// A map whose copies cost a reference count; a change copies what it touches and others hold.
pub(super) type Map<V> = RedBlackTreeMapSync<Bytes, V>;

/// How many entries a walk fetches at most at a time. It starts with one and doubles, as most
/// cursors are left after a page.
const MOST_FETCHED: usize = 64;

/// Walks a map in pieces: an iterator would borrow the map that the walk owns.
pub(super) struct Walk<V> {
    map: Map<V>,
    /// What has not been fetched yet.
    rest: Range,
    direction: Direction,
    fetched: vec::IntoIter<(Bytes, V)>,
    /// How many entries to fetch next.
    size: usize,
}

impl<V: Clone> Walk<V> {
    pub(super) fn new(map: Map<V>, range: Range, direction: Direction) -> Self {
        Walk { map, rest: range, direction, fetched: Vec::new().into_iter(), size: 1 }
    }

    fn fetch(&mut self) {
        // The map panics on crossed bounds.
        if self.rest.is_empty() {
            return;
        }
        let bounds = (self.rest.from.as_ref().map(Vec::as_slice), self.rest.to.as_ref().map(Vec::as_slice));
        let entries = self.map.range::<[u8], (Bound<&[u8]>, Bound<&[u8]>)>(bounds);
        let owned = |(key, value): (&Bytes, &V)| (key.clone(), value.clone());
        let piece: Vec<_> = match self.direction {
            Direction::Forward => entries.map(owned).take(self.size).collect(),
            Direction::Backward => entries.rev().map(owned).take(self.size).collect(),
        };
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

impl<V: Clone> Iterator for Walk<V> {
    type Item = (Bytes, V);

    fn next(&mut self) -> Option<Self::Item> {
        self.fetched.next().or_else(|| {
            self.fetch();
            self.fetched.next()
        })
    }
}
