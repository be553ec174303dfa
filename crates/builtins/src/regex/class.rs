//! Character classes, as Go parses them: `[a-z]`, `\d`, `\pL`, `[[:alpha:]]`.

use regex_syntax::hir::{self, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

use super::syntax::{RegexError, consumed, error, escaped};

/// A set of characters.
pub(super) struct Class(ClassUnicode);

/// The last code point.
const LAST: u32 = 0x10_ffff;

impl Class {
    /// One character; with `fold`, in either case.
    pub(super) fn single(code: u32, fold: bool) -> Self {
        let mut class = Self(ClassUnicode::empty());
        class.add(code, code, fold);
        class
    }

    /// Every character.
    pub(super) fn any() -> Self {
        let mut class = Self(ClassUnicode::empty());
        class.add(0, LAST, false);
        class
    }

    /// Every character except a line break.
    pub(super) fn except_newline() -> Self {
        let mut class = Self::single(u32::from('\n'), false);
        class.0.negate();
        class
    }

    /// A pattern that matches one of the characters.
    pub(super) fn hir(self) -> Hir {
        Hir::class(hir::Class::Unicode(self.0))
    }

    /// Adds a range. Surrogates never occur in a string, so they are left out.
    fn add(&mut self, low: u32, high: u32, fold: bool) {
        let low = if (0xd800..0xe000).contains(&low) {
            0xe000
        } else {
            low
        };
        let high = if (0xd800..0xe000).contains(&high) {
            0xd7ff
        } else {
            high
        };
        if low > high {
            return;
        }
        if let (Some(low), Some(high)) = (char::from_u32(low), char::from_u32(high)) {
            let mut range = ClassUnicode::new([ClassUnicodeRange::new(low, high)]);
            if fold {
                range.case_fold_simple();
            }
            self.0.union(&range);
        }
    }

    /// Adds a class, or everything that isn't in it.
    fn merge(&mut self, mut class: ClassUnicode, fold: bool, is_negated: bool) {
        if fold {
            class.case_fold_simple();
        }
        if is_negated {
            class.negate();
        }
        self.0.union(&class);
    }

    /// The class that an escape such as `\d` or `\pL` at the start of a text names, and the rest of the text; `None`
    /// if there is none.
    pub(super) fn escaped(text: &str, fold: bool) -> Result<Option<(Self, &str)>, RegexError> {
        let mut class = Self(ClassUnicode::empty());
        Ok(class.escape(text, fold)?.map(|rest| (class, rest)))
    }

    fn escape<'t>(&mut self, text: &'t str, fold: bool) -> Result<Option<&'t str>, RegexError> {
        let Some(letter) = text.strip_prefix('\\').and_then(|rest| rest.chars().next()) else {
            return Ok(None);
        };
        if matches!(letter, 'p' | 'P') {
            return self.unicode(text, fold).map(Some);
        }
        let Some(class) = perl(letter.to_ascii_lowercase()) else {
            return Ok(None);
        };
        self.merge(class, fold, letter.is_ascii_uppercase());
        Ok(text.get(2..))
    }

    /// Adds `\pL`, `\p{Greek}` or `\P{^Lu}`.
    fn unicode<'t>(&mut self, text: &'t str, fold: bool) -> Result<&'t str, RegexError> {
        let after = text.get(2..).unwrap_or_default();
        let Some(first) = after.chars().next() else {
            // Go reports a missing name as an unknown one.
            return Err(error("invalid character class range", text));
        };
        let (name, rest) = if first == '{' {
            let Some((name, rest)) = after.get(1..).and_then(|inner| inner.split_once('}')) else {
                return Err(error("invalid character class range", text));
            };
            (name, rest)
        } else {
            after.split_at(first.len_utf8())
        };
        let is_negated = text.starts_with("\\P");
        let (name, is_negated) = match name.strip_prefix('^') {
            Some(name) => (name, !is_negated),
            None => (name, is_negated),
        };
        let Some(class) = unicode_class(name) else {
            let sequence = consumed(text, rest);
            return Err(error("invalid character class range", sequence));
        };
        self.merge(class, fold, is_negated);
        Ok(rest)
    }

    /// The class `[…]` at the start of a text, and the rest of the text.
    pub(super) fn bracketed(text: &str, fold: bool) -> Result<(Self, &str), RegexError> {
        let mut rest = text.get(1..).unwrap_or_default();
        let is_negated = rest.starts_with('^');
        if is_negated {
            rest = rest.get(1..).unwrap_or_default();
        }
        let mut class = Self(ClassUnicode::empty());
        let mut is_first = true;
        while is_first || !rest.starts_with(']') {
            is_first = false;
            if rest.len() > 2
                && let Some(inner) = rest.strip_prefix("[:")
                && let Some((name, after)) = inner.split_once(":]")
            {
                let (word, is_other) = match name.strip_prefix('^') {
                    Some(word) => (word, true),
                    None => (name, false),
                };
                let Some(named) = posix(word) else {
                    let named = consumed(rest, after);
                    return Err(error("invalid character class range", named));
                };
                class.merge(named, fold, is_other);
                rest = after;
                continue;
            }
            if let Some(after) = class.escape(rest, fold)? {
                rest = after;
                continue;
            }
            let range = rest;
            let (low, after) = character(rest, text)?;
            let (high, after) = match after.strip_prefix('-') {
                Some(end) if !end.is_empty() && !end.starts_with(']') => character(end, text)?,
                _ => (low, after),
            };
            if high < low {
                let range = consumed(range, after);
                return Err(error("invalid character class range", range));
            }
            class.add(low, high, fold);
            rest = after;
        }
        if is_negated {
            class.0.negate();
        }
        Ok((class, rest.get(1..).unwrap_or_default()))
    }
}

fn character<'t>(text: &'t str, whole: &str) -> Result<(u32, &'t str), RegexError> {
    match text.chars().next() {
        None => Err(error("missing closing ]", whole)),
        Some('\\') => escaped(text),
        Some(c) => Ok((u32::from(c), text.get(c.len_utf8()..).unwrap_or_default())),
    }
}

fn ascii(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(
        ranges
            .iter()
            .map(|(low, high)| ClassUnicodeRange::new(*low, *high)),
    )
}

fn perl(letter: char) -> Option<ClassUnicode> {
    match letter {
        'd' => posix("digit"),
        's' => Some(ascii(&[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')])),
        'w' => posix("word"),
        _ => None,
    }
}

fn posix(name: &str) -> Option<ClassUnicode> {
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\u{7f}')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(ascii(ranges))
}

/// The category or script of Unicode with this name.
fn unicode_class(name: &str) -> Option<ClassUnicode> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let hir = regex_syntax::Parser::new()
        .parse(&format!("\\p{{{name}}}"))
        .ok()?;
    match hir.into_kind() {
        HirKind::Class(hir::Class::Unicode(class)) => Some(class),
        HirKind::Class(hir::Class::Bytes(class)) => class.to_unicode_class(),
        // A single character.
        HirKind::Literal(literal) => {
            let c = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(ascii(&[(c, c)]))
        }
        _ => None,
    }
}
