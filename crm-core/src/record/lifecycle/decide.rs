//! The decision whether a record may move, with every requirement that fails.

use super::{Direction, EntryTask, Lifecycle, Move, State, StateClass};
use crate::base::Value;

/// What a decision asks of the record, the actor and the request.
pub trait MoveFacts {
    /// Whether the actor has a role.
    fn has_role(&self, role: &str) -> bool;
    /// Whether the record's field has a value.
    fn field_is_filled(&self, field: &str) -> bool;
    /// Whether an activity of a kind was logged since the record entered its state.
    fn activity_logged_since_entry(&self, kind: &str) -> bool;
    /// The titles of the tasks that were created on entry and are still open.
    fn open_gate_tasks(&self) -> Vec<String>;
    /// Whether the request gives a reason.
    fn has_reason(&self) -> bool;
    /// The English and Chinese labels of a field; its name where it has none.
    fn field_labels(&self, field: &str) -> (String, String) {
        (field.to_owned(), field.to_owned())
    }
}

/// A move that may be made once its guards agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MovePlan<'a> {
    /// The move, with its guards.
    pub step: &'a Move,
    /// The state left.
    pub from: &'a State,
    /// The state entered.
    pub to: &'a State,
    /// Which way it goes.
    pub direction: Direction,
}

/// Why a record may not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveRefusal {
    /// The lifecycle has no such state.
    #[error("the lifecycle `{lifecycle}` has no state `{state}`")]
    StateUnknown {
        /// The lifecycle's code.
        lifecycle: String,
        /// The code that was given.
        state: String,
    },
    /// A record can't be created in this state.
    #[error("a record of `{lifecycle}` cannot start in `{state}`, only in {}", quoted(allowed))]
    StartNotAllowed {
        /// The lifecycle's code.
        lifecycle: String,
        /// The code that was given.
        state: String,
        /// The initial states.
        allowed: Vec<String>,
    },
    /// The record is in that state already.
    #[error("the record is in `{0}` already")]
    AlreadyThere(String),
    /// No move joins the two states.
    #[error("no move leads from `{from}` to `{to}`; from there one can move to {}", quoted(allowed))]
    MoveUnknown {
        /// The state left.
        from: String,
        /// The state wanted.
        to: String,
        /// The states that can be reached by one move.
        allowed: Vec<String>,
    },
    /// The actor has none of the roles that may make the move.
    #[error("the move to `{to}` is for {}", quoted(roles))]
    RoleMissing {
        /// The state wanted.
        to: String,
        /// The roles of which one is enough.
        roles: Vec<String>,
    },
    /// A field must be filled first.
    #[error("the field `{field}` ({label_en}) must be filled before the move to `{to}`")]
    FieldMissing {
        /// The state wanted.
        to: String,
        /// The field's name.
        field: String,
        /// The field's English label.
        label_en: String,
        /// The field's Chinese label.
        label_zh: String,
    },
    /// An activity must be logged first.
    #[error("an activity `{activity}` must be logged in `{from}` before the move to `{to}`")]
    ActivityMissing {
        /// The state left.
        from: String,
        /// The state wanted.
        to: String,
        /// The kind of activity.
        activity: String,
    },
    /// Tasks of the state must be done first.
    #[error("`{from}` has tasks to be done first: {}", quoted(tasks))]
    TasksOpen {
        /// The state left.
        from: String,
        /// The titles of the open tasks.
        tasks: Vec<String>,
    },
    /// The move asks for a reason.
    #[error("the move from `{from}` to `{to}` needs a reason")]
    ReasonMissing {
        /// The state left.
        from: String,
        /// The state wanted.
        to: String,
    },
}

fn quoted(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl MoveRefusal {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            MoveRefusal::StateUnknown { .. } => "lifecycle.state_unknown",
            MoveRefusal::StartNotAllowed { .. } => "lifecycle.start_not_allowed",
            MoveRefusal::AlreadyThere(_) => "lifecycle.already_there",
            MoveRefusal::MoveUnknown { .. } => "lifecycle.move_unknown",
            MoveRefusal::RoleMissing { .. } => "lifecycle.role_missing",
            MoveRefusal::FieldMissing { .. } => "lifecycle.field_missing",
            MoveRefusal::ActivityMissing { .. } => "lifecycle.activity_missing",
            MoveRefusal::TasksOpen { .. } => "lifecycle.tasks_open",
            MoveRefusal::ReasonMissing { .. } => "lifecycle.reason_missing",
        }
    }

    /// The values concerned, by name.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        match self {
            MoveRefusal::StateUnknown { lifecycle, state } => {
                vec![("lifecycle", text(lifecycle)), ("state", text(state))]
            }
            MoveRefusal::StartNotAllowed { lifecycle, state, allowed } => {
                let (lifecycle, state) = (text(lifecycle), text(state));
                vec![("lifecycle", lifecycle), ("state", state), ("allowed", list(allowed))]
            }
            MoveRefusal::AlreadyThere(state) => vec![("state", text(state))],
            MoveRefusal::MoveUnknown { from, to, allowed } => {
                vec![("from", text(from)), ("to", text(to)), ("allowed", list(allowed))]
            }
            MoveRefusal::RoleMissing { to, roles } => vec![("to", text(to)), ("roles", list(roles))],
            MoveRefusal::FieldMissing { to, field, label_en, label_zh } => vec![
                ("to", text(to)),
                ("field", text(field)),
                ("label_en", text(label_en)),
                ("label_zh", text(label_zh)),
            ],
            MoveRefusal::ActivityMissing { from, to, activity } => {
                vec![("from", text(from)), ("to", text(to)), ("activity", text(activity))]
            }
            MoveRefusal::TasksOpen { from, tasks } => vec![("from", text(from)), ("tasks", list(tasks))],
            MoveRefusal::ReasonMissing { from, to } => vec![("from", text(from)), ("to", text(to))],
        }
    }
}

fn text(value: &str) -> Value {
    Value::from(value)
}

fn list(values: &[String]) -> Value {
    Value::from(values.to_vec())
}

impl<'a> MovePlan<'a> {
    /// The tasks to create, as the record enters; the caller may leave out those still open from an earlier visit.
    pub fn tasks(&self) -> &'a [EntryTask] {
        &self.to.activities
    }

    /// The names of the rules that must agree before the move is made.
    pub fn guards(&self) -> &'a [String] {
        &self.step.guards
    }

    /// The class entered, if it isn't the class left: won, lost, reopened (open) and so on.
    pub fn class_change(&self) -> Option<StateClass> {
        (self.from.class != self.to.class).then_some(self.to.class)
    }
}

impl Lifecycle {
    /// The state in which a record starts: the one wanted, which must be initial, or the default.
    pub fn start(&self, wanted: Option<&str>) -> Result<&State, MoveRefusal> {
        let default = self.initial.first().map(String::as_str);
        let code = wanted.or(default).unwrap_or_default();
        let state = self.known(code)?;
        if self.initial.iter().any(|initial| initial == code) {
            return Ok(state);
        }
        Err(MoveRefusal::StartNotAllowed {
            lifecycle: self.name.clone(),
            state: code.to_owned(),
            allowed: self.initial.clone(),
        })
    }

    /// Whether a record may move from one state to another; if not, every requirement that fails.
    ///
    /// The tasks of a gated state hold up the ways ahead only: forward, skip, and closing as won or final. A deal
    /// can be lost, paused or sent back with its tasks open. Guards aren't asked here: the plan names them.
    pub fn decide(
        &self,
        from: &str,
        to: &str,
        facts: &dyn MoveFacts,
    ) -> Result<MovePlan<'_>, Vec<MoveRefusal>> {
        let (left, entered) = match (self.known(from), self.known(to)) {
            (Ok(left), Ok(entered)) => (left, entered),
            (left, entered) => return Err([left.err(), entered.err()].into_iter().flatten().collect()),
        };
        if from == to {
            return Err(vec![MoveRefusal::AlreadyThere(to.to_owned())]);
        }
        let Some(step) = self.moves.iter().find(|step| step.from == from && step.to == to) else {
            let allowed = self.moves.iter().filter(|step| step.from == from);
            return Err(vec![MoveRefusal::MoveUnknown {
                from: from.to_owned(),
                to: to.to_owned(),
                allowed: allowed.map(|step| step.to.clone()).collect(),
            }]);
        };
        let plan = MovePlan { step, from: left, to: entered, direction: self.direction(left, entered) };
        let refusals = plan.refusals(facts);
        if refusals.is_empty() { Ok(plan) } else { Err(refusals) }
    }

    fn known(&self, code: &str) -> Result<&State, MoveRefusal> {
        let unknown = || MoveRefusal::StateUnknown { lifecycle: self.name.clone(), state: code.to_owned() };
        self.state(code).ok_or_else(unknown)
    }
}

impl MovePlan<'_> {
    fn refusals(&self, facts: &dyn MoveFacts) -> Vec<MoveRefusal> {
        let step = self.step;
        let (from, to) = (|| step.from.clone(), || step.to.clone());
        let mut refusals = Vec::new();
        if !step.roles.is_empty() && !step.roles.iter().any(|role| facts.has_role(role)) {
            refusals.push(MoveRefusal::RoleMissing { to: to(), roles: step.roles.clone() });
        }
        for field in step.requires_fields.iter().filter(|field| !facts.field_is_filled(field)) {
            let (label_en, label_zh) = facts.field_labels(field);
            refusals.push(MoveRefusal::FieldMissing { to: to(), field: field.clone(), label_en, label_zh });
        }
        for activity in &step.requires_activities {
            if !facts.activity_logged_since_entry(activity) {
                let activity = activity.clone();
                refusals.push(MoveRefusal::ActivityMissing { from: from(), to: to(), activity });
            }
        }
        let tasks = if self.is_gated() { facts.open_gate_tasks() } else { Vec::new() };
        if !tasks.is_empty() {
            refusals.push(MoveRefusal::TasksOpen { from: from(), tasks });
        }
        if step.requires_reason && !facts.has_reason() {
            refusals.push(MoveRefusal::ReasonMissing { from: from(), to: to() });
        }
        refusals
    }

    fn is_gated(&self) -> bool {
        let ahead = match self.direction {
            Direction::Forward | Direction::Skip => true,
            Direction::Close => self.to.class != StateClass::Lost,
            Direction::Back | Direction::Reopen | Direction::Pause | Direction::Resume => false,
        };
        self.from.gate && ahead
    }
}
