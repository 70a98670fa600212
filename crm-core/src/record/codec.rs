//! The stored form: numbered fields, each value carrying its type.
//!
//! ```text
//! image  = format:u8  revision:varint  head:varint  updated_at:i64le  field*
//! field  = number:varint  value            numbers ascend; null is absent
//! value  = type:u8  payload                see `Type`
//! ```
//!
//! A reader needs no schema: it walks fields by number and skips by type, so that a field added or
//! retired changes nothing for old files, and one record's two images are compared field by field
//! as bytes.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::base::{Currency, Instant, KindNo, Money, RecordRef, Span, Value};

/// The only format of record images so far.
pub const FORMAT: u8 = 1;

/// What stored bytes can be wrong in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored bytes are damaged: {0}")]
pub struct Damaged(pub &'static str);

pub(super) mod tag {
    pub(in crate::record) const NULL: u8 = 0;
    pub(in crate::record) const FALSE: u8 = 1;
    pub(in crate::record) const TRUE: u8 = 2;
    pub(in crate::record) const INT: u8 = 3;
    pub(in crate::record) const DECIMAL: u8 = 4;
    pub(in crate::record) const TEXT: u8 = 5;
    pub(in crate::record) const DATE: u8 = 6;
    pub(in crate::record) const INSTANT: u8 = 7;
    pub(in crate::record) const DURATION: u8 = 8;
    pub(in crate::record) const MONEY: u8 = 9;
    pub(in crate::record) const ID: u8 = 10;
    pub(in crate::record) const LIST: u8 = 11;
}

/// A stored value, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// No value.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// Text.
    Text(&'a str),
    /// A day.
    Date(NaiveDate),
    /// A point in time.
    Instant(Instant),
    /// A length of time.
    Duration(Span),
    /// An amount of a currency.
    Money(Money),
    /// A record.
    Id(RecordRef),
    /// Several values.
    List(Items<'a>),
}

/// The items of a stored list, read one after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Items<'a>(&'a [u8]);

impl<'a> Iterator for Items<'a> {
    type Item = ValueRef<'a>;

    /// The next item; a damaged list ends early (its bytes were checked when they were read).
    fn next(&mut self) -> Option<ValueRef<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let mut reader = Reader(self.0);
        let value = reader.value().ok();
        self.0 = if value.is_some() { reader.0 } else { &[] };
        value
    }
}

impl ValueRef<'_> {
    /// An owned copy.
    pub fn to_value(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(yes) => Value::Bool(yes),
            ValueRef::Int(number) => Value::Int(number),
            ValueRef::Decimal(number) => Value::Decimal(number),
            ValueRef::Text(text) => Value::Text(text.to_owned()),
            ValueRef::Date(date) => Value::Date(date),
            ValueRef::Instant(at) => Value::Instant(at),
            ValueRef::Duration(span) => Value::Duration(span),
            ValueRef::Money(money) => Value::Money(money),
            ValueRef::Id(record) => Value::Id(record),
            ValueRef::List(items) => Value::List(items.map(ValueRef::to_value).collect()),
        }
    }
}

/// Appends a variable-length number.
pub fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_varint128(out: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_varint(out, ((number << 1) ^ (number >> 63)) as u64);
}

fn put_decimal(out: &mut Vec<u8>, number: Decimal) {
    out.push(number.scale() as u8);
    let mantissa = number.mantissa();
    put_varint128(out, ((mantissa << 1) ^ (mantissa >> 127)) as u128);
}

/// Appends a value with its type.
pub fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(tag::NULL),
        Value::Bool(yes) => put_bool(out, *yes),
        Value::Int(number) => put_int(out, *number),
        Value::Decimal(number) => {
            out.push(tag::DECIMAL);
            put_decimal(out, *number);
        }
        Value::Text(text) => put_text(out, text),
        Value::Date(date) => put_date(out, *date),
        Value::Instant(at) => put_instant(out, *at),
        Value::Duration(span) => {
            out.push(tag::DURATION);
            put_signed(out, span.micros());
        }
        Value::Money(money) => put_money(out, *money),
        Value::Id(record) => put_id(out, *record),
        Value::List(items) => put_list(out, |out| items.iter().for_each(|item| put_value(out, item))),
    }
}

pub(crate) fn put_bool(out: &mut Vec<u8>, yes: bool) {
    out.push(if yes { tag::TRUE } else { tag::FALSE });
}
pub(crate) fn put_int(out: &mut Vec<u8>, number: i64) {
    out.push(tag::INT);
    put_signed(out, number);
}
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    out.push(tag::TEXT);
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}
pub(crate) fn put_date(out: &mut Vec<u8>, date: NaiveDate) {
    out.push(tag::DATE);
    put_signed(out, i64::from(date.num_days_from_ce()));
}
pub(crate) fn put_instant(out: &mut Vec<u8>, at: Instant) {
    out.push(tag::INSTANT);
    out.extend_from_slice(&at.micros().to_le_bytes());
}
pub(crate) fn put_money(out: &mut Vec<u8>, money: Money) {
    out.push(tag::MONEY);
    out.extend_from_slice(&money.currency.bytes());
    put_decimal(out, money.amount);
}
pub(crate) fn put_id(out: &mut Vec<u8>, record: RecordRef) {
    out.push(tag::ID);
    put_varint(out, u64::from(record.kind.0));
    out.extend_from_slice(&record.bits.to_be_bytes());
}
/// Appends a list whose items `fill` writes.
pub(crate) fn put_list(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    out.push(tag::LIST);
    let mut items = Vec::new();
    fill(&mut items);
    put_varint(out, items.len() as u64);
    out.extend_from_slice(&items);
}

/// Reads stored bytes from the front.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `count` bytes.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(Damaged("cut short"))?;
        self.0 = rest;
        Ok(head)
    }

    /// The next bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        self.take(N)?.try_into().map_err(|_| Damaged("cut short"))
    }

    /// The next byte.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.0.split_first().ok_or(Damaged("cut short"))?;
        self.0 = rest;
        Ok(*first)
    }

    /// A variable-length number.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, Damaged> {
        match self.0.split_first() {
            Some((byte, rest)) if *byte < 0x80 => {
                self.0 = rest;
                Ok(u64::from(*byte))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Damaged> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged("a number is too long"))
    }

    fn varint128(&mut self) -> Result<u128, Damaged> {
        let mut number = 0u128;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            number |= u128::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged("a number is too long"))
    }

    /// A length, which can't be more than what is left.
    #[inline]
    pub fn length(&mut self) -> Result<usize, Damaged> {
        let length = usize::try_from(self.varint()?).map_err(|_| Damaged("a length is too large"))?;
        if length > self.0.len() { Err(Damaged("cut short")) } else { Ok(length) }
    }

    fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.varint()?;
        Ok(((number >> 1) as i64) ^ -((number & 1) as i64))
    }

    fn decimal(&mut self) -> Result<Decimal, Damaged> {
        let scale = u32::from(self.byte()?);
        let number = self.varint128()?;
        let mantissa = ((number >> 1) as i128) ^ -((number & 1) as i128);
        Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Damaged("a decimal is too large"))
    }

    fn text(&mut self) -> Result<&'a str, Damaged> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Damaged("text is not UTF-8"))
    }

    /// The next value.
    #[inline]
    pub fn value(&mut self) -> Result<ValueRef<'a>, Damaged> {
        Ok(match self.byte()? {
            tag::NULL => ValueRef::Null,
            tag::FALSE => ValueRef::Bool(false),
            tag::TRUE => ValueRef::Bool(true),
            tag::INT => ValueRef::Int(self.signed()?),
            tag::DECIMAL => ValueRef::Decimal(self.decimal()?),
            tag::TEXT => ValueRef::Text(self.text()?),
            tag::DATE => {
                let days = i32::try_from(self.signed()?).map_err(|_| Damaged("a date is out of range"))?;
                let date = NaiveDate::from_num_days_from_ce_opt(days);
                ValueRef::Date(date.ok_or(Damaged("a date is out of range"))?)
            }
            tag::INSTANT => ValueRef::Instant(Instant::from_micros(i64::from_le_bytes(self.array()?))),
            tag::DURATION => ValueRef::Duration(Span::from_micros(self.signed()?)),
            tag::MONEY => {
                let currency = Currency::from_stored(self.array()?);
                ValueRef::Money(Money::new(self.decimal()?, currency))
            }
            tag::ID => {
                let kind = u16::try_from(self.varint()?).map_err(|_| Damaged("a kind is out of range"))?;
                let bits = u128::from_be_bytes(self.array()?);
                ValueRef::Id(RecordRef::new(KindNo(kind), bits))
            }
            tag::LIST => {
                let length = self.length()?;
                ValueRef::List(Items(self.take(length)?))
            }
            _ => return Err(Damaged("a value has an unknown type")),
        })
    }

    /// Goes past the next value and answers its bytes, type included.
    #[inline]
    pub fn raw(&mut self) -> Result<Raw<'a>, Damaged> {
        match short(self.0).and_then(|length| self.0.split_at_checked(length)) {
            Some((raw, rest)) => {
                self.0 = rest;
                Ok(Raw(raw))
            }
            None => self.long_raw(),
        }
    }

    fn long_raw(&mut self) -> Result<Raw<'a>, Damaged> {
        let start = self.0;
        match self.byte()? {
            tag::NULL | tag::FALSE | tag::TRUE => {}
            tag::INT | tag::DATE | tag::DURATION => {
                self.varint()?;
            }
            tag::DECIMAL => {
                self.byte()?;
                self.varint128()?;
            }
            tag::INSTANT => {
                self.take(8)?;
            }
            tag::MONEY => {
                self.take(4)?;
                self.varint128()?;
            }
            tag::ID => {
                self.varint()?;
                self.take(16)?;
            }
            tag::TEXT | tag::LIST => {
                let length = self.length()?;
                self.take(length)?;
            }
            _ => return Err(Damaged("a value has an unknown type")),
        }
        let length = start.len() - self.0.len();
        start.get(..length).map(Raw).ok_or(Damaged("cut short"))
    }
}

/// The length of a value in a short form, which most have: so records are walked quickly.
#[inline]
fn short(bytes: &[u8]) -> Option<usize> {
    let [found, next, ..] = bytes else { return None };
    let digits = |from: usize| {
        let digits = bytes.get(from..)?.iter().take(9).position(|byte| *byte < 0x80)?;
        Some(from + digits + 1)
    };
    match *found {
        tag::TEXT | tag::LIST if *next < 0x80 => Some(usize::from(*next) + 2),
        tag::INT | tag::DATE | tag::DURATION => digits(1),
        tag::INSTANT => Some(9),
        tag::ID if *next < 0x80 => Some(18),
        tag::MONEY => digits(5),
        tag::DECIMAL => digits(2),
        _ => None,
    }
}

/// The stored bytes of one value, type included; equal bytes are equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a>(pub &'a [u8]);

impl<'a> Raw<'a> {
    /// The stored form of null.
    pub const NULL: Raw<'static> = Raw(&[tag::NULL]);

    /// The value.
    pub fn value(self) -> Result<ValueRef<'a>, Damaged> {
        Reader(self.0).value()
    }

    /// Whether the value is of a type that can name records.
    pub fn may_refer(self) -> bool {
        matches!(self.0.first(), Some(&tag::ID | &tag::LIST))
    }
}

/// A record's image: its header and fields, read in place.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// How often the record was changed; 1 when it was created.
    pub revision: u64,
    /// The journal position of its last change.
    pub head: u64,
    /// When it was last changed.
    pub updated_at: Instant,
    fields: &'a [u8],
}

impl<'a> View<'a> {
    /// Reads an image's header.
    ///
    /// # Errors
    /// When the bytes are cut short or of a newer format.
    pub fn new(image: &'a [u8]) -> Result<Self, Damaged> {
        let mut reader = Reader(image);
        if reader.byte()? != FORMAT {
            return Err(Damaged("a record's format is unknown"));
        }
        let revision = reader.varint()?;
        let head = reader.varint()?;
        let updated_at = Instant::from_micros(i64::from_le_bytes(reader.array()?));
        Ok(View { revision, head, updated_at, fields: reader.0 })
    }

    /// A view of fields without a header.
    pub fn of_fields(fields: &'a [u8]) -> Self {
        View { revision: 0, head: 0, updated_at: Instant::default(), fields }
    }

    /// The bytes of all fields.
    pub fn field_bytes(&self) -> &'a [u8] {
        self.fields
    }

    /// The fields in the order of their numbers.
    pub fn fields(&self) -> Fields<'a> {
        Fields(Reader(self.fields))
    }

    /// The stored bytes of a field, or none when it is null.
    pub fn raw(&self, number: u16) -> Result<Option<Raw<'a>>, Damaged> {
        let mut fields = self.fields();
        while let Some((no, raw)) = fields.step()? {
            if no >= number {
                return Ok((no == number).then_some(raw));
            }
        }
        Ok(None)
    }

    /// The value of a field.
    pub fn get(&self, number: u16) -> Result<ValueRef<'a>, Damaged> {
        self.raw(number)?.map_or(Ok(ValueRef::Null), Raw::value)
    }
}

/// Walks over the fields of an image.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(Reader<'a>);

impl<'a> Fields<'a> {
    /// The next field's number and stored bytes, or none at the end.
    #[inline]
    pub fn step(&mut self) -> Result<Option<(u16, Raw<'a>)>, Damaged> {
        if self.0.0.is_empty() {
            return Ok(None);
        }
        let number = u16::try_from(self.0.varint()?).map_err(|_| Damaged("a field number is too large"))?;
        Ok(Some((number, self.0.raw()?)))
    }
}

/// Appends a field, unless its value is empty.
pub fn put_field(out: &mut Vec<u8>, number: u16, value: &Value) {
    if !value.is_empty() {
        put_varint(out, u64::from(number));
        put_value(out, value);
    }
}

/// Puts header and fields together to an image.
pub fn image(revision: u64, head: u64, updated_at: Instant, fields: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(fields.len() + 24);
    put_head(&mut out, revision, head, updated_at);
    out.extend_from_slice(fields);
    out
}

/// Appends what stands before the fields of an image.
pub fn put_head(out: &mut Vec<u8>, revision: u64, head: u64, updated_at: Instant) {
    out.push(FORMAT);
    put_varint(out, revision);
    put_varint(out, head);
    out.extend_from_slice(&updated_at.micros().to_le_bytes());
}

/// Calls `see` with every field that differs between two images: number, old and new stored bytes
/// ([`Raw::NULL`] where there is none).
pub fn diff<'a>(
    old: View<'a>,
    new: View<'a>,
    mut see: impl FnMut(u16, Raw<'a>, Raw<'a>),
) -> Result<(), Damaged> {
    let (mut olds, mut news) = (old.fields(), new.fields());
    let (mut left, mut right) = (olds.step()?, news.step()?);
    loop {
        match (left, right) {
            (None, None) => return Ok(()),
            (Some((no, raw)), other) if other.is_none_or(|(next, _)| no < next) => {
                see(no, raw, Raw::NULL);
                left = olds.step()?;
            }
            (other, Some((no, raw))) if other.is_none_or(|(next, _)| no < next) => {
                see(no, Raw::NULL, raw);
                right = news.step()?;
            }
            (Some((no, before)), Some((_, after))) => {
                if before != after {
                    see(no, before, after);
                }
                left = olds.step()?;
                right = news.step()?;
            }
            _ => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let text = || "[a科]{0,60}".prop_map(Value::Text);
        let decimal = || (any::<i64>(), 0u32..12).prop_map(|(number, scale)| Decimal::new(number, scale));
        prop_oneof![
            any::<i64>().prop_map(Value::Int),
            (-200i64..200).prop_map(Value::Int),
            decimal().prop_map(Value::Decimal),
            decimal().prop_map(|amount| Money::new(amount, Currency::CNY).into()),
            any::<i64>().prop_map(|micros| Instant::from_micros(micros).into()),
            text(),
            proptest::collection::vec(text(), 0..4).prop_map(Value::List),
        ]
    }

    proptest! {
        #[test]
        fn a_short_form_is_passed_as_in_general(value in values(), cut in 0usize..20) {
            let mut stored = Vec::new();
            put_value(&mut stored, &value);
            stored.push(7);
            stored.truncate(stored.len().saturating_sub(cut));
            let quick = Reader(&stored).raw().ok();
            prop_assert_eq!(quick, Reader(&stored).long_raw().ok(), "{:?}", value);
        }
    }
}
