//! What a fitted model says of customers: whether they are still there, how much they will buy, what that is worth now.

use std::num::NonZeroUsize;

use super::geometric::Geometric;
use super::history::{Histories, Row};
use super::model::{Kind, Model};
use super::pareto::Pareto;
use super::quadrature::distribution;
use super::special::ln_gamma;
use super::{parallel, series};
use crate::record::error::{Error, Result};

/// Which purchases to come count, and for how much. Times are in the unit of the histories.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ahead {
    /// All within this time, each for one.
    Within(f64),
    /// Those within `count` periods, each discounted at the end of its period: 12 periods of 30 days at 1 % a period, say.
    Periods {
        /// How many periods.
        count: u32,
        /// How long one is.
        length: f64,
        /// Interest a period; 0.01 is one per cent.
        rate: f64,
    },
    /// All that will ever be, discounted continuously: an interest of 15 % a year is ln 1.15 / 52 a week.
    Forever {
        /// The continuous rate, in one unit of time.
        rate: f64,
    },
}

impl Ahead {
    fn check(&self) -> Result<()> {
        let holds = match *self {
            Ahead::Within(time) => time.is_finite() && time >= 0.0,
            Ahead::Periods { count, length, rate } => {
                count <= 10_000 && length.is_finite() && length >= 0.0 && rate.is_finite() && rate > -1.0
            }
            Ahead::Forever { rate } => rate.is_finite() && rate > 0.0,
        };
        if holds {
            return Ok(());
        }
        let over = match *self {
            Ahead::Within(time) => format!("a time of `{time}`"),
            Ahead::Periods { count, length, rate } => {
                format!("`{count}` periods of `{length}` with `{rate}` of interest a period")
            }
            Ahead::Forever { rate } => format!("all time with `{rate}` of interest"),
        };
        let message = format!("purchases can't be counted over {over}");
        Err(Error::invalid("ahead", "clv.bad_horizon", message))
    }
}

impl Model {
    /// The probability that each customer is still there.
    pub fn alive(&self, histories: &Histories<'_>, threads: NonZeroUsize) -> Result<Vec<f64>> {
        self.check()?;
        let kind = self.kind();
        Ok(parallel::rows(histories.len(), threads, |place| kind.alive(&histories.row(place))))
    }

    /// The purchases each customer is expected to make.
    ///
    /// Refuses with `clv.horizon_too_long` where the sum has too many terms.
    pub fn purchases(
        &self,
        histories: &Histories<'_>,
        ahead: Ahead,
        threads: NonZeroUsize,
    ) -> Result<Vec<f64>> {
        self.check()?;
        ahead.check()?;
        let kind = self.kind();
        // Of a customer who is still there all depends on how often he came and how long ago he came first, and
        // thousands share those.
        let mut standings: Vec<(u32, u64)> =
            histories.rows().map(|row| (row.repeats, row.age.to_bits())).collect();
        standings.sort_unstable();
        standings.dedup();
        let of_standing = |place: usize| {
            let (repeats, age) = standings.get(place).copied().unwrap_or_default();
            kind.ahead(repeats, f64::from_bits(age), ahead)
        };
        let known: Result<Vec<Vec<f64>>> =
            parallel::rows(standings.len(), threads, of_standing).into_iter().collect();
        let known = known?;
        let states = kind.states();
        let of_row = |place: usize| {
            let row = histories.row(place);
            let found = standings.binary_search(&(row.repeats, row.age.to_bits())).ok();
            let ahead = found.and_then(|place| known.get(place)).map_or(&[][..], Vec::as_slice);
            let alive = kind.alive(&row);
            match ahead {
                [only] if states == 1 => alive * only,
                _ => alive * kind.mean_over_states(&row, ahead),
            }
        };
        Ok(parallel::rows(histories.len(), threads, of_row))
    }

    /// The repeat purchases that a customer who has just bought for the first time is expected to make.
    pub fn purchases_of_new(&self, ahead: Ahead) -> Result<f64> {
        let new = Histories::new(&[0], &[0.0], &[0.0])?;
        Ok(self.purchases(&new, ahead, NonZeroUsize::MIN)?.first().copied().unwrap_or(0.0))
    }
}

impl Kind {
    fn alive(&self, row: &Row) -> f64 {
        match self {
            Kind::Nbd(_) => 1.0,
            Kind::Geometric(geometric, parameters) => {
                let odds = geometric.log_odds_left(parameters, row);
                // 1 / (1 + eᵒ) keeps its relative precision where nobody is left.
                if odds < 700.0 { 1.0 / (1.0 + odds.exp()) } else { (-odds).exp() }
            }
            Kind::Pareto(parameters) => Pareto.alive(parameters, row),
        }
    }

    /// In how many states a customer who is still there may be: the events waiting for the next purchase.
    fn states(&self) -> u32 {
        if let Kind::Geometric(geometric, _) = self { geometric.k } else { 1 }
    }

    fn mean_over_states(&self, row: &Row, ahead: &[f64]) -> f64 {
        let Kind::Geometric(geometric, [r, alpha, ..]) = self else { return 0.0 };
        let weights = geometric.events_waiting(*r, *alpha, row);
        let sum: f64 = weights.iter().zip(ahead).map(|(weight, ahead)| weight * ahead).sum();
        sum / weights.iter().sum::<f64>()
    }

    /// What a customer who is still there will buy, by state.
    fn ahead(&self, repeats: u32, age: f64, ahead: Ahead) -> Result<Vec<f64>> {
        match ahead {
            Ahead::Within(time) => self.within(repeats, age, time),
            Ahead::Periods { count, length, rate } => {
                let mut sums = vec![0.0; self.states() as usize];
                let mut before = sums.clone();
                for period in 1..=count {
                    let until = self.within(repeats, age, f64::from(period) * length)?;
                    let discount = (-f64::from(period) * rate.ln_1p()).exp();
                    for ((sum, until), before) in sums.iter_mut().zip(&until).zip(&before) {
                        *sum += (until - before) * discount;
                    }
                    before = until;
                }
                Ok(sums)
            }
            Ahead::Forever { rate } => Ok(self.forever(repeats, age, rate)),
        }
    }

    fn within(&self, repeats: u32, age: f64, time: f64) -> Result<Vec<f64>> {
        let x = f64::from(repeats);
        match self {
            Kind::Nbd([r, alpha]) => Ok(vec![(r + x) / (alpha + age) * time]),
            Kind::Geometric(geometric, parameters) => (0..geometric.k)
                .map(|waiting| of_geometric(geometric, parameters, repeats, age, time, waiting))
                .collect(),
            Kind::Pareto([r, alpha, s, beta]) => {
                // ∫ ((β+T)/(β+T+u))^s du
                let base = beta + age;
                let log = (time / base).ln_1p();
                let power = s - 1.0;
                let there = if power == 0.0 { log } else { -(-power * log).exp_m1() / power };
                Ok(vec![(r + x) / (alpha + age) * base * there])
            }
        }
    }

    fn forever(&self, repeats: u32, age: f64, rate: f64) -> Vec<f64> {
        let x = f64::from(repeats);
        match self {
            Kind::Nbd([r, alpha]) => vec![(r + x) / (alpha + age) / rate],
            Kind::Geometric(geometric, parameters) => {
                discounted_geometric(geometric, parameters, repeats, age, rate)
            }
            Kind::Pareto(parameters) => {
                let [r, alpha, ..] = parameters;
                vec![(r + x) / (alpha + age) * Pareto.discounted_time(parameters, age, rate)]
            }
        }
    }
}

fn of_geometric(
    geometric: &Geometric,
    [r, alpha, a, b]: &[f64; 4],
    repeats: u32,
    age: f64,
    time: f64,
    waiting: u32,
) -> Result<f64> {
    let stream = series::Stream {
        shape: geometric.shape(*r, repeats) + f64::from(waiting),
        reach: time / (alpha + age),
        k: geometric.k,
        waiting,
        a: *a,
        b: b + geometric.survived(repeats),
    };
    if geometric.k == 1 && stream.terms() > 3_000.0 {
        // Σ over purchases in closed form, mean over p: E[(1 − (1 + p t/(α+T))^−(r+x)) / p].
        let sum = |(logit, weight): &(f64, f64)| {
            let p = 1.0 / (1.0 + (-logit).exp());
            let bought = -(-stream.shape * (p * stream.reach).ln_1p()).exp_m1();
            // Who hardly ever leaves buys as a stream does.
            weight * if p > 1e-200 { bought / p } else { stream.shape * stream.reach }
        };
        return Ok(leaving(*a, stream.b).iter().map(sum).sum());
    }
    stream.purchases().ok_or_else(|| {
        let message = format!("`{time}` ahead is too long for a customer watched for `{age}`");
        Error::refused("clv.horizon_too_long", message)
    })
}

/// The logit of the probability of leaving, distributed as beta(a, b) says.
fn leaving(a: f64, b: f64) -> Vec<(f64, f64)> {
    let log = |u: f64| if u > 40.0 { u } else { u.exp().ln_1p() };
    let breadth = (ln_gamma(a).second + ln_gamma(b).second).sqrt();
    distribution(|u| -a * log(-u) - b * log(u), (a / b).ln(), breadth)
}

/// Σ over purchases m of E[(1−p)^(m−1) φ^(mk − waiting)], φ = λ / (λ + rate): each event before a purchase costs its
/// wait. The mean is taken over λ and p.
fn discounted_geometric(
    geometric: &Geometric,
    [r, alpha, a, b]: &[f64; 4],
    repeats: u32,
    age: f64,
    rate: f64,
) -> Vec<f64> {
    let leaving: Vec<(f64, f64)> = leaving(*a, b + geometric.survived(repeats))
        .into_iter()
        .map(|(logit, weight)| (1.0 / (1.0 + (-logit).exp()), weight))
        .collect();
    let k = f64::from(geometric.k);
    let delay = rate * (alpha + age);
    let of_state = |waiting: u32| {
        let shape = geometric.shape(*r, repeats) + f64::from(waiting);
        let breadth = ln_gamma(shape).second.sqrt();
        let rates = distribution(|u| shape * u - u.exp(), shape.ln(), breadth);
        let of_rate = |(log, weight): &(f64, f64)| {
            let log_phi = -(delay * (-log).exp()).ln_1p();
            let next = (log_phi * (k - f64::from(waiting))).exp();
            let cost = -(log_phi * k).exp_m1();
            // 1 − (1 − p) φᵏ as a sum of positive parts.
            let all: f64 = leaving.iter().map(|(p, weight)| weight / (p + (1.0 - p) * cost)).sum();
            weight * next * all
        };
        rates.iter().map(of_rate).sum()
    };
    (0..geometric.k).map(of_state).collect()
}
