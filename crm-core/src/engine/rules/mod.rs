//! The rules in force at work: asked about records, followed when records change, tried on the past.

pub(crate) mod automate;
pub(crate) mod awaited;
pub(crate) mod behaviour;
mod book;
mod explain;
pub mod follow;
pub(crate) mod related;
mod tried;
mod would;

pub(crate) use book::{RuleBook, hear};
pub use explain::RuleExplained;
pub use tried::WouldRun;
pub use would::WouldAnswer;
