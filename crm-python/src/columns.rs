//! A list as columns: read from stored bytes through the actor's check, at the speed of columns.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;
use std::thread;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, DurationMicrosecondBuilder, Int64Builder,
    LargeStringBuilder, ListBuilder, StringDictionaryBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef};
use chrono::Datelike;
use crm_core::base::{Money, RecordRef};
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

/// How many records are made columns of at a time, each lot on a thread of its own while the next is read.
const LOT: usize = 1 << 13;

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
    let lots = lots(session, query, &fields)?;
    let scales: Vec<u32> = (0..fields.len())
        .map(|place| {
            lots.iter().filter_map(|lot| lot.columns.get(place)).map(Column::scale).max().unwrap_or(DECIMALS)
        })
        .collect();
    let mut tables = Vec::with_capacity(lots.len());
    for lot in lots {
        let mut built = Vec::with_capacity(fields.len());
        for (column, scale) in lot.columns.into_iter().zip(&scales) {
            built.push((column.field.no, column.finish(*scale)?));
        }
        let mut told: Vec<(&str, ArrayRef)> = vec![("id", lot.ids)];
        for no in &order {
            let parts = built.iter().find(|(known, _)| known == no).map_or(&[][..], |(_, parts)| parts);
            told.extend(parts.iter().map(|(name, values)| (name.as_str(), values.clone())));
        }
        tables.push(Table::nullable(told)?);
    }
    Table::below_each_other(tables)
}

/// Records as they are read: their ids and the bytes of their fields, one after the other.
#[derive(Default)]
struct Lot {
    records: Vec<RecordRef>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// A lot's ids and columns.
struct Built<'f> {
    ids: ArrayRef,
    columns: Vec<Column<'f>>,
}

/// Reads a list lot by lot; at least one, so that an empty list has columns.
fn lots<'f>(session: &Session<'_>, query: &Query, fields: &'f [FieldDef]) -> Result<Vec<Built<'f>>> {
    let most = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let (mut done, mut running) = (Vec::new(), VecDeque::new());
        let mut lot = Lot::default();
        session.each(query, &mut |record, view| {
            lot.records.push(record);
            lot.bytes.extend_from_slice(view.field_bytes());
            lot.ends.push(lot.bytes.len());
            if lot.records.len() == LOT {
                let full = std::mem::take(&mut lot);
                running.push_back(scope.spawn(move || full.build(fields)));
                if running.len() > most {
                    done.extend(running.pop_front().map(joined).transpose()?);
                }
            }
            Ok(())
        })?;
        for running in running {
            done.push(joined(running)?);
        }
        if !lot.records.is_empty() || done.is_empty() {
            done.push(lot.build(fields)?);
        }
        Ok(done)
    })
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl Lot {
    fn build(self, fields: &[FieldDef]) -> Result<Built<'_>, Error> {
        let mut ids = LargeStringBuilder::with_capacity(self.records.len(), self.records.len() * 38);
        let mut columns: Vec<Column<'_>> = fields.iter().map(Column::new).collect();
        let mut start = 0;
        for (record, end) in self.records.iter().zip(self.ends) {
            let _ = write!(ids, "{record}");
            ids.append_value("");
            row(&mut columns, View::of_fields(self.bytes.get(start..end).unwrap_or_default()))?;
            start = end;
        }
        Ok(Built { ids: Arc::new(ids.finish()), columns })
    }
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
fn row(columns: &mut [Column<'_>], view: View<'_>) -> Result<(), Error> {
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
struct Column<'f> {
    field: &'f FieldDef,
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

impl<'f> Column<'f> {
    fn new(field: &'f FieldDef) -> Self {
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

    /// The decimals that the column needs.
    fn scale(&self) -> u32 {
        match &self.values {
            Values::Decimal(numbers) | Values::Money(numbers, _) => numbers.scale(),
            _ => DECIMALS,
        }
    }

    /// The column by its name; an amount of money and its currency are two.
    fn finish(self, scale: u32) -> Result<Vec<(String, ArrayRef)>> {
        let name = self.field.name.to_string();
        Ok(match self.values {
            Values::Bool(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Int(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Decimal(of) => vec![(name, of.finish(scale)?)],
            Values::Text(mut of) | Values::Id(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Code(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Date(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Instant(mut of) => vec![(name, Arc::new(of.finish().with_timezone("UTC")))],
            Values::Duration(mut of) => vec![(name, Arc::new(of.finish()))],
            Values::Money(amounts, mut currencies) => {
                let beside = format!("{name}_currency");
                vec![(name, amounts.finish(scale)?), (beside, Arc::new(currencies.finish()))]
            }
            Values::Texts(mut of) => vec![(name, Arc::new(of.finish()))],
        })
    }
}

impl Decimals {
    /// The decimals that these numbers need.
    fn scale(&self) -> u32 {
        let needed = self.0.iter().flatten().map(|number| match number.scale() {
            scale if scale <= DECIMALS => DECIMALS,
            _ => number.normalize().scale(),
        });
        needed.max().unwrap_or(DECIMALS).max(DECIMALS)
    }

    fn finish(self, scale: u32) -> Result<ArrayRef> {
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
