//! OPA's order of terms, in which it keeps sets and objects where it knows no other.

use super::tree::{Expr, Kind, Part, Says, Term, With};
use crate::number::Number;
use std::cmp::Ordering;

/// How two terms compare.
pub(super) fn compare(a: &Term, b: &Term) -> Ordering {
    match (&a.kind, &b.kind) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => compare_numbers(a, b),
        (Kind::String(a), Kind::String(b)) | (Kind::Var(a), Kind::Var(b)) => a.cmp(b),
        (Kind::Ref(a), Kind::Ref(b))
        | (Kind::Array(a), Kind::Array(b))
        | (Kind::Call(a), Kind::Call(b)) => compare_terms(a, b),
        (Kind::Set(a), Kind::Set(b)) => compare_lists(&sorted(a), &sorted(b), |a, b| compare(a, b)),
        (Kind::Object(a), Kind::Object(b)) => {
            compare_lists(&sorted_fields(a), &sorted_fields(b), |a, b| {
                compare(&a.0, &b.0).then_with(|| compare(&a.1, &b.1))
            })
        }
        (Kind::ArrayOf(a, in_a), Kind::ArrayOf(b, in_b))
        | (Kind::SetOf(a, in_a), Kind::SetOf(b, in_b)) => {
            compare(a, b).then_with(|| compare_bodies(in_a, in_b))
        }
        (Kind::ObjectOf(a, of_a, in_a), Kind::ObjectOf(b, of_b, in_b)) => compare(a, b)
            .then_with(|| compare(of_a, of_b))
            .then_with(|| compare_bodies(in_a, in_b)),
        (Kind::Template(a), Kind::Template(b)) => a
            .is_raw
            .cmp(&b.is_raw)
            .then(a.parts.len().cmp(&b.parts.len()))
            .then_with(|| compare_lists(&a.parts, &b.parts, compare_parts)),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

/// How two lists of terms compare: by their terms, then by their lengths.
pub(super) fn compare_terms(a: &[Term], b: &[Term]) -> Ordering {
    compare_lists(a, b, compare)
}

/// The terms of a set in order.
pub(super) fn sorted(terms: &[Term]) -> Vec<&Term> {
    let mut terms: Vec<_> = terms.iter().collect();
    terms.sort_by(|a, b| compare(a, b));
    terms
}

/// The fields of an object in the order of their keys.
pub(super) fn sorted_fields(fields: &[(Term, Term)]) -> Vec<&(Term, Term)> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by(|a, b| compare(&a.0, &b.0));
    fields
}

fn compare_lists<T>(a: &[T], b: &[T], mut compare: impl FnMut(&T, &T) -> Ordering) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| compare(a, b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// By value; numbers that are none are equal to all others.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    match (Number::parse_literal(a), Number::parse_literal(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => Ordering::Equal,
    }
}

fn compare_bodies(a: &[Expr], b: &[Expr]) -> Ordering {
    compare_lists(a, b, compare_exprs)
}

fn compare_parts(a: &Part, b: &Part) -> Ordering {
    match (a, b) {
        (Part::Value(a), Part::Value(b)) => compare(a, b),
        (Part::Expr(a), Part::Expr(b)) => compare_exprs(a, b),
        (Part::Value(_), Part::Expr(_)) => Ordering::Less,
        (Part::Expr(_), Part::Value(_)) => Ordering::Greater,
    }
}

fn compare_exprs(a: &Expr, b: &Expr) -> Ordering {
    let says = || match (&a.says, &b.says) {
        (Says::Term(a), Says::Term(b)) => compare(a, b),
        (Says::Call(a), Says::Call(b)) | (Says::Some(_, a), Says::Some(_, b)) => {
            compare_terms(a, b)
        }
        (Says::Every(a), Says::Every(b)) => {
            let keys = match (&a.key, &b.key) {
                (Some(a), Some(b)) => compare(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            keys.then_with(|| compare(&a.value, &b.value))
                .then_with(|| compare(&a.domain, &b.domain))
                .then_with(|| compare_bodies(&a.body, &b.body))
        }
        (a, b) => compare_lists(a.operands(), b.operands(), |a, b| {
            compare_bodies(&a.body, &b.body)
        }),
    };
    rank_of_says(&a.says)
        .cmp(&rank_of_says(&b.says))
        .then(a.is_negated.cmp(&b.is_negated))
        .then_with(says)
        .then_with(|| {
            compare_lists(&a.with, &b.with, |a: &With, b: &With| {
                compare(&a.target, &b.target).then_with(|| compare(&a.value, &b.value))
            })
        })
}

fn rank(kind: &Kind) -> u8 {
    match kind {
        Kind::Null => 0,
        Kind::Bool(_) => 1,
        Kind::Number(_) => 2,
        Kind::String(_) => 3,
        Kind::Var(_) => 5,
        Kind::Ref(_) => 6,
        Kind::Array(_) => 7,
        Kind::Object(_) => 8,
        Kind::Set(_) => 9,
        Kind::ArrayOf(..) => 10,
        Kind::ObjectOf(..) => 11,
        Kind::SetOf(..) => 12,
        Kind::Call(_) => 13,
        Kind::Template(_) => 4,
    }
}

fn rank_of_says(says: &Says) -> u8 {
    match says {
        Says::Some(..) => 0,
        Says::Term(_) => 1,
        Says::Call(_) => 2,
        Says::Every(_) => 3,
        Says::Not(_) => 4,
        Says::And(_) => 5,
        Says::Or(_) => 6,
    }
}
