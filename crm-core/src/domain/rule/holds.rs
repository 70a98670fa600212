//! What holds of rules and behaviours, whichever command changed them.

use crate::base::RecordRef;
use crate::record::codec::View;
use crate::record::desk::Desk;
use crate::record::error::Result;

/// A rule says what it says without error, and its examples come out.
pub(super) fn rule(
    _desk: &mut dyn Desk,
    _record: RecordRef,
    _before: Option<View<'_>>,
    _after: Option<View<'_>>,
) -> Result<()> {
    Ok(())
}

/// A behaviour names kinds of activity that there are.
pub(super) fn behaviour(
    _desk: &mut dyn Desk,
    _record: RecordRef,
    _before: Option<View<'_>>,
    _after: Option<View<'_>>,
) -> Result<()> {
    Ok(())
}
