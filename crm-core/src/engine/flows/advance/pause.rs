//! Paused leads: resumed on their day.

use super::{Course, Entering, Request};
use crate::base::calendar::{local_date, start_of_day};
use crate::base::kind::LeadId;
use crate::domain::lead::Lead;
use crate::record::action::Action;
use crate::record::desk::{Desk, Due};
use crate::record::error::{Error, Result};
use crate::record::lifecycle::StateClass;

/// The due work that resumes a record.
pub(crate) const RESUME: &str = "lead.resume";

/// Schedules the day on which a lead that is paused resumes; clears it when it leaves the pause.
pub(super) fn note(desk: &mut dyn Desk, lead: &mut Lead, entering: &Entering<'_>) {
    let Some(from) = entering.from else { return };
    if entering.to.class == StateClass::Paused {
        if let Some(day) = lead.resume_on {
            let at = start_of_day(day, desk.settings().zone);
            let about = lead.meta.id.record();
            desk.schedule(Due { at, work: RESUME.to_owned(), about, note: from.code.clone() });
        }
    } else if from.class == StateClass::Paused {
        lead.resume_on = None;
    }
}

/// Resumes a lead that is still paused once its day has come, into the state that it was paused in
/// or the first open one that it can go to.
pub(crate) fn resume(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let record = due.about;
    let image = match desk.load(record, Action::Move) {
        Err(Error::NotFound(..)) => return Ok(()),
        loaded => loaded?,
    };
    let Some(id): Option<LeadId> = record.as_id() else { return Ok(()) };
    let lead: Lead = desk.get(id)?;
    let course = Course::of(desk, record, &image)?;
    let class = |code: &str| course.lifecycle.state(code).map(|state| state.class);
    let (Some(StateClass::Paused), Some(day)) = (class(&course.state), lead.resume_on) else { return Ok(()) };
    let zone = desk.settings().zone;
    if day > local_date(desk.now(), zone) {
        desk.schedule(Due { at: start_of_day(day, zone), ..due.clone() });
        return Ok(());
    }
    let steps: Vec<&str> = course.lifecycle.moves_from(&course.state).map(|step| step.to.as_str()).collect();
    let back = steps.iter().find(|code| **code == due.note);
    let back = back.or_else(|| steps.iter().find(|code| class(code) == Some(StateClass::Open)));
    match back {
        Some(to) => super::advance(desk, &Request::new(record, to)).map(|_| ()),
        None => Ok(()),
    }
}
