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
    for (name, family, third, fourth) in [
        ("bgnbd", Family::BgNbd, "a", "b"),
        ("mbgnbd", Family::MbgNbd, "a", "b"),
        ("pnbd", Family::ParetoNbd, "s", "beta"),
    ] {
        let reference = &reference[name];
        let wanted: Vec<f64> =
            ["r", "alpha", third, fourth].map(|one| reference["params"][one].as_f64().unwrap()).to_vec();
        let fit = fit(family, &histories, ONE).unwrap();
        println!("{name}: {fit:?}");
        near(name, fit.log_likelihood, reference["log_likelihood"].as_f64().unwrap(), 1e-9);
        parameters_near(&fit, &wanted, if name == "pnbd" { 1e-5 } else { 1e-6 });
    }
}
