//! `semver.*`: semantic versions, as OPA reads them since 1.22: a leading `v` is allowed, a leading
//! zero isn't.

use std::cmp::Ordering;

use super::{Builtin, Call, Failure, Outcome, operand};
use crate::rego::value::Value;

pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "semver.compare",
        signature: "(a: string, b: string) => result: number",
        call: Call::Pure(compare),
    },
    Builtin {
        name: "semver.is_valid",
        signature: "(vsn: any) => result: boolean",
        call: Call::Pure(is_valid),
    },
];

fn compare(operands: &[Value]) -> Outcome {
    let (a, b) = (operand::string(operands, 0)?, operand::string(operands, 1)?);
    let read = |position, text| {
        Version::read(text).ok_or_else(|| {
            let text = Value::from(text);
            Failure::Failed(format!(
                "operand {position}: string {text} is not a valid SemVer"
            ))
        })
    };
    let (a, b) = (read(1, a)?, read(2, b)?);
    let order: i64 = match a.order(&b) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    };
    Ok(Some(order.into()))
}

fn is_valid(operands: &[Value]) -> Outcome {
    let version = operand::any(operands, 0)?.as_str();
    let valid = version.and_then(Version::read).is_some();
    Ok(Some(valid.into()))
}

struct Version<'t> {
    core: [i64; 3],
    before: Option<&'t str>,
}

impl<'t> Version<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = split(text, '+');
        if metadata.is_some_and(|metadata| !metadata.split('.').all(is_identifier)) {
            return None;
        }
        let (text, before) = split(text, '-');
        let is_fine = |part: &str| is_identifier(part) && !has_leading_zero(part);
        if before.is_some_and(|before| !before.split('.').all(is_fine)) {
            return None;
        }
        let mut parts = text.split('.').map(|part| {
            let is_number = is_numeric(part) && !has_leading_zero(part);
            is_number.then(|| part.parse::<i64>().ok()).flatten()
        });
        let core = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(Self { core, before })
    }

    fn order(&self, other: &Self) -> Ordering {
        self.core
            .cmp(&other.core)
            .then_with(|| match (self.before, other.before) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) => a
                    .split('.')
                    .map(Identifier::of)
                    .cmp(b.split('.').map(Identifier::of)),
            })
    }
}

/// A part of a pre-release. A number comes before anything else.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'t> {
    Number(i64),
    Word(&'t str),
}

impl<'t> Identifier<'t> {
    fn of(part: &'t str) -> Self {
        if is_numeric(part) {
            // As Go does, the largest where it is too large.
            Self::Number(part.parse().unwrap_or(i64::MAX))
        } else {
            Self::Word(part)
        }
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((text, rest)) => (text, Some(rest)),
        None => (text, None),
    }
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_numeric(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
}

fn has_leading_zero(part: &str) -> bool {
    part.len() > 1 && part.starts_with('0') && is_numeric(part)
}
