//! What a kind of record is: its field table, stored form, indexes, filters, lifecycle and journal.

pub mod action;
pub mod codec;
#[macro_use]
pub mod command;
#[macro_use]
pub mod declare;
pub mod contact_point;
pub mod desk;
pub mod diagnostic;
pub mod error;
pub mod field;
pub mod filter;
pub mod journal;
pub mod key;
pub mod lifecycle;
pub mod port;
pub mod schema;
pub mod script;
pub mod sheet;
pub mod source;
pub mod spec;
pub mod values;
