//! Scores and levels follow what they read of other records, and what is taken back.

use std::collections::BTreeMap;
use std::sync::Arc;

use crm_core::domain::rule::{RuleDraft, RuleLine};
use crm_core::prelude::*;
use crm_core::record::script::Purpose;
use serde_json::json;

use super::org::run;
use super::rules::{active, create, line, open, rule, set};

fn score_of(crm: &Crm, lead: RecordRef) -> Option<i64> {
    match crm.system().read(lead).unwrap().fields.get("score") {
        Some(Value::Int(points)) => Some(*points),
        _ => None,
    }
}

fn log(crm: &Crm, about: RecordRef, kind: &str) -> RecordRef {
    let logged = run(crm.system(), "activity.log", json!({"about": about.to_string(), "kind": kind}));
    logged["activity"].as_str().unwrap().parse().unwrap()
}

/// Does what is left to be done, however many stretches it takes; answers how many there were.
fn drain(crm: &Crm, clock: &Arc<ManualClock>) -> usize {
    let mut done = 0;
    loop {
        let report = crm.run_due(100).unwrap();
        assert!(report.failed.is_empty(), "{:?}", report.failed);
        done += report.done;
        match report.next {
            Some(next) if next <= crm.now() + crm_core::base::Span::from_secs(1) => clock.set(next),
            _ => return done,
        }
    }
}

/// A lead that names a company in a field of the tenant's own.
fn company_field(crm: &Crm) {
    let field =
        json!({"kind": "lead", "name": "firm", "ty": "reference", "target": "customer", "zh": "所属公司"});
    run(crm.system(), "field.define", field);
}

#[test]
fn a_change_of_a_related_record_scores_those_who_read_it() {
    let (crm, _) = open();
    company_field(&crm);
    let lines = vec![
        line("所属公司.员工人数 > 100", 20),
        line("converted_customer.level = 'A'", 7),
        line("所属公司.parent.city = '杭州市'", 5),
        line("owner.department.name = '华东'", 3),
    ];
    active(&crm, RuleDraft { lines, ..rule("firms", Purpose::Score, "lead") });
    let group = create(&crm, "customer", &[("name", "集团".into())]);
    let firm = create(&crm, "customer", &[("name", "甲".into()), ("parent", group.into())]);
    let other = create(&crm, "customer", &[("name", "乙".into())]);
    let seller = create(&crm, "user", &[("login", "li".into()), ("name", "li".into())]);
    let lead =
        |name: &str, firm: RecordRef| create(&crm, "lead", &[("name", name.into()), ("firm", firm.into())]);
    let (one, two, apart) = (lead("a", firm), lead("b", firm), lead("c", other));
    let scores = || [one, two, apart].map(|lead| score_of(&crm, lead));
    assert_eq!(scores(), [Some(0); 3]);

    // The same call does it.
    set(crm.system(), firm, "employees", 500.into()).unwrap();
    assert_eq!(scores(), [Some(20), Some(20), Some(0)]);
    let entry = &crm.system().journal(one, None, 1).unwrap()[0];
    assert_eq!((entry.rule.as_str(), entry.actor), ("firms v1", Actor::System));
    // What no rule reads asks nobody.
    let position = crm.position().unwrap();
    set(crm.system(), firm, "notes", "visited".into()).unwrap();
    assert_eq!(crm.position().unwrap(), position + 1);
    // Over two references, and by an owner.
    set(crm.system(), group, "city", "杭州市".into()).unwrap();
    assert_eq!(scores(), [Some(25), Some(25), Some(0)]);
    set(crm.system(), one, "owner", seller.into()).unwrap();
    let east = create(&crm, "department", &[("name", "华东".into())]);
    assert_eq!(scores(), [Some(25), Some(25), Some(0)]);
    set(crm.system(), seller, "department", east.into()).unwrap();
    assert_eq!(scores(), [Some(28), Some(25), Some(0)]);
    set(crm.system(), east, "name", "华北".into()).unwrap();
    assert_eq!(scores(), [Some(25), Some(25), Some(0)]);
    // By an index: the company that came of the lead.
    let converted = run(crm.system(), "lead.convert", json!({"lead": apart.to_string()}));
    let came: RecordRef = converted["customer"].as_str().unwrap().parse().unwrap();
    set(crm.system(), came, "level", "A".into()).unwrap();
    assert_eq!(scores(), [Some(25), Some(25), Some(7)]);
    // Another way takes the points back.
    set(crm.system(), firm, "employees", 5.into()).unwrap();
    assert_eq!(scores(), [Some(5), Some(5), Some(7)]);
    assert_eq!(crm.run_due(9).unwrap().done, 0);
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn many_leads_of_a_company_are_asked_about_in_stretches() {
    let (crm, clock) = open();
    company_field(&crm);
    active(
        &crm,
        RuleDraft { lines: vec![line("firm.employees > 100", 20)], ..rule("firms", Purpose::Score, "lead") },
    );
    let firm = create(&crm, "customer", &[("name", "甲".into())]);
    let fields: BTreeMap<String, Value> =
        [("name".to_owned(), "a".into()), ("firm".to_owned(), firm.into())].into();
    let leads: Vec<RecordRef> = (0..2_300)
        .map(|_| {
            let kind = KindNo::from_name("lead").unwrap();
            crm.system().execute(CreateRecord { kind, fields: fields.clone() }).unwrap()
        })
        .collect();
    set(crm.system(), firm, "employees", 500.into()).unwrap();
    let scored = |points: i64| leads.iter().filter(|lead| score_of(&crm, **lead) == Some(points)).count();
    // The caller has waited for the first stretch alone.
    let first = scored(20);
    assert!(first > 0 && first < leads.len(), "{first}");
    // One comes to the company, and the company changes again, while it goes on.
    let late = create(&crm, "lead", &[("name", "z".into()), ("firm", firm.into())]);
    assert_eq!(score_of(&crm, late), Some(20));
    set(crm.system(), firm, "employees", 50.into()).unwrap();
    assert!(drain(&crm, &clock) > 0);
    assert_eq!((scored(0), score_of(&crm, late)), (leads.len(), Some(0)));
    assert_eq!(drain(&crm, &clock), 0);
}

#[test]
fn a_behaviour_of_a_related_record_counts_and_one_taken_back_does_not() {
    let (crm, _) = open();
    company_field(&crm);
    let lines = vec![line("firm.网页访问 >= 1", 10), line("电话 >= 1", 4)];
    active(&crm, RuleDraft { lines, ..rule("visits", Purpose::Score, "lead") });
    let firm = create(&crm, "customer", &[("name", "甲".into())]);
    let lead = create(&crm, "lead", &[("name", "a".into()), ("firm", firm.into())]);
    let (visit, call) = (log(&crm, firm, "web_visit"), log(&crm, lead, "call"));
    assert_eq!(score_of(&crm, lead), Some(14));
    // A note about somebody else, and one that is deleted.
    let other = create(&crm, "lead", &[("name", "b".into())]);
    set(crm.system(), call, "about", other.into()).unwrap();
    assert_eq!((score_of(&crm, lead), score_of(&crm, other)), (Some(10), Some(4)));
    run(crm.system(), "record.delete", json!({"record": visit.to_string(), "reason": "by mistake"}));
    assert_eq!(score_of(&crm, lead), Some(0));
}

#[test]
fn a_level_follows_a_related_record() {
    let (crm, _) = open();
    let gives =
        |criterion: &str, level: &str| RuleLine { result: level.into(), points: None, ..line(criterion, 0) };
    let lines = vec![gives("parent.employees > 100", "A"), gives("employees >= 0", "B")];
    active(&crm, RuleDraft { lines, ..rule("by group", Purpose::Level, "customer") });
    let group = create(&crm, "customer", &[("name", "集团".into()), ("employees", 5.into())]);
    let fields = [("name", "甲".into()), ("parent", group.into()), ("employees", 5.into())];
    let firm = create(&crm, "customer", &fields);
    let level = || crm.system().read(firm).unwrap().fields["level"].to_string();
    assert_eq!(level(), "B");
    set(crm.system(), group, "employees", 500.into()).unwrap();
    assert_eq!(level(), "A");
}

/// What changes for a later rule alone leaves what an earlier one says.
#[test]
fn the_first_rule_that_applies_keeps_its_say() {
    let (crm, _) = open();
    let first = RuleDraft {
        criterion: "country = '中国'".into(),
        lines: vec![line("company_size > 100", 20)],
        place: Some(1),
        ..rule("home", Purpose::Score, "lead")
    };
    active(&crm, first);
    let rest = RuleDraft {
        lines: vec![line("industry = '科技'", 5)],
        place: Some(2),
        ..rule("rest", Purpose::Score, "lead")
    };
    active(&crm, rest);
    let fields = [("name", "a".into()), ("country", "中国".into()), ("company_size", 200.into())];
    let lead = create(&crm, "lead", &fields);
    assert_eq!(score_of(&crm, lead), Some(20));
    for (field, value, points) in [
        ("industry", "科技", 20),
        ("city", "杭州", 20),
        ("country", "日本", 5),
        ("industry", "金融", 0),
        ("country", "中国", 20),
    ] {
        set(crm.system(), lead, field, value.into()).unwrap();
        assert_eq!(score_of(&crm, lead), Some(points), "{field} = {value}");
    }
}

/// How often and when a record was changed is read, too.
#[test]
fn a_rule_that_counts_changes_is_asked_at_each() {
    let (crm, _) = open();
    let lines = vec![line("revision > 2", 1), line("company_size > 100", 10)];
    active(&crm, RuleDraft { lines, ..rule("busy", Purpose::Score, "lead") });
    let lead = create(&crm, "lead", &[("name", "a".into())]);
    let scores: Vec<Option<i64>> = ["x", "y", "z"]
        .into_iter()
        .map(|city| {
            set(crm.system(), lead, "city", city.into()).unwrap();
            score_of(&crm, lead)
        })
        .collect();
    assert_eq!(scores, [Some(0), Some(1), Some(1)]);
}
