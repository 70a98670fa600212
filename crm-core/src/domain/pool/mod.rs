//! Public pools: records without an owner, claimed and reclaimed by rules.
//!
//! A record without owner lies in a pool; with one, it keeps the pool that it came from and goes
//! back to. Claiming, assigning, releasing and reclaiming reach over customers and leads alike, so
//! they are flows of the engine (`engine::flows::claim`, `engine::flows::reclaim`); what they decide
//! by is here.

mod commands;
mod invariants;
mod noun;
mod refusals;
mod rules;

pub use commands::DefinePool;
pub use invariants::SWEEP;
pub use noun::*;
pub use refusals::CODES;
pub use rules::{
    ClaimFacts, Decision, ReclaimFacts, ReclaimReason, claim_refusals, days_after, next_pass, owned_refusal,
    reclaim_decision,
};

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Pool::SPEC, ClaimTally::SPEC];
