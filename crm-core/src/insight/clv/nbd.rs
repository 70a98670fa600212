//! NBD: purchases at a gamma-distributed rate, for ever (Ehrenberg 1959; of timed purchases as in Fader and Hardie 2005).

use super::history::Weighted;
use super::likelihood::Likelihood;
use super::optimum::Local;
use super::special::ln_rising;

pub(super) struct Nbd;

impl Likelihood<2> for Nbd {
    type Row = Weighted;

    fn by_repeats(&self, [r, alpha]: &[f64; 2], repeats: &[u32]) -> Vec<Local<2>> {
        let part = |&repeats: &u32| {
            let rising = ln_rising(*r, u64::from(repeats));
            Local {
                value: rising.value + r * alpha.ln(),
                slope: [rising.first + alpha.ln(), r / alpha],
                bend: [[rising.second, 1.0 / alpha], [1.0 / alpha, -r / (alpha * alpha)]],
            }
        };
        repeats.iter().map(part).collect()
    }

    fn by_history(&self, [r, alpha]: &[f64; 2], repeats: u32, rows: &[Weighted]) -> Local<2> {
        let shape = r + f64::from(repeats);
        let mut sum = Local::ZERO;
        for row in rows {
            let (rate, log) = (1.0 / (alpha + row.age), (alpha + row.age).ln());
            let part = Local {
                value: -shape * log,
                slope: [-log, -shape * rate],
                bend: [[0.0, -rate], [-rate, shape * rate * rate]],
            };
            sum.add(&part, row.weight);
        }
        sum
    }
}
