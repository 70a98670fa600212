//! Import: rows of files become commands, each in a unit of its own.
//!
//! The host drives: it gives a [`Read`](std::io::Read), and [`Import::csv`] takes it in chunk by chunk.
//! Headings find their fields by name or label ([`Mapping`]), every cell is read as its field's type, and
//! the row goes through its kind's [`Door`] on the row's own desk. Good rows go in; each rejected one is
//! told with its line, columns and reasons ([`Report`]).
//!
//! A row that was taken leaves a mark: which row of which source it was, and what it said. The same row
//! met again changes nothing, whatever became of its record; a changed row with a key follows the
//! [`Duplicates`] policy.

pub mod csv;
mod door;
mod doors;
pub mod guard;
mod import;
mod mapping;
mod refusals;
mod report;
mod row;
mod run;
mod sheet;
mod take;

pub use door::{Door, Taken, change};
pub use import::{Duplicates, Import};
pub use mapping::{Column, Columns, Mapping, Target};
pub use refusals::CODES;
pub use report::{Fault, Progress, Rejection, Report, Watch};
pub use row::{Row, record_named};
pub use sheet::{Cells, Limits, Next, Sheet};
