//! What users' policies find.

use document::{Step, cut_after};

use crate::policy::Finding;
use crate::report::Verdict;

/// A longer message of a user's policy is cut: it may hold whatever the file does.
const MOST_OF_MESSAGE: usize = 4_000;

impl Finding {
    /// What a user's policy, known by its path, says of a place.
    #[must_use]
    pub fn of_user(policy: &str, verdict: Verdict, message: String, path: Vec<Step>) -> Self {
        Self {
            rule: policy.to_owned(),
            verdict,
            severity: None,
            message: cut_after(message, MOST_OF_MESSAGE),
            help: None,
            path,
            is_guessed: false,
            fix: None,
            related: Vec::new(),
        }
    }
}
