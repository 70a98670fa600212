//! How well a score foretold what came: precision, recall and lift.

/// How well a score foretold an outcome.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Backtest {
    /// How many records were scored.
    pub records: usize,
    /// How many of them had the outcome.
    pub positives: usize,
    /// The score from which on a record counts as foretold.
    pub threshold: i64,
    /// How many reached it.
    pub selected: usize,
    /// How many of those had the outcome.
    pub hits: usize,
    /// The share of the selected that had the outcome; none when none was selected.
    pub precision: Option<f64>,
    /// The share of those with the outcome that were selected; none when there was none.
    pub recall: Option<f64>,
    /// Tenths of the records from the highest score down.
    pub deciles: Vec<Decile>,
}

/// A tenth of the records by score.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Decile {
    /// How many records.
    pub records: usize,
    /// How many of them had the outcome.
    pub positives: f64,
    /// The least and the greatest score.
    pub scores: (i64, i64),
    /// How many times as many as among all records; none when there was no outcome at all.
    pub lift: Option<f64>,
}

/// Measures scores against outcomes.
///
/// Records with one score share their outcomes evenly over the tenths that they fall in, so that the
/// order among equals doesn't matter.
///
/// ```
/// use crm_core::domain::rule::rules::measure;
/// let told = measure(vec![(90, true), (80, true), (20, false), (10, true)], 50);
/// assert_eq!((told.precision, told.recall), (Some(1.0), Some(2.0 / 3.0)));
/// ```
pub fn measure(mut scored: Vec<(i64, bool)>, threshold: i64) -> Backtest {
    scored.sort_unstable_by_key(|(score, _)| std::cmp::Reverse(*score));
    let records = scored.len();
    let positives = scored.iter().filter(|(_, had)| *had).count();
    let selected = scored.iter().filter(|(score, _)| *score >= threshold).count();
    let hits = scored.iter().filter(|(score, had)| *score >= threshold && *had).count();
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
    // The share of outcomes among the records of each score.
    let mut weights: Vec<f64> = Vec::with_capacity(records);
    for group in scored.chunk_by(|one, other| one.0 == other.0) {
        let had = group.iter().filter(|(_, had)| *had).count();
        weights.extend(std::iter::repeat_n(had as f64 / group.len() as f64, group.len()));
    }
    let base = share(positives, records).filter(|base| *base > 0.0);
    let decile = |tenth: usize| {
        let range = tenth * records / 10..(tenth + 1) * records / 10;
        let part = scored.get(range.clone())?;
        let (first, last) = (part.first()?.0, part.last()?.0);
        let positives: f64 = weights.get(range)?.iter().sum();
        let lift = base.map(|base| positives / part.len() as f64 / base);
        Some(Decile { records: part.len(), positives, scores: (last, first), lift })
    };
    Backtest {
        records,
        positives,
        threshold,
        selected,
        hits,
        precision: share(hits, selected),
        recall: share(hits, positives),
        deciles: (0..10).filter_map(decile).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_perfect_score_lifts_its_best_tenth() {
        let scored = (0..100).map(|score| (score, score >= 90)).collect();
        let told = measure(scored, 90);
        assert_eq!((told.precision, told.recall, told.selected), (Some(1.0), Some(1.0), 10));
        let lifts: Vec<_> = told.deciles.iter().filter_map(|decile| decile.lift).collect();
        assert_eq!(lifts.first(), Some(&10.0));
        assert!(lifts.iter().skip(1).all(|lift| *lift == 0.0));
    }

    #[test]
    fn a_score_that_says_nothing_lifts_nothing() {
        let scored = (0..200).map(|record| (5, record % 4 == 0)).collect();
        let told = measure(scored, 5);
        assert_eq!((told.precision, told.recall), (Some(0.25), Some(1.0)));
        assert!(told.deciles.iter().all(|decile| (decile.lift.unwrap_or(0.0) - 1.0).abs() < 1e-9));
    }

    #[test]
    fn nothing_gives_no_shares() {
        let told = measure(Vec::new(), 0);
        assert_eq!((told.precision, told.recall, told.deciles.len()), (None, None, 0));
    }

    proptest! {
        #[test]
        fn tenths_hold_every_record_and_outcome(
            scored in proptest::collection::vec((-5i64..5, any::<bool>()), 0..80), threshold in -6i64..6,
        ) {
            let mut turned = scored.clone();
            turned.reverse();
            let told = measure(scored, threshold);
            prop_assert_eq!(told.deciles.iter().map(|decile| decile.records).sum::<usize>(), told.records);
            let sum: f64 = told.deciles.iter().map(|decile| decile.positives).sum();
            prop_assert!((sum - told.positives as f64).abs() < 1e-6);
            prop_assert_eq!(measure(turned, threshold), told);
        }
    }
}
