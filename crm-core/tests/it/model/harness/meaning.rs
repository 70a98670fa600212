//! What a filter means, read off plain values.

use std::cmp::Ordering;

use chrono::{Datelike, Days, Months, NaiveDate};
use crm_core::base::{Instant, Money, RecordRef, Span, Value, text};
use crm_core::record::field::FieldType;
use crm_core::record::filter::{Comparison, Filter, Operand, Path, RelativeDate, Turn, Unit};
use rust_decimal::Decimal;

use super::rights::Rights;
use super::world::{Plain, World, as_record};

/// The tests' time zone lies so many hours east and keeps no summer time.
const ZONE_HOURS: i64 = 8;

/// A record to read.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub record: RecordRef,
    pub plain: &'a Plain,
}

/// What a filter's words mean, where and for whom.
pub struct Meaning<'a> {
    pub world: &'a World,
    pub rights: &'a Rights<'a>,
    /// The instant from which relative dates count.
    pub now: Instant,
    /// The records that paths may lead to.
    pub fetch: &'a dyn Fn(RecordRef) -> Option<&'a Plain>,
}

/// The values at the end of a path.
struct Found {
    ty: FieldType,
    choices: Vec<(String, String)>,
    items: Vec<Value>,
}

impl<'a> Meaning<'a> {
    pub fn holds(&self, filter: &Filter, at: &Reader<'a>) -> bool {
        let equals = |field: &Path, operand: &Operand| self.equals(&self.read(field, at), operand);
        match filter {
            Filter::All(parts) => parts.iter().all(|part| self.holds(part, at)),
            Filter::Any(parts) => parts.iter().any(|part| self.holds(part, at)),
            Filter::Not(part) => !self.holds(part, at),
            Filter::Holds { field } => equals(field, &Operand::Literal(Value::Bool(true))),
            Filter::Compare { field, op: Comparison::Ne, value } => !equals(field, value),
            Filter::Compare { field, op: Comparison::Eq, value } => equals(field, value),
            Filter::Compare { field, op, value } => {
                let found = self.read(field, at);
                let (low, high) = self.stretch(found.ty, value);
                found.items.iter().any(|item| match op {
                    Comparison::Lt => is(item, &low, &[Ordering::Less]),
                    Comparison::Le => is(item, &high, &[Ordering::Less, Ordering::Equal]),
                    Comparison::Gt => is(item, &high, &[Ordering::Greater]),
                    _ => is(item, &low, &[Ordering::Greater, Ordering::Equal]),
                })
            }
            Filter::In { field, values } => values.iter().any(|value| equals(field, value)),
            Filter::Within { field, range } => equals(field, &Operand::Relative(*range)),
            Filter::Between { field, low, high } => {
                let found = self.read(field, at);
                let (low, high) = (self.stretch(found.ty, low).0, self.stretch(found.ty, high).1);
                let of =
                    |value: &Value| if let Value::Money(money) = value { Some(money.currency) } else { None };
                let currency = of(&low).or(of(&high));
                found.items.iter().any(|item| {
                    (currency.is_none() || currency == of(item))
                        && is(item, &low, &[Ordering::Greater, Ordering::Equal])
                        && is(item, &high, &[Ordering::Less, Ordering::Equal])
                })
            }
            Filter::Contains { field, text } => {
                let found = self.read(field, at);
                if found.ty == FieldType::Choice {
                    return self.equals(&found, &text.as_str().into());
                }
                found.any_text(|item| item.contains(text))
            }
            Filter::StartsWith { field, text } => {
                self.read(field, at).any_text(|item| item.starts_with(text))
            }
            Filter::EndsWith { field, text } => self.read(field, at).any_text(|item| item.ends_with(text)),
            Filter::IsEmpty { field } => self.read(field, at).items.is_empty(),
            Filter::IsNotEmpty { field } => !self.read(field, at).items.is_empty(),
        }
    }

    fn read(&self, path: &Path, at: &Reader<'a>) -> Found {
        let mut readers = vec![*at];
        let mut kind = at.record.kind;
        let mut names = path.0.iter();
        while let Some(name) = names.next() {
            let Some(field) = self.world.kind(kind).named(name) else {
                let (ty, value): (_, fn(&Reader<'_>) -> Value) = match name.as_str() {
                    "id" => (FieldType::Record(Some(kind)), |at| at.record.into()),
                    "updated_at" => (FieldType::Instant, |at| at.plain.updated_at.into()),
                    "revision" => (FieldType::Int, |at| Value::Int(at.plain.revision as i64)),
                    other => panic!("{kind} has no field {other}"),
                };
                return Found { ty, choices: Vec::new(), items: readers.iter().map(value).collect() };
            };
            let mut items: Vec<Value> = Vec::new();
            for reader in &readers {
                match reader.plain.get(field.no) {
                    Value::List(many) if field.many => items.extend(many.iter().cloned()),
                    one => items.push(one.clone()),
                }
            }
            let mut choices: Vec<_> =
                field.choices.iter().map(|c| (c.en.to_string(), c.code.to_string())).collect();
            let mut ty = field.ty;
            if ty == FieldType::Row
                && let Some(column) = names.next()
            {
                let place = field.columns.iter().position(|known| known.name == *column).expect("a column");
                let column = &field.columns[place];
                ty = column.ty;
                choices = column.choices.iter().map(|c| (c.en.to_string(), c.code.to_string())).collect();
                items = items
                    .into_iter()
                    .filter_map(|row| match row {
                        Value::List(cells) => cells.get(place).cloned(),
                        _ => None,
                    })
                    .flat_map(|cell| match cell {
                        Value::List(many) if column.many => many,
                        one => vec![one],
                    })
                    .collect();
            }
            items.retain(|value| !value.is_empty());
            if names.len() == 0 {
                return Found { ty, choices, items };
            }
            readers = items
                .iter()
                .filter_map(as_record)
                .filter_map(|record| (self.fetch)(record).map(|plain| Reader { record, plain }))
                .collect();
            let FieldType::Record(Some(target)) = ty else { panic!("{name} names no record") };
            kind = target;
        }
        panic!("a path has a name")
    }

    fn equals(&self, found: &Found, operand: &Operand) -> bool {
        let among = |records: &[RecordRef]| {
            found.items.iter().filter_map(as_record).any(|item| records.contains(&item))
        };
        match operand {
            Operand::Literal(value) if value.is_empty() => found.items.is_empty(),
            Operand::Me => among(self.rights.user().as_slice()),
            Operand::MyTeam => among(&self.rights.team()),
            Operand::MyDepartment => among(&self.rights.department()),
            Operand::MySubordinates => among(&self.rights.subordinates()),
            Operand::Literal(Value::Text(name)) if found.ty == FieldType::Choice => {
                let code = found.choices.iter().find(|(label, code)| label == name || code == name);
                let code = code.map_or(name.as_str(), |(_, code)| code);
                found.items.iter().any(|item| item.as_text() == Some(code))
            }
            Operand::Literal(Value::Text(entered))
                if matches!(found.ty, FieldType::Phone | FieldType::Email) =>
            {
                let normal = match found.ty {
                    FieldType::Phone => text::phone::e164(entered, "CN"),
                    _ => text::email::normalise(entered).ok(),
                };
                found.items.iter().any(|item| match item {
                    Value::List(cells) if normal.is_some() => {
                        cells.get(1).and_then(Value::as_text) == normal.as_deref()
                    }
                    Value::List(cells) => cells.iter().any(|cell| cell.as_text() == Some(entered)),
                    _ => false,
                })
            }
            operand => {
                let (low, high) = self.stretch(found.ty, operand);
                found.items.iter().any(|item| {
                    is(item, &low, &[Ordering::Greater, Ordering::Equal])
                        && is(item, &high, &[Ordering::Less, Ordering::Equal])
                })
            }
        }
    }

    /// The first and last value that an operand stands for.
    fn stretch(&self, ty: FieldType, operand: &Operand) -> (Value, Value) {
        let days = |first: NaiveDate, last: NaiveDate| {
            if ty != FieldType::Instant {
                return (Value::Date(first), Value::Date(last));
            }
            let starts = |day: NaiveDate| {
                Instant::from(day.and_time(chrono::NaiveTime::MIN).and_utc()) - Span::from_hours(ZONE_HOURS)
            };
            let end = Instant::from_micros(starts(last + Days::new(1)).micros() - 1);
            (Value::Instant(starts(first)), Value::Instant(end))
        };
        match operand {
            Operand::Relative(date) => {
                let (first, last) = relative(*date, today(self.now));
                days(first, last)
            }
            Operand::Literal(Value::Date(day)) => days(*day, *day),
            Operand::Literal(value) => (value.clone(), value.clone()),
            other => panic!("{other} has no order"),
        }
    }
}

pub fn today(now: Instant) -> NaiveDate {
    (now + Span::from_hours(ZONE_HOURS)).to_chrono().date_naive()
}

fn relative(date: RelativeDate, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let shift = |count: i32| match count {
        0.. => today + Days::new(count as u64),
        _ => today - Days::new(u64::from(count.unsigned_abs())),
    };
    match date {
        RelativeDate::Away { count, unit: Unit::Day } => (shift(count), shift(count)),
        RelativeDate::Window { count, unit: Unit::Day } => (shift(count.min(0)), shift(count.max(0))),
        RelativeDate::Period { turn, unit: Unit::Month } => {
            let this = today.with_day(1).expect("a first day");
            let first = match turn {
                Turn::Last => this - Months::new(1),
                Turn::This => this,
                Turn::Next => this + Months::new(1),
            };
            (first, first + Months::new(1) - Days::new(1))
        }
        other => panic!("{other:?} is not among the dates that the model knows"),
    }
}

impl Found {
    fn any_text(&self, test: impl Fn(&str) -> bool) -> bool {
        self.items.iter().any(|item| match item {
            Value::Text(text) => test(text),
            Value::List(cells) => {
                cells.iter().filter_map(Value::as_text).any(|text| !text.is_empty() && test(text))
            }
            _ => false,
        })
    }
}

fn is(left: &Value, right: &Value, orders: &[Ordering]) -> bool {
    comparison(left, right).is_some_and(|order| orders.contains(&order))
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

fn comparison(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => (left == right).then_some(Ordering::Equal),
        (Value::Text(left), Value::Text(right)) => left.partial_cmp(right),
        (Value::Date(left), Value::Date(right)) => left.partial_cmp(right),
        (Value::Instant(left), Value::Instant(right)) => left.partial_cmp(right),
        (Value::Duration(left), Value::Duration(right)) => left.partial_cmp(right),
        (Value::Id(left), Value::Id(right)) => (left == right).then_some(Ordering::Equal),
        (Value::Money(left), Value::Money(Money { currency, amount })) => {
            (left.currency == *currency).then(|| left.amount.cmp(amount))
        }
        (Value::Money(left), right) => Some(left.amount.cmp(&number(right)?)),
        (left, right) => number(left)?.partial_cmp(&number(right)?),
    }
}

/// How two values stand in an order: null first, numbers by value, money by amount and then currency, lists item by
/// item.
pub fn in_order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Id(left), Value::Id(right)) => left.cmp(right),
        (Value::Money(left), Value::Money(right)) => {
            let code = |money: &Money| money.currency.code().to_owned();
            left.amount.cmp(&right.amount).then_with(|| code(left).cmp(&code(right)))
        }
        (Value::List(left), Value::List(right)) => {
            let pairs = left.iter().zip(right).map(|(left, right)| in_order(left, right));
            pairs.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| left.len().cmp(&right.len()))
        }
        (left, right) => comparison(left, right).expect("two values of one field"),
    }
}
