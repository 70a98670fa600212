//! RFM: how recently, how often and for how much a customer bought, as scores and named segments.
//!
//! Purchases are columns: the customer's id, the day (days since 1970-01-01) and the amount (in the
//! smallest unit of one currency) of each. They are gathered into [`States`], one row a customer in
//! the order of ids. States of parts (chunks, files, machines, threads) merge into the states of the
//! whole to the bit, for all sums are of integers. [`score`] makes 1 to 5 of them, [`segments`] names.
//!
//! Definitions: recency is the as-of day less the day of the last purchase; frequency is the number
//! of purchases; money is the sum of their amounts. The better a value, the higher its score.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use crm_core::insight::rfm::{self, Period, Purchases, Rule, States, segments};
//! let purchases = Purchases { days: &[10, 40, 41, 41], amounts: &[500, 9_900, 100, 2_000] };
//! let threads = NonZeroUsize::MIN;
//! let states = States::of_ids(&[7i64, 7, 8, 9], purchases, Period::ALL, threads).unwrap();
//! let as_of = states.day_after_last().unwrap();
//! let scores = rfm::score(&states, as_of, &Rule::default(), threads).unwrap();
//! assert_eq!(scores.frequency, [4, 1, 1]);
//! assert_eq!(scores.recency, [1, 2, 2]);
//! let names = segments::assign(&scores, &segments::international());
//! assert_eq!(names.len(), 3);
//! ```

mod gather;
mod hashed;
mod ids;
mod refusals;
mod reminder;
mod scores;
pub mod segments;
mod states;
#[cfg(test)]
mod tests;

pub use ids::{Id, Key, Text, Texts};
pub use refusals::CODES;
pub use reminder::Silence;
pub use scores::{Rule, Scores, Thresholds, score};
pub use states::{Period, Purchases, States};
