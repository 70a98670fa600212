//! What holds for all histories and models.

use proptest::prelude::*;

use super::simulated::customers;
use super::*;

fn parameter() -> impl Strategy<Value = f64> {
    (-5.0..5.0f64).prop_map(f64::exp)
}

fn model() -> impl Strategy<Value = Model> {
    let four = (parameter(), parameter(), parameter(), parameter());
    (0..5u32, four, 1..5u32).prop_map(|(which, (r, alpha, third, fourth), k)| {
        let (a, b, s, beta) = (third, fourth, third, fourth);
        match which {
            0 => Model::Nbd { r, alpha },
            1 => Model::BgNbd { r, alpha, a, b },
            2 => Model::MbgNbd { r, alpha, a, b },
            3 => Model::MbgCnbd { k, r, alpha, a, b },
            _ => Model::ParetoNbd { r, alpha, s, beta },
        }
    })
}

fn history() -> impl Strategy<Value = (u32, f64, f64)> {
    let repeats = prop_oneof![0..5u32, 0..3_000u32];
    (repeats, 0.01..500.0f64, 0.0..500.0f64).prop_map(|(repeats, last, silence)| {
        let last = if repeats == 0 { 0.0 } else { last };
        (repeats, last, last + silence)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn figures_are_figures(model in model(), history in history(), time in 0.0..300.0f64) {
        let near = one(&model, history, Ahead::Within(time));
        let far = one(&model, history, Ahead::Within(time * 1.5));
        prop_assert!((0.0..=1.0).contains(&near.alive), "{}", near.alive);
        prop_assert!(near.purchases >= 0.0 && near.purchases.is_finite());
        prop_assert!(far.purchases >= near.purchases * (1.0 - 1e-12));
        prop_assert!(log_likelihood(&model, history).is_finite());
        let discounted = one(&model, history, Ahead::Periods { count: 3, length: time / 3.0, rate: 0.1 }).purchases;
        prop_assert!(discounted >= 0.0 && discounted <= near.purchases);
        let (slow, quick) = (Ahead::Forever { rate: 0.01 }, Ahead::Forever { rate: 0.1 });
        let (slow, quick) = (one(&model, history, slow).purchases, one(&model, history, quick).purchases);
        prop_assert!(slow.is_finite() && quick >= 0.0 && slow >= quick * (1.0 - 1e-9), "{slow} {quick}");
    }

    #[test]
    fn silence_tells(model in model(), (repeats, last, age) in history(), more in 0.01..300.0f64) {
        let alive = |age| one(&model, (repeats, last, age), Ahead::Within(1.0)).alive;
        prop_assert!(alive(age + more) <= alive(age) * (1.0 + 1e-9));
    }

    #[test]
    fn the_unit_of_time_does_not_matter(model in model(), history in history(), unit in 0.01..100.0f64) {
        let (repeats, last, age) = history;
        let scaled = match model {
            Model::Nbd { r, alpha } => Model::Nbd { r, alpha: alpha * unit },
            Model::BgNbd { r, alpha, a, b } => Model::BgNbd { r, alpha: alpha * unit, a, b },
            Model::MbgNbd { r, alpha, a, b } => Model::MbgNbd { r, alpha: alpha * unit, a, b },
            Model::MbgCnbd { k, r, alpha, a, b } => Model::MbgCnbd { k, r, alpha: alpha * unit, a, b },
            Model::ParetoNbd { r, alpha, s, beta } => {
                Model::ParetoNbd { r, alpha: alpha * unit, s, beta: beta * unit }
            }
        };
        let here = one(&model, history, Ahead::Within(20.0));
        let there = one(&scaled, (repeats, last * unit, age * unit), Ahead::Within(20.0 * unit));
        let close = |one: f64, other: f64| (one - other).abs() <= 1e-8 * one.abs() + 1e-290;
        prop_assert!(close(here.alive, there.alive), "{} {}", here.alive, there.alive);
        prop_assert!(close(here.purchases, there.purchases), "{} {}", here.purchases, there.purchases);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn a_fit_knows_neither_order_nor_threads_nor_units(seed in 0..1_000u64, unit in 0.01..100.0f64) {
        let sample = customers(400, [0.6, 6.0, 0.8, 2.4], (1, true), [27.0, 39.0], seed);
        let mut order: Vec<usize> = (0..400).collect();
        order.sort_by_key(|place| place.wrapping_mul(2_654_435_761) % 1_009);
        let pick = |column: &[f64], unit: f64| order.iter().map(|place| column[*place] * unit).collect::<Vec<_>>();
        let repeats: Vec<u32> = order.iter().map(|place| sample.repeats[*place]).collect();
        let four = NonZeroUsize::new(4).unwrap();
        for family in [Family::Nbd, Family::BgNbd, Family::MbgNbd, Family::ParetoNbd] {
            let first = fit(family, &Histories::new(&sample.repeats, &sample.last, &sample.age).unwrap(), ONE).unwrap();
            let (last, age) = (pick(&sample.last, 1.0), pick(&sample.age, 1.0));
            let second = fit(family, &Histories::new(&repeats, &last, &age).unwrap(), four).unwrap();
            prop_assert_eq!(&first, &second);
            // Twice the same customers are the same parameters, surer.
            let twice = |column: &[f64]| [column, column].concat();
            let (both, last, age) = ([&repeats[..], &repeats].concat(), twice(&last), twice(&age));
            let double = fit(family, &Histories::new(&both, &last, &age).unwrap(), ONE).unwrap();
            prop_assert!((double.log_likelihood / first.log_likelihood - 2.0).abs() < 1e-9);
            let (last, age) = (pick(&sample.last, unit), pick(&sample.age, unit));
            let scaled = fit(family, &Histories::new(&repeats, &last, &age).unwrap(), ONE).unwrap();
            let wanted = first.log_likelihood - unit.ln() * f64::from(repeats.iter().sum::<u32>());
            prop_assert!((scaled.log_likelihood / wanted - 1.0).abs() < 1e-9, "{} {wanted}", scaled.log_likelihood);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn more_customers_never_un_converge_a_fit(seed in 0..1_000u64, first in 60usize..200, step in 60usize..150) {
        let sample = customers(600, [0.6, 6.0, 0.8, 2.4], (1, true), [27.0, 39.0], seed);
        let mut count = first;
        while count <= 600 {
            let histories =
                Histories::new(&sample.repeats[..count], &sample.last[..count], &sample.age[..count]).unwrap();
            for family in [Family::Nbd, Family::BgNbd, Family::MbgNbd, Family::ParetoNbd] {
                let found = fit(family, &histories, ONE).unwrap();
                prop_assert!(found.gradient <= 1e-8, "{family:?} of {count}: {}", found.gradient);
            }
            count += step;
        }
    }

    #[test]
    fn the_unit_of_money_scales_spend(seed in 0..1_000u64, unit in 0.01..1_000.0f64) {
        let mut dice = super::simulated::Dice(seed);
        let (mut counts, mut means) = (Vec::new(), Vec::new());
        for _ in 0..300 {
            let (count, scale) = (1 + (4.0 * dice.uniform()) as u32, dice.gamma(4.0) / 15.0);
            means.push((0..count).map(|_| dice.gamma(6.0) / scale).sum::<f64>() / f64::from(count));
            counts.push(count);
        }
        let scaled: Vec<f64> = means.iter().map(|mean| mean * unit).collect();
        let (here, there) = (fit_spend(&counts, &means, ONE).unwrap(), fit_spend(&counts, &scaled, ONE).unwrap());
        let close = |one: f64, other: f64| (one / other - 1.0).abs() < 1e-6;
        prop_assert!(close(here.model.p, there.model.p) && close(here.model.q, there.model.q));
        let (here, there) =
            (here.model.expected(&counts, &means, ONE).unwrap(), there.model.expected(&counts, &scaled, ONE).unwrap());
        prop_assert!(here.iter().zip(there).all(|(here, there)| close(here * unit, there)));
    }
}

#[test]
fn threads_do_not_change_a_large_fit() {
    let sample = customers(60_000, [0.25, 4.4, 0.8, 2.4], (1, false), [27.0, 39.0], 9);
    let histories = Histories::new(&sample.repeats, &sample.last, &sample.age).unwrap();
    let three = NonZeroUsize::new(3).unwrap();
    let fit = fit(Family::BgNbd, &histories, ONE).unwrap();
    assert_eq!(fit, super::super::fit(Family::BgNbd, &histories, three).unwrap());
    let ahead = Ahead::Within(10.0);
    let purchases = fit.model.purchases(&histories, ahead, ONE).unwrap();
    assert_eq!(purchases, fit.model.purchases(&histories, ahead, three).unwrap());
    assert_eq!(fit.model.alive(&histories, ONE).unwrap(), fit.model.alive(&histories, three).unwrap());
}
