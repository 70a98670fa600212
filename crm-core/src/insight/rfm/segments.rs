//! Named segments: an ordered list of rules over scores, of which the first that fits names a customer.

use std::ops::RangeInclusive;

use super::scores::Scores;
use crate::record::error::{Error, Result};

/// One segment: the scores, both ends included, that belong to it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The machine name.
    pub code: String,
    /// The English name.
    pub en: String,
    /// The Chinese name.
    pub zh: String,
    /// Scores of recency.
    pub recency: RangeInclusive<u8>,
    /// Scores of frequency.
    pub frequency: RangeInclusive<u8>,
    /// Scores of money.
    pub money: RangeInclusive<u8>,
}

impl Segment {
    fn fits(&self, [recency, frequency, money]: [u8; 3]) -> bool {
        self.recency.contains(&recency) && self.frequency.contains(&frequency) && self.money.contains(&money)
    }
}

/// The first segment that fits each customer, by its place in the list; none where none fits.
pub fn assign(scores: &Scores, segments: &[Segment]) -> Vec<Option<u16>> {
    let first = |row| {
        let place = segments.iter().position(|segment| segment.fits(row))?;
        u16::try_from(place).ok()
    };
    scores.rows().map(first).collect()
}

/// How many customers each segment has, and how many none.
pub fn sizes(assigned: &[Option<u16>], segments: usize) -> (Vec<usize>, usize) {
    let mut counts = vec![0; segments];
    let mut none = 0;
    for place in assigned {
        match place.and_then(|place| counts.get_mut(usize::from(place))) {
            Some(count) => *count += 1,
            None => none += 1,
        }
    }
    (counts, none)
}

fn segment(names: [&str; 3], scores: [RangeInclusive<u8>; 3]) -> Segment {
    let [code, en, zh] = names.map(str::to_owned);
    let [recency, frequency, money] = scores;
    Segment { code, en, zh, recency, frequency, money }
}

/// The international set for scores of 1 to 5; the bounds are the defaults of the R package rfm 0.3.0.
/// A few odd combinations, such as frequent customers of very little money, are in none.
pub fn international() -> Vec<Segment> {
    vec![
        segment(["champions", "Champions", "冠军客户"], [5..=5, 5..=5, 5..=5]),
        segment(["potential_loyalists", "Potential loyalists", "潜在忠诚客户"], [3..=5, 3..=5, 2..=5]),
        segment(["loyal", "Loyal customers", "忠诚客户"], [2..=4, 2..=4, 2..=4]),
        segment(["promising", "Promising", "有望客户"], [3..=4, 1..=3, 3..=5]),
        segment(["new", "New customers", "新客户"], [4..=5, 1..=3, 1..=5]),
        segment(["cannot_lose", "Can't lose them", "不能流失的客户"], [1..=2, 3..=4, 4..=5]),
        segment(["at_risk", "At risk", "流失风险客户"], [1..=2, 2..=5, 4..=5]),
        segment(["need_attention", "Need attention", "需要关注的客户"], [1..=3, 3..=5, 3..=5]),
        segment(["about_to_sleep", "About to sleep", "即将沉睡客户"], [2..=3, 1..=3, 1..=4]),
        segment(["lost", "Lost", "流失客户"], [1..=1, 1..=5, 1..=5]),
    ]
}

/// The international set, for scores that go up to 5.
///
/// # Errors
/// Invalid with `rfm.segments` for others, whose customers it would call by wrong names.
pub fn international_for(scores: &Scores) -> Result<Vec<Segment>> {
    if scores.bins == 5 {
        return Ok(international());
    }
    let message =
        format!("the international segments are for scores up to 5, these go up to `{}`", scores.bins);
    Err(Error::invalid("segments", "rfm.segments", message))
}

/// The Chinese eight cells: high or low in each of recency, frequency and money. `high` says from
/// which scores on a customer is high; [`above_mean`] gives the usual ones.
pub fn eight_cells(high: [u8; 3]) -> Vec<Segment> {
    const CELLS: [([&str; 3], [bool; 3]); 8] = [
        (["key_value", "Key, valuable", "重要价值客户"], [true, true, true]),
        (["key_develop", "Key, to develop", "重要发展客户"], [true, false, true]),
        (["key_keep", "Key, to keep", "重要保持客户"], [false, true, true]),
        (["key_win_back", "Key, to win back", "重要挽留客户"], [false, false, true]),
        (["plain_value", "Plain, valuable", "一般价值客户"], [true, true, false]),
        (["plain_develop", "Plain, to develop", "一般发展客户"], [true, false, false]),
        (["plain_keep", "Plain, to keep", "一般保持客户"], [false, true, false]),
        (["plain_win_back", "Plain, to win back", "一般挽留客户"], [false, false, false]),
    ];
    let range = |is_high: bool, from: u8| if is_high { from..=u8::MAX } else { 0..=from.saturating_sub(1) };
    let cell = |(names, [r, f, m]): ([&str; 3], [bool; 3])| {
        let [recency, frequency, money] = high;
        segment(names, [range(r, recency), range(f, frequency), range(m, money)])
    };
    CELLS.into_iter().map(cell).collect()
}

/// The lowest scores above the customers' mean, for R, F and M.
pub fn above_mean(scores: &Scores) -> [u8; 3] {
    let of = |scores: &[u8]| {
        let sum: usize = scores.iter().map(|score| usize::from(*score)).sum();
        let mean = sum.checked_div(scores.len()).unwrap_or(0);
        u8::try_from(mean + 1).unwrap_or(u8::MAX)
    };
    [of(&scores.recency), of(&scores.frequency), of(&scores.money)]
}
