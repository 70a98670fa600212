//! Moves as commands: one for any record, and thin ones in the words of each kind.

use std::collections::BTreeMap;

use super::{Course, Moved, Request, advance};
use crate::base::kind::{CustomerId, LeadId, OpportunityId, TaskId};
use crate::base::{RecordRef, Value};
use crate::record::action::Action;
use crate::record::desk::Desk;
use crate::record::error::{Error, Refusal, Result};
use crate::record::lifecycle::{Lifecycle, State, StateClass};

macro_rules! moves {
    ($($(#[$doc:meta])* $name:ident as $text:literal moves $field:ident : $id:ty;)*) => {$(
        command! {
            $(#[$doc])*
            ///
            /// Refused with everything that the move lacks.
            pub struct $name as $text -> Moved {
                /// Which one.
                $field: $id,
                /// The state to enter, by code or label.
                to: String,
                /// Why.
                #[serde(default)]
                reason: String,
                /// The revision that the caller knows.
                #[serde(default)]
                revision: Option<u64>,
                /// Values for fields that the move asks for, by name or label.
                #[serde(default)]
                fields: BTreeMap<String, Value>,
            }
            run(this, desk) {
                let request = Request {
                    reason: this.reason,
                    revision: this.revision,
                    fields: this.fields,
                    ..Request::new(RecordRef::from(this.$field), &this.to)
                };
                advance(desk, &request)
            }
        }
    )*};
}

moves! {
    /// Moves a record of any kind along its lifecycle.
    MoveRecord as "record.move" moves record: RecordRef;
    /// Moves a lead along its lifecycle; a pause takes `resume_on` among the fields.
    MoveLead as "lead.move" moves lead: LeadId;
    /// Moves a customer along its lifecycle.
    MoveCustomer as "customer.move" moves customer: CustomerId;
    /// Moves a task along its lifecycle.
    MoveTask as "task.move" moves task: TaskId;
}

command! {
    /// Moves a deal to a stage: ahead, past stages where that is allowed, or back with a reason; to
    /// the next open stage when none is named.
    ///
    /// Refused with everything that the move lacks, `opportunity.last_stage` when there is no next.
    pub struct AdvanceOpportunity as "opportunity.advance" -> Moved {
        /// The deal.
        opportunity: OpportunityId,
        /// The stage, by code or label.
        #[serde(default)]
        to: Option<String>,
        /// Why.
        #[serde(default)]
        reason: String,
        /// The revision that the caller knows.
        #[serde(default)]
        revision: Option<u64>,
        /// Values for fields that the move asks for, by name or label.
        #[serde(default)]
        fields: BTreeMap<String, Value>,
    }
    run(this, desk) {
        let to = match this.to {
            Some(to) => to,
            None => target(desk, this.opportunity, next_stage)?,
        };
        let request = Request {
            reason: this.reason,
            revision: this.revision,
            fields: this.fields,
            ..Request::new(this.opportunity.record(), &to)
        };
        advance(desk, &request)
    }
}

command! {
    /// Wins a deal.
    ///
    /// Refused with everything that the move lacks.
    pub struct WinOpportunity as "opportunity.win" -> Moved {
        /// The deal.
        opportunity: OpportunityId,
        /// Why we won.
        #[serde(default)]
        reason: String,
        /// The revision that the caller knows.
        #[serde(default)]
        revision: Option<u64>,
    }
    run(this, desk) {
        let to = target(desk, this.opportunity, |course| closing_stage(course, StateClass::Won))?;
        let request = Request {
            reason: this.reason,
            revision: this.revision,
            ..Request::new(this.opportunity.record(), &to)
        };
        advance(desk, &request)
    }
}

command! {
    /// Loses a deal, with the reason and, if one did, the competitor who won it.
    ///
    /// Refused with everything that the move lacks.
    pub struct LoseOpportunity as "opportunity.lose" -> Moved {
        /// The deal.
        opportunity: OpportunityId,
        /// Why.
        reason: String,
        /// To whom.
        #[serde(default)]
        competitor: String,
        /// Which lost stage, where the pipeline has several.
        #[serde(default)]
        to: Option<String>,
        /// The revision that the caller knows.
        #[serde(default)]
        revision: Option<u64>,
    }
    run(this, desk) {
        let to = match this.to {
            Some(to) => to,
            None => target(desk, this.opportunity, |course| closing_stage(course, StateClass::Lost))?,
        };
        let request = Request {
            reason: this.reason,
            rival: this.competitor,
            revision: this.revision,
            ..Request::new(this.opportunity.record(), &to)
        };
        advance(desk, &request)
    }
}

command! {
    /// Opens a closed deal again, with the reason: in the stage named, or the furthest open one that
    /// it has been in.
    ///
    /// Refused with `opportunity.not_closed` while it is open, else with everything the move lacks.
    pub struct ReopenOpportunity as "opportunity.reopen" -> Moved {
        /// The deal.
        opportunity: OpportunityId,
        /// Why.
        reason: String,
        /// The stage, by code or label.
        #[serde(default)]
        to: Option<String>,
        /// The revision that the caller knows.
        #[serde(default)]
        revision: Option<u64>,
    }
    run(this, desk) {
        let furthest = target(desk, this.opportunity, reopening_stage)?;
        let request = Request {
            reason: this.reason,
            revision: this.revision,
            ..Request::new(this.opportunity.record(), this.to.as_deref().unwrap_or(&furthest))
        };
        advance(desk, &request)
    }
}

command! {
    /// Ends a task as done; the next one is created where it comes again.
    pub struct FinishTask as "task.done" -> Moved {
        /// The task.
        task: TaskId,
        /// What came of it.
        #[serde(default)]
        outcome: String,
        /// The revision that the caller knows.
        #[serde(default)]
        revision: Option<u64>,
    }
    run(this, desk) {
        let request = Request {
            reason: this.outcome,
            revision: this.revision,
            ..Request::new(this.task.record(), "done")
        };
        advance(desk, &request)
    }
}

command! {
    /// Ends a task without doing it; it does not come again.
    pub struct CancelTask as "task.cancel" -> Moved {
        /// The task.
        task: TaskId,
        /// Why.
        #[serde(default)]
        reason: String,
        /// The revision that the caller knows.
        #[serde(default)]
        revision: Option<u64>,
    }
    run(this, desk) {
        let request = Request {
            reason: this.reason,
            revision: this.revision,
            ..Request::new(this.task.record(), "cancelled")
        };
        advance(desk, &request)
    }
}

/// The stage that a deal is to enter, found by where it stands.
fn target(
    desk: &mut dyn Desk,
    deal: OpportunityId,
    find: impl FnOnce(&Course) -> Result<String>,
) -> Result<String> {
    let image = desk.load(deal.record(), Action::Move)?;
    find(&Course::of(desk, deal.record(), &image)?)
}

/// The next open stage in the pipeline's order that a move leads to.
fn next_stage(course: &Course) -> Result<String> {
    let lifecycle = &course.lifecycle;
    let later = lifecycle.states.iter().skip_while(|state| state.code != course.state).skip(1);
    let next = later.filter(|state| state.class == StateClass::Open).find(|state| leads(course, state));
    next.map(|state| state.code.clone()).ok_or_else(|| {
        let message = format!("no open stage comes after `{}`", course.state);
        Error::Refused(vec![
            Refusal::new("opportunity.last_stage", message).with("state", course.state.as_str()),
        ])
    })
}

/// The stage of a class that a move leads to, else the first of the class, for its refusal.
fn closing_stage(course: &Course, class: StateClass) -> Result<String> {
    let of_class = || course.lifecycle.states.iter().filter(|state| state.class == class);
    of_class()
        .find(|state| leads(course, state))
        .or_else(|| of_class().next())
        .map(|state| state.code.clone())
        .ok_or_else(|| missing(&course.lifecycle, class))
}

fn reopening_stage(course: &Course) -> Result<String> {
    let lifecycle = &course.lifecycle;
    let state = lifecycle.state(&course.state);
    if !state.is_some_and(|state| state.class.is_closed()) {
        let message = format!("the deal is open, in `{}`", course.state);
        return Err(Error::Refused(vec![
            Refusal::new("opportunity.not_closed", message).with("state", course.state.as_str()),
        ]));
    }
    let open = || lifecycle.states.iter().filter(|state| state.class == StateClass::Open);
    let been = course.been()?;
    open()
        .rfind(|state| been.contains(&state.code))
        .or_else(|| open().next())
        .map(|state| state.code.clone())
        .ok_or_else(|| missing(lifecycle, StateClass::Open))
}

fn leads(course: &Course, state: &State) -> bool {
    course.lifecycle.moves_from(&course.state).any(|step| step.to == state.code)
}

fn missing(lifecycle: &Lifecycle, class: StateClass) -> Error {
    let message = format!("the pipeline `{}` has no stage that is {class}", lifecycle.name);
    Error::Refused(vec![Refusal::new("opportunity.stage_missing", message).with("class", class)])
}
