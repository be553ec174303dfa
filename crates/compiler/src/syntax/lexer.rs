//! Splits source text into tokens, one at a time, so that the parser can go back to any of them.

use super::token::Token;

/// A position between two tokens. It is all that is needed to continue from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

/// A token with its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexed {
    pub token: Token,
    pub start: usize,
    pub end: usize,
    /// If it isn't valid, why not, in OPA's words.
    pub wrong: Option<&'static str>,
    /// Whether a comment or line break comes right before it.
    pub line_break: bool,
    /// Whether any white space comes right before it.
    pub space: bool,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        // A byte-order mark is only allowed at the beginning.
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self { text, at }
    }

    /// The next token, after white space and comments.
    pub(super) fn next(&mut self) -> Lexed {
        let before = self.at;
        let line_break = self.skip();
        let start = self.at;
        let (token, wrong) = self.token();
        Lexed {
            token,
            start,
            end: self.at,
            wrong,
            line_break,
            space: start > before,
        }
    }

    /// Skips the quote that opens a template string.
    pub(super) fn pass_quote(&mut self) {
        self.at += 1;
    }

    /// The next part of a template string. It begins after the opening quote or a `}`, and includes the next `{` or
    /// the closing quote.
    pub(super) fn template(&mut self, is_raw: bool) -> Lexed {
        let start = self.at;
        let (token, wrong) = if is_raw {
            self.raw_template()
        } else {
            self.plain_template()
        };
        Lexed {
            token,
            start,
            end: self.at,
            wrong,
            line_break: false,
            space: false,
        }
    }

    fn plain_template(&mut self) -> (Token, Option<&'static str>) {
        let mut wrong = None;
        loop {
            match self.peek() {
                None | Some('\n') => {
                    return (Token::TemplatePart, wrong.or(Some("non-terminated string")));
                }
                Some('"') => {
                    self.at += 1;
                    return (Token::TemplateEnd, wrong);
                }
                Some('{') => {
                    self.at += 1;
                    return (Token::TemplatePart, wrong);
                }
                Some('\\') => {
                    self.at += 1;
                    if !self.take('{') {
                        wrong = wrong.or(self.escape());
                    }
                }
                Some(c) => self.at += c.len_utf8(),
            }
        }
    }

    fn raw_template(&mut self) -> (Token, Option<&'static str>) {
        loop {
            match self.peek() {
                None => return (Token::TemplatePart, Some("non-terminated string")),
                Some('`') => {
                    self.at += 1;
                    return (Token::TemplateEnd, None);
                }
                Some('{') => {
                    self.at += 1;
                    return (Token::TemplatePart, None);
                }
                Some('\\') => {
                    self.at += 1;
                    self.take('{');
                }
                Some(c) => self.at += c.len_utf8(),
            }
        }
    }

    /// Skips what follows a `\`.
    fn escape(&mut self) -> Option<&'static str> {
        match self.peek() {
            Some('\\' | '"' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => self.at += 1,
            // Whatever the next four characters are, they don't end the string.
            Some('u') => {
                let length = self
                    .rest()
                    .chars()
                    .take(4)
                    .map(char::len_utf8)
                    .sum::<usize>();
                self.at += length;
            }
            _ => return Some("illegal escape sequence"),
        }
        None
    }

    fn skip(&mut self) -> bool {
        let mut line_break = false;
        loop {
            match self.peek() {
                Some('\n') => {
                    line_break = true;
                    self.at += 1;
                }
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('#') => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                _ => return line_break,
            }
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn take_while(&mut self, mut wanted: impl FnMut(char) -> bool) -> bool {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        length > 0
    }

    fn token(&mut self) -> (Token, Option<&'static str>) {
        let Some(first) = self.peek() else {
            return (Token::End, None);
        };
        if first.is_ascii_alphabetic() || first == '_' {
            self.take_while(is_word);
            return (Token::Name, None);
        }
        if first.is_ascii_digit() {
            return self.number();
        }
        self.at += first.len_utf8();
        let token = match first {
            '"' => return self.string(),
            '`' => return self.raw_string(),
            '$' if matches!(self.peek(), Some('"' | '`')) => Token::Template,
            '[' => Token::OpenBracket,
            ']' => Token::CloseBracket,
            '{' => Token::OpenBrace,
            '}' => Token::CloseBrace,
            '(' => Token::OpenParen,
            ')' => Token::CloseParen,
            ',' => Token::Comma,
            ':' if self.take('=') => Token::Assign,
            ':' => Token::Colon,
            '+' => Token::Add,
            '-' => Token::Sub,
            '*' => Token::Mul,
            '/' => Token::Div,
            '%' => Token::Rem,
            '&' => Token::And,
            '|' => Token::Or,
            '=' if self.take('=') => Token::Equal,
            '=' => Token::Unify,
            '>' if self.take('=') => Token::GreaterEqual,
            '>' => Token::Greater,
            '<' if self.take('=') => Token::LessEqual,
            '<' => Token::Less,
            '!' if self.take('=') => Token::NotEqual,
            '!' => return (Token::Illegal, Some("illegal ! character")),
            ';' => Token::Semicolon,
            '.' => Token::Dot,
            other => return (Token::Illegal, illegal(other)),
        };
        (token, None)
    }

    fn number(&mut self) -> (Token, Option<&'static str>) {
        let mut wrong = None;
        self.take_while(|c| c.is_ascii_digit());
        if self.take('.') && !self.take_while(|c| c.is_ascii_digit()) {
            wrong = Some("expected fraction");
        }
        if self.take('e') || self.take('E') {
            let _ = self.take('+') || self.take('-');
            if !self.take_while(|c| c.is_ascii_digit()) {
                wrong = wrong.or(Some("expected exponent"));
            }
        }
        // `0a2b` is one invalid number, not a number and a name.
        if self.peek().is_some_and(is_letter) {
            self.take_while(is_word);
            wrong = wrong.or(Some("illegal number format"));
        }
        (Token::Number, wrong)
    }

    fn string(&mut self) -> (Token, Option<&'static str>) {
        let mut wrong = None;
        loop {
            match self.peek() {
                None | Some('\n') => {
                    return (Token::String, wrong.or(Some("non-terminated string")));
                }
                Some('"') => {
                    self.at += 1;
                    return (Token::String, wrong);
                }
                Some('\\') => {
                    self.at += 1;
                    wrong = wrong.or(self.escape());
                }
                Some(c) => {
                    wrong = wrong.or(illegal(c));
                    self.at += c.len_utf8();
                }
            }
        }
    }

    fn raw_string(&mut self) -> (Token, Option<&'static str>) {
        if let Some(end) = self.rest().find('`') {
            let wrong = self
                .rest()
                .get(..end)
                .and_then(|text| text.chars().find_map(illegal));
            self.at += end + 1;
            (Token::String, wrong)
        } else {
            self.at = self.text.len();
            (Token::String, Some("non-terminated string"))
        }
    }
}

/// Why a character is invalid everywhere.
fn illegal(c: char) -> Option<&'static str> {
    match c {
        '\0' => Some("illegal null character"),
        '\u{feff}' => Some("illegal byte-order mark"),
        _ => None,
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_word(c: char) -> bool {
    is_letter(c) || c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}
