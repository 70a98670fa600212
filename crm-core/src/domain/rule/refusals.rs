//! Why rules are refused: every stable code with its meaning.

/// Code and meaning.
pub const CODES: &[(&str, &str)] = &[];
