//! Learning agrees with reference answers that scikit-learn gave on public data.

use std::collections::BTreeMap;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crm_core::insight::learn::calibration::Method;
use crm_core::insight::learn::metrics::{Metrics, metrics};
use crm_core::insight::learn::{
    Column, Folds, Learner, Sample, Shape, Table, Training, Trial, Verdict, bayes, categories, logistic,
    trial,
};
use serde_json::Value as Json;

const ONE: NonZeroUsize = NonZeroUsize::MIN;

/// The folder that holds the data and the reference, where there is one: `CRM_SHARED`, or `shared` beside
/// the workspace.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("CRM_SHARED").map_or(beside, PathBuf::from);
    let there = folder.join("reference/lead_scoring_sklearn.json").exists();
    if !there {
        println!("skipped: no folder with the data sets; name one in CRM_SHARED");
    }
    there.then_some(folder)
}

/// A data set with the columns and folds of the reference.
struct Data {
    numbers: Vec<(String, Vec<f64>)>,
    categories: Vec<(String, Vec<i32>, Vec<String>)>,
    outcomes: Vec<bool>,
    folds: Vec<u32>,
    reference: Json,
}

type Row = BTreeMap<String, String>;

fn rows(path: &Path, delimiter: u8) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

impl Data {
    fn new(shared: &Path, name: &str, rows: &[Row], ended_well: impl Fn(&Row) -> bool) -> Data {
        let reference = std::fs::read_to_string(shared.join("reference/lead_scoring_sklearn.json")).unwrap();
        let reference: Json = serde_json::from_str(&reference).unwrap();
        let reference = reference[name].clone();
        let names = |kind: &str| -> Vec<String> { serde_json::from_value(reference[kind].clone()).unwrap() };
        // The reference fills gaps with the median of all rows, before it makes folds.
        let number = |name: String| {
            let values: Vec<Option<f64>> = rows.iter().map(|row| row.get(&name)?.parse().ok()).collect();
            let mut known: Vec<f64> = values.iter().flatten().copied().collect();
            known.sort_by(f64::total_cmp);
            let median = (known[(known.len() - 1) / 2] + known[known.len() / 2]) / 2.0;
            (name, values.into_iter().map(|value| value.unwrap_or(median)).collect())
        };
        let category = |name: String| {
            let values = rows.iter().map(|row| row.get(&name).map(String::as_str).filter(|v| !v.is_empty()));
            let (codes, levels) = categories(values);
            (name, codes, levels)
        };
        let packed = std::fs::File::open(shared.join(format!("reference/lead_folds_{name}.csv.gz"))).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
        let fold = |line: &str| line.split(',').nth(1).unwrap().parse().unwrap();
        Data {
            numbers: names("numeric").into_iter().map(number).collect(),
            categories: names("categorical").into_iter().map(category).collect(),
            outcomes: rows.iter().map(ended_well).collect(),
            folds: text.lines().skip(1).map(fold).collect(),
            reference,
        }
    }

    fn bank(shared: &Path) -> Data {
        let rows = rows(&shared.join("data/bank_marketing/bank-full.csv"), b';');
        Data::new(shared, "bank_marketing_no_duration", &rows, |row| row["y"] == "yes")
    }

    fn maven(shared: &Path) -> Data {
        let read = |name: &str| rows(&shared.join("data/maven_crm").join(name), b',');
        let by = |name: &str, key: &str| -> BTreeMap<String, Row> {
            read(name).into_iter().map(|row| (row[key].clone(), row)).collect()
        };
        let joined = [
            ("product", by("products.csv", "product")),
            ("sales_agent", by("sales_teams.csv", "sales_agent")),
            ("account", by("accounts.csv", "account")),
        ];
        let mut deals = read("sales_pipeline.csv");
        deals.retain(|deal| ["Won", "Lost"].contains(&deal["deal_stage"].as_str()));
        for deal in &mut deals {
            if deal["product"] == "GTXPro" {
                deal.insert("product".into(), "GTX Pro".into());
            }
            for (key, others) in &joined {
                deal.extend(others.get(&deal[*key]).cloned().unwrap_or_default());
            }
            deal.insert("engage_month".into(), deal["engage_date"][..7].to_owned());
        }
        Data::new(shared, "maven_crm_win", &deals, |deal| deal["deal_stage"] == "Won")
    }

    fn table(&self) -> Table<'_> {
        let categories =
            self.categories.iter().map(|(name, codes, levels)| Column::category(name, codes, levels));
        let numbers = self.numbers.iter().map(|(name, values)| Column::number(name, values));
        Table::new(categories.chain(numbers).collect()).unwrap()
    }

    fn try_out(&self, learner: Learner, calibration: Method) -> Trial {
        let folds = Folds::Given(self.folds.clone());
        let training = Training { learner, calibration, folds, ..Training::default() };
        trial(&self.table(), &self.outcomes, None, &training, ONE).unwrap()
    }
}

fn near(what: &str, found: f64, wanted: &Json, within: f64) {
    let wanted = wanted.as_f64().unwrap();
    assert!((found - wanted).abs() <= within, "{what}: {found} where the reference has {wanted}");
}

/// The coefficients and the objective of the fit to all rows.
fn golden_fit(data: &Data) {
    let (table, golden) = (data.table(), &data.reference["golden_full_fit"]);
    let sample = Sample::all(&table, &data.outcomes).unwrap();
    let fit = logistic::fit(&sample, &logistic::Options::default(), ONE).unwrap();
    near("objective", fit.objective, &golden["penalised_objective"], 1e-6);
    near("intercept", fit.scorer.base, &golden["intercept"], 1e-6);
    let mut coefficients = 0;
    for term in &fit.scorer.terms {
        let name = &term.column;
        let mut one = |key: String, found: f64| {
            near(&key, found, &golden["coef"][&key], 1e-6);
            coefficients += 1;
        };
        match &term.shape {
            Shape::Levels(levels) => {
                levels.iter().for_each(|(level, weight)| one(format!("c__{name}_{level}"), *weight));
                let missing = format!("c__{name}_(missing)");
                if golden["coef"].get(&missing).is_some() {
                    one(missing, term.missing);
                }
            }
            Shape::Slope { mean, scale, weight } => {
                one(format!("n__{name}"), *weight);
                near("mean", *mean, &data.reference["numeric_mean_scale"][name][0], 1e-8);
                near("scale", *scale, &data.reference["numeric_mean_scale"][name][1], 1e-8);
            }
            Shape::Bins { .. } => panic!("a regression has no bins"),
        }
    }
    assert_eq!(coefficients, golden["coef"].as_object().unwrap().len());
    let probabilities = fit.scorer.probabilities(&table, ONE).unwrap();
    for (found, wanted) in probabilities.iter().zip(golden["first10_prob"].as_array().unwrap()) {
        near("a probability", *found, wanted, 1e-7);
    }
    let whole = metrics(&probabilities, &data.outcomes).unwrap();
    near("log loss", whole.log_loss, &golden["train_log_loss"], 1e-8);
    near("auc", whole.auc.unwrap(), &golden["train_auc"], 1e-6);
}

fn same_metrics(what: &str, found: &Metrics, reference: &Json) {
    near(&format!("{what} auc"), found.auc.unwrap(), &reference["auc"], 5e-5);
    near(&format!("{what} log loss"), found.log_loss, &reference["log_loss"], 5e-5);
    near(&format!("{what} brier"), found.brier, &reference["brier"], 5e-5);
    near(&format!("{what} ece"), found.ece, &reference["ece10"], 5e-5);
}

fn same_trials(data: &Data) {
    let cv = &data.reference["cv"];
    let by_regression = data.try_out(Learner::Logistic(logistic::Options::default()), Method::None);
    same_metrics("regression", &by_regression.report.metrics, &cv["logreg"]);
    near("base", by_regression.report.base_log_loss, &cv["base_rate"]["log_loss"], 1e-9);
    let by_counts = data.try_out(Learner::Bayes(bayes::Options::default()), Method::None);
    same_metrics("counts", &by_counts.report.metrics, &cv["odoo_rule"]);
}

fn timed(shared: &Path) -> Json {
    let path = shared.join("reference/lead_timesplit_and_calibration.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn deals_without_signal() {
    let Some(shared) = shared() else { return };
    let data = Data::maven(&shared);
    golden_fit(&data);
    same_trials(&data);
    // Worse than the base rate as it is; held back harder, or calibrated, no worse.
    let reference = &timed(&shared)["maven_crm_win"];
    let plain = data.try_out(Learner::Logistic(logistic::Options::default()), Method::None).report;
    assert_eq!(plain.verdict, Verdict::NoSkill);
    assert!(plain.gain < 0.0);
    let held = logistic::Options { penalty: 100.0, ..logistic::Options::default() };
    let held = data.try_out(Learner::Logistic(held), Method::None).report;
    same_metrics("held back", &held.metrics, &reference["logreg_C0.01"]);
    let calibrated = data.try_out(Learner::Bayes(bayes::Options::default()), Method::Platt).report;
    near("calibrated", calibrated.metrics.log_loss, &reference["odoo_rule_plus_platt"]["log_loss"], 5e-4);
}

#[test]
fn calls_of_a_bank() {
    let Some(shared) = shared() else { return };
    let data = Data::bank(&shared);
    golden_fit(&data);
    same_trials(&data);
    let reference = timed(&shared);
    let calibrated = data.try_out(Learner::Bayes(bayes::Options::default()), Method::Platt).report;
    let platt = &reference["bank_marketing_no_duration"]["odoo_rule_plus_platt"];
    near("calibrated", calibrated.metrics.log_loss, &platt["log_loss"], 2e-4);
    near("calibrated", calibrated.metrics.ece, &platt["ece10"], 2e-3);
    assert_eq!(calibrated.verdict, Verdict::Skill);

    // In the order of time, later calls went otherwise than earlier ones.
    let times: Vec<i64> = (0..).take(data.outcomes.len()).collect();
    let late = &reference["bank_no_duration_time_split_70_30"];
    for (learner, name) in [
        (Learner::Logistic(logistic::Options::default()), "logreg"),
        (Learner::Bayes(bayes::Options::default()), "odoo_rule"),
    ] {
        let folds = Folds::Latest { learnt: 0.7 };
        let training = Training { learner, calibration: Method::None, folds, ..Training::default() };
        let found = trial(&data.table(), &data.outcomes, Some(&times), &training, ONE).unwrap().report;
        same_metrics(name, &found.metrics, &late[name]);
        near("base", found.base_log_loss, &late["base_rate_log_loss"], 1e-9);
    }
}
