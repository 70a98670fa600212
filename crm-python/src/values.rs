//! The values of one field as they are gathered, from stored bytes to a column.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, DurationMicrosecondBuilder, Int64Builder,
    LargeStringBuilder, StringDictionaryBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Field;
use chrono::Datelike;
use crm_core::base::Money;
use crm_core::record::codec::ValueRef;
use crm_core::record::error::Error;
use crm_core::record::field::FieldType;
use crm_core::record::schema::FieldDef;
use rust_decimal::Decimal;

use crate::failure::Result;

/// The decimals that amounts are told with, unless one needs more.
const DECIMALS: u32 = 4;

/// Arrow's columns by their names.
pub type Parts = Vec<(String, ArrayRef)>;

/// Values that are being gathered.
pub enum Values {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Decimal(Decimals),
    Text(LargeStringBuilder),
    Code(StringDictionaryBuilder<Int32Type>),
    Date(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
    Duration(DurationMicrosecondBuilder),
    /// Amounts beside their currencies.
    Money(Decimals, Box<Values>),
    Id(LargeStringBuilder),
    /// Lists: all their items, and how many each has.
    List(Box<Values>, Vec<usize>),
    /// Rows: their columns, and whether each is there.
    Row(Vec<(String, Values)>, Vec<bool>),
}

/// Decimal numbers of one scale, wide enough for all.
#[derive(Default)]
pub struct Decimals(Vec<Option<Decimal>>);

impl Values {
    /// For a field of a type, or several of it.
    pub fn new(ty: FieldType, many: bool, columns: &[FieldDef]) -> Self {
        match ty {
            _ if many => Values::List(Box::new(Values::within(ty, columns)), Vec::new()),
            FieldType::Choice | FieldType::Currency => Values::Code(StringDictionaryBuilder::new()),
            FieldType::Money => {
                Values::Money(Decimals::default(), Box::new(Values::new(FieldType::Currency, false, &[])))
            }
            ty => Values::within(ty, columns),
        }
    }

    /// For what stands in a list or row, where codes are plain texts.
    fn within(ty: FieldType, columns: &[FieldDef]) -> Self {
        match ty {
            FieldType::Bool => Values::Bool(BooleanBuilder::new()),
            FieldType::Int => Values::Int(Int64Builder::new()),
            FieldType::Decimal => Values::Decimal(Decimals::default()),
            FieldType::Date => Values::Date(Date32Builder::new()),
            FieldType::Instant => Values::Instant(TimestampMicrosecondBuilder::new()),
            FieldType::Duration => Values::Duration(DurationMicrosecondBuilder::new()),
            FieldType::Money => {
                Values::Money(Decimals::default(), Box::new(Values::Text(LargeStringBuilder::new())))
            }
            FieldType::Record(_) => Values::Id(LargeStringBuilder::new()),
            FieldType::Row if !columns.is_empty() => {
                let cell = |column: &FieldDef| {
                    let inner = Values::within(column.ty, &column.columns);
                    let inner = match column.many {
                        true => Values::List(Box::new(inner), Vec::new()),
                        false => inner,
                    };
                    (column.name.to_string(), inner)
                };
                Values::Row(columns.iter().map(cell).collect(), Vec::new())
            }
            FieldType::Text
            | FieldType::Phone
            | FieldType::Email
            | FieldType::Row
            | FieldType::Choice
            | FieldType::Currency => Values::Text(LargeStringBuilder::new()),
        }
    }

    /// Adds a value; one that isn't there, or of another type, is null.
    pub fn put(&mut self, value: ValueRef<'_>) {
        match (self, value) {
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
                currencies.put(ValueRef::Text(currency.code()));
            }
            (Values::Money(amounts, currencies), _) => {
                amounts.0.push(None);
                currencies.put(ValueRef::Null);
            }
            (Values::Id(to), ValueRef::Id(record)) => {
                let _ = write!(to, "{record}");
                to.append_value("");
            }
            (Values::Id(to), _) => to.append_null(),
            (Values::List(items, lengths), ValueRef::List(list)) => {
                let before = lengths.len();
                lengths.push(0);
                list.for_each(|item| {
                    items.put(item);
                    lengths.get_mut(before).into_iter().for_each(|length| *length += 1);
                });
            }
            // No list is an empty one.
            (Values::List(_, lengths), _) => lengths.push(0),
            (Values::Row(columns, there), value) => {
                let mut cells = if let ValueRef::List(cells) = value { Some(cells) } else { None };
                there.push(cells.is_some());
                for (_, column) in columns {
                    column.put(cells.as_mut().and_then(Iterator::next).unwrap_or(ValueRef::Null));
                }
            }
        }
    }

    /// The decimals that they need.
    pub fn scale(&self) -> u32 {
        match self {
            Values::Decimal(numbers) | Values::Money(numbers, _) => numbers.scale(),
            Values::List(items, _) => items.scale(),
            Values::Row(columns, _) => {
                columns.iter().map(|(_, values)| values.scale()).max().unwrap_or(DECIMALS)
            }
            _ => DECIMALS,
        }
    }

    /// The column by its name; an amount of money and its currency are two.
    pub fn finish(self, name: String, scale: u32) -> Result<Parts> {
        let values: ArrayRef = match self {
            Values::Bool(mut of) => Arc::new(of.finish()),
            Values::Int(mut of) => Arc::new(of.finish()),
            Values::Decimal(of) => of.finish(scale)?,
            Values::Text(mut of) | Values::Id(mut of) => Arc::new(of.finish()),
            Values::Code(mut of) => Arc::new(of.finish()),
            Values::Date(mut of) => Arc::new(of.finish()),
            Values::Instant(mut of) => Arc::new(of.finish().with_timezone("UTC")),
            Values::Duration(mut of) => Arc::new(of.finish()),
            Values::Money(amounts, currencies) => {
                let beside = currencies.finish(format!("{name}_currency"), scale)?;
                return Ok([(name, amounts.finish(scale)?)].into_iter().chain(beside).collect());
            }
            Values::List(items, lengths) => {
                let rows = lengths.iter().sum();
                let items = match <[(String, ArrayRef); 1]>::try_from(items.finish(name.clone(), scale)?) {
                    Ok([(_, items)]) => items,
                    Err(parts) => Arc::new(structs(parts, rows, None)?),
                };
                let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
                Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), items, None)?)
            }
            Values::Row(columns, there) => {
                let mut parts = Vec::with_capacity(columns.len());
                for (name, values) in columns {
                    parts.extend(values.finish(name.to_owned(), scale)?);
                }
                Arc::new(structs(parts, there.len(), Some(NullBuffer::from(there)))?)
            }
        };
        Ok(vec![(name, values)])
    }
}

fn structs(parts: Parts, rows: usize, there: Option<NullBuffer>) -> Result<StructArray> {
    let field = |(name, values): &(String, ArrayRef)| Field::new(name, values.data_type().clone(), true);
    let fields: Vec<Field> = parts.iter().map(field).collect();
    let parts = parts.into_iter().map(|(_, values)| values).collect();
    Ok(StructArray::try_new_with_length(fields.into(), parts, there, rows)?)
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
        Ok(Arc::new(finished))
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
