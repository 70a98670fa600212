//! Customers who may leave at each purchase: BG/NBD, MBG/NBD and MBG/CNBD-k.
//!
//! Purchases come as every k-th event of a Poisson process with a gamma-distributed rate λ(r, α); at a purchase the
//! customer leaves with a beta-distributed probability p(a, b). BG/NBD: at every repeat purchase (Fader, Hardie and Lee
//! 2005). MBG/NBD: at the first one too (Batislam, Denizel and Filiztekin 2007). MBG/CNBD-k: with Erlang-k times between
//! purchases (Platzer and Reutterer 2016; Reutterer, Platzer and Schröder 2021). All are one likelihood with the number of
//! chances to leave that a customer who is still there has survived.

use super::history::{Row, Weighted};
use super::likelihood::{Likelihood, Plane};
use super::optimum::Local;
use super::special::{Jet, ln_gamma, ln_rising, softplus};

/// Which of the family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Geometric {
    /// Events to a purchase.
    pub k: u32,
    /// Whether a customer may leave at his first purchase.
    pub leaves_at_first: bool,
}

impl Geometric {
    /// Chances to leave survived by a customer who is still there.
    pub fn survived(&self, repeats: u32) -> f64 {
        f64::from(repeats) + f64::from(u8::from(self.leaves_at_first))
    }

    /// Shape of the rate after so many purchases.
    pub fn shape(&self, r: f64, repeats: u32) -> f64 {
        r + f64::from(self.k) * f64::from(repeats)
    }

    /// ln(P(left) / P(there)) of a history.
    pub fn log_odds_left(&self, [r, alpha, a, b]: &[f64; 4], row: &Row) -> f64 {
        let survived = self.survived(row.repeats);
        if survived == 0.0 {
            return f64::NEG_INFINITY;
        }
        let shape = self.shape(*r, row.repeats);
        let silence = ((row.age - row.last) / (alpha + row.last)).ln_1p();
        let waiting: f64 = self.events_waiting(*r, *alpha, row).iter().sum();
        (a / (b + survived - 1.0)).ln() + shape * silence - waiting.ln()
    }

    /// For a customer who is still there, how likely 0, 1 … k − 1 events have come since the last purchase, times the
    /// likelihood of none.
    pub fn events_waiting(&self, r: f64, alpha: f64, row: &Row) -> Vec<f64> {
        let shape = self.shape(r, row.repeats);
        let ratio = (row.age - row.last) / (alpha + row.age);
        let mut term = 1.0;
        let mut terms = vec![term];
        for j in 1..self.k {
            let j = f64::from(j);
            term *= (shape + j - 1.0) / j * ratio;
            terms.push(term);
        }
        terms
    }
}

/// ln B(a, b + n) − ln B(a, b), grown step by step as n ascends.
struct Survival {
    a: f64,
    b: f64,
    n: u32,
    sum: Local<4>,
}

impl Survival {
    fn to(&mut self, n: u32) -> &Local<4> {
        let (a, b) = (self.a, self.b);
        if n - self.n > 256 {
            let jump = u64::from(n - self.n);
            let low = b + f64::from(self.n);
            // Γ(low + jump) Γ(a + low) / (Γ(low) Γ(a + low + jump))
            let own = ln_rising(low, jump);
            let with_a = ln_gamma(a + low + jump as f64) - ln_gamma(a + low);
            self.step(
                own.value - with_a.value,
                [-with_a.first, own.first - with_a.first],
                [-with_a.second, -with_a.second, own.second - with_a.second],
            );
        } else {
            for i in self.n..n {
                let low = b + f64::from(i);
                let (one, both) = (1.0 / low, 1.0 / (a + low));
                // 1/low − 1/(a + low), without the loss when a is small beside low.
                let first = a * one * both;
                self.step(
                    -(a * one).ln_1p(),
                    [-both, first],
                    [both * both, both * both, -first * (one + both)],
                );
            }
        }
        self.n = n;
        &self.sum
    }

    fn step(&mut self, value: f64, [da, db]: [f64; 2], [daa, dab, dbb]: [f64; 3]) {
        let sum = &mut self.sum;
        sum.value += value;
        sum.slope[2] += da;
        sum.slope[3] += db;
        sum.bend[2][2] += daa;
        sum.bend[2][3] += dab;
        sum.bend[3][2] += dab;
        sum.bend[3][3] += dbb;
    }
}

impl Likelihood<4> for Geometric {
    type Row = Weighted;

    fn by_repeats(&self, [r, _, a, b]: &[f64; 4], repeats: &[u32]) -> Vec<Local<4>> {
        let mut survival = Survival { a: *a, b: *b, n: 0, sum: Local::ZERO };
        let part = |&repeats: &u32| {
            let mut part = *survival.to(repeats + u32::from(self.leaves_at_first));
            let rising = ln_rising(*r, u64::from(self.k) * u64::from(repeats));
            part.value += rising.value;
            part.slope[0] = rising.first;
            part.bend[0][0] = rising.second;
            part
        };
        repeats.iter().map(part).collect()
    }

    fn by_history(&self, [r, alpha, a, b]: &[f64; 4], repeats: u32, rows: &[Weighted]) -> Local<4> {
        let events = f64::from(self.k) * f64::from(repeats);
        let survived = self.survived(repeats);
        let there = There::new(self.k, *r, events, *alpha);
        let log_odds = (a / (b + survived - 1.0)).ln();
        let mut aged = (f64::NAN, 0.0);
        let mut sums = Sums::default();
        for row in rows {
            if aged.0 != row.age {
                aged = (row.age, (row.age / alpha).ln_1p());
            }
            let there = there.at(row, aged.1);
            if survived == 0.0 {
                sums.add_sure(row.weight, &there);
                continue;
            }
            let mut left = Plane::stream(*r, *alpha, events, row.last, (row.last / alpha).ln_1p());
            left.value += log_odds;
            sums.add(row.weight, &there, &left);
        }
        sums.local(*a, b + survived - 1.0)
    }
}

/// The likelihood of a customer who is still there: Σ over the events since the last purchase, fewer than k.
struct There {
    r: f64,
    events: f64,
    alpha: f64,
    /// For j = 1 … k − 1: the rising factorial's derivatives in the shape.
    rising: Vec<Jet>,
}

impl There {
    fn new(k: u32, r: f64, events: f64, alpha: f64) -> Self {
        let rising = (1..u64::from(k)).map(|j| ln_rising(r + events, j)).collect();
        There { r, events, alpha, rising }
    }

    fn at(&self, row: &Weighted, log: f64) -> Plane {
        let mut plane = Plane::stream(self.r, self.alpha, self.events, row.age, log);
        if self.rising.is_empty() {
            return plane;
        }
        // Moments over j of (1, j, j², h, h², jh, h′) with weights Γ(shape + j) / Γ(shape) ratioʲ / j!.
        let rate = 1.0 / (self.alpha + row.age);
        let (shape, ratio) = (self.r + self.events, (row.age - row.last) * rate);
        let (mut term, mut n, mut j1, mut j2) = (1.0, 1.0, 0.0, 0.0);
        let (mut h1, mut h2, mut jh, mut bend) = (0.0, 0.0, 0.0, 0.0);
        for (place, h) in self.rising.iter().enumerate() {
            let j = (place + 1) as f64;
            term *= (shape + j - 1.0) / j * ratio;
            n += term;
            j1 += term * j;
            j2 += term * j * j;
            h1 += term * h.first;
            h2 += term * h.first * h.first;
            jh += term * j * h.first;
            bend += term * h.second;
        }
        let (j1, j2, h1, h2, jh, bend) = (j1 / n, j2 / n, h1 / n, h2 / n, jh / n, bend / n);
        plane.value += n.ln();
        plane.r += h1;
        plane.alpha -= j1 * rate;
        plane.rr += bend + h2 - h1 * h1;
        plane.r_alpha -= (jh - j1 * h1) * rate;
        plane.alpha_alpha += (j1 + j2 - j1 * j1) * rate * rate;
        plane
    }
}

/// ln(there + left) summed over rows; that `left` depends on a and b in the same way in all rows is used at the end.
#[derive(Default)]
struct Sums {
    plane: Plane,
    /// Σ P(left), Σ P(left) P(there), and the latter times the derivatives of the log-odds in r and α.
    left: f64,
    both: f64,
    both_r: f64,
    both_alpha: f64,
}

impl Sums {
    fn add_sure(&mut self, weight: f64, there: &Plane) {
        let sum = &mut self.plane;
        sum.value += weight * there.value;
        sum.r += weight * there.r;
        sum.alpha += weight * there.alpha;
        sum.rr += weight * there.rr;
        sum.r_alpha += weight * there.r_alpha;
        sum.alpha_alpha += weight * there.alpha_alpha;
    }

    fn add(&mut self, weight: f64, there: &Plane, left: &Plane) {
        let odds = Plane {
            value: left.value - there.value,
            r: left.r - there.r,
            alpha: left.alpha - there.alpha,
            rr: left.rr - there.rr,
            r_alpha: left.r_alpha - there.r_alpha,
            alpha_alpha: left.alpha_alpha - there.alpha_alpha,
        };
        let (log, p) = softplus(odds.value);
        let (p_there, both) = (1.0 - p, p * (1.0 - p));
        let sum = &mut self.plane;
        sum.value += weight * (there.value + log);
        sum.r += weight * (there.r * p_there + left.r * p);
        sum.alpha += weight * (there.alpha * p_there + left.alpha * p);
        sum.rr += weight * (there.rr + p * odds.rr + both * odds.r * odds.r);
        sum.r_alpha += weight * (there.r_alpha + p * odds.r_alpha + both * odds.r * odds.alpha);
        sum.alpha_alpha +=
            weight * (there.alpha_alpha + p * odds.alpha_alpha + both * odds.alpha * odds.alpha);
        self.left += weight * p;
        self.both += weight * both;
        self.both_r += weight * both * odds.r;
        self.both_alpha += weight * both * odds.alpha;
    }

    /// The log-odds are ln a − ln `c` plus a function of r and α.
    fn local(&self, a: f64, c: f64) -> Local<4> {
        let plane = &self.plane;
        let mut local = Local {
            value: plane.value,
            slope: [plane.r, plane.alpha, 0.0, 0.0],
            bend: [
                [plane.rr, plane.r_alpha, 0.0, 0.0],
                [plane.r_alpha, plane.alpha_alpha, 0.0, 0.0],
                [0.0; 4],
                [0.0; 4],
            ],
        };
        if self.left == 0.0 {
            return local;
        }
        let (da, db) = (1.0 / a, -1.0 / c);
        local.slope[2] = self.left * da;
        local.slope[3] = self.left * db;
        local.bend[2][2] = (self.both - self.left) * da * da;
        local.bend[3][3] = (self.both + self.left) * db * db;
        local.bend[2][3] = self.both * da * db;
        local.bend[3][2] = local.bend[2][3];
        let [ra, rb] = [self.both_r * da, self.both_r * db];
        let [alpha_a, alpha_b] = [self.both_alpha * da, self.both_alpha * db];
        (local.bend[0][2], local.bend[2][0]) = (ra, ra);
        (local.bend[0][3], local.bend[3][0]) = (rb, rb);
        (local.bend[1][2], local.bend[2][1]) = (alpha_a, alpha_a);
        (local.bend[1][3], local.bend[3][1]) = (alpha_b, alpha_b);
        local
    }
}
