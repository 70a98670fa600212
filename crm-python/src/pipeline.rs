//! Figures of deals in a frame: win rates, funnel, velocity, forecast.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, LargeStringArray};
use arrow_schema::DataType;
use crm_core::base::{Instant, Span};
use crm_core::insight::forecast::{self, OPEN, Plan};
use crm_core::insight::pipeline::{self, Deal, Outcome, Step, funnel, velocity};
use pyo3::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use crate::amounts::Reading;
use crate::capsule;
use crate::failure::{Failure, Result, detached};
use crate::frame::{Column, Frame, cast};
use crate::table::Table;

/// The columns of deals.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    started: Option<String>,
    closed: Option<String>,
    outcome: String,
    value: Option<String>,
    group: Option<String>,
    stage: Option<String>,
    /// What `won` and `lost` are called; anything else, or nothing, is open.
    won: Vec<String>,
    lost: Vec<String>,
    zone: Option<String>,
    decimals: u8,
}

/// Deals as columns.
struct Deals {
    started: Vec<Option<i32>>,
    closed: Vec<Option<i32>>,
    outcomes: Vec<Outcome>,
    minor: Vec<i64>,
    decimals: u8,
    groups: Vec<Option<String>>,
    stages: Vec<Option<String>>,
}

impl Columns {
    fn read(&self, frame: &Frame) -> Result<Deals> {
        let rows = frame.rows();
        let zone = self.zone.as_deref();
        let days = |name: &Option<String>| match name {
            Some(name) => frame.column(name)?.days_or_none(zone),
            None => Ok(vec![None; rows]),
        };
        let texts = |name: &Option<String>| match name {
            Some(name) => frame.column(name)?.words(),
            None => Ok(vec![None; rows]),
        };
        let outcomes = frame.column(&self.outcome)?.words()?.into_iter().map(|word| match word {
            Some(word) if self.won.contains(&word) => Outcome::Won,
            Some(word) if self.lost.contains(&word) => Outcome::Lost,
            _ => Outcome::Open,
        });
        let (minor, decimals) = match &self.value {
            None => (vec![0; rows], 0),
            Some(name) => {
                let worth = frame.column(name)?.or_zero()?;
                let reading = Reading { decimals: self.decimals, returns: false, currency: None };
                let amounts = worth.amounts(reading)?;
                (amounts.minor.to_vec(), amounts.decimals)
            }
        };
        Ok(Deals {
            started: days(&self.started)?,
            closed: days(&self.closed)?,
            outcomes: outcomes.collect(),
            minor,
            decimals,
            groups: texts(&self.group)?,
            stages: texts(&self.stage)?,
        })
    }
}

impl Column {
    /// Days, none where the value is missing.
    fn days_or_none(&self, zone: Option<&str>) -> Result<Vec<Option<i32>>> {
        let Some(nulls) = self.values.logical_nulls().filter(|nulls| nulls.null_count() > 0) else {
            return Ok(self.days(zone)?.iter().map(|day| Some(*day)).collect());
        };
        let valid = arrow_array::BooleanArray::new(nulls.inner().clone(), None);
        let there = arrow_select::filter::filter(&self.values, &valid)?;
        let there = Column { name: self.name.clone(), values: there };
        let rows: Vec<usize> = valid.values().set_indices().collect();
        let days = there.days(zone).map_err(|failure| failure.in_row(&rows))?;
        let mut all = vec![None; nulls.len()];
        for (row, day) in rows.iter().zip(days.iter()) {
            if let Some(slot) = all.get_mut(*row) {
                *slot = Some(*day);
            }
        }
        Ok(all)
    }

    /// Any values as text, none where they are missing.
    fn words(&self) -> Result<Vec<Option<String>>> {
        let texts = cast(&self.values, &DataType::LargeUtf8)?;
        let texts = Column { name: self.name.clone(), values: texts };
        Ok(texts.texts()?.iter().map(|text| text.map(str::to_owned)).collect())
    }

    /// The same values with zero where they are missing: a deal without an amount is worth nothing yet.
    fn or_zero(self) -> Result<Column> {
        let Some(nulls) = self.values.logical_nulls().filter(|nulls| nulls.null_count() > 0) else {
            return Ok(self);
        };
        let mask = arrow_array::BooleanArray::new(nulls.inner().clone(), None);
        let zero: ArrayRef = Arc::new(Int64Array::from(vec![0]));
        let zero = match cast(&zero, self.values.data_type()) {
            Ok(zero) => zero,
            Err(_) => return self.wrong_type("amounts of money"),
        };
        let zero = arrow_array::Scalar::new(zero);
        let values = arrow_select::zip::zip(&mask, &self.values, &zero)?;
        Ok(Column { name: self.name, values })
    }
}

impl Deals {
    fn deal(&self, row: usize) -> Deal {
        let at = |days: &[Option<i32>]| days.get(row).copied().flatten().map(midnight);
        let stage = self.stages.get(row).cloned().flatten();
        Deal {
            started_at: at(&self.started),
            closed_at: at(&self.closed),
            outcome: self.outcomes.get(row).copied().unwrap_or(Outcome::Open),
            value: Some(Decimal::new(self.minor.get(row).copied().unwrap_or(0), u32::from(self.decimals))),
            stages: stage.map(|stage| (stage, Span::from_days(0))).into_iter().collect(),
        }
    }

    fn all(&self) -> Vec<Deal> {
        (0..self.outcomes.len()).map(|row| self.deal(row)).collect()
    }
}

fn midnight(day: i32) -> Instant {
    Instant::from_micros(0) + Span::from_days(i64::from(day))
}

fn read(text: &str) -> Result<Columns> {
    Ok(serde_json::from_str(text)?)
}

fn on_deals<T: Send>(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    columns: &str,
    work: impl FnOnce(&Deals) -> Result<T> + Send,
) -> Result<T, PyErr> {
    let columns = read(columns)?;
    let stream = capsule::take(source)?;
    Ok(detached(py, || work(&columns.read(&Frame::read(stream)?)?))?)
}

/// Win rate, values and cycle of deals, one row a group.
#[pyfunction]
pub fn pipeline_figures(py: Python<'_>, source: &Bound<'_, PyAny>, columns: &str) -> Result<Table, PyErr> {
    on_deals(py, source, columns, |deals| {
        let rows = deals.all().into_iter().zip(&deals.groups);
        let figures = pipeline::figures_by(rows.map(|(deal, group)| (group.clone(), deal)));
        let names = figures.keys().cloned();
        let counts = |of: fn(&pipeline::Figures) -> usize| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(figures.values().map(|found| of(found) as i64)))
        };
        let numbers = |of: fn(&pipeline::Figures) -> Option<f64>| -> ArrayRef {
            Arc::new(Float64Array::from_iter(figures.values().map(of)))
        };
        let number = |value: Decimal| value.to_string().parse::<f64>().ok();
        let medians: Float64Array = figures.values().map(|it| it.median_value.and_then(number)).collect();
        let won: Float64Array = figures.values().map(|it| number(it.won_value)).collect();
        Table::new(vec![
            ("group", Arc::new(LargeStringArray::from_iter(names)) as ArrayRef),
            ("open", counts(|found| found.open)),
            ("won", counts(|found| found.won)),
            ("lost", counts(|found| found.lost)),
            ("win_rate", numbers(|found| found.win_rate)),
            ("won_value", Arc::new(won)),
            ("mean_value", numbers(|found| found.mean_value)),
            ("median_value", Arc::new(medians)),
            ("mean_cycle_days", numbers(|found| found.mean_cycle.map(Span::days))),
            ("median_cycle_days", numbers(|found| found.median_cycle.map(Span::days))),
            ("velocity_per_day", numbers(|found| found.velocity_per_day)),
        ])
    })
}

/// How far deals come along stages, one row a stage.
#[pyfunction]
pub fn pipeline_funnel(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    columns: &str,
    stages: Vec<String>,
) -> Result<Table, PyErr> {
    on_deals(py, source, columns, |deals| {
        // Whatever stage a won deal was in last, it has come past all of them.
        let won = String::new();
        let mut stages = stages;
        stages.push(won.clone());
        let mut deals = deals.all();
        for deal in deals.iter_mut().filter(|deal| deal.outcome == Outcome::Won) {
            deal.stages = vec![(won.clone(), Span::from_days(0))];
        }
        let mut steps = funnel(&stages, &deals);
        steps.pop();
        let counts = |of: fn(&Step) -> usize| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(steps.iter().map(|step| of(step) as i64)))
        };
        let names = LargeStringArray::from_iter_values(steps.iter().map(|step| step.stage.as_str()));
        Table::new(vec![
            ("stage", Arc::new(names) as ArrayRef),
            ("reached", counts(|step| step.reached)),
            ("went_on", counts(|step| step.went_on)),
            ("lost_here", counts(|step| step.lost_here)),
            ("stand_here", counts(|step| step.stand_here)),
            ("conversion", Arc::new(Float64Array::from_iter(steps.iter().map(|step| step.conversion)))),
        ])
    })
}

/// How much value a pipeline brought a day of a window of days, as JSON; none for one without time.
#[pyfunction]
pub fn pipeline_velocity(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    columns: &str,
    since: i32,
    until: i32,
) -> Result<Option<String>, PyErr> {
    on_deals(py, source, columns, |deals| {
        let found = velocity(&deals.all(), midnight(since), midnight(until));
        Ok(found.map(|found| serde_json::to_string(&found)).transpose()?)
    })
}

/// How a forecast is made.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    horizon: u32,
    draws: u32,
    level: f64,
    seed: u64,
    least_history: u32,
    look_back: u32,
    /// Days since 1970-01-01 of which it is made: one, or those of a backtest.
    days: Vec<i32>,
}

/// Deals as the forecast takes them.
struct Rows {
    started: Vec<i32>,
    closed: Vec<i32>,
    won: Vec<bool>,
    values: Vec<i64>,
    groups: Vec<u32>,
}

impl Rows {
    fn of(deals: &Deals) -> Result<Self> {
        let mut known = BTreeMap::new();
        for group in &deals.groups {
            let next = known.len() as u32;
            known.entry(group.as_deref()).or_insert(next);
        }
        let started = deals.started.iter().enumerate().map(|(row, day)| {
            let message = format!("row {row}: the deal has no day on which it was started");
            day.ok_or_else(|| Failure::column("started", Some(row), "column.null", message))
        });
        let closed = deals.closed.iter().zip(&deals.outcomes);
        Ok(Rows {
            started: started.collect::<Result<_>>()?,
            closed: closed
                .map(|(day, outcome)| match outcome {
                    Outcome::Open => OPEN,
                    _ => day.unwrap_or(OPEN),
                })
                .collect(),
            won: deals.outcomes.iter().map(|outcome| *outcome == Outcome::Won).collect(),
            values: deals.minor.clone(),
            groups: deals
                .groups
                .iter()
                .map(|group| known.get(&group.as_deref()).copied().unwrap_or(0))
                .collect(),
        })
    }

    fn deals(&self) -> forecast::Deals<'_> {
        forecast::Deals {
            started: &self.started,
            closed: &self.closed,
            won: &self.won,
            values: &self.values,
            groups: &self.groups,
        }
    }
}

impl Planned {
    fn plan(&self) -> Plan {
        Plan {
            skip: 0,
            horizon: self.horizon,
            draws: self.draws,
            level: self.level,
            seed: self.seed,
            least_history: self.least_history,
            look_back: self.look_back,
        }
    }
}

/// What the open deals will bring: a row an open deal with its chance, and the sums as JSON.
#[pyfunction]
pub fn pipeline_forecast(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    columns: &str,
    asked: &str,
) -> Result<(Table, String), PyErr> {
    let asked: Planned = serde_json::from_str(asked).map_err(Failure::from)?;
    on_deals(py, source, columns, |deals| {
        let rows = Rows::of(deals)?;
        let as_of = asked.days.first().copied().unwrap_or(0);
        let found = forecast::forecast(rows.deals(), as_of, &asked.plan())?;
        let unit = 10f64.powi(i32::from(deals.decimals));
        let value = |row: &usize| rows.values.get(*row).map(|value| *value as f64 / unit);
        let table = Table::new(vec![
            (
                "row",
                Arc::new(Int64Array::from_iter_values(found.rows.iter().map(|row| *row as i64))) as ArrayRef,
            ),
            ("chance", Arc::new(Float64Array::from(found.chances.clone()))),
            ("value", Arc::new(Float64Array::from_iter(found.rows.iter().map(value)))),
        ])?;
        let futures: Vec<f64> = found.futures.iter().map(|future| *future as f64 / unit).collect();
        let told = json!({
            "expected": found.expected / unit, "low": found.low as f64 / unit, "high": found.high as f64 / unit,
            "past": found.past, "futures": futures,
        });
        Ok((table, told.to_string()))
    })
}

/// How forecasts of past days did: a row a day, and the mean errors as JSON.
#[pyfunction]
pub fn pipeline_backtest(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    columns: &str,
    asked: &str,
) -> Result<(Table, String), PyErr> {
    let asked: Planned = serde_json::from_str(asked).map_err(Failure::from)?;
    on_deals(py, source, columns, |deals| {
        let rows = Rows::of(deals)?;
        let found = forecast::backtest(rows.deals(), &asked.days, &asked.plan())?;
        let unit = 10f64.powi(i32::from(deals.decimals));
        let sums = |minor: &[i64]| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(minor.iter().map(|minor| *minor as f64 / unit)))
        };
        let expected = Float64Array::from_iter_values(found.expected.iter().map(|sum| sum / unit));
        let table = Table::new(vec![
            ("as_of", Arc::new(arrow_array::Date32Array::from(found.as_of.clone())) as ArrayRef),
            ("expected", Arc::new(expected)),
            ("low", sums(&found.low)),
            ("high", sums(&found.high)),
            ("actual", sums(&found.actual)),
        ])?;
        let told: Json = json!({
            "covered": found.covered, "mean_error": found.mean_error / unit,
            "mean_error_of_rate": found.mean_error_of_rate / unit,
            "mean_error_of_last": found.mean_error_of_last / unit,
        });
        Ok((table, told.to_string()))
    })
}
