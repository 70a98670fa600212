//! Lifetime value of a frame of customers.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Date32Array, Float64Array, Int64Array, LargeStringArray, UInt32Array};
use arrow_buffer::ScalarBuffer;
use arrow_schema::DataType;
use chrono::Datelike;
use crm_core::insight::clv::{
    self, Ahead, Family, Histories, Model, Spend, SpendOver, Summary, fit_regularity, summarize,
};
use crm_core::insight::retention::{Retained, retention as retained};
use crm_core::record::error::Error;
use pyo3::prelude::*;
use serde_json::json;

use crate::capsule;
use crate::failure::{Failure, Result, detached, said};
use crate::frame::{Frame, Ids, cast};
use crate::rfm::{Bought, Columns, threads};
use crate::table::{Table, same_length};

/// What a summary is asked for.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    columns: Columns,
    /// Days since 1970-01-01; the last day bought on when none.
    until: Option<i32>,
    days_a_unit: f64,
    /// Whether the first purchase counts into the mean spend.
    with_first: bool,
}

/// One row a customer: repeat purchases, recency, age and mean spend; what else was found as JSON.
#[pyfunction]
pub fn clv_summary(py: Python<'_>, source: &Bound<'_, PyAny>, asked: &str) -> Result<(Table, String), PyErr> {
    let asked: Asked = serde_json::from_str(asked).map_err(Failure::from)?;
    let stream = capsule::take(source)?;
    Ok(detached(py, || {
        let frame = Frame::read(stream)?;
        let bought = Bought::read(&frame, &asked.columns)?;
        let until = asked.until.or(bought.days.iter().copied().max()).unwrap_or(0);
        let over = if asked.with_first { SpendOver::All } else { SpendOver::Repeats };
        let numbers = Numbers::of(&bought.ids)?;
        let (days, minor) = (&bought.days, &bought.amounts.minor);
        let summary = summarize(&numbers.codes, days, minor, until, asked.days_a_unit, over)?;
        let ids = Ids::column(numbers.column(&summary.customers)?, &bought.like)?;
        asked.told(ids, &summary, &bought, until)
    })?)
}

impl Asked {
    fn told(&self, ids: ArrayRef, found: &Summary, bought: &Bought, until: i32) -> Result<(Table, String)> {
        let unit = bought.amounts.unit();
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            (&self.columns.customer, ids),
            ("frequency", Arc::new(UInt32Array::from(found.repeats.clone()))),
            ("recency", Arc::new(Float64Array::from(found.last.clone()))),
            ("T", Arc::new(Float64Array::from(found.age.clone()))),
        ];
        if self.columns.amount.is_some() {
            let mean = found.mean_spend.iter().map(|mean| mean / unit);
            columns.push(("monetary_value", Arc::new(Float64Array::from_iter_values(mean))));
            columns.push(("total_value", bought.money(&found.total)?));
        }
        let info = json!({
            "observation_period_end": until, "log_intervals": found.log_intervals, "merged": found.merged,
            "later": found.later, "currency": bought.amounts.currency,
        });
        Ok((Table::new(columns)?, info.to_string()))
    }
}

/// Of the customers who first bought in a month, how many bought in each month after.
#[pyfunction]
pub fn retention(py: Python<'_>, source: &Bound<'_, PyAny>, columns: &str) -> Result<Table, PyErr> {
    let columns: Columns = serde_json::from_str(columns).map_err(Failure::from)?;
    on_frame(py, source, |frame| {
        let bought = Bought::read(frame, &columns)?;
        let found = retained(&Numbers::of(&bought.ids)?.codes, &bought.days)?;
        let day = |row: &Retained| row.cohort.num_days_from_ce() - 719_163;
        let share = |row: &Retained| row.customers as f64 / row.of.max(1) as f64;
        Table::new(vec![
            ("cohort", Arc::new(Date32Array::from_iter_values(found.iter().map(day))) as ArrayRef),
            ("months", Arc::new(UInt32Array::from_iter_values(found.iter().map(|row| row.months)))),
            (
                "customers",
                Arc::new(Int64Array::from_iter_values(found.iter().map(|row| row.customers as i64))),
            ),
            ("share", Arc::new(Float64Array::from_iter_values(found.iter().map(share)))),
        ])
    })
}

/// Ids as numbers in the order of the ids.
struct Numbers {
    codes: ScalarBuffer<i64>,
    /// The texts that numbers stand for, in their order.
    texts: Option<LargeStringArray>,
}

impl Numbers {
    fn of(ids: &Ids) -> Result<Self> {
        let texts = match ids {
            Ids::Whole(ids) => return Ok(Numbers { codes: ids.clone(), texts: None }),
            Ids::Text(texts) => texts,
        };
        let all: ArrayRef = Arc::new(texts.clone());
        let packed = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::LargeUtf8));
        let packed = cast(&all, &packed)?;
        let packed = packed.as_dictionary::<Int32Type>();
        let known = packed.values().as_string::<i64>();
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_unstable_by_key(|place| known.value(*place));
        let mut code = vec![0i64; known.len()];
        for (rank, place) in order.iter().enumerate() {
            if let Some(code) = code.get_mut(*place) {
                *code = rank as i64;
            }
        }
        let codes: Vec<i64> = packed
            .keys()
            .values()
            .iter()
            .map(|key| usize::try_from(*key).ok().and_then(|key| code.get(key)).copied().unwrap_or(0))
            .collect();
        let texts = LargeStringArray::from_iter_values(order.iter().map(|place| known.value(*place)));
        Ok(Numbers { codes: codes.into(), texts: Some(texts) })
    }

    fn column(&self, codes: &[i64]) -> Result<ArrayRef> {
        Ok(match &self.texts {
            None => Arc::new(Int64Array::from(codes.to_vec())),
            Some(texts) => {
                let places = codes.iter().filter_map(|code| usize::try_from(*code).ok());
                Arc::new(LargeStringArray::from_iter_values(places.map(|place| texts.value(place))))
            }
        })
    }
}

/// Customers' histories as columns of a frame.
struct Customers {
    frequency: ScalarBuffer<u32>,
    recency: ScalarBuffer<f64>,
    age: ScalarBuffer<f64>,
}

impl Customers {
    fn read(frame: &Frame) -> Result<Self> {
        let frequency = frame.column("frequency")?.counts()?;
        let recency = frame.column("recency")?.amounts_from_zero()?;
        let age = frame.column("T")?.amounts_from_zero()?;
        same_length("recency", recency.len(), frequency.len())?;
        same_length("T", age.len(), frequency.len())?;
        Ok(Customers { frequency, recency, age })
    }

    fn histories(&self) -> Result<Histories<'_>> {
        Ok(Histories::new(&self.frequency, &self.recency, &self.age)?)
    }
}

/// The mean spend of those who came again; what stands beside the others is passed over.
fn spend_of(frame: &Frame) -> Result<ScalarBuffer<f64>> {
    frame.column("monetary_value")?.amounts_from_zero()
}

fn model(text: &str) -> Result<Model> {
    let model: Model = serde_json::from_str(text)?;
    model.check()?;
    Ok(model)
}

fn one(name: &'static str, values: Vec<f64>) -> Result<Table> {
    Table::new(vec![(name, Arc::new(Float64Array::from(values)) as ArrayRef)])
}

/// What `work` makes of a frame, without the interpreter's lock.
fn on_frame<T: Send>(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    work: impl FnOnce(&Frame) -> Result<T> + Send,
) -> Result<T, PyErr> {
    let stream = capsule::take(source)?;
    Ok(detached(py, || work(&Frame::read(stream)?))?)
}

/// Fits a family of models; answers the fit as JSON. With `search`, the regularity of MBG/CNBD-k is chosen too.
#[pyfunction]
#[pyo3(signature = (source, family, log_intervals = None, search = false, max_threads = None))]
pub fn clv_fit(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    family: &str,
    log_intervals: Option<f64>,
    search: bool,
    max_threads: Option<NonZeroUsize>,
) -> Result<String, PyErr> {
    let family: Family = serde_json::from_str(family).map_err(Failure::from)?;
    on_frame(py, source, |frame| {
        let customers = Customers::read(frame)?;
        let mut histories = customers.histories()?;
        if let Some(sum) = log_intervals {
            histories = histories.with_log_intervals(sum)?;
        }
        let threads = threads(max_threads);
        let fit = if search {
            fit_regularity(&histories, threads)?.0
        } else {
            clv::fit(family, &histories, threads)?
        };
        Ok(serde_json::to_string(&fit)?)
    })
}

/// The log-likelihood of customers' histories under a model.
#[pyfunction]
pub fn clv_log_likelihood(py: Python<'_>, source: &Bound<'_, PyAny>, parameters: &str) -> Result<f64, PyErr> {
    let model = model(parameters)?;
    on_frame(py, source, |frame| {
        Ok(model.log_likelihood(&Customers::read(frame)?.histories()?, threads(None))?)
    })
}

/// The probability that each customer is still there.
#[pyfunction]
pub fn clv_alive(py: Python<'_>, source: &Bound<'_, PyAny>, parameters: &str) -> Result<Table, PyErr> {
    let model = model(parameters)?;
    on_frame(py, source, |frame| {
        let alive = model.alive(&Customers::read(frame)?.histories()?, threads(None))?;
        one("probability_alive", alive)
    })
}

/// The purchases that each customer is expected to make.
#[pyfunction]
pub fn clv_purchases(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    parameters: &str,
    ahead: &str,
) -> Result<Table, PyErr> {
    let (model, ahead) = (model(parameters)?, read_ahead(ahead)?);
    on_frame(py, source, |frame| {
        let purchases = model.purchases(&Customers::read(frame)?.histories()?, ahead, threads(None))?;
        one("expected_purchases", purchases)
    })
}

/// The repeat purchases that a customer who has just bought for the first time is expected to make.
#[pyfunction]
pub fn clv_purchases_of_new(parameters: &str, ahead: &str) -> Result<f64, PyErr> {
    Ok(model(parameters)?.purchases_of_new(read_ahead(ahead)?).map_err(Failure::from)?)
}

/// What each customer's purchases to come are worth.
#[pyfunction]
pub fn clv_value(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    parameters: &str,
    spend: &str,
    ahead: &str,
) -> Result<Table, PyErr> {
    let (model, ahead) = (model(parameters)?, read_ahead(ahead)?);
    let spend: Spend = serde_json::from_str(spend).map_err(Failure::from)?;
    on_frame(py, source, |frame| {
        let customers = Customers::read(frame)?;
        let mean = spend_of(frame)?;
        let values = clv::value(&model, &spend, &customers.histories()?, &mean, ahead, threads(None))?;
        one("lifetime_value", values)
    })
}

/// Fits the spend model; answers the fit as JSON.
#[pyfunction]
pub fn spend_fit(py: Python<'_>, source: &Bound<'_, PyAny>) -> Result<String, PyErr> {
    on_frame(py, source, |frame| {
        let fit = clv::fit_spend(&frame.column("frequency")?.counts()?, &spend_of(frame)?, threads(None))?;
        Ok(serde_json::to_string(&fit)?)
    })
}

/// What each customer is expected to spend at a purchase.
#[pyfunction]
pub fn spend_expected(py: Python<'_>, source: &Bound<'_, PyAny>, spend: &str) -> Result<Table, PyErr> {
    let spend: Spend = serde_json::from_str(spend).map_err(Failure::from)?;
    on_frame(py, source, |frame| {
        let counts = frame.column("frequency")?.counts()?;
        one("expected_spend", spend.expected(&counts, &spend_of(frame)?, threads(None))?)
    })
}

fn read_ahead(text: &str) -> Result<Ahead> {
    serde_json::from_str(text)
        .map_err(|error| Error::invalid("ahead", "clv.bad_horizon", said(&error)).into())
}
