//! What holds of every opportunity, whoever writes it.

use super::{Opportunity, rules};
use crate::base::{Id, Kind, MoneyError, RecordRef, Value, kind};
use crate::record::codec::View;
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

/// Checks shares, percentages and the pipeline, and makes the amount the sum of the lines.
pub(super) fn check(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let id = Id::from_u128(record.bits);
    let mut deal = Opportunity::read(id, view)?;
    let faults = rules::faults(&deal);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let before = before.map(|view| Opportunity::read(id, view)).transpose()?;
    if let Some(before) = before.as_ref().filter(|before| before.lifecycle != deal.lifecycle) {
        check_pipeline(desk, before, &deal)?;
    }
    if deal.lines.is_empty() {
        return Ok(());
    }
    let (lines, sum) = rules::sum_of_lines(&deal.lines).map_err(|error| match error {
        MoneyError::Mixed(..) => Error::invalid("lines", "opportunity.currency_mixed", error.to_string()),
        error => Error::invalid("lines", "opportunity.figure_too_large", error.to_string()),
    })?;
    let same_lines = before.as_ref().is_some_and(|before| before.lines == deal.lines);
    if same_lines && sum.is_some() && deal.amount != sum {
        return Err(Error::refused(
            "opportunity.amount_follows_lines",
            format!("the amount follows from the lines, which add up to `{}`", Value::from(sum)),
        ));
    }
    let amount = sum.or(deal.amount);
    if lines != deal.lines || amount != deal.amount {
        deal.lines = lines;
        deal.amount = amount;
        desk.put(&deal)?;
    }
    Ok(())
}

/// A deal may change its pipeline where the new one has its stage.
fn check_pipeline(desk: &dyn Desk, before: &Opportunity, deal: &Opportunity) -> Result<()> {
    let pipeline = desk.lifecycle(kind::Opportunity::NO, Some(&deal.lifecycle))?;
    if before.lifecycle.is_empty() || pipeline.state(&deal.state).is_some() {
        return Ok(());
    }
    Err(Error::refused(
        "opportunity.pipeline_fixed",
        format!("the pipeline `{}` has no stage `{}`", deal.lifecycle, deal.state),
    ))
}
