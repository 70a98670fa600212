//! Makes a typed test of a comparison: literals are read as the field's type, dates become stretches.

use std::ops::Bound;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::bind::{FilterContext, Problem};
use super::eval::{Columns, Node};
use super::resolve::{Resolved, type_name};
use super::test::Test;
use super::{Comparison, Operand};
use crate::base::calendar::Stretch;
use crate::base::{Currency, Instant, KindNo, Money, RecordRef, Value};
use crate::record::diagnostic::{Bilingual, kind_zh, one};
use crate::record::field::FieldType;

/// How a field compares with one or two operands.
#[derive(Clone, Copy)]
enum How {
    As(Comparison),
    Between,
}

impl How {
    /// The values that hold, when the operands stand for stretches.
    fn range<T>(self, low: (T, T), high: (T, T)) -> (Bound<T>, Bound<T>) {
        match self {
            How::As(Comparison::Eq | Comparison::Ne) => (Bound::Included(low.0), Bound::Included(low.1)),
            How::As(Comparison::Lt) => (Bound::Unbounded, Bound::Excluded(low.0)),
            How::As(Comparison::Le) => (Bound::Unbounded, Bound::Included(low.1)),
            How::As(Comparison::Gt) => (Bound::Excluded(low.1), Bound::Unbounded),
            How::As(Comparison::Ge) => (Bound::Included(low.0), Bound::Unbounded),
            How::Between => (Bound::Included(low.0), Bound::Included(high.1)),
        }
    }

    /// The same with both ends included.
    fn closed(self, low: (i64, i64), high: (i64, i64)) -> (i64, i64) {
        let (first, last) = self.range(low, high);
        let first = match first {
            Bound::Unbounded => Some(i64::MIN),
            Bound::Included(first) => Some(first),
            Bound::Excluded(before) => before.checked_add(1),
        };
        let last = match last {
            Bound::Unbounded => Some(i64::MAX),
            Bound::Included(last) => Some(last),
            Bound::Excluded(after) => after.checked_sub(1),
        };
        first.zip(last).unwrap_or((1, 0))
    }
}

/// That an operand is not of the type that a field needs.
fn mistyped<T>(operand: &Operand, expected: impl Into<Bilingual>) -> Result<T, Problem> {
    Err(Problem::Type { expected: expected.into(), found: operand.to_string() })
}

fn point<T: Clone>(value: T) -> (T, T) {
    (value.clone(), value)
}

impl FilterContext<'_> {
    /// The field compared with one operand.
    pub(super) fn compare(
        &self,
        field: &Resolved<'_>,
        op: Comparison,
        value: &Operand,
    ) -> Result<Node, Problem> {
        match field.target.ty {
            FieldType::Phone | FieldType::Email if op == Comparison::Eq => self.address(field, value),
            _ => Ok(field.leaf(self.typed(field, How::As(op), value, value)?)),
        }
    }

    /// The field between two operands.
    pub(super) fn between(
        &self,
        field: &Resolved<'_>,
        low: &Operand,
        high: &Operand,
    ) -> Result<Node, Problem> {
        Ok(field.leaf(self.typed(field, How::Between, low, high)?))
    }

    fn typed(&self, field: &Resolved<'_>, how: How, low: &Operand, high: &Operand) -> Result<Test, Problem> {
        let ty = field.target.ty;
        let equality = matches!(how, How::As(Comparison::Eq));
        Ok(match ty {
            FieldType::Int | FieldType::Decimal => {
                Test::number(how.range(point(number(low)?), point(number(high)?)))
            }
            FieldType::Text if equality => Test::one_of([text(low, QUOTED)?.into()]),
            FieldType::Text => {
                let owned = |operand| text(operand, QUOTED).map(str::to_owned);
                let (low, high) = how.range(point(owned(low)?), point(owned(high)?));
                Test::TextRange(low, high)
            }
            FieldType::Date => {
                let (first, last) = how.closed(self.days(low)?, self.days(high)?);
                Test::Date(first, last)
            }
            FieldType::Instant => {
                let (first, last) = how.closed(self.moments(low)?, self.moments(high)?);
                Test::Instant(first, last)
            }
            FieldType::Duration => {
                let (least, most) = how.closed(point(micros(low)?), point(micros(high)?));
                Test::Duration(least, most)
            }
            FieldType::Money => money(how, low, high)?,
            FieldType::Row => return Err(field.whole_row()),
            _ if !equality => return Err(field.operator(how.name())),
            FieldType::Bool => match low {
                Operand::Literal(Value::Bool(yes)) => Test::one_of([(*yes).into()]),
                other => return mistyped(other, ("`true` or `false`", "`true` 或 `false`")),
            },
            FieldType::Currency => {
                match text(low, ("the three letters of a currency in quotes", "带引号的三字母币种代码"))?
                    .parse::<Currency>()
                {
                    Ok(currency) => Test::one_of([currency.code().into()]),
                    Err(_) => return mistyped(low, ("a currency of ISO 4217", "ISO 4217 币种代码")),
                }
            }
            FieldType::Choice => {
                Test::one_of([field.choice(text(low, ("a choice in quotes", "带引号的选项"))?)?.into()])
            }
            FieldType::Record(kind) => {
                self.records(kind, low, |record| kind.is_none_or(|kind| kind == record.kind))?
            }
            FieldType::Phone | FieldType::Email => return Err(field.operator(how.name())),
        })
    }

    /// A phone number or e-mail address equals a text: by normal form, or as entered if it has none.
    fn address(&self, field: &Resolved<'_>, value: &Operand) -> Result<Node, Problem> {
        let entered = text(value, QUOTED)?;
        Ok(match (self.normal)(field.target.ty, entered) {
            Some(normal) => field.leaf_of(Columns::One(1), Test::one_of([normal.into()])),
            None => field.leaf_of(Columns::RawOrNormal, Test::one_of([entered.into()])),
        })
    }

    /// The first and last day that an operand stands for.
    fn days(&self, operand: &Operand) -> Result<(i64, i64), Problem> {
        let count = |day: NaiveDate| i64::from(day.num_days_from_ce());
        match operand {
            Operand::Literal(Value::Date(day)) => Ok(point(count(*day))),
            Operand::Literal(Value::Text(text)) => match text.parse() {
                Ok(day) => Ok(point(count(day))),
                Err(_) => mistyped(operand, ("a date such as 2026-03-01", "日期，如 2026-03-01")),
            },
            Operand::Relative(date) => match self.stretch(*date) {
                Some(Stretch::Days(first, last)) => Ok((count(first), count(last))),
                _ => mistyped(operand, ("a day", "某一天")),
            },
            _ => mistyped(operand, type_name(FieldType::Date)),
        }
    }

    /// The first and last microsecond that an operand stands for.
    fn moments(&self, operand: &Operand) -> Result<(i64, i64), Problem> {
        match operand {
            Operand::Literal(Value::Instant(at)) => Ok(point(at.micros())),
            Operand::Literal(Value::Date(day)) => Ok(self.instants(*day, *day)),
            Operand::Literal(Value::Text(text)) => match (text.parse::<Instant>(), text.parse()) {
                (Ok(at), _) => Ok(point(at.micros())),
                (_, Ok(day)) => Ok(self.instants(day, day)),
                _ => mistyped(
                    operand,
                    ("a date or a time such as 2026-03-01T12:00:00Z", "日期或时间，如 2026-03-01T12:00:00Z"),
                ),
            },
            Operand::Relative(date) => match self.stretch(*date) {
                Some(Stretch::Days(first, last)) => Ok(self.instants(first, last)),
                Some(Stretch::Moments(first, last)) => Ok((first.micros(), last.micros())),
                None => mistyped(operand, ("a period of the calendar", "日历周期")),
            },
            _ => mistyped(operand, type_name(FieldType::Instant)),
        }
    }

    fn records(
        &self,
        kind: Option<KindNo>,
        operand: &Operand,
        fits: impl Fn(&RecordRef) -> bool,
    ) -> Result<Test, Problem> {
        let expected = || match kind {
            None => Bilingual::from(("the id of a record", "记录的编号")),
            Some(kind) => (format!("the id of {}", one(kind)), format!("{}的编号", kind_zh(kind))).into(),
        };
        let group = match operand {
            Operand::Literal(Value::Id(record)) => return one_of(vec![*record], fits, operand, expected()),
            Operand::Literal(Value::Text(text)) => match text.parse() {
                Ok(record) => return one_of(vec![record], fits, operand, expected()),
                Err(_) => return mistyped(operand, expected()),
            },
            Operand::Me => return one_of(self.me.into_iter().collect(), fits, operand, expected()),
            Operand::MyTeam => &self.my_team,
            Operand::MyDepartment => &self.my_department,
            Operand::MySubordinates => &self.my_subordinates,
            _ => return mistyped(operand, expected()),
        };
        let mut records = group.iter().copied().filter(&fits).map(Value::Id).peekable();
        if records.peek().is_none() && !group.is_empty() {
            return mistyped(operand, expected());
        }
        Ok(Test::one_of(records))
    }
}

impl How {
    fn name(self) -> &'static str {
        match self {
            How::As(Comparison::Lt) => "`<`",
            How::As(Comparison::Le) => "`<=`",
            How::As(Comparison::Gt) => "`>`",
            How::As(Comparison::Ge) => "`>=`",
            How::As(Comparison::Eq | Comparison::Ne) => "`=`",
            How::Between => "`between`",
        }
    }
}

fn one_of(
    records: Vec<RecordRef>,
    fits: impl Fn(&RecordRef) -> bool,
    operand: &Operand,
    expected: Bilingual,
) -> Result<Test, Problem> {
    if records.iter().all(fits) {
        Ok(Test::one_of(records.into_iter().map(Value::Id)))
    } else {
        mistyped(operand, expected)
    }
}

fn number(operand: &Operand) -> Result<Decimal, Problem> {
    match operand {
        Operand::Literal(Value::Int(number)) => Ok((*number).into()),
        Operand::Literal(Value::Decimal(number)) => Ok(*number),
        _ => mistyped(operand, type_name(FieldType::Decimal)),
    }
}

/// What a text has to be.
const QUOTED: (&str, &str) = ("text in quotes", "带引号的文本");

fn text<'a>(operand: &'a Operand, expected: (&str, &str)) -> Result<&'a str, Problem> {
    match operand {
        Operand::Literal(Value::Text(text)) => Ok(text),
        _ => mistyped(operand, expected),
    }
}

fn micros(operand: &Operand) -> Result<i64, Problem> {
    match operand {
        Operand::Literal(Value::Duration(span)) => Ok(span.micros()),
        _ => mistyped(operand, ("a length of time such as `3 days`", "时长，如 `3 天`")),
    }
}

/// What an amount has to be.
const AMOUNT: (&str, &str) = ("an amount such as 12.30 CNY", "金额，如 12.30 CNY");

/// An amount, and its currency if it was given.
fn amount(operand: &Operand) -> Result<(Option<Currency>, Decimal), Problem> {
    match operand {
        Operand::Literal(Value::Money(money)) => Ok((Some(money.currency), money.amount)),
        Operand::Literal(Value::Text(text)) => match text.parse::<Money>() {
            Ok(money) => Ok((Some(money.currency), money.amount)),
            Err(_) => mistyped(operand, AMOUNT),
        },
        Operand::Literal(Value::Int(_) | Value::Decimal(_)) => Ok((None, number(operand)?)),
        _ => mistyped(operand, AMOUNT),
    }
}

fn money(how: How, low: &Operand, high: &Operand) -> Result<Test, Problem> {
    let ((first, low), (second, most)) = (amount(low)?, amount(high)?);
    if let (Some(first), Some(second)) = (first, second)
        && first != second
    {
        return mistyped(high, (format!("an amount in {first}"), format!("{first} 金额")));
    }
    let (low, high) = how.range(point(low), point(most));
    Ok(Test::Money { currency: first.or(second), low, high })
}
