//! Cells that a spreadsheet would run as a formula, made harmless and back.
//!
//! OWASP's advice on CSV injection: a cell that begins with `=`, `+`, `-`, `@`, tab or carriage return gets
//! an apostrophe in front. A cell that begins with apostrophes and one of these gets another, so that every
//! cell comes back as it was.

use std::borrow::Cow;

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A cell as a spreadsheet may safely open it.
///
/// ```
/// use crm_core::exchange::guard::{guarded, unguarded};
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(unguarded("'=1+1"), "=1+1");
/// assert_eq!(unguarded("'tis"), "'tis");
/// ```
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}").into() } else { cell.into() }
}

/// A cell as it was before it was guarded.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_cell_comes_back(cell in "['=+@\t\r\\-a中 ]{0,6}") {
            let safe = guarded(&cell);
            prop_assert!(!is_formula(&safe));
            prop_assert_eq!(unguarded(&safe), cell.as_str());
        }
    }
}
