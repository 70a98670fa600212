//! What models refuse.

/// Code and meaning.
pub const CODES: &[(&str, &str)] = &[
    ("model.body", "what is stored of the model can't be read as one"),
    (
        "model.feature",
        "a feature is not a field that the actor sees, or of a type that nothing is learnt from",
    ),
    ("model.no_skill", "the model is no better than the base rate, so nothing is written by it"),
    ("model.other_purpose", "the model predicts something else, or of another kind of record"),
    ("model.outcome", "it isn't said which records have ended, or which of them ended well"),
    ("model.seen_at", "it isn't said as of which earlier instant records are read to learn from"),
];
