//! Many criteria on one record, decided in one pass over its stored fields.

use super::eval::{Columns, Leaf, Node, Predicate, Related, Source, Visit};
use super::lowered::Lowered;
use crate::base::{KindNo, RecordRef};
use crate::record::codec::{Damaged, Raw, Reader, View};

/// Criteria about records of one kind, lowered together: each different test on a field is made once,
/// while the record's fields are walked once. What needs another record or a behaviour is looked up
/// only when the rest of its criterion leaves it open.
///
/// ```
/// use crm_core::base::{Instant, KindNo, Kind, kind};
/// use crm_core::domain::lead::Lead;
/// use crm_core::record::filter::{CriteriaSet, Filter, FilterContext, NoRelated, bind};
/// use crm_core::record::codec::View;
/// use crm_core::record::{schema::Schema, spec::Record};
/// let schema = Schema::new(&[Lead::SPEC]);
/// let bound = ["公司规模 > 100", "industry = '科技'"].map(|text| {
///     let filter: Filter = text.parse().unwrap();
///     bind(&filter, &schema, kind::Lead::NO, &FilterContext::utc(Instant::default())).unwrap()
/// });
/// let set = CriteriaSet::new(&bound);
/// let mut lead = Lead::empty(crm_core::base::kind::LeadId::from_u128(1));
/// lead.company_size = Some(250);
/// let mut fields = Vec::new();
/// lead.put_fields(&mut fields);
/// let mut held = Vec::new();
/// set.each_held(1, View::of_fields(&fields), &mut NoRelated, |criterion| held.push(criterion)).unwrap();
/// assert_eq!(held, [0]);
/// ```
#[derive(Clone, Debug)]
pub struct CriteriaSet {
    kind: KindNo,
    /// The fields that are tested, in the order of their numbers, each with where its tests end.
    fields: Vec<(u16, usize)>,
    /// The tests of the record's own fields, field by field. A test's place is its bit.
    tests: Vec<FieldTest>,
    /// The tests that look elsewhere.
    elsewhere: Vec<Leaf>,
    criteria: Vec<Judge>,
}

#[derive(Clone, Debug)]
enum FieldTest {
    Lowered(Lowered),
    /// A column of a row.
    Columns(Box<Leaf>),
}

/// One criterion, over the tests by their numbers.
#[derive(Clone, Debug, PartialEq)]
enum Judge {
    Field(usize),
    Elsewhere(usize),
    Not(Box<Judge>),
    All(Vec<Judge>),
    Any(Vec<Judge>),
}

/// So many words of bits are kept without an allocation.
const WORDS: usize = 4;

impl CriteriaSet {
    /// Lowers criteria of one kind, which are numbered in their order.
    pub fn new(criteria: &[Predicate]) -> CriteriaSet {
        let kind = criteria.first().map_or(KindNo(0), Predicate::kind);
        let mut leaves: Vec<(u16, Leaf)> = Vec::new();
        let mut elsewhere: Vec<Leaf> = Vec::new();
        for criterion in criteria {
            gather(&criterion.root, &mut |leaf| match own(leaf) {
                Some(field) if !leaves.iter().any(|(_, known)| same(known, leaf)) => {
                    leaves.push((field, leaf.clone()));
                }
                None if !elsewhere.iter().any(|known| same(known, leaf)) => elsewhere.push(leaf.clone()),
                _ => {}
            });
        }
        leaves.sort_by_key(|(field, _)| *field);
        let judges = criteria.iter().map(|criterion| judge(&criterion.root, &leaves, &elsewhere)).collect();
        let mut fields: Vec<(u16, usize)> = Vec::new();
        let mut tests = Vec::with_capacity(leaves.len());
        for (field, leaf) in leaves {
            tests.push(match (leaf.target.columns, leaf.target.within) {
                (Columns::Whole, None) => FieldTest::Lowered(Lowered::new(&leaf.test)),
                _ => FieldTest::Columns(Box::new(leaf)),
            });
            match fields.last_mut().filter(|(last, _)| *last == field) {
                Some((_, end)) => *end = tests.len(),
                None => fields.push((field, tests.len())),
            }
        }
        CriteriaSet { kind, fields, tests, elsewhere, criteria: judges }
    }

    /// How many criteria there are.
    pub fn len(&self) -> usize {
        self.criteria.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.criteria.is_empty()
    }

    /// Calls `see` with the number of each criterion that holds for a record, in their order.
    ///
    /// # Errors
    /// When the bytes of the record, or of one that a path leads to, are damaged.
    pub fn each_held(
        &self,
        id: u128,
        view: View<'_>,
        related: &mut dyn Related,
        mut see: impl FnMut(usize),
    ) -> Result<(), Damaged> {
        let mut few = [0; WORDS];
        let mut many = Vec::new();
        let words = self.tests.len().div_ceil(64);
        let bits = match few.get_mut(..words) {
            Some(bits) => bits,
            None => {
                many.resize(words, 0);
                many.as_mut_slice()
            }
        };
        self.pass(view, bits)?;
        let mut seen = Seen {
            bits,
            record: RecordRef::new(self.kind, id),
            view,
            elsewhere: &self.elsewhere,
            known: Vec::new(),
            visit: Visit { related, seen: Vec::new() },
        };
        for (number, criterion) in self.criteria.iter().enumerate() {
            let holds = match criterion {
                Judge::Field(bit) => is_set(seen.bits, *bit),
                other => seen.holds(other)?,
            };
            if holds {
                see(number);
            }
        }
        Ok(())
    }

    /// Makes the tests of the record's own fields.
    fn pass(&self, view: View<'_>, bits: &mut [u64]) -> Result<(), Damaged> {
        let mut rest = Reader(view.field_bytes());
        let mut wanted = self.fields.iter();
        let Some(mut next) = wanted.next() else { return Ok(()) };
        let mut test = 0;
        while !rest.0.is_empty() {
            let (number, Raw(raw)) = (rest.varint()?, rest.raw()?);
            while u64::from(next.0) < number {
                test = next.1;
                match wanted.next() {
                    Some(field) => next = field,
                    None => return Ok(()),
                }
            }
            if u64::from(next.0) > number {
                continue;
            }
            for lowered in self.tests.get(test..next.1).unwrap_or_default() {
                let holds = match lowered {
                    FieldTest::Lowered(lowered) => lowered.holds(raw)?,
                    FieldTest::Columns(leaf) => leaf.holds(Raw(raw).value()?),
                };
                if let Some(word) = bits.get_mut(test / 64) {
                    *word |= u64::from(holds) << (test % 64);
                }
                test += 1;
            }
            match wanted.next() {
                Some(field) => next = field,
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

/// What is known of a record so far.
struct Seen<'a, 'p> {
    bits: &'p [u64],
    record: RecordRef,
    view: View<'a>,
    elsewhere: &'p [Leaf],
    /// Of the tests that look elsewhere, those made so far.
    known: Vec<(usize, bool)>,
    visit: Visit<'p>,
}

impl Seen<'_, '_> {
    fn holds(&mut self, judge: &Judge) -> Result<bool, Damaged> {
        match judge {
            Judge::Field(bit) => Ok(is_set(self.bits, *bit)),
            Judge::Not(part) => Ok(!self.holds(part)?),
            Judge::Elsewhere(place) => self.look(*place),
            Judge::All(parts) => {
                for part in parts {
                    if !self.holds(part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Judge::Any(parts) => {
                for part in parts {
                    if self.holds(part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    #[cold]
    fn look(&mut self, place: usize) -> Result<bool, Damaged> {
        if let Some((_, holds)) = self.known.iter().find(|(known, _)| *known == place) {
            return Ok(*holds);
        }
        let Some(leaf) = self.elsewhere.get(place) else { return Ok(false) };
        let holds = match leaf.target.path.first() {
            Some(hop) => self.visit.follow(leaf, &leaf.target.path, self.view.get(hop.field)?)?,
            None => self.visit.test(leaf, self.record, self.view)?,
        };
        self.known.push((place, holds));
        Ok(holds)
    }
}

#[inline]
fn is_set(bits: &[u64], bit: usize) -> bool {
    bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

/// The record's own field that a test reads, and nothing else.
fn own(leaf: &Leaf) -> Option<u16> {
    match leaf.target.source {
        Source::Field(field) if leaf.target.path.is_empty() => Some(field),
        _ => None,
    }
}

/// Whether two tests are one; where they stand in their predicates doesn't matter.
fn same(one: &Leaf, other: &Leaf) -> bool {
    one.target == other.target && one.test == other.test
}

fn gather(node: &Node, see: &mut dyn FnMut(&Leaf)) {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| gather(part, see)),
        Node::Not(part) => gather(part, see),
        Node::Leaf(leaf) => see(leaf),
    }
}

fn judge(node: &Node, leaves: &[(u16, Leaf)], elsewhere: &[Leaf]) -> Judge {
    let each = |parts: &[Node]| parts.iter().map(|part| judge(part, leaves, elsewhere)).collect();
    match node {
        Node::All(parts) => Judge::All(each(parts)),
        Node::Any(parts) => Judge::Any(each(parts)),
        Node::Not(part) => Judge::Not(Box::new(judge(part, leaves, elsewhere))),
        Node::Leaf(leaf) => match leaves.iter().position(|(_, known)| same(known, leaf)) {
            Some(place) => Judge::Field(place),
            None => {
                let place = elsewhere.iter().position(|known| same(known, leaf));
                place.map_or(Judge::Any(Vec::new()), Judge::Elsewhere)
            }
        },
    }
}
