//! Where figures could say more than is known: each says what it is made of, or refuses.

use crm_core::base::choice::Choice;
use crm_core::base::kind;
use crm_core::domain::forecast::Forecast;
use crm_core::domain::model::Purpose;
use crm_core::domain::org::{DefineRole, Grant};
use crm_core::engine::insight::{ChurnQuery, ForecastQuery, FunnelQuery, RfmQuery, Segments, TrainingQuery};
use crm_core::insight::churn::Reason;
use crm_core::insight::clv::Family;
use crm_core::insight::learn;
use crm_core::insight::rfm::Rule;
use crm_core::prelude::*;
use crm_core::record::action::Scope;
use serde_json::json;

use crate::insight_engine::regulars;
use crate::shop::{Shop, at, day, fields, year_of_deals};

fn set(shop: &Shop, record: RecordRef, pairs: &[(&str, Value)]) {
    shop.crm.system().execute(UpdateRecord { record, revision: None, fields: fields(pairs) }).unwrap();
}

#[test]
fn velocity_counts_what_was_won_in_the_time_whenever_it_was_begun() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    shop.on("2025-01-05");
    let deal = shop.deal(shop.wang, customer, "310 CNY");
    shop.on("2025-03-10");
    shop.win(deal);
    shop.on("2025-04-10");
    let march =
        FunnelQuery { from: Some(day("2025-03-01")), to: Some(day("2025-04-01")), ..FunnelQuery::default() };
    let found = shop.crm.system().funnel(&march).unwrap();
    // The deal was created before, so it is in no stage; what it brought was won in March.
    assert_eq!((found.figures.won, found.cohorts.len()), (0, 0));
    let velocity = found.velocity.unwrap();
    assert!((velocity.realised_per_day - 10.0).abs() < 1e-9, "{velocity:?}");
    assert!(velocity.mean_open > 0.2 && velocity.by_open_per_day.is_some(), "{velocity:?}");
}

#[test]
fn a_model_by_which_nobody_leaves_is_no_evidence_that_nobody_does() {
    let shop = regulars();
    let asked = ChurnQuery { family: Some(Family::Nbd), least_risk: 0.0, ..ChurnQuery::default() };
    let found = shop.crm.system().churn_risks(&asked).unwrap();
    assert!(found.no_rhythm_because.unwrap().contains("nbd"));
    for row in &found.customers {
        assert!(row.risk > 0.09, "{row:?}");
        assert!(row.reasons.iter().all(|(reason, _)| *reason != Reason::Silence), "{row:?}");
    }
    let usual = shop.crm.system().churn_risks(&ChurnQuery::default()).unwrap();
    assert_eq!(usual.no_rhythm_because, None);
}

#[test]
fn a_model_of_churn_learns_from_what_was_known_before() {
    let shop = regulars();
    let system = shop.crm.system();
    let mut all: Vec<(u32, CustomerId)> = Vec::new();
    for number in 0..180u32 {
        let industry = ["科技", "教育"][(number / 2 % 2) as usize];
        let pairs = [("name", format!("店{number}").into()), ("industry", industry.into())];
        all.push((number, shop.create(shop.wang, &pairs)));
    }
    let before = shop.crm.now();
    shop.on("2026-06-01");
    for (number, customer) in all {
        // What is written of those who left when they left.
        let level = if number % 2 == 0 { "D" } else { "A" };
        set(&shop, customer.record(), &[("level", level.into())]);
    }
    let asked = TrainingQuery {
        ended: Some("level is not empty".parse().unwrap()),
        good: Some("level = \"D\"".parse().unwrap()),
        features: vec!["level".into(), "industry".into()],
        ..TrainingQuery::new(Purpose::Churn)
    };
    for seen_at in [None, Some(shop.crm.now())] {
        let refused = system.train_model(&TrainingQuery { seen_at, ..asked.clone() }).unwrap_err();
        assert_eq!(refused.code(), "model.seen_at");
    }
    let trained = system.train_model(&TrainingQuery { seen_at: Some(before), ..asked.clone() }).unwrap();
    assert_eq!(trained.model.report.verdict, learn::Verdict::NoSkill);
    // Nobody is told that he loses a customer by a model that can't tell.
    let model = Some(system.execute(trained.save_as("leaving")).unwrap());
    let refused = system.churn_risks(&ChurnQuery { model, ..ChurnQuery::default() }).unwrap_err();
    assert_eq!(refused.code(), "model.no_skill");
}

#[test]
fn international_segments_are_for_scores_up_to_five() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    shop.sale("2025-01-10", shop.wang, customer, "100 CNY");
    for (bins, segments, code) in [
        (5, Segments::International, None),
        (3, Segments::International, Some("rfm.segments")),
        (10, Segments::International, Some("rfm.segments")),
        (3, Segments::EightCells, None),
    ] {
        let asked = RfmQuery { rule: Rule::Ranks { bins }, segments, ..RfmQuery::default() };
        let found = shop.crm.system().rfm(&asked);
        assert_eq!(found.as_ref().err().map(Error::code), code, "{bins} {:?}", asked.segments);
    }
}

#[test]
fn an_omitted_deal_is_in_no_figure_of_a_forecast() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let asked = ForecastQuery { draws: 200, days: 60, ..ForecastQuery::default() };
    let before = system.forecast(&asked).unwrap().all;
    let document = "销售管道:\n  名称: 大单\n  阶段:\n    - 名称: 立项\n      概率: 20%\n      预测类别: omitted\n    - 名称: 成交\n      概率: 100%\n";
    system.execute_named("lifecycle.load", json!({"document": document})).unwrap();
    let customer = shop.customer(shop.wang, "甲");
    let pairs: [(&str, Value); 4] = [
        ("name", "MES".into()),
        ("customer", customer.into()),
        ("amount", "900000000 CNY".into()),
        ("lifecycle", "大单".into()),
    ];
    let deal: OpportunityId = shop.create(shop.wang, &pairs);
    let found = system.forecast(&asked).unwrap();
    assert!(found.deals.iter().any(|row| row.deal == deal));
    let all = found.all;
    assert_eq!((all.deals, all.pipeline, all.weighted), (before.deals, before.pipeline, before.weighted));
    assert!(all.expected.amount < 9_000_000.into() && all.high.amount < 9_000_000.into(), "{all:?}");
}

#[test]
fn a_planned_activity_has_cost_nothing_yet() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    let deal = shop.deal(shop.wang, customer, "100 CNY");
    shop.on("2025-03-01");
    shop.log(deal.record(), "call", "2025-02-28");
    shop.log(deal.record(), "visit", "2025-03-20");
    let effort = || shop.crm.system().priorities(None).unwrap()[0].activities;
    assert_eq!(effort(), 1);
    shop.on("2025-03-21");
    assert_eq!(effort(), 2);
}

#[test]
fn what_went_through_the_stages_in_a_month_is_told_by_the_month() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    shop.on("2025-02-10");
    let [won, lost, open] = [0; 3].map(|_| shop.deal(shop.wang, customer, "10 CNY"));
    shop.on("2025-03-05");
    let advance = |deal: OpportunityId, to: &str| {
        let command = json!({"opportunity": deal, "revision": null, "to": to, "reason": ""});
        shop.crm.system().execute_named("opportunity.advance", command).unwrap();
    };
    let funnel = |from: &str, to: &str| {
        let asked = FunnelQuery { from: Some(day(from)), to: Some(day(to)), ..FunnelQuery::default() };
        shop.crm.system().funnel(&asked).unwrap().passages
    };
    let deal: Opportunity = shop.crm.system().get(open).unwrap();
    let stages: Vec<String> =
        funnel("2025-02-01", "2025-03-01").into_iter().map(|passage| passage.stage).collect();
    assert_eq!(deal.state, stages[0]);
    advance(open, &stages[1]);
    shop.on("2025-03-08");
    shop.win(won);
    shop.lose(lost);
    shop.on("2025-05-01");
    let figures = |from: &str, to: &str, stage: usize| {
        let found = &funnel(from, to)[stage];
        (found.entered, found.went_on, found.lost, found.still_here, found.left)
    };
    // Three came in February and stood there at its end; in March none came, and all left.
    assert_eq!(figures("2025-02-01", "2025-03-01", 0), (3, 0, 0, 3, 0));
    assert_eq!(figures("2025-03-01", "2025-04-01", 0), (0, 0, 0, 0, 3));
    assert_eq!(figures("2025-03-01", "2025-04-01", 1), (1, 0, 0, 1, 0));
    assert_eq!(figures("2025-02-01", "2025-04-01", 0), (3, 2, 1, 0, 3));
    assert_eq!(funnel("2025-02-01", "2025-04-01")[0].conversion, Some(2.0 / 3.0));
    assert_eq!(shop.crm.system().funnel(&FunnelQuery::default()).unwrap().passages, []);
}

#[test]
fn amounts_without_a_rate_are_counted_and_no_target_is_taken_for_another() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let customer = shop.customer(shop.wang, "甲");
    let before = system.funnel(&FunnelQuery::default()).unwrap();
    let open = system.forecast(&ForecastQuery { draws: 100, ..ForecastQuery::default() }).unwrap();
    assert_eq!((open.without_amount, open.without_rate), (0, 0));
    let since = shop.crm.now();
    let abroad = shop.deal(shop.wang, customer, "100 USD");
    shop.deal(shop.wang, customer, "100 USD");
    let nothing: OpportunityId =
        shop.create(shop.wang, &[("name", "MES".into()), ("customer", customer.into())]);
    let target = Some("100 USD".parse().unwrap());
    let refused = system.forecast(&ForecastQuery { target, ..ForecastQuery::default() }).unwrap_err();
    assert_eq!(refused.code(), "insight.no_rate");
    let found = system.forecast(&ForecastQuery { draws: 100, ..ForecastQuery::default() }).unwrap();
    assert_eq!((found.without_amount, found.without_rate), (1, 2));
    assert_eq!(system.pipeline_change(since, None).unwrap().without_value, 3);
    shop.win(abroad);
    shop.win(nothing);
    let after = system.funnel(&FunnelQuery::default()).unwrap();
    assert_eq!((after.without_amount, after.without_rate), (1, 2));
    assert_eq!(after.figures.won, before.figures.won + 2);
    assert_eq!(after.figures.mean_value, before.figures.mean_value);
    assert_eq!(after.figures.median_value, before.figures.median_value);
    // A stored target too.
    let goal = |amount: &str| {
        let pairs = [
            ("metric", "amount_won".into()),
            ("from", Value::Date(day("2025-08-01"))),
            ("until", Value::Date(day("2025-12-31"))),
            ("amount", amount.into()),
        ];
        let command = CreateRecord { kind: kind::Target::NO, fields: fields(&pairs) };
        system.execute(command).unwrap();
    };
    goal("100 CNY");
    let reached = system.targets_reached(None).unwrap();
    assert_eq!((reached[0].without_amount, reached[0].without_rate), (1, 1));
    goal("100 USD");
    assert_eq!(system.targets_reached(None).unwrap_err().code(), "insight.no_rate");
}

#[test]
fn a_kept_forecast_is_judged_by_its_own_deals() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let asked = ForecastQuery { draws: 200, days: 30, ..ForecastQuery::default() };
    let past = system.as_of(at("2025-05-31T02:00:00Z")).forecast(&asked).unwrap();
    let id = system.execute(past.keep_as("June", &asked)).unwrap();
    let kept: Forecast = system.get(id).unwrap();
    assert_eq!(kept.open_deals.len(), past.deals.len());
    let own = |kind: &str, actions, scope| Grant { kind: kind.into(), actions, scope };
    let grants =
        vec![own("*", Action::ALL.to_vec(), Scope::Own), own("forecast", vec![Action::Read], Scope::All)];
    let role = DefineRole {
        role: None,
        revision: None,
        name: "judge".into(),
        grants,
        fields: vec![],
        administrator: false,
    };
    let role = system.execute(role).unwrap();
    let user = json!({
        "login": "judge", "name": "judge", "department": null, "manager": null, "roles": [role], "capacity": null
    });
    let judge: UserId = serde_json::from_value(system.execute_named("user.create", user).unwrap()).unwrap();
    // He sees none of the deals: that nothing came of those that he sees says nothing of the forecast.
    let theirs = shop.of(judge).judge_forecasts(None).unwrap();
    assert_eq!(theirs.forecasts[0].unseen, past.deals.len());
    assert!(theirs.bias.amount.is_zero() && theirs.mean_error.amount.is_zero() && theirs.covered == 0);
    let before = system.judge_forecasts(None).unwrap();
    assert_eq!(before.forecasts[0].unseen, 0);
    assert!(!before.mean_error.amount.is_zero());
}
