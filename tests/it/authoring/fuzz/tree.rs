//! Random values, each of which can be written in many ways.

use std::fmt::Write as _;

use crate::authoring::chance::Chance;

/// A value of JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// A value without quotes: `null`, `true`, or a number.
    Bare(&'static str),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Tree>),
    /// An object with distinct keys.
    Map(Vec<(String, Tree)>),
}

use Tree::{Bare, List, Map, Text};

/// Values without quotes that JSON and YAML write in the same way.
const BARE: [&str; 16] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "7",
    "1.5",
    "-0.0",
    "1e3",
    "1E400",
    "1e-400",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
];

/// Strings that may be read as something else.
const TEXTS: [&str; 44] = [
    "",
    "a",
    "é",
    "\u{1f600}",
    "e\u{301}\u{200d}",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
    "\u{202e}x",
    "\u{7f}",
    "\u{0}",
    "\u{1b}[31m",
    " ",
    " a ",
    "a\nb",
    "a\r\nb\n",
    "\t",
    "~",
    "null",
    "true",
    "1",
    "0x1F",
    "1.0",
    ".nan",
    "- a",
    "a: b",
    "a #b",
    "#",
    "{",
    "]",
    "&a",
    "*a",
    "!!str",
    "|",
    "%",
    "@",
    "`",
    "---",
    "...",
    "<<",
    "'",
    "\"",
    "\\",
    "::error::x",
];

impl Tree {
    /// A random value of at most this depth.
    pub fn of_chance(chance: &mut Chance<'_>, depth: usize) -> Self {
        match chance.below(if depth == 0 { 5 } else { 9 }) {
            0 | 1 => Bare(chance.one_of(&BARE)),
            2..=4 => Text(text(chance)),
            5 | 6 => List(
                (0..chance.below(4))
                    .map(|_| Self::of_chance(chance, depth - 1))
                    .collect(),
            ),
            _ => {
                let fields = (0..chance.below(4))
                    .map(|_| (text(chance), Self::of_chance(chance, depth - 1)))
                    .collect();
                Self::map(fields)
            }
        }
    }

    /// An object. Of equal keys, the first one stays.
    pub fn map(fields: Vec<(String, Tree)>) -> Self {
        let mut distinct: Vec<(String, Tree)> = Vec::new();
        for (key, value) in fields {
            if !distinct.iter().any(|(other, _)| *other == key) {
                distinct.push((key, value));
            }
        }
        Map(distinct)
    }

    /// The value as JSON on one line.
    pub fn json(&self) -> String {
        match self {
            Bare(text) => (*text).to_owned(),
            Text(text) => quoted(text),
            List(items) => {
                let items: Vec<_> = items.iter().map(Self::json).collect();
                format!("[{}]", items.join(","))
            }
            Map(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(key, value)| format!("{}:{}", quoted(key), value.json()))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }
        }
    }

    /// The value as YAML in a random layout, with comments and blank lines between its lines if `has_comments`.
    pub fn yaml(&self, chance: &mut Chance<'_>, has_comments: bool) -> String {
        let mut writer = Writer {
            chance,
            has_comments,
            text: String::new(),
        };
        writer.gap();
        writer.block(self, 0);
        writer.gap();
        writer.text.push('\n');
        writer.text
    }
}

fn text(chance: &mut Chance<'_>) -> String {
    match chance.below(8) {
        0 => format!("{}{}", chance.one_of(&TEXTS), chance.one_of(&TEXTS)),
        1 => "long ".repeat(1 + chance.below(40)),
        _ => chance.one_of(&TEXTS).to_owned(),
    }
}

/// A JSON string with only those characters that YAML allows too.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap();
    let mut quoted = String::new();
    for character in json.chars() {
        if is_printable(character) {
            quoted.push(character);
        } else {
            let _ = write!(quoted, "\\u{:04x}", u32::from(character));
        }
    }
    quoted
}

/// Whether YAML allows a character unescaped (production `c-printable`). JSON allows more of them, and a file with
/// one is refused with its code.
pub fn is_printable(character: char) -> bool {
    !character.is_control()
        && character != '\u{feff}'
        && !('\u{fffe}'..='\u{ffff}').contains(&character)
        || "\t\n\r\u{85}".contains(character)
}

struct Writer<'c, 'b> {
    chance: &'c mut Chance<'b>,
    has_comments: bool,
    text: String,
}

impl Writer<'_, '_> {
    fn line(&mut self, indent: usize) {
        self.gap();
        let _ = write!(self.text, "\n{:indent$}", "");
    }

    /// Random comments and blank lines, which mean nothing.
    fn gap(&mut self) {
        const GAPS: [&str; 6] = [
            "",
            "\n",
            "\n# why",
            "\n\n      # a: {b: 'c'",
            "\n#",
            "\n\n\n# é: \"x",
        ];
        if self.has_comments {
            self.text.push_str(self.chance.one_of(&GAPS));
        }
    }

    /// A comment on the line of a value.
    fn beside(&mut self) {
        if self.has_comments {
            self.text.push_str(
                self.chance
                    .one_of(&["", "", " # why", "   #", "  # [a: \"b"]),
            );
        }
    }

    fn block(&mut self, tree: &Tree, indent: usize) {
        match tree {
            Map(fields) if !fields.is_empty() => {
                for (i, (key, value)) in fields.iter().enumerate() {
                    if i > 0 || !self.text.ends_with("- ") {
                        self.line(indent);
                    }
                    self.scalar(key);
                    self.text.push(':');
                    self.value(value, indent);
                }
            }
            List(items) if !items.is_empty() => {
                for item in items {
                    self.line(indent);
                    self.text.push_str("- ");
                    match item {
                        Map(fields) if !fields.is_empty() => self.block(item, indent + 2),
                        _ => {
                            self.flow(item);
                            self.beside();
                        }
                    }
                }
            }
            _ => {
                self.line(indent);
                self.flow(tree);
                self.beside();
            }
        }
    }

    fn value(&mut self, value: &Tree, indent: usize) {
        let is_empty = match value {
            Map(fields) => fields.is_empty(),
            List(items) => items.is_empty(),
            _ => true,
        };
        if is_empty || self.chance.once_in(5) {
            self.text.push(' ');
            self.flow(value);
            self.beside();
        } else {
            self.beside();
            let step = 1 + self.chance.below(4);
            self.block(value, indent + step);
        }
    }

    fn flow(&mut self, tree: &Tree) {
        match tree {
            Bare(text) => self.text.push_str(text),
            Text(text) => self.scalar(text),
            List(items) => {
                self.text.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.comma(i);
                    self.flow(item);
                }
                self.text.push(']');
            }
            Map(fields) => {
                self.text.push('{');
                for (i, (key, value)) in fields.iter().enumerate() {
                    self.comma(i);
                    self.scalar(key);
                    self.text.push_str(": ");
                    self.flow(value);
                }
                self.text.push('}');
            }
        }
    }

    fn comma(&mut self, index: usize) {
        if index > 0 {
            self.text.push_str(self.chance.one_of(&[",", ", ", " , "]));
        }
    }

    /// A string, without quotes only if it is safe.
    fn scalar(&mut self, text: &str) {
        let is_word = text.len() > 1
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_./-<>+".contains(c))
            && !["null", "true", "false"].contains(&text.to_ascii_lowercase().as_str());
        let is_on_one_line =
            !text.contains(|c: char| c.is_control() || "\u{2028}\u{2029}\u{feff}".contains(c));
        match self.chance.below(3) {
            0 if is_word => self.text.push_str(text),
            1 if is_on_one_line => {
                let _ = write!(self.text, "'{}'", text.replace('\'', "''"));
            }
            _ => self.text.push_str(&quoted(text)),
        }
    }
}
