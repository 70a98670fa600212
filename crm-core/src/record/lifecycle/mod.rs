//! The state machine of a kind of record: states, the moves between them, and what each asks.
//!
//! One mechanism serves leads, customers, pipelines of opportunities, tasks and every other kind.
//! A [`Lifecycle`] is data: it can be stored, exchanged, drawn and replaced. Nothing here reads a store or a
//! clock; the caller gives instants and answers questions through [`MoveFacts`].
//!
//! ```
//! use crm_core::record::lifecycle::{MoveFacts, defaults};
//!
//! struct Facts;
//! impl MoveFacts for Facts {
//!     fn has_role(&self, _: &str) -> bool { true }
//!     fn field_is_filled(&self, field: &str) -> bool { field != "resume_on" }
//!     fn activity_logged_since_entry(&self, _: &str) -> bool { false }
//!     fn open_gate_tasks(&self) -> Vec<String> { Vec::new() }
//!     fn has_reason(&self) -> bool { false }
//! }
//!
//! let lead = defaults::lead();
//! assert_eq!(lead.check(), Ok(()));
//! assert_eq!(lead.decide("new", "assigned", &Facts).unwrap().to.zh, "已分配");
//! let refusals = lead.decide("following", "paused", &Facts).unwrap_err();
//! assert_eq!(refusals[0].code(), "lifecycle.field_missing");
//! ```

mod check;
mod decide;
pub mod defaults;
mod diagram;
pub mod document;
mod load;
mod migrate;
mod pipeline;
mod times;

#[cfg(test)]
mod tests;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::base::KindNo;

pub use check::Problem;
pub use decide::{MoveFacts, MovePlan, MoveRefusal};
pub use diagram::Language;
pub use load::{load, load_all};
pub use migrate::{MigrationProblem, migrate};
pub use pipeline::{Pipeline, Stage};
pub use times::{Spent, StateTimes, is_rotting, rots_at};

crate::choice! {
    /// What being in a state means for the record.
    pub enum StateClass {
        /// Being worked on.
        Open "open" "Open" "进行中",
        /// Ended, or standing, with success.
        Won "won" "Won" "赢单",
        /// Ended without success.
        Lost "lost" "Lost" "输单",
        /// Ended, neither with nor without success.
        Final "final" "Closed" "已结束",
        /// Set aside until something happens.
        Paused "paused" "Paused" "暂停",
    }
}

crate::choice! {
    /// The column of a forecast in which a deal in a state counts.
    pub enum ForecastCategory {
        /// Possible.
        Pipeline "pipeline" "Pipeline" "管道",
        /// Likely if all goes well.
        BestCase "best_case" "Best case" "最佳情况",
        /// Promised by its owner.
        Commit "commit" "Commit" "承诺",
        /// Won.
        Closed "closed" "Closed" "已成交",
        /// Not counted.
        Omitted "omitted" "Omitted" "不计入",
    }
}

crate::choice! {
    /// Which way a move goes; it follows from the classes and the order of the two states.
    pub enum Direction {
        /// To the next open state.
        Forward "forward" "forward" "推进",
        /// To an open state past the next.
        Skip "skip" "skip" "跳过",
        /// To an earlier open state.
        Back "back" "back" "退回",
        /// Into a state that is won, lost or final.
        Close "close" "close" "结束",
        /// From a state that is won, lost or final to an open one.
        Reopen "reopen" "reopen" "重新打开",
        /// Into a paused state.
        Pause "pause" "pause" "暂停",
        /// From a paused state to an open one.
        Resume "resume" "resume" "恢复",
    }
}

/// The definition of a state machine for one kind of record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// The code that records and settings refer to.
    pub name: String,
    /// The English label.
    pub label_en: String,
    /// The Chinese label.
    pub label_zh: String,
    /// The kind of record that it governs.
    pub kind: KindNo,
    /// The states, in the order in which a record normally passes them.
    pub states: Vec<State>,
    /// The codes of the states in which a record may be created; the first is the default.
    pub initial: Vec<String>,
    /// The moves that exist; whatever isn't listed can't be done.
    pub moves: Vec<Move>,
}

/// One state of a lifecycle; in a pipeline, a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The stored code; in a document without codes, the state's name.
    pub code: String,
    /// The English label.
    pub en: String,
    /// The Chinese label.
    pub zh: String,
    /// What being here means.
    pub class: StateClass,
    /// The probability of winning from here, in per cent, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Decimal>,
    /// The tasks that are created when a record enters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<EntryTask>,
    /// Whether those tasks must be done before the record leaves ahead ([`Lifecycle::decide`] says which moves).
    #[serde(default, skip_serializing_if = "is_false")]
    pub gate: bool,
    /// Days of 24 hours without progress after which a record here is rotting; none or 0 is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rot_days: Option<u32>,
    /// The forecast category, where it isn't the one that [`State::forecast_category`] derives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<ForecastCategory>,
}

/// The title of a task that is created when a record enters a state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryTask {
    /// The English title.
    pub en: String,
    /// The Chinese title.
    pub zh: String,
}

/// One move that a lifecycle allows, and what it asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The code of the state left.
    pub from: String,
    /// The code of the state entered.
    pub to: String,
    /// The roles of which the actor must have one; empty: anyone with the right to change the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The fields that must be filled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires_fields: Vec<String>,
    /// The kinds of activity that must have been logged since the state was entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires_activities: Vec<String>,
    /// Whether a reason must be given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub requires_reason: bool,
    /// The names of rules that the engine must ask before the move is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<String>,
}

fn is_false(yes: &bool) -> bool {
    !yes
}

impl StateClass {
    /// Whether the record's course has ended here: won, lost or final.
    pub const fn is_closed(self) -> bool {
        matches!(self, StateClass::Won | StateClass::Lost | StateClass::Final)
    }
}

impl From<&str> for EntryTask {
    /// A task with one title for both languages.
    fn from(title: &str) -> Self {
        EntryTask { en: title.to_owned(), zh: title.to_owned() }
    }
}

impl State {
    /// A state of a class, without probability, tasks or a limit of days.
    pub fn new(code: &str, en: &str, zh: &str, class: StateClass) -> Self {
        State {
            code: code.to_owned(),
            en: en.to_owned(),
            zh: zh.to_owned(),
            class,
            probability: None,
            activities: Vec::new(),
            gate: false,
            rot_days: None,
            forecast: None,
        }
    }

    /// The forecast category: the one set, else closed when won, omitted when not open, and for an open state
    /// commit from 75 %, best case from 50 %, pipeline below.
    pub fn forecast_category(&self) -> ForecastCategory {
        let derived = match self.class {
            StateClass::Won => ForecastCategory::Closed,
            StateClass::Lost | StateClass::Final | StateClass::Paused => ForecastCategory::Omitted,
            StateClass::Open => match self.probability {
                Some(percent) if percent >= Decimal::from(75) => ForecastCategory::Commit,
                Some(percent) if percent >= Decimal::from(50) => ForecastCategory::BestCase,
                _ => ForecastCategory::Pipeline,
            },
        };
        self.forecast.unwrap_or(derived)
    }
}

impl Move {
    /// A move that asks nothing.
    pub fn new(from: &str, to: &str) -> Self {
        Move { from: from.to_owned(), to: to.to_owned(), ..Move::default() }
    }

    /// The same move, asking for a reason.
    pub fn with_reason(mut self) -> Self {
        self.requires_reason = true;
        self
    }

    /// The same move, asking for these fields too.
    pub fn with_fields(mut self, fields: &[&str]) -> Self {
        self.requires_fields.extend(fields.iter().map(|&field| field.to_owned()));
        self
    }
}

impl Lifecycle {
    /// The state with a code.
    pub fn state(&self, code: &str) -> Option<&State> {
        self.states.iter().find(|state| state.code == code)
    }

    /// The state with a code or, failing that, with an English or Chinese label.
    pub fn state_named(&self, name: &str) -> Option<&State> {
        let labelled = |state: &&State| state.zh == name || state.en.eq_ignore_ascii_case(name);
        self.state(name).or_else(|| self.states.iter().find(labelled))
    }

    /// The moves out of a state, in the order of the definition.
    pub fn moves_from<'a>(&'a self, from: &'a str) -> impl Iterator<Item = &'a Move> {
        self.moves.iter().filter(move |step| step.from == from)
    }

    /// Which way a move goes.
    pub fn direction(&self, from: &State, to: &State) -> Direction {
        if to.class.is_closed() {
            return Direction::Close;
        }
        if to.class == StateClass::Paused {
            return Direction::Pause;
        }
        match from.class {
            StateClass::Paused => return Direction::Resume,
            StateClass::Open => {}
            StateClass::Won | StateClass::Lost | StateClass::Final => return Direction::Reopen,
        }
        let open = || self.states.iter().filter(|state| state.class == StateClass::Open);
        let place = |code: &str| open().position(|state| state.code == code).unwrap_or(0);
        let (left, entered) = (place(&from.code), place(&to.code));
        match entered.checked_sub(left) {
            Some(1) => Direction::Forward,
            Some(places) if places > 1 => Direction::Skip,
            _ => Direction::Back,
        }
    }
}
