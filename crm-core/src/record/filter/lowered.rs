//! A test lowered to what stored bytes show: closed ranges of whole numbers, and bytes compared.
//!
//! It answers what [`Test::holds`] answers; a property holds the two against each other.

use std::ops::Bound;

use rust_decimal::Decimal;

use super::test::Test;
use crate::base::Currency;
use crate::record::codec::{Damaged, Raw, Reader, tag};

/// Decimals with so many places compare as whole numbers of the last place.
const PLACES: usize = 5;
/// So many values are compared one after the other.
const FEW: usize = 8;

/// A test on one stored value.
#[derive(Clone, Debug)]
pub(super) enum Lowered {
    /// A number, day or length of time within a closed range.
    Within { tag: u8, first: i64, last: i64 },
    /// A point in time within a closed range.
    Moment { first: i64, last: i64 },
    /// A decimal or whole number.
    Number(Box<Ranges>),
    /// An amount of a currency, or of any.
    Money { currency: Option<[u8; 3]>, amount: Box<Ranges> },
    /// Exactly these bytes.
    Bytes(Vec<u8>),
    /// One of a few.
    Among(Vec<Vec<u8>>),
    /// Any value but null, empty text and an empty list.
    Present,
    /// Text that has this in it.
    Contains(Box<memchr::memmem::Finder<'static>>),
    /// Anything else.
    Other(Box<Test>),
}

/// A range of decimals: for each count of places the closed range in units of the last, and for what
/// these can't say the test itself.
#[derive(Clone, Debug)]
pub(super) struct Ranges {
    places: [(i64, i64); PLACES],
    test: Test,
}

impl Lowered {
    pub fn new(test: &Test) -> Lowered {
        match test {
            Test::Date(first, last) => Lowered::Within { tag: tag::DATE, first: *first, last: *last },
            Test::Duration(first, last) => Lowered::Within { tag: tag::DURATION, first: *first, last: *last },
            Test::Instant(first, last) => Lowered::Moment { first: *first, last: *last },
            Test::Number { low, high, .. } => Lowered::Number(Ranges::new(*low, *high, test)),
            Test::Money { currency, low, high } => {
                let currency = currency.map(Currency::bytes);
                Lowered::Money { currency, amount: Ranges::new(*low, *high, test) }
            }
            Test::OneOf(stored) => match stored.as_slice() {
                [only] => Lowered::Bytes(only.clone()),
                few if few.len() <= FEW => Lowered::Among(few.to_vec()),
                _ => Lowered::Other(Box::new(test.clone())),
            },
            Test::Present => Lowered::Present,
            Test::Contains(part) if !part.is_empty() => {
                let finder = memchr::memmem::Finder::new(part.as_bytes()).into_owned();
                Lowered::Contains(Box::new(finder))
            }
            _ => Lowered::Other(Box::new(test.clone())),
        }
    }

    /// Whether the test holds for a stored value. Of a list, one item has to do.
    #[inline]
    pub fn holds(&self, raw: &[u8]) -> Result<bool, Damaged> {
        let Some((found, rest)) = raw.split_first() else { return Ok(false) };
        match self {
            Lowered::Within { tag, first, last } if tag == found => {
                Ok(signed(rest).is_some_and(|number| (*first..=*last).contains(&number)))
            }
            Lowered::Moment { first, last } if *found == tag::INSTANT => {
                let micros = rest.first_chunk().map(|bytes| i64::from_le_bytes(*bytes));
                Ok(micros.is_some_and(|micros| (*first..=*last).contains(&micros)))
            }
            Lowered::Bytes(bytes) if bytes == raw => Ok(true),
            Lowered::Among(few) if few.iter().any(|bytes| bytes == raw) => Ok(true),
            Lowered::Present if *found == tag::LIST => {
                let mut items = Reader(raw);
                items.byte()?;
                items.length()?;
                while !items.0.is_empty() {
                    if !is_empty(items.raw()?.0) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Lowered::Present => Ok(!is_empty(raw)),
            Lowered::Money { currency, amount: ranges } if *found == tag::MONEY => {
                let Some((named, amount)) = rest.split_first_chunk() else {
                    return Err(Damaged("cut short"));
                };
                match currency {
                    Some(wanted) if wanted != named => Ok(false),
                    _ => ranges.decimal(raw, amount),
                }
            }
            Lowered::Number(ranges) => match *found {
                tag::INT => {
                    let (first, last) = ranges.places[0];
                    Ok(signed(rest).is_some_and(|number| (first..=last).contains(&number)))
                }
                tag::DECIMAL => ranges.decimal(raw, rest),
                _ => self.in_list(*found, raw),
            },
            Lowered::Contains(finder) if *found == tag::TEXT => {
                let mut text = Reader(rest);
                let length = text.length()?;
                Ok(finder.find(text.take(length)?).is_some())
            }
            Lowered::Other(test) => test.holds_stored(Raw(raw)),
            other => other.in_list(*found, raw),
        }
    }

    /// Of a list whose value is no single one of the type.
    fn in_list(&self, found: u8, raw: &[u8]) -> Result<bool, Damaged> {
        if found != tag::LIST {
            return Ok(false);
        }
        let mut items = Reader(raw);
        items.byte()?;
        items.length()?;
        while !items.0.is_empty() {
            let item = items.raw()?.0;
            // A list within a list is no value of its own.
            if item.first() != Some(&tag::LIST) && self.holds(item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Ranges {
    fn new(low: Bound<Decimal>, high: Bound<Decimal>, test: &Test) -> Box<Ranges> {
        let mut places = [(1, 0); PLACES];
        for (count, range) in places.iter_mut().enumerate() {
            *range = closed(low, high, count);
        }
        Box::new(Ranges { places, test: test.clone() })
    }

    /// Whether a stored decimal, of which `rest` are places and digits, is in the range.
    #[inline]
    fn decimal(&self, raw: &[u8], rest: &[u8]) -> Result<bool, Damaged> {
        let within = rest.split_first().and_then(|(count, digits)| {
            let (first, last) = self.places.get(usize::from(*count))?;
            Some((*first..=*last).contains(&signed(digits)?))
        });
        match within {
            Some(within) => Ok(within),
            None => Ok(self.test.holds(Raw(raw).value()?)),
        }
    }
}

/// The range of whole numbers of the last place, for so many places; empty where none is in it.
fn closed(low: Bound<Decimal>, high: Bound<Decimal>, places: usize) -> (i64, i64) {
    let unit = Decimal::from(10u64.pow(u32::try_from(places).unwrap_or(0)));
    // A bound that is too large in this unit bounds nothing, or leaves nothing.
    let scaled = |bound: Decimal| match bound.checked_mul(unit) {
        Some(scaled) => scaled,
        None if bound.is_sign_negative() => Decimal::MIN,
        None => Decimal::MAX,
    };
    match Test::number((low.map(scaled), high.map(scaled))) {
        Test::Number { whole, .. } => whole,
        _ => (1, 0),
    }
}

/// Whether a stored value is null, an empty text or an empty list.
#[inline]
fn is_empty(raw: &[u8]) -> bool {
    matches!(raw, [tag::NULL, ..] | [tag::TEXT | tag::LIST, 0, ..])
}

/// A whole number in zigzag form; none where it is longer than 63 bits.
#[inline]
fn signed(bytes: &[u8]) -> Option<i64> {
    let mut number = 0u64;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(((number >> 1) as i64) ^ -((number & 1) as i64));
        }
    }
    // The tenth byte has room for one more bit.
    let top @ (0 | 1) = bytes.get(9)? else { return None };
    number |= u64::from(*top) << 63;
    Some(((number >> 1) as i64) ^ -((number & 1) as i64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test::Test;
    use super::*;
    use crate::base::Value;
    use crate::record::codec::put_value;

    fn decimals() -> impl Strategy<Value = Decimal> {
        prop_oneof![
            (any::<i64>(), 0u32..12).prop_map(|(number, scale)| Decimal::new(number, scale)),
            (-2000i64..2000, 0u32..7).prop_map(|(number, scale)| Decimal::new(number, scale)),
            proptest::sample::select(vec![
                Decimal::MAX,
                Decimal::MIN,
                i64::MAX.into(),
                i64::MIN.into(),
                Decimal::from(i64::MAX) + Decimal::ONE,
                Decimal::from(u64::MAX) + Decimal::ONE,
            ]),
        ]
    }
    fn bounds() -> impl Strategy<Value = Bound<Decimal>> {
        prop_oneof![
            decimals().prop_map(Bound::Included),
            decimals().prop_map(Bound::Excluded),
            Just(Bound::Unbounded),
        ]
    }
    fn values() -> impl Strategy<Value = Value> {
        let single = || {
            prop_oneof![
                Just(Value::Null),
                any::<i64>().prop_map(Value::Int),
                (-20i64..20).prop_map(Value::Int),
                decimals().prop_map(Value::Decimal),
                "[ab科]{0,4}".prop_map(Value::Text),
                (-20i64..20).prop_map(|micros| crate::base::Instant::from_micros(micros).into()),
                (-20i64..20).prop_map(|micros| crate::base::Span::from_micros(micros).into()),
                (decimals(), any::<bool>()).prop_map(|(amount, yuan)| {
                    let currency = if yuan { Currency::CNY } else { Currency::USD };
                    crate::base::Money::new(amount, currency).into()
                }),
            ]
        };
        prop_oneof![4 => single(), 1 => proptest::collection::vec(single(), 0..4).prop_map(Value::List)]
    }

    proptest! {
        #[test]
        fn it_answers_what_the_test_answers(
            low in bounds(), high in bounds(), from in -20i64..20, to in -20i64..20,
            part in "[ab科]{0,2}", value in values(),
        ) {
            let mut stored = Vec::new();
            put_value(&mut stored, &value);
            for test in [
                Test::number((low, high)), Test::Money { currency: None, low, high },
                Test::Money { currency: Some(Currency::CNY), low, high }, Test::Date(from, to), Test::Instant(from, to),
                Test::Duration(from, to), Test::Contains(part.clone()), Test::Present,
                Test::one_of([Value::Text(part.clone())]), Test::one_of([Value::Text(part), "b".into()]),
            ] {
                let expected = test.holds_stored(Raw(&stored)).unwrap();
                prop_assert_eq!(Lowered::new(&test).holds(&stored).unwrap(), expected, "{:?} {:?}", test, value);
            }
        }
    }
}
