//! What RFM can't take: every stable code with its meaning.

/// Code and meaning of what RFM can't take.
pub const CODES: &[(&str, &str)] = &[
    ("rfm.columns", "columns of one table differ in length"),
    ("rfm.offsets", "the offsets of a column of texts don't ascend within its bytes"),
    ("rfm.amounts", "amounts are so large that their sum may not fit"),
    ("rfm.rows", "there are more purchases than are counted"),
    ("rfm.as_of", "the as-of day is before a purchase"),
    ("rfm.bins", "scores go from 1 to at least 2 and at most 100"),
    ("rfm.thresholds", "thresholds don't ascend from score to score, or not all scales have as many"),
    ("rfm.segments", "the segments are for another number of scores"),
    ("rfm.weights", "all weights are zero"),
];
