use document::{RepeatedKey, Step, quoted};

use crate::fix::Operation;
use crate::report::{Applicability, Severity, Verdict};

use super::rule::DUPLICATE_KEY;

/// What a rule said, as the policies give it: the place is a path, not yet a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule's identity.
    pub rule: String,
    /// What it concluded.
    pub verdict: Verdict,
    /// What it weighs, where that isn't the rule's own severity.
    pub severity: Option<Severity>,
    /// One sentence.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The place, from the document's root.
    pub path: Vec<Step>,
    /// Whether that place is only what its message seems to speak of. Then exceptions for places don't hold.
    pub is_guessed: bool,
    /// What would fix it.
    pub fix: Option<Proposal>,
    /// Other places of the document that it rests on.
    pub related: Vec<Related>,
}

/// The part of a [`Finding`] by which it is weighed and placed.
#[derive(Debug, Clone, PartialEq)]
pub struct Head<'v> {
    /// The rule's identity.
    pub rule: &'v str,
    /// What it concluded.
    pub verdict: Verdict,
    /// What it weighs, where that isn't the rule's own severity.
    pub severity: Option<Severity>,
    /// The place, from the document's root.
    pub path: Vec<Step>,
}

/// Another place that a finding rests on, as the policies give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The place, from the document's root.
    pub path: Vec<Step>,
    /// What is there.
    pub message: String,
}

/// A change of the document that a rule proposes, as the policies give it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Whether it may be made without asking.
    pub applicability: Applicability,
    /// What it does, in the imperative.
    pub title: String,
    /// The change; all of it or nothing.
    pub patch: Vec<Operation>,
}

impl Finding {
    /// What is said about an exception, not about a place.
    #[must_use]
    pub fn about_check(rule: &str, message: String, help: String) -> Self {
        Self {
            rule: rule.to_owned(),
            verdict: Verdict::Violation,
            severity: None,
            message,
            help: Some(help),
            path: Vec::new(),
            is_guessed: false,
            fix: None,
            related: Vec::new(),
        }
    }

    /// A key that is equal to one before it in the same mapping, which the policies can't see.
    #[must_use]
    pub fn repeated_key(repeated: &RepeatedKey<'_>) -> Self {
        Self {
            rule: DUPLICATE_KEY.to_owned(),
            verdict: Verdict::Violation,
            severity: None,
            message: format!(
                "the key {} is in this mapping already, and only the last one counts",
                quoted(&repeated.key, '`')
            ),
            help: Some("remove one of the two".to_owned()),
            path: repeated.path(),
            is_guessed: false,
            fix: None,
            related: Vec::new(),
        }
    }
}
