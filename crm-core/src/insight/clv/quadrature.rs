//! Integrals: Gauss and Legendre's rule on a stretch, and the trapezoid rule after a double exponential substitution on the
//! whole line (Takahasi and Mori 1974).

use std::sync::LazyLock;

const NODES: usize = 32;

/// Nodes in (0, 1) with weights that add up to one: exact for polynomials up to degree 63.
pub(super) fn gauss() -> &'static [(f64, f64)] {
    static RULE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| (1..=NODES).map(gauss_node).collect());
    &RULE
}

/// The root of the Legendre polynomial by Newton's method from Tricomi's approximation.
fn gauss_node(place: usize) -> (f64, f64) {
    let n = NODES as f64;
    let mut x = (std::f64::consts::PI * (place as f64 - 0.25) / (n + 0.5)).cos();
    let mut slope = 1.0;
    for _ in 0..8 {
        let (mut before, mut here) = (1.0, x);
        for degree in 2..=NODES {
            let d = degree as f64;
            (before, here) = (here, ((2.0 * d - 1.0) * x * here - (d - 1.0) * before) / d);
        }
        slope = n * (x * here - before) / (x * x - 1.0);
        x -= here / slope;
    }
    ((1.0 - x) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope))
}

/// ∫ e^−cv f(v) dv for v from 0 on, for an `f` that falls from f(0) = 1 at any pace down to a scale of 10⁻¹⁵.
pub(super) fn laplace(c: f64, f: impl Fn(f64) -> f64) -> f64 {
    // v = eᵘ: every scale of f gets the same number of points, and e^−cv cuts the right end off.
    const STEP: f64 = 0.25;
    let (low, high) = (-75.0 - c.max(1.0).ln(), (50.0 / c).ln());
    let count = ((high - low) / STEP) as u32;
    let term = |place: u32| {
        let v = (high - f64::from(place) * STEP).exp();
        v * (-c * v).exp() * f(v)
    };
    (0..=count).map(term).sum::<f64>() * STEP
}

/// A distribution on the line as points with weights that add up to one.
///
/// `log_density` need not be normed; its peak lies near `centre`, its breadth is about `breadth`.
pub(super) fn distribution(log_density: impl Fn(f64) -> f64, centre: f64, breadth: f64) -> Vec<(f64, f64)> {
    // u = centre + breadth sinh v. The step shrinks with breadth, since the density's poles stay π away from the line.
    let step = 0.08 / breadth.max(1.0);
    let top = log_density(centre);
    let mut points = Vec::new();
    for side in [1.0, -1.0] {
        let mut place = if side > 0.0 { 0.0 } else { 1.0 };
        while place < 20_000.0 {
            let v: f64 = side * place * step;
            let u = centre + breadth * v.sinh();
            let log = log_density(u) - top + v.cosh().ln();
            if log < -42.0 || !log.is_finite() {
                break;
            }
            points.push((u, log.exp()));
            place += 1.0;
        }
    }
    let total: f64 = points.iter().map(|(_, weight)| weight).sum();
    points.iter_mut().for_each(|(_, weight)| *weight /= total);
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_integrate() {
        let power = |degree: i32| gauss().iter().map(|(x, w)| w * x.powi(degree)).sum::<f64>();
        for degree in [0, 1, 2, 17, 40, 63] {
            let wanted = 1.0 / f64::from(degree + 1);
            assert!((power(degree) - wanted).abs() < 1e-14, "{degree}");
        }
        let decay: f64 = gauss().iter().map(|(x, w)| w * (-45.0 * x).exp()).sum();
        assert!((decay * 45.0 - 1.0).abs() < 1e-13, "{decay}");
        // ∫ e^−v and ∫ e^−v/2 / (1 + v)².
        assert!((laplace(1.0, |_| 1.0) - 1.0).abs() < 1e-14);
        assert!((laplace(0.5, |v| 1.0 / (1.0 + v).powi(2)) - 0.538_544_683_758_134_8).abs() < 1e-13);
        for c in [1e-6, 0.01, 3.0, 1e4] {
            let found = laplace(c, |v| (-v).exp());
            assert!((found * (1.0 + c) - 1.0).abs() < 1e-12, "{c} {found}");
        }
    }

    #[test]
    fn a_distribution_has_its_mean() {
        // The logit of a beta distributed number.
        for (a, b) in [(0.8, 2.4), (0.05, 5.0), (0.3, 0.3), (3.0, 400.0), (500.0, 2.0)] {
            let density = |u: f64| {
                let (low, high) = ((-u).exp().ln_1p(), u.exp().ln_1p());
                -a * low - b * if high.is_finite() { high } else { u }
            };
            let breadth = (super::super::special::ln_gamma(a).second
                + super::super::special::ln_gamma(b).second)
                .sqrt();
            let points = distribution(density, (a / b).ln(), breadth);
            let mean: f64 = points.iter().map(|(u, w)| w / (1.0 + (-u).exp())).sum();
            assert!((mean / (a / (a + b)) - 1.0).abs() < 1e-11, "{a} {b} {mean} {}", points.len());
        }
    }
}
