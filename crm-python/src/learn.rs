//! Models that learn from how things ended, over columns of a frame; churn risks; backtests of scores.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array};
use arrow_schema::DataType;
use crm_core::insight::churn::{Evidence, Reason, Rules, risks};
use crm_core::insight::learn::backtest::backtest;
use crm_core::insight::learn::{self, Model, Table as Facts, Training};
use crm_core::record::error::Error;
use pyo3::prelude::*;
use serde_json::json;

use crate::amounts::Reading;
use crate::capsule;
use crate::failure::{Failure, Result, detached, said};
use crate::frame::{Column, Frame, cast};
use crate::rfm::threads;
use crate::table::{Table, same_length};

/// What a model is trained by.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    training: Training,
    /// The columns to learn from; all that aren't the time when none.
    columns: Option<Vec<String>>,
    /// The column by whose order rows are parted.
    time: Option<String>,
}

/// A column as facts: categories or numbers, missing ones as such.
enum Facet {
    Category(Vec<i32>, Vec<String>),
    Number(Vec<f64>),
}

impl Facet {
    fn read(column: &Column) -> Result<Self> {
        let values = &column.values;
        match values.data_type() {
            DataType::Boolean | DataType::LargeUtf8 | DataType::Null => Facet::categories(values),
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
                let days = cast(values, &DataType::Date32)?;
                let days = days.as_primitive::<Date32Type>();
                Ok(Facet::Number(days.iter().map(|day| day.map_or(f64::NAN, f64::from)).collect()))
            }
            ty if ty.is_numeric() || ty.is_decimal() => {
                let numbers = cast(values, &DataType::Float64)?;
                let numbers = numbers.as_primitive::<Float64Type>();
                Ok(Facet::Number(numbers.iter().map(|number| number.unwrap_or(f64::NAN)).collect()))
            }
            _ => column.wrong_type("numbers, texts, dates or truth values"),
        }
    }

    /// Levels in the order of their texts, so that the order of rows makes no difference.
    fn categories(values: &ArrayRef) -> Result<Self> {
        let texts = cast(values, &DataType::LargeUtf8)?;
        let packed = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::LargeUtf8));
        let packed = cast(&texts, &packed)?;
        let packed = packed.as_dictionary::<Int32Type>();
        let known = packed.values().as_string::<i64>();
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_unstable_by_key(|place| known.value(*place));
        let mut rank = vec![-1; known.len()];
        for (code, place) in (0..).zip(&order) {
            if let Some(rank) = rank.get_mut(*place) {
                *rank = code;
            }
        }
        let code = |key: Option<i32>| {
            let place = key.and_then(|key| usize::try_from(key).ok());
            place.and_then(|place| rank.get(place)).copied().unwrap_or(-1)
        };
        let levels = order.iter().map(|place| known.value(*place).to_owned()).collect();
        Ok(Facet::Category(packed.keys().iter().map(code).collect(), levels))
    }
}

/// Columns of a frame by name.
fn facets(frame: &Frame, names: &[String]) -> Result<Vec<(String, Facet)>> {
    names.iter().map(|name| Ok((name.clone(), Facet::read(&frame.column(name)?)?))).collect()
}

fn facts(facets: &[(String, Facet)]) -> Result<Facts<'_>> {
    let columns = facets.iter().map(|(name, facet)| match facet {
        Facet::Category(codes, levels) => learn::Column::category(name, codes, levels),
        Facet::Number(values) => learn::Column::number(name, values),
    });
    Ok(Facts::new(columns.collect())?)
}

fn outcomes(frame: &Frame) -> Result<Vec<bool>> {
    let name = frame.names().next().unwrap_or("y").to_owned();
    frame.column(&name)?.flags()
}

/// Trains a model on the rows of a frame, which ended as the one column of another says.
#[pyfunction]
pub fn learn_fit(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    ended: &Bound<'_, PyAny>,
    asked: &str,
) -> Result<String, PyErr> {
    let asked: Asked = serde_json::from_str(asked)
        .map_err(|error| Failure::from(Error::invalid("training", "learn.option", said(&error))))?;
    let (stream, ended) = (capsule::take(source)?, capsule::take(ended)?);
    Ok(detached(py, || {
        let (frame, ended) = (Frame::read(stream)?, outcomes(&Frame::read(ended)?)?);
        let other = |name: &&str| asked.time.as_deref() != Some(*name);
        let names =
            asked.columns.clone().unwrap_or_else(|| frame.names().filter(other).map(str::to_owned).collect());
        let times = asked.time.as_deref().map(|name| frame.column(name)?.times()).transpose()?;
        same_length("y", ended.len(), frame.rows())?;
        let facets = facets(&frame, &names)?;
        let facts = facts(&facets)?;
        let model = learn::train(&facts, &ended, times.as_deref(), &asked.training, threads(None))?;
        Ok(serde_json::to_string(&model)?)
    })?)
}

/// The columns that a model looks at.
fn looked_at(model: &Model) -> Vec<String> {
    model.scorer.terms.iter().map(|term| term.column.clone()).collect()
}

/// The probability of every row by a model.
#[pyfunction]
pub fn learn_predict(py: Python<'_>, source: &Bound<'_, PyAny>, model: &str) -> Result<Table, PyErr> {
    let model: Model = serde_json::from_str(model).map_err(Failure::from)?;
    let stream = capsule::take(source)?;
    Ok(detached(py, || {
        let facets = facets(&Frame::read(stream)?, &looked_at(&model))?;
        let chances = model.predict(&facts(&facets)?, threads(None))?;
        Table::new(vec![("probability", Arc::new(Float64Array::from(chances)) as ArrayRef)])
    })?)
}

/// Why a row has its probability, as JSON; none for a row that isn't there.
#[pyfunction]
pub fn learn_explain(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    model: &str,
    row: usize,
) -> Result<Option<String>, PyErr> {
    let model: Model = serde_json::from_str(model).map_err(Failure::from)?;
    let stream = capsule::take(source)?;
    Ok(detached(py, || {
        let facets = facets(&Frame::read(stream)?, &looked_at(&model))?;
        let why = model.explain(&facts(&facets)?, row)?;
        Ok(why.map(|why| serde_json::to_string(&why)).transpose()?)
    })?)
}

/// How scores (the first column) would have done on what came (the second), as JSON.
#[pyfunction]
pub fn score_backtest(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    thresholds: Vec<f64>,
) -> Result<String, PyErr> {
    let stream = capsule::take(source)?;
    Ok(detached(py, || {
        let frame = Frame::read(stream)?;
        let (scores, came) = (frame.column("score")?.numbers()?, frame.column("outcome")?.flags()?);
        let found = backtest(&scores, &came, &thresholds)?;
        let between = scores.iter().all(|score| (0.0..=1.0).contains(score));
        let calibration = match between {
            true => Some(learn::metrics::reliability(&scores, &came, 10)?),
            false => None,
        };
        let metrics = between.then(|| learn::metrics::metrics(&scores, &came)).transpose()?;
        let told = json!({ "backtest": found, "reliability": calibration, "metrics": metrics });
        Ok(told.to_string())
    })?)
}

/// What churn risks are asked for: the columns that are there, and how they weigh.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Churn {
    rules: Rules,
    decimals: u8,
    value: String,
    alive: Option<String>,
    recent: Option<String>,
    before: Option<String>,
    open_tickets: Option<String>,
    complaints: Option<String>,
    trained: Option<String>,
}

/// Churn risk a row, what is at stake, and what each reason adds in log-odds.
#[pyfunction]
pub fn churn_risks(py: Python<'_>, source: &Bound<'_, PyAny>, asked: &str) -> Result<Table, PyErr> {
    let asked: Churn = serde_json::from_str(asked).map_err(Failure::from)?;
    let stream = capsule::take(source)?;
    Ok(detached(py, || asked.risks(&Frame::read(stream)?))?)
}

impl Churn {
    fn risks(&self, frame: &Frame) -> Result<Table> {
        let value = frame.column(&self.value)?;
        let floats = value.values.data_type().is_floating();
        let value = value.amounts(Reading { decimals: self.decimals, returns: true, currency: None })?;
        let numbers = |name: &Option<String>| {
            name.as_deref().map(|name| frame.column(name)?.amounts_from_zero()).transpose()
        };
        let counts =
            |name: &Option<String>| name.as_deref().map(|name| frame.column(name)?.counts()).transpose();
        let (alive, trained) = (numbers(&self.alive)?, numbers(&self.trained)?);
        let (recent, before) = (counts(&self.recent)?, counts(&self.before)?);
        let (tickets, complaints) = (counts(&self.open_tickets)?, counts(&self.complaints)?);
        let evidence = Evidence {
            value: &value.minor,
            alive: alive.as_deref(),
            activity: recent.as_deref().zip(before.as_deref()),
            open_tickets: tickets.as_deref(),
            complaints: complaints.as_deref(),
            trained: trained.as_deref(),
        };
        let found = risks(&evidence, &self.rules)?;
        let unit = value.unit();
        let at_stake: ArrayRef = match (value.decimals, floats) {
            (0, false) => Arc::new(Int64Array::from(found.at_stake.clone())),
            _ => Arc::new(Float64Array::from_iter_values(found.at_stake.iter().map(|it| *it as f64 / unit))),
        };
        let mut columns: Vec<(&str, ArrayRef)> =
            vec![("risk", Arc::new(Float64Array::from(found.risk.clone()))), ("at_stake", at_stake)];
        let names: BTreeMap<Reason, &str> = [
            (Reason::Silence, "by_silence"),
            (Reason::ActivityFell, "by_activity"),
            (Reason::OpenTickets, "by_tickets"),
            (Reason::Complaints, "by_complaints"),
            (Reason::Trained, "by_model"),
        ]
        .into();
        for (reason, adds) in found.reasons {
            if let Some(name) = names.get(&reason) {
                columns.push((name, Arc::new(Float64Array::from(adds))));
            }
        }
        Table::new(columns)
    }
}
