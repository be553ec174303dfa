//! Exceptions: comments in files, and entries in the configuration, that suppress findings until a date.
//!
//! What a comment covers depends only on its location, and is decided here. Whether an exception in the configuration
//! covers a finding is decided in Rego (`policies/lib/exception.rego`), so that exported policies decide it in the
//! same way.

mod comments;
mod date;
mod directive;
mod finding_exception;

pub use comments::{CommentProblem, Comments};
pub use date::Date;
pub use directive::{can_be_excepted, is_policy};
pub use finding_exception::FindingException;

/// The identity of a problem: an ignore comment is invalid, so it suppresses nothing.
pub const WRONG: &str = "wrong-exception";

/// The identity of a problem: the last day of an exception has passed.
pub const EXPIRED: &str = "expired-exception";

/// What to do about an expired exception.
pub const EXPIRED_HELP: &str = "fix what the exception was about, or choose a later date";

/// The identity of a problem: an exception suppresses no finding.
pub const UNUSED: &str = "unused-exception";

/// The identity of a problem: a list of connectors is older than the configuration allows.
pub const OUTDATED: &str = "outdated-connectors";

/// The names of findings that say that something couldn't be checked, or that are about an exception or a list.
pub const ABOUT_CHECK: [&str; 10] = [
    "unreadable",
    "syntax",
    "unknown-entity",
    "too-deep",
    "limit",
    "policy",
    OUTDATED,
    WRONG,
    EXPIRED,
    UNUSED,
];

/// What an exception must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Required {
    /// The rule whose findings it suppresses.
    pub rule: bool,
    /// Its last day.
    pub until: bool,
    /// The reason.
    pub reason: bool,
}

impl Required {
    /// Their names in the configuration.
    pub const NAMES: &[&str] = &["rule", "until", "reason"];

    /// Requires only what is named.
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

/// The end of a sentence about what an exception lacks, such as `has no date and no reason`. None if it lacks nothing.
pub fn has_no(lacking: &[&str]) -> Option<String> {
    let (last, others) = lacking.split_last()?;
    if others.is_empty() {
        return Some(format!("has no {last}"));
    }
    Some(format!("has no {} and no {last}", others.join(", no ")))
}

/// Whether a glob in the configuration matches a path from its folder, or a folder on the way to it.
pub fn glob_describes(glob: &str, path: &str) -> bool {
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    fast_glob::glob_match(glob, path)
        || fast_glob::glob_match(format!("{}/**", glob.trim_end_matches('/')), path)
}
