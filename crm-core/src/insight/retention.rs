//! Retention: of the customers who first bought in a month, how many bought in each month after.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::record::error::{Error, Result};

/// Customers of one cohort who bought in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Retained {
    /// The first day of the month in which they first bought.
    pub cohort: NaiveDate,
    /// Months since then.
    pub months: u32,
    /// How many of them bought in that month.
    pub customers: usize,
    /// How many the cohort has.
    pub of: usize,
}

/// The retention of customers by their first month, from one row a purchase: the customer and the day, in days since
/// 1970-01-01. Months in which nobody of a cohort bought are rows too, up to the last month of all.
///
/// ```
/// use crm_core::insight::retention::retention;
/// // Two first bought in January 1970, one of them again in March.
/// let rows = retention(&[7, 7, 8], &[0, 60, 30]).unwrap();
/// let seen: Vec<(u32, usize)> = rows.iter().map(|row| (row.months, row.customers)).collect();
/// assert_eq!(seen, [(0, 2), (1, 0), (2, 1)]);
/// ```
///
/// # Errors
/// `clv.columns_differ` when the columns differ in length, `clv.bad_history` for a day beyond the calendar.
pub fn retention(customers: &[i64], days: &[i32]) -> Result<Vec<Retained>> {
    if customers.len() != days.len() {
        let message = format!("`{}` customers and `{}` days", customers.len(), days.len());
        return Err(Error::invalid("days", "clv.columns_differ", message));
    }
    let months: Result<Vec<(i64, i32)>> =
        customers.iter().zip(days).map(|(customer, day)| Ok((*customer, month_of(*day)?))).collect();
    let mut bought = months?;
    bought.sort_unstable();
    bought.dedup();
    let mut sizes: BTreeMap<i32, usize> = BTreeMap::new();
    let mut seen: BTreeMap<(i32, i32), usize> = BTreeMap::new();
    for own in bought.chunk_by(|a, b| a.0 == b.0) {
        let first = own.first().map_or(0, |(_, month)| *month);
        *sizes.entry(first).or_default() += 1;
        for (_, month) in own {
            *seen.entry((first, *month)).or_default() += 1;
        }
    }
    let last = bought.iter().map(|(_, month)| *month).max().unwrap_or(0);
    let rows = sizes.iter().flat_map(|(first, of)| {
        let count = |month: i32| seen.get(&(*first, month)).copied().unwrap_or(0);
        (*first..=last).zip(0u32..).filter_map(move |(month, months)| {
            let cohort =
                NaiveDate::from_ymd_opt(first.div_euclid(12), first.rem_euclid(12).unsigned_abs() + 1, 1)?;
            Some(Retained { cohort, months, customers: count(month), of: *of })
        })
    });
    Ok(rows.collect())
}

/// Months since the year 0.
fn month_of(day: i32) -> Result<i32> {
    let date = day.checked_add(719_163).and_then(NaiveDate::from_num_days_from_ce_opt);
    let date = date.ok_or_else(|| {
        Error::invalid("days", "clv.bad_history", format!("day `{day}` is beyond the calendar"))
    })?;
    Ok(date.year() * 12 + date.month0() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nobody_is_lost(rows in prop::collection::vec((0i64..20, 0i32..900), 0..80)) {
            let (customers, days): (Vec<i64>, Vec<i32>) = rows.iter().copied().unzip();
            let found = retention(&customers, &days).unwrap();
            let mut known = customers.clone();
            known.sort_unstable();
            known.dedup();
            let first: usize = found.iter().filter(|row| row.months == 0).map(|row| row.customers).sum();
            prop_assert_eq!(first, known.len());
            for row in found {
                prop_assert!(row.customers <= row.of);
                prop_assert!(row.months > 0 || row.customers == row.of);
            }
        }
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        assert_eq!(retention(&[1], &[]).unwrap_err().code(), "clv.columns_differ");
        assert_eq!(retention(&[1], &[i32::MAX]).unwrap_err().code(), "clv.bad_history");
        assert_eq!(retention(&[], &[]).unwrap(), []);
    }
}
