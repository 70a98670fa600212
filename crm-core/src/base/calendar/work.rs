//! Working days and working time: weekly hours, holidays, extra workdays.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveTime};

use super::{FIRST_DAY, LAST_DAY, TimeZone, instant_of, local_date, local_time, plus_days, start_of_day};
use crate::base::time::{Instant, Span};

/// Hours of a day by the clock, written `09:00-12:30`; up to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hours {
    from: u16,
    to: u16,
}

/// When an organisation works: hours by weekday, holidays, and workdays besides (such as the Saturdays that make up for
/// the Spring Festival).
///
/// A holiday has no working time. An extra workday has the hours of its weekday or, where that has none, those of the
/// first weekday that has; it counts even when it is listed as a holiday as well.
///
/// ```
/// use crm_core::base::calendar::WorkCalendar;
/// use crm_core::base::time::Span;
/// let calendar = WorkCalendar::office("Asia/Shanghai".parse().unwrap());
/// // Friday 17:00 in Shanghai, plus two working hours: Monday 10:00.
/// let due = calendar.add_working_time("2026-03-06T09:00:00Z".parse().unwrap(), Span::from_hours(2));
/// assert_eq!(due.unwrap().to_string(), "2026-03-09T02:00:00.000000Z");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct WorkCalendar {
    zone: TimeZone,
    week: [Vec<Hours>; 7],
    holidays: BTreeSet<NaiveDate>,
    workdays: BTreeSet<NaiveDate>,
}

/// A calendar as it is written down.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    zone: TimeZone,
    /// Monday first.
    week: [Vec<Hours>; 7],
    #[serde(default)]
    holidays: BTreeSet<NaiveDate>,
    #[serde(default)]
    workdays: BTreeSet<NaiveDate>,
}

/// Why hours or a calendar can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The text is not two times of the day in their order.
    #[error("`{0}` are not hours of a day, as in `09:00-12:30`")]
    Hours(String),
    /// Two of a weekday's hours overlap.
    #[error("`{0}` and `{1}` overlap")]
    Overlap(Hours, Hours),
}

/// Working time of a day, in minutes by the clock.
const MINUTE: i64 = 60_000_000;
/// The most days of which the working time is taken from the clock alone, when the zone's offset is the same a day before
/// and a day after. Since 1940 no zone has left its offset for less than 166 hours (tz database, 2025).
const STEADY: i64 = 4;

impl Hours {
    /// Hours by minutes since midnight.
    ///
    /// # Errors
    /// When they end before they begin, or after 24:00.
    pub fn new(from: u16, to: u16) -> Result<Self, CalendarError> {
        let hours = Hours { from, to };
        if from < to && to <= 24 * 60 { Ok(hours) } else { Err(CalendarError::Hours(hours.to_string())) }
    }

    fn minutes(self) -> i64 {
        i64::from(self.to) - i64::from(self.from)
    }
}

impl WorkCalendar {
    /// A calendar of weekly hours, Monday first, with holidays and extra workdays.
    ///
    /// # Errors
    /// When two of a weekday's hours overlap.
    pub fn new(
        zone: TimeZone,
        mut week: [Vec<Hours>; 7],
        holidays: BTreeSet<NaiveDate>,
        workdays: BTreeSet<NaiveDate>,
    ) -> Result<Self, CalendarError> {
        for day in &mut week {
            day.sort_unstable();
            if let Some((a, b)) = day.iter().zip(day.iter().skip(1)).find(|(a, b)| a.to > b.from) {
                return Err(CalendarError::Overlap(*a, *b));
            }
        }
        Ok(WorkCalendar { zone, week, holidays, workdays })
    }

    /// Monday to Friday from 9:00 to 18:00, without holidays.
    pub fn office(zone: TimeZone) -> Self {
        let day = || vec![Hours { from: 9 * 60, to: 18 * 60 }];
        let week = [day(), day(), day(), day(), day(), vec![], vec![]];
        WorkCalendar { zone, week, holidays: BTreeSet::new(), workdays: BTreeSet::new() }
    }

    /// Every hour of every day.
    pub fn always(zone: TimeZone) -> Self {
        let week = std::array::from_fn(|_| vec![Hours { from: 0, to: 24 * 60 }]);
        WorkCalendar { zone, week, holidays: BTreeSet::new(), workdays: BTreeSet::new() }
    }

    /// The zone whose clocks count.
    pub fn zone(&self) -> TimeZone {
        self.zone
    }

    /// The hours worked on a date, in order.
    pub fn hours_on(&self, date: NaiveDate) -> &[Hours] {
        let usual = self.usual(date);
        if self.workdays.contains(&date) {
            let some = self.week.iter().find(|hours| !hours.is_empty());
            if usual.is_empty() { some.map_or(&[], Vec::as_slice) } else { usual }
        } else if self.holidays.contains(&date) {
            &[]
        } else {
            usual
        }
    }

    /// Whether any hour of a date is worked.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !self.hours_on(date).is_empty()
    }

    /// How many working days lie from one date up to, not including, another; negative when the other is earlier.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from { -self.count_days(to, from) } else { self.count_days(from, to) }
    }

    /// The date so many working days later, or earlier when negative; the date itself for zero. None when no such day
    /// comes by the year 9999 or came since the year 1.
    pub fn add_working_days(&self, date: NaiveDate, days: i64) -> Option<NaiveDate> {
        let forward = days > 0;
        if days == 0 {
            return Some(date);
        }
        let start = plus_days(date, if forward { 1 } else { -1 });
        let measure = |from, to| self.count_days(from, to);
        let (day, _) = reach(start, i64::try_from(days.unsigned_abs()).ok()?, forward, measure)?;
        Some(day)
    }

    /// The working time from one instant to another; negative when the other is earlier.
    pub fn working_time_between(&self, from: Instant, to: Instant) -> Span {
        if to < from {
            return Span::from_micros(-self.working_time_between(to, from).micros());
        }
        let (first, last) = (local_date(from, self.zone), local_date(to, self.zone));
        if first == last {
            return Span::from_micros(total(self.shifts(first, from, to)));
        }
        let days = total(self.shifts(first, from, Instant::MAX))
            + self.time_of_days(plus_days(first, 1), last)
            + total(self.shifts(last, Instant::MIN, to));
        Span::from_micros(days)
    }

    /// The instant by which so much working time has passed since another; for a negative span, from which so much
    /// passes until it. The instant itself for none. None when the calendar has not so much working time.
    pub fn add_working_time(&self, at: Instant, span: Span) -> Option<Instant> {
        let forward = span.micros() > 0;
        let wanted = i64::try_from(span.micros().unsigned_abs()).ok()?;
        if wanted == 0 {
            return Some(at);
        }
        let today = local_date(at, self.zone);
        let (from, to) = if forward { (at, Instant::MAX) } else { (Instant::MIN, at) };
        let left_today = total(self.shifts(today, from, to));
        if wanted <= left_today {
            return walk(self.shifts(today, from, to), wanted, forward);
        }
        let start = plus_days(today, if forward { 1 } else { -1 });
        let measure = |from, to| self.time_of_days(from, to);
        let (day, left) = reach(start, wanted - left_today, forward, measure)?;
        walk(self.shifts(day, Instant::MIN, Instant::MAX), left, forward)
    }

    fn usual(&self, date: NaiveDate) -> &[Hours] {
        let weekday = date.weekday().num_days_from_monday() as usize;
        self.week.get(weekday).map_or(&[], Vec::as_slice)
    }

    /// The shifts of a date as instants, cut to a window.
    fn shifts(
        &self,
        date: NaiveDate,
        from: Instant,
        to: Instant,
    ) -> impl DoubleEndedIterator<Item = (Instant, Instant)> {
        let at = move |minutes: u16| {
            let time = NaiveTime::from_hms_opt(u32::from(minutes / 60), u32::from(minutes % 60), 0);
            // 24:00 is the next day's beginning.
            time.map_or_else(
                || start_of_day(plus_days(date, 1), self.zone),
                |time| instant_of(date.and_time(time), self.zone),
            )
        };
        let shifts =
            self.hours_on(date).iter().map(move |hours| (at(hours.from).max(from), at(hours.to).min(to)));
        shifts.filter(|(from, to)| from < to)
    }

    /// The working time of whole days, in microseconds.
    fn time_of_days(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        let days = (to - from).num_days();
        if days <= 0 {
            return 0;
        }
        if days <= STEADY {
            let offset = |date: NaiveDate| {
                let midnight = date.and_time(NaiveTime::MIN);
                local_time(midnight.and_utc().into(), self.zone) - midnight
            };
            // No zone's midnight is more than a day from that of UTC.
            if offset(plus_days(from, -1)) == offset(plus_days(to, 1)) {
                return self.sum(from, to, &|hours| hours.iter().map(|h| h.minutes() * MINUTE).sum());
            }
            if days == 1 {
                return total(self.shifts(from, Instant::MIN, Instant::MAX));
            }
        }
        let middle = plus_days(from, days / 2);
        self.time_of_days(from, middle) + self.time_of_days(middle, to)
    }

    fn count_days(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        self.sum(from, to, &|hours| i64::from(!hours.is_empty()))
    }

    /// The sum of a measure over the days of a range: by whole weeks, the days that remain, and the exceptions.
    fn sum(&self, from: NaiveDate, to: NaiveDate, measure: &dyn Fn(&[Hours]) -> i64) -> i64 {
        let days = (to - from).num_days();
        if days <= 0 {
            return 0;
        }
        let week: i64 = self.week.iter().map(|hours| measure(hours)).sum();
        let rest = (0..days % 7).map(|day| measure(self.usual(plus_days(from, day))));
        let holidays = self.holidays.range(from..to).filter(|date| !self.workdays.contains(date));
        let exceptions = holidays.chain(self.workdays.range(from..to));
        let moved = exceptions.map(|date| measure(self.hours_on(*date)) - measure(self.usual(*date)));
        days / 7 * week + rest.sum::<i64>() + moved.sum::<i64>()
    }
}

/// The length of shifts, in microseconds.
fn total(shifts: impl Iterator<Item = (Instant, Instant)>) -> i64 {
    shifts.map(|(from, to)| (to - from).micros()).sum()
}

/// The instant within shifts by which `left` has passed, from the front or from the back.
fn walk(
    mut shifts: impl DoubleEndedIterator<Item = (Instant, Instant)>,
    mut left: i64,
    forward: bool,
) -> Option<Instant> {
    loop {
        let (from, to) = if forward { shifts.next()? } else { shifts.next_back()? };
        let length = (to - from).micros();
        if left <= length {
            let left = Span::from_micros(left);
            return Some(if forward { from + left } else { to - left });
        }
        left -= length;
    }
}

/// The day on which a measure of days reaches an amount, counted from a day on or back, and what is left for that day.
/// Takes days by runs that double, then halve.
fn reach(
    start: NaiveDate,
    amount: i64,
    forward: bool,
    measure: impl Fn(NaiveDate, NaiveDate) -> i64,
) -> Option<(NaiveDate, i64)> {
    let (mut day, mut left, mut run, mut growing) = (start, amount, 1, true);
    loop {
        let next = plus_days(day, if forward { run } else { -run });
        let (from, to) = if forward { (day, next) } else { (plus_days(next, 1), plus_days(day, 1)) };
        let within = measure(from, to);
        if within < left {
            // The calendar ends before the amount is reached.
            if next == if forward { LAST_DAY } else { FIRST_DAY } {
                return None;
            }
            (day, left) = (next, left - within);
            run = if growing { run * 2 } else { (run / 2).max(1) };
        } else if run == 1 {
            return Some((day, left));
        } else {
            growing = false;
            run /= 2;
        }
    }
}

impl From<WorkCalendar> for Plain {
    fn from(calendar: WorkCalendar) -> Plain {
        let WorkCalendar { zone, week, holidays, workdays } = calendar;
        Plain { zone, week, holidays, workdays }
    }
}
impl TryFrom<Plain> for WorkCalendar {
    type Error = CalendarError;
    fn try_from(plain: Plain) -> Result<Self, CalendarError> {
        WorkCalendar::new(plain.zone, plain.week, plain.holidays, plain.workdays)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hours { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}
impl FromStr for Hours {
    type Err = CalendarError;
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let minutes = |time: &str| {
            let (hours, minutes) = time.trim().split_once(':')?;
            let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
            (hours <= 24 && minutes < 60).then(|| hours * 60 + minutes)
        };
        let times = text.split_once('-').and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
        let malformed = || CalendarError::Hours(text.to_owned());
        let (from, to) = times.ok_or_else(malformed)?;
        Hours::new(from, to).map_err(|_| malformed())
    }
}
impl serde::Serialize for Hours {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Hours {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "work_tests.rs"]
mod tests;
