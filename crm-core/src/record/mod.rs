//! What a kind of record is.

pub mod lifecycle;
