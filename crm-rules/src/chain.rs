//! A chain such as `lead.customer.tags.contains("vip")`, taken apart and put together again.

use rhai::{ASTFlags, BinaryExpr, Expr, Position};

/// One step of a chain: what follows a `.`, or stands in `[ ]`.
pub(crate) struct Link {
    pub index: bool,
    pub operand: Expr,
    pub flags: ASTFlags,
    pub position: Position,
}

impl Link {
    /// Whether nothing comes of nothing: `?.`
    pub fn perhaps(&self) -> bool {
        self.flags.contains(ASTFlags::NEGATED)
    }

    /// From now on, nothing comes of nothing.
    pub fn make_perhaps(&mut self) {
        self.flags.insert(ASTFlags::NEGATED);
    }
}

/// The chain's beginning and its steps.
pub(crate) fn apart(expr: Expr) -> (Expr, Vec<Link>) {
    let mut links = Vec::new();
    let mut base = None;
    let mut rest = expr;
    loop {
        let (index, pair, flags, position) = match rest {
            Expr::Dot(pair, flags, position) => (false, pair, flags, position),
            Expr::Index(pair, flags, position) => (true, pair, flags, position),
            other => {
                return (base.unwrap_or(other), links);
            }
        };
        let BinaryExpr { lhs, rhs } = *pair;
        match (&mut base, links.last_mut()) {
            (None, _) => base = Some(lhs),
            (Some(_), Some(Link { operand, .. })) => *operand = lhs,
            (Some(_), None) => {}
        }
        let goes_on = matches!(rhs, Expr::Dot(..) | Expr::Index(..)) && !flags.contains(ASTFlags::BREAK);
        let operand = if goes_on { Expr::default() } else { rhs.clone() };
        links.push(Link { index, operand, flags, position });
        if !goes_on {
            return (base.unwrap_or_default(), links);
        }
        rest = rhs;
    }
}

/// The chain of a beginning and steps.
pub(crate) fn together(base: Expr, mut links: Vec<Link>) -> Expr {
    let Some(last) = links.pop() else { return base };
    let mut rest = last.operand;
    let (mut index, mut flags, mut position) = (last.index, last.flags, last.position);
    while let Some(link) = links.pop() {
        rest = node(index, link.operand, rest, flags, position);
        (index, flags, position) = (link.index, link.flags, link.position);
    }
    node(index, base, rest, flags, position)
}

fn node(index: bool, lhs: Expr, rhs: Expr, flags: ASTFlags, position: Position) -> Expr {
    let pair = Box::new(BinaryExpr { lhs, rhs });
    if index { Expr::Index(pair, flags, position) } else { Expr::Dot(pair, flags, position) }
}
