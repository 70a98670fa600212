//! What filters mean, written down as plainly as can be, to compare the compiled form with.

use std::cmp::Ordering;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::sample::{Plain, World, context, schema};
use super::{Comparison, Filter, Operand, Path};
use crate::base::calendar::Stretch;
use crate::base::kind::Customer;
use crate::base::{Instant, Kind, Money, RecordRef, Value};
use crate::record::field::FieldType;

/// Whether a filter that binds holds for a record.
pub(super) fn holds(filter: &Filter, plain: &Plain, world: &World) -> bool {
    let inner = |part: &Filter| holds(part, plain, world);
    match filter {
        Filter::All(parts) => parts.iter().all(inner),
        Filter::Any(parts) => parts.iter().any(inner),
        Filter::Not(part) => !inner(part),
        Filter::Holds { field } => equals(&read(field, plain, world), &Operand::Literal(Value::Bool(true))),
        Filter::Compare { field, op: Comparison::Ne, value } => !equals(&read(field, plain, world), value),
        Filter::Compare { field, op: Comparison::Eq, value } => equals(&read(field, plain, world), value),
        Filter::Compare { field, op, value } => {
            let found = read(field, plain, world);
            found.any(|item| {
                let (low, high) = found.stretch(value);
                match op {
                    Comparison::Lt => is(item, &low, &[Ordering::Less]),
                    Comparison::Le => is(item, &high, &[Ordering::Less, Ordering::Equal]),
                    Comparison::Gt => is(item, &high, &[Ordering::Greater]),
                    _ => is(item, &low, &[Ordering::Greater, Ordering::Equal]),
                }
            })
        }
        Filter::In { field, values } => {
            let found = read(field, plain, world);
            values.iter().any(|value| equals(&found, value))
        }
        Filter::Within { field, range } => equals(&read(field, plain, world), &Operand::Relative(*range)),
        Filter::Between { field, low, high } => {
            let found = read(field, plain, world);
            let (low, high) = (found.stretch(low).0, found.stretch(high).1);
            found.any(|item| same_currency(item, &low, &high) && between(item, &low, &high))
        }
        Filter::Contains { field, text } => {
            let found = read(field, plain, world);
            if found.ty == FieldType::Choice {
                equals(&found, &text.as_str().into())
            } else {
                found.any_text(|item| item.contains(text))
            }
        }
        Filter::StartsWith { field, text } => {
            read(field, plain, world).any_text(|item| item.starts_with(text))
        }
        Filter::EndsWith { field, text } => read(field, plain, world).any_text(|item| item.ends_with(text)),
        Filter::IsEmpty { field } => read(field, plain, world).items.is_empty(),
        Filter::IsNotEmpty { field } => !read(field, plain, world).items.is_empty(),
    }
}

struct Found {
    ty: FieldType,
    items: Vec<Value>,
}

/// All values at the end of a path.
fn read(path: &Path, plain: &Plain, world: &World) -> Found {
    let schema = schema();
    let mut at = vec![plain.clone()];
    let mut kind = plain.record.kind;
    let mut names = path.0.iter();
    while let Some(name) = names.next() {
        let Some(field) = schema.kind(kind).unwrap().named(name) else {
            let (ty, value): (_, fn(&Plain) -> Value) = match name.as_str() {
                "id" => (FieldType::Record(Some(kind)), |plain| plain.record.into()),
                "updated_at" => (FieldType::Instant, |plain| plain.updated_at.into()),
                "revision" => (FieldType::Int, |plain| Value::Int(plain.revision as i64)),
                _ => (FieldType::Int, |_| Value::Int(3)),
            };
            return Found { ty, items: at.iter().map(value).collect() };
        };
        let values = at.iter().filter_map(|plain| plain.values.get(&field.no).cloned());
        let mut items: Vec<Value> = values
            .flat_map(|value| match value {
                Value::List(items) if field.many => items,
                other => vec![other],
            })
            .filter(|value| !value.is_empty())
            .collect();
        let mut ty = field.ty;
        if ty == FieldType::Row
            && let Some(column) = names.next()
        {
            let place = field.columns.iter().position(|known| known.name == *column).unwrap();
            ty = field.columns[place].ty;
            items = items
                .into_iter()
                .filter_map(|row| match row {
                    Value::List(cells) => cells.get(place).cloned(),
                    _ => None,
                })
                .filter(|value| !value.is_empty())
                .collect();
        }
        if names.len() == 0 {
            return Found { ty, items };
        }
        at = items.iter().filter_map(as_record).filter_map(|record| world.0.get(&record).cloned()).collect();
        kind = Customer::NO;
    }
    unreachable!("a path has a name")
}

fn as_record(value: &Value) -> Option<RecordRef> {
    match value {
        Value::Id(record) => Some(*record),
        _ => None,
    }
}

impl Found {
    fn any(&self, test: impl Fn(&Value) -> bool) -> bool {
        self.items.iter().any(test)
    }

    fn any_text(&self, test: impl Fn(&str) -> bool) -> bool {
        self.any(|item| match item {
            Value::Text(text) => test(text),
            Value::List(cells) => {
                cells.iter().filter_map(Value::as_text).any(|text| !text.is_empty() && test(text))
            }
            _ => false,
        })
    }

    /// The first and last value that an operand stands for.
    fn stretch(&self, operand: &Operand) -> (Value, Value) {
        let days = |first: NaiveDate, last: NaiveDate| {
            if self.ty == FieldType::Instant {
                let starts = context().day_start;
                let end = starts(last.succ_opt().unwrap()).micros() - 1;
                (Value::Instant(starts(first)), Value::Instant(Instant::from_micros(end)))
            } else {
                (Value::Date(first), Value::Date(last))
            }
        };
        match operand {
            Operand::Relative(date) => match date.stretch(context().now, context().today) {
                Some(Stretch::Days(first, last)) => days(first, last),
                Some(Stretch::Moments(first, last)) => (first.into(), last.into()),
                None => unreachable!("no period of hours"),
            },
            Operand::Literal(Value::Date(day)) => days(*day, *day),
            Operand::Literal(Value::Text(text)) if self.ty == FieldType::Date => {
                days(text.parse().unwrap(), text.parse().unwrap())
            }
            Operand::Literal(value) => (value.clone(), value.clone()),
            _ => unreachable!("users have no order"),
        }
    }
}

fn equals(found: &Found, operand: &Operand) -> bool {
    let context = context();
    let among = |records: &[RecordRef]| {
        found.any(|item| as_record(item).is_some_and(|record| records.contains(&record)))
    };
    match operand {
        Operand::Literal(value) if value.is_empty() => found.items.is_empty(),
        Operand::Me => among(&[context.me.unwrap()]),
        Operand::MyTeam => among(&context.my_team),
        Operand::MyDepartment => among(&context.my_department),
        Operand::MySubordinates => among(&context.my_subordinates),
        Operand::Literal(Value::Text(text)) if found.ty == FieldType::Choice => {
            let codes = [("Proposal", "proposal"), ("方案", "proposal"), ("热", "hot"), ("重点", "a")];
            let code = codes.iter().find(|(label, _)| label == text).map_or(text.as_str(), |(_, code)| code);
            found.any(|item| item.as_text() == Some(code))
        }
        Operand::Literal(Value::Text(text)) if found.ty == FieldType::Phone => {
            let normal = (context.normal)(FieldType::Phone, text);
            found.any(|item| match item {
                Value::List(cells) if normal.is_some() => {
                    cells.get(1).and_then(Value::as_text) == normal.as_deref()
                }
                Value::List(cells) => cells.iter().any(|cell| cell.as_text() == Some(text)),
                _ => false,
            })
        }
        operand => found.any(|item| {
            let (low, high) = found.stretch(operand);
            between(item, &low, &high)
        }),
    }
}

fn between(item: &Value, low: &Value, high: &Value) -> bool {
    is(item, low, &[Ordering::Greater, Ordering::Equal]) && is(item, high, &[Ordering::Less, Ordering::Equal])
}

fn is(left: &Value, right: &Value, orders: &[Ordering]) -> bool {
    order(left, right).is_some_and(|order| orders.contains(&order))
}

/// `between 5 and 10 CNY` means amounts in CNY.
fn same_currency(item: &Value, low: &Value, high: &Value) -> bool {
    let currency = |value: &Value| match value {
        Value::Money(money) => Some(money.currency),
        _ => None,
    };
    let wanted = currency(low).or(currency(high));
    wanted.is_none() || wanted == currency(item)
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    let number = |value: &Value| match value {
        Value::Int(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    };
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => (left == right).then_some(Ordering::Equal),
        (Value::Text(left), Value::Text(right)) => left.partial_cmp(right),
        (Value::Date(left), Value::Date(right)) => left.partial_cmp(right),
        (Value::Instant(left), Value::Instant(right)) => left.partial_cmp(right),
        (Value::Duration(left), Value::Duration(right)) => left.partial_cmp(right),
        (Value::Id(left), Value::Id(right)) => (left == right).then_some(Ordering::Equal),
        (Value::Money(left), Value::Money(right)) => {
            let Money { currency, amount } = right;
            (left.currency == *currency).then(|| left.amount.cmp(amount))
        }
        (Value::Money(left), right) => Some(left.amount.cmp(&number(right)?)),
        (left, right) => number(left)?.partial_cmp(&number(right)?),
    }
}
