//! What is known of a term by what it is made of: its hash, and whether its location can be trusted.

use super::tree::{Expr, Kind, Loose, Part, Says, Term};
use crate::number::Number;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// What the names of variables begin with that OPA generates.
const GENERATED: &str = "__local";

/// What in a term keeps OPA from trusting locations.
pub(super) fn loose_of(kind: &Kind) -> Loose {
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
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => Loose::default(),
        Kind::Var(name) => Loose {
            is_default: false,
            is_generated: name.starts_with(GENERATED),
        },
        Kind::Ref(terms) | Kind::Array(terms) | Kind::Set(terms) | Kind::Call(terms) => all(terms),
        Kind::Object(fields) => fields.iter().fold(Loose::default(), |loose, (key, value)| {
            loose.or(key.loose).or(value.loose)
        }),
        Kind::ArrayOf(head, body) | Kind::SetOf(head, body) => head.loose.or(of_body(body)),
        Kind::ObjectOf(key, value, body) => key.loose.or(value.loose).or(of_body(body)),
        Kind::Template(template) => {
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

/// The same for an expression.
pub(super) fn loose_of_expr(expr: &Expr) -> Loose {
    let of_terms = |terms: &[Term]| {
        terms
            .iter()
            .fold(Loose::default(), |loose, term| loose.or(term.loose))
    };
    let says = match &expr.says {
        Says::Term(term) => term.loose,
        Says::Call(terms) | Says::Some(_, terms) => of_terms(terms),
        Says::Every(every) => every
            .key
            .iter()
            .chain([&every.value, &every.domain])
            .map(|term| term.loose)
            .chain(every.body.iter().map(|expr| expr.loose))
            .fold(Loose::default(), Loose::or),
        says => says
            .operands()
            .iter()
            .flat_map(|operand| &operand.body)
            .fold(Loose::default(), |loose, expr| loose.or(expr.loose)),
    };
    expr.with.iter().fold(says, |loose, with| {
        loose.or(with.target.loose).or(with.value.loose)
    })
}

/// Alike for what is equal, of the hashes of what is in it.
pub(super) fn hash_of(kind: &Kind) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::mem::discriminant(kind).hash(&mut hasher);
    match kind {
        Kind::Null => {}
        Kind::Bool(value) => value.hash(&mut hasher),
        Kind::Number(text) => {
            let number = Number::parse_literal(text).map_or(0.0, |number| number.as_f64());
            (number + 0.0).to_bits().hash(&mut hasher);
        }
        Kind::String(text) => text.hash(&mut hasher),
        Kind::Var(name) => name.hash(&mut hasher),
        Kind::Ref(terms) | Kind::Array(terms) | Kind::Call(terms) => {
            for term in terms {
                term.hash.hash(&mut hasher);
            }
        }
        Kind::Set(terms) => {
            let sum = terms
                .iter()
                .fold(0_u64, |sum, term| sum.wrapping_add(term.hash));
            sum.hash(&mut hasher);
        }
        Kind::Object(fields) => {
            let sum = fields.iter().fold(0_u64, |sum, (key, value)| {
                sum.wrapping_add(key.hash.rotate_left(1) ^ value.hash)
            });
            sum.hash(&mut hasher);
        }
        Kind::ArrayOf(head, body) | Kind::SetOf(head, body) => {
            head.hash.hash(&mut hasher);
            body.len().hash(&mut hasher);
        }
        Kind::ObjectOf(key, value, body) => {
            key.hash.hash(&mut hasher);
            value.hash.hash(&mut hasher);
            body.len().hash(&mut hasher);
        }
        Kind::Template(template) => template.parts.len().hash(&mut hasher),
    }
    hasher.finish()
}
