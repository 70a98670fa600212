//! What a kind of record is: its field table, stored form, indexes, filters, lifecycle and journal.

pub mod codec;
pub mod field;
pub mod filter;
pub mod schema;
pub mod spec;
#[macro_use]
pub mod declare;
