//! The state of the parser: the position, the problems found, the depth, and the terms already parsed, so that going
//! back to try something else is cheap. The grammar is in the modules next to it.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use super::ast::{Body, Import, Location, Module, Term};
use super::keywords::Keywords;
use super::lexer::{Lexed, Lexer};
use super::token::Token;
use crate::problem::{Code, Problem};
use values::Version;

/// How deep terms may nest in terms.
const DEPTH: usize = 200;

/// How many operators, `else` branches or parts of a reference may follow one another. Each makes the tree, or what
/// becomes of it, one level deeper.
const ROW: usize = 500;

/// How deep the syntax tree may be.
const HIGHEST: usize = DEPTH + ROW;

/// Parses a module. Its locations carry `index` as the index of their module.
///
/// # Errors
///
/// All syntax errors, in OPA's words.
pub fn parse_module(text: &str, index: u32, version: Version) -> Result<Module, Vec<Problem>> {
    Parser::new(text, index, version).module()
}

/// Parses a query. Its locations carry `index` as the index of their module. Imports may introduce keywords.
///
/// # Errors
///
/// All syntax errors, in OPA's words.
pub fn parse_query(
    text: &str,
    index: u32,
    version: Version,
    imports: &[Import],
) -> Result<Body, Vec<Problem>> {
    let mut parser = Parser::new(text, index, version);
    for import in imports {
        parser.state.keywords.import(import, version);
    }
    parser.query()
}

/// The position of the parser. A copy of it is what the parser goes back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct State<'t> {
    pub lexer: Lexer<'t>,
    pub current: Lexed,
    /// Whether the current token is the white space before `current`.
    pub space_first: bool,
    pub last_end: usize,
    /// Where the current rule or expression begins.
    pub opening: Option<usize>,
    pub wildcards: usize,
    pub problems: usize,
    pub hints: usize,
    pub keywords: Keywords,
    pub rego_v1: bool,
}

pub(super) struct Parser<'t> {
    pub text: &'t str,
    index: u32,
    pub version: Version,
    pub state: State<'t>,
    pub problems: Vec<Problem>,
    pub hints: Vec<String>,
    depth: usize,
    /// The limit that was exceeded. Other problems follow from it, and aren't reported.
    too_deep: Option<Problem>,
    /// What was parsed at each offset where a term begins.
    seen: BTreeMap<usize, Seen<'t>>,
    /// The depth of the deepest term within the one being parsed.
    pub height: usize,
}

/// What was parsed at an offset.
enum Seen<'t> {
    /// A term that has been parsed once. The second time, it is kept.
    Once,
    /// The result of parsing it.
    Known(Box<Known<'t>>),
}

/// The result of parsing a term.
#[derive(Clone)]
struct Known<'t> {
    term: Option<Term>,
    /// The position after it.
    after: State<'t>,
    /// Its depth.
    height: usize,
    /// The problems in it.
    problems: Vec<Problem>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, index: u32, version: Version) -> Self {
        let mut keywords = Keywords::default();
        if version == Version::V1 {
            keywords.all();
        }
        let nothing = Lexed {
            token: Token::Space,
            start: 0,
            end: 0,
            wrong: None,
            line_break: false,
            space: false,
        };
        let state = State {
            lexer: Lexer::new(text),
            current: nothing,
            space_first: false,
            last_end: 0,
            opening: None,
            wildcards: 0,
            problems: 0,
            hints: 0,
            keywords,
            rego_v1: false,
        };
        let mut parser = Self {
            text,
            index,
            version,
            state,
            problems: Vec::new(),
            hints: Vec::new(),
            depth: 0,
            too_deep: None,
            seen: BTreeMap::new(),
            height: 0,
        };
        parser.scan();
        parser
    }

    // Tokens.

    /// The current token.
    pub(super) fn token(&self) -> Token {
        let current = &self.state.current;
        if self.state.space_first {
            return Token::Space;
        }
        if current.wrong.is_some() {
            return Token::Illegal;
        }
        if current.token == Token::Name && !self.begins_reference() {
            let name = self.word();
            if let Some(keyword) = Token::keyword(name) {
                return keyword;
            }
            let imported = Token::future_keyword(name).or_else(|| Token::logical_keyword(name));
            if let Some(keyword) = imported.filter(|k| self.state.keywords.has(*k)) {
                return keyword;
            }
        }
        current.token
    }

    /// Whether the current word begins a reference even if it is a keyword elsewhere: Rego v1 allows `if.x` where a
    /// rule or expression begins.
    pub(super) fn begins_reference(&self) -> bool {
        let current = &self.state.current;
        let after = self.text.as_bytes().get(current.end);
        self.version == Version::V1
            && self.state.opening == Some(current.start)
            && matches!(after, Some(b'.' | b'['))
    }

    /// Notes that a rule or expression begins at the current token.
    pub(super) fn open(&mut self) {
        self.state.opening = Some(self.state.current.start);
    }

    /// The source of the current token.
    pub(super) fn word(&self) -> &'t str {
        self.slice(self.state.current.start, self.state.current.end)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Moves to the next token, skipping white space.
    pub(super) fn scan(&mut self) {
        if self.state.space_first {
            self.state.space_first = false;
            return;
        }
        self.advance();
    }

    /// Moves to the next token, or to the white space before it.
    pub(super) fn scan_space(&mut self) {
        if self.state.space_first {
            self.state.space_first = false;
            return;
        }
        self.advance();
        self.state.space_first = self.state.current.space;
    }

    pub(super) fn advance(&mut self) {
        self.advance_with(Lexer::next);
    }

    pub(super) fn advance_with(&mut self, next: impl FnOnce(&mut Lexer<'t>) -> Lexed) {
        self.state.last_end = self.state.current.end;
        self.state.current = next(&mut self.state.lexer);
        self.state.current.wrong = self.state.current.wrong.or_else(|| self.wrong_character());
        if let Some(wrong) = self.state.current.wrong {
            self.problem(self.here(), wrong.to_owned());
        }
    }

    pub(super) fn save(&self) -> State<'t> {
        State {
            problems: self.problems.len(),
            hints: self.hints.len(),
            ..self.state
        }
    }

    pub(super) fn restore(&mut self, state: State<'t>) {
        self.problems.truncate(state.problems);
        self.hints.truncate(state.hints);
        self.state = state;
    }

    /// The location of the current token.
    pub(super) fn here(&self) -> Location {
        if self.state.space_first {
            return self.before_current();
        }
        self.at(self.state.current.start, self.state.current.end)
    }

    /// The location of the white space before the current token; if it begins with a line break, what follows that.
    fn before_current(&self) -> Location {
        let start = self.state.last_end;
        let breaks_line = self.text.as_bytes().get(start) == Some(&b'\n');
        let start = start + usize::from(breaks_line);
        self.at(start, self.state.current.start.max(start))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a module is no larger than 4 GiB"
    )]
    pub(super) fn at(&self, start: usize, end: usize) -> Location {
        Location {
            module: self.index,
            start: start as u32,
            end: end.max(start) as u32,
        }
    }

    /// The source at a location.
    pub(super) fn slice_of(&self, at: Location) -> &'t str {
        self.slice(at.start as usize, at.end as usize)
    }

    /// From the start of a location to the end of the last token that was consumed.
    pub(super) fn since(&self, start: Location) -> Location {
        self.at(start.start as usize, self.state.last_end)
    }

    /// From the start of a location to the end of the current token.
    pub(super) fn through(&self, start: Location) -> Location {
        self.at(start.start as usize, self.state.current.end)
    }

    pub(super) fn broke_line(&self) -> bool {
        self.state.current.line_break
    }

    // Problems.

    pub(super) fn problem(&mut self, at: Location, mut message: String) {
        match self.hints.as_slice() {
            [] => {}
            [hint] => {
                let _ = write!(message, " (hint: {hint})");
            }
            hints => {
                let _ = write!(message, " (hints: {})", hints.join(", "));
            }
        }
        self.hints.clear();
        self.problems.push(Problem::new(Code::Parse, at, message));
    }

    /// Drops the hints for the previous statement.
    pub(super) fn forget_hints(&mut self) {
        self.hints.clear();
    }

    pub(super) fn hint(&mut self, hint: String) {
        self.hints.push(hint);
    }

    /// Reports that the current token isn't allowed here.
    pub(super) fn illegal(&mut self, note: &str) {
        if self.state.current.token == Token::Template {
            if self.version == Version::V0 {
                return self.problem(
                    self.here(),
                    "template strings ($\"…\") need OPA 1.12 or later: use sprintf or concat"
                        .to_owned(),
                );
            }
            self.begin_template();
        }
        let token = self.token();
        if token == Token::Illegal {
            return self.problem(self.here(), "illegal token".to_owned());
        }
        let kind = if token.is_keyword() {
            "keyword"
        } else {
            "token"
        };
        let colon = if note.is_empty() { "" } else { ": " };
        self.problem(
            self.here(),
            format!("unexpected {} {kind}{colon}{note}", token.name()),
        );
    }

    /// Why a character is invalid for OPA 1.22, but not in v0.
    pub(super) fn wrong_character(&self) -> Option<&'static str> {
        let is_reported = self.version == Version::V1 && self.state.current.token == Token::Illegal;
        match self.word() {
            "$" if is_reported => Some("illegal $ character"),
            "\u{a0}" if is_reported => {
                Some("illegal non-breaking space character, use a regular space instead")
            }
            _ => None,
        }
    }

    // Expressions.

    pub(super) fn query(&mut self) -> Result<Body, Vec<Problem>> {
        let mut body = Body::new();
        while self.token() != Token::End {
            match self.body_of(true, Token::End) {
                Some(more) => body.extend(more),
                None => break,
            }
        }
        self.finish(body)
    }

    pub(super) fn finish<T>(&mut self, value: T) -> Result<T, Vec<Problem>> {
        if let Some(problem) = self.too_deep.take() {
            return Err(vec![problem]);
        }
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(std::mem::take(&mut self.problems))
        }
    }

    /// Counts one more level on top of the deepest term so far.
    pub(super) fn rises(&mut self) -> Option<()> {
        self.height += 1;
        if self.height > HIGHEST {
            self.give_up(format!(
                "terms and operators nest deeper than {HIGHEST} levels"
            ));
            return None;
        }
        Some(())
    }

    /// Counts one more of what is limited to [`ROW`].
    pub(super) fn one_more(&mut self, so_far: usize, what: &str) -> Option<usize> {
        if so_far == ROW {
            self.give_up(format!("there are more than {ROW} {what}"));
            return None;
        }
        Some(so_far + 1)
    }

    /// Parses something one level deeper, unless that is too deep.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH {
            self.give_up(format!("terms nest deeper than {DEPTH} levels"));
        }
        if self.too_deep.is_some() {
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        Some(read)
    }

    pub(super) fn give_up(&mut self, message: String) {
        let problem = Problem::new(Code::Parse, self.here(), message);
        self.too_deep.get_or_insert(problem);
    }

    pub(super) fn has_given_up(&self) -> bool {
        self.too_deep.is_some()
    }

    pub(super) fn parse_term(&mut self) -> Option<Term> {
        // The result is the same as before at this offset, unless keywords have been introduced since, or a problem would
        // have a hint.
        let place = self.state.current.start;
        let hints = self.hints.len();
        if let Some(Seen::Known(known)) = self.seen.get(&place)
            && known.after.keywords == self.state.keywords
            && (known.problems.is_empty() || hints == 0)
        {
            let known = known.as_ref().clone();
            return self.read_again(known);
        }
        // The problem of a word depends on what it was parsed for: `begins_reference`.
        let is_word = self.state.current.token == Token::Name;
        let problems = self.problems.len();
        let outer = std::mem::take(&mut self.height);
        let term = self.deeper(Self::new_term)?;
        self.rises()?;
        let found = self.problems.get(problems..).unwrap_or_default().to_vec();
        if found.is_empty() || !is_word && hints + self.hints.len() == 0 {
            self.keep(place, term.as_ref(), found);
        }
        self.height = self.height.max(outer);
        term
    }

    /// Takes a term that is known, as if it were parsed again.
    fn read_again(&mut self, known: Known<'t>) -> Option<Term> {
        self.height = self.height.max(known.height);
        self.problems.extend(known.problems);
        self.state = State {
            problems: self.problems.len(),
            wildcards: self.state.wildcards.max(known.after.wildcards),
            ..known.after
        };
        known.term
    }

    /// Keeps a term in case it is parsed once more. Most aren't, and copying each would also copy all terms in it
    /// again and again. So only a term that is parsed for the second time is kept, and those in it are dropped.
    fn keep(&mut self, place: usize, term: Option<&Term>, problems: Vec<Problem>) {
        let seen = match self.seen.get(&place) {
            None => Seen::Once,
            Some(_) => Seen::Known(Box::new(Known {
                term: term.cloned(),
                after: self.state,
                height: self.height,
                problems,
            })),
        };
        if matches!(seen, Seen::Known(..)) {
            let end = self.state.last_end.max(place + 1);
            let inner: Vec<usize> = self.seen.range(place + 1..end).map(|(at, _)| *at).collect();
            for at in inner {
                self.seen.remove(&at);
            }
        }
        self.seen.insert(place, seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str, version: Version) -> Vec<String> {
        let found = parse_module(text, 0, version).err().unwrap_or_default();
        found.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn a_template_string_in_a_wrong_place_is_said_as_opa_says_it() {
        let newer = "template strings ($\"…\") need OPA 1.12 or later: use sprintf or concat";
        let cases = [
            ("package $\"x\"", "unexpected template-string-end token"),
            ("package $\"x", "non-terminated string"),
            (
                "package p\nimport data.$\"x\"",
                "unexpected template-string-end token: expected identifier",
            ),
            (
                "package p\na if input.x with $\"a{input.y}\" as 1",
                "unexpected template-string-part token: expected ident",
            ),
        ];
        for (text, message) in cases {
            let found = problems(text, Version::V1);
            assert_eq!(found.first().unwrap(), message, "{text}");
        }
        assert_eq!(problems(cases[0].0, Version::V0), [newer]);
    }
}
