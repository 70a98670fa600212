//! Figures of a pipeline: win rate, cycle, funnel, time in stage.
//!
//! Definitions: a deal is closed when it is won or lost; the win rate is won ÷ closed, by count; the
//! cycle of a won deal is the time from its start to its close; velocity is the value won per day of
//! the mean cycle. Open deals are in the funnel and in no rate.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::base::{Instant, Span};

/// How a deal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not yet.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// What the figures need to know of a deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Deal {
    /// When work on it began; a deal without has no cycle.
    pub started_at: Option<Instant>,
    /// When it was won or lost.
    pub closed_at: Option<Instant>,
    /// How it ended.
    pub outcome: Outcome,
    /// What it is worth, in one currency for all deals.
    pub value: Decimal,
    /// The stages that it was in, with the time spent in each so far.
    pub stages: Vec<(String, Span)>,
}

/// The figures of a set of deals.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Figures {
    /// Won and lost.
    pub closed: usize,
    /// Won.
    pub won: usize,
    /// Lost.
    pub lost: usize,
    /// Still open.
    pub open: usize,
    /// Won ÷ closed, none while nothing is closed.
    pub win_rate: Option<f64>,
    /// The sum of the won deals' values.
    pub won_value: Decimal,
    /// The mean of the won deals' values.
    pub mean_value: Option<f64>,
    /// The mean time from start to close of the won deals that have both.
    pub mean_cycle: Option<Span>,
    /// The mean time from start to close of all closed deals that have both.
    pub mean_cycle_closed: Option<Span>,
    /// Value won per day of the mean cycle.
    pub velocity_per_day: Option<f64>,
}

/// The figures of a set of deals.
///
/// ```
/// use crm_core::base::{Instant, Span};
/// use crm_core::insight::pipeline::{Deal, Outcome, figures};
/// let start = Instant::from_micros(0);
/// let deal = |outcome, days| Deal {
///     started_at: Some(start),
///     closed_at: Some(start + Span::from_days(days)),
///     outcome,
///     value: 100.into(),
///     stages: vec![],
/// };
/// let figures = figures(&[deal(Outcome::Won, 10), deal(Outcome::Lost, 30)]);
/// assert_eq!(figures.win_rate, Some(0.5));
/// assert_eq!(figures.mean_cycle, Some(Span::from_days(10)));
/// ```
pub fn figures<'a>(deals: impl IntoIterator<Item = &'a Deal>) -> Figures {
    let (mut won, mut lost, mut open, mut won_value) = (0usize, 0usize, 0usize, Decimal::ZERO);
    let (mut won_cycle, mut closed_cycle) = (Mean::default(), Mean::default());
    for deal in deals {
        let cycle = deal.started_at.zip(deal.closed_at).map(|(start, close)| close - start);
        match deal.outcome {
            Outcome::Open => open += 1,
            Outcome::Won => {
                won += 1;
                won_value = won_value.saturating_add(deal.value);
                cycle.into_iter().for_each(|cycle| won_cycle.add(cycle));
                cycle.into_iter().for_each(|cycle| closed_cycle.add(cycle));
            }
            Outcome::Lost => {
                lost += 1;
                cycle.into_iter().for_each(|cycle| closed_cycle.add(cycle));
            }
        }
    }
    let closed = won + lost;
    let mean_cycle = won_cycle.get();
    let value = won_value.to_f64().unwrap_or(0.0);
    Figures {
        closed,
        won,
        lost,
        open,
        win_rate: (closed > 0).then(|| won as f64 / closed as f64),
        won_value,
        mean_value: (won > 0).then(|| value / won as f64),
        mean_cycle,
        mean_cycle_closed: closed_cycle.get(),
        velocity_per_day: mean_cycle.filter(|cycle| cycle.micros() > 0).map(|cycle| value / cycle.days()),
    }
}

/// The mean of spans, exact to the microsecond whatever their order.
#[derive(Default)]
struct Mean {
    sum: i128,
    count: i128,
}

impl Mean {
    fn add(&mut self, span: Span) {
        self.sum += i128::from(span.micros());
        self.count += 1;
    }

    fn get(&self) -> Option<Span> {
        let mean = self.sum.checked_div(self.count)?;
        i64::try_from(mean).ok().map(Span::from_micros)
    }
}

/// The figures of each group of deals.
pub fn figures_by<K: Ord>(deals: impl IntoIterator<Item = (K, Deal)>) -> BTreeMap<K, Figures> {
    let mut groups: BTreeMap<K, Vec<Deal>> = BTreeMap::new();
    for (key, deal) in deals {
        groups.entry(key).or_default().push(deal);
    }
    groups.into_iter().map(|(key, deals)| (key, figures(&deals))).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn deal(outcome: Outcome, stages: &[&str]) -> Deal {
        Deal {
            started_at: None,
            closed_at: None,
            outcome,
            value: Decimal::ONE,
            stages: stages.iter().map(|stage| ((*stage).to_owned(), Span::from_days(1))).collect(),
        }
    }

    #[test]
    fn a_funnel_counts_skipped_stages_as_passed_and_open_deals_not_against_it() {
        let stages = ["a", "b", "c"].map(String::from);
        let deals = [
            deal(Outcome::Won, &["a", "c"]),
            deal(Outcome::Lost, &["a", "b"]),
            deal(Outcome::Open, &["a"]),
            deal(Outcome::Open, &["b"]),
        ];
        let steps = funnel(&stages, &deals);
        let said: Vec<_> = steps.iter().map(|s| (s.reached, s.went_on, s.lost_here, s.stand_here)).collect();
        assert_eq!(said, [(4, 3, 0, 1), (3, 1, 1, 1), (1, 0, 0, 0)]);
        assert_eq!(steps[1].conversion, Some(0.5));
    }

    proptest! {
        #[test]
        fn order_never_matters_and_everybody_is_somewhere(
            outcomes in prop::collection::vec((0u8..3, 0usize..3, 0i64..1000), 0..40), turn in 0usize..40,
        ) {
            let stages = ["a", "b", "c"].map(String::from);
            let mut deals: Vec<Deal> = outcomes.iter().map(|(outcome, far, days)| {
                let outcome = [Outcome::Open, Outcome::Won, Outcome::Lost][usize::from(*outcome)];
                let names: Vec<&str> = stages[..=*far].iter().map(String::as_str).collect();
                Deal {
                    started_at: Some(Instant::from_micros(0)),
                    closed_at: (outcome != Outcome::Open).then(|| Instant::from_micros(0) + Span::from_days(*days)),
                    ..deal(outcome, &names)
                }
            }).collect();
            let (figures_before, funnel_before) = (figures(&deals), funnel(&stages, &deals));
            let turn = turn % deals.len().max(1);
            deals.rotate_left(turn);
            prop_assert_eq!(figures(&deals), figures_before.clone());
            prop_assert_eq!(funnel(&stages, &deals), funnel_before.clone());
            prop_assert_eq!(figures_before.closed + figures_before.open, deals.len());
            for pair in funnel_before.windows(2) {
                prop_assert!(pair[0].reached >= pair[1].reached);
            }
        }
    }
}
