//! Finds code that probably doesn't do what its author intended.
//!
//! OPA accepts all of it; the compiler reports what OPA refuses.

mod builtins;
mod negation;
mod path;
mod scope;
mod syntax;

pub use path::{Path, Step, paths};
pub use scope::{binding, defines, rules};

use std::fmt;
use std::str::FromStr;

use compiler::syntax::ast::{Location, Module};

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It is worth knowing.
    Note,
    /// It should be fixed.
    Warning,
}

/// A finding at one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule, such as `undefined-under-not`.
    pub rule: &'static str,
    /// How serious it is.
    pub weight: Weight,
    /// The location.
    pub at: Location,
    /// What is wrong, and why.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Finding {
    /// A warning.
    #[must_use]
    pub fn new(rule: &'static str, at: Location, message: String, help: String) -> Self {
        Self {
            rule,
            weight: Weight::Warning,
            at,
            message,
            help,
        }
    }
}

/// A version of OPA, such as 0.42.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opa {
    /// The number before the dot.
    pub major: u32,
    /// The number after the dot.
    pub minor: u32,
}

impl Opa {
    /// The version with these numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Opa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Opa {
    type Err = ();

    /// Parses `0.42`, `v0.42` or `0.42.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.strip_prefix('v').unwrap_or(text).split('.');
        let mut next = || numbers.next().and_then(|number| number.parse().ok());
        let (Some(major), Some(minor)) = (next(), next()) else {
            return Err(());
        };
        let rest: Vec<_> = numbers.collect();
        match rest.as_slice() {
            [] => {}
            [patch] if patch.parse::<u32>().is_ok() => {}
            _ => return Err(()),
        }
        Ok(Self { major, minor })
    }
}

/// What the rules know about the environment of the modules.
pub struct Surroundings<'s> {
    /// The oldest version of OPA that has to read them.
    pub oldest: Opa,
    /// Whether what a reference leads to always exists.
    pub is_given: &'s dyn Fn(&Path) -> bool,
}

/// Checks modules that are used together. The findings of each module are in the order of their locations.
#[must_use]
pub fn lint(modules: &[Module], around: &Surroundings<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in modules {
        findings.extend(negation::undefined(module, around));
        findings.extend(builtins::deprecated(module));
        findings.extend(builtins::newer(module, around.oldest));
        findings.extend(syntax::newer(module, around.oldest));
        findings.extend(syntax::older(module));
    }
    findings
}
