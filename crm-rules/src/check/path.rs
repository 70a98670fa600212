//! What follows a `.`: fields, columns, keys and functions.

use crm_core::base::KindNo;
use crm_core::record::field::FieldType;
use crm_core::record::filter::{Path, nearest};
use rhai::{Expr, Position};
use std::ops::Range;

use super::{Checker, Seen};
use crate::chain::{self, Link};
use crate::problem::Problem;
use crate::slot::{Last, Slot, Way};
use crate::ty::{Ty, Typed};
use crate::value::Form;

/// Where a path has come to.
struct Step {
    typed: Typed,
    last: Last,
    name: String,
}

fn property(link: &Link) -> Option<(String, Position)> {
    match &link.operand {
        Expr::Property(parts, position) if !link.index => Some((parts.2.to_string(), *position)),
        _ => None,
    }
}

impl Checker<'_> {
    /// `a.b.c(d)[e]`.
    pub(super) fn chain(&mut self, expr: &mut Expr) -> Seen {
        let (mut base, mut links) = chain::apart(std::mem::take(expr));
        let position = base.start_position();
        let mut seen = self.expr(&mut base);
        let start = seen.place.start;
        if let (Some(root), Ty::Record(Some(kind)), false) = (seen.root, &seen.typed.ty, self.as_written) {
            let kind = *kind;
            let (taken, path) = self.follow(root, kind, &links);
            if let Some((way, found)) = path {
                base = self.place(Slot::Value(way), position);
                seen = found;
                seen.place.start = start;
            } else if taken > 0 {
                // The problem is told; what follows can't be known.
                *expr = chain::together(base, links);
                return Seen::new(Ty::Mixed.there(), start..seen.place.end);
            }
            links.drain(..taken.min(links.len()));
        }
        for link in &mut links {
            seen = self.link(seen, link);
            seen.place.start = start;
        }
        *expr = chain::together(base, links);
        seen
    }

    /// Follows fields from a record of the question, as far as they name records. Answers how many steps
    /// that took, and what was found unless a field is unknown.
    fn follow(&mut self, root: usize, kind: KindNo, links: &[Link]) -> (usize, Option<(Way, Seen)>) {
        let (mut kind, mut hops, mut names) = (kind, Vec::new(), Vec::new());
        let mut found: Option<(Way, Seen)> = None;
        let mut taken = 0;
        for link in links {
            let Some((name, position)) = property(link) else { break };
            let place = self.at(position);
            taken += 1;
            let Some(step) = self.field(kind, &name, &place) else { return (taken, None) };
            names.push(step.name.clone());
            // An empty text or list on the way is as empty as one at the end of it.
            let typed = Typed { missing: !step.typed.ty.has_own_empty(), ty: step.typed.ty.clone() };
            let ty = typed.ty.clone();
            // What compares by a normal form in filters is text as it was entered here.
            let plain = match &step.last {
                Last::Field(_, form) => !matches!(
                    form.ty,
                    FieldType::Phone | FieldType::Email | FieldType::Currency | FieldType::Row
                ),
                _ => step.name != "id",
            };
            let field = plain.then(|| (root, Path(names.clone())));
            let seen = Seen { field, ..Seen::new(typed, place) };
            found = Some((Way { root, hops: hops.clone(), last: step.last.clone() }, seen));
            match (ty, step.last) {
                (Ty::Record(Some(to)), Last::Field(field, _)) => {
                    hops.push((field, to));
                    kind = to;
                }
                _ => break,
            }
        }
        (taken, found)
    }

    /// A field of a kind by its name or label.
    fn field(&mut self, kind: KindNo, name: &str, place: &Range<usize>) -> Option<Step> {
        let schema = self.schema;
        let fields = schema.kind(kind);
        if let Some(field) = fields.and_then(|fields| fields.named(name)) {
            self.read(kind, field.no);
            let form = Form::from(field);
            let last = Last::Field(field.no, form);
            return Some(Step { typed: Ty::of_field(field).perhaps(), last, name: field.name.to_string() });
        }
        let (ty, last) = match name {
            "id" | "编号" => (Ty::Record(Some(kind)), Last::Id),
            "revision" | "版本" => (Ty::Int, Last::Revision),
            "updated_at" | "更新时间" => (Ty::Instant, Last::UpdatedAt),
            _ => {
                let names = fields
                    .into_iter()
                    .flat_map(|fields| fields.fields())
                    .flat_map(|field| [field.name.as_ref(), field.zh.as_ref()]);
                let meant = nearest(name, names);
                self.problem(Problem::UnknownField { name: name.to_owned(), kind }, place.clone(), meant);
                return None;
            }
        };
        // Every change of the record changes these.
        self.reads = None;
        let name = match last {
            Last::Id => "id",
            Last::Revision => "revision",
            _ => "updated_at",
        };
        Some(Step { typed: ty.there(), last, name: name.to_owned() })
    }

    /// One step of a chain whose beginning is not one of the question's records.
    fn link(&mut self, before: Seen, link: &mut Link) -> Seen {
        let position = link.position;
        if link.index {
            return self.item(before, link);
        }
        match &mut link.operand {
            Expr::Property(parts, at) => {
                let (name, at) = (parts.2.to_string(), *at);
                self.property_of(before, &name, at, link)
            }
            Expr::MethodCall(call, at) => {
                let place = self.at(*at);
                let name = call.name.to_string();
                if before.typed.missing && !link.flags.contains(rhai::ASTFlags::NEGATED) {
                    // Functions of text take an empty one for no value.
                    if !before.typed.ty.is_text() && name != "is_empty" {
                        self.problem(Problem::MayBeMissing, before.place.clone(), None);
                    }
                }
                let mut args = std::mem::take(&mut call.args);
                let seen = self.function(&name, Some(before), &mut args, place);
                call.args = args;
                seen
            }
            _ => {
                let place = self.at(position);
                self.problem(
                    Problem::NoFields { name: ".".into(), ty: before.typed.ty },
                    place.clone(),
                    None,
                );
                Seen::new(Ty::Mixed.there(), place)
            }
        }
    }

    fn property_of(&mut self, before: Seen, name: &str, at: Position, link: &mut Link) -> Seen {
        let place = self.at(at);
        let nothing = |place| Seen::new(Ty::Mixed.there(), place);
        let column = match &before.typed.ty {
            Ty::Mixed => return nothing(place),
            Ty::Record(Some(kind)) => {
                let kind = *kind;
                let Some(step) = self.field(kind, name, &place) else { return nothing(place) };
                self.reads = None;
                if before.typed.missing && !link.perhaps() {
                    if self.as_written {
                        self.problem(Problem::MayBeMissing, before.place.clone(), Some("?.".into()));
                    }
                    link.make_perhaps();
                }
                let missing = before.typed.missing || !step.typed.ty.has_own_empty();
                return Seen::new(Typed { missing, ty: step.typed.ty }, place);
            }
            Ty::Record(None) => {
                self.problem(Problem::AnyKind, place.clone(), None);
                return nothing(place);
            }
            Ty::Row(columns) => {
                let Some(column) = columns.iter().find(|column| column.is_called(name)) else {
                    let names = columns.iter().flat_map(|column| [column.name.as_ref(), column.zh.as_ref()]);
                    let meant = nearest(name, names);
                    self.problem(Problem::UnknownColumn(name.to_owned()), place.clone(), meant);
                    return nothing(place);
                };
                (Ty::of_field(column), column.name.to_string())
            }
            Ty::Map(keys) => match keys.get(name) {
                Some(ty) => return Seen::new(ty.clone().perhaps(), place),
                None => {
                    let meant = nearest(name, keys.keys().map(String::as_str));
                    self.problem(Problem::UnknownKey(name.to_owned()), place.clone(), meant);
                    return nothing(place);
                }
            },
            other => {
                self.problem(
                    Problem::NoFields { name: name.to_owned(), ty: other.clone() },
                    place.clone(),
                    None,
                );
                return nothing(place);
            }
        };
        let (ty, column) = column;
        if column != name {
            match &mut link.operand {
                Expr::Property(parts, _) if !self.as_written => parts.2 = column.into(),
                _ => {
                    self.problem(Problem::UnknownColumn(name.to_owned()), place.clone(), Some(column));
                }
            }
        }
        Seen::new(Typed { missing: !ty.has_own_empty(), ty }, place)
    }

    fn item(&mut self, before: Seen, link: &mut Link) -> Seen {
        let index = self.value(&mut link.operand);
        let place = before.place.start..index.place.end;
        if index.typed.ty != Ty::Int || index.typed.missing {
            let problem =
                Problem::Argument {
                    name: "[…]".into(), place: 1, expected: Ty::Int, found: index.typed.ty
                };
            self.problem(problem, index.place, None);
        }
        match before.typed.ty {
            Ty::List(item) => Seen::new(item.there(), place),
            other => {
                self.problem(Problem::NoFields { name: "[…]".into(), ty: other }, place.clone(), None);
                Seen::new(Ty::Mixed.there(), place)
            }
        }
    }
}
