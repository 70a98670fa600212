//! Rules of the CRM engine in Rhai: typed, checked when they are saved, run in a sandbox.
//!
//! Most rules are criteria, which the engine evaluates by itself. Where a line isn't enough, a rule is a
//! script: one function for its purpose, such as `score(lead)`. [`Scripts`] is the judge of scripts that
//! a host plugs into the engine:
//!
//! ```
//! use std::sync::Arc;
//! use crm_core::prelude::*;
//! let host = Host::system().with_judges(Arc::new(crm_rules::Scripts::default()));
//! ```
//!
//! When a rule is saved, every name and type in it is checked; what is wrong is told with its place, in
//! English and Chinese, and [`show_invalid`] marks it in the source. What the engine's own predicates can say is
//! lowered to them. A run is held within [`Limits`]; it has no clock but the instant of the question, reads
//! nothing that its actor may not see, and changes nothing: it answers.

mod chain;
mod check;
mod diagnostic;
mod entry;
mod file;
mod functions;
mod limits;
mod place;
mod problem;
mod run;
mod running;
mod sandbox;
mod script;
mod slot;
mod ty;
mod value;

pub use crm_core::record::diagnostic::Tongue;
pub use diagnostic::{FAILURES, show, show_invalid};
pub use file::{FILE_CODES, marked_in_file, read_rule};
pub use functions::{Function, Gives, Takes, all as functions};
pub use limits::Limits;
pub use problem::CODES;
pub use script::Scripts;
