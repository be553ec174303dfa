//! Learns the types of variables from the types of terms.

use super::body::Checker;
use super::constant;
use crate::syntax::ast::{Term, TermKind};
use crate::types::Type;

impl Checker<'_> {
    /// Whether two terms can be equal. Learns the types of their variables.
    pub(super) fn equal(&mut self, a: &Term, of_a: &Type, b: &Term, of_b: &Type) -> bool {
        match (of_a.is_partial(), of_b.is_partial()) {
            (true, false) => return self.take(a, of_b, false),
            (false, true) => return self.take(b, of_a, false),
            (false, false) => return self.unifies(of_a, of_b),
            (true, true) => {}
        }
        match (&a.kind, &b.kind) {
            (TermKind::Array(items), TermKind::Array(others)) => {
                items.len() == others.len()
                    && items
                        .iter()
                        .zip(others)
                        .all(|(a, b)| self.equal_terms(a, b))
            }
            (TermKind::Object(fields), TermKind::Object(others)) => {
                fields.len() == others.len()
                    && fields.iter().all(|(key, a)| {
                        let key = constant::key(key);
                        let other = others
                            .iter()
                            .find(|(other, _)| key.is_some() && constant::key(other) == key);
                        other.is_some_and(|(_, b)| self.equal_terms(a, b))
                    })
            }
            (TermKind::Array(_) | TermKind::Object(_) | TermKind::Var(_), TermKind::Var(_)) => {
                self.take(a, &Type::ANY, false) && {
                    let of = self.infer(a);
                    self.take(b, &of, false)
                }
            }
            (TermKind::Var(_), TermKind::Array(_) | TermKind::Object(_)) => {
                self.take(b, &Type::ANY, false) && {
                    let of = self.infer(b);
                    self.take(a, &of, false)
                }
            }
            (TermKind::Var(_), TermKind::Ref(_)) if self.is_v1() => self.take(a, &Type::ANY, false),
            (TermKind::Ref(_), TermKind::Var(_)) if self.is_v1() => self.take(b, &Type::ANY, false),
            (TermKind::Var(_), _) if self.is_v1() && of_a.is_unknown() && !of_b.is_unknown() => {
                self.take(a, of_b, false)
            }
            (_, TermKind::Var(_)) if self.is_v1() && of_b.is_unknown() && !of_a.is_unknown() => {
                self.take(b, of_a, false)
            }
            _ => false,
        }
    }

    fn equal_terms(&mut self, a: &Term, b: &Term) -> bool {
        let (of_a, of_b) = (self.infer(a), self.infer(b));
        self.equal(a, &of_a, b, &of_b)
    }

    /// Whether a term can have a type. Learns the types of its variables. If there are several possible types, the
    /// term is matched with each, and a variable may have any of the types that it gets.
    pub(super) fn take(&mut self, term: &Term, of: &Type, is_one_of: bool) -> bool {
        match (&term.kind, of) {
            (TermKind::Var(name), _) => {
                let known = self.infer(term);
                if is_one_of {
                    self.learn(name, known.or(of.clone()));
                } else if known.is_unknown() {
                    self.learn(name, of.clone());
                } else {
                    return self.unifies(&known, of);
                }
                true
            }
            (TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_), Type::Any(several)) => {
                if several.is_empty() {
                    self.take_parts(term);
                    return true;
                }
                // Each of them says something about the variables, so all are tried.
                let fitting = several.iter().filter(|one| self.take(term, one, true));
                fitting.count() > 0
            }
            (TermKind::Array(items), Type::Array { fixed, rest }) => {
                (items.len() == fixed.len() || rest.is_some())
                    && items.iter().enumerate().all(|(i, item)| {
                        let of = fixed.get(i).or(rest.as_deref());
                        self.take(item, of.unwrap_or(&Type::Unknown), is_one_of)
                    })
            }
            (TermKind::Object(fields), Type::Object { fixed, rest }) => {
                (fields.len() == fixed.len() || rest.is_some())
                    && fields.iter().all(|(key, value)| {
                        let Some(key) = constant::key(key) else {
                            self.take(value, &Type::ANY, is_one_of);
                            return true;
                        };
                        let child = of.select(&key);
                        !child.is_unknown() && self.take(value, &child, is_one_of)
                    })
            }
            (TermKind::Set(items), Type::Set(of)) => {
                items.iter().all(|item| self.take(item, of, is_one_of))
            }
            (
                TermKind::Value(_)
                | TermKind::Ref(_)
                | TermKind::ArrayComprehension(..)
                | TermKind::SetComprehension(..)
                | TermKind::ObjectComprehension(..),
                _,
            ) => {
                let known = self.infer(term);
                self.unifies(&known, of)
            }
            _ => false,
        }
    }

    /// Lets the variables in a term have any type.
    fn take_parts(&mut self, term: &Term) {
        match &term.kind {
            TermKind::Array(items) | TermKind::Set(items) => {
                for item in items {
                    self.take(item, &Type::ANY, true);
                }
            }
            TermKind::Object(fields) => {
                for (key, value) in fields {
                    self.take(key, &Type::ANY, true);
                    self.take(value, &Type::ANY, true);
                }
            }
            _ => {}
        }
    }
}
