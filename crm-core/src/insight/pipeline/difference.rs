//! What lies between two states of a pipeline, deal by deal, so that it adds up.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::figures::Outcome;

/// How a deal stands at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it is worth, in one currency for all deals; none where that isn't known.
    pub value: Option<Decimal>,
    /// Open, won or lost.
    pub outcome: Outcome,
    /// Whether it is among what is looked at, such as the deals expected to close this quarter.
    pub within: bool,
}

/// In which way a deal changed the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It was not there before.
    New,
    /// It had been closed and is open again.
    Reopened,
    /// It came within what is looked at.
    MovedIn,
    /// It is worth more.
    Up,
    /// It is worth less.
    Down,
    /// It went out of what is looked at.
    MovedOut,
    /// It was won.
    Won,
    /// It was lost.
    Lost,
    /// It is not there any more.
    Gone,
}

/// One deal's change of the sum.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Change<K> {
    /// The deal.
    pub deal: K,
    /// In which way.
    pub way: Way,
    /// By how much; less than zero where the sum became less.
    pub by: Decimal,
}

/// All changes of one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Part {
    /// How many deals.
    pub deals: usize,
    /// By how much together.
    pub by: Decimal,
}

/// What lies between two states: `before` and the parts add up to `after`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference<K> {
    /// The sum of the open deals that are looked at, before.
    pub before: Decimal,
    /// The same, after.
    pub after: Decimal,
    /// The changes by way.
    pub parts: BTreeMap<Way, Part>,
    /// The changes deal by deal, in the order of deals.
    pub changes: Vec<Change<K>>,
    /// How many deals that are counted in either state have no known value there, so that they add nothing.
    pub without_value: usize,
}

/// What lies between two states of a pipeline.
///
/// ```
/// use crm_core::insight::pipeline::{Outcome, Standing, Way, difference};
/// let open = |value: i64| Standing { value: Some(value.into()), outcome: Outcome::Open, within: true };
/// let won = Standing { outcome: Outcome::Won, ..open(30) };
/// let found = difference(&[("a", open(10)), ("b", open(30))].into(), &[("a", open(15)), ("b", won)].into());
/// let ways: Vec<Way> = found.changes.iter().map(|change| change.way).collect();
/// assert_eq!(ways, [Way::Up, Way::Won]);
/// assert_eq!((found.before, found.after), (40.into(), 15.into()));
/// ```
pub fn difference<K: Ord + Clone>(
    before: &BTreeMap<K, Standing>,
    after: &BTreeMap<K, Standing>,
) -> Difference<K> {
    let counted = |standing: Option<&Standing>| {
        standing
            .filter(|deal| deal.within && deal.outcome == Outcome::Open)
            .map(|deal| deal.value.unwrap_or_default())
    };
    let is_unvalued = |standing: Option<&Standing>| {
        standing.is_some_and(|deal| deal.within && deal.outcome == Outcome::Open && deal.value.is_none())
    };
    let mut found = Difference {
        before: before.values().filter_map(|deal| counted(Some(deal))).sum(),
        after: after.values().filter_map(|deal| counted(Some(deal))).sum(),
        parts: BTreeMap::new(),
        changes: Vec::new(),
        without_value: 0,
    };
    for deal in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (was, is) = (before.get(deal), after.get(deal));
        let (old, new) = (counted(was), counted(is));
        found.without_value += usize::from(is_unvalued(was) || is_unvalued(is));
        let by = new.unwrap_or_default() - old.unwrap_or_default();
        let way = match (old, new) {
            (None, None) => continue,
            (Some(_), Some(_)) if by.is_zero() => continue,
            (Some(_), Some(_)) => {
                if by.is_sign_positive() {
                    Way::Up
                } else {
                    Way::Down
                }
            }
            (Some(_), None) => match is.map(|is| is.outcome) {
                None => Way::Gone,
                Some(Outcome::Open) => Way::MovedOut,
                Some(Outcome::Won) => Way::Won,
                Some(Outcome::Lost) => Way::Lost,
            },
            (None, Some(_)) => match was.map(|was| was.outcome) {
                None => Way::New,
                Some(Outcome::Open) => Way::MovedIn,
                Some(Outcome::Won | Outcome::Lost) => Way::Reopened,
            },
        };
        let part = found.parts.entry(way).or_default();
        (part.deals, part.by) = (part.deals + 1, part.by + by);
        found.changes.push(Change { deal: deal.clone(), way, by });
    }
    found
}
