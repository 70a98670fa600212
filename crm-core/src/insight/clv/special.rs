//! The logarithm of the gamma function with its first two derivatives, for positive arguments.
//!
//! Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 6.1.41, 6.3.18 and 6.4.12 after the
//! recurrences 6.1.15, 6.3.5 and 6.4.6 have moved the argument to ten or more.

/// A value with its first and second derivative in one variable.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Jet {
    pub value: f64,
    pub first: f64,
    pub second: f64,
}

impl std::ops::Add for Jet {
    type Output = Jet;
    fn add(self, other: Jet) -> Jet {
        Jet {
            value: self.value + other.value,
            first: self.first + other.first,
            second: self.second + other.second,
        }
    }
}

impl std::ops::Sub for Jet {
    type Output = Jet;
    fn sub(self, other: Jet) -> Jet {
        Jet {
            value: self.value - other.value,
            first: self.first - other.first,
            second: self.second - other.second,
        }
    }
}

/// ln Γ(x), ψ(x), ψ′(x).
pub(super) fn ln_gamma(x: f64) -> Jet {
    let (mut x, mut product, mut first, mut second) = (x, 1.0, 0.0, 0.0);
    while x < 10.0 {
        product *= x;
        first -= 1.0 / x;
        second += 1.0 / (x * x);
        x += 1.0;
    }
    let (i, log) = (1.0 / x, x.ln());
    let s = i * i;
    let series = |terms: &[f64]| terms.iter().rev().fold(0.0, |sum, term| sum * s + term);
    let half_ln_two_pi = 0.918_938_533_204_672_8;
    let value = (x - 0.5) * log - x
        + half_ln_two_pi
        + i * series(&[
            1.0 / 12.0,
            -1.0 / 360.0,
            1.0 / 1260.0,
            -1.0 / 1680.0,
            1.0 / 1188.0,
            -691.0 / 360_360.0,
            1.0 / 156.0,
        ]);
    let digamma = log
        - 0.5 * i
        - s * series(&[
            1.0 / 12.0,
            -1.0 / 120.0,
            1.0 / 252.0,
            -1.0 / 240.0,
            1.0 / 132.0,
            -691.0 / 32_760.0,
            1.0 / 12.0,
        ]);
    let trigamma = i
        + 0.5 * s
        + i * s
            * series(&[
                1.0 / 6.0,
                -1.0 / 30.0,
                1.0 / 42.0,
                -1.0 / 30.0,
                5.0 / 66.0,
                -691.0 / 2730.0,
                7.0 / 6.0,
            ]);
    Jet { value: value - product.ln(), first: first + digamma, second: second + trigamma }
}

/// ln Γ(a + n) − ln Γ(a) for a whole `n`, with its derivatives in `a`; exact for the few purchases most customers make.
pub(super) fn ln_rising(a: f64, n: u64) -> Jet {
    if n > 64 {
        return ln_gamma(a + n as f64) - ln_gamma(a);
    }
    let mut sum = Jet::default();
    let mut product = 1.0;
    for step in 0..n {
        let term = a + step as f64;
        product *= term;
        sum.first += 1.0 / term;
        sum.second -= 1.0 / (term * term);
        if !(1e-200..1e200).contains(&product) {
            sum.value += product.ln();
            product = 1.0;
        }
    }
    sum.value += product.ln();
    sum
}

/// ln(1 + eˣ) and its derivative, without overflow.
pub(super) fn softplus(x: f64) -> (f64, f64) {
    let e = (-x.abs()).exp();
    (x.max(0.0) + e.ln_1p(), if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() <= 2e-15 * wanted.abs().max(1.0), "{found} {wanted}");
    }

    #[test]
    fn gamma_agrees_with_tables() {
        // ln Γ, ψ, ψ′ from 50-digit arithmetic.
        for (x, value, first, second) in TRUTHS {
            let found = ln_gamma(x);
            near(found.value, value);
            near(found.first, first);
            near(found.second, second);
        }
    }

    #[test]
    fn rising_is_a_difference() {
        for (a, n) in [(0.25, 0), (0.25, 1), (3.5, 64), (3.5, 65), (1e-3, 500), (40.0, 2000)] {
            let (found, wanted) = (ln_rising(a, n), ln_gamma(a + n as f64) - ln_gamma(a));
            for (found, wanted) in
                [(found.value, wanted.value), (found.first, wanted.first), (found.second, wanted.second)]
            {
                assert!((found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "{a} {n}: {found} {wanted}");
            }
        }
        assert!(ln_rising(1e-300, 60).value.is_finite());
    }

    const TRUTHS: [(f64, f64, f64, f64); 6] = [
        (0.001, 6.907178885383853, -1000.5755719318103, 1000001.6425331958),
        (0.25, 1.2880225246980774, -4.2274535333762655, 17.197329154507113),
        (1.0, 0.0, -0.5772156649015329, 1.6449340668482264),
        (4.5, 2.4537365708424423, 1.388870926359529, 0.24872510303901038),
        (10.0, 12.80182748008147, 2.251752589066721, 0.10516633568168575),
        (1234.5, 7550.550901077895, 7.118016231827998, 0.0008103727271269667),
    ];
}
