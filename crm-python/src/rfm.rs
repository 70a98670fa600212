//! RFM of a frame of purchases.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int8Array, Int32Array, Int64Array,
    LargeStringArray, StringArray, UInt8Array, UInt32Array,
};
use arrow_schema::DataType;
use crm_core::insight::rfm::segments::{self, Segment};
use crm_core::insight::rfm::{Key, Period, Purchases, Rule, Scores, States, Text, Texts, Thresholds, score};
use crm_core::record::error::Error;
use pyo3::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

use crate::amounts::{Amounts, Reading};
use crate::capsule;
use crate::days::CALENDAR;
use crate::failure::{Failure, Result, detached};
use crate::frame::{Frame, Ids};
use crate::table::{Table, same_length};

/// The columns of purchases and how they are read.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Who bought.
    pub customer: String,
    /// When.
    pub date: String,
    /// For how much; none where that is not told.
    pub amount: Option<String>,
    /// In which currency.
    pub currency: Option<String>,
    /// The time zone whose days count, for timestamps that know theirs.
    pub zone: Option<String>,
    /// To how many decimals floats are rounded.
    pub decimals: u8,
    /// Whether amounts below zero are taken.
    pub returns: bool,
}

/// What a report is asked for beside the columns.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    columns: Columns,
    /// Days since 1970-01-01.
    since: Option<i32>,
    until: Option<i32>,
    as_of: Option<i32>,
    rule: Rated,
    segments: Naming,
    language: Language,
    threads: Option<NonZeroUsize>,
}

/// How scores are given.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rated {
    Ranks(i64),
    Ntile(i64),
    Thresholds { recency: Vec<i64>, frequency: Vec<i64>, monetary: Vec<Decimal> },
}

/// How segments are named.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Naming {
    None,
    International,
    EightCells,
    Given(Vec<Segment>),
}

#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Language {
    En,
    Zh,
    Code,
}

impl Language {
    fn of(self, segment: &Segment) -> &str {
        match self {
            Language::En => &segment.en,
            Language::Zh => &segment.zh,
            Language::Code => &segment.code,
        }
    }
}

/// Purchases as columns.
pub struct Bought {
    /// Who.
    pub ids: Ids,
    /// The type of the ids as they came.
    pub like: DataType,
    /// When, in days since 1970-01-01.
    pub days: arrow_buffer::ScalarBuffer<i32>,
    /// For how much.
    pub amounts: Amounts,
    /// Whether the amounts came as floats, and so should go.
    floats: bool,
}

impl Bought {
    /// Reads the columns of a frame.
    pub fn read(frame: &Frame, columns: &Columns) -> Result<Self> {
        let customer = frame.column(&columns.customer)?;
        let like = frame.type_of(&columns.customer).unwrap_or(DataType::Int64);
        let (ids, rows) = (customer.ids()?, frame.rows());
        let days = frame.column(&columns.date)?.days(columns.zone.as_deref())?;
        let currency = columns.currency.as_deref().map(|name| frame.column(name)).transpose()?;
        let amount = columns.amount.as_deref().map(|name| frame.column(name)).transpose()?;
        let reading =
            Reading { decimals: columns.decimals, returns: columns.returns, currency: currency.as_ref() };
        let (amounts, floats) = match &amount {
            Some(amount) => (amount.amounts(reading)?, amount.values.data_type().is_floating()),
            None => {
                let minor = vec![0; rows].into();
                (Amounts { minor, decimals: 0, currency: None }, false)
            }
        };
        same_length(&columns.date, days.len(), rows)?;
        Ok(Bought { ids, like, days, amounts, floats })
    }

    /// Sums of amounts as they came: floats as floats, decimals and whole numbers as such.
    pub fn money(&self, minor: &[i64]) -> Result<ArrayRef> {
        let unit = self.amounts.unit();
        Ok(match self.amounts.decimals {
            _ if self.floats => {
                Arc::new(Float64Array::from_iter_values(minor.iter().map(|minor| *minor as f64 / unit)))
            }
            0 => Arc::new(Int64Array::from(minor.to_vec())),
            scale => {
                let sums = Decimal128Array::from_iter_values(minor.iter().map(|minor| i128::from(*minor)));
                let scale = i8::try_from(scale).unwrap_or(0);
                Arc::new(sums.with_precision_and_scale(38, scale)?)
            }
        })
    }
}

/// All cores, unless the caller says otherwise.
pub fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    asked.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// RFM of purchases: one row a customer, and what was found beside it as JSON.
#[pyfunction]
pub fn rfm(py: Python<'_>, source: &Bound<'_, PyAny>, asked: &str) -> Result<(Table, String), PyErr> {
    let asked: Asked = serde_json::from_str(asked).map_err(Failure::from)?;
    let stream = capsule::take(source)?;
    Ok(detached(py, || {
        let frame = Frame::read(stream)?;
        let bought = Bought::read(&frame, &asked.columns)?;
        let purchases = Purchases { days: &bought.days, amounts: &bought.amounts.minor };
        let until = asked.until.or(asked.as_of).unwrap_or(i32::MAX);
        let period = Period { from: asked.since.unwrap_or(i32::MIN), to: until };
        let threads = threads(asked.threads);
        match &bought.ids {
            Ids::Whole(ids) => {
                let states = States::of_ids(ids.as_ref(), purchases, period, threads)?;
                let ids = Arc::new(Int64Array::from(states.ids().to_vec()));
                asked.report(&bought, &states, ids, threads)
            }
            Ids::Text(texts) => {
                let ids = Texts { bytes: texts.value_data(), offsets: texts.value_offsets() };
                let states = States::of_texts(ids, purchases, period, threads)?;
                let ids = written(states.ids())?;
                asked.report(&bought, &states, ids, threads)
            }
        }
    })?)
}

/// RFM of the customers that parts of them make together: frames as `rfm` answers them, put below each other.
#[pyfunction]
pub fn rfm_of_parts(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    asked: &str,
) -> Result<(Table, String), PyErr> {
    let asked: Asked = serde_json::from_str(asked).map_err(Failure::from)?;
    let stream = capsule::take(source)?;
    Ok(detached(py, || {
        let frame = Frame::read(stream)?;
        let parts = Bought::read(&frame, &asked.columns)?;
        let count = frame.column("frequency")?.counts()?;
        let (last, sum) = (&parts.days, &parts.amounts.minor);
        let threads = threads(asked.threads);
        match &parts.ids {
            Ids::Whole(ids) => {
                let states = States::of_parts(ids, last, &count, sum)?;
                let ids = Arc::new(Int64Array::from(states.ids().to_vec()));
                asked.report(&parts, &states, ids, threads)
            }
            Ids::Text(texts) => {
                let ids: Vec<Text<'_>> = texts.iter().map(|id| Text::new(id.unwrap_or_default())).collect();
                let states = States::of_parts(&ids, last, &count, sum)?;
                asked.report(&parts, &states, written(states.ids())?, threads)
            }
        }
    })?)
}

/// Text ids as a column.
fn written(ids: &[Text<'_>]) -> Result<ArrayRef> {
    let texts: Option<Vec<String>> = ids.iter().map(|id| String::from_utf8(id.bytes()).ok()).collect();
    let texts = texts.ok_or_else(|| Failure::frame("frame.unreadable", "an id is not UTF-8"))?;
    Ok(Arc::new(LargeStringArray::from(texts)))
}

impl Asked {
    fn report<K: Key>(
        &self,
        bought: &Bought,
        states: &States<K>,
        ids: ArrayRef,
        threads: NonZeroUsize,
    ) -> Result<(Table, String)> {
        let as_of = self.as_of.or(states.day_after_last().map(|day| day.min(*CALENDAR.end()))).unwrap_or(0);
        let scores = score(states, as_of, &self.rule.rule(&bought.amounts)?, threads)?;
        let silent = states.last().iter().map(|last| as_of.saturating_sub(*last));
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            (&self.columns.customer, Ids::column(ids, &bought.like)?),
            ("last_purchase", Arc::new(Date32Array::from(states.last().to_vec()))),
            ("recency", Arc::new(Int32Array::from_iter_values(silent))),
            ("frequency", Arc::new(UInt32Array::from(states.count().to_vec()))),
            ("monetary", bought.money(states.sum())?),
            ("r_score", Arc::new(UInt8Array::from(scores.recency.clone()))),
            ("f_score", Arc::new(UInt8Array::from(scores.frequency.clone()))),
            ("m_score", Arc::new(UInt8Array::from(scores.money.clone()))),
        ];
        let names = match &self.segments {
            Naming::None => None,
            Naming::International => Some(segments::international_for(&scores)?),
            Naming::EightCells => Some(segments::eight_cells(segments::above_mean(&scores))),
            Naming::Given(given) => Some(given.clone()),
        };
        let mut sizes = Vec::new();
        if let Some(names) = names {
            let (column, found) = self.named(&scores, &names, states.sum())?;
            columns.push(("segment", column));
            sizes = found;
        }
        let info = json!({
            "as_of": as_of, "bins": scores.bins, "decimals": bought.amounts.decimals,
            "currency": bought.amounts.currency, "thresholds": scores.thresholds,
            "histograms": scores.histograms(), "segments": sizes,
        });
        Ok((Table::new(columns)?, info.to_string()))
    }

    /// The segments' names by customer, and what each holds.
    fn named(
        &self,
        scores: &Scores,
        names: &[Segment],
        sums: &[i64],
    ) -> Result<(ArrayRef, Vec<serde_json::Value>)> {
        if names.len() > i8::MAX as usize {
            return Err(
                Error::invalid("segments", "rfm.segments", format!("`{}` segments", names.len())).into()
            );
        }
        let assigned = segments::assign(scores, names);
        let (sizes, nowhere) = segments::sizes(&assigned, names.len());
        let mut money = vec![0i128; names.len() + 1];
        for (place, sum) in assigned.iter().zip(sums) {
            if let Some(total) = money.get_mut(place.map_or(names.len(), usize::from)) {
                *total += i128::from(*sum);
            }
        }
        let keys =
            Int8Array::from_iter(assigned.iter().map(|place| place.and_then(|it| i8::try_from(it).ok())));
        let labels = StringArray::from_iter_values(names.iter().map(|segment| self.language.of(segment)));
        let column = DictionaryArray::<Int8Type>::try_new(keys, Arc::new(labels))?;
        let told = names.iter().zip(&sizes).zip(&money).map(|((segment, size), money)| {
            json!({ "code": segment.code, "name": self.language.of(segment), "customers": size,
                    "minor": money.to_string() })
        });
        let mut told: Vec<_> = told.collect();
        let rest = money.last().copied().unwrap_or(0).to_string();
        told.push(json!({ "code": null, "name": null, "customers": nowhere, "minor": rest }));
        Ok((Arc::new(column), told))
    }
}

impl Rated {
    fn rule(&self, amounts: &Amounts) -> Result<Rule> {
        // What no byte holds is refused as no scores are.
        let few = |bins: &i64| {
            u8::try_from(*bins).map_err(|_| {
                Error::invalid("bins", "rfm.bins", format!("`{bins}` scores can't be: 2 to 100 can"))
            })
        };
        Ok(match self {
            Rated::Ranks(bins) => Rule::Ranks { bins: few(bins)? },
            Rated::Ntile(bins) => Rule::Ntile { bins: few(bins)? },
            Rated::Thresholds { recency, frequency, monetary } => {
                let unit = Decimal::from(10i64.saturating_pow(u32::from(amounts.decimals)));
                // An amount reaches a threshold when it reaches the next whole smallest unit.
                let minor = |from: &Decimal| from.checked_mul(unit)?.ceil().to_i64();
                let money_from: Option<Vec<i64>> = monetary.iter().map(minor).collect();
                let money_from = money_from.ok_or_else(|| {
                    Error::invalid("monetary", "rfm.thresholds", "a threshold is beyond what is counted")
                })?;
                let (recency_within, frequency_from) = (recency.clone(), frequency.clone());
                Rule::Fixed(Thresholds { recency_within, frequency_from, money_from })
            }
        })
    }
}
