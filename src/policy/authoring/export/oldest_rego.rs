//! Changes rules so that every OPA reads them as Rego v0. OPA 0.42 has `if`, but not after `else`, and a module
//! without `if` doesn't need an import for it.

use compiler::syntax::ast::Rule;

/// A range of the source, and what replaces it.
pub type SourceEdit = (usize, usize, String);

/// The edits of a rule, or of one `else`, after which it needs neither `if` nor `contains`.
pub fn edits(rule: &Rule, text: &str) -> Vec<SourceEdit> {
    let mut edits = Vec::new();
    if rule.head.has_contains
        && let (Some(name), Some(key)) = (rule.head.reference.last(), &rule.head.key)
    {
        edits.push((name.at.end as usize, key.at.start as usize, "[".to_owned()));
        edits.push((key.at.end as usize, key.at.end as usize, "]".to_owned()));
    }
    if rule.head.has_if
        && let (Some(first), Some(last)) = (rule.body.first(), rule.body.last())
    {
        let head = rule.head.at.end as usize;
        let start = first.at.start as usize;
        let between = text.get(head..start).unwrap_or_default();
        if let Some(brace) = between.find('{') {
            edits.push((head, head + brace, " ".to_owned()));
        } else {
            let end = last.at.end as usize;
            edits.push((head, start, " {\n\t".to_owned()));
            let lines = text.get(start..end).unwrap_or_default();
            let deeper = lines.match_indices('\n').map(|(i, _)| start + i + 1);
            edits.extend(deeper.map(|at| (at, at, "\t".to_owned())));
            edits.push((end, end, "\n}".to_owned()));
        }
    }
    edits
}
