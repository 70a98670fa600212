//! Automations that wait for instants which records held before the rule was in force.

use crm_core::base::kind::RuleId;
use crm_core::domain::rule::{ActivateRule, DeactivateRule, Event, RuleCall, RuleDraft, SaveRule, Trigger};
use crm_core::domain::task::Task;
use crm_core::prelude::*;
use crm_core::record::script::Purpose;
use serde_json::json;

use super::org::{run, user};
use super::rules::{create, open, rule, set};

fn waits_for(field: &str) -> RuleDraft {
    let on = Trigger { on: Event::DueReached, field: field.into(), to: String::new(), score: None };
    let fields = r#"{"subject": "{name}", "about": "{record}"}"#;
    let calls = vec![RuleCall { command: "task.create".into(), fields: fields.into() }];
    RuleDraft { triggers: vec![on], calls, ..rule("decides", Purpose::Automation, "lead") }
}

fn subjects(crm: &Crm) -> Vec<String> {
    let tasks = crm.system().list::<Task>(&Query::of(Task::SPEC.kind).limit(5_000)).unwrap().items;
    let mut subjects: Vec<String> = tasks.into_iter().map(|task| task.subject).collect();
    subjects.sort();
    subjects
}

fn lead(crm: &Crm, name: &str, decides: &str) -> RecordRef {
    create(crm, "lead", &[("name", name.into()), ("decision_on", decides.into())])
}

fn until(crm: &Crm, clock: &ManualClock, at: &str) {
    clock.set(at.parse().unwrap());
    for _ in 0..20 {
        let report = crm.run_due(1_000).unwrap();
        assert!(report.failed.is_empty(), "{:?}", report.failed);
    }
}

#[test]
fn what_records_hold_is_waited_for_from_activation_on() {
    let (crm, clock) = open();
    lead(&crm, "passed", "2026-03-01");
    lead(&crm, "waited for", "2026-03-10");
    let moved = lead(&crm, "put off", "2026-03-10");
    let twice = lead(&crm, "there and back", "2026-03-10");
    let rule =
        crm.system().execute(SaveRule { rule: waits_for("decision_on"), revision: None }).unwrap().rule;
    crm.system().execute(ActivateRule { rule }).unwrap();
    lead(&crm, "new", "2026-03-10");
    set(crm.system(), moved, "decision_on", "2026-03-20".into()).unwrap();
    set(crm.system(), twice, "decision_on", "2026-03-20".into()).unwrap();
    set(crm.system(), twice, "decision_on", "2026-03-10".into()).unwrap();
    // Off and on again waits for nothing twice.
    crm.system().execute(DeactivateRule { rule }).unwrap();
    crm.system().execute(ActivateRule { rule }).unwrap();
    until(&crm, &clock, "2026-03-09T00:00:00Z");
    assert_eq!(subjects(&crm), Vec::<String>::new());
    until(&crm, &clock, "2026-03-10T00:00:00Z");
    assert_eq!(subjects(&crm), ["new", "there and back", "waited for"]);
    until(&crm, &clock, "2026-03-21T00:00:00Z");
    assert_eq!(subjects(&crm), ["new", "put off", "there and back", "waited for"]);
}

#[test]
fn a_rule_out_of_force_or_that_waits_no_more_does_nothing() {
    let (crm, clock) = open();
    lead(&crm, "a", "2026-03-10");
    let save =
        |draft: RuleDraft| crm.system().execute(SaveRule { rule: draft, revision: None }).unwrap().rule;
    let rule = save(waits_for("decision_on"));
    crm.system().execute(ActivateRule { rule }).unwrap();
    // It waits for another field from now on: what holds that is taken up.
    let resumed = create(&crm, "lead", &[("name", "b".into()), ("resume_on", "2026-03-10".into())]);
    assert_eq!(save(waits_for("resume_on")), rule);
    until(&crm, &clock, "2026-03-10T00:00:00Z");
    assert_eq!(subjects(&crm), ["b"]);
    set(crm.system(), resumed, "resume_on", "2026-03-12".into()).unwrap();
    crm.system().execute(DeactivateRule { rule }).unwrap();
    until(&crm, &clock, "2026-03-12T00:00:00Z");
    assert_eq!(subjects(&crm), ["b"]);
}

#[test]
fn thousands_are_taken_up_in_stretches() {
    let (crm, clock) = open();
    for number in 0..2_500 {
        lead(&crm, &format!("{number:04}"), "2026-03-10");
    }
    let rule =
        crm.system().execute(SaveRule { rule: waits_for("decision_on"), revision: None }).unwrap().rule;
    crm.system().execute(ActivateRule { rule }).unwrap();
    let next = crm.next_due().unwrap().expect("more stretches");
    assert!(next < "2026-03-03T00:00:00Z".parse().unwrap(), "{next}");
    until(&crm, &clock, "2026-03-09T00:00:00Z");
    assert_eq!(subjects(&crm).len(), 0);
    until(&crm, &clock, "2026-03-10T00:00:00Z");
    let subjects = subjects(&crm);
    assert_eq!(subjects.len(), 2_500);
    assert!(subjects.windows(2).all(|pair| pair[0] < pair[1]), "none twice");
}

#[test]
fn it_runs_in_the_name_of_who_put_it_in_force() {
    let (crm, clock) = open();
    let lead = lead(&crm, "the house's", "2026-03-10");
    let grants = json!([{"kind": "rule", "actions": ["read", "create", "update"], "scope": "all"}]);
    let author = run(crm.system(), "role.define", json!({"name": "author", "grants": grants}));
    let author = user(crm.system(), "author", json!({"roles": [author]}));
    let session = crm.session(Actor::User(author));
    let rule: RuleId =
        session.execute(SaveRule { rule: waits_for("decision_on"), revision: None }).unwrap().rule;
    session.execute(ActivateRule { rule }).unwrap();
    clock.set("2026-03-10T00:00:00Z".parse().unwrap());
    // He sees no leads and creates no tasks: nor does his rule.
    let report = crm.run_due(9).unwrap();
    assert!(subjects(&crm).is_empty(), "{report:?}");
    assert!(crm.system().read(lead).is_ok());
}
