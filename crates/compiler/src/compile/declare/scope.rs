//! The scopes around a place, each with the names that its variables are given.

use std::collections::{BTreeMap, HashMap};

use crate::syntax::ast::Name;

/// How a variable came into a scope.
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
    /// What its variables are called instead.
    pub(super) fn names(&self) -> &HashMap<Name, Name> {
        &self.names
    }

    /// Its variables, sorted, each with how it came and what it is called instead.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&Name, Occurrence, &Name)> {
        let occurrences = self.occurrences.iter();
        occurrences.filter_map(|(name, how)| Some((name, *how, self.names.get(name)?)))
    }
}

/// The scopes that are open, the innermost last.
#[derive(Debug)]
pub(super) struct Scopes(Vec<Scope>);

impl Scopes {
    /// Only this one.
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

    /// What a variable is called instead, by the innermost scope that has it.
    pub(super) fn declared(&self, name: &Name) -> Option<&Name> {
        let mut scopes = self.0.iter().rev();
        scopes.find_map(|scope| scope.names.get(name))
    }

    /// How a variable came into the innermost scope.
    pub(super) fn occurrence(&self, name: &Name) -> Option<Occurrence> {
        self.0.last()?.occurrences.get(name).copied()
    }

    /// Whether a variable is declared in the innermost scope that has it.
    pub(super) fn is_declared(&self, name: &Name) -> bool {
        let mut scopes = self.0.iter().rev();
        let occurrence = scopes.find_map(|scope| scope.occurrences.get(name));
        occurrence.is_some_and(|occurrence| *occurrence != Occurrence::Seen)
    }

    /// Counts a variable once more.
    pub(super) fn seen(&mut self, name: &Name) {
        let mut scopes = self.0.iter_mut().rev();
        if let Some(count) = scopes.find_map(|scope| scope.counts.get_mut(name)) {
            *count += 1;
        }
    }

    /// How often a variable was there.
    pub(super) fn count(&self, name: &Name) -> usize {
        let mut scopes = self.0.iter().rev();
        let count = scopes.find_map(|scope| scope.counts.get(name));
        count.copied().unwrap_or(0)
    }
}
