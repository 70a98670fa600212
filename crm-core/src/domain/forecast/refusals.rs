//! What kept forecasts refuse.

/// Code and meaning.
pub const CODES: &[(&str, &str)] = &[
    ("forecast.kept", "a forecast that was kept stays as it is"),
    ("forecast.nameless", "a forecast is kept under a name"),
];
