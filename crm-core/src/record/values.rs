//! Values from what people type: one reading of text for imports, defaults and filters.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

use super::field::{FieldError, FieldType};
use super::schema::FieldDef;
use super::spec::Marks;
use crate::base::settings::Settings;
use crate::base::{Instant, Money, RecordRef, Span, Value, calendar, text};

/// Reads text as a value of a type; empty text is null, several values stand between `;` or `；`.
///
/// # Errors
/// When the text is no such value; the error has the text.
pub fn parse(input: &str, ty: FieldType, many: bool, settings: &Settings) -> Result<Value, FieldError> {
    let input = input.trim();
    if input.is_empty() {
        return Ok(Value::Null);
    }
    if many {
        let items = input.split([';', '；']).map(str::trim).filter(|item| !item.is_empty());
        return items.map(|item| one(item, ty, settings)).collect::<Result<_, _>>().map(Value::List);
    }
    one(input, ty, settings)
}

/// Reads text as a value of a field; a choice may be given by its code or a label.
///
/// # Errors
/// When the text is no such value.
pub fn parse_field(input: &str, field: &FieldDef, settings: &Settings) -> Result<Value, FieldError> {
    let value = parse(input, field.ty, field.many, settings)?;
    if field.ty != FieldType::Choice || field.choices.is_empty() {
        return Ok(value);
    }
    let code = |value: Value| -> Result<Value, FieldError> {
        let text = value.as_text().unwrap_or_default();
        let choice = field
            .choices
            .iter()
            .find(|choice| choice.code == text || choice.zh == text || choice.en.eq_ignore_ascii_case(text));
        match choice {
            Some(choice) => Ok(choice.code.as_ref().into()),
            None => Err(FieldError::Type { found: text.to_owned(), expected: "known choice" }),
        }
    };
    match value {
        Value::List(items) => items.into_iter().map(code).collect::<Result<_, _>>().map(Value::List),
        Value::Null => Ok(Value::Null),
        value => code(value),
    }
}

fn one(input: &str, ty: FieldType, settings: &Settings) -> Result<Value, FieldError> {
    let wrong = |expected| FieldError::Type { found: input.to_owned(), expected };
    Ok(match ty {
        FieldType::Text | FieldType::Choice => Value::Text(input.to_owned()),
        FieldType::Bool => match text::fold(input).as_str() {
            "true" | "yes" | "y" | "1" | "是" | "有" => Value::Bool(true),
            "false" | "no" | "n" | "0" | "否" | "无" => Value::Bool(false),
            _ => return Err(wrong("yes or no")),
        },
        FieldType::Int => Value::Int(digits(input).parse().map_err(|_| wrong("whole number"))?),
        FieldType::Decimal => Value::Decimal(decimal(input).ok_or_else(|| wrong("number"))?),
        FieldType::Date => Value::Date(date(input).ok_or_else(|| wrong("date"))?),
        FieldType::Instant => Value::Instant(instant(input, settings).ok_or_else(|| wrong("date and time"))?),
        FieldType::Duration => {
            let hours = decimal(input).ok_or_else(|| wrong("number of hours"))?;
            let micros = hours
                .checked_mul(Decimal::from(3_600_000_000i64))
                .and_then(|micros| micros.round().try_into().ok());
            Value::Duration(Span::from_micros(micros.ok_or_else(|| wrong("number of hours"))?))
        }
        FieldType::Money => Value::Money(money(input, settings).ok_or_else(|| wrong("amount of money"))?),
        FieldType::Currency => {
            let currency: crate::base::Currency = input.parse().map_err(|_| wrong("currency"))?;
            Value::Text(currency.code().to_owned())
        }
        FieldType::Record(kind) => {
            let record: RecordRef = input.parse().map_err(|_| wrong("record"))?;
            if kind.is_some_and(|kind| kind != record.kind) {
                return Err(wrong("record of that kind"));
            }
            Value::Id(record)
        }
        FieldType::Phone => phone(input, settings),
        FieldType::Email => {
            let normal = text::email::normalise(input).map_err(|_| wrong("e-mail address"))?;
            Value::List(vec![input.into(), normal.into()])
        }
        FieldType::Row => return Err(wrong("row of a table")),
    })
}

/// A telephone number as a row: as entered, and its normal form where it has one.
pub fn phone(input: &str, settings: &Settings) -> Value {
    Value::List(vec![input.into(), text::phone::e164(input, &settings.region).into()])
}

fn digits(input: &str) -> String {
    text::fold(input).replace([',', ' '], "")
}

fn decimal(input: &str) -> Option<Decimal> {
    let plain = digits(input);
    let (number, factor) = match (plain.strip_suffix('%'), plain.strip_suffix('万'), plain.strip_suffix('亿'))
    {
        (Some(number), _, _) => (number, Decimal::new(1, 2)),
        (_, Some(number), _) => (number, Decimal::from(10_000)),
        (_, _, Some(number)) => (number, Decimal::from(100_000_000)),
        _ => (plain.as_str(), Decimal::ONE),
    };
    number.parse::<Decimal>().ok()?.checked_mul(factor)
}

/// A day in one of the ways people write it: `2025-03-01`, `2025/3/1`, `2025.3.1`, `2025年3月1日`.
pub fn date(input: &str) -> Option<NaiveDate> {
    let folded = text::fold(input);
    let plain = folded.trim_end_matches('日').replace(['/', '.', '年', '月'], "-");
    NaiveDate::parse_from_str(plain.trim_end_matches('-'), "%Y-%m-%d").ok()
}

fn instant(input: &str, settings: &Settings) -> Option<Instant> {
    if let Ok(at) = input.parse() {
        return Some(at);
    }
    let (day, time) = match input.split_once([' ', 'T']) {
        Some((day, time)) => (date(day)?, time.trim()),
        None => (date(input)?, "00:00"),
    };
    let time = chrono::NaiveTime::parse_from_str(time, "%H:%M:%S%.f")
        .or_else(|_| chrono::NaiveTime::parse_from_str(time, "%H:%M"))
        .ok()?;
    Some(calendar::instant_of(NaiveDateTime::new(day, time), settings.zone))
}

/// Money with its currency before or after, or without one in the base currency.
fn money(input: &str, settings: &Settings) -> Option<Money> {
    let folded = text::fold(input).to_uppercase();
    let folded =
        folded.replace(['¥', '￥'], "CNY").replace("元", "CNY").replace('€', "EUR").replace('$', "USD");
    let letters: String = folded.chars().filter(char::is_ascii_alphabetic).collect();
    let number: String = folded.chars().filter(|letter| !letter.is_ascii_alphabetic()).collect();
    let currency = if letters.is_empty() { settings.currency } else { letters.parse().ok()? };
    Some(Money::new(decimal(&number)?, currency))
}

/// Whether text looks like a pattern: `#` a digit, `@` a letter, `?` any one, `*` any number of any,
/// `\` the next one as it is.
pub fn fits_pattern(input: &str, pattern: &str) -> bool {
    let mut tokens: Vec<(char, bool)> = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => tokens.push((letters.next().unwrap_or('\\'), true)),
            letter => tokens.push((letter, false)),
        }
    }
    // The places in the pattern at which the text read so far may stand.
    let close = |places: &mut Vec<bool>| {
        for (place, token) in tokens.iter().enumerate() {
            if *token == ('*', false)
                && places.get(place) == Some(&true)
                && let Some(next) = places.get_mut(place + 1)
            {
                *next = true;
            }
        }
    };
    let mut places = vec![false; tokens.len() + 1];
    if let Some(first) = places.first_mut() {
        *first = true;
    }
    close(&mut places);
    for letter in input.chars() {
        let mut next = vec![false; places.len()];
        for (place, token) in tokens.iter().enumerate() {
            if places.get(place) != Some(&true) {
                continue;
            }
            let (fits, stays) = match token {
                ('*', false) => (true, true),
                ('#', false) => (letter.is_numeric(), false),
                ('@', false) => (letter.is_alphabetic(), false),
                ('?', false) => (true, false),
                (wanted, _) => (*wanted == letter, false),
            };
            if let (true, Some(slot)) = (fits, next.get_mut(if stays { place } else { place + 1 })) {
                *slot = true;
            }
        }
        close(&mut next);
        places = next;
    }
    places.last() == Some(&true)
}

/// A value as a field takes it: text is read, whole numbers become decimals, one becomes a list.
///
/// # Errors
/// When the value does not fit the field.
pub fn coerce(value: &Value, field: &FieldDef, settings: &Settings) -> Result<Value, FieldError> {
    match (value, field.many) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::Text(text), _) => parse_field(text, field, settings),
        (Value::List(items), true) => items
            .iter()
            .map(|item| coerce_one(item, field, settings))
            // An empty text among them says nothing.
            .filter(|item| !item.as_ref().is_ok_and(Value::is_empty))
            .collect::<Result<_, _>>()
            .map(Value::List),
        (value, true) => Ok(Value::List(vec![coerce_one(value, field, settings)?])),
        (value, false) => coerce_one(value, field, settings),
    }
}

fn coerce_one(value: &Value, field: &FieldDef, settings: &Settings) -> Result<Value, FieldError> {
    let fits = match (field.ty, value) {
        (_, Value::Text(text)) => {
            let one = FieldDef { many: false, ..field.clone() };
            return parse_field(text, &one, settings);
        }
        (FieldType::Decimal, Value::Int(number)) => return Ok(Value::Decimal((*number).into())),
        (FieldType::Money, Value::Int(number)) => {
            return Ok(Value::Money(Money::new((*number).into(), settings.currency)));
        }
        (FieldType::Money, Value::Decimal(number)) => {
            return Ok(Value::Money(Money::new(*number, settings.currency)));
        }
        (FieldType::Record(kind), Value::Id(record)) => kind.is_none_or(|kind| kind == record.kind),
        // Of a number or address the normal form follows from what was entered.
        (FieldType::Phone | FieldType::Email, Value::List(cells)) => {
            return match cells.first() {
                Some(entered @ Value::Text(_)) => coerce_one(entered, field, settings),
                _ => Err(FieldError::Type { found: value.to_string(), expected: type_words(field.ty) }),
            };
        }
        (FieldType::Row, Value::List(cells)) if !field.columns.is_empty() => {
            return row(cells, &field.columns, settings);
        }
        (FieldType::Row, Value::List(_))
        | (FieldType::Bool, Value::Bool(_))
        | (FieldType::Int, Value::Int(_))
        | (FieldType::Decimal, Value::Decimal(_))
        | (FieldType::Date, Value::Date(_))
        | (FieldType::Instant, Value::Instant(_))
        | (FieldType::Duration, Value::Duration(_))
        | (FieldType::Money, Value::Money(_)) => true,
        _ => false,
    };
    if fits {
        return Ok(value.clone());
    }
    Err(FieldError::Type { found: value.to_string(), expected: type_words(field.ty) })
}

/// A row, each of whose cells its column takes.
fn row(cells: &[Value], columns: &[FieldDef], settings: &Settings) -> Result<Value, FieldError> {
    if cells.len() > columns.len() {
        let found = Value::List(cells.to_vec()).to_string();
        return Err(FieldError::Type { found, expected: "row of that many columns" });
    }
    let cell = |(place, column): (usize, &FieldDef)| {
        let value = coerce(cells.get(place).unwrap_or(&Value::Null), column, settings)?;
        let needed = column.marks.has(Marks::REQUIRED);
        if value.is_empty() && needed { Err(FieldError::Missing) } else { Ok(value) }
    };
    columns.iter().enumerate().map(cell).collect::<Result<_, _>>().map(Value::List)
}

const fn type_words(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Bool => "yes or no",
        FieldType::Int => "whole number",
        FieldType::Decimal => "number",
        FieldType::Text => "text",
        FieldType::Date => "date",
        FieldType::Instant => "date and time",
        FieldType::Duration => "duration",
        FieldType::Money => "amount of money",
        FieldType::Currency => "currency",
        FieldType::Record(_) => "record",
        FieldType::Choice => "choice",
        FieldType::Phone => "telephone number",
        FieldType::Email => "e-mail address",
        FieldType::Row => "row",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, fits) in [
            ("SN-001", "SN-###", true),
            ("SN-01", "SN-###", false),
            ("ab", "@@", true),
            ("a1", "@@", false),
            ("", "*", true),
            ("x#", "?\\#", true),
            ("anything-9", "*-#", true),
            ("anything-", "*-#", false),
        ] {
            assert_eq!(fits_pattern(text, pattern), fits, "{text} {pattern}");
        }
    }

    #[test]
    fn values_as_people_write_them() {
        let settings = Settings::default();
        for (text, ty, value) in [
            ("１,２００", FieldType::Int, Some(Value::Int(1200))),
            ("很多", FieldType::Int, None),
            ("3.5万", FieldType::Decimal, Some(Decimal::from(35_000).into())),
            ("2025年3月1日", FieldType::Date, NaiveDate::from_ymd_opt(2025, 3, 1).map(Value::Date)),
            ("2025-02-30", FieldType::Date, None),
            (
                "2025-03-01 08:00",
                FieldType::Instant,
                Some(Value::Instant("2025-03-01T00:00:00Z".parse().unwrap())),
            ),
            ("¥1,200.50", FieldType::Money, Some(Value::Money("1200.50 CNY".parse().unwrap()))),
            ("99 usd", FieldType::Money, Some(Value::Money("99 USD".parse().unwrap()))),
            ("是", FieldType::Bool, Some(Value::Bool(true))),
        ] {
            assert_eq!(parse(text, ty, false, &settings).ok(), value, "{text}");
        }
    }

    #[test]
    fn rows_and_lists_hold_what_their_columns_take() {
        let settings = Settings::default();
        let field = |ty, many, columns: Vec<FieldDef>| {
            let place = |(no, column): (u16, FieldDef)| FieldDef { no, ..column };
            FieldDef {
                no: 0,
                name: "f".into(),
                en: "F".into(),
                zh: "字段".into(),
                ty,
                many,
                choices: Vec::new(),
                columns: (0..).zip(columns).map(place).collect(),
                marks: Marks::default(),
            }
        };
        let size = FieldDef { marks: Marks::REQUIRED, ..field(FieldType::Int, false, vec![]) };
        let rows = field(FieldType::Row, true, vec![field(FieldType::Text, false, vec![]), size]);
        let list = |items: Vec<Value>| Value::List(items);
        for (value, field, taken) in [
            (
                list(vec!["a".into(), "".into(), " b ".into()]),
                field(FieldType::Text, true, vec![]),
                Some(list(vec!["a".into(), "b".into()])),
            ),
            (list(vec!["7".into()]), field(FieldType::Int, true, vec![]), Some(list(vec![Value::Int(7)]))),
            (
                list(vec![list(vec!["x".into(), "3".into()])]),
                rows.clone(),
                Some(list(vec![list(vec!["x".into(), 3i64.into()])])),
            ),
            (list(vec![list(vec!["x".into()])]), rows.clone(), None),
            (list(vec![list(vec![5i64.into(), 3i64.into()])]), rows.clone(), None),
            (list(vec![list(vec!["x".into(), 3i64.into(), 4i64.into()])]), rows, None),
            (
                list(vec!["138 0000 0000".into(), "+1".into()]),
                field(FieldType::Phone, false, vec![]),
                Some(list(vec!["138 0000 0000".into(), "+8613800000000".into()])),
            ),
        ] {
            assert_eq!(coerce(&value, &field, &settings).ok(), taken, "{value:?}");
        }
    }
}
