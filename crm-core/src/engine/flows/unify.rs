//! Two leads made one.

use super::advance::{Request, Right, advance};
use crate::base::kind::{
    Activity as ActivityKind, ActivityId, Lead as LeadKind, LeadId, Task as TaskKind, TaskId,
};
use crate::base::{Kind, RecordRef};
use crate::domain::activity::{self, Activity};
use crate::domain::lead::{Lead, rules};
use crate::domain::task::{self, Task};
use crate::record::action::Action;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Result};
use crate::record::lifecycle::{Lifecycle, StateClass};
use crate::record::spec::Record;

command! {
    /// Makes two leads one: the one that is further on survives, the earlier of equals.
    ///
    /// Empty fields are filled, lists united, and what the other one said differently goes to the notes; its
    /// activities and tasks move. It stays behind as invalid and names the survivor. Answers the survivor.
    pub struct MergeLeads as "lead.merge" -> LeadId {
        /// One lead.
        lead: LeadId,
        /// The other.
        with: LeadId,
    }
    run(this, desk) {
        if this.lead == this.with {
            return Err(Error::refused("lead.same", "a lead can't be merged with itself"));
        }
        let one: Lead = desk.load_as(this.lead, Action::Update)?;
        let other: Lead = desk.load_as(this.with, Action::Update)?;
        let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
        let (mut kept, mut gone) = if progress(&lifecycle, &one) >= progress(&lifecycle, &other) {
            (one, other)
        } else {
            (other, one)
        };
        if gone.is_converted() {
            let message = format!("`{}` was converted, as was `{}`", gone.name, kept.name);
            return Err(Error::refused("lead.converted", message));
        }
        rules::merge(&mut kept, gone.clone());
        kept.last_activity_at = kept.last_activity_at.max(gone.last_activity_at);
        kept.first_response_at = match (kept.first_response_at, gone.first_response_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        desk.put(&kept)?;
        carry(desk, gone.record_ref(), kept.record_ref())?;
        gone.duplicate_of = Some(kept.record_ref());
        desk.put(&gone)?;
        close(desk, &lifecycle, &gone, &kept)?;
        Ok(kept.id())
    }
}

/// How far a lead has come: converted, then by the order of the open states, then paused, then closed; then the
/// earlier one.
fn progress(lifecycle: &Lifecycle, lead: &Lead) -> (usize, usize, std::cmp::Reverse<u128>) {
    let place = lifecycle.states.iter().position(|state| state.code == lead.state).unwrap_or(0);
    let class = lifecycle.state(&lead.state).map(|state| state.class);
    let rank = match class {
        _ if lead.is_converted() => 4,
        Some(StateClass::Won) => 3,
        Some(StateClass::Open) | None => 2,
        Some(StateClass::Paused) => 1,
        Some(StateClass::Lost | StateClass::Final) => 0,
    };
    (rank, place, std::cmp::Reverse(lead.id().as_u128()))
}

/// Moves what happened and what is to be done from one lead to another.
fn carry(desk: &mut dyn Desk, from: RecordRef, to: RecordRef) -> Result<()> {
    let about = |kind, index| Lookup { kind, index, parts: vec![from.into()], limit: usize::MAX };
    for found in desk.matches(&about(ActivityKind::NO, activity::BY_ABOUT))? {
        let id = ActivityId::from_u128(found.bits);
        if let Some(mut activity) = desk.enlist_as::<Activity>(id, Purpose::Duplicate)? {
            activity.about = Some(to);
            desk.put(&activity)?;
        }
    }
    for found in desk.matches(&about(TaskKind::NO, task::BY_ABOUT))? {
        if let Some(mut task) = desk.enlist_as::<Task>(TaskId::from_u128(found.bits), Purpose::Duplicate)? {
            task.about = Some(to);
            desk.put(&task)?;
        }
    }
    Ok(())
}

/// Ends the lead that was merged into another, unless it had ended before.
fn close(desk: &mut dyn Desk, lifecycle: &Lifecycle, gone: &Lead, kept: &Lead) -> Result<()> {
    let closed = |code: &str| lifecycle.state(code).is_some_and(|state| state.class.is_closed());
    let lost = lifecycle.states.iter().find(|state| {
        state.class == StateClass::Lost && lifecycle.moves_from(&gone.state).any(|step| step.to == state.code)
    });
    let Some(lost) = lost.filter(|_| !closed(&gone.state)) else { return Ok(()) };
    let reason = format!("merged into {}", kept.record_ref());
    advance(desk, &Request { right: Right::Fact, reason, ..Request::new(gone.record_ref(), &lost.code) })?;
    Ok(())
}
