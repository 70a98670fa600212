//! Parties: customers, contacts, the posts of contacts at customers, and relations among them.

mod commands;
mod facts;
mod holds;
mod industry;
mod noun;
mod refusals;
mod rules;

use crate::record::spec::{Record, Spec};

pub use commands::*;
pub use facts::*;
pub use holds::{PERIOD, period_due};
pub use industry::{DEFAULT_INDUSTRIES, IndustryName};
pub use noun::choices::*;
pub use noun::*;
pub use refusals::CODES;
pub use rules::{LifeFacts, life_stage, roll_up};

/// The kinds of record in this room.
pub const SPECS: &[&Spec] =
    &[Customer::SPEC, Contact::SPEC, ContactLink::SPEC, Relation::SPEC, Industry::SPEC];
