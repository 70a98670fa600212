//! What must hold of every lead at the end of a unit of work, whoever wrote it.

use chrono::NaiveDate;

use super::noun::{ASSIGNED, Lead, start};
use crate::base::calendar::local_date;
use crate::base::kind::LeadId;
use crate::base::{Kind, RecordRef, kind};
use crate::record::codec::{ValueRef, View};
use crate::record::desk::Desk;
use crate::record::error::{Error, Invalid, Result};
use crate::record::lifecycle::StateClass;
use crate::record::spec::Record;

/// A lead: figures that can be, a state to stand in, and while it is paused a day to come on which it goes on.
pub(super) fn lead(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(after) = after else { return Ok(()) };
    check_figures(after)?;
    let text = |value| if let ValueRef::Text(text) = value { text } else { "" };
    let state = text(after.get(Lead::state)?);
    if state.is_empty() {
        return begin(desk, LeadId::from_u128(record.bits), after);
    }
    let ValueRef::Date(resume_on) = after.get(Lead::resume_on)? else { return Ok(()) };
    let as_before = match before {
        Some(before) => {
            text(before.get(Lead::state)?) == state
                && before.get(Lead::resume_on)? == ValueRef::Date(resume_on)
        }
        None => false,
    };
    if as_before { Ok(()) } else { check_pause(desk, state, resume_on) }
}

fn check_figures(lead: View<'_>) -> Result<()> {
    let mut invalid = Vec::new();
    if let ValueRef::Money(budget) = lead.get(Lead::budget)?
        && budget.amount < rust_decimal::Decimal::ZERO
    {
        invalid.push(Invalid::new("budget", "value.range", format!("a budget can't be `{budget}`")));
    }
    if let ValueRef::Int(size @ ..0) = lead.get(Lead::company_size)? {
        let message = format!("a company can't have `{size}` people");
        invalid.push(Invalid::new("company_size", "value.range", message));
    }
    if invalid.is_empty() { Ok(()) } else { Err(Error::Invalid(invalid)) }
}

/// Puts a lead that was created without a state into its first one: assigned where it has an owner.
fn begin(desk: &mut dyn Desk, id: LeadId, fields: View<'_>) -> Result<()> {
    let mut lead = Lead::read(id, fields)?;
    let lifecycle = desk.lifecycle(kind::Lead::NO, None)?;
    let first = match lead.owner {
        Some(_) if lifecycle.initial.iter().any(|code| code == ASSIGNED) => ASSIGNED,
        _ => start(&lifecycle),
    };
    lead.enter(&lifecycle, first, desk.now());
    desk.put(&lead)
}

/// The day on which a paused lead is taken up again must be to come.
fn check_pause(desk: &dyn Desk, state: &str, resume_on: NaiveDate) -> Result<()> {
    let lifecycle = desk.lifecycle(kind::Lead::NO, None)?;
    let paused = lifecycle.state(state).is_some_and(|state| state.class == StateClass::Paused);
    if !paused || resume_on > local_date(desk.now(), desk.settings().zone) {
        return Ok(());
    }
    let message = format!("a lead can't be paused until `{resume_on}`, which is not to come");
    Err(Error::refused("lead.resume_in_past", message))
}
