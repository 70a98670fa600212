//! The one dynamic value: what custom fields, filters, rules, diffs, import and export speak.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Instant, Money, RecordRef, Span};

/// One value of a field.
///
/// As data it carries its type, `{"date": "2026-03-01"}`. Plain JSON is read too: `null`, `true`, `12`,
/// `1.5` (a decimal), `"text"`, `[…]`; what a field makes of a text is up to its own type.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// Text; a choice is the text of its code.
    Text(String),
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
    /// Several values; a row of a sub-table is a list in the order of its columns.
    List(Vec<Value>),
}

impl Value {
    /// Whether there is no value: null, empty text or an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// The name of the value's type, for messages.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "integer",
            Value::Decimal(_) => "decimal",
            Value::Text(_) => "text",
            Value::Date(_) => "date",
            Value::Instant(_) => "instant",
            Value::Duration(_) => "duration",
            Value::Money(_) => "money",
            Value::Id(_) => "id",
            Value::List(_) => "list",
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The variants that carry their type.
#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Typed {
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(String),
    Date(NaiveDate),
    Instant(Instant),
    Duration(Span),
    Money(Money),
    Id(RecordRef),
    List(Vec<Value>),
}

impl<'de> serde::Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainOrTyped)
    }
}

struct PlainOrTyped;

impl<'de> serde::de::Visitor<'de> for PlainOrTyped {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, plain or with its type")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Int).map_err(|_| E::custom(format!("`{number}` is too large")))
    }
    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        Decimal::try_from(number)
            .map(Value::Decimal)
            .map_err(|_| E::custom(format!("`{number}` is too large")))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        // The unit variant stands as its name.
        Ok(if text == "null" { Value::Null } else { Value::Text(text.to_owned()) })
    }
    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }
    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        use serde::Deserialize;
        Ok(match Typed::deserialize(serde::de::value::MapAccessDeserializer::new(map))? {
            Typed::Bool(yes) => Value::Bool(yes),
            Typed::Int(number) => Value::Int(number),
            Typed::Decimal(number) => Value::Decimal(number),
            Typed::Text(text) => Value::Text(text),
            Typed::Date(date) => Value::Date(date),
            Typed::Instant(at) => Value::Instant(at),
            Typed::Duration(span) => Value::Duration(span),
            Typed::Money(money) => Value::Money(money),
            Typed::Id(record) => Value::Id(record),
            Typed::List(items) => Value::List(items),
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Bool(yes) => write!(f, "{yes}"),
            Value::Int(number) => write!(f, "{number}"),
            Value::Decimal(number) => write!(f, "{number}"),
            Value::Text(text) => f.write_str(text),
            Value::Date(date) => write!(f, "{date}"),
            Value::Instant(at) => write!(f, "{at}"),
            Value::Duration(span) => write!(f, "{span}"),
            Value::Money(money) => write!(f, "{money}"),
            Value::Id(record) => write!(f, "{record}"),
            Value::List(items) => {
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        f.write_str("; ")?;
                    }
                    write!(f, "{item}")?;
                }
                Ok(())
            }
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),* $(,)?) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self { Value::$variant(value.into()) }
        })*
    };
}
from! {
    bool => Bool, i32 => Int, i64 => Int, u32 => Int, Decimal => Decimal, String => Text, &str => Text,
    NaiveDate => Date, Instant => Instant, Span => Duration, Money => Money, RecordRef => Id,
}
impl<K: super::Kind> From<super::Id<K>> for Value {
    fn from(id: super::Id<K>) -> Self {
        Value::Id(id.record())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_data_carry_their_type_and_plain_ones_are_read() {
        for (json, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("12", Value::Int(12)),
            ("1.5", Value::Decimal(Decimal::new(15, 1))),
            ("\"甲\"", "甲".into()),
            (
                "{\"date\":\"2026-03-01\"}",
                NaiveDate::from_ymd_opt(2026, 3, 1).map_or(Value::Null, Value::Date),
            ),
            ("[{\"int\":1},\"a\"]", Value::List(vec![1.into(), "a".into()])),
        ] {
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value, "{json}");
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value, "{text}");
        }
        assert_eq!(serde_json::to_string(&Value::Text("null".into())).unwrap(), "{\"text\":\"null\"}");
    }
}
