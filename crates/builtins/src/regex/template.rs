//! Replacements with references to groups, and strings with patterns in them.

use regex_automata::util::captures::Captures;

use super::{group, syntax};
use crate::Failure;
use values::json;

/// A replacement: strings, and references to groups.
pub(super) struct Replacement<'t>(Vec<Part<'t>>);

enum Part<'t> {
    Text(&'t str),
    Index(usize),
    Name(&'t str),
}

impl<'t> Replacement<'t> {
    /// Parses `$1`, `${1}`, `$name`, `${name}` and `$$`.
    pub(super) fn new(text: &'t str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            parts.push(Part::Text(before));
            rest = after;
            if let Some(after) = rest.strip_prefix('$') {
                parts.push(Part::Text("$"));
                rest = after;
            } else if let Some((part, after)) = reference(rest) {
                parts.push(part);
                rest = after;
            } else {
                parts.push(Part::Text("$"));
            }
        }
        parts.push(Part::Text(rest));
        Self(parts)
    }

    /// Appends the replacement of a match.
    pub(super) fn expand(
        &self,
        names: &[Option<String>],
        captures: &Captures,
        text: &str,
        out: &mut String,
    ) {
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Index(index) => out.push_str(group(captures, *index, text)),
                Part::Name(name) => {
                    // If groups have the same name, the first that took part in the match counts.
                    let index = names.iter().enumerate().position(|(index, known)| {
                        known.as_deref() == Some(name) && captures.get_group(index).is_some()
                    });
                    out.push_str(index.map_or("", |index| group(captures, index, text)));
                }
            }
        }
    }
}

/// The reference after a `$`, and the rest of the text.
fn reference(text: &str) -> Option<(Part<'_>, &str)> {
    let inner = text.strip_prefix('{');
    let is_word = |c: char| c == '_' || c.is_alphanumeric();
    let body = inner.unwrap_or(text);
    let length = body.find(|c| !is_word(c)).unwrap_or(body.len());
    let (name, rest) = body.split_at(length);
    if name.is_empty() {
        return None;
    }
    let rest = match inner {
        Some(_) => rest.strip_prefix('}')?,
        None => rest,
    };
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit())
        && name.len() < 10
        && (name.len() == 1 || !name.starts_with('0'));
    let part = match name.parse() {
        Ok(index) if is_number => Part::Index(index),
        _ => Part::Name(name),
    };
    Some((part, rest))
}

/// The pattern of a string that has patterns between delimiters.
pub(super) fn pattern(template: &str, open: u8, close: u8) -> Result<String, Failure> {
    let mut pattern = String::from("^");
    let mut level = 0_usize;
    let (mut start, mut end) = (0, 0);
    let unbalanced = || {
        Failure::Failed(format!(
            "unbalanced braces in {}",
            json::quoted(template, false)
        ))
    };
    let mut places = Vec::new();
    for (at, byte) in template.bytes().enumerate() {
        if byte == open {
            level += 1;
            if level == 1 {
                start = at;
            }
        } else if byte == close {
            level = level.checked_sub(1).ok_or_else(unbalanced)?;
            if level == 0 {
                places.push((start, at));
            }
        }
    }
    if level > 0 {
        return Err(unbalanced());
    }
    for (start, close) in places {
        let raw = template.get(end..start).unwrap_or_default();
        let inner = template.get(start + 1..close).unwrap_or_default();
        end = close + 1;
        literal(raw, &mut pattern);
        syntax::parse(&format!("^{inner}$"))?;
        pattern.push('(');
        pattern.push_str(inner);
        pattern.push(')');
    }
    literal(template.get(end..).unwrap_or_default(), &mut pattern);
    pattern.push('$');
    Ok(pattern)
}

/// Appends a pattern that only matches this text.
fn literal(text: &str, out: &mut String) {
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
}
