//! `semver.*`: semantic versions. The newest OPA accepts a leading `v` but no leading zeros; OPA 0.70 does the
//! opposite.

use std::cmp::Ordering;

use super::{Builtin, Call, Failure, Host, Outcome, operand};
use values::Version as Rego;
use values::{Value, budget};

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "semver.compare",
        signature: "(a: string, b: string) => result: number",
        call: Call::Bounded(compare),
    },
    Builtin {
        name: "semver.is_valid",
        signature: "(vsn: any) => result: boolean",
        call: Call::Bounded(is_valid),
    },
];

fn compare(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let rego = host.version();
    let (a, b) = (operand::string(operands, 0)?, operand::string(operands, 1)?);
    let read = |position, text| {
        Version::read(text, rego).ok_or_else(|| {
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

fn is_valid(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let rego = host.version();
    let version = operand::any(operands, 0)?.as_str();
    let valid = version.is_some_and(|text| Version::read(text, rego).is_some());
    Ok(Some(valid.into()))
}

struct Version<'t> {
    rego: Rego,
    core: [i64; 3],
    before: Option<&'t str>,
}

impl<'t> Version<'t> {
    fn read(text: &'t str, rego: Rego) -> Option<Self> {
        // A part may have one character, and is looked at several times.
        budget::step((text.len() / 2) as u64);
        if rego == Rego::V0 {
            return Self::read_loosely(text);
        }
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
        parts
            .next()
            .is_none()
            .then_some(Self { rego, core, before })
    }

    fn read_loosely(text: &'t str) -> Option<Self> {
        let (text, metadata) = split(text, '+');
        let (text, before) = split(text, '-');
        let mut suffixes = before.into_iter().chain(metadata);
        // An empty one counts as none.
        let is_fine = |suffix: &str| suffix.is_empty() || suffix.split('.').all(is_identifier);
        suffixes.all(is_fine).then_some(())?;
        let mut parts = text.splitn(3, '.').map(|part| part.parse::<i64>().ok());
        Some(Self {
            rego: Rego::V0,
            core: [parts.next()??, parts.next()??, parts.next()??],
            before: before.filter(|before| !before.is_empty()),
        })
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
                    .map(|part| Identifier::parse(part, self.rego))
                    .cmp(b.split('.').map(|part| Identifier::parse(part, self.rego))),
            })
    }
}

/// A part of a pre-release. Numbers come before anything else.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'t> {
    /// The number, and its text where that matters too.
    Number(i64, &'t str),
    Word(&'t str),
}

impl<'t> Identifier<'t> {
    fn parse(part: &'t str, rego: Rego) -> Self {
        if rego == Rego::V0 {
            return part
                .parse()
                .map_or(Self::Word(part), |number| Self::Number(number, part));
        }
        if is_numeric(part) {
            // As in Go, a number that is too large is the largest there is.
            Self::Number(part.parse().unwrap_or(i64::MAX), "")
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
