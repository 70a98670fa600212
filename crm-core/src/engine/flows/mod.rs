//! Commands that span rooms, and the handlers of due work.

pub mod advance;
pub mod assign;
pub mod capture;
pub mod claim;
pub mod convert;
mod deals;
pub mod edit;
pub mod grade;
pub mod hand_over;
mod liveliness;
pub mod log_activity;
pub mod model;
mod offer;
mod pools;
mod reclaim;
mod remind;
pub mod undo_convert;
pub mod unify;

use super::config::spec;
use super::due::Handler;
use super::rules;
use crate::base::{Kind, KindNo, RecordRef, kind};
use crate::domain::{notice, party, pool};
use crate::record::codec::View;
use crate::record::desk::Desk;
use crate::record::error::Result;

/// The handler of a kind of due work.
pub(crate) fn handler(work: &str) -> Option<Handler> {
    HANDLERS.iter().find(|(name, _)| *name == work).map(|(_, handler)| *handler)
}

const HANDLERS: &[(&str, Handler)] = &[
    (party::PERIOD, party::period_due),
    (advance::RESUME, advance::resume),
    (assign::ASSIGN, assign::assign_due),
    (assign::REASSIGN, assign::reassign_due),
    (pool::SWEEP, reclaim::sweep),
    (reclaim::RECLAIM, reclaim::reclaim),
    (remind::REMIND, remind::remind),
    (offer::PASS, offer::pass),
    (offer::OFFER, offer::offer),
    (liveliness::FALL, liveliness::fall_due),
    (liveliness::RECOUNT, liveliness::recount_due),
    (rules::follow::RESCORE, rules::follow::rescore_due),
    (rules::follow::APPLY, rules::follow::apply_due),
    (rules::related::RELATED, rules::related::related_due),
    (rules::awaited::TAKE_UP, rules::awaited::take_up_due),
    (rules::automate::RUN, rules::automate::run),
    (rules::awaited::REACHED, rules::awaited::reached),
    // The sender has done it, see `Crm::run_due`.
    (notice::SEND, |_, _| Ok(())),
];

/// What follows across rooms from a changed record, whoever changed it: asked at the end of a unit,
/// after the invariant of the record's own room.
pub(crate) fn follow(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    if let (None, Some(after), Some(state)) = (before, after, spec(record.kind)?.state)
        && after.raw(state.state)?.is_none()
    {
        advance::begin(desk, record)?;
    }
    rules::follow::follow(desk, record, before, after)?;
    match record.kind {
        OPPORTUNITY => {
            deals::count(desk, record, before, after)?;
            liveliness::moved(desk, record, before, after)
        }
        ACTIVITY => {
            log_activity::note(desk, record, before, after)?;
            liveliness::note(desk, before, after)
        }
        TASK => remind::note(desk, record, before, after),
        CUSTOMER => pools::note_owner(desk, record, before, after),
        LEAD => {
            pools::note_owner(desk, record, before, after)?;
            liveliness::moved(desk, record, before, after)
        }
        CONTACT_LINK => liveliness::moved(desk, record, before, after),
        SETTINGS => {
            liveliness::note_settings(desk, record, before, after)?;
            offer::note_settings(desk, after)
        }
        _ => Ok(()),
    }
}

const OPPORTUNITY: KindNo = kind::Opportunity::NO;
const CUSTOMER: KindNo = kind::Customer::NO;
const LEAD: KindNo = kind::Lead::NO;
const ACTIVITY: KindNo = kind::Activity::NO;
const TASK: KindNo = kind::Task::NO;
const CONTACT_LINK: KindNo = kind::ContactLink::NO;
const SETTINGS: KindNo = kind::Settings::NO;
