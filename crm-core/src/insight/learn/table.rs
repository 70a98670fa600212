//! The columns that a model learns from and scores: borrowed, so that they can be anybody's buffers.

use std::collections::BTreeMap;

use crate::record::error::{Error, Result};

/// The values of one column.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Categories: codes into a dictionary of levels. A code that is negative or beyond the dictionary is
    /// a missing value.
    Category {
        /// One a row.
        codes: &'a [i32],
        /// What the codes stand for.
        levels: &'a [String],
    },
    /// Numbers, in any unit. One that isn't finite is a missing value.
    Number(&'a [f64]),
}

/// One column: a fact that is known of every row, or missing.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// What it is called; a model finds its columns by name.
    pub name: &'a str,
    /// Its values.
    pub values: Values<'a>,
}

impl<'a> Column<'a> {
    /// A column of categories.
    pub fn category(name: &'a str, codes: &'a [i32], levels: &'a [String]) -> Self {
        Column { name, values: Values::Category { codes, levels } }
    }

    /// A column of numbers.
    pub fn number(name: &'a str, values: &'a [f64]) -> Self {
        Column { name, values: Values::Number(values) }
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        match self.values {
            Values::Category { codes, .. } => codes.len(),
            Values::Number(values) => values.len(),
        }
    }
}

/// Columns of one length.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    columns: Vec<Column<'a>>,
    rows: usize,
}

impl<'a> Table<'a> {
    /// A table of these columns. Refused when there are none, or of different lengths, or more rows than
    /// 32 bits count.
    ///
    /// ```
    /// use crm_core::insight::learn::{Column, Table, categories};
    /// let (codes, levels) = categories([Some("form"), None, Some("referral")]);
    /// let budget = [10_000.0, 25_000.0, f64::NAN];
    /// let table = Table::new(vec![
    ///     Column::category("source", &codes, &levels),
    ///     Column::number("budget", &budget),
    /// ])?;
    /// assert_eq!(table.rows(), 3);
    /// # Ok::<(), crm_core::record::error::Error>(())
    /// ```
    pub fn new(columns: Vec<Column<'a>>) -> Result<Self> {
        let Some(first) = columns.first() else {
            return Err(Error::refused("learn.no_columns", "there is no column to learn from"));
        };
        let rows = first.rows();
        for column in &columns {
            same_length(column.name, column.rows(), rows)?;
        }
        if u32::try_from(rows).is_err() {
            return Err(Error::refused("learn.too_many", format!("`{rows}` rows are too many")));
        }
        Ok(Table { columns, rows })
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column<'a>] {
        &self.columns
    }

    /// The column of this name, the first where there are several.
    pub fn column(&self, name: &str) -> Option<&Column<'a>> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Refuses a column of another length than the table's.
pub(super) fn same_length(name: &str, found: usize, rows: usize) -> Result<()> {
    if found == rows {
        return Ok(());
    }
    let message = format!("`{name}` has `{found}` rows where the others have `{rows}`");
    Err(Error::refused("learn.column_lengths", message))
}

/// Codes and dictionary of a column of texts; none becomes the code −1. Levels stand in the order of the
/// alphabet, so that the order of the rows doesn't matter.
pub fn categories<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> (Vec<i32>, Vec<String>) {
    let values: Vec<Option<&str>> = values.into_iter().collect();
    let mut places: BTreeMap<&str, i32> = values.iter().flatten().map(|value| (*value, 0)).collect();
    for (place, code) in places.values_mut().zip(0..) {
        *place = code;
    }
    let code = |value: &Option<&str>| value.and_then(|value| places.get(value).copied()).unwrap_or(-1);
    (values.iter().map(code).collect(), places.keys().map(|level| (*level).to_owned()).collect())
}

/// The farthest that a number may be from zero; beyond, it counts as this far, so that no sum overflows.
const FARTHEST: f64 = 1e100;

/// A number that can be reckoned with, or none for a missing one.
pub(super) fn known(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(-FARTHEST, FARTHEST))
}
