//! One condition on one stored value, typed: closed ranges where the type is discrete, sorted sets
//! where it only compares for equality.

use std::ops::{Bound, RangeBounds};

use chrono::Datelike;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::base::{Currency, RecordRef};
use crate::record::codec::ValueRef;

/// A condition on one value. None holds for null; of a list, one item has to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// There is a value.
    Present,
    Bool(bool),
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
    /// One of these texts, which are in order.
    Texts(Vec<String>),
    /// One of these records, which are in order.
    Records(Vec<RecordRef>),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    AnyOf(Vec<Test>),
}

impl Test {
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
            (Test::Present, ValueRef::List(mut items)) => items.next().is_some(),
            (Test::Present, _) => true,
            (Test::AnyOf(tests), value) => tests.iter().any(|test| test.holds(value)),
            (_, ValueRef::List(mut items)) => {
                items.any(|item| !matches!(item, ValueRef::List(_)) && self.holds(item))
            }
            (Test::Bool(wanted), ValueRef::Bool(yes)) => *wanted == yes,
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
            (Test::Records(records), ValueRef::Id(record)) => match records.as_slice() {
                [only] => *only == record,
                many => many.binary_search(&record).is_ok(),
            },
            _ => false,
        }
    }

    fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Test::Texts(texts) => match texts.as_slice() {
                [only] => only == text,
                many => many.binary_search_by(|known| known.as_str().cmp(text)).is_ok(),
            },
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
        let (mut texts, mut records, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for test in tests {
            match test {
                Test::Texts(more) => texts.extend(more),
                Test::Records(more) => records.extend(more),
                Test::AnyOf(more) => others.extend(more),
                other => others.push(other),
            }
        }
        if !texts.is_empty() {
            texts.sort_unstable();
            texts.dedup();
            others.push(Test::Texts(texts));
        }
        if !records.is_empty() {
            records.sort_unstable();
            records.dedup();
            others.push(Test::Records(records));
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
