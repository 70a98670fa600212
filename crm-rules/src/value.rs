//! What a script holds in its hands: the engine's values as Rhai's, and back.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::NaiveDate;
use crm_core::base::{Currency, Instant, Money, RecordRef, Span, Value};
use crm_core::record::codec::ValueRef;
use crm_core::record::field::FieldType;
use crm_core::record::schema::FieldDef;
use rhai::{Array, Dynamic, Map};
use rust_decimal::Decimal;

/// A day or a point in time. One type, so that the two compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    Day(NaiveDate),
    At(Instant),
}

/// An amount of money; a number that money is compared with has no currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Amount {
    pub currency: Option<Currency>,
    pub amount: Decimal,
}

/// A record; its fields are read when they are asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Held {
    pub record: RecordRef,
    /// Which of the records that the question is about, if it is one.
    pub root: Option<usize>,
}

impl Amount {
    /// The order of two amounts; none when their currencies differ.
    pub fn order(&self, other: &Amount) -> Option<Ordering> {
        let comparable =
            self.currency.is_none() || other.currency.is_none() || self.currency == other.currency;
        comparable.then(|| self.amount.cmp(&other.amount))
    }
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Amount { currency: Some(money.currency), amount: money.amount }
    }
}

/// The type of a stored value, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Form {
    pub ty: FieldType,
    many: bool,
    columns: Arc<[FieldDef]>,
}

impl From<&FieldDef> for Form {
    fn from(field: &FieldDef) -> Self {
        Form { ty: field.ty, many: field.many, columns: field.columns.clone() }
    }
}

impl Form {
    /// What stands for no value: empty text and lists are themselves, else it is `()`.
    pub fn empty(&self) -> Dynamic {
        if self.many { Array::new().into() } else { empty(self.ty) }
    }

    /// A stored value as a script sees it.
    pub fn dynamic(&self, value: ValueRef<'_>) -> Dynamic {
        dynamic(self.ty, self.many, &self.columns, value)
    }
}

fn empty(ty: FieldType) -> Dynamic {
    match ty {
        FieldType::Text | FieldType::Choice | FieldType::Currency | FieldType::Phone | FieldType::Email => {
            Dynamic::from(rhai::ImmutableString::new())
        }
        _ => Dynamic::UNIT,
    }
}

fn dynamic(ty: FieldType, many: bool, columns: &[FieldDef], value: ValueRef<'_>) -> Dynamic {
    match value {
        ValueRef::Null if many => Array::new().into(),
        ValueRef::List(items) if many => {
            items.map(|item| dynamic(ty, false, columns, item)).collect::<Array>().into()
        }
        // Of a number or address a script sees what was entered.
        ValueRef::List(mut cells) if matches!(ty, FieldType::Phone | FieldType::Email) => {
            cells.next().map_or_else(|| empty(ty), |entered| plain(FieldType::Text, entered))
        }
        ValueRef::List(mut cells) => {
            let cell = |column: &FieldDef| {
                let value = cells.next().unwrap_or(ValueRef::Null);
                (column.name.as_ref().into(), dynamic(column.ty, column.many, &column.columns, value))
            };
            columns.iter().map(cell).collect::<Map>().into()
        }
        value => plain(ty, value),
    }
}

/// A stored value that is no list.
pub(crate) fn plain(ty: FieldType, value: ValueRef<'_>) -> Dynamic {
    match value {
        ValueRef::Null | ValueRef::List(_) => empty(ty),
        ValueRef::Bool(yes) => yes.into(),
        ValueRef::Int(number) if ty == FieldType::Decimal => Decimal::from(number).into(),
        ValueRef::Int(number) => number.into(),
        ValueRef::Decimal(number) => number.into(),
        ValueRef::Text(text) => text.into(),
        ValueRef::Date(day) => Dynamic::from(When::Day(day)),
        ValueRef::Instant(at) => Dynamic::from(When::At(at)),
        ValueRef::Duration(span) => Dynamic::from(span),
        ValueRef::Money(money) => Dynamic::from(Amount::from(money)),
        ValueRef::Id(record) => Dynamic::from(Held { record, root: None }),
    }
}

/// A script's value as one of the engine's, where there is one.
pub(crate) fn to_value(value: &Dynamic) -> Option<Value> {
    if value.is_unit() {
        return Some(Value::Null);
    }
    if let Ok(number) = value.as_int() {
        return Some(Value::Int(number));
    }
    if let Ok(yes) = value.as_bool() {
        return Some(Value::Bool(yes));
    }
    if let Some(number) = value.read_lock::<Decimal>() {
        return Some(Value::Decimal(*number));
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Some(Value::Text(text.to_string()));
    }
    if let Some(when) = value.read_lock::<When>() {
        return Some(match *when {
            When::Day(day) => Value::Date(day),
            When::At(at) => Value::Instant(at),
        });
    }
    if let Some(span) = value.read_lock::<Span>() {
        return Some(Value::Duration(*span));
    }
    if let Some(amount) = value.read_lock::<Amount>() {
        return Some(match amount.currency {
            Some(currency) => Money::new(amount.amount, currency).into(),
            None => Value::Decimal(amount.amount),
        });
    }
    if let Some(held) = value.read_lock::<Held>() {
        return Some(Value::Id(held.record));
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(to_value).collect::<Option<Vec<_>>>().map(Value::List);
    }
    None
}

/// A script's value as JSON, as commands take it; none for what has no place in one.
pub(crate) fn to_json(value: &Dynamic) -> Option<serde_json::Value> {
    if let Some(map) = value.read_lock::<Map>() {
        let fields = map.iter().map(|(key, value)| Some((key.to_string(), to_json(value)?)));
        return fields.collect::<Option<serde_json::Map<_, _>>>().map(serde_json::Value::Object);
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(to_json).collect::<Option<Vec<_>>>().map(serde_json::Value::Array);
    }
    match to_value(value)? {
        Value::Null => Some(serde_json::Value::Null),
        Value::Bool(yes) => Some(yes.into()),
        Value::Int(number) => Some(number.into()),
        Value::Decimal(number) => serde_json::to_value(number).ok(),
        Value::Text(text) => Some(text.into()),
        Value::Date(day) => serde_json::to_value(day).ok(),
        Value::Instant(at) => serde_json::to_value(at).ok(),
        Value::Duration(span) => serde_json::to_value(span).ok(),
        Value::Money(money) => serde_json::to_value(money).ok(),
        Value::Id(record) => serde_json::to_value(record).ok(),
        Value::List(_) => None,
    }
}

/// A script's value as a person reads it.
pub(crate) fn to_text(value: &Dynamic) -> String {
    to_value(value).map_or_else(|| value.type_name().to_owned(), |value| value.to_string())
}
