//! A list as columns: read from stored bytes through the actor's check, at the speed of columns.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;
use std::thread;

use arrow_array::ArrayRef;
use arrow_array::builder::LargeStringBuilder;
use crm_core::base::RecordRef;
use crm_core::engine::Session;
use crm_core::record::codec::{ValueRef, View};
use crm_core::record::desk::Query;
use crm_core::record::error::Error;
use crm_core::record::schema::FieldDef;

use crate::failure::Result;
use crate::table::Table;
use crate::values::Values;

/// How many records are made columns of at a time, each lot on a thread of its own while the next is read.
const LOT: usize = 1 << 13;

/// Reads a list, or its first records, into a table: the id, then the fields asked for, or all.
pub fn read(
    session: &Session<'_>,
    query: &Query,
    most: Option<usize>,
    asked: Option<&[String]>,
) -> Result<Table> {
    let known = session.fields(query.kind)?;
    let mut fields = match asked {
        None => known,
        Some(names) => names.iter().map(|name| named(&known, name)).collect::<Result<_>>()?,
    };
    // The walk meets fields in the order of their numbers; the caller gets them in his.
    let order: Vec<u16> = fields.iter().map(|field| field.no).collect();
    fields.sort_by_key(|field| field.no);
    fields.dedup_by_key(|field| field.no);
    let lots = lots(session, query, most, &fields)?;
    let scales: Vec<u32> = (0..fields.len())
        .map(|place| {
            lots.iter()
                .filter_map(|lot| lot.columns.get(place))
                .map(|column| column.values.scale())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut tables = Vec::with_capacity(lots.len());
    for lot in lots {
        let mut built = Vec::with_capacity(fields.len());
        for (column, scale) in lot.columns.into_iter().zip(&scales) {
            let name = column.field.name.to_string();
            built.push((column.field.no, column.values.finish(name, *scale)?));
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
fn lots<'f>(
    session: &Session<'_>,
    query: &Query,
    most: Option<usize>,
    fields: &'f [FieldDef],
) -> Result<Vec<Built<'f>>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let (mut done, mut running) = (Vec::new(), VecDeque::new());
        let mut lot = Lot::default();
        let mut see = |record: RecordRef, view: View<'_>| {
            lot.records.push(record);
            lot.bytes.extend_from_slice(view.field_bytes());
            lot.ends.push(lot.bytes.len());
            if lot.records.len() == LOT {
                let full = std::mem::take(&mut lot);
                running.push_back(scope.spawn(move || full.build(fields)));
                if running.len() > cores {
                    done.extend(running.pop_front().map(joined).transpose()?);
                }
            }
            Ok(())
        };
        match most {
            // In whatever order is quickest.
            None if query.sort.is_empty() => session.each(query, &mut see)?,
            most => session.in_order(query, most, &mut see)?,
        }
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
            Some((no, raw)) if no == column.field.no => column.values.put(raw.value()?),
            _ => column.values.put(ValueRef::Null),
        }
    }
    Ok(())
}

/// A column that is being filled.
struct Column<'f> {
    field: &'f FieldDef,
    values: Values,
}

impl<'f> Column<'f> {
    fn new(field: &'f FieldDef) -> Self {
        Column { field, values: Values::new(field.ty, field.many, &field.columns) }
    }
}
