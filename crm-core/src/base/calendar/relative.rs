//! Dates relative to today, as stretches of days or moments.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::base::{Instant, Span};

/// A unit in which a relative date counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// A calendar day.
    Day,
    /// Seven days, from Monday.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months, from January.
    Quarter,
    /// A calendar year.
    Year,
}

/// Which of the calendar's periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The one before the current.
    Last,
    /// The current.
    This,
    /// The one after the current.
    Next,
}

/// Days, or with [`Unit::Hour`] and [`Unit::Minute`] moments, counted from today or now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelativeDate {
    /// One day (or moment): `today`, `3 months ago`, `7 days from now`.
    Away {
        /// How many units from today; negative for the past.
        count: i32,
        /// The unit.
        unit: Unit,
    },
    /// A period of the calendar: `this month`, `last quarter`.
    Period {
        /// Which one.
        turn: Turn,
        /// The unit, a day or longer.
        unit: Unit,
    },
    /// The days from so many units ago up to today, or from today on, both ends included:
    /// `last 30 days`, `next 2 weeks`.
    Window {
        /// How many units; negative or zero for the past.
        count: i32,
        /// The unit.
        unit: Unit,
    },
}

/// What a relative date comes to: from a first to a last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stretch {
    Days(NaiveDate, NaiveDate),
    Moments(Instant, Instant),
}

const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The nearest day within the years 1 to 9999, which instants have too.
pub(crate) fn clamp(day: NaiveDate) -> NaiveDate {
    day.clamp(FIRST_DAY, LAST_DAY)
}

/// The day so many units away, held within the years 1 to 9999.
fn shift(day: NaiveDate, count: i32, unit: Unit) -> NaiveDate {
    let steps = u64::from(count.unsigned_abs());
    let moved = match unit {
        Unit::Minute | Unit::Hour => Some(day),
        Unit::Day | Unit::Week => {
            let days = Days::new(if unit == Unit::Week { steps * 7 } else { steps });
            if count < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
        }
        Unit::Month | Unit::Quarter | Unit::Year => {
            let each = match unit {
                Unit::Month => 1,
                Unit::Quarter => 3,
                _ => 12,
            };
            let months = Months::new(u32::try_from(steps * each).unwrap_or(u32::MAX));
            if count < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }
        }
    };
    clamp(moved.unwrap_or(if count < 0 { FIRST_DAY } else { LAST_DAY }))
}

fn first_of(day: NaiveDate, unit: Unit) -> NaiveDate {
    let month = match unit {
        Unit::Minute | Unit::Hour | Unit::Day => return day,
        Unit::Week => {
            let past = i32::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
            return shift(day, -past, Unit::Day);
        }
        Unit::Month => day.month(),
        Unit::Quarter => day.month0() / 3 * 3 + 1,
        Unit::Year => 1,
    };
    NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
}

fn moment(now: Instant, count: i32, unit: Unit) -> Instant {
    let minutes = i64::from(count) * if unit == Unit::Hour { 60 } else { 1 };
    now + Span::from_secs(minutes * 60)
}

impl RelativeDate {
    /// The day of today.
    pub const TODAY: RelativeDate = RelativeDate::day(0);

    /// The day so many days from today.
    pub const fn day(count: i32) -> Self {
        RelativeDate::Away { count, unit: Unit::Day }
    }

    /// The stretch that it stands for, or none for a calendar period of hours or minutes.
    pub(crate) fn stretch(self, now: Instant, today: NaiveDate) -> Option<Stretch> {
        let timed = |unit| matches!(unit, Unit::Minute | Unit::Hour);
        Some(match self {
            RelativeDate::Away { count, unit } if timed(unit) => {
                let at = moment(now, count, unit);
                Stretch::Moments(at, at)
            }
            RelativeDate::Window { count, unit } if timed(unit) => {
                let (from, to) = (moment(now, count.min(0), unit), moment(now, count.max(0), unit));
                Stretch::Moments(from, to)
            }
            RelativeDate::Period { unit, .. } if timed(unit) => return None,
            RelativeDate::Away { count, unit } => {
                let day = shift(today, count, unit);
                Stretch::Days(day, day)
            }
            RelativeDate::Window { count, unit } => {
                let (from, to) = (shift(today, count.min(0), unit), shift(today, count.max(0), unit));
                Stretch::Days(from, to)
            }
            RelativeDate::Period { turn, unit } => {
                let current = first_of(today, unit);
                let first = match turn {
                    Turn::Last => shift(current, -1, unit),
                    Turn::This => current,
                    Turn::Next => shift(current, 1, unit),
                };
                Stretch::Days(first, shift(shift(first, 1, unit), -1, Unit::Day))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_count_from_now() {
        let now: Instant = "2026-03-01T12:00:00Z".parse().unwrap();
        let today = "2026-03-01".parse().unwrap();
        let last = RelativeDate::Window { count: -4, unit: Unit::Hour }.stretch(now, today);
        assert_eq!(last, Some(Stretch::Moments(now - Span::from_hours(4), now)));
        assert_eq!(RelativeDate::Period { turn: Turn::This, unit: Unit::Hour }.stretch(now, today), None);
    }
}
