//! Pareto/NBD: purchases at a gamma-distributed rate until the customer leaves at an exponential time whose rate is
//! gamma-distributed too (Schmittlein, Morrison and Colombo 1987).
//!
//! The published likelihood is a difference of two hypergeometric functions, which overflow and cancel. Here it is what
//! it stands for, the sum over when the customer may have left,
//! (α+T)^−(r+x) (β+T)^−s + ∫ s (α+τ)^−(r+x) (β+τ)^−(s+1) dτ for τ from t_x to T, with every term positive.

use super::history::{Row, Weighted};
use super::likelihood::{Likelihood, Plane};
use super::optimum::Local;
use super::quadrature::{gauss, laplace};
use super::special::ln_rising;

pub(super) struct Pareto;

/// A moment at which the customer may have left (or the end, for one who is still there), with its weight.
struct Moment {
    is_there: bool,
    /// Of the largest possible likelihood, that is of leaving right after the last purchase.
    weight: f64,
    tau: f64,
    /// ln(1 + τ/α), ln(1 + τ/β).
    log_alpha: f64,
    log_beta: f64,
}

/// Hands over the moment that stands for being still there, then those of having left.
fn moments(shape: f64, [_, alpha, s, beta]: &[f64; 4], row: &Row, mut each: impl FnMut(Moment)) {
    let logs = |t: f64| ((t / alpha).ln_1p(), (t / beta).ln_1p());
    let (first_alpha, first_beta) = logs(row.last);
    let weight = |log_alpha: f64, log_beta: f64| {
        (-shape * (log_alpha - first_alpha) - s * (log_beta - first_beta)).exp()
    };
    let (log_alpha, log_beta) = logs(row.age);
    each(Moment { is_there: true, weight: weight(log_alpha, log_beta), tau: row.age, log_alpha, log_beta });
    // Beyond where the purchase part has fallen by e⁻⁴⁵ nothing is left to add.
    let vanished = (45.0 / shape).exp_m1() * (alpha + row.last);
    let silence = (row.age - row.last).min(vanished);
    if silence <= 0.0 {
        return;
    }
    // In y = ln(near + τ), near being the smaller of α and β, both powers are smooth and fall at most exponentially.
    let start = alpha.min(*beta) + row.last;
    let length = (silence / start).ln_1p();
    for &(node, share) in gauss() {
        let y = length * node;
        let passed = start * y.exp_m1();
        let tau = row.last + passed;
        let (log_alpha, log_beta) = if alpha <= beta {
            (first_alpha + y, (tau / beta).ln_1p())
        } else {
            ((tau / alpha).ln_1p(), first_beta + y)
        };
        let weight = weight(log_alpha, log_beta) * share * length * s * ((start + passed) / (beta + tau));
        each(Moment { is_there: false, weight, tau, log_alpha, log_beta });
    }
}

impl Pareto {
    /// P(still there) of a history.
    pub fn alive(&self, parameters: &[f64; 4], row: &Row) -> f64 {
        let [r, alpha, s, beta] = parameters;
        let shape = r + f64::from(row.repeats);
        let (mut there, mut left) = (0.0, 0.0);
        moments(shape, parameters, row, |moment| {
            *if moment.is_there { &mut there } else { &mut left } += moment.weight;
        });
        if there > f64::MIN_POSITIVE {
            return there / (there + left);
        }
        let log = |t: f64| -shape * (alpha + t).ln() - s * (beta + t).ln();
        if left > 0.0 { (log(row.age) - log(row.last) - left.ln()).exp() } else { 1.0 }
    }

    /// Mean of 1 / (μ + δ), μ being the rate of leaving of a customer who is there now: his discounted time still to come.
    /// ∫ e^−δt ((β+T)/(β+T+t))^s dt (Fader, Hardie and Lee 2005, discounted expected residual transactions).
    pub fn discounted_time(&self, [_, _, s, beta]: &[f64; 4], age: f64, rate: f64) -> f64 {
        let base = beta + age;
        base * laplace(rate * base, |v| (-s * v.ln_1p()).exp())
    }
}

impl Likelihood<4> for Pareto {
    type Row = Weighted;

    fn by_repeats(&self, [r, ..]: &[f64; 4], repeats: &[u32]) -> Vec<Local<4>> {
        let part = |&repeats: &u32| {
            let rising = ln_rising(*r, u64::from(repeats));
            let mut part = Local { value: rising.value, ..Local::ZERO };
            part.slope[0] = rising.first;
            part.bend[0][0] = rising.second;
            part
        };
        repeats.iter().map(part).collect()
    }

    fn by_history(&self, parameters: &[f64; 4], repeats: u32, rows: &[Weighted]) -> Local<4> {
        let [r, alpha, s, beta] = parameters;
        let events = f64::from(repeats);
        let mut sum = Local::ZERO;
        for row in rows {
            let history = Row { repeats, last: row.last, age: row.age };
            let mut mixture = Local::<4>::ZERO;
            moments(r + events, parameters, &history, |moment| {
                add_moment(&mut mixture, parameters, events, &moment);
            });
            let first = Plane::stream(*r, *alpha, events, row.last, (row.last / alpha).ln_1p());
            let top = first.value - s * (row.last / beta).ln_1p();
            sum.add(&logarithm(&mixture, top), row.weight);
        }
        sum
    }
}

/// Adds a moment's weight, weight times the gradient of its logarithm, and weight times (its Hessian + gradient²).
fn add_moment(mixture: &mut Local<4>, [r, alpha, s, beta]: &[f64; 4], events: f64, moment: &Moment) {
    let bought = Plane::stream(*r, *alpha, events, moment.tau, moment.log_alpha);
    let leaving = if moment.is_there { 0.0 } else { 1.0 };
    let stayed = Plane::stream(*s, *beta, leaving, moment.tau, moment.log_beta);
    let slope = [bought.r, bought.alpha, stayed.r + leaving / s, stayed.alpha];
    let bend = [
        [0.0, bought.r_alpha, 0.0, 0.0],
        [bought.r_alpha, bought.alpha_alpha, 0.0, 0.0],
        [0.0, 0.0, -leaving / (s * s), stayed.r_alpha],
        [0.0, 0.0, stayed.r_alpha, stayed.alpha_alpha],
    ];
    mixture.value += moment.weight;
    for ((sum, part), (sums, parts)) in
        mixture.slope.iter_mut().zip(slope).zip(mixture.bend.iter_mut().zip(bend))
    {
        *sum += moment.weight * part;
        for ((sum, bend), other) in sums.iter_mut().zip(parts).zip(slope) {
            *sum += moment.weight * (bend + part * other);
        }
    }
}

/// The logarithm of a sum whose weights, slopes and bends have been added up.
fn logarithm(mixture: &Local<4>, top: f64) -> Local<4> {
    let mut log = *mixture;
    let total = mixture.value;
    log.value = top + total.ln();
    log.slope.iter_mut().for_each(|part| *part /= total);
    let slope = log.slope;
    for (row, first) in log.bend.iter_mut().zip(slope) {
        for (part, second) in row.iter_mut().zip(slope) {
            *part = *part / total - first * second;
        }
    }
    log
}
