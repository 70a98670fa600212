//! What became of an import.

use std::fmt;
use std::ops::ControlFlow;

use super::mapping::Column;

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fault {
    /// The heading of the column, none when it is the row as a whole.
    pub column: Option<String>,
    /// What stands there.
    pub value: String,
    /// A stable code, such as `value.type`.
    pub code: String,
    /// What a person reads.
    pub message: String,
}

impl Fault {
    /// A fault of a row as a whole.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Fault { column: None, value: String::new(), code: code.to_owned(), message: message.into() }
    }

    /// The same fault in a column.
    pub fn at(self, column: &str, value: &str) -> Self {
        Fault { column: Some(column.to_owned()), value: value.chars().take(MOST_SHOWN).collect(), ..self }
    }
}

/// How many letters of a cell are shown.
const MOST_SHOWN: usize = 200;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "{column}: ")?;
        }
        write!(f, "{} ({})", self.message, self.code)
    }
}

/// A row that was not taken, and everything that is known to be wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rejection {
    /// The line that the row starts in; the heading is line 1.
    pub line: u64,
    /// The faults.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        for (place, fault) in self.faults.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read.
    pub rows: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// What a host sees of an import while it runs.
pub trait Watch {
    /// Called after each chunk; a break cancels the import. What went in stays.
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let _ = progress;
        ControlFlow::Continue(())
    }

    /// Called for each rejected row, also for those beyond what the report keeps.
    fn rejected(&mut self, rejection: &Rejection) {
        let _ = rejection;
    }
}

impl Watch for () {}

impl<F: FnMut(Progress) -> ControlFlow<()>> Watch for F {
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self(progress)
    }
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Report {
    /// What became of each column.
    pub columns: Vec<Column>,
    /// Rows read, blank ones not counted.
    pub rows: u64,
    /// Rows that made a record.
    pub created: u64,
    /// Rows that changed a record.
    pub updated: u64,
    /// Rows that filled in what a record lacked, or were noted on one.
    pub merged: u64,
    /// Rows that were taken before, or say what the record says already.
    pub unchanged: u64,
    /// Rows left out because their record is there.
    pub skipped: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// The first of those rows.
    pub rejections: Vec<Rejection>,
    /// Whether the host cancelled it.
    pub cancelled: bool,
    /// What kept the rest of the file from being read.
    pub stopped: Option<Fault>,
    /// In a dry run of a large file: the number of rows beyond which two of them were not compared.
    pub compared_within: Option<u64>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { rows, created, updated, merged, unchanged, skipped, rejected, .. } = self;
        write!(
            f,
            "{rows} rows: {created} created, {updated} updated, {merged} merged, {unchanged} unchanged, \
             {skipped} skipped, {rejected} rejected"
        )?;
        if self.cancelled {
            f.write_str("; cancelled")?;
        }
        if let Some(fault) = &self.stopped {
            write!(f, "; stopped: {fault}")?;
        }
        Ok(())
    }
}
