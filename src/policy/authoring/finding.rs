//! Findings of users' policies.

use document::{Step, cut_after};

use crate::policy::Finding;
use crate::report::Verdict;

/// A message of a user's policy is cut after this many characters, because it may contain anything from the file.
const MOST_OF_MESSAGE: usize = 4_000;

impl Finding {
    /// A finding of a user's policy, which is given by its path.
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
