//! The types of the fields of annotations, and the errors for other types.

use values::{Version, json};

/// How many wrong types and repeated keys are reported for one text. OPA reports a key that occurs n times n²/2
/// times.
const MOST: usize = 1_000;

/// A kind of value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar,
    Sequence,
    Mapping,
}

/// The kind that the next value must have, and Go's name for its type.
///
/// `depth` is the number of open sequences and mappings, `field` the field of the annotation.
pub(super) fn wanted(
    version: Version,
    depth: usize,
    field: Option<&str>,
) -> Option<(Shape, &'static str)> {
    let is_v1 = version == Version::V1;
    if depth == 0 {
        return Some((Shape::Mapping, "ast.rawAnnotation"));
    }
    let field = field?;
    let map = "map[string]interface {}";
    if depth == 2 {
        return match field {
            "organizations" => Some((Shape::Scalar, "string")),
            "schemas" => Some((Shape::Mapping, map)),
            _ => None,
        };
    }
    match field {
        "scope" | "title" | "description" => Some((Shape::Scalar, "string")),
        "entrypoint" => Some((Shape::Scalar, "bool")),
        "organizations" => Some((Shape::Sequence, "[]string")),
        "related_resources" | "authors" => Some((Shape::Sequence, "[]interface {}")),
        "schemas" => Some((Shape::Sequence, "[]map[string]interface {}")),
        "custom" => Some((Shape::Mapping, map)),
        "labels" | "compile" if is_v1 => Some((Shape::Mapping, map)),
        _ => None,
    }
}

/// Errors for wrong types, each with the position of the collection that it is in.
#[derive(Default)]
pub(super) struct TypeErrors(Vec<(usize, String)>);

impl TypeErrors {
    /// Adds the error for a value of the wrong type; `text` is that of a scalar.
    pub(super) fn mismatch(
        &mut self,
        order: usize,
        line: usize,
        (tag, text): (&str, Option<&str>),
        wanted: &str,
    ) {
        if self.0.len() >= MOST {
            return;
        }
        let shown = text.map_or_else(String::new, |text| {
            if text.len() <= 10 {
                return format!(" `{text}`");
            }
            let start = text.as_bytes().get(..7).unwrap_or_default();
            format!(" `{}...`", String::from_utf8_lossy(start))
        });
        let message = format!("line {line}: cannot unmarshal {tag}{shown} into {wanted}");
        self.0.push((order, message));
    }

    /// Adds the error for a key of a mapping that already occurs on these lines.
    pub(super) fn repeated(&mut self, order: usize, line: usize, name: &str, before: &[usize]) {
        let room = MOST.saturating_sub(self.0.len());
        self.0.extend(before.iter().take(room).map(|first| {
            let name = json::quoted(name, false);
            let message =
                format!("line {line}: mapping key {name} already defined at line {first}");
            (order, message)
        }));
    }

    /// All errors in one message; `None` if there are none.
    pub(super) fn message(mut self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        sort::by_key(&mut self.0, |(order, _)| *order);
        // Nothing in a mapping with a repeated key is checked.
        let is_outermost =
            |(order, line): &(usize, String)| *order == 1 && line.contains(": mapping key ");
        if self.0.iter().any(is_outermost) {
            self.0.retain(|(order, _)| *order == 1);
        }
        let lines: Vec<_> = self.0.into_iter().map(|(_, line)| line).collect();
        Some(format!("unmarshal errors:\n  {}", lines.join("\n  ")))
    }
}
