//! The addresses of the documentation.

/// The project's repository, from the manifest.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The address of a page, given its path in the repository. A fragment is kept.
#[must_use]
pub fn address(path: &str) -> String {
    format!("{REPOSITORY}/blob/main/{path}")
}

/// The address of the section about a finding of the check itself.
#[must_use]
pub fn address_of_error(rule: &str) -> String {
    address(&format!("docs/errors.md#{rule}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{REPOSITORY, address};

    #[test]
    fn a_page_has_the_address_of_the_repository() {
        assert_eq!(
            address("docs/lint.md#never-fails"),
            format!("{REPOSITORY}/blob/main/docs/lint.md#never-fails")
        );
    }

    /// Addresses are made of it, and both packages must have the same one.
    #[test]
    fn the_npm_package_names_the_same_repository() {
        let manifest = fs::read_to_string("pkg/package.json").unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        let named = |pointer: &str| manifest.pointer(pointer).and_then(|value| value.as_str());
        assert_eq!(
            named("/repository/url"),
            Some(format!("git+{REPOSITORY}.git").as_str())
        );
        assert_eq!(
            named("/bugs/url"),
            Some(format!("{REPOSITORY}/issues").as_str())
        );
        assert_eq!(
            named("/homepage"),
            Some(format!("{REPOSITORY}#readme").as_str())
        );
    }
}
