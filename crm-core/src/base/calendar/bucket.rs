//! Buckets: the day, week, month, quarter or year that a date falls in.

use chrono::{Datelike, Months, NaiveDate};

use super::{DateRange, FIRST_DAY, LAST_DAY, plus_days};

/// When the organisation's financial year begins: on the first of a month. A fiscal year is named after the calendar year
/// in which it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct FiscalYear(u8);

/// A month that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month; a fiscal year begins with month 1 to 12")]
pub struct FiscalYearError(pub u8);

impl FiscalYear {
    /// The fiscal year that begins with a month, 1 to 12.
    ///
    /// # Errors
    /// When there is no such month.
    pub const fn starting(month: u8) -> Result<Self, FiscalYearError> {
        if 1 <= month && month <= 12 { Ok(FiscalYear(month)) } else { Err(FiscalYearError(month)) }
    }

    /// The month that it begins with, 1 to 12.
    pub const fn start_month(self) -> u8 {
        self.0
    }
}

impl Default for FiscalYear {
    fn default() -> Self {
        FiscalYear(1)
    }
}
impl TryFrom<u8> for FiscalYear {
    type Error = FiscalYearError;
    fn try_from(month: u8) -> Result<Self, FiscalYearError> {
        FiscalYear::starting(month)
    }
}
impl From<FiscalYear> for u8 {
    fn from(year: FiscalYear) -> u8 {
        year.0
    }
}

/// A length of time that reports count by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// A day.
    Day,
    /// A week from Monday to Sunday (ISO 8601).
    Week,
    /// A month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
    /// A quarter of the fiscal year.
    FiscalQuarter,
    /// A fiscal year.
    FiscalYear,
}

impl Bucket {
    /// All buckets.
    pub const ALL: [Bucket; 7] = [
        Bucket::Day,
        Bucket::Week,
        Bucket::Month,
        Bucket::Quarter,
        Bucket::Year,
        Bucket::FiscalQuarter,
        Bucket::FiscalYear,
    ];

    /// The days of the bucket that a date falls in.
    ///
    /// ```
    /// use crm_core::base::calendar::{Bucket, FiscalYear};
    /// let range = Bucket::FiscalYear.of("2026-03-31".parse().unwrap(), FiscalYear::starting(4).unwrap());
    /// assert_eq!((range.from.to_string(), range.to.to_string()), ("2025-04-01".into(), "2026-04-01".into()));
    /// ```
    pub fn of(self, date: NaiveDate, fiscal: FiscalYear) -> DateRange {
        let months = |first_month: u8, count: u32| {
            let into = (date.month0() + 12 - (u32::from(first_month) - 1)) % count;
            let from = plus_months(first_of_month(date), -i64::from(into));
            DateRange { from, to: plus_months(from, i64::from(count)) }
        };
        match self {
            Bucket::Day => DateRange::day(date),
            Bucket::Week => {
                let from = plus_days(date, -i64::from(date.weekday().num_days_from_monday()));
                DateRange { from, to: plus_days(from, 7) }
            }
            Bucket::Month => months(1, 1),
            Bucket::Quarter => months(1, 3),
            Bucket::Year => months(1, 12),
            Bucket::FiscalQuarter => months(fiscal.0, 3),
            Bucket::FiscalYear => months(fiscal.0, 12),
        }
    }

    /// What the bucket of a date is called: `2026-03-01`, `2026-W09`, `2026-03`, `2026-Q1`, `2026`, `FY2026-Q1`, `FY2026`.
    pub fn label(self, date: NaiveDate, fiscal: FiscalYear) -> String {
        let year = date.year();
        let fiscal_year = || plus_days(Bucket::FiscalYear.of(date, fiscal).to, -1).year();
        match self {
            Bucket::Day => date.to_string(),
            Bucket::Week => format!("{:04}-W{:02}", date.iso_week().year(), date.iso_week().week()),
            Bucket::Month => format!("{year:04}-{:02}", date.month()),
            Bucket::Quarter => format!("{year:04}-Q{}", date.month0() / 3 + 1),
            Bucket::Year => format!("{year:04}"),
            Bucket::FiscalQuarter => {
                let into = (date.month0() + 13 - u32::from(fiscal.0)) % 12;
                format!("FY{:04}-Q{}", fiscal_year(), into / 3 + 1)
            }
            Bucket::FiscalYear => format!("FY{:04}", fiscal_year()),
        }
    }
}

/// The first day of a date's month.
fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// So many months later, or earlier, on the same day of the month or its last; held within the years 1 to 9999.
pub(super) fn plus_months(date: NaiveDate, months: i64) -> NaiveDate {
    let count = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or(u32::MAX));
    if months < 0 {
        date.checked_sub_months(count).unwrap_or(FIRST_DAY).max(FIRST_DAY)
    } else {
        date.checked_add_months(count).unwrap_or(LAST_DAY).min(LAST_DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    #[rustfmt::skip]
    fn buckets() {
        let april = FiscalYear::starting(4).unwrap();
        for (bucket, date, from, to, label) in [
            (Bucket::Day, "2026-03-01", "2026-03-01", "2026-03-02", "2026-03-01"),
            (Bucket::Week, "2026-03-01", "2026-02-23", "2026-03-02", "2026-W09"),
            (Bucket::Week, "2027-01-01", "2026-12-28", "2027-01-04", "2026-W53"),
            (Bucket::Month, "2024-02-29", "2024-02-01", "2024-03-01", "2024-02"),
            (Bucket::Month, "2026-12-31", "2026-12-01", "2027-01-01", "2026-12"),
            (Bucket::Quarter, "2026-05-15", "2026-04-01", "2026-07-01", "2026-Q2"),
            (Bucket::Year, "2026-05-15", "2026-01-01", "2027-01-01", "2026"),
            (Bucket::FiscalYear, "2026-03-31", "2025-04-01", "2026-04-01", "FY2026"),
            (Bucket::FiscalYear, "2026-04-01", "2026-04-01", "2027-04-01", "FY2027"),
            (Bucket::FiscalQuarter, "2026-03-31", "2026-01-01", "2026-04-01", "FY2026-Q4"),
            (Bucket::FiscalQuarter, "2026-04-01", "2026-04-01", "2026-07-01", "FY2027-Q1"),
        ] {
            let date: NaiveDate = date.parse().unwrap();
            let range = bucket.of(date, april);
            assert_eq!((range.from.to_string(), range.to.to_string()), (from.into(), to.into()), "{bucket:?} {date}");
            assert_eq!(bucket.label(date, april), label);
        }
    }

    #[test]
    fn fiscal_years_begin_with_a_month() {
        assert_eq!(FiscalYear::starting(0), Err(FiscalYearError(0)));
        assert_eq!(serde_json::from_str::<FiscalYear>("4").unwrap(), FiscalYear::starting(4).unwrap());
        assert!(serde_json::from_str::<FiscalYear>("13").is_err());
        assert_eq!(FiscalYear::default().start_month(), 1);
    }

    proptest! {
        #[test]
        fn buckets_tile_the_days(days in 400i32..3_600_000, month in 1u8..=12) {
            let date = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
            let fiscal = FiscalYear::starting(month).unwrap();
            for bucket in Bucket::ALL {
                let range = bucket.of(date, fiscal);
                prop_assert!(range.contains(date));
                let (last, next) = (plus_days(range.to, -1), range.to);
                prop_assert_eq!(bucket.of(last, fiscal), range);
                prop_assert_eq!(bucket.of(next, fiscal).from, range.to);
                prop_assert_eq!(bucket.label(last, fiscal), bucket.label(range.from, fiscal));
                prop_assert_ne!(bucket.label(next, fiscal), bucket.label(date, fiscal));
            }
        }

        #[test]
        fn takes_any_date(days in any::<i32>(), month in 1u8..=12) {
            if let Some(date) = NaiveDate::from_num_days_from_ce_opt(days) {
                for bucket in Bucket::ALL {
                    let fiscal = FiscalYear::starting(month).unwrap();
                    let _ = (bucket.of(date, fiscal), bucket.label(date, fiscal));
                }
            }
        }
    }
}
