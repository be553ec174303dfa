//! Glob patterns, as in OPA's library `gobwas/glob`, where `*` stops at the delimiters of the call, and `**` doesn't.

use std::rc::Rc;

use regex_syntax::hir::{self, ClassUnicode, ClassUnicodeRange, Dot, Hir, Look, Repetition};

use super::operand::{any, mismatch, stray, string, text};
use super::regex::{Kept, Pattern, charge_compiled};
use super::{Builtin, Call, Failure, Host, Outcome};
use values::{Value, Version};

/// The functions of this module.
pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "glob.match",
        signature: "(string, any<null, array[string]>, string) => boolean",
        call: Call::Bounded(is_match),
    },
    Builtin {
        name: "glob.quote_meta",
        signature: "(string) => string",
        call: Call::Bounded(quote_meta),
    },
];

fn quote_meta(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let mut quoted = String::new();
    for c in string(args, 0)?.chars() {
        if r"*?\[]{}".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    text(host, quoted)
}

fn is_match(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let pattern = string(args, 0)?;
    let delimiters = delimiters(args)?;
    let text = string(args, 2)?;
    let key: String = format!(
        "{} {}{pattern}",
        delimiters.len(),
        delimiters.iter().collect::<String>()
    );
    let known = host.cache().globs.get(&key).cloned();
    let glob = if let Some(known) = known {
        known
    } else {
        host.charge(pattern.len() + 1)?;
        let glob = Rc::new(Glob::parse(pattern, &delimiters, host.version())?);
        charge_compiled(host, &glob.pattern)?;
        host.cache().globs.insert(&key, glob.clone());
        glob
    };
    Ok(Some(glob.is_match(host, text)?.into()))
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Glob {
    pattern: Pattern,
    shortcut: Option<Shortcut>,
}

/// What else matches in the library of OPA 0.70.
#[derive(Debug)]
enum Shortcut {
    /// Strings with this start and end, even if they overlap: `a/**/b` matches `a/b`.
    Ends(String, String),
    /// The empty string, for one character that may be any but some.
    Empty,
}

impl Glob {
    fn parse(pattern: &str, delimiters: &[char], version: Version) -> Result<Self, Failure> {
        let mut lexer = Lexer::new(pattern, version);
        let mut tokens = Vec::new();
        while let Some(token) = lexer.next()? {
            tokens.push(token);
        }
        let shortcut = match version {
            Version::V0 => Shortcut::of(&tokens, delimiters),
            Version::V1 => None,
        };
        Ok(Self {
            pattern: Pattern::new(&meaning(tokens, delimiters, &lexer)?, Vec::new())?,
            shortcut,
        })
    }

    fn is_match(&self, host: &mut dyn Host, text: &str) -> Result<bool, Failure> {
        let is_shortcut = match &self.shortcut {
            Some(Shortcut::Ends(start, end)) => text.starts_with(start) && text.ends_with(end),
            Some(Shortcut::Empty) => text.is_empty(),
            None => false,
        };
        Ok(is_shortcut || self.pattern.is_match(host, text)?)
    }
}

impl Kept for Glob {
    fn size(&self) -> usize {
        self.pattern.size()
    }
}

impl Shortcut {
    fn of(tokens: &[Token], delimiters: &[char]) -> Option<Self> {
        let is_any_text = |token: &Token| match token {
            Token::Super => true,
            Token::Any => delimiters.is_empty(),
            _ => false,
        };
        match tokens {
            [Token::Text(start), between @ .., Token::Text(end)]
                if !between.is_empty() && between.iter().all(is_any_text) =>
            {
                Some(Self::Ends(start.clone(), end.clone()))
            }
            [Token::Single] => Some(Self::Empty),
            [Token::Class(class)] if has(class, char::REPLACEMENT_CHARACTER) => Some(Self::Empty),
            _ => None,
        }
    }
}

fn has(class: &ClassUnicode, c: char) -> bool {
    let mut ranges = class.iter();
    ranges.any(|range| (range.start()..=range.end()).contains(&c))
}

/// The characters that `*` and `?` don't match: those given, or the dot if none are given.
fn delimiters(args: &[Value]) -> Result<Vec<char>, Failure> {
    let whole = any(args, 1)?;
    let items = match whole {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        other => return Err(mismatch(1, other, "one of {array, null}")),
    };
    let mut delimiters = Vec::with_capacity(items.len());
    for item in items {
        let text = item
            .as_str()
            .ok_or_else(|| stray(1, whole, item, "string"))?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) => delimiters.push(c),
            _ => return Err(stray(1, whole, item, "rune")),
        }
    }
    if delimiters.is_empty() {
        delimiters.push('.');
    }
    Ok(delimiters)
}

/// How deep braces may nest.
const DEPTH: usize = 250;

/// The meaning of a pattern.
fn meaning(tokens: Vec<Token>, delimiters: &[char], lexer: &Lexer) -> Result<Hir, Failure> {
    let except = Hir::class(hir::Class::Unicode(class(delimiters, true)));
    let star = |sub: Hir| {
        Hir::repetition(Repetition {
            min: 0,
            max: None,
            greedy: true,
            sub: Box::new(sub),
        })
    };
    // The open braces: the alternatives so far, and what comes before the braces.
    let mut outer: Vec<(Vec<Hir>, Vec<Hir>)> = Vec::new();
    let mut current = Vec::new();
    for token in tokens {
        match token {
            Token::Text(text) => {
                current.push(Hir::literal(text.into_bytes()));
            }
            Token::Any => current.push(star(except.clone())),
            Token::Super => current.push(star(Hir::dot(Dot::AnyChar))),
            Token::Single => current.push(except.clone()),
            Token::Class(class) => current.push(Hir::class(hir::Class::Unicode(class))),
            Token::Open => {
                if outer.len() >= DEPTH {
                    return Err(Failure::Limit("the pattern is nested too deep".to_owned()));
                }
                outer.push((std::mem::take(&mut current), Vec::new()));
            }
            Token::Separator => {
                let alternative = Hir::concat(std::mem::take(&mut current));
                if let Some((_, alternatives)) = outer.last_mut() {
                    alternatives.push(alternative);
                }
            }
            Token::Close => close(&mut outer, &mut current),
        }
    }
    if !outer.is_empty() && lexer.version == Version::V1 {
        return Err(lexer.fail("unclosed `{`"));
    }
    // In the library of OPA 0.70, braces needn't be closed.
    while !outer.is_empty() {
        close(&mut outer, &mut current);
    }
    Ok(Hir::concat(vec![
        Hir::look(Look::Start),
        Hir::concat(current),
        Hir::look(Look::End),
    ]))
}

fn close(outer: &mut Vec<(Vec<Hir>, Vec<Hir>)>, current: &mut Vec<Hir>) {
    if let Some((before, mut alternatives)) = outer.pop() {
        let last = std::mem::replace(current, before);
        alternatives.push(Hir::concat(last));
        current.push(Hir::alternation(alternatives));
    }
}

fn class(characters: &[char], is_negated: bool) -> ClassUnicode {
    let ranges = characters.iter().map(|c| ClassUnicodeRange::new(*c, *c));
    let mut class = ClassUnicode::new(ranges);
    if is_negated {
        class.negate();
    }
    class
}

enum Token {
    Text(String),
    Any,
    Super,
    Single,
    Class(ClassUnicode),
    Open,
    Separator,
    Close,
}

struct Lexer {
    /// The version of OPA whose library it is.
    version: Version,
    text: Vec<char>,
    at: usize,
    /// How many braces are open.
    level: usize,
}

impl Lexer {
    fn new(pattern: &str, version: Version) -> Self {
        Self {
            version,
            text: pattern.chars().collect(),
            at: 0,
            level: 0,
        }
    }

    /// The error for what is wrong at this point. The newer library also names the offset in bytes.
    fn fail(&self, message: &str) -> Failure {
        let read = self.text.iter().take(self.at);
        Failure::Failed(match self.version {
            Version::V0 => message.to_owned(),
            Version::V1 => {
                let offset: usize = read.map(|c| c.len_utf8()).sum();
                format!("glob: syntax error at {offset}: {message}")
            }
        })
    }

    /// The next character; `None` at the end, and for the character 0, as in the library.
    fn read(&mut self) -> Result<Option<char>, Failure> {
        let c = self.peek()?;
        if self.at < self.text.len() {
            self.at += 1;
        }
        Ok(c)
    }

    fn peek(&self) -> Result<Option<char>, Failure> {
        match self.text.get(self.at) {
            Some(&char::REPLACEMENT_CHARACTER) if self.version == Version::V0 => {
                Err(self.fail("could not read rune"))
            }
            c => Ok(c
                .copied()
                .filter(|c| *c != '\0' || self.version == Version::V1)),
        }
    }

    fn next(&mut self) -> Result<Option<Token>, Failure> {
        loop {
            let start = self.at;
            let Some(c) = self.read()? else {
                return Ok(None);
            };
            let token = match c {
                '{' => {
                    self.level += 1;
                    Token::Open
                }
                ',' if self.level > 0 => Token::Separator,
                '}' if self.level > 0 => {
                    self.level -= 1;
                    Token::Close
                }
                '[' => Token::Class(self.range()?),
                '?' => Token::Single,
                '*' if self.peek()? == Some('*') => {
                    self.at += 1;
                    Token::Super
                }
                '*' => Token::Any,
                _ => {
                    self.at = start;
                    let breakers = if self.level > 0 { "?*[{}," } else { "?*[{" };
                    let text = self.text(breakers)?;
                    // The escape character has nothing after it.
                    if text.is_empty() {
                        continue;
                    }
                    Token::Text(text)
                }
            };
            return Ok(Some(token));
        }
    }

    fn text(&mut self, breakers: &str) -> Result<String, Failure> {
        let mut text = String::new();
        let mut is_escaped = false;
        loop {
            let start = self.at;
            match self.read()? {
                None if is_escaped && self.version == Version::V1 => {
                    return Err(self.fail("trailing backslash"));
                }
                None => return Ok(text),
                Some('\\') if !is_escaped => is_escaped = true,
                Some(c) if !is_escaped && breakers.contains(c) => {
                    self.at = start;
                    return Ok(text);
                }
                Some(c) => {
                    is_escaped = false;
                    text.push(c);
                }
            }
        }
    }

    /// The rest of a class: `a-z]` or `abc]`, both with or without `!`.
    fn range(&mut self) -> Result<ClassUnicode, Failure> {
        let mut is_negated = false;
        let mut start = self.at;
        let mut first = self.one()?;
        if first == '!' {
            is_negated = true;
            start = self.at;
            first = self.one()?;
        }
        if self.peek()? == Some('-') {
            self.at += 1;
            let last = self.one()?;
            self.close_range()?;
            if last < first {
                return Err(match self.version {
                    Version::V0 => self.fail(&format!(
                        "hi character '{last}' should be greater than lo '{first}'"
                    )),
                    Version::V1 => self.fail("range hi character is less than lo"),
                });
            }
            let mut class = ClassUnicode::new([ClassUnicodeRange::new(first, last)]);
            if is_negated {
                class.negate();
            }
            return Ok(class);
        }
        self.at = start;
        let characters: Vec<char> = self.text("]")?.chars().collect();
        self.close_range()?;
        if characters.is_empty() {
            return Err(self.fail("could not parse range"));
        }
        Ok(class(&characters, is_negated))
    }

    /// The next character, which must exist.
    fn one(&mut self) -> Result<char, Failure> {
        let end = self.fail("unexpected end of input");
        self.read()?.ok_or(end)
    }

    fn close_range(&mut self) -> Result<(), Failure> {
        match self.read()? {
            Some(']') => Ok(()),
            Some(_) => Err(self.fail("expected close range character")),
            None => Err(self.fail("unexpected end of input")),
        }
    }
}
