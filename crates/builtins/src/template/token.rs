//! The tokens between `{{` and `}}`.

use crate::Failure;

/// A token of an action.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// White space between operands.
    Space,
    /// `.`
    Dot,
    /// `.name`
    Field(String),
    /// `$name`
    Variable(String),
    /// A keyword, or the name of a function.
    Name(String),
    /// A string in double quotes or backquotes.
    Text(String),
    /// An integer; for a character, its code.
    Int(i64),
    /// Any other number.
    Float(f64),
    Open,
    Close,
    Pipe,
    Comma,
    Assign,
    Declare,
}

/// The tokens of an action, from after its opening braces, and the text from where it ends: the closing braces, or
/// the mark before them that trims the text after.
pub(super) fn tokens(text: &str) -> Result<(Vec<Token>, &str), Failure> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if trimmed.starts_with("}}") || trimmed.len() < rest.len() && trimmed.starts_with("-}}") {
            return Ok((found, trimmed));
        }
        if trimmed.len() < rest.len() {
            found.push(Token::Space);
            rest = trimmed;
        }
        let Some(first) = rest.chars().next() else {
            return Err(wrong("unclosed action"));
        };
        let single = |token| Ok::<_, Failure>((token, rest.get(first.len_utf8()..).unwrap_or("")));
        let (token, after) = match first {
            '(' => single(Token::Open)?,
            ')' => single(Token::Close)?,
            '|' => single(Token::Pipe)?,
            ',' => single(Token::Comma)?,
            '=' => single(Token::Assign)?,
            ':' => match rest.strip_prefix(":=") {
                Some(after) => (Token::Declare, after),
                None => return Err(wrong("expected :=")),
            },
            '"' => quoted(rest)?,
            '`' => {
                let (raw, after) = rest
                    .get(1..)
                    .and_then(|rest| rest.split_once('`'))
                    .ok_or_else(|| wrong("unterminated raw quoted string"))?;
                (Token::Text(raw.to_owned()), after)
            }
            '\'' => character(rest)?,
            '$' => {
                let (name, after) = name(rest.get(1..).unwrap_or_default());
                (Token::Variable(format!("${name}")), after)
            }
            '.' if !rest
                .get(1..)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) =>
            {
                let (name, after) = name(rest.get(1..).unwrap_or_default());
                let token = match name {
                    "" => Token::Dot,
                    name => Token::Field(name.to_owned()),
                };
                (token, after)
            }
            '0'..='9' | '+' | '-' | '.' => number(rest)?,
            c if is_of_name(c) => {
                let (name, after) = name(rest);
                (Token::Name(name.to_owned()), after)
            }
            c => {
                let c = values::json::quoted(&c.to_string(), false);
                return Err(wrong(&format!("unexpected {c} in operand")));
            }
        };
        let is_word = matches!(
            token,
            Token::Field(_) | Token::Variable(_) | Token::Name(_) | Token::Dot
        );
        let ends = after.is_empty()
            || after.starts_with([' ', '\t', '\r', '\n', '.', ',', '|', ':', '=', '(', ')'])
            || after.starts_with("}}");
        if is_word && !ends {
            return Err(wrong("bad character in action"));
        }
        found.push(token);
        rest = after;
    }
}

fn is_of_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn name(text: &str) -> (&str, &str) {
    let end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// The error for an invalid template, nearly in Go's words.
pub(super) fn wrong(why: &str) -> Failure {
    Failure::Failed(format!("template: template: {why}"))
}

fn quoted(text: &str) -> Result<(Token, &str), Failure> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let after = text.get(at + 1..).unwrap_or_default();
                return Ok((Token::Text(out), after));
            }
            '\n' => return Err(wrong("unterminated quoted string")),
            '\\' => {
                let rest = text.get(at + 1..).unwrap_or_default();
                let (escaped, length) = escape(rest, '"')?;
                out.push(escaped);
                for _ in 0..length {
                    chars.next();
                }
            }
            c => out.push(c),
        }
    }
    Err(wrong("unterminated quoted string"))
}

/// The character that an escape means, and how many characters it has after the backslash.
fn escape(text: &str, quote: char) -> Result<(char, usize), Failure> {
    let invalid = || wrong("invalid syntax");
    let mut chars = text.chars();
    let first = chars.next().ok_or_else(invalid)?;
    let plain = match first {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        c if c == quote => c,
        'x' | 'u' | 'U' | '0'..='7' => {
            let (digits, radix, skip) = match first {
                'x' => (2, 16, 1),
                'u' => (4, 16, 1),
                'U' => (8, 16, 1),
                _ => (3, 8, 0),
            };
            let code = text.get(skip..skip + digits).ok_or_else(invalid)?;
            let code = u32::from_str_radix(code, radix).map_err(|_| invalid())?;
            let is_byte = matches!(first, 'x' | '0'..='7') && code > 0x7f;
            let c = char::from_u32(code).filter(|_| !is_byte);
            return c.map(|c| (c, skip + digits)).ok_or_else(|| {
                Failure::Refused(
                    "a byte that isn't part of a character is not supported here".to_owned(),
                )
            });
        }
        _ => return Err(invalid()),
    };
    Ok((plain, 1))
}

fn character(text: &str) -> Result<(Token, &str), Failure> {
    let malformed = || wrong("malformed character constant");
    let rest = text.get(1..).ok_or_else(malformed)?;
    let (c, after) = if let Some(rest) = rest.strip_prefix('\\') {
        let (c, length) = escape(rest, '\'')?;
        let end = rest.char_indices().nth(length);
        let end = end.map_or(rest.len(), |(at, _)| at);
        (c, rest.get(end..).unwrap_or_default())
    } else {
        let c = rest.chars().next().ok_or_else(malformed)?;
        (c, rest.get(c.len_utf8()..).unwrap_or_default())
    };
    let after = after.strip_prefix('\'').ok_or_else(malformed)?;
    Ok((Token::Int(i64::from(u32::from(c))), after))
}

fn number(text: &str) -> Result<(Token, &str), Failure> {
    let mut end = 0;
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(end) {
        let after_exponent = end > 0 && matches!(bytes.get(end - 1), Some(b'e' | b'E'));
        let is_hex = text.trim_start_matches(['+', '-']).starts_with("0x");
        let is_sign = matches!(byte, b'+' | b'-') && (end == 0 || after_exponent && !is_hex);
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || is_sign) {
            break;
        }
        end += 1;
    }
    let (written, after) = text.split_at(end);
    let bad = || wrong(&format!("bad number syntax: \"{written}\""));
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => (-1i64, digits),
        None => (1, written.strip_prefix('+').unwrap_or(written)),
    };
    let plain = digits.replace('_', "");
    let radix = match plain.get(..2) {
        Some("0x" | "0X") => Some((16, 2)),
        Some("0o" | "0O") => Some((8, 2)),
        Some("0b" | "0B") => Some((2, 2)),
        Some(two) if two.starts_with('0') && two.bytes().all(|b| b.is_ascii_digit()) => {
            Some((8, 1))
        }
        _ => None,
    };
    if let Some((radix, skip)) = radix {
        let int = plain
            .get(skip..)
            .map(|digits| i64::from_str_radix(digits, radix));
        return match int {
            Some(Ok(int)) => Ok((Token::Int(sign * int), after)),
            _ => Err(bad()),
        };
    }
    if let Ok(int) = plain.parse::<i64>() {
        return Ok((Token::Int(sign * int), after));
    }
    if plain.ends_with('i') {
        return Err(Failure::Refused(
            "complex numbers are not supported here".to_owned(),
        ));
    }
    let is_float = plain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match plain.parse::<f64>() {
        #[expect(clippy::cast_precision_loss, reason = "it is -1 or 1")]
        Ok(float) if is_float && float.is_finite() => {
            Ok((Token::Float(sign as f64 * float), after))
        }
        _ => Err(bad()),
    }
}
