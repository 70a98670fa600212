//! How likely a deal is won, by its age: the estimator of competing risks by O. Aalen and S. Johansen
//! (1978), which is that of Kaplan and Meier (1958) where there is but one end.

/// What became of a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Won at that age.
    Won,
    /// Lost at that age.
    Lost,
    /// Still open at that age, the last that is known of it.
    Open,
}

/// The share of deals won and still open by age, in columns by ascending age.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incidence {
    /// Ages, in days, at which deals ended.
    pub ages: Vec<i32>,
    /// The share won by that age.
    pub won: Vec<f64>,
    /// The share neither won nor lost by that age.
    pub open: Vec<f64>,
    /// How many deals were seen at that age, and so can tell of what comes after.
    pub seen: Vec<u32>,
}

impl Incidence {
    /// From the ages at which deals ended or were last seen, in any order.
    ///
    /// ```
    /// use crm_core::insight::forecast::{Fate, Incidence};
    /// let seen = [(5, Fate::Won), (10, Fate::Lost), (10, Fate::Open), (20, Fate::Won)];
    /// let incidence = Incidence::of(seen);
    /// assert_eq!(incidence.chance(0, 5), Some(0.25));
    /// assert!(incidence.chance(12, 30).is_some_and(|chance| chance > 0.999));
    /// assert_eq!(incidence.chance(20, 30), None);
    /// ```
    pub fn of(deals: impl IntoIterator<Item = (i32, Fate)>) -> Self {
        let mut deals: Vec<(i32, Fate)> = deals.into_iter().collect();
        deals.sort_unstable();
        let mut found = Incidence::default();
        let (mut seen, mut won, mut open) = (deals.len(), 0.0, 1.0);
        for same in deals.chunk_by(|a, b| a.0 == b.0) {
            let count = |fate: Fate| same.iter().filter(|deal| deal.1 == fate).count() as f64;
            let (wins, losses) = (count(Fate::Won), count(Fate::Lost));
            if wins + losses > 0.0 {
                let before: f64 = open;
                won += before * wins / seen as f64;
                open = if wins + losses < seen as f64 {
                    before * (1.0 - (wins + losses) / seen as f64)
                } else {
                    0.0
                };
                found.ages.extend(same.first().map(|deal| deal.0));
                found.won.push(won);
                found.open.push(open);
                found.seen.push(u32::try_from(seen).unwrap_or(u32::MAX));
            }
            seen -= same.len();
        }
        found
    }

    /// The shares won and still open by an age, and how many deals tell of what comes after.
    fn by(&self, age: i64) -> (f64, f64, u32) {
        let after = self.ages.partition_point(|known| i64::from(*known) <= age);
        let at = |column: &[f64], first: f64| match after.checked_sub(1) {
            Some(place) => column.get(place).copied().unwrap_or(first),
            None => first,
        };
        (at(&self.won, 0.0), at(&self.open, 1.0), self.seen.get(after).copied().unwrap_or(0))
    }

    /// The probability that a deal of that age, still open, is won within so many more days; none when
    /// no deal was ever seen open at that age. Beyond the ages that were seen nothing is won.
    pub fn chance(&self, age: i32, within: u32) -> Option<f64> {
        self.chance_and_seen(age, 0, within).map(|(chance, _)| chance)
    }

    /// The probability that it is won after so many more days, but within so many after those.
    pub(super) fn chance_and_seen(&self, age: i32, skip: u32, within: u32) -> Option<(f64, u32)> {
        let (_, open, seen) = self.by(i64::from(age));
        let first = i64::from(age) + i64::from(skip);
        let ((before, ..), (by_then, ..)) = (self.by(first), self.by(first + i64::from(within)));
        (seen > 0 && open > 0.0).then(|| (((by_then - before) / open).clamp(0.0, 1.0), seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_add_up_and_chances_grow_with_time(
            deals in prop::collection::vec((0i32..50, 0u8..3), 1..60), age in 0i32..50, within in 0u32..40, more in 0u32..40,
        ) {
            let fates = [Fate::Won, Fate::Lost, Fate::Open];
            let found = Incidence::of(deals.iter().map(|(age, fate)| (*age, fates[usize::from(*fate)])));
            for (won, open) in found.won.iter().zip(&found.open) {
                prop_assert!(*won >= 0.0 && *open >= 0.0 && won + open <= 1.0 + 1e-12);
            }
            if let Some(chance) = found.chance(age, within) {
                prop_assert!((0.0..=1.0).contains(&chance));
                prop_assert!(found.chance(age, within + more).unwrap() >= chance);
            }
            // Without deals that are still open it is the plain share.
            let ended = Incidence::of(deals.iter().map(|(age, fate)| (*age, fates[usize::from(*fate) % 2])));
            let won = deals.iter().filter(|deal| deal.1 % 2 == 0).count() as f64 / deals.len() as f64;
            prop_assert!((ended.chance(-1, 100).unwrap() - won).abs() < 1e-9);
        }
    }
}
