//! How lively a customer is, what a deal is worth a seller's time, and which level a customer has.

use std::cmp::Ordering;

use crate::base::{Instant, Span};
use crate::record::error::{Error, Result};

/// Code and meaning of what levels can't be made of.
pub const CODES: &[(&str, &str)] = &[
    ("level.half_life", "a half-life is not a time"),
    ("level.weight", "a weight or a threshold is not a positive number"),
    ("level.grades", "grades don't descend, or there is none"),
];

/// A weighted count of activities that halves with each half-life: stored as it was at an instant, read
/// at any.
///
/// ```
/// use crm_core::base::{Instant, Span};
/// use crm_core::insight::level::Activity;
/// let day = |n| Instant::from_micros(0) + Span::from_days(n);
/// let month = Span::from_days(30);
/// let activity = Activity::NONE.with(8.0, day(0), month).unwrap();
/// assert_eq!(activity.at(day(60), month).unwrap(), 2.0);
/// assert_eq!(activity.falls_below(1.0, month).unwrap(), Some(day(90)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Activity {
    /// The count as it was.
    pub value: f64,
    /// When.
    pub as_of: Instant,
}

impl Activity {
    /// Nothing has happened.
    pub const NONE: Activity = Activity { value: 0.0, as_of: Instant::MIN };

    /// The count at an instant; before `as_of` it is what it would have had to be.
    ///
    /// # Errors
    /// `level.half_life` when the half-life is not above zero.
    pub fn at(&self, at: Instant, half_life: Span) -> Result<f64> {
        let halves = (at - self.as_of).days() / checked(half_life)?;
        // An empty count has no age, and a distant past would make a full one endless.
        Ok(if self.value == 0.0 { 0.0 } else { (self.value * (-halves).exp2()).min(f64::MAX) })
    }

    /// With one more activity, be it the latest or one that is entered late.
    ///
    /// # Errors
    /// `level.half_life`; `level.weight` when the weight is not a positive number.
    pub fn with(&self, weight: f64, at: Instant, half_life: Span) -> Result<Activity> {
        let weight = positive(weight)?;
        let as_of = self.as_of.max(at);
        let one = Activity { value: weight, as_of: at };
        Ok(Activity { value: (self.at(as_of, half_life)? + one.at(as_of, half_life)?).min(f64::MAX), as_of })
    }

    /// When the count falls below a threshold if nothing more happens: due work for that instant. None
    /// when it is below already or not before the end of the calendar.
    ///
    /// # Errors
    /// `level.half_life`; `level.weight` when the threshold is not a positive number.
    pub fn falls_below(&self, threshold: f64, half_life: Span) -> Result<Option<Instant>> {
        let days = (self.value / positive(threshold)?).log2() * checked(half_life)?;
        let micros = days * Span::from_days(1).micros() as f64;
        let room = (Instant::MAX - self.as_of).micros() as f64;
        Ok((micros >= 0.0 && micros < room).then(|| self.as_of + Span::from_micros(micros.ceil() as i64)))
    }
}

/// How lively a count of activities makes a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// At least the upper bound.
    Active,
    /// Between the bounds.
    Quiet,
    /// Below the lower bound.
    Silent,
}

/// A count rated at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    /// What it is.
    pub rating: Rating,
    /// When it falls, or fell, silent if nothing more happens; none when it never was above the lower bound.
    pub silent_from: Option<Instant>,
    /// When the rating falls next if nothing more happens; none when it is silent.
    pub falls_at: Option<Instant>,
}

impl Activity {
    /// The rating at an instant, active from an upper bound on, silent below a lower one. It changes exactly at
    /// `falls_at`, so that work for that instant finds it changed.
    ///
    /// # Errors
    /// `level.half_life`; `level.weight` when a bound is not a positive number.
    pub fn rated(&self, active_from: f64, silent_below: f64, half_life: Span, now: Instant) -> Result<Rated> {
        let silent_from = self.falls_below(silent_below, half_life)?;
        let quiet_from = self.falls_below(active_from.max(silent_below), half_life)?;
        let still = |until: Option<Instant>| until.filter(|until| now < *until);
        let (rating, falls_at) = match (still(quiet_from), still(silent_from)) {
            (Some(quiet), _) => (Rating::Active, Some(quiet)),
            (None, Some(silent)) => (Rating::Quiet, Some(silent)),
            (None, None) => (Rating::Silent, None),
        };
        Ok(Rated { rating, silent_from, falls_at })
    }
}

/// Whole days since the last contact; none when there was none.
pub fn days_since(last: Option<Instant>, now: Instant) -> Option<i64> {
    last.map(|last| (now - last).micros().max(0) / Span::from_days(1).micros())
}

fn checked(half_life: Span) -> Result<f64> {
    let days = half_life.days();
    if days > 0.0 {
        return Ok(days);
    }
    Err(Error::invalid("half_life", "level.half_life", format!("`{days}` days are no half-life")))
}

fn positive(number: f64) -> Result<f64> {
    if number > 0.0 && number.is_finite() {
        return Ok(number);
    }
    Err(Error::invalid("weight", "level.weight", format!("`{number}` is no positive number")))
}

/// What is known of an open deal when a seller plans a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prospect {
    /// The probability that it is won, 0 to 1.
    pub chance: f64,
    /// What it is worth, in the smallest unit of one currency.
    pub value: i64,
    /// What of it stays after costs; none when costs aren't known, then the value counts.
    pub margin: Option<i64>,
    /// How many activities were spent on it.
    pub activities: u32,
    /// Days until it is expected to close; less than zero when that has passed.
    pub days_to_close: Option<i32>,
    /// Days since anything was done about it.
    pub days_silent: u32,
}

/// What a deal is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// Probability × value.
    pub value: f64,
    /// Probability × margin.
    pub margin: Option<f64>,
    /// The expected margin, or value, per activity spent so far and the next one.
    pub per_activity: f64,
    /// The order of a day's work: expected margin, or value, × how near the close is × how long the
    /// deal has been silent. See [`worth`].
    pub priority: f64,
}

/// What a deal is worth. The priority takes the full expected margin of a deal that closes now or should
/// have, half of it a month before, a third two months before (30 ÷ (30 + days), none known: as at 30);
/// and up to twice that as two weeks pass in silence.
pub fn worth(deal: &Prospect) -> Worth {
    let chance = if deal.chance.is_finite() { deal.chance.clamp(0.0, 1.0) } else { 0.0 };
    let value = chance * deal.value as f64;
    let margin = deal.margin.map(|margin| chance * margin as f64);
    let counted = margin.unwrap_or(value);
    let days = f64::from(deal.days_to_close.unwrap_or(30).max(0));
    let near = 30.0 / (30.0 + days);
    let silent = 1.0 + f64::from(deal.days_silent.min(14)) / 14.0;
    Worth {
        value,
        margin,
        per_activity: counted / (f64::from(deal.activities) + 1.0),
        priority: counted * near * silent,
    }
}

/// The deals by row, the first to be worked on first; equal ones in the order given.
pub fn order(deals: &[Prospect]) -> Vec<usize> {
    let mut rows: Vec<(usize, f64)> = deals.iter().map(|deal| worth(deal).priority).enumerate().collect();
    rows.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal));
    rows.into_iter().map(|(row, _)| row).collect()
}

/// Who set a level.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// A person.
    Hand,
    /// The rule of that name.
    Rule(String),
}

/// A customer's level and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Level {
    /// The level, such as `A`.
    pub code: String,
    /// Who set it.
    pub by: SetBy,
}

/// Levels by figure: each with the least figure that it takes, the highest first. The figure is the
/// weighted RFM score, an amount, a model's score.
///
/// ```
/// use crm_core::insight::level::{Grades, Level, SetBy};
/// let grades = Grades::new("rfm", &[("A", 4.0), ("B", 3.0), ("C", 0.0)]).unwrap();
/// let by_rule = grades.of(3.5).unwrap();
/// assert_eq!(by_rule.code, "B");
/// let by_hand = Level { code: "A".into(), by: SetBy::Hand };
/// assert_eq!(grades.change(Some(&by_hand), 3.5, false), None);
/// assert_eq!(grades.change(Some(&by_hand), 3.5, true), Some(by_rule));
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Grades {
    rule: String,
    from: Vec<(String, f64)>,
}

impl Grades {
    /// Levels with the least figure of each, the highest first, under a rule's name.
    ///
    /// # Errors
    /// `level.grades` when there is none, or the figures don't descend.
    pub fn new(rule: &str, from: &[(&str, f64)]) -> Result<Self> {
        let descend = from.is_sorted_by(|a, b| a.1 > b.1);
        if from.is_empty() || !descend || from.iter().any(|(_, figure)| !figure.is_finite()) {
            return Err(Error::invalid("grades", "level.grades", format!("`{from:?}` are no grades")));
        }
        let from = from.iter().map(|(code, figure)| ((*code).to_owned(), *figure)).collect();
        Ok(Grades { rule: rule.to_owned(), from })
    }

    /// The level that a figure takes; none below the lowest.
    pub fn of(&self, figure: f64) -> Option<Level> {
        let (code, _) = self.from.iter().find(|(_, from)| figure >= *from)?;
        Some(Level { code: code.clone(), by: SetBy::Rule(self.rule.clone()) })
    }

    /// The level that a customer gets in place of the one that he has, if any; one set by hand stays
    /// unless it may be overwritten.
    pub fn change(&self, current: Option<&Level>, figure: f64, over_hand: bool) -> Option<Level> {
        if current.is_some_and(|level| level.by == SetBy::Hand) && !over_hand {
            return None;
        }
        self.of(figure).filter(|level| current != Some(level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(days: f64) -> Instant {
        Instant::from_micros(0) + Span::from_micros((days * 86_400e6) as i64)
    }

    proptest! {
        #[test]
        fn order_of_entry_does_not_matter_and_decay_is_a_group(
            acts in prop::collection::vec((0.1f64..9.0, 0.0f64..99.0), 1..12), turn in 0usize..12, later in 0.0f64..50.0,
        ) {
            let half = Span::from_days(14);
            let add = |acts: &[(f64, f64)]| acts.iter().try_fold(Activity::NONE, |sum, act| sum.with(act.0, day(act.1), half)).unwrap();
            let mut turned = acts.clone();
            turned.rotate_left(turn % acts.len());
            let (one, other) = (add(&acts), add(&turned));
            prop_assert_eq!(one.as_of, other.as_of);
            prop_assert!((one.value - other.value).abs() < 1e-9 * one.value);
            let read = one.at(one.as_of + Span::from_micros((later * 86_400e6) as i64), half).unwrap();
            prop_assert!(read > 0.0 && read <= one.value);
            if let Some(at) = one.falls_below(0.5, half).unwrap() {
                prop_assert!(one.at(at, half).unwrap() <= 0.5 + 1e-9);
                prop_assert!(one.at(at - Span::from_micros(2_000_000), half).unwrap() >= 0.5);
            } else {
                prop_assert!(one.value < 0.5);
            }
        }

        #[test]
        fn a_rating_falls_when_it_was_said_to(
            value in 0.01f64..50.0, days in 0.0f64..400.0, lower in 0.1f64..3.0, gap in 0.0f64..4.0,
        ) {
            let (half, count) = (Span::from_days(20), Activity { value, as_of: day(0.0) });
            let rated = |at: Instant| count.rated(lower + gap, lower, half, at).unwrap();
            let now = rated(day(days));
            prop_assert_eq!(now.falls_at.is_none(), now.rating == Rating::Silent);
            if let Some(falls) = now.falls_at {
                prop_assert!(falls > day(days));
                prop_assert_eq!(rated(falls - Span::from_micros(1)).rating, now.rating);
                prop_assert_ne!(rated(falls).rating, now.rating);
            }
            // What is stored sorts as the count does at any instant.
            let more = Activity { value: value + 0.5, ..count };
            prop_assert!(more.rated(lower + gap, lower, half, day(days)).unwrap().silent_from >= now.silent_from);
        }

        #[test]
        fn a_likelier_richer_nearer_deal_never_comes_later(chance in 0.0f64..0.9, value in 0i64..1_000_000, days in 0i32..200) {
            let deal = Prospect { chance, value, days_to_close: Some(days + 1), ..Prospect::default() };
            let better = [
                Prospect { chance: chance + 0.1, ..deal },
                Prospect { value: value + 1, ..deal },
                Prospect { days_to_close: Some(days), ..deal },
                Prospect { days_silent: 3, ..deal },
            ];
            for better in better {
                prop_assert!(worth(&better).priority >= worth(&deal).priority);
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused_or_counts_nothing() {
        let half = Span::from_days(1);
        let check = |found: Result<Activity>, code: &str| assert_eq!(found.unwrap_err().code(), code);
        check(Activity::NONE.with(f64::NAN, day(0.0), half), "level.weight");
        check(Activity::NONE.with(0.0, day(0.0), half), "level.weight");
        check(Activity::NONE.with(1.0, day(0.0), Span::ZERO), "level.half_life");
        assert_eq!(Activity::NONE.falls_below(1.0, half).unwrap(), None);
        assert_eq!(Activity::NONE.at(Instant::MAX, half).unwrap(), 0.0);
        let deals = [
            Prospect { chance: f64::NAN, value: 9, ..Prospect::default() },
            Prospect { chance: 0.5, value: 10, margin: Some(2), ..Prospect::default() },
            Prospect { chance: 0.5, value: 4, activities: 3, ..Prospect::default() },
        ];
        assert_eq!(order(&deals), [2, 1, 0]);
        assert_eq!(worth(&deals[2]).per_activity, 0.5);
        assert_eq!(days_since(Some(day(0.0)), day(2.9)), Some(2));
        for wrong in [&[][..], &[("A", 1.0), ("B", 1.0)], &[("A", f64::NAN)]] {
            assert_eq!(Grades::new("rule", wrong).unwrap_err().code(), "level.grades");
        }
        let grades = Grades::new("amount", &[("A", 10.0)]).unwrap();
        assert_eq!(grades.of(f64::NAN), None);
        assert_eq!(grades.change(grades.of(11.0).as_ref(), 12.0, false), None);
    }
}
