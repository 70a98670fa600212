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
//! assert_eq!(scores.thresholds.recency_within, [2, 2, 1, 1]);
//! let names = segments::assign(&scores, &segments::international());
//! assert_eq!(names.len(), 3);
//! ```

mod gather;
mod hashed;
mod ids;
mod reminder;
mod scores;
pub mod segments;
mod states;
#[cfg(test)]
mod tests;

pub use ids::{Id, Key, Text, Texts};
pub use reminder::Silence;
pub use scores::{Rule, Scores, Thresholds, score};
pub use states::{Period, Purchases, States};

/// Code and meaning of what RFM can't take.
pub const CODES: &[(&str, &str)] = &[
    ("rfm.columns", "columns of one table differ in length"),
    ("rfm.offsets", "the offsets of a column of texts don't ascend within its bytes"),
    ("rfm.amounts", "amounts are so large that their sum may not fit"),
    ("rfm.rows", "there are more purchases than are counted"),
    ("rfm.as_of", "the as-of day is before a purchase"),
    ("rfm.bins", "scores go from 1 to at least 2 and at most 100"),
    ("rfm.thresholds", "thresholds don't ascend from score to score, or not all scales have as many"),
    ("rfm.weights", "all weights are zero"),
];
