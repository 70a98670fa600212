//! The pure rules of leads: whose turn it is, which rule fits, what repeats what, and how two are made one.

mod duplicate;
mod fit;
mod turn;

pub use duplicate::{Match, merge, rank};
pub use fit::{fits, region_of, takes};
pub use turn::{Candidate, Turns, choose};

use super::noun::Grade;

/// The grade of a score: A from 80 points, B from 60, C from 40, D below.
///
/// ```
/// use crm_core::domain::lead::{Grade, rules::grade};
/// assert_eq!(grade(60), Grade::B);
/// ```
pub fn grade(points: i64) -> Grade {
    match points {
        80.. => Grade::A,
        60.. => Grade::B,
        40.. => Grade::C,
        _ => Grade::D,
    }
}
