//! A list as columns: read from stored bytes through the actor's check, at the speed of columns.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, DurationMicrosecondBuilder, Int64Builder,
    LargeStringBuilder, ListBuilder, StringDictionaryBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef};
use chrono::Datelike;
use crm_core::base::Money;
use crm_core::engine::Session;
use crm_core::record::codec::{ValueRef, View};
use crm_core::record::desk::Query;
use crm_core::record::error::Error;
use crm_core::record::field::FieldType;
use crm_core::record::schema::FieldDef;
use rust_decimal::Decimal;

use crate::failure::Result;
use crate::table::Table;

/// The decimals that amounts are told with, unless one needs more.
const DECIMALS: u32 = 4;

/// Reads a list into a table: its id, then the fields asked for, or all.
pub fn read(session: &Session<'_>, query: &Query, asked: Option<&[String]>) -> Result<Table> {
    let known = session.fields(query.kind)?;
    let mut fields = match asked {
        None => known,
        Some(names) => names.iter().map(|name| named(&known, name)).collect::<Result<_>>()?,
    };
    // The walk meets fields in the order of their numbers; the caller gets them in his.
    let order: Vec<u16> = fields.iter().map(|field| field.no).collect();
    fields.sort_by_key(|field| field.no);
    fields.dedup_by_key(|field| field.no);
    let mut ids = LargeStringBuilder::new();
    let mut columns: Vec<Column> = fields.into_iter().map(Column::new).collect();
    session.each(query, &mut |record, view| {
        let _ = write!(ids, "{record}");
        ids.append_value("");
        row(&mut columns, view)
    })?;
    let mut built: Vec<(u16, Vec<(String, ArrayRef)>)> = Vec::with_capacity(columns.len());
    for column in columns {
        built.push((column.field.no, column.finish()?));
    }
    let mut told: Vec<(&str, ArrayRef)> = vec![("id", Arc::new(ids.finish()))];
    for no in order {
        let parts = built.iter().find(|(known, _)| *known == no).map_or(&[][..], |(_, parts)| parts);
        told.extend(parts.iter().map(|(name, values)| (name.as_str(), values.clone())));
    }
    Table::new(told)
}

fn named(known: &[FieldDef], name: &str) -> Result<FieldDef> {
    let found = known.iter().find(|field| field.name == name || field.zh == name || field.en == name);
    match found {
        Some(field) => Ok(field.clone()),
        None => {
            let message = format!("there is no field `{name}`");
            Err(Error::invalid(name, "filter.invalid", message).into())
        }
    }
}

/// One record's values, each into its column.
fn row(columns: &mut [Column], view: View<'_>) -> Result<(), Error> {
    let mut walk = view.fields();
    let mut next = walk.step()?;
    for column in columns {
        while next.is_some_and(|(no, _)| no < column.field.no) {
            next = walk.step()?;
        }
        match next {
            Some((no, raw)) if no == column.field.no => column.put(raw.value()?),
            _ => column.put(ValueRef::Null),
        }
    }
    Ok(())
}

/// A column that is being filled.
struct Column {
    field: FieldDef,
    values: Values,
}

enum Values {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Decimal(Decimals),
    Text(LargeStringBuilder),
    Code(StringDictionaryBuilder<Int32Type>),
    Date(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
    Duration(DurationMicrosecondBuilder),
    Money(Decimals, StringDictionaryBuilder<Int32Type>),
    Id(LargeStringBuilder),
    Texts(ListBuilder<LargeStringBuilder>),
}

/// Decimal numbers of one scale, wide enough for all.
#[derive(Default)]
struct Decimals(Vec<Option<Decimal>>);

impl Column {
    fn new(field: FieldDef) -> Self {
        let values = match field.ty {
            _ if field.many => Values::Texts(ListBuilder::new(LargeStringBuilder::new())),
            FieldType::Bool => Values::Bool(BooleanBuilder::new()),
            FieldType::Int => Values::Int(Int64Builder::new()),
            FieldType::Decimal => Values::Decimal(Decimals::default()),
            FieldType::Text | FieldType::Phone | FieldType::Email | FieldType::Row => {
                Values::Text(LargeStringBuilder::new())
            }
            FieldType::Choice | FieldType::Currency => Values::Code(StringDictionaryBuilder::new()),
            FieldType::Date => Values::Date(Date32Builder::new()),
            FieldType::Instant => Values::Instant(TimestampMicrosecondBuilder::new()),
            FieldType::Duration => Values::Duration(DurationMicrosecondBuilder::new()),
            FieldType::Money => Values::Money(Decimals::default(), StringDictionaryBuilder::new()),
            FieldType::Record(_) => Values::Id(LargeStringBuilder::new()),
        };
        Column { field, values }
    }

    fn put(&mut self, value: ValueRef<'_>) {
        match (&mut self.values, value) {
            (Values::Bool(to), ValueRef::Bool(yes)) => to.append_value(yes),
            (Values::Bool(to), _) => to.append_null(),
            (Values::Int(to), ValueRef::Int(number)) => to.append_value(number),
            (Values::Int(to), _) => to.append_null(),
            (Values::Decimal(to), ValueRef::Decimal(number)) => to.0.push(Some(number)),
            (Values::Decimal(to), ValueRef::Int(number)) => to.0.push(Some(number.into())),
            (Values::Decimal(to), _) => to.0.push(None),
            (Values::Text(to), ValueRef::Text(text)) => to.append_value(text),
            (Values::Text(to), ValueRef::Null) => to.append_null(),
            (Values::Text(to), row) => to.append_value(written(row)),
            (Values::Code(to), ValueRef::Text(code)) => to.append_value(code),
            (Values::Code(to), _) => to.append_null(),
            (Values::Date(to), ValueRef::Date(date)) => to.append_value(date.num_days_from_ce() - 719_163),
            (Values::Date(to), _) => to.append_null(),
            (Values::Instant(to), ValueRef::Instant(at)) => to.append_value(at.micros()),
            (Values::Instant(to), _) => to.append_null(),
            (Values::Duration(to), ValueRef::Duration(span)) => to.append_value(span.micros()),
            (Values::Duration(to), _) => to.append_null(),
            (Values::Money(amounts, currencies), ValueRef::Money(Money { currency, amount })) => {
                amounts.0.push(Some(amount));
                currencies.append_value(currency.code());
            }
            (Values::Money(amounts, currencies), _) => {
                amounts.0.push(None);
                currencies.append_null();
            }
            (Values::Id(to), ValueRef::Id(record)) => {
                let _ = write!(to, "{record}");
                to.append_value("");
            }
            (Values::Id(to), _) => to.append_null(),
            (Values::Texts(to), ValueRef::List(items)) => {
                items.for_each(|item| to.values().append_value(written(item)));
                to.append(true);
            }
            (Values::Texts(to), _) => to.append(true),
        }
    }

    /// The column by its name; an amount of money and its currency are two.
    fn finish(self) -> Result<Vec<(String, ArrayRef)>> {
        let name = self.field.name.to_string();
        Ok(match self.values {
            Values::Bool(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Int(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Decimal(of) => vec![(name, of.finish()?)],
            Values::Text(mut of) | Values::Id(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Code(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Date(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Instant(mut of) => vec![(name, Arc::new(of.finish().with_timezone("UTC")))],
            Values::Duration(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Money(amounts, mut currencies) => {
                let beside = format!("{name}_currency");
                vec![(name, amounts.finish()?), (beside, Arc::new(currencies.finish()))]
            }
            Values::Texts(mut of) => vec![(name, Arc::new(of.finish()))],
        })
    }
}

impl Decimals {
    fn finish(self) -> Result<ArrayRef> {
        let needed = self.0.iter().flatten().map(|number| match number.scale() {
            scale if scale <= DECIMALS => DECIMALS,
            _ => number.normalize().scale(),
        });
        let scale = needed.max().unwrap_or(DECIMALS).max(DECIMALS);
        let mut to = Decimal128Builder::with_capacity(self.0.len());
        for number in &self.0 {
            let unscaled = number.map(|number| {
                let number = if number.scale() > scale { number.normalize() } else { number };
                number.mantissa().checked_mul(10i128.checked_pow(scale - number.scale())?)
            });
            match unscaled {
                Some(None) => return Err(Error::Corrupt("an amount is too large for a column".into()).into()),
                Some(unscaled) => to.append_option(unscaled),
                None => to.append_null(),
            }
        }
        let scale = i8::try_from(scale).unwrap_or(0);
        let finished = to.finish().with_precision_and_scale(38, scale)?;
        Ok(Arc::new(finished) as Arc<dyn Array>)
    }
}

/// A value as text: of a number or address as entered and its normal form the latter, where it has one.
fn written(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::List(items) => {
            let cells: Vec<String> = items.map(written).collect();
            match cells.as_slice() {
                [entered, normal] if normal.is_empty() => entered.clone(),
                [_, normal] if normal.starts_with('+') || normal.contains('@') => normal.clone(),
                cells => cells.join("; "),
            }
        }
        value => value.to_value().to_string(),
    }
}
