//! What went through the stages within a stretch of time, whenever the deals were created.

use super::cohort::share;
use super::figures::Outcome;
use crate::base::Instant;

/// The way of a deal: the stages that it entered, in the order of time, and its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Each stage with the instant at which it was entered; a stage may come again.
    pub entries: Vec<(String, Instant)>,
    /// When it was won or lost.
    pub closed_at: Option<Instant>,
    /// How it ended.
    pub outcome: Outcome,
}

/// What entered a stage within a stretch of time, and where it was by the end of that.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Passage {
    /// The stage.
    pub stage: String,
    /// How often it was entered; a deal that came back counts again.
    pub entered: usize,
    /// Of these, how many went on to a farther stage.
    pub went_on: usize,
    /// How many went back to an earlier one.
    pub went_back: usize,
    /// How many were lost here.
    pub lost: usize,
    /// How many were still here: what becomes of them is not known, so they are in no rate.
    pub still_here: usize,
    /// How many left the stage within the time for any other, whenever they had entered it.
    pub left: usize,
    /// Went on ÷ (went on + went back + lost).
    pub conversion: Option<f64>,
}

/// What entered each stage from an instant up to another, and what had become of it by then. The stages are given in
/// order, without the lost one; what happened later changes nothing, so the figures of a past month stay.
///
/// ```
/// use crm_core::base::{Instant, Span};
/// use crm_core::insight::pipeline::{Outcome, Path, passages};
/// let day = |n| Instant::from_micros(0) + Span::from_days(n);
/// let path = |entries: &[(&str, i64)], outcome, end: Option<i64>| Path {
///     entries: entries.iter().map(|(stage, on)| ((*stage).to_owned(), day(*on))).collect(),
///     closed_at: end.map(day),
///     outcome,
/// };
/// let paths = [
///     path(&[("talk", 1), ("offer", 12)], Outcome::Open, None),
///     path(&[("talk", 11)], Outcome::Lost, Some(15)),
///     path(&[("talk", 12), ("offer", 40)], Outcome::Open, None),
/// ];
/// let found = passages(&["talk".into(), "offer".into()], &paths, day(10), day(20));
/// assert_eq!((found[0].entered, found[0].lost, found[0].still_here, found[0].left), (2, 1, 1, 2));
/// assert_eq!((found[1].entered, found[1].still_here, found[1].conversion), (1, 1, None));
/// ```
pub fn passages(stages: &[String], paths: &[Path], from: Instant, to: Instant) -> Vec<Passage> {
    let place = |stage: &str| stages.iter().position(|known| known == stage);
    let within = |at: Instant| from <= at && at < to;
    let mut found: Vec<Passage> =
        stages.iter().map(|stage| Passage { stage: stage.clone(), ..Passage::default() }).collect();
    for path in paths {
        // States that are no stages, such as the lost one, say nothing that the end doesn't.
        let known: Vec<(usize, Instant)> =
            path.entries.iter().filter_map(|(stage, at)| Some((place(stage)?, *at))).collect();
        let lost_at = path.closed_at.filter(|_| path.outcome == Outcome::Lost);
        let mut later = known.iter().skip(1);
        for (here, at) in &known {
            let next = later.next().filter(|(_, next)| *next < to);
            let lost = lost_at.filter(|lost| *lost < to && next.is_none());
            let Some(passage) = found.get_mut(*here) else { continue };
            let left_at = next.map(|(_, next)| *next).or(lost);
            passage.left += usize::from(left_at.is_some_and(within));
            if !within(*at) {
                continue;
            }
            passage.entered += 1;
            match (next, lost) {
                (Some((next, _)), _) if next > here => passage.went_on += 1,
                (Some(_), _) => passage.went_back += 1,
                (None, Some(_)) => passage.lost += 1,
                (None, None) => passage.still_here += 1,
            }
        }
    }
    for passage in &mut found {
        let decided = passage.went_on + passage.went_back + passage.lost;
        passage.conversion = share(passage.went_on, decided);
    }
    found
}
