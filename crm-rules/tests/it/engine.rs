//! Scripts in force, asked by the engine.

use std::sync::Arc;

use crm_core::domain::rule::{ActivateRule, Example, RuleDraft, SaveRule};
use crm_core::prelude::*;
use crm_core::record::script::{Language, Purpose};
use crm_rules::Tongue;

use crate::sample::now;

fn engine() -> Crm {
    let host = Host::fixed(now(), 7).0.with_judges(Arc::new(crate::sample::judge()));
    Crm::open(MemoryStore::new(), host).unwrap()
}

fn draft(name: &str, purpose: Purpose, kind: &str, source: &str) -> RuleDraft {
    RuleDraft {
        name: name.into(),
        purpose,
        kind: kind.into(),
        language: Language::Rhai,
        source: source.into(),
        ..RuleDraft::default()
    }
}

fn in_force(crm: &Crm, rule: RuleDraft) {
    let saved = crm.system().execute(SaveRule { rule, revision: None }).unwrap();
    crm.system().execute(ActivateRule { rule: saved.rule }).unwrap();
}

fn capture(crm: &Crm, size: i64) -> Lead {
    let lead = LeadDraft {
        name: format!("夏铁军{size}"),
        company: format!("温州筠野光电{size}"),
        company_size: Some(size),
        ..LeadDraft::default()
    };
    let captured = crm.system().execute(CaptureLead { lead, ..CaptureLead::default() }).unwrap();
    crm.system().get(captured.lead.unwrap()).unwrap()
}

#[test]
fn a_lead_is_scored_by_a_script_with_its_reasons() {
    let crm = engine();
    let source = "fn score(lead) { if lead.公司规模 > 100 { award(20, \"large\"); } }";
    in_force(&crm, draft("size", Purpose::Score, "lead", source));
    let lead = capture(&crm, 250);
    assert_eq!((lead.score, lead.score_reasons), (Some(20), vec!["20: large".to_owned()]));
    assert_eq!(capture(&crm, 50).score, Some(0));
}

#[test]
fn a_script_that_is_wrong_is_not_saved() {
    let crm = engine();
    let source = "fn score(lead) {\n  lead.company_sise\n}";
    let error = crm
        .system()
        .execute(SaveRule { rule: draft("size", Purpose::Score, "lead", source), revision: None })
        .unwrap_err();
    assert_eq!(error.code(), "script.unknown_field");
    assert!(
        error
            .to_string()
            .contains("line 2, column 8: a lead has no field `company_sise`; did you mean `company_size`?"),
        "{error}"
    );
    let Error::Invalid(problems) = error else { panic!("{error}") };
    let mark = problems[0].mark.as_ref().unwrap();
    assert_eq!((mark.source.as_str(), mark.marked.as_str()), ("size", "company_sise"));
    assert_eq!(
        problems[0].in_words(Tongue::Chinese),
        "第 2 行第 8 列：线索没有字段 `company_sise`；是否想写 `company_size`？"
    );
}

#[test]
fn an_example_on_which_a_script_fails_shows_the_line() {
    let check = |last: &str, en: &str, zh: &str| {
        let source = format!("fn score(lead) {{\n  let list = [1];\n  {last}\n}}");
        let example = Example { facts: "{}".into(), expected: "1".into() };
        let rule = RuleDraft { examples: vec![example], ..draft("size", Purpose::Score, "lead", &source) };
        let error = engine().system().execute(SaveRule { rule, revision: None }).unwrap_err();
        let Error::Invalid(problems) = error else { panic!("{error}") };
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!((problem.field.as_str(), problem.code.as_str()), ("examples.1", "rule.example"));
        let mark = problem.mark.as_ref().unwrap();
        assert_eq!((mark.line, mark.text().trim()), (3, last));
        assert!(problem.message.contains(en) && problem.zh.contains(zh), "{problem:?}");
    };
    check("list[3]", "the list has 1 items and none at 3", "列表有 1 个元素");
    check(
        "amount(money(1, \"CNY\") + money(1, \"USD\"))",
        "CNY and USD do not add up without a rate",
        "CNY 与 USD 没有汇率",
    );
}

#[test]
fn a_runaway_rule_fails_alone() {
    let crm = engine();
    in_force(&crm, draft("endless", Purpose::Score, "lead", "fn score(lead) { while true { } 1 }"));
    let lead = LeadDraft { name: "夏铁军".into(), ..LeadDraft::default() };
    // The lead is captured all the same, or the command is told which rule failed; the engine goes on.
    match crm.system().execute(CaptureLead { lead, ..CaptureLead::default() }) {
        Ok(captured) => {
            let lead: Lead = crm.system().get(captured.lead.unwrap()).unwrap();
            assert_eq!(lead.score, None);
        }
        Err(error) => assert!(error.to_string().contains("script.too_many_steps"), "{error}"),
    }
}

fn create(session: Session<'_>, kind: &str, fields: &[(&str, Value)]) -> RecordRef {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    session.execute(CreateRecord { kind: KindNo::from_name(kind).unwrap(), fields }).unwrap()
}

#[test]
fn a_script_reads_no_more_than_its_actor() {
    let crm = engine();
    let actions = ["read", "create", "update"].map(Value::from).to_vec();
    let grant = Value::List(vec!["lead".into(), Value::List(actions), "own".into()]);
    let hidden = Value::List(vec!["lead".into(), "budget".into(), "hidden".into()]);
    let lists = [("grants", Value::List(vec![grant])), ("fields", Value::List(vec![hidden]))];
    let clerk = create(crm.system(), "role", &[&[("name", "clerk".into())][..], &lists[..]].concat());
    let user = [("login", "u".into()), ("name", "u".into()), ("roles", Value::List(vec![clerk.into()]))];
    let user = create(crm.system(), "user", &user);
    let source = r#"fn score(lead) {
        if lead.budget > 100 { award(1000, "budget"); }
        for other in find("lead", "") { if other.budget > 100 { award(100, "another's budget"); } }
        award(count("lead", ""), "leads");
    }"#;
    in_force(&crm, draft("reads", Purpose::Score, "lead", source));
    for name in ["a", "b", "c"] {
        create(crm.system(), "lead", &[("name", name.into()), ("budget", "500 CNY".into())]);
    }
    let fields = [("name", "d".into()), ("budget", "500 CNY".into()), ("owner", user.into())];
    let lead = create(crm.system(), "lead", &fields);
    let score = || crm.system().get::<Lead>(lead.as_id().unwrap()).unwrap().score;
    assert!(score() > Some(1300), "{:?}", score());
    // In the clerk's name: his one lead, and no budget.
    let session = crm.session(Actor::User(user.as_id().unwrap()));
    let fields = [("notes".to_owned(), Value::from("seen"))].into();
    session.execute(UpdateRecord { record: lead, fields, revision: None }).unwrap();
    assert_eq!(score(), Some(1));
}
