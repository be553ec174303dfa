//! Variables with a few constant values, which are substituted in references.

use std::borrow::Cow;
use std::collections::HashMap;

use super::names::operands;
use super::typing::constant::constant;
use crate::syntax::ast::{Expr, Name, Term, TermKind};
use values::Value;

/// The largest number of values that OPA keeps track of.
const MOST: usize = 64;

/// The constant values of a body's variables, as far as the expressions before one show them.
#[derive(Default)]
pub(super) struct Constants(HashMap<Name, Vec<Value>>);

impl Constants {
    /// Adds the values that an expression gives to a variable without known values.
    pub(super) fn learn(&mut self, expr: &Expr) {
        let Some((left, right)) = operands(expr, "eq") else {
            return;
        };
        if expr.negated || !expr.with.is_empty() {
            return;
        }
        let learnt = [(left, right), (right, left)]
            .into_iter()
            .find_map(|(var, term)| Some((var.as_var()?, self.values(term)?)));
        if let Some((name, values)) = learnt {
            self.0.entry(name.clone()).or_insert(values);
        }
    }

    /// The references that a reference may mean, if there are not too many.
    pub(super) fn expanded<'t>(&self, parts: &'t [Term]) -> Vec<Cow<'t, [Term]>> {
        let known = |term: &Term| term.as_var().and_then(|name| self.0.get(name));
        let after = parts.iter().skip(1);
        let ways = after.filter_map(known).try_fold(1_usize, |ways, values| {
            ways.checked_mul(values.len()).filter(|ways| *ways <= MOST)
        });
        if self.0.is_empty() || ways.is_none() {
            return vec![Cow::Borrowed(parts)];
        }
        let mut expanded = vec![Vec::new()];
        for part in parts {
            let choices: Vec<Term> = match known(part) {
                Some(values) => values
                    .iter()
                    .map(|value| Term::new(part.at, TermKind::Value(value.clone())))
                    .collect(),
                None => vec![part.clone()],
            };
            expanded = expanded
                .into_iter()
                .flat_map(|way: Vec<Term>| {
                    choices.iter().map(move |choice| {
                        let mut way = way.clone();
                        way.push(choice.clone());
                        way
                    })
                })
                .collect();
        }
        expanded.into_iter().map(Cow::Owned).collect()
    }

    /// The values that a term may have; `None` if they aren't known.
    fn values(&self, term: &Term) -> Option<Vec<Value>> {
        match &term.kind {
            TermKind::Var(name) => self.0.get(name).cloned(),
            TermKind::Ref(parts) => {
                let (head, rest) = parts.split_first()?;
                let mut values = self.values(head)?;
                for part in rest {
                    values = match constant(part) {
                        Some(key) => values
                            .iter()
                            .filter_map(|value| value.get(&key).cloned())
                            .collect(),
                        None => values
                            .iter()
                            .map(members)
                            .collect::<Option<Vec<_>>>()?
                            .concat(),
                    };
                    if values.len() > MOST {
                        return None;
                    }
                }
                Some(values)
            }
            _ => constant(term).map(|value| vec![value]),
        }
    }
}

/// All items of a collection.
fn members(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.to_vec()),
        Value::Set(items) => Some(items.iter().cloned().collect()),
        Value::Object(fields) => Some(fields.iter().map(|(_, value)| value.clone()).collect()),
        _ => None,
    }
}
