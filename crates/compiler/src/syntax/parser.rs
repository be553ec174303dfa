//! The parser's state: where it is in the text, what it has found wrong, how deep it is, and the terms that it
//! has read, so that going back to try another reading costs nothing. The grammar is in the modules beside it.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use super::ast::{Body, Import, Location, Module, Term};
use super::keywords::Keywords;
use super::lexer::{Lexed, Lexer};
use super::token::Token;
use crate::problem::{Code, Problem};
use values::Version;

/// Terms in terms, at the most.
const DEPTH: usize = 200;

/// Operators in a row, `else` after `else`, and parts of a reference, at the most: each makes the tree deeper, or what
/// it leads to.
const ROW: usize = 500;

/// Terms and operators in one another together: so deep the tree may be.
const HIGHEST: usize = DEPTH + ROW;

/// A module's text as a tree. `index` is the module's number, which its positions carry.
///
/// # Errors
///
/// Everything that is wrong with it, in OPA's words.
pub fn parse_module(text: &str, index: u32, version: Version) -> Result<Module, Vec<Problem>> {
    Parser::new(text, index, version).module()
}

/// A query's text as a body, and as many expressions as it holds. Imports may make keywords of words in it.
///
/// # Errors
///
/// Everything that is wrong with it, in OPA's words.
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

/// Where the parser is; copied to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct State<'t> {
    pub lexer: Lexer<'t>,
    pub current: Lexed,
    /// Whether the white space before the current token is what is looked at.
    pub space_first: bool,
    pub last_end: usize,
    /// Where the rule or expression begins that was begun last.
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
    /// What nests too deeply. Whatever else is wrong then follows from that.
    too_deep: Option<Problem>,
    /// What was read where a term begins.
    seen: BTreeMap<usize, Seen<'t>>,
    /// How deep the deepest of the terms is that were read in the one that is being read.
    pub height: usize,
}

/// What was read at a place.
enum Seen<'t> {
    /// A term, which may be read there again: the second time it is kept.
    Once,
    /// This, which took the parser there; and how deep it is.
    Known(Option<Term>, State<'t>, usize),
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

    /// Whether the current word is the head of a reference, be it a keyword elsewhere: `if.x`, as Rego
    /// v1 allows where a rule or an expression begins.
    pub(super) fn begins_reference(&self) -> bool {
        let current = &self.state.current;
        let after = self.text.as_bytes().get(current.end);
        self.version == Version::V1
            && self.state.opening == Some(current.start)
            && matches!(after, Some(b'.' | b'['))
    }

    /// Says that a rule or an expression begins here.
    pub(super) fn open(&mut self) {
        self.state.opening = Some(self.state.current.start);
    }

    /// The current token's text.
    pub(super) fn word(&self) -> &'t str {
        self.slice(self.state.current.start, self.state.current.end)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Goes on to the next token, over white space.
    pub(super) fn scan(&mut self) {
        if self.state.space_first {
            self.state.space_first = false;
            return;
        }
        self.advance();
    }

    /// Goes on to the next token, or to the white space before it.
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

    /// Where the current token is.
    pub(super) fn here(&self) -> Location {
        self.at(self.state.current.start, self.state.current.end)
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

    /// The text of a place.
    pub(super) fn slice_of(&self, at: Location) -> &'t str {
        self.slice(at.start as usize, at.end as usize)
    }

    /// From a place to the end of the last token that was taken.
    pub(super) fn since(&self, start: Location) -> Location {
        self.at(start.start as usize, self.state.last_end)
    }

    /// From a place to the end of the current token.
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

    /// What was hinted at was about a statement, and what follows isn't.
    pub(super) fn forget_hints(&mut self) {
        self.hints.clear();
    }

    pub(super) fn hint(&mut self, hint: String) {
        self.hints.push(hint);
    }

    /// The current token may not be here.
    pub(super) fn illegal(&mut self, note: &str) {
        let token = self.token();
        if self.state.current.token == Token::Template {
            return self.problem(
                self.here(),
                "template strings ($\"…\") need OPA 1.12 or later: use sprintf or concat"
                    .to_owned(),
            );
        }
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

    /// What OPA 1.22 says of a character that it says nothing of in v0.
    pub(super) fn wrong_character(&self) -> Option<&'static str> {
        let is_told = self.version == Version::V1 && self.state.current.token == Token::Illegal;
        match self.word() {
            "$" if is_told => Some("illegal $ character"),
            "\u{a0}" if is_told => {
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

    /// Says that what was read is deeper by one than what is in it.
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

    /// Counts what there may be only so much of.
    pub(super) fn one_more(&mut self, so_far: usize, what: &str) -> Option<usize> {
        if so_far == ROW {
            self.give_up(format!("there are more than {ROW} {what}"));
            return None;
        }
        Some(so_far + 1)
    }

    /// Reads what is one level deeper, if it may be.
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

    pub(super) fn parse_term(&mut self) -> Option<Term> {
        // What was read at this place before is read alike again, unless keywords have come.
        let place = self.state.current.start;
        if let Some(Seen::Known(term, after, height)) = self.seen.get(&place)
            && after.keywords == self.state.keywords
        {
            let (term, after) = (term.clone(), *after);
            self.height = self.height.max(*height);
            self.state = State {
                problems: self.problems.len(),
                wildcards: self.state.wildcards.max(after.wildcards),
                ..after
            };
            return term;
        }
        let problems = self.problems.len();
        let outer = std::mem::take(&mut self.height);
        let term = self.deeper(Self::new_term)?;
        self.rises()?;
        if self.problems.len() == problems {
            self.keep(place, term.as_ref());
        }
        self.height = self.height.max(outer);
        term
    }

    /// Keeps a term in case it is read once more. Most aren't, and a copy of each would be a copy of all that
    /// nests in it: only what is read for the second time is kept, and nothing of what is in it any longer.
    pub(super) fn keep(&mut self, place: usize, term: Option<&Term>) {
        let seen = match self.seen.get(&place) {
            None => Seen::Once,
            Some(_) => Seen::Known(term.cloned(), self.state, self.height),
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
