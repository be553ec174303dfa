//! The input set that a trigger gives to its pipeline, written as text in `inputYaml`.

use document::{Document, EmbeddedError, Limits, ParseError, Span, Step, Value, embedded};

use super::entity::{EntityKind, INPUT_YAML};
use super::{Holding, holding};

/// Why the input set of a trigger can't be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputSetError {
    /// The text isn't YAML, or breaks a limit.
    Syntax(ParseError),
    /// The text holds more than one document; the span is where the second one is.
    Many(Span),
    /// It isn't an input set: it has neither `pipeline` nor `inputSet`. The span is where it is.
    NoInputSet(Span),
}

/// Where a trigger has its input set.
#[must_use]
pub fn input_set_path() -> [Step; 2] {
    [EntityKind::Trigger.key(), INPUT_YAML].map(|key| Step::Key(key.to_owned()))
}

/// A trigger's document with its input set read, so that `inputYaml` is what its text means. `text` is
/// the whole file's. None for every other document, and for a trigger that gives no input set.
///
/// # Errors
///
/// Where the string isn't an input set.
pub fn with_input_set<'d>(
    document: &'d Document<'_>,
    text: &str,
    limits: &Limits,
) -> Result<Option<Document<'d>>, InputSetError> {
    let path = input_set_path();
    let is_foreign = matches!(holding(document), Holding::Foreign(_));
    let given = document.root.at(&path).filter(|_| !is_foreign);
    let Some(given) = given.filter(|given| given.value != Value::Null) else {
        return Ok(None);
    };
    let read = embedded(document, text, &path, limits).map_err(|fault| match fault {
        EmbeddedError::Parse(fault) => InputSetError::Syntax(fault),
        EmbeddedError::Many(span) => InputSetError::Many(span),
    })?;
    let meant = read.as_ref().and_then(|read| read.root.at(&path));
    match &meant.unwrap_or(given).value {
        // A text without a value.
        Value::String(_) if meant.is_none() => Ok(None),
        Value::Mapping(set)
            if set.is_empty()
                || ["pipeline", "inputSet"]
                    .iter()
                    .any(|key| set.get(key).is_some()) =>
        {
            Ok(read)
        }
        _ => Err(InputSetError::NoInputSet(meant.unwrap_or(given).span)),
    }
}
