//! Names that the compiler gives, and what they were called before.

use std::collections::HashMap;

use crate::syntax::ast::{Expr, ExprKind, Location, Name, Term, TermKind};

/// Gives every local variable a name of its own.
#[derive(Debug, Default)]
pub struct Names {
    next: usize,
    /// What the user called a variable that has been given another name.
    pub written: HashMap<Name, Name>,
}

impl Names {
    /// Names for a query, which no rule has.
    #[must_use]
    pub fn for_query() -> Self {
        Self {
            next: usize::MAX / 2,
            written: HashMap::new(),
        }
    }

    /// A name that nobody has.
    pub fn fresh(&mut self) -> Name {
        let name = format!("~{}", self.next).into();
        self.next += 1;
        name
    }

    /// A variable of its own that equals a term, and the expression that says so.
    pub fn bind(&mut self, term: Term) -> (Term, Expr) {
        let var = Term::new(term.at, TermKind::Var(self.fresh()));
        let expr = equation(term.at, var.clone(), term);
        (var, expr)
    }

    /// A variable as the user knows it; none for one that the compiler made.
    #[must_use]
    pub fn shown(&self, name: &Name) -> Option<Name> {
        let name = self.written.get(name).unwrap_or(name);
        if is_generated(name) {
            return None;
        }
        Some(if is_wildcard(name) {
            "_".into()
        } else {
            name.clone()
        })
    }
}

/// Whether a name is that of one `_`, which nothing else refers to.
#[must_use]
pub fn is_wildcard(name: &str) -> bool {
    name.starts_with('$')
}

/// Whether the compiler made a name.
#[must_use]
pub fn is_generated(name: &str) -> bool {
    name.starts_with('~')
}

/// `left = right`, made by the compiler.
#[must_use]
pub fn equation(at: Location, left: Term, right: Term) -> Expr {
    let operator = Term::new(at, TermKind::Ref(vec![Term::var(at, "eq")]));
    Expr {
        at,
        negated: false,
        kind: ExprKind::Call(vec![operator, left, right]),
        with: Vec::new(),
        generated: true,
        assigns: false,
    }
}

/// The operands of a call of `eq` or `assign`, as asked for, if there are two.
#[must_use]
pub fn operands<'e>(expr: &'e Expr, operator: &str) -> Option<(&'e Term, &'e Term)> {
    match &expr.kind {
        ExprKind::Call(call) => match call.as_slice() {
            [name, left, right] if is_operator(name, operator) => Some((left, right)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a term names this operator.
#[must_use]
pub fn is_operator(term: &Term, operator: &str) -> bool {
    match &term.kind {
        TermKind::Ref(parts) => {
            matches!(parts.as_slice(), [Term { kind: TermKind::Var(name), .. }] if &**name == operator)
        }
        TermKind::Var(name) => &**name == operator,
        _ => false,
    }
}
