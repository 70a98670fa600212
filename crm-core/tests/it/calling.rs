//! Rules that call rules: by an automation, and by who wants one asked.

use crm_core::base::kind::RuleId;
use crm_core::domain::lead::Lead;
use crm_core::domain::rule::{
    DeactivateRule, Event, RuleCall, RuleDraft, RuleRun, RunOutcome, SaveRule, Trigger,
};
use crm_core::domain::task::Task;
use crm_core::prelude::*;
use crm_core::record::script::Purpose;
use serde_json::json;

use crate::rules::{active, create, line, open, rule, set};

fn calls(command: &str, fields: &str) -> RuleCall {
    RuleCall { command: command.into(), fields: fields.into() }
}

/// An automation that reacts to a field of a lead.
fn on(field: &str, name: &str, call: RuleCall) -> RuleDraft {
    let on = Event::FieldChanged;
    let trigger = Trigger { on, field: field.into(), to: String::new(), score: None };
    RuleDraft { triggers: vec![trigger], calls: vec![call], ..rule(name, Purpose::Automation, "lead") }
}

/// One that makes a task of large leads, by itself only when the notes change.
fn large() -> RuleDraft {
    let call = calls("task.create", r#"{"subject": "call {name}", "about": "{record}"}"#);
    RuleDraft { criterion: "company_size > 100".into(), ..on("notes", "large", call) }
}

fn calling(name: &str) -> RuleCall {
    calls("rule.call", &json!({"rule": name, "record": "{record}"}).to_string())
}

fn tasks(crm: &Crm) -> usize {
    crm.system().count(&Query::of(Task::SPEC.kind)).unwrap()
}

fn runs(crm: &Crm) -> Vec<(Option<RunOutcome>, String, Vec<String>)> {
    let runs = crm.system().list::<RuleRun>(&Query::of(RuleRun::SPEC.kind)).unwrap().items;
    runs.into_iter().map(|run| (run.outcome, run.because, run.chain)).collect()
}

#[test]
fn an_automation_calls_another_whose_condition_decides() {
    let (crm, _) = open();
    active(&crm, large());
    active(&crm, on("city", "moved", calling("large")));
    let lead = |size: i64| create(&crm, "lead", &[("name", "a".into()), ("company_size", size.into())]);
    let (small, big) = (lead(5), lead(500));
    set(crm.system(), small, "city", "x".into()).unwrap();
    assert_eq!((tasks(&crm), runs(&crm).len()), (0, 1));
    set(crm.system(), big, "city", "x".into()).unwrap();
    let done = Some(RunOutcome::Done);
    let told = runs(&crm);
    assert_eq!((tasks(&crm), told.len()), (1, 3));
    assert!(told.contains(&(done, "called".into(), vec!["moved".into()])), "{told:?}");
    // Who wants it asked needs no change.
    let named = |rule: &str, record: RecordRef| {
        crm.system().execute_named("rule.call", json!({"rule": rule, "record": record}))
    };
    named("large", big).unwrap();
    assert_eq!((tasks(&crm), crm.run_due(9).unwrap().done), (2, 0));
    assert!(named("larg", big).unwrap_err().code() == "record.not_found");
    let firm = create(&crm, "customer", &[("name", "甲".into())]);
    assert_eq!(named("large", firm).unwrap_err().code(), "rule.kind");
}

#[test]
fn rules_that_call_each_other_are_cut() {
    let (crm, _) = open();
    active(&crm, on("notes", "one", calls("task.create", r#"{"subject": "x"}"#)));
    active(&crm, on("notes", "two", calling("one")));
    active(&crm, on("city", "one", calling("two")));
    let lead = create(&crm, "lead", &[("name", "a".into())]);
    set(crm.system(), lead, "city", "x".into()).unwrap();
    let told = runs(&crm);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&(Some(RunOutcome::Cut), "called".into(), vec!["one".into(), "two".into()])));
    assert_eq!(crm.run_due(9).unwrap().done, 0);
}

#[test]
fn a_scoring_rule_is_asked_anew_and_others_cannot_be_called() {
    let (crm, _) = open();
    let scoring =
        RuleDraft { lines: vec![line("company_size > 100", 20)], ..rule("mails", Purpose::Score, "lead") };
    active(&crm, scoring);
    let lead = create(&crm, "lead", &[("name", "a".into())]);
    let call = |rule: &str| crm.system().execute_named("rule.call", json!({"rule": rule, "record": lead}));
    call("mails").unwrap();
    let scored: Lead = crm.system().get(LeadId::from_u128(lead.bits)).unwrap();
    assert_eq!(scored.score, Some(0));
    active(&crm, RuleDraft { criterion: "city = 'x'".into(), ..rule("g", Purpose::Guard, "lead") });
    assert_eq!(call("g").unwrap_err().code(), "rule.purpose");
}

#[test]
fn a_rule_that_is_not_there_or_not_in_force_is_told() {
    let (crm, _) = open();
    let callee = RuleId::from_u128(active(&crm, large()).bits);
    let save = |draft: RuleDraft| crm.system().execute(SaveRule { rule: draft, revision: None });
    let Err(Error::Invalid(problems)) = save(on("city", "moved", calling("lagre"))) else { panic!("saved") };
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!((problem.field.as_str(), problem.suggestion.as_deref()), ("calls.1", Some("large")));
    assert_eq!(problem.zh, "没有名为 `lagre` 的规则");
    active(&crm, on("city", "moved", calling("large")));
    crm.system().execute(DeactivateRule { rule: callee }).unwrap();
    let lead = create(&crm, "lead", &[("name", "a".into()), ("company_size", 500.into())]);
    set(crm.system(), lead, "city", "x".into()).unwrap();
    let runs = crm.system().list::<RuleRun>(&Query::of(RuleRun::SPEC.kind)).unwrap().items;
    assert_eq!(runs[0].outcome, Some(RunOutcome::Failed));
    assert!(runs[0].did[0].contains("rule.not_in_force"), "{:?}", runs[0].did);
}
