//! Checks a filter against the fields of a kind and makes a predicate of it.

use std::fmt;

use chrono::NaiveDate;

use super::eval::{Columns, Leaf, Node, Predicate, Source, Target};
use super::resolve::{Resolved, resolve};
use super::test::Test;
use super::{Comparison, Filter, MAX_DEPTH, Operand, Path, RelativeDate};
use crate::base::calendar::Stretch;
use crate::base::{Instant, KindNo, RecordRef, Span, Value};
use crate::record::diagnostic::{Bilingual, one};
use crate::record::field::FieldType;
use crate::record::schema::Schema;

/// What a filter's words mean where and when it is bound.
pub struct FilterContext<'a> {
    /// The current instant.
    pub now: Instant,
    /// The current day in the organisation's time zone.
    pub today: NaiveDate,
    /// When a day begins in the organisation's time zone; asked for the years 1 to 9999.
    pub day_start: &'a dyn Fn(NaiveDate) -> Instant,
    /// The user for whom the filter runs; without one, `me` and its groups are nobody.
    pub me: Option<RecordRef>,
    /// The users in that user's teams, and the teams.
    pub my_team: Vec<RecordRef>,
    /// That user's departments and the users in them.
    pub my_department: Vec<RecordRef>,
    /// The users who report to that user.
    pub my_subordinates: Vec<RecordRef>,
    /// The normal form of a phone number or e-mail address, if it has one.
    pub normal: &'a dyn Fn(FieldType, &str) -> Option<String>,
    /// The number under which [`super::Related::behaviours`] counts the behaviour of a name, if the
    /// tenant's vocabulary has it.
    pub behaviour: &'a dyn Fn(&str) -> Option<u32>,
}

impl FilterContext<'_> {
    /// The context of nobody in particular, with days in UTC, no normal forms and no behaviours.
    pub fn utc(now: Instant) -> FilterContext<'static> {
        FilterContext {
            now,
            today: now.to_chrono().date_naive(),
            day_start: &|day| day.and_time(chrono::NaiveTime::MIN).and_utc().into(),
            me: None,
            my_team: Vec::new(),
            my_department: Vec::new(),
            my_subordinates: Vec::new(),
            normal: &|_, _| None,
            behaviour: &|_| None,
        }
    }

    pub(super) fn stretch(&self, date: RelativeDate) -> Option<Stretch> {
        date.stretch(self.now, self.today)
    }

    /// The first and last microsecond of the days from one to another.
    pub(super) fn instants(&self, first: NaiveDate, last: NaiveDate) -> (i64, i64) {
        let within = |day: NaiveDate| crate::base::calendar::clamp(day);
        let next = within(last).succ_opt().filter(|next| within(*next) == *next);
        let end = next.map_or(Instant::MAX, |next| (self.day_start)(next) - Span::from_micros(1));
        ((self.day_start)(within(first)).micros(), end.micros())
    }
}

impl fmt::Debug for FilterContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterContext")
            .field("now", &self.now)
            .field("today", &self.today)
            .field("me", &self.me)
            .finish_non_exhaustive()
    }
}

/// Why a test of a filter can't be bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {problem}")]
pub struct BindError {
    /// Which test of the filter, counted from 0 in the order in which they stand; the place in the
    /// text is that of the same number in what [`super::parse`] gives.
    pub test: usize,
    /// The field as written.
    pub field: String,
    /// What is wrong.
    pub problem: Problem,
}

fn did_you_mean(suggestion: Option<&String>) -> String {
    suggestion.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"))
}

/// What is wrong with a test.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No field of the kind has the name.
    #[error("{} has no field `{name}`{}", one(*.kind), did_you_mean(.suggestion.as_ref()))]
    UnknownField {
        /// The name.
        name: String,
        /// The kind.
        kind: KindNo,
        /// The field that was probably meant.
        suggestion: Option<String>,
    },
    /// The path goes on after a field that names no record and has no columns.
    #[error("`{name}` names no record, so that nothing can follow it")]
    NotAReference {
        /// The field.
        name: String,
    },
    /// The path goes on after a field that names records of any kind.
    #[error("`{name}` may name a record of any kind, so that its fields are not known")]
    AnyKind {
        /// The field.
        name: String,
    },
    /// The field holds rows, and no column is named.
    #[error("it holds rows: name one of the columns {columns}, as in `field.column`")]
    WholeRow {
        /// The columns.
        columns: String,
    },
    /// A value has another type than the field.
    #[error("`{found}` is not {expected}")]
    Type {
        /// What fits.
        expected: Bilingual,
        /// The value as written.
        found: String,
    },
    /// A comparison that needs an order, or a part of a text, of a type that has none.
    #[error("{what} does not go with {ty}")]
    Operator {
        /// The comparison.
        what: String,
        /// What the field holds.
        ty: Bilingual,
    },
    /// The field has no such choice.
    #[error("it has no choice `{found}`{}", did_you_mean(.suggestion.as_ref()))]
    UnknownChoice {
        /// The choice.
        found: String,
        /// The choice that was probably meant.
        suggestion: Option<String>,
        /// The choices that there are, in words, where none was probably meant.
        known: Bilingual,
    },
    /// The filter nests deeper than [`MAX_DEPTH`].
    #[error("conditions nest deeper than {MAX_DEPTH}")]
    TooDeep,
}

impl Problem {
    /// The problem's stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Problem::UnknownField { .. } => "filter.unknown_field",
            Problem::NotAReference { .. } => "filter.not_a_reference",
            Problem::AnyKind { .. } => "filter.any_kind",
            Problem::WholeRow { .. } => "filter.whole_row",
            Problem::Type { .. } => "filter.type",
            Problem::Operator { .. } => "filter.operator",
            Problem::UnknownChoice { .. } => "filter.unknown_choice",
            Problem::TooDeep => "filter.too_deep",
        }
    }
}

/// Binds a filter to the fields of a kind.
///
/// # Errors
/// Everything that is wrong with it, not only the first.
///
/// ```
/// use crm_core::base::{Instant, KindNo};
/// use crm_core::record::filter::{Filter, FilterContext, bind};
/// use crm_core::record::schema::Schema;
/// let filter: Filter = "stage = \"won\"".parse().unwrap();
/// let errors = bind(&filter, &Schema::default(), KindNo(30), &FilterContext::utc(Instant::default()));
/// assert_eq!(errors.unwrap_err().first().unwrap().to_string(), "`stage`: a lead has no field `stage`");
/// ```
pub fn bind(
    filter: &Filter,
    schema: &Schema,
    kind: KindNo,
    context: &FilterContext<'_>,
) -> Result<Predicate, Vec<BindError>> {
    let mut binder = Binder { schema, kind, context, test: 0, errors: Vec::new(), fields: Vec::new() };
    let mut root = binder.node(filter, 0);
    if !binder.errors.is_empty() {
        return Err(binder.errors);
    }
    let mut own = Vec::new();
    leaves(&mut root, &mut |leaf| own.extend(leaf.target.own_field()));
    own.sort_unstable();
    own.dedup();
    leaves(&mut root, &mut |leaf| {
        leaf.slot = leaf.target.own_field().and_then(|field| own.binary_search(&field).ok()).unwrap_or(0);
    });
    quickest_first(&mut root);
    let mut fields = binder.fields;
    fields.sort_unstable();
    fields.dedup();
    Ok(Predicate { kind, root, own, fields })
}

fn leaves(node: &mut Node, see: &mut dyn FnMut(&mut Leaf)) {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter_mut().for_each(|part| leaves(part, see)),
        Node::Not(part) => leaves(part, see),
        Node::Leaf(leaf) => see(leaf),
    }
}

/// Puts parts that read early fields first, and those that fetch other records last.
fn quickest_first(node: &mut Node) -> (u8, usize) {
    match node {
        Node::All(parts) | Node::Any(parts) => {
            let mut costs: Vec<_> =
                parts.drain(..).map(|mut part| (quickest_first(&mut part), part)).collect();
            costs.sort_by_key(|(cost, _)| *cost);
            let most = costs.last().map_or((0, 0), |(cost, _)| *cost);
            parts.extend(costs.into_iter().map(|(_, part)| part));
            most
        }
        Node::Not(part) => quickest_first(part),
        Node::Leaf(leaf) => {
            let elsewhere =
                !leaf.target.path.is_empty() || matches!(leaf.target.source, Source::Behaviour(_));
            (u8::from(elsewhere), leaf.slot)
        }
    }
}

struct Binder<'a> {
    schema: &'a Schema,
    kind: KindNo,
    context: &'a FilterContext<'a>,
    test: usize,
    errors: Vec<BindError>,
    fields: Vec<(KindNo, u16)>,
}

/// What never holds; it stands for a test with an error.
const NEVER: Node = Node::Any(Vec::new());

fn not(node: Node) -> Node {
    Node::Not(Box::new(node))
}

impl Binder<'_> {
    fn node(&mut self, filter: &Filter, depth: usize) -> Node {
        if depth > MAX_DEPTH {
            self.errors.push(BindError { test: self.test, field: String::new(), problem: Problem::TooDeep });
            return NEVER;
        }
        match filter {
            Filter::All(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    match self.node(part, depth + 1) {
                        Node::All(inner) => all.extend(inner),
                        other => all.push(other),
                    }
                }
                if let [_] = all.as_slice() { all.pop().unwrap_or(NEVER) } else { Node::All(all) }
            }
            Filter::Any(parts) => any(parts.iter().map(|part| self.node(part, depth + 1)).collect()),
            Filter::Not(part) => match self.node(part, depth + 1) {
                Node::Not(inner) => *inner,
                other => not(other),
            },
            test => {
                let node = self.test(test);
                self.test += 1;
                node
            }
        }
    }

    fn fail(&mut self, field: &Path, problem: Problem) -> Node {
        self.errors.push(BindError { test: self.test, field: field.to_string(), problem });
        NEVER
    }

    fn test(&mut self, filter: &Filter) -> Node {
        let Some(path) = field_of(filter) else { return NEVER };
        let resolved = match resolve(path, self.schema, self.kind, self.context.behaviour, &mut self.fields) {
            Ok(resolved) => resolved,
            Err(problem) => return self.fail(path, problem),
        };
        let bound = match filter {
            Filter::Compare { op: Comparison::Ne, value, .. } => {
                self.compare(&resolved, Comparison::Eq, value).map(not)
            }
            Filter::Compare { op, value, .. } => self.compare(&resolved, *op, value),
            Filter::In { values, .. } => {
                let one = |value| self.compare(&resolved, Comparison::Eq, value);
                let (good, bad): (Vec<_>, Vec<_>) = values.iter().map(one).partition(Result::is_ok);
                for problem in bad.into_iter().filter_map(Result::err) {
                    self.fail(path, problem);
                }
                match good.as_slice() {
                    [] => Ok(resolved.leaf(Test::AnyOf(Vec::new()))),
                    _ => Ok(any(good.into_iter().flatten().collect())),
                }
            }
            Filter::Within { range, .. } => {
                self.compare(&resolved, Comparison::Eq, &Operand::Relative(*range))
            }
            Filter::Between { low, high, .. } => self.context.between(&resolved, low, high),
            Filter::Contains { text, .. } if resolved.target.ty == FieldType::Choice => {
                self.compare(&resolved, Comparison::Eq, &text.as_str().into())
            }
            Filter::Contains { text, .. } => part(&resolved, "`contains`", Test::Contains(text.clone())),
            Filter::StartsWith { text, .. } => {
                part(&resolved, "`starts with`", Test::StartsWith(text.clone()))
            }
            Filter::EndsWith { text, .. } => part(&resolved, "`ends with`", Test::EndsWith(text.clone())),
            Filter::IsEmpty { .. } => Ok(not(present(&resolved))),
            Filter::IsNotEmpty { .. } => Ok(present(&resolved)),
            Filter::Holds { .. } => match resolved.target.source {
                Source::Behaviour(_) => Ok(present(&resolved)),
                _ => self.compare(&resolved, Comparison::Eq, &true.into()),
            },
            Filter::All(_) | Filter::Any(_) | Filter::Not(_) => Ok(NEVER),
        };
        bound.unwrap_or_else(|problem| self.fail(path, problem))
    }

    fn compare(&self, resolved: &Resolved<'_>, op: Comparison, value: &Operand) -> Result<Node, Problem> {
        let textual = matches!(
            resolved.target.ty,
            FieldType::Text | FieldType::Choice | FieldType::Currency | FieldType::Phone | FieldType::Email
        );
        let empty = match value {
            Operand::Literal(Value::Null) => true,
            Operand::Literal(Value::Text(text)) => textual && text.is_empty(),
            Operand::Literal(Value::List(items)) => resolved.target.many && items.is_empty(),
            _ => false,
        };
        match op {
            Comparison::Eq if empty => Ok(not(present(resolved))),
            op => self.context.compare(resolved, op, value),
        }
    }
}

fn field_of(filter: &Filter) -> Option<&Path> {
    match filter {
        Filter::All(_) | Filter::Any(_) | Filter::Not(_) => None,
        Filter::Holds { field }
        | Filter::Compare { field, .. }
        | Filter::In { field, .. }
        | Filter::Between { field, .. }
        | Filter::Contains { field, .. }
        | Filter::StartsWith { field, .. }
        | Filter::EndsWith { field, .. }
        | Filter::IsEmpty { field }
        | Filter::IsNotEmpty { field }
        | Filter::Within { field, .. } => Some(field),
    }
}

fn present(resolved: &Resolved<'_>) -> Node {
    let test = match resolved.target.source {
        // A behaviour that was never seen counts as none.
        Source::Behaviour(_) => {
            Test::number((std::ops::Bound::Included(1.into()), std::ops::Bound::Unbounded))
        }
        _ => Test::Present,
    };
    resolved.leaf(test)
}

/// A test for a part of a text.
fn part(resolved: &Resolved<'_>, what: &str, test: Test) -> Result<Node, Problem> {
    match resolved.target.ty {
        FieldType::Text => Ok(resolved.leaf(test)),
        FieldType::Phone | FieldType::Email => Ok(resolved.leaf_of(Columns::RawOrNormal, test)),
        FieldType::Row => Err(resolved.whole_row()),
        _ => Err(resolved.operator(what)),
    }
}

/// Any of the nodes; tests of one field become one test.
fn any(nodes: Vec<Node>) -> Node {
    let mut grouped: Vec<(Target, Vec<Test>)> = Vec::new();
    let mut others = Vec::new();
    let mut todo = nodes;
    todo.reverse();
    while let Some(node) = todo.pop() {
        match node {
            Node::Any(inner) => todo.extend(inner.into_iter().rev()),
            Node::Leaf(leaf) => match grouped.iter_mut().find(|(target, _)| *target == leaf.target) {
                Some((_, tests)) => tests.push(leaf.test),
                None => grouped.push((leaf.target, vec![leaf.test])),
            },
            other => others.push(other),
        }
    }
    let leaves = grouped
        .into_iter()
        .map(|(target, tests)| Node::Leaf(Leaf { target, test: Test::any_of(tests), slot: 0 }));
    let mut all: Vec<Node> = leaves.chain(others).collect();
    if let [_] = all.as_slice() { all.pop().unwrap_or(NEVER) } else { Node::Any(all) }
}
