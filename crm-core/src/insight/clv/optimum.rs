//! The highest point of a smooth function of the logarithms of a few positive parameters: Newton's method with a damped
//! Hessian and a bounded, halved step (Nocedal and Wright, Numerical Optimization, 2006, chapters 3 and 6).

#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "linear algebra: places below N in arrays of N"
)]

/// A function's value, gradient and Hessian at a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local<const N: usize> {
    pub value: f64,
    pub slope: [f64; N],
    pub bend: [[f64; N]; N],
}

impl<const N: usize> Local<N> {
    pub const ZERO: Self = Local { value: 0.0, slope: [0.0; N], bend: [[0.0; N]; N] };

    /// Adds another function times a factor.
    pub fn add(&mut self, other: &Self, factor: f64) {
        self.value += factor * other.value;
        for i in 0..N {
            self.slope[i] += factor * other.slope[i];
            for j in 0..N {
                self.bend[i][j] += factor * other.bend[i][j];
            }
        }
    }

    /// The same function times `scale`, of the parameters' logarithms instead of the parameters.
    pub fn in_logs(&self, parameters: &[f64; N], scale: f64) -> Self {
        let mut logs = Self::ZERO;
        logs.value = scale * self.value;
        for i in 0..N {
            logs.slope[i] = scale * parameters[i] * self.slope[i];
            for j in 0..N {
                logs.bend[i][j] = scale * parameters[i] * parameters[j] * self.bend[i][j];
            }
            logs.bend[i][i] += logs.slope[i];
        }
        logs
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.slope.iter().chain(self.bend.iter().flatten()).all(|number| number.is_finite())
    }

    /// The largest of the gradient's parts, without sign.
    pub fn steepest(&self) -> f64 {
        self.slope.iter().fold(0.0, |most, part| part.abs().max(most))
    }
}

/// Where a climb ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peak<const N: usize> {
    /// The parameters' logarithms.
    pub logs: [f64; N],
    /// The function there, of the logarithms.
    pub local: Local<N>,
    /// Newton steps taken.
    pub steps: u32,
    /// Whether it is a top: the gradient has vanished.
    pub is_top: bool,
    /// Whether the last full Newton step was so small that the top is a point, not a ridge that runs on for ever.
    pub is_point: bool,
    /// The last full Newton step: where a ridge runs.
    pub drift: [f64; N],
}

/// Gradient per observation, in logarithms, at which a place counts as a top.
pub(super) const FLAT: f64 = 1e-8;
const MOST_STEPS: u32 = 120;
const LONGEST: f64 = 2.0;

/// Climbs from a place (in logarithms). `function` is a mean over observations.
pub(super) fn climb<const N: usize>(start: [f64; N], function: &impl Fn(&[f64; N]) -> Local<N>) -> Peak<N> {
    let mut logs = start;
    let mut local = function(&logs);
    let mut steps = 0;
    let mut drift = [0.0; N];
    let ended = |logs, local: Local<N>, steps, drift, is_point| {
        let is_top = local.is_finite() && local.steepest() <= FLAT;
        Peak { logs, local, steps, is_top, is_point: is_top && is_point, drift }
    };
    if !local.is_finite() {
        return ended(logs, local, steps, drift, false);
    }
    while steps < MOST_STEPS {
        steps += 1;
        let full = newton_step(&local);
        drift = full;
        let longest = full.iter().fold(0.0f64, |most, part| part.abs().max(most));
        let gain: f64 = full.iter().zip(&local.slope).map(|(step, slope)| step * slope).sum();
        // A ridge without end: each step goes as far as the last and gains nothing that counts.
        if local.steepest() <= FLAT * 0.01 && gain <= 1e-14 && longest > 1e-3 {
            return ended(logs, local, steps, drift, false);
        }
        let shrink = (LONGEST / longest).min(1.0);
        let Some((to, there)) = downhill_free(&logs, &local, &full, shrink, gain, function) else {
            return ended(logs, local, steps, drift, longest <= 1e-4);
        };
        (logs, local) = (to, there);
        if longest <= 1e-8 && local.steepest() <= FLAT {
            return ended(logs, local, steps, drift, true);
        }
    }
    ended(logs, local, steps, drift, false)
}

/// The first of the halved steps that does not lose height.
fn downhill_free<const N: usize>(
    logs: &[f64; N],
    local: &Local<N>,
    full: &[f64; N],
    shrink: f64,
    gain: f64,
    function: &impl Fn(&[f64; N]) -> Local<N>,
) -> Option<([f64; N], Local<N>)> {
    let noise = 1e-14 * (1.0 + local.value.abs());
    let mut share = shrink;
    for _ in 0..40 {
        let mut to = *logs;
        for i in 0..N {
            to[i] += share * full[i];
        }
        let there = function(&to);
        if there.is_finite() && there.value >= local.value + 1e-4 * share * gain - noise {
            return Some((to, there));
        }
        share *= 0.5;
    }
    None
}

/// The step to the top of the local parabola; where the function bends upwards, damped until it goes uphill.
fn newton_step<const N: usize>(local: &Local<N>) -> [f64; N] {
    let mut downward = local.bend;
    downward.iter_mut().flatten().for_each(|part| *part = -*part);
    let largest = (0..N).fold(0.0f64, |most, i| downward[i][i].abs().max(most)).max(1e-12);
    let mut damping = 0.0;
    for _ in 0..60 {
        let mut damped = downward;
        for (i, row) in damped.iter_mut().enumerate() {
            row[i] += damping;
        }
        if let Some(root) = cholesky(&damped) {
            return solve(&root, &local.slope);
        }
        damping = if damping == 0.0 { largest * 1e-6 } else { damping * 4.0 };
    }
    local.slope
}

/// The lower root of a symmetric matrix; `None` if it is not positive definite.
fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut root = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let mut rest = matrix[i][j];
            for k in 0..j {
                rest -= root[i][k] * root[j][k];
            }
            if i > j {
                root[i][j] = rest / root[j][j];
            } else if rest > 1e-14 * matrix[i][i].abs() {
                root[i][i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(root)
}

fn solve<const N: usize>(root: &[[f64; N]; N], right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for i in 0..N {
        for k in 0..i {
            x[i] -= root[i][k] * x[k];
        }
        x[i] /= root[i][i];
    }
    for i in (0..N).rev() {
        for k in i + 1..N {
            x[i] -= root[k][i] * x[k];
        }
        x[i] /= root[i][i];
    }
    x
}

/// The inverse of minus the Hessian: the covariance, if the function is a log-likelihood. `None` where it isn't a top.
pub(super) fn covariance<const N: usize>(bend: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut downward = *bend;
    downward.iter_mut().flatten().for_each(|part| *part = -*part);
    let root = cholesky(&downward)?;
    let mut inverse = [[0.0; N]; N];
    for (i, row) in inverse.iter_mut().enumerate() {
        let mut unit = [0.0; N];
        unit[i] = 1.0;
        *row = solve(&root, &unit);
    }
    Some(inverse)
}
