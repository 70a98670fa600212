//! What a forecast can't be made of: every stable code with its meaning.

/// Code and meaning of what a forecast can't be made of.
pub const CODES: &[(&str, &str)] = &[
    ("forecast.columns", "columns of one table differ in length"),
    ("forecast.chance", "a probability is not between 0 and 1"),
    ("forecast.period", "the period is over, or ends before it begins"),
    ("forecast.plan", "a horizon, a number of draws or a level is not one"),
    ("forecast.values", "the values are so large that their sum may not fit"),
    ("forecast.no_history", "no deal had been won or lost by that day"),
];
