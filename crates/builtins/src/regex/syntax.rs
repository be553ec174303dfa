//! Parses Go's syntax of regular expressions (RE2). The parser of the crate `regex-syntax` accepts other patterns,
//! and has other messages: `\Q.\E` is a period to Go, and an error to that crate.

use regex_syntax::hir::{Capture, Hir, Look, Repetition};

use super::class::Class;

/// A parsed pattern.
pub(super) struct Parsed {
    /// What it matches.
    pub hir: Hir,
    /// The names of its groups, by index. The first group is the whole match.
    pub names: Vec<Option<String>>,
}

/// Why a pattern can't be used.
#[derive(Debug, PartialEq, Eq)]
pub enum RegexError {
    /// It is invalid; Go's message.
    Syntax(String),
    /// It nests too deeply, though Go accepts it.
    TooDeep,
}

/// How deep a pattern may nest; Go allows up to a thousand levels.
const DEPTH: usize = 250;

/// Parses a pattern.
///
/// # Errors
///
/// Go's message if it is invalid.
pub(super) fn parse(pattern: &str) -> Result<Parsed, RegexError> {
    Parser {
        pattern,
        rest: pattern,
        flags: Flags::default(),
        groups: vec![Group::default()],
        names: vec![None],
        repeated: None,
    }
    .parse()
}

#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "Go's flags, each on or off")]
struct Flags {
    fold: bool,
    lines: bool,
    dot_newline: bool,
    lazy: bool,
}

/// An open group. The first is the pattern itself.
#[derive(Default)]
struct Group {
    branches: Vec<Item>,
    items: Vec<Item>,
    capture: Option<u32>,
    /// The flags outside the group.
    outer: Flags,
}

/// A part of a pattern.
struct Item {
    hir: Hir,
    /// How many levels it nests.
    height: usize,
    /// The least number of times that its innermost part is repeated.
    repeats: u32,
}

impl Item {
    fn leaf(hir: Hir) -> Self {
        Self {
            hir,
            height: 1,
            repeats: 0,
        }
    }

    fn join(mut items: Vec<Self>, join: fn(Vec<Hir>) -> Hir) -> Self {
        if items.len() == 1
            && let Some(item) = items.pop()
        {
            return item;
        }
        let height = items.iter().map(|item| item.height).max();
        let repeats = items.iter().map(|item| item.repeats).max();
        Self {
            height: height.unwrap_or(0) + 1,
            repeats: repeats.unwrap_or(0),
            hir: join(items.into_iter().map(|item| item.hir).collect()),
        }
    }
}

impl Group {
    fn end_branch(&mut self) {
        let items = std::mem::take(&mut self.items);
        self.branches.push(Item::join(items, Hir::concat));
    }

    fn close(mut self) -> Item {
        self.end_branch();
        Item::join(self.branches, Hir::alternation)
    }
}

struct Parser<'p> {
    pattern: &'p str,
    rest: &'p str,
    flags: Flags,
    groups: Vec<Group>,
    names: Vec<Option<String>>,
    /// The source from the repetition operator that comes right before.
    repeated: Option<&'p str>,
}

/// An error in Go's words.
pub(super) fn error(what: &str, where_: &str) -> RegexError {
    RegexError::Syntax(format!("error parsing regexp: {what}: `{where_}`"))
}

impl<'p> Parser<'p> {
    fn parse(mut self) -> Result<Parsed, RegexError> {
        while let Some(c) = self.rest.chars().next() {
            let before = self.rest;
            let mut repeated = None;
            match c {
                '(' if self.rest.starts_with("(?") => self.open_special()?,
                '(' => {
                    self.skip(1);
                    self.names.push(None);
                    self.open(true)?;
                }
                '|' => {
                    self.skip(1);
                    if let Some(group) = self.groups.last_mut() {
                        group.end_branch();
                    }
                }
                ')' => self.close()?,
                '^' => self.look(
                    if self.flags.lines {
                        Look::StartLF
                    } else {
                        Look::Start
                    },
                    1,
                ),
                '$' => self.look(
                    if self.flags.lines {
                        Look::EndLF
                    } else {
                        Look::End
                    },
                    1,
                ),
                '.' => {
                    self.skip(1);
                    let class = if self.flags.dot_newline {
                        Class::any()
                    } else {
                        Class::except_newline()
                    };
                    self.push(Item::leaf(class.hir()));
                }
                '[' => {
                    let (class, rest) = Class::bracketed(self.rest, self.flags.fold)?;
                    self.rest = rest;
                    self.push(Item::leaf(class.hir()));
                }
                '*' | '+' | '?' => {
                    self.skip(1);
                    let (min, max) = match c {
                        '*' => (0, None),
                        '+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(before, min, max, false)?;
                    repeated = Some(before);
                }
                '{' => {
                    if let Some((counts, rest)) = Counts::read(self.rest) {
                        self.rest = rest;
                        let Some((min, max)) = counts.valid() else {
                            return Err(error("invalid repeat count", consumed(before, rest)));
                        };
                        self.repeat(before, min, max, true)?;
                        repeated = Some(before);
                    } else {
                        self.skip(1);
                        self.literal('{');
                    }
                }
                '\\' => self.escape()?,
                _ => {
                    self.skip(c.len_utf8());
                    self.literal(c);
                }
            }
            self.repeated = repeated;
        }
        self.finish()
    }

    fn finish(mut self) -> Result<Parsed, RegexError> {
        match (self.groups.pop(), self.groups.is_empty()) {
            (Some(group), true) => Ok(Parsed {
                hir: group.close().hir,
                names: self.names,
            }),
            _ => Err(error("missing closing )", self.pattern)),
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn push(&mut self, item: Item) {
        if let Some(group) = self.groups.last_mut() {
            group.items.push(item);
        }
    }

    fn look(&mut self, look: Look, bytes: usize) {
        self.skip(bytes);
        self.push(Item::leaf(Hir::look(look)));
    }

    fn literal(&mut self, c: char) {
        self.code(u32::from(c));
    }

    fn code(&mut self, code: u32) {
        let class = Class::single(code, self.flags.fold);
        self.push(Item::leaf(class.hir()));
    }

    fn open(&mut self, is_capture: bool) -> Result<(), RegexError> {
        if self.groups.len() >= DEPTH {
            return Err(RegexError::TooDeep);
        }
        let index = u32::try_from(self.names.len() - 1).ok();
        self.groups.push(Group {
            capture: index.filter(|_| is_capture),
            outer: self.flags,
            ..Group::default()
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), RegexError> {
        let group = self.groups.pop().filter(|_| !self.groups.is_empty());
        let Some(group) = group else {
            return Err(error("unexpected )", self.pattern));
        };
        self.skip(1);
        self.flags = group.outer;
        let index = group.capture;
        let mut item = group.close();
        if let Some(index) = index {
            item.height += 1;
            item.hir = Hir::capture(Capture {
                index,
                // Go allows two groups with the same name.
                name: None,
                sub: Box::new(item.hir),
            });
        }
        if item.height > DEPTH {
            return Err(RegexError::TooDeep);
        }
        self.push(item);
        Ok(())
    }

    /// A group such as `(?P<name>`, `(?<name>`, `(?i)` or `(?s:`.
    fn open_special(&mut self) -> Result<(), RegexError> {
        let start = self.rest;
        let named = [("(?P<", 4), ("(?<", 3)];
        for (opening, length) in named {
            if !start.starts_with(opening) || start.len() <= length {
                continue;
            }
            let Some(end) = start.find('>') else {
                return Err(error("invalid named capture", start));
            };
            let name = start.get(length..end).unwrap_or_default();
            let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
            if name.is_empty() || !name.chars().all(is_word) {
                let capture = start.get(..=end).unwrap_or(start);
                return Err(error("invalid named capture", capture));
            }
            self.names.push(Some(name.to_owned()));
            self.skip(end + 1);
            return self.open(true);
        }
        self.skip(2);
        let mut flags = self.flags;
        let mut is_set = true;
        let mut is_seen = false;
        while let Some(c) = self.rest.chars().next() {
            self.skip(c.len_utf8());
            match c {
                'i' => flags.fold = is_set,
                'm' => flags.lines = is_set,
                's' => flags.dot_newline = is_set,
                'U' => flags.lazy = is_set,
                '-' if is_set => {
                    is_set = false;
                    is_seen = false;
                    continue;
                }
                ':' | ')' if is_set || is_seen => {
                    if c == ':' {
                        self.open(false)?;
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            }
            is_seen = true;
        }
        let read = consumed(start, self.rest);
        Err(error("invalid or unsupported Perl syntax", read))
    }

    fn repeat(
        &mut self,
        before: &'p str,
        min: u32,
        max: Option<u32>,
        is_counted: bool,
    ) -> Result<(), RegexError> {
        let mut is_greedy = !self.flags.lazy;
        if self.rest.starts_with('?') {
            self.skip(1);
            is_greedy = !is_greedy;
        }
        if let Some(repeated) = self.repeated {
            let both = consumed(repeated, self.rest);
            return Err(error("invalid nested repetition operator", both));
        }
        let operator = consumed(before, self.rest);
        let Some(item) = self.groups.last_mut().and_then(|group| group.items.pop()) else {
            return Err(error("missing argument to repetition operator", operator));
        };
        let mut repeats = item.repeats;
        if is_counted {
            repeats = match (min, max) {
                (_, Some(0)) => 0,
                (0, None) => repeats,
                (_, Some(times)) | (times, None) => times.saturating_mul(repeats.max(1)),
            };
            if (min >= 2 || max.is_some_and(|max| max >= 2)) && repeats > MOST {
                return Err(error("invalid repeat count", operator));
            }
        }
        if item.height >= DEPTH {
            return Err(RegexError::TooDeep);
        }
        self.push(Item {
            height: item.height + 1,
            repeats,
            hir: Hir::repetition(Repetition {
                min,
                max,
                greedy: is_greedy,
                sub: Box::new(item.hir),
            }),
        });
        Ok(())
    }

    fn escape(&mut self) -> Result<(), RegexError> {
        let start = self.rest;
        match start.as_bytes().get(1) {
            Some(b'A') => self.look(Look::Start, 2),
            Some(b'z') => self.look(Look::End, 2),
            Some(b'b') => self.look(Look::WordAscii, 2),
            Some(b'B') => self.look(Look::WordAsciiNegate, 2),
            Some(b'C') => return Err(error("invalid escape sequence", "\\C")),
            Some(b'Q') => {
                self.skip(2);
                let (literal, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                for c in literal.chars() {
                    self.literal(c);
                }
                self.rest = rest;
            }
            _ => {
                if let Some((class, rest)) = Class::escaped(start, self.flags.fold)? {
                    self.rest = rest;
                    self.push(Item::leaf(class.hir()));
                } else {
                    let (code, rest) = escaped(start)?;
                    self.rest = rest;
                    self.code(code);
                }
            }
        }
        Ok(())
    }
}

/// The part of `before` that comes before `rest`.
pub(super) fn consumed<'p>(before: &'p str, rest: &str) -> &'p str {
    before
        .get(..before.len().saturating_sub(rest.len()))
        .unwrap_or(before)
}

/// Go's limit for repetitions.
const MOST: u32 = 1000;

/// The numbers in `{2}`, `{2,}` or `{2,5}`; `None` for one that is too large.
struct Counts {
    min: Option<u32>,
    max: Max,
}

enum Max {
    Open,
    Number(Option<u32>),
}

impl Counts {
    fn read(text: &str) -> Option<(Self, &str)> {
        let (min, rest) = count(text.strip_prefix('{')?)?;
        let (max, rest) = match rest.strip_prefix(',') {
            None => (Max::Number(min), rest),
            Some(rest) if rest.starts_with('}') => (Max::Open, rest),
            Some(rest) => {
                let (max, rest) = count(rest)?;
                (Max::Number(max), rest)
            }
        };
        Some((Self { min, max }, rest.strip_prefix('}')?))
    }

    fn valid(&self) -> Option<(u32, Option<u32>)> {
        let min = self.min.filter(|min| *min <= MOST)?;
        match self.max {
            Max::Open => Some((min, None)),
            Max::Number(max) => {
                let max = max.filter(|max| *max <= MOST && min <= *max)?;
                Some((min, Some(max)))
            }
        }
    }
}

/// A number without superfluous zeros; the inner `None` if it is much too large.
fn count(text: &str) -> Option<(Option<u32>, &str)> {
    let length = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(length);
    if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    let number = digits.parse().ok().filter(|_| length < 9);
    Some((number, rest))
}

/// The character that an escape such as `\n`, `\x{41}` or `\.` means, and the rest of the text.
///
/// # Errors
///
/// Go's message if it is invalid.
pub(super) fn escaped(text: &str) -> Result<(u32, &str), RegexError> {
    let mut rest = text.get(1..).unwrap_or_default();
    let next = |rest: &mut &str| {
        let c = rest.chars().next()?;
        *rest = rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    };
    let Some(c) = next(&mut rest) else {
        return Err(error("trailing backslash at end of expression", ""));
    };
    let is_octal = |rest: &str| rest.starts_with(|c| matches!(c, '0'..='7'));
    let code = match c {
        '0'..='7' if c == '0' || is_octal(rest) => {
            let mut code = c.to_digit(8).unwrap_or(0);
            for _ in 1..3 {
                if is_octal(rest) {
                    let digit = next(&mut rest).and_then(|c| c.to_digit(8));
                    code = code * 8 + digit.unwrap_or(0);
                }
            }
            Some(code)
        }
        'x' => match next(&mut rest) {
            Some('{') => {
                let mut code = Some(0_u32);
                let mut count = 0;
                loop {
                    match next(&mut rest) {
                        Some('}') => break code.filter(|_| count > 0),
                        Some(c) => {
                            code = code
                                .zip(c.to_digit(16))
                                .map(|(code, digit)| code * 16 + digit)
                                .filter(|code| *code <= 0x10_ffff);
                            count += 1;
                            if code.is_none() {
                                break None;
                            }
                        }
                        None => break None,
                    }
                }
            }
            Some(first) => {
                let second = next(&mut rest);
                first
                    .to_digit(16)
                    .zip(second.and_then(|c| c.to_digit(16)))
                    .map(|(first, second)| first * 16 + second)
            }
            None => None,
        },
        'a' => Some(7),
        'f' => Some(12),
        'n' => Some(10),
        'r' => Some(13),
        't' => Some(9),
        'v' => Some(11),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
        _ => None,
    };
    match code {
        Some(code) => Ok((code, rest)),
        None => Err(error("invalid escape sequence", consumed(text, rest))),
    }
}
