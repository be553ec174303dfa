//! Which tests are run: those whose names match a pattern of Go's.

use builtins::{Cache, Call, Failure, Host, Outcome};
use values::{Value, Version};

/// A pattern for the full names of tests.
pub(super) struct Selection {
    pattern: Value,
    matcher: Matcher,
}

impl Selection {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What Go says of one that it can't read.
    pub(super) fn parse(pattern: &str) -> Result<Self, String> {
        let mut selection = Self {
            pattern: pattern.into(),
            matcher: Matcher::default(),
        };
        selection.matches("").map(|_| selection)
    }

    /// Whether a name is matched, in part or as a whole.
    ///
    /// # Errors
    ///
    /// What keeps the pattern from being tried.
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

/// Keeps the pattern once it is compiled. Names are short, so that nothing has to be bounded.
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
