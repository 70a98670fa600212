//! Insight over stored records: what each actor's figures are made of, now and as of the past; trained models as
//! records.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use crm_core::base::choice::Choice;
use crm_core::base::kind;
use crm_core::domain::lead::LeadDraft;
use crm_core::domain::model::{Model, Purpose, Verdict};
use crm_core::domain::org::{DefineRole, FieldRule, Grant};
use crm_core::domain::party::{Customer, Level};
use crm_core::engine::flows::advance::MoveLead;
use crm_core::engine::flows::model::PredictDeals;
use crm_core::engine::insight::{
    ActivityQuery, ChurnQuery, ForecastQuery, FunnelQuery, LifetimeQuery, RfmQuery, Segments, TrainingQuery,
};
use crm_core::insight::churn::Reason;
use crm_core::insight::clv::Ahead;
use crm_core::insight::learn::{self, Folds, Learner, Training};
use crm_core::insight::pipeline::Way;
use crm_core::insight::rfm::Rule;
use crm_core::prelude::*;
use crm_core::record::action::{FieldAccess, Scope};
use serde_json::json;

use crate::shop::{Shop, at, day, fields, year_of_deals};

/// Two customers of Wang's and one of Chen's, with sales in January and February.
fn traded() -> (Shop, [CustomerId; 3]) {
    let shop = Shop::open();
    let customers =
        [shop.customer(shop.wang, "甲"), shop.customer(shop.wang, "乙"), shop.customer(shop.chen, "丙")];
    let [a, b, c] = customers;
    shop.sale("2025-01-10", shop.wang, a, "100 CNY");
    shop.sale("2025-01-20", shop.wang, a, "250.50 CNY");
    shop.sale("2025-02-01", shop.wang, b, "40 CNY");
    shop.sale("2025-02-10", shop.chen, c, "9000 CNY");
    shop.on("2025-03-01");
    (shop, customers)
}

fn rfm(session: Session<'_>) -> BTreeMap<String, (u32, String, i64)> {
    let query =
        RfmQuery { rule: Rule::Ranks { bins: 2 }, segments: Segments::EightCells, ..RfmQuery::default() };
    let view = session.rfm(&query).unwrap();
    let row = |row: &crm_core::engine::insight::RfmCustomer| {
        (row.name.clone(), (row.purchases, row.money.to_string(), row.days_since))
    };
    view.customers.iter().map(row).collect()
}

fn row(count: u32, money: &str, days: i64) -> (u32, String, i64) {
    (count, money.to_owned(), days)
}

#[test]
fn rfm_counts_what_the_actor_sees() {
    let (shop, _) = traded();
    let all = [
        ("甲", row(2, "350.50 CNY", 40)),
        ("乙", row(1, "40.00 CNY", 28)),
        ("丙", row(1, "9000.00 CNY", 19)),
    ];
    let named = |rows: &[(&str, (u32, String, i64))]| -> BTreeMap<String, (u32, String, i64)> {
        rows.iter().map(|(name, row)| ((*name).to_owned(), row.clone())).collect()
    };
    assert_eq!(rfm(shop.crm.system()), named(&all));
    assert_eq!(rfm(shop.of(shop.wang)), named(&all[..2]));
    assert_eq!(rfm(shop.of(shop.chen)), named(&all[2..]));
    // Thresholds, scores and segments are of what is seen, so they tell nothing of the rest.
    let of = |session: Session<'_>| session.rfm(&RfmQuery::default()).unwrap();
    let before = of(shop.of(shop.wang));
    shop.sale("2025-03-01", shop.chen, shop.customer(shop.chen, "丁"), "77777 CNY");
    assert_eq!(of(shop.of(shop.wang)), before);
    assert_eq!(of(shop.crm.system()).customers.len(), 4);
}

#[test]
fn hidden_amounts_count_for_nothing_and_cant_be_told() {
    let (shop, [a, ..]) = traded();
    let blind = shop.of(shop.blind);
    let seen = || {
        let view = blind.rfm(&RfmQuery { segments: Segments::EightCells, ..RfmQuery::default() }).unwrap();
        let change = blind.pipeline_change(at("2025-01-05T00:00:00Z"), None).unwrap();
        let funnel = blind.funnel(&FunnelQuery::default()).unwrap();
        (serde_json::to_string(&view).unwrap(), change, serde_json::to_string(&funnel).unwrap())
    };
    let (view, change, funnel) = seen();
    assert!(view.contains("\"without_amount\":4"), "{view}");
    for amount in ["250", "350", "9000", "900000"] {
        assert!(!view.contains(amount) && !funnel.contains(amount), "{amount}");
    }
    assert!(change.parts.values().all(|part| part.by.is_zero()));
    // The same sales at other prices look the same to him.
    let (other, _) = {
        let shop = Shop::open();
        let [a, b, c] =
            [shop.customer(shop.wang, "甲"), shop.customer(shop.wang, "乙"), shop.customer(shop.chen, "丙")];
        for (on, owner, customer) in [
            ("2025-01-10", shop.wang, a),
            ("2025-01-20", shop.wang, a),
            ("2025-02-01", shop.wang, b),
            ("2025-02-10", shop.chen, c),
        ] {
            shop.sale(on, owner, customer, "5 CNY");
        }
        shop.on("2025-03-01");
        let view =
            shop.of(shop.blind).rfm(&RfmQuery { segments: Segments::EightCells, ..RfmQuery::default() });
        (serde_json::to_string(&view.unwrap()).unwrap(), ())
    };
    assert_eq!(other, view);
    // To ask by the hidden field is to ask by one that isn't there.
    let by_amount = RfmQuery { filter: Some("amount > 100".parse().unwrap()), ..RfmQuery::default() };
    let by_nothing = RfmQuery { filter: Some("amnt > 100".parse().unwrap()), ..RfmQuery::default() };
    let words = |query| blind.rfm(&query).unwrap_err().to_string().replace("amnt", "amount");
    assert_eq!(words(by_amount), words(by_nothing));
    // Values of customers can't be told either, purchases can.
    shop.sale("2025-03-05", shop.wang, a, "70 CNY");
    let values = blind.lifetime_values(&LifetimeQuery::default()).unwrap();
    assert!(values.worth.is_none() && values.customers.iter().all(|row| row.value.is_none()));
    assert!(values.no_spend_because.is_some());
}

#[test]
fn figures_as_of_a_past_day_are_those_of_that_day() {
    let (shop, _) = traded();
    let then = at("2025-01-25T02:00:00Z");
    let rows = rfm(shop.crm.system().as_of(then));
    assert_eq!(rows, BTreeMap::from([("甲".to_owned(), row(2, "350.50 CNY", 5))]));
    let view = shop.crm.system().as_of(at("2025-01-01T00:00:00Z")).rfm(&RfmQuery::default()).unwrap();
    assert_eq!(view.customers, vec![]);
    let funnel = shop.crm.system().as_of(then).funnel(&FunnelQuery::default()).unwrap();
    assert_eq!((funnel.figures.won, funnel.figures.open), (2, 0));
    assert_eq!(funnel.cohorts.keys().collect::<Vec<_>>(), ["2025-01"]);
}

#[test]
fn levels_follow_rfm_and_leave_what_a_person_gave() {
    let (shop, [a, b, c]) = traded();
    let by_hand =
        UpdateRecord { record: b.record(), revision: None, fields: fields(&[("level", "D".into())]) };
    shop.crm.system().execute(by_hand).unwrap();
    let levels = [(Level::A, 3.5), (Level::B, 2.5), (Level::C, 0.0)];
    let graded = shop.of(shop.wang).grade_by_rfm(&RfmQuery::default(), &levels, "rfm", false).unwrap();
    assert_eq!((graded.changed, graded.by_hand), (1, 1));
    let level = |id| {
        let customer: Customer = shop.crm.system().get(id).unwrap();
        (customer.level, customer.level_rule)
    };
    assert_eq!(level(a).1, "rfm");
    assert_eq!(level(b), (Some(Level::D), String::new()));
    assert_eq!(level(c), (None, String::new()));
    let again = shop.of(shop.wang).grade_by_rfm(&RfmQuery::default(), &levels, "rfm", true).unwrap();
    assert_eq!((again.changed, again.same), (1, 1));
}

/// Customers who buy at different paces, the first ones silent since long.
pub fn regulars() -> Shop {
    let shop = Shop::open();
    let mut sales: Vec<(NaiveDate, CustomerId, String)> = Vec::new();
    for number in 0..12u32 {
        let owner = if number % 2 == 0 { shop.wang } else { shop.chen };
        let customer = shop.customer(owner, &format!("客户{number}"));
        let until = if number < 3 { 120 } else { 330 };
        let mut on = 5 + number * 3;
        while on < until {
            let date = day("2025-01-01").checked_add_days(chrono::Days::new(u64::from(on))).unwrap();
            let amount = (200 + number * number * 37 % 1_000) * (1 + (on * 7_919 + number * 104_729) % 9) / 4;
            sales.push((date, customer, format!("{amount} CNY")));
            on += 14 + number * 9;
        }
    }
    sales.sort();
    for (date, customer, amount) in sales {
        let owner: Customer = shop.crm.system().get(customer).unwrap();
        shop.sale(&date.to_string(), owner.owner.unwrap(), customer, &amount);
    }
    shop.on("2025-12-31");
    shop
}

#[test]
fn lifetime_values_and_churn_follow_purchases_under_rights() {
    let shop = regulars();
    let all = shop.crm.system().lifetime_values(&LifetimeQuery::default()).unwrap();
    assert_eq!(all.customers.len(), 12);
    assert!(all.fit.gradient < 1e-6);
    let worth: rust_decimal::Decimal =
        all.customers.iter().filter_map(|row| row.value).map(|value| value.amount).sum();
    assert!((worth - all.worth.unwrap().amount).abs() < rust_decimal::Decimal::ONE);
    let one = |name: &str| all.customers.iter().find(|row| row.name == name).unwrap();
    assert!(one("客户0").alive < 0.2 && one("客户4").alive > 0.6, "{:?} {:?}", one("客户0"), one("客户4"));
    assert_eq!(one("客户4").last_on.unwrap().to_string()[..5], *"2025-");
    // A longer horizon brings more.
    let year = LifetimeQuery { ahead: Ahead::Within(365.0), ..LifetimeQuery::default() };
    let month = LifetimeQuery { ahead: Ahead::Within(30.0), ..LifetimeQuery::default() };
    let worth =
        |query: &LifetimeQuery| shop.crm.system().lifetime_values(query).unwrap().worth.unwrap().amount;
    assert!(worth(&month) < worth(&year));
    assert_eq!(shop.of(shop.wang).lifetime_values(&LifetimeQuery::default()).unwrap().customers.len(), 6);
    // Those who have been silent are at risk, first.
    let risks = shop.crm.system().churn_risks(&ChurnQuery::default()).unwrap();
    let first: Vec<&str> = risks.customers.iter().take(2).map(|row| row.name.as_str()).collect();
    assert!(first.iter().all(|name| ["客户0", "客户1", "客户2"].contains(name)), "{first:?}");
    assert!(risks.customers.iter().all(|row| !row.reasons.is_empty()));
    let mine = shop.of(shop.chen).churn_risks(&ChurnQuery::default()).unwrap();
    assert!(mine.customers.iter().all(|row| row.name != "客户0" && row.name != "客户2"));
    let refused =
        shop.of(shop.blind).as_of(at("2025-01-02T00:00:00Z")).lifetime_values(&LifetimeQuery::default());
    assert_eq!(refused.unwrap_err().code(), "clv.no_customers");
}

#[test]
fn complaints_and_what_the_host_counts_raise_the_risk() {
    let shop = regulars();
    let query = Query::of(kind::Customer::NO).filter("name in (\"客户4\", \"客户5\")".parse().unwrap());
    let found = shop.crm.system().list::<Customer>(&query).unwrap().items;
    let [four, five] = [found[0].meta.id, found[1].meta.id];
    let risks = |asked: ChurnQuery| -> BTreeMap<CustomerId, (f64, Vec<Reason>)> {
        let view = shop.crm.system().churn_risks(&ChurnQuery { least_risk: 0.0, ..asked }).unwrap();
        let row = |row: &crm_core::engine::insight::AtRisk| {
            (row.customer, (row.risk, row.reasons.iter().map(|(reason, _)| *reason).collect()))
        };
        view.customers.iter().map(row).collect()
    };
    let before = risks(ChurnQuery::default());
    assert!(before.values().all(|(_, why)| !why.contains(&Reason::Complaints)));
    let kind = fields(&[("code", "complaint".into()), ("zh", "投诉".into())]);
    shop.crm.system().execute(CreateRecord { kind: kind::ActivityType::NO, fields: kind }).unwrap();
    shop.log(four.record(), "complaint", "2025-12-20");
    // Long ago, so it says nothing of today.
    shop.log(five.record(), "complaint", "2025-03-01");
    let after = risks(ChurnQuery::default());
    assert!(after[&four].0 > before[&four].0 && after[&four].1.contains(&Reason::Complaints));
    assert_eq!(after[&five].0, before[&five].0);
    let (open_tickets, complaints) = (BTreeMap::from([(five, 2)]), BTreeMap::from([(five, 1), (four, 1)]));
    let told = risks(ChurnQuery { open_tickets, complaints, ..ChurnQuery::default() });
    assert!(told[&four].0 > after[&four].0 && told[&five].0 > after[&five].0);
    assert!(told[&five].1.contains(&Reason::OpenTickets) && !told[&four].1.contains(&Reason::OpenTickets));
    let others = before.keys().filter(|customer| ![four, five].contains(customer));
    others.for_each(|customer| assert_eq!(told[customer].0, before[customer].0));
    // As data too, as Python gives it.
    let as_data = json!({"open_tickets": {five.to_string(): 2}, "complaint_kinds": []});
    let asked: ChurnQuery = serde_json::from_value(as_data).unwrap();
    assert!(!risks(asked)[&four].1.contains(&Reason::Complaints));
}

#[test]
fn a_model_trained_on_history_is_a_versioned_record_that_scores() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let asked = TrainingQuery {
        features: vec!["source".into(), "amount".into()],
        ..TrainingQuery::new(Purpose::Win)
    };
    let trained = system.train_model(&asked).unwrap();
    assert_eq!(trained.model.report.verdict, learn::Verdict::Skill);
    // The same history gives the same model.
    assert_eq!(system.train_model(&asked).unwrap(), trained);
    let id = system.execute(trained.clone().save_as("赢单")).unwrap();
    let stored: Model = system.get(id).unwrap();
    assert_eq!((stored.version, stored.verdict), (1, Some(Verdict::Skill)));
    assert_eq!(stored.features, ["amount", "source"]);
    // A new version keeps the record; the journal has the earlier one.
    let naive = Training { learner: Learner::Bayes(learn::bayes::Options::default()), ..Training::default() };
    let naive = system.train_model(&TrainingQuery { training: naive, ..asked.clone() }).unwrap();
    let before = shop.crm.now();
    shop.on("2025-09-30");
    assert_eq!(system.execute(naive.save_as(" 赢单 ")).unwrap(), id);
    assert_eq!(system.get(id).map(|model: Model| model.version).unwrap(), 2);
    let first: Model = system.as_of(before).get(id).unwrap();
    assert_eq!(first, stored);
    assert_eq!(serde_json::from_str::<learn::Model>(&first.body).unwrap(), trained.model);

    let scored = system.score_with(id, None, 3).unwrap();
    let source = |scored: &crm_core::engine::insight::Scored| {
        let deal: Opportunity = system.get(scored.record.as_id().unwrap()).unwrap();
        assert!(deal.closed_at.is_none());
        deal.source.unwrap().to_string()
    };
    assert_eq!(
        (source(&scored[0]), source(scored.last().unwrap())),
        ("referral".into(), "advertisement".into())
    );
    assert!(scored[0].probability > 0.7 && scored.last().unwrap().probability < 0.4, "{scored:?}");
    let why = scored[0].explanation.as_ref().unwrap();
    assert_eq!(why.factors[0].column, "source");
    let sum: f64 = why.factors.iter().map(|factor| factor.log_odds).sum();
    assert!((why.usual + sum - why.log_odds).abs() < 1e-9);
    assert!(scored[3].explanation.is_none());

    // It is written where a person's own probability goes before it.
    let written = shop.of(shop.wang).predict_deals(id, None).unwrap();
    assert!(0 < written && written < scored.len());
    let deal: Opportunity = system.get(scored[0].record.as_id().unwrap()).unwrap();
    let others: Opportunity = shop
        .crm
        .system()
        .list(
            &Query::of(kind_of())
                .filter(format!("closed_at is empty and owner = {}", shop.chen).parse().unwrap())
                .limit(1),
        )
        .unwrap()
        .items
        .remove(0);
    assert_eq!(others.probability_model, None);
    assert_eq!(deal.probability_model.is_some(), deal.owner == Some(shop.wang));
    // Models are read only where a role names them.
    let unseen = shop.of(shop.strange).score_with(id, None, 0).unwrap_err();
    assert!(matches!(unseen, Error::NotFound(..)), "{unseen}");
    let not_mine = PredictDeals { model: id, deals: vec![others.meta.id] };
    assert!(matches!(shop.of(shop.wang).execute(not_mine), Err(Error::NotFound(..))));
}

fn kind_of() -> KindNo {
    <crm_core::base::kind::Opportunity as Kind>::NO
}

#[test]
fn what_an_actor_does_not_see_no_model_of_his_knows() {
    let shop = year_of_deals();
    let blind = shop.of(shop.blind);
    let named =
        |feature: &str| TrainingQuery { features: vec![feature.into()], ..TrainingQuery::new(Purpose::Win) };
    for feature in ["amount", "lines", "customer.industry", "nonsense", "customer.nonsense", "team"] {
        let answer = blind.train_model(&named(feature));
        if feature == "team" {
            assert!(answer.is_ok());
        } else {
            let error = answer.unwrap_err();
            assert!(error.has_code("model.feature"), "{error}");
            assert_eq!(
                error.to_string(),
                blind.train_model(&named("zzz")).unwrap_err().to_string().replace("zzz", feature)
            );
        }
    }
    let usual = blind.train_model(&TrainingQuery::new(Purpose::Win)).unwrap();
    let columns: Vec<&str> = usual.model.scorer.terms.iter().map(|term| term.column.as_str()).collect();
    assert!(
        columns.contains(&"source")
            && !columns.contains(&"amount")
            && !columns.contains(&"customer.industry")
    );
    // A model of one who sees amounts explains nothing by them to one who doesn't, and scores without them.
    let features = vec!["source".to_owned(), "amount".to_owned()];
    let trained =
        shop.crm.system().train_model(&TrainingQuery { features, ..TrainingQuery::new(Purpose::Win) });
    let id = shop.crm.system().execute(trained.unwrap().save_as("all")).unwrap();
    let scored = blind.score_with(id, None, usize::MAX).unwrap();
    let whole = shop.crm.system().score_with(id, None, usize::MAX).unwrap();
    assert_eq!(scored.len(), whole.len());
    let mut chances: Vec<String> = Vec::new();
    for row in &scored {
        let why = row.explanation.as_ref().unwrap();
        assert!(why.factors.iter().all(|factor| factor.column == "source"), "{why:?}");
        let sum: f64 = why.factors.iter().map(|factor| factor.log_odds).sum();
        assert!((why.usual + sum - why.log_odds).abs() < 1e-9);
        chances.push(format!("{:.12}", row.probability));
    }
    chances.dedup();
    assert_eq!(chances.len(), 2, "one probability a source");
    // Fewer deals are seen by a clerk, and he learns from those alone.
    let rows =
        |session: Session<'_>| session.train_model(&named("source")).unwrap().model.report.metrics.rows;
    assert!(rows(shop.of(shop.wang)) < rows(shop.crm.system()));
    let too_few = shop.of(shop.chen).train_model(&named("source")).unwrap_err();
    assert!(too_few.has_code("learn.too_little_data"), "{too_few}");
}

#[test]
fn a_model_without_skill_writes_nothing() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let by_time = Training { folds: Folds::ByTime { folds: 4 }, ..Training::default() };
    let asked = TrainingQuery {
        features: vec!["team".into()],
        training: by_time,
        ..TrainingQuery::new(Purpose::Win)
    };
    let trained = system.train_model(&asked).unwrap();
    assert_eq!(trained.model.report.verdict, learn::Verdict::NoSkill);
    let id = system.execute(trained.save_as("nothing")).unwrap();
    assert!(system.predict_deals(id, None).unwrap_err().has_code("model.no_skill"));
    let other = system.train_model(&TrainingQuery { purpose: Purpose::Churn, ..asked }).unwrap_err();
    assert!(other.has_code("model.outcome"));
}

#[test]
fn leads_are_scored_by_how_earlier_ones_ended() {
    let shop = Shop::open();
    for number in 0..150u32 {
        let date = day("2025-01-02").checked_add_days(chrono::Days::new(u64::from(number))).unwrap();
        shop.on(&date.to_string());
        let good = number % 2 == 0;
        let lead = LeadDraft {
            name: format!("人{number}"),
            company: format!("第{number}厂"),
            industry: if good { "科技" } else { "教育" }.into(),
            ..LeadDraft::default()
        };
        let captured = shop.crm.system().execute(CaptureLead { lead, ..CaptureLead::default() }).unwrap();
        let lead = captured.lead.unwrap();
        if number >= 140 {
            continue;
        }
        if good != (number % 14 == 0) {
            shop.crm.system().execute(ConvertLead::new(lead)).unwrap();
        } else {
            let (to, reason) = ("invalid".to_owned(), "没有需求".to_owned());
            let fail = MoveLead { lead, to, reason, revision: None, fields: BTreeMap::new() };
            shop.crm.system().execute(fail).unwrap();
        }
    }
    let system = shop.crm.system();
    let trained = system.train_model(&TrainingQuery::new(Purpose::Lead)).unwrap();
    assert_eq!(trained.model.report.verdict, learn::Verdict::Skill);
    let id = system.execute(trained.save_as("leads")).unwrap();
    let scored = system.score_with(id, None, 1).unwrap();
    assert_eq!(scored.len(), 10);
    let best: Lead = system.get(scored[0].record.as_id().unwrap()).unwrap();
    assert_eq!(best.industry, "科技");
    assert_eq!(scored[0].explanation.as_ref().unwrap().factors[0].column, "industry");
    assert!(system.predict_deals(id, None).unwrap_err().has_code("model.other_purpose"));
}

#[test]
fn a_forecast_rests_on_what_the_actor_sees_and_on_what_was_known_then() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let asked =
        ForecastQuery { draws: 300, target: Some("1 CNY".parse().unwrap()), ..ForecastQuery::default() };
    let all = system.forecast(&asked).unwrap();
    let mine = shop.of(shop.wang).forecast(&asked).unwrap();
    assert_eq!(all.owners.len(), 2);
    assert_eq!((mine.owners.len(), mine.owners[0].owner), (1, Some(shop.wang)));
    assert!(mine.deals.len() < all.deals.len());
    assert!(all.all.low.amount <= all.all.expected.amount && all.all.expected.amount <= all.all.high.amount);
    assert!(all.all.expected.amount < all.all.pipeline.amount);
    assert_eq!(all.all.reaches_target, Some(1.0));
    assert!(shop.of(shop.blind).forecast(&asked).unwrap().all.pipeline.amount.is_zero());
    // A forecast of the past is what it was on that day, whatever came later.
    let then = at("2025-06-01T00:00:00Z");
    let before = system.as_of(then).forecast(&asked).unwrap();
    for deal in all.deals.iter().take(5) {
        shop.win(deal.deal);
    }
    assert_eq!(system.as_of(then).forecast(&asked).unwrap(), before);
    let month_ends = [day("2025-01-03"), day("2025-04-30"), day("2025-05-30"), day("2025-08-28")];
    let test = system.forecast_test(&asked, &month_ends).unwrap();
    let days: Vec<NaiveDate> = test.trials.iter().map(|trial| trial.as_of).collect();
    assert_eq!(days, month_ends[1..3]);
    assert!(test.trials.iter().all(|trial| trial.actual.amount > rust_decimal::Decimal::ZERO));
    let nothing = Shop::open().crm.system().forecast(&asked).unwrap_err();
    assert!(nothing.has_code("forecast.no_history"));
}

#[test]
fn the_change_of_a_pipeline_adds_up() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    shop.on("2025-02-01");
    let [won, lost, up] =
        ["100 CNY", "200 CNY", "300 CNY"].map(|amount| shop.deal(shop.wang, customer, amount));
    let since = shop.crm.now();
    shop.on("2025-02-10");
    shop.win(won);
    shop.lose(lost);
    let dearer =
        UpdateRecord { record: up.record(), revision: None, fields: fields(&[("amount", "350 CNY".into())]) };
    shop.crm.system().execute(dearer).unwrap();
    shop.deal(shop.chen, shop.customer(shop.chen, "乙"), "1000 CNY");
    let change = shop.crm.system().pipeline_change(since, None).unwrap();
    let ways: Vec<Way> = change.parts.keys().copied().collect();
    assert_eq!(ways, [Way::New, Way::Up, Way::Won, Way::Lost]);
    assert_eq!((change.before, change.after), (600.into(), 1350.into()));
    assert_eq!(
        change.before + change.parts.values().map(|part| part.by).sum::<rust_decimal::Decimal>(),
        change.after
    );
    let mine = shop.of(shop.wang).pipeline_change(since, None).unwrap();
    assert_eq!((mine.before, mine.after), (600.into(), 350.into()));
    let funnel = shop.of(shop.wang).funnel(&FunnelQuery::default()).unwrap();
    assert_eq!((funnel.figures.won, funnel.figures.lost, funnel.figures.open), (1, 1, 1));
    assert_eq!(funnel.competitors["Rival"].lost, 1);
}

#[test]
fn activity_levels_halve_and_priorities_order_the_day() {
    let shop = Shop::open();
    let [a, b] = [shop.customer(shop.wang, "甲"), shop.customer(shop.chen, "乙")];
    let (small, large) = (shop.deal(shop.wang, a, "10 CNY"), shop.deal(shop.wang, a, "100000 CNY"));
    let log = |about: RecordRef, on: &str| {
        let when = format!("{on}T02:00:00Z");
        let activity = json!({"about": about, "kind": "call", "at": when});
        shop.crm.system().execute_named("activity.log", activity).unwrap();
    };
    shop.on("2025-03-31");
    log(a.record(), "2025-01-30");
    log(large.record(), "2025-03-01");
    log(b.record(), "2025-03-31");
    let asked = ActivityQuery::default();
    let levels = shop.crm.system().activity_levels(&asked).unwrap();
    let level = |customer| levels.iter().find(|level| level.customer == customer).unwrap();
    assert!((level(a).level - 0.75).abs() < 1e-9, "{:?}", level(a));
    assert!((level(a).falling().unwrap() - 0.5).abs() < 1e-9);
    assert_eq!((level(a).days_since, level(a).activities), (30, 2));
    assert!(level(a).silent_from.unwrap() > shop.crm.now());
    assert!((level(b).level - 1.0).abs() < 1e-9);
    assert_eq!(shop.of(shop.wang).activity_levels(&asked).unwrap().len(), 1);
    assert!(matches!(shop.of(shop.wang).activity_level(b, &asked), Err(Error::NotFound(..))));
    let order: Vec<OpportunityId> =
        shop.of(shop.wang).priorities(None).unwrap().iter().map(|deal| deal.deal).collect();
    assert_eq!(order, [large, small]);
    assert_eq!(shop.of(shop.chen).priorities(None).unwrap(), vec![]);
}

#[test]
fn a_margin_is_known_where_every_line_has_a_cost_that_the_actor_sees() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    let product = |code: &str, more: &[(&str, Value)]| -> ProductId {
        let pairs = [&[("code", code.into()), ("name", code.into())], more].concat();
        let create = CreateRecord { kind: kind::Product::NO, fields: fields(&pairs) };
        shop.crm.system().execute(create).unwrap().as_id().unwrap()
    };
    let press = product("P1", &[("unit_cost", "60 CNY".into())]);
    let variant = product("P1-b", &[("parent", press.into())]);
    let unknown = product("P2", &[]);
    let abroad = product("P3", &[("unit_cost", "5 USD".into())]);
    let line = |product: ProductId, price: &str| json!([product, null, "2", price, "10"]);
    let check = |lines: Vec<serde_json::Value>, expected: &str, margin: Option<&str>| {
        let create = json!({"kind": "opportunity", "fields": {
            "name": "MES", "customer": customer, "owner": shop.wang, "lines": lines, "probability_by_hand": "50",
        }});
        let deal = shop.crm.system().execute_named("record.create", create).unwrap();
        let deal: RecordRef = serde_json::from_value(deal).unwrap();
        for (user, margin) in [(shop.wang, margin), (shop.blind, None)] {
            let found = shop.of(user).priorities(None).unwrap();
            let row = found.iter().find(|row| row.deal.record() == deal).unwrap();
            let told = row.expected_margin.map(|margin| margin.to_string());
            assert_eq!(told.as_deref(), margin, "{lines:?}");
            if user == shop.wang {
                assert_eq!(row.expected.to_string(), expected, "{lines:?}");
            }
        }
    };
    check(vec![line(press, "100 CNY")], "90.00 CNY", Some("30.00 CNY"));
    check(vec![line(press, "100 CNY"), line(variant, "50 CNY")], "135.00 CNY", Some("15.00 CNY"));
    check(vec![line(press, "10 CNY")], "9.00 CNY", Some("-51.00 CNY"));
    check(vec![line(press, "100 CNY"), line(unknown, "100 CNY")], "180.00 CNY", None);
    check(vec![line(abroad, "100 CNY")], "90.00 CNY", None);
    check(vec![json!([null, "by the hour", null, null, null, null, "100 CNY"])], "50.00 CNY", None);
    check(vec![], "0.00 CNY", None);

    // Who sees the lines and not the costs is told of values alone.
    let rule = FieldRule { kind: "product".into(), field: "unit_cost".into(), access: FieldAccess::Hidden };
    let everything = Grant { kind: "*".into(), actions: Action::ALL.to_vec(), scope: Scope::All };
    let role = DefineRole {
        role: None,
        revision: None,
        name: "seller".into(),
        grants: vec![everything],
        fields: vec![rule],
        administrator: false,
    };
    let role = shop.crm.system().execute(role).unwrap();
    let user = json!({
        "login": "zhao", "name": "zhao", "department": null, "manager": null, "roles": [role], "capacity": null
    });
    let seller: UserId =
        serde_json::from_value(shop.crm.system().execute_named("user.create", user).unwrap()).unwrap();
    let told = shop.of(seller).priorities(None).unwrap();
    assert!(told.len() == 7 && told.iter().all(|row| row.expected_margin.is_none()), "{told:?}");
}
