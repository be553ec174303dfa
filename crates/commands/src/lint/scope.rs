//! What the names in a module refer to, as far as the module itself shows.

use compiler::syntax::ast::{Body, ExprKind, Module, Rule, Term, TermKind};

use super::path::{Path, Step};

/// The rules with this name in a module, in source order.
pub fn rules<'m>(module: &'m Module, name: &'m str) -> impl Iterator<Item = &'m Rule> {
    module
        .rules
        .iter()
        .filter(move |rule| &*rule.head.name() == name)
}

/// Whether a module defines a name.
#[must_use]
pub fn defines(module: &Module, name: &str) -> bool {
    rules(module, name).next().is_some()
}

/// The term that `:=` or `=` binds a variable of a body to.
#[must_use]
pub fn binding<'b>(body: &'b Body, name: &str) -> Option<&'b Term> {
    body.iter().filter(|expr| !expr.negated).find_map(|expr| {
        let ExprKind::Call(call) = &expr.kind else {
            return None;
        };
        let [operator, left, right] = call.as_slice() else {
            return None;
        };
        if !matches!(operator.operator().as_deref(), Some("assign" | "eq")) {
            return None;
        }
        let is = |term: &Term| term.as_var().is_some_and(|var| &**var == name);
        if is(left) {
            Some(right)
        } else if is(right) {
            Some(left)
        } else {
            None
        }
    })
}

/// Whether a path into the module's rules always has a value.
pub(super) fn is_defined_rule(module: &Module, path: &Path) -> bool {
    let mut all = rules(module, &path.head).peekable();
    let is_collection = all.peek().is_some_and(|rule| {
        rule.head.is_set() || rule.head.reference.len() > 1 || rule.head.is_function()
    });
    if is_collection {
        return path.steps.is_empty();
    }
    all.any(|rule| {
        (rule.is_default || is_fixed(rule))
            && rule
                .head
                .value
                .as_ref()
                .is_none_or(|value| has(value, &path.steps))
    })
}

/// Whether a rule has a single value without conditions, as in `owner := input.pipeline.owner`.
pub(super) fn is_fixed(rule: &Rule) -> bool {
    rule.generated_body
        && !rule.head.is_set()
        && !rule.head.is_function()
        && rule.head.reference.len() <= 1
}

/// Whether a constant has what a path looks up in it.
pub(super) fn has(value: &Term, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    let Step::Key(key) = step else { return false };
    let TermKind::Object(fields) = &value.kind else {
        return false;
    };
    fields
        .iter()
        .any(|(name, value)| name.as_text() == Some(key) && has(value, rest))
}
