//! Trying a rule on the examples that it carries.

use serde_json::Value as Json;

use super::bound::Criteria;
use super::check::Words;
use super::examples::{Facts, expected_holds};
use crate::base::kind::{User as UserKind, UserId};
use crate::base::{Kind, KindNo, RecordRef};
use crate::domain::rule::{Example, Rule};
use crate::record::codec::View;
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::filter::{Filter, FilterContext, Related, bind};
use crate::record::port::Judges;
use crate::record::script::{Answer, Language, Question, Reads};

/// What came of an example.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Tried {
    /// Its facts.
    pub facts: String,
    /// What was expected.
    pub expected: String,
    /// What the rule answered, or why it failed.
    pub answered: String,
    /// Whether that is what was expected.
    pub good: bool,
}

/// What an example says beside the record's facts: `@from` and `@to` of a move, what the record was
/// `@before` a change, the `@team` to choose from, and `@others`, records by kind that can be found
/// beside; in these a user of the team goes by name, the record in question as `@record`.
#[derive(Default)]
struct Setting {
    from: String,
    to: String,
    before: Option<Vec<u8>>,
    team: Vec<(UserId, String)>,
}

/// The facts of an example and what it says beside them.
fn read(text: &str, kind: KindNo, words: &Words<'_>) -> Result<(Facts, RecordRef, Setting)> {
    let Ok(Json::Object(mut facts)) = serde_json::from_str(text) else {
        return Facts::read(text, kind, words).map(|(facts, record)| (facts, record, Setting::default()));
    };
    let mut beside = |name: &str| facts.remove(name).unwrap_or(Json::Null);
    let (from, to, before, team) = (beside("@from"), beside("@to"), beside("@before"), beside("@team"));
    let others = beside("@others");
    let (mut facts, record) = Facts::read(&Json::Object(facts).to_string(), kind, words)?;
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let mut setting = Setting { from: text(&from), to: text(&to), ..Setting::default() };
    if let Json::Object(before) = before {
        let before = facts.add(before, kind, words)?;
        setting.before = Some(facts.image(before).to_vec());
    }
    for user in team.as_array().into_iter().flatten() {
        // A name alone will do.
        let given = match user {
            Json::Object(given) => given.clone(),
            name => serde_json::Map::from_iter([("name".to_owned(), name.clone())]),
        };
        let name = given.get("name").map(text).unwrap_or_default();
        let user = facts.add(given, UserKind::NO, words)?;
        facts.name(&name, user);
        setting.team.extend(user.as_id().map(|user| (user, name)));
    }
    facts.name("@record", record);
    for (kind, records) in others.as_object().into_iter().flatten() {
        let of = KindNo::from_name(kind).ok_or_else(|| unknown_kind(kind))?;
        for other in records.as_array().into_iter().flatten() {
            facts.add(other.as_object().cloned().unwrap_or_default(), of, words)?;
        }
    }
    Ok((facts, record, setting))
}

fn unknown_kind(name: &str) -> Error {
    Error::invalid("examples", "rule.example_facts", format!("no kind of record is called `{name}`"))
}

/// Tries every example of a rule.
///
/// # Errors
/// When the rule itself can't be run; facts that can't be read are an example that failed.
pub fn try_examples(rule: &Rule, words: &Words<'_>, judges: &dyn Judges) -> Result<Vec<Tried>> {
    let kind = KindNo::from_name(&rule.kind).unwrap_or(KindNo(0));
    let answer = |example: &Example| {
        let mut team = Vec::new();
        let answered = read(&example.facts, kind, words).and_then(|(facts, record, setting)| {
            let answer = ask(rule, words, judges, facts, record, &setting);
            team = setting.team;
            answer
        });
        let (answered, good) = match answered {
            Ok(answer) => {
                (written(answer.as_ref(), &team), is_expected(answer.as_ref(), &team, &example.expected))
            }
            Err(Error::Store(error)) => return Err(Error::Store(error)),
            Err(error) => (error.to_string(), false),
        };
        Ok(Tried { facts: example.facts.clone(), expected: example.expected.clone(), answered, good })
    };
    rule.examples.iter().map(answer).collect()
}

fn ask(
    rule: &Rule,
    words: &Words<'_>,
    judges: &dyn Judges,
    mut facts: Facts,
    record: RecordRef,
    setting: &Setting,
) -> Result<Option<Answer>> {
    let image = facts.image(record).to_vec();
    let view = View::new(&image)?;
    if rule.written_in() == Language::Criteria {
        let context = FilterContext { behaviour: words.behaviour, ..FilterContext::utc(words.now) };
        let bound = Criteria::read(rule)?.bind(rule, words.schema, record.kind, &context)?;
        return Ok(bound.judge(record, view, &mut facts)?.answer(rule, words.now));
    }
    let candidates: Vec<UserId> = setting.team.iter().map(|(user, _)| *user).collect();
    let question = Question {
        script: rule.script(record.kind),
        record,
        view,
        before: setting.before.as_deref().map(View::new).transpose()?,
        states: (&setting.from, &setting.to),
        candidates: &candidates,
        now: words.now,
        schema: words.schema,
        settings: words.settings,
        behaviour: words.behaviour,
    };
    judges.run_script(&question, &mut Looks { facts, words })
}

/// An answer as an example states it.
fn written(answer: Option<&Answer>, team: &[(UserId, String)]) -> String {
    match answer {
        None => "nothing".to_owned(),
        Some(Answer::Holds(holds)) => holds.to_string(),
        Some(Answer::Score(score)) => score.points.to_string(),
        Some(Answer::Level(level)) => level.clone(),
        Some(Answer::Assigned(None)) => "nobody".to_owned(),
        Some(Answer::Assigned(Some(assigned))) => team
            .iter()
            .find(|(user, _)| *user == assigned.user)
            .map_or_else(|| assigned.user.to_string(), |(_, name)| name.clone()),
        Some(Answer::Refusals(refusals)) if refusals.is_empty() => "allowed".to_owned(),
        Some(Answer::Refusals(refusals)) => {
            refusals.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>().join("; ")
        }
        Some(Answer::Calls(calls)) if calls.is_empty() => "nothing".to_owned(),
        Some(Answer::Calls(calls)) => {
            calls.iter().map(|call| call.command.as_str()).collect::<Vec<_>>().join("; ")
        }
    }
}

fn is_expected(answer: Option<&Answer>, team: &[(UserId, String)], expected: &str) -> bool {
    let expected = expected.trim();
    match answer {
        Some(Answer::Holds(holds)) => expected_holds(expected) == Some(*holds),
        _ if written(answer, team) == expected => true,
        Some(Answer::Refusals(refusals)) => match expected {
            "允许" => refusals.is_empty(),
            "refused" | "拒绝" => !refusals.is_empty(),
            _ => as_data(answer, expected),
        },
        Some(Answer::Assigned(None)) => expected == "无" || as_data(answer, expected),
        Some(Answer::Calls(calls)) if calls.is_empty() => expected == "无" || as_data(answer, expected),
        // A script's answer as data, whatever the order of its keys.
        Some(Answer::Assigned(_) | Answer::Calls(_)) => as_data(answer, expected),
        _ => false,
    }
}

fn as_data(answer: Option<&Answer>, expected: &str) -> bool {
    let expected = serde_json::from_str::<Json>(expected).ok();
    expected.is_some() && serde_json::to_value(answer).ok() == expected
}

/// What an example lets a script look at.
struct Looks<'a> {
    facts: Facts,
    words: &'a Words<'a>,
}

impl Related for Looks<'_> {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        self.facts.fetch(record)
    }
    fn behaviours(&mut self, record: RecordRef, behaviour: u32) -> i64 {
        self.facts.behaviours(record, behaviour)
    }
}

impl Reads for Looks<'_> {
    fn list(&mut self, query: &Query) -> Result<Vec<(RecordRef, Vec<u8>)>> {
        let context = FilterContext { behaviour: self.words.behaviour, ..FilterContext::utc(self.words.now) };
        let all = Filter::All(Vec::new());
        let filter = query.filter.as_ref().unwrap_or(&all);
        let passes = bind(filter, self.words.schema, query.kind, &context).map_err(|errors| {
            let said = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Error::invalid("examples", "rule.example_facts", said)
        })?;
        let mut found = Vec::new();
        for (record, image) in self.facts.of_kind(query.kind) {
            if found.len() < query.limit
                && passes.matches(record.bits, View::new(image)?, &mut self.facts.clone())?
            {
                found.push((record, image.to_vec()));
            }
        }
        Ok(found)
    }
}
