//! Maximum likelihood: from several starts to the top, with what can be said of how sure the parameters are.

use std::num::NonZeroUsize;

use super::history::{Distinct, Histories, Weighted};
use super::likelihood::{Likelihood, sum};
use super::model::{Family, Kind, MOST_REGULAR, Model};
use super::nbd::Nbd;
use super::optimum::{Local, Peak, climb, covariance};
use super::pareto::Pareto;
use super::special::ln_gamma;
use crate::record::error::{Error, Result};

/// A model fitted to histories.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Fit {
    /// The model with the most likely parameters.
    pub model: Model,
    /// Its log-likelihood; models are compared by it on the same histories only.
    pub log_likelihood: f64,
    /// How many customers it was fitted to.
    pub customers: usize,
    /// How many distinct histories they have.
    pub distinct: usize,
    /// The steepest slope left, per customer, in a parameter's logarithm.
    pub gradient: f64,
    /// Newton steps to the top, on all histories.
    pub steps: u32,
    /// Covariance of the parameters, in the order of [`Model::parameters`]; none at an edge.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Standard errors of the parameters, likewise.
    pub standard_errors: Option<Vec<f64>>,
    /// Parameters that the data push on and on towards zero or infinity, for example because nobody seems to leave. The
    /// likelihood has levelled off, so predictions hold; the values themselves mean little.
    pub edge: Vec<&'static str>,
}

/// Fits a model by maximum likelihood.
///
/// Refuses with `clv.no_customers`, `clv.no_time`, `clv.no_repeat_purchases`, and with `clv.not_converged` rather than
/// give parameters at which the likelihood still climbs. The result is the same for any number of `threads` and any
/// order of the histories.
///
/// ```
/// use std::num::NonZeroUsize;
/// use crm_core::insight::clv::{Family, Histories, fit};
///
/// let repeats = [0, 0, 0, 0, 1, 1, 2, 4, 7, 0, 3, 1];
/// let last = [0.0, 0.0, 0.0, 0.0, 5.0, 12.0, 30.0, 33.0, 37.0, 0.0, 11.0, 2.0];
/// let age = [38.0, 39.0, 35.0, 30.0, 38.0, 31.0, 33.0, 36.0, 38.0, 39.0, 37.0, 36.0];
/// let fit = fit(Family::MbgNbd, &Histories::new(&repeats, &last, &age)?, NonZeroUsize::MIN)?;
/// assert!(fit.gradient < 1e-8);
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
pub fn fit(family: Family, histories: &Histories<'_>, threads: NonZeroUsize) -> Result<Fit> {
    family.check()?;
    let data = compress(histories)?;
    fit_distinct(family, &data, histories.log_intervals, threads)
}

/// Fits MBG/CNBD-k with k = 1, 2 … as long as the likelihood grows: all fits tried, the best one last but one unless it
/// is the last.
///
/// Refuses as [`fit`] does, and with `clv.no_intervals` without [`Histories::with_log_intervals`].
pub fn fit_regularity(histories: &Histories<'_>, threads: NonZeroUsize) -> Result<(Fit, Vec<Fit>)> {
    let data = compress(histories)?;
    let intervals = histories.log_intervals;
    if intervals.is_none() {
        let message = "the times between purchases aren't given, so regularities can't be compared";
        return Err(Error::refused("clv.no_intervals", message));
    }
    let mut best = fit_distinct(Family::MbgCnbd { k: 1 }, &data, intervals, threads)?;
    let mut tried = vec![best.clone()];
    for k in 2..=MOST_REGULAR {
        let next = fit_distinct(Family::MbgCnbd { k }, &data, intervals, threads)?;
        tried.push(next.clone());
        if next.log_likelihood <= best.log_likelihood {
            break;
        }
        best = next;
    }
    Ok((best, tried))
}

impl Model {
    /// The log-likelihood of histories, for comparing models on customers they weren't fitted to.
    pub fn log_likelihood(&self, histories: &Histories<'_>, threads: NonZeroUsize) -> Result<f64> {
        self.check()?;
        let data = Distinct::of_histories(histories);
        Ok(match self.kind() {
            Kind::Nbd(parameters) => sum(&Nbd, &parameters, &data, threads).value,
            Kind::Pareto(parameters) => sum(&Pareto, &parameters, &data, threads).value,
            Kind::Geometric(geometric, parameters) => {
                let given = of_intervals(geometric.k, &data, histories.log_intervals);
                sum(&geometric, &parameters, &data, threads).value + given
            }
        })
    }
}

/// What the times between purchases add whatever the other parameters: Erlang's density is tᵏ⁻¹ / Γ(k) times a power of the
/// rate.
fn of_intervals(k: u32, data: &Distinct<Weighted>, log_intervals: Option<f64>) -> f64 {
    let k = f64::from(k);
    (k - 1.0) * log_intervals.unwrap_or(0.0) - data.purchases() * ln_gamma(k).value
}

fn compress(histories: &Histories<'_>) -> Result<Distinct<Weighted>> {
    if histories.is_empty() {
        return Err(Error::refused("clv.no_customers", "there are no customers to fit a model to"));
    }
    let data = Distinct::of_histories(histories);
    if data.time_watched() <= 0.0 {
        return Err(Error::refused("clv.no_time", "all customers bought first on the day of reckoning"));
    }
    if data.purchases() <= 0.0 {
        let message = format!("none of `{}` customers bought a second time", histories.len());
        return Err(Error::refused("clv.no_repeat_purchases", message));
    }
    Ok(data)
}

fn fit_distinct(
    family: Family,
    data: &Distinct<Weighted>,
    log_intervals: Option<f64>,
    threads: NonZeroUsize,
) -> Result<Fit> {
    let mean_age = data.time_watched() / data.customers;
    // Purchases a time unit of those who are still there, roughly.
    let rate = 1.5 * data.purchases() / data.time_watched();
    match family {
        Family::Nbd => {
            let starts = [0.3, 1.0, 10.0].map(|r| [r, r / rate]);
            let peak = top(&Nbd, &starts, data, threads)?;
            Ok(state(family, &peak, data, |[r, alpha]| [r, alpha, 1.0, 1.0], 0.0))
        }
        Family::ParetoNbd => {
            let starts = pairs(&[0.3, 1.0], |r| [r, r / rate], &[[0.6, 0.3], [0.5, 2.0], [2.0, 1.0]])
                .map(|[r, alpha, s, beta]| [r, alpha, s, beta * mean_age]);
            let starts: Vec<[f64; 4]> = starts.collect();
            let peak = top(&Pareto, &starts, data, threads)?;
            Ok(state(family, &peak, data, |parameters| parameters, 0.0))
        }
        Family::BgNbd | Family::MbgNbd | Family::MbgCnbd { .. } => {
            let geometric = family.geometric();
            let k = f64::from(geometric.k);
            let leaving = [[0.8, 2.4], [0.3, 0.6], [0.1, 2.0], [0.5, 20.0]];
            let starts: Vec<[f64; 4]> = pairs(&[0.3, 1.5], |r| [r, r / (k * rate)], &leaving).collect();
            let peak = top(&geometric, &starts, data, threads)?;
            let given = of_intervals(geometric.k, data, log_intervals);
            Ok(state(family, &peak, data, |parameters| parameters, given))
        }
    }
}

/// Each first with each second half of a start.
fn pairs<'a>(
    shapes: &'a [f64],
    first: impl Fn(f64) -> [f64; 2] + 'a,
    seconds: &'a [[f64; 2]],
) -> impl Iterator<Item = [f64; 4]> + 'a {
    shapes.iter().flat_map(move |&shape| {
        let [r, alpha] = first(shape);
        seconds.iter().map(move |&[third, fourth]| [r, alpha, third, fourth])
    })
}

/// Rows on which starts are compared and the first climb is done.
const SAMPLE: usize = 2_000;

/// The highest top that the starts lead to.
pub(super) fn top<const N: usize, L: Likelihood<N>>(
    likelihood: &L,
    starts: &[[f64; N]],
    data: &Distinct<L::Row>,
    threads: NonZeroUsize,
) -> Result<Peak<N>> {
    let sample = data.sample(SAMPLE);
    let few = sample.as_ref().unwrap_or(data);
    let on = |data: &Distinct<L::Row>, logs: &[f64; N]| -> Local<N> {
        let parameters = logs.map(f64::exp);
        sum(likelihood, &parameters, data, threads).in_logs(&parameters, 1.0 / data.customers)
    };
    let mut ranked: Vec<(f64, [f64; N])> = starts
        .iter()
        .map(|start| {
            let logs = start.map(f64::ln);
            (on(few, &logs).value, logs)
        })
        .filter(|(height, _)| height.is_finite())
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Option<Peak<N>> = None;
    for (_, start) in ranked.into_iter().take(4) {
        let from = match &sample {
            Some(sample) => climb(start, &|logs| on(sample, logs)).logs,
            None => start,
        };
        let mut peak = climb(from, &|logs| on(data, logs));
        if !peak.is_top && sample.is_some() {
            // The sample may have run to an edge that all the data don't have.
            peak = climb(start, &|logs| on(data, logs));
        }
        let is_higher = |best: &Peak<N>| peak.local.value > best.local.value;
        if peak.is_top && best.as_ref().is_none_or(is_higher) {
            best = Some(peak);
        }
        // A top that is a point is it; ridges and failures make the next start worth trying.
        if peak.is_point {
            break;
        }
    }
    best.ok_or_else(|| {
        let message = format!("`{}` starts led to no top of the likelihood", starts.len());
        Error::refused("clv.not_converged", message)
    })
}

fn state<const N: usize>(
    family: Family,
    peak: &Peak<N>,
    data: &Distinct<Weighted>,
    parameters: impl Fn([f64; N]) -> [f64; 4],
    given: f64,
) -> Fit {
    let model = family.with(parameters(peak.logs.map(f64::exp)));
    let covariance = covariance_at(peak, data.customers);
    Fit {
        model,
        log_likelihood: peak.local.value * data.customers + given,
        customers: data.customers as usize,
        distinct: data.rows.len(),
        gradient: peak.local.steepest(),
        steps: peak.steps,
        standard_errors: covariance.as_ref().map(|rows| standard_errors(rows)),
        covariance,
        edge: edge_of(peak, &model.parameters()),
    }
}

/// The covariance of the parameters themselves, from that of their logarithms for one customer.
pub(super) fn covariance_at<const N: usize>(peak: &Peak<N>, customers: f64) -> Option<Vec<Vec<f64>>> {
    let found = peak.logs.map(f64::exp);
    let rows = peak.is_point.then(|| covariance(&peak.local.bend)).flatten()?;
    let row = |(row, one): ([f64; N], f64)| {
        row.iter().zip(&found).map(|(part, other)| part * one * other / customers).collect()
    };
    Some(rows.into_iter().zip(found).map(row).collect())
}

pub(super) fn standard_errors(covariance: &[Vec<f64>]) -> Vec<f64> {
    let own = |(place, row): (usize, &Vec<f64>)| row.get(place).map_or(0.0, |own| own.sqrt());
    covariance.iter().enumerate().map(own).collect()
}

/// The parameters along which a ridge runs on.
pub(super) fn edge_of<const N: usize>(
    peak: &Peak<N>,
    parameters: &[(&'static str, f64)],
) -> Vec<&'static str> {
    let drifts = parameters.iter().zip(peak.drift);
    let runs = drifts.filter(|(_, drift)| !peak.is_point && drift.abs() > 1e-3);
    runs.map(|((name, _), _)| *name).collect()
}
