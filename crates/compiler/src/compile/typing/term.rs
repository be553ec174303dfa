//! The types of terms.

use std::borrow::Cow;

use super::body::{Checker, LARGEST, kept};
use super::constant;
use super::tree::{TypeTree, select};
use crate::syntax::ast::{DATA, INPUT, Name, Term, TermKind};
use crate::types::Type;
use values::Value;

impl Checker<'_> {
    /// The type of a term.
    pub(crate) fn infer(&mut self, term: &Term) -> Type {
        match &term.kind {
            TermKind::Value(value) if self.is_v1() => Type::from_value(value),
            TermKind::Value(value) => with_open_empties(Type::from_value(value)),
            TermKind::Var(name) => self.of_var(name).cloned().unwrap_or(Type::Unknown),
            TermKind::Ref(parts) => kept(self.of_reference(parts).into_owned(), &mut { LARGEST }),
            TermKind::Array(items) => {
                let mut room = LARGEST;
                Type::Array {
                    rest: (items.is_empty() && !self.is_v1()).then(|| Box::new(Type::ANY)),
                    fixed: items
                        .iter()
                        .map(|item| kept(self.infer(item), &mut room))
                        .collect(),
                }
            }
            TermKind::Set(items) => {
                let of = Type::one_of(items.iter().map(|item| self.infer(item)));
                Type::Set(Box::new(if of.is_unknown() && !self.is_v1() {
                    Type::ANY
                } else {
                    of
                }))
            }
            TermKind::Object(fields) => self.of_object(fields),
            TermKind::ArrayComprehension(..)
            | TermKind::SetComprehension(..)
            | TermKind::ObjectComprehension(..) => {
                let known = self.closures.get(&std::ptr::from_ref(term));
                known.cloned().unwrap_or(Type::Unknown)
            }
            TermKind::Call(_) | TermKind::Template(_) => Type::Unknown,
        }
    }

    fn of_object(&mut self, fields: &[(Term, Term)]) -> Type {
        let mut room = LARGEST;
        let mut fixed = Vec::new();
        let mut rest = None;
        for (key, value) in fields {
            let of = kept(self.infer(value), &mut room);
            match constant::key(key) {
                Some(key) => fixed.push((key, of)),
                None => rest = Some(Box::new((self.infer(key), of))),
            }
        }
        if fixed.is_empty() && rest.is_none() && !self.is_v1() {
            rest = Some(Box::new((Type::ANY, Type::ANY)));
        }
        sort::by(&mut fixed, |(a, _), (b, _)| a.cmp(b));
        Type::Object { fixed, rest }
    }

    fn of_var(&self, name: &Name) -> Option<&Type> {
        self.vars.iter().rev().find_map(|vars| vars.get(name))
    }

    /// The type of what a reference leads to.
    pub(super) fn of_reference(&self, parts: &[Term]) -> Cow<'_, Type> {
        let Some((head, rest)) = parts.split_first() else {
            return Cow::Owned(Type::Unknown);
        };
        let Some(name) = head.as_var() else {
            return Cow::Owned(Type::Unknown);
        };
        if matches!(&**name, DATA | INPUT) {
            let root = Value::from(&**name);
            let known = self.documents(&root);
            return known
                .into_iter()
                .find_map(|tree| tree.find(rest, self.is_v1()))
                .unwrap_or(Cow::Owned(Type::ANY));
        }
        match self.of_var(name) {
            Some(of) => select(Cow::Borrowed(of), rest, self.is_v1()),
            None => Cow::Owned(Type::Unknown),
        }
    }

    /// The replacements of a root document, the innermost first.
    pub(super) fn documents(&self, root: &Value) -> Vec<&TypeTree> {
        let replaced = self.replaced.iter().rev();
        let mut known: Vec<_> = replaced.filter_map(|tree| tree.child(root)).collect();
        if root.as_str() == Some(DATA) {
            known.push(&self.types.data);
        }
        known
    }
}

/// For OPA 0.70, an empty collection that is written out may have any contents.
fn with_open_empties(of: Type) -> Type {
    match of {
        Type::Array { fixed, rest: None } if fixed.is_empty() => Type::array_of(Type::ANY),
        Type::Array { fixed, rest } => Type::Array {
            fixed: fixed.into_iter().map(with_open_empties).collect(),
            rest,
        },
        Type::Object { fixed, rest: None } if fixed.is_empty() => {
            Type::object_of(Type::ANY, Type::ANY)
        }
        Type::Object { fixed, rest } => Type::Object {
            fixed: fixed
                .into_iter()
                .map(|(key, of)| (key, with_open_empties(of)))
                .collect(),
            rest,
        },
        Type::Set(of) if of.is_unknown() => Type::Set(Box::new(Type::ANY)),
        of => of,
    }
}
