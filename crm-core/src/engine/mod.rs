//! The engine: units of work, permissions, planner, journal readings, due work, and flows over
//! several rooms.

mod absent;
mod access;
pub(crate) mod config;
mod crm;
mod custom;
mod derive;
mod due;
mod feed;
mod file;
pub(crate) mod finish;
pub mod flows;
mod history;
mod list;
mod lookup;
mod marks;
mod mend;
mod once;
pub(crate) mod overlay;
mod plan;
mod ports;
mod queue;
mod refer;
mod registry;
pub(crate) mod rehearsal;
mod rekey;
pub mod rules;
mod session;
mod sight;
mod unit;
mod verify;
mod views;
pub(crate) mod work;

pub use crm::Crm;
pub use due::DueReport;
pub use feed::{FieldHistory, JournalItem};
pub use file::FORMAT;
pub use plan::Explanation;
pub use ports::{Clock, Entropy, Host, ManualClock, SeededEntropy, SystemClock, SystemEntropy};
pub use registry::{command_forms, command_names};
pub use rules::{RuleExplained, WouldAnswer, WouldRun};
pub use session::{Page, Session, Shown, Why};
pub use verify::Verified;
pub use views::insight;
pub use views::{Board, Card, Column, CustomerView, TimelineItem, TimelinePage};
