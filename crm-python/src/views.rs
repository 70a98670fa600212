//! Views and analyses by name, with what they are asked and what they answer as data.

use std::collections::BTreeMap;

use crm_core::base::kind::CustomerId;
use crm_core::base::kind::KINDS;
use crm_core::base::{Instant, RecordRef};
use crm_core::domain;
use crm_core::engine::{Session, TimelineItem, TimelinePage};
use crm_core::record::error::{Error, Result as EngineResult};
use crm_core::record::field::FieldType;
use crm_core::record::filter::Filter;
use crm_core::record::schema::{FieldDef, KindSchema};
use crm_core::record::spec::Marks;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::engine::criteria;
use crate::failure::{Failure, Result, said};

/// Declares the views by their names: what each is asked, and what answers it.
macro_rules! views {
    ($($name:literal => |$session:ident, $asked:ident| $answer:expr,)*) => {
        /// The names of all views.
        #[pyfunction]
        pub fn views() -> Vec<&'static str> {
            vec![$($name),*]
        }

        /// Answers a view: what is asked is its query as the engine's own data, with criteria as text.
        pub fn view(session: &Session<'_>, name: &str, asked: Json) -> Result<Json> {
            let mut asked = Asked::new(asked)?;
            match name {
                $($name => {
                    let ($session, $asked) = (session, &mut asked);
                    tell($answer)
                })*
                _ => Err(Error::invalid("view", "view.unknown", format!("no view is called `{name}`")).into()),
            }
        }
    };
}

views! {
    "activity_level" => |on, asked| on.activity_level(asked.take("customer")?, &asked.rest()?),
    "activity_levels" => |on, asked| on.activity_levels(&asked.rest()?),
    "board" => |on, asked| {
        let pipeline: Option<String> = asked.take("pipeline")?;
        on.board(pipeline.as_deref(), asked.take("filter")?, asked.or("cards", CARDS)?)
    },
    "churn_risks" => |on, asked| on.churn_risks(&asked.rest()?),
    "customer_view" => |on, asked| customer_view(on, asked.take("id")?),
    "forecast" => |on, asked| on.forecast(&asked.rest()?),
    "forecast_periods" => |on, asked| {
        let (bucket, count) = (asked.take("bucket")?, asked.take("count")?);
        on.forecast_periods(&asked.rest()?, bucket, count)
    },
    "forecast_test" => |on, asked| {
        let days: Vec<chrono::NaiveDate> = asked.take("as_of")?;
        on.forecast_test(&asked.rest()?, &days)
    },
    "funnel" => |on, asked| on.funnel(&asked.rest()?),
    "judge_forecasts" => |on, asked| on.judge_forecasts(asked.filter()?.as_ref()),
    "keep_forecast" => |on, asked| {
        let name: String = asked.take("name")?;
        on.keep_forecast(&name, &asked.rest()?)
    },
    "lifetime_values" => |on, asked| on.lifetime_values(&asked.rest()?),
    "pipeline_change" => |on, asked| on.pipeline_change(asked.take("since")?, asked.filter()?.as_ref()),
    "predict_deals" => |on, asked| on.predict_deals(asked.take("model")?, asked.filter()?.as_ref()),
    "priorities" => |on, asked| on.priorities(asked.filter()?.as_ref()),
    "rfm" => |on, asked| on.rfm(&asked.rest()?),
    "score_with" => |on, asked| {
        on.score_with(asked.take("model")?, asked.filter()?.as_ref(), asked.or("explained", 0)?)
    },
    "targets_reached" => |on, asked| on.targets_reached(asked.filter()?.as_ref()),
    "targets_reached_on" => |on, asked| {
        on.targets_reached_on(asked.filter()?.as_ref(), asked.take("day")?)
    },
    "timeline" => |on, asked| {
        let before: Option<(Instant, String)> = asked.take("before")?;
        let before = before.map(|(at, place)| (at, place.parse().unwrap_or(u128::MAX)));
        let page = on.timeline(asked.take("record")?, before, asked.or("limit", CARDS)?)?;
        timeline(on, page)
    },
    "train_model" => |on, asked| on.train_model(&asked.rest()?),
}

/// How many items a view shows of a list unless it is told.
const CARDS: usize = 20;

/// What a view is asked, by name.
struct Asked(serde_json::Map<String, Json>);

impl Asked {
    /// Criteria are asked for as text.
    fn new(asked: Json) -> Result<Self> {
        let Json::Object(mut asked) = asked else {
            return Err(Error::invalid("query", "command.malformed", "a query is names with values").into());
        };
        asked.retain(|_, value| !value.is_null());
        for name in ["filter", "ended", "good"] {
            if let Some(text) = asked.get_mut(name).filter(|text| text.is_string()) {
                *text = serde_json::to_value(criteria(text.as_str())?)?;
            }
        }
        Ok(Asked(asked))
    }

    /// One thing that is asked, taken out.
    fn take<T: DeserializeOwned>(&mut self, name: &str) -> EngineResult<T> {
        read(self.0.remove(name).unwrap_or_default(), name)
    }

    /// The same, or what it is unless it is said.
    fn or<T: DeserializeOwned>(&mut self, name: &str, unsaid: T) -> EngineResult<T> {
        Ok(self.take::<Option<T>>(name)?.unwrap_or(unsaid))
    }

    fn filter(&mut self) -> EngineResult<Option<Filter>> {
        self.take("filter")
    }

    /// The query that all the rest is.
    fn rest<T: DeserializeOwned>(&mut self) -> EngineResult<T> {
        read(Json::Object(std::mem::take(&mut self.0)), "query")
    }
}

fn read<T: DeserializeOwned>(asked: Json, name: &str) -> EngineResult<T> {
    serde_json::from_value(asked)
        .map_err(|error| Error::invalid(name, "command.malformed", format!("`{name}`: {}", said(&error))))
}

fn tell<T: serde::Serialize>(found: EngineResult<T>) -> Result<Json> {
    serde_json::to_value(found?).map_err(|error| Failure::Engine(Error::Internal(error.to_string())))
}

/// A customer from all sides, each record as any list gives it.
fn customer_view(session: &Session<'_>, id: CustomerId) -> EngineResult<Json> {
    let seen = session.customer_view(id)?;
    let row = |id: RecordRef| -> EngineResult<Json> { told(session.read(id)?) };
    macro_rules! rows {
        ($records:expr) => {
            $records.iter().map(|one| row(one.meta.id.record())).collect::<EngineResult<Vec<Json>>>()?
        };
    }
    let contacts = seen.contacts.iter().map(|(link, contact)| {
        let (post, contact) = (row(link.meta.id.record())?, row(contact.meta.id.record())?);
        Ok(json!({ "post": post, "contact": contact }))
    });
    Ok(json!({
        "customer": row(id.record())?,
        "contacts": contacts.collect::<EngineResult<Vec<Json>>>()?,
        "relations": rows!(seen.relations), "leads": rows!(seen.leads),
        "opportunities": rows!(seen.opportunities), "tasks": rows!(seen.tasks),
        "timeline": timeline(session, seen.timeline)?,
    }))
}

/// A page of a timeline, activities as any list gives them.
fn timeline(session: &Session<'_>, page: TimelinePage) -> EngineResult<Json> {
    let item = |item: &TimelineItem| match item {
        TimelineItem::Activity(activity) => {
            Ok(json!({ "activity": told(session.read(activity.meta.id.record())?)? }))
        }
        TimelineItem::Change(change) => Ok(json!({ "change": told(change)? })),
    };
    let items = page.items.iter().map(item).collect::<EngineResult<Vec<Json>>>()?;
    // As text, for the number is wider than what JSON's readers take.
    let end = page.end.map(|(at, place)| json!([at, place.to_string()]));
    Ok(json!({ "items": items, "end": end }))
}

fn told<T: serde::Serialize>(value: T) -> EngineResult<Json> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.to_string()))
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
            json!({ "name": column.name, "en": column.en, "zh": column.zh, "type": type_name(column.ty),
                    "many": column.many })
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
