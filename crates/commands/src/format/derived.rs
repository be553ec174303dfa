//! What follows from the parts of a term: its hash, and whether its location can be trusted.

use super::tree::{Expr, ExprKind, Loose, Part, Term, TermKind};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use values::Number;

/// The prefix of the variables that OPA generates.
const GENERATED: &str = "__local";

/// What in a term makes OPA distrust locations.
pub(super) fn loose_of(kind: &TermKind) -> Loose {
    let all = |terms: &[Term]| {
        terms
            .iter()
            .fold(Loose::default(), |loose, term| loose.or(term.loose))
    };
    let of_body = |body: &[Expr]| {
        body.iter()
            .fold(Loose::default(), |loose, expr| loose.or(expr.loose))
    };
    match kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {
            Loose::default()
        }
        TermKind::Var(name) => Loose {
            is_default: false,
            is_generated: name.starts_with(GENERATED),
        },
        TermKind::Ref(terms)
        | TermKind::Array(terms)
        | TermKind::Set(terms)
        | TermKind::Call(terms) => all(terms),
        TermKind::Object(fields) => fields.iter().fold(Loose::default(), |loose, (key, value)| {
            loose.or(key.loose).or(value.loose)
        }),
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            head.loose.or(of_body(body))
        }
        TermKind::ObjectComprehension(key, value, body) => {
            key.loose.or(value.loose).or(of_body(body))
        }
        TermKind::Template(template) => {
            template
                .parts
                .iter()
                .fold(Loose::default(), |loose, part| match part {
                    Part::Value(term) => loose.or(term.loose),
                    Part::Expr(expr) => loose.or(expr.loose),
                })
        }
    }
}

/// What in an expression makes OPA distrust locations.
pub(super) fn loose_of_expr(expr: &Expr) -> Loose {
    let of_terms = |terms: &[Term]| {
        terms
            .iter()
            .fold(Loose::default(), |loose, term| loose.or(term.loose))
    };
    let kind = match &expr.kind {
        ExprKind::Term(term) => term.loose,
        ExprKind::Call(terms) | ExprKind::Some(_, terms) => of_terms(terms),
        ExprKind::Every(every) => every
            .key
            .iter()
            .chain([&every.value, &every.domain])
            .map(|term| term.loose)
            .chain(every.body.iter().map(|expr| expr.loose))
            .fold(Loose::default(), Loose::or),
        kind => kind
            .operands()
            .iter()
            .flat_map(|operand| &operand.body)
            .fold(Loose::default(), |loose, expr| loose.or(expr.loose)),
    };
    expr.with.iter().fold(kind, |loose, with| {
        loose.or(with.target.loose).or(with.value.loose)
    })
}

/// The hash of a term, made of the hashes of its parts. It is the same for equal terms.
pub(super) fn hash_of(kind: &TermKind) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::mem::discriminant(kind).hash(&mut hasher);
    match kind {
        TermKind::Null => {}
        TermKind::Bool(value) => value.hash(&mut hasher),
        TermKind::Number(text) => {
            let number = Number::parse_literal(text).map_or(0.0, |number| number.as_f64());
            (number + 0.0).to_bits().hash(&mut hasher);
        }
        TermKind::String(text) => text.hash(&mut hasher),
        TermKind::Var(name) => name.hash(&mut hasher),
        TermKind::Ref(terms) | TermKind::Array(terms) | TermKind::Call(terms) => {
            for term in terms {
                term.hash.hash(&mut hasher);
            }
        }
        TermKind::Set(terms) => {
            let sum = terms
                .iter()
                .fold(0_u64, |sum, term| sum.wrapping_add(term.hash));
            sum.hash(&mut hasher);
        }
        TermKind::Object(fields) => {
            let sum = fields.iter().fold(0_u64, |sum, (key, value)| {
                sum.wrapping_add(key.hash.rotate_left(1) ^ value.hash)
            });
            sum.hash(&mut hasher);
        }
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            head.hash.hash(&mut hasher);
            body.len().hash(&mut hasher);
        }
        TermKind::ObjectComprehension(key, value, body) => {
            key.hash.hash(&mut hasher);
            value.hash.hash(&mut hasher);
            body.len().hash(&mut hasher);
        }
        TermKind::Template(template) => template.parts.len().hash(&mut hasher),
    }
    hasher.finish()
}
