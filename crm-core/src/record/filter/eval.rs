//! A filter bound to a kind, evaluated on stored bytes.

use std::rc::Rc;

use super::test::Test;
use crate::base::{Instant, KindNo, RecordRef};
use crate::record::codec::{Damaged, Raw, Reader, ValueRef, View};
use crate::record::field::FieldType;

/// Where a predicate gets what isn't in the record itself.
pub trait Related {
    /// The stored bytes of a record that a field names; none when it can't be read.
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>>;

    /// How often a behaviour was seen of a record; see [`super::FilterContext::behaviour`].
    fn behaviours(&mut self, record: RecordRef, behaviour: u32) -> i64 {
        let _ = (record, behaviour);
        0
    }

    /// When a behaviour was last seen of a record, if it was.
    fn last_seen(&mut self, record: RecordRef, behaviour: u32) -> Option<Instant> {
        let _ = (record, behaviour);
        None
    }
}

/// Nothing beside the record itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRelated;

impl Related for NoRelated {
    fn fetch(&mut self, _: RecordRef) -> Option<Vec<u8>> {
        None
    }
}

/// One step of a path: from a record through a reference field to a record of a kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hop {
    pub field: u16,
    /// The column of a row in which the reference stands.
    pub within: Option<usize>,
    pub to: KindNo,
}

/// What of a record is tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    Field(u16),
    Id,
    Revision,
    UpdatedAt,
    Behaviour(u32),
}

/// Which columns of a row are tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Columns {
    /// It is no row, or all of it is.
    Whole,
    One(usize),
    /// The first two: as entered, and the normal form.
    RawOrNormal,
}

/// What a test reads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    pub path: Vec<Hop>,
    pub source: Source,
    /// The column of a row in which the value stands.
    pub within: Option<usize>,
    /// Which columns of the value itself, where that is a number or an address.
    pub columns: Columns,
    pub ty: FieldType,
    pub many: bool,
}

impl Target {
    /// The field of the filtered record itself that is read first.
    pub fn own_field(&self) -> Option<u16> {
        match (self.path.first(), self.source) {
            (Some(hop), _) => Some(hop.field),
            (None, Source::Field(field)) => Some(field),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leaf {
    pub target: Target,
    pub test: Test,
    /// Which of the predicate's own fields it reads.
    pub slot: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Leaf(Leaf),
}

/// A filter that is bound to the fields of a kind.
#[derive(Clone, Debug)]
pub struct Predicate {
    pub(super) kind: KindNo,
    pub(super) root: Node,
    /// The fields of the record itself that are read, in the order of their numbers.
    pub(super) own: Vec<u16>,
    pub(super) fields: Vec<(KindNo, u16)>,
}

/// So many fields are kept without an allocation.
const FEW: usize = 24;

impl Predicate {
    /// The kind whose records it tests.
    pub fn kind(&self) -> KindNo {
        self.kind
    }

    /// Every field that it reads, of this kind and of those that paths lead to, in order.
    pub fn fields(&self) -> Vec<(KindNo, u16)> {
        self.fields.clone()
    }

    /// The behaviours that it names, by number, in order.
    pub fn behaviours(&self) -> Vec<u32> {
        fn gather(node: &Node, found: &mut Vec<u32>) {
            match node {
                Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| gather(part, found)),
                Node::Not(part) => gather(part, found),
                Node::Leaf(leaf) => {
                    if let Source::Behaviour(number) = leaf.target.source {
                        found.push(number);
                    }
                }
            }
        }
        let mut found = Vec::new();
        gather(&self.root, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether it asks how often or when the record itself was changed.
    pub fn reads_changes(&self) -> bool {
        fn reads(node: &Node) -> bool {
            match node {
                Node::All(parts) | Node::Any(parts) => parts.iter().any(reads),
                Node::Not(part) => reads(part),
                Node::Leaf(leaf) => {
                    let source = leaf.target.source;
                    leaf.target.path.is_empty() && matches!(source, Source::Revision | Source::UpdatedAt)
                }
            }
        }
        reads(&self.root)
    }

    /// Whether it holds for a record, given its stored form. The record's bytes are walked once at
    /// most, as far as needed.
    ///
    /// # Errors
    /// When the bytes of the record, or of one that a path leads to, are damaged.
    pub fn matches(&self, id: u128, view: View<'_>, related: &mut dyn Related) -> Result<bool, Damaged> {
        let mut few = [Raw::NULL; FEW];
        let mut many = Vec::new();
        let slots = match few.get_mut(..self.own.len()) {
            Some(slots) => slots,
            None => {
                many.resize(self.own.len(), Raw::NULL);
                many.as_mut_slice()
            }
        };
        let mut walk = Walk {
            record: RecordRef::new(self.kind, id),
            view,
            rest: Reader(view.field_bytes()),
            own: &self.own,
            slots,
            filled: 0,
            visit: Visit { related, seen: Vec::new() },
        };
        walk.node(&self.root)
    }
}

/// The record under test and how far its fields were read.
struct Walk<'a, 'p> {
    record: RecordRef,
    view: View<'a>,
    /// The fields that are still to be read: number and value each, see [`crate::record::codec`].
    rest: Reader<'a>,
    own: &'p [u16],
    slots: &'p mut [Raw<'a>],
    filled: usize,
    visit: Visit<'p>,
}

impl<'a> Walk<'a, '_> {
    fn node(&mut self, node: &Node) -> Result<bool, Damaged> {
        match node {
            Node::All(parts) => {
                for part in parts {
                    if !self.node(part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Node::Any(parts) => {
                for part in parts {
                    if self.node(part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Node::Not(part) => Ok(!self.node(part)?),
            Node::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<bool, Damaged> {
        if !leaf.target.path.is_empty() {
            let value = self.slot(leaf.slot)?.value()?;
            return self.visit.follow(leaf, &leaf.target.path, value);
        }
        match leaf.target.source {
            Source::Field(_) => {
                let raw = self.slot(leaf.slot)?;
                match (leaf.target.columns, leaf.target.within) {
                    (Columns::Whole, None) => leaf.test.holds_stored(raw),
                    _ => Ok(leaf.holds(raw.value()?)),
                }
            }
            _ => self.visit.test(leaf, self.record, self.view),
        }
    }

    /// The next field's number, which mostly is one byte.
    fn number(&mut self) -> Result<u64, Damaged> {
        match self.rest.0.split_first() {
            Some((byte, rest)) if *byte < 0x80 => {
                self.rest.0 = rest;
                Ok(u64::from(*byte))
            }
            _ => self.rest.varint(),
        }
    }

    /// The stored value of one of the predicate's own fields.
    fn slot(&mut self, slot: usize) -> Result<Raw<'a>, Damaged> {
        while self.filled <= slot {
            if self.rest.0.is_empty() {
                self.filled = self.own.len();
                break;
            }
            let number = self.number()?;
            let raw = self.rest.raw()?;
            while let Some(wanted) = self.own.get(self.filled).copied().map(u64::from) {
                if wanted > number {
                    break;
                }
                if wanted == number
                    && let Some(place) = self.slots.get_mut(self.filled)
                {
                    *place = raw;
                }
                self.filled += 1;
            }
        }
        Ok(self.slots.get(slot).copied().unwrap_or(Raw::NULL))
    }
}

/// The records that paths lead to, each fetched once.
pub(super) struct Visit<'p> {
    pub related: &'p mut dyn Related,
    pub seen: Vec<(RecordRef, Option<Rc<[u8]>>)>,
}

impl Visit<'_> {
    fn bytes(&mut self, record: RecordRef) -> Option<Rc<[u8]>> {
        if let Some((_, bytes)) = self.seen.iter().find(|(seen, _)| *seen == record) {
            return bytes.clone();
        }
        let bytes = self.related.fetch(record).map(Rc::from);
        self.seen.push((record, bytes.clone()));
        bytes
    }

    /// Whether a test holds for any record at the end of a path that goes on from a reference.
    pub fn follow(&mut self, leaf: &Leaf, path: &[Hop], value: ValueRef<'_>) -> Result<bool, Damaged> {
        let ValueRef::List(items) = value else { return self.hop(leaf, path, value) };
        let column = path.first().and_then(|hop| hop.within);
        for item in items {
            let holds = match (column, item) {
                (None, one) => self.hop(leaf, path, one)?,
                (Some(column), ValueRef::List(mut cells)) => match cells.nth(column) {
                    Some(ValueRef::List(mut many)) => {
                        many.try_fold(false, |holds, one| Ok(holds || self.hop(leaf, path, one)?))?
                    }
                    Some(one) => self.hop(leaf, path, one)?,
                    None => false,
                },
                _ => false,
            };
            if holds {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hop(&mut self, leaf: &Leaf, path: &[Hop], value: ValueRef<'_>) -> Result<bool, Damaged> {
        let (Some((hop, rest)), ValueRef::Id(record)) = (path.split_first(), value) else { return Ok(false) };
        if record.kind != hop.to {
            return Ok(false);
        }
        let Some(bytes) = self.bytes(record) else { return Ok(false) };
        let view = View::new(&bytes)?;
        match rest.first() {
            Some(next) => self.follow(leaf, rest, view.get(next.field)?),
            None => self.test(leaf, record, view),
        }
    }

    pub fn test(&mut self, leaf: &Leaf, record: RecordRef, view: View<'_>) -> Result<bool, Damaged> {
        let value = match leaf.target.source {
            Source::Field(field) => view.get(field)?,
            Source::Id => ValueRef::Id(record),
            Source::Revision => ValueRef::Int(i64::try_from(view.revision).unwrap_or(i64::MAX)),
            Source::UpdatedAt => ValueRef::Instant(view.updated_at),
            Source::Behaviour(behaviour) => ValueRef::Int(self.related.behaviours(record, behaviour)),
        };
        Ok(leaf.holds(value))
    }
}

impl Leaf {
    /// Whether the test holds for a field's value, or the columns of its rows.
    pub fn holds(&self, value: ValueRef<'_>) -> bool {
        if self.target.columns == Columns::Whole && self.target.within.is_none() {
            return self.test.holds(value);
        }
        let in_row = |row: ValueRef<'_>| match (self.target.within, row) {
            (None, row) => self.holds_in(row),
            (Some(column), ValueRef::List(mut cells)) => {
                cells.nth(column).is_some_and(|cell| self.holds_in(cell))
            }
            _ => false,
        };
        match value {
            ValueRef::List(mut rows) if self.target.many => rows.any(in_row),
            row => in_row(row),
        }
    }

    /// Whether the test holds for one value, or for the columns of one number or address.
    fn holds_in(&self, value: ValueRef<'_>) -> bool {
        match (self.target.columns, value) {
            (Columns::Whole, value) => self.test.holds(value),
            (Columns::One(column), ValueRef::List(mut cells)) => {
                cells.nth(column).is_some_and(|cell| self.test.holds(cell))
            }
            (Columns::RawOrNormal, ValueRef::List(cells)) => cells.take(2).any(|cell| self.test.holds(cell)),
            _ => false,
        }
    }
}
