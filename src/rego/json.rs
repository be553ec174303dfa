//! JSON, as Go writes and reads it.

use std::fmt;

use super::number::Number;
use super::value::Value;

/// The text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes.
    pub offset: usize,
}

const DEPTH: usize = 500;

/// A JSON text's value; of equal keys, the last one counts.
///
/// # Errors
///
/// What is wrong first, with its place.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        let mut error = reader.invalid("after top-level value");
        error.message.insert_str(0, "error: ");
        return Err(error);
    }
    Ok(value)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn error(&self, message: &str) -> JsonError {
        JsonError {
            message: message.to_owned(),
            offset: self.at,
        }
    }

    /// What Go says of a character that can't stand here, or of the text's end.
    fn invalid(&self, context: &str) -> JsonError {
        let message = match self.rest().chars().next() {
            None => "unexpected EOF".to_owned(),
            Some('\'') => format!("invalid character '\\'' {context}"),
            Some('"') => format!("invalid character '\"' {context}"),
            Some(c) => {
                let shown = quoted(&c.to_string(), false);
                format!("invalid character '{}' {context}", shown.trim_matches('"'))
            }
        };
        self.error(&message)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn value(&mut self) -> Result<Value, JsonError> {
        self.space();
        match self.rest().bytes().next() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::from(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.take("null") => Ok(Value::Null),
            _ if self.take("true") => Ok(true.into()),
            _ if self.take("false") => Ok(false.into()),
            None if self.at == self.text.len() && self.text.trim().is_empty() => {
                Err(self.error("EOF"))
            }
            _ => Err(self.invalid("looking for beginning of value")),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Value, JsonError>,
    ) -> Result<Value, JsonError> {
        if self.depth >= DEPTH {
            return Err(self.error("exceeded max depth"));
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut fields = Vec::new();
        self.space();
        if self.take("}") {
            return Ok(Value::object::<Value>([]));
        }
        loop {
            self.space();
            if !self.rest().starts_with('"') {
                return Err(self.invalid("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.space();
            if !self.take(":") {
                return Err(self.invalid("after object key"));
            }
            fields.push((Value::from(key), self.value()?));
            self.space();
            if self.take("}") {
                return Ok(Value::object(fields));
            }
            if !self.take(",") {
                return Err(self.invalid("after object key:value pair"));
            }
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        self.space();
        if self.take("]") {
            return Ok(items.into());
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.take("]") {
                return Ok(items.into());
            }
            if !self.take(",") {
                return Err(self.invalid("after array element"));
            }
        }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        self.take("-");
        let rest = self.rest();
        let length = rest
            .find(|c: char| !matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'))
            .unwrap_or(rest.len());
        self.at += length;
        let text = self.text.get(start..self.at).unwrap_or_default();
        Number::parse(text)
            .map(Value::from)
            .ok_or_else(|| self.invalid("in numeric literal"))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest
                .find(['"', '\\'])
                .ok_or_else(|| self.error("unexpected EOF"))?;
            let (before, behind) = rest.split_at(plain);
            if before.contains(|c: char| c < ' ') {
                return Err(self.invalid("in string literal"));
            }
            text.push_str(before);
            let is_end = behind.starts_with('"');
            let escape = behind.get(1..2).map(str::to_owned).unwrap_or_default();
            self.at += plain + 1;
            if is_end {
                return Ok(text);
            }
            self.at += 1;
            match escape.as_str() {
                "\"" | "\\" | "/" => text.push_str(&escape),
                "b" => text.push('\u{8}'),
                "f" => text.push('\u{c}'),
                "n" => text.push('\n'),
                "r" => text.push('\r'),
                "t" => text.push('\t'),
                "u" => text.push(self.unicode()?),
                _ => {
                    self.at -= 1;
                    return Err(self.invalid("in string escape code"));
                }
            }
        }
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self
            .rest()
            .get(..4)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = digits.ok_or_else(|| self.invalid("in \\u hexadecimal character escape"))?;
        self.at += 4;
        Ok(code)
    }
}

/// Compact JSON, as Go writes it.
#[must_use]
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_into(value, &mut out);
    out
}

/// JSON over several lines, each level indented once more.
#[must_use]
pub fn write_pretty(value: &Value, indent: &str) -> String {
    let mut out = String::new();
    write_lines(value, indent, "\n", &mut out);
    out
}

/// The same, as Go's `MarshalIndent` does it: every line but the first begins with a prefix.
#[must_use]
pub fn write_indented(value: &Value, prefix: &str, indent: &str) -> String {
    let mut out = String::new();
    write_lines(value, indent, &format!("\n{prefix}"), &mut out);
    out
}

fn write_lines(value: &Value, indent: &str, line: &str, out: &mut String) {
    let inner = format!("{line}{indent}");
    let list = |items: &mut dyn Iterator<Item = &Value>, out: &mut String| {
        out.push('[');
        for (i, item) in items.enumerate() {
            out.push_str(if i > 0 { "," } else { "" });
            out.push_str(&inner);
            write_lines(item, indent, &inner, out);
        }
        out.push_str(line);
        out.push(']');
    };
    match value {
        Value::Array(items) if !items.is_empty() => list(&mut items.iter(), out),
        Value::Set(items) if !items.is_empty() => list(&mut items.iter(), out),
        Value::Object(object) if !object.is_empty() => {
            out.push('{');
            for (i, (key, value)) in object.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                out.push_str(&inner);
                match key {
                    Value::String(text) => quote(text, out),
                    other => quote(&write(other), out),
                }
                out.push_str(": ");
                write_lines(value, indent, &inner, out);
            }
            out.push_str(line);
            out.push('}');
        }
        other => write_into(other, out),
    }
}

/// How many lines an indented text has at most, and how deep the deepest is.
#[must_use]
pub fn shape(value: &Value) -> (usize, usize) {
    let below: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Set(set) => set.iter().collect(),
        Value::Object(object) => object.values().collect(),
        _ => Vec::new(),
    };
    below
        .into_iter()
        .map(shape)
        .fold((2, 1), |(lines, depth), (more, deeper)| {
            (lines + more, depth.max(deeper + 1))
        })
}

fn write_into(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => quote(text, out),
        Value::Array(items) => list(items.iter(), out),
        Value::Set(items) => list(items.iter(), out),
        Value::Object(object) => {
            out.push('{');
            for (i, (key, value)) in object.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                match key {
                    Value::String(text) => quote(text, out),
                    other => quote(&write(other), out),
                }
                out.push(':');
                write_into(value, out);
            }
            out.push('}');
        }
    }
}

fn list<'v>(items: impl Iterator<Item = &'v Value>, out: &mut String) {
    out.push('[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_into(item, out);
    }
    out.push(']');
}

fn quote(text: &str, out: &mut String) {
    use fmt::Write as _;
    out.push('"');
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
    out.push('"');
}

impl fmt::Display for Value {
    /// As OPA writes a value in Rego's notation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::String(text) => f.write_str(&quoted(text, false)),
            Self::Array(items) => {
                f.write_str("[")?;
                separated(f, items.iter(), |f, item| item.fmt(f))?;
                f.write_str("]")
            }
            Self::Set(set) if set.is_empty() => f.write_str("set()"),
            Self::Set(set) => {
                f.write_str("{")?;
                separated(f, set.iter(), |f, item| item.fmt(f))?;
                f.write_str("}")
            }
            Self::Object(object) => {
                f.write_str("{")?;
                separated(f, object.iter(), |f, (key, value)| {
                    write!(f, "{key}: {value}")
                })?;
                f.write_str("}")
            }
        }
    }
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
    write: impl Fn(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}

/// A text in quotes, as Go's `strconv.Quote` writes it, or `QuoteToASCII`.
#[must_use]
pub fn quoted(text: &str, is_ascii: bool) -> String {
    use fmt::Write as _;
    let mut out = String::from("\"");
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
    out.push('"');
    out
}

/// Whether a character leaves ink: a letter, mark, digit, punctuation, symbol, or the space.
#[must_use]
pub fn is_printable(c: char) -> bool {
    // Marks are only escaped where they come first.
    !['a', c]
        .iter()
        .collect::<String>()
        .escape_debug()
        .any(|c| c == '\\')
        || matches!(c, '\'' | '"' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        parse(text).map_or_else(|error| error.message, |value| value.to_string())
    }

    /// What `sprintf("%v", [x])` gives in OPA 1.22.2.
    #[test]
    fn values_in_rego_notation() {
        assert_eq!(
            shown(r#"{"b":[1.0,null],"a":"x\n\u007f"}"#),
            r#"{"a": "x\n\x7f", "b": [1.0, null]}"#
        );
        assert_eq!(Value::set([]).to_string(), "set()");
        assert_eq!(Value::set([2i64.into(), 1i64.into()]).to_string(), "{1, 2}");
    }

    /// What `json.marshal` gives in OPA 1.22.2.
    #[test]
    fn escapes_as_go_does() {
        assert_eq!(
            write(&Value::from("<a&b>\u{2028}")),
            r#""\u003ca\u0026b\u003e\u2028""#
        );
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(shown(&"[".repeat(100_000)), "exceeded max depth");
    }
}
