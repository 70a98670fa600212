//! What holds of any text: the bodies of the fuzz targets, which the tests also run by themselves.

use std::sync::LazyLock;

use crm_core::base::choice::Choice;
use crm_core::base::settings::Settings;
use crm_core::base::{Instant, Kind, RecordRef, kind};
use crm_core::domain::rule::rules::scoring_rule;
use crm_core::record::codec::View;
use crm_core::record::filter::{Filter, FilterContext, NoRelated, bind, parse};
use crm_core::record::schema::Schema;
use crm_core::record::script::{Purpose, Question, Script, Vocabulary};
use crm_rules::{Scripts, Tongue, read_rule, show};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::new(&crm_core::domain::SPECS.concat()));
static JUDGE: LazyLock<Scripts> = LazyLock::new(Scripts::default);

/// Any text is read as a criterion, printed, read again as the same, and bound.
pub fn criterion(text: &str) {
    let Ok((filter, places)) = parse(text) else { return };
    assert!(places.iter().all(|place| text.get(place.test.clone()).is_some()));
    let printed = filter.to_string();
    assert_eq!(printed.parse::<Filter>().as_ref(), Ok(&filter), "{printed}");
    for kind in [kind::Lead::NO, kind::Customer::NO] {
        if let Ok(bound) = bind(&filter, &SCHEMA, kind, &FilterContext::utc(Instant::default())) {
            let holds = bound.matches(1, View::of_fields(&[]), &mut NoRelated);
            assert!(holds.is_ok(), "{text}");
        }
    }
}

/// Any text is checked as a script of every purpose, and run if nothing is wrong with it.
pub fn script(text: &str) {
    let settings = Settings::default();
    for purpose in Purpose::ALL {
        let script =
            Script { name: "fuzz", version: 1, purpose: *purpose, kind: kind::Lead::NO, source: text };
        let words = Vocabulary { schema: &SCHEMA, settings: &settings, behaviour: &|_| None, commands: &[] };
        let checked = JUDGE.check(&script, &words);
        let named = Vocabulary { commands: crm_core::engine::command_forms(), ..words };
        let problems = JUDGE.check(&script, &named).problems;
        for problem in &problems {
            assert!(text.get(problem.at.clone()).is_some(), "{problem:?}");
        }
        show(&problems, "fuzz", text, Tongue::Chinese);
        let question = Question {
            script,
            record: RecordRef::new(kind::Lead::NO, 1),
            view: View::of_fields(&[]),
            before: None,
            states: ("a", "b"),
            candidates: &[],
            now: Instant::default(),
            schema: &SCHEMA,
            settings: &settings,
            behaviour: &|_| None,
        };
        let answer = JUDGE.ask(&question, &mut NoRelated);
        assert!(checked.problems.is_empty() || answer.is_err(), "{:?} {answer:?}", checked.problems);
    }
}

/// Any text is read as a rule's file, and as a scoring document.
pub fn rule_file(text: &str) {
    if let Err(problems) = read_rule(text) {
        assert!(problems.iter().all(|problem| text.get(problem.at.clone()).is_some()));
        show(&problems, "fuzz", text, Tongue::English);
    }
    let _ = scoring_rule(text);
}
