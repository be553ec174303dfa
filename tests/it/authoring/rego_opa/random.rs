//! Compares small random policies, from a seed, with real OPA.

use std::fmt;

use super::answer::Answer;
use super::generator::Policy;
use super::ours;
use crate::authoring::opa::reference::Reference;

/// The outcome of a comparison.
pub struct Found {
    /// The policies whose answers differ, with the differences.
    pub differing: Vec<(Policy, String)>,
    defined: usize,
    refused: usize,
    failed: usize,
    missing: usize,
}

impl Found {
    /// The smallest of those policies.
    pub fn smallest(&self) -> String {
        const FEW: usize = 5;
        let mut differing: Vec<_> = self.differing.iter().collect();
        differing.sort_by_key(|(policy, _)| policy.size());
        let few = differing.iter().take(FEW);
        let shown: Vec<_> = few
            .map(|(policy, difference)| format!("{policy}\n{difference}\n"))
            .collect();
        shown.join("\n")
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} answered, {} refused, {} at which OPA fails, {} for a function that isn't there; none otherwise",
            self.defined, self.refused, self.failed, self.missing
        )
    }
}

/// Compares policies for this many consecutive seeds.
pub fn compare(opa: &Reference, version: usize, seed: u64, runs: u64) -> Found {
    let policies: Vec<_> = (seed..seed + runs)
        .map(|seed| Policy::of_seed(version, seed))
        .collect();
    let mut found = Found {
        differing: Vec::new(),
        defined: 0,
        refused: 0,
        failed: 0,
        missing: 0,
    };
    for (policy, [ours, theirs]) in policies.iter().zip(answers(opa, &policies)) {
        match ours.difference(&theirs) {
            Some(_) if ours.is_refused_by_builtins() => found.missing += 1,
            Some(_) if ours.refuses_like(&theirs) => found.refused += 1,
            // OPA itself calls this a bug of its own.
            Some(_) if theirs.refused_with("eval_internal_error") => found.failed += 1,
            // Only this shows the order in which OPA goes through a set that it hasn't sorted yet.
            Some(_) if ours.conflicts_like(&theirs) => found.defined += 1,
            Some(difference) => found.differing.push((policy.clone(), difference)),
            None if matches!(ours, Answer::Errors(_)) => found.refused += 1,
            None => found.defined += 1,
        }
    }
    for (policy, difference) in &mut found.differing {
        while let Some((smaller, its_own)) = still_differing(opa, policy) {
            (*policy, *difference) = (smaller, its_own);
        }
    }
    found
}

fn still_differing(opa: &Reference, policy: &Policy) -> Option<(Policy, String)> {
    let smaller: Vec<_> = policy.smaller().collect();
    let answers = answers(opa, &smaller);
    let differing = smaller.into_iter().zip(answers);
    let mut differing = differing.filter_map(|(policy, [ours, theirs])| {
        let is_alike = ours.is_refused_by_builtins()
            || ours.refuses_like(&theirs)
            || ours.conflicts_like(&theirs)
            || theirs.refused_with("eval_internal_error");
        let difference = ours.difference(&theirs).filter(|_| !is_alike);
        Some((policy, difference?))
    });
    differing.next()
}

fn answers(opa: &Reference, policies: &[Policy]) -> Vec<[Answer; 2]> {
    let cases: Vec<_> = policies.iter().map(Policy::case).collect();
    let cases: Vec<_> = cases.iter().map(String::as_str).collect();
    if cases.is_empty() {
        return Vec::new();
    }
    let theirs = opa.answers(&cases);
    ours(cases.iter().copied())
        .iter()
        .zip(&theirs)
        .map(|(ours, theirs)| [Answer::of(ours), Answer::of(theirs)])
        .collect()
}
