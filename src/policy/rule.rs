use crate::report::Severity;

/// A rule as its METADATA describes it; its identity is its folder in `policies/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `no-docker-hub`.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Why it matters.
    pub description: &'static str,
    /// What a violation weighs unless the configuration says otherwise.
    pub severity: Severity,
    /// The root keys of the entities that it is about.
    pub entities: &'static [&'static str],
    /// Whether it is written as a policy of Harness, which has no list of connectors.
    pub is_exported: bool,
    /// Its page, from the root of the project.
    pub docs: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

impl Rule {
    /// The rule of that identity.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id == id)
    }
}

/// The rule that the documents themselves can break, configured like the others.
pub const DUPLICATE_KEY: &str = "duplicate-key";

/// The rule that registries decide, where the host has asked them; configured like the others.
pub const IMAGE_EXISTS: &str = "image-exists";

/// What is written in Rust and configured like the rules, with their titles.
pub const NATIVE: [(&str, &str); 2] = [
    (DUPLICATE_KEY, "No mapping has a key twice"),
    (IMAGE_EXISTS, "Images exist in their registries"),
];

/// What a violation weighs unless the configuration says otherwise.
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
