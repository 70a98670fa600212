//! Targets and how far they are reached; forecasts against them, kept and judged by what came.

use std::collections::BTreeSet;

use crm_core::base::calendar::{Bucket, DateRange};
use crm_core::base::kind;
use crm_core::base::kind::{DepartmentId, TargetId, TeamId};
use crm_core::domain::forecast::Forecast;
use crm_core::engine::insight::{ForecastQuery, TargetReached};
use crm_core::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use crate::shop::{Shop, at, day, fields, year_of_deals};

fn target(shop: &Shop, metric: &str, goal: &str, whose: &[(&str, Value)]) -> TargetId {
    let goal_field = if goal.ends_with("CNY") { "amount" } else { "number" };
    let mut pairs: Vec<(&str, Value)> = vec![
        ("metric", metric.into()),
        ("from", Value::Date(day("2025-01-01"))),
        ("until", Value::Date(day("2025-03-31"))),
        (goal_field, goal.into()),
    ];
    pairs.extend(whose.iter().cloned());
    let command = CreateRecord { kind: kind::Target::NO, fields: fields(&pairs) };
    shop.crm.system().execute(command).unwrap().as_id().unwrap()
}

fn of(session: Session<'_>, id: TargetId) -> TargetReached {
    session.targets_reached(None).unwrap().into_iter().find(|row| row.target == id).unwrap()
}

#[test]
fn each_metric_counts_what_it_says_for_whom_it_says() {
    let shop = Shop::open();
    let system = shop.crm.system();
    let department = json!({"name": "East", "parent": null});
    let east: DepartmentId =
        serde_json::from_value(system.execute_named("department.create", department).unwrap()).unwrap();
    let below = json!({"name": "Shanghai", "parent": east});
    let shanghai: DepartmentId =
        serde_json::from_value(system.execute_named("department.create", below).unwrap()).unwrap();
    let team = json!({"name": "Key accounts", "members": [shop.chen]});
    let team: TeamId = serde_json::from_value(system.execute_named("team.create", team).unwrap()).unwrap();
    let moved = json!({"user": shop.wang, "department": shanghai});
    system.execute_named("user.update", moved).unwrap();

    let a = shop.create::<kind::Customer>(shop.wang, &[("name", "甲".into()), ("province", "浙江".into())]);
    let b = shop.create::<kind::Customer>(shop.chen, &[("name", "乙".into()), ("province", "广东".into())]);
    shop.sale("2025-01-10", shop.wang, a, "100 CNY");
    shop.sale("2025-02-10", shop.wang, a, "50 CNY");
    shop.sale("2025-03-20", shop.chen, b, "400 CNY");
    for on in ["2025-01-06", "2025-01-07", "2025-01-08"] {
        let activity = json!({"about": a, "kind": "call", "at": format!("{on}T02:00:00Z")});
        shop.of(shop.wang).execute_named("activity.log", activity).unwrap();
    }
    let whole = target(&shop, "amount_won", "1000 CNY", &[]);
    let wang = target(&shop, "amount_won", "300 CNY", &[("user", shop.wang.into())]);
    let by_team = target(&shop, "amount_won", "500 CNY", &[("team", team.into())]);
    let by_department = target(&shop, "deals_won", "4", &[("department", east.into())]);
    let by_region = target(&shop, "deals_won", "2", &[("region", "广东".into())]);
    let nobody = target(&shop, "deals_won", "2", &[("region", "广东".into()), ("user", shop.wang.into())]);
    let new = target(&shop, "new_customers", "4", &[]);
    let first = target(&shop, "first_purchases", "2", &[]);
    let opened = target(&shop, "opportunities_opened", "6", &[]);
    let calls = target(&shop, "activities", "6", &[("user", shop.wang.into())]);
    let per_day = target(&shop, "activities_per_day", "0.1", &[("user", shop.wang.into())]);
    shop.on("2025-03-31");
    for (id, reached, share) in [
        (whole, "550", 0.55),
        (wang, "150", 0.5),
        (by_team, "400", 0.8),
        (by_department, "2", 0.5),
        (by_region, "1", 0.5),
        (nobody, "0", 0.0),
        (new, "2", 0.5),
        (first, "2", 1.0),
        (opened, "3", 0.5),
        (calls, "3", 0.5),
    ] {
        let found = of(system, id);
        assert_eq!(found.reached, reached.parse().unwrap(), "{found:?}");
        assert!(
            (found.attainment.share - share).abs() < 1e-9 && found.attainment.elapsed == 1.0,
            "{found:?}"
        );
    }
    // From Monday to Friday there are 64 days in these three months.
    let rate = of(system, per_day);
    assert_eq!(rate.reached, "0.046875".parse().unwrap());
    shop.sale("2025-04-02", shop.chen, b, "9000 CNY");
    // What comes after the period doesn't count, and at an earlier date it is what was known then.
    assert_eq!(of(system, whole).reached, 550.into());
    let then = of(system.as_of(at("2025-03-31T10:00:00Z")), whole);
    assert_eq!(then.reached, 550.into());
    let earlier = at("2025-02-14T10:00:00Z");
    assert!(system.as_of(earlier).targets_reached(None).unwrap().is_empty(), "set later");
    // Of what is known now, by the end of an earlier day.
    let by = |on: &str| {
        system.targets_reached_on(None, day(on)).unwrap().into_iter().find(|row| row.target == whole).unwrap()
    };
    assert_eq!(by("2025-02-09").reached, 100.into());
    let middle = by("2025-02-14");
    assert_eq!((middle.reached, middle.attainment.elapsed), (150.into(), 33.0 / 64.0));
    assert_eq!((by("2024-12-31").attainment.pace, by("2026-01-01").reached), (None, 550.into()));
    let half = system.targets_reached(Some(&"user is not empty".parse().unwrap())).unwrap();
    assert_eq!(half.len(), 4);
    // Wang sees his own targets, and of the whole what is his.
    let seen = shop.of(shop.wang).targets_reached(None).unwrap();
    let mine = BTreeSet::from([wang, nobody, calls, per_day]);
    assert_eq!(seen.iter().map(|row| row.target).collect::<BTreeSet<_>>(), mine);
    // Who does not see amounts does not see them through targets.
    let blind = of(shop.of(shop.blind), whole);
    assert_eq!(blind.reached, Decimal::ZERO);
    let wrong = CreateRecord {
        kind: kind::Target::NO,
        fields: fields(&[("metric", "amount_won".into()), ("from", Value::Date(day("2025-02-01")))]),
    };
    let refused = system.execute(wrong).unwrap_err();
    assert!(refused.has_code("target.goal"), "{refused}");
}

fn quarter() -> DateRange {
    DateRange { from: day("2025-07-01"), to: day("2025-10-01") }
}

#[test]
fn a_forecast_of_a_period_reads_targets_and_adds_up_by_owner_team_and_department() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let department = json!({"name": "East", "parent": null});
    let east: DepartmentId =
        serde_json::from_value(system.execute_named("department.create", department).unwrap()).unwrap();
    let team = json!({"name": "Both", "members": [shop.chen, shop.wang]});
    let team: TeamId = serde_json::from_value(system.execute_named("team.create", team).unwrap()).unwrap();
    system.execute_named("user.update", json!({"user": shop.wang, "department": east})).unwrap();
    let goal = |amount: &str, whose: &[(&str, Value)]| {
        let mut pairs: Vec<(&str, Value)> = vec![
            ("metric", "amount_won".into()),
            ("from", Value::Date(day("2025-07-01"))),
            ("until", Value::Date(day("2025-09-30"))),
            ("amount", amount.into()),
        ];
        pairs.extend(whose.iter().cloned());
        system.execute(CreateRecord { kind: kind::Target::NO, fields: fields(&pairs) }).unwrap();
    };
    goal("60000 CNY", &[]);
    goal("1000000 CNY", &[("user", shop.chen.into())]);
    goal("1 CNY", &[("department", east.into())]);
    // Of the open deals, some are expected to close in the quarter and one is overdue.
    let open = Query::of(kind::Opportunity::NO).filter("closed_at is empty".parse().unwrap()).limit(3);
    let open: Vec<OpportunityId> =
        system.list::<Opportunity>(&open).unwrap().items.iter().map(|deal| deal.meta.id).collect();
    for (deal, on) in open.iter().zip(["2025-08-31", "2025-09-30", "2025-10-15"]) {
        let change = fields(&[("close_on", Value::Date(day(on)))]);
        system.execute(UpdateRecord { record: deal.record(), revision: None, fields: change }).unwrap();
    }
    shop.on("2025-09-05");
    let asked = ForecastQuery { draws: 400, period: Some(quarter()), ..ForecastQuery::default() };
    let view = system.forecast(&asked).unwrap();
    assert_eq!((view.from, view.until), (day("2025-07-01"), day("2025-09-30")));
    let all = &view.all;
    assert_eq!(all.deals, 2);
    assert!(all.closed.amount > Decimal::ZERO && all.expected.amount > Decimal::ZERO);
    assert_eq!(all.target, "60000 CNY".parse().ok());
    assert!(all.reaches_target.is_some());
    let sum = |of: &dyn Fn(&crm_core::engine::insight::OwnerForecast) -> Money| -> Decimal {
        view.owners.iter().map(|row| of(row).amount).sum()
    };
    assert_eq!(sum(&|row| row.outlook.closed), all.closed.amount);
    assert_eq!(sum(&|row| row.outlook.pipeline), all.pipeline.amount);
    assert!((sum(&|row| row.outlook.expected) - all.expected.amount).abs() < Decimal::ONE);
    let of_chen = view.owners.iter().find(|row| row.owner == Some(shop.chen)).unwrap();
    assert_eq!(of_chen.outlook.reaches_target, Some(0.0));
    assert_eq!((view.teams.len(), view.teams[0].team, view.teams[0].outlook.closed), (1, team, all.closed));
    assert_eq!((view.departments.len(), view.departments[0].outlook.reaches_target), (1, Some(1.0)));
    // The next quarter is another window of the same deals.
    let next = system.forecast_periods(&asked, Bucket::Quarter, 2).unwrap();
    assert_eq!((next[0].all, next[1].all.closed.amount, next[1].all.deals), (*all, Decimal::ZERO, 1));
    let both = ForecastQuery { days: 117, period: None, ..asked.clone() };
    let both = system.forecast(&both).unwrap();
    assert_eq!(both.until, day("2025-12-31"));
    let apart = next[0].all.expected.amount + next[1].all.expected.amount;
    assert!((apart - both.all.expected.amount).abs() < Decimal::ONE, "{apart} {}", both.all.expected);
    let over = ForecastQuery { period: Some(DateRange::day(day("2025-09-05"))), ..asked };
    assert!(system.forecast(&over).unwrap_err().has_code("forecast.period"));
}

#[test]
fn kept_forecasts_stay_and_are_judged_by_what_came() {
    let shop = year_of_deals();
    let system = shop.crm.system();
    let asked = ForecastQuery { draws: 300, days: 30, ..ForecastQuery::default() };
    // As of a past day too: it says what was known then.
    let past = system.as_of(at("2025-05-31T02:00:00Z")).forecast(&asked).unwrap();
    system.execute(past.keep_as(" June ", &asked)).unwrap();
    let period = DateRange { from: day("2025-07-01"), to: day("2025-08-01") };
    let july = ForecastQuery { period: Some(period), ..asked.clone() };
    let mid = system.as_of(at("2025-07-15T02:00:00Z")).forecast(&july).unwrap();
    let first = system.execute(mid.keep_as("July", &july)).unwrap();
    let second = system.keep_forecast("july", &asked).unwrap();
    let kept: Forecast = system.get(second).unwrap();
    assert_eq!((kept.name.as_str(), kept.version, kept.owner), ("july", 2, None));
    let kept: Forecast = system.get(first).unwrap();
    assert_eq!((kept.version, kept.from, kept.closed), (1, Some(day("2025-07-01")), Some(mid.all.closed)));
    assert_eq!(kept.owners.len(), mid.owners.len());

    let judged = system.judge_forecasts(None).unwrap();
    assert_eq!((judged.forecasts.len(), judged.pending), (2, 1));
    let june = &judged.forecasts[0];
    let test = system.forecast_test(&asked, &[day("2025-05-31")]).unwrap();
    assert_eq!(
        (june.name.as_str(), june.actual, june.expected),
        ("June", test.trials[0].actual, past.all.expected)
    );
    let row = &judged.forecasts[1];
    assert_eq!(row.expected.amount, mid.all.closed.amount + mid.all.expected.amount);
    assert!(row.total.amount >= row.actual.amount && row.actual.amount >= mid.all.closed.amount);
    assert_eq!(judged.covered, judged.forecasts.iter().filter(|row| row.within).count());
    let named = system.judge_forecasts(Some(&"name = \"July\"".parse().unwrap())).unwrap();
    assert_eq!(named.forecasts.len(), 1);

    // Nobody makes a forecast better afterwards, and `*` does not grant what another saw.
    let better = fields(&[("expected", "1 CNY".into())]);
    let refused = system.execute(UpdateRecord { record: first.record(), revision: None, fields: better });
    assert!(refused.is_err());
    assert_eq!(shop.of(shop.wang).judge_forecasts(None).unwrap().forecasts, []);
    let denied = shop.of(shop.wang).keep_forecast("mine", &asked).unwrap_err();
    assert_eq!(denied.code(), "permission.denied");
    assert!(system.keep_forecast("  ", &asked).unwrap_err().has_code("forecast.nameless"));
}
