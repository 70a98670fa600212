//! A public data set of 8,800 opportunities, replayed as the commands that would have made it.
//!
//! Maven Analytics' "CRM Sales Opportunities" says where each opportunity ended and on which days it was
//! engaged and closed. The host's clock is set to each of these days in turn, and everybody works on his
//! own deals: opening, advancing, winning, losing. What the engine then answers is what it would have
//! answered to the people themselves.
//!
//! Where the data set is silent, the replay decides, and says so: an opportunity appears on the day on
//! which it was engaged; one that never was, on the first day of all; a lost one keeps its list price.

mod files;
mod office;
mod replay;
mod report;

pub use files::{Account, Agent, Correction, Deal, Files, Product};
pub use office::{Office, dollars};
pub use replay::{Replayed, replay};
pub use report::{deals, report};
