//! JSON, as Go writes and reads it.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use super::budget;
use super::input_usage::InputUsage;
use super::number::Number;
use super::syntax::Version;
use super::value::{Object, Value};

/// For how many items and fields of unfinished arrays and objects there is room at first.
const READ: usize = 64;

/// How deep arrays and objects may be nested; Go allows more, but has no end of stack.
const DEPTH: usize = 500;

/// The text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (line {line}, column {column})")]
pub struct JsonError {
    /// What is wrong, in Go's words.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in code points.
    pub column: usize,
}

const TOO_BIG: &str = "invalid number: number too big";
const TOO_DEEP: &str = "exceeded max depth";

impl JsonError {
    /// Whether the text is JSON so far, and only more than is read.
    #[must_use]
    pub fn is_too_much(&self) -> bool {
        matches!(self.message.as_str(), TOO_BIG | TOO_DEEP)
    }
}

/// A JSON text's value. Numbers stay as they are written; of equal keys, the last one counts; half a
/// surrogate pair becomes U+FFFD.
///
/// # Errors
///
/// What is wrong first, with its place.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    parse_reached(text, InputUsage::WHOLE, &mut Keys::default(), Version::V1)
}

/// The same of a document that is read for a version: OPA 0.70 takes a number of any size, OPA 1.22
/// refuses one whose binary exponent is beyond 100,000.
///
/// # Errors
///
/// As for [`parse`].
pub fn parse_document(text: &str, version: Version) -> Result<Value, JsonError> {
    parse_reached(text, InputUsage::WHOLE, &mut Keys::default(), version)
}

/// The same, without what isn't reached, and sharing the keys of objects with those of other texts.
///
/// # Errors
///
/// As for [`parse`].
pub fn parse_reached(
    text: &str,
    usage: &InputUsage,
    keys: &mut Keys,
    version: Version,
) -> Result<Value, JsonError> {
    let mut reader = Reader {
        text,
        number: match version {
            Version::V0 => Number::read,
            Version::V1 => Number::parse,
        },
        at: 0,
        depth: 0,
        keys,
        items: Vec::with_capacity(READ),
        fields: Vec::with_capacity(READ),
    };
    reader.document(usage).map_err(|message| {
        let before = text.get(..reader.at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        JsonError {
            message,
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    })
}

/// Keys of objects, each kept once: documents of one kind have the same ones again and again.
#[derive(Debug, Default)]
pub struct Keys(Vec<Option<Rc<str>>>);

/// How many keys are kept: of those that fall on one place, the last.
const KEYS: usize = 512;

/// How many bytes a key that is kept may have.
const LONGEST_KEY: usize = 64;

impl Keys {
    fn key(&mut self, text: &str) -> Rc<str> {
        if text.len() > LONGEST_KEY {
            return text.into();
        }
        if self.0.is_empty() {
            self.0.resize(KEYS, None);
        }
        let Some(place) = self.0.get_mut(place_of(text)) else {
            return text.into();
        };
        match place {
            Some(known) if known.as_ref() == text => Rc::clone(known),
            _ => Rc::clone(place.insert(text.into())),
        }
    }
}

/// Where a key is kept: its beginning and its end tell it apart from most others.
fn place_of(key: &str) -> usize {
    let bytes = key.as_bytes();
    let (start, end) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(start), Some(end)) => (u64::from_le_bytes(*start), u64::from_le_bytes(*end)),
        _ => (
            bytes
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            0,
        ),
    };
    let hash = (start ^ end.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::from((hash >> 48) as u16) % KEYS
}

/// How many bytes of a text stand before the next quote, backslash or control character.
fn plain(text: &str) -> usize {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // Eight bytes at once: a byte's highest bit is set where it is one of them, or behind one.
    let below = |word: u64, bound: u8| word.wrapping_sub(LOW * u64::from(bound)) & !word & HIGH;
    let is = |word: u64, byte: u8| below(word ^ (LOW * u64::from(byte)), 1);
    let mut rest = text.as_bytes();
    while let Some((bytes, behind)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*bytes);
        let found = is(word, b'"') | is(word, b'\\') | below(word, b' ');
        if found != 0 {
            return text.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    let last = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
    last.map_or(text.len(), |at| text.len() - rest.len() + at)
}

struct Reader<'t, 'k> {
    text: &'t str,
    /// What becomes of a number's text.
    number: fn(&str) -> Option<Number>,
    /// The byte to read next; when reading failed, the place of what is wrong.
    at: usize,
    depth: usize,
    keys: &'k mut Keys,
    /// What was read of the arrays that aren't at their end.
    items: Vec<Value>,
    /// What was read of the objects that aren't at their end.
    fields: Vec<(Value, Value)>,
}

impl<'t> Reader<'t, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// That the next character can't stand there.
    fn unexpected(&self, context: &str) -> String {
        match self.peek() {
            Some(byte) => format!("invalid character {} {context}", quote_byte(byte)),
            None => "unexpected EOF".to_owned(),
        }
    }

    fn document(&mut self, usage: &InputUsage) -> Result<Value, String> {
        self.space();
        if self.peek().is_none() {
            return Err("EOF".to_owned());
        }
        let value = self.value(usage)?;
        self.space();
        if self.peek().is_none() {
            return Ok(value);
        }
        let start = self.at;
        let token = match self.peek() {
            Some(b'{') => "{".to_owned(),
            Some(b'[') => "[".to_owned(),
            _ => match self.value(InputUsage::WHOLE)? {
                Value::String(text) => text.as_ref().to_owned(),
                value => write(&value),
            },
        };
        self.at = start;
        Err(format!(
            "error: invalid character '{token}' after top-level value"
        ))
    }

    fn value(&mut self, usage: &InputUsage) -> Result<Value, String> {
        self.space();
        match self.peek() {
            Some(b'{') => self.nested(usage, Self::object),
            Some(b'[') => self.nested(usage, Self::array),
            Some(b'"') => {
                let text = self.string()?;
                Ok(if usage.is_nothing() {
                    Value::Null
                } else {
                    Value::String(text.as_ref().into())
                })
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.literal("null", Value::Null),
            Some(b't') => self.literal("true", true.into()),
            Some(b'f') => self.literal("false", false.into()),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, String> {
        for expected in word.bytes() {
            if !self.take(expected) {
                let expected = char::from(expected);
                let context = format!("in literal {word} (expecting '{expected}')");
                return Err(self.unexpected(&context));
            }
        }
        Ok(value)
    }

    fn nested(
        &mut self,
        usage: &InputUsage,
        read: fn(&mut Self, &InputUsage) -> Result<Value, String>,
    ) -> Result<Value, String> {
        if self.depth >= DEPTH {
            return Err(TOO_DEEP.to_owned());
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self, usage);
        self.depth -= 1;
        value
    }

    fn object(&mut self, usage: &InputUsage) -> Result<Value, String> {
        let start = self.fields.len();
        self.space();
        if self.take(b'}') {
            return Ok(Object::default().into());
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            let below = usage.under(&key);
            self.space();
            if !self.take(b':') {
                return Err(self.unexpected("after object key"));
            }
            let value = self.value(below)?;
            if !below.is_nothing() {
                self.fields
                    .push((Value::String(self.keys.key(&key)), value));
            }
            self.space();
            if self.take(b'}') {
                return Ok(self.fields.drain(start..).collect::<Object>().into());
            }
            if !self.take(b',') {
                return Err(self.unexpected("after object key:value pair"));
            }
        }
    }

    fn array(&mut self, usage: &InputUsage) -> Result<Value, String> {
        let start = self.items.len();
        let below = usage.of_items();
        self.space();
        if self.take(b']') {
            return Ok(Value::array([]));
        }
        loop {
            let item = self.value(below)?;
            if !below.is_nothing() {
                self.items.push(item);
            }
            self.space();
            if self.take(b']') {
                return Ok(Value::array(self.items.drain(start..)));
            }
            if !self.take(b',') {
                return Err(self.unexpected("after array element"));
            }
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        self.take(b'-');
        // Of more digits behind a zero, none belongs to the number.
        if !self.take(b'0') {
            self.digits("in numeric literal")?;
        }
        if self.take(b'.') {
            self.digits("after decimal point in numeric literal")?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits("in exponent of numeric literal")?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        (self.number)(text).map(Value::from).ok_or_else(|| {
            self.at = start;
            TOO_BIG.to_owned()
        })
    }

    fn digits(&mut self, context: &str) -> Result<(), String> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.unexpected(context));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'t, str>, String> {
        self.at += 1;
        let rest = self.rest();
        let plain = plain(rest);
        if rest.as_bytes().get(plain) == Some(&b'"') {
            self.at += plain + 1;
            return Ok(Cow::Borrowed(rest.get(..plain).unwrap_or_default()));
        }
        self.escaped_string().map(Cow::Owned)
    }

    fn escaped_string(&mut self) -> Result<String, String> {
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = plain(rest);
            text.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            if self.take(b'"') {
                return Ok(text);
            }
            if !self.take(b'\\') {
                return Err(self.unexpected("in string literal"));
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let escaped = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        Ok(escaped)
    }

    fn unicode(&mut self) -> Result<char, String> {
        let first = self.code_unit()?;
        let behind = self.at;
        if (0xd800..0xdc00).contains(&first) && self.take(b'\\') && self.take(b'u') {
            let units = [first, self.code_unit()?];
            if let Some(Ok(pair)) = char::decode_utf16(units).next() {
                return Ok(pair);
            }
        }
        // The second one was none of a pair: it is read again, as itself.
        self.at = behind;
        Ok(char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn code_unit(&mut self) -> Result<u16, String> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit.and_then(|digit| u16::try_from(digit).ok()) else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }
}

/// A byte as Go's messages show it: as the character of that number.
fn quote_byte(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        _ => {
            let quoted = quoted(&char::from(byte).to_string(), false);
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}

/// Compact JSON, as Go writes it. Of what the budget has no room for, the rest is left out.
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

/// The same, behind a text, where each line begins with `line`.
pub fn write_lines(value: &Value, indent: &str, line: &str, out: &mut String) {
    Writer::new(out).write(value, Some(Lines { indent, line }));
}

/// Compact JSON, behind a text.
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
        Value::Array(_) | Value::Set(_) | Value::Object(_) => Writer::new(out).write(value, None),
    }
}

/// How JSON is laid out over several lines.
#[derive(Clone, Copy)]
struct Lines<'l> {
    /// What each level is indented by.
    indent: &'l str,
    /// What each line begins with, the line break first.
    line: &'l str,
}

/// A collection that is begun.
enum Open<'v> {
    List(std::slice::Iter<'v, Value>),
    Fields(std::vec::IntoIter<(Cow<'v, str>, &'v Value)>),
}

/// So much is written before the budget is drawn on again.
const PORTION: usize = 1 << 10;

/// Writes without recursion, as far as the budget goes.
struct Writer<'o> {
    out: &'o mut String,
    /// For how much of it the budget was drawn on.
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
        // Where lines are long, each is asked for before it is written.
        if length < PORTION || budget::take(length) {
            self.out.extend(std::iter::repeat_n(indent, depth));
        }
    }

    /// Draws on the budget for what has been written, unless that is less than a portion.
    fn draws(&mut self, portion: usize) -> bool {
        let written = self.out.len() - self.drawn;
        if written < portion {
            return true;
        }
        self.drawn = self.out.len();
        budget::take(written) && budget::read(written) && budget::has_for(self.out)
    }
}

/// How many characters the JSON of a value has, about, as far as there are no more than `most`. Of what is
/// deep, the indentation counts too.
#[must_use]
pub fn weight(value: &Value, most: usize) -> Option<usize> {
    const DEEP: usize = 32;
    let mut weight = 0_usize;
    let mut open = vec![(value, 0_usize)];
    while let Some((value, depth)) = open.pop() {
        weight = weight.saturating_add(depth.saturating_sub(DEEP) * 4);
        weight = weight.saturating_add(match value {
            Value::String(text) => text.len() + 3,
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

/// How deep keys may nest.
const KEYS_IN_KEYS: u32 = 500;

/// An object's fields by their names in JSON: a key that is no text is called by its own JSON. Of two
/// keys of one name, the later counts.
fn fields(object: &Object) -> Vec<(Cow<'_, str>, &Value)> {
    let mut fields: Vec<_> = object
        .iter()
        .map(|(key, value)| match key {
            Value::String(text) => (Cow::Borrowed(text.as_ref()), value),
            // A key in a key in a key … is one text, which is written from inside.
            other if other.depth() > KEYS_IN_KEYS => {
                budget::nests_too_deeply();
                (Cow::Borrowed(""), value)
            }
            other => (Cow::Owned(write(other)), value),
        })
        .collect();
    if object.keys().any(|key| key.as_str().is_none()) {
        fields.reverse();
        fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        fields.dedup_by(|(later, _), (kept, _)| later == kept);
    }
    fields
}

/// A list of what is written, behind a text.
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

/// A text as JSON, behind another one.
pub fn quote(text: &str, out: &mut String) {
    use fmt::Write as _;
    let is_written = |byte| !matches!(byte, 0..b' ' | b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2);
    out.push('"');
    if text.bytes().all(is_written) {
        out.push_str(text);
        out.push('"');
        return;
    }
    // Of an escape, a character takes six. What is written is drawn for then, what is added to it here.
    if text.len() > PORTION {
        let escapes = text.bytes().filter(|byte| !is_written(*byte)).count();
        if !budget::take(escapes.saturating_mul(5)) {
            return;
        }
    }
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
    /// As OPA writes a value in Rego's notation. Of what the budget has no room for, the rest is left out.
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
                    // No character takes more than six.
                    if text.len() > PORTION && !budget::take(text.len()) {
                        break;
                    }
                    let text = quoted(text, false);
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

/// A text in quotes, as Go's `strconv.Quote` writes it, or `QuoteToASCII`.
#[must_use]
pub fn quoted(text: &str, is_ascii: bool) -> String {
    use fmt::Write as _;
    // Each character is looked up in tables.
    budget::step((text.len() / 4) as u64);
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
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
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

    fn round(text: &str) -> String {
        parse(text).map_or_else(
            |error| format!("{}:{}: {}", error.line, error.column, error.message),
            |value| write(&value),
        )
    }

    /// OPA 0.70's answers for the same texts through `json.unmarshal` and `json.marshal`.
    #[test]
    fn reads_and_writes_what_opa_does() {
        assert_eq!(
            round(r#" {"b": 1.50, "a": [1e3, -0, null]} "#),
            r#"{"a":[1e3,-0,null],"b":1.50}"#
        );
        assert_eq!(round(r#"{"a": 1, "a": 2}"#), r#"{"a":2}"#);
        assert_eq!(
            round(r#""<\u003e&\u2028\b\f\u0001\u007f\/""#),
            "\"\\u003c\\u003e\\u0026\\u2028\\b\\f\\u0001\u{7f}/\""
        );
        assert_eq!(
            round(r#""\ud83d\ude00 \ud83d\u0041 \ude00""#),
            "\"😀 \u{fffd}A \u{fffd}\""
        );
    }

    /// Go's words.
    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(round(""), "1:1: EOF");
        assert_eq!(
            round("[1,\n  é]"),
            "2:3: invalid character 'Ã' looking for beginning of value"
        );
        assert_eq!(
            round("{\"a\" 1}"),
            "1:6: invalid character '1' after object key"
        );
        assert_eq!(
            round("{\"ä\": 1 2}"),
            "1:9: invalid character '2' after object key:value pair"
        );
        assert_eq!(
            round("[01]"),
            "1:3: invalid character '1' after array element"
        );
        assert_eq!(
            round("[1.]"),
            "1:4: invalid character ']' after decimal point in numeric literal"
        );
        assert_eq!(
            round("nul "),
            "1:4: invalid character ' ' in literal null (expecting 'l')"
        );
        assert_eq!(
            round("\"a\nb\""),
            "1:3: invalid character '\\n' in string literal"
        );
        assert_eq!(
            round("\"\\x\""),
            "1:3: invalid character 'x' in string escape code"
        );
        assert_eq!(round("[1"), "1:3: unexpected EOF");
        assert_eq!(
            round("1 \"x\""),
            "1:3: error: invalid character 'x' after top-level value"
        );
        assert_eq!(round("1e999999"), "1:1: invalid number: number too big");
    }

    #[test]
    fn finds_where_a_text_ends_wherever_that_is() {
        for before in 0..20 {
            for ending in ["\"", "\\", "\0", "\u{1f}"] {
                let text = "é!~\u{7f}x ".repeat(4);
                let before = text.char_indices().nth(before).map_or(0, |(at, _)| at);
                let text = format!("{}{ending}{text}", &text[..before]);
                assert_eq!(plain(&text), before, "{text:?}");
            }
        }
        assert_eq!(plain("[][][][][]"), 10);
    }

    #[test]
    fn stops_before_the_stack_ends() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&deep(DEPTH)).is_ok());
        let error = parse(&deep(1_000_000)).unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.column),
            ("exceeded max depth", DEPTH + 1)
        );
    }

    /// OPA writes such keys as their JSON, and of two that look the same the later.
    #[test]
    fn writes_keys_that_are_no_texts() {
        let one = || Value::from(1i64);
        let object = Value::object([
            (Value::array([one(), "<".into()]), one()),
            (Value::set([true.into()]), one()),
            ("1".into(), "text".into()),
            (one(), "number".into()),
        ]);
        assert_eq!(
            write(&object),
            r#"{"1":"text","[1,\"\\u003c\"]":1,"[true]":1}"#
        );
    }
}
