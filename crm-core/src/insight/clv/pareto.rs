//! Pareto/NBD: purchases at a gamma-distributed rate until the customer leaves at an exponential time whose rate is
//! gamma-distributed too (Schmittlein, Morrison and Colombo 1987).
//!
//! The published likelihood is a difference of two hypergeometric functions, which overflow and cancel. Here it is what
//! it stands for, the sum over when the customer may have left,
//! (α+T)^−(r+x) (β+T)^−s + ∫ s (α+τ)^−(r+x) (β+τ)^−(s+1) dτ for τ from t_x to T, with every term positive.

use super::history::{Row, Weighted};
use super::likelihood::Likelihood;
use super::optimum::Local;
use super::quadrature::{gauss, laplace};
use super::special::ln_rising;

pub(super) struct Pareto;

/// A moment at which the customer may have left (or the end, for one who is still there), with its weight.
struct Moment {
    /// Of the largest possible likelihood, that is of leaving right after the last purchase.
    weight: f64,
    alpha_tau: f64,
    log_alpha_tau: f64,
    beta_tau: f64,
    log_beta_tau: f64,
}

/// Hands over the moment that stands for being still there, then those of having left.
fn moments(shape: f64, [_, alpha, s, beta]: &[f64; 4], row: &Row, mut each: impl FnMut(bool, Moment)) {
    let (near, far, apart) = (alpha.min(*beta), alpha.max(*beta), (alpha - beta).abs());
    let (log_alpha, log_beta) = ((alpha + row.last).ln(), (beta + row.last).ln());
    let top = -shape * log_alpha - s * log_beta;
    let (log_alpha_end, log_beta_end) = ((alpha + row.age).ln(), (beta + row.age).ln());
    let there = Moment {
        weight: (-shape * log_alpha_end - s * log_beta_end - top).exp(),
        alpha_tau: alpha + row.age,
        log_alpha_tau: log_alpha_end,
        beta_tau: beta + row.age,
        log_beta_tau: log_beta_end,
    };
    each(true, there);
    // Beyond where the purchase part has fallen by e⁻⁴⁵ nothing is left to add.
    let vanished = (45.0 / shape).exp_m1() * (alpha + row.last);
    let silence = (row.age - row.last).min(vanished);
    if silence <= 0.0 {
        return;
    }
    // In y = ln(near + τ) both powers are smooth and the integrand falls at most exponentially.
    let start = near + row.last;
    let (log_start, length) = (start.ln(), (silence / start).ln_1p());
    let alpha_is_near = alpha <= beta;
    debug_assert!(far >= near);
    for &(node, weight) in gauss() {
        let y = length * node;
        let near_tau = start * y.exp();
        let (log_near, far_tau) = (log_start + y, near_tau + apart);
        let log_far = far_tau.ln();
        let (alpha_tau, log_alpha_tau, beta_tau, log_beta_tau) = if alpha_is_near {
            (near_tau, log_near, far_tau, log_far)
        } else {
            (far_tau, log_far, near_tau, log_near)
        };
        let log = -shape * log_alpha_tau - s * log_beta_tau - top;
        let weight = weight * length * s * (near_tau / beta_tau) * log.exp();
        each(false, Moment { weight, alpha_tau, log_alpha_tau, beta_tau, log_beta_tau });
    }
}

impl Pareto {
    /// P(still there) of a history.
    pub fn alive(&self, parameters: &[f64; 4], row: &Row) -> f64 {
        let [r, alpha, s, beta] = parameters;
        let shape = r + f64::from(row.repeats);
        let (mut there, mut left) = (0.0, 0.0);
        moments(shape, parameters, row, |is_there, moment| {
            *if is_there { &mut there } else { &mut left } += moment.weight;
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

    fn by_repeats(&self, [r, alpha, s, beta]: &[f64; 4], repeats: &[u32]) -> Vec<Local<4>> {
        let part = |&repeats: &u32| {
            let rising = ln_rising(*r, u64::from(repeats));
            let mut part = Local {
                value: rising.value + r * alpha.ln() + s * beta.ln(),
                slope: [rising.first + alpha.ln(), r / alpha, beta.ln(), s / beta],
                bend: [[0.0; 4]; 4],
            };
            part.bend[0][0] = rising.second;
            (part.bend[0][1], part.bend[1][0]) = (1.0 / alpha, 1.0 / alpha);
            part.bend[1][1] = -r / (alpha * alpha);
            (part.bend[2][3], part.bend[3][2]) = (1.0 / beta, 1.0 / beta);
            part.bend[3][3] = -s / (beta * beta);
            part
        };
        repeats.iter().map(part).collect()
    }

    fn by_history(&self, parameters: &[f64; 4], repeats: u32, rows: &[Weighted]) -> Local<4> {
        let [r, alpha, s, beta] = parameters;
        let shape = r + f64::from(repeats);
        let mut sum = Local::ZERO;
        for row in rows {
            let history = Row { repeats, last: row.last, age: row.age };
            let mut mixture = Local::<4>::ZERO;
            moments(shape, parameters, &history, |is_there, moment| {
                add_moment(&mut mixture, shape, *s, is_there, &moment);
            });
            let top = -shape * (alpha + row.last).ln() - s * (beta + row.last).ln();
            sum.add(&logarithm(&mixture, top), row.weight);
        }
        sum
    }
}

/// Adds a moment's weight, weight times the gradient of its logarithm, and weight times (its Hessian + gradient²).
fn add_moment(mixture: &mut Local<4>, shape: f64, s: f64, is_there: bool, moment: &Moment) {
    let (at_s, power) = if is_there { (0.0, s) } else { (1.0 / s, s + 1.0) };
    let (a, b) = (1.0 / moment.alpha_tau, 1.0 / moment.beta_tau);
    let slope = [-moment.log_alpha_tau, -shape * a, at_s - moment.log_beta_tau, -power * b];
    let bend = [
        [0.0, -a, 0.0, 0.0],
        [-a, shape * a * a, 0.0, 0.0],
        [0.0, 0.0, -at_s * at_s, -b],
        [0.0, 0.0, -b, power * b * b],
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
