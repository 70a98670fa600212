//! Statements.

use rhai::{ASTFlags, BinaryExpr, Expr, Ident, OpAssignment, Position, Stmt, StmtBlock};

use super::{Checker, Variable};
use crate::problem::Problem;
use crate::ty::{Ty, Typed};

const PLAIN: (&str, &str) =
    ("`if`, `for`, `while`, `let` and `return` will do", "请使用 `if`、`for`、`while`、`let` 和 `return`");

impl Checker<'_> {
    /// The statements of a block; answers what the last of them is worth.
    pub(super) fn block(&mut self, block: &mut StmtBlock) -> Typed {
        self.statements(block.statements_mut())
    }

    pub(super) fn statements(&mut self, statements: &mut [Stmt]) -> Typed {
        let outer = self.variables.len();
        let mut last = Ty::Nothing.there();
        for statement in statements {
            last = self.statement(statement);
        }
        self.variables.truncate(outer);
        last
    }

    fn statement(&mut self, statement: &mut Stmt) -> Typed {
        match statement {
            Stmt::Expr(expr) => {
                let seen = self.value(expr);
                self.last = seen.place;
                return seen.typed;
            }
            Stmt::FnCall(..) => {
                if let Stmt::FnCall(call, position) = std::mem::take(statement) {
                    *statement = Stmt::Expr(Box::new(Expr::FnCall(call, position)));
                    return self.statement(statement);
                }
            }
            Stmt::Block(block) => return self.block(block),
            Stmt::If(flow, _) => {
                self.decide(&mut flow.expr);
                let (then, other) = (self.block(&mut flow.body), self.block(&mut flow.branch));
                return then.join(other).unwrap_or(Ty::Mixed.there());
            }
            Stmt::While(flow, position) => {
                match &flow.expr {
                    Expr::Unit(_) => self.forbid("loop", PLAIN, *position),
                    _ => self.decide(&mut flow.expr),
                }
                self.block(&mut flow.body);
            }
            Stmt::For(parts, _) => {
                let (name, counter, flow) = &mut **parts;
                self.repeat(name, counter.as_ref(), &mut flow.expr, &mut flow.body);
            }
            Stmt::Var(parts, flags, _) => {
                let typed = self.value(&mut parts.1).typed;
                let fixed = flags.contains(ASTFlags::CONSTANT);
                self.variables.push(Variable { name: parts.0.name.to_string(), typed, fixed, root: None });
            }
            Stmt::Assignment(parts) => {
                let (operator, pair) = &mut **parts;
                self.assign(operator, pair);
            }
            Stmt::Return(expr, flags, position) if !flags.contains(ASTFlags::BREAK) => {
                let answer = match expr {
                    Some(expr) => {
                        let seen = self.value(expr);
                        (seen.typed, seen.place)
                    }
                    None => (Ty::Nothing.there(), self.at(*position)),
                };
                self.answers.push(answer);
            }
            Stmt::Noop(_) | Stmt::BreakLoop(None, ..) => {}
            other => {
                let position = other.position();
                let what = self.source.get(self.at(position)).unwrap_or_default().to_owned();
                self.forbid(&what, PLAIN, position);
            }
        }
        Ty::Nothing.there()
    }

    fn decide(&mut self, expr: &mut Expr) {
        let seen = self.condition(expr);
        self.settle(expr, &seen);
    }

    fn repeat(&mut self, name: &Ident, counter: Option<&Ident>, over: &mut Expr, body: &mut StmtBlock) {
        let seen = self.value(over);
        let item = match seen.typed.ty {
            Ty::List(item) if matches!(*item, Ty::Record(_)) => item.there(),
            Ty::List(item) => Typed { missing: false, ty: *item },
            Ty::Range => Ty::Int.there(),
            other => {
                self.problem(Problem::NotIterable(other), seen.place, None);
                Ty::Mixed.there()
            }
        };
        let outer = self.variables.len();
        self.variables.push(Variable { name: name.name.to_string(), typed: item, fixed: true, root: None });
        if let Some(counter) = counter {
            let name = counter.name.to_string();
            self.variables.push(Variable { name, typed: Ty::Int.there(), fixed: true, root: None });
        }
        self.block(body);
        self.variables.truncate(outer);
    }

    fn assign(&mut self, operator: &OpAssignment, pair: &mut BinaryExpr) {
        let at = self.at(pair.lhs.start_position());
        let Expr::Variable(name, ..) = &pair.lhs else {
            let what = self.source.get(at.clone()).unwrap_or_default().to_owned();
            return self.problem(Problem::ReadOnly(what), at, None);
        };
        let name = name.1.to_string();
        let was = match self.variables.iter().rfind(|variable| variable.name == name) {
            Some(variable) if !variable.fixed => variable.typed.clone(),
            Some(_) => return self.problem(Problem::ReadOnly(name), at, None),
            None => return self.unknown_variable(&name, at),
        };
        let is = self.assigned(operator, pair, &was);
        let joined = match (&was.ty, &is.ty) {
            (_, Ty::Mixed) => return,
            _ => was.clone().join(is.clone()),
        };
        match joined {
            Some(typed) => {
                if let Some(variable) = self.variables.iter_mut().rfind(|variable| variable.name == name) {
                    variable.typed = typed;
                }
            }
            None => {
                let at = self.at(operator.position());
                self.problem(Problem::Assigned { name, was: was.ty, is: is.ty }, at, None);
            }
        }
    }

    /// What a variable holds after `=` or `+=`.
    fn assigned(&mut self, operator: &OpAssignment, pair: &mut BinaryExpr, was: &Typed) -> Typed {
        let position: Position = operator.position();
        match operator.get_op_assignment_info() {
            None => self.value(&mut pair.rhs).typed,
            Some((_, _, _, _, _, sign)) => {
                let left = super::Seen::new(was.clone(), self.at(pair.lhs.start_position()));
                let right = self.value(&mut pair.rhs);
                let at = self.at(position);
                self.arithmetic(sign, &left, &right, &mut pair.rhs, at)
            }
        }
    }
}
