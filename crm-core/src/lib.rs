//! An embeddable CRM engine.

pub mod base;
pub mod store;
