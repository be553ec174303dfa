//! Writes YAML exactly as Go's library does.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::scalar::{Scalar, is_base_60, old_bool};
use crate::Failure;
use values::{Number, Value, Version};

/// Writes a value that OPA has read from JSON as YAML.
///
/// # Errors
///
/// If Go can't read the value's JSON as YAML, because it has control characters, or keys of more than 1024
/// characters.
pub(super) fn write(value: &Value, version: Version) -> Result<String, Failure> {
    let mut writer = Writer {
        out: String::new(),
        version,
    };
    writer.node(value, None, false)?;
    if !writer.out.ends_with('\n') {
        writer.out.push('\n');
    }
    Ok(writer.out)
}

struct Writer {
    out: String,
    version: Version,
}

impl Writer {
    /// Writes a value. `indent` is the column of the collection around it. What comes before the value has been
    /// written: `key:`, `-`, or nothing.
    fn node(
        &mut self,
        value: &Value,
        indent: Option<usize>,
        is_field: bool,
    ) -> Result<(), Failure> {
        match value {
            Value::Array(items) if items.is_empty() => self.word("[]"),
            Value::Object(object) if object.is_empty() => self.word("{}"),
            Value::Array(items) => {
                // The older library puts the items of a field below its key.
                let inner = match indent {
                    None => 0,
                    Some(indent) if is_field && self.version == Version::V0 => indent,
                    Some(indent) => indent + 2,
                };
                for (i, item) in items.iter().enumerate() {
                    self.line(inner, i == 0 && !is_field);
                    self.out.push('-');
                    self.node(item, Some(inner), false)?;
                }
            }
            Value::Object(object) => {
                let inner = indent.map_or(0, |indent| indent + 2);
                for (i, (key, value)) in sorted(object.iter(), self.version).into_iter().enumerate()
                {
                    self.line(inner, i == 0 && !is_field);
                    self.field(key, value, inner)?;
                }
            }
            Value::String(text) => self.text(text, indent, false)?,
            Value::Bytes(bytes) => self.text(bytes.text(), indent, false)?,
            Value::Number(number) => self.number(number, indent)?,
            Value::Bool(true) => self.word("true"),
            Value::Bool(false) => self.word("false"),
            _ => self.word("null"),
        }
        Ok(())
    }

    fn field(&mut self, key: &str, value: &Value, indent: usize) -> Result<(), Failure> {
        if key.chars().count() > 1024 {
            return Err(Failure::Failed(
                "yaml: line 1: did not find expected ',' or '}'".to_owned(),
            ));
        }
        if key.len() <= 128 && !key.contains(is_break) {
            self.text(key, Some(indent), true)?;
            self.out.push(':');
            return self.node(value, Some(indent), true);
        }
        self.out.push('?');
        self.text(key, Some(indent), false)?;
        self.line(indent, false);
        self.out.push(':');
        // After a lone colon, as after a dash, a collection begins on the same line.
        self.node(value, Some(indent), false)
    }

    /// Begins a new line, unless the value may be on the current one.
    fn line(&mut self, indent: usize, may_stay: bool) {
        if self.out.is_empty() {
            return;
        }
        let may_stay = may_stay && self.out.ends_with(['-', ':', '?']);
        if may_stay {
            self.out.push(' ');
            return;
        }
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn word(&mut self, word: &str) {
        if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
        self.out.push_str(word);
    }

    fn number(&mut self, number: &Number, indent: Option<usize>) -> Result<(), Failure> {
        let text = number.to_string();
        match Scalar::resolve(&text, false) {
            Scalar::Int(int) => self.word(&int.to_string()),
            Scalar::Float(double) => {
                let number = Number::from_f64(double).map_or(text, |number| number.to_string());
                self.word(&number);
            }
            // It is too large for Go's numbers.
            _ => self.text(&text, indent, false)?,
        }
        Ok(())
    }

    fn text(&mut self, text: &str, indent: Option<usize>, is_key: bool) -> Result<(), Failure> {
        if text.chars().any(is_control) {
            return Err(Failure::Failed(
                "yaml: control characters are not allowed".to_owned(),
            ));
        }
        if text.contains('\u{85}') {
            return Err(Failure::Refused(
                "the string has the character U+0085, which isn't supported in YAML here"
                    .to_owned(),
            ));
        }
        let form = Form::analyze(text, self.version);
        let is_plain = matches!(
            Scalar::resolve(text, self.version == Version::V0),
            Scalar::Text | Scalar::Merge
        ) && old_bool(text).is_none()
            && !is_base_60(text);
        // The column of further lines.
        let further = (!is_key).then(|| indent.map_or(2, |indent| indent + 2));
        if text.contains('\n') && !is_key && form.block {
            self.literal(text, indent);
        } else if text.contains('\n') || !is_plain {
            self.quoted(text, further);
        } else if form.plain {
            self.word("");
            self.folded(text, further, 0, false);
        } else if form.single {
            self.word("'");
            self.folded(text, further, 1, true);
            self.out.push('\'');
        } else {
            self.quoted(text, further);
        }
        Ok(())
    }

    /// Whether the line is so long that the older library breaks it at the next space.
    fn is_long(&self) -> bool {
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        self.version == Version::V0 && line.len() > 80 && line.chars().count() > 80
    }

    /// Writes a string in which a single space may become a line break, except for the first and last `ends`
    /// characters.
    fn folded(&mut self, text: &str, further: Option<usize>, ends: usize, is_quoted: bool) {
        let last = text.len() - ends.min(text.len());
        let mut before = None;
        for (i, c) in text.char_indices() {
            let next = text.get(i + c.len_utf8()..).unwrap_or_default();
            if before.is_some_and(is_break) && !is_break(c) {
                self.out
                    .extend(std::iter::repeat_n(' ', further.unwrap_or_default()));
            }
            match (c, further) {
                (' ', Some(further))
                    if before != Some(' ')
                        && !next.starts_with(' ')
                        && (ends..last).contains(&i)
                        && self.is_long() =>
                {
                    self.out.push('\n');
                    self.out.extend(std::iter::repeat_n(' ', further));
                }
                ('\'', _) if is_quoted => self.out.push_str("''"),
                _ => self.out.push(c),
            }
            before = Some(c);
        }
    }

    fn literal(&mut self, text: &str, indent: Option<usize>) {
        self.word("|");
        if text.starts_with([' ', '\n', '\r', '\u{2028}', '\u{2029}']) {
            self.out.push('2');
        }
        let without = text.strip_suffix(is_break);
        match without {
            None => self.out.push('-'),
            Some(before) if before.is_empty() || before.ends_with(is_break) => self.out.push('+'),
            Some(_) => {}
        }
        self.out.push('\n');
        let indent = indent.map_or(2, |indent| indent + 2);
        let mut at_start = true;
        for c in text.chars() {
            if at_start && !is_break(c) {
                self.out.extend(std::iter::repeat_n(' ', indent));
            }
            self.out.push(c);
            at_start = is_break(c);
        }
    }

    fn quoted(&mut self, text: &str, further: Option<usize>) {
        self.word("\"");
        let mut before = None;
        for (i, c) in text.char_indices() {
            let next = text.get(i + c.len_utf8()..).unwrap_or_default();
            match (c, further) {
                (' ', Some(further))
                    if before.is_some_and(|before| before != ' ')
                        && !next.is_empty()
                        && self.is_long() =>
                {
                    self.out.push('\n');
                    self.out.extend(std::iter::repeat_n(' ', further));
                    if next.starts_with(' ') {
                        self.out.push('\\');
                    }
                }
                _ => escape(c, &mut self.out),
            }
            before = Some(c);
        }
        self.out.push('"');
    }
}

/// Appends a character as it is written in double quotes.
fn escape(c: char, out: &mut String) {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ if is_printable(c) => {
            out.push(c);
            return;
        }
        _ => {
            // Writing to a string can't fail.
            let _ = match u32::from(c) {
                code @ 0..=0xff => write!(out, "\\x{code:02X}"),
                code @ 0x100..=0xffff => write!(out, "\\u{code:04X}"),
                code => write!(out, "\\U{code:08X}"),
            };
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

/// The forms in which a string may be written.
struct Form {
    plain: bool,
    single: bool,
    block: bool,
}

impl Form {
    fn analyze(text: &str, version: Version) -> Self {
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut is_special, mut has_tab) = (false, false);
        let (mut break_space, mut space_break) = (false, false);
        let mut before = None;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let is_followed = rest.peek().is_none_or(|next| matches!(next, ' ' | '\t'));
            indicators |= match (before, c) {
                (
                    None,
                    '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"'
                    | '%' | '@' | '`',
                ) => true,
                (None, '?' | '-') | (_, ':') => is_followed,
                (Some(previous), '#') => is_break(previous) || matches!(previous, ' ' | '\t'),
                _ => false,
            };
            match c {
                '\t' if version == Version::V1 => has_tab = true,
                _ => is_special |= !is_printable(c),
            }
            break_space |= c == ' ' && before.is_some_and(is_break);
            space_break |= is_break(c) && before == Some(' ');
            before = Some(c);
        }
        let is_edge = |c: char| c == ' ' || is_break(c);
        let has_edges = text.starts_with(is_edge) || text.ends_with(is_edge);
        let single = !(break_space || space_break || has_tab || is_special);
        Self {
            plain: single && !has_edges && !indicators && !text.contains(is_break),
            single,
            block: !(text.ends_with(' ') || space_break || is_special),
        }
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The characters that the library doesn't escape, which end with the first 65,536.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{fffd}') && c != '\u{feff}'
}

/// Characters that the library doesn't read, and JSON doesn't escape.
fn is_control(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// The fields sorted by name, with numbers in names compared by value: `a2` before `a10`.
fn sorted<'v>(
    fields: impl Iterator<Item = &'v (Value, Value)>,
    version: Version,
) -> Vec<(&'v str, &'v Value)> {
    let mut sorted: Vec<(&str, &Value)> = Vec::new();
    for (key, value) in fields {
        let key = key.as_str().unwrap_or_default();
        let at = sorted.partition_point(|(other, _)| order(other, key, version).is_lt());
        sorted.insert(at, (key, value));
    }
    sorted
}

/// The library's order of keys, which isn't always consistent.
fn order(a: &str, b: &str, version: Version) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (Some(&x), Some(&y)) = (a.get(same), b.get(same)) else {
        return a.len().cmp(&b.len());
    };
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x.cmp(&y),
        (false, false) => {}
        (is_letter, _) => {
            // The newer library puts letters first after digits.
            let behind_digits = version == Version::V1
                && a.get(same.wrapping_sub(1))
                    .is_some_and(char::is_ascii_digit);
            return if is_letter == behind_digits {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
    }
    let number = |text: &[char]| {
        let digits = text.iter().skip(same).map_while(|c| c.to_digit(10));
        let count = digits.clone().count();
        // It overflows 64 bits as in Go.
        let value = digits.fold(lead(&a, same, x, y), |value, digit| {
            value.wrapping_mul(10).wrapping_add(i64::from(digit))
        });
        (value, count)
    };
    number(&a).cmp(&number(&b)).then(x.cmp(&y))
}

/// 1 if a digit other than zero comes right before, so that zeros count.
fn lead(text: &[char], same: usize, x: char, y: char) -> i64 {
    if x != '0' && y != '0' {
        return 0;
    }
    let before = text.iter().take(same).rev();
    let has_digit = before
        .take_while(|c| c.is_ascii_digit())
        .any(|digit| *digit != '0');
    i64::from(has_digit)
}
