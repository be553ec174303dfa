//! Errors in YAML or JSON texts.

use std::{error::Error, fmt};

use granit_parser::ErrorKind;

use super::{Span, cut};

/// Why a document can't be parsed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The kind of error.
    pub kind: ParseErrorKind,
    /// One sentence without an initial capital or a period.
    pub message: String,
    /// The location, in bytes. It is at least one code point, except at the end of the text.
    pub span: Span,
}

/// Kinds of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParseErrorKind {
    /// The text isn't YAML, or has no equivalent in JSON.
    Syntax,
    /// It has a character that ends a line only in YAML 1.1.
    LineSeparator,
    /// Mappings and sequences are nested deeper than [`Limits::depth`](super::Limits).
    TooDeep,
    /// The text is too long, or its aliases make too many copies.
    Limit,
}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for ParseError {}

impl ParseError {
    pub(super) fn syntax(message: String, span: Span) -> Self {
        let kind = ParseErrorKind::Syntax;
        Self {
            kind,
            message,
            span,
        }
    }

    pub(super) fn line_separator(code: u32, span: Span) -> Self {
        Self {
            kind: ParseErrorKind::LineSeparator,
            message: format!(
                "the character U+{code:04X} ends a line in YAML 1.1, though not in YAML 1.2, so what is read differs: remove it"
            ),
            span,
        }
    }

    pub(super) fn too_deep(limit: usize, span: Span) -> Self {
        Self {
            kind: ParseErrorKind::TooDeep,
            message: format!("mappings and sequences are nested more than {limit} levels deep"),
            span,
        }
    }

    pub(super) fn too_many_copies(limit: usize, span: Span) -> Self {
        Self {
            kind: ParseErrorKind::Limit,
            message: format!("the aliases in this file would expand to more than {limit} nodes"),
            span,
        }
    }

    pub(super) fn too_long() -> Self {
        Self {
            kind: ParseErrorKind::Limit,
            message: "the text is 4 GiB long or longer".to_owned(),
            span: Span::new(0, 0),
        }
    }
}

/// The message for a character that can't begin a value, or that YAML doesn't allow.
pub(super) fn unexpected(character: char) -> String {
    if character.is_ascii_graphic() {
        return format!("a value can't start with `{character}`: put it in quotes");
    }
    let code = u32::from(character);
    format!("the character U+{code:04X} isn't allowed here")
}

/// The message for an escape that double-quoted scalars don't have.
pub(super) fn unknown_escape(escape: &str) -> String {
    format!("a double-quoted string has no escape `{escape}`: double the `\\` or use single quotes")
}

/// The message for an error of the parser. It avoids the parser's own words if they are about scanners and tokens.
pub(super) fn message(error: &ErrorKind) -> String {
    let known = match error {
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return format!("this `{open}` is closed by a `{close}`");
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return format!("this `{open}` is never closed");
        }
        ErrorKind::MisplacedFlowCollectionEnd => "this bracket closes nothing",
        ErrorKind::UnclosedQuotedScalar => "this quote is never closed",
        ErrorKind::DocumentIndicatorInQuotedScalar => {
            "this quote isn't closed before the document ends"
        }
        ErrorKind::MappingValueNotAllowed => {
            "a `:` isn't allowed here: check the indentation, or quote the string it belongs to"
        }
        ErrorKind::InvalidColonPlacement => {
            "a `:` isn't allowed here: check whether a bracket before it is closed"
        }
        ErrorKind::MappingKeyNotAllowed => "a key isn't allowed here",
        ErrorKind::SimpleKeyExpected => "a `:` was expected on this line: check the indentation",
        ErrorKind::InvalidSimpleKey => {
            "a key with its `:` must fit on one line of at most 16384 characters"
        }
        ErrorKind::ExpectedBlockMappingKey => {
            "a key was expected here: check the indentation and the lines above"
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "a `-` was expected here: check the indentation and the lines above"
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            "a `-` item isn't allowed here: start the list on a line of its own"
        }
        ErrorKind::BlockEntryInFlowCollection => "a `-` item isn't allowed inside brackets",
        ErrorKind::InvalidBlockEntryWhitespace => "a `-` item needs a space after the `-`",
        ErrorKind::ExpectedFlowMappingSeparator => "a `,` or `}` was expected here",
        ErrorKind::ExpectedFlowSequenceSeparator => "a `,` or `]` was expected here",
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            "a key or value was expected here, inside brackets"
        }
        ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::UnexpectedEof => "the document ends too early",
        ErrorKind::ExpectedNodeContent => "a value was expected here",
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => "YAML is indented with spaces, not with tabs",
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "nothing can follow the closing quote: quote the whole value"
        }
        ErrorKind::InvalidQuotedScalarIndent => {
            "the lines of a quoted string must be indented deeper than its key"
        }
        ErrorKind::InvalidBlockScalarHeader => {
            "only a comment can follow the `|` or `>` on its line"
        }
        ErrorKind::ZeroBlockScalarIndent => "the indentation of a block string can't be 0",
        ErrorKind::InvalidBlockScalarIndent => {
            "an empty first line is indented deeper than the block string itself"
        }
        ErrorKind::InvalidQuotedScalarHexEscape | ErrorKind::InvalidUnicodeEscape => {
            "this escape isn't the code of a character"
        }
        ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate => "this escape is one half of a surrogate pair",
        ErrorKind::CommentNotSeparated => "a comment needs a space before its `#`",
        ErrorKind::CommentInterceptedScalar => "a comment isn't allowed within a multi-line string",
        ErrorKind::BomInsideDocument => "a byte order mark is allowed only before a document",
        ErrorKind::MissingAnchorOrAliasName => {
            "a name was expected here: put the value in quotes if it is a string"
        }
        ErrorKind::UndeclaredTagHandle => "this tag has a prefix that no `%TAG` line declares",
        ErrorKind::InvalidDocumentEnd => "nothing can follow `...` on its line",
        ErrorKind::MissingDocumentEndBeforeDirective => {
            "a line can't start with `%` within a document"
        }
        ErrorKind::ExpectedDocumentStart => {
            "nothing can follow here: the document has ended, and `---` starts another"
        }
        ErrorKind::UnsupportedYamlMajorVersion => "only YAML 1 can be read",
        other => return cut(sentence(&other.to_string())),
    };
    known.to_owned()
}

/// A message of the parser without an initial capital and a period.
fn sentence(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut rest = message.chars();
    match rest.next() {
        // An acronym keeps its capitals.
        Some(first) if !rest.as_str().starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(rest).collect()
        }
        _ => message.to_owned(),
    }
}
