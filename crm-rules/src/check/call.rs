//! Calls of functions, and operators, which Rhai has as calls.

use crm_core::base::kind::Activity;
use crm_core::base::{Kind, KindNo, Span, Value};
use crm_core::domain;
use crm_core::record::filter::{self, Comparison, Filter, Operand, nearest};
use rhai::{Expr, FnCallExpr, Position};
use std::ops::Range;

use super::compare::{among, comparison, money};
use super::{Checker, Said, Seen, constant};
use crate::functions::{self, Function, Gives, Takes};
use crate::problem::Problem;
use crate::ty::{Ty, Typed};

/// Functions that other languages have under other names.
const OTHERWISE: &[(&str, &str)] = &[
    ("len", "length"),
    ("size", "length"),
    ("to_lower", "lower"),
    ("to_upper", "upper"),
    ("to_string", "text"),
    ("query", "find"),
    ("filter", "find"),
    ("add", "award"),
    ("reject", "refuse"),
    ("deny", "refuse"),
    ("to_decimal", "decimal"),
    ("startswith", "starts_with"),
    ("endswith", "ends_with"),
    ("execute", "command"),
];

impl Checker<'_> {
    /// A call or an operator; answers what stands in its place, if something else does.
    pub(super) fn called(&mut self, call: &mut FnCallExpr, position: Position) -> (Seen, Option<Expr>) {
        let at = self.at(position);
        let name = call.name.to_string();
        if let Some(op) = comparison(&name) {
            return (self.comparison(op, &name, &mut call.args, at), None);
        }
        match (name.as_str(), call.args.as_mut_slice()) {
            ("!", [arg]) => {
                let mut seen = self.condition(arg);
                let said = seen.said.take();
                let place = at.start..seen.place.end;
                let said = said.map(|said| Said { filter: Filter::Not(Box::new(said.filter)), ..said });
                (Seen { said, ..Seen::new(Ty::Bool.there(), place) }, None)
            }
            ("-", [arg]) => self.negative(arg, at),
            ("+" | "-" | "*" | "/" | "%" | ".." | "..=", [left, right]) => {
                let (one, other) = (self.value(left), self.value(right));
                let place = one.place.start..other.place.end;
                let typed = self.arithmetic(&name, &one, &other, right, at);
                (Seen::new(typed, place), None)
            }
            _ => {
                let mut args = std::mem::take(&mut call.args);
                let seen = self.function(&name, None, &mut args, at);
                call.args = args;
                let folded = seen.literal.as_ref().filter(|_| !self.as_written);
                let folded = folded.and_then(|value| constant(value, position));
                (seen, folded)
            }
        }
    }

    /// A call of a function, with what stands before the `.` as its first argument.
    pub(super) fn function(
        &mut self,
        name: &str,
        first: Option<Seen>,
        args: &mut [Expr],
        at: Range<usize>,
    ) -> Seen {
        let method = first.is_some();
        let mut seen: Vec<Seen> = first.into_iter().collect();
        seen.extend(args.iter_mut().map(|arg| self.value(arg)));
        let end = seen.last().map_or(at.end, |last| last.place.end.max(at.end));
        let place = at.start..end;
        if name == "contains" && !method {
            // `item in list` reads as `contains(list, item)`.
            if let ([list_expr, item_expr], [list, item]) = (&mut *args, seen.as_mut_slice()) {
                self.membership(list, list_expr, item, item_expr);
            }
        } else if name == "contains"
            && let ([item_expr], [list, item]) = (&mut *args, seen.as_mut_slice())
        {
            self.membership(list, &mut Expr::default(), item, item_expr);
        }
        if !method && self.functions.contains_key(&(name.to_owned(), args.len())) {
            let given: Vec<Typed> = seen.into_iter().map(|seen| seen.typed).collect();
            return Seen::new(self.own_function(name, &given, at), place);
        }
        let forms: Vec<&Function> = functions::all().filter(|function| function.name == name).collect();
        if forms.is_empty() {
            self.unknown_function(name, at);
            return Seen::new(Ty::Mixed.there(), place);
        }
        let Some(form) = self.form(&forms, &seen, at) else { return Seen::new(Ty::Mixed.there(), place) };
        self.answer(form, &seen, place)
    }

    fn unknown_function(&mut self, name: &str, at: Range<usize>) {
        let otherwise =
            OTHERWISE.iter().find(|(other, _)| *other == name).map(|(_, here)| (*here).to_owned());
        let meant = otherwise.or_else(|| {
            let own = self.functions.keys().map(|(name, _)| name.as_str());
            nearest(name, functions::all().map(|function| function.name).chain(own))
        });
        self.problem(Problem::UnknownFunction(name.to_owned()), at, meant);
    }

    /// The form of a function that takes these arguments.
    fn form(
        &mut self,
        forms: &[&'static Function],
        seen: &[Seen],
        at: Range<usize>,
    ) -> Option<&'static Function> {
        let many: Vec<&'static Function> =
            forms.iter().copied().filter(|form| form.takes.len() == seen.len()).collect();
        let found = many.iter().copied().find(|form| {
            form.takes.iter().zip(seen).all(|(takes, one)| accepts(*takes, one, seen.first().unwrap_or(one)))
        });
        if found.is_some() || seen.iter().any(|seen| seen.typed.ty == Ty::Mixed) {
            return found;
        }
        if let (Some("in"), [list, item]) = (self.source.get(at.clone()), seen) {
            let (left, right) = (item.typed.ty.clone(), list.typed.ty.clone());
            self.problem(Problem::Operator { op: "in".to_owned(), left, right }, at, None);
            return None;
        }
        match many.as_slice() {
            [form] => {
                for (place, (takes, one)) in form.takes.iter().zip(seen).enumerate() {
                    if !accepts(*takes, one, seen.first().unwrap_or(one)) {
                        self.misfit(form, *takes, place, one);
                    }
                }
            }
            _ => {
                let forms: Vec<&str> = forms.iter().map(|form| form.form).collect();
                let name =
                    forms.first().and_then(|form| form.split('(').next()).unwrap_or_default().to_owned();
                self.problem(Problem::Arguments { name, form: forms.join("`, `") }, at, None);
            }
        }
        None
    }

    fn misfit(&mut self, form: &Function, takes: Takes, place: usize, seen: &Seen) {
        let expected = match takes {
            Takes::Written => {
                return self.problem(Problem::NotLiteral(form.form), seen.place.clone(), None);
            }
            _ if seen.typed.missing && accepts(takes, &present(seen), seen) => {
                return self.problem(Problem::MayBeMissing, seen.place.clone(), None);
            }
            Takes::Text => Ty::Text,
            Takes::Int => Ty::Int,
            Takes::Number => Ty::Decimal,
            Takes::When => Ty::Date,
            Takes::Money => Ty::Money,
            Takes::List => Ty::List(Box::new(Ty::Unknown)),
            Takes::Map => Ty::Map(Default::default()),
            Takes::Any | Takes::Item => Ty::Unknown,
        };
        let problem = Problem::Argument {
            name: form.name.to_owned(),
            place: place + 1,
            expected,
            found: seen.typed.ty.clone(),
        };
        self.problem(problem, seen.place.clone(), None);
    }

    /// What a function answers, and what can be told of it beforehand.
    fn answer(&mut self, form: &'static Function, seen: &[Seen], place: Range<usize>) -> Seen {
        let first = seen.first().map(|first| first.typed.ty.clone()).unwrap_or(Ty::Nothing);
        let mut kind = None;
        match form.name {
            "find" | "count" => kind = self.criterion(seen),
            "behaviours" => self.behaviour(seen),
            "command" => self.command(seen),
            "push" => self.grow(seen),
            _ => {}
        }
        let typed = match form.gives {
            Gives::Nothing => Ty::Nothing.there(),
            Gives::Bool => Ty::Bool.there(),
            Gives::Int => Ty::Int.there(),
            Gives::Decimal => Ty::Decimal.there(),
            Gives::Text => Ty::Text.there(),
            Gives::Date => Ty::Date.there(),
            Gives::Instant => Ty::Instant.there(),
            Gives::Span => Ty::Span.there(),
            Gives::Money => Ty::Money.there(),
            Gives::Same => first.there(),
            Gives::Number => {
                let second = seen.get(1).map_or(Ty::Int, |second| second.typed.ty.clone());
                first.join(second).unwrap_or(Ty::Mixed).there()
            }
            Gives::Item => match first {
                Ty::List(item) => item.perhaps(),
                _ => Ty::Mixed.there(),
            },
            Gives::Records => Ty::List(Box::new(Ty::Record(kind))).there(),
        };
        let mut answer = Seen::new(typed, place);
        answer.literal = self.literal(form.name, seen);
        answer.said = said(form.name, seen);
        answer
    }

    /// The value of a call whose arguments are written out.
    fn literal(&mut self, name: &str, seen: &[Seen]) -> Option<Value> {
        let literals: Vec<&Value> = seen.iter().map(|seen| seen.literal.as_ref()).collect::<Option<_>>()?;
        let span = |count: i64, minutes: i64| {
            count.checked_mul(minutes).and_then(|count| count.checked_mul(60_000_000)).map(Span::from_micros)
        };
        match (name, literals.as_slice()) {
            ("date", [Value::Text(text)]) => match text.parse() {
                Ok(day) => Some(Value::Date(day)),
                Err(_) => {
                    self.bad_literal(("a date such as 2026-03-01", "日期，如 2026-03-01"), text, seen.first())
                }
            },
            ("money", [number, Value::Text(currency)]) => match money(number, currency) {
                Some(money) => Some(money),
                None => self.bad_literal(("a currency of ISO 4217", "ISO 4217 币种"), currency, seen.get(1)),
            },
            ("days", [Value::Int(count)]) => span(*count, 24 * 60).map(Value::Duration),
            ("hours", [Value::Int(count)]) => span(*count, 60).map(Value::Duration),
            ("minutes", [Value::Int(count)]) => span(*count, 1).map(Value::Duration),
            _ => None,
        }
    }

    fn bad_literal(
        &mut self,
        what: (&'static str, &'static str),
        found: &str,
        seen: Option<&Seen>,
    ) -> Option<Value> {
        let at = seen.map_or(0..0, |seen| seen.place.clone());
        self.problem(Problem::BadLiteral { what, found: found.to_owned() }, at, None);
        None
    }

    /// The criterion of `find` and `count`: read and bound now, so that it can't fail later.
    fn criterion(&mut self, seen: &[Seen]) -> Option<KindNo> {
        self.reads = None;
        let (Some(Value::Text(kind_name)), Some(Value::Text(text))) =
            (seen.first()?.literal.as_ref(), seen.get(1)?.literal.as_ref())
        else {
            return None;
        };
        let Some(kind) = KindNo::from_name(kind_name).filter(|kind| self.schema.kind(*kind).is_some()) else {
            let names: Vec<&str> = self.schema.kinds().map(|kind| kind.spec.kind.name()).collect();
            let meant = nearest(kind_name, names).map(|name| format!("\"{name}\""));
            let at = seen.first()?.place.clone();
            self.problem(Problem::UnknownKind(kind_name.clone()), at, meant);
            return None;
        };
        // The text stands after its opening quote.
        let place = seen.get(1)?.place.clone();
        let parsed = if text.trim().is_empty() {
            Ok((Filter::All(Vec::new()), Vec::new()))
        } else {
            filter::parse(text)
        };
        match parsed {
            Err(error) => {
                let diagnostic = error.diagnostic();
                self.problems.push(crate::diagnostic::within(diagnostic, &place));
            }
            Ok((filter, places)) => match filter::bind(&filter, self.schema, kind, &self.context) {
                Err(errors) => {
                    for error in &errors {
                        let diagnostic = error.diagnostic(&places);
                        self.problems.push(crate::diagnostic::within(diagnostic, &place));
                    }
                }
                Ok(_) => {
                    self.criteria.insert((kind_name.clone(), text.clone()), (kind, filter));
                }
            },
        }
        if let Some(Typed { ty: Ty::Map(keys), .. }) = seen.get(2).map(|seen| &seen.typed) {
            self.keys(kind, keys.keys().cloned().collect(), seen.get(2)?.place.clone());
        }
        Some(kind)
    }

    /// The fields that are to equal values of the script.
    fn keys(&mut self, kind: KindNo, keys: Vec<String>, at: Range<usize>) {
        for name in keys {
            let schema = self.schema;
            let Some(fields) = schema.kind(kind) else { return };
            if fields.named(&name).is_none() {
                let meant = nearest(&name, fields.fields().map(|field| field.name.as_ref()));
                let place = self.key(&name, &at);
                self.problem(Problem::UnknownField { name, kind }, place, meant);
            }
        }
    }

    fn behaviour(&mut self, seen: &[Seen]) {
        if let Some(reads) = &mut self.reads {
            reads.push((Activity::NO, domain::activity::Activity::kind));
        }
        let Some(Seen { literal: Some(Value::Text(name)), place, .. }) = seen.first() else { return };
        if (self.words.behaviour)(name).is_none() {
            self.problem(Problem::UnknownBehaviour(name.clone()), place.clone(), None);
        }
    }

    fn command(&mut self, seen: &[Seen]) {
        let (Some(known), Some(Seen { literal: Some(Value::Text(name)), place, .. })) =
            (self.words.commands, seen.first())
        else {
            return;
        };
        let Some(form) = known.iter().find(|form| form.name == name) else {
            let meant = nearest(name, known.iter().map(|form| form.name)).map(|name| format!("\"{name}\""));
            self.problem(Problem::UnknownCommand(name.clone()), place.clone(), meant);
            return;
        };
        let Some(Seen { typed: Typed { ty: Ty::Map(given), .. }, place, .. }) = seen.get(1) else { return };
        let unknown: Vec<&String> = given.keys().filter(|key| form.field(key).is_none()).collect();
        for key in &unknown {
            let meant = nearest(key, form.fields.iter().map(|field| field.name));
            let problem = Problem::UnknownCommandField { command: name.clone(), name: (*key).clone() };
            self.problem(problem, self.key(key, place), meant);
        }
        // What seems to be missing may be misspelt.
        let lacks = form.lacks(|name| given.contains_key(name));
        for lacking in lacks.into_iter().filter(|_| unknown.is_empty()) {
            let problem = Problem::LackingCommandField { command: name.clone(), name: lacking };
            self.problem(problem, place.clone(), None);
        }
        // What is written of a record whose kind is known.
        if let ("record.update", Some(Ty::Record(Some(kind))), Some(Ty::Map(fields))) =
            (name.as_str(), given.get("record"), given.get("fields"))
        {
            self.keys(*kind, fields.keys().cloned().collect(), place.clone());
        }
    }

    /// Where a key stands in a map that is written out, from its beginning on; that when it can't be told.
    fn key(&self, key: &str, map: &Range<usize>) -> Range<usize> {
        let text = self.source.get(map.start..).unwrap_or_default();
        let is_word =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        let mut places = text.match_indices(key).filter(|(at, _)| {
            let (before, after) = (text.get(..*at), text.get(at + key.len()..));
            let follows = after.is_some_and(|after| after.trim_start().starts_with(':'));
            follows && !is_word(before.and_then(|before| before.chars().next_back()))
        });
        let start = places.next().map(|(at, _)| map.start + at);
        start.map_or(map.clone(), |start| start..start + key.len())
    }

    /// An empty list takes the type of the first item that is put into it.
    fn grow(&mut self, seen: &[Seen]) {
        let [list, item] = seen else { return };
        if list.typed.ty == Ty::List(Box::new(Ty::Unknown)) {
            let name = self.source.get(list.place.clone()).unwrap_or_default().to_owned();
            if let Some(variable) = self.variables.iter_mut().rfind(|variable| variable.name == name) {
                variable.typed.ty = Ty::List(Box::new(item.typed.ty.clone()));
            }
        }
    }
}

fn present(seen: &Seen) -> Seen {
    Seen { literal: seen.literal.clone(), ..Seen::new(seen.typed.ty.clone().there(), seen.place.clone()) }
}

/// Whether an argument fits; `first` is the first one of the call.
fn accepts(takes: Takes, seen: &Seen, first: &Seen) -> bool {
    let ty = &seen.typed.ty;
    let there = !seen.typed.missing;
    match takes {
        Takes::Any => *ty != Ty::Mixed,
        Takes::Text => ty.is_text(),
        Takes::Int => there && *ty == Ty::Int,
        Takes::Number => there && ty.is_number(),
        Takes::When => there && matches!(ty, Ty::Date | Ty::Instant),
        Takes::Money => there && *ty == Ty::Money,
        Takes::List => matches!(ty, Ty::List(_)),
        Takes::Map => matches!(ty, Ty::Map(_)),
        Takes::Written => matches!(seen.literal, Some(Value::Text(_))),
        Takes::Item => match &first.typed.ty {
            Ty::List(item) => item.clone().join(ty.clone()).is_some(),
            _ => false,
        },
    }
}

/// The condition that a call is, where the engine's filters can say it.
fn said(name: &str, seen: &[Seen]) -> Option<Said> {
    let text = |seen: &Seen| match &seen.literal {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    match (name, seen) {
        ("is_empty", [Seen { field: Some((root, field)), .. }]) => {
            Some(Said { root: *root, filter: Filter::IsEmpty { field: field.clone() } })
        }
        ("contains", [Seen { literal: Some(list), .. }, Seen { field: Some(field), .. }]) => {
            among(field, list)
        }
        (
            "contains",
            [Seen { field: Some((root, field)), typed: Typed { ty: Ty::List(item), .. }, .. }, part],
        ) if item.is_text() => {
            let value = Operand::Literal(Value::Text(text(part)?));
            let filter = Filter::Compare { field: field.clone(), op: Comparison::Eq, value };
            Some(Said { root: *root, filter })
        }
        (_, [Seen { field: Some((root, field)), typed: Typed { ty: Ty::Text, .. }, .. }, part]) => {
            let (field, text) = (field.clone(), text(part)?);
            let filter = match name {
                "contains" => Filter::Contains { field, text },
                "starts_with" => Filter::StartsWith { field, text },
                "ends_with" => Filter::EndsWith { field, text },
                _ => return None,
            };
            Some(Said { root: *root, filter })
        }
        _ => None,
    }
}
