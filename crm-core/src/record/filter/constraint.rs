//! What a predicate says of one field, for a planner that looks for an index.

use std::cmp::Ordering;
use std::ops::Bound;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::eval::{Columns, Leaf, Node, Predicate, Source};
use super::test::Test;
use crate::base::{Instant, Money, Span, Value};
use crate::record::codec::{Raw, ValueRef, put_value};
use crate::record::field::FieldType;

/// What values a field has in every record for which a predicate holds.
///
/// Of a list, one item has such a value. Null is meant only where it is listed: a range has no null in it.
/// Numbers are of the field's type, money orders by currency and amount, and a phone number or e-mail
/// address goes by its normal form.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// The values.
    pub bounds: Bounds,
    /// Whether this is all that the predicate says of the field.
    pub exact: bool,
}

/// A set of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Bounds {
    /// One of these.
    OneOf(Vec<Value>),
    /// Values in a range.
    Range(Bound<Value>, Bound<Value>),
    /// Texts that start so.
    Prefix(String),
}

/// In place of a field's number: the record's id.
pub const ID: u16 = 0;

impl Predicate {
    /// What the tests that all have to hold say of a field of the record itself; [`ID`] is its id.
    /// None when they leave it open.
    pub fn constraint(&self, field: u16) -> Option<Constraint> {
        let parts = match &self.root {
            Node::All(parts) => parts.as_slice(),
            only => std::slice::from_ref(only),
        };
        let said: Vec<Said<'_>> = parts
            .iter()
            .filter_map(|part| match part {
                Node::Leaf(leaf) => Some(Said { leaf, negated: false }),
                Node::Not(part) => match part.as_ref() {
                    Node::Leaf(leaf) => Some(Said { leaf, negated: true }),
                    _ => None,
                },
                _ => None,
            })
            .filter(|said| is_about(said.leaf, field))
            .collect();
        let mut constraint = together(&said)?;
        constraint.exact &= said.len() == reads(&self.root, field);
        Some(constraint)
    }
}

/// How many tests of a predicate read a field.
fn reads(node: &Node, field: u16) -> usize {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter().map(|part| reads(part, field)).sum(),
        Node::Not(part) => reads(part, field),
        Node::Leaf(leaf) => match leaf.target.source {
            Source::Id if leaf.target.path.is_empty() => usize::from(field == ID),
            _ => usize::from(leaf.target.own_field() == Some(field)),
        },
    }
}

fn is_about(leaf: &Leaf, field: u16) -> bool {
    let source = match leaf.target.source {
        Source::Field(no) => no == field,
        Source::Id => field == ID,
        _ => false,
    };
    let address = matches!(leaf.target.ty, FieldType::Phone | FieldType::Email);
    let columns =
        leaf.target.columns == Columns::Whole || (address && leaf.target.columns == Columns::One(1));
    source && columns && leaf.target.within.is_none() && leaf.target.path.is_empty()
}

/// A test that has to hold, or not to hold.
struct Said<'a> {
    leaf: &'a Leaf,
    negated: bool,
}

impl Said<'_> {
    fn single(&self) -> bool {
        let target = &self.leaf.target;
        target.columns == Columns::Whole && target.within.is_none() && !target.many
    }

    fn bounds(&self) -> Option<Bounds> {
        match (self.negated, &self.leaf.test) {
            // A list without items may have no entry in an index at all.
            (true, Test::Present) if self.single() => Some(Bounds::OneOf(vec![Value::Null])),
            (true, _) => None,
            (false, test) => bounds(test, self.leaf.target.ty),
        }
    }

    /// Whether every other test says it too.
    fn is_implied(&self) -> bool {
        !self.negated && self.leaf.test == Test::Present
    }

    fn holds(&self, value: &Value) -> bool {
        let mut bytes = Vec::new();
        put_value(&mut bytes, value);
        Raw(&bytes).value().is_ok_and(|value| self.leaf.test.holds(value)) != self.negated
    }
}

fn together(said: &[Said<'_>]) -> Option<Constraint> {
    let mut each: Vec<Bounds> = said.iter().filter_map(Said::bounds).collect();
    let known = each.len() + said.iter().filter(|said| said.is_implied()).count() == said.len();
    let alone = known && each.len() == 1;
    each.sort_by_key(|bounds| match bounds {
        Bounds::OneOf(values) => values.len(),
        Bounds::Prefix(_) => usize::MAX - 1,
        Bounds::Range(..) => usize::MAX,
    });
    let mut each = each.into_iter();
    let first = each.next()?;
    if !said.iter().all(Said::single) {
        // Two tests of a list may hold for two items.
        return Some(Constraint { bounds: first, exact: alone });
    }
    Some(match first {
        Bounds::OneOf(values) => {
            let values =
                values.into_iter().filter(|value| said.iter().all(|said| said.holds(value))).collect();
            Constraint { bounds: Bounds::OneOf(values), exact: true }
        }
        Bounds::Prefix(prefix) => Constraint { bounds: Bounds::Prefix(prefix), exact: alone },
        Bounds::Range(low, high) => {
            let (mut low, mut high) = (low, high);
            for bounds in each {
                if let Bounds::Range(other_low, other_high) = bounds {
                    low = tighter(low, other_low, Ordering::Greater);
                    high = tighter(high, other_high, Ordering::Less);
                }
            }
            Constraint { bounds: Bounds::Range(low, high), exact: known }
        }
    })
}

/// The bound that lets fewer values pass; `wins` is how its value compares with the other.
fn tighter(one: Bound<Value>, other: Bound<Value>, wins: Ordering) -> Bound<Value> {
    let (Bound::Included(left) | Bound::Excluded(left)) = &one else { return other };
    let (Bound::Included(right) | Bound::Excluded(right)) = &other else { return one };
    match order(left, right) {
        found if found == wins => one,
        Ordering::Equal if matches!(one, Bound::Excluded(_)) => one,
        _ => other,
    }
}

fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Decimal(left), Value::Decimal(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Instant(left), Value::Instant(right)) => left.cmp(right),
        (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
        (Value::Money(left), Value::Money(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}

/// The values that pass one test, if they can be said; always exactly those.
fn bounds(test: &Test, ty: FieldType) -> Option<Bounds> {
    Some(match test {
        Test::OneOf(stored) => {
            let values: Result<Vec<Value>, _> =
                stored.iter().map(|known| Raw(known).value().map(ValueRef::to_value)).collect();
            Bounds::OneOf(values.ok()?)
        }
        Test::Number { low, high, .. } if ty == FieldType::Decimal => {
            range(low.map(Value::Decimal), high.map(Value::Decimal))
        }
        Test::Number { whole, .. } => closed(*whole, Value::Int),
        Test::Date(first, last) => closed((*first, *last), |days| {
            let day = i32::try_from(days).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
            day.map_or(Value::Null, Value::Date)
        }),
        Test::Instant(first, last) => closed((*first, *last), |micros| Instant::from_micros(micros).into()),
        Test::Duration(least, most) => closed((*least, *most), |micros| Span::from_micros(micros).into()),
        Test::Money { currency, low, high } => {
            let currency = (*currency)?;
            let money = |amount| Value::Money(Money::new(amount, currency));
            let low = if *low == Bound::Unbounded { Bound::Included(Decimal::MIN) } else { *low };
            let high = if *high == Bound::Unbounded { Bound::Included(Decimal::MAX) } else { *high };
            range(low.map(money), high.map(money))
        }
        Test::TextRange(low, high) => range(low.clone().map(Value::Text), high.clone().map(Value::Text)),
        Test::StartsWith(prefix) => Bounds::Prefix(prefix.clone()),
        Test::AnyOf(tests) => {
            let mut values = Vec::new();
            for test in tests {
                let Some(Bounds::OneOf(more)) = bounds(test, ty) else { return None };
                more.into_iter().for_each(|value| {
                    if !values.contains(&value) {
                        values.push(value);
                    }
                });
            }
            Bounds::OneOf(values)
        }
        Test::Present | Test::Contains(_) | Test::EndsWith(_) => return None,
    })
}

fn closed((first, last): (i64, i64), value: impl Fn(i64) -> Value) -> Bounds {
    if first > last {
        return Bounds::OneOf(Vec::new());
    }
    let low = if first == i64::MIN { Bound::Unbounded } else { Bound::Included(value(first)) };
    let high = if last == i64::MAX { Bound::Unbounded } else { Bound::Included(value(last)) };
    range(low, high)
}

/// A range, or the one value that is in it.
fn range(low: Bound<Value>, high: Bound<Value>) -> Bounds {
    match (low, high) {
        (Bound::Included(low), Bound::Included(high)) if low == high => Bounds::OneOf(vec![low]),
        (low, high) => Bounds::Range(low, high),
    }
}
