//! Lifetime value agrees with references that were computed by other means.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crm_core::insight::clv::{
    Ahead, Family, Fit, Histories, Model, Spend, SpendOver, fit, fit_regularity, fit_spend, summarize, value,
};
use serde_json::Value as Json;

const ONE: NonZeroUsize = NonZeroUsize::MIN;

/// The folder with data and references: `CRM_SHARED`, or `shared` beside the workspace.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("CRM_SHARED").map_or(beside, PathBuf::from);
    let there = folder.join("data/cdnow").is_dir();
    if !there {
        println!("skipped: no folder with the data set; name one in CRM_SHARED");
    }
    there.then_some(folder)
}

fn json(folder: &Path, name: &str) -> Json {
    let text = std::fs::read_to_string(folder.join("reference").join(name)).unwrap();
    // Python writes NaN where the peer had no answer.
    serde_json::from_str(&text.replace("NaN", "null")).unwrap()
}

/// The columns of a CSV file of numbers, by name.
fn columns(path: &Path, names: &[&str]) -> Vec<Vec<f64>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let places: Vec<usize> =
        names.iter().map(|name| headers.iter().position(|header| header == *name).unwrap()).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.unwrap();
        for (column, place) in columns.iter_mut().zip(&places) {
            column.push(record[*place].parse().unwrap());
        }
    }
    columns
}

struct Table {
    repeats: Vec<u32>,
    last: Vec<f64>,
    age: Vec<f64>,
}

impl Table {
    fn read(path: &Path, names: [&str; 3]) -> Table {
        let mut columns = columns(path, &names).into_iter();
        let repeats = columns.next().unwrap().into_iter().map(|x| x as u32).collect();
        Table { repeats, last: columns.next().unwrap(), age: columns.next().unwrap() }
    }

    fn histories(&self) -> Histories<'_> {
        Histories::new(&self.repeats, &self.last, &self.age).unwrap()
    }
}

fn near(what: &str, found: f64, wanted: f64, within: f64) {
    let off = (found - wanted).abs() / wanted.abs().max(1e-300);
    assert!(found == wanted || off <= within, "{what}: {found} is not {wanted}, off by {off:e}");
}

fn parameters_near(fit: &Fit, wanted: &[f64], within: f64) {
    for ((name, found), wanted) in fit.model.parameters().into_iter().zip(wanted) {
        near(&format!("{:?} {name}", fit.model.family()), found, *wanted, within);
    }
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn cdnow_as_lifetimes_has_it() {
    let Some(folder) = shared() else { return };
    let table =
        Table::read(&folder.join("data/cdnow/cdnow_customers_summary.csv"), ["frequency", "recency", "T"]);
    let histories = table.histories();
    let reference = json(&folder, "btyd_cdnow_lifetimes.json");
    let each = folder.join("reference/cdnow_per_customer_lifetimes.csv");
    for (name, family, third, fourth) in [
        ("bgnbd", Family::BgNbd, "a", "b"),
        ("mbgnbd", Family::MbgNbd, "a", "b"),
        ("pnbd", Family::ParetoNbd, "s", "beta"),
    ] {
        let reference = &reference[name];
        let names = ["r", "alpha", third, fourth];
        let wanted = names.map(|one| reference["params"][one].as_f64().unwrap());
        let fit = fit(family, &histories, ONE).unwrap();
        near(name, fit.log_likelihood, reference["log_likelihood"].as_f64().unwrap(), 1e-9);
        parameters_near(&fit, &wanted, 1e-6);
        assert!(fit.gradient < 1e-8 && fit.edge.is_empty(), "{fit:?}");
        if reference["std_errors"].is_object() {
            for (one, found) in names.iter().zip(fit.standard_errors.unwrap()) {
                near(one, found, reference["std_errors"][one].as_f64().unwrap(), 1e-5);
            }
        }
        // At the reference's own parameters, so that the figures are compared and not the optimisers.
        let [r, alpha, third, fourth] = wanted;
        let (a, b, s, beta) = (third, fourth, third, fourth);
        let model = match family {
            Family::BgNbd => Model::BgNbd { r, alpha, a, b },
            Family::MbgNbd => Model::MbgNbd { r, alpha, a, b },
            _ => Model::ParetoNbd { r, alpha, s, beta },
        };
        let found = [
            model.purchases(&histories, Ahead::Within(39.0), ONE).unwrap(),
            model.alive(&histories, ONE).unwrap(),
        ];
        let wanted = columns(&each, &[&format!("{name}_E39"), &format!("{name}_palive")]);
        for (found, wanted) in found.iter().flatten().zip(wanted.iter().flatten()) {
            near(name, *found, *wanted, 1e-6);
        }
        let new = model.purchases_of_new(Ahead::Within(52.0)).unwrap();
        near(name, new, reference["E_new_customer_52w"].as_f64().unwrap(), 1e-9);
    }
}

#[test]
fn spend_and_value_as_lifetimes_has_them() {
    let Some(folder) = shared() else { return };
    let table =
        Table::read(&folder.join("data/cdnow/cdnow_customers_summary.csv"), ["frequency", "recency", "T"]);
    let each = columns(
        &folder.join("reference/cdnow_per_customer_lifetimes.csv"),
        &["zbar", "gg_E_M", "clv_12m_1pct"],
    );
    let reference = json(&folder, "btyd_cdnow_lifetimes.json");
    let gamma = &reference["gamma_gamma"];
    let fit = fit_spend(&table.repeats, &each[0], ONE).unwrap();
    let wanted = ["p", "q", "v"].map(|one| gamma["params"][one].as_f64().unwrap());
    for (found, wanted) in [fit.model.p, fit.model.q, fit.model.v].into_iter().zip(wanted) {
        near("spend", found, wanted, 1e-6);
    }
    assert_eq!(fit.customers, 946);
    near("spend", fit.log_likelihood, gamma["log_likelihood"].as_f64().unwrap(), 1e-9);
    near(
        "mean",
        fit.model.mean().unwrap(),
        gamma["population_mean_pv_over_q_minus_1"].as_f64().unwrap(),
        1e-6,
    );
    near("correlation", fit.correlation.unwrap(), gamma["corr_frequency_monetary"].as_f64().unwrap(), 1e-9);
    let [p, q, v] = wanted;
    let spend = Spend { p, q, v };
    let bg = &reference["bgnbd"]["params"];
    let [r, alpha, a, b] = ["r", "alpha", "a", "b"].map(|one| bg[one].as_f64().unwrap());
    let model = Model::BgNbd { r, alpha, a, b };
    // Its rule for weeks: months of 4.345 weeks, discounted at their ends.
    let year = Ahead::Periods { count: 12, length: 4.345, rate: 0.01 };
    let values = value(&model, &spend, &table.histories(), &each[0], year, ONE).unwrap();
    let expected = spend.expected(&table.repeats, &each[0], ONE).unwrap();
    for (found, wanted) in expected.iter().zip(&each[1]).chain(values.iter().zip(&each[2])) {
        near("value", *found, *wanted, 1e-6);
    }
}

#[test]
fn cdnow_in_full_precision() {
    let Some(folder) = shared() else { return };
    let path = folder.join("data/cdnow/cdnowSummary_cbs.csv");
    let table = Table::read(&path, ["x", "t.x", "T.cal"]);
    let histories = table.histories();
    let reference = json(&folder, "btyd_cdnow_R.json");
    for (name, family) in [
        ("BTYD_bgnbd", Family::BgNbd),
        ("BTYDplus_mbgnbd", Family::MbgNbd),
        ("BTYD_pnbd", Family::ParetoNbd),
        ("BTYDplus_nbd", Family::Nbd),
    ] {
        let mut wanted = reference[name].get("params").map(numbers).unwrap_or_default();
        if wanted.is_empty() {
            let other = if family == Family::Nbd { "params_r_alpha" } else { "params_k_r_alpha_a_b" };
            wanted = numbers(&reference[name][other]);
            wanted.drain(..wanted.len() % 2);
        }
        let fit = fit(family, &histories, ONE).unwrap();
        let theirs = numbers(&reference[name]["ll"])[0];
        assert!(fit.log_likelihood >= theirs - 1e-6, "{name}: {} below {theirs}", fit.log_likelihood);
        parameters_near(&fit, &wanted, 1e-3);
    }
    let pareto = numbers(&reference["BTYD_pnbd"]["params"]);
    let model = Model::ParetoNbd { r: pareto[0], alpha: pareto[1], s: pareto[2], beta: pareto[3] };
    let forever = model.purchases(&histories, Ahead::Forever { rate: 0.0027 }, ONE).unwrap();
    for (found, wanted) in forever.iter().zip(numbers(&reference["BTYD_pnbd"]["DERT_first20"])) {
        near("discounted", *found, wanted, 1e-6);
    }
    let sum = numbers(&reference["BTYD_pnbd"]["DERT_d0.0027_sum"])[0];
    near("discounted", forever.iter().sum(), sum, 1e-6);
    let means = columns(&path, &["m.x"]).remove(0);
    let spend = fit_spend(&table.repeats, &means, ONE).unwrap();
    let wanted = numbers(&reference["BTYD_spend"]["params_p_q_gamma"]);
    for (found, wanted) in [spend.model.p, spend.model.q, spend.model.v].into_iter().zip(wanted) {
        near("spend", found, wanted, 1e-3);
    }
    assert!(spend.log_likelihood >= numbers(&reference["BTYD_spend"]["ll"])[0] - 1e-6);
}

/// The transactions, summarised at the end of week 39, are the published table; the purchases aren't regular.
#[test]
fn cdnow_from_its_transactions() {
    let Some(folder) = shared() else { return };
    let text = std::fs::read_to_string(folder.join("data/cdnow/CDNOW_sample.txt")).unwrap();
    let (mut customers, mut days, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let date = chrono::NaiveDate::parse_from_str(words[2], "%Y%m%d").unwrap();
        customers.push(words[1].parse::<i64>().unwrap());
        days.push(chrono::Datelike::num_days_from_ce(&date));
        amounts.push((words[4].parse::<f64>().unwrap() * 100.0).round() as i64);
    }
    let as_of = chrono::NaiveDate::from_ymd_opt(1997, 9, 30).unwrap();
    let as_of = chrono::Datelike::num_days_from_ce(&as_of);
    let summary = summarize(&customers, &days, &amounts, as_of, 7.0, SpendOver::Repeats).unwrap();
    let path = folder.join("data/cdnow/cdnowSummary_cbs.csv");
    let table = Table::read(&path, ["x", "t.x", "T.cal"]);
    let means = columns(&path, &["m.x"]).remove(0);
    assert_eq!(summary.repeats, table.repeats);
    assert_eq!(summary.customers.len() + summary.merged + summary.later, {
        let repeats: u32 = summary.repeats.iter().sum();
        customers.len() - repeats as usize
    });
    for (row, mean) in means.iter().enumerate() {
        near("last", summary.last[row], table.last[row], 1e-12);
        near("age", summary.age[row], table.age[row], 1e-12);
        let mean = if table.repeats[row] == 0 { 0.0 } else { *mean };
        assert!((summary.mean_spend[row] / 100.0 - mean).abs() < 1e-6, "row {row}");
    }
    let (best, tried) = fit_regularity(&summary.histories().unwrap(), ONE).unwrap();
    assert_eq!((best.model.family(), tried.len()), (Family::MbgCnbd { k: 1 }, 2));
}
