//! The rule index: the comparisons that OPA makes before it evaluates a body. A body that they rule out isn't
//! evaluated, so it can't raise errors.

use super::machine::{Frame, Machine};
use super::plan::Rule;
use compiler::compile::names::operands;
use compiler::compile::test_rules::CASE;
use compiler::compile::tree::Tree;
use compiler::problem::Problem;
use compiler::syntax::ast::{self, DATA, Expr, ExprKind, INPUT, Location, Term, TermKind};
use values::{Value, Version};

/// A comparison of a document or argument in a rule's body.
pub(super) struct Asked<'r> {
    /// The location of the comparison.
    pub at: Location,
    /// The document or argument that is compared.
    pub term: &'r Term,
    /// What it is compared with.
    pub wanted: Wanted,
    /// Whether the comparison has the document or argument on the right: `1 == input.x`.
    pub is_turned: bool,
}

/// What a document or argument is compared with.
#[derive(Debug)]
pub enum Wanted {
    /// It only has to be defined: the other side isn't known before the body is evaluated.
    Anything,
    /// It has to equal this scalar.
    Scalar(Value),
    /// It has to be an array of this length. An item that is `None` may be any value.
    Array(Vec<Option<Value>>),
}

impl Wanted {
    fn fits(&self, value: &Value) -> bool {
        match self {
            Self::Anything => true,
            Self::Scalar(wanted) => value == wanted,
            Self::Array(wanted) => {
                let Value::Array(items) = value else {
                    return false;
                };
                let fits = |(wanted, item): (&Option<Value>, &Value)| {
                    wanted.as_ref().is_none_or(|wanted| wanted == item)
                };
                items.len() == wanted.len() && wanted.iter().zip(items.iter()).all(fits)
            }
        }
    }

    /// The only value that fits, if there is only one.
    fn value(&self) -> Option<Value> {
        match self {
            Self::Anything => None,
            Self::Scalar(value) => Some(value.clone()),
            Self::Array(items) => {
                let items: Option<Vec<Value>> = items.iter().cloned().collect();
                items.map(Value::from)
            }
        }
    }
}

/// The comparisons that rule out the body of a rule, as OPA's index finds them.
pub(super) fn guards<'r>(rule: &'r ast::Rule, tree: &Tree, version: Version) -> Vec<Asked<'r>> {
    // A body that prints, or names the case of a test, is always evaluated.
    if rule.body.iter().any(announces) {
        return Vec::new();
    }
    let plain = rule
        .body
        .iter()
        .filter(|expr| !expr.negated && expr.with.is_empty());
    let mut guards: Vec<Asked> = Vec::new();
    for expr in plain {
        let found = match (&expr.kind, operands(expr, "eq")) {
            (_, Some((left, right))) => {
                let sides = [(left, right, false), (right, left, true)];
                sides.into_iter().find_map(|(term, value, is_turned)| {
                    (is_document(term, tree) || is_argument(term, rule))
                        .then(|| Some((term, wanted(value)?, is_turned)))
                        .flatten()
                })
            }
            (ExprKind::Term(term), None) if version == Version::V1 && is_document(term, tree) => {
                Some((term, Wanted::Anything, false))
            }
            _ => None,
        };
        // If a document is compared several times, OPA's index keeps the last comparison.
        if let Some((term, wanted, is_turned)) = found {
            guards.retain(|other| !is_same(other.term, term));
            guards.push(Asked {
                at: expr.at,
                term,
                wanted,
                is_turned,
            });
        }
    }
    guards
}

fn announces(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => {
            let operator = call.first().and_then(Term::operator);
            matches!(operator.as_deref(), Some("internal.print" | CASE))
        }
        ExprKind::Every(every) => every.body.iter().any(announces),
        kind => kind
            .operands()
            .iter()
            .any(|operand| operand.body.iter().any(announces)),
    }
}

/// Whether a term is a reference without variables to a document that no rule defines.
fn is_document(term: &Term, tree: &Tree) -> bool {
    let TermKind::Ref(parts) = &term.kind else {
        return false;
    };
    let Some((root, rest)) = parts.split_first() else {
        return false;
    };
    let is_ground = rest.iter().all(|part| part.as_value().is_some());
    let root = root.as_var().map(|root| &**root);
    is_ground && (root == Some(INPUT) || root == Some(DATA) && !is_made(rest, tree))
}

/// Whether a rule defines what is at a path in `data`, above it, or below it.
fn is_made(path: &[Term], tree: &Tree) -> bool {
    let mut at = 0;
    for part in path {
        let child = part.as_value().and_then(|key| tree.child(at, key));
        match child.and_then(|child| Some((child, tree.node(child)?))) {
            None => return false,
            Some((_, node)) if !node.rules.is_empty() => return true,
            Some((child, _)) => at = child,
        }
    }
    true
}

fn is_argument(term: &Term, rule: &ast::Rule) -> bool {
    let mut args = rule.head.args.iter().flatten();
    term.as_var()
        .is_some_and(|name| args.any(|arg| arg.as_var() == Some(name)))
}

/// What a term requires of the other side of an equation; `None` if the index can't use it.
fn wanted(term: &Term) -> Option<Wanted> {
    match &term.kind {
        TermKind::Var(_) => Some(Wanted::Anything),
        TermKind::Array(items) => {
            let items: Option<_> = items.iter().map(wanted_item).collect();
            items.map(Wanted::Array)
        }
        _ => wanted_item(term).flatten().map(Wanted::Scalar),
    }
}

/// What an item requires: a scalar, or `Some(None)` for a variable; `None` if the index can't use it.
#[expect(
    clippy::option_option,
    reason = "whether an item is asked for, and which value"
)]
fn wanted_item(term: &Term) -> Option<Option<Value>> {
    match &term.kind {
        TermKind::Var(_) => Some(None),
        TermKind::Value(
            value @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Bytes(_)),
        ) => Some(Some(value.clone())),
        _ => None,
    }
}

fn is_same(a: &Term, b: &Term) -> bool {
    match (&a.kind, &b.kind) {
        (TermKind::Var(a), TermKind::Var(b)) => a == b,
        (TermKind::Ref(a), TermKind::Ref(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(a, b)| a.as_var() == b.as_var() && a.as_value() == b.as_value())
        }
        _ => false,
    }
}

impl<'p> Machine<'p> {
    /// Whether the index lets a rule be evaluated, after its arguments are bound.
    pub(super) fn is_tried(
        &mut self,
        rule: &'p Rule,
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        for guard in &rule.guards {
            let value = self.value(&guard.term, frame)?;
            if value.as_ref().is_some_and(|value| guard.wanted.fits(value)) {
                continue;
            }
            let compared = value.zip(guard.wanted.value());
            let compared = compared.map(|(value, wanted)| {
                if guard.is_turned {
                    (wanted, value)
                } else {
                    (value, wanted)
                }
            });
            self.differs(guard.at, compared);
            return Ok(false);
        }
        Ok(true)
    }
}
