//! What values of custom fields must be.

use crate::base::KindNo;
use crate::domain::org::{CustomField, CustomType, FieldChoice};
use crate::record::codec::ValueRef;
use crate::record::error::Invalid;
use crate::record::values::fits_pattern;

/// What is wrong with a value that a custom field was given.
pub(super) fn check(field: &CustomField, value: ValueRef<'_>, invalid: &mut Vec<Invalid>) {
    let mut wrong = |code: &str, message: String| invalid.push(Invalid::new(&field.name, code, message));
    if field.retired == Some(true) {
        return wrong("field.retired", "the field takes no more values".into());
    }
    let number = match value {
        ValueRef::Int(number) => Some(number.into()),
        ValueRef::Decimal(number) => Some(number),
        ValueRef::Money(money) => Some(money.amount),
        _ => None,
    };
    if let Some(number) = number
        && (field.least.is_some_and(|least| number < least) || field.most.is_some_and(|most| number > most))
    {
        wrong("value.range", format!("`{number}` is out of range"));
    }
    match (field.ty, value) {
        (CustomType::Text, ValueRef::Text(text))
            if !field.pattern.is_empty() && !fits_pattern(text, &field.pattern) =>
        {
            wrong("value.pattern", format!("`{text}` does not look like `{}`", field.pattern));
        }
        (CustomType::Table, ValueRef::List(rows)) => {
            rows.for_each(|row| check_row(field, row, invalid));
        }
        (ty, value) => check_type(&field.name, ty, &field.choices, &field.target, value, invalid),
    }
}

/// A row of a custom sub-table.
fn check_row(field: &CustomField, row: ValueRef<'_>, invalid: &mut Vec<Invalid>) {
    let ValueRef::List(cells) = row else {
        let message = format!("`{}` is not a row", row.to_value());
        return invalid.push(Invalid::new(&field.name, "value.type", message));
    };
    for (place, cell) in cells.enumerate() {
        match field.columns.get(place) {
            None => {
                let message = format!("`{}` stands beyond the last column", cell.to_value());
                invalid.push(Invalid::new(&field.name, "value.type", message));
            }
            Some(_) if cell == ValueRef::Null => {}
            Some(column) => {
                let name = format!("{}.{}", field.name, column.name);
                check_type(&name, column.ty, &column.choices, &column.target, cell, invalid);
            }
        }
    }
}

/// That a value is of a type, as the engine stores it.
fn check_type(
    name: &str,
    ty: CustomType,
    choices: &[FieldChoice],
    target: &str,
    value: ValueRef<'_>,
    invalid: &mut Vec<Invalid>,
) {
    let mut wrong = |code: &str, message: String| invalid.push(Invalid::new(name, code, message));
    let known = |code: &str| choices.iter().any(|choice| choice.code == code);
    match (ty, value) {
        (CustomType::Choice, ValueRef::Text(code)) if known(code) => {}
        (CustomType::Choices, ValueRef::List(codes))
            if codes.clone().all(|code| matches!(code, ValueRef::Text(code) if known(code))) => {}
        (CustomType::Choice | CustomType::Choices, value) => {
            wrong("value.choice", format!("`{}` is not one of the choices", value.to_value()));
        }
        (CustomType::Text, ValueRef::Text(_))
        | (CustomType::Number, ValueRef::Int(_) | ValueRef::Decimal(_))
        | (CustomType::Money, ValueRef::Money(_))
        | (CustomType::Bool, ValueRef::Bool(_))
        | (CustomType::Date, ValueRef::Date(_))
        | (CustomType::DateTime, ValueRef::Instant(_)) => {}
        (CustomType::Reference, ValueRef::Id(record)) => {
            if !target.is_empty() && KindNo::from_name(target) != Some(record.kind) {
                wrong("value.type", format!("`{record}` is not a {target}"));
            }
        }
        (CustomType::List, ValueRef::List(items))
            if items.clone().all(|item| matches!(item, ValueRef::Text(_))) => {}
        (ty, value) => wrong("value.type", format!("`{}` is not a {ty}", value.to_value())),
    }
}
