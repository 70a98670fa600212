//! Columns from and to Python lists, for callers without any library of frames.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, DurationMicrosecondType, Float64Type, Int64Type, TimestampMicrosecondType,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DurationMicrosecondArray, Float64Array,
    Int64Array, LargeListArray, LargeStringArray, StructArray, TimestampMicrosecondArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, TimeUnit};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDate, PyDateTime, PyDelta, PyDict, PyFloat, PyInt, PyList, PyString};
use rust_decimal::Decimal;

use crate::capsule;
use crate::failure::{Failure, Result, detached};
use crate::frame::{Column, Frame, cast};
use crate::table::{Table, same_length};

/// A table of columns given as lists: numbers, texts, dates, truth values, decimals; `None` is null.
#[pyfunction]
#[pyo3(signature = (columns: "list[tuple[str, list[object]]]"))]
pub fn table_of(columns: Vec<(String, Bound<'_, PyList>)>) -> Result<Table, PyErr> {
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    let mut built = Vec::with_capacity(columns.len());
    for (name, values) in &columns {
        same_length(name, values.len(), rows)?;
        built.push((name.as_str(), column(name, values)?));
    }
    Ok(Table::new(built)?)
}

fn column(name: &str, values: &Bound<'_, PyList>) -> Result<ArrayRef> {
    let Some(first) = values.iter().find(|value| !value.is_none()) else {
        return Ok(arrow_array::new_null_array(&DataType::Null, values.len()));
    };
    let all = || values.iter().enumerate();
    let odd = |row: usize, value: &Bound<'_, PyAny>| {
        let found = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        let message = format!("column `{name}`, row {row}: a `{found}` among values of another type");
        Failure::column(name, Some(row), "column.type", message)
    };
    macro_rules! each {
        ($type:ty) => {
            all()
                .map(|(row, value)| match value.is_none() {
                    true => Ok(None),
                    false => value.extract::<$type>().map(Some).map_err(|_| odd(row, &value)),
                })
                .collect::<Result<Vec<Option<$type>>>>()?
        };
    }
    Ok(if first.is_instance_of::<PyBool>() {
        Arc::new(BooleanArray::from(each!(bool)))
    } else if first.is_instance_of::<PyInt>() || first.is_instance_of::<PyFloat>() {
        if values.iter().any(|value| value.is_instance_of::<PyFloat>()) {
            Arc::new(Float64Array::from(each!(f64)))
        } else {
            Arc::new(Int64Array::from(each!(i64)))
        }
    } else if first.is_instance_of::<PyString>() {
        Arc::new(LargeStringArray::from(each!(String)))
    } else if first.is_instance_of::<PyDateTime>() {
        if let Ok(Some(_)) = first.extract::<DateTime<Utc>>().map(Some) {
            let at = each!(DateTime<Utc>).into_iter().map(|at| at.map(|at| at.timestamp_micros()));
            Arc::new(at.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        } else {
            let at = each!(NaiveDateTime).into_iter().map(|at| at.map(|at| at.and_utc().timestamp_micros()));
            Arc::new(at.collect::<TimestampMicrosecondArray>())
        }
    } else if first.is_instance_of::<PyDate>() {
        let days = each!(NaiveDate).into_iter().map(|day| day.map(|day| day.num_days_from_ce() - 719_163));
        Arc::new(days.collect::<Date32Array>())
    } else if first.is_instance_of::<PyDelta>() {
        let spans = each!(TimeDelta).into_iter().map(|span| span?.num_microseconds());
        Arc::new(spans.collect::<DurationMicrosecondArray>())
    } else if first.is_instance_of::<PyDict>() {
        rows(name, &each!(Bound<'_, PyDict>), values.py())?
    } else if first.is_instance_of::<PyList>() {
        lists(name, &each!(Bound<'_, PyList>), values.py())?
    } else {
        decimals(each!(Decimal))?
    })
}

/// Dicts as structs, of all keys that any of them has.
fn rows(name: &str, rows: &[Option<Bound<'_, PyDict>>], py: Python<'_>) -> Result<ArrayRef> {
    let mut keys: Vec<String> = Vec::new();
    for row in rows.iter().flatten() {
        for key in row.keys() {
            let key: String = key.extract()?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        let inner = PyList::empty(py);
        for row in rows {
            inner.append(row.as_ref().map(|row| row.get_item(&key)).transpose()?.flatten())?;
        }
        let values = column(&format!("{name}.{key}"), &inner)?;
        parts.push((Arc::new(Field::new(key, values.data_type().clone(), true)), values));
    }
    let (fields, parts): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let valid = NullBuffer::from_iter(rows.iter().map(Option::is_some));
    Ok(Arc::new(StructArray::try_new_with_length(fields.into(), parts, Some(valid), rows.len())?))
}

/// Lists as lists.
fn lists(name: &str, lists: &[Option<Bound<'_, PyList>>], py: Python<'_>) -> Result<ArrayRef> {
    let items = PyList::empty(py);
    for item in lists.iter().flatten().flat_map(|list| list.iter()) {
        items.append(item)?;
    }
    let items = column(name, &items)?;
    let lengths = lists.iter().map(|list| list.as_ref().map_or(0, |list| list.len()));
    let offsets = OffsetBuffer::<i64>::from_lengths(lengths);
    let valid = NullBuffer::from_iter(lists.iter().map(Option::is_some));
    let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
    Ok(Arc::new(LargeListArray::try_new(field, offsets, items, Some(valid))?))
}

fn decimals(values: Vec<Option<Decimal>>) -> Result<ArrayRef> {
    let scale = values.iter().flatten().map(Decimal::scale).max().unwrap_or(0);
    let unscaled = values.into_iter().map(|value| {
        value.map(|value| value.mantissa().saturating_mul(10i128.saturating_pow(scale - value.scale())))
    });
    let scale = i8::try_from(scale).unwrap_or(0);
    Ok(Arc::new(unscaled.collect::<Decimal128Array>().with_precision_and_scale(38, scale)?))
}

/// A frame's columns as lists of Python values.
#[pyfunction]
#[pyo3(signature = (source) -> "list[tuple[str, list[object]]]")]
pub fn lists_of<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
) -> Result<Vec<(String, Bound<'py, PyList>)>, PyErr> {
    let stream = capsule::take(source)?;
    let columns = detached(py, || {
        let frame = Frame::read(stream)?;
        frame.names().map(|name| frame.column(name)).collect::<Result<Vec<Column>>>()
    })?;
    columns.iter().map(|column| Ok((column.name.clone(), list(py, column)?))).collect()
}

/// What Python's own dates can be.
fn sayable(column: &Column, row: usize, at: Option<NaiveDateTime>) -> Result<NaiveDateTime> {
    match at.filter(|at| (1..=9999).contains(&at.year())) {
        Some(at) => Ok(at),
        None => column.at(row, "column.range", "the date is beyond the years 1 to 9999"),
    }
}

fn list<'py>(py: Python<'py>, column: &Column) -> PyResult<Bound<'py, PyList>> {
    let values = &column.values;
    let part = |values: &ArrayRef| list(py, &Column { name: column.name.clone(), values: values.clone() });
    macro_rules! each {
        ($values:expr, $of:expr) => {{
            let of = $of;
            PyList::new(py, $values.iter().map(|value| value.map(&of)).collect::<Vec<_>>())
        }};
    }
    let plain = |ty: &DataType| cast(values, ty).map_err(PyErr::from);
    match values.data_type() {
        DataType::Boolean => each!(values.as_boolean(), |yes: bool| yes),
        ty if ty.is_integer() => {
            each!(plain(&DataType::Int64)?.as_primitive::<Int64Type>(), |number: i64| number)
        }
        ty if ty.is_floating() => {
            each!(plain(&DataType::Float64)?.as_primitive::<Float64Type>(), |number: f64| number)
        }
        DataType::Decimal128(_, scale) => {
            let scale = u32::try_from(*scale).unwrap_or(0);
            each!(values.as_primitive::<Decimal128Type>(), |unscaled: i128| {
                Decimal::try_from_i128_with_scale(unscaled, scale).unwrap_or_default()
            })
        }
        DataType::Date32 => {
            let days = values.as_primitive::<Date32Type>().iter().enumerate().map(|(row, day)| {
                let date = |day: i32| NaiveDate::from_num_days_from_ce_opt(day.checked_add(719_163)?);
                let at = |day| Ok(sayable(column, row, date(day).map(|date| date.into()))?.date());
                day.map(at).transpose()
            });
            PyList::new(py, days.collect::<Result<Vec<Option<NaiveDate>>>>()?)
        }
        DataType::Timestamp(_, zone) => {
            let micros = plain(&DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))?;
            let micros = micros.as_primitive::<TimestampMicrosecondType>().iter().enumerate();
            let at = |(row, micros): (usize, Option<i64>)| {
                let at = |micros| DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc());
                micros.map(|micros| sayable(column, row, at(micros))).transpose()
            };
            let at: Vec<Option<NaiveDateTime>> = micros.map(at).collect::<Result<_>>()?;
            match zone {
                Some(_) => {
                    PyList::new(py, at.into_iter().map(|at| at.map(|at| at.and_utc())).collect::<Vec<_>>())
                }
                None => PyList::new(py, at),
            }
        }
        DataType::Duration(_) => {
            let micros = plain(&DataType::Duration(TimeUnit::Microsecond))?;
            let micros = micros.as_primitive::<DurationMicrosecondType>().iter();
            PyList::new(py, micros.map(|micros| micros.map(TimeDelta::microseconds)).collect::<Vec<_>>())
        }
        DataType::Struct(fields) => {
            let parts = values.as_struct();
            let columns = parts.columns().iter().map(part).collect::<PyResult<Vec<_>>>()?;
            let rows = (0..values.len()).map(|row| {
                let one = PyDict::new(py);
                for (field, column) in fields.iter().zip(&columns) {
                    one.set_item(field.name(), column.get_item(row)?)?;
                }
                Ok(if parts.is_null(row) { py.None().into_bound(py) } else { one.into_any() })
            });
            PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
        }
        DataType::List(_) | DataType::LargeList(_) => {
            let rows = (0..values.len()).map(|row| {
                let items = match values.as_list_opt::<i32>() {
                    Some(lists) => lists.value(row),
                    None => values.as_list::<i64>().value(row),
                };
                Ok(if values.is_null(row) { py.None().into_bound(py) } else { part(&items)?.into_any() })
            });
            PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
        }
        _ => each!(plain(&DataType::LargeUtf8)?.as_string::<i64>(), |text: &str| text.to_owned()),
    }
}
