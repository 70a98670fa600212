//! Trying a rule on the examples that it carries.

use super::bound::Criteria;
use super::check::Words;
use super::examples::{Facts, expected_holds};
use crate::base::KindNo;
use crate::domain::rule::{Example, Rule};
use crate::record::codec::View;
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::filter::FilterContext;
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

/// Tries every example of a rule.
///
/// # Errors
/// When the rule itself can't be run; facts that can't be read are an example that failed.
pub fn try_examples(rule: &Rule, words: &Words<'_>, judges: &dyn Judges) -> Result<Vec<Tried>> {
    let kind = KindNo::from_name(&rule.kind).unwrap_or(KindNo(0));
    let answer = |example: &Example| {
        let answered = Facts::read(&example.facts, kind, words).and_then(|(facts, record)| {
            let image = facts.image(record).to_vec();
            let view = View::new(&image)?;
            match rule.written_in() {
                Language::Criteria => {
                    let context =
                        FilterContext { behaviour: words.behaviour, ..FilterContext::utc(words.now) };
                    let bound = Criteria::read(rule)?.bind(rule, words.schema, kind, &context)?;
                    let judged = bound.judge(record, view, &mut facts.clone())?;
                    Ok(judged.answer(rule, words.now))
                }
                _ => judges.run_script(
                    &Question {
                        script: rule.script(kind),
                        record,
                        view,
                        before: None,
                        states: ("", ""),
                        candidates: &[],
                        now: words.now,
                        schema: words.schema,
                        settings: words.settings,
                        behaviour: words.behaviour,
                    },
                    &mut facts.clone(),
                ),
            }
        });
        let (answered, good) = match answered {
            Ok(answer) => (written(answer.as_ref()), is_expected(answer.as_ref(), &example.expected)),
            Err(Error::Store(error)) => return Err(Error::Store(error)),
            Err(error) => (error.to_string(), false),
        };
        Ok(Tried { facts: example.facts.clone(), expected: example.expected.clone(), answered, good })
    };
    rule.examples.iter().map(answer).collect()
}

/// An answer as an example states it.
fn written(answer: Option<&Answer>) -> String {
    match answer {
        None => "nothing".to_owned(),
        Some(Answer::Holds(holds)) => holds.to_string(),
        Some(Answer::Score(score)) => score.points.to_string(),
        Some(Answer::Level(level)) => level.clone(),
        Some(other) => serde_json::to_string(other).unwrap_or_default(),
    }
}

fn is_expected(answer: Option<&Answer>, expected: &str) -> bool {
    let expected = expected.trim();
    match answer {
        Some(Answer::Holds(holds)) => expected_holds(expected) == Some(*holds),
        // A script's answer as data, whatever the order of its keys.
        Some(Answer::Assigned(_) | Answer::Refusals(_) | Answer::Calls(_)) => {
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
            read(&written(answer)) == read(expected)
        }
        _ => written(answer) == expected,
    }
}

/// Examples have no records beside their own.
impl Reads for Facts {
    fn list(&mut self, _: &Query) -> Result<Vec<(crate::base::RecordRef, Vec<u8>)>> {
        Ok(Vec::new())
    }
}
