//! `wrong-root`: reads something from the input that isn't where Harness puts an entity.

use commands::lint::{Finding, paths};
use compiler::syntax::ast::{Module, Term};

use crate::harness::PolicyEntity;

/// The key in the input next to the entity.
const METADATA: &str = "metadata";

/// Shorter keys are too easily similar to another one.
const LONG: usize = 6;

/// Finds references to parts of the input that Harness doesn't give.
pub fn wrong(module: &Module) -> Vec<Finding> {
    let package = package(module);
    let own = package
        .and_then(PolicyEntity::of_package)
        .and_then(|entity| entity.key);
    let mut findings = Vec::new();
    for path in module.rules.iter().flat_map(|rule| paths(rule, module)) {
        if !path.is_of_input() {
            continue;
        }
        let Some(root) = path.key(0) else { continue };
        let Some((right, why)) = better(root, package, own) else {
            continue;
        };
        findings.push(Finding::new(
            "wrong-root",
            path.at,
            format!("`input.{root}` is always undefined here, so nothing is denied: {why}"),
            format!("write `input.{right}`"),
        ));
    }
    findings
}

/// The keys at which the input has entities.
fn roots() -> impl Iterator<Item = &'static str> {
    PolicyEntity::all().filter_map(|entity| entity.key)
}

/// What to read instead of a key of the input, and why.
fn better(root: &str, package: Option<&str>, own: Option<&str>) -> Option<(String, String)> {
    let is_root = |key: &str| roots().any(|root| root == key) || key == METADATA;
    if let (Some(package), Some(own)) = (package, own) {
        if root == own || root == METADATA {
            return None;
        }
        let is_entity = PolicyEntity::from_name(root).is_some_and(|entity| entity.key.is_some())
            || roots().any(|known| known == root);
        if is_entity || root == format!("{own}s") {
            return Some((
                own.to_owned(),
                format!("policies of package `{package}` get their entity as `input.{own}`"),
            ));
        }
    }
    if is_root(root) || root.len() < LONG {
        return None;
    }
    let near = roots()
        .chain([METADATA])
        .filter(|known| known.len() >= LONG && *root != format!("{known}s"))
        .find(|known| {
            strsim::damerau_levenshtein(&root.to_lowercase(), &known.to_lowercase()) <= 1
        })?;
    Some((near.to_owned(), format!("Harness sets `{near}` instead")))
}

/// The last part of the package's name, which names the entity.
fn package(module: &Module) -> Option<&str> {
    module
        .package
        .last()
        .and_then(Term::as_text)
        .map(|name| &**name)
}
