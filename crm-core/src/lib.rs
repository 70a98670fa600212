//! An embeddable CRM engine.

pub mod base;
#[macro_use]
pub mod record;
pub mod store;
