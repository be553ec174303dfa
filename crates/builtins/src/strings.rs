//! Strings.

use std::collections::BTreeSet;

use super::{Builtin, Failure, Host, Outcome, bounded, operand, pure};
use values::{Value, Version, budget};

pub(super) const TABLE: &[Builtin] = &[
    bounded(
        "concat",
        "(delimiter: string, collection: any<array[string], set[string]>) => output: string",
        concat,
    ),
    pure(
        "contains",
        "(haystack: string, needle: string) => result: boolean",
        contains,
    ),
    pure(
        "startswith",
        "(search: string, base: string) => result: boolean",
        startswith,
    ),
    pure(
        "endswith",
        "(search: string, base: string) => result: boolean",
        endswith,
    ),
    pure(
        "indexof",
        "(haystack: string, needle: string) => output: number",
        indexof,
    ),
    bounded(
        "indexof_n",
        "(haystack: string, needle: string) => output: array[number]",
        indexof_n,
    ),
    bounded("lower", "(x: string) => y: string", lower),
    bounded("upper", "(x: string) => y: string", upper),
    bounded(
        "replace",
        "(x: string, old: string, new: string) => y: string",
        replace,
    ),
    bounded(
        "strings.replace_n",
        "(patterns: object[string: string], value: string) => output: string",
        replace_n,
    ),
    bounded("strings.reverse", "(x: string) => y: string", reverse),
    bounded(
        "split",
        "(x: string, delimiter: string) => ys: array[string]",
        split,
    ),
    bounded(
        "strings.split_n",
        "(x: string, delimiter: string, n: number) => ys: array[string]",
        split_n,
    ),
    pure(
        "strings.count",
        "(search: string, substring: string) => output: number",
        count,
    ),
    bounded(
        "substring",
        "(value: string, offset: number, length: number) => output: string",
        substring,
    ),
    bounded(
        "trim",
        "(value: string, cutset: string) => output: string",
        trim,
    ),
    bounded(
        "trim_left",
        "(value: string, cutset: string) => output: string",
        trim_left,
    ),
    bounded(
        "trim_right",
        "(value: string, cutset: string) => output: string",
        trim_right,
    ),
    bounded(
        "trim_prefix",
        "(value: string, prefix: string) => output: string",
        trim_prefix,
    ),
    bounded(
        "trim_suffix",
        "(value: string, suffix: string) => output: string",
        trim_suffix,
    ),
    bounded(
        "trim_space",
        "(value: string) => output: string",
        trim_space,
    ),
    pure(
        "strings.any_prefix_match",
        "(search: any<string, array[string], set[string]>, base: any<string, array[string], set[string]>) => result: boolean",
        any_prefix_match,
    ),
    pure(
        "strings.any_suffix_match",
        "(search: any<string, array[string], set[string]>, base: any<string, array[string], set[string]>) => result: boolean",
        any_suffix_match,
    ),
];

fn two(args: &[Value]) -> Result<(&str, &str), Failure> {
    Ok((operand::string(args, 0)?, operand::string(args, 1)?))
}

fn concat(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let separator = operand::bytes(args, 0)?;
    let parts = operand::strings_of_bytes(args, 1, "one of {set, array}")?;
    let length = parts.iter().map(|part| part.len() + separator.len()).sum();
    host.charge_text(length)?;
    Ok(Some(Value::of_bytes(parts.join(separator))))
}

fn contains(args: &[Value]) -> Outcome {
    let (text, part) = two(args)?;
    Ok(Some(text.contains(part).into()))
}

fn startswith(args: &[Value]) -> Outcome {
    let (text, part) = two(args)?;
    Ok(Some(text.starts_with(part).into()))
}

fn endswith(args: &[Value]) -> Outcome {
    let (text, part) = two(args)?;
    Ok(Some(text.ends_with(part).into()))
}

/// A string, and a string to look for in it, which isn't empty.
fn search(args: &[Value]) -> Result<(&str, &str), Failure> {
    let (text, part) = two(args)?;
    if part.is_empty() {
        return Err(Failure::Failed("empty search character".to_owned()));
    }
    Ok((text, part))
}

fn indexof(args: &[Value]) -> Outcome {
    let (text, part) = search(args)?;
    let before = text
        .split_once(part)
        .map(|(before, _)| before.chars().count());
    Ok(Some(before.map_or(Value::from(-1i64), Value::from)))
}

fn indexof_n(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, part) = search(args)?;
    if !budget::step(pairs(text.len() / 8, part.len() / 64 + 1)) {
        return Err(operand::exhausted());
    }
    let mut places = Vec::new();
    for (place, (start, _)) in text.char_indices().enumerate() {
        if text.get(start..).is_some_and(|rest| rest.starts_with(part)) {
            host.charge(1)?;
            places.push(place.into());
        }
    }
    Ok(Some(places.into()))
}

/// Maps each character as Go does, without the special cases of Unicode.
fn mapped(host: &mut dyn Host, args: &[Value], map: fn(char) -> char) -> Outcome {
    let text = operand::string(args, 0)?;
    operand::text(host, text.chars().map(map).collect::<String>())
}

fn lower(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    if text.is_ascii() {
        return operand::text(host, text.to_ascii_lowercase());
    }
    mapped(host, args, |c| match c {
        'İ' => 'i',
        c => single(c, c.to_lowercase()),
    })
}

fn upper(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    if text.is_ascii() {
        return operand::text(host, text.to_ascii_uppercase());
    }
    mapped(host, args, |c| match c {
        // To Unicode these are two letters, unless a character has to stay one.
        'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => after(c, 8),
        'ᾳ' | 'ῃ' | 'ῳ' => after(c, 9),
        c => single(c, c.to_uppercase()),
    })
}

/// The character so many places after another.
fn after(c: char, places: u32) -> char {
    char::from_u32(u32::from(c) + places).unwrap_or(c)
}

/// What a character is mapped to, if it is a single character.
fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn replace(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, old) = two(args)?;
    let new = operand::string(args, 2)?;
    // OPA 1.22 also finds the empty string only between characters, not between their bytes.
    if old.is_empty() && host.version() == Version::V1 {
        let length = text.len().saturating_mul(new.len() + 1);
        host.charge_text(length.saturating_add(new.len()))?;
        let mut replaced = new.as_bytes().to_vec();
        for byte in text.bytes() {
            replaced.push(byte);
            replaced.extend(new.bytes());
        }
        return operand::of_bytes(host, replaced);
    }
    let count = text.matches(old).count();
    host.charge_text(text.len().saturating_add(count.saturating_mul(new.len())))?;
    Ok(Some(text.replace(old, new).into()))
}

/// Replaces the first pattern that matches at each position, in the order of the patterns.
fn replace_n(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let mut pairs = Vec::new();
    for (old, new) in operand::object(args, 0)? {
        let text = |value: &Value, role: &str| {
            let failure = || {
                Failure::Type(format!(
                    "operand 1 non-string {role} found in pattern object"
                ))
            };
            value.as_str().map(str::to_owned).ok_or_else(failure)
        };
        pairs.push((text(old, "key")?, text(new, "value")?));
    }
    let longest = pairs.iter().map(|(old, _)| old.len()).max().unwrap_or(0);
    let text = operand::string(args, 1)?;
    if !budget::step(self::pairs(
        text.len() / 8,
        pairs.len() * (longest / 64 + 1),
    )) {
        return Err(operand::exhausted());
    }
    // This goes through bytes, because an empty pattern is also found between the bytes of a character.
    let mut rest = text.as_bytes();
    let mut out = Vec::new();
    // As in Go, an empty pattern isn't tried twice at the same position.
    let mut was_empty = false;
    loop {
        let found = pairs
            .iter()
            .find(|(old, _)| rest.starts_with(old.as_bytes()) && !(old.is_empty() && was_empty));
        if let Some((old, new)) = found {
            host.charge_text(new.len())?;
            out.extend(new.bytes());
            rest = rest.get(old.len()..).unwrap_or_default();
            was_empty = old.is_empty();
            continue;
        }
        was_empty = false;
        let Some((byte, after)) = rest.split_first() else {
            break;
        };
        out.push(*byte);
        rest = after;
    }
    operand::of_bytes(host, out)
}

fn reverse(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    operand::text(host, text.chars().rev().collect::<String>())
}

fn parts<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    if separator.is_empty() {
        // Go splits it into characters, without empty strings around them.
        return text
            .char_indices()
            .filter_map(|(at, c)| text.get(at..at + c.len_utf8()))
            .collect();
    }
    text.split(separator).collect()
}

/// Charges for all parts of a string.
fn charge_parts(host: &mut dyn Host, text: &str, separator: &str) -> Result<(), Failure> {
    let count = match separator {
        "" => text.chars().count(),
        _ => text.matches(separator).count() + 1,
    };
    host.charge(count)?;
    // Each of them is a string of its own.
    host.charge_text(text.len() + count.saturating_mul(8))
}

fn split(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, separator) = two(args)?;
    charge_parts(host, text, separator)?;
    let parts = parts(text, separator);
    Ok(Some(Value::array(parts.into_iter().map(Value::from))))
}

fn split_n(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, separator) = two(args)?;
    let count = operand::integer(host, args, 2)?;
    charge_parts(host, text, separator)?;
    let parts = parts(text, separator);
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let skipped = if count < 0 {
        parts.len().saturating_sub(wanted)
    } else {
        0
    };
    let kept = parts.into_iter().skip(skipped).take(wanted);
    Ok(Some(Value::array(kept.map(Value::from))))
}

fn count(args: &[Value]) -> Outcome {
    let (text, part) = two(args)?;
    Ok(Some(text.matches(part).count().into()))
}

fn substring(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    let start = operand::integer(host, args, 1)?;
    // OPA 0.70 only checks the length if there is something to count.
    if host.version() == Version::V0 {
        if operand::size(start).is_some_and(|start| start >= text.chars().count()) {
            return Ok(Some("".into()));
        }
        if start < 0 {
            return Err(Failure::Failed("negative offset".to_owned()));
        }
    }
    let length = operand::integer(host, args, 2)?;
    let Some(start) = operand::size(start) else {
        return Err(Failure::Failed("negative offset".to_owned()));
    };
    let length = operand::size(length).unwrap_or(usize::MAX);
    operand::text(
        host,
        text.chars().skip(start).take(length).collect::<String>(),
    )
}

/// A set of characters that is fast to test: a bit for each one of ASCII, and a list of the others.
fn cutset(cut: &str) -> impl Fn(char) -> bool {
    let bit = |c: char| 1_u128.checked_shl(u32::from(c)).unwrap_or(0);
    let ascii = cut.chars().map(bit).fold(0, |all, bit| all | bit);
    let others: BTreeSet<char> = cut.chars().filter(|c| !c.is_ascii()).collect();
    move |c| ascii & bit(c) != 0 || others.contains(&c)
}

fn trim(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, cut) = two(args)?;
    let is_cut = cutset(cut);
    operand::text(host, text.trim_matches(is_cut))
}

fn trim_left(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, cut) = two(args)?;
    operand::text(host, text.trim_start_matches(cutset(cut)))
}

fn trim_right(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, cut) = two(args)?;
    operand::text(host, text.trim_end_matches(cutset(cut)))
}

fn trim_prefix(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, prefix) = two(args)?;
    operand::text(host, text.strip_prefix(prefix).unwrap_or(text))
}

fn trim_suffix(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (text, suffix) = two(args)?;
    operand::text(host, text.strip_suffix(suffix).unwrap_or(text))
}

fn trim_space(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::text(host, operand::string(args, 0)?.trim())
}

/// A string, or those in an array or a set.
fn texts(args: &[Value], at: usize) -> Result<Vec<&str>, Failure> {
    match operand::any(args, at)?.as_str() {
        Some(text) => Ok(vec![text]),
        None => operand::strings(args, at, "one of {string, set, array}"),
    }
}

/// The steps of comparing each of these with each of those.
fn pairs(some: usize, others: usize) -> u64 {
    some.saturating_mul(others) as u64
}

fn any_prefix_match(args: &[Value]) -> Outcome {
    let (texts, prefixes) = (texts(args, 0)?, texts(args, 1)?);
    if !budget::step(pairs(texts.len(), prefixes.len())) {
        return Err(operand::exhausted());
    }
    let found = texts
        .iter()
        .any(|text| prefixes.iter().any(|prefix| text.starts_with(prefix)));
    Ok(Some(found.into()))
}

fn any_suffix_match(args: &[Value]) -> Outcome {
    let (texts, suffixes) = (texts(args, 0)?, texts(args, 1)?);
    if !budget::step(pairs(texts.len(), suffixes.len())) {
        return Err(operand::exhausted());
    }
    let found = texts
        .iter()
        .any(|text| suffixes.iter().any(|suffix| text.ends_with(suffix)));
    Ok(Some(found.into()))
}
