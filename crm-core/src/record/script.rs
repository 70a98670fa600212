//! What the engine and a judge that reads scripts say to each other: sources and what is wrong with
//! them, questions about a record, what a script may read beside it, and answers.
//!
//! Criteria need none of this: the engine evaluates them itself. Sources in another language are kept,
//! versioned and switched on by the room of rules, and given to [`Judges`](super::port::Judges) to
//! check and to run.

use super::codec::View;
use super::command::CommandForm;
use super::desk::Query;
use super::diagnostic::Diagnostic;
use super::error::{Refusal, Result};
use super::filter::{Filter, NoRelated, Related};
use super::port::{Assigned, Score};
use super::schema::Schema;
use crate::base::kind::{RuleId, UserId};
use crate::base::settings::Settings;
use crate::base::{Instant, KindNo, RecordRef};

crate::choice! {
    /// What a rule is for.
    #[derive(Default)]
    pub enum Purpose {
        /// Points for a record, line by line: `score(lead)`.
        #[default]
        Score "score" "Scoring" "评分",
        /// The level of a record: `level(customer)`.
        Level "level" "Level" "定级",
        /// Who gets a lead; as a criterion, which leads an assignment rule is for: `assign(lead, team)`.
        Assignment "assignment" "Assignment" "分配",
        /// Whether a record may move: `guard(deal, from, to)`.
        Guard "guard" "Guard" "守卫",
        /// What follows from a change: `on_change(before, after)`.
        Automation "automation" "Automation" "自动化",
        /// Which records a pool takes or leaves alone.
        Pool "pool" "Public pool" "公海",
        /// Records that belong together as long as they pass.
        Segment "segment" "Segment" "客户细分",
    }
}

crate::choice! {
    /// What a rule is written in.
    #[derive(Default)]
    pub enum Language {
        /// Conditions, as in the filter of a list.
        #[default]
        Criteria "criteria" "Criteria" "条件",
        /// Rhai; a judge of the host has to read it.
        Rhai "rhai" "Rhai" "Rhai",
    }
}
crate::choice_fields!(Purpose, Language);

/// A script, as the record of its rule has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script<'a> {
    /// The rule's name.
    pub name: &'a str,
    /// The rule's version: name and version stand for one source for ever, so that what was compiled
    /// of it may be kept.
    pub version: u64,
    /// What it is for.
    pub purpose: Purpose,
    /// The kind of record that it is about.
    pub kind: KindNo,
    /// The text.
    pub source: &'a str,
}

/// What the words of a script can mean.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// The fields of every kind.
    pub schema: &'a Schema,
    /// The tenant's settings.
    pub settings: &'a Settings,
    /// The number under which [`Related::behaviours`] counts a behaviour, if there is one of the name.
    pub behaviour: &'a dyn Fn(&str) -> Option<u32>,
    /// The commands that an automation may call for; any when there are none.
    pub commands: &'a [CommandForm],
}

/// What checking a script found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// What is wrong; it can run when there is nothing.
    pub problems: Vec<Diagnostic>,
    /// Every field that it reads, by kind; none when that can't be told, so that any change matters.
    pub reads: Option<Vec<(KindNo, u16)>>,
    /// The same said as a criterion, where a criterion can say it: the engine then evaluates that.
    pub criterion: Option<Filter>,
}

/// What a script is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The script.
    pub script: Script<'a>,
    /// The record.
    pub record: RecordRef,
    /// Its fields; as they stand after the change, where there was one.
    pub view: View<'a>,
    /// Its fields before the change, for an automation.
    pub before: Option<View<'a>>,
    /// The states that a guarded move leaves and enters, else empty.
    pub states: (&'a str, &'a str),
    /// The users to choose from, for an assignment.
    pub candidates: &'a [UserId],
    /// When; the only clock there is.
    pub now: Instant,
    /// The fields of every kind that may be named.
    pub schema: &'a Schema,
    /// The tenant's settings.
    pub settings: &'a Settings,
    /// The number under which [`Related::behaviours`] counts a behaviour, if there is one of the name.
    pub behaviour: &'a dyn Fn(&str) -> Option<u32>,
}

/// What a script may read beside the record: what its actor sees, and nothing else.
///
/// [`Related::fetch`] gives a record that a field names, as the actor is shown it.
pub trait Reads: Related {
    /// Records that the actor sees, as he is shown them, in the order asked for.
    ///
    /// # Errors
    /// Invalid when the filter or order names unknown or hidden fields.
    fn list(&mut self, query: &Query) -> Result<Vec<(RecordRef, Vec<u8>)>>;

    /// How many records there are that the actor sees, up to the query's limit.
    ///
    /// # Errors
    /// As [`Reads::list`].
    fn count(&mut self, query: &Query) -> Result<usize> {
        Ok(self.list(query)?.len())
    }
}

impl Reads for NoRelated {
    fn list(&mut self, _: &Query) -> Result<Vec<(RecordRef, Vec<u8>)>> {
        Ok(Vec::new())
    }
}

/// A command that an automation calls for, as data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Call {
    /// Its name, such as `task.create`.
    pub command: String,
    /// Its fields.
    pub fields: serde_json::Value,
}

/// What a script answers.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Whether the record passes.
    Holds(bool),
    /// Points with reasons.
    Score(Score),
    /// A level, by code.
    Level(String),
    /// Who gets it; nobody leaves it to the built-in methods.
    Assigned(Option<Assigned>),
    /// Why a move is refused; nothing lets it pass.
    Refusals(Vec<Refusal>),
    /// What is to be done.
    Calls(Vec<Call>),
}

/// Which rule is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// The first in order that answers.
    First,
    /// This one.
    Rule(RuleId),
    /// The one of this name.
    Named(&'a str),
}

/// Why rules are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Whoever asks wants to know.
    Asked,
    /// Fields changed: rules that read none of them don't answer.
    Changed,
    /// An activity was logged: rules that name no behaviour don't answer.
    Behaved,
}

/// What the rules in force are asked about a record.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// What for.
    pub purpose: Purpose,
    /// Which of them.
    pub which: Which<'a>,
    /// Why.
    pub cause: Cause,
    /// The record.
    pub record: RecordRef,
    /// Its fields.
    pub view: View<'a>,
    /// Its fields before the change, if there was one.
    pub before: Option<View<'a>>,
    /// The states that a guarded move leaves and enters, else empty.
    pub states: (&'a str, &'a str),
    /// The users to choose from, for an assignment.
    pub candidates: &'a [UserId],
}

impl<'a> Ask<'a> {
    /// Asks the first rule for a purpose about a record.
    pub fn new(purpose: Purpose, record: RecordRef, view: View<'a>) -> Self {
        Ask {
            purpose,
            which: Which::First,
            cause: Cause::Asked,
            record,
            view,
            before: None,
            states: ("", ""),
            candidates: &[],
        }
    }
}

/// What came of asking the rules in force.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard<T> {
    /// None of them is concerned: what they said before stands.
    Unconcerned,
    /// None of them applies to the record.
    Nobody,
    /// One says this.
    Said(T),
}

/// What a rule in force answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The rule.
    pub rule: RuleId,
    /// Its name and version, for the journal.
    pub signature: String,
    /// What its author has a person read.
    pub message: String,
    /// The answer.
    pub answer: Answer,
    /// The grade of a score.
    pub grade: String,
    /// When the grade, or whether the threshold is reached, changes if nothing else does.
    pub again: Option<Instant>,
}
