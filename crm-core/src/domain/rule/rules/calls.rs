//! The commands of an automation: data with places for the record's values.

use serde_json::Value as Json;

use super::check::Words;
use crate::base::{Instant, KindNo, RecordRef, Span, Value};
use crate::domain::rule::RuleCall;
use crate::record::codec::View;
use crate::record::diagnostic::{Bilingual, kind_zh, one};
use crate::record::error::{Error, Invalid, Result};
use crate::record::filter::nearest;
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

/// What is wrong, and what was probably meant.
pub(super) struct Wrong {
    pub said: Bilingual,
    pub suggestion: Option<String>,
}

impl<T: Into<Bilingual>> From<T> for Wrong {
    fn from(said: T) -> Self {
        Wrong { said: said.into(), suggestion: None }
    }
}

impl Wrong {
    pub fn meant(self, suggestion: Option<String>) -> Self {
        Wrong { suggestion, ..self }
    }

    /// A kind has no field of a name.
    pub fn field(name: &str, kind: &KindSchema) -> Self {
        let no = kind.spec.kind;
        let said =
            (format!("{} has no field `{name}`", one(no)), format!("{}没有字段 `{name}`", kind_zh(no)));
        let names = kind.fields().flat_map(|field| [field.name.as_ref(), field.zh.as_ref()]);
        Wrong::from(said).meant(nearest(name, names))
    }

    /// The same, said of something.
    fn of(self, what: &str) -> Self {
        let Bilingual { en, zh } = self.said;
        Wrong { said: (format!("`{what}`: {en}"), format!("`{what}`：{zh}")).into(), ..self }
    }

    fn invalid(self, field: &str, code: &str) -> Invalid {
        Invalid::said(field, code, self.said).meant(self.suggestion)
    }
}

/// What is wrong with the commands of a rule.
pub fn calls_problems(calls: &[RuleCall], schema: &KindSchema, words: &Words<'_>) -> Vec<Invalid> {
    let record = RecordRef::new(schema.spec.kind, 0);
    let filling = Filling { schema, record, view: None, now: Instant::default() };
    let of_call = |(place, call): (usize, &RuleCall)| {
        let mut invalid = match read(call) {
            Ok(given) => {
                let mut invalid = form_problems(&call.command, &given, schema, words);
                if let Err(Error::Invalid(more)) = filling.fill(given) {
                    invalid.extend(more);
                }
                invalid
            }
            Err(Error::Invalid(invalid)) => invalid,
            Err(_) => Vec::new(),
        };
        invalid.iter_mut().for_each(|invalid| invalid.field = format!("calls.{}", place + 1));
        invalid
    };
    calls.iter().enumerate().flat_map(of_call).collect()
}

/// What is wrong with the names in a command: its own, those of its fields, and those of a record's
/// fields that it writes.
fn form_problems(command: &str, given: &Json, schema: &KindSchema, words: &Words<'_>) -> Vec<Invalid> {
    if words.commands.is_empty() {
        return Vec::new();
    }
    let Some(form) = words.commands.iter().find(|form| form.name == command) else {
        let said = (format!("no command is called `{command}`"), format!("没有命令 `{command}`"));
        let meant = nearest(command, words.commands.iter().map(|form| form.name));
        return vec![Wrong::from(said).meant(meant).invalid("calls", "command.unknown")];
    };
    let given = given.as_object();
    let wrong = |wrong: Wrong| wrong.of(command).invalid("calls", "rule.call");
    let mut invalid = Vec::new();
    for name in given.into_iter().flat_map(|given| given.keys()).filter(|name| form.field(name).is_none()) {
        let said = Wrong::from((format!("there is no `{name}`"), format!("没有参数 `{name}`")));
        invalid.push(wrong(said.meant(nearest(name, form.fields.iter().map(|field| field.name)))));
    }
    // What seems to be missing may be misspelt.
    if invalid.is_empty() {
        let lacks = form.lacks(|name| given.is_some_and(|given| given.contains_key(name)));
        let missing = |name| (format!("`{name}` is missing"), format!("缺少参数 `{name}`")).into();
        invalid.extend(lacks.into_iter().map(|name| wrong(missing(name))));
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
        let unknown = fields.keys().filter(|name| schema.named(name).is_none());
        invalid.extend(unknown.map(|name| wrong(Wrong::field(name, schema))));
    }
    invalid
}

fn read(template: &RuleCall) -> Result<Json> {
    let text = if template.fields.trim().is_empty() { "{}" } else { &template.fields };
    match serde_json::from_str(text) {
        Ok(Json::Object(fields)) => Ok(Json::Object(fields)),
        Ok(_) => {
            Err(wrong(&template.command, ("the fields of a command are a JSON object", "参数应为 JSON 对象")))
        }
        Err(error) => {
            let said = (
                format!("the fields are no JSON: {error}"),
                format!("参数不是有效的 JSON：{}", json_zh(&error)),
            );
            Err(wrong(&template.command, said))
        }
    }
}

fn wrong(what: &str, said: impl Into<Wrong>) -> Error {
    Error::Invalid(vec![said.into().of(what).invalid("calls", "rule.call")])
}

/// Why a text is no JSON, in Chinese.
pub(super) fn json_zh(error: &serde_json::Error) -> String {
    let place = format!("第 {} 行第 {} 列", error.line(), error.column());
    if error.is_eof() {
        format!("{place}：没有写完")
    } else {
        format!("{place}：请检查引号、逗号和括号")
    }
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
                let en = "write `now`, or `now + 3 days` in minutes, hours, days or weeks";
                wrong(name, (en, "请写 `now`，或 `now + 3 天`（分钟、小时、天、周）"))
            })?;
            return Ok(Json::String((self.now + later).to_string()));
        }
        let Some(field) = self.schema.named(name) else {
            return Err(wrong(name, Wrong::field(name, self.schema)));
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
