//! Newton's method whose curvature is kept while it serves: steps between two curvatures learn from the
//! gradients they meet (L-BFGS in the metric of the last curvature; Liu and Nocedal 1989). A pass for a
//! gradient costs a fraction of one for a curvature, and most steps need no new one.

use std::collections::VecDeque;
use std::num::NonZeroUsize;

use super::curvature::{Curvature, Factor, dot};
use super::design::Design;
use crate::insight::learn::exp::{exp_minus, log_odds};
use crate::record::error::{Error, Result};

/// Where the solver came to rest.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    pub coefficients: Vec<f64>,
    pub objective: f64,
    pub gradient: f64,
    pub passes: usize,
    pub curvatures: usize,
}

/// The smallest sum over rows of the loss, and half the penalty times the coefficients' squares.
pub(super) struct Problem<'a> {
    pub design: &'a Design,
    pub penalty: f64,
    pub threads: NonZeroUsize,
    /// Every so many rows count, for so many each.
    stride: usize,
}

/// Steps and gradient changes that the solver remembers, passes it makes, and shares that rows are summed
/// in: these are the same for any number of threads, so that the sums are.
const MEMORY: usize = 12;
const PASSES: usize = 300;
const SHARES: usize = 8;
/// Passes that a new curvature is worth.
const WORTH: f64 = 8.0;
/// The fewest rows of a share, and of a sample to start from.
const FEW: usize = 4096;
const BLOCK: usize = 128;

/// The objective at a point.
struct Point {
    coefficients: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// Sums over some rows.
struct Sums {
    loss: f64,
    gradient: Vec<f64>,
    curvature: Option<Curvature>,
}

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    product: f64,
}

/// Finds the minimum; `tolerance` bounds the root of twice what is still to be gained.
pub(super) fn solve(
    design: &Design,
    penalty: f64,
    threads: NonZeroUsize,
    tolerance: f64,
) -> Result<Solution> {
    let rate = design.outcomes.iter().sum::<f64>() / design.rows().max(1) as f64;
    let mut start = vec![0.0; design.width];
    if let Some(intercept) = start.get_mut(design.numbers) {
        *intercept = log_odds(rate);
    }
    // A sample's answer is a good place to start from, wherever it is: failing to find it costs nothing.
    let rare = rate.min(1.0 - rate) * design.rows() as f64;
    for stride in [64usize, 8] {
        if design.rows() / stride >= FEW && rare / stride as f64 >= 50.0 {
            let sample = Problem { design, penalty, threads, stride };
            let near = 0.1 * (design.core as f64).sqrt();
            if let Ok(solution) = sample.descend(start.clone(), near) {
                start = solution.coefficients;
            }
        }
    }
    Problem { design, penalty, threads, stride: 1 }.descend(start, tolerance)
}

impl Problem<'_> {
    fn descend(&self, start: Vec<f64>, tolerance: f64) -> Result<Solution> {
        let (mut at, mut factor) = self.with_curvature(start);
        let (mut passes, mut curvatures, mut age) = (1, 1, 0);
        let mut memory: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
        let mut before = f64::INFINITY;
        let exact = self.design.width == self.design.core + self.design.block;
        while passes < PASSES {
            let step = direction(&at.gradient, &factor, &memory);
            let slope = dot(&at.gradient, &step);
            let left = (-slope).max(0.0).sqrt();
            if left <= tolerance {
                return Ok(self.solution(at, passes, curvatures));
            }
            let next = self.search(&at, &step, slope, &mut passes);
            let slow = (left / tolerance).ln() > WORTH * (before / left).ln().max(0.0);
            if next.is_none() && age == 0 || !left.is_finite() {
                break;
            }
            if next.is_none() || slow && age >= if exact { 2 } else { MEMORY } {
                (at, factor) = self.with_curvature(next.map_or(at.coefficients, |next| next.coefficients));
                (age, before) = (0, f64::INFINITY);
                (passes, curvatures) = (passes + 1, curvatures + 1);
                memory.clear();
                continue;
            }
            let Some(next) = next else { break };
            remember(&mut memory, &at, &next);
            (at, before, age) = (next, left, age + 1);
        }
        let gradient = largest(&at.gradient);
        let message =
            format!("the fit did not come to rest: after `{passes}` passes the gradient is `{gradient:e}`");
        Err(Error::refused("learn.not_converged", message))
    }

    fn solution(&self, at: Point, passes: usize, curvatures: usize) -> Solution {
        let gradient = largest(&at.gradient);
        Solution { coefficients: at.coefficients, objective: at.value, gradient, passes, curvatures }
    }

    /// The next point along a step: its value no higher, but for rounding, and its slope no steeper.
    fn search(&self, at: &Point, step: &[f64], slope: f64, passes: &mut usize) -> Option<Point> {
        let mut length = 1.0;
        for _ in 0..30 {
            let coefficients =
                at.coefficients.iter().zip(step).map(|(from, step)| from + length * step).collect();
            let next = self.at(coefficients);
            *passes += 1;
            let ahead = dot(&next.gradient, step);
            let rounding = 1e-11 * at.value.abs();
            let lower = next.value <= at.value + 1e-4 * length * slope + rounding;
            if lower && ahead <= 0.9 * slope.abs() {
                return Some(next);
            }
            // The slope's root between both ends, if it is a root.
            let root = slope / (slope - ahead);
            length *= if root.is_finite() && ahead > 0.0 { root.clamp(0.1, 0.7) } else { 0.3 };
        }
        None
    }

    fn at(&self, coefficients: Vec<f64>) -> Point {
        let sums = self.sums(&coefficients, false);
        self.point(coefficients, &sums)
    }

    fn with_curvature(&self, coefficients: Vec<f64>) -> (Point, Factor) {
        let mut sums = self.sums(&coefficients, true);
        let curvature = sums.curvature.take().unwrap_or_else(|| Curvature::zero(self.design));
        let factor = curvature.factor(self.design, self.penalty, self.stride as f64);
        (self.point(coefficients, &sums), factor)
    }

    /// Adds the penalty, which spares the intercept.
    fn point(&self, coefficients: Vec<f64>, sums: &Sums) -> Point {
        let times = self.stride as f64;
        let penalties = coefficients.iter().enumerate().map(|(place, coefficient)| {
            if place == self.design.numbers { 0.0 } else { self.penalty * coefficient }
        });
        let gradient = sums.gradient.iter().zip(penalties).map(|(sum, penalty)| times * sum + penalty);
        let gradient = gradient.collect();
        let intercept = coefficients.get(self.design.numbers).copied().unwrap_or(0.0);
        let squares = dot(&coefficients, &coefficients) - intercept * intercept;
        Point { value: times * sums.loss + 0.5 * self.penalty * squares, coefficients, gradient }
    }

    /// Sums over all rows, share by share in a fixed order.
    fn sums(&self, coefficients: &[f64], curvature: bool) -> Sums {
        let rows = self.design.rows().div_ceil(self.stride);
        let fewest = FEW.max(Curvature::cells(self.design) / 4);
        let shares = (rows / fewest).clamp(1, SHARES);
        let each = rows.div_ceil(shares);
        let share =
            |number: usize| self.share(coefficients, number * each..rows.min((number + 1) * each), curvature);
        let threads = self.threads.get().min(shares);
        let mut done: Vec<Vec<Sums>> = std::thread::scope(|scope| {
            let work = |thread: usize| (thread..shares).step_by(threads).map(share).collect::<Vec<_>>();
            let others: Vec<_> = (1..threads).map(|thread| scope.spawn(move || work(thread))).collect();
            let own = work(0);
            let others = others
                .into_iter()
                .zip(1..)
                .map(|(other, thread)| other.join().unwrap_or_else(|_| work(thread)));
            std::iter::once(own).chain(others).collect()
        });
        done.iter_mut().for_each(|sums| sums.reverse());
        let mut total: Option<Sums> = None;
        for number in 0..shares {
            let Some(next) = done.get_mut(number % threads).and_then(Vec::pop) else { continue };
            total = Some(match total {
                None => next,
                Some(total) => total.merge(&next),
            });
        }
        total.unwrap_or_else(|| Sums { loss: 0.0, gradient: vec![0.0; coefficients.len()], curvature: None })
    }

    /// Sums over the rows at these steps of the stride.
    fn share(&self, coefficients: &[f64], steps: std::ops::Range<usize>, curvature: bool) -> Sums {
        let design = self.design;
        let (numbers, categories) = (design.numbers, design.categories);
        let by_number = coefficients.get(..numbers).unwrap_or_default();
        let intercept = coefficients.get(numbers).copied().unwrap_or(0.0);
        let mut sums = Sums {
            loss: 0.0,
            gradient: vec![0.0; design.width],
            curvature: curvature.then(|| Curvature::zero(design)),
        };
        let row = |step: usize| {
            let row = step * self.stride;
            let dense = design.dense.get(row * numbers..(row + 1) * numbers).unwrap_or_default();
            let places = design.places.get(row * categories..(row + 1) * categories).unwrap_or_default();
            (dense, places, design.outcomes.get(row).copied().unwrap_or(0.0))
        };
        let (mut log_odds, mut outcomes, mut misses, mut weights) =
            ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
        for from in steps.clone().step_by(BLOCK) {
            let count = BLOCK.min(steps.end - from);
            for ((value, outcome), step) in log_odds.iter_mut().zip(&mut outcomes).zip(from..from + count) {
                let (dense, places, ended) = row(step);
                let levels =
                    places.iter().map(|place| coefficients.get(*place as usize).copied().unwrap_or(0.0));
                *value = intercept + dot(dense, by_number) + levels.sum::<f64>();
                *outcome = ended;
            }
            sums.loss += losses(&log_odds, &outcomes, count, &mut misses, &mut weights);
            for ((miss, weight), step) in misses.iter().zip(&weights).zip(from..from + count) {
                let (dense, places, _) = row(step);
                for (cell, number) in sums.gradient.iter_mut().zip(dense.iter().chain(&[1.0])) {
                    *cell += miss * number;
                }
                for place in places {
                    if let Some(cell) = sums.gradient.get_mut(*place as usize) {
                        *cell += miss;
                    }
                }
                if let Some(curvature) = &mut sums.curvature {
                    curvature.add(design, dense, places, *weight);
                }
            }
        }
        sums
    }
}

impl Sums {
    fn merge(mut self, with: &Sums) -> Sums {
        self.loss += with.loss;
        self.gradient.iter_mut().zip(&with.gradient).for_each(|(ours, theirs)| *ours += theirs);
        if let (Some(ours), Some(theirs)) = (&mut self.curvature, &with.curvature) {
            ours.merge(theirs);
        }
        self
    }
}

/// A block's loss; by row also probability − outcome, and p (1 − p).
fn losses(
    log_odds: &[f64; BLOCK],
    outcomes: &[f64; BLOCK],
    count: usize,
    misses: &mut [f64; BLOCK],
    weights: &mut [f64; BLOCK],
) -> f64 {
    let mut small = [0.0; BLOCK];
    for ((((value, outcome), miss), weight), small) in
        log_odds.iter().zip(outcomes).zip(misses.iter_mut()).zip(weights).zip(&mut small)
    {
        let e = exp_minus(value.abs());
        let more = 1.0 / (1.0 + e);
        let less = e * more;
        *miss = if *value >= 0.0 { more } else { less } - outcome;
        *weight = more * less;
        *small = e;
    }
    // Σ ln(1 + e) as the logarithm of a product, which at 128 factors of at most 2 can't overflow.
    let mut product = 1.0;
    let mut loss = 0.0;
    for ((value, outcome), small) in log_odds.iter().zip(outcomes).zip(&small).take(count) {
        product *= 1.0 + small;
        loss += value.max(0.0) - value * outcome;
    }
    loss + f64::ln(product)
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

fn remember(memory: &mut VecDeque<Pair>, from: &Point, to: &Point) {
    let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let (step, change) = (less(&to.coefficients, &from.coefficients), less(&to.gradient, &from.gradient));
    let product = dot(&step, &change);
    if product > 0.0 {
        if memory.len() == MEMORY {
            memory.pop_front();
        }
        memory.push_back(Pair { step, change, product });
    }
}

/// Minus the gradient in the metric of the curvature and of what was met since.
fn direction(gradient: &[f64], factor: &Factor, memory: &VecDeque<Pair>) -> Vec<f64> {
    let mut q = gradient.to_vec();
    let mut shares = Vec::with_capacity(memory.len());
    for pair in memory.iter().rev() {
        let share = dot(&pair.step, &q) / pair.product;
        q.iter_mut().zip(&pair.change).for_each(|(q, change)| *q -= share * change);
        shares.push(share);
    }
    factor.solve(&mut q);
    for (pair, share) in memory.iter().zip(shares.iter().rev()) {
        let back = share - dot(&pair.change, &q) / pair.product;
        q.iter_mut().zip(&pair.step).for_each(|(q, step)| *q += back * step);
    }
    q.iter_mut().for_each(|q| *q = -*q);
    q
}
