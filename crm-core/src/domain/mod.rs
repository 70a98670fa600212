//! The rooms of the trade, one folder a noun. A room knows [`base`](crate::base),
//! [`record`](crate::record) and itself.

pub mod lead;
pub mod org;
pub mod party;
pub mod pool;

use crate::record::spec::Spec;

/// The declaration of every kind of record.
pub const SPECS: &[&[&Spec]] = &[lead::SPECS, org::SPECS, party::SPECS, pool::SPECS];
