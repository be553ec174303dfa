//! Reads and writes YAML as `go-yaml` does, which no crate does. OPA 0.70 has v2, where `yes` is true as in YAML 1.1,
//! and OPA 1.22 has v3, which is YAML 1.2 with some of the older forms.

mod field_types;
mod read;
mod scalar;
mod syntax_error;
mod tabs;
mod write;

use std::borrow::Cow;

use super::{Builtin, Failure, Host, Outcome, bounded, operand};
use values::{Value, Version, budget, json};

pub use read::annotations;

pub(super) const TABLE: &[Builtin] = &[
    bounded("yaml.marshal", "(x: any) => y: string", marshal),
    bounded("yaml.unmarshal", "(x: string) => y: any", unmarshal),
    bounded("yaml.is_valid", "(x: string) => result: boolean", is_valid),
];

fn marshal(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let value = operand::any(args, 0)?;
    // OPA writes JSON, reads that as YAML, and writes the result: sets become arrays, and keys strings.
    let text = json::write(value);
    if budget::is_spent() {
        return Err(operand::exhausted());
    }
    host.charge(text.len() / 2)?;
    let value = json::parse(&text).map_err(|error| Failure::Failed(error.message))?;
    // Each level is indented by two spaces.
    let deepest = usize::try_from(value.depth()).unwrap_or(usize::MAX);
    let lines = text
        .bytes()
        .filter(|byte| matches!(byte, b',' | b'[' | b'{'))
        .count();
    host.charge_text(lines.saturating_mul(deepest))?;
    let text = write::write(&value, host.version())?;
    operand::text(host, text)
}

fn unmarshal(host: &mut dyn Host, args: &[Value]) -> Outcome {
    read(host, operand::string(args, 0)?).map(Some)
}

fn is_valid(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let Ok(text) = operand::string(args, 0) else {
        return Ok(Some(false.into()));
    };
    match read(host, text) {
        Ok(_) => Ok(Some(true.into())),
        Err(Failure::Failed(_)) => Ok(Some(false.into())),
        Err(failure) => Err(failure),
    }
}

/// Reads a document as OPA reads files: as JSON, or else as YAML.
///
/// # Errors
///
/// What is wrong with it as both, or that it takes too much.
pub fn read_document(text: &str, version: Version) -> Result<Value, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json = match json::parse_document(text, version) {
        Ok(value) => return Ok(value),
        Err(error) if error.is_too_much() => return Err(error.to_string()),
        Err(error) => error,
    };
    match parsed(text, version) {
        Ok((value, _)) => Ok(value),
        Err(error) if error.is_limit => Err(error.message),
        Err(error) => Err(format!("it is neither JSON ({json}) nor YAML ({error})")),
    }
}

/// Reads a document as YAML.
///
/// # Errors
///
/// What is wrong with it, or that it takes too much.
pub fn yaml_document(text: &str, version: Version) -> Result<Value, String> {
    match parsed(text, version) {
        Ok((value, _)) => Ok(value),
        Err(error) => Err(error.message),
    }
}

/// The first document, and the number of values copied for aliases.
fn parsed(text: &str, version: Version) -> Result<(Value, usize), read::YamlError> {
    // Go's library reads it as a line feed wherever it is.
    let text = if text.contains(NEXT_LINE) {
        Cow::Owned(text.replace(NEXT_LINE, "\n"))
    } else {
        Cow::Borrowed(text)
    };
    match version {
        Version::V0 => read::yaml_1_1(&text),
        Version::V1 => read::yaml_1_2(&text),
    }
}

/// What ends a line in YAML 1.1 only.
const NEXT_LINE: char = '\u{85}';

fn read(host: &mut dyn Host, text: &str) -> Result<Value, Failure> {
    host.charge(text.len() / 2)?;
    let (value, copied) = parsed(text, host.version()).map_err(|error| {
        let message = error.message;
        // The library accepts tabs in flow collections, where they don't change the meaning.
        let is_tab = message.contains("tabs disallowed") && text.contains(['[', '{']);
        match (
            error.is_limit,
            is_tab || message.contains(read::UNSUPPORTED),
        ) {
            (true, _) => Failure::Limit(message),
            (false, true) => Failure::Refused(message),
            (false, false) => Failure::Failed(message),
        }
    })?;
    host.charge(copied)?;
    Ok(value)
}
