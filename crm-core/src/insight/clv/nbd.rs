//! NBD: purchases at a gamma-distributed rate, for ever (Ehrenberg 1959; of timed purchases as in Fader and Hardie 2005).

use super::history::Weighted;
use super::likelihood::{Likelihood, Plane};
use super::optimum::Local;
use super::special::ln_rising;

pub(super) struct Nbd;

impl Likelihood<2> for Nbd {
    type Row = Weighted;

    fn by_repeats(&self, [r, _]: &[f64; 2], repeats: &[u32]) -> Vec<Local<2>> {
        let part = |&repeats: &u32| {
            let rising = ln_rising(*r, u64::from(repeats));
            Local { value: rising.value, slope: [rising.first, 0.0], bend: [[rising.second, 0.0], [0.0; 2]] }
        };
        repeats.iter().map(part).collect()
    }

    fn by_history(&self, [r, alpha]: &[f64; 2], repeats: u32, rows: &[Weighted]) -> Local<2> {
        let mut sum = Local::ZERO;
        for row in rows {
            let log = (row.age / alpha).ln_1p();
            let stream = Plane::stream(*r, *alpha, f64::from(repeats), row.age, log);
            let part = Local {
                value: stream.value,
                slope: [stream.r, stream.alpha],
                bend: [[stream.rr, stream.r_alpha], [stream.r_alpha, stream.alpha_alpha]],
            };
            sum.add(&part, row.weight);
        }
        sum
    }
}
