//! Log-likelihoods of purchase histories, with gradient and Hessian in the parameters.
//!
//! Each is a part that depends on the number of repeat purchases alone, done once a group, and the logarithm of a mixture
//! over what may have become of the customer, done once a distinct history.

use std::num::NonZeroUsize;

use super::history::{Counted, Distinct};
use super::optimum::Local;
use super::parallel;

/// A model as a fit sees it.
pub(super) trait Likelihood<const N: usize>: Sync {
    /// What it knows of a customer besides his purchases.
    type Row: Counted;

    /// What `repeats`, ascending from call to call, adds for each customer.
    fn by_repeats(&self, parameters: &[f64; N], repeats: &[u32]) -> Vec<Local<N>>;

    /// What distinct histories with the same number of repeat purchases add.
    fn by_history(&self, parameters: &[f64; N], repeats: u32, rows: &[Self::Row]) -> Local<N>;
}

/// Few enough rows that a thread costs more than it saves.
const SMALL: usize = 20_000;

/// The whole log-likelihood.
pub(super) fn sum<const N: usize, L: Likelihood<N>>(
    likelihood: &L,
    parameters: &[f64; N],
    data: &Distinct<L::Row>,
    threads: NonZeroUsize,
) -> Local<N> {
    let repeats: Vec<u32> = data.groups.iter().map(|group| group.repeats).collect();
    let mut total = Local::ZERO;
    for (group, part) in data.groups.iter().zip(likelihood.by_repeats(parameters, &repeats)) {
        total.add(&part, group.customers);
    }
    let threads = if data.rows.len() < SMALL { NonZeroUsize::MIN } else { threads };
    let pieces = data.pieces();
    let work = |place: usize| match pieces.get(place) {
        Some((repeats, rows)) => likelihood.by_history(parameters, *repeats, rows),
        None => Local::ZERO,
    };
    for part in parallel::pieces(pieces.len(), threads, work) {
        total.add(&part, 1.0);
    }
    total
}

/// A function of r and α with its derivatives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Plane {
    pub value: f64,
    pub r: f64,
    pub alpha: f64,
    pub rr: f64,
    pub r_alpha: f64,
    pub alpha_alpha: f64,
}

impl Plane {
    /// ln((α / (α+t))ʳ (α+t)⁻ⁿ): a stream with a gamma(r, α) rate until t, n events in it. `log` is ln(1 + t/α).
    ///
    /// Stated by what differs from t = 0, so that r and α may grow without end where all customers are alike.
    pub fn stream(r: f64, alpha: f64, events: f64, t: f64, log: f64) -> Self {
        let rate = 1.0 / (alpha + t);
        let share = t * rate / alpha;
        Plane {
            value: -r * log - events * (alpha.ln() + log),
            r: -log,
            alpha: r * share - events * rate,
            rr: 0.0,
            r_alpha: share,
            alpha_alpha: events * rate * rate - r * share * (1.0 / alpha + rate),
        }
    }
}
