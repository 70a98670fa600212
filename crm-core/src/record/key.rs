//! Index keys: values as bytes whose order is the values' order.
//!
//! ```text
//! records   kind:u16be  id:16
//! index     kind:u16be  index:u8  layout:u8  [accessor:16]  part*  id:16
//! unique    kind:u16be  index:u8  part*
//! part      0 for null, else type:u8 payload
//! ```

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::codec::ValueRef;
use crate::base::{KindNo, RecordRef, Value};

/// The layout byte of entries without an accessor.
pub const PLAIN: u8 = 0;
/// The layout byte of entries that start with who may reach them.
pub const BY_ACCESSOR: u8 = 1;
/// How many bytes name an index and its layout.
pub const INDEX_AREA: usize = 4;
/// How many bytes name a unique index.
pub const UNIQUE_AREA: usize = 3;
/// Text longer than this goes into keys as its start and a digest.
const LONGEST_TEXT: usize = 200;

/// The key of a record.
pub fn record(record: RecordRef) -> Vec<u8> {
    let mut key = Vec::with_capacity(18);
    key.extend_from_slice(&record.kind.0.to_be_bytes());
    key.extend_from_slice(&record.bits.to_be_bytes());
    key
}

/// The record under a key of the records table.
pub fn read_record(key: &[u8]) -> Option<RecordRef> {
    let (kind, bits) = key.split_at_checked(2)?;
    Some(RecordRef::new(
        KindNo(u16::from_be_bytes(kind.try_into().ok()?)),
        u128::from_be_bytes(bits.try_into().ok()?),
    ))
}

/// The id at the end of an index key.
pub fn read_id(key: &[u8]) -> Option<u128> {
    key.last_chunk::<16>().map(|bits| u128::from_be_bytes(*bits))
}

/// The first bytes of all entries of an index in one layout.
pub fn index(kind: KindNo, index: u8, layout: u8) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    key.extend_from_slice(&kind.0.to_be_bytes());
    key.extend_from_slice(&[index, layout]);
    key
}

/// The first bytes of all keys of a unique index.
pub fn unique(kind: KindNo, index: u8) -> Vec<u8> {
    let mut key = Vec::with_capacity(48);
    key.extend_from_slice(&kind.0.to_be_bytes());
    key.push(index);
    key
}

/// Appends a value as one part.
pub fn put(key: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => key.push(0),
        ValueRef::Bool(yes) => key.extend_from_slice(&[2, u8::from(yes)]),
        ValueRef::Int(number) => put_decimal(key, number.into()),
        ValueRef::Decimal(number) => put_decimal(key, number),
        ValueRef::Text(text) => put_text(key, text),
        ValueRef::Date(date) => put_date(key, date),
        ValueRef::Instant(at) => put_i64(key, 7, at.micros()),
        ValueRef::Duration(span) => put_i64(key, 8, span.micros()),
        ValueRef::Money(money) => {
            put_decimal(key, money.amount);
            key.extend_from_slice(&money.currency.bytes());
        }
        ValueRef::Id(record) => {
            key.push(10);
            key.extend_from_slice(&record.kind.0.to_be_bytes());
            key.extend_from_slice(&record.bits.to_be_bytes());
        }
        ValueRef::List(items) => {
            key.push(11);
            items.for_each(|item| put(key, item));
            key.push(0);
        }
    }
}

/// Appends a dynamic value as one part.
pub fn put_value(key: &mut Vec<u8>, value: &Value) {
    let mut stored = Vec::new();
    super::codec::put_value(&mut stored, value);
    if let Ok(value) = super::codec::Raw(&stored).value() {
        put(key, value);
    }
}

/// Appends text as one part.
pub fn put_text(key: &mut Vec<u8>, text: &str) {
    key.push(5);
    let bytes = text.as_bytes();
    let start = bytes.get(..LONGEST_TEXT).filter(|_| bytes.len() > LONGEST_TEXT).unwrap_or(bytes);
    for byte in start {
        key.push(*byte);
        if *byte == 0 {
            key.push(0xff);
        }
    }
    if bytes.len() > LONGEST_TEXT {
        for byte in Sha256::digest(bytes).iter().take(16) {
            key.push(*byte);
            if *byte == 0 {
                key.push(0xff);
            }
        }
    }
    key.push(0);
}

/// Appends the start of a text: the first bytes of every part whose text starts so.
pub fn put_text_start(key: &mut Vec<u8>, text: &str) {
    put_text(key, text.get(..text.floor_char_boundary(LONGEST_TEXT.min(text.len()))).unwrap_or(text));
    key.pop();
}

fn put_i64(key: &mut Vec<u8>, ty: u8, number: i64) {
    key.push(ty);
    key.extend_from_slice(&((number as u64) ^ (1 << 63)).to_be_bytes());
}

fn put_date(key: &mut Vec<u8>, date: NaiveDate) {
    key.push(6);
    key.extend_from_slice(&((date.num_days_from_ce() as u32) ^ (1 << 31)).to_be_bytes());
}

/// Sign, exponent and 29 digits; negative numbers are complemented so that they sort first.
fn put_decimal(key: &mut Vec<u8>, number: Decimal) {
    key.push(4);
    let mantissa = number.mantissa().unsigned_abs();
    if mantissa == 0 {
        key.push(1);
        return;
    }
    let digits = mantissa.ilog10() + 1;
    let exponent = 64 + i64::from(digits) - i64::from(number.scale());
    let scaled = mantissa * 10u128.pow(29u32.saturating_sub(digits));
    let mut tail = [0u8; 14];
    if let Some((first, rest)) = tail.split_first_mut() {
        *first = exponent as u8;
        for (to, from) in rest.iter_mut().zip(scaled.to_be_bytes().iter().skip(3)) {
            *to = *from;
        }
    }
    if number.is_sign_negative() {
        key.push(0);
        key.extend(tail.iter().map(|byte| !byte));
    } else {
        key.push(2);
        key.extend_from_slice(&tail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Instant, Money};
    use proptest::prelude::*;

    fn of(value: impl Into<Value>) -> Vec<u8> {
        let mut key = Vec::new();
        put_value(&mut key, &value.into());
        key
    }

    fn decimal() -> impl Strategy<Value = Decimal> {
        (-(1i128 << 95)..(1i128 << 95), 0u32..=28).prop_map(|(m, s)| Decimal::from_i128_with_scale(m, s))
    }

    proptest! {
        #[test]
        fn keys_sort_as_values_do(
            (a, b) in (decimal(), decimal()), (i, j) in any::<(i64, i64)>(),
            (s, t) in ("[\\x00-\\x02a-c]{0,4}", "[\\x00-\\x02a-c]{0,4}"),
        ) {
            prop_assert_eq!(of(a).cmp(&of(b)), a.cmp(&b));
            prop_assert_eq!(of(i).cmp(&of(j)), i.cmp(&j));
            prop_assert_eq!(of(i).cmp(&of(a)), Decimal::from(i).cmp(&a));
            prop_assert_eq!(of(s.as_str()).cmp(&of(t.as_str())), s.cmp(&t));
            let (p, q) = (Instant::from_micros(i), Instant::from_micros(j));
            prop_assert_eq!(of(p).cmp(&of(q)), p.cmp(&q));
            prop_assert!(of(Value::Null) < of(a));
        }

        #[test]
        fn text_starts_are_starts(text in ".{0,300}", cut in 0usize..300) {
            let start = &text[..text.floor_char_boundary(cut.min(text.len()))];
            let mut key = Vec::new();
            put_text_start(&mut key, start);
            prop_assert!(of(text.as_str()).starts_with(&key));
        }
    }

    #[test]
    fn money_sorts_by_amount() {
        let small: Money = "-2.50 CNY".parse().unwrap();
        let large: Money = "10 CNY".parse().unwrap();
        assert!(of(small) < of(large));
        assert_eq!(of(Decimal::new(100, 1)), of(Decimal::new(10, 0)));
    }
}
