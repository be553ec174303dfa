//! Reads one block of METADATA: parses its YAML into annotations.

use std::fmt::Write as _;

use crate::problem::{Code, Problem};
use crate::syntax;
use crate::syntax::ast::{Block, Expr, ExprKind, Location, Term, TermKind};
use builtins::{annotations, uri_error};
use values::{Object, Value, Version, json};

/// Reads the annotations of a block. A block that names no scope gets one later.
///
/// # Errors
///
/// The first problem that OPA's parser reports, at the location that it reports.
pub(super) fn read(block: &Block, version: Version) -> Result<Object, Problem> {
    let fail = |at: Location, message: String| {
        let message = match version {
            Version::V0 => without_arguments(&message),
            Version::V1 => message,
        };
        Problem::new(Code::Parse, at, message)
    };
    let mut text = block.lines.join("\n");
    text.push('\n');
    if text.trim().is_empty() {
        let message = "expected METADATA block, found whitespace".to_owned();
        return Err(fail(block.at, message));
    }
    let raw = annotations(&text, version).map_err(|error| {
        if !error.message.starts_with("yaml:") {
            return fail(block.at, error.message);
        }
        let line = line_of(&error.message);
        let at = block.places.get(line.unwrap_or(0));
        let at = at.or_else(|| block.places.last().filter(|_| line.is_some()));
        let at = at.or_else(|| block.places.first()).unwrap_or(&block.at);
        let hints = hints(block, version);
        fail(*at, format!("{}{hints}", error.message))
    })?;
    let Value::Object(raw) = raw else {
        // Only an empty document gets this far.
        return Ok(Object::default());
    };
    annotated(&raw, version).map_err(|message| fail(block.at, message))
}

/// The message as OPA 0.70 prints it: formatted once more, without arguments.
fn without_arguments(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let after = after.trim_start_matches(|c: char| "+-# 0123456789.".contains(c));
        let mut chars = after.chars();
        match chars.next() {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) => {
                out.push_str("%!");
                out.push(verb);
                out.push_str("(MISSING)");
            }
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The line that the message names at its start.
fn line_of(message: &str) -> Option<usize> {
    let rest = message.strip_prefix("yaml:")?;
    let rest = match rest.strip_prefix(" unmarshal errors:") {
        Some(rest) => rest.trim_start(),
        None => rest.strip_prefix(' ')?,
    };
    let (line, _) = rest.strip_prefix("line ")?.split_once(':')?;
    line.parse().ok()
}

/// Hints at a colon that YAML doesn't take for a separator because something other than a space follows it.
fn hints(block: &Block, version: Version) -> String {
    let mut hints = String::new();
    for (i, line) in block.lines.iter().enumerate() {
        let mut stray: Vec<String> = Vec::new();
        let parts: Vec<&str> = line.split(':').skip(1).collect();
        for (j, part) in parts.iter().enumerate() {
            let is_end = part.is_empty() && j + 1 == parts.len();
            if is_end || part.starts_with([' ', '\t']) {
                // OPA 1.22 keeps the characters that it found before.
                if version == Version::V0 {
                    stray.clear();
                }
                break;
            }
            let first = part.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
            let quoted = json::quoted(&first.to_string(), true);
            stray.push(match first {
                '\'' => "'\\''".to_owned(),
                '"' => "'\"'".to_owned(),
                _ => format!("'{}'", quoted.trim_matches('"')),
            });
        }
        if !stray.is_empty() {
            let row = block.row + 1 + i;
            let stray = stray.join(" ");
            // Writing to a string can't fail.
            let _ = write!(
                hints,
                "\n  Hint: on line {row}, symbol(s) [{stray}] immediately following a key/value separator ':' is not a legal yaml space character"
            );
        }
    }
    hints
}

/// The annotations of a parsed block. Each field is `null` or has its type already.
fn annotated(raw: &Object, version: Version) -> Result<Object, String> {
    let mut kept = Object::default();
    for name in ["scope", "title", "description"] {
        if let Some(value @ Value::String(text)) = raw.field(name)
            && !text.is_empty()
        {
            kept.insert(name.into(), value.clone());
        }
    }
    if raw.field("entrypoint") == Some(&Value::Bool(true)) {
        kept.insert("entrypoint".into(), true.into());
    }
    let organizations = list(raw, "organizations");
    let organizations = organizations.iter().filter(|item| **item != Value::Null);
    put(&mut kept, "organizations", organizations.cloned().collect());
    let resources = each(raw, "related_resources", resource)?;
    put(&mut kept, "related_resources", resources);
    if version == Version::V1 {
        compile(raw)?;
    }
    put(&mut kept, "schemas", each(raw, "schemas", schema)?);
    put(&mut kept, "authors", each(raw, "authors", author)?);
    let labels = (version == Version::V1).then_some("labels");
    for name in std::iter::once("custom").chain(labels) {
        if let Some(value @ Value::Object(fields)) = raw.field(name)
            && !fields.is_empty()
        {
            kept.insert(name.into(), value.clone());
        }
    }
    Ok(kept)
}

/// Checks instructions for other compilers (`compile`): they have to be well-formed.
fn compile(raw: &Object) -> Result<(), String> {
    let Some(Value::Object(fields)) = raw.field("compile") else {
        return Ok(());
    };
    let shown = |text: &str| json::quoted(text, false);
    for unknown in list(fields, "unknowns").iter().filter_map(Value::as_str) {
        if reference(unknown).is_none() {
            let unknown = shown(unknown);
            return Err(format!(
                "invalid unknowns element {unknown}: expected ref but got something else"
            ));
        }
    }
    match fields.field("mask_rule").and_then(Value::as_str) {
        Some(rule) if reference(rule).is_none() => {
            let rule = shown(rule);
            Err(format!("invalid mask_rule annotation type {rule}: string"))
        }
        _ => Ok(()),
    }
}

fn list<'r>(raw: &'r Object, name: &str) -> &'r [Value] {
    match raw.field(name) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

fn put(fields: &mut Object, name: &str, items: Vec<Value>) {
    if !items.is_empty() {
        fields.insert(name.into(), items.into());
    }
}

fn each(
    raw: &Object,
    name: &str,
    read: fn(&Value) -> Result<Value, String>,
) -> Result<Vec<Value>, String> {
    list(raw, name).iter().map(read).collect()
}

/// A value as Go's `%s` prints it.
fn shown_by_go(value: &Value, is_inner: bool) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Bytes(bytes) => bytes.text().to_owned(),
        Value::Null if is_inner => "<nil>".to_owned(),
        Value::Null => "%!s(<nil>)".to_owned(),
        Value::Bool(bool) => format!("%!s(bool={bool})"),
        Value::Number(number) => match number.as_i64() {
            Some(int) => format!("%!s(int={int})"),
            None => format!("%!s(float64={number})"),
        },
        Value::Array(items) => {
            let items = items.iter().map(|item| shown_by_go(item, true));
            format!("[{}]", items.collect::<Vec<_>>().join(" "))
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| {
                let key = shown_by_go(key, true);
                format!("{key}:{}", shown_by_go(value, true))
            });
            format!("map[{}]", fields.collect::<Vec<_>>().join(" "))
        }
        Value::Set(_) => value.to_string(),
    }
}

/// The string in a field, trimmed.
fn trimmed<'v>(fields: &'v Object, name: &str) -> &'v str {
    let text = fields.field(name).and_then(Value::as_str);
    text.map(str::trim).unwrap_or_default()
}

fn filled<'t>(fields: impl IntoIterator<Item = (&'t str, &'t str)>) -> Value {
    let filled = fields.into_iter().filter(|(_, text)| !text.is_empty());
    Value::object(filled.map(|(name, text)| (name, Value::from(text))))
}

fn resource(value: &Value) -> Result<Value, String> {
    let fail = |why: &str| {
        let value = shown_by_go(value, false);
        Err(format!(
            "invalid related-resource definition {value}: {why}"
        ))
    };
    let (target, description) = match value {
        Value::String(text) if text.is_empty() => return fail("ref URL may not be empty string"),
        Value::String(text) => (&**text, ""),
        Value::Object(fields) => match trimmed(fields, "ref") {
            "" => return fail("'ref' value required in object"),
            target => (target, trimmed(fields, "description")),
        },
        _ => return fail("invalid value type, must be string or map"),
    };
    match uri_error(target) {
        Some(error) => fail(&error),
        None => Ok(filled([("ref", target), ("description", description)])),
    }
}

fn author(value: &Value) -> Result<Value, String> {
    let fail = |why| {
        let value = shown_by_go(value, false);
        format!("invalid author definition {value}: {why}")
    };
    match value {
        Value::String(text) => {
            let mut words: Vec<&str> = text.split_whitespace().collect();
            let Some(last) = words.last() else {
                return Err(fail("author is an empty string"));
            };
            let email = last
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'));
            if email.is_some() {
                words.pop();
            }
            let name = words.join(" ");
            Ok(filled([
                ("name", name.as_str()),
                ("email", email.unwrap_or_default()),
            ]))
        }
        Value::Object(fields) => match (trimmed(fields, "name"), trimmed(fields, "email")) {
            ("", "") => Err(fail("'name' and/or 'email' values required in object")),
            (name, email) => Ok(filled([("name", name), ("email", email)])),
        },
        _ => Err(fail("invalid value type, must be string or map")),
    }
}

fn schema(pair: &Value) -> Result<Value, String> {
    let first = match pair {
        Value::Object(fields) => fields.iter().next(),
        _ => None,
    };
    let Some((Value::String(name), schema)) = first else {
        return Err("invalid document reference".to_owned());
    };
    let path = reference(name).filter(|path| path.len() > 1 || is_root(path));
    let path = path.ok_or("invalid document reference")?;
    let (kind, schema) = match schema {
        Value::String(text) => {
            let parts = reference(text).filter(|parts| parts.first() == Some(&"schema".into()));
            let parts = parts.ok_or("invalid schema reference")?;
            ("schema", Value::array(parts))
        }
        Value::Object(_) => ("definition", schema.clone()),
        _ => {
            let name = json::quoted(name, false);
            return Err(format!("invalid schema declaration for path {name}"));
        }
    };
    Ok(Value::object([
        ("path", Value::array(path)),
        (kind, schema),
    ]))
}

/// Whether OPA takes a path of one part for a reference, as it does with `input` and `data`.
fn is_root(path: &[Value]) -> bool {
    let first = path.first().and_then(Value::as_str);
    matches!(first, Some("input" | "data"))
}

/// The parts of a reference such as `schema.a["b"]`.
fn reference(text: &str) -> Option<Vec<Value>> {
    let body = syntax::parse_query(text, 0, Version::V0, &[]).ok()?;
    let [
        Expr {
            kind: ExprKind::Term(term),
            ..
        },
    ] = body.as_slice()
    else {
        return None;
    };
    let part = |term: &Term| match &term.kind {
        TermKind::Var(name) => Some(Value::from(&**name)),
        TermKind::Value(value) => Some(value.clone()),
        _ => None,
    };
    match &term.kind {
        TermKind::Var(name) => Some(vec![Value::from(&**name)]),
        TermKind::Ref(parts) => {
            let (root, rest) = parts.split_first()?;
            let rest = rest.iter().map(|part| part.as_value().cloned());
            std::iter::once(part(root)).chain(rest).collect()
        }
        _ => None,
    }
}
