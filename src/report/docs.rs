//! Where pages of the documentation can be opened.

/// The project's repository, as the manifest names it.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The address of a page, by its path from the root of the project; a `#` and what follows it stay.
#[must_use]
pub fn address(path: &str) -> String {
    format!("{REPOSITORY}/blob/main/{path}")
}

/// The address of what is said of a finding about the check itself.
#[must_use]
pub fn address_of_error(rule: &str) -> String {
    address(&format!("docs/errors.md#{rule}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
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

    /// Addresses are made of it, so it is written once for both packages.
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
