//! Views and analyses by name, with what they are asked and what they answer as data.

use std::collections::BTreeMap;

use crm_core::base::kind::KINDS;
use crm_core::base::{Instant, RecordRef};
use crm_core::domain;
use crm_core::engine::Session;
use crm_core::record::error::{Error, Result as EngineResult};
use crm_core::record::field::FieldType;
use crm_core::record::filter::Filter;
use crm_core::record::schema::{FieldDef, KindSchema};
use crm_core::record::spec::Marks;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::engine::{criteria, record};
use crate::failure::{Failure, Result};

/// Answers a view: what is asked is its query as the engine's own data.
pub fn view(session: &Session<'_>, name: &str, asked: Json) -> Result<Json> {
    let asked = with_criteria(asked)?;
    match name {
        "rfm" => tell(session.rfm(&query(asked)?)),
        "lifetime_values" => tell(session.lifetime_values(&query(asked)?)),
        "churn_risks" => tell(session.churn_risks(&query(asked)?)),
        "funnel" => tell(session.funnel(&query(asked)?)),
        "forecast" => tell(session.forecast(&query(asked)?)),
        "activity_levels" => tell(session.activity_levels(&query(asked)?)),
        "train_model" => tell(session.train_model(&query(asked)?)),
        "forecast_test" => {
            let Tested { query: of, days } = query(asked)?;
            tell(session.forecast_test(&of, &days))
        }
        "score_with" => {
            let Scored { model, filter, explained } = query(asked)?;
            let id = model.as_id().ok_or_else(|| Error::not_found(model))?;
            tell(session.score_with(id, filter.as_ref(), explained))
        }
        "priorities" => {
            let Filtered { filter } = query(asked)?;
            tell(session.priorities(filter.as_ref()))
        }
        "pipeline_change" => {
            let Since { since, filter } = query(asked)?;
            tell(session.pipeline_change(since, filter.as_ref()))
        }
        "board" => {
            let Boarded { pipeline, filter, cards } = query(asked)?;
            tell(session.board(pipeline.as_deref(), filter, cards))
        }
        "timeline" => {
            let Of { record: id, limit } = query(asked)?;
            tell(session.timeline(record(&id)?, None, limit))
        }
        "customer_view" => {
            let id: RecordRef = query(asked)?;
            tell(session.customer_view(id.as_id().ok_or_else(|| Error::not_found(id))?))
        }
        _ => Err(Error::invalid("view", "view.unknown", format!("no view is called `{name}`")).into()),
    }
}

/// Criteria are asked for as text.
fn with_criteria(mut asked: Json) -> Result<Json> {
    if let Some(filter) = asked.get_mut("filter").filter(|filter| filter.is_string()) {
        *filter = serde_json::to_value(criteria(filter.as_str())?)?;
    }
    Ok(asked)
}

fn query<T: DeserializeOwned>(asked: Json) -> Result<T> {
    serde_json::from_value(asked)
        .map_err(|error| Error::invalid("query", "command.malformed", error.to_string()).into())
}

fn tell<T: serde::Serialize>(found: EngineResult<T>) -> Result<Json> {
    serde_json::to_value(found?).map_err(|error| Failure::Engine(Error::Internal(error.to_string())))
}

#[derive(serde::Deserialize)]
struct Tested {
    query: crm_core::engine::insight::ForecastQuery,
    days: Vec<chrono::NaiveDate>,
}

#[derive(serde::Deserialize)]
struct Scored {
    model: RecordRef,
    filter: Option<Filter>,
    explained: usize,
}

#[derive(serde::Deserialize)]
struct Filtered {
    filter: Option<Filter>,
}

#[derive(serde::Deserialize)]
struct Since {
    since: Instant,
    filter: Option<Filter>,
}

#[derive(serde::Deserialize)]
struct Boarded {
    pipeline: Option<String>,
    filter: Option<Filter>,
    cards: usize,
}

#[derive(serde::Deserialize)]
struct Of {
    record: String,
    limit: usize,
}

/// A field as data.
pub fn field(field: &FieldDef) -> Json {
    let marks = [
        ("required", Marks::REQUIRED),
        ("personal", Marks::PERSONAL),
        ("system", Marks::SYSTEM),
        ("searched", Marks::SEARCHED),
    ];
    let marks: Vec<&str> =
        marks.iter().filter(|(_, mark)| field.marks.has(*mark)).map(|(name, _)| *name).collect();
    let columns: Vec<Json> = field
        .columns
        .iter()
        .map(|column| {
            json!({ "name": column.name, "en": column.en, "zh": column.zh, "type": type_name(column.shape.ty),
                    "many": column.shape.many })
        })
        .collect();
    json!({
        "no": field.no, "name": field.name, "en": field.en, "zh": field.zh, "type": type_name(field.ty),
        "of": match field.ty { FieldType::Record(Some(kind)) => Some(kind.name()), _ => None },
        "many": field.many, "choices": field.choices, "columns": columns, "marks": marks,
    })
}

fn type_name(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Bool => "bool",
        FieldType::Int => "int",
        FieldType::Decimal => "decimal",
        FieldType::Text => "text",
        FieldType::Date => "date",
        FieldType::Instant => "instant",
        FieldType::Duration => "duration",
        FieldType::Money => "money",
        FieldType::Currency => "currency",
        FieldType::Record(_) => "record",
        FieldType::Choice => "choice",
        FieldType::Phone => "phone",
        FieldType::Email => "email",
        FieldType::Row => "row",
    }
}

/// Every kind of record with its built-in fields, as JSON: what classes and stubs are generated from.
#[pyfunction]
pub fn schema() -> Result<String, PyErr> {
    let specs: BTreeMap<_, _> =
        domain::SPECS.iter().flat_map(|room| *room).map(|spec| (spec.kind, *spec)).collect();
    let kinds: Vec<Json> = KINDS
        .iter()
        .filter_map(|kind| {
            let spec = specs.get(&kind.no)?;
            let known = KindSchema::new(spec);
            let fields: Vec<Json> = known.fields().map(field).collect();
            let title = spec.field(spec.title).map(|field| field.name);
            Some(json!({ "name": kind.name, "en": kind.en, "zh": kind.zh, "no": kind.no.0, "title": title,
                         "fields": fields }))
        })
        .collect();
    Ok(serde_json::to_string(&kinds).map_err(Failure::from)?)
}
