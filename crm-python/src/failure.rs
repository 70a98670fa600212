//! Why a call failed, and the exception that Python is told.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crm_core::record::error::Error;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use serde_json::{Value as Json, json};

/// The result of a call from Python.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a call failed.
#[derive(Debug)]
pub enum Failure {
    /// The engine says so.
    Engine(Error),
    /// A column of a frame can't be used.
    Column(Fault),
    /// Python code failed: what was given, or a signal.
    Python(PyErr),
}

/// What is wrong with a column.
#[derive(Debug)]
pub struct Fault {
    /// The column.
    pub column: String,
    /// The first row that is wrong, from 0; none when the column as a whole is.
    pub row: Option<usize>,
    /// A stable code, see [`CODES`].
    pub code: &'static str,
    /// What a person reads.
    pub message: String,
}

/// Code and meaning of what frames can be wrong in.
pub const CODES: &[(&str, &str)] = &[
    ("frame.not_arrow", "what was given has no Arrow stream"),
    ("frame.unreadable", "the Arrow stream failed or holds what can't be read"),
    ("rfm.segments", "there are more segments than are told apart"),
    ("column.missing", "the frame has no column of that name"),
    ("column.type", "the column has another type"),
    ("column.null", "a value is missing"),
    ("column.nan", "a number is NaN or infinite"),
    ("column.negative", "a number is below zero"),
    ("column.fraction", "a number that counts is not whole"),
    ("column.range", "a value is beyond what is kept"),
    ("column.date", "a text is not a date"),
    ("column.currency", "amounts of several currencies stand in one column"),
];

impl Failure {
    /// A column can't be used.
    pub fn column(column: &str, row: Option<usize>, code: &'static str, message: String) -> Self {
        Failure::Column(Fault { column: column.to_owned(), row, code, message })
    }

    /// The same failure of the rows that some rows of a column are.
    pub fn in_row(self, rows: &[usize]) -> Self {
        match self {
            Failure::Column(mut fault) => {
                let row = fault.row.and_then(|row| rows.get(row).copied());
                if let (Some(old), Some(new)) = (fault.row, row) {
                    fault.message = fault.message.replacen(&format!("row {old}:"), &format!("row {new}:"), 1);
                }
                fault.row = row;
                Failure::Column(fault)
            }
            other => other,
        }
    }

    /// A frame as a whole can't be used.
    pub fn frame(code: &str, message: impl Into<String>) -> Self {
        Failure::Engine(Error::invalid("frame", code, message))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Engine(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Failure::Python(error)
    }
}

impl From<arrow_schema::ArrowError> for Failure {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Failure::frame("frame.unreadable", error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Failure::Engine(Error::invalid("input", "command.malformed", said(&error)))
    }
}

/// What is wrong with data, without the place in a text that no person wrote.
pub fn said(error: &serde_json::Error) -> String {
    let told = error.to_string();
    told.split_once(" at line ").map(|(what, _)| what.to_owned()).unwrap_or(told)
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        let told = match failure {
            Failure::Python(error) => return error,
            Failure::Engine(error) => of_engine(&error),
            Failure::Column(fault) => json!({
                "type": "column", "code": fault.code, "message": fault.message,
                "column": fault.column, "row": fault.row,
            }),
        };
        Python::attach(|py| exception(py, &told).unwrap_or_else(|error| error))
    }
}

fn of_engine(error: &Error) -> Json {
    let mut told = json!({ "code": error.code(), "message": error.to_string() });
    let parts = match error {
        Error::Refused(refusals) => json!({ "type": "refused", "refusals": refusals }),
        Error::NotFound(kind, id) => json!({ "type": "not_found", "kind": kind, "id": id }),
        Error::Stale { record, given, current } => {
            json!({ "type": "stale", "record": record, "given": given, "current": current })
        }
        Error::Invalid(problems) => json!({ "type": "invalid", "problems": problems }),
        Error::RuleFailed { rule, .. } => json!({ "type": "rule_failed", "rule": rule }),
        Error::Nested => json!({ "type": "nested" }),
        Error::Halted => json!({ "type": "halted" }),
        Error::Store(_) => json!({ "type": "store" }),
        Error::Corrupt(_) => json!({ "type": "corrupt" }),
        // Error::Internal, and what a later version adds.
        _ => json!({ "type": "internal" }),
    };
    if let (Json::Object(told), Json::Object(parts)) = (&mut told, parts) {
        told.extend(parts);
    }
    told
}

/// The exception that `crm.errors` makes of it.
fn exception(py: Python<'_>, told: &Json) -> PyResult<PyErr> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.import(py, "crm.errors", "_from_native")?;
    Ok(PyErr::from_value(make.call1((told.to_string(),))?))
}

/// Runs work without the interpreter's lock. A panic becomes an `InternalError`.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    py.detach(|| {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            Err(Failure::Engine(Error::Internal(text.to_owned())))
        })
    })
}
