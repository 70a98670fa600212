//! What holds of rules and behaviours, whichever command changed them.

use super::commands::{EXAMPLES_AT, RuleTest};
use super::noun::{Behaviour, RULE_BY_NAME, Rule};
use super::rules::{Vocabulary, Words, check, try_examples};
use crate::base::kind::{Behaviour as BehaviourKind, Rule as RuleKind, RuleId};
use crate::base::{Id, Kind, KindNo, RecordRef};
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::filter::nearest;
use crate::record::script::{self, Language};
use crate::record::spec::{Marks, Record};

/// The most behaviours that a vocabulary has.
const MOST_BEHAVIOURS: usize = 1_000;
/// How many rules are read at a time.
const STRETCH: usize = 100;

/// A rule says what it says without error, its examples come out, and its versions are counted.
pub(super) fn rule(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = RuleId::from_u128(record.bits);
    let Some(view) = after else { return Ok(()) };
    let before = before.map(|view| Rule::read(id, view)).transpose()?;
    let rule = Rule::read(id, view)?;
    if before.as_ref().is_some_and(|before| says_the_same(before, &rule)) && rule.version.is_some() {
        return Ok(());
    }
    settle(desk, id, before.as_ref()).map(drop)
}

/// Checks a rule that was written, and counts its version; answers that.
pub(super) fn settle(desk: &mut dyn Desk, id: RuleId, before: Option<&Rule>) -> Result<i64> {
    let Some(mut rule) = desk.enlist_as::<Rule>(id, Purpose::Derive)? else { return Ok(0) };
    let counted = before.map_or(0, Rule::edition);
    let same = before.is_some_and(|before| says_the_same(before, &rule));
    let version = if same { counted.max(1) } else { counted + 1 };
    if rule.version == Some(version) && (same || !rule.reads.is_empty()) {
        return Ok(version);
    }
    let (RuleTest { mut problems, examples, reads }, lowered) = test(desk, &rule)?;
    problems.extend(examples.into_iter().filter_map(|tried| tried.problem));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    (rule.version, rule.reads, rule.lowered) = (Some(version), reads, lowered);
    rule.state = Some(rule.state.unwrap_or_default());
    desk.put(&rule)?;
    Ok(version)
}

/// Whether two forms of a rule say the same; what commands set of themselves doesn't count.
fn says_the_same(one: &Rule, other: &Rule) -> bool {
    Rule::SPEC
        .fields
        .iter()
        .filter(|field| !field.marks.has(Marks::SYSTEM))
        .all(|field| one.get(field.no) == other.get(field.no))
}

/// What is wrong with a rule, and what comes of its examples; and a script as a criterion.
pub(super) fn test(desk: &mut dyn Desk, rule: &Rule) -> Result<(RuleTest, String)> {
    let vocabulary = vocabulary(desk)?;
    let (schema, settings, judges, commands) =
        (desk.schema(), desk.settings(), desk.ports(), desk.commands());
    let behaviour = |name: &str| vocabulary.number(name);
    let lifecycles = desk.lifecycles();
    let states = |kind: KindNo| {
        let of_kind = lifecycles.iter().filter(|lifecycle| lifecycle.kind == kind);
        of_kind.flat_map(|lifecycle| &lifecycle.states).map(|state| state.code.clone()).collect()
    };
    let words = Words {
        schema: &schema,
        settings: &settings,
        behaviour: &behaviour,
        commands,
        states: &states,
        now: EXAMPLES_AT,
    };
    let (mut problems, reads) = check(rule, &words);
    problems.extend(calls_of_rules(desk, rule)?);
    let mut reads: Option<Vec<String>> = Some(reads.into_iter().collect());
    let mut lowered = String::new();
    if rule.written_in() != Language::Criteria && problems.is_empty() {
        let kind = KindNo::from_name(&rule.kind).unwrap_or(KindNo(0));
        let words =
            script::Vocabulary { schema: &schema, settings: &settings, behaviour: &behaviour, commands };
        match judges.check_script(&rule.script(kind), &words)? {
            None => {
                let language = rule.written_in();
                let en = format!("the host has no judge that reads {language}");
                let said = (en, format!("宿主程序没有装入 {language} 规则引擎"));
                problems.push(Invalid::said("language", "rule.no_judge", said));
            }
            Some(checked) => {
                let marked = |wrong| Invalid::marked("source", &rule.name, &rule.source, wrong);
                problems.extend(checked.problems.into_iter().map(marked));
                let named = |(kind, no): &(KindNo, u16)| {
                    let field = schema.kind(*kind).and_then(|kind| kind.field(*no))?;
                    Some(format!("{kind}.{}", field.name))
                };
                let script_reads = checked.reads.map(|reads| reads.iter().filter_map(named).collect());
                lowered = checked.criterion.map_or_else(String::new, |filter| filter.to_string());
                if rule.is_for() == script::Purpose::Segment && lowered.is_empty() && problems.is_empty() {
                    let en = "a segment is listed, so that it has to be what a criterion can say";
                    let zh = "客户细分要能列出成员，因此必须能写成条件";
                    problems.push(Invalid::said("source", "rule.segment", (en, zh)));
                }
                reads = reads.zip(script_reads).map(|(mut reads, more): (Vec<_>, Vec<_>)| {
                    reads.extend(more);
                    reads
                });
            }
        }
    }
    let examples =
        if problems.is_empty() { try_examples(rule, &words, judges.as_ref())? } else { Vec::new() };
    Ok((RuleTest { problems, examples, reads: reads.unwrap_or_default() }, lowered))
}

/// Calls of rules that there are not.
fn calls_of_rules(desk: &mut dyn Desk, rule: &Rule) -> Result<Vec<Invalid>> {
    let mut problems = Vec::new();
    for (place, call) in rule.calls.iter().enumerate().filter(|(_, call)| call.command == "rule.call") {
        let fields: serde_json::Value = serde_json::from_str(&call.fields).unwrap_or_default();
        let Some(name) = fields.get("rule").and_then(|name| name.as_str()) else { continue };
        let known = desk.matches(&Lookup {
            kind: RuleKind::NO,
            index: RULE_BY_NAME,
            parts: vec![name.into()],
            limit: 1,
        })?;
        // An id, or what is told by the record, shows when it is called.
        if !known.is_empty() || name.parse::<RuleId>().is_ok() || name.contains('{') {
            continue;
        }
        let mut names = Vec::new();
        for record in desk.walk(RuleKind::NO, None, STRETCH)? {
            let other = desk.enlist_as::<Rule>(Id::from_u128(record.bits), Purpose::Derive)?;
            names.extend(other.map(|other| other.name).filter(|other| *other != rule.name));
        }
        let said = (format!("no rule is called `{name}`"), format!("没有名为 `{name}` 的规则"));
        let problem = Invalid::said(&format!("calls.{}", place + 1), "rule.call", said);
        problems.push(problem.meant(nearest(name, names.iter().map(String::as_str))));
    }
    Ok(problems)
}

/// The tenant's behaviours.
fn vocabulary(desk: &mut dyn Desk) -> Result<Vocabulary> {
    let mut defined = Vec::new();
    for record in desk.walk(BehaviourKind::NO, None, MOST_BEHAVIOURS)? {
        defined.extend(desk.enlist_as::<Behaviour>(Id::from_u128(record.bits), Purpose::Derive)?);
    }
    Ok(Vocabulary::new(defined, &desk.schema()))
}

/// A behaviour names kinds of activity that there are, and rules in force keep the name that they read.
pub(super) fn behaviour(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = Id::from_u128(record.bits);
    let before = before.map(|view| Behaviour::read(id, view)).transpose()?;
    let after = after.map(|view| Behaviour::read(id, view)).transpose()?;
    if let Some(gone) = before.filter(|old| after.as_ref().is_none_or(|new| new.name != old.name)) {
        still_read(desk, &gone.name)?;
    }
    let Some(behaviour) = after else { return Ok(()) };
    let vocabulary = Vocabulary::new(Vec::new(), &desk.schema());
    let mut problems: Vec<Invalid> = behaviour
        .activities
        .iter()
        .filter(|code| !vocabulary.has_activity(code))
        .map(|code| {
            let said = (format!("there is no kind of activity `{code}`"), format!("没有互动类型 `{code}`"));
            Invalid::said("activities", "behaviour.activity", said)
        })
        .collect();
    if behaviour.within_days.is_some_and(|days| days < 1) {
        problems.push(Invalid::said("within_days", "rule.range", ("at least one day counts", "至少为一天")));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Refuses where a rule in force is wrong without a behaviour that its text names.
fn still_read(desk: &mut dyn Desk, name: &str) -> Result<()> {
    let (mut after, mut readers) = (None, Vec::new());
    loop {
        let stretch = desk.walk(RuleKind::NO, after, STRETCH)?;
        for record in &stretch {
            let rule = desk.enlist_as::<Rule>(Id::from_u128(record.bits), Purpose::Derive)?;
            let Some(rule) = rule.filter(Rule::is_active) else { continue };
            let lines = rule.lines.iter().map(|line| &line.criterion);
            let mut texts = lines.chain([&rule.criterion, &rule.source]);
            if texts.any(|text| text.contains(name)) && !test(desk, &rule)?.0.problems.is_empty() {
                readers.push(format!("`{}`", rule.name));
            }
        }
        if stretch.len() < STRETCH {
            break;
        }
        after = stretch.last().copied();
    }
    if readers.is_empty() {
        return Ok(());
    }
    let message = format!("the behaviour `{name}` is read by rules in force: {}", readers.join(", "));
    Err(Error::refused("behaviour.in_use", message))
}
