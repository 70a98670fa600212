//! Figures of a pipeline: win rate, cycle, velocity; funnel, cohorts, bottlenecks; what was won and lost
//! for which reason; what lies between two states of the pipeline.
//!
//! Definitions: a deal is closed when it is won or lost; the win rate is won ÷ closed, by count; the
//! cycle of a won deal is the time from its start to its close; velocity is the value won per day of
//! the mean cycle. Open deals are in the funnel and in no rate.

mod cohort;
mod difference;
mod figures;
mod funnel;
mod passage;
mod reasons;
#[cfg(test)]
mod tests;
mod velocity;

pub use cohort::{Cohort, cohorts};
pub use difference::{Change, Difference, Part, Standing, Way, difference};
pub use figures::{Deal, Figures, ListFigures, Outcome, figures, figures_by, list_figures};
pub use funnel::{Bottleneck, StageTime, Step, bottleneck, funnel, funnel_by, time_in_stage};
pub use passage::{Passage, Path, passages};
pub use reasons::{Ended, ended_by};
pub use velocity::{Velocity, velocity, velocity_of_open};
