//! Automations: fired, run once with the actor's rights, cut in circles, counted when they fail; and
//! rules tried on the past.

use crm_core::domain::rule::{
    Event, RUN_BY_RULE, Rule, RuleCall, RuleDraft, RuleLine, RuleRun, RuleState, RunOutcome, SaveRule,
    Trigger,
};
use crm_core::domain::task::Task;
use crm_core::prelude::*;
use crm_core::record::script::Purpose;

use crate::rules::{active, create, line, open, rule, set};

fn trigger(on: Event) -> Trigger {
    Trigger { on, field: String::new(), to: String::new(), score: None }
}

fn calls(command: &str, fields: &str) -> Vec<RuleCall> {
    vec![RuleCall { command: command.into(), fields: fields.into() }]
}

fn automation(name: &str, kind: &str, on: Trigger, calls: Vec<RuleCall>) -> RuleDraft {
    RuleDraft { triggers: vec![on], calls, ..rule(name, Purpose::Automation, kind) }
}

fn runs(crm: &Crm) -> Vec<RuleRun> {
    crm.system().list::<RuleRun>(&Query::of(RuleRun::SPEC.kind)).unwrap().items
}

fn tasks(crm: &Crm) -> Vec<Task> {
    crm.system().list::<Task>(&Query::of(Task::SPEC.kind)).unwrap().items
}

const CALL_BACK: &str =
    r#"{"subject": "call {name} of {公司}", "about": "{record}", "due_at": "{now + 2 days}"}"#;

#[test]
fn a_change_calls_for_commands_once() {
    let (crm, _) = open();
    let big = automation("call big ones", "lead", trigger(Event::Created), calls("task.create", CALL_BACK));
    let id = active(&crm, RuleDraft { criterion: "company_size > 100".into(), ..big });
    let fields = [("name", "夏铁军".into()), ("company", "筠野光电".into()), ("company_size", 250.into())];
    let lead = create(&crm, "lead", &fields);
    create(&crm, "lead", &[("name", "small".into())]);
    let tasks = tasks(&crm);
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].subject, "call 夏铁军 of 筠野光电");
    assert_eq!(tasks[0].due_at.unwrap().to_string(), "2026-03-04T02:00:00.000000Z");
    let done = runs(&crm);
    assert_eq!(done.len(), 1);
    assert_eq!((done[0].outcome, done[0].about), (Some(RunOutcome::Done), Some(lead)));
    assert_eq!(done[0].because, "created");
    assert!(done[0].did[0].starts_with("task.create: "), "{:?}", done[0].did);
    // Nothing is left to do, and the journal names rule and version.
    assert_eq!(crm.run_due(9).unwrap().done, 0);
    let entry = &crm.system().journal(tasks[0].record_ref(), None, 1).unwrap()[0];
    assert_eq!((entry.rule.as_str(), entry.reason.as_str()), ("call big ones v1", "created"));
    let of_rule = Query::of(RuleRun::SPEC.kind).filter(format!("rule = \"{id}\"").parse().unwrap());
    assert_eq!(crm.system().count(&of_rule).unwrap(), 1);
    let _ = RUN_BY_RULE;
}

/// Nobody touches the customer: the engine notes that it has fallen silent, and the automation hears of it.
#[test]
fn a_customer_who_falls_silent_by_himself_fires() {
    let (crm, clock) = open();
    let on = Trigger { field: "liveliness".into(), to: "silent".into(), ..trigger(Event::FieldChanged) };
    let call = r#"{"subject": "call {name} again", "about": "{record}"}"#;
    active(&crm, automation("silent", "customer", on, calls("task.create", call)));
    let customer = create(&crm, "customer", &[("name", "筠野光电".into())]);
    let now = crm.now();
    let activity = serde_json::json!({"about": customer, "kind": "visit"});
    crm.system().execute_named("activity.log", activity).unwrap();
    // Three halve to one half in 30 × log₂ 6 days, 77.5.
    for (days, expected) in [(70, 0), (78, 1), (200, 1)] {
        clock.set(now + Span::from_days(days));
        while crm.run_due(10).unwrap().done > 0 {}
        assert_eq!(tasks(&crm).len(), expected, "after {days} days");
    }
    assert_eq!(tasks(&crm)[0].subject, "call 筠野光电 again");
}

#[test]
fn triggers_fire_on_what_they_say() {
    let (crm, clock) = open();
    let note = |on: Trigger, name: &str| {
        let fields = format!(r#"{{"subject": "{name}", "about": "{{record}}"}}"#);
        active(&crm, automation(name, "lead", on, calls("task.create", &fields)));
    };
    note(
        Trigger { field: "city".into(), to: "杭州".into(), ..trigger(Event::FieldChanged) },
        "moved to 杭州",
    );
    note(Trigger { to: "following".into(), ..trigger(Event::StateEntered) }, "followed");
    note(Trigger { field: "web_visit".into(), ..trigger(Event::ActivityLogged) }, "visited");
    note(Trigger { score: Some(50), ..trigger(Event::ScoreCrossed) }, "hot");
    note(Trigger { field: "decision_on".into(), ..trigger(Event::DueReached) }, "decides");
    active(
        &crm,
        RuleDraft { lines: vec![line("company_size > 100", 60)], ..rule("s", Purpose::Score, "lead") },
    );
    let lead = create(&crm, "lead", &[("name", "a".into()), ("decision_on", "2026-03-10".into())]);
    let mut seen: Vec<String> = Vec::new();
    let mut fired = |expected: &[&str]| {
        let mut all: Vec<_> = tasks(&crm).into_iter().map(|task| task.subject).collect();
        all.sort();
        seen.extend(expected.iter().map(|subject| (*subject).to_owned()));
        seen.sort();
        assert_eq!(all, seen);
    };
    fired(&[]);
    set(crm.system(), lead, "city", "上海".into()).unwrap();
    fired(&[]);
    set(crm.system(), lead, "city", "杭州".into()).unwrap();
    fired(&["moved to 杭州"]);
    let log = |kind: &str, direction: &str| {
        let json = serde_json::json!({"about": lead.to_string(), "kind": kind, "direction": direction});
        crm.system().execute_named("activity.log", json).unwrap();
    };
    log("web_visit", "in");
    fired(&["visited"]);
    log("call", "out");
    fired(&["followed"]);
    set(crm.system(), lead, "company_size", 500.into()).unwrap();
    fired(&["hot"]);
    // The day that was put off doesn't fire; the new one does, once.
    set(crm.system(), lead, "decision_on", "2026-03-20".into()).unwrap();
    clock.set("2026-03-12T00:00:00Z".parse().unwrap());
    crm.run_due(9).unwrap();
    fired(&[]);
    clock.set("2026-03-20T00:00:00Z".parse().unwrap());
    crm.run_due(9).unwrap();
    crm.run_due(9).unwrap();
    fired(&["decides"]);
}

#[test]
fn circles_are_cut_with_the_chain_told() {
    let (crm, _) = open();
    let toggles = |name: &str, field: &str, other: &str| {
        let on = Trigger { field: field.into(), ..trigger(Event::FieldChanged) };
        let fields = format!(r#"{{"record": "{{record}}", "fields": {{"{other}": "{{{field}}}!"}}}}"#);
        active(&crm, automation(name, "lead", on, calls("record.update", &fields)));
    };
    toggles("a to b", "city", "province");
    toggles("b to a", "province", "city");
    let lead = create(&crm, "lead", &[("name", "a".into())]);
    set(crm.system(), lead, "city", "x".into()).unwrap();
    let shown = crm.system().read(lead).unwrap();
    assert_eq!((&shown.fields["city"], &shown.fields["province"]), (&"x!!".into(), &"x!".into()));
    let told = runs(&crm);
    assert_eq!(told.len(), 3);
    let cut: Vec<_> = told.iter().filter(|run| run.outcome == Some(RunOutcome::Cut)).collect();
    assert_eq!(cut.len(), 1);
    assert_eq!(cut[0].chain, ["a to b", "b to a"]);
    assert_eq!(cut[0].did, ["rules go round in a circle: a to b → b to a → a to b"]);
    assert_eq!(crm.run_due(9).unwrap().done, 0);
}

#[test]
fn a_failing_rule_is_switched_off_and_harms_nobody() {
    let (crm, _) = open();
    // A lead cannot be converted by hand into a state that it lacks.
    let broken = automation(
        "broken",
        "lead",
        Trigger { field: "city".into(), ..trigger(Event::FieldChanged) },
        calls("task.create", r#"{"subject": "", "about": "{record}"}"#),
    );
    let id = active(&crm, RuleDraft { most_failures: Some(2), ..broken });
    let lead = create(&crm, "lead", &[("name", "a".into())]);
    for (city, state, count) in
        [("x", RuleState::Active, 1), ("y", RuleState::Failed, 2), ("z", RuleState::Failed, 2)]
    {
        set(crm.system(), lead, "city", city.into()).unwrap();
        let rule: Rule = crm.system().get(crm_core::base::kind::RuleId::from_u128(id.bits)).unwrap();
        assert_eq!((rule.state, rule.failures), (Some(state), Some(count)));
        assert!(rule.failure.contains("subject"), "{}", rule.failure);
    }
    assert!(tasks(&crm).is_empty());
    let told = runs(&crm);
    assert_eq!(told.iter().map(|run| run.outcome).collect::<Vec<_>>(), [Some(RunOutcome::Failed); 2]);
}

#[test]
fn a_condition_that_fails_counts_against_its_rule() {
    let (crm, _) = open();
    let activities = Value::List(vec!["web_visit".into()]);
    let behaviour =
        |name: &str| create(&crm, "behaviour", &[("name", name.into()), ("activities", activities.clone())]);
    let seen = behaviour("saw prices");
    let on = Trigger { field: "city".into(), ..trigger(Event::FieldChanged) };
    let draft = automation("warm", "lead", on, calls("task.create", CALL_BACK));
    let warm = RuleDraft { criterion: "`saw prices` = 0".into(), most_failures: Some(2), ..draft };
    let id = active(&crm, warm);
    let lead = create(&crm, "lead", &[("name", "a".into())]);
    // A behaviour that the rule reads stays, under its name.
    let delete = || crm.system().execute(DeleteRecord { record: seen, revision: None, reason: String::new() });
    let refused = delete().unwrap_err();
    assert!(refused.has_code("behaviour.in_use") && refused.to_string().contains("`warm`"), "{refused}");
    let refused = set(crm.system(), seen, "name", "other".into()).unwrap_err();
    assert!(refused.has_code("behaviour.in_use"), "{refused}");
    set(crm.system(), seen, "subject", "price".into()).unwrap();
    let rule_id = crm_core::base::kind::RuleId::from_u128(id.bits);
    crm.system().execute(crm_core::domain::rule::DeactivateRule { rule: rule_id }).unwrap();
    delete().unwrap();
    // Put in force all the same, its condition means nothing any more: no command runs.
    let _ = crm.system().execute(crm_core::domain::rule::ActivateRule { rule: rule_id });
    for city in ["x", "y"] {
        set(crm.system(), lead, "city", city.into()).unwrap();
    }
    assert!(tasks(&crm).is_empty());
    let rule: Rule = crm.system().get(rule_id).unwrap();
    assert_eq!((rule.state, rule.failures), (Some(RuleState::Failed), Some(2)));
    assert!(runs(&crm).iter().all(|run| run.outcome == Some(RunOutcome::Failed)));
}

#[test]
fn an_automation_changes_no_more_than_its_actor() {
    let (crm, _) = open();
    let actions = ["read", "create", "update"].map(Value::from);
    let grant = |kind: &str| Value::List(vec![kind.into(), Value::List(actions.to_vec()), "own".into()]);
    let clerk =
        create(&crm, "role", &[("name", "clerk".into()), ("grants", Value::List(vec![grant("lead")]))]);
    let user = create(
        &crm,
        "user",
        &[("login", "u".into()), ("name", "u".into()), ("roles", Value::List(vec![clerk.into()]))],
    );
    let lead = create(&crm, "lead", &[("name", "a".into()), ("owner", user.into())]);
    let other = create(&crm, "lead", &[("name", "another's".into())]);
    let fields = format!(r#"{{"record": "{other}", "fields": {{"city": "taken"}}}}"#);
    let on = Trigger { field: "city".into(), ..trigger(Event::FieldChanged) };
    active(&crm, automation("reaches out", "lead", on, calls("record.update", &fields)));
    let session = crm.session(Actor::User(UserId::from_u128(user.bits)));
    set(session, lead, "city", "x".into()).unwrap();
    assert!(!crm.system().read(other).unwrap().fields.contains_key("city"));
    assert_eq!(runs(&crm)[0].outcome, Some(RunOutcome::Failed));
    // The administrator's own change may.
    set(crm.system(), lead, "city", "y".into()).unwrap();
    assert_eq!(crm.system().read(other).unwrap().fields["city"], "taken".into());
}

#[test]
fn an_automation_tells_nobody_what_is_hidden_from_him() {
    let (crm, _) = open();
    let actions = ["read", "create", "update"].map(Value::from);
    let grant = |kind: &str| Value::List(vec![kind.into(), Value::List(actions.to_vec()), "own".into()]);
    let grants = Value::List(["lead", "task", "activity"].map(grant).to_vec());
    let hidden = Value::List(vec![Value::List(vec!["lead".into(), "need".into(), "hidden".into()])]);
    let clerk = create(&crm, "role", &[("name", "clerk".into()), ("grants", grants), ("fields", hidden)]);
    let roles = Value::List(vec![clerk.into()]);
    let user = create(&crm, "user", &[("login", "u".into()), ("name", "u".into()), ("roles", roles)]);
    let session = crm.session(Actor::User(UserId::from_u128(user.bits)));
    let lead = create(&crm, "lead", &[("name", "a".into()), ("owner", user.into())]);
    let filled = || calls("task.create", r#"{"subject": "for {name}: {need}", "about": "{record}"}"#);
    let on = |field: &str| Trigger { field: field.into(), ..trigger(Event::FieldChanged) };
    let by_city = automation("told", "lead", on("city"), filled());
    active(&crm, by_city.clone());
    set(crm.system(), lead, "need", "the secret".into()).unwrap();
    set(session, lead, "city", "x".into()).unwrap();
    assert_eq!(tasks(&crm)[0].subject, "for a: ");
    assert_eq!(runs(&crm)[0].because, "`city` changed");
    // Whom the rule looks as is shown it.
    let all =
        Value::List(vec![Value::List(vec!["*".into(), Value::List(vec!["read".into()]), "all".into()])]);
    let reader = create(&crm, "role", &[("name", "reader".into()), ("grants", all)]);
    let runs_as = Some(crm_core::base::kind::RoleId::from_u128(reader.bits));
    let draft = RuleDraft { runs_as, ..by_city.clone() };
    crm.system().execute(SaveRule { rule: draft, revision: None }).unwrap();
    set(session, lead, "city", "y".into()).unwrap();
    let subjects: Vec<String> = tasks(&crm).into_iter().map(|task| task.subject).collect();
    assert!(subjects.contains(&"for a: the secret".to_owned()), "{subjects:?}");
    // On the past, the same: neither in what is filled nor by what fires.
    let tried = |session: Session<'_>, draft: RuleDraft| {
        session.would_run(draft, Instant::MIN, Instant::MAX, 9).unwrap()
    };
    let subjects: Vec<_> =
        tried(session, by_city).iter().map(|run| run.calls[0].fields["subject"].clone()).collect();
    assert_eq!(subjects, ["for a: ", "for a: "]);
    let guess = Trigger { to: "the secret".into(), ..on("need") };
    let guess = automation("guess", "lead", guess, filled());
    assert_eq!(tried(crm.system(), guess.clone()).len(), 1);
    assert_eq!(tried(session, guess), []);
    // Nor what was logged, where the clerk reads no activities.
    let logged = automation("logged", "lead", trigger(Event::ActivityLogged), filled());
    let json = serde_json::json!({"about": lead.to_string(), "kind": "call", "direction": "out"});
    crm.system().execute_named("activity.log", json).unwrap();
    assert_eq!(tried(crm.system(), logged.clone()).len(), 1);
    let grants = Value::List(["lead", "task"].map(grant).to_vec());
    set(crm.system(), clerk, "grants", grants).unwrap();
    assert_eq!(tried(session, logged), []);
}

#[test]
fn unknown_commands_and_places_are_refused_when_saved() {
    let (crm, _) = open();
    let check = |calls: Vec<RuleCall>, code: &str, text: &str| {
        let rule = automation("r", "lead", trigger(Event::Created), calls);
        let error = crm.system().execute(SaveRule { rule, revision: None }).unwrap_err();
        assert!(error.has_code(code) && error.to_string().contains(text), "{error}");
    };
    check(calls("task.creat", "{}"), "command.unknown", "did you mean `task.create`?");
    check(calls("task.create", "{"), "rule.call", "no JSON");
    check(calls("task.create", r#"{"subject": "{compny}"}"#), "rule.call", "did you mean `company`?");
    let soon = r#"{"subject": "a", "due_at": "{now + soon}"}"#;
    check(calls("task.create", soon), "rule.call", "now + 3 days");
    // The names of a command's fields are checked like those of a record's.
    let check_call =
        |command: &str, fields: &str, text: &str| check(calls(command, fields), "rule.call", text);
    check_call("task.create", r#"{"subjct": "a"}"#, "there is no `subjct`; did you mean `subject`?");
    check_call("task.create", r#"{"about": "{record}"}"#, "`subject` is missing");
    let update = r#"{"record": "{record}", "fields": {"compny": "a"}}"#;
    check_call("record.update", update, "a lead has no field `compny`; did you mean `company`?");
    let create = r#"{"kind": "customer", "fields": {"name": "a", "employes": 5}}"#;
    check_call("record.create", create, "a customer has no field `employes`; did you mean `employees`?");
    let good = automation("good", "lead", trigger(Event::Created), calls("task.create", CALL_BACK));
    let tested = crm.system().execute(crm_core::domain::rule::TestRule { rule: good }).unwrap();
    assert!(tested.problems.is_empty(), "{:?}", tested.problems);
}

#[test]
fn triggers_that_never_fire_are_refused_when_saved() {
    let (crm, _) = open();
    let check = |on: Trigger, text: &str| {
        let rule = automation("r", "lead", on, calls("task.create", CALL_BACK));
        let error = crm.system().execute(SaveRule { rule, revision: None }).unwrap_err();
        assert!(error.has_code("rule.triggers") && error.to_string().contains(text), "{error}");
    };
    let on = |event, field: &str, to: &str| Trigger { field: field.into(), to: to.into(), ..trigger(event) };
    check(on(Event::FieldChanged, "cty", ""), "did you mean `city`?");
    check(on(Event::DueReached, "city", ""), "no day or instant");
    check(on(Event::StateEntered, "", "folowing"), "did you mean `following`?");
    check(on(Event::ActivityLogged, "web_vist", ""), "did you mean `web_visit`?");
    check(trigger(Event::ScoreCrossed), "which score");
}

#[test]
fn the_past_shows_what_an_automation_would_have_done() {
    let (crm, clock) = open();
    let lead = create(&crm, "lead", &[("name", "a".into()), ("company_size", 500.into())]);
    clock.set("2026-03-03T02:00:00Z".parse().unwrap());
    set(crm.system(), lead, "city", "杭州".into()).unwrap();
    clock.set("2026-03-04T02:00:00Z".parse().unwrap());
    set(crm.system(), lead, "company_size", 50.into()).unwrap();
    set(crm.system(), lead, "city", "上海".into()).unwrap();
    let on = Trigger { field: "city".into(), ..trigger(Event::FieldChanged) };
    let draft = RuleDraft {
        criterion: "company_size > 100".into(),
        ..automation("r", "lead", on, calls("task.create", r#"{"subject": "{name} in {city}"}"#))
    };
    let position = crm.position().unwrap();
    let would = crm.system().would_run(draft, Instant::MIN, Instant::MAX, 100).unwrap();
    assert_eq!(would.len(), 1);
    assert_eq!(would[0].because, "`city` changed");
    assert_eq!(would[0].calls[0].fields["subject"], "a in 杭州");
    assert_eq!(crm.position().unwrap(), position);
}

#[test]
fn scores_are_measured_against_what_came() {
    let (crm, clock) = open();
    let mut leads = Vec::new();
    for number in 0..40i64 {
        let size = if number % 2 == 0 { 500 } else { 10 };
        leads.push(create(
            &crm,
            "lead",
            &[("name", format!("{number}").as_str().into()), ("company_size", size.into())],
        ));
    }
    let then = "2026-03-05T00:00:00Z".parse().unwrap();
    clock.set("2026-03-10T02:00:00Z".parse().unwrap());
    // Of the big ones 15 of 20 come, of the small ones 5; the size changes later, which must not show.
    for (number, lead) in leads.iter().enumerate() {
        if (number % 2 == 0 && number < 30) || (number % 2 == 1 && number < 10) {
            set(crm.system(), *lead, "tags", Value::List(vec!["won".into()])).unwrap();
        }
        set(crm.system(), *lead, "company_size", 1.into()).unwrap();
    }
    let lines =
        vec![line("company_size > 100", 60), RuleLine { points: Some(-5), ..line("city = '杭州'", 0) }];
    let draft = RuleDraft { lines, threshold: Some(50), ..rule("r", Purpose::Score, "lead") };
    let position = crm.position().unwrap();
    let outcome = "tags has 'won'".parse().unwrap();
    let aimless = RuleDraft { threshold: None, ..draft.clone() };
    assert_eq!(crm.system().backtest(aimless, then, &outcome).unwrap().thresholds, []);
    let told = crm.system().backtest(draft, then, &outcome).unwrap();
    let at_50 = told.thresholds[0];
    assert_eq!((told.rows, told.good, at_50.chosen, at_50.good), (40, 20, 20, 15));
    assert_eq!((at_50.precision, at_50.recall), (Some(0.75), Some(0.75)));
    assert_eq!(told.deciles.lift[0], 1.5);
    assert_eq!(crm.position().unwrap(), position);
}

#[test]
fn a_rule_is_explained_line_by_line_and_rehearsed() {
    let (crm, _) = open();
    let lines = vec![line("company_size > 100", 20), line("industry = '科技'", 15)];
    let draft = RuleDraft { lines, threshold: Some(30), ..rule("r", Purpose::Score, "lead") };
    let id = active(&crm, draft.clone());
    let lead = create(&crm, "lead", &[("name", "a".into()), ("company_size", 150.into())]);
    let told = crm.system().explain_score(lead).unwrap().unwrap();
    let lines: Vec<_> = told.lines.iter().map(|line| (line.label.as_str(), line.held, line.points)).collect();
    assert_eq!(lines, [("company_size > 100", true, 20), ("industry = '科技'", false, 0)]);
    assert_eq!((told.qualified, told.grade.as_str()), (Some(false), "D"));
    let segment = RuleDraft {
        criterion: "company_size > 100 and city = '杭州'".into(),
        ..rule("big in 杭州", Purpose::Segment, "lead")
    };
    let segment = active(&crm, segment);
    assert_eq!(crm.system().count(&crm.system().segment("big in 杭州").unwrap()).unwrap(), 0);
    let why = crm.system().explain_rule(crm_core::base::kind::RuleId::from_u128(segment.bits), lead).unwrap();
    let parts: Vec<_> = why.criterion.iter().map(|part| (part.label.as_str(), part.held)).collect();
    assert_eq!(parts, [("company_size > 100", true), ("city = \"杭州\"", false)]);
    set(crm.system(), lead, "city", "杭州".into()).unwrap();
    assert_eq!(crm.system().count(&crm.system().segment("big in 杭州").unwrap()).unwrap(), 1);

    // What a new version would make of the lead, without a trace.
    let position = crm.position().unwrap();
    let mut more = draft;
    more.lines.push(line("city = '杭州'", 100));
    let rule = serde_json::json!({ "rule": more });
    let update =
        serde_json::json!({"record": lead.to_string(), "revision": null, "fields": {"city": "杭州 "}});
    let read = serde_json::json!({"rule": id.to_string()});
    let commands = vec![
        ("rule.save".to_owned(), rule),
        ("rule.activate".to_owned(), read),
        ("record.update".to_owned(), update),
    ];
    let answers = crm.system().rehearse(commands).unwrap();
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(crm.position().unwrap(), position);
}

#[test]
fn the_past_shows_what_other_rules_would_have_answered() {
    let (crm, clock) = open();
    let seller = create(&crm, "user", &[("login", "li".into()), ("name", "li".into())]);
    let big = create(&crm, "lead", &[("name", "a".into()), ("company_size", 500.into())]);
    create(&crm, "lead", &[("name", "b".into()), ("owner", seller.into())]);
    let customer = create(&crm, "customer", &[("name", "甲".into()), ("employees", 500.into())]);
    let fields = [("name", "d".into()), ("customer", customer.into()), ("amount", "500 CNY".into())];
    let deal = create(&crm, "opportunity", &fields);
    clock.set("2026-03-10T00:00:00Z".parse().unwrap());
    let win = serde_json::json!({"opportunity": deal.to_string()});
    crm.system().execute_named("opportunity.win", win).unwrap();
    set(crm.system(), customer, "employees", 5.into()).unwrap();
    let position = crm.position().unwrap();
    let asked = |purpose, kind: &str, criterion: &str, until: &str| {
        let draft = RuleDraft { criterion: criterion.into(), ..rule("r", purpose, kind) };
        let until = until.parse().unwrap();
        let told = crm.system().would_answer(draft, Instant::MIN, until, 9).unwrap();
        told.into_iter().map(|one| (one.record, one.states, one.answer)).collect::<Vec<_>>()
    };
    let holds = |holds| Some(crm_core::record::script::Answer::Holds(holds));
    // A guard is asked about the move as it was made: the amount, and not what the win itself wrote.
    let moves = asked(
        Purpose::Guard,
        "opportunity",
        "amount > 1000 CNY or won_at is not empty",
        "2026-04-01T00:00:00Z",
    );
    assert_eq!(moves.len(), 1, "{moves:?}");
    assert_eq!((moves[0].0, moves[0].2.clone()), (deal, holds(false)));
    assert_eq!(moves[0].1.as_ref().map(|(_, to)| to.as_str()), Some("won"));
    let came = asked(Purpose::Assignment, "lead", "company_size > 100", "2026-04-01T00:00:00Z");
    let came: Vec<_> = came.into_iter().map(|(record, _, answer)| (record == big, answer)).collect();
    assert_eq!(came, [(true, holds(true)), (false, holds(false))]);
    // How it stood before and after the change.
    for (until, large) in [("2026-03-09T00:00:00Z", true), ("2026-03-11T00:00:00Z", false)] {
        let pooled = asked(Purpose::Pool, "customer", "employees > 100", until);
        assert_eq!(pooled, [(customer, None, holds(large))], "{until}");
    }
    assert_eq!(crm.position().unwrap(), position);
}
