//! An embeddable CRM engine.

pub mod base;
pub mod record;
pub mod store;
