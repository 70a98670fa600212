use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

struct Columns {
    started: Vec<i32>,
    closed: Vec<i32>,
    won: Vec<bool>,
    values: Vec<i64>,
    groups: Vec<u32>,
}

/// Deals as (started, days until closed, won, value, group); 0 days is open.
fn columns(rows: &[(i32, i32, bool, i64, u32)]) -> Columns {
    Columns {
        started: rows.iter().map(|row| row.0).collect(),
        closed: rows.iter().map(|row| if row.1 == 0 { OPEN } else { row.0 + row.1 }).collect(),
        won: rows.iter().map(|row| row.2).collect(),
        values: rows.iter().map(|row| row.3).collect(),
        groups: rows.iter().map(|row| row.4).collect(),
    }
}

impl Columns {
    fn deals(&self) -> Deals<'_> {
        let Columns { started, closed, won, values, groups } = self;
        Deals { started, closed, won, values, groups }
    }
}

fn plan() -> Plan {
    Plan { horizon: 10, draws: 50, least_history: 3, ..Plan::default() }
}

proptest! {
    #[test]
    fn a_forecast_lies_within_what_is_open_and_is_drawn_alike(
        rows in prop::collection::vec((0i32..40, 0i32..20, prop::bool::ANY, 0i64..1_000, 0u32..3), 1..40), as_of in 0i32..60,
    ) {
        let columns = columns(&rows);
        let deals = columns.deals();
        match forecast(deals, as_of, &plan()) {
            Err(error) => prop_assert_eq!(error.code(), "forecast.no_history"),
            Ok(found) => {
                let open: i64 = found.rows.iter().map(|row| columns.values[*row]).sum();
                prop_assert!(0 <= found.low && found.low <= found.high && found.high <= open);
                prop_assert!(0.0 <= found.expected && found.expected <= open as f64 + 1e-6);
                prop_assert!(found.chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
                prop_assert_eq!(found.reaches(0), 1.0);
                prop_assert_eq!(&forecast(deals, as_of, &plan()).unwrap(), &found);
                // Two windows one after the other are the window over both, and the parts are the whole.
                let window = |skip, horizon| forecast(deals, as_of, &Plan { skip, horizon, ..plan() }).unwrap().expected;
                prop_assert!((window(0, 4) + window(4, 6) - found.expected).abs() < 1e-6);
                let (one, other): (BTreeSet<usize>, BTreeSet<usize>) = found.rows.iter().partition(|row| *row % 2 == 0);
                let parts = [one, other].map(|rows| found.of(&rows, &plan()).unwrap());
                prop_assert!((parts[0].expected + parts[1].expected - found.expected).abs() < 1e-6);
                let all: BTreeSet<usize> = found.rows.iter().copied().collect();
                prop_assert_eq!(&found.of(&all, &plan()).unwrap(), &found);
                // What comes after the day is not known on it.
                let known: Vec<_> = rows.iter().copied().filter(|row| row.0 <= as_of)
                    .map(|row| if row.0 + row.1 > as_of { (row.0, 0, true, row.3, row.4) } else { row }).collect();
                prop_assert_eq!(forecast(self::columns(&known).deals(), as_of, &plan()).unwrap().futures, found.futures);
            }
        }
    }
}

#[test]
fn a_certain_past_makes_a_certain_forecast() {
    // All of group 1 are won after 5 days, all of group 2 lost after 5.
    let mut rows: Vec<_> = (0..20).map(|n| (n, 5, n % 2 == 0, 100, 1 + (n % 2) as u32)).collect();
    rows.extend([(30, 0, false, 1_000, 1), (30, 0, false, 10_000, 2)]);
    let columns = columns(&rows);
    let found = forecast(columns.deals(), 31, &plan()).unwrap();
    assert_eq!((found.rows, found.chances), (vec![20, 21], vec![1.0, 0.0]));
    assert_eq!((found.expected, found.low, found.high), (1_000.0, 1_000, 1_000));
    let past = backtest(columns.deals(), &[2, 12, 14], &plan()).unwrap();
    assert_eq!((past.as_of, past.covered, past.mean_error), (vec![12, 14], 2, 0.0));
}

#[test]
fn what_no_forecast_can_be_made_of_is_refused() {
    let good = columns(&[(0, 1, true, 5, 0)]);
    let check = |deals: Deals<'_>, plan: Plan, code: &str| {
        assert_eq!(forecast(deals, 9, &plan).unwrap_err().code(), code);
    };
    check(Deals { values: &[], ..good.deals() }, plan(), "forecast.columns");
    check(good.deals(), Plan { horizon: 0, ..plan() }, "forecast.plan");
    check(good.deals(), Plan { level: f64::NAN, ..plan() }, "forecast.plan");
    check(columns(&[(0, 0, true, 5, 0)]).deals(), plan(), "forecast.no_history");
    let large = [(0, 1, true, 5, 0), (8, 0, false, i64::MAX, 0), (8, 0, false, 1, 0)];
    check(columns(&large).deals(), plan(), "forecast.values");
}
