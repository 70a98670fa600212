//! The pure rules of rules: points, what fires, what is said in a document, and what is wrong.

mod bound;
mod calls;
mod check;
mod document;
mod examples;
mod score;
mod trial;
mod triggers;
mod vocabulary;

pub use bound::{Bound, Criteria, Judged};
pub use calls::{call, calls_problems};
pub use check::{UPDATED_AT, Words, check};
pub use document::{ScoringDocument, scoring_rule};
pub use examples::{Facts, expected_holds};
pub use score::{Line, LineHeld, changes_at, grade, level, total};
pub use trial::{Tried, try_examples};
pub use triggers::{Happened, fires};
pub use vocabulary::{Counted, Vocabulary};
