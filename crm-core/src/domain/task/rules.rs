//! When a task comes again, and what is wrong with one.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{Every, Recurrence, Task};
use crate::base::Instant;
use crate::base::calendar::{TimeZone, instant_of, local_time};
use crate::record::error::Invalid;

/// A recurrence gives up after so many occurrences that lie in the past.
const MOST_SKIPPED: u32 = 10_000;

/// When a task is next due: the first occurrence after the one that was due and after now, at the
/// same local time; none when the recurrence has ended.
///
/// A day that a month lacks is that month's last one, and the wanted day comes back in the next
/// month that has it. A local time that a clock change leaves out is the first instant after it.
///
/// ```
/// use crm_core::base::{Instant, calendar::TimeZone};
/// use crm_core::domain::task::{Every, Recurrence, next_due};
/// let at = |text: &str| text.parse::<Instant>().unwrap();
/// let monthly = Recurrence { unit: Every::Month, every: 1, until: None, day: Some(31) };
/// let (due, now) = (at("2025-01-31T01:00:00Z"), at("2025-01-31T02:00:00Z"));
/// let next = next_due(&monthly, due, now, TimeZone::SHANGHAI);
/// assert_eq!(next, Some(at("2025-02-28T01:00:00Z")));
/// ```
pub fn next_due(recurrence: &Recurrence, due: Instant, now: Instant, zone: TimeZone) -> Option<Instant> {
    let local = local_time(due, zone);
    (1..=MOST_SKIPPED).find_map(|step| {
        let Some(day) = occurrence(recurrence, local.date(), step) else { return Some(None) };
        if recurrence.until.is_some_and(|until| day > until) {
            return Some(None);
        }
        let at = instant_of(day.and_time(local.time()), zone);
        (at > due && at > now).then_some(Some(at))
    })?
}

/// The day of an occurrence, so many steps after the first.
fn occurrence(recurrence: &Recurrence, first: NaiveDate, step: u32) -> Option<NaiveDate> {
    let count = step.checked_mul(recurrence.every).filter(|count| *count > 0)?;
    match recurrence.unit {
        Every::Day => first.checked_add_days(Days::new(count.into())),
        Every::Week => first.checked_add_days(Days::new(u64::from(count) * 7)),
        Every::Month => {
            let month = first.with_day(1)?.checked_add_months(Months::new(count))?;
            let wanted = recurrence.day.unwrap_or(first.day());
            (0..4).find_map(|short| month.with_day(wanted.checked_sub(short)?))
        }
    }
}

/// What is wrong with a task; empty when nothing is.
pub fn faults(task: &Task) -> Vec<Invalid> {
    let mut faults = Vec::new();
    if let Some(recurrence) = &task.recurrence {
        if recurrence.every == 0 {
            let message = "a task comes again after 1 or more days, weeks or months, not after `0`";
            faults.push(Invalid::new("recurrence", "task.recurrence_empty", message));
        }
        if let Some(day) = recurrence.day.filter(|day| !(1..=31).contains(day)) {
            let message = format!("`{day}` is not a day of a month");
            faults.push(Invalid::new("recurrence", "task.recurrence_day", message));
        }
    }
    faults
}

impl Task {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        self.done_at.is_none() && !matches!(self.state.as_str(), "done" | "cancelled")
    }

    /// Whether it is still to be done past its time.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.is_open() && self.due_at.is_some_and(|due| due < now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn when_a_task_comes_again() {
        use Every::{Day, Month, Week};
        let berlin: TimeZone = "Europe/Berlin".parse().unwrap();
        for (unit, every, day, until, due, now, next) in [
            (
                Day,
                1,
                None,
                None,
                "2025-03-01T09:00:00Z",
                "2025-03-01T10:00:00Z",
                Some("2025-03-02T09:00:00Z"),
            ),
            // Done five days late: what was missed is not made up for.
            (
                Day,
                2,
                None,
                None,
                "2025-03-01T09:00:00Z",
                "2025-03-06T10:00:00Z",
                Some("2025-03-07T09:00:00Z"),
            ),
            // Done early: the next one still comes after the one that was due.
            (
                Week,
                1,
                None,
                None,
                "2025-03-08T09:00:00Z",
                "2025-03-02T10:00:00Z",
                Some("2025-03-15T09:00:00Z"),
            ),
            // The same local time across a clock change.
            (
                Day,
                1,
                None,
                None,
                "2025-03-29T08:00:00Z",
                "2025-03-29T08:00:00Z",
                Some("2025-03-30T07:00:00Z"),
            ),
            // 2:30 does not exist on that day.
            (
                Day,
                1,
                None,
                None,
                "2025-03-29T01:30:00Z",
                "2025-03-29T01:30:00Z",
                Some("2025-03-30T01:00:00Z"),
            ),
            (
                Month,
                1,
                Some(31),
                None,
                "2025-01-31T09:00:00Z",
                "2025-02-01T00:00:00Z",
                Some("2025-02-28T09:00:00Z"),
            ),
            (
                Month,
                1,
                Some(31),
                None,
                "2025-02-28T09:00:00Z",
                "2025-03-01T00:00:00Z",
                Some("2025-03-31T08:00:00Z"),
            ),
            (
                Month,
                12,
                Some(29),
                None,
                "2024-02-29T09:00:00Z",
                "2024-03-01T00:00:00Z",
                Some("2025-02-28T09:00:00Z"),
            ),
            (Day, 1, None, Some("2025-03-01"), "2025-03-01T09:00:00Z", "2025-03-01T09:00:00Z", None),
            (Day, 0, None, None, "2025-03-01T09:00:00Z", "2025-03-01T10:00:00Z", None),
            (Month, u32::MAX, None, None, "2025-03-01T09:00:00Z", "2025-03-01T10:00:00Z", None),
        ] {
            let until = until.map(|day: &str| day.parse().unwrap());
            let recurrence = Recurrence { unit, every, until, day };
            assert_eq!(next_due(&recurrence, at(due), at(now), berlin), next.map(at), "{recurrence:?} {due}");
        }
    }

    proptest! {
        #[test]
        fn the_next_one_lies_ahead(
            unit in prop::sample::select(vec![Every::Day, Every::Week, Every::Month]),
            every in 1u32..50,
            due in 0i64..2_000_000_000,
            late in -1_000_000i64..10_000_000,
        ) {
            let due = Instant::from_micros(0) + Span::from_secs(due);
            let now = due + Span::from_secs(late);
            let recurrence = Recurrence { unit, every, until: None, day: None };
            let next = next_due(&recurrence, due, now, "America/New_York".parse().unwrap()).unwrap();
            prop_assert!(next > due && next > now);
            let longest = match unit { Every::Day => 1, Every::Week => 7, Every::Month => 31 } * i64::from(every) + 1;
            prop_assert!(next - due.max(now) <= Span::from_days(longest));
        }
    }
}
