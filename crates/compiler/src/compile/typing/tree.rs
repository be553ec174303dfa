//! The types of the documents that rules define, as a tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::syntax::ast::Term;
use crate::types::Type;
use values::Value;

use super::constant::constant;

/// The type of a document and of the documents below it.
#[derive(Debug, Clone, Default)]
pub(super) struct TypeTree {
    /// The documents below, by key.
    children: BTreeMap<Value, TypeTree>,
    /// The type of this document; `None` if only types below it are known.
    here: Option<Type>,
}

impl TypeTree {
    /// The tree under a key.
    pub(super) fn child(&self, key: &Value) -> Option<&Self> {
        self.children.get(key)
    }

    /// The trees below.
    pub(super) fn children(&self) -> impl Iterator<Item = (&Value, &Self)> {
        self.children.iter()
    }

    /// The type of this document, if it is known.
    pub(super) fn here(&self) -> Option<&Type> {
        self.here.as_ref()
    }

    /// The tree at a path, which is added if it isn't there.
    pub(super) fn place(&mut self, path: &[Value]) -> &mut Self {
        let mut at = self;
        for key in path {
            at = at.children.entry(key.clone()).or_default();
        }
        at
    }

    /// Sets the type at a path.
    pub(super) fn put(&mut self, path: &[Value], of: Type) {
        self.place(path).here = Some(of);
    }

    /// Adds a type at a path to the one that is there, and to objects above and below.
    pub(super) fn insert(&mut self, path: &[Value], of: Type) {
        let mut at = self;
        for (i, key) in path.iter().enumerate() {
            at = at.children.entry(key.clone()).or_default();
            let below = path.get(i + 1..).unwrap_or_default();
            if !below.is_empty() {
                at.here = at.here.take().map(|object| inserted(object, below, &of));
            }
        }
        let is_object = matches!(of, Type::Object { .. });
        let mut merged = merged(at.here.take(), of);
        if is_object {
            let mut leaves = Vec::new();
            at.leaves(&mut Vec::new(), &mut leaves);
            for (path, leaf) in leaves {
                merged = inserted(merged, &path, &leaf);
            }
        }
        at.here = Some(merged);
    }

    fn leaves(&self, path: &mut Vec<Value>, found: &mut Vec<(Vec<Value>, Type)>) {
        for (key, child) in &self.children {
            path.push(key.clone());
            match &child.here {
                Some(leaf) => found.push((path.clone(), leaf.clone())),
                None => child.leaves(path, found),
            }
            path.pop();
        }
    }

    /// The type of the whole document. Base documents may add anything to it.
    pub(super) fn extent(&self) -> Cow<'_, Type> {
        if let Some(here) = &self.here {
            return Cow::Borrowed(here);
        }
        let named =
            |key: &Value| matches!(key, Value::String(_) | Value::Number(_) | Value::Bool(_));
        let fields = self.children.iter().filter(|(key, _)| named(key));
        Cow::Owned(Type::Object {
            fixed: fields
                .map(|(key, child)| (key.clone(), child.extent().into_owned()))
                .collect(),
            rest: Some(Box::new((Type::String, Type::ANY))),
        })
    }

    /// The type of what the rest of a reference leads to; `None` if nothing is known about it.
    pub(super) fn find(&self, parts: &[Term], is_v1: bool) -> Option<Cow<'_, Type>> {
        let Some((part, rest)) = parts.split_first() else {
            return Some(self.extent());
        };
        let child = constant(part).and_then(|key| self.children.get(&key));
        if let Some(here) = &self.here {
            return match child {
                Some(child) => child.find(rest, is_v1),
                None => Some(select(Cow::Borrowed(here), parts, is_v1)),
            };
        }
        if constant(part).is_none() {
            return Some(select(self.extent(), parts, is_v1));
        }
        child?.find(rest, is_v1)
    }
}

/// The type of what the rest of a reference leads to, in a value of this type.
pub(super) fn select<'t>(of: Cow<'t, Type>, parts: &[Term], is_v1: bool) -> Cow<'t, Type> {
    let Some((part, rest)) = parts.split_first() else {
        return of;
    };
    if of.is_unknown() {
        return of;
    }
    let next = match part.as_value() {
        Some(key) => match &of {
            Cow::Borrowed(of) => of.select(key),
            Cow::Owned(of) => Cow::Owned(of.select(key).into_owned()),
        },
        // Enumerating an empty collection finds nothing, so any type fits.
        None if is_v1 && of.is_empty_collection() => return Cow::Owned(Type::ANY),
        None => Cow::Owned(of.values()),
    };
    select(next, rest, is_v1)
}

/// An object type with one more field, at a path in it. Other types stay as they are.
fn inserted(object: Type, path: &[Value], of: &Type) -> Type {
    let Type::Object { fixed, rest } = object else {
        return object;
    };
    let Some((key, below)) = path.split_first() else {
        return Type::Object { fixed, rest };
    };
    let nothing = Type::Object {
        fixed: Vec::new(),
        rest: None,
    };
    let value = if below.is_empty() {
        of.clone()
    } else {
        inserted(nothing, below, of)
    };
    let key = Type::from_value(key);
    let rest = match rest {
        Some(others) => (others.0.or(key), others.1.or(value)),
        None => (key, value),
    };
    Type::Object {
        fixed,
        rest: Some(Box::new(rest)),
    }
}

/// The largest number of alternatives that a document's type may have.
const MOST_KINDS: usize = 1_000;

/// The type of a document that several rules define.
fn merged(before: Option<Type>, added: Type) -> Type {
    match (before, added) {
        (None, added) => added,
        // Beyond so many alternatives, any type fits.
        (Some(Type::Any(several)), _) if several.len() > MOST_KINDS => Type::ANY,
        (
            Some(Type::Object {
                fixed: xs,
                rest: Some(x),
            }),
            Type::Object {
                fixed: ys,
                rest: Some(y),
            },
        ) if xs.is_empty() && ys.is_empty() => Type::object_of(x.0.or(y.0), merged(Some(x.1), y.1)),
        (Some(Type::Object { fixed, rest: None }), object @ Type::Object { .. })
        | (Some(object @ Type::Object { .. }), Type::Object { fixed, rest: None })
            if fixed.is_empty() && !has_fixed(&object) =>
        {
            object
        }
        (Some(Type::Set(a)), Type::Set(b)) => Type::Set(Box::new(a.or(*b))),
        (
            Some(Type::Object {
                fixed,
                rest: Some(rest),
            }),
            Type::Any(several),
        )
        | (
            Some(Type::Any(several)),
            Type::Object {
                fixed,
                rest: Some(rest),
            },
        ) if fixed.is_empty() && several.iter().any(is_open_object) => {
            let mut rest = Some(*rest);
            Type::Any(
                several
                    .into_iter()
                    .map(|one| match one {
                        Type::Object {
                            fixed,
                            rest: Some(others),
                        } if fixed.is_empty() => match rest.take() {
                            Some((key, value)) => {
                                Type::object_of(others.0.or(key), others.1.or(value))
                            }
                            None => Type::Object {
                                fixed,
                                rest: Some(others),
                            },
                        },
                        one => one,
                    })
                    .collect(),
            )
        }
        (Some(before), added) => before.or(added),
    }
}

fn has_fixed(object: &Type) -> bool {
    matches!(object, Type::Object { fixed, .. } if !fixed.is_empty())
}

fn is_open_object(of: &Type) -> bool {
    matches!(of, Type::Object { fixed, rest: Some(_) } if fixed.is_empty())
}
