//! What a model learns from: rows of a table and how each of them ended.

use super::table::{Table, same_length};
use crate::record::error::{Error, Result};

/// Rows of a table, and how all of the table's rows ended.
#[derive(Clone, Debug)]
pub struct Sample<'a> {
    /// The facts.
    pub table: &'a Table<'a>,
    /// Whether each row of the table ended well.
    pub outcomes: &'a [bool],
    /// The rows that are learnt from.
    pub rows: Vec<u32>,
    /// How many of them ended well.
    pub good: usize,
}

impl<'a> Sample<'a> {
    /// All rows of a table. Refused when there are not as many outcomes, or all are the same.
    pub fn all(table: &'a Table<'a>, outcomes: &'a [bool]) -> Result<Self> {
        same_length("outcomes", outcomes.len(), table.rows())?;
        Sample::of(table, outcomes, (0..).take(table.rows()).collect())
    }

    /// Some rows of a table, by number. Refused when they all ended the same way.
    pub(super) fn of(table: &'a Table<'a>, outcomes: &'a [bool], rows: Vec<u32>) -> Result<Self> {
        let ended_well = |row: &&u32| outcomes.get(**row as usize).copied().unwrap_or(false);
        let good = rows.iter().filter(ended_well).count();
        if good == 0 || good == rows.len() {
            let message =
                format!("of `{}` rows `{good}` ended well: there is nothing to tell apart", rows.len());
            return Err(Error::refused("learn.one_outcome", message));
        }
        Ok(Sample { table, outcomes, rows, good })
    }

    /// The share that ended well.
    pub fn rate(&self) -> f64 {
        self.good as f64 / self.rows.len().max(1) as f64
    }
}
