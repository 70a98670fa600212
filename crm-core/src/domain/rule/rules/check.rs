//! What is wrong with a rule, and what it reads.

use std::collections::BTreeSet;

use super::calls::Wrong;
use crate::base::kind::{Activity, KINDS};
use crate::base::settings::Settings;
use crate::base::{Instant, Kind, KindNo};
use crate::domain::rule::{Event, Rule, Trigger};
use crate::record::command::CommandForm;
use crate::record::diagnostic::{Bilingual, kind_zh, one};
use crate::record::error::Invalid;
use crate::record::field::FieldType;
use crate::record::filter::{self, FilterContext, Predicate, Problem, nearest};
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
    let mut found = Found { rule, words, problems: Vec::new(), reads: BTreeSet::new() };
    let kind = KindNo::from_name(&rule.kind).and_then(|kind| words.schema.kind(kind));
    let Some(kind) = kind else {
        let name = &rule.kind;
        let said = (format!("no kind of record is called `{name}`"), format!("没有记录类型 `{name}`"));
        found.wrong("kind", "kind.unknown", said);
        found.meant(nearest(name, KINDS.iter().flat_map(|kind| [kind.name, kind.zh])));
        return (found.problems, found.reads);
    };
    found.criterion("criterion", &rule.criterion, kind);
    match (rule.written_in(), rule.source.trim().is_empty()) {
        (Language::Criteria, false) => {
            found.wrong(
                "source",
                "rule.source",
                ("a rule in criteria has no script", "以条件写成的规则不能带脚本"),
            );
        }
        (Language::Criteria, true) => found.content(rule, kind),
        (_, true) => found.wrong("source", "rule.source", ("the script is empty", "脚本是空的")),
        _ => {}
    }
    if rule.is_for() == Purpose::Automation {
        found.triggers(rule, kind);
    }
    if rule.most_failures.is_some_and(|most| most < 1) {
        found.wrong("most_failures", "rule.range", ("a rule may fail once at least", "至少要允许失败一次"));
    }
    (found.problems, found.reads)
}

struct Found<'a> {
    rule: &'a Rule,
    words: &'a Words<'a>,
    problems: Vec<Invalid>,
    reads: BTreeSet<String>,
}

impl Found<'_> {
    fn wrong(&mut self, field: &str, code: &str, said: impl Into<Bilingual>) {
        self.problems.push(Invalid::said(field, code, said));
    }

    /// Adds to the last problem what was probably meant.
    fn meant(&mut self, suggestion: Option<String>) {
        if let Some(last) = self.problems.last_mut() {
            last.suggestion = suggestion.map(String::into_boxed_str);
        }
    }

    fn content(&mut self, rule: &Rule, kind: &KindSchema) {
        let by_lines = matches!(rule.is_for(), Purpose::Score | Purpose::Level);
        if by_lines == rule.lines.is_empty() {
            let en = "a scoring or level rule has lines, and no other has";
            self.wrong("lines", "rule.lines", (en, "评分和定级规则由多行标准组成，其他规则没有"));
        }
        for (place, line) in rule.lines.iter().enumerate() {
            let field = format!("lines.{}.criterion", place + 1);
            if line.criterion.trim().is_empty() {
                self.wrong(&field, "rule.lines", ("the line has no criterion", "这一行没有标准"));
                continue;
            }
            let bound = self.criterion(&field, &line.criterion, kind);
            let behaves = bound.is_none_or(|bound| !bound.behaviours().is_empty());
            if line.half_life_days.is_some() && (!behaves || line.half_life_days < Some(1)) {
                let en = "points decay by days since a behaviour, and the criterion names none";
                self.wrong(&field, "rule.half_life", (en, "分数按行为发生后的天数衰减，而标准中没有行为"));
            }
            self.result(rule, place, kind);
        }
        for cap in &rule.caps {
            if cap.least.is_some() && cap.least > cap.most.or(Some(i64::MAX)) {
                let (en, group) = (format!("the limits of group `{}` cross", cap.group), &cap.group);
                self.wrong("caps", "rule.range", (en, format!("分组 `{group}` 的下限高于上限")));
            }
            if !rule.lines.iter().any(|line| line.group == cap.group) {
                let group = &cap.group;
                let said =
                    (format!("no line is in the group `{group}`"), format!("没有属于分组 `{group}` 的行"));
                self.wrong("caps", "rule.group", said);
                self.meant(nearest(group, rule.lines.iter().map(|line| line.group.as_str())));
            }
        }
        let grades = kind.named("grade").map(|field| &field.choices);
        for band in &rule.bands {
            if grades.is_some_and(|grades| !grades.iter().any(|grade| grade.code == band.grade)) {
                let grade = &band.grade;
                self.wrong(
                    "bands",
                    "rule.grade",
                    (format!("there is no grade `{grade}`"), format!("没有等级 `{grade}`")),
                );
            }
        }
        if matches!(rule.is_for(), Purpose::Guard | Purpose::Segment | Purpose::Pool)
            && rule.criterion.trim().is_empty()
        {
            self.wrong("criterion", "value.required", ("a value is required", "这里必须填写"));
        }
        if rule.is_for() == Purpose::Automation && rule.calls.is_empty() {
            self.wrong("calls", "rule.calls", ("the automation does nothing", "自动化没有任何动作"));
        }
        self.problems.extend(super::calls::calls_problems(&rule.calls, kind, self.words));
    }

    fn result(&mut self, rule: &Rule, place: usize, kind: &KindSchema) {
        let Some(line) = rule.lines.get(place) else { return };
        let field = format!("lines.{}", place + 1);
        match rule.is_for() {
            Purpose::Score if line.points.is_none() => {
                self.wrong(&field, "rule.points", ("the line gives no points", "这一行没有分数"));
            }
            Purpose::Level => {
                let levels = kind.named("level").map(|level| level.choices.as_slice()).unwrap_or_default();
                if !levels.iter().any(|level| level.code == line.result) {
                    let known: Vec<String> = levels.iter().map(|level| format!("`{}`", level.code)).collect();
                    let given = &line.result;
                    let en = format!("`{given}` is not a level: {}", known.join(", "));
                    let zh = format!("没有级别 `{given}`，可用的有 {}", known.join("、"));
                    self.wrong(&field, "rule.level", (en, zh));
                }
            }
            _ => {}
        }
    }

    fn triggers(&mut self, rule: &Rule, kind: &KindSchema) {
        if rule.triggers.is_empty() {
            let said = ("the automation reacts to nothing", "自动化没有触发条件");
            self.wrong("triggers", "rule.triggers", said);
        }
        for (place, trigger) in rule.triggers.iter().enumerate() {
            if let Some(Wrong { said, suggestion }) = self.trigger(trigger, kind) {
                self.wrong(&format!("triggers.{}", place + 1), "rule.triggers", said);
                self.meant(suggestion);
            }
        }
    }

    /// Why a trigger never fires.
    fn trigger(&self, trigger: &Trigger, kind: &KindSchema) -> Option<Wrong> {
        let Trigger { on, field, to, score } = trigger;
        let no = kind.spec.kind;
        let named = kind.named(field);
        let zh = kind_zh(no);
        Some(match on {
            Event::FieldChanged | Event::DueReached if named.is_none() => Wrong::field(field, kind),
            Event::DueReached if named.is_some_and(|field| !has_instant(field.ty)) => Wrong::from((
                format!("`{field}` holds no day or instant that could be reached"),
                format!("`{field}` 不是日期或时间，无法到期"),
            )),
            Event::StateEntered if kind.spec.state.is_none() => {
                (format!("{} has no lifecycle", one(no)), format!("{zh}没有状态机")).into()
            }
            Event::StateEntered if !self.has_state(kind, to) => {
                let states = (self.words.states)(no);
                let said = (format!("{} has no state `{to}`", one(no)), format!("{zh}没有状态 `{to}`"));
                Wrong::from(said).meant(nearest(to, states.iter().map(String::as_str)))
            }
            Event::ActivityLogged if !self.has_activity(field) => {
                let codes = self.activities();
                let said =
                    (format!("there is no kind of activity `{field}`"), format!("没有互动类型 `{field}`"));
                Wrong::from(said).meant(nearest(field, codes.iter().map(String::as_str)))
            }
            Event::ScoreCrossed if score.is_none() => {
                ("which score is crossed isn't said", "没有写明越过多少分").into()
            }
            Event::ScoreCrossed if kind.named("score").is_none() => {
                (format!("{} has no score", one(no)), format!("{zh}没有评分")).into()
            }
            _ => return None,
        })
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
                self.problems.push(Invalid::marked(field, &self.rule.name, text, error.diagnostic()));
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
                    let mut wrong = error.diagnostic(&places);
                    if matches!(error.problem, Problem::UnknownField { .. }) {
                        wrong.en.push_str("; nor is it a behaviour of the vocabulary");
                        wrong.zh.push_str("，它也不是已登记的行为");
                    }
                    self.problems.push(Invalid::marked(field, &self.rule.name, text, wrong));
                }
                None
            }
        }
    }
}
