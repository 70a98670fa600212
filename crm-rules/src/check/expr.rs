//! Expressions.

use crm_core::base::Value;
use crm_core::record::filter::{Filter, nearest};
use rhai::{Expr, Position};
use rust_decimal::Decimal;
use std::ops::Range;

use super::{Checker, Said, Seen, constant};
use crate::problem::Problem;
use crate::ty::{Ty, Typed};

impl Checker<'_> {
    /// An expression. Conditions in it are said, not settled, so that they can become part of greater
    /// ones.
    pub(super) fn expr(&mut self, expr: &mut Expr) -> Seen {
        let position = expr.start_position();
        let place = self.at(position);
        let literal = |ty: Ty, value| Seen { literal: Some(value), ..Seen::new(ty.there(), place.clone()) };
        match expr {
            Expr::Unit(_) => literal(Ty::Nothing, Value::Null),
            Expr::BoolConstant(yes, _) => literal(Ty::Bool, Value::Bool(*yes)),
            Expr::IntegerConstant(number, _) => literal(Ty::Int, Value::Int(*number)),
            Expr::StringConstant(text, _) => literal(Ty::Text, Value::Text(text.to_string())),
            Expr::DynamicConstant(value, _) => match value.read_lock::<Decimal>() {
                Some(number) => literal(Ty::Decimal, Value::Decimal(*number)),
                None => self.strange(position),
            },
            Expr::InterpolatedString(parts, _) => {
                for part in parts.iter_mut() {
                    let part = self.value(part);
                    if matches!(part.typed.ty, Ty::Map(_) | Ty::Row(_) | Ty::Mixed | Ty::Range) {
                        let problem = Problem::Argument {
                            name: "${…}".into(),
                            place: 1,
                            expected: Ty::Text,
                            found: part.typed.ty,
                        };
                        self.problem(problem, part.place, None);
                    }
                }
                Seen::new(Ty::Text.there(), place)
            }
            Expr::Array(items, _) => self.list(items, place),
            Expr::Map(parts, _) => {
                let fields =
                    parts.0.iter_mut().map(|(key, value)| (key.name.to_string(), self.value(value).typed.ty));
                let fields = fields.collect();
                Seen::new(Ty::Map(fields).there(), place)
            }
            Expr::Variable(name, ..) => {
                let name = name.1.to_string();
                self.variable(&name, place)
            }
            Expr::Stmt(block) => {
                let typed = self.block(block);
                Seen::new(typed, place)
            }
            Expr::And(..) | Expr::Or(..) => self.connected(expr),
            Expr::Coalesce(parts, _) => self.instead(parts, place),
            Expr::Dot(..) | Expr::Index(..) => self.chain(expr),
            Expr::FnCall(..) => match std::mem::take(expr) {
                Expr::FnCall(mut call, at) => {
                    let (seen, replacement) = self.called(&mut call, at);
                    *expr = replacement.unwrap_or(Expr::FnCall(call, at));
                    seen
                }
                _ => self.strange(position),
            },
            _ => self.strange(position),
        }
    }

    /// Something that rules do without.
    fn strange(&mut self, position: Position) -> Seen {
        let place = self.at(position);
        let what = self.source.get(place.clone()).unwrap_or_default().to_owned();
        let instead = ("it has no meaning here", "在这里没有意义");
        self.problem(Problem::Forbidden { what, instead }, place.clone(), None);
        Seen::new(Ty::Mixed.there(), place)
    }

    fn variable(&mut self, name: &str, place: Range<usize>) -> Seen {
        match self.variables.iter().rfind(|variable| variable.name == name) {
            Some(variable) => Seen { root: variable.root, ..Seen::new(variable.typed.clone(), place) },
            None => {
                self.unknown_variable(name, place.clone());
                Seen::new(Ty::Mixed.there(), place)
            }
        }
    }

    pub(super) fn unknown_variable(&mut self, name: &str, at: Range<usize>) {
        // A field without its record is the likeliest slip.
        let of_record =
            self.variables.iter().find_map(|variable| match (&variable.typed.ty, variable.root) {
                (Ty::Record(Some(kind)), Some(_)) => {
                    let field = self.schema.kind(*kind)?.named(name)?;
                    Some(format!("{}.{}", variable.name, field.name))
                }
                _ => None,
            });
        let meant =
            of_record.or_else(|| nearest(name, self.variables.iter().map(|variable| variable.name.as_str())));
        self.problem(Problem::UnknownVariable(name.to_owned()), at, meant);
    }

    fn list(&mut self, items: &mut [Expr], place: Range<usize>) -> Seen {
        let mut ty = Ty::Unknown;
        let mut literals = Some(Vec::new());
        for item in items {
            let seen = self.value(item);
            match ty.clone().join(seen.typed.ty.clone()) {
                Some(joined) => ty = joined,
                None if seen.typed.ty == Ty::Mixed => {}
                None => {
                    self.problem(
                        Problem::Mixed { first: ty.clone(), second: seen.typed.ty },
                        seen.place,
                        None,
                    );
                }
            }
            literals = literals.zip(seen.literal).map(|(mut known, literal)| {
                known.push(literal);
                known
            });
        }
        Seen { literal: literals.map(Value::List), ..Seen::new(Ty::List(Box::new(ty)).there(), place) }
    }

    /// `a && b`, `a || b`.
    fn connected(&mut self, expr: &mut Expr) -> Seen {
        let (parts, all) = match expr {
            Expr::And(parts, _) => (parts, true),
            Expr::Or(parts, _) => (parts, false),
            _ => return Seen::new(Ty::Bool.there(), 0..0),
        };
        let mut seen: Vec<Seen> = parts.iter_mut().map(|part| self.condition(part)).collect();
        let place =
            seen.first().map_or(0, |first| first.place.start)..seen.last().map_or(0, |last| last.place.end);
        let root = seen.first().and_then(|first| first.said.as_ref()).map(|said| said.root);
        let one = root.is_some() && seen.iter().all(|part| part.said.as_ref().map(|said| said.root) == root);
        let mut whole = Seen::new(Ty::Bool.there(), place);
        match root {
            Some(root) if one => {
                let filters =
                    seen.iter_mut().filter_map(|part| part.said.take()).map(|said| said.filter).collect();
                let filter = if all { Filter::All(filters) } else { Filter::Any(filters) };
                whole.said = Some(Said { root, filter });
            }
            _ => {
                for (part, seen) in parts.iter_mut().zip(&seen) {
                    self.settle(part, seen);
                }
            }
        }
        whole
    }

    /// `a ?? b`.
    fn instead(&mut self, parts: &mut [Expr], place: Range<usize>) -> Seen {
        let mut joined: Option<Typed> = None;
        for part in parts {
            let seen = self.value(part);
            joined = match joined {
                None => Some(seen.typed),
                Some(first) => {
                    let missing = seen.typed.missing;
                    match first.clone().join(seen.typed.clone()) {
                        Some(both) => Some(Typed { missing, ..both }),
                        None => {
                            let problem = Problem::Mixed { first: first.ty, second: seen.typed.ty };
                            self.problem(problem, seen.place, None);
                            Some(Ty::Mixed.there())
                        }
                    }
                }
            };
        }
        Seen::new(joined.unwrap_or(Ty::Nothing.there()), place)
    }

    /// A literal in another's place: the code of a label, an amount for a number. Where a function runs
    /// as it is written, it can only be proposed.
    pub(super) fn put(&mut self, expr: &mut Expr, value: &Value, problem: Problem, place: &Range<usize>) {
        if self.as_written {
            let meant = match value {
                Value::Text(text) => format!("\"{text}\""),
                other => other.to_string(),
            };
            self.problem(problem, place.clone(), Some(meant));
        } else if let Some(literal) = constant(value, expr.start_position()) {
            *expr = literal;
        }
    }
}
