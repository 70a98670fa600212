//! Customers, contacts, their posts and relations.

pub mod choices;
mod contact;
mod customer;
mod relation;

use chrono::NaiveDate;

pub use contact::*;
pub use customer::*;
pub use relation::*;

/// Whether a period from a first day until a day that is no longer in it holds a day.
pub fn in_force(since: Option<NaiveDate>, until: Option<NaiveDate>, on: NaiveDate) -> bool {
    since.is_none_or(|since| since <= on) && until.is_none_or(|until| on < until)
}
