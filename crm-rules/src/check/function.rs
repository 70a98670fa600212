//! The functions of a script: the one that is asked, and those that it calls.

use rhai::{AST, ASTNode, Expr, Stmt};
use std::ops::Range;

use crm_core::base::KindNo;
use crm_core::record::filter::{Filter, nearest};

use super::{Checker, Known, Variable};
use crate::entry::{Entry, NOW};
use crate::place;
use crate::problem::Problem;
use crate::ty::{Ty, Typed};

/// The statements of a function.
fn statements(ast: &AST, name: &str, count: usize) -> Vec<Stmt> {
    let mut alone = ast.clone_functions_only();
    alone.retain_functions(|_, _, found, params| found == name && params == count);
    let mut statements = Vec::new();
    alone.walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(statement)] = path {
            statements.push((*statement).clone());
        }
        true
    });
    statements
}

/// Whether the last of some statements returns.
fn returns(statement: Option<&Stmt>) -> bool {
    match statement {
        Some(Stmt::Return(..)) => true,
        Some(Stmt::If(flow, _)) => returns(flow.body.iter().last()) && returns(flow.branch.iter().last()),
        Some(Stmt::Block(block)) => returns(block.iter().last()),
        _ => false,
    }
}

impl Checker<'_> {
    /// Checks the whole script; answers the criterion that says the same.
    pub(super) fn script(&mut self, ast: &AST, entry: &Entry, kind: KindNo) -> Option<Filter> {
        if !self.functions.contains_key(&(entry.name.to_owned(), entry.params.len())) {
            return self.without_entry(ast, entry, kind);
        }
        if let Some(statement) = ast.statements().iter().find(|statement| !statement.is_noop()) {
            let instead = (
                "everything stands within functions, of which the one for its purpose is asked",
                "所有内容都要写在函数中，由其用途对应的函数来回答",
            );
            let at = statement.position();
            let what = self.source.get(self.at(at)).unwrap_or_default().to_owned();
            self.forbid(&what, instead, at);
        }
        self.known.insert((entry.name.to_owned(), entry.params.len()), Known::Open);
        let mut body = statements(ast, entry.name, entry.params.len());
        let criterion = self.entry(&mut body, entry);
        self.body = body;
        let unused: Vec<String> = self
            .functions
            .keys()
            .filter(|key| !self.known.contains_key(key))
            .map(|(name, _)| name.clone())
            .collect();
        for name in unused {
            let at = self.definition(&name);
            self.problem(Problem::Unused(name), at, None);
        }
        criterion
    }

    /// A script without the function that is asked: a condition alone will do where one is asked for.
    fn without_entry(&mut self, ast: &AST, entry: &Entry, kind: KindNo) -> Option<Filter> {
        let named = self.functions.keys().find(|(name, _)| name == entry.name).cloned();
        if named.is_some() {
            let at = self.definition(entry.name);
            self.problem(Problem::EntryParams { form: entry.form }, at, None);
            return None;
        }
        match ast.statements() {
            [Stmt::Expr(expr)] if entry.name == "holds" && self.functions.is_empty() => {
                let typed = entry.params.first().map(|(typed, _)| typed.clone())?;
                self.variables.push(Variable {
                    name: kind.name().to_owned(),
                    typed,
                    fixed: true,
                    root: Some(NOW),
                });
                let mut expr = (**expr).clone();
                let (_, criterion) = self.condition_alone(&mut expr);
                self.params = vec![kind.name().to_owned()];
                self.body = vec![Stmt::Expr(Box::new(expr))];
                criterion
            }
            _ => {
                let names: Vec<String> = self.functions.keys().map(|(name, _)| name.clone()).collect();
                let meant = nearest(entry.name, names.iter().map(String::as_str));
                let at = meant.map_or(0..0, |meant| self.definition(&meant));
                self.problem(
                    Problem::NoEntry { name: entry.name, form: entry.form },
                    at,
                    Some(entry.name.into()),
                );
                None
            }
        }
    }

    /// Where a function's name stands where it is defined.
    fn definition(&self, name: &str) -> Range<usize> {
        let mut from = 0;
        while let Some(found) = self.source.get(from..).and_then(|rest| rest.find("fn ")) {
            let rest = self.source.get(from + found + 3..).unwrap_or("");
            let start = from + found + 3 + (rest.len() - rest.trim_start().len());
            let token = place::token(self.source, start);
            if self.source.get(token.clone()) == Some(name) {
                return token;
            }
            from += found + 3;
        }
        0..0
    }

    fn entry(&mut self, body: &mut [Stmt], entry: &Entry) -> Option<Filter> {
        let key = (entry.name.to_owned(), entry.params.len());
        self.params = self.functions.get(&key).cloned().unwrap_or_default();
        for (name, (typed, root)) in self.params.clone().into_iter().zip(&entry.params) {
            self.variables.push(Variable { name, typed: typed.clone(), fixed: true, root: *root });
        }
        self.last = self.definition(entry.name);
        let only = match &mut *body {
            [Stmt::Expr(expr)] if entry.name == "holds" => Some(self.condition_alone(expr)),
            _ => None,
        };
        let (answer, criterion) = match only {
            Some((typed, criterion)) => (typed, criterion),
            None => (self.statements(body), None),
        };
        let mut answers = std::mem::take(&mut self.answers);
        // Where nothing need be answered, what the last line is worth doesn't matter.
        let last =
            if answer.ty == Ty::Mixed && entry.answers_nothing() { Ty::Nothing.there() } else { answer };
        if !returns(body.last()) {
            answers.push((last, self.last.clone()));
        }
        for (typed, at) in answers {
            if !entry.takes(&typed) && typed.missing && entry.takes(&typed.ty.clone().there()) {
                self.problem(Problem::MayBeMissing, at, None);
            } else if !entry.takes(&typed) {
                let problem =
                    Problem::Returns { name: entry.name, expected: entry.expected, found: typed.ty };
                self.problem(problem, at, None);
            }
        }
        criterion
    }

    fn condition_alone(&mut self, expr: &mut Expr) -> (Typed, Option<Filter>) {
        let seen = self.condition(expr);
        self.settle(expr, &seen);
        // What was settled is a predicate, so that its filter binds.
        let settled = matches!(expr, Expr::Variable(..));
        (seen.typed, seen.said.filter(|said| settled && said.root == NOW).map(|said| said.filter))
    }

    /// A call of a function of the script: checked once, with the types of its first call.
    pub(super) fn own_function(&mut self, name: &str, given: &[Typed], at: Range<usize>) -> Typed {
        let key = (name.to_owned(), given.len());
        match self.known.get(&key) {
            Some(Known::Open) => {
                self.problem(Problem::Recursive(name.to_owned()), at, None);
                return Ty::Mixed.there();
            }
            Some(Known::Done { takes, answers }) => {
                let (fits, answers) =
                    (given.iter().zip(takes).all(|(given, place)| given.fits(place)), answers.clone());
                if !fits {
                    self.problem(Problem::CalledOtherwise(name.to_owned()), at, None);
                }
                return answers;
            }
            None => {}
        }
        let Some(names) = self.functions.get(&key).cloned() else { return Ty::Mixed.there() };
        if self.nested >= self.calls {
            self.problem(Problem::CallsTooDeep(self.calls), at, None);
            return Ty::Mixed.there();
        }
        self.nested += 1;
        self.known.insert(key.clone(), Known::Open);
        let params = names.into_iter().zip(given).map(|(name, typed)| Variable {
            name,
            typed: typed.clone(),
            fixed: true,
            root: None,
        });
        let outer = std::mem::replace(&mut self.variables, params.collect());
        let others = std::mem::take(&mut self.answers);
        let within = std::mem::replace(&mut self.as_written, true);
        let mut body = statements(self.ast, name, given.len());
        let last = self.statements(&mut body);
        self.as_written = within;
        self.nested -= 1;
        self.variables = outer;
        let mut answers = std::mem::replace(&mut self.answers, others);
        if !returns(body.last()) {
            answers.push((last, at));
        }
        let answers = self.joined(answers);
        self.known.insert(key, Known::Done { takes: given.to_vec(), answers: answers.clone() });
        answers
    }

    fn joined(&mut self, answers: Vec<(Typed, Range<usize>)>) -> Typed {
        let mut answers = answers.into_iter();
        let Some((mut joined, _)) = answers.next() else { return Ty::Nothing.there() };
        for (typed, at) in answers {
            match joined.clone().join(typed.clone()) {
                Some(both) => joined = both,
                None => {
                    self.problem(Problem::Mixed { first: joined.ty.clone(), second: typed.ty }, at, None);
                    return Ty::Mixed.there();
                }
            }
        }
        joined
    }
}
