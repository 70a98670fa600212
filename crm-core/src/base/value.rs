//! The one dynamic value: what custom fields, filters, rules, diffs, import and export speak.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Instant, Money, RecordRef, Span};

/// One value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
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
