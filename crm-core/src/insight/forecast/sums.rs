//! Forecast categories and their sums.

use std::collections::BTreeMap;

use crate::record::error::{Error, Result};

/// How sure a seller is of a deal. Each but `Omitted` counts into those before it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Not forecast.
    Omitted,
    /// Open.
    Pipeline,
    /// May well come.
    BestCase,
    /// Will come.
    Commit,
    /// Won.
    Closed,
}

/// The sums of a set of deals, each category with the surer ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Sums {
    /// All that is forecast.
    pub pipeline: i64,
    /// Best case, commit and closed.
    pub best_case: i64,
    /// Commit and closed.
    pub commit: i64,
    /// Closed.
    pub closed: i64,
    /// Each open deal by its probability, and all that is closed.
    pub weighted: f64,
}

/// The value of deals, each by its probability from 0 to 1.
///
/// # Errors
/// `forecast.columns`, `forecast.chance`.
pub fn weighted(values: &[i64], chances: &[f64]) -> Result<f64> {
    if values.len() != chances.len() {
        return Err(differ(values.len(), chances.len()));
    }
    let each = values.iter().zip(chances).map(|(value, chance)| Ok(*value as f64 * checked(*chance)?));
    each.sum()
}

/// The sums of deals by owner, team, period or whatever else each belongs to.
///
/// # Errors
/// `forecast.columns`, `forecast.chance`, `forecast.values`.
pub fn sums_by<K: Ord + Clone>(
    groups: &[K],
    categories: &[Category],
    values: &[i64],
    chances: &[f64],
) -> Result<BTreeMap<K, Sums>> {
    for length in [categories.len(), values.len(), chances.len()] {
        if length != groups.len() {
            return Err(differ(groups.len(), length));
        }
    }
    let mut all: BTreeMap<K, Sums> = BTreeMap::new();
    for (((group, category), value), chance) in groups.iter().zip(categories).zip(values).zip(chances) {
        let sums = all.entry(group.clone()).or_default();
        let chance = if *category == Category::Closed { 1.0 } else { checked(*chance)? };
        if *category != Category::Omitted {
            sums.weighted += *value as f64 * chance;
        }
        for (least, sum) in [
            (Category::Pipeline, &mut sums.pipeline),
            (Category::BestCase, &mut sums.best_case),
            (Category::Commit, &mut sums.commit),
            (Category::Closed, &mut sums.closed),
        ] {
            if *category >= least {
                *sum = sum.checked_add(*value).ok_or_else(|| too_large(*value))?;
            }
        }
    }
    Ok(all)
}

fn checked(chance: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&chance) {
        return Ok(chance);
    }
    Err(Error::invalid("chances", "forecast.chance", format!("`{chance}` is no probability")))
}

pub(super) fn differ(one: usize, other: usize) -> Error {
    Error::invalid("values", "forecast.columns", format!("one column has `{one}` rows, another `{other}`"))
}

pub(super) fn too_large(value: i64) -> Error {
    Error::invalid("values", "forecast.values", format!("`{value}` is too large to sum up"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surer_deals_count_into_the_categories_before_them() {
        use Category::{BestCase, Closed, Commit, Omitted, Pipeline};
        let sums = sums_by(
            &["a", "a", "a", "a", "b"],
            &[Pipeline, BestCase, Commit, Closed, Omitted],
            &[1, 20, 300, 4_000, 50_000],
            &[0.5, 0.5, 1.0, 0.0, 1.0],
        )
        .unwrap();
        let wanted =
            Sums { pipeline: 4_321, best_case: 4_320, commit: 4_300, closed: 4_000, weighted: 4_310.5 };
        assert_eq!(sums["a"], wanted);
        assert_eq!(sums["b"], Sums::default());
        assert_eq!(weighted(&[1], &[f64::NAN]).unwrap_err().code(), "forecast.chance");
        assert_eq!(weighted(&[1], &[]).unwrap_err().code(), "forecast.columns");
        let full = sums_by(&[1, 1], &[Closed; 2], &[i64::MAX; 2], &[1.0; 2]);
        assert_eq!(full.unwrap_err().code(), "forecast.values");
    }
}
