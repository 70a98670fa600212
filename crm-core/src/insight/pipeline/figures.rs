//! Win rate, values and cycles of a set of deals.

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
    /// What it is worth, in one currency for all deals; none where that isn't known.
    pub value: Option<Decimal>,
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
    /// The sum of the won deals' values, as far as they are known.
    pub won_value: Decimal,
    /// The mean of the won deals' values that are known.
    pub mean_value: Option<f64>,
    /// The value that half of the won deals whose value is known stay below.
    pub median_value: Option<Decimal>,
    /// The mean time from start to close of the won deals that have both.
    pub mean_cycle: Option<Span>,
    /// The time that half of the won deals stay below.
    pub median_cycle: Option<Span>,
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
///     value: Some(100.into()),
///     stages: vec![],
/// };
/// let figures = figures(&[deal(Outcome::Won, 10), deal(Outcome::Lost, 30)]);
/// assert_eq!(figures.win_rate, Some(0.5));
/// assert_eq!(figures.mean_cycle, Some(Span::from_days(10)));
/// ```
pub fn figures<'a>(deals: impl IntoIterator<Item = &'a Deal>) -> Figures {
    let (mut won, mut lost, mut open, mut won_value) = (0usize, 0usize, 0usize, Decimal::ZERO);
    let (mut won_cycle, mut closed_cycle) = (Mean::default(), Mean::default());
    let (mut values, mut cycles) = (Vec::new(), Vec::new());
    for deal in deals {
        let cycle = deal.started_at.zip(deal.closed_at).map(|(start, close)| close - start);
        match deal.outcome {
            Outcome::Open => open += 1,
            Outcome::Won => {
                won += 1;
                won_value = won_value.saturating_add(deal.value.unwrap_or_default());
                values.extend(deal.value);
                cycles.extend(cycle);
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
        mean_value: (!values.is_empty()).then(|| value / values.len() as f64),
        median_value: middle(values).and_then(|(low, high)| Some(low.checked_add(high)? / Decimal::TWO)),
        mean_cycle,
        median_cycle: middle(cycles)
            .map(|(low, high)| Span::from_micros(low.micros().midpoint(high.micros()))),
        mean_cycle_closed: closed_cycle.get(),
        velocity_per_day: mean_cycle.filter(|cycle| cycle.micros() > 0).map(|cycle| value / cycle.days()),
    }
}

/// The mean of spans, exact to the microsecond whatever their order.
#[derive(Default)]
pub(super) struct Mean {
    sum: i128,
    count: i128,
}

impl Mean {
    pub fn add(&mut self, span: Span) {
        self.sum += i128::from(span.micros());
        self.count += 1;
    }

    pub fn get(&self) -> Option<Span> {
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

/// The two in the middle of the sorted values, twice the same where their number is odd.
fn middle<T: Ord + Copy>(mut values: Vec<T>) -> Option<(T, T)> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    Some((*values.get(last / 2)?, *values.get(last.div_ceil(2))?))
}

/// The figures of deals against what the list prices would have brought.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct ListFigures {
    /// The list value of the won deals ÷ that of the closed ones: a win rate by value, for a lost deal
    /// often has no value of its own.
    pub win_rate: Option<f64>,
    /// The value of the won deals whose value is known ÷ their list value: 0.9 where a tenth was given away.
    pub won_over_list: Option<f64>,
}

/// The figures of deals, each with its list value.
pub fn list_figures<'a>(deals: impl IntoIterator<Item = (&'a Deal, Decimal)>) -> ListFigures {
    let (mut won, mut closed, mut value, mut valued) =
        (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for (deal, list) in deals {
        if deal.outcome == Outcome::Won {
            won = won.saturating_add(list);
            if let Some(found) = deal.value {
                value = value.saturating_add(found);
                valued = valued.saturating_add(list);
            }
        }
        if deal.outcome != Outcome::Open {
            closed = closed.saturating_add(list);
        }
    }
    ListFigures { win_rate: ratio(won, closed), won_over_list: ratio(value, valued) }
}

/// One amount by another; none by nothing.
pub(super) fn ratio(part: Decimal, whole: Decimal) -> Option<f64> {
    let (part, whole) = (part.to_f64()?, whole.to_f64()?);
    (whole != 0.0).then(|| part / whole)
}
