//! Nested scopes, with the new names of their variables.

use std::collections::{BTreeMap, HashMap};

use crate::syntax::ast::Name;

/// How a variable got into a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurrence {
    Argument,
    Seen,
    Assigned,
    Declared,
}

/// The variables of one scope.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    names: HashMap<Name, Name>,
    occurrences: BTreeMap<Name, Occurrence>,
    counts: HashMap<Name, usize>,
}

impl Scope {
    /// The new names of its variables.
    pub(super) fn names(&self) -> &HashMap<Name, Name> {
        &self.names
    }

    /// Its variables in sorted order, each with how it got there and its new name.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&Name, Occurrence, &Name)> {
        let occurrences = self.occurrences.iter();
        occurrences.filter_map(|(name, how)| Some((name, *how, self.names.get(name)?)))
    }
}

/// The open scopes, the innermost last.
#[derive(Debug)]
pub(super) struct Scopes(Vec<Scope>);

impl Scopes {
    /// A stack of one scope.
    pub(super) fn of(scope: Scope) -> Self {
        Self(vec![scope])
    }

    pub(super) fn open(&mut self) {
        self.0.push(Scope::default());
    }

    /// Closes the innermost scope.
    pub(super) fn close(&mut self) -> Scope {
        self.0.pop().unwrap_or_default()
    }

    pub(super) fn innermost(&self) -> Option<&Scope> {
        self.0.last()
    }

    pub(super) fn insert(&mut self, name: &Name, given: Name, occurrence: Occurrence) {
        if let Some(scope) = self.0.last_mut() {
            scope.names.insert(name.clone(), given);
            scope.occurrences.insert(name.clone(), occurrence);
            scope.counts.insert(name.clone(), 1);
        }
    }

    /// The new name of a variable, from the innermost scope that has it.
    pub(super) fn declared(&self, name: &Name) -> Option<&Name> {
        let mut scopes = self.0.iter().rev();
        scopes.find_map(|scope| scope.names.get(name))
    }

    /// How a variable got into the innermost scope, if it is there.
    pub(super) fn occurrence(&self, name: &Name) -> Option<Occurrence> {
        self.0.last()?.occurrences.get(name).copied()
    }

    /// Whether the innermost scope that has a variable declares it.
    pub(super) fn is_declared(&self, name: &Name) -> bool {
        let mut scopes = self.0.iter().rev();
        let occurrence = scopes.find_map(|scope| scope.occurrences.get(name));
        occurrence.is_some_and(|occurrence| *occurrence != Occurrence::Seen)
    }

    /// Counts one more use of a variable.
    pub(super) fn seen(&mut self, name: &Name) {
        let mut scopes = self.0.iter_mut().rev();
        if let Some(count) = scopes.find_map(|scope| scope.counts.get_mut(name)) {
            *count += 1;
        }
    }

    /// How often a variable has been used.
    pub(super) fn count(&self, name: &Name) -> usize {
        let mut scopes = self.0.iter().rev();
        let count = scopes.find_map(|scope| scope.counts.get(name));
        count.copied().unwrap_or(0)
    }
}
