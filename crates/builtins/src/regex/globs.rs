//! Whether two simple patterns have a common match, as OPA decides it.

use std::collections::BTreeSet;

use crate::operand::string;
use crate::{Failure, Host, Outcome};
use values::Value;

pub(super) fn is_match(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (left, right) = (string(args, 0)?, string(args, 1)?);
    let left = simplify(tokens(host, left)?);
    let right = simplify(tokens(host, right)?);
    let Some((left, right)) = trim(&left, &right) else {
        return Ok(Some(false.into()));
    };
    let found = Search { host }.normal(left, right, 0)?;
    Ok(Some(found.into()))
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Character(char),
    Any,
    Set(BTreeSet<char>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    None,
    Plus,
    Star,
}

struct Token {
    kind: Kind,
    flag: Flag,
}

impl Token {
    fn meets(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Any, _) | (_, Kind::Any) => true,
            (Kind::Character(a), Kind::Character(b)) => a == b,
            (Kind::Character(c), Kind::Set(set)) | (Kind::Set(set), Kind::Character(c)) => {
                set.contains(c)
            }
            (Kind::Set(a), Kind::Set(b)) => !a.is_disjoint(b),
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    characters: Vec<char>,
    at: usize,
}

/// A character, with whether it was escaped.
type Read = Option<(char, bool)>;

impl Reader<'_> {
    fn error(&self, at: usize, message: &str) -> Failure {
        let text = self.text;
        Failure::Failed(format!(
            "input:{text}, pos:{at}, {message}: the input provided is invalid"
        ))
    }

    fn next(&mut self) -> Result<Read, Failure> {
        let Some(c) = self.characters.get(self.at).copied() else {
            return Ok(None);
        };
        if c != '\\' {
            self.at += 1;
            return Ok(Some((c, false)));
        }
        match self.characters.get(self.at + 1) {
            Some(escaped) => {
                self.at += 2;
                Ok(Some((*escaped, true)))
            }
            None => Err(self.error(self.at, "input ends with a \\ (escape) character")),
        }
    }

    fn set(&mut self, host: &mut dyn Host) -> Result<Kind, Failure> {
        let mut set = BTreeSet::new();
        let mut previous = None;
        loop {
            let Some((c, is_escaped)) = self.next()? else {
                return Err(self.error(self.at, "found [ without matching ]"));
            };
            match c {
                '-' if !is_escaped => {
                    let Some(low) = previous else {
                        return Err(self.error(
                            self.at,
                            "range character '-' must be preceded by a Unicode character",
                        ));
                    };
                    if self.at + 1 >= self.characters.len() {
                        return Err(self.error(
                            self.at,
                            "range character '-' must be followed by a Unicode character",
                        ));
                    }
                    let Some((high, is_escaped)) = self.next()? else {
                        continue;
                    };
                    if !is_escaped && matches!(high, ']' | '-') {
                        return Err(self.error(
                            self.at,
                            "range character '-' cannot be followed by a special symbol",
                        ));
                    }
                    if high < low {
                        return Err(self.error(
                            self.at,
                            &format!(
                                "range is out of order: '{high}' comes before '{low}' in Unicode"
                            ),
                        ));
                    }
                    let count = u32::from(high) - u32::from(low);
                    host.charge(usize::try_from(count).unwrap_or(usize::MAX))?;
                    set.extend(low..=high);
                    previous = None;
                }
                ']' if !is_escaped => return Ok(Kind::Set(set)),
                c => {
                    set.insert(c);
                    previous = Some(c);
                }
            }
        }
    }
}

fn tokens(host: &mut dyn Host, text: &str) -> Result<Vec<Token>, Failure> {
    host.charge(text.len())?;
    let mut reader = Reader {
        text,
        characters: text.chars().collect(),
        at: 0,
    };
    let mut tokens = Vec::new();
    while let Some((c, is_escaped)) = reader.next()? {
        let kind = match c {
            c if is_escaped => Kind::Character(c),
            '.' => Kind::Any,
            '[' => reader.set(host)?,
            ']' => return Err(reader.error(reader.at, "set-close ']' with no preceding '['")),
            '+' | '*' => {
                let message = format!("flag '{c}' must be preceded by a non-flag");
                return Err(reader.error(reader.at, &message));
            }
            c => Kind::Character(c),
        };
        let before = reader.at;
        let flag = match reader.next()? {
            Some(('+', false)) => Flag::Plus,
            Some(('*', false)) => Flag::Star,
            _ => {
                reader.at = before;
                Flag::None
            }
        };
        tokens.push(Token { kind, flag });
    }
    Ok(tokens)
}

/// Joins adjacent repetitions of the same characters.
fn simplify(tokens: Vec<Token>) -> Vec<Token> {
    let mut simple: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match simple.last_mut() {
            Some(last)
                if token.flag != Flag::None
                    && last.flag != Flag::None
                    && last.kind == token.kind =>
            {
                if token.flag == Flag::Plus {
                    last.flag = Flag::Plus;
                }
            }
            _ => simple.push(token),
        }
    }
    simple
}

/// Removes what isn't repeated at the start and the end of both patterns; `None` if they differ there.
fn trim<'g>(left: &'g [Token], right: &'g [Token]) -> Option<(&'g [Token], &'g [Token])> {
    let plain = |pair: &(&Token, &Token)| pair.0.flag == Flag::None && pair.1.flag == Flag::None;
    let mut start = 0_usize;
    for pair in left.iter().zip(right).take_while(plain) {
        if !pair.0.meets(pair.1) {
            return None;
        }
        start += 1;
    }
    // One of them stays.
    start = start.saturating_sub(1);
    let (left, right) = (left.get(start..)?, right.get(start..)?);
    let mut end = 0_usize;
    for pair in left.iter().rev().zip(right.iter().rev()).take_while(plain) {
        if !pair.0.meets(pair.1) {
            return None;
        }
        end += 1;
    }
    end = end.saturating_sub(1);
    Some((
        left.get(..left.len() - end)?,
        right.get(..right.len() - end)?,
    ))
}

/// How deep the search may recurse.
const DEPTH: usize = 500;

struct Search<'h> {
    host: &'h mut dyn Host,
}

impl Search<'_> {
    fn normal(&mut self, left: &[Token], right: &[Token], depth: usize) -> Result<bool, Failure> {
        self.host.charge(1)?;
        if depth > DEPTH {
            return Err(Failure::Limit(
                "the patterns have too many repetitions".to_owned(),
            ));
        }
        for (at, (a, b)) in left.iter().zip(right).enumerate() {
            let (rest, other) = (
                left.get(at..).unwrap_or_default(),
                right.get(at..).unwrap_or_default(),
            );
            match (a.flag, b.flag) {
                (Flag::None, Flag::None) if a.meets(b) => {}
                (Flag::None, Flag::None) => return Ok(false),
                (Flag::Plus, _) => return self.plus(rest, other, depth),
                (Flag::Star, _) => return self.star(rest, other, depth),
                (Flag::None, Flag::Plus) => return self.plus(other, rest, depth),
                (Flag::None, Flag::Star) => return self.star(other, rest, depth),
            }
        }
        Ok(left.len() == right.len())
    }

    fn plus(&mut self, plussed: &[Token], other: &[Token], depth: usize) -> Result<bool, Failure> {
        let (Some((first, after)), Some((head, rest))) =
            (plussed.split_first(), other.split_first())
        else {
            return Ok(false);
        };
        if !first.meets(head) {
            return Ok(false);
        }
        if self.star(plussed, rest, depth)? {
            return Ok(true);
        }
        Ok(head.flag != Flag::None && self.normal(after, other, depth + 1)?)
    }

    fn star(&mut self, starred: &[Token], other: &[Token], depth: usize) -> Result<bool, Failure> {
        let Some((star, after)) = starred.split_first() else {
            return Ok(false);
        };
        let next = after.first();
        for (at, token) in other.iter().enumerate() {
            self.host.charge(1)?;
            if next.is_some_and(|next| token.meets(next)) {
                let rest = other.get(at..).unwrap_or_default();
                if self.normal(after, rest, depth + 1)? {
                    return Ok(true);
                }
            }
            if !token.meets(star) {
                return Ok(false);
            }
        }
        Ok(next.is_none())
    }
}
