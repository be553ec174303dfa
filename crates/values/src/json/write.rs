//! Writes JSON as Go does, with the same order of keys and the same escapes.

use std::borrow::Cow;
use std::fmt;

use crate::{Bytes, Object, Value, budget};

/// Compact JSON, as Go writes it. It is cut off where the budget is spent.
#[must_use]
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_into(value, &mut out);
    out
}

/// A string as it is, and any other value as [`write`] writes it.
#[must_use]
pub fn write_bare(value: &Value) -> String {
    value.as_str().map_or_else(|| write(value), str::to_owned)
}

/// JSON on several lines, each level indented by `indent`.
#[must_use]
pub fn write_pretty(value: &Value, indent: &str) -> String {
    let mut out = String::new();
    write_lines(value, indent, "\n", &mut out);
    out
}

/// JSON on several lines as Go's `MarshalIndent` writes it: every line except the first begins with `prefix`.
#[must_use]
pub fn write_indented(value: &Value, prefix: &str, indent: &str) -> String {
    let mut out = String::new();
    write_lines(value, indent, &format!("\n{prefix}"), &mut out);
    out
}

/// Appends JSON on several lines, with `line` at the start of each.
pub fn write_lines(value: &Value, indent: &str, line: &str, out: &mut String) {
    Writer::new(out).write(value, Some(Lines { indent, line }));
}

/// Appends compact JSON.
pub fn write_into(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            use fmt::Write as _;
            let _ = write!(out, "{number}");
        }
        Value::String(text) => quote(text, out),
        Value::Bytes(bytes) => quote_bytes(bytes, out),
        Value::Array(_) | Value::Set(_) | Value::Object(_) => Writer::new(out).write(value, None),
    }
}

/// The layout of JSON on several lines.
#[derive(Clone, Copy)]
struct Lines<'l> {
    /// The indentation of each level.
    indent: &'l str,
    /// What comes before each line: a line break and the prefix.
    line: &'l str,
}

/// A collection that isn't complete yet.
enum Open<'v> {
    List(std::slice::Iter<'v, Value>),
    Fields(std::vec::IntoIter<(Cow<'v, str>, &'v Value)>),
}

/// How many bytes are written before the budget is drawn on again.
const PORTION: usize = 1 << 10;

/// Writes without recursion, as far as the budget allows.
struct Writer<'o> {
    out: &'o mut String,
    /// How much of the output has been taken from the budget.
    drawn: usize,
}

impl<'o> Writer<'o> {
    fn new(out: &'o mut String) -> Self {
        let drawn = out.len();
        Self { out, drawn }
    }

    fn write(mut self, value: &Value, lines: Option<Lines<'_>>) {
        let mut open: Vec<Open<'_>> = Vec::new();
        let mut next = Some(value);
        let mut is_first = true;
        loop {
            match next.take() {
                Some(Value::Array(items)) if !items.is_empty() => {
                    self.out.push('[');
                    open.push(Open::List(items.iter()));
                    is_first = true;
                }
                Some(Value::Set(items)) if !items.is_empty() => {
                    self.out.push('[');
                    open.push(Open::List(items.iter()));
                    is_first = true;
                }
                Some(Value::Object(object)) if !object.is_empty() => {
                    self.out.push('{');
                    open.push(Open::Fields(fields(object).into_iter()));
                    is_first = true;
                }
                Some(Value::Array(_) | Value::Set(_)) => self.out.push_str("[]"),
                Some(Value::Object(_)) => self.out.push_str("{}"),
                Some(scalar) => write_into(scalar, self.out),
                None => {}
            }
            if !self.draws(PORTION) {
                return;
            }
            let depth = open.len();
            let (field, end) = match open.last_mut() {
                None => break,
                Some(Open::List(items)) => (items.next().map(|item| (None, item)), ']'),
                Some(Open::Fields(fields)) => {
                    let field = fields.next();
                    (field.map(|(key, value)| (Some(key), value)), '}')
                }
            };
            let Some((key, value)) = field else {
                open.pop();
                self.line(lines, depth - 1);
                self.out.push(end);
                is_first = false;
                continue;
            };
            if !std::mem::take(&mut is_first) {
                self.out.push(',');
            }
            self.line(lines, depth);
            if let Some(key) = key {
                quote(&key, self.out);
                self.out.push_str(if lines.is_some() { ": " } else { ":" });
            }
            next = Some(value);
        }
        self.draws(0);
    }

    fn line(&mut self, lines: Option<Lines<'_>>, depth: usize) {
        let Some(Lines { indent, line }) = lines else {
            return;
        };
        self.out.push_str(line);
        let length = indent.len().saturating_mul(depth);
        // If lines are long, each is taken from the budget before it is written.
        if length < PORTION || budget::take(length) {
            self.out.extend(std::iter::repeat_n(indent, depth));
        }
    }

    /// Takes the output so far from the budget, unless it is less than a portion.
    fn draws(&mut self, portion: usize) -> bool {
        let written = self.out.len() - self.drawn;
        if written < portion {
            return true;
        }
        self.drawn = self.out.len();
        budget::take(written) && budget::read(written) && budget::has_for(self.out)
    }
}

/// About how many characters the JSON of a value has, including the indentation of deep ones; `None` if there are
/// more than `most`.
#[must_use]
pub fn weight(value: &Value, most: usize) -> Option<usize> {
    const DEEP: usize = 32;
    let mut weight = 0_usize;
    let mut open = vec![(value, 0_usize)];
    while let Some((value, depth)) = open.pop() {
        weight = weight.saturating_add(depth.saturating_sub(DEEP) * 4);
        weight = weight.saturating_add(match value {
            Value::String(text) => text.len() + 3,
            Value::Bytes(bytes) => bytes.text().len() * 2 + 3,
            Value::Number(number) => number.length() + 1,
            Value::Array(items) => {
                open.extend(items.iter().map(|item| (item, depth + 1)));
                2
            }
            Value::Set(items) => {
                open.extend(items.iter().map(|item| (item, depth + 1)));
                2
            }
            Value::Object(object) => {
                let values = object.iter().flat_map(|(key, value)| [key, value]);
                open.extend(values.map(|value| (value, depth + 1)));
                2
            }
            Value::Null | Value::Bool(_) => 5,
        });
        if weight > most || open.len() > most {
            return None;
        }
    }
    Some(weight)
}

/// How deep keys may nest in keys.
const KEYS_IN_KEYS: u32 = 500;

/// The fields of an object by their names in JSON. A key that isn't a string becomes its own JSON. If two have the
/// same name, the later one counts.
fn fields(object: &Object) -> Vec<(Cow<'_, str>, &Value)> {
    let mut fields: Vec<_> = object
        .iter()
        .map(|(key, value)| match key {
            Value::String(text) => (Cow::Borrowed(text.as_ref()), value),
            Value::Bytes(bytes) => (Cow::Borrowed(bytes.text()), value),
            // Keys that nest in keys are written as strings in strings, from the inside out.
            other if other.depth() > KEYS_IN_KEYS => {
                budget::nests_too_deeply();
                (Cow::Borrowed(""), value)
            }
            other => (Cow::Owned(write(other)), value),
        })
        .collect();
    if object.keys().any(|key| key.as_str().is_none()) {
        fields.reverse();
        sort::by(&mut fields, |(a, _), (b, _)| a.cmp(b));
        fields.dedup_by(|(later, _), (kept, _)| later == kept);
    }
    fields
}

/// Appends items, separated by commas.
pub fn write_list<T>(
    items: impl Iterator<Item = T>,
    out: &mut String,
    write: impl Fn(T, &mut String),
) {
    out.push('[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

/// Appends a string as JSON.
pub fn quote(text: &str, out: &mut String) {
    let is_written = |byte| !matches!(byte, 0..b' ' | b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2);
    out.push('"');
    if text.bytes().all(is_written) {
        out.push_str(text);
        out.push('"');
        return;
    }
    // An escaped character takes up to six bytes. The extra five are taken from the budget here, the others when the
    // output is.
    if text.len() > PORTION {
        let escapes = text.bytes().filter(|byte| !is_written(*byte)).count();
        if !budget::take(escapes.saturating_mul(5)) {
            return;
        }
    }
    escape(text, out);
    out.push('"');
}

/// Appends a string that isn't UTF-8. Go writes an escape for each byte that isn't part of a character.
fn quote_bytes(bytes: &Bytes, out: &mut String) {
    out.push('"');
    for (text, invalid) in bytes.parts() {
        escape(text, out);
        out.extend(invalid.iter().map(|_| "\\ufffd"));
    }
    out.push('"');
}

fn escape(text: &str, out: &mut String) {
    use fmt::Write as _;
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

impl fmt::Display for Value {
    /// The value in Rego's notation, as OPA writes it. It is cut off where the budget is spent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        enum Next<'v> {
            Value(&'v Value),
            Text(&'static str),
            Items(std::slice::Iter<'v, Value>, &'static str),
            Fields(std::slice::Iter<'v, (Value, Value)>),
        }

        let mut open = vec![Next::Value(self)];
        let mut is_first = true;
        while let Some(next) = open.pop() {
            let written = match next {
                Next::Text(text) => {
                    f.write_str(text)?;
                    text.len()
                }
                Next::Value(Value::Null) => {
                    f.write_str("null")?;
                    4
                }
                Next::Value(Value::Bool(value)) => {
                    value.fmt(f)?;
                    5
                }
                Next::Value(Value::Number(number)) => {
                    number.fmt(f)?;
                    number.length()
                }
                Next::Value(Value::String(text)) => {
                    // No character takes more than six bytes.
                    if text.len() > PORTION && !budget::take(text.len()) {
                        break;
                    }
                    let text = quoted(text, false);
                    f.write_str(&text)?;
                    text.len()
                }
                Next::Value(Value::Bytes(bytes)) => {
                    let text = quoted_bytes(bytes);
                    f.write_str(&text)?;
                    text.len()
                }
                Next::Value(Value::Set(set)) if set.is_empty() => {
                    f.write_str("set()")?;
                    5
                }
                Next::Value(Value::Array(items)) => {
                    f.write_str("[")?;
                    is_first = true;
                    open.push(Next::Items(items.iter(), "]"));
                    1
                }
                Next::Value(Value::Set(set)) => {
                    f.write_str("{")?;
                    is_first = true;
                    open.push(Next::Items(set.iter(), "}"));
                    1
                }
                Next::Value(Value::Object(object)) => {
                    f.write_str("{")?;
                    is_first = true;
                    open.push(Next::Fields(object.iter()));
                    1
                }
                Next::Items(mut items, end) => {
                    let Some(item) = items.next() else {
                        f.write_str(end)?;
                        is_first = false;
                        continue;
                    };
                    if !std::mem::take(&mut is_first) {
                        f.write_str(", ")?;
                    }
                    open.push(Next::Items(items, end));
                    open.push(Next::Value(item));
                    2
                }
                Next::Fields(mut fields) => {
                    let Some((key, value)) = fields.next() else {
                        f.write_str("}")?;
                        is_first = false;
                        continue;
                    };
                    if !std::mem::take(&mut is_first) {
                        f.write_str(", ")?;
                    }
                    open.push(Next::Fields(fields));
                    open.push(Next::Value(value));
                    open.push(Next::Text(": "));
                    open.push(Next::Value(key));
                    2
                }
            };
            if !budget::take(written) || !budget::step(1 + (written / 64) as u64) {
                break;
            }
        }
        Ok(())
    }
}

/// A string in quotes, as Go's `strconv.Quote` writes it, or `QuoteToASCII` if `is_ascii`.
#[must_use]
pub fn quoted(text: &str, is_ascii: bool) -> String {
    // Each character is looked up in tables.
    budget::step((text.len() / 4) as u64);
    let mut out = String::from("\"");
    push_quoted(text, is_ascii, &mut out);
    out.push('"');
    out
}

/// A string that isn't UTF-8 in quotes, with `\xff` for each byte that isn't part of a character.
fn quoted_bytes(bytes: &Bytes) -> String {
    use fmt::Write as _;
    budget::step((bytes.text().len() / 4) as u64);
    let mut out = String::from("\"");
    for (text, invalid) in bytes.parts() {
        push_quoted(text, false, &mut out);
        for byte in invalid {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}

fn push_quoted(text: &str, is_ascii: bool, out: &mut String) {
    use fmt::Write as _;
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if is_printable(c) && (c.is_ascii() || !is_ascii) => out.push(c),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0x7f => write!(out, "\\x{code:02x}"),
                    0x80..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
}

/// Whether a character can be printed: a letter, mark, digit, punctuation mark, symbol, or the space.
#[must_use]
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    // Rust only escapes marks at the beginning of a string.
    !['a', c]
        .iter()
        .collect::<String>()
        .escape_debug()
        .any(|c| c == '\\')
        || matches!(c, '\'' | '"' | '\\')
}
