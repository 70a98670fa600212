//! Rules: loaded, checked and tried, then scoring, grading, assigning, guarding and reclaiming by them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crm_core::domain::lead::{Assignment, Grade, Lead, LeadDraft};
use crm_core::domain::party::{Customer, Level};
use crm_core::domain::rule::{
    ActivateRule, Behaviour, DeactivateRule, Example, GroupCap, LoadRule, Rule, RuleDraft, RuleLine,
    SaveRule, TestRule,
};
use crm_core::engine::flows::capture::{CaptureLead, Captured};
use crm_core::prelude::*;
use crm_core::record::script::Purpose;

const FIRST: &str = "2026-03-02T02:00:00Z";
/// A document as a tenant has it.
const SCORING: &str = r#"{
  "评分规则": [
    {"标准": "公司规模 > 100", "分数": 20},
    {"标准": "行业 = '科技'", "分数": 15},
    {"标准": "访问了定价页", "分数": 10},
    {"标准": "下载了白皮书", "分数": 5},
    {"标准": "邮件开启 > 3", "分数": 5}
  ],
  "资质认定阈值": 50
}"#;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn open() -> (Crm, Arc<ManualClock>) {
    let (host, clock) = Host::fixed(at(FIRST), 7);
    (Crm::open(MemoryStore::new(), host).unwrap(), clock)
}

pub fn create(crm: &Crm, kind: &str, fields: &[(&str, Value)]) -> RecordRef {
    let fields: BTreeMap<_, _> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    crm.system().execute(CreateRecord { kind: KindNo::from_name(kind).unwrap(), fields }).unwrap()
}

pub fn set(session: Session<'_>, record: RecordRef, name: &str, value: Value) -> Result<RecordRef> {
    let fields = BTreeMap::from([(name.to_owned(), value)]);
    session.execute(UpdateRecord { record, revision: None, fields })
}

fn lead(crm: &Crm, id: RecordRef) -> Lead {
    crm.system().get(LeadId::from_u128(id.bits)).unwrap()
}

fn capture(crm: &Crm, lead: LeadDraft) -> Captured {
    crm.system().execute(CaptureLead { lead, ..CaptureLead::default() }).unwrap()
}

fn person(name: &str) -> LeadDraft {
    LeadDraft { name: name.into(), ..LeadDraft::default() }
}

fn behaviour(crm: &Crm, name: &str, activity: &str, subject: &str) {
    let activities = Value::List(vec![activity.into()]);
    create(
        crm,
        "behaviour",
        &[("name", name.into()), ("activities", activities), ("subject", subject.into())],
    );
}

fn log(crm: &Crm, about: RecordRef, kind: &str, subject: &str) {
    let log: LogActivity = serde_json::from_value(
        serde_json::json!({"about": about.to_string(), "kind": kind, "subject": subject}),
    )
    .unwrap();
    crm.system().execute(log).unwrap();
}

pub fn line(criterion: &str, points: i64) -> RuleLine {
    RuleLine { criterion: criterion.into(), points: Some(points), ..RuleLine::default() }
}

pub fn active(crm: &Crm, draft: RuleDraft) -> RecordRef {
    let saved = crm.system().execute(SaveRule { rule: draft, revision: None }).unwrap();
    crm.system().execute(ActivateRule { rule: saved.rule }).unwrap();
    saved.rule.record()
}

pub fn rule(name: &str, purpose: Purpose, kind: &str) -> RuleDraft {
    RuleDraft { name: name.into(), purpose, kind: kind.into(), ..RuleDraft::default() }
}

fn problems(crm: &Crm, draft: RuleDraft) -> Vec<String> {
    let tested = crm.system().execute(TestRule { rule: draft }).unwrap();
    tested.problems.into_iter().map(|problem| format!("{} {}", problem.field, problem.code)).collect()
}

#[test]
fn the_chinese_document_loads_unchanged_and_scores() {
    let (crm, _) = open();
    let load =
        LoadRule { document: SCORING.to_owned(), name: String::new(), file: String::new(), activate: true };
    // Behaviours without a meaning are an error that names each.
    let error = crm.system().execute(load.clone()).unwrap_err();
    let text = error.to_string();
    assert!(error.has_code("filter.unknown_field"), "{text}");
    for name in ["访问了定价页", "下载了白皮书", "邮件开启"] {
        assert!(text.contains(name) && text.contains("nor is it a behaviour"), "{text}");
    }
    behaviour(&crm, "访问了定价页", "web_visit", "定价");
    behaviour(&crm, "下载了白皮书", "download", "白皮书");
    behaviour(&crm, "邮件开启", "email_opened", "");
    let saved = crm.system().execute(load).unwrap();
    assert_eq!(saved.version, 1);

    let draft = LeadDraft { company_size: Some(250), industry: "科技".into(), ..person("夏铁军") };
    let captured = capture(&crm, draft);
    assert_eq!(captured.score, Some(35));
    let id = captured.lead.unwrap().record();
    assert_eq!(lead(&crm, id).score_reasons, ["公司规模 > 100: +20", "行业 = '科技': +15"]);
    log(&crm, id, "web_visit", "关于我们");
    assert_eq!(lead(&crm, id).score, Some(35));
    log(&crm, id, "web_visit", "产品定价");
    assert_eq!(lead(&crm, id).score, Some(45));
    for opened in 1..=4 {
        log(&crm, id, "email_opened", "");
        assert_eq!(lead(&crm, id).score, Some(if opened > 3 { 50 } else { 45 }), "{opened} opened");
    }
    assert_eq!(lead(&crm, id).grade, Some(Grade::C));
}

#[test]
fn the_example_document_loads_and_scores() {
    let (crm, _) = open();
    let there = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rules/scoring.zh.json");
    let document = std::fs::read_to_string(there).unwrap();
    behaviour(&crm, "访问了定价页", "web_visit", "定价");
    behaviour(&crm, "打开邮件", "email_opened", "");
    let load = LoadRule { document, name: String::new(), file: String::new(), activate: true };
    crm.system().execute(load).unwrap();
    let draft = LeadDraft { company_size: Some(250), industry: "科技".into(), ..person("夏铁军") };
    let captured = capture(&crm, draft);
    assert_eq!(captured.score, Some(35));
    let id = captured.lead.unwrap().record();
    log(&crm, id, "web_visit", "产品定价");
    assert_eq!((lead(&crm, id).score, lead(&crm, id).grade), (Some(65), Some(Grade::B)));
}

#[test]
fn a_change_asks_only_rules_that_read_it() {
    let (crm, clock) = open();
    active(
        &crm,
        RuleDraft { lines: vec![line("company_size > 100", 20)], ..rule("size", Purpose::Score, "lead") },
    );
    let id = capture(&crm, LeadDraft { company_size: Some(50), ..person("a") }).lead.unwrap().record();
    let scored = lead(&crm, id).scored_at;
    assert_eq!((lead(&crm, id).score, scored), (Some(0), Some(at(FIRST))));
    clock.set(at("2026-03-03T02:00:00Z"));
    set(crm.system(), id, "notes", "nothing".into()).unwrap();
    assert_eq!(lead(&crm, id).scored_at, scored);
    set(crm.system(), id, "company_size", 120.into()).unwrap();
    assert_eq!(lead(&crm, id).score, Some(20));
    assert_eq!(lead(&crm, id).scored_at, Some(at("2026-03-03T02:00:00Z")));
    // The journal says which rule.
    assert_eq!(lead(&crm, id).score_reasons, ["company_size > 100: +20"]);
}

#[test]
fn behaviours_decay_and_the_crossing_is_due_work() {
    let (crm, clock) = open();
    behaviour(&crm, "saw prices", "web_visit", "price");
    let lines = vec![
        RuleLine { half_life_days: Some(30), group: "web".into(), ..line("`saw prices`", 60) },
        line("company_size > 100", 25),
    ];
    let caps = vec![GroupCap { group: "web".into(), most: Some(50), least: None }];
    active(&crm, RuleDraft { lines, caps, threshold: Some(60), ..rule("decay", Purpose::Score, "lead") });
    let id = capture(&crm, LeadDraft { company_size: Some(150), ..person("a") }).lead.unwrap().record();
    log(&crm, id, "web_visit", "the price list");
    assert_eq!((lead(&crm, id).score, lead(&crm, id).grade), (Some(75), Some(Grade::B)));
    // 60 points of the line fall below 35 after some 23 days: then 25 + 34 are below 60.
    let next = crm.next_due().unwrap().expect("a crossing is foreseen");
    assert!(next > at("2026-03-24T00:00:00Z") && next < at("2026-03-26T12:00:00Z"), "{next}");
    clock.set(next);
    crm.run_due(10).unwrap();
    assert_eq!((lead(&crm, id).score, lead(&crm, id).grade), (Some(59), Some(Grade::C)));
}

#[test]
fn a_rule_says_everything_that_is_wrong_with_it() {
    let (crm, _) = open();
    let check = |draft: RuleDraft, expected: &[&str]| {
        assert_eq!(problems(&crm, draft.clone()), expected, "{draft:?}");
        assert_eq!(
            crm.system().execute(SaveRule { rule: draft, revision: None }).is_err(),
            !expected.is_empty()
        );
    };
    let score = |lines: Vec<RuleLine>| RuleDraft { lines, ..rule("r", Purpose::Score, "线索") };
    check(score(vec![line("公司规模 > 100", 1)]), &[]);
    check(score(vec![]), &["lines rule.lines"]);
    check(score(vec![line("compny_size > 1", 1)]), &["lines.1.criterion filter.unknown_field"]);
    check(score(vec![line("company_size >", 1)]), &["lines.1.criterion filter.syntax"]);
    check(score(vec![line("company_size = 'x'", 1)]), &["lines.1.criterion filter.type"]);
    let decays = RuleLine { half_life_days: Some(3), ..line("company_size > 1", 1) };
    check(score(vec![decays]), &["lines.1.criterion rule.half_life"]);
    check(RuleDraft { kind: "sheep".into(), ..score(vec![line("a = 1", 1)]) }, &["kind kind.unknown"]);
    check(rule("g", Purpose::Guard, "opportunity"), &["criterion value.required"]);
    let level = RuleLine { result: "platinum".into(), ..line("deals > 3", 0) };
    let level = RuleDraft { lines: vec![level], ..rule("l", Purpose::Level, "customer") };
    check(level, &["lines.1 rule.level"]);
    let script = RuleDraft {
        language: crm_core::record::script::Language::Rhai,
        source: "lead.company_size > 3".into(),
        ..rule("s", Purpose::Score, "lead")
    };
    check(script, &["language rule.no_judge"]);
    check(rule("a", Purpose::Automation, "lead"), &["calls rule.calls", "triggers rule.triggers"]);
}

#[test]
fn examples_are_tried_and_versions_counted() {
    let (crm, _) = open();
    behaviour(&crm, "访问了定价页", "web_visit", "定价");
    let example = |facts: &str, expected: &str| Example { facts: facts.into(), expected: expected.into() };
    let lines =
        vec![line("公司规模 > 100", 20), line("访问了定价页 >= 2", 10), line("customer.员工人数 > 10", 1)];
    let lines = lines.into_iter().take(2).collect();
    let good = example(r#"{"公司规模": 250, "访问了定价页": 2}"#, "30");
    let draft = RuleDraft { lines, examples: vec![good.clone()], ..rule("r", Purpose::Score, "lead") };
    let save = |draft: &RuleDraft| crm.system().execute(SaveRule { rule: draft.clone(), revision: None });
    let first = save(&draft).unwrap();
    assert_eq!(first.version, 1);
    // The same again is the same version; another text the next.
    assert_eq!(save(&draft).unwrap().version, 1);
    let more = RuleDraft { notes: "for the fair".into(), ..draft.clone() };
    assert_eq!(save(&more).unwrap().version, 2);
    let bad = RuleDraft {
        examples: vec![
            good,
            example(r#"{"company_size": 50}"#, "20"),
            example("{", "0"),
            example(r#"{"x": 1}"#, "0"),
        ],
        ..draft.clone()
    };
    let error = save(&bad).unwrap_err();
    let Error::Invalid(invalid) = &error else { panic!("{error}") };
    let fields: Vec<_> =
        invalid.iter().map(|invalid| (invalid.field.as_str(), invalid.code.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("examples.2", "rule.example"),
            ("examples.3", "rule.example_facts"),
            ("examples.4", "rule.example_facts")
        ]
    );
    assert!(error.to_string().contains("gives `0`, expected is `20`"), "{error}");
    // A plain change of a field is checked in the same way, and counted.
    let wrong = set(crm.system(), first.rule.record(), "criterion", "nosuch = 1".into()).unwrap_err();
    assert!(wrong.has_code("filter.unknown_field"), "{wrong}");
    set(crm.system(), first.rule.record(), "criterion", "country = '中国'".into()).unwrap_err();
    set(crm.system(), first.rule.record(), "notes", "other".into()).unwrap();
    let rule: Rule = crm.system().get(first.rule).unwrap();
    assert_eq!(rule.edition(), 3);
    assert_eq!(crm.system().journal(first.rule.record(), None, 9).unwrap().len(), 3);
}

#[test]
fn levels_follow_the_rule_unless_given_by_hand() {
    let (crm, _) = open();
    let levels: Vec<&str> = {
        use crm_core::base::choice::Choice;
        Level::NAMES.iter().map(|level| level.code).collect()
    };
    let (first, second) = (levels[0], levels[1]);
    let gives = |criterion: &str, level: &str| RuleLine { result: level.into(), ..line(criterion, 0) };
    let lines = vec![gives("员工人数 >= 1000", first), gives("员工人数 >= 100", second)];
    let lines = lines.into_iter().map(|line| RuleLine { points: None, ..line }).collect();
    active(&crm, RuleDraft { lines, ..rule("by size", Purpose::Level, "customer") });
    let customer = |id: RecordRef| -> Customer { crm.system().get(CustomerId::from_u128(id.bits)).unwrap() };
    let code = |id: RecordRef| customer(id).level.map(|level| level.to_string()).unwrap_or_default();
    let id = create(&crm, "customer", &[("name", "甲公司".into()), ("employees", 200.into())]);
    assert_eq!((code(id).as_str(), customer(id).level_rule.as_str()), (second, "by size v1"));
    set(crm.system(), id, "employees", 5000.into()).unwrap();
    assert_eq!(code(id), first);
    set(crm.system(), id, "level", levels[2].into()).unwrap();
    set(crm.system(), id, "employees", 300.into()).unwrap();
    assert_eq!(code(id), levels[2]);
}

#[test]
fn any_rule_assigns() {
    let (crm, _) = open();
    let user = |name: &str| create(&crm, "user", &[("login", name.into()), ("name", name.into())]);
    let (big, small) = (user("big"), user("small"));
    let id = active(
        &crm,
        RuleDraft {
            criterion: "company_size > 100 or tags has 'vip'".into(),
            ..rule("big leads", Purpose::Assignment, "lead")
        },
    );
    let takers = |user: RecordRef| Value::List(vec![Value::List(vec![user.into(), 1.into()])]);
    let fields = [("name", "big".into()), ("place", 1.into()), ("takers", takers(big)), ("rule", id.into())];
    create(&crm, "assignment", &fields);
    create(&crm, "assignment", &[("name", "rest".into()), ("place", 2.into()), ("takers", takers(small))]);
    let owner =
        |draft: LeadDraft| capture(&crm, draft).given.and_then(|given| given.owner).map(|id| id.record());
    assert_eq!(owner(LeadDraft { company_size: Some(500), ..person("a") }), Some(big));
    assert_eq!(owner(LeadDraft { tags: vec!["vip".into()], ..person("b") }), Some(big));
    assert_eq!(owner(person("c")), Some(small));
    // A rule out of force lets none pass.
    crm.system().execute(DeactivateRule { rule: crm_core::base::kind::RuleId::from_u128(id.bits) }).unwrap();
    assert_eq!(owner(LeadDraft { company_size: Some(500), ..person("d") }), Some(small));
    let _ = Assignment::SPEC;
}

#[test]
fn a_guard_in_criteria_refuses_a_move() {
    let (crm, _) = open();
    let pipeline = r#"
pipeline:
  name: guarded
  kind: opportunity
  stages: [{name: talk, probability: 20%}, {name: offer, probability: 60%}, {name: won, probability: 100%}]
"#;
    let mut loaded = crm_core::record::lifecycle::load(pipeline).unwrap();
    for step in loaded.moves.iter_mut().filter(|step| step.to == "offer") {
        step.guards.push("has a budget".into());
    }
    crm.system()
        .execute(crm_core::domain::org::DefineLifecycle {
            definition: loaded,
            default: true,
            map: BTreeMap::new(),
        })
        .unwrap();
    let customer = create(&crm, "customer", &[("name", "甲".into())]);
    let deal = create(&crm, "opportunity", &[("name", "d".into()), ("customer", customer.into())]);
    let id = OpportunityId::from_u128(deal.bits);
    let advance = || {
        let json = serde_json::json!({"opportunity": id.to_string(), "to": "offer"});
        crm.system().execute_named("opportunity.advance", json).map(drop)
    };
    assert!(advance().unwrap_err().has_code("lifecycle.guard_unknown"));
    let guard = RuleDraft {
        criterion: "amount > 1000 CNY".into(),
        message: "a deal without a budget gets no offer".into(),
        ..rule("has a budget", Purpose::Guard, "opportunity")
    };
    active(&crm, guard);
    let error = advance().unwrap_err();
    assert!(error.has_code("rule.guard") && error.to_string().contains("without a budget"), "{error}");
    set(crm.system(), deal, "amount", "2000 CNY".into()).unwrap();
    advance().unwrap();
}

#[test]
fn a_rule_reads_no_more_than_its_actor() {
    let (crm, _) = open();
    let actions = ["read", "create", "update"].map(Value::from);
    let grant = |kind: &str| Value::List(vec![kind.into(), Value::List(actions.to_vec()), "own".into()]);
    let grants = Value::List(["lead", "activity"].map(grant).to_vec());
    let hidden = Value::List(vec![Value::List(vec!["lead".into(), "budget".into(), "hidden".into()])]);
    let clerk = create(&crm, "role", &[("name", "clerk".into()), ("grants", grants), ("fields", hidden)]);
    let user = create(
        &crm,
        "user",
        &[("login", "u".into()), ("name", "u".into()), ("roles", Value::List(vec![clerk.into()]))],
    );
    let lines = vec![line("budget > 100 CNY", 20), line("converted_customer.employees > 10", 7)];
    let draft = RuleDraft { lines, ..rule("r", Purpose::Score, "lead") };
    active(&crm, draft.clone());
    let customer = create(&crm, "customer", &[("name", "甲".into()), ("employees", 50.into())]);
    let fields = [("name", "a".into()), ("budget", "500 CNY".into()), ("owner", user.into())];
    let id = create(&crm, "lead", &fields);
    assert_eq!(lead(&crm, id).score, Some(20));
    let _ = customer;
    let session = crm.session(Actor::User(UserId::from_u128(user.bits)));
    set(session, id, "notes", "seen".into()).unwrap();
    assert_eq!(lead(&crm, id).score, Some(20), "no field that the rule reads changed");
    // Asked in the clerk's name, what is hidden from him is not read.
    let mut budget = draft.clone();
    budget.lines.push(line("notes is not empty", 1));
    crm.system().execute(SaveRule { rule: budget.clone(), revision: None }).unwrap();
    set(session, id, "notes", "seen again".into()).unwrap();
    assert_eq!(lead(&crm, id).score, Some(1));
    assert_eq!(session.explain_score(id).unwrap().unwrap().lines.len(), 3);
    // As a role that sees everything it knows more, and hands back a number.
    let grants =
        Value::List(vec![Value::List(vec!["*".into(), Value::List(vec!["read".into()]), "all".into()])]);
    let scorer = create(&crm, "role", &[("name", "scorer".into()), ("grants", grants)]);
    budget.runs_as = Some(RoleId::from_u128(scorer.bits));
    crm.system().execute(SaveRule { rule: budget.clone(), revision: None }).unwrap();
    set(session, id, "notes", "and again".into()).unwrap();
    assert_eq!(lead(&crm, id).score, Some(21));
    let told = session.explain_score(id).unwrap().unwrap();
    assert!(told.lines.is_empty() && told.criterion.is_empty(), "what the role read is told");
    // Whoever may make no rules tries none with the eyes of a role, but any with his own.
    let segment = RuleDraft { criterion: "budget > 100 CNY".into(), ..rule("s", Purpose::Segment, "lead") };
    let outcome = || "tags has 'won'".parse().unwrap();
    let tried = |draft: RuleDraft, runs_as| {
        let draft = RuleDraft { runs_as, ..draft };
        match draft.purpose {
            Purpose::Score => session.backtest(draft, Instant::MAX, &outcome()).map(drop),
            Purpose::Automation => session.would_run(draft, Instant::MIN, Instant::MAX, 9).map(drop),
            _ => session.would_answer(draft, Instant::MIN, Instant::MAX, 9).map(drop),
        }
    };
    let automation = rule("a", Purpose::Automation, "lead");
    for draft in [budget, segment, automation] {
        let refused = tried(draft.clone(), Some(RoleId::from_u128(scorer.bits))).unwrap_err();
        assert!(refused.has_code("permission.denied"), "{refused}");
        assert!(!tried(draft, None).is_err_and(|error| error.has_code("permission.denied")));
    }
}

#[test]
fn lists_name_behaviours_too() {
    let (crm, _) = open();
    behaviour(&crm, "访问了定价页", "web_visit", "定价");
    let (a, b) =
        (create(&crm, "lead", &[("name", "a".into())]), create(&crm, "lead", &[("name", "b".into())]));
    log(&crm, a, "web_visit", "产品定价");
    log(&crm, b, "web_visit", "首页");
    let ids = |filter: &str| -> Vec<RecordRef> {
        let query = Query::of(a.kind).filter(filter.parse().unwrap());
        crm.system().rows(&query).unwrap().items.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(ids("访问了定价页"), [a]);
    assert_eq!(ids("网页访问 >= 1"), [a, b]);
    assert_eq!(ids("not 访问了定价页"), [b]);
    let _ = Behaviour::SPEC;
}
