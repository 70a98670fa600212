//! What was won and lost, by reason, by competitor or by anything else.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::cohort::share;
use super::figures::{Deal, Outcome};

/// How the deals of a group ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Ended {
    /// How many were won.
    pub won: usize,
    /// How many were lost.
    pub lost: usize,
    /// What the won ones are worth.
    pub won_value: Decimal,
    /// What the lost ones would have been worth.
    pub lost_value: Decimal,
}

impl Ended {
    /// Won ÷ (won + lost).
    pub fn win_rate(&self) -> Option<f64> {
        share(self.won, self.won + self.lost)
    }
}

/// How deals ended, by what each is listed under; a deal with two competitors is listed twice, an open
/// one counts nowhere.
pub fn ended_by<'a, K: Ord>(deals: impl IntoIterator<Item = (K, &'a Deal)>) -> BTreeMap<K, Ended> {
    let mut groups: BTreeMap<K, Ended> = BTreeMap::new();
    for (key, deal) in deals {
        let (count, value): (fn(&mut Ended) -> &mut usize, fn(&mut Ended) -> &mut Decimal) =
            match deal.outcome {
                Outcome::Open => continue,
                Outcome::Won => (|group| &mut group.won, |group| &mut group.won_value),
                Outcome::Lost => (|group| &mut group.lost, |group| &mut group.lost_value),
            };
        let group = groups.entry(key).or_default();
        *count(group) += 1;
        *value(group) = value(group).saturating_add(deal.value.unwrap_or_default());
    }
    groups
}
