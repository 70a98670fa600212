//! How far deals come along the stages, what each stage holds up, and which one most.

use std::collections::BTreeMap;

use super::figures::{Deal, Mean, Outcome};
use crate::base::Span;

/// One step of a funnel.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Step {
    /// The stage.
    pub stage: String,
    /// How many deals came at least as far.
    pub reached: usize,
    /// How many of them came farther.
    pub went_on: usize,
    /// How many of them were lost here, that is before they came farther.
    pub lost_here: usize,
    /// How many of them stand here now.
    pub stand_here: usize,
    /// Went on ÷ (went on + lost here): deals that still stand here are not counted against it.
    pub conversion: Option<f64>,
}

/// How far deals come along the stages of a pipeline, given in order without the lost one. A deal
/// that skipped a stage has come past it.
pub fn funnel(stages: &[String], deals: &[Deal]) -> Vec<Step> {
    let farthest: Vec<(Option<usize>, Outcome)> = deals
        .iter()
        .map(|deal| {
            let places =
                deal.stages.iter().filter_map(|(stage, _)| stages.iter().position(|known| known == stage));
            (places.max(), deal.outcome)
        })
        .collect();
    let step = |(place, stage): (usize, &String)| {
        let here = farthest.iter().filter(|(far, _)| far.is_some_and(|far| far >= place));
        let (mut reached, mut went_on, mut lost_here, mut stand_here) = (0, 0, 0, 0);
        for (far, outcome) in here {
            reached += 1;
            match (far.is_some_and(|far| far > place), outcome) {
                (true, _) => went_on += 1,
                (false, Outcome::Lost) => lost_here += 1,
                (false, Outcome::Won) => went_on += usize::from(place + 1 < stages.len()),
                (false, Outcome::Open) => stand_here += 1,
            }
        }
        let decided = went_on + lost_here;
        let conversion = (decided > 0).then(|| went_on as f64 / decided as f64);
        Step { stage: stage.clone(), reached, went_on, lost_here, stand_here, conversion }
    };
    stages.iter().enumerate().map(step).collect()
}

/// The time that deals spend in a stage.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct StageTime {
    /// The stage.
    pub stage: String,
    /// How many deals were in it.
    pub deals: usize,
    /// The mean time.
    pub mean: Span,
    /// The time that half of them stayed below.
    pub median: Span,
    /// The longest time.
    pub longest: Span,
}

/// The time that deals spend in each of these stages; stages that none was in are left out.
pub fn time_in_stage(stages: &[String], deals: &[Deal]) -> Vec<StageTime> {
    let mut times = Vec::new();
    for stage in stages {
        let spent = deals.iter().flat_map(|deal| &deal.stages).filter(|(name, _)| name == stage);
        let mut spans: Vec<Span> = spent.map(|(_, span)| *span).collect();
        spans.sort();
        let Some(longest) = spans.last().copied() else { continue };
        let mut mean = Mean::default();
        spans.iter().for_each(|span| mean.add(*span));
        let median = spans.get((spans.len() - 1) / 2).copied().unwrap_or_default();
        let mean = mean.get().unwrap_or_default();
        times.push(StageTime { stage: stage.clone(), deals: spans.len(), mean, median, longest });
    }
    times
}

/// The funnel of each group of deals, such as those that were entered in the same month.
pub fn funnel_by<K: Ord>(
    stages: &[String],
    deals: impl IntoIterator<Item = (K, Deal)>,
) -> BTreeMap<K, Vec<Step>> {
    let mut groups: BTreeMap<K, Vec<Deal>> = BTreeMap::new();
    for (key, deal) in deals {
        groups.entry(key).or_default().push(deal);
    }
    groups.into_iter().map(|(key, deals)| (key, funnel(stages, &deals))).collect()
}

/// The stages that hold a pipeline up.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Bottleneck {
    /// Where the smallest share of the deals that are decided goes on.
    pub leaks: Option<String>,
    /// Where half of the deals stay longest.
    pub slow: Option<String>,
}

/// The stages that hold a pipeline up, of those where at least so many deals are decided.
pub fn bottleneck(steps: &[Step], times: &[StageTime], at_least: usize) -> Bottleneck {
    let decided = |step: &&Step| step.went_on + step.lost_here >= at_least.max(1);
    // Cross-multiplied, so that equal shares are equal.
    let share = |a: &Step, b: &Step| {
        let product = |x: usize, y: &Step| x as u128 * (y.went_on + y.lost_here) as u128;
        product(a.went_on, b).cmp(&product(b.went_on, a))
    };
    let last = steps.last().map(|step| step.stage.as_str());
    let inner = steps.iter().filter(|step| Some(step.stage.as_str()) != last);
    let leaks = inner.filter(decided).filter(|step| step.lost_here > 0).min_by(|a, b| share(a, b));
    let enough = times.iter().filter(|time| time.deals >= at_least);
    let slow = enough.max_by(|a, b| a.median.cmp(&b.median).then_with(|| b.stage.cmp(&a.stage)));
    Bottleneck { leaks: leaks.map(|step| step.stage.clone()), slow: slow.map(|time| time.stage.clone()) }
}
