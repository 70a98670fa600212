//! Customers who have been silent for too long, so that somebody makes them an offer.

use chrono::{Days, Months, NaiveDate};

use super::ids::Key;
use super::states::States;

/// How long a customer may be silent after a purchase.
///
/// ```
/// use crm_core::insight::rfm::Silence;
/// let last = "2026-11-30".parse().unwrap();
/// assert_eq!(Silence::Months(3).due_on(last), "2027-02-28".parse().ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// So many days.
    Days(u32),
    /// So many months of the calendar.
    Months(u32),
}

impl Silence {
    /// The first day on which a customer has been silent for as long; none beyond the calendar.
    pub fn due_on(self, last: NaiveDate) -> Option<NaiveDate> {
        match self {
            Silence::Days(days) => last.checked_add_days(Days::new(u64::from(days))),
            Silence::Months(months) => last.checked_add_months(Months::new(months)),
        }
    }

    /// The customers, by row, who have been silent for as long as of a day (days since 1970-01-01).
    pub fn rows<K: Key>(self, states: &States<K>, as_of: i32) -> Vec<usize> {
        let silent = |last: i32| {
            let due = date(last).and_then(|last| self.due_on(last));
            due.zip(date(as_of)).is_some_and(|(due, today)| due <= today)
        };
        states.last().iter().enumerate().filter(|(_, last)| silent(**last)).map(|(row, _)| row).collect()
    }
}

fn date(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(day)
}
