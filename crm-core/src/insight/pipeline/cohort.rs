//! Deals that were entered together, and what has become of them so far.

use std::collections::BTreeMap;

use super::figures::{Deal, Outcome};

/// What has become of the deals of one entry period.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Cohort {
    /// How many were entered.
    pub entered: usize,
    /// How many are won or lost.
    pub closed: usize,
    /// How many are won.
    pub won: usize,
    /// How many are open: what becomes of them is not known, so rates of a young cohort still move.
    pub open: usize,
}

impl Cohort {
    /// Won ÷ entered, the least that the cohort can come to.
    pub fn won_of_entered(&self) -> Option<f64> {
        share(self.won, self.entered)
    }

    /// Won ÷ closed.
    pub fn won_of_closed(&self) -> Option<f64> {
        share(self.won, self.closed)
    }

    /// (Won + open) ÷ entered, the most that the cohort can come to.
    pub fn at_most(&self) -> Option<f64> {
        share(self.won + self.open, self.entered)
    }
}

pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The cohorts of deals by their entry period.
pub fn cohorts<'a, K: Ord>(deals: impl IntoIterator<Item = (K, &'a Deal)>) -> BTreeMap<K, Cohort> {
    let mut cohorts: BTreeMap<K, Cohort> = BTreeMap::new();
    for (entered, deal) in deals {
        let cohort = cohorts.entry(entered).or_default();
        cohort.entered += 1;
        match deal.outcome {
            Outcome::Open => cohort.open += 1,
            Outcome::Won => (cohort.closed, cohort.won) = (cohort.closed + 1, cohort.won + 1),
            Outcome::Lost => cohort.closed += 1,
        }
    }
    cohorts
}
