//! How far a target is reached on some day of its period, and whether that is far enough.

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

/// A target beside what was reached.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Attainment {
    /// What was reached, over what was to be reached; 1 is the target.
    pub share: f64,
    /// The share of the period's days that has passed.
    pub elapsed: f64,
    /// The share reached over the share passed: 1 is on time, less is behind; none before the first day.
    pub pace: Option<f64>,
    /// What will have been reached on the last day if it goes on at that pace; none before the first day.
    pub outlook: Option<Decimal>,
    /// What is missing, not less than nothing.
    pub missing: Decimal,
    /// What is missing for each day that is left; none when none is.
    pub missing_per_day: Option<Decimal>,
}

/// A target that adds up over its period: amounts, counts. Days are those that count, such as working days.
///
/// ```
/// use crm_core::insight::attainment::attainment;
/// let so_far = attainment(100.into(), 45.into(), 60, 30);
/// assert_eq!((so_far.share, so_far.elapsed, so_far.pace), (0.45, 0.5, Some(0.9)));
/// assert_eq!((so_far.outlook, so_far.missing), (Some(90.into()), 55.into()));
/// ```
pub fn attainment(target: Decimal, reached: Decimal, days: u32, passed: u32) -> Attainment {
    let passed = passed.min(days);
    let share = ratio(reached, target);
    // A period without such days has passed as soon as it has come.
    let elapsed = if days == 0 { 1.0 } else { f64::from(passed) / f64::from(days) };
    let missing = missing(target, reached);
    let over = |sum: Decimal, days: u32| {
        sum.checked_div(Decimal::from(days)).map(|each| each.round_dp(6).normalize())
    };
    Attainment {
        share,
        elapsed,
        pace: (elapsed > 0.0).then(|| share / elapsed),
        outlook: if passed == days {
            Some(reached)
        } else {
            let whole = reached.checked_mul(Decimal::from(days));
            let outlook = whole.and_then(|whole| whole.checked_div(Decimal::from(passed)));
            outlook.map(|outlook| outlook.round_dp(6).normalize())
        },
        missing,
        missing_per_day: over(missing, days - passed),
    }
}

/// A target that is a rate, such as activities a working day: what has been reached is the rate so far.
pub fn rate_attainment(target: Decimal, count: usize, days: u32, passed: u32) -> (Decimal, Attainment) {
    let passed = passed.min(days);
    let whole = Decimal::from_usize(count).unwrap_or(Decimal::MAX);
    let rate =
        whole.checked_div(Decimal::from(passed)).map_or(Decimal::ZERO, |rate| rate.round_dp(6).normalize());
    let elapsed = if days == 0 { 1.0 } else { f64::from(passed) / f64::from(days) };
    let share = ratio(rate, target);
    let found = Attainment {
        share,
        elapsed,
        pace: (passed > 0).then_some(share),
        outlook: (passed > 0).then_some(rate),
        missing: missing(target, rate),
        missing_per_day: None,
    };
    (rate, found)
}

fn missing(target: Decimal, reached: Decimal) -> Decimal {
    target.checked_sub(reached).map_or(Decimal::ZERO, |missing| missing.max(Decimal::ZERO))
}

/// A target of nothing is reached.
fn ratio(reached: Decimal, target: Decimal) -> f64 {
    let ratio = reached.checked_div(target).and_then(|ratio| ratio.to_f64());
    ratio.unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_goes_on_at_its_pace_ends_where_it_was_said_to(
            target in 1i64..1_000_000, each in 0i64..5_000, days in 1u32..120, passed in 1u32..120,
        ) {
            let passed = passed.min(days);
            let after = |days_passed: u32| attainment(target.into(), Decimal::from(each * i64::from(days_passed)), days, days_passed);
            let (now, end) = (after(passed), after(days));
            prop_assert_eq!(now.outlook.unwrap(), Decimal::from(each * i64::from(days)));
            prop_assert!((now.pace.unwrap() - end.share).abs() < 1e-9);
            prop_assert!(now.share <= end.share && now.missing >= end.missing);
            if let Some(per_day) = now.missing_per_day {
                let rest = per_day * Decimal::from(days - passed);
                prop_assert!((rest - now.missing).abs() < Decimal::ONE);
            } else {
                prop_assert_eq!(passed, days);
            }
        }
    }

    #[test]
    fn ends_of_a_period() {
        let before = attainment(10.into(), 0.into(), 20, 0);
        assert_eq!(
            (before.pace, before.outlook, before.missing_per_day),
            (None, None, Some(Decimal::new(5, 1)))
        );
        let over = attainment(10.into(), 12.into(), 20, 25);
        assert_eq!((over.share, over.pace, over.missing), (1.2, Some(1.2), 0.into()));
        let empty = attainment(10.into(), 1.into(), 0, 0);
        assert_eq!((empty.elapsed, empty.outlook), (1.0, Some(1.into())));
        let (rate, found) = rate_attainment(4.into(), 30, 20, 10);
        assert_eq!((rate, found.share, found.pace, found.missing), (3.into(), 0.75, Some(0.75), 1.into()));
        assert_eq!(rate_attainment(4.into(), 0, 20, 0).1.pace, None);
    }
}
