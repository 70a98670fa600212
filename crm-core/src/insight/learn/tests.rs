//! The hard cases of learning, and what holds for any data.

use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::calibration::{Calibration, Method};
use super::metrics::{auc, lift, metrics, reliability};
use super::*;

const ONE: NonZeroUsize = NonZeroUsize::MIN;

fn two() -> NonZeroUsize {
    NonZeroUsize::new(2).unwrap()
}

fn regression() -> Learner {
    Learner::Logistic(logistic::Options::default())
}

fn counting() -> Learner {
    Learner::Bayes(bayes::Options::default())
}

/// A table of one category and one number a row, and how it ended.
struct Rows {
    codes: Vec<i32>,
    levels: Vec<String>,
    numbers: Vec<f64>,
    outcomes: Vec<bool>,
}

impl Rows {
    fn new(rows: impl IntoIterator<Item = (i32, f64, bool)>) -> Self {
        let mut new = Rows { codes: vec![], levels: vec![], numbers: vec![], outcomes: vec![] };
        for (code, number, outcome) in rows {
            new.codes.push(code);
            new.numbers.push(number);
            new.outcomes.push(outcome);
        }
        let widest = new.codes.iter().max().copied().unwrap_or(-1);
        new.levels = (0..=widest).map(|level| format!("level {level}")).collect();
        new
    }

    fn table(&self) -> Table<'_> {
        let category = Column::category("category", &self.codes, &self.levels);
        Table::new(vec![category, Column::number("number", &self.numbers)]).unwrap()
    }

    fn train(&self, learner: Learner, calibration: Method) -> crate::record::error::Result<Model> {
        let training = Training { learner, calibration, ..Training::default() };
        train(&self.table(), &self.outcomes, None, &training, ONE)
    }
}

/// Rows in which level and number matter, with some chance.
fn some(rows: u32) -> Rows {
    Rows::new((0..rows).map(|row| {
        let (level, number) = ((row % 7).cast_signed(), f64::from(row * 37 % 101));
        let chance = row.wrapping_mul(2_654_435_761) >> 16 & 255;
        (level, number, chance < 20 + (row % 7) * 20 + row * 37 % 101)
    }))
}

/// Every learner and calibration.
fn ways() -> impl Iterator<Item = (Learner, Method)> {
    let methods = [Method::None, Method::Platt, Method::Isotonic];
    methods.into_iter().flat_map(|method| [(regression(), method), (counting(), method)])
}

/// Whatever the rows are, every way of training gives probabilities, explained and storable.
fn check(rows: &Rows, expected: Option<Verdict>) {
    for (learner, method) in ways() {
        let what = format!("{learner:?} {method:?}");
        let model = rows.train(learner, method).expect(&what);
        if let Some(expected) = expected {
            assert_eq!(model.report.verdict, expected, "{what}");
        }
        let table = rows.table();
        let probabilities = model.predict(&table, ONE).unwrap();
        assert_eq!(model.predict(&table, two()).unwrap(), probabilities, "{what}");
        for (row, p) in probabilities.iter().enumerate().take(50) {
            assert!((0.0..=1.0).contains(p), "{what}: {p}");
            let why = model.explain(&table, row).unwrap().unwrap();
            let sum = why.usual + why.factors.iter().map(|factor| factor.log_odds).sum::<f64>();
            assert!((sum - why.log_odds).abs() < 1e-9 * sum.abs().max(1.0), "{what}: {sum} {}", why.log_odds);
            assert!((probability(why.log_odds) - p).abs() < 1e-12, "{what}");
        }
        let stored = serde_json::to_string(&model).unwrap();
        let back: Model = serde_json::from_str(&stored).unwrap();
        for (p, again) in probabilities.iter().zip(back.predict(&table, ONE).unwrap()) {
            assert!((p - again).abs() < 1e-12, "{what}");
        }
    }
}

#[test]
fn signal_is_skill_and_noise_is_none() {
    check(&some(2000), Some(Verdict::Skill));
    let noise = Rows::new((0..2000u32).map(|row| {
        let mixed = row.wrapping_mul(2_654_435_761);
        ((mixed >> 9 & 7).cast_signed(), f64::from(mixed >> 20), mixed.wrapping_mul(0x85eb_ca6b) >> 31 == 1)
    }));
    check(&noise, Some(Verdict::NoSkill));
}

#[test]
fn constant_columns_and_missing_values_are_taken_as_they_are() {
    let of = |level: fn(u32) -> i32, number: fn(u32) -> f64| {
        Rows::new(
            (0..300u32).map(|row| (level(row), number(row), row.wrapping_mul(2_654_435_761) >> 30 == 0)),
        )
    };
    for (level, number) in [
        ((|_| 0) as fn(u32) -> i32, (|_| 5.0) as fn(u32) -> f64),
        (|_| -1, |_| f64::NAN),
        (|row| (row % 4).cast_signed() - 1, |row| if row % 3 == 0 { f64::INFINITY } else { f64::from(row) }),
        (|row| (row % 2).cast_signed() * 1000, |row| if row % 2 == 0 { f64::MAX } else { f64::MIN }),
        (|_| 0, |row| 1e-300 * f64::from(row)),
    ] {
        check(&of(level, number), None);
    }
}

#[test]
fn a_missing_value_is_a_fact_of_its_own() {
    // Rows without a number end well far more often.
    let rows = Rows::new((0..1000u32).map(|row| {
        let known = row % 2 == 0;
        let number = if known { f64::from(row % 10) } else { f64::NAN };
        (0, number, if known { row % 14 == 0 } else { row % 14 != 1 })
    }));
    for (learner, method) in ways() {
        let model = rows.train(learner, method).unwrap();
        let p = model.predict(&rows.table(), ONE).unwrap();
        assert!(p[0] < 0.3 && p[1] > 0.7, "{} {}", p[0], p[1]);
    }
}

#[test]
fn a_level_never_met_adds_nothing() {
    let rows = some(500);
    let (codes, levels) = categories(["level 3", "elsewhere"].map(Some));
    let table =
        Table::new(vec![Column::category("category", &codes, &levels), Column::number("number", &[50.0; 2])])
            .unwrap();
    for (learner, method) in ways() {
        let model = rows.train(learner, method).unwrap();
        for (row, unseen) in [(0, false), (1, true)] {
            let why = model.explain(&table, row).unwrap().unwrap();
            let factor = why.factors.iter().find(|factor| factor.column == "category").unwrap();
            assert_eq!(factor.unseen, unseen);
        }
        let Shape::Levels(known) = &model.scorer.terms[0].shape else { panic!("levels") };
        assert!(!known.contains_key("elsewhere"));
        assert!(model.predict(&table, ONE).unwrap().iter().all(|p| (0.0..1.0).contains(p)));
    }
}

#[test]
fn perfect_separation_has_an_answer() {
    let apart = Rows::new((0..400u32).map(|row| ((row % 2).cast_signed(), f64::from(row % 2), row % 2 == 1)));
    check(&apart, Some(Verdict::Skill));
    let table = apart.table();
    let sample = Sample::all(&table, &apart.outcomes).unwrap();
    for penalty in [1e-6, 1.0, 1e6] {
        let options = logistic::Options { penalty, ..logistic::Options::default() };
        let fit = logistic::fit(&sample, &options, ONE).unwrap();
        assert!(fit.gradient < 1e-3, "{penalty}: {}", fit.gradient);
        assert!(fit.scorer.base.is_finite());
    }
}

#[test]
fn too_little_and_wrong_input_is_refused() {
    let of = |rows: u32, good: u32| Rows::new((0..rows).map(|row| (0, f64::from(row), row < good)));
    let code = |rows: &Rows| rows.train(regression(), Method::Platt).unwrap_err().code().to_owned();
    assert_eq!(code(&of(99, 40)), "learn.too_little_data");
    assert_eq!(code(&of(1000, 19)), "learn.too_little_data");
    assert_eq!(code(&of(1000, 0)), "learn.one_outcome");
    assert_eq!(code(&of(1000, 1000)), "learn.one_outcome");
    let message = of(1000, 19).train(regression(), Method::Platt).unwrap_err().to_string();
    assert!(message.contains("`19` ended well") && message.contains("`20` of either"), "{message}");

    let rows = some(200);
    let table = rows.table();
    for learner in [
        Learner::Logistic(logistic::Options { penalty: 0.0, ..Default::default() }),
        Learner::Logistic(logistic::Options { tolerance: f64::NAN, ..Default::default() }),
        Learner::Bayes(bayes::Options { smoothing: -1.0, ..Default::default() }),
        Learner::Bayes(bayes::Options { bins: 0, ..Default::default() }),
    ] {
        assert_eq!(rows.train(learner, Method::None).unwrap_err().code(), "learn.option");
    }
    let prior = Training { prior: Some(1.0), ..Training::default() };
    assert_eq!(train(&table, &rows.outcomes, None, &prior, ONE).unwrap_err().code(), "learn.option");
    let short = Sample::all(&table, &rows.outcomes[1..]).unwrap_err();
    assert_eq!(short.code(), "learn.column_lengths");
    assert_eq!(Table::new(vec![]).unwrap_err().code(), "learn.no_columns");
    let uneven = Table::new(vec![Column::number("a", &[1.0]), Column::number("b", &[])]).unwrap_err();
    assert_eq!(uneven.code(), "learn.column_lengths");
    // A column that is gone, or of another type.
    let model = rows.train(regression(), Method::None).unwrap();
    let numbers = Table::new(vec![Column::number("category", &[1.0]), Column::number("number", &[1.0])]);
    for table in [Table::new(vec![Column::number("number", &[1.0])]), numbers] {
        assert_eq!(model.predict(&table.unwrap(), ONE).unwrap_err().code(), "learn.column_missing");
    }
    assert_eq!(metrics(&[1.5], &[true]).unwrap_err().code(), "learn.score");
    assert_eq!(auc(&[f64::NAN], &[true]).unwrap_err().code(), "learn.score");
    assert_eq!(metrics(&[], &[]).unwrap_err().code(), "learn.too_little_data");
}

/// The gradient of the penalised loss by definition, for a scorer's own columns.
fn steepest(rows: &Rows, penalty: f64, scorer: &Additive) -> f64 {
    let p = scorer.probabilities(&rows.table(), ONE).unwrap();
    let misses: Vec<f64> = p.iter().zip(&rows.outcomes).map(|(p, good)| p - f64::from(*good)).collect();
    let mut steepest = misses.iter().sum::<f64>().abs();
    for term in &scorer.terms {
        match &term.shape {
            Shape::Levels(levels) => {
                let mut sums = vec![0.0; rows.levels.len()];
                rows.codes
                    .iter()
                    .zip(&misses)
                    .for_each(|(code, miss)| sums[code.cast_unsigned() as usize] += miss);
                for (level, sum) in rows.levels.iter().zip(sums) {
                    let weight = levels.get(level).copied().unwrap_or(0.0);
                    steepest = steepest.max((sum + penalty * weight).abs());
                }
            }
            Shape::Slope { mean, scale, weight } => {
                let scaled = rows.numbers.iter().map(|number| (number - mean) / scale);
                let sum: f64 = scaled.zip(&misses).map(|(number, miss)| number * miss).sum();
                steepest = steepest.max((sum + penalty * weight).abs());
            }
            Shape::Bins { .. } => {}
        }
    }
    steepest
}

#[test]
fn ten_thousand_categories_come_to_rest_at_the_minimum() {
    let wide = Rows::new((0..30_000u32).map(|row| {
        let mixed = row.wrapping_mul(2_654_435_761);
        let level = (mixed >> 8) % 10_000;
        (level.cast_signed(), f64::from(row % 13), mixed.wrapping_mul(0x9e37_79b1) >> 24 < 40 + level / 80)
    }));
    let table = wide.table();
    let sample = Sample::all(&table, &wide.outcomes).unwrap();
    let fit = logistic::fit(&sample, &logistic::Options::default(), ONE).unwrap();
    assert!(steepest(&wide, 1.0, &fit.scorer) < 1e-5);
    let Shape::Levels(levels) = &fit.scorer.terms[0].shape else { panic!("levels") };
    assert!(levels.len() > 9_000);
    // Two such columns: the curvature is no longer exact, the minimum is.
    let other: Vec<i32> = wide.codes.iter().map(|code| code * 7 % 3001).collect();
    let both = Table::new(vec![
        Column::category("category", &wide.codes, &wide.levels),
        Column::category("other", &other, &wide.levels[..3001]),
        Column::number("number", &wide.numbers),
    ])
    .unwrap();
    let sample = Sample::all(&both, &wide.outcomes).unwrap();
    let fit = logistic::fit(&sample, &logistic::Options::default(), two()).unwrap();
    assert!(fit.gradient < 1e-4, "{}", fit.gradient);
    assert_eq!(fit, logistic::fit(&sample, &logistic::Options::default(), ONE).unwrap());
}

#[test]
fn the_prior_shifts_probabilities_to_the_population_s() {
    let rows = some(1000);
    let table = rows.table();
    let rate = rows.outcomes.iter().filter(|good| **good).count() as f64 / 1000.0;
    for method in [Method::None, Method::Platt, Method::Isotonic] {
        let with = |prior| {
            let training = Training { calibration: method, prior, ..Training::default() };
            let model = train(&table, &rows.outcomes, None, &training, ONE).unwrap();
            model.predict(&table, ONE).unwrap()
        };
        let (plain, rare, same) = (with(None), with(Some(0.01)), with(Some(rate)));
        for ((plain, rare), same) in plain.iter().zip(&rare).zip(&same) {
            let shift = log_odds(0.01) - log_odds(rate);
            assert!((log_odds(*rare) - log_odds(*plain) - shift).abs() < 1e-6);
            assert!((plain - same).abs() < 1e-9);
        }
    }
}

#[test]
fn figures_of_small_cases() {
    let ended = [true, false, true, false];
    assert_eq!(auc(&[0.5; 4], &ended).unwrap(), Some(0.5));
    assert_eq!(auc(&[0.9, 0.1, 0.4, 0.4], &ended).unwrap(), Some(0.875));
    assert_eq!(auc(&[0.9, 0.1], &[true, true]).unwrap(), None);
    let bands = lift(&[4.0, 3.0, 2.0, 1.0], &[true, true, false, false], 2).unwrap();
    assert_eq!((bands.good, bands.lift, bands.captured), (vec![2.0, 0.0], vec![2.0, 0.0], vec![1.0, 1.0]));
    let tied = lift(&[1.0; 4], &ended, 2).unwrap();
    assert_eq!(tied.good, [1.0, 1.0]);
    let curve = reliability(&[0.05, 0.95, 1.0], &[false, true, false], 10).unwrap();
    assert_eq!((curve.rows, curve.came), (vec![1, 2], vec![0.0, 0.5]));
    let found = metrics(&[0.0, 1.0], &[true, true]).unwrap();
    assert!(found.log_loss.is_finite() && found.log_loss > 17.0);
    let result = backtest::backtest(&[10.0, 5.0, 5.0, 0.0], &ended, &[5.0, 11.0]).unwrap();
    let said: Vec<_> =
        result.thresholds.iter().map(|t| (t.chosen, t.good, t.precision, t.recall, t.f1)).collect();
    assert_eq!(said, [(3, 2, Some(2.0 / 3.0), Some(1.0), Some(0.8)), (0, 0, None, Some(0.0), None)]);
}

#[test]
fn a_scorer_worse_than_nothing_is_not_turned_round() {
    let scores: Vec<f64> = (0..100).map(f64::from).collect();
    let ended: Vec<bool> = (0..100).map(|row| row < 50).collect();
    for method in [Method::Platt, Method::Isotonic] {
        let calibration = Calibration::learn(method, &scores, &ended).unwrap();
        for score in [-1e300, 0.0, 99.0, 1e300] {
            assert!((calibration.probability(score) - 0.5).abs() < 1e-9, "{method:?}");
        }
    }
    assert_eq!(Calibration::learn(Method::Platt, &[f64::NAN], &[true]).unwrap_err().code(), "learn.score");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn calibration_rises_and_stays_between_0_and_1(
        rows in prop::collection::vec((-20i32..20, any::<bool>()), 1..60), tried in prop::collection::vec(-30.0..30.0, 2..20),
    ) {
        let (scores, ended): (Vec<f64>, Vec<bool>) = rows.into_iter().map(|(s, e)| (f64::from(s) / 2.0, e)).unzip();
        let mut tried = tried;
        tried.sort_by(f64::total_cmp);
        for method in [Method::None, Method::Platt, Method::Isotonic] {
            let calibration = Calibration::learn(method, &scores, &ended).unwrap();
            let found: Vec<f64> = tried.iter().map(|score| calibration.probability(*score)).collect();
            for pair in found.windows(2) {
                prop_assert!(pair[0] <= pair[1] + 1e-12);
            }
            prop_assert!(found.iter().all(|p| (0.0..=1.0).contains(p)));
            if method == Method::Isotonic {
                prop_assert!(found.iter().all(|p| *p > 0.0 && *p < 1.0), "nothing is impossible");
            }
        }
    }

    #[test]
    fn every_fit_comes_to_rest_at_the_minimum(
        rows in prop::collection::vec((0i32..50, -300.0f64..300.0, any::<bool>()), 2..200),
        penalty in -4.0f64..4.0, heavy in any::<bool>(),
    ) {
        let number = |x: f64| if heavy { x.signum() * (x.abs() / 10.0).exp() } else { x };
        let rows = Rows::new(rows.into_iter().map(|(code, x, end)| (code, number(x), end)));
        let good = rows.outcomes.iter().filter(|good| **good).count();
        prop_assume!(good > 0 && good < rows.outcomes.len());
        let (table, penalty) = (rows.table(), 10f64.powf(penalty));
        let sample = Sample::all(&table, &rows.outcomes).unwrap();
        let options = logistic::Options { penalty, ..logistic::Options::default() };
        let fit = logistic::fit(&sample, &options, ONE).unwrap();
        prop_assert!(steepest(&rows, penalty, &fit.scorer) < 1e-5 * penalty.max(1.0));
    }

    #[test]
    fn order_of_rows_and_unit_of_numbers_don_t_matter(
        rows in prop::collection::vec((-1i32..4, -50i32..50, any::<bool>()), 8..60),
        turn in 0usize..60, unit in 0.01f64..100.0,
    ) {
        let rows: Vec<(i32, f64, bool)> = rows.into_iter().map(|(c, x, e)| (c, f64::from(x), e)).collect();
        let good = rows.iter().filter(|row| row.2).count();
        prop_assume!(good > 0 && good < rows.len());
        let mut turned: Vec<_> = rows.iter().map(|(code, number, end)| (*code, number * unit + 3.0, *end)).collect();
        let turn = turn % turned.len();
        turned.rotate_left(turn);
        let (rows, turned) = (Rows::new(rows), Rows::new(turned));
        let probabilities = |rows: &Rows| {
            let table = rows.table();
            let sample = Sample::all(&table, &rows.outcomes).unwrap();
            let fit = logistic::fit(&sample, &logistic::Options::default(), ONE).unwrap();
            fit.scorer.probabilities(&table, ONE).unwrap()
        };
        let mut plain = probabilities(&rows);
        plain.rotate_left(turn);
        for (plain, turned) in plain.iter().zip(probabilities(&turned)) {
            prop_assert!((plain - turned).abs() < 1e-6);
        }
    }

    #[test]
    fn lift_shares_out_every_row_and_auc_turns_round(
        rows in prop::collection::vec((0i32..10, any::<bool>()), 1..80), bands in 1usize..12,
    ) {
        let (scores, ended): (Vec<f64>, Vec<bool>) = rows.into_iter().map(|(s, e)| (f64::from(s), e)).unzip();
        let found = lift(&scores, &ended, bands).unwrap();
        let good = ended.iter().filter(|good| **good).count() as f64;
        prop_assert!((found.good.iter().sum::<f64>() - good).abs() < 1e-9);
        prop_assert!((found.rows.iter().sum::<f64>() - ended.len() as f64).abs() < 1e-9);
        let other: Vec<f64> = scores.iter().map(|score| -score).collect();
        if let (Some(one), Some(two)) = (auc(&scores, &ended).unwrap(), auc(&other, &ended).unwrap()) {
            prop_assert!((one + two - 1.0).abs() < 1e-12);
        }
    }
}
