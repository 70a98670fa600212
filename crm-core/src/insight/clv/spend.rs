//! Gamma-Gamma: what a customer spends at a purchase, from what he spent so far and what the others do (Fader, Hardie and
//! Lee 2005; Fader and Hardie 2013).

use std::num::NonZeroUsize;

use super::fit::{covariance_at, edge_of, standard_errors, top};
use super::history::{Counted, Distinct};
use super::likelihood::Likelihood;
use super::optimum::Local;
use super::parallel;
use super::special::ln_gamma;
use crate::record::error::{Error, Result};

/// A model of spend: each purchase gamma(p, ν), with ν gamma(q, v) over customers.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Spend {
    /// Shape within a customer.
    pub p: f64,
    /// Shape between customers.
    pub q: f64,
    /// Scale, in money.
    pub v: f64,
}

/// A spend model fitted to customers.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SpendFit {
    /// The model with the most likely parameters.
    pub model: Spend,
    /// Its log-likelihood.
    pub log_likelihood: f64,
    /// Customers with repeat purchases; the others tell nothing.
    pub customers: usize,
    /// Pearson's correlation between number of purchases and mean spend, which the model takes to be zero. None where one
    /// of the two never differs.
    pub correlation: Option<f64>,
    /// The steepest slope left, per customer, in a parameter's logarithm.
    pub gradient: f64,
    /// Newton steps to the top.
    pub steps: u32,
    /// Covariance of p, q, v; none at an edge.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Standard errors of p, q, v; none at an edge.
    pub standard_errors: Option<Vec<f64>>,
    /// Parameters that the data push on and on; see [`super::Fit::edge`].
    pub edge: Vec<&'static str>,
}

/// Fits the spend model to customers' numbers of purchases and mean spend at one, in any one unit of money.
///
/// Rows without purchases are passed over. Refuses with `clv.spend_not_positive`, `clv.spend_has_no_spread`,
/// `clv.spend_mean_undefined` (q ≤ 1: no expected spend can be stated) and `clv.not_converged`.
pub fn fit_spend(purchases: &[u32], mean_spend: &[f64], threads: NonZeroUsize) -> Result<SpendFit> {
    let data = compress(purchases, mean_spend)?;
    let mean = data.rows.iter().map(|row| row.mean * row.weight).sum::<f64>() / data.customers;
    let starts = [[1.0, 2.0], [6.0, 4.0], [0.3, 10.0], [40.0, 8.0]]
        .map(|[p, q]: [f64; 2]| [p, q, mean * (q - 1.0).max(0.5) / p]);
    let peak = top(&GammaGamma, &starts, &data, threads)?;
    let [p, q, v] = peak.logs.map(f64::exp);
    let model = Spend { p, q, v };
    model.mean()?;
    let covariance = covariance_at(&peak, data.customers);
    Ok(SpendFit {
        model,
        log_likelihood: peak.local.value * data.customers,
        customers: data.customers as usize,
        correlation: correlation(&data),
        gradient: peak.local.steepest(),
        steps: peak.steps,
        standard_errors: covariance.as_ref().map(|rows| standard_errors(rows)),
        covariance,
        edge: edge_of(&peak, &[("p", p), ("q", q), ("v", v)]),
    })
}

impl Spend {
    /// The mean spend at a purchase over all customers.
    ///
    /// Refuses with `clv.spend_mean_undefined` if q ≤ 1.
    pub fn mean(&self) -> Result<f64> {
        for (name, value) in [("p", self.p), ("q", self.q), ("v", self.v)] {
            if !(value.is_finite() && value > 0.0) {
                let message = format!("`{name}` is `{value}`, not a positive number");
                return Err(Error::invalid(name, "clv.bad_parameter", message));
            }
        }
        if self.q <= 1.0 {
            let message = format!("q is `{}`: the mean of what customers spend doesn't exist", self.q);
            return Err(Error::refused("clv.spend_mean_undefined", message));
        }
        Ok(self.p * self.v / (self.q - 1.0))
    }

    /// What each customer is expected to spend at a purchase: his own mean, drawn towards that of all the more the less he
    /// bought. Rows without purchases get the mean of all.
    pub fn expected(&self, purchases: &[u32], mean_spend: &[f64], threads: NonZeroUsize) -> Result<Vec<f64>> {
        let of_all = self.mean()?;
        check_columns(purchases, mean_spend)?;
        let of_row = |place: usize| match (purchases.get(place), mean_spend.get(place)) {
            (Some(&count), Some(&mean)) if count > 0 => {
                let x = f64::from(count);
                self.p * (self.v + x * mean) / (self.p * x + self.q - 1.0)
            }
            _ => of_all,
        };
        Ok(parallel::rows(purchases.len(), threads, of_row))
    }
}

fn check_columns(purchases: &[u32], mean_spend: &[f64]) -> Result<()> {
    if purchases.len() != mean_spend.len() {
        let message =
            format!("`{}` rows of purchases, `{}` of mean spend", purchases.len(), mean_spend.len());
        return Err(Error::invalid("mean_spend", "clv.columns_differ", message));
    }
    let mut rows = purchases.iter().zip(mean_spend).enumerate();
    match rows.find(|(_, (count, mean))| **count > 0 && !(mean.is_finite() && **mean > 0.0)) {
        None => Ok(()),
        Some((row, (count, mean))) => {
            let message = format!("row `{row}`: `{mean}` is spent at each of `{count}` purchases");
            Err(Error::refused("clv.spend_not_positive", message))
        }
    }
}

/// A distinct mean spend.
#[derive(Clone, Copy)]
struct Spent {
    mean: f64,
    log: f64,
    weight: f64,
}

impl Counted for Spent {
    fn weight(&self) -> f64 {
        self.weight
    }
}

fn compress(purchases: &[u32], mean_spend: &[f64]) -> Result<Distinct<Spent>> {
    check_columns(purchases, mean_spend)?;
    let rows = purchases.iter().zip(mean_spend).filter(|(count, _)| **count > 0);
    let mut keys: Vec<(u32, u64)> = rows.map(|(&count, mean)| (count, mean.to_bits())).collect();
    keys.sort_unstable();
    let rows = keys.chunk_by(|a, b| a == b).filter_map(|same| {
        let &(count, mean) = same.first()?;
        let mean = f64::from_bits(mean);
        Some((count, Spent { mean, log: mean.ln(), weight: same.len() as f64 }))
    });
    let data = Distinct::of(rows);
    let first = data.rows.first().map(|row| row.mean);
    if data.rows.iter().all(|row| Some(row.mean) == first) {
        let message = format!("`{}` repeat customers all spend the same at a purchase", data.customers);
        return Err(Error::refused("clv.spend_has_no_spread", message));
    }
    Ok(data)
}

fn correlation(data: &Distinct<Spent>) -> Option<f64> {
    let pairs = || {
        data.groups.iter().flat_map(|group| {
            let rows = data.rows.get(group.rows.clone()).unwrap_or_default();
            rows.iter().map(|row| (f64::from(group.repeats), row.mean, row.weight))
        })
    };
    let n = data.customers;
    let (x, z) = pairs().fold((0.0, 0.0), |(x, z), (count, mean, w)| (x + w * count / n, z + w * mean / n));
    let (xx, zz, xz) = pairs().fold((0.0, 0.0, 0.0), |(xx, zz, xz), (count, mean, w)| {
        let (dx, dz) = (count - x, mean - z);
        (xx + w * dx * dx, zz + w * dz * dz, xz + w * dx * dz)
    });
    (xx > 0.0 && zz > 0.0).then(|| xz / (xx * zz).sqrt())
}

struct GammaGamma;

impl Likelihood<3> for GammaGamma {
    type Row = Spent;

    fn by_repeats(&self, [p, q, v]: &[f64; 3], repeats: &[u32]) -> Vec<Local<3>> {
        let of_q = ln_gamma(*q);
        let part = |&count: &u32| {
            let x = f64::from(count);
            let (own, both) = (ln_gamma(p * x), ln_gamma(p * x + q));
            let mixed = x * both.second;
            Local {
                value: both.value - own.value - of_q.value + q * v.ln() + p * x * x.ln(),
                slope: [x * (both.first - own.first + x.ln()), both.first - of_q.first + v.ln(), q / v],
                bend: [
                    [x * x * (both.second - own.second), mixed, 0.0],
                    [mixed, both.second - of_q.second, 1.0 / v],
                    [0.0, 1.0 / v, -q / (v * v)],
                ],
            }
        };
        repeats.iter().map(part).collect()
    }

    fn by_history(&self, [p, q, v]: &[f64; 3], repeats: u32, rows: &[Spent]) -> Local<3> {
        let x = f64::from(repeats);
        let shape = p * x + q;
        let (mut own, mut logs, mut rates, mut squares) = (0.0, 0.0, 0.0, 0.0);
        for row in rows {
            let scale = v + x * row.mean;
            let rate = 1.0 / scale;
            own += row.weight * row.log;
            logs += row.weight * scale.ln();
            rates += row.weight * rate;
            squares += row.weight * rate * rate;
        }
        Local {
            value: p * x * own - own - shape * logs,
            slope: [x * (own - logs), -logs, -shape * rates],
            bend: [[0.0, 0.0, -x * rates], [0.0, 0.0, -rates], [-x * rates, -rates, shape * squares]],
        }
    }
}
