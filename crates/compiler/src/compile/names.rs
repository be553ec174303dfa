//! The variable names that the compiler makes, and the names that they replace.

use std::collections::HashMap;

use crate::syntax::ast::{Expr, ExprKind, Location, Name, Term, TermKind};

/// Makes a unique name for each local variable.
#[derive(Debug, Default)]
pub struct Names {
    next: usize,
    /// The user's name of each variable that has been renamed.
    pub written: HashMap<Name, Name>,
}

impl Names {
    /// Makes names for a query, which no rule has.
    #[must_use]
    pub fn for_query() -> Self {
        Self {
            next: usize::MAX / 2,
            written: HashMap::new(),
        }
    }

    /// A new name.
    pub fn fresh(&mut self) -> Name {
        let name = format!("~{}", self.next).into();
        self.next += 1;
        name
    }

    /// A new variable, and the expression that binds it to a term.
    pub fn bind(&mut self, term: Term) -> (Term, Expr) {
        let var = Term::new(term.at, TermKind::Var(self.fresh()));
        let expr = equation(term.at, var.clone(), term);
        (var, expr)
    }

    /// The user's name of a variable; `None` if the compiler made the variable.
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

    /// The user's name of a variable, or `_` if the compiler made the variable.
    #[must_use]
    pub fn shown_or_wildcard(&self, name: &Name) -> Name {
        self.shown(name).unwrap_or_else(|| "_".into())
    }
}

/// Whether this is the name of a `_`, which nothing else refers to.
#[must_use]
pub fn is_wildcard(name: &str) -> bool {
    name.starts_with('$')
}

/// Whether the compiler made a name.
#[must_use]
pub fn is_generated(name: &str) -> bool {
    name.starts_with('~')
}

/// An expression `left = right` that the compiler makes.
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

/// The two operands of a call of this operator, which is `eq` or `assign`.
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

/// Whether a term is the name of this operator.
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
