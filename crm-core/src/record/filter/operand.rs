//! The values in a filter's text.

use rust_decimal::Decimal;

use super::Operand;
use super::lex::{Tok, Token};
use super::parse::{Expected, Parsed, Parser};
use super::words::{self, Named, Side};
use crate::base::calendar::{RelativeDate, Turn, Unit};
use crate::base::{Currency, Money, RecordRef, Span, Value};

/// How deep lists may nest within a value.
const MAX_LISTS: usize = 16;

impl Parser<'_> {
    /// A value, a relative date, `me` or one of its groups.
    pub(super) fn operand(&mut self) -> Parsed<Operand> {
        match self.peek() {
            Token { tok: Tok::Number(_), .. } => self.quantity(),
            Token { tok: Tok::Word(word), at } => {
                if let Ok(record) = word.parse::<RecordRef>() {
                    self.at = at.end;
                    return Ok(Operand::Literal(record.into()));
                }
                match self.eat(words::VALUES) {
                    Some(named) => self.named(named),
                    None => self.fail(Expected::Value),
                }
            }
            _ => self.literal(0).map(Operand::Literal),
        }
    }

    fn named(&mut self, named: Named) -> Parsed<Operand> {
        Ok(match named {
            Named::Null => Operand::Literal(Value::Null),
            Named::Bool(yes) => Operand::Literal(Value::Bool(yes)),
            Named::Relative(date) => Operand::Relative(date),
            Named::Me if self.eat_symbol(".") => match self.eat(words::MINE) {
                Some(group) => return self.named(group),
                None => return self.fail(Expected::Word("`team`, `department` or `subordinates`")),
            },
            Named::Me => Operand::Me,
            Named::MyTeam => Operand::MyTeam,
            Named::MyDepartment => Operand::MyDepartment,
            Named::MySubordinates => Operand::MySubordinates,
            Named::Turn(turn) => Operand::Relative(self.turn(turn)?),
        })
    }

    /// What follows `last`, `this` or `next`: `30 days`, `month`.
    fn turn(&mut self, turn: Turn) -> Parsed<RelativeDate> {
        let sign = match turn {
            Turn::Last => -1,
            Turn::Next => 1,
            Turn::This => return Ok(RelativeDate::Period { turn, unit: self.unit()? }),
        };
        match self.peek().tok {
            Tok::Number(_) => {
                let count = self.count(sign)?;
                Ok(RelativeDate::Window { count, unit: self.unit()? })
            }
            _ => Ok(RelativeDate::Period { turn, unit: self.unit()? }),
        }
    }

    fn unit(&mut self) -> Parsed<Unit> {
        self.eat(words::UNITS).map_or_else(|| self.fail(Expected::Unit), Ok)
    }

    fn count(&mut self, sign: i64) -> Parsed<i32> {
        let token = self.peek();
        let Tok::Number(digits) = &token.tok else { return self.fail(Expected::Count) };
        let count = digits.parse().ok().and_then(|count: i64| i32::try_from(sign.checked_mul(count)?).ok());
        let Some(count) = count else { return self.fail(Expected::Count) };
        self.take(&token);
        Ok(count)
    }

    /// `30 days`, `30 days ago`: so long before today.
    pub(super) fn ago(&mut self) -> Parsed<RelativeDate> {
        let count = self.count(-1)?;
        let unit = self.unit()?;
        self.eat(&[("ago", ()), ("以前", ()), ("之前", ()), ("前", ())]);
        Ok(RelativeDate::Away { count, unit })
    }

    /// A number and what its unit makes of it.
    fn quantity(&mut self) -> Parsed<Operand> {
        let start = self.at;
        let number = self.number()?;
        if let (Some(micros), Value::Int(count)) = (self.eat(words::SHORT_UNITS), &number) {
            return match count.checked_mul(micros) {
                Some(micros) => Ok(Operand::Literal(Span::from_micros(micros).into())),
                None => self.fail_at(start, Expected::Number),
            };
        }
        let Some(unit) = self.eat(words::UNITS) else { return self.amount(number).map(Operand::Literal) };
        if let Some(side) = self.eat(words::SIDES) {
            return self.beside(start, &number, unit, side).map(Operand::Relative);
        }
        let minutes = match unit {
            Unit::Minute => 1,
            Unit::Hour => 60,
            Unit::Day => 24 * 60,
            Unit::Week => 7 * 24 * 60,
            Unit::Month | Unit::Quarter | Unit::Year => {
                return self.fail(Expected::Word("`ago` or `from now`"));
            }
        };
        match number {
            Value::Int(count) => match count.checked_mul(minutes * 60_000_000) {
                Some(micros) => Ok(Operand::Literal(Span::from_micros(micros).into())),
                None => self.fail_at(start, Expected::Number),
            },
            _ => self.fail_at(start, Expected::Count),
        }
    }

    /// So many units on one side of today.
    fn beside(&mut self, start: usize, number: &Value, unit: Unit, side: Side) -> Parsed<RelativeDate> {
        if side == Side::From && self.eat(&[("now", ()), ("today", ())]).is_none() {
            return self.fail(Expected::Word("`now`"));
        }
        let sign = if matches!(side, Side::Later | Side::From) { 1 } else { -1 };
        let count = match number {
            Value::Int(number) => number.checked_mul(sign).and_then(|count| i32::try_from(count).ok()),
            _ => None,
        };
        let Some(count) = count else { return self.fail_at(start, Expected::Count) };
        Ok(match side {
            Side::Inside => RelativeDate::Window { count, unit },
            Side::Ago | Side::Later | Side::From => RelativeDate::Away { count, unit },
        })
    }

    fn fail_at<T>(&mut self, place: usize, expected: Expected) -> Parsed<T> {
        self.at = place;
        self.fail(expected)
    }

    /// A number, whole or decimal, times a power of ten such as 万.
    fn number(&mut self) -> Parsed<Value> {
        let token = self.peek();
        let Tok::Number(digits) = &token.tok else { return self.fail(Expected::Number) };
        let read = match digits.parse::<i64>() {
            Ok(number) => Some(Value::Int(number)),
            Err(_) => digits.parse::<Decimal>().ok().map(Value::Decimal),
        };
        let Some(mut number) = read else { return self.fail(Expected::Number) };
        self.take(&token);
        while let Some(power) = self.eat(words::POWERS) {
            let product = match &number {
                Value::Int(number) => number.checked_mul(power).map(Value::Int),
                Value::Decimal(number) => number.checked_mul(power.into()).map(Value::Decimal),
                _ => None,
            };
            match product {
                Some(product) => number = product,
                None => return self.fail_at(token.at.start, Expected::Number),
            }
        }
        Ok(number)
    }

    /// The number as money, if a currency follows.
    fn amount(&mut self, number: Value) -> Parsed<Value> {
        let token = self.peek();
        let currency = match &token.tok {
            Tok::Word(word) if word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                let currency = word.parse::<Currency>().ok();
                if currency.is_some() {
                    self.take(&token);
                }
                currency
            }
            _ => self.eat(words::YUAN).map(|()| Currency::CNY),
        };
        Ok(match (currency, number) {
            (None, number) => number,
            (Some(currency), Value::Decimal(amount)) => Money::new(amount, currency).into(),
            (Some(currency), Value::Int(amount)) => Money::new(amount.into(), currency).into(),
            (Some(_), other) => other,
        })
    }

    fn literal(&mut self, depth: usize) -> Parsed<Value> {
        if depth > MAX_LISTS {
            return self.fail(Expected::Shallower);
        }
        let token = self.peek();
        let value = match &token.tok {
            Tok::Text(text) => Value::Text(text.clone()),
            Tok::Date(date) => Value::Date(*date),
            Tok::Instant(at) => Value::Instant(*at),
            Tok::Sym("[") => {
                self.take(&token);
                let mut items = Vec::new();
                while !self.eat_symbol("]") {
                    if !items.is_empty() && !self.eat_symbol(",") {
                        return self.fail(Expected::Closing);
                    }
                    items.push(self.literal(depth + 1)?);
                }
                return Ok(Value::List(items));
            }
            _ if depth == 0 => return self.fail(Expected::Value),
            _ => {
                let start = self.at;
                return match self.operand()? {
                    Operand::Literal(value) => Ok(value),
                    _ => self.fail_at(start, Expected::Value),
                };
            }
        };
        self.take(&token);
        Ok(value)
    }
}
