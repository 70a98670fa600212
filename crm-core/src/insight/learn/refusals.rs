//! Why nothing can be learnt, or scored, from what was given: the stable codes.

/// Every code with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("learn.column_lengths", "a column, the outcomes or the times have another number of rows than the rest"),
    ("learn.column_missing", "the table lacks a column that the model learnt from, or it is of another type"),
    ("learn.no_columns", "there is no column to learn from"),
    ("learn.not_converged", "the fit did not come to rest, so that its figures would mean nothing"),
    ("learn.one_outcome", "all rows ended the same way, so that there is nothing to tell apart"),
    ("learn.option", "an option is outside the range in which it means something"),
    ("learn.score", "a score or probability is not a number"),
    ("learn.too_little_data", "there are fewer rows, or fewer of an outcome, than a model needs"),
    ("learn.too_many", "there are more rows or categories than can be counted in 32 bits"),
];
