use crate::report::Severity;

/// A rule, as its METADATA describes it. Its identity is the name of its folder in `policies/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The identity, such as `no-docker-hub`.
    pub id: &'static str,
    /// The title, on one line.
    pub title: &'static str,
    /// Why it matters.
    pub description: &'static str,
    /// The default severity of a violation.
    pub severity: Severity,
    /// The root keys of the entities that it judges.
    pub entities: &'static [&'static str],
    /// Whether it is exported as a policy of Harness, which has no lists of connectors.
    pub is_exported: bool,
    /// The path of its page in the repository.
    pub docs: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

impl Rule {
    /// The rule with this identity.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }
}

/// The rule about repeated keys, which is written in Rust, and configured like the others.
pub const DUPLICATE_KEY: &str = "duplicate-key";

/// The rule about images that don't exist, which registries decide if the host has asked them. It is configured like
/// the others.
pub const IMAGE_EXISTS: &str = "image-exists";

/// The rules that are written in Rust, with their titles.
pub const NATIVE: [(&str, &str); 2] = [
    (DUPLICATE_KEY, "No mapping has a key twice"),
    (IMAGE_EXISTS, "Images exist in their registries"),
];

/// The default severity of a violation.
#[must_use]
pub fn default_severity(rule: &str) -> Severity {
    match Rule::find(rule) {
        Some(rule) => rule.severity,
        None if rule == DUPLICATE_KEY => Severity::Warning,
        None => Severity::Error,
    }
}

#[cfg(test)]
mod tests {
    use crate::typescript::assert_written;

    #[test]
    fn the_module_that_asks_every_rule_is_current() {
        let list = include_str!(concat!(env!("OUT_DIR"), "/rules.rego"));
        assert_written("policies/rules.rego", list);
    }
}
