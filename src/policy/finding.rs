use document::{RepeatedKey, Step, quoted};

use crate::fix::Operation;
use crate::report::{Applicability, Severity, Verdict};

use super::rule::DUPLICATE_KEY;

/// A finding as a policy makes it. Its place is a path, and not yet a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The identity of the rule.
    pub rule: String,
    /// What it concluded.
    pub verdict: Verdict,
    /// Its severity, if it isn't that of the rule.
    pub severity: Option<Severity>,
    /// The message, in one sentence.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The path of its place from the document's root.
    pub path: Vec<Step>,
    /// Whether the place is only guessed from the message. Then exceptions for places don't cover it.
    pub is_guessed: bool,
    /// A proposed fix.
    pub fix: Option<Proposal>,
    /// Other places in the document that it depends on.
    pub related: Vec<Related>,
}

/// The part of a [`Finding`] that decides its severity and place.
#[derive(Debug, Clone, PartialEq)]
pub struct Head<'v> {
    /// The identity of the rule.
    pub rule: &'v str,
    /// What it concluded.
    pub verdict: Verdict,
    /// Its severity, if it isn't that of the rule.
    pub severity: Option<Severity>,
    /// The path of its place from the document's root.
    pub path: Vec<Step>,
}

/// Another place that a finding depends on. It is a path, and not yet a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The path from the document's root.
    pub path: Vec<Step>,
    /// What is there, in one sentence.
    pub message: String,
}

/// A fix that a rule proposes, as a change of the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Whether it may be made without asking.
    pub applicability: Applicability,
    /// What it does, in the imperative.
    pub title: String,
    /// The operations, which must all be made, or none.
    pub patch: Vec<Operation>,
}

impl Finding {
    /// A finding about an exception, which has no place in a document.
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

    /// The finding for a repeated key, which the policies can't see.
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
