//! Frames as they come from any library, and their columns as the engine takes them.

use std::thread;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, LargeStringArray, RecordBatch, new_empty_array};
use arrow_buffer::ScalarBuffer;
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, SchemaRef};

use crate::failure::{Failure, Result};

/// A frame: batches of one schema.
#[derive(Debug)]
pub struct Frame {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// A column of a frame, in one piece.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: ArrayRef,
}

/// A column that tells customers apart.
#[derive(Debug)]
pub enum Ids {
    /// Whole numbers.
    Whole(ScalarBuffer<i64>),
    /// Texts.
    Text(LargeStringArray),
}

impl Frame {
    /// Draws all batches of a stream.
    pub fn read(stream: impl arrow_array::RecordBatchReader) -> Result<Self> {
        let schema = stream.schema();
        let batches = stream.collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(Frame { schema, batches })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The names of its columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.schema.fields().iter().map(|field| field.name().as_str())
    }

    /// The type of a column as it came.
    pub fn type_of(&self, name: &str) -> Option<DataType> {
        self.schema.field_with_name(name).ok().map(|field| field.data_type().clone())
    }

    /// Its schema and batches.
    pub fn into_parts(self) -> (SchemaRef, Vec<RecordBatch>) {
        (self.schema, self.batches)
    }

    /// The column of a name. Chunks are put together; a single one is not copied.
    pub fn column(&self, name: &str) -> Result<Column> {
        let place = self.schema.fields().iter().position(|field| field.name() == name);
        let (Some(place), Some(field)) = (place, place.and_then(|place| self.schema.fields().get(place)))
        else {
            let known: Vec<String> = self.names().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "no columns".into() } else { known.join(", ") };
            let message = format!("there is no column `{name}`; the frame has {known}");
            return Err(Failure::column(name, None, "column.missing", message));
        };
        let chunks = self.batches.iter().filter_map(|batch| batch.columns().get(place));
        // Texts by 32-bit offsets may not fit together.
        let wide = match field.data_type() {
            DataType::Utf8 | DataType::Utf8View => Some(DataType::LargeUtf8),
            DataType::Dictionary(_, values) if values.is_string() => Some(DataType::LargeUtf8),
            DataType::RunEndEncoded(_, values) => Some(values.data_type().clone()),
            _ => None,
        };
        let chunks: Vec<ArrayRef> = chunks
            .map(|chunk| match &wide {
                Some(wide) => cast(chunk, wide),
                None => Ok(chunk.clone()),
            })
            .collect::<Result<_>>()?;
        let values = match chunks.as_slice() {
            [] => new_empty_array(wide.as_ref().unwrap_or(field.data_type())),
            [only] => only.clone(),
            several => {
                let parts: Vec<&dyn Array> = several.iter().map(AsRef::as_ref).collect();
                arrow_select::concat::concat(&parts)?
            }
        };
        Ok(Column { name: name.to_owned(), values })
    }
}

/// Values as another type; what does not fit is an error, never a null.
pub fn cast(values: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    Ok(cast_with_options(values, to, &options)?)
}

/// Rows fewer than this are not worth a thread.
const WORTH_A_THREAD: usize = 1 << 16;

/// What `take` makes of each value, on all cores; the first row of which it makes nothing.
pub fn each<T: Sync, U: Send + Clone + Default>(
    values: &[T],
    take: impl Fn(&T) -> Option<U> + Sync,
) -> std::result::Result<Vec<U>, usize> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = values.len().div_ceil(threads).max(WORTH_A_THREAD);
    let mut taken = vec![U::default(); values.len()];
    let run = |first: usize, from: &[T], to: &mut [U]| {
        for (row, (from, to)) in from.iter().zip(to).enumerate() {
            match take(from) {
                Some(value) => *to = value,
                None => return Some(first + row),
            }
        }
        None
    };
    let wrong = thread::scope(|scope| {
        let parts = values.chunks(share).zip(taken.chunks_mut(share)).enumerate();
        let started: Vec<_> = parts
            .map(|(n, (from, to))| {
                let run = &run;
                scope.spawn(move || run(n * share, from, to))
            })
            .collect();
        let ended = started.into_iter().map(|thread| match thread.join() {
            Ok(wrong) => wrong,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ended.fold(None, Option::or)
    });
    match wrong {
        None => Ok(taken),
        Some(row) => Err(row),
    }
}

impl Column {
    /// A failure of a row.
    pub fn at<T>(&self, row: usize, code: &'static str, what: &str) -> Result<T> {
        let message = format!("column `{}`, row {row}: {what}", self.name);
        Err(Failure::column(&self.name, Some(row), code, message))
    }

    /// A failure of the type.
    pub fn wrong_type<T>(&self, expected: &str) -> Result<T> {
        let found = self.values.data_type();
        let message = format!("column `{}` is of type `{found}`, not {expected}", self.name);
        Err(Failure::column(&self.name, None, "column.type", message))
    }

    /// Fails at the first missing value.
    pub fn present(&self) -> Result<()> {
        let nulls = self.values.logical_nulls().filter(|nulls| nulls.null_count() > 0);
        match nulls.and_then(|nulls| nulls.iter().position(|valid| !valid)) {
            None => Ok(()),
            Some(row) => self.at(row, "column.null", "the value is missing"),
        }
    }

    /// What tells customers apart: whole numbers or texts.
    pub fn ids(&self) -> Result<Ids> {
        self.present()?;
        match self.values.data_type() {
            DataType::LargeUtf8 => Ok(Ids::Text(self.values.as_string::<i64>().clone())),
            ty if ty.is_integer() || ty.is_null() => Ok(Ids::Whole(self.whole()?)),
            _ => self.wrong_type("whole numbers or texts"),
        }
    }

    /// Whole numbers that aren't missing.
    pub fn whole(&self) -> Result<ScalarBuffer<i64>> {
        if let Some(large) = self.values.as_primitive_opt::<UInt64Type>() {
            return each(large.values(), |number| i64::try_from(*number).ok())
                .map(Into::into)
                .or_else(|row| self.at(row, "column.range", "the number is above 9223372036854775807"));
        }
        if !(self.values.data_type().is_integer() || self.values.data_type().is_null()) {
            return self.wrong_type("whole numbers");
        }
        let values = cast(&self.values, &DataType::Int64)?;
        Ok(values.as_primitive::<Int64Type>().values().clone())
    }

    /// Numbers that are neither missing, NaN nor infinite.
    pub fn numbers(&self) -> Result<ScalarBuffer<f64>> {
        let ty = self.values.data_type();
        // A column of nothing has no type of its own.
        if !(ty.is_numeric() || ty.is_decimal() || ty.is_null()) {
            return self.wrong_type("numbers");
        }
        self.present()?;
        let values = cast(&self.values, &DataType::Float64)?;
        let numbers = values.as_primitive::<Float64Type>().values().clone();
        match numbers.iter().position(|number| !number.is_finite()) {
            None => Ok(numbers),
            Some(row) => {
                let found = numbers.get(row).copied().unwrap_or(f64::NAN);
                self.at(row, "column.nan", &format!("`{found}` is no number to reckon with"))
            }
        }
    }

    /// Numbers from 0 up.
    pub fn amounts_from_zero(&self) -> Result<ScalarBuffer<f64>> {
        let numbers = self.numbers()?;
        match numbers.iter().position(|number| *number < 0.0) {
            None => Ok(numbers),
            Some(row) => {
                let found = numbers.get(row).copied().unwrap_or_default();
                self.at(row, "column.negative", &format!("`{found}` is below zero"))
            }
        }
    }

    /// Whole numbers from 0 up, which may stand as floats.
    pub fn counts(&self) -> Result<ScalarBuffer<u32>> {
        let numbers = self.amounts_from_zero()?;
        match each(&numbers, |number| {
            (number.fract() == 0.0 && *number <= f64::from(u32::MAX)).then_some(*number as u32)
        }) {
            Ok(counts) => Ok(counts.into()),
            Err(row) => {
                let found = numbers.get(row).copied().unwrap_or_default();
                let code = if found.fract() == 0.0 { "column.range" } else { "column.fraction" };
                self.at(row, code, &format!("`{found}` is not a count"))
            }
        }
    }

    /// Yes or no: truth values, or numbers 0 and 1.
    pub fn flags(&self) -> Result<Vec<bool>> {
        self.present()?;
        if let Some(flags) = self.values.as_any().downcast_ref::<BooleanArray>() {
            return Ok(flags.values().iter().collect());
        }
        let numbers = self.numbers()?;
        let flag = |number: &f64| match *number {
            0.0 => Some(false),
            1.0 => Some(true),
            _ => None,
        };
        each(&numbers, flag).or_else(|row| self.at(row, "column.range", "the number is neither 0 nor 1"))
    }

    /// What parts rows by time, in any unit: dates, timestamps or numbers.
    pub fn times(&self) -> Result<Vec<i64>> {
        self.present()?;
        match self.values.data_type() {
            DataType::Date32 => Ok(self.days(None)?.iter().map(|day| i64::from(*day)).collect()),
            DataType::Date64 | DataType::Timestamp(..) => {
                let values = cast(&self.values, &DataType::Int64)?;
                Ok(values.as_primitive::<Int64Type>().values().to_vec())
            }
            DataType::LargeUtf8 => Ok(self.days(None)?.iter().map(|day| i64::from(*day)).collect()),
            _ => Ok(self.whole()?.to_vec()),
        }
    }

    /// Texts, missing ones as none.
    pub fn texts(&self) -> Result<&LargeStringArray> {
        match self.values.as_string_opt::<i64>() {
            Some(texts) => Ok(texts),
            None => self.wrong_type("texts"),
        }
    }
}

impl Ids {
    /// The ids as a column of the type they came as.
    pub fn column(values: ArrayRef, like: &DataType) -> Result<ArrayRef> {
        match like {
            DataType::Dictionary(_, plain) => cast(&values, plain),
            DataType::RunEndEncoded(_, plain) => cast(&values, plain.data_type()),
            like => cast(&values, like),
        }
    }
}
