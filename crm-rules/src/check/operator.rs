//! Operators that calculate.

use rhai::Expr;
use std::ops::Range;

use crm_core::base::Value;

use super::{Checker, Seen};
use crate::problem::Problem;
use crate::ty::{Ty, Typed};

/// What `left op right` is, for values that are there.
fn result(op: &str, left: &Ty, right: &Ty) -> Option<Ty> {
    use Ty::{Date, Decimal, Instant, Int, Money, Range, Span};
    Some(match (op, left, right) {
        ("+" | "-" | "*" | "%", Int, Int) => Int,
        ("+" | "-" | "*" | "/" | "%", left, right) if left.is_number() && right.is_number() => Decimal,
        ("+", left, right) if left.is_text() && right.is_text() => Ty::Text,
        ("+" | "-", Date, Span) => Date,
        ("+" | "-", Instant, Span) => Instant,
        ("-", Date | Instant, Date | Instant) | ("+" | "-", Span, Span) => Span,
        ("+" | "-", Money, Money) => Money,
        ("*" | "/", Money, right) if right.is_number() => Money,
        ("*", left, Money) if left.is_number() => Money,
        ("/", Money, Money) => Decimal,
        (".." | "..=", Int, Int) => Range,
        _ => return None,
    })
}

impl Checker<'_> {
    /// `left op right`, where `op` calculates.
    pub(super) fn arithmetic(
        &mut self,
        op: &str,
        left: &Seen,
        right: &Seen,
        right_expr: &mut Expr,
        at: Range<usize>,
    ) -> Typed {
        if left.typed.ty == Ty::Mixed || right.typed.ty == Ty::Mixed {
            return Ty::Mixed.there();
        }
        for side in [left, right] {
            if side.typed.missing && !side.typed.ty.is_text() {
                self.problem(Problem::MayBeMissing, side.place.clone(), None);
            }
        }
        if op == "/" && (&left.typed.ty, &right.typed.ty) == (&Ty::Int, &Ty::Int) {
            return self.division(right, right_expr, at);
        }
        match result(op, &left.typed.ty, &right.typed.ty) {
            Some(ty) => ty.there(),
            None => {
                let problem = Problem::Operator {
                    op: op.to_owned(),
                    left: left.typed.ty.clone(),
                    right: right.typed.ty.clone(),
                };
                let text = op == "+" && (left.typed.ty.is_text() || right.typed.ty.is_text());
                let moved = matches!((op, &left.typed.ty), ("+" | "-", Ty::Date | Ty::Instant))
                    && right.typed.ty == Ty::Int;
                if moved {
                    let days = self.source.get(right.place.clone()).unwrap_or_default();
                    let meant = format!("days({days})");
                    self.problem(problem, right.place.clone(), Some(meant));
                } else {
                    self.problem(problem, at, text.then(|| "`… ${…} …`".to_owned()));
                }
                Ty::Mixed.there()
            }
        }
    }

    /// A whole number divided by a whole number: exact where the divisor is written out.
    fn division(&mut self, right: &Seen, right_expr: &mut Expr, at: Range<usize>) -> Typed {
        match &right.literal {
            Some(Value::Int(number)) if !self.as_written => {
                let exact = Value::Decimal((*number).into());
                if let Some(literal) = super::constant(&exact, right_expr.start_position()) {
                    *right_expr = literal;
                }
            }
            _ => self.problem(Problem::WholeDivision, at, None),
        }
        Ty::Decimal.there()
    }

    /// `-value`.
    pub(super) fn negative(&mut self, arg: &mut Expr, at: Range<usize>) -> (Seen, Option<Expr>) {
        let seen = self.value(arg);
        if !seen.typed.ty.is_number() {
            self.problem(Problem::NotNumber(seen.typed.ty.clone()), seen.place.clone(), None);
        } else if seen.typed.missing {
            self.problem(Problem::MayBeMissing, seen.place.clone(), None);
        }
        let literal = match seen.literal {
            Some(Value::Int(number)) => number.checked_neg().map(Value::Int),
            Some(Value::Decimal(number)) => Some(Value::Decimal(-number)),
            _ => None,
        };
        let folded = literal.as_ref().and_then(|value| super::constant(value, arg.start_position()));
        let ty = if seen.typed.ty.is_number() { seen.typed.ty } else { Ty::Mixed };
        (Seen { literal, ..Seen::new(ty.there(), at.start..seen.place.end) }, folded)
    }
}
