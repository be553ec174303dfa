//! The catalogue of OPA's functions: which version has them, and which of them don't exist here.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Every function of OPA that a policy may call: its name, the version that introduced it, and whether it is
/// deprecated, from OPA's capability files.
const OPA: &str = include_str!("opa.tsv");

/// What the catalogue has on a function.
struct Entry {
    since: &'static str,
    is_deprecated: bool,
}

/// The functions by name. They are looked up for each call that is compiled.
static ENTRIES: LazyLock<HashMap<&str, Entry>> = LazyLock::new(|| {
    let entries = OPA.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let name = columns.next()?;
        let since = columns.next()?;
        let is_deprecated = columns.next() == Some("deprecated");
        Some((
            name,
            Entry {
                since,
                is_deprecated,
            },
        ))
    });
    entries.collect()
});

/// A function of OPA, and who computes it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// The name, such as `regex.match`.
    pub name: &'static str,
    /// The version of OPA that introduced it; `v0.17.0` may also be an earlier one.
    pub since: &'static str,
    /// Whether OPA has deprecated it, so that Rego v1 refuses it.
    pub is_deprecated: bool,
    /// Who computes it.
    pub support: Support,
}

/// Who computes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// This crate.
    Here,
    /// The host.
    Host,
    /// Nobody, for this reason. A policy that calls it is refused.
    Nobody(&'static str),
}

/// Every function of OPA, sorted by name.
pub fn all() -> impl Iterator<Item = Listed> {
    OPA.lines().filter_map(|line| {
        let name = line.split('\t').next()?;
        let entry = ENTRIES.get(name)?;
        let support = match super::find(name).map(|builtin| builtin.call) {
            None => Support::Nobody(reason(name)),
            Some(super::Call::Hosted(_)) => Support::Host,
            Some(_) => Support::Here,
        };
        Some(Listed {
            name,
            since: entry.since,
            is_deprecated: entry.is_deprecated,
            support,
        })
    })
}

/// Why a function of OPA doesn't exist here; `None` if OPA doesn't have it either.
#[must_use]
pub fn lacking(name: &str) -> Option<&'static str> {
    (ENTRIES.contains_key(name) && super::find(name).is_none()).then(|| reason(name))
}

/// The version of OPA that introduced a function, such as `v0.36.0`; `None` if OPA doesn't have it.
#[must_use]
pub fn since(name: &str) -> Option<&'static str> {
    ENTRIES.get(name).map(|entry| entry.since)
}

/// Whether OPA has deprecated a function, so that Rego v1 refuses it.
#[must_use]
pub fn is_deprecated(name: &str) -> bool {
    ENTRIES.get(name).is_some_and(|entry| entry.is_deprecated)
}

fn reason(name: &str) -> &'static str {
    if name.starts_with("graphql.") {
        "it needs a whole GraphQL compiler"
    } else if name.starts_with("crypto.x509.") || name == "crypto.parse_private_keys" {
        "certificates can't be read here"
    } else if ["crypto.", "io.jwt.", "providers.aws."]
        .iter()
        .any(|start| name.starts_with(start))
    {
        "this build has no cryptography"
    } else if name == "rego.parse_module" {
        "its result is OPA's own syntax tree"
    } else {
        "it isn't implemented yet"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_only_opa_has_is_known() {
        assert_eq!(
            lacking("graphql.parse"),
            Some("it needs a whole GraphQL compiler")
        );
        assert_eq!(lacking("crypto.sha256"), None);
        assert_eq!(lacking("no.such"), None);
    }

    #[test]
    fn there_is_nothing_that_opa_has_not() {
        let unknown: Vec<_> = crate::TABLES
            .iter()
            .copied()
            .flatten()
            .map(|builtin| builtin.name)
            .filter(|name| !name.starts_with("internal.") && !ENTRIES.contains_key(name))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
