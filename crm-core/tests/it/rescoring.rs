//! Scores when the rules in force are others than those that gave them.

use std::sync::Arc;

use crm_core::base::kind::RuleId;
use crm_core::domain::lead::Lead;
use crm_core::domain::rule::{ActivateRule, DeactivateRule, RuleDraft, SaveRule};
use crm_core::prelude::*;
use crm_core::record::codec::View;
use crm_core::record::port::{Judges, Score};
use crm_core::record::script::Purpose;

use crate::rules::{active, create, line, open, rule, set};

const GONE: &[&str] = &["no scoring rule applies"];

fn lead(crm: &Crm, id: RecordRef) -> Lead {
    crm.system().get(LeadId::from_u128(id.bits)).unwrap()
}

fn firms(criterion: &str) -> RuleDraft {
    RuleDraft {
        criterion: criterion.into(),
        lines: vec![line("company_size > 100", 80)],
        ..rule("firms", Purpose::Score, "lead")
    }
}

fn check(crm: &Crm, id: RecordRef, score: Option<i64>) {
    let lead = lead(crm, id);
    assert_eq!((lead.score, lead.grade.is_some()), (score, score.is_some()), "{:?}", lead.score_reasons);
    assert_eq!(lead.score_reasons == GONE, score.is_none(), "{:?}", lead.score_reasons);
}

#[test]
fn a_score_goes_when_no_rule_gives_it_any_more() {
    let (crm, clock) = open();
    let scoring = active(&crm, firms("industry = 'technology'"));
    let scoring = RuleId::from_u128(scoring.bits);
    let fields = [("name", "a".into()), ("company_size", 200.into()), ("industry", "technology".into())];
    let id = create(&crm, "lead", &fields);
    let apart = create(&crm, "lead", &[("name", "b".into())]);
    check(&crm, id, Some(80));
    // The record changes.
    set(crm.system(), id, "industry", "farming".into()).unwrap();
    check(&crm, id, None);
    set(crm.system(), id, "industry", "technology".into()).unwrap();
    check(&crm, id, Some(80));
    // The rule is out of force, in force, changed, and gone; the call that does it asks about all.
    crm.system().execute(DeactivateRule { rule: scoring }).unwrap();
    check(&crm, id, None);
    let entry = &crm.system().journal(id, None, 1).unwrap()[0];
    assert_eq!((entry.reason.as_str(), entry.actor), (GONE[0], Actor::System));
    crm.system().execute(ActivateRule { rule: scoring }).unwrap();
    check(&crm, id, Some(80));
    let save = |criterion: &str| {
        crm.system().execute(SaveRule { rule: firms(criterion), revision: None }).unwrap();
    };
    save("industry = 'farming'");
    check(&crm, id, None);
    save("");
    check(&crm, id, Some(80));
    check(&crm, apart, Some(0));
    crm.system()
        .execute(DeleteRecord { record: scoring.record(), revision: None, reason: String::new() })
        .unwrap();
    check(&crm, id, None);
    check(&crm, apart, None);
    // What has no score is left alone, and nothing is left to do.
    let position = crm.position().unwrap();
    clock.set(crm.now() + Span::from_days(1));
    assert_eq!(crm.run_due(9).unwrap().done, 0);
    assert_eq!(crm.position().unwrap(), position);
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn a_lead_that_was_never_scored_is_not_told_so() {
    let (crm, _) = open();
    let id = create(&crm, "lead", &[("name", "a".into())]);
    let before = crm.position().unwrap();
    active(&crm, firms("industry = 'technology'"));
    set(crm.system(), id, "company_size", 300.into()).unwrap();
    let lead = lead(&crm, id);
    assert_eq!((lead.score, lead.score_reasons.len(), lead.scored_at), (None, 0, None));
    // The rule saved, the rule in force, the size.
    assert_eq!(crm.position().unwrap(), before + 3);
}

/// A host that scores by itself.
struct Five;
impl Judges for Five {
    fn score_lead(&self, _: View<'_>, _: Instant) -> Result<Option<Score>> {
        Ok(Some(Score { points: 5, reasons: vec!["the host".into()], rule: "host".into() }))
    }
}

#[test]
fn where_no_rule_applies_the_host_is_asked() {
    let (host, _) = Host::fixed("2026-03-02T02:00:00Z".parse().unwrap(), 7);
    let crm = Crm::open(MemoryStore::new(), host.with_judges(Arc::new(Five))).unwrap();
    let scoring = active(&crm, firms(""));
    let id = create(&crm, "lead", &[("name", "a".into()), ("company_size", 200.into())]);
    assert_eq!(lead(&crm, id).score, Some(80));
    crm.system().execute(DeactivateRule { rule: RuleId::from_u128(scoring.bits) }).unwrap();
    let lead = lead(&crm, id);
    assert_eq!((lead.score, lead.score_reasons), (Some(5), vec!["the host".to_owned()]));
}

#[test]
fn many_records_are_asked_about_in_stretches_and_a_later_version_takes_over() {
    let (crm, clock) = open();
    let fields: std::collections::BTreeMap<String, Value> =
        [("name".to_owned(), "a".into()), ("company_size".to_owned(), 200.into())].into();
    let leads: Vec<RecordRef> = (0..1_200)
        .map(|_| {
            let fields = fields.clone();
            let kind = KindNo::from_name("lead").unwrap();
            crm.system().execute(CreateRecord { kind, fields }).unwrap()
        })
        .collect();
    active(&crm, firms(""));
    let scored = |points: i64| {
        let with = Query::of(KindNo::from_name("lead").unwrap());
        crm.system().count(&with.filter(format!("score = {points}").parse().unwrap())).unwrap()
    };
    // The first stretch is done by the call, the others are due.
    assert_eq!(scored(80), 500);
    let more = RuleDraft { lines: vec![line("company_size > 100", 70)], ..firms("") };
    crm.system().execute(SaveRule { rule: more, revision: None }).unwrap();
    assert_eq!((scored(70), scored(80)), (500, 0));
    clock.set(crm.now() + Span::from_secs(1));
    while crm.run_due(9).unwrap().done > 0 {
        clock.set(crm.now() + Span::from_secs(1));
    }
    assert_eq!((scored(70), leads.len()), (1_200, 1_200));
}
