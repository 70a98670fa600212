//! What a model learns from: fields of a record and of records that it refers to, as columns.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;

use crate::base::settings::Settings;
use crate::base::{Instant, KindNo, RecordRef, Value, calendar};
use crate::insight::learn::{Column, Shape, Table, Term, categories};
use crate::record::codec::{ValueRef, View};
use crate::record::error::{Error, Result};
use crate::record::field::FieldType;
use crate::record::schema::{FieldDef, Schema};
use crate::record::spec::CREATED_AT;

/// The value of one feature of one record.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Nothing is known, or nothing that the actor may see.
    Missing,
    /// One of several.
    Category(String),
    /// A number: amounts in the base currency, dates in days after the record's creation, lists by their length.
    Number(f64),
}

/// A feature, bound to the fields of a kind.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) name: String,
    /// The field that leads to another record, where the feature is one of that.
    hop: Option<u16>,
    field: u16,
    number: bool,
    many: bool,
}

/// Binds features by name: a field's, or a reference's and a field's beyond it (`customer.industry`). `may` says
/// whether the actor sees a field whole; one that he doesn't is unknown to him.
///
/// # Errors
/// Invalid with `model.feature` naming the first that isn't there for him.
pub(crate) fn features_of(
    schema: &Schema,
    kind: KindNo,
    names: &[String],
    may: &dyn Fn(KindNo, u16) -> bool,
) -> Result<Vec<Reader>> {
    let field = |kind: KindNo, name: &str| {
        let field = schema.kind(kind)?.named(name)?;
        may(kind, field.no).then_some(field)
    };
    let bind = |name: &String| {
        let bound = match name.split_once('.') {
            None => field(kind, name).map(|field| (None, field)),
            Some((hop, name)) => field(kind, hop).and_then(|hop| match hop.ty {
                FieldType::Record(Some(beyond)) if !hop.many => Some((Some(hop.no), field(beyond, name)?)),
                _ => None,
            }),
        };
        let (hop, field) = bound.ok_or_else(|| {
            Error::invalid("features", "model.feature", format!("`{name}` is no field to learn from"))
        })?;
        Ok(Reader { name: name.clone(), hop, field: field.no, number: is_number(field), many: field.many })
    };
    names.iter().map(bind).collect()
}

fn is_number(field: &FieldDef) -> bool {
    let counted = matches!(
        field.ty,
        FieldType::Int
            | FieldType::Decimal
            | FieldType::Money
            | FieldType::Duration
            | FieldType::Date
            | FieldType::Instant
    );
    counted || field.many
}

/// The features of a record. `fetch` gives the records that it refers to, as the actor is shown them.
///
/// # Errors
/// When an image is damaged, or `fetch` fails.
pub(crate) fn values_of(
    readers: &[Reader],
    view: View<'_>,
    settings: &Settings,
    fetch: &mut dyn FnMut(RecordRef) -> Result<Option<Vec<u8>>>,
) -> Result<Vec<Feature>> {
    let created = if let ValueRef::Instant(at) = view.get(CREATED_AT)? { Some(at) } else { None };
    let mut beyond: BTreeMap<RecordRef, Option<Vec<u8>>> = BTreeMap::new();
    let mut row = Vec::with_capacity(readers.len());
    for reader in readers {
        let value = match reader.hop {
            None => view.get(reader.field)?.to_value(),
            Some(hop) => match view.get(hop)? {
                ValueRef::Id(record) => {
                    if let std::collections::btree_map::Entry::Vacant(entry) = beyond.entry(record) {
                        entry.insert(fetch(record)?);
                    }
                    match beyond.get(&record).and_then(Option::as_ref) {
                        Some(image) => View::new(image)?.get(reader.field)?.to_value(),
                        None => Value::Null,
                    }
                }
                _ => Value::Null,
            },
        };
        row.push(reader.feature(&value, settings, created));
    }
    Ok(row)
}

impl Reader {
    fn feature(&self, value: &Value, settings: &Settings, created: Option<Instant>) -> Feature {
        if self.many {
            let items = if let Value::List(items) = value { items.len() } else { 0 };
            return Feature::Number(items as f64);
        }
        let day = |at: Instant| calendar::local_date(at, settings.zone);
        let after = |on: NaiveDate| created.map(|created| (on - day(created)).num_days() as f64);
        let number = match value {
            Value::Int(number) => Some(*number as f64),
            Value::Decimal(number) => number.to_f64(),
            Value::Duration(span) => Some(span.days()),
            Value::Date(on) => after(*on),
            Value::Instant(at) => created.map(|created| (*at - created).days()),
            Value::Money(money) => {
                let on = created.map(day).unwrap_or_default();
                settings.in_base(*money, on).ok().flatten().and_then(|money| money.amount.to_f64())
            }
            _ => None,
        };
        match number.filter(|number| self.number && number.is_finite()) {
            Some(number) => Feature::Number(number),
            None if self.number || value.is_empty() => Feature::Missing,
            None => Feature::Category(value.to_string().trim().to_owned()),
        }
    }
}

/// Features in columns of their own.
pub(crate) struct Facts {
    columns: Vec<(String, Owned)>,
}

enum Owned {
    Number(Vec<f64>),
    Category(Vec<i32>, Vec<String>),
}

impl Facts {
    /// Columns of rows to learn from.
    pub(crate) fn of(readers: &[Reader], rows: &[Vec<Feature>]) -> Facts {
        let column = |(place, reader): (usize, &Reader)| {
            (reader.name.clone(), Owned::of(reader.number, rows, Some(place)))
        };
        Facts { columns: readers.iter().enumerate().map(column).collect() }
    }

    /// The columns that a model's terms ask for, of rows to be scored; what the readers don't know is missing.
    pub(crate) fn for_terms(terms: &[Term], readers: &[Reader], rows: &[Vec<Feature>]) -> Facts {
        let column = |term: &Term| {
            let place = readers.iter().position(|reader| reader.name == term.column);
            (term.column.clone(), Owned::of(!matches!(term.shape, Shape::Levels(_)), rows, place))
        };
        Facts { columns: terms.iter().map(column).collect() }
    }

    /// The columns, borrowed.
    pub(crate) fn table(&self) -> Result<Table<'_>> {
        let columns = self.columns.iter().map(|(name, owned)| match owned {
            Owned::Number(values) => Column::number(name, values),
            Owned::Category(codes, levels) => Column::category(name, codes, levels),
        });
        Table::new(columns.collect())
    }
}

impl Owned {
    fn of(number: bool, rows: &[Vec<Feature>], place: Option<usize>) -> Owned {
        let cell = |row: &Vec<Feature>| place.and_then(|place| row.get(place)).cloned();
        if number {
            let value = |row| if let Some(Feature::Number(value)) = cell(row) { value } else { f64::NAN };
            return Owned::Number(rows.iter().map(value).collect());
        }
        let level = |row| if let Some(Feature::Category(level)) = cell(row) { Some(level) } else { None };
        let found: Vec<Option<String>> = rows.iter().map(level).collect();
        let (codes, levels) = categories(found.iter().map(Option::as_deref));
        Owned::Category(codes, levels)
    }
}
