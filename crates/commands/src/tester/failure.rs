//! Why a test fails: the expression that was false, and the values compared in it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use compiler::syntax::ast::{Location, Rule};
use rego::eval::Difference;
use rego::policy::position;
use values::Value;

/// How many code points of an expression or value are shown.
const SHOWN: usize = 1_000;

/// `line 3: x == 1`, with both sides if they differ; `None` if nothing of the test was evaluated.
pub(super) fn message(
    rule: &Rule,
    text: &str,
    covered: &BTreeSet<Location>,
    differed: Option<&Difference>,
    value: Option<&Value>,
) -> Option<String> {
    if let Some(value) = value {
        return Some(format!("its value is {}", shown(&value.to_string())));
    }
    // A comparison that keeps a body from being evaluated isn't covered itself.
    let last = covered
        .iter()
        .chain(differed.map(|differed| &differed.at))
        .filter(|at| {
            at.module == rule.at.module
                && **at != rule.at
                && at.start >= rule.at.start
                && at.end <= rule.at.end
        })
        .max_by_key(|at| at.start)?;
    let (line, _) = position(text, *last);
    let expression = text.get(last.start as usize..last.end as usize);
    let mut message = format!("line {line}: {}", shown(expression.unwrap_or_default()));
    if let Some((left, right)) = differed
        .filter(|differed| differed.at == *last)
        .and_then(|differed| differed.compared.as_ref())
    {
        let (left, right) = (left.to_string(), right.to_string());
        let _ = write!(
            message,
            "\n  left:  {}\n  right: {}",
            shown(&left),
            shown(&right)
        );
    }
    Some(message)
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
