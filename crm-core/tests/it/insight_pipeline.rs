//! Every figure of a public data set's pipeline is that which other programs computed from its files.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use crm_core::base::{Instant, Span};
use crm_core::insight::forecast;
use crm_core::insight::pipeline::{
    Cohort, Deal, Figures, Outcome, cohorts, figures, list_figures, velocity, velocity_of_open,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value as Json;

use crate::insight_rfm::shared;

struct Row {
    agent: String,
    manager: String,
    region: String,
    product: String,
    list: Decimal,
    engaged: Option<NaiveDate>,
    closed: Option<NaiveDate>,
    deal: Deal,
}

fn table(folder: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join("data/maven_crm").join(file)).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn at(day: NaiveDate) -> Instant {
    Instant::from_micros(0) + Span::from_days(i64::from(day.to_epoch_days()))
}

fn rows(folder: &Path) -> Vec<Row> {
    let by = |file: &str, key: &str| -> BTreeMap<String, BTreeMap<String, String>> {
        table(folder, file).into_iter().map(|row| (row[key].clone(), row)).collect()
    };
    let (products, teams) = (by("products.csv", "product"), by("sales_teams.csv", "sales_agent"));
    let read = |row: BTreeMap<String, String>| {
        let product = row["product"].replace("GTXPro", "GTX Pro");
        let (engaged, closed): (Option<NaiveDate>, Option<NaiveDate>) =
            (row["engage_date"].parse().ok(), row["close_date"].parse().ok());
        let outcome = match row["deal_stage"].as_str() {
            "Won" => Outcome::Won,
            "Lost" => Outcome::Lost,
            _ => Outcome::Open,
        };
        let team = &teams[&row["sales_agent"]];
        Row {
            agent: row["sales_agent"].clone(),
            manager: team["manager"].clone(),
            region: team["regional_office"].clone(),
            list: products[&product]["sales_price"].parse().unwrap(),
            product,
            engaged,
            closed,
            deal: Deal {
                started_at: engaged.map(at),
                closed_at: closed.map(at),
                outcome,
                value: Some(row["close_value"].parse().unwrap_or_default()),
                stages: Vec::new(),
            },
        }
    };
    table(folder, "sales_pipeline.csv").into_iter().map(read).collect()
}

fn near(what: &str, found: Option<f64>, wanted: &Json) {
    match (found, wanted.as_f64()) {
        (Some(found), Some(wanted)) => {
            assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{what}: {found} {wanted}");
        }
        (found, wanted) => assert_eq!(found, wanted, "{what}"),
    }
}

fn agree(what: &str, rows: &[&Row], wanted: &Json) {
    let found: Figures = figures(rows.iter().map(|row| &row.deal));
    let list = list_figures(rows.iter().map(|row| (&row.deal, row.list)));
    for (name, found) in [
        ("closed", Some(found.closed as f64)),
        ("won", Some(found.won as f64)),
        ("lost", Some(found.lost as f64)),
        ("win_rate", found.win_rate),
        ("won_value", found.won_value.to_f64()),
        ("avg_deal", found.mean_value),
        ("median_deal", found.median_value.and_then(|value| value.to_f64())),
        ("cycle_won_days", found.mean_cycle.map(Span::days)),
        ("cycle_won_median", found.median_cycle.map(Span::days)),
        ("cycle_closed_days", found.mean_cycle_closed.map(Span::days)),
        ("win_rate_by_list_value", list.win_rate),
        ("won_value_over_list", list.won_over_list),
        ("velocity_per_day", found.velocity_per_day),
    ] {
        near(&format!("{what}, {name}"), found, &wanted[name]);
    }
}

fn agree_by(rows: &[&Row], key: impl Fn(&Row) -> String, wanted: &Json) {
    let mut groups: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.deal.outcome != Outcome::Open) {
        groups.entry(key(row)).or_default().push(row);
    }
    assert_eq!(groups.len(), wanted.as_object().unwrap().len());
    groups.iter().for_each(|(name, rows)| agree(name, rows, &wanted[name]));
}

fn month(day: Option<NaiveDate>) -> String {
    day.map_or(String::new(), |day| day.format("%Y-%m").to_string())
}

fn quarter(day: Option<NaiveDate>) -> String {
    use chrono::Datelike;
    day.map_or(String::new(), |day| format!("{}Q{}", day.year(), day.month0() / 3 + 1))
}

#[test]
fn every_figure_agrees() {
    let Some(folder) = shared("reference/crm_kpis_maven.json") else { return };
    let wanted = std::fs::read_to_string(folder.join("reference/crm_kpis_maven.json")).unwrap();
    let wanted: Json = serde_json::from_str(&wanted).unwrap();
    let rows = rows(&folder);
    let all: Vec<&Row> = rows.iter().collect();
    assert_eq!(all.len() as u64, wanted["rows"].as_u64().unwrap());
    agree("overall", &all, &wanted["overall"]);
    agree_by(&all, |row| month(row.closed), &wanted["by_close_month"]);
    agree_by(&all, |row| quarter(row.closed), &wanted["by_close_quarter"]);
    agree_by(&all, |row| row.agent.clone(), &wanted["by_agent"]);
    agree_by(&all, |row| row.manager.clone(), &wanted["by_manager"]);
    agree_by(&all, |row| row.region.clone(), &wanted["by_region"]);
    agree_by(&all, |row| row.product.clone(), &wanted["by_product"]);
    for (name, wanted) in wanted["by_month_and_agent"].as_object().unwrap() {
        let of_month: Vec<&Row> = all.iter().copied().filter(|row| month(row.closed) == *name).collect();
        agree_by(&of_month, |row| row.agent.clone(), wanted);
    }
    cohorts_agree(&all, &wanted["cohort_by_engage_month"]);
    open_pipeline_agrees(&all, &wanted["forecast_open_pipeline_2017-12-31"]);

    let deals: Vec<Deal> = all.iter().map(|row| row.deal.clone()).collect();
    let day = |text: &str| at(text.parse().unwrap());
    let found = velocity(&deals, day("2017-03-01"), day("2018-01-01")).unwrap();
    assert_eq!(found.realised_per_day.round(), 32_698.0);
    assert!(found.by_open_per_day.unwrap() > 0.0);
}

fn cohorts_agree(rows: &[&Row], wanted: &Json) {
    let engaged = rows.iter().filter(|row| row.engaged.is_some());
    let found: BTreeMap<String, Cohort> = cohorts(engaged.map(|row| (month(row.engaged), &row.deal)));
    assert_eq!(found.len(), wanted.as_object().unwrap().len());
    for (name, cohort) in found {
        let wanted = &wanted[&name];
        near(&name, Some(cohort.entered as f64), &wanted["engaged"]);
        near(&name, Some(cohort.closed as f64), &wanted["closed"]);
        near(&name, Some(cohort.won as f64), &wanted["won"]);
        near(&name, cohort.won_of_entered(), &wanted["win_rate_of_engaged"]);
        near(&name, cohort.won_of_closed().or(Some(0.0)), &wanted["win_rate_of_closed"]);
        assert_eq!(cohort.entered, cohort.closed + cohort.open);
    }
}

fn open_pipeline_agrees(rows: &[&Row], wanted: &Json) {
    let overall = figures(rows.iter().map(|row| &row.deal));
    let mut rates: BTreeMap<&str, Vec<&Deal>> = BTreeMap::new();
    rows.iter().for_each(|row| rates.entry(row.product.as_str()).or_default().push(&row.deal));
    let rates: BTreeMap<&str, f64> =
        rates.into_iter().map(|(name, deals)| (name, figures(deals).win_rate.unwrap())).collect();
    let expected = |rows: &[&&Row]| {
        let values: Vec<i64> = rows.iter().map(|row| row.list.to_i64().unwrap()).collect();
        let chances: Vec<f64> = rows.iter().map(|row| rates[row.product.as_str()]).collect();
        (values.iter().sum::<i64>() as f64, forecast::weighted(&values, &chances).unwrap())
    };
    let open: Vec<&&Row> = rows.iter().filter(|row| row.deal.outcome == Outcome::Open).collect();
    let engaging: Vec<&&Row> = open.iter().copied().filter(|row| row.engaged.is_some()).collect();
    near("open", Some(open.len() as f64), &wanted["open"]);
    near("list", Some(expected(&open).0), &wanted["open_list_value"]);
    near("expected", Some(expected(&open).1), &wanted["expected_by_product_win_rate"]);
    let wanted_engaging = &wanted["engaging_only"];
    near("engaging", Some(engaging.len() as f64), &wanted_engaging["open"]);
    near("engaging list", Some(expected(&engaging).0), &wanted_engaging["list_value"]);
    near("engaging expected", Some(expected(&engaging).1), &wanted_engaging["expected"]);
    near(
        "open velocity",
        velocity_of_open(open.len(), &overall),
        &wanted["velocity_of_open_pipeline_per_day"],
    );
    let today = NaiveDate::from_ymd_opt(2017, 12, 31).unwrap();
    let ages = engaging.iter().map(|row| (today - row.engaged.unwrap()).num_days() as f64);
    let mean = ages.sum::<f64>() / engaging.len() as f64;
    near("age", Some(mean), &wanted["open_age_days_mean_engaging"]);
}

#[test]
fn the_forecast_is_tried_on_past_month_ends() {
    let Some(folder) = shared("data/maven_crm/sales_pipeline.csv") else { return };
    let rows: Vec<Row> = rows(&folder).into_iter().filter(|row| row.engaged.is_some()).collect();
    let day = |day: Option<NaiveDate>| day.map_or(forecast::OPEN, |day| day.to_epoch_days());
    let started: Vec<i32> = rows.iter().map(|row| day(row.engaged)).collect();
    let closed: Vec<i32> = rows.iter().map(|row| day(row.closed)).collect();
    let won: Vec<bool> = rows.iter().map(|row| row.deal.outcome == Outcome::Won).collect();
    let values: Vec<i64> = rows.iter().map(|row| row.list.to_i64().unwrap()).collect();
    let groups = vec![0; rows.len()];
    let deals =
        forecast::Deals { started: &started, closed: &closed, won: &won, values: &values, groups: &groups };
    let ends: Vec<i32> = (5..=11)
        .map(|month| NaiveDate::from_ymd_opt(2017, month + 1, 1).unwrap().to_epoch_days() - 1)
        .collect();
    let plan = forecast::Plan { horizon: 30, draws: 400, ..forecast::Plan::default() };
    let found = forecast::backtest(deals, &ends, &plan).unwrap();
    assert_eq!(found.as_of.len(), ends.len());
    assert!(found.mean_error < found.mean_error_of_rate, "better than open value times win rate");
    assert!(found.mean_error < found.mean_error_of_last, "better than last month again");
    // The interval is one of 80 %.
    assert!(found.covered >= 5, "{found:?}");
}
