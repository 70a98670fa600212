//! The curvature of the objective (its Hessian) with the structure of one-hot columns.
//!
//! A row has one level of a column, so the block of one column's levels is diagonal. The largest column
//! that fits is eliminated through it (a Schur complement), which leaves a dense core of the numbers, the
//! intercept and the small columns: 10,000 levels cost 10,000 × core cells, not 10,000². Columns beyond
//! both count with their diagonal alone, so then the curvature is an approximation; the solver corrects
//! for that.

use super::design::Design;

/// Sums over rows of p (1 − p) x xᵀ, by block.
#[derive(Clone, Debug)]
pub(super) struct Curvature {
    /// Lower triangle of the core, row by row.
    core: Vec<f64>,
    /// For each eliminated level, its products with the core, row by row.
    block: Vec<f64>,
    /// The diagonal of all other levels.
    other: Vec<f64>,
    /// A row's weighted numbers and intercept.
    row: Vec<f64>,
}

impl Curvature {
    pub(super) fn zero(design: &Design) -> Self {
        Curvature {
            core: vec![0.0; design.core * design.core],
            block: vec![0.0; design.block * design.core],
            other: vec![0.0; design.width - design.core - design.block],
            row: vec![0.0; design.numbers + 1],
        }
    }

    /// How many cells it has.
    pub(super) fn cells(design: &Design) -> usize {
        design.core * design.core + design.block * design.core + design.width
    }

    /// Adds a row's share: `weight` is its p (1 − p).
    #[inline]
    pub(super) fn add(&mut self, design: &Design, numbers: &[f64], places: &[u32], weight: f64) {
        let width = design.core;
        for (cell, number) in self.row.iter_mut().zip(numbers.iter().chain(&[1.0])) {
            *cell = weight * number;
        }
        for (cells, number) in self.core.chunks_exact_mut(width).zip(numbers.iter().chain(&[1.0])) {
            add_scaled(cells, &self.row, *number);
        }
        for (order, place) in places.iter().enumerate() {
            let place = *place as usize;
            let before = places.get(..order.min(design.core_categories)).unwrap_or_default();
            let cells = if order < design.core_categories {
                self.core.get_mut(place * width..(place + 1) * width)
            } else if design.eliminates && order == design.core_categories {
                let level = place - design.core;
                self.block.get_mut(level * width..(level + 1) * width)
            } else {
                if let Some(cell) = self.other.get_mut(place - design.core - design.block) {
                    *cell += weight;
                }
                continue;
            };
            let Some(cells) = cells else { continue };
            add_scaled(cells, &self.row, 1.0);
            for other in before {
                if let Some(cell) = cells.get_mut(*other as usize) {
                    *cell += weight;
                }
            }
        }
    }

    /// Adds the sums of other rows.
    pub(super) fn merge(&mut self, with: &Curvature) {
        let pairs = [(&mut self.core, &with.core), (&mut self.block, &with.block)];
        for (ours, theirs) in pairs.into_iter().chain([(&mut self.other, &with.other)]) {
            ours.iter_mut().zip(theirs).for_each(|(ours, theirs)| *ours += theirs);
        }
    }

    /// The curvature with the penalty's, times `times` for the rows left out, ready to be solved with.
    pub(super) fn factor(mut self, design: &Design, penalty: f64, times: f64) -> Factor {
        let (width, intercept) = (design.core, design.numbers);
        for cells in [&mut self.core, &mut self.block, &mut self.other] {
            cells.iter_mut().for_each(|cell| *cell *= times);
        }
        for (place, cells) in self.core.chunks_exact_mut(width).enumerate() {
            // A level's square is its product with the intercept.
            let square = cells.get(intercept).copied().unwrap_or(0.0);
            if let Some(cell) = cells.get_mut(place) {
                *cell = match place.cmp(&intercept) {
                    std::cmp::Ordering::Less => *cell + penalty,
                    std::cmp::Ordering::Equal => *cell,
                    std::cmp::Ordering::Greater => square + penalty,
                };
            }
        }
        let mut inverse = Vec::with_capacity(design.block);
        for cells in self.block.chunks_exact(width) {
            let of_level = 1.0 / (cells.get(intercept).copied().unwrap_or(0.0) + penalty);
            inverse.push(of_level);
            for (row, by) in self.core.chunks_exact_mut(width).zip(cells).filter(|(_, by)| **by != 0.0) {
                add_scaled(row, cells, -by * of_level);
            }
        }
        let other = self.other.iter().map(|cell| 1.0 / (cell + penalty)).collect();
        factorise(&mut self.core, width);
        Factor { core: self.core, width, block: self.block, inverse, other }
    }
}

#[inline]
fn add_scaled(cells: &mut [f64], by: &[f64], times: f64) {
    cells.iter_mut().zip(by).for_each(|(cell, by)| *cell += times * by);
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Cholesky's factor L of a symmetric matrix, in place of its lower triangle. A pivot that rounding made
/// too small is raised: the factor is then of a slightly larger matrix, still positive.
fn factorise(cells: &mut [f64], width: usize) {
    let pivots = cells.iter().step_by(width + 1);
    let least = pivots.fold(0.0f64, |most, pivot| most.max(*pivot)).max(1e-280) * 1e-14;
    for row in 0..width {
        let (done, rest) = cells.split_at_mut(row * width);
        let Some(current) = rest.get_mut(..width) else { return };
        for (column, above) in done.chunks_exact(width).enumerate() {
            let (before, from) = current.split_at_mut(column);
            let (Some(cell), Some(pivot)) = (from.first_mut(), above.get(column)) else { return };
            *cell = (*cell - dot(before, above)) / pivot;
        }
        let (before, from) = current.split_at_mut(row);
        if let Some(cell) = from.first_mut() {
            *cell = (*cell - dot(before, before)).max(least).sqrt();
        }
    }
}

/// A curvature that systems are solved with.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    core: Vec<f64>,
    width: usize,
    block: Vec<f64>,
    inverse: Vec<f64>,
    other: Vec<f64>,
}

impl Factor {
    /// Turns a gradient into the step that the curvature says.
    pub(super) fn solve(&self, gradient: &mut [f64]) {
        let (core, rest) = gradient.split_at_mut(self.width);
        let (block, other) = rest.split_at_mut(self.inverse.len());
        for (value, inverse) in other.iter_mut().zip(&self.other) {
            *value *= inverse;
        }
        let rows = || self.block.chunks_exact(self.width);
        for ((value, inverse), cells) in block.iter_mut().zip(&self.inverse).zip(rows()) {
            *value *= inverse;
            add_scaled(core, cells, -*value);
        }
        self.solve_core(core);
        for ((value, inverse), cells) in block.iter_mut().zip(&self.inverse).zip(rows()) {
            *value -= inverse * dot(cells, core);
        }
    }

    fn solve_core(&self, values: &mut [f64]) {
        for (place, cells) in self.core.chunks_exact(self.width).enumerate() {
            let (before, from) = values.split_at_mut(place);
            let (Some(value), Some(pivot)) = (from.first_mut(), cells.get(place)) else { return };
            *value = (*value - dot(before, cells)) / pivot;
        }
        for (place, cells) in self.core.chunks_exact(self.width).enumerate().rev() {
            let (before, from) = values.split_at_mut(place);
            let (Some(value), Some(pivot)) = (from.first_mut(), cells.get(place)) else { return };
            *value /= pivot;
            let value = *value;
            add_scaled(before, cells, -value);
        }
    }
}
