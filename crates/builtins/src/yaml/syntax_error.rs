//! Syntax errors in the words of Go's libraries.

use granit_parser::{ErrorKind, ScanError};

use super::read::YamlError;

/// The innermost open sequence or mapping.
#[derive(Clone, Copy)]
pub(super) struct Innermost {
    /// The line on which it begins.
    pub(super) line: usize,
    pub(super) is_mapping: bool,
}

/// The error as Go's library reports it for annotations. Except for errors of its scanner, it counts lines from 0,
/// names the line on which the wrong construct begins unless that is the first line, and never names the first line.
pub(super) fn of_annotations(
    error: &ScanError,
    text: &str,
    innermost: Option<Innermost>,
) -> YamlError {
    let (info, at) = (error.info(), error.marker().line());
    let around = innermost.map_or(1, |open| open.line);
    let last = text.lines().count() + usize::from(text.ends_with('\n'));
    let scanned = |line: usize| if line > 1 { line } else { 0 };
    let parsed = |problem: usize| if around > 1 { around - 1 } else { problem - 1 };
    let at = at.max(1);
    let is = |part: &str| info.contains(part);
    let end = text.trim_end();
    let (line, what) = if is("bracket '[") && end.ends_with(['[', ',']) {
        (parsed(last), "did not find expected node content")
    } else if is("bracket '[") || is("EOF while parsing a flow sequence") {
        (parsed(last), "did not find expected ',' or ']'")
    } else if is("bracket '{") || is("EOF while parsing a flow mapping") {
        (parsed(last), "did not find expected ',' or '}'")
    } else if is("placement of ':'") {
        let close = match innermost {
            Some(Innermost { is_mapping, .. }) if is_mapping => "did not find expected ',' or '}'",
            _ => "did not find expected ',' or ']'",
        };
        (parsed(at), close)
    } else if is("implicit flow mapping") {
        (parsed(at), "did not find expected node content")
    } else if is("did not find expected key") {
        (parsed(at), "did not find expected key")
    } else if is("expected '-'") {
        (parsed(at), "did not find expected '-' indicator")
    } else if is("trailing content") || is("misplaced bracket") {
        let what = match innermost {
            Some(_) => "did not find expected key",
            None => "did not find expected node content",
        };
        (parsed(at), what)
    } else if is("unclosed quote") {
        let line = if at > 1 { at } else { last };
        (line, "found unexpected end of stream")
    } else if is("found a tab") {
        let after = text.lines().enumerate().skip(at);
        let tab = after.into_iter().find(|(_, line)| line.starts_with('\t'));
        let line = tab.map_or(at, |(line, _)| line + 1);
        (line, "found a tab character that violates indentation")
    } else if is("unexpected character") || is("tabs disallowed") {
        (scanned(at), "found character that cannot start any token")
    } else if is("unknown escape") {
        (scanned(at), "found unknown escape character")
    } else if is("simple key expected ':'") {
        (scanned(at), "could not find expected ':'")
    } else if is("are not allowed in this context") {
        let what = [
            "mapping values are not allowed in this context",
            "mapping keys are not allowed in this context",
            "block sequence entries are not allowed in this context",
        ];
        let what = what.into_iter().find(|what| is(what));
        (scanned(at), what.unwrap_or("this is not allowed here"))
    } else if let Some((_, what)) = info.strip_prefix("while ").and_then(|s| s.split_once(", ")) {
        (scanned(at), what)
    } else {
        (at, &*info)
    };
    let place = match line {
        0 => String::new(),
        line => format!("line {line}: "),
    };
    YamlError {
        line: at,
        message: format!("yaml: {place}{what}"),
        is_limit: *error.kind() == ErrorKind::RecursionLimitExceeded,
    }
}

/// The error when a document is read as JSON.
pub(super) fn of_document(error: &ScanError) -> YamlError {
    let line = error.marker().line();
    let info = error.info();
    let message = match info.split_once("bracket '") {
        Some((_, rest)) if rest.starts_with('[') => "did not find expected ',' or ']'",
        Some((_, rest)) if rest.starts_with('{') => "did not find expected ',' or '}'",
        _ => &info,
    };
    YamlError {
        line,
        message: format!("yaml: line {line}: {message}"),
        is_limit: *error.kind() == ErrorKind::RecursionLimitExceeded,
    }
}
