//! Gradients, convergence over many regimes, recovery of what was simulated, refusals.

use super::super::geometric::Geometric;
use super::super::history::{Distinct, Weighted};
use super::super::likelihood::{Likelihood, sum};
use super::super::nbd::Nbd;
use super::super::pareto::Pareto;
use super::simulated::{Dice, customers};
use super::*;

#[allow(clippy::needless_range_loop, reason = "rows and columns of matrices")]
fn check_derivatives<const N: usize, L: Likelihood<N, Row = Weighted>>(
    what: &str,
    likelihood: &L,
    at: [f64; N],
) {
    let sample = customers(60, [0.9, 4.0, 0.5, 2.0], (2, true), [20.0, 60.0], 3);
    let histories = Histories::new(&sample.repeats, &sample.last, &sample.age).unwrap();
    let data = Distinct::of_histories(&histories);
    let here = sum(likelihood, &at, &data, ONE);
    for i in 0..N {
        let step = at[i] * 1e-5;
        let [mut low, mut high] = [at; 2];
        low[i] -= step;
        high[i] += step;
        let (low, high) = (sum(likelihood, &low, &data, ONE), sum(likelihood, &high, &data, ONE));
        let scale = |wanted: f64| wanted.abs().max(1e-3 * here.value.abs() / at[i]);
        let slope = (high.value - low.value) / (2.0 * step);
        assert!(
            (slope - here.slope[i]).abs() < 1e-6 * scale(slope),
            "{what} slope {i}: {slope} {:?}",
            here.slope
        );
        for j in 0..N {
            let bend = (high.slope[j] - low.slope[j]) / (2.0 * step);
            let close = (bend - here.bend[i][j]).abs() < 1e-6 * scale(bend) / at[j].min(1.0);
            assert!(close, "{what} bend {i} {j}: {bend} {:?}", here.bend);
        }
    }
}

#[test]
fn derivatives_are_those_of_the_likelihood() {
    check_derivatives("nbd", &Nbd, [0.7, 5.0]);
    for at in [[0.7, 5.0, 0.6, 9.0], [1.4, 3.0, 0.2, 2.0], [0.3, 20.0, 3.0, 0.5]] {
        check_derivatives("pareto", &Pareto, at);
        for (k, leaves_at_first) in [(1, false), (1, true), (2, true), (5, true)] {
            check_derivatives("geometric", &Geometric { k, leaves_at_first }, at);
        }
    }
}

/// The regimes on which the best-known peer fails to converge in 7 of 180 fits.
#[test]
fn all_fits_converge() {
    let month = 2_592_000.0;
    for (regime, parameters, ages) in [
        ("weeks", [0.25, 4.4, 0.8, 2.4], [27.0, 39.0]),
        ("days", [0.25, 30.0, 0.8, 2.4], [90.0, 730.0]),
        ("heavy daily users", [1.5, 3.0, 0.3, 40.0], [300.0, 501.0]),
        ("hardly any churn", [0.8, 10.0, 0.05, 5.0], [90.0, 730.0]),
        ("tiny b", [0.5, 10.0, 0.5, 0.3], [90.0, 730.0]),
        ("seconds", [0.25, month, 0.8, 2.4], [3.0 * month, 24.0 * month]),
    ] {
        for count in [200, 1_000, 5_000] {
            for seed in 0..10 {
                let sample = customers(count, parameters, (1, false), ages, 100 + seed);
                let histories = Histories::new(&sample.repeats, &sample.last, &sample.age).unwrap();
                let what = format!("{regime}, {count}, seed {seed}");
                let fit =
                    fit(Family::BgNbd, &histories, ONE).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(fit.gradient <= 1e-8, "{what}: {}", fit.gradient);
                let [r, alpha, a, b] = parameters;
                let truth = Model::BgNbd { r, alpha, a, b };
                let truth = truth.log_likelihood(&histories, ONE).unwrap();
                assert!(fit.log_likelihood >= truth, "{what}: {} below {truth}", fit.log_likelihood);
                assert_eq!(fit.standard_errors.is_none(), !fit.edge.is_empty(), "{what}");
            }
        }
    }
}

#[test]
fn regularity_is_found() {
    for k in [1, 3] {
        let sample = customers(1_500, [0.9, 3.0, 0.6, 2.0], (k, true), [40.0, 80.0], 5);
        let histories = Histories::new(&sample.repeats, &sample.last, &sample.age).unwrap();
        let refused = fit_regularity(&histories, ONE).unwrap_err();
        assert_eq!(refused.code(), "clv.no_intervals");
        let histories = histories.with_log_intervals(sample.log_intervals).unwrap();
        let (best, tried) = fit_regularity(&histories, ONE).unwrap();
        assert_eq!(best.model.family(), Family::MbgCnbd { k });
        assert!(tried.iter().all(|fit| fit.log_likelihood <= best.log_likelihood));
        let errors = best.standard_errors.clone().unwrap();
        for (((name, found), wanted), error) in
            best.model.parameters().into_iter().zip([0.9, 3.0, 0.6, 2.0]).zip(errors)
        {
            assert!((found - wanted).abs() < 4.0 * error, "k {k}, {name}: {found} ± {error}");
        }
        if k == 1 {
            let plain = fit(Family::MbgNbd, &histories, ONE).unwrap();
            near("k = 1 is MBG/NBD", plain.log_likelihood, best.log_likelihood, 1e-13);
        }
    }
}

#[test]
fn pareto_and_nbd_are_recovered() {
    let mut dice = Dice(11);
    let (mut repeats, mut last, mut age) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..1_500 {
        let (rate, leaving, watched) =
            (dice.gamma(0.8) / 6.0, dice.gamma(1.2) / 20.0, 30.0 + 20.0 * dice.uniform());
        let end = (dice.exponential() / leaving).min(watched);
        let (mut x, mut t) = (0, 0.0);
        loop {
            let next = t + dice.exponential() / rate;
            if next > end {
                break;
            }
            (x, t) = (x + 1, next);
        }
        repeats.push(x);
        last.push(t);
        age.push(watched);
    }
    let histories = Histories::new(&repeats, &last, &age).unwrap();
    let fit = fit(Family::ParetoNbd, &histories, ONE).unwrap();
    let errors = fit.standard_errors.clone().unwrap();
    for (((name, found), wanted), error) in
        fit.model.parameters().into_iter().zip([0.8, 6.0, 1.2, 20.0]).zip(errors)
    {
        assert!((found - wanted).abs() < 4.0 * error, "{name}: {found} ± {error}");
    }
    let nbd = super::super::fit(Family::Nbd, &histories, ONE).unwrap();
    assert!(nbd.log_likelihood < fit.log_likelihood);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let fit_of = |repeats: &[u32], last: &[f64], age: &[f64]| {
        Histories::new(repeats, last, age).and_then(|histories| fit(Family::BgNbd, &histories, ONE))
    };
    for (repeats, last, age, code) in [
        (&[][..], &[][..], &[][..], "clv.no_customers"),
        (&[0, 0], &[0.0, 0.0], &[3.0, 4.0], "clv.no_repeat_purchases"),
        (&[0, 0], &[0.0, 0.0], &[0.0, 0.0], "clv.no_time"),
        (&[1], &[2.0, 3.0], &[3.0], "clv.columns_differ"),
        (&[1], &[4.0], &[3.0], "clv.bad_history"),
        (&[1], &[0.0], &[3.0], "clv.bad_history"),
        (&[0], &[1.0], &[3.0], "clv.bad_history"),
        (&[1], &[f64::NAN], &[3.0], "clv.bad_history"),
        (&[1], &[1.0], &[f64::INFINITY], "clv.bad_history"),
        (&[1], &[-1.0], &[3.0], "clv.bad_history"),
    ] {
        assert_eq!(fit_of(repeats, last, age).unwrap_err().code(), code, "{repeats:?} {last:?} {age:?}");
    }
    for (counts, means, code) in [
        (&[2, 1][..], &[3.0, 0.0][..], "clv.spend_not_positive"),
        (&[2, 1], &[3.0, -1.0], "clv.spend_not_positive"),
        (&[2, 1], &[3.0, f64::NAN], "clv.spend_not_positive"),
        (&[2, 1], &[3.0, 3.0], "clv.spend_has_no_spread"),
        (&[0, 0], &[3.0, 4.0], "clv.spend_has_no_spread"),
        (&[2], &[3.0, 4.0], "clv.columns_differ"),
        // Every next customer spends ten times as much, always the same: no mean exists.
        (&[50, 50, 50, 50], &[1.0, 1e3, 1e6, 1e9], "clv.spend_mean_undefined"),
    ] {
        assert_eq!(fit_spend(counts, means, ONE).unwrap_err().code(), code, "{counts:?} {means:?}");
    }
    let model = Model::BgNbd { r: 0.2, alpha: 4.0, a: 0.8, b: 2.4 };
    let regular = Model::MbgCnbd { k: 2, r: 0.2, alpha: 1e-6, a: 0.8, b: 2.4 };
    for (model, ahead, code) in [
        (model, Ahead::Within(-1.0), "clv.bad_horizon"),
        (model, Ahead::Within(f64::NAN), "clv.bad_horizon"),
        (model, Ahead::Forever { rate: 0.0 }, "clv.bad_horizon"),
        (model, Ahead::Periods { count: 3, length: 1.0, rate: -1.0 }, "clv.bad_horizon"),
        (Model::BgNbd { r: 0.0, alpha: 4.0, a: 0.8, b: 2.4 }, Ahead::Within(1.0), "clv.bad_parameter"),
        (
            Model::MbgCnbd { k: 0, r: 0.2, alpha: 4.0, a: 0.8, b: 2.4 },
            Ahead::Within(1.0),
            "clv.bad_parameter",
        ),
        (regular, Ahead::Within(1e9), "clv.horizon_too_long"),
    ] {
        assert_eq!(model.purchases_of_new(ahead).unwrap_err().code(), code, "{model:?} {ahead:?}");
    }
}

#[test]
fn spend_is_recovered_and_bad_means_are_refused() {
    let mut dice = Dice(2);
    let (mut counts, mut means) = (Vec::new(), Vec::new());
    for place in 0..3_000u32 {
        let (count, scale) = (place % 5, dice.gamma(4.0) / 15.0);
        let sum: f64 = (0..count).map(|_| dice.gamma(6.0) / scale).sum();
        counts.push(count);
        means.push(if count == 0 { 0.0 } else { sum / f64::from(count) });
    }
    let fit = fit_spend(&counts, &means, ONE).unwrap();
    assert_eq!(fit.customers, 2_400);
    let errors = fit.standard_errors.clone().unwrap();
    let found = [fit.model.p, fit.model.q, fit.model.v];
    for ((found, wanted), error) in found.into_iter().zip([6.0, 4.0, 15.0]).zip(errors) {
        assert!((found - wanted).abs() < 4.0 * error, "{found} is not {wanted} ± {error}");
    }
    let expected = fit.model.expected(&counts, &means, ONE).unwrap();
    near("without purchases", expected[0], fit.model.mean().unwrap(), 1e-15);
    let heavy = Spend { p: 2.0, q: 1.0, v: 3.0 };
    assert_eq!(heavy.expected(&counts, &means, ONE).unwrap_err().code(), "clv.spend_mean_undefined");
}
