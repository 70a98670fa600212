//! Local dates and times: time zones, date ranges, buckets, relative dates, working time.
//!
//! The engine keeps instants; what a business calls a day is one of its time zone.

mod bucket;
mod relative;
mod work;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

pub use bucket::{Bucket, FiscalYear, FiscalYearError};
pub use relative::{RelativeDate, Turn, Unit};
pub(crate) use relative::{Stretch, clamp};
pub use work::{CalendarError, Hours, WorkCalendar};

use super::time::{Instant, Span};

/// A time zone of the IANA database, by its name: `Asia/Shanghai`.
///
/// ```
/// use crm_core::base::calendar::{TimeZone, local_date};
/// let zone: TimeZone = "Asia/Shanghai".parse().unwrap();
/// let at = "2026-02-28T16:00:00Z".parse().unwrap();
/// assert_eq!(local_date(at, zone).to_string(), "2026-03-01");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeZone(Tz);

/// No time zone has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time zone of the IANA database, as `Asia/Shanghai` is")]
pub struct UnknownTimeZone(pub String);

impl TimeZone {
    /// The zone of mainland China, the engine's default.
    pub const SHANGHAI: TimeZone = TimeZone(Tz::Asia__Shanghai);

    /// Coordinated universal time.
    pub const UTC: TimeZone = TimeZone(Tz::UTC);

    /// Its IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// Days from `from` up to, not including, `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct DateRange {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last.
    pub to: NaiveDate,
}

impl DateRange {
    /// One day.
    pub fn day(date: NaiveDate) -> Self {
        DateRange { from: date, to: plus_days(date, 1) }
    }

    /// Whether a day lies in the range.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from <= date && date < self.to
    }

    /// How many days it has; none when it ends before it begins.
    pub fn days(&self) -> i64 {
        (self.to - self.from).num_days().max(0)
    }

    /// The instants at which its first day begins and its last has ended.
    pub fn instants(&self, zone: TimeZone) -> (Instant, Instant) {
        (start_of_day(self.from, zone), start_of_day(self.to, zone))
    }
}

/// The date that the calendars of a zone show at an instant.
pub fn local_date(at: Instant, zone: TimeZone) -> NaiveDate {
    local_time(at, zone).date()
}

/// The date and time that the clocks of a zone show at an instant.
pub fn local_time(at: Instant, zone: TimeZone) -> NaiveDateTime {
    at.to_chrono().with_timezone(&zone.0).naive_local()
}

/// The instant at which a date begins in a zone.
///
/// Where midnight is skipped, the first instant of the date; where it comes twice, the first of the two. A date that is
/// skipped whole (30 December 2011 in Samoa) begins, and ends, with the next one.
pub fn start_of_day(date: NaiveDate, zone: TimeZone) -> Instant {
    instant_of(date.and_time(NaiveTime::MIN), zone)
}

/// The instant at which the clocks of a zone first show a local time or, if they skip it, a later one.
pub fn instant_of(local: NaiveDateTime, zone: TimeZone) -> Instant {
    match local.year() {
        ..1 => return Instant::MIN,
        10_000.. => return Instant::MAX,
        _ => {}
    }
    if let Some(at) = zone.0.from_local_datetime(&local).earliest() {
        return at.with_timezone(&Utc).into();
    }
    // Skipped: the clocks jump somewhere within two days, since zones lie at most 26 hours apart.
    let nominal = Instant::from(local.and_utc());
    let (mut before, mut after) = (nominal - Span::from_days(2), nominal + Span::from_days(2));
    while (after - before).micros() > 1 {
        let middle = before + Span::from_micros((after - before).micros() / 2);
        if local_time(middle, zone) < local {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

/// The first and the last day that dates are counted to.
const FIRST_DAY: NaiveDate = date_of(DateTime::from_timestamp_micros(Instant::MIN.micros()));
const LAST_DAY: NaiveDate = date_of(DateTime::from_timestamp_micros(Instant::MAX.micros()));

const fn date_of(at: Option<DateTime<Utc>>) -> NaiveDate {
    match at {
        Some(at) => at.naive_utc().date(),
        None => NaiveDate::MIN,
    }
}

/// So many days later, or earlier; held within the years 1 to 9999.
pub fn plus_days(date: NaiveDate, days: i64) -> NaiveDate {
    let count = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(count).unwrap_or(FIRST_DAY).max(FIRST_DAY)
    } else {
        date.checked_add_days(count).unwrap_or(LAST_DAY).min(LAST_DAY)
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TimeZone {
    type Err = UnknownTimeZone;
    fn from_str(name: &str) -> Result<Self, UnknownTimeZone> {
        name.parse().map(TimeZone).map_err(|_| UnknownTimeZone(name.to_owned()))
    }
}

impl serde::Serialize for TimeZone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
impl<'de> serde::Deserialize<'de> for TimeZone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        name.parse().unwrap()
    }

    #[test]
    fn names_of_zones() {
        let shanghai: TimeZone = serde_json::from_str("\"Asia/Shanghai\"").unwrap();
        assert_eq!(shanghai, zone("Asia/Shanghai"));
        assert_eq!(serde_json::to_string(&shanghai).unwrap(), "\"Asia/Shanghai\"");
        assert_eq!("Asia/Nowhere".parse::<TimeZone>(), Err(UnknownTimeZone("Asia/Nowhere".into())));
    }

    #[test]
    fn days_begin() {
        let check = |name: &str, date: &str, start: &str| {
            let expected: Instant = start.parse().unwrap();
            assert_eq!(start_of_day(date.parse().unwrap(), zone(name)), expected, "{date} in {name}");
        };
        check("UTC", "2026-03-01", "2026-03-01T00:00:00Z");
        check("Asia/Shanghai", "2026-03-01", "2026-02-28T16:00:00Z");
        check("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z");
        check("America/New_York", "2026-03-09", "2026-03-09T04:00:00Z");
        // Midnight is skipped: clocks went from 00:00 to 01:00.
        check("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z");
        // Midnight comes twice: clocks went from 01:00 back to 00:00.
        check("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z");
        // The half hour around midnight was skipped, from 23:30 to 00:00 on the day after.
        check("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z");
        // The whole day was skipped.
        check("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z");
        check("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z");
        assert_eq!(start_of_day(NaiveDate::MIN, zone("Asia/Shanghai")), Instant::MIN);
        assert_eq!(start_of_day(NaiveDate::MAX, zone("Asia/Shanghai")), Instant::MAX);
    }

    #[test]
    fn ranges() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let range = DateRange { from: day("2026-01-01"), to: day("2026-02-01") };
        assert_eq!(range.days(), 31);
        assert!(range.contains(day("2026-01-31")) && !range.contains(day("2026-02-01")));
        assert_eq!(plus_days(day("2026-01-01"), -1), day("2025-12-31"));
        assert_eq!(plus_days(day("2026-01-01"), i64::MAX), day("9999-12-31"));
        assert_eq!(plus_days(day("2026-01-01"), i64::MIN), day("0001-01-01"));
    }

    proptest! {
        #[test]
        fn an_instant_lies_in_its_day(micros in any::<i64>(), name in proptest::sample::select(vec![
            "UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia",
        ])) {
            let at = Instant::from_micros(micros % 4_000_000_000_000_000);
            let date = local_date(at, zone(name));
            prop_assert!(start_of_day(date, zone(name)) <= at);
            prop_assert!(at < start_of_day(plus_days(date, 1), zone(name)));
        }

        #[test]
        fn takes_any_local_time(days in any::<i32>(), secs in 0u32..86_400) {
            let date = NaiveDate::from_num_days_from_ce_opt(days).unwrap_or(NaiveDate::MAX);
            let local = date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(secs, 0).unwrap());
            let at = instant_of(local, zone("Africa/Cairo"));
            prop_assert!(Instant::MIN <= at && at <= Instant::MAX);
        }
    }
}
