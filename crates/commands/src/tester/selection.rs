//! Selects tests whose names match a pattern in Go's syntax.

use builtins::{Cache, Call, Failure, Host, Outcome};
use values::{Value, Version};

/// A pattern for the full names of tests.
pub(super) struct Selection {
    pattern: Value,
    matcher: Matcher,
}

impl Selection {
    /// Parses a pattern.
    ///
    /// # Errors
    ///
    /// Go's message if it is invalid.
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let mut selection = Self {
            pattern: pattern.into(),
            matcher: Matcher::default(),
        };
        selection.matches("").map(|_| selection)
    }

    /// Whether the pattern matches a name or a part of it.
    ///
    /// # Errors
    ///
    /// Why the pattern can't be matched.
    pub(super) fn matches(&mut self, name: &str) -> Result<bool, String> {
        let function = builtins::find("regex.match").map(|function| function.call);
        let arguments = [self.pattern.clone(), name.into()];
        let outcome = match function {
            Some(Call::Pure(call)) => call(&arguments),
            Some(Call::Bounded(call) | Call::Hosted(call)) => call(&mut self.matcher, &arguments),
            Some(Call::Evaluator) | None => Ok(None),
        };
        match outcome {
            Ok(value) => Ok(value == Some(Value::Bool(true))),
            Err(
                Failure::Failed(message)
                | Failure::Type(message)
                | Failure::Limit(message)
                | Failure::Refused(message),
            ) => Err(message),
        }
    }
}

/// Keeps the compiled pattern. Names are short, so no limits are needed.
#[derive(Default)]
struct Matcher(Cache);

impl Host for Matcher {
    fn charge(&mut self, _values: usize) -> Result<(), Failure> {
        Ok(())
    }

    fn now(&mut self) -> Result<i64, Failure> {
        Ok(0)
    }

    fn ask(&mut self, _function: &str, _arguments: &[Value]) -> Outcome {
        Ok(None)
    }

    fn version(&self) -> Version {
        Version::V1
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.0
    }
}
