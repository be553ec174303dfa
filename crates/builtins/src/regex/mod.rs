//! Regular expressions with Go's syntax, meaning and errors.

mod class;
mod globs;
mod syntax;
mod template;

use std::collections::BTreeMap;
use std::rc::Rc;

use regex_automata::Input;
use regex_automata::meta::{self, Regex};
use regex_automata::util::captures::Captures;
use regex_syntax::hir::Hir;

use super::operand::{exhausted, integer, string};
use super::{Builtin, Failure, Host, Outcome, bounded};
use values::{Value, budget};

pub(super) use syntax::RegexError;

/// The functions of this module.
pub(super) const TABLE: &[Builtin] = &[
    bounded("regex.match", "(string, string) => boolean", is_match),
    bounded("re_match", "(string, string) => boolean", is_match),
    bounded("regex.is_valid", "(string) => boolean", is_valid),
    bounded("regex.split", "(string, string) => array[string]", split),
    bounded(
        "regex.find_n",
        "(string, string, number) => array[string]",
        find_n,
    ),
    bounded(
        "regex.find_all_string_submatch_n",
        "(string, string, number) => array[array[string]]",
        find_all_submatches,
    ),
    bounded(
        "regex.replace",
        "(string, string, string) => string",
        replace,
    ),
    bounded(
        "regex.template_match",
        "(string, string, string, string) => boolean",
        template_match,
    ),
    bounded(
        "regex.globs_match",
        "(string, string) => boolean",
        globs::is_match,
    ),
];

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
    names: Vec<Option<String>>,
    /// The size in units of 1024 bytes.
    size: usize,
}

/// How large a compiled pattern may be, in bytes. A usual pattern takes less than a hundredth of it.
const LARGEST: usize = 16 << 20;

impl Pattern {
    /// Compiles a parsed pattern.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`] if it is too large.
    pub(super) fn new(hir: &Hir, names: Vec<Option<String>>) -> Result<Self, Failure> {
        let config = meta::Config::new().nfa_size_limit(Some(LARGEST));
        let regex = meta::Builder::new()
            .configure(config)
            .build_from_hir(hir)
            .map_err(|_| {
                let limit = LARGEST >> 20;
                Failure::Limit(format!("the pattern needs more than {limit} MiB"))
            })?;
        let size = regex.memory_usage() / 1024 + 1;
        Ok(Self { regex, names, size })
    }

    /// Charges for searching this many bytes. Each match may search the rest of the text again, and this is what
    /// limits many matches in a long text.
    fn charge(&self, host: &mut dyn Host, length: usize) -> Result<(), Failure> {
        host.charge(self.size.saturating_mul(length) / (64 << 10) + length / 128 + 1)
    }

    /// Whether a text has a match.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`] if the search may take too long.
    pub(super) fn is_match(&self, host: &mut dyn Host, text: &str) -> Result<bool, Failure> {
        self.charge(host, text.len())?;
        Ok(self.regex.is_match(text))
    }

    /// The first `most` matches.
    fn find(&self, host: &mut dyn Host, text: &str, most: usize) -> Result<Vec<Captures>, Failure> {
        let mut found = Vec::new();
        let mut matches = self.regex.captures_iter(Input::new(text));
        let mut at = 0;
        while found.len() < most {
            self.charge(host, text.len() - at)?;
            let Some(captures) = matches.next() else {
                break;
            };
            host.charge(captures.group_len())?;
            at = captures.get_match().map_or(at, |whole| whole.end());
            found.push(captures);
        }
        Ok(found)
    }
}

/// The text that a group matched; empty if it took no part in the match.
fn group<'t>(captures: &Captures, index: usize, text: &'t str) -> &'t str {
    captures
        .get_group(index)
        .and_then(|span| text.get(span.range()))
        .unwrap_or_default()
}

/// Checks a pattern.
///
/// # Errors
///
/// Why it is invalid.
pub(super) fn check(text: &str) -> Result<(), RegexError> {
    syntax::parse(text).map(|_| ())
}

/// Charges for compiling a pattern, which takes much more than a search.
///
/// # Errors
///
/// [`Failure::Limit`] if too many are compiled.
pub(super) fn charge_compiled(host: &mut dyn Host, pattern: &Pattern) -> Result<(), Failure> {
    if !budget::step(2_000 + pattern.size as u64 * 100) {
        return Err(exhausted());
    }
    host.charge(pattern.size)
}

/// Compiles a pattern, or takes it from the cache.
///
/// # Errors
///
/// Go's message if it is invalid, or [`Failure::Limit`].
pub(super) fn compile(host: &mut dyn Host, text: &str) -> Result<Rc<Pattern>, Failure> {
    if let Some(known) = host.cache().regexes.get(text) {
        return Ok(known.clone());
    }
    let parsed = syntax::parse(text).map_err(Failure::from)?;
    let pattern = Rc::new(Pattern::new(&parsed.hir, parsed.names)?);
    charge_compiled(host, &pattern)?;
    host.cache().regexes.insert(text, pattern.clone());
    Ok(pattern)
}

impl From<RegexError> for Failure {
    fn from(error: RegexError) -> Self {
        match error {
            RegexError::Syntax(message) => Self::Failed(message),
            RegexError::TooDeep => Self::Limit("the pattern is nested too deep".to_owned()),
        }
    }
}

fn is_match(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (pattern, text) = (string(args, 0)?, string(args, 1)?);
    let pattern = compile(host, pattern)?;
    Ok(Some(pattern.is_match(host, text)?.into()))
}

fn is_valid(_: &mut dyn Host, args: &[Value]) -> Outcome {
    let Ok(pattern) = string(args, 0) else {
        return Ok(Some(false.into()));
    };
    match syntax::parse(pattern) {
        Ok(_) => Ok(Some(true.into())),
        Err(RegexError::Syntax(_)) => Ok(Some(false.into())),
        Err(error) => Err(error.into()),
    }
}

fn split(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (source, text) = (string(args, 0)?, string(args, 1)?);
    let pattern = compile(host, source)?;
    if !source.is_empty() && text.is_empty() {
        return Ok(Some(Value::array([text.into()])));
    }
    let mut parts = Vec::new();
    let (mut start, mut end) = (0, 0);
    for captures in pattern.find(host, text, usize::MAX)? {
        let Some(whole) = captures.get_match() else {
            continue;
        };
        end = whole.start();
        if whole.end() != 0 {
            parts.push(text.get(start..end).unwrap_or_default());
        }
        start = whole.end();
    }
    if end != text.len() {
        parts.push(text.get(start..).unwrap_or_default());
    }
    host.charge(parts.len() + text.len() / 32)?;
    Ok(Some(Value::array(parts.into_iter().map(Value::from))))
}

/// How many matches the arguments ask for. A negative number is all of them.
fn most(host: &dyn Host, args: &[Value]) -> Result<usize, Failure> {
    Ok(usize::try_from(integer(host, args, 2)?).unwrap_or(usize::MAX))
}

fn find_n(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (pattern, text, most) = (string(args, 0)?, string(args, 1)?, most(host, args)?);
    let pattern = compile(host, pattern)?;
    let found = pattern.find(host, text, most)?;
    let found = found.iter().map(|captures| group(captures, 0, text).into());
    Ok(Some(Value::array(found)))
}

fn find_all_submatches(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (pattern, text, most) = (string(args, 0)?, string(args, 1)?, most(host, args)?);
    let pattern = compile(host, pattern)?;
    let found = pattern.find(host, text, most)?;
    let mut matches = Vec::with_capacity(found.len());
    for captures in &found {
        let groups: Vec<&str> = (0..captures.group_len())
            .map(|index| group(captures, index, text))
            .collect();
        let size: usize = groups.iter().map(|group| group.len() / 32 + 1).sum();
        host.charge(size)?;
        matches.push(Value::array(groups.into_iter().map(Value::from)));
    }
    Ok(Some(matches.into()))
}

fn replace(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, pattern, with) = (string(args, 0)?, string(args, 1)?, string(args, 2)?);
    let pattern = compile(host, pattern)?;
    let replacement = template::Replacement::new(with);
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for captures in pattern.find(host, text, usize::MAX)? {
        let Some(whole) = captures.get_match() else {
            continue;
        };
        out.push_str(text.get(end..whole.start()).unwrap_or_default());
        end = whole.end();
        let before = out.len();
        replacement.expand(&pattern.names, &captures, text, &mut out);
        host.charge_text(out.len() - before)?;
    }
    out.push_str(text.get(end..).unwrap_or_default());
    host.charge_text(text.len())?;
    Ok(Some(out.into()))
}

fn template_match(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (template, text) = (string(args, 0)?, string(args, 1)?);
    let (open, close) = (string(args, 2)?, string(args, 3)?);
    // OPA has the length of the first in both messages.
    let length = open.len();
    let one = |delimiter: &str, name: &str| match delimiter.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(Failure::Failed(format!(
            "{name} delimiter has to be exactly one character long but is {length} long"
        ))),
    };
    let (open, close) = (one(open, "start")?, one(close, "end")?);
    let pattern = template::pattern(template, open, close)?;
    let pattern = compile(host, &pattern)?;
    Ok(Some(pattern.is_match(host, text)?.into()))
}

/// A cache of compiled patterns by their source. It has room for a few.
#[derive(Debug)]
pub(super) struct Patterns<P>(BTreeMap<String, Rc<P>>);

/// A pattern for the cache.
pub(super) trait Kept {
    /// Its size in units of 1024 bytes.
    fn size(&self) -> usize;
}

impl Kept for Pattern {
    fn size(&self) -> usize {
        self.size
    }
}

impl<P> Default for Patterns<P> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

const KEPT: usize = 100;

/// How large the cache may be between evaluations, in units of 1024 bytes.
const LARGEST_KEPT: usize = 4 << 10;

impl<P: Kept> Patterns<P> {
    /// The pattern compiled from this source.
    pub(super) fn get(&self, text: &str) -> Option<&Rc<P>> {
        self.0.get(text)
    }

    /// Adds a pattern.
    pub(super) fn insert(&mut self, text: &str, pattern: Rc<P>) {
        if self.0.len() >= KEPT {
            self.0.pop_first();
        }
        self.0.insert(text.to_owned(), pattern);
    }

    /// Empties the cache if it is too large to keep between evaluations.
    pub(super) fn drop_large(&mut self) {
        let size: usize = self.0.values().map(|pattern| pattern.size()).sum();
        if size > LARGEST_KEPT {
            self.0.clear();
        }
    }
}
