//! The rooms of the trade, one folder a noun. A room knows [`base`](crate::base),
//! [`record`](mod@crate::record) and itself.

pub mod activity;
pub mod catalog;
pub mod failed_work;
pub mod forecast;
pub mod lead;
pub mod model;
pub mod notice;
pub mod opportunity;
pub mod org;
pub mod party;
pub mod pool;
pub mod rule;
pub mod target;
pub mod task;

use crate::record::spec::Spec;

/// The declaration of every kind of record.
pub const SPECS: &[&[&Spec]] = &[
    org::SPECS,
    party::SPECS,
    lead::SPECS,
    pool::SPECS,
    opportunity::SPECS,
    catalog::SPECS,
    activity::SPECS,
    task::SPECS,
    notice::SPECS,
    failed_work::SPECS,
    rule::SPECS,
    model::SPECS,
    target::SPECS,
    forecast::SPECS,
];
