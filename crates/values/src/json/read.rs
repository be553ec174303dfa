//! Reads JSON as Go does: with its messages, and the same input refused.

use std::borrow::Cow;
use std::rc::Rc;

use super::write::{quoted, write_bare};
use crate::{InputUsage, Number, Object, Value, Version, fingerprint};

/// For how many items and fields of unfinished arrays and objects there is room at first.
const READ: usize = 64;

/// How deep arrays and objects may be nested; Go allows more, but has no end of stack.
pub(super) const DEPTH: usize = 500;

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
    /// Whether the text is JSON up to here, but nests too deeply or has a number that is too big.
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
    parse_used(text, InputUsage::WHOLE, &mut Keys::default(), Version::V1)
}

/// The same of a document that is read for a version: OPA 0.70 takes a number of any size, OPA 1.22
/// refuses one whose binary exponent is beyond 100,000.
///
/// # Errors
///
/// As for [`parse`].
pub fn parse_document(text: &str, version: Version) -> Result<Value, JsonError> {
    parse_used(text, InputUsage::WHOLE, &mut Keys::default(), version)
}

/// The same, without what isn't reached, and sharing the keys of objects with those of other texts.
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

/// Where a key is kept.
fn place_of(key: &str) -> usize {
    usize::from((fingerprint::of(key) >> 48) as u16) % KEYS
}

/// How many bytes of a text are before the next quote, backslash or control character.
pub(super) fn plain(text: &str) -> usize {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // Eight bytes at once: a byte's highest bit is set where it is one of them, or after one.
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

    /// That the next character can't be there.
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

    /// The object of the fields that were read last; of one that nobody looks at, none is made.
    fn object_from(&mut self, start: usize, usage: &InputUsage) -> Value {
        if usage.is_nothing() {
            return Value::Null;
        }
        self.fields.drain(start..).collect::<Object>().into()
    }

    /// The array of the items that were read last; of one that nobody looks at, none is made.
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
        // Of more digits after a zero, none belongs to the number.
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
        // The second one was none of a pair: it is read again, as itself.
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
