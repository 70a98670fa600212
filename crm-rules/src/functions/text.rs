//! Functions of text.

use rhai::{Array, Dynamic, Engine, ImmutableString as Text, Map};

use super::Function;
use super::Gives::{Bool, Int, Text as GivesText};
use super::Takes::{Any, Text as Takes};
use crate::value::{Held, to_text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "is_empty(value)",
        "is_empty",
        &[Any],
        Bool,
        ["whether there is no value, no text or no item", "是否没有值、没有文本或没有元素"],
        r#"is_empty("")"#,
    ),
    Function::new(
        "contains(text, part)",
        "contains",
        &[Takes, Takes],
        Bool,
        ["whether the text has the part in it", "文本是否包含该部分"],
        r#""智能制造".contains("制造")"#,
    ),
    Function::new(
        "starts_with(text, part)",
        "starts_with",
        &[Takes, Takes],
        Bool,
        ["whether the text starts so", "文本是否以此开头"],
        r#""MES 系统".starts_with("MES")"#,
    ),
    Function::new(
        "ends_with(text, part)",
        "ends_with",
        &[Takes, Takes],
        Bool,
        ["whether the text ends so", "文本是否以此结尾"],
        r#""a@example.com".ends_with(".com")"#,
    ),
    Function::new(
        "length(text)",
        "length",
        &[Takes],
        Int,
        ["how many characters the text has", "文本的字数"],
        r#"length("公海") == 2"#,
    ),
    Function::new(
        "lower(text)",
        "lower",
        &[Takes],
        GivesText,
        ["the text in small letters", "小写文本"],
        r#"lower("VIP") == "vip""#,
    ),
    Function::new(
        "upper(text)",
        "upper",
        &[Takes],
        GivesText,
        ["the text in capitals", "大写文本"],
        r#"upper("vip") == "VIP""#,
    ),
    Function::new(
        "trim(text)",
        "trim",
        &[Takes],
        GivesText,
        ["the text without spaces around it", "去掉首尾空格的文本"],
        r#"trim("  a ") == "a""#,
    ),
    Function::new(
        "text(value)",
        "text",
        &[Any],
        GivesText,
        [
            "the value as text; `${value}` within backticks does the same",
            "把值变成文本；反引号中的 `${值}` 作用相同",
        ],
        r#"text(12) == "12""#,
    ),
];

/// The text, or an empty one for no value.
fn of(value: Dynamic) -> Text {
    value.into_immutable_string().unwrap_or_default()
}

fn is_empty(value: Dynamic) -> bool {
    is_nothing(&value) || value.read_lock::<Array>().is_some_and(|items| items.iter().all(is_nothing))
}

fn is_nothing(value: &Dynamic) -> bool {
    value.is_unit()
        || value.as_immutable_string_ref().is_ok_and(|text| text.is_empty())
        || value.read_lock::<Array>().is_some_and(|items| items.is_empty())
        || value.read_lock::<Map>().is_some_and(|map| map.is_empty())
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("is_empty", is_empty);
    engine.register_fn("contains", |text: Text, part: Text| text.contains(part.as_str()));
    engine.register_fn("contains", |(): (), _: Text| false);
    engine.register_fn("starts_with", |text: Dynamic, part: Text| of(text).starts_with(part.as_str()));
    engine.register_fn("ends_with", |text: Dynamic, part: Text| of(text).ends_with(part.as_str()));
    engine.register_fn("length", |text: Dynamic| i64::try_from(of(text).chars().count()).unwrap_or(i64::MAX));
    engine.register_fn("lower", |text: Dynamic| Text::from(of(text).to_lowercase()));
    engine.register_fn("upper", |text: Dynamic| Text::from(of(text).to_uppercase()));
    engine.register_fn("trim", |text: Dynamic| Text::from(of(text).trim()));
    engine.register_fn("text", |value: Dynamic| Text::from(to_text(&value)));
    // What `${…}` within backticks calls.
    engine.register_fn("to_string", |value: &mut Dynamic| Text::from(to_text(value)));
    engine.register_fn("==", |left: Held, right: Held| left.record == right.record);
    engine.register_fn("!=", |left: Held, right: Held| left.record != right.record);
}
