//! Columns of days: dates, timestamps with and without a time zone, and texts that are dates.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Date64Type, Int64Type};
use arrow_buffer::ScalarBuffer;
use arrow_schema::{DataType, TimeUnit};
use chrono::{Datelike, NaiveDate};
use crm_core::base::Instant;
use crm_core::base::calendar::{TimeZone, local_time};
use crm_core::record::values;

use crate::failure::{Failure, Result};
use crate::frame::{Column, cast, each};

const DAY: i64 = 86_400;
/// The days of the years 1 to 9999.
pub(crate) const CALENDAR: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;
const BEYOND: &str = "the date is beyond the years 1 to 9999";

/// Where a timestamp's day is looked up.
enum Zone {
    /// Always so many seconds ahead of UTC.
    Fixed(i64),
    /// By the rules of a place.
    Place(TimeZone),
}

impl Zone {
    fn named(name: &str) -> Option<Zone> {
        if let Ok(place) = name.parse() {
            return Some(Zone::Place(place));
        }
        let (sign, rest) = match name.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        Some(Zone::Fixed(sign * (hours * 3600 + minutes * 60)))
    }

    /// Seconds ahead of UTC at an instant in seconds.
    fn ahead(&self, at: i64) -> i64 {
        match self {
            Zone::Fixed(ahead) => *ahead,
            Zone::Place(zone) => {
                let local = local_time(Instant::from_micros(at.saturating_mul(1_000_000)), *zone);
                local.and_utc().timestamp() - at
            }
        }
    }
}

/// The offsets of a place, one a day of UTC; none for a day on which it changes.
struct Offsets {
    zone: Zone,
    first: i64,
    days: Vec<Option<i64>>,
}

impl Offsets {
    fn over(zone: Zone, seconds: &[i64]) -> Self {
        let first = seconds.iter().copied().min().unwrap_or(0).div_euclid(DAY);
        let last = seconds.iter().copied().max().unwrap_or(0).div_euclid(DAY);
        // Beyond some centuries of them it isn't worth while.
        let days = if last - first > 200_000 { 0..0 } else { first..last + 1 };
        let offset = |day: i64| {
            let (morning, evening) = (zone.ahead(day * DAY), zone.ahead(day * DAY + DAY - 1));
            (morning == evening).then_some(morning)
        };
        let days = days.map(offset).collect();
        Offsets { zone, first, days }
    }

    fn day(&self, at: i64) -> i64 {
        let place = usize::try_from(at.div_euclid(DAY) - self.first).ok();
        let known = place.and_then(|place| self.days.get(place)).copied().flatten();
        (at + known.unwrap_or_else(|| self.zone.ahead(at))).div_euclid(DAY)
    }
}

/// Days since 1970-01-01 of what a text begins with.
fn of_text(text: &str) -> Option<i32> {
    let day = text.trim().split(['T', ' ']).next()?;
    let date = day.parse::<NaiveDate>().ok().or_else(|| values::date(day))?;
    Some(date.num_days_from_ce() - 719_163)
}

impl Column {
    /// Days since 1970-01-01. A timestamp's day is that of its own time zone, or of `zone` where that is given;
    /// one without a time zone is taken as it stands.
    /// All lie in the years 1 to 9999, which are Python's.
    pub fn days(&self, zone: Option<&str>) -> Result<ScalarBuffer<i32>> {
        self.present()?;
        let days = self.any_days(zone)?;
        // Both ends in one pass over the column, without a branch a row.
        let ends =
            days.iter().fold((0, 0), |(least, most), day| (i32::min(least, *day), i32::max(most, *day)));
        if CALENDAR.contains(&ends.0) && CALENDAR.contains(&ends.1) {
            return Ok(days);
        }
        let row = days.iter().position(|day| !CALENDAR.contains(day));
        self.at(row.unwrap_or_default(), "column.range", BEYOND)
    }

    fn any_days(&self, zone: Option<&str>) -> Result<ScalarBuffer<i32>> {
        match self.values.data_type() {
            DataType::Null => Ok(ScalarBuffer::from(Vec::new())),
            DataType::Date32 => Ok(self.values.as_primitive::<Date32Type>().values().clone()),
            DataType::Date64 => {
                let millis = self.values.as_primitive::<Date64Type>().values();
                self.in_range(each(millis, |millis| i32::try_from(millis.div_euclid(DAY * 1000)).ok()))
            }
            DataType::Timestamp(unit, own) => {
                self.of_timestamps(*unit, zone.or(own.as_deref()).filter(|_| own.is_some()))
            }
            DataType::LargeUtf8 => {
                let texts = self.texts()?;
                let rows: Vec<usize> = (0..texts.len()).collect();
                each(&rows, |row| of_text(texts.value(*row))).map(Into::into).or_else(|row| {
                    let what = format!("`{}` is not a date such as 2026-03-01", texts.value(row));
                    self.at(row, "column.date", &what)
                })
            }
            _ => self.wrong_type("dates or timestamps"),
        }
    }

    fn in_range(&self, days: Result<Vec<i32>, usize>) -> Result<ScalarBuffer<i32>> {
        days.map(Into::into).or_else(|row| self.at(row, "column.range", BEYOND))
    }

    fn of_timestamps(&self, unit: TimeUnit, zone: Option<&str>) -> Result<ScalarBuffer<i32>> {
        let stored = cast(&self.values, &DataType::Int64)?;
        let stored = stored.as_primitive::<Int64Type>().values();
        let a_second: i64 = match unit {
            TimeUnit::Second => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Microsecond => 1_000_000,
            TimeUnit::Nanosecond => 1_000_000_000,
        };
        let Some(name) = zone else {
            let a_day = DAY * a_second;
            return self.in_range(each(stored, |at| i32::try_from(at.div_euclid(a_day)).ok()));
        };
        let Some(zone) = Zone::named(name) else {
            let message = format!("column `{}`: there is no time zone `{name}`", self.name);
            return Err(Failure::column(&self.name, None, "column.type", message));
        };
        // What the calendar can hold, with room to spare.
        let second = |at: &i64| Some(at.div_euclid(a_second)).filter(|at| at.unsigned_abs() < 1 << 42);
        let seconds = match each(stored, second) {
            Ok(seconds) => seconds,
            Err(row) => return self.at(row, "column.range", BEYOND),
        };
        let offsets = Offsets::over(zone, &seconds);
        self.in_range(each(&seconds, |at| i32::try_from(offsets.day(*at)).ok()))
    }
}
