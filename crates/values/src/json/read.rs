//! Reads JSON as Go does: it refuses the same input, with the same messages.

use std::borrow::Cow;
use std::rc::Rc;

use super::write::{quoted, write_bare};
use crate::{InputUsage, Number, Object, Value, Version, fingerprint};

/// How many items and fields of unfinished arrays and objects there is room for at first.
const READ: usize = 64;

/// How deep arrays and objects may nest. Go allows more, but its stack can grow.
pub(super) const DEPTH: usize = 500;

/// Why a text isn't JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (line {line}, column {column})")]
pub struct JsonError {
    /// Go's message.
    pub message: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1 in code points.
    pub column: usize,
}

const TOO_BIG: &str = "invalid number: number too big";
const TOO_DEEP: &str = "exceeded max depth";

impl JsonError {
    /// Whether the text is JSON up to here, but nests too deeply or has a number that is too large.
    #[must_use]
    pub fn is_too_much(&self) -> bool {
        matches!(self.message.as_str(), TOO_BIG | TOO_DEEP)
    }
}

/// Parses JSON. Numbers stay as they are written, the last of equal keys counts, and half a surrogate pair becomes
/// U+FFFD.
///
/// # Errors
///
/// The first error, with its location.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    parse_used(text, InputUsage::WHOLE, &mut Keys::default(), Version::V1)
}

/// Parses JSON as a version of OPA reads documents: OPA 0.70 accepts a number of any size, OPA 1.22 refuses one whose
/// binary exponent is beyond 100,000.
///
/// # Errors
///
/// As for [`parse`].
pub fn parse_document(text: &str, version: Version) -> Result<Value, JsonError> {
    parse_used(text, InputUsage::WHOLE, &mut Keys::default(), version)
}

/// Parses JSON like [`parse_document`], leaves out what isn't used, and shares the strings of keys with other texts.
///
/// # Errors
///
/// As for [`parse`].
pub fn parse_used(
    text: &str,
    usage: &InputUsage,
    keys: &mut Keys,
    version: Version,
) -> Result<Value, JsonError> {
    let mut reader = Reader {
        text,
        number: match version {
            Version::V0 => Number::parse_unbounded,
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

/// A cache of the strings of keys. Similar documents have the same keys again and again.
#[derive(Debug, Default)]
pub struct Keys(Vec<Option<Rc<str>>>);

/// The size of the cache. A key replaces another one that has the same slot.
const KEYS: usize = 512;

/// The longest key in the cache, in bytes.
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

/// The slot of a key.
fn place_of(key: &str) -> usize {
    usize::from((fingerprint::of(key) >> 48) as u16) % KEYS
}

/// How many bytes come before the next quote, backslash or control character.
pub(super) fn plain(text: &str) -> usize {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // Tests eight bytes at once. The highest bit of a byte is set if it is one of these, or comes after one.
    let below = |word: u64, bound: u8| word.wrapping_sub(LOW * u64::from(bound)) & !word & HIGH;
    let is = |word: u64, byte: u8| below(word ^ (LOW * u64::from(byte)), 1);
    let mut rest = text.as_bytes();
    while let Some((bytes, after)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*bytes);
        let found = is(word, b'"') | is(word, b'\\') | below(word, b' ');
        if found != 0 {
            return text.len() - rest.len() + found.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    let last = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
    last.map_or(text.len(), |at| text.len() - rest.len() + at)
}

struct Reader<'t, 'k> {
    text: &'t str,
    /// Makes a number of its text.
    number: fn(&str) -> Option<Number>,
    /// The offset of the next byte. After an error, its location.
    at: usize,
    depth: usize,
    keys: &'k mut Keys,
    /// The items of the arrays that aren't complete yet.
    items: Vec<Value>,
    /// The fields of the objects that aren't complete yet.
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

    /// The message that the next character isn't allowed.
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
            _ => write_bare(&self.value(InputUsage::WHOLE)?),
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
            return Ok(self.object_from(start, usage));
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
                return Ok(self.object_from(start, usage));
            }
            if !self.take(b',') {
                return Err(self.unexpected("after object key:value pair"));
            }
        }
    }

    /// The object of the fields read since `start`; `null` if nothing of it is used.
    fn object_from(&mut self, start: usize, usage: &InputUsage) -> Value {
        if usage.is_nothing() {
            return Value::Null;
        }
        self.fields.drain(start..).collect::<Object>().into()
    }

    /// The array of the items read since `start`; `null` if nothing of it is used.
    fn array_from(&mut self, start: usize, usage: &InputUsage) -> Value {
        if usage.is_nothing() {
            return Value::Null;
        }
        Value::array(self.items.drain(start..))
    }

    fn array(&mut self, usage: &InputUsage) -> Result<Value, String> {
        let start = self.items.len();
        let below = usage.of_items();
        self.space();
        if self.take(b']') {
            return Ok(self.array_from(start, usage));
        }
        loop {
            let item = self.value(below)?;
            if !below.is_nothing() {
                self.items.push(item);
            }
            self.space();
            if self.take(b']') {
                return Ok(self.array_from(start, usage));
            }
            if !self.take(b',') {
                return Err(self.unexpected("after array element"));
            }
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        self.take(b'-');
        // Digits after a leading zero don't belong to the number.
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
        let after = self.at;
        if (0xd800..0xdc00).contains(&first) && self.take(b'\\') && self.take(b'u') {
            let units = [first, self.code_unit()?];
            if let Some(Ok(pair)) = char::decode_utf16(units).next() {
                return Ok(pair);
            }
        }
        // The second escape doesn't complete the pair, so it is read again on its own.
        self.at = after;
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

/// A byte as Go's messages show it: as the character with that number.
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
