//! What OPA has, since when, and why some of it isn't here.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Every function of OPA that a policy may call: its name, the version that first had it, and
/// whether it is deprecated, as OPA's files of capabilities say.
const OPA: &str = include_str!("opa.tsv");

/// What is known of one function.
struct Entry {
    since: &'static str,
    is_deprecated: bool,
}

/// The functions by name: they are asked for with every call that is compiled.
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

/// A function of OPA's, and what is done about it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// `regex.match`.
    pub name: &'static str,
    /// The version of OPA that first had it; `v0.17.0` also stands for those before.
    pub since: &'static str,
    /// Whether OPA advises against it, and refuses it in Rego v1.
    pub is_deprecated: bool,
    /// Who computes it.
    pub support: Support,
}

/// Who computes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It is computed here.
    Here,
    /// The host is asked.
    Host,
    /// Nobody, and why: a policy that calls it is refused.
    Nobody(&'static str),
}

/// Every function of OPA's, by name.
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

/// Why a function that OPA has isn't here; none where OPA hasn't it either.
#[must_use]
pub fn lacking(name: &str) -> Option<&'static str> {
    (ENTRIES.contains_key(name) && super::find(name).is_none()).then(|| reason(name))
}

/// The version of OPA that first had a function, `v0.36.0`; none where OPA hasn't it.
#[must_use]
pub fn since(name: &str) -> Option<&'static str> {
    ENTRIES.get(name).map(|entry| entry.since)
}

/// Whether OPA advises against a function, and refuses it in Rego v1.
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
