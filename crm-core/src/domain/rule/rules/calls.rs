//! The commands of an automation: data with places for the record's values.

use serde_json::Value as Json;

use super::check::Words;
use crate::base::{Instant, KindNo, RecordRef, Span, Value};
use crate::domain::rule::RuleCall;
use crate::record::codec::View;
use crate::record::error::{Error, Invalid, Result};
use crate::record::schema::KindSchema;
use crate::record::script::Call;

/// What places in a command are filled from.
struct Filling<'a> {
    schema: &'a KindSchema,
    record: RecordRef,
    view: Option<View<'a>>,
    now: Instant,
}

/// A command with the record's values in their places.
///
/// # Errors
/// Invalid when it is no JSON object or names a field that there is not.
pub fn call(
    template: &RuleCall,
    schema: &KindSchema,
    record: RecordRef,
    view: View<'_>,
    now: Instant,
) -> Result<Call> {
    let filling = Filling { schema, record, view: Some(view), now };
    let fields = filling.fill(read(template)?)?;
    Ok(Call { command: template.command.clone(), fields })
}

/// What is wrong with the commands of a rule.
pub fn calls_problems(calls: &[RuleCall], schema: &KindSchema, words: &Words<'_>) -> Vec<Invalid> {
    let record = RecordRef::new(schema.spec.kind, 0);
    let filling = Filling { schema, record, view: None, now: Instant::default() };
    let one = |call: &RuleCall| {
        let given = match read(call) {
            Ok(given) => given,
            Err(Error::Invalid(invalid)) => return invalid,
            Err(_) => return Vec::new(),
        };
        let mut invalid = form_problems(&call.command, &given, schema, words);
        if let Err(Error::Invalid(more)) = filling.fill(given) {
            invalid.extend(more);
        }
        invalid
    };
    calls.iter().flat_map(one).collect()
}

/// What is wrong with the names in a command: its own, those of its fields, and those of a record's
/// fields that it writes.
fn form_problems(command: &str, given: &Json, schema: &KindSchema, words: &Words<'_>) -> Vec<Invalid> {
    if words.commands.is_empty() {
        return Vec::new();
    }
    let Some(form) = words.commands.iter().find(|form| form.name == command) else {
        let hint = hint(command, words.commands.iter().map(|form| form.name));
        let message = format!("no command is called `{command}`{hint}");
        return vec![Invalid::new("calls", "command.unknown", message)];
    };
    let given = given.as_object();
    let wrong = |message: String| Invalid::new("calls", "rule.call", format!("`{command}`: {message}"));
    let mut invalid = Vec::new();
    for name in given.into_iter().flat_map(|given| given.keys()).filter(|name| form.field(name).is_none()) {
        let hint = hint(name, form.fields.iter().map(|field| field.name));
        invalid.push(wrong(format!("there is no `{name}`{hint}")));
    }
    // What seems to be missing may be misspelt.
    if invalid.is_empty() {
        let lacks = form.lacks(|name| given.is_some_and(|given| given.contains_key(name)));
        invalid.extend(lacks.into_iter().map(|name| wrong(format!("`{name}` is missing"))));
    }
    let text = |name: &str| given.and_then(|given| given.get(name)).and_then(Json::as_str);
    let written = match command {
        "record.update" if text("record").is_some_and(|record| record.trim() == "{record}") => Some(schema),
        "record.create" => text("kind")
            .and_then(KindNo::from_name)
            .and_then(|kind| words.schema.kind(kind).map(AsRef::as_ref)),
        _ => None,
    };
    let fields = given.and_then(|given| given.get("fields")).and_then(Json::as_object);
    if let (Some(schema), Some(fields)) = (written, fields) {
        for name in fields.keys().filter(|name| schema.named(name).is_none()) {
            let names = schema.fields().flat_map(|field| [field.name.as_ref(), field.zh.as_ref()]);
            let message = format!("a {} has no field `{name}`{}", schema.spec.kind, hint(name, names));
            invalid.push(wrong(message));
        }
    }
    invalid
}

/// What was probably meant, as the end of a sentence.
pub(super) fn hint<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let meant = crate::record::filter::nearest(name, names);
    meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"))
}

fn read(template: &RuleCall) -> Result<Json> {
    let text = if template.fields.trim().is_empty() { "{}" } else { &template.fields };
    match serde_json::from_str(text) {
        Ok(Json::Object(fields)) => Ok(Json::Object(fields)),
        Ok(_) => Err(wrong(&template.command, "the fields of a command are a JSON object")),
        Err(error) => Err(wrong(&template.command, &format!("the fields are no JSON: {error}"))),
    }
}

fn wrong(what: &str, message: &str) -> Error {
    Error::invalid("calls", "rule.call", format!("`{what}`: {message}"))
}

impl Filling<'_> {
    fn fill(&self, json: Json) -> Result<Json> {
        Ok(match json {
            Json::String(text) => self.text(&text)?,
            Json::Array(items) => {
                Json::Array(items.into_iter().map(|item| self.fill(item)).collect::<Result<_>>()?)
            }
            Json::Object(fields) => {
                let filled = fields.into_iter().map(|(name, value)| Ok((name, self.fill(value)?)));
                Json::Object(filled.collect::<Result<_>>()?)
            }
            other => other,
        })
    }

    /// A text with its places filled; one place alone keeps the type of its value.
    fn text(&self, text: &str) -> Result<Json> {
        if let Some(place) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
            && !place.contains(['{', '}'])
        {
            return self.place(place);
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((place, after)) = after.split_once('}') else { break };
            out.push_str(before);
            match self.place(place)? {
                Json::String(text) => out.push_str(&text),
                Json::Null => {}
                other => out.push_str(&other.to_string()),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(Json::String(out))
    }

    fn place(&self, name: &str) -> Result<Json> {
        let name = name.trim();
        if name == "record" {
            return Ok(Json::String(self.record.to_string()));
        }
        if let Some(rest) = name.strip_prefix("now") {
            let later = later(rest.trim()).ok_or_else(|| {
                wrong(name, "write `now`, or `now + 3 days` in minutes, hours, days or weeks")
            })?;
            return Ok(Json::String((self.now + later).to_string()));
        }
        let Some(field) = self.schema.named(name) else {
            let names = self.schema.fields().flat_map(|field| [field.name.as_ref(), field.zh.as_ref()]);
            let hint = hint(name, names);
            return Err(wrong(name, &format!("a {} has no such field{hint}", self.schema.spec.kind)));
        };
        Ok(match self.view {
            None => Json::Null,
            Some(view) => plain(view.get(field.no)?.to_value()),
        })
    }
}

/// `+ 3 days`: how long; nothing is no time at all.
fn later(text: &str) -> Option<Span> {
    if text.is_empty() {
        return Some(Span::from_secs(0));
    }
    let mut words = text.strip_prefix('+')?.split_whitespace();
    let count: i64 = words.next()?.parse().ok().filter(|count| (0..100_000).contains(count))?;
    let unit = words.next()?;
    let hours = match unit {
        "minute" | "minutes" | "分钟" => return Some(Span::from_secs(count * 60)),
        "hour" | "hours" | "小时" => 1,
        "day" | "days" | "天" => 24,
        "week" | "weeks" | "周" => 24 * 7,
        _ => return None,
    };
    words.next().is_none().then(|| Span::from_hours(count * hours))
}

/// A value as commands take it: text where JSON has no type of its own.
fn plain(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => Json::Bool(yes),
        Value::Int(number) => Json::from(number),
        Value::List(items) => Json::Array(items.into_iter().map(plain).collect()),
        other => Json::String(other.to_string()),
    }
}
