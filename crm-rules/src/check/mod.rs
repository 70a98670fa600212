//! Checks a script before it is kept: every name, every type, every call. What it finds on the way, it
//! puts to use: fields become places that are looked up by number, labels of choices become codes, and
//! conditions that the engine's predicates can say become predicates.

mod block;
mod call;
mod compare;
mod expr;
mod function;
mod operator;
mod path;

use std::collections::BTreeMap;
use std::ops::Range;

use crm_core::base::{Instant, KindNo, Value, calendar};
use crm_core::record::command::CommandForm;
use crm_core::record::diagnostic::Diagnostic;
use crm_core::record::filter::{self, Filter, FilterContext, Path};
use crm_core::record::schema::Schema;
use crm_core::record::script::{Script, Vocabulary};
use rhai::{AST, Dynamic, Expr, ImmutableString, Position, Stmt};

use crate::entry::{BEFORE, Entry, NOW};
use crate::place::Places;
use crate::problem::Problem;
use crate::sandbox::SLOT;
use crate::slot::Slot;
use crate::ty::{Ty, Typed};
use crate::value::{Amount, When};

/// A script that was checked, ready to run.
pub(crate) struct Compiled {
    pub ast: AST,
    /// What the script calls the parameters of the function that is asked.
    pub params: Vec<String>,
    pub entry: Entry,
    pub slots: Vec<Slot>,
    /// Of each of the question's records the fields that slots read of it, by number.
    pub own: [Vec<(u16, usize)>; 2],
    /// The criteria by which it lists records: kind and text, as written, and what they mean.
    pub criteria: BTreeMap<(String, String), (KindNo, Filter)>,
    /// The same said as a criterion, where a criterion can say all of it.
    pub criterion: Option<Filter>,
    /// Every field that it reads; none when that can't be told.
    pub reads: Option<Vec<(KindNo, u16)>>,
    pub zone: calendar::TimeZone,
}

/// A condition on one of the question's records, as the engine says it.
pub(crate) struct Said {
    pub root: usize,
    pub filter: Filter,
}

/// What is known of an expression.
pub(crate) struct Seen {
    pub typed: Typed,
    pub place: Range<usize>,
    /// The value, when it is written out.
    pub literal: Option<Value>,
    /// The field that it is, and of which of the question's records.
    pub field: Option<(usize, Path)>,
    /// The record of the question that it is.
    pub root: Option<usize>,
    /// The condition that it is.
    pub said: Option<Said>,
}

impl Seen {
    fn new(typed: Typed, place: Range<usize>) -> Self {
        Seen { typed, place, literal: None, field: None, root: None, said: None }
    }
}

/// A variable.
struct Variable {
    name: String,
    typed: Typed,
    /// Whether it can't be given another value.
    fixed: bool,
    root: Option<usize>,
}

/// What a function of the script was found to be.
enum Known {
    /// Being checked: a call now is a call of itself.
    Open,
    Done {
        takes: Vec<Typed>,
        answers: Typed,
    },
}

pub(crate) struct Checker<'a> {
    source: &'a str,
    places: Places,
    schema: &'a Schema,
    words: Words<'a>,
    context: FilterContext<'a>,
    /// Whether conditions are lowered to predicates.
    lower: bool,
    /// How deep functions may call each other, and do here.
    calls: usize,
    nested: usize,
    ast: &'a AST,
    /// The parameters of each function, by its name and their number.
    functions: BTreeMap<(String, usize), Vec<String>>,
    known: BTreeMap<(String, usize), Known>,
    /// Whether what is checked is run as it is written: so are the functions that are not asked
    /// themselves.
    as_written: bool,
    /// The parameters and statements of the function that is asked.
    params: Vec<String>,
    body: Vec<Stmt>,
    variables: Vec<Variable>,
    answers: Vec<(Typed, Range<usize>)>,
    /// Where the last value stands.
    last: Range<usize>,
    slots: Vec<Slot>,
    criteria: BTreeMap<(String, String), (KindNo, Filter)>,
    reads: Option<Vec<(KindNo, u16)>>,
    problems: Vec<Diagnostic>,
}

/// What names outside the script's records mean.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub behaviour: &'a dyn Fn(&str) -> Option<u32>,
    /// The commands that it may call for; none when they were checked before.
    pub commands: Option<&'a [CommandForm]>,
}

/// The problems of a script are reported up to so many.
const MOST_PROBLEMS: usize = 50;

/// Checks a script's tree.
pub(crate) fn check(
    ast: &AST,
    script: &Script<'_>,
    words: &Vocabulary<'_>,
    commands: Option<&[CommandForm]>,
    lower: bool,
    calls: usize,
) -> Result<Compiled, Vec<Diagnostic>> {
    let zone = words.settings.zone;
    let start = |day| calendar::start_of_day(day, zone);
    let context = FilterContext { day_start: &start, ..FilterContext::utc(Instant::default()) };
    let functions = ast.iter_functions().map(|function| {
        let params: Vec<String> = function.params.iter().map(|name| (*name).to_owned()).collect();
        ((function.name.to_owned(), params.len()), params)
    });
    let mut checker = Checker {
        source: script.source,
        places: Places::of(script.source),
        schema: words.schema,
        words: Words { behaviour: words.behaviour, commands },
        context,
        lower,
        calls,
        nested: 0,
        ast,
        functions: functions.collect(),
        known: BTreeMap::new(),
        as_written: false,
        params: Vec::new(),
        body: Vec::new(),
        variables: Vec::new(),
        answers: Vec::new(),
        last: 0..0,
        slots: Vec::new(),
        criteria: BTreeMap::new(),
        reads: Some(Vec::new()),
        problems: Vec::new(),
    };
    let entry = Entry::of(script.purpose, script.kind);
    let criterion = checker.script(ast, &entry, script.kind);
    if !checker.problems.is_empty() {
        checker.problems.sort_by_key(|problem| problem.at.start);
        checker.problems.truncate(MOST_PROBLEMS);
        return Err(checker.problems);
    }
    // The function that is asked stands as the script's own statements, its parameters in the scope.
    let mut others = ast.clone_functions_only();
    others.retain_functions(|_, _, name, _| name != entry.name);
    let mut reads = checker.reads;
    if let Some(reads) = &mut reads {
        reads.sort_unstable();
        reads.dedup();
    }
    let own = [NOW, BEFORE].map(|root| {
        let own = |(no, slot): (usize, &Slot)| slot.own(root).map(|field| (field, no));
        let mut own: Vec<(u16, usize)> = checker.slots.iter().enumerate().filter_map(own).collect();
        own.sort_unstable();
        own
    });
    Ok(Compiled {
        ast: AST::new(checker.body, others.shared_lib().clone()),
        params: checker.params,
        entry,
        slots: checker.slots,
        own,
        criteria: checker.criteria,
        criterion,
        reads,
        zone,
    })
}

impl Checker<'_> {
    fn problem(&mut self, problem: Problem, at: Range<usize>, suggestion: Option<String>) {
        self.problems.push(problem.at(at, suggestion));
    }

    fn at(&self, position: Position) -> Range<usize> {
        self.places.at(self.source, position)
    }

    fn forbid(&mut self, what: &str, instead: (&'static str, &'static str), at: Position) {
        let at = self.at(at);
        self.problem(Problem::Forbidden { what: what.to_owned(), instead }, at, None);
    }

    /// A variable that stands for a new place.
    fn place(&mut self, slot: Slot, position: Position) -> Expr {
        let same =
            |known: &Slot| matches!((known, &slot), (Slot::Value(one), Slot::Value(other)) if one == other);
        let known = self.slots.iter().position(same).unwrap_or(self.slots.len());
        if known == self.slots.len() {
            self.slots.push(slot);
        }
        let name: ImmutableString = format!("{SLOT}{known}").into();
        Expr::Variable(Box::new((None, name)), None, position)
    }

    /// Puts a predicate in the place of a condition that the engine can say by itself.
    fn settle(&mut self, expr: &mut Expr, seen: &Seen) {
        let (true, Some(said)) = (self.lower && !self.as_written, &seen.said) else { return };
        let Some(Typed { ty: Ty::Record(Some(kind)), .. }) =
            self.variables.iter().find(|variable| variable.root == Some(said.root)).map(|found| &found.typed)
        else {
            return;
        };
        if let Ok(predicate) = filter::bind(&said.filter, self.schema, *kind, &self.context) {
            let position = expr.start_position();
            *expr = self.place(Slot::Test { root: said.root, predicate: Box::new(predicate) }, position);
        }
    }

    /// An expression whose value is used: conditions in it are settled.
    fn value(&mut self, expr: &mut Expr) -> Seen {
        let seen = self.expr(expr);
        self.settle(expr, &seen);
        seen
    }

    /// A condition that decides what comes next.
    fn condition(&mut self, expr: &mut Expr) -> Seen {
        let mut seen = self.expr(expr);
        self.as_condition(expr, &mut seen);
        seen
    }

    /// Makes a condition of an expression: a yes-or-no field without a value is no.
    fn as_condition(&mut self, expr: &mut Expr, seen: &mut Seen) {
        if seen.typed.ty != Ty::Bool {
            if seen.typed.ty != Ty::Mixed || !self.problems.iter().any(|known| known.at == seen.place) {
                self.problem(Problem::NotYesOrNo(seen.typed.ty.clone()), seen.place.clone(), None);
            }
            return;
        }
        if let Some((root, path)) = seen.field.take() {
            if let Expr::Variable(name, _, position) = &*expr
                && let Some(Slot::Value(way)) =
                    self.slot_of(&name.1).and_then(|no| self.slots.get(no)).cloned()
            {
                *expr = self.place(Slot::Holds(way), *position);
            }
            seen.said = Some(Said { root, filter: Filter::Holds { field: path } });
            seen.typed.missing = false;
        }
        if seen.typed.missing {
            self.problem(Problem::MayBeMissing, seen.place.clone(), None);
            seen.typed.missing = false;
        }
    }

    fn slot_of(&self, name: &str) -> Option<usize> {
        name.strip_prefix(SLOT)?.parse().ok()
    }

    /// Notes that a field is read.
    fn read(&mut self, kind: KindNo, field: u16) {
        if let Some(reads) = &mut self.reads {
            reads.push((kind, field));
        }
    }
}

/// The literal of a value, as an expression.
fn constant(value: &Value, position: Position) -> Option<Expr> {
    let dynamic = match value {
        Value::Bool(yes) => return Some(Expr::BoolConstant(*yes, position)),
        Value::Int(number) => return Some(Expr::IntegerConstant(*number, position)),
        Value::Text(text) => return Some(Expr::StringConstant(text.as_str().into(), position)),
        Value::Decimal(number) => Dynamic::from(*number),
        Value::Date(day) => Dynamic::from(When::Day(*day)),
        Value::Duration(span) => Dynamic::from(*span),
        Value::Money(money) => Dynamic::from(Amount::from(*money)),
        _ => return None,
    };
    Some(Expr::DynamicConstant(Box::new(dynamic), position))
}
