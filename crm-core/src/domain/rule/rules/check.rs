//! What is wrong with a rule, and what it reads.

use std::collections::BTreeSet;

use super::calls::hint;
use crate::base::kind::Activity;
use crate::base::settings::Settings;
use crate::base::{Instant, Kind, KindNo};
use crate::domain::rule::{Event, Rule};
use crate::record::command::CommandForm;
use crate::record::error::Invalid;
use crate::record::field::FieldType;
use crate::record::filter::{self, FilterContext, Predicate, Problem};
use crate::record::schema::{KindSchema, Schema};
use crate::record::script::{Language, Purpose};

/// In place of a field that a rule reads: how often and when the record was changed.
pub const UPDATED_AT: &str = "updated_at";

/// What the words of a rule can mean.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// The fields of every kind.
    pub schema: &'a Schema,
    /// The tenant's settings.
    pub settings: &'a Settings,
    /// The number of a behaviour of the tenant's vocabulary.
    pub behaviour: &'a dyn Fn(&str) -> Option<u32>,
    /// The commands that an automation may call for; any when there are none.
    pub commands: &'a [CommandForm],
    /// The states of a kind's lifecycles; none when they are not known.
    pub states: &'a dyn Fn(KindNo) -> Vec<String>,
    /// The current instant.
    pub now: Instant,
}

/// Whether a field holds what can be reached in time.
fn has_instant(ty: FieldType) -> bool {
    matches!(ty, FieldType::Date | FieldType::Instant)
}

/// Everything that is wrong with a rule, as far as it isn't a script, and every field that it reads,
/// as `kind.field`.
pub fn check(rule: &Rule, words: &Words<'_>) -> (Vec<Invalid>, BTreeSet<String>) {
    let mut found = Found { words, problems: Vec::new(), reads: BTreeSet::new() };
    let kind = KindNo::from_name(&rule.kind).and_then(|kind| words.schema.kind(kind));
    let Some(kind) = kind else {
        found.wrong("kind", "kind.unknown", format!("no kind of record is called `{}`", rule.kind));
        return (found.problems, found.reads);
    };
    found.criterion("criterion", &rule.criterion, kind);
    match (rule.written_in(), rule.source.trim().is_empty()) {
        (Language::Criteria, false) => {
            found.wrong("source", "rule.source", "a rule in criteria has no script".into());
        }
        (Language::Criteria, true) => found.content(rule, kind),
        (_, true) => found.wrong("source", "rule.source", "the script is empty".into()),
        _ => {}
    }
    if rule.is_for() == Purpose::Automation {
        found.triggers(rule, kind);
    }
    if rule.most_failures.is_some_and(|most| most < 1) {
        found.wrong("most_failures", "rule.range", "a rule may fail once at least".into());
    }
    (found.problems, found.reads)
}

struct Found<'a> {
    words: &'a Words<'a>,
    problems: Vec<Invalid>,
    reads: BTreeSet<String>,
}

impl Found<'_> {
    fn wrong(&mut self, field: &str, code: &str, message: String) {
        self.problems.push(Invalid::new(field, code, message));
    }

    fn content(&mut self, rule: &Rule, kind: &KindSchema) {
        let by_lines = matches!(rule.is_for(), Purpose::Score | Purpose::Level);
        if by_lines == rule.lines.is_empty() {
            let message = "a scoring or level rule has lines, and no other has";
            self.wrong("lines", "rule.lines", message.into());
        }
        for (place, line) in rule.lines.iter().enumerate() {
            let field = format!("lines.{}.criterion", place + 1);
            if line.criterion.trim().is_empty() {
                self.wrong(&field, "rule.lines", "the line has no criterion".into());
                continue;
            }
            let bound = self.criterion(&field, &line.criterion, kind);
            let behaves = bound.is_none_or(|bound| !bound.behaviours().is_empty());
            if line.half_life_days.is_some() && (!behaves || line.half_life_days < Some(1)) {
                let message = "points decay by days since a behaviour, and the criterion names none";
                self.wrong(&field, "rule.half_life", message.into());
            }
            self.result(rule, place, kind);
        }
        for cap in &rule.caps {
            if cap.least.is_some() && cap.least > cap.most.or(Some(i64::MAX)) {
                self.wrong("caps", "rule.range", format!("the limits of group `{}` cross", cap.group));
            }
            if !rule.lines.iter().any(|line| line.group == cap.group) {
                self.wrong("caps", "rule.group", format!("no line is in the group `{}`", cap.group));
            }
        }
        let grades = kind.named("grade").map(|field| &field.choices);
        for band in &rule.bands {
            if grades.is_some_and(|grades| !grades.iter().any(|grade| grade.code == band.grade)) {
                self.wrong("bands", "rule.grade", format!("there is no grade `{}`", band.grade));
            }
        }
        if matches!(rule.is_for(), Purpose::Guard | Purpose::Segment | Purpose::Pool)
            && rule.criterion.trim().is_empty()
        {
            self.wrong("criterion", "value.required", "a value is required".into());
        }
        if rule.is_for() == Purpose::Automation && rule.calls.is_empty() {
            self.wrong("calls", "rule.calls", "the automation does nothing".into());
        }
        self.problems.extend(super::calls::calls_problems(&rule.calls, kind, self.words));
    }

    fn result(&mut self, rule: &Rule, place: usize, kind: &KindSchema) {
        let Some(line) = rule.lines.get(place) else { return };
        let field = format!("lines.{}", place + 1);
        match rule.is_for() {
            Purpose::Score if line.points.is_none() => {
                self.wrong(&field, "rule.points", "the line gives no points".into());
            }
            Purpose::Level => {
                let levels = kind.named("level").map(|level| level.choices.as_slice()).unwrap_or_default();
                if !levels.iter().any(|level| level.code == line.result) {
                    let known: Vec<String> = levels.iter().map(|level| format!("`{}`", level.code)).collect();
                    let message = format!("`{}` is not a level: {}", line.result, known.join(", "));
                    self.wrong(&field, "rule.level", message);
                }
            }
            _ => {}
        }
    }

    fn triggers(&mut self, rule: &Rule, kind: &KindSchema) {
        if rule.triggers.is_empty() {
            self.wrong("triggers", "rule.triggers", "the automation reacts to nothing".into());
        }
        for trigger in &rule.triggers {
            let message = match trigger.on {
                Event::FieldChanged | Event::DueReached if kind.named(&trigger.field).is_none() => {
                    let names = kind.fields().flat_map(|field| [field.name.as_ref(), field.zh.as_ref()]);
                    let hint = hint(&trigger.field, names);
                    format!("a {} has no field `{}`{hint}", kind.spec.kind, trigger.field)
                }
                Event::DueReached
                    if kind.named(&trigger.field).is_some_and(|field| !has_instant(field.ty)) =>
                {
                    format!("`{}` holds no day or instant that could be reached", trigger.field)
                }
                Event::StateEntered if kind.spec.state.is_none() => {
                    format!("a {} has no lifecycle", kind.spec.kind)
                }
                Event::StateEntered if !self.has_state(kind, &trigger.to) => {
                    let states = (self.words.states)(kind.spec.kind);
                    let hint = hint(&trigger.to, states.iter().map(String::as_str));
                    format!("no {} has a state `{}`{hint}", kind.spec.kind, trigger.to)
                }
                Event::ActivityLogged if !self.has_activity(&trigger.field) => {
                    let codes = self.activities();
                    let hint = hint(&trigger.field, codes.iter().map(String::as_str));
                    format!("there is no kind of activity `{}`{hint}", trigger.field)
                }
                Event::ScoreCrossed if trigger.score.is_none() || kind.named("score").is_none() => {
                    "which score is crossed isn't said, or the kind has none".to_owned()
                }
                _ => continue,
            };
            self.wrong("triggers", "rule.triggers", message);
        }
    }

    /// Whether a state is one of a kind's lifecycles, as far as these are known; any will do when it isn't said.
    fn has_state(&self, kind: &KindSchema, state: &str) -> bool {
        let states = (self.words.states)(kind.spec.kind);
        state.is_empty() || states.is_empty() || states.iter().any(|known| known == state)
    }

    /// The codes of the kinds of activity.
    fn activities(&self) -> Vec<String> {
        let field = self.words.schema.kind(Activity::NO).and_then(|schema| schema.named("kind"));
        field.into_iter().flat_map(|field| &field.choices).map(|choice| choice.code.to_string()).collect()
    }

    fn has_activity(&self, code: &str) -> bool {
        let codes = self.activities();
        code.is_empty() || codes.is_empty() || codes.iter().any(|known| known == code)
    }

    /// Binds a criterion and notes what it reads.
    fn criterion(&mut self, field: &str, text: &str, kind: &KindSchema) -> Option<Predicate> {
        if text.trim().is_empty() {
            return None;
        }
        let (read, places) = match filter::parse(text) {
            Ok(read) => read,
            Err(error) => {
                self.wrong(field, "filter.syntax", error.to_string());
                return None;
            }
        };
        let context = FilterContext { behaviour: self.words.behaviour, ..FilterContext::utc(self.words.now) };
        match filter::bind(&read, self.words.schema, kind.spec.kind, &context) {
            Ok(bound) => {
                for (kind, no) in bound.fields() {
                    let def = self.words.schema.kind(kind).and_then(|kind| kind.field(no));
                    self.reads.extend(def.map(|def| format!("{kind}.{}", def.name)));
                }
                if !bound.behaviours().is_empty() {
                    self.reads.insert("activity.kind".to_owned());
                }
                if bound.reads_changes() {
                    self.reads.insert(format!("{}.{UPDATED_AT}", kind.spec.kind));
                }
                Some(bound)
            }
            Err(errors) => {
                for error in errors {
                    let at = places.get(error.test).map_or(0, |place| place.field.start);
                    let mut message = format!("at {at}: {error}");
                    if matches!(error.problem, Problem::UnknownField { .. }) {
                        message.push_str("; nor is it a behaviour of the vocabulary");
                    }
                    self.wrong(field, error.problem.code(), message);
                }
                None
            }
        }
    }
}
