//! The input set that a trigger gives to its pipeline, as a string in `inputYaml`.

use document::{Document, EmbeddedError, Limits, ParseError, Span, Step, Value, embedded};

use super::entity::{EntityKind, INPUT_YAML};
use super::{Holding, holding};

/// Why the input set of a trigger can't be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputSetError {
    /// The string isn't YAML, or exceeds a limit.
    Syntax(ParseError),
    /// The string has more than one document. The span is that of the second.
    Many(Span),
    /// It isn't an input set, because it has neither `pipeline` nor `inputSet`. The span is that of its value.
    NoInputSet(Span),
}

/// The path of a trigger's input set.
#[must_use]
pub fn input_set_path() -> [Step; 2] {
    [EntityKind::Trigger.key(), INPUT_YAML].map(|key| Step::Key(key.to_owned()))
}

/// The document of a trigger, with the string in `inputYaml` parsed. `text` is that of the whole file. `None` for any
/// other document, and for a trigger without an input set.
///
/// # Errors
///
/// If the string isn't an input set.
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
        // A string without a value.
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
