//! Trying a rule on the examples that it carries.

use serde_json::{Map, Value as Json};

use super::bound::Criteria;
use super::calls::json_zh;
use super::check::Words;
use super::examples::{Facts, expected_holds, unreadable};
use crate::base::kind::{User as UserKind, UserId};
use crate::base::{Kind, KindNo, RecordRef};
use crate::domain::rule::{Example, Rule};
use crate::record::codec::View;
use crate::record::desk::Query;
use crate::record::diagnostic::{Diagnostic, Tongue};
use crate::record::error::{Error, Invalid, Result};
use crate::record::filter::{Filter, FilterContext, Related, bind};
use crate::record::lifecycle::document::Place;
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
    /// What is wrong with it, if it is not, at its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Invalid>,
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
fn read(text: &str, kind: KindNo, words: &Words<'_>) -> Result<(Facts, RecordRef, Setting), Diagnostic> {
    let mut given = object(text)?;
    let mut beside = |name: &str| given.remove(name).unwrap_or(Json::Null);
    let (from, to, before, team) = (beside("@from"), beside("@to"), beside("@before"), beside("@team"));
    let others = beside("@others");
    let (mut facts, record) = Facts::read(text, given, kind, words)?;
    let string = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let mut setting = Setting { from: string(&from), to: string(&to), ..Setting::default() };
    if let Json::Object(before) = before {
        let before = facts.add(before, kind, words)?;
        setting.before = Some(facts.image(before).to_vec());
    }
    for user in team.as_array().into_iter().flatten() {
        // A name alone will do.
        let given = match user {
            Json::Object(given) => given.clone(),
            name => Map::from_iter([("name".to_owned(), name.clone())]),
        };
        let name = given.get("name").map(string).unwrap_or_default();
        let user = facts.add(given, UserKind::NO, words)?;
        facts.name(&name, user);
        setting.team.extend(user.as_id().map(|user| (user, name)));
    }
    facts.name("@record", record);
    for (kind, records) in others.as_object().into_iter().flatten() {
        let of = KindNo::from_name(kind).ok_or_else(|| facts.unknown_kind(kind))?;
        for other in records.as_array().into_iter().flatten() {
            facts.add(other.as_object().cloned().unwrap_or_default(), of, words)?;
        }
    }
    Ok((facts, record, setting))
}

/// A text as a JSON object.
fn object(text: &str) -> Result<Map<String, Json>, Diagnostic> {
    match serde_json::from_str(text) {
        Ok(Json::Object(object)) => Ok(object),
        Ok(_) => {
            let said = (
                "facts are a JSON object, as in `{\"company_size\": 250}`",
                "事实应为 JSON 对象，如 `{\"公司规模\": 250}`",
            );
            Err(unreadable(0..text.len(), said))
        }
        Err(error) => {
            let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
            // It counts bytes within the line.
            let line = Place { line: count(error.line()), column: 1 }.offset(text);
            let at = (line + error.column().saturating_sub(1)).min(text.len());
            let said = (
                format!("the facts are no JSON: {error}"),
                format!("事实不是有效的 JSON：{}", json_zh(&error)),
            );
            Err(unreadable(at..text.len().min(at + 1), said))
        }
    }
}

/// Tries every example of a rule.
///
/// # Errors
/// When the store fails; facts that can't be read, or a rule that fails, are an example that failed.
pub fn try_examples(rule: &Rule, words: &Words<'_>, judges: &dyn Judges) -> Result<Vec<Tried>> {
    let kind = KindNo::from_name(&rule.kind).unwrap_or(KindNo(0));
    let mut all = Vec::new();
    for (place, example) in rule.examples.iter().enumerate() {
        let field = format!("examples.{}", place + 1);
        let told = Told { rule, example, field: &field };
        let mut tried = Tried {
            facts: example.facts.clone(),
            expected: example.expected.clone(),
            answered: String::new(),
            good: false,
            problem: None,
        };
        match read(&example.facts, kind, words) {
            Err(wrong) => {
                tried.answered.clone_from(&wrong.en);
                tried.problem = Some(told.facts(wrong));
            }
            Ok((facts, record, setting)) => match ask(rule, words, judges, facts, record, &setting) {
                Ok(answer) => {
                    let (answer, team) = (answer.as_ref(), setting.team.as_slice());
                    tried.answered = written(answer, team, Tongue::English);
                    tried.good = is_expected(answer, team, &example.expected);
                    tried.problem = (!tried.good).then(|| told.otherwise(answer, team));
                }
                Err(Error::Store(error)) => return Err(Error::Store(error)),
                Err(error) => {
                    tried.answered = error.to_string();
                    tried.problem = Some(told.failed(error));
                }
            },
        }
        all.push(tried);
    }
    Ok(all)
}

/// An example as its author is told about it.
struct Told<'a> {
    rule: &'a Rule,
    example: &'a Example,
    field: &'a str,
}

impl Told<'_> {
    /// Something wrong with the facts, marked where the author wrote them.
    fn facts(&self, wrong: Diagnostic) -> Invalid {
        let (name, facts) = (&self.rule.name, &self.example.facts);
        match self.rule.source.find(facts.as_str()) {
            Some(start) => Invalid::marked(self.field, name, &self.rule.source, wrong.within(start)),
            None => Invalid::marked(self.field, name, facts, wrong),
        }
    }

    /// The rule answers something else than expected.
    fn otherwise(&self, answer: Option<&Answer>, team: &[(UserId, String)]) -> Invalid {
        let Example { facts, expected } = self.example;
        let [en, zh] = [Tongue::English, Tongue::Chinese].map(|tongue| written(answer, team, tongue));
        let said = (
            format!("{facts} gives `{en}`, expected is `{expected}`"),
            format!("{facts} 得到 `{zh}`，应为 `{expected}`"),
        );
        self.facts(Diagnostic::new("rule.example", 0..facts.len(), said))
    }

    /// The rule fails.
    fn failed(&self, error: Error) -> Invalid {
        let facts = &self.example.facts;
        match error {
            Error::RuleFailed { told: Some(told), .. } => Invalid {
                field: self.field.to_owned(),
                code: "rule.example".to_owned(),
                message: format!("{facts}: {}", told.message),
                zh: format!("{facts}：{}", told.zh),
                ..*told
            },
            error => {
                let said = (format!("{facts}: {error}"), format!("{facts}：{error}"));
                self.facts(Diagnostic::new("rule.example", 0..facts.len(), said))
            }
        }
    }
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
fn written(answer: Option<&Answer>, team: &[(UserId, String)], tongue: Tongue) -> String {
    let word = |en: &str, zh: &str| if tongue == Tongue::English { en.to_owned() } else { zh.to_owned() };
    match answer {
        None => word("nothing", "无"),
        Some(Answer::Holds(true)) => word("true", "是"),
        Some(Answer::Holds(false)) => word("false", "否"),
        Some(Answer::Score(score)) => score.points.to_string(),
        Some(Answer::Level(level)) => level.clone(),
        Some(Answer::Assigned(None)) => word("nobody", "无"),
        Some(Answer::Assigned(Some(assigned))) => team
            .iter()
            .find(|(user, _)| *user == assigned.user)
            .map_or_else(|| assigned.user.to_string(), |(_, name)| name.clone()),
        Some(Answer::Refusals(refusals)) if refusals.is_empty() => word("allowed", "允许"),
        Some(Answer::Refusals(refusals)) => {
            refusals.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>().join("; ")
        }
        Some(Answer::Calls(calls)) if calls.is_empty() => word("nothing", "无"),
        Some(Answer::Calls(calls)) => {
            calls.iter().map(|call| call.command.as_str()).collect::<Vec<_>>().join("; ")
        }
    }
}

fn is_expected(answer: Option<&Answer>, team: &[(UserId, String)], expected: &str) -> bool {
    let expected = expected.trim();
    match answer {
        Some(Answer::Holds(holds)) => expected_holds(expected) == Some(*holds),
        _ if written(answer, team, Tongue::English) == expected => true,
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
            let en = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            let zh = errors.iter().map(|error| error.diagnostic(&[]).zh).collect::<Vec<_>>().join("；");
            Error::invalid_as("examples", "rule.example_facts", (en, zh))
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
