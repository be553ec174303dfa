//! OPA's order of terms, in which it keeps sets and objects if there is no other order.

use super::tree::{Expr, ExprKind, Part, Term, TermKind, With};
use std::cmp::Ordering;
use values::Number;

/// Compares two terms.
pub(super) fn compare(a: &Term, b: &Term) -> Ordering {
    match (&a.kind, &b.kind) {
        (TermKind::Bool(a), TermKind::Bool(b)) => a.cmp(b),
        (TermKind::Number(a), TermKind::Number(b)) => compare_numbers(a, b),
        (TermKind::String(a), TermKind::String(b)) | (TermKind::Var(a), TermKind::Var(b)) => {
            a.cmp(b)
        }
        (TermKind::Ref(a), TermKind::Ref(b))
        | (TermKind::Array(a), TermKind::Array(b))
        | (TermKind::Call(a), TermKind::Call(b)) => compare_terms(a, b),
        (TermKind::Set(a), TermKind::Set(b)) => {
            compare_lists(&sorted(a), &sorted(b), |a, b| compare(a, b))
        }
        (TermKind::Object(a), TermKind::Object(b)) => {
            compare_lists(&sorted_fields(a), &sorted_fields(b), |a, b| {
                compare(&a.0, &b.0).then_with(|| compare(&a.1, &b.1))
            })
        }
        (TermKind::ArrayComprehension(a, in_a), TermKind::ArrayComprehension(b, in_b))
        | (TermKind::SetComprehension(a, in_a), TermKind::SetComprehension(b, in_b)) => {
            compare(a, b).then_with(|| compare_bodies(in_a, in_b))
        }
        (
            TermKind::ObjectComprehension(a, of_a, in_a),
            TermKind::ObjectComprehension(b, of_b, in_b),
        ) => compare(a, b)
            .then_with(|| compare(of_a, of_b))
            .then_with(|| compare_bodies(in_a, in_b)),
        (TermKind::Template(a), TermKind::Template(b)) => a
            .is_raw
            .cmp(&b.is_raw)
            .then(a.parts.len().cmp(&b.parts.len()))
            .then_with(|| compare_lists(&a.parts, &b.parts, compare_parts)),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

/// Compares two lists of terms: by their terms, then by length.
pub(super) fn compare_terms(a: &[Term], b: &[Term]) -> Ordering {
    compare_lists(a, b, compare)
}

/// The terms of a set, sorted.
pub(super) fn sorted(terms: &[Term]) -> Vec<&Term> {
    let mut terms: Vec<_> = terms.iter().collect();
    sort::by(&mut terms, |a, b| compare(a, b));
    terms
}

/// The fields of an object, sorted by key.
pub(super) fn sorted_fields(fields: &[(Term, Term)]) -> Vec<&(Term, Term)> {
    let mut fields: Vec<_> = fields.iter().collect();
    sort::by(&mut fields, |a, b| compare(&a.0, &b.0));
    fields
}

fn compare_lists<T>(a: &[T], b: &[T], mut compare: impl FnMut(&T, &T) -> Ordering) -> Ordering {
    a.iter()
        .zip(b)
        .map(|(a, b)| compare(a, b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// Compares by value. Something that isn't a number is equal to everything.
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
    let kind = || match (&a.kind, &b.kind) {
        (ExprKind::Term(a), ExprKind::Term(b)) => compare(a, b),
        (ExprKind::Call(a), ExprKind::Call(b)) | (ExprKind::Some(_, a), ExprKind::Some(_, b)) => {
            compare_terms(a, b)
        }
        (ExprKind::Every(a), ExprKind::Every(b)) => {
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
    rank_of_kind(&a.kind)
        .cmp(&rank_of_kind(&b.kind))
        .then(a.is_negated.cmp(&b.is_negated))
        .then_with(kind)
        .then_with(|| {
            compare_lists(&a.with, &b.with, |a: &With, b: &With| {
                compare(&a.target, &b.target).then_with(|| compare(&a.value, &b.value))
            })
        })
}

fn rank(kind: &TermKind) -> u8 {
    match kind {
        TermKind::Null => 0,
        TermKind::Bool(_) => 1,
        TermKind::Number(_) => 2,
        TermKind::String(_) => 3,
        TermKind::Var(_) => 5,
        TermKind::Ref(_) => 6,
        TermKind::Array(_) => 7,
        TermKind::Object(_) => 8,
        TermKind::Set(_) => 9,
        TermKind::ArrayComprehension(..) => 10,
        TermKind::ObjectComprehension(..) => 11,
        TermKind::SetComprehension(..) => 12,
        TermKind::Call(_) => 13,
        TermKind::Template(_) => 4,
    }
}

fn rank_of_kind(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::Some(..) => 0,
        ExprKind::Term(_) => 1,
        ExprKind::Call(_) => 2,
        ExprKind::Every(_) => 3,
        ExprKind::Not(_) => 4,
        ExprKind::And(_) => 5,
        ExprKind::Or(_) => 6,
    }
}
