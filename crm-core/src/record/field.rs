//! How Rust types are fields: their type, their stored form and back.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::codec::{self, Damaged, Raw, ValueRef};
use crate::base::choice::{Choice, ChoiceName};
use crate::base::{Currency, Id, Instant, Kind, KindNo, Money, RecordRef, Span, Value};

/// The type of a field, or of the items of a field that holds several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A decimal number.
    Decimal,
    /// Text.
    Text,
    /// A day.
    Date,
    /// A point in time.
    Instant,
    /// A length of time.
    Duration,
    /// An amount of a currency.
    Money,
    /// A currency, as its three letters.
    Currency,
    /// A record, of one kind if that is given.
    Record(Option<KindNo>),
    /// One of a list of codes.
    Choice,
    /// A telephone number: a row of the number as entered and its E.164 form.
    Phone,
    /// An e-mail address: a row of the address as entered and its normal form.
    Email,
    /// A row of columns.
    Row,
}

/// The shape of a field: its type, whether it holds several, its choices and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The type of the value or of each item.
    pub ty: FieldType,
    /// Whether it is a list.
    pub many: bool,
    /// Whether null is allowed by the type.
    pub optional: bool,
    /// The choices, for [`FieldType::Choice`].
    pub choices: &'static [ChoiceName],
    /// The columns, for [`FieldType::Row`].
    pub columns: &'static [Column],
}

/// A column of a row type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The machine name.
    pub name: &'static str,
    /// The English label.
    pub en: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
    /// The column's shape.
    pub shape: &'static Shape,
}

impl Shape {
    /// A shape of one value of a type.
    pub const fn one(ty: FieldType) -> Shape {
        Shape { ty, many: false, optional: false, choices: &[], columns: &[] }
    }

    /// The same shape where null is allowed.
    pub const fn or_null(self) -> Shape {
        Shape { optional: true, ..self }
    }

    /// A list of the same shape.
    pub const fn list(self) -> Shape {
        Shape { many: true, optional: true, ..self }
    }
}

/// Why a stored or given value does not fit a field's type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// There is no value, and the type has no null.
    #[error("a value is missing")]
    Missing,
    /// The value has another type or is out of range.
    #[error("`{found}` is not {} {expected}", article(expected))]
    Type {
        /// The value.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The bytes are damaged.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

/// The article that goes before words.
fn article(words: &str) -> &'static str {
    if words.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn wrong<T>(found: ValueRef<'_>, expected: &'static str) -> Result<T, FieldError> {
    match found {
        ValueRef::Null => Err(FieldError::Missing),
        other => Err(FieldError::Type { found: other.to_value().to_string(), expected }),
    }
}

/// A Rust type that can be a field.
pub trait Field: Sized {
    /// The field's shape.
    const SHAPE: Shape;

    /// Whether there is no value to store.
    fn is_null(&self) -> bool {
        false
    }

    /// Appends the stored form.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads the stored form.
    fn read(value: ValueRef<'_>) -> Result<Self, FieldError>;

    /// As a dynamic value.
    fn to_value(&self) -> Value {
        if self.is_null() {
            return Value::Null;
        }
        let mut out = Vec::new();
        self.put(&mut out);
        Raw(&out).value().map_or(Value::Null, ValueRef::to_value)
    }

    /// From a dynamic value.
    fn from_value(value: &Value) -> Result<Self, FieldError> {
        let mut out = Vec::new();
        codec::put_value(&mut out, value);
        Self::read(Raw(&out).value()?)
    }
}

macro_rules! field {
    ($type:ty, $shape:expr, $name:literal, put $put:expr, read { $($pattern:pat $(if $guard:expr)? => $value:expr),* $(,)? }) => {
        impl Field for $type {
            const SHAPE: Shape = Shape::one($shape);
            fn put(&self, out: &mut Vec<u8>) { $put(out, self.clone()) }
            fn read(value: ValueRef<'_>) -> Result<Self, FieldError> {
                match value { $($pattern $(if $guard)? => $value,)* #[allow(unreachable_patterns)] other => wrong(other, $name) }
            }
        }
    };
}
field!(bool, FieldType::Bool, "yes or no", put codec::put_bool, read { ValueRef::Bool(yes) => Ok(yes) });
field!(i64, FieldType::Int, "whole number", put codec::put_int, read {
    ValueRef::Int(number) => Ok(number),
    ValueRef::Decimal(number) if number.fract().is_zero() => number.to_i64()
        .ok_or_else(|| FieldError::Type { found: number.to_string(), expected: "whole number" }),
});
field!(u32, FieldType::Int, "whole number", put |out: &mut Vec<u8>, number: u32| codec::put_int(out, number.into()),
read {
    ValueRef::Int(number) => u32::try_from(number)
        .map_err(|_| FieldError::Type { found: number.to_string(), expected: "whole number from 0 up" }),
});
field!(Decimal, FieldType::Decimal, "decimal number",
put |out: &mut Vec<u8>, number| codec::put_value(out, &Value::Decimal(number)), read {
    ValueRef::Decimal(number) => Ok(number),
    ValueRef::Int(number) => Ok(number.into()),
});
field!(NaiveDate, FieldType::Date, "date", put codec::put_date, read { ValueRef::Date(date) => Ok(date) });
field!(Instant, FieldType::Instant, "date and time", put codec::put_instant, read { ValueRef::Instant(at) => Ok(at) });
field!(Span, FieldType::Duration, "duration",
    put |out: &mut Vec<u8>, span| codec::put_value(out, &Value::Duration(span)),
    read { ValueRef::Duration(span) => Ok(span) });
field!(Money, FieldType::Money, "amount of money", put codec::put_money, read { ValueRef::Money(money) => Ok(money) });
field!(Currency, FieldType::Currency, "currency",
    put |out: &mut Vec<u8>, currency: Currency| codec::put_text(out, currency.code()),
    read { ValueRef::Text(code) => code.parse()
        .map_err(|_| FieldError::Type { found: code.to_owned(), expected: "currency" }) });
field!(RecordRef, FieldType::Record(None), "record", put codec::put_id, read { ValueRef::Id(record) => Ok(record) });

impl Field for String {
    const SHAPE: Shape = Shape::one(FieldType::Text);
    fn is_null(&self) -> bool {
        self.is_empty()
    }
    fn put(&self, out: &mut Vec<u8>) {
        codec::put_text(out, self);
    }
    fn read(value: ValueRef<'_>) -> Result<Self, FieldError> {
        match value {
            ValueRef::Text(text) => Ok(text.to_owned()),
            ValueRef::Null => Ok(String::new()),
            other => wrong(other, "text"),
        }
    }
}

impl<K: Kind> Field for Id<K> {
    const SHAPE: Shape = Shape::one(FieldType::Record(Some(K::NO)));
    fn put(&self, out: &mut Vec<u8>) {
        codec::put_id(out, self.record());
    }
    fn read(value: ValueRef<'_>) -> Result<Self, FieldError> {
        match value {
            ValueRef::Id(record) if record.kind == K::NO => Ok(Id::from_u128(record.bits)),
            other => wrong(other, K::NO.name()),
        }
    }
}

impl<T: Field> Field for Option<T> {
    const SHAPE: Shape = T::SHAPE.or_null();
    fn is_null(&self) -> bool {
        self.as_ref().is_none_or(T::is_null)
    }
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.put(out),
            None => codec::put_value(out, &Value::Null),
        }
    }
    fn read(value: ValueRef<'_>) -> Result<Self, FieldError> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<T: Field> Field for Vec<T> {
    const SHAPE: Shape = T::SHAPE.list();
    fn is_null(&self) -> bool {
        self.is_empty()
    }
    fn put(&self, out: &mut Vec<u8>) {
        codec::put_list(out, |out| self.iter().for_each(|item| item.put(out)));
    }
    fn read(value: ValueRef<'_>) -> Result<Self, FieldError> {
        match value {
            ValueRef::Null => Ok(Vec::new()),
            ValueRef::List(items) => items.map(T::read).collect(),
            other => wrong(other, "list"),
        }
    }
}

/// A choice enum as a field.
pub fn read_choice<C: Choice>(value: ValueRef<'_>, expected: &'static str) -> Result<C, FieldError> {
    match value {
        ValueRef::Text(code) => {
            C::from_name(code).ok_or_else(|| FieldError::Type { found: code.to_owned(), expected })
        }
        other => wrong(other, expected),
    }
}

/// Appends a choice's code.
pub fn put_choice<C: Choice>(out: &mut Vec<u8>, choice: C) {
    codec::put_text(out, choice.code());
}

/// Makes choice enums fields.
#[macro_export]
macro_rules! choice_fields {
    ($($choice:ty),* $(,)?) => {$(
        impl $crate::record::field::Field for $choice {
            const SHAPE: $crate::record::field::Shape = $crate::record::field::Shape {
                choices: <$choice as $crate::base::choice::Choice>::NAMES,
                ..$crate::record::field::Shape::one($crate::record::field::FieldType::Choice)
            };
            fn put(&self, out: &mut Vec<u8>) { $crate::record::field::put_choice(out, *self); }
            fn read(
                value: $crate::record::codec::ValueRef<'_>,
            ) -> Result<Self, $crate::record::field::FieldError> {
                $crate::record::field::read_choice(value, stringify!($choice))
            }
        }
    )*};
}
