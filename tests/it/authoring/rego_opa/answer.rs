//! An answer of OPA or of our engine, reduced to what must be the same.

use values::{Value, json};

/// An answer as text. Numbers are compared as they are written.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// A result set, and what was printed.
    Result(String),
    /// Errors: code, location and message of each, sorted.
    Errors(Vec<String>),
    /// The result can't be written as JSON, because JSON doesn't have one of its numbers.
    Unwritable,
}

impl Answer {
    /// Parses a line of the reference's or our output.
    pub fn of(line: &str) -> Self {
        let Ok(answer) = json::parse(line) else {
            return Self::Unwritable;
        };
        let field = |name: &str| answer.get(&name.into()).cloned();
        if let Some(errors) = field("errors") {
            let mut errors: Vec<_> = items(&errors).iter().map(error).collect();
            if errors
                .iter()
                .any(|error| error.contains("json: invalid number literal"))
            {
                return Self::Unwritable;
            }
            errors.sort();
            // OPA reports some errors twice.
            errors.dedup();
            return Self::Errors(errors);
        }
        let rows = field("result").expect("a result or errors");
        let rows = items(&rows).iter().map(|row| {
            let parts = ["expressions", "bindings"].into_iter();
            let parts = parts.filter_map(|part| Some((part, row.get(&part.into())?.clone())));
            Value::object(parts.filter(|(_, value)| value.width() > 1))
        });
        let printed = field("printed").unwrap_or_else(|| Value::array([]));
        Self::Result(json::write(&Value::array([Value::array(rows), printed])))
    }

    /// The difference, for people.
    pub fn difference(&self, theirs: &Self) -> Option<String> {
        (self != theirs).then(|| format!("  OPA:  {}\n  ours: {}", theirs.shown(), self.shown()))
    }

    /// Whether both report errors before anything is evaluated, or fail in the same way. Which check of the compiler
    /// comes first, and which part of an expression it reports, is only compared in forms.
    pub fn refuses_like(&self, theirs: &Self) -> bool {
        let is_static = |answer: &Self| answer.refused_with("\"code\":\"rego_");
        is_static(self) && is_static(theirs)
    }

    /// Whether both report the same rule for having several values, which they list in a different order.
    pub fn conflicts_like(&self, theirs: &Self) -> bool {
        let sorted = |answer: &Self| match answer {
            Self::Errors(errors) if answer.refused_with("eval_conflict_error") => {
                let messages = errors
                    .iter()
                    .filter_map(|error| error.split("\",\"row\"").next());
                let mut lines: Vec<_> = messages
                    .flat_map(|message| message.split("\\n"))
                    .map(str::to_owned)
                    .collect();
                lines.sort();
                Some(lines)
            }
            _ => None,
        };
        sorted(self).is_some() && sorted(self) == sorted(theirs)
    }

    /// Whether one of the errors has this code.
    pub fn refused_with(&self, code: &str) -> bool {
        match self {
            Self::Errors(errors) => errors.iter().all(|error| error.contains(code)),
            Self::Result(_) | Self::Unwritable => false,
        }
    }

    /// Whether nothing was evaluated because of missing functions, all of which are named.
    pub fn is_refused_by_builtins(&self) -> bool {
        self.refused_with("\"message\":\"undefined function ")
    }

    fn shown(&self) -> String {
        match self {
            Self::Result(text) => text.clone(),
            Self::Errors(errors) => errors.join("\n        "),
            Self::Unwritable => "a number that isn't JSON".to_owned(),
        }
    }
}

/// The error without the types of arguments, which OPA shows on further lines.
fn error(error: &Value) -> String {
    let text = json::write(error);
    let arguments = text.find("\\n\\t").map(|at| {
        let end = text[at..].find("\",").map_or(text.len(), |end| at + end);
        format!("{}{}", &text[..at], &text[end..])
    });
    arguments.unwrap_or(text)
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        other => panic!("no list: {other}"),
    }
}
