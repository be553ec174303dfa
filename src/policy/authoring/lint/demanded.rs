//! Keys that Harness requires.

use commands::lint::{Path, Step};

/// Keys that Harness requires in every entity, stage and step.
const DEMANDED: &[&str] = &["identifier", "name", "type"];

/// Whether a path exists in every input that Harness gives to a policy.
pub fn is_demanded(path: &Path) -> bool {
    let Some((last, before)) = path.steps.split_last() else {
        return false;
    };
    let Step::Key(last) = last else { return false };
    let owner = match before.last() {
        None => return !path.is_of_input() && DEMANDED.contains(&&**last),
        Some(Step::Key(key)) => &**key,
        Some(_) => return false,
    };
    if path.is_of_input() && before.len() == 1 && owner == "metadata" {
        return true;
    }
    let is_owner = (path.is_of_input() && before.len() == 1)
        || matches!(owner, "stage" | "step" | "stepGroup");
    is_owner && DEMANDED.contains(&&**last)
}
