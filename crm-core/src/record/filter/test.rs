//! One condition on one stored value, typed: closed ranges where the type is discrete, sets of stored
//! forms where it only compares for equality.

use std::ops::{Bound, RangeBounds};

use chrono::Datelike;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::base::{Currency, Value};
use crate::record::codec::{Damaged, Raw, Reader, ValueRef, put_value};

/// A condition on one value. None holds for null; of a list, one item has to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// There is a value.
    Present,
    /// One of these values, of a type in which equal values have equal bytes: their stored forms, in
    /// the order of their bytes.
    OneOf(Vec<Vec<u8>>),
    Number {
        /// The same range for whole numbers, both ends included.
        whole: (i64, i64),
        low: Bound<Decimal>,
        high: Bound<Decimal>,
    },
    /// Days of the common era, both ends included.
    Date(i64, i64),
    /// Microseconds, both ends included.
    Instant(i64, i64),
    /// Microseconds, both ends included.
    Duration(i64, i64),
    Money {
        /// The currency, or none for any.
        currency: Option<Currency>,
        low: Bound<Decimal>,
        high: Bound<Decimal>,
    },
    TextRange(Bound<String>, Bound<String>),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    AnyOf(Vec<Test>),
}

fn among(stored: &[Vec<u8>], bytes: &[u8]) -> bool {
    match stored {
        [only] => only == bytes,
        many => many.binary_search_by(|known| known.as_slice().cmp(bytes)).is_ok(),
    }
}

impl Test {
    /// That a text, a yes or no, or a record is one of these.
    pub fn one_of(values: impl IntoIterator<Item = Value>) -> Test {
        let stored = |value| {
            let mut bytes = Vec::new();
            put_value(&mut bytes, &value);
            bytes
        };
        let mut values: Vec<Vec<u8>> = values.into_iter().map(stored).collect();
        values.sort_unstable();
        values.dedup();
        Test::OneOf(values)
    }

    /// Whether the condition holds for a stored value.
    pub fn holds_stored(&self, raw: Raw<'_>) -> Result<bool, Damaged> {
        let Test::OneOf(stored) = self else { return Ok(self.holds(raw.value()?)) };
        if among(stored, raw.0) {
            return Ok(true);
        }
        let same_type = stored.first().and_then(|known| known.first()) == raw.0.first();
        if same_type || !matches!(raw.value()?, ValueRef::List(_)) {
            return Ok(false);
        }
        let mut items = Reader(raw.0);
        items.byte()?;
        items.length()?;
        while !items.0.is_empty() {
            if among(stored, items.raw()?.0) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A range of numbers.
    pub fn number((low, high): (Bound<Decimal>, Bound<Decimal>)) -> Test {
        // A bound beyond the whole numbers bounds none of them, or leaves none.
        let least = match low {
            Bound::Unbounded => Some(i64::MIN),
            Bound::Included(low) if low < i64::MIN.into() => Some(i64::MIN),
            Bound::Included(low) => low.ceil().to_i64(),
            Bound::Excluded(low) if low < i64::MIN.into() => Some(i64::MIN),
            Bound::Excluded(low) => low.floor().to_i64().and_then(|low| low.checked_add(1)),
        };
        let most = match high {
            Bound::Unbounded => Some(i64::MAX),
            Bound::Included(high) if high > i64::MAX.into() => Some(i64::MAX),
            Bound::Included(high) => high.floor().to_i64(),
            Bound::Excluded(high) if high > i64::MAX.into() => Some(i64::MAX),
            Bound::Excluded(high) => high.ceil().to_i64().and_then(|high| high.checked_sub(1)),
        };
        Test::Number { whole: least.zip(most).unwrap_or((1, 0)), low, high }
    }

    /// Whether the condition holds for a value.
    pub fn holds(&self, value: ValueRef<'_>) -> bool {
        let within = |range: &(i64, i64), number: i64| (range.0..=range.1).contains(&number);
        match (self, value) {
            (_, ValueRef::Null) => false,
            (Test::Present, ValueRef::Text(text)) => !text.is_empty(),
            (Test::Present, ValueRef::List(mut items)) => items.any(|item| !item.to_value().is_empty()),
            (Test::Present, _) => true,
            (Test::AnyOf(tests), value) => tests.iter().any(|test| test.holds(value)),
            (_, ValueRef::List(mut items)) => {
                items.any(|item| !matches!(item, ValueRef::List(_)) && self.holds(item))
            }
            (Test::OneOf(stored), value) => stored.iter().any(|known| Raw(known).value() == Ok(value)),
            (Test::Number { whole, .. }, ValueRef::Int(number)) => within(whole, number),
            (Test::Number { low, high, .. }, ValueRef::Decimal(number)) => {
                (low.as_ref(), high.as_ref()).contains(&number)
            }
            (Test::Date(first, last), ValueRef::Date(day)) => {
                within(&(*first, *last), i64::from(day.num_days_from_ce()))
            }
            (Test::Instant(first, last), ValueRef::Instant(at)) => within(&(*first, *last), at.micros()),
            (Test::Duration(least, most), ValueRef::Duration(span)) => {
                within(&(*least, *most), span.micros())
            }
            (Test::Money { currency, low, high }, ValueRef::Money(money)) => {
                currency.is_none_or(|currency| currency == money.currency)
                    && (low.as_ref(), high.as_ref()).contains(&money.amount)
            }
            (test, ValueRef::Text(text)) => !text.is_empty() && test.holds_for_text(text),
            _ => false,
        }
    }

    fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Test::TextRange(low, high) => {
                let range = (low.as_ref().map(String::as_str), high.as_ref().map(String::as_str));
                RangeBounds::<str>::contains(&range, text)
            }
            Test::Contains(part) => text.contains(part.as_str()),
            Test::StartsWith(part) => text.starts_with(part.as_str()),
            Test::EndsWith(part) => text.ends_with(part.as_str()),
            _ => false,
        }
    }

    /// The test that any of these holds; sets come together in one.
    pub fn any_of(tests: impl IntoIterator<Item = Test>) -> Test {
        let (mut stored, mut others) = (Vec::new(), Vec::new());
        for test in tests {
            match test {
                Test::OneOf(more) => stored.extend(more),
                Test::AnyOf(more) => others.extend(more),
                other => others.push(other),
            }
        }
        if !stored.is_empty() {
            stored.sort_unstable();
            stored.dedup();
            others.push(Test::OneOf(stored));
        }
        match others.pop() {
            Some(only) if others.is_empty() => only,
            last => {
                others.extend(last);
                Test::AnyOf(others)
            }
        }
    }
}
