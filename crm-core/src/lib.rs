//! An embeddable CRM engine: the trade's rules over any ordered key space.

pub mod base;
#[macro_use]
pub mod record;
pub mod domain;
pub mod engine;
pub mod exchange;
pub mod insight;
pub mod prelude;
pub mod store;
