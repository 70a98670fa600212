//! What targets refuse.

/// Code and meaning.
pub const CODES: &[(&str, &str)] = &[
    ("target.dimension", "what is measured can't be told apart by that"),
    (
        "target.goal",
        "what is to be reached is not an amount or a number as the metric asks for, above nothing",
    ),
    ("target.period", "the period ends before it begins"),
];
