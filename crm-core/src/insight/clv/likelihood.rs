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
