//! The logistic function over blocks of numbers, written so that compilers turn it into vector code. The
//! same bits on every machine, since it calls no library's exponential.

/// 1.5 × 2⁵²: adding it rounds to a whole number and leaves that number in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// ln 2, its first 32 bits, and the rest (Cody and Waite 1980).
const LN2: (f64, f64) = (0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10);
/// Beyond this e⁻ˣ would not be a normal number.
const LEAST: f64 = 700.0;

/// e⁻ᵃ for a ≥ 0, to the last bit or two; what is smaller than e⁻⁷⁰⁰ counts as that.
#[inline]
pub(super) fn exp_minus(a: f64) -> f64 {
    let a = if a < LEAST { a } else { LEAST };
    let shifted = a * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = k * LN2.0 - a + k * LN2.1;
    // The exponential's series on |r| ≤ ln 2 / 2: the 13th term is below the last bit.
    let mut sum = 1.0 / 479_001_600.0;
    for factor in [
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = sum * r + factor;
    }
    sum * f64::from_bits(1023u64.wrapping_sub(shifted.to_bits()) << 52)
}

/// The probability that belongs to log odds: 1 / (1 + e⁻ˣ).
#[inline]
pub fn probability(log_odds: f64) -> f64 {
    let e = exp_minus(log_odds.abs());
    let more = 1.0 / (1.0 + e);
    if log_odds >= 0.0 { more } else { e * more }
}

/// Turns log odds into probabilities, in place.
pub fn probabilities(log_odds: &mut [f64]) {
    for value in log_odds {
        *value = probability(*value);
    }
}

/// The log odds that belong to a probability, which is taken as at least 10⁻¹⁵ away from 0 and 1.
pub fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(1e-15, 1.0 - 1e-15);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_library_s_exponential() {
        for step in 0..200_000 {
            let a = f64::from(step) * 0.0035;
            let (ours, theirs) = (exp_minus(a), (-a).exp());
            assert!((ours - theirs).abs() <= 4e-16 * theirs, "{a}: {ours} {theirs}");
        }
    }

    #[test]
    fn the_ends_are_probabilities() {
        for (x, p) in [(0.0, 0.5), (1e300, 1.0), (f64::INFINITY, 1.0), (-800.0, 0.0), (-1e300, 0.0)] {
            assert!((probability(x) - p).abs() < 1e-300, "{x}");
        }
        for x in [-30.0, -3.0, 0.25, 7.0] {
            assert!((log_odds(probability(x)) - x).abs() < 1e-9 * x.abs().exp2(), "{x}");
        }
    }
}
