use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::*;

type Row = (i64, i32, i64);

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

fn states(rows: &[Row], factor: i64, period: Period, count: usize) -> States<i64> {
    let ids: Vec<i64> = rows.iter().map(|row| row.0.wrapping_mul(factor)).collect();
    let days: Vec<i32> = rows.iter().map(|row| row.1).collect();
    let amounts: Vec<i64> = rows.iter().map(|row| row.2).collect();
    States::of_ids(&ids, Purchases { days: &days, amounts: &amounts }, period, threads(count)).unwrap()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((-9i64..9, 0i32..60, -500i64..5_000), 0..120)
}

/// The definition of rule A, word by word.
fn rule_a(values: &[i64], bins: usize) -> Vec<u8> {
    let worse = |value: &i64| values.iter().filter(|other| *other < value).count();
    values.iter().map(|value| (1 + bins * worse(value) / values.len()) as u8).collect()
}

fn columns(states: &States<i64>, as_of: i32) -> [Vec<i64>; 3] {
    [
        states.last().iter().map(|last| i64::from(last - as_of)).collect(),
        states.count().iter().map(|count| i64::from(*count)).collect(),
        states.sum().to_vec(),
    ]
}

proptest! {
    #[test]
    fn states_are_what_a_map_would_hold(rows in rows(), from in 0i32..30, days in 0i32..40) {
        let period = Period { from, to: from + days };
        let mut map = std::collections::BTreeMap::new();
        for (id, day, amount) in rows.iter().filter(|row| (from..=from + days).contains(&row.1)) {
            let (last, count, sum) = map.entry(*id).or_insert((i32::MIN, 0u32, 0i64));
            (*last, *count, *sum) = ((*last).max(*day), *count + 1, *sum + amount);
        }
        // Ids that lie close together, and ids that don't.
        for factor in [1, 1_000_000_007] {
            let found = states(&rows, factor, period, 1);
            let rows = found.ids().iter().zip(found.last()).zip(found.count()).zip(found.sum());
            let found: Vec<_> = rows.map(|(((id, last), count), sum)| (*id, (*last, *count, *sum))).collect();
            let wanted: Vec<_> = map.iter().map(|(id, cell)| (id * factor, *cell)).collect();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn parts_merge_to_the_whole_in_any_order(mut rows in rows(), cut in 0usize..120, turn in 0usize..120) {
        let whole = states(&rows, 1, Period::ALL, 1);
        let turn = turn % rows.len().max(1);
        rows.rotate_left(turn);
        let (a, b) = rows.split_at(cut.min(rows.len()));
        let (a, b) = (states(a, 1, Period::ALL, 1), states(b, 1, Period::ALL, 1));
        prop_assert_eq!(&a.clone().merge(b.clone()).unwrap(), &whole);
        // Also as rows that came from elsewhere.
        let row = |states: &States<i64>| (states.ids.clone(), states.last.clone(), states.count.clone(), states.sum.clone());
        let [(mut ids, mut last, mut count, mut sum), other] = [row(&a), row(&b)];
        ids.extend(other.0);
        last.extend(other.1);
        count.extend(other.2);
        sum.extend(other.3);
        prop_assert_eq!(row(&States::of_parts(&ids, &last, &count, &sum).unwrap()), row(&whole));
        prop_assert_eq!(&b.merge(a).unwrap(), &whole);
    }

    #[test]
    fn ranks_are_rule_a_and_their_thresholds_say_so(rows in rows(), bins in 2u8..9) {
        let states = states(&rows, 1, Period::ALL, 1);
        let as_of = states.day_after_last().unwrap_or(0);
        let scores = score(&states, as_of, &Rule::Ranks { bins }, threads(1)).unwrap();
        let found = [&scores.recency, &scores.frequency, &scores.money];
        for (values, found) in columns(&states, as_of).iter().zip(found) {
            prop_assert_eq!(&rule_a(values, usize::from(bins)), found);
        }
        if !states.is_empty() {
            let fixed = score(&states, as_of, &Rule::Fixed(scores.thresholds.clone()), threads(1)).unwrap();
            prop_assert_eq!(fixed, scores);
        }
    }

    #[test]
    fn ntile_bins_differ_by_one_and_follow_the_values(rows in rows(), bins in 2u8..9) {
        let states = states(&rows, 1, Period::ALL, 1);
        let as_of = states.day_after_last().unwrap_or(0);
        let scores = score(&states, as_of, &Rule::Ntile { bins }, threads(1)).unwrap();
        for sizes in scores.histograms() {
            prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
            prop_assert!(sizes.iter().rev().is_sorted());
        }
        let mut pairs: Vec<(i64, u8)> = states.sum().iter().copied().zip(scores.money.iter().copied()).collect();
        pairs.sort_unstable();
        prop_assert!(pairs.iter().map(|pair| pair.1).is_sorted());
    }

    #[test]
    fn weights_stay_within_the_scores(rows in rows(), weights in prop::array::uniform3(0u32..9)) {
        let states = states(&rows, 1, Period::ALL, 1);
        let scores = score(&states, 60, &Rule::default(), threads(1)).unwrap();
        match scores.weighted(weights) {
            Err(error) => prop_assert!(error.has_code("rfm.weights") && weights == [0; 3]),
            Ok(means) => prop_assert!(means.iter().all(|mean| (1.0..=5.0).contains(mean))),
        }
    }

    #[test]
    fn every_customer_has_one_of_eight_cells(rows in rows()) {
        let states = states(&rows, 1, Period::ALL, 1);
        let scores = score(&states, 60, &Rule::default(), threads(1)).unwrap();
        let cells = segments::eight_cells(segments::above_mean(&scores));
        let (counts, none) = segments::sizes(&segments::assign(&scores, &cells), cells.len());
        prop_assert_eq!((counts.iter().sum::<usize>(), none), (states.len(), 0));
        for row in scores.rows() {
            let fitting = cells.iter().filter(|cell| cell.recency.contains(&row[0])
                && cell.frequency.contains(&row[1]) && cell.money.contains(&row[2]));
            prop_assert_eq!(fitting.count(), 1);
        }
    }
}

#[test]
fn threads_change_nothing() {
    let rows: Vec<Row> =
        (0..200_000i64).map(|n| (n * n % 7_919, (n % 700) as i32, n * 31 % 10_007 - 900)).collect();
    for factor in [1, 1_000_000_007] {
        let one = states(&rows, factor, Period::ALL, 1);
        for count in [2, 3] {
            assert_eq!(states(&rows, factor, Period::ALL, count), one);
        }
    }
    let names: Vec<String> = rows.iter().map(|row| format!("customer number {:05}", row.0)).collect();
    let bytes = names.concat();
    let offsets: Vec<i64> = (0..=names.len() as i64).map(|n| n * 21).collect();
    let (days, amounts): (Vec<i32>, Vec<i64>) = rows.iter().map(|row| (row.1, row.2)).unzip();
    let purchases = Purchases { days: &days, amounts: &amounts };
    let texts = Texts { bytes: bytes.as_bytes(), offsets: &offsets };
    let by_name = |count| States::of_texts(texts, purchases, Period::ALL, threads(count)).unwrap();
    assert_eq!(by_name(1), by_name(2));
    assert_eq!(by_name(2).sum(), states(&rows, 1, Period::ALL, 1).sum());
}

#[test]
fn what_can_not_be_summed_or_scored_is_refused() {
    let check = |ids: &[i64], days: &[i32], amounts: &[i64], code: &str| {
        let found = States::of_ids(ids, Purchases { days, amounts }, Period::ALL, threads(1));
        assert_eq!(found.unwrap_err().code(), code);
    };
    check(&[1], &[1, 2], &[1, 2], "rfm.columns");
    check(&[1, 1], &[1, 2], &[i64::MAX, 1], "rfm.amounts");
    check(&[1], &[1], &[i64::MIN], "rfm.amounts");
    let one = states(&[(1, 5, 9)], 1, Period::ALL, 1);
    let check = |as_of: i32, rule: Rule, code: &str| {
        assert_eq!(score(&one, as_of, &rule, threads(1)).unwrap_err().code(), code);
    };
    check(4, Rule::default(), "rfm.as_of");
    check(5, Rule::Ranks { bins: 1 }, "rfm.bins");
    check(5, Rule::Ntile { bins: 101 }, "rfm.bins");
    check(5, Rule::Fixed(Thresholds::default()), "rfm.bins");
    let thresholds = |recency_within: &[i64], frequency_from: &[i64], money_from: &[i64]| Thresholds {
        recency_within: recency_within.to_vec(),
        frequency_from: frequency_from.to_vec(),
        money_from: money_from.to_vec(),
    };
    check(5, Rule::Fixed(thresholds(&[30, 90], &[1, 2], &[1, 2])), "rfm.thresholds");
    check(5, Rule::Fixed(thresholds(&[90], &[1, 2], &[1, 2])), "rfm.thresholds");
    let fixed = Rule::Fixed(thresholds(&[90, 30], &[2, 3], &[9, 10]));
    let scores = score(&one, 36, &fixed, threads(1)).unwrap();
    assert_eq!((scores.bins, scores.rows().next()), (3, Some([2, 1, 2])));
}

#[test]
fn silence_is_counted_by_the_calendar() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap().to_epoch_days();
    let bought = [(1, day("2026-08-20"), 1), (2, day("2026-08-21"), 1), (3, day("2026-11-20"), 1)];
    let states = states(&bought, 1, Period::ALL, 1);
    let check = |silence: Silence, wanted: &[usize]| {
        assert_eq!(silence.rows(&states, day("2026-11-20")), wanted);
    };
    check(Silence::Months(3), &[0]);
    check(Silence::Days(91), &[0, 1]);
    check(Silence::Days(0), &[0, 1, 2]);
    check(Silence::Months(u32::MAX), &[]);
}
