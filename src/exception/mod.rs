//! Exceptions: findings that don't count until a day, by a comment beside them or by the configuration.
//!
//! A comment is located here, and says what it covers by its place alone. Whether an exception of the
//! configuration is about a finding is decided in Rego (`policies/lib/exception.rego`), so that exported
//! policies decide it in the same way.

mod comments;
mod date;
mod directive;
mod finding_exception;

pub use comments::{CommentProblem, Comments};
pub use date::Date;
pub use directive::{can_be_excepted, is_policy};
pub use finding_exception::FindingException;

/// An ignore comment that can't be understood, so that it suppresses nothing.
pub const WRONG: &str = "wrong-exception";

/// An exception whose last day has passed.
pub const EXPIRED: &str = "expired-exception";

/// What to do about it.
pub const EXPIRED_HELP: &str = "fix what the exception was about, or choose a later date";

/// An exception that suppresses no finding.
pub const UNUSED: &str = "unused-exception";

/// The names of findings that say that something couldn't be checked, or that are about an exception or a list.
pub const ABOUT_CHECK: [&str; 10] = [
    "unreadable",
    "syntax",
    "unknown-entity",
    "too-deep",
    "limit",
    "policy",
    "outdated-connectors",
    WRONG,
    EXPIRED,
    UNUSED,
];

/// What an exception has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Required {
    /// Whose findings it is about.
    pub rule: bool,
    /// Its last day.
    pub until: bool,
    /// Why it is made.
    pub reason: bool,
}

impl Required {
    /// What the configuration calls them.
    pub const NAMES: &[&str] = &["rule", "until", "reason"];

    /// Only what is named.
    pub fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        let is_named = |name: &str| names.contains(&name);
        Self {
            rule: is_named("rule"),
            until: is_named("until"),
            reason: is_named("reason"),
        }
    }
}

impl Default for Required {
    fn default() -> Self {
        Self {
            rule: true,
            until: true,
            reason: true,
        }
    }
}

/// Whether a glob of the configuration describes a path from its folder, or a folder on the way to it.
pub fn glob_describes(glob: &str, path: &str) -> bool {
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    fast_glob::glob_match(glob, path)
        || fast_glob::glob_match(format!("{}/**", glob.trim_end_matches('/')), path)
}
