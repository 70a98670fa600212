//! Comparisons: what compares with what, and what the engine's filters say of it.

use crm_core::base::{Money, Value};
use crm_core::record::diagnostic::{Bilingual, choose_from};
use crm_core::record::filter::{Comparison, Filter, Operand, Path, nearest};
use crm_core::record::schema::ChoiceDef;
use rhai::{Dynamic, Expr};
use std::ops::Range;

use super::{Checker, Said, Seen};
use crate::problem::Problem;
use crate::ty::Ty;
use crate::value::Amount;

/// The comparison of an operator.
pub(super) fn comparison(op: &str) -> Option<Comparison> {
    Some(match op {
        "==" => Comparison::Eq,
        "!=" => Comparison::Ne,
        "<" => Comparison::Lt,
        "<=" => Comparison::Le,
        ">" => Comparison::Gt,
        ">=" => Comparison::Ge,
        _ => return None,
    })
}

/// The same comparison with its sides exchanged.
const fn exchanged(op: Comparison) -> Comparison {
    match op {
        Comparison::Lt => Comparison::Gt,
        Comparison::Le => Comparison::Ge,
        Comparison::Gt => Comparison::Lt,
        Comparison::Ge => Comparison::Le,
        same => same,
    }
}

/// Whether two types compare, in order or for equality alone.
fn compare(op: Comparison, left: &Ty, right: &Ty) -> bool {
    let equality = matches!(op, Comparison::Eq | Comparison::Ne);
    match (left, right) {
        (Ty::Bool, Ty::Bool) | (Ty::Record(_), Ty::Record(_)) => equality,
        (Ty::Nothing, other) | (other, Ty::Nothing) => equality && !other.has_own_empty(),
        (left, right) if left.is_text() && right.is_text() => equality,
        (left, right) if left.is_number() && right.is_number() => true,
        (Ty::Date | Ty::Instant, Ty::Date | Ty::Instant) | (Ty::Span, Ty::Span) | (Ty::Money, Ty::Money) => {
            true
        }
        _ => false,
    }
}

/// The code of a choice, by its code or a label.
fn code<'a>(choices: &'a [ChoiceDef], name: &str) -> Option<&'a str> {
    let by_code = choices.iter().find(|choice| choice.code == name);
    let by_label = || choices.iter().find(|choice| choice.zh == name || choice.en.eq_ignore_ascii_case(name));
    by_code.or_else(by_label).map(|choice| choice.code.as_ref())
}

/// That a field has no such choice, with those that it has where none was probably meant.
fn unknown(choices: &[ChoiceDef], name: &str, meant: bool) -> Problem {
    let names = choices.iter().map(|choice| (choice.code.as_ref(), choice.zh.as_ref()));
    let known = if meant { Bilingual::default() } else { choose_from(names) };
    Problem::UnknownChoice { found: name.to_owned(), known }
}

impl Checker<'_> {
    /// `left op right`, where `op` compares.
    pub(super) fn comparison(
        &mut self,
        op: Comparison,
        sign: &str,
        args: &mut [Expr],
        at: Range<usize>,
    ) -> Seen {
        let [left_expr, right_expr] = args else { return Seen::new(Ty::Bool.there(), at) };
        let (mut left, mut right) = (self.value(left_expr), self.value(right_expr));
        let place = left.place.start..right.place.end;
        self.adapt(&mut left, left_expr, &right);
        self.adapt(&mut right, right_expr, &left);
        let mut seen = Seen::new(Ty::Bool.there(), place);
        let (one, other) = (&left.typed.ty, &right.typed.ty);
        if *one == Ty::Mixed || *other == Ty::Mixed {
            return seen;
        }
        if !compare(op, one, other) {
            let problem = match (one, other) {
                (Ty::Date | Ty::Instant, Ty::Text) | (Ty::Text, Ty::Date | Ty::Instant) => Problem::DateText,
                (Ty::Nothing, other) | (other, Ty::Nothing) if other.has_own_empty() => Problem::EmptyText,
                _ => Problem::Operator { op: sign.to_owned(), left: one.clone(), right: other.clone() },
            };
            let (at, meant) = match (one, other, op) {
                // Whether a list has an item is asked otherwise.
                (Ty::List(_), item, Comparison::Eq) if !matches!(item, Ty::List(_) | Ty::Nothing) => {
                    let text = |place: &Range<usize>| self.source.get(place.clone()).unwrap_or_default();
                    let meant = format!("{}.contains({})", text(&left.place), text(&right.place));
                    (seen.place.clone(), Some(meant))
                }
                _ => (at, None),
            };
            self.problem(problem, at, meant);
            return seen;
        }
        let label = |choice: &Ty, text: &Seen| {
            matches!(choice, Ty::Choice(choices) if !choices.is_empty())
                && text.typed.ty == Ty::Text
                && text.literal.is_none()
        };
        if label(one, &right) || label(other, &left) {
            self.problem(Problem::ChoiceText, at, None);
            return seen;
        }
        seen.said = match (left.field, right.field) {
            (Some((root, path)), None) => said(root, path, op, right.literal, other),
            (None, Some((root, path))) => said(root, path, exchanged(op), left.literal, one),
            _ => None,
        };
        seen
    }

    /// Makes of a literal what the other side needs: the code of a choice, an amount of any currency.
    fn adapt(&mut self, seen: &mut Seen, expr: &mut Expr, other: &Seen) {
        match (&seen.literal, &other.typed.ty) {
            (Some(Value::Text(name)), Ty::Choice(choices)) if other.literal.is_none() && !name.is_empty() => {
                let name = name.clone();
                self.choice(choices, &name, expr, seen);
            }
            (Some(Value::Int(_) | Value::Decimal(_)), Ty::Money) => {
                let amount = match seen.literal {
                    Some(Value::Int(number)) => number.into(),
                    Some(Value::Decimal(number)) => number,
                    _ => return,
                };
                if self.as_written {
                    let meant = format!("money({amount}, \"CNY\")");
                    let problem =
                        Problem::Operator { op: "==".into(), left: Ty::Money, right: seen.typed.ty.clone() };
                    self.problem(problem, seen.place.clone(), Some(meant));
                } else {
                    let amount = Dynamic::from(Amount { currency: None, amount });
                    *expr = Expr::DynamicConstant(Box::new(amount), expr.start_position());
                }
                seen.typed = Ty::Money.there();
            }
            _ => {}
        }
    }

    /// A choice by its code or label: the code is put in its place.
    fn choice(&mut self, choices: &[ChoiceDef], name: &str, expr: &mut Expr, seen: &mut Seen) {
        match code(choices, name) {
            Some(code) if code == name => {}
            Some(code) => {
                let code = Value::Text(code.to_owned());
                self.put(expr, &code, unknown(choices, name, true), &seen.place);
                seen.literal = Some(code);
            }
            None if choices.is_empty() => {}
            None => {
                let names = choices.iter().flat_map(|choice| [choice.code.as_ref(), choice.zh.as_ref()]);
                let meant = nearest(name, names).map(|meant| format!("\"{meant}\""));
                let problem = unknown(choices, name, meant.is_some());
                self.problem(problem, seen.place.clone(), meant);
            }
        }
    }

    /// `item in [a, b]`, `list.contains(item)`: labels of choices in it become codes.
    pub(super) fn membership(
        &mut self,
        list: &mut Seen,
        list_expr: &mut Expr,
        item: &mut Seen,
        item_expr: &mut Expr,
    ) {
        if let (Ty::Choice(choices), Some(Value::List(literals)), Expr::Array(items, _)) =
            (&item.typed.ty, &mut list.literal, &mut *list_expr)
        {
            for (literal, expr) in literals.iter_mut().zip(items.iter_mut()) {
                let place = self.at(expr.start_position());
                let Value::Text(name) = &*literal else { continue };
                let name = name.clone();
                let mut one = Seen { literal: Some(literal.clone()), ..Seen::new(Ty::Text.there(), place) };
                self.choice(choices, &name, expr, &mut one);
                if let Some(code) = one.literal {
                    *literal = code;
                }
            }
        }
        if let (Ty::List(of), Some(Value::Text(name))) = (&list.typed.ty, &item.literal)
            && let (Ty::Choice(choices), false) = (&**of, name.is_empty())
        {
            let name = name.clone();
            self.choice(choices, &name, item_expr, item);
        }
    }
}

/// The condition that a field compares so with a literal.
fn said(root: usize, field: Path, op: Comparison, literal: Option<Value>, ty: &Ty) -> Option<Said> {
    let value = literal?;
    let filter = match (&value, op) {
        (Value::Null, Comparison::Eq) => Filter::IsEmpty { field },
        (Value::Null, Comparison::Ne) => Filter::IsNotEmpty { field },
        (Value::List(_) | Value::Null, _) => return None,
        // A currency as text, and what is not one of the field's own values, is left to the script.
        _ if *ty == Ty::Mixed => return None,
        _ => Filter::Compare { field, op, value: Operand::Literal(value) },
    };
    Some(Said { root, filter })
}

/// The condition that a list of literals has the field's value.
pub(super) fn among(field: &(usize, Path), list: &Value) -> Option<Said> {
    let Value::List(items) = list else { return None };
    let plain = |item: &Value| {
        matches!(item, Value::Text(_) | Value::Int(_) | Value::Decimal(_) | Value::Date(_) | Value::Bool(_))
    };
    if !items.iter().all(plain) {
        return None;
    }
    let values = items.iter().cloned().map(Operand::Literal).collect();
    Some(Said { root: field.0, filter: Filter::In { field: field.1.clone(), values } })
}

/// Money as it is written out.
pub(super) fn money(number: &Value, currency: &str) -> Option<Value> {
    let currency = currency.parse().ok()?;
    match number {
        Value::Int(number) => Some(Money::new((*number).into(), currency).into()),
        Value::Decimal(number) => Some(Money::new(*number, currency).into()),
        _ => None,
    }
}
