//! The rows as the solver reads them: numbers scaled, categories as places of their one-hot columns.

use std::collections::BTreeMap;

use super::super::additive::{Additive, Shape, Term};
use super::super::table::{Table, Values, known};
use crate::record::error::{Error, Result};

/// The most places that the dense core of the curvature may have, and the most cells of the block that
/// is eliminated: they bound memory (2 and 32 MiB) and the work of one factorisation.
const CORE: usize = 512;
const BLOCK_CELLS: usize = 1 << 22;

/// How one column became places of the coefficient vector.
#[derive(Clone, Debug)]
enum Part {
    /// `place` of each level that occurs, and of missing values if they do.
    Levels { levels: BTreeMap<String, usize>, missing: Option<usize> },
    /// The scaled number's place, and that of the mark of a missing value.
    Slope { mean: f64, scale: f64, place: usize, missing: Option<usize> },
}

/// Rows and coefficients in the order of the solver: scaled numbers, the intercept, the levels of small
/// columns (with those before: the dense core), of one large column, and of all others.
#[derive(Debug)]
pub(super) struct Design {
    parts: Vec<(String, Part)>,
    /// Row by row, the place of each categorical column's level; small columns first.
    pub places: Vec<u32>,
    /// How many categorical columns there are.
    pub categories: usize,
    /// How many of them are in the core.
    pub core_categories: usize,
    /// Whether the column after them is eliminated.
    pub eliminates: bool,
    /// Row by row, the scaled numbers.
    pub dense: Vec<f64>,
    /// How many numbers a row has; this is the intercept's place too.
    pub numbers: usize,
    /// 1 for each row that ended well, else 0.
    pub outcomes: Vec<f64>,
    /// How many places the core has.
    pub core: usize,
    /// How many levels the eliminated column has.
    pub block: usize,
    /// How many places there are in all.
    pub width: usize,
}

/// A categorical column's places before they have their final order.
struct Levels<'a> {
    column: usize,
    codes: &'a [i32],
    names: &'a [String],
    /// The place of each code within the column, if it occurs; the last stands for missing values.
    of_code: Vec<Option<usize>>,
    width: usize,
}

impl Design {
    /// The chosen rows of a table; coefficients are made only for what occurs in them.
    pub(super) fn new(table: &Table<'_>, outcomes: &[bool], rows: &[u32]) -> Result<Design> {
        let mut design = Design {
            parts: Vec::new(),
            places: Vec::new(),
            categories: 0,
            core_categories: 0,
            eliminates: false,
            dense: Vec::new(),
            numbers: 0,
            outcomes: rows.iter().map(|row| f64::from(outcome(outcomes, *row))).collect(),
            core: 0,
            block: 0,
            width: 0,
        };
        let mut levels = Vec::new();
        let mut numbers = Vec::new();
        for (column, named) in table.columns().iter().enumerate() {
            match named.values {
                Values::Category { codes, levels: names } => {
                    levels.push(occurring(column, codes, names, rows))
                }
                Values::Number(values) => {
                    let (mean, scale, any_missing) = spread(values, rows);
                    let place = design.numbers;
                    let missing = any_missing.then_some(place + 1);
                    design.numbers += 1 + usize::from(any_missing);
                    numbers.push((values, mean, scale, any_missing));
                    let part = Part::Slope { mean, scale, place, missing };
                    design.parts.push((named.name.to_owned(), part));
                }
            }
        }
        design.fill_numbers(&numbers, rows);
        design.fill_places(table, levels, rows)?;
        Ok(design)
    }

    fn fill_numbers(&mut self, numbers: &[(&[f64], f64, f64, bool)], rows: &[u32]) {
        self.dense = Vec::with_capacity(rows.len() * self.numbers);
        for row in rows {
            for (values, mean, scale, any_missing) in numbers {
                let value = values.get(*row as usize).copied().and_then(known);
                self.dense.push(value.map_or(0.0, |value| (value - mean) / scale));
                if *any_missing {
                    self.dense.push(f64::from(value.is_none()));
                }
            }
        }
    }

    /// Orders the categorical columns by width, gives them their places, and writes those row by row.
    fn fill_places(&mut self, table: &Table<'_>, mut levels: Vec<Levels<'_>>, rows: &[u32]) -> Result<()> {
        levels.sort_by_key(|one| (one.width, one.column));
        self.categories = levels.len();
        let mut next = self.numbers + 1;
        self.core = next;
        let mut tables: Vec<(&[i32], Vec<u32>)> = Vec::with_capacity(levels.len());
        for (order, one) in levels.iter().enumerate() {
            if self.core_categories == order && next + one.width <= CORE.max(self.numbers + 1) {
                self.core = next + one.width;
                self.core_categories += 1;
            } else if self.core_categories == order
                && one.width.saturating_mul(self.core) <= BLOCK_CELLS
                && !self.eliminates
            {
                self.eliminates = true;
                self.block = one.width;
            }
            let place = |local: &Option<usize>| local.map(|local| next + local);
            let of_code = one.of_code.iter().map(|local| place(local).map_or(Ok(0), u32::try_from));
            let of_code = of_code.collect::<Result<Vec<u32>, _>>().map_err(|_| too_many(next))?;
            tables.push((one.codes, of_code));
            let named = one.names.iter().zip(&one.of_code);
            let named = named.filter_map(|(name, local)| Some((name.clone(), place(local)?))).collect();
            let missing = one.of_code.last().and_then(place);
            let name = table.columns().get(one.column).map_or("", |column| column.name);
            self.parts.push((name.to_owned(), Part::Levels { levels: named, missing }));
            next += one.width;
        }
        self.width = next;
        self.places = Vec::with_capacity(rows.len() * self.categories);
        for row in rows {
            for (codes, of_code) in &tables {
                let code = codes.get(*row as usize).copied().unwrap_or(-1).cast_unsigned() as usize;
                let code = code.min(of_code.len() - 1);
                self.places.push(of_code.get(code).copied().unwrap_or(0));
            }
        }
        Ok(())
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.outcomes.len()
    }

    /// Coefficients as a scorer, columns in the order of their names.
    pub(super) fn scorer(&self, coefficients: &[f64]) -> Additive {
        let at = |place: &usize| coefficients.get(*place).copied().unwrap_or(0.0);
        let at_missing = |missing: &Option<usize>| missing.as_ref().map_or(0.0, at);
        let term = |(column, part): &(String, Part)| {
            let (shape, missing) = match part {
                Part::Levels { levels, missing } => {
                    let weights = levels.iter().map(|(level, place)| (level.clone(), at(place))).collect();
                    (Shape::Levels(weights), at_missing(missing))
                }
                Part::Slope { mean, scale, place, missing } => {
                    let shape = Shape::Slope { mean: *mean, scale: *scale, weight: at(place) };
                    (shape, at_missing(missing))
                }
            };
            Term { column: column.clone(), shape, missing, usual: 0.0 }
        };
        let mut terms: Vec<Term> = self.parts.iter().map(term).collect();
        terms.sort_by(|a, b| a.column.cmp(&b.column));
        Additive { base: at(&self.numbers), terms }
    }
}

fn too_many(places: usize) -> Error {
    Error::refused("learn.too_many", format!("`{places}` categories are too many"))
}

fn outcome(outcomes: &[bool], row: u32) -> bool {
    outcomes.get(row as usize).copied().unwrap_or(false)
}

/// The levels that occur in these rows, numbered in the order of the dictionary. Codes of the same name
/// share a place.
fn occurring<'a>(column: usize, codes: &'a [i32], names: &'a [String], rows: &[u32]) -> Levels<'a> {
    let mut occurs = vec![false; names.len() + 1];
    for row in rows {
        let code = codes.get(*row as usize).copied().unwrap_or(-1).cast_unsigned() as usize;
        if let Some(seen) = occurs.get_mut(code.min(names.len())) {
            *seen = true;
        }
    }
    let mut width = 0;
    let mut by_name: BTreeMap<Option<&String>, usize> = BTreeMap::new();
    let names_and_missing = names.iter().map(Some).chain([None]);
    let of_code = names_and_missing.zip(occurs).map(|(name, occurs)| {
        occurs.then(|| {
            *by_name.entry(name).or_insert_with(|| {
                width += 1;
                width - 1
            })
        })
    });
    let of_code = of_code.collect();
    Levels { column, codes, names, of_code, width }
}

/// Mean and standard deviation of the known values, and whether there are unknown ones. A constant
/// column's deviation is 1.
fn spread(values: &[f64], rows: &[u32]) -> (f64, f64, bool) {
    let chosen = || rows.iter().filter_map(|row| values.get(*row as usize).copied().and_then(known));
    let count = chosen().count();
    let first = chosen().next().unwrap_or(0.0);
    if count == 0 || chosen().all(|value| value == first) {
        return (first, 1.0, count < rows.len());
    }
    let mean = chosen().sum::<f64>() / count as f64;
    let square = chosen().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count as f64;
    let scale = square.sqrt();
    (mean, if scale > 1e-100 { scale } else { 1.0 }, count < rows.len())
}
