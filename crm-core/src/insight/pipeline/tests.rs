use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::base::{Instant, Span};

fn deal(outcome: Outcome, stages: &[&str]) -> Deal {
    Deal {
        started_at: None,
        closed_at: None,
        outcome,
        value: Some(Decimal::ONE),
        stages: stages.iter().map(|stage| ((*stage).to_owned(), Span::from_days(1))).collect(),
    }
}

#[test]
fn a_funnel_counts_skipped_stages_as_passed_and_open_deals_not_against_it() {
    let stages = ["a", "b", "c"].map(String::from);
    let deals = [
        deal(Outcome::Won, &["a", "c"]),
        deal(Outcome::Lost, &["a", "b"]),
        deal(Outcome::Open, &["a"]),
        deal(Outcome::Open, &["b"]),
    ];
    let steps = funnel(&stages, &deals);
    let said: Vec<_> = steps.iter().map(|s| (s.reached, s.went_on, s.lost_here, s.stand_here)).collect();
    assert_eq!(said, [(4, 3, 0, 1), (3, 1, 1, 1), (1, 0, 0, 0)]);
    assert_eq!(steps[1].conversion, Some(0.5));
}

proptest! {
    #[test]
    fn order_never_matters_and_everybody_is_somewhere(
        outcomes in prop::collection::vec((0u8..3, 0usize..3, 0i64..1000), 0..40), turn in 0usize..40,
    ) {
        let stages = ["a", "b", "c"].map(String::from);
        let mut deals: Vec<Deal> = outcomes.iter().map(|(outcome, far, days)| {
            let outcome = [Outcome::Open, Outcome::Won, Outcome::Lost][usize::from(*outcome)];
            let names: Vec<&str> = stages[..=*far].iter().map(String::as_str).collect();
            Deal {
                started_at: Some(Instant::from_micros(0)),
                closed_at: (outcome != Outcome::Open).then(|| Instant::from_micros(0) + Span::from_days(*days)),
                ..deal(outcome, &names)
            }
        }).collect();
        let (figures_before, funnel_before) = (figures(&deals), funnel(&stages, &deals));
        let turn = turn % deals.len().max(1);
        deals.rotate_left(turn);
        prop_assert_eq!(figures(&deals), figures_before.clone());
        prop_assert_eq!(funnel(&stages, &deals), funnel_before.clone());
        prop_assert_eq!(figures_before.closed + figures_before.open, deals.len());
        for pair in funnel_before.windows(2) {
            prop_assert!(pair[0].reached >= pair[1].reached);
        }
    }
}

proptest! {
    #[test]
    fn a_difference_adds_up(rows in prop::collection::vec((0u8..9, prop::bool::ANY, 0u8..3, prop::bool::ANY, -5i64..50), 0..40)) {
        let mut sides = [std::collections::BTreeMap::new(), std::collections::BTreeMap::new()];
        for (deal, side, outcome, within, value) in rows {
            let outcome = [Outcome::Open, Outcome::Won, Outcome::Lost][usize::from(outcome)];
            sides[usize::from(side)].insert(deal, Standing { value: Some(value.into()), outcome, within });
        }
        let found = difference(&sides[0], &sides[1]);
        let parts: Decimal = found.parts.values().map(|part| part.by).sum();
        let changes: Decimal = found.changes.iter().map(|change| change.by).sum();
        prop_assert_eq!(found.before + parts, found.after);
        prop_assert_eq!(parts, changes);
        let back = difference(&sides[1], &sides[0]);
        prop_assert_eq!((back.before, back.after, back.changes.len()), (found.after, found.before, found.changes.len()));
    }

    #[test]
    fn a_steady_pipeline_brings_what_littles_law_says(every in 1i64..5, cycle in 1i64..30) {
        // One deal starts every so many days, all are won after as long: in the middle the flow is steady.
        let at = |day: i64| Instant::from_micros(0) + Span::from_days(day);
        let steady = |n: i64| Deal {
            started_at: Some(at(n * every)),
            closed_at: Some(at(n * every + cycle)),
            ..deal(Outcome::Won, &[])
        };
        let deals: Vec<Deal> = (0..200).map(steady).collect();
        let found = velocity(&deals, at(50 * every), at(150 * every)).unwrap();
        prop_assert!((found.realised_per_day - 1.0 / every as f64).abs() < 1e-9);
        prop_assert!((found.by_open_per_day.unwrap() - found.realised_per_day).abs() < 1e-9);
    }
}

#[test]
fn bottlenecks_are_where_fewest_go_on_and_where_deals_stay() {
    let stages = ["a", "b", "c"].map(String::from);
    let mut deals = vec![
        deal(Outcome::Won, &["a", "b", "c"]),
        deal(Outcome::Lost, &["a", "b"]),
        deal(Outcome::Lost, &["a", "b"]),
        deal(Outcome::Lost, &["a"]),
    ];
    deals[0].stages[2].1 = Span::from_days(9);
    let check = |at_least, leaks: Option<&str>, slow: Option<&str>| {
        let found = bottleneck(&funnel(&stages, &deals), &time_in_stage(&stages, &deals), at_least);
        assert_eq!((found.leaks.as_deref(), found.slow.as_deref()), (leaks, slow));
    };
    check(1, Some("b"), Some("c"));
    check(4, Some("a"), Some("a"));
    check(9, None, None);
    let by = funnel_by(&stages, deals.iter().map(|deal| (deal.outcome, deal.clone())));
    assert_eq!(by[&Outcome::Won][0].reached + by[&Outcome::Lost][0].reached, 4);
    let ended = ended_by(deals.iter().map(|deal| (deal.stages.len(), deal)));
    assert_eq!((ended[&2].lost, ended[&3].won, ended[&2].win_rate()), (2, 1, Some(0.0)));
    let cohort = cohorts(deals.iter().map(|deal| ((), deal)))[&()];
    assert_eq!((cohort.entered, cohort.won_of_closed(), cohort.at_most()), (4, Some(0.25), Some(0.25)));
    let medians = figures(&deals);
    assert_eq!((medians.median_value, medians.median_cycle), (Some(Decimal::ONE), None));
}
