//! Runs tests of modules on the machine that runs the modules.

use super::compile::{assembled, module};
use super::lower::{lower, lower_tests};
use super::overrides::{EVALUATE_WITH, LOCALS};
use super::translate::translate;
use super::{EvaluationError, Loaded, Machine, Value};

/// How many instructions a test may take.
const INSTRUCTIONS: usize = 100_000_000;

/// How many entry points one program may have: regorus needs a register for each, and has 255.
const ENTRY_POINTS: usize = 200;

/// How deep expressions with `with` may be nested in one another.
const MAX_DEPTH: usize = 16;

/// The tests of modules: the rules whose names begin with `test_`.
///
/// The machine has no `with`. In modules whose paths end with `_test.rego`, an expression with `with` becomes a rule,
/// and the machine asks for its value. Everything else runs as in a [`Program`](super::Program).
pub struct Suite {
    programs: Vec<Loaded>,
    /// The entry points, in groups that fit into one program.
    entry_points: Vec<String>,
    data: Value,
    tests: Vec<String>,
}

impl Suite {
    /// Compiles modules, given as path and text, with their tests.
    ///
    /// # Errors
    ///
    /// The first message of the parser or compiler, with path, line and column.
    pub fn compile(modules: &[(String, String)], data: Value) -> Result<Self, String> {
        let mut sources = Vec::new();
        let mut tests = Vec::new();
        let mut evaluated_with = Vec::new();
        for (path, text) in modules {
            let content = if path.ends_with("_test.rego") {
                let lowered = lower_tests(path, text)?;
                tests.extend(lowered.tests);
                evaluated_with.extend(lowered.evaluated_with);
                lowered.text
            } else {
                lower(path, text)?
            };
            sources.push(module(path, content));
        }
        let entry_points: Vec<_> = tests.iter().cloned().chain(evaluated_with).collect();
        let programs = entry_points.chunks(ENTRY_POINTS).map(|some| {
            let some: Vec<_> = some.iter().map(String::as_str).collect();
            let program = assembled(&sources, &some, &[EVALUATE_WITH])?;
            Ok::<_, String>(translate(&program)?.load())
        });
        Ok(Self {
            programs: programs.collect::<Result<_, _>>()?,
            entry_points,
            data,
            tests,
        })
    }

    /// The tests, as `data.package.rule`, in the order of the modules.
    #[must_use]
    pub fn tests(&self) -> &[String] {
        &self.tests
    }

    /// Whether a test passes, which means that its rule is true.
    ///
    /// # Errors
    ///
    /// What ends the evaluation early.
    pub fn passes(&self, test: &str) -> Result<bool, EvaluationError> {
        let value = self.evaluate(test, &Value::Undefined, &self.data, 0)?;
        Ok(value == Value::Bool(true))
    }

    fn evaluate(
        &self,
        rule: &str,
        input: &Value,
        data: &Value,
        depth: usize,
    ) -> Result<Value, EvaluationError> {
        if depth > MAX_DEPTH {
            return Err(EvaluationError::Failed(
                "`with` nests too deeply".to_owned(),
            ));
        }
        let place = self.entry_points.iter().position(|known| known == rule);
        let program = place.and_then(|place| self.programs.get(place / ENTRY_POINTS));
        let Some(program) = program else {
            let message = format!("no program has the rule {rule}");
            return Err(EvaluationError::Failed(message));
        };
        let mut machine = Machine::new(program, data.clone());
        let mut host = |argument: &Value| self.answer(argument, input, data, depth);
        machine.evaluate_asking(rule, input, INSTRUCTIONS, &mut host)
    }

    /// The value of an expression with `with`: an array of it, or an empty one if it is undefined.
    fn answer(
        &self,
        argument: &Value,
        input: &Value,
        data: &Value,
        depth: usize,
    ) -> Result<Value, EvaluationError> {
        let unexpected = || EvaluationError::Failed(format!("not a call of `with`: {argument}"));
        let [rule, replaced, locals] = array(argument).ok_or_else(unexpected)?;
        let (mut input, mut data) = (input.clone(), data.clone());
        for pair in replaced.as_array().ok_or_else(unexpected)? {
            let [path, value] = array(pair).ok_or_else(unexpected)?;
            let path = path.as_str().ok_or_else(unexpected)?;
            let mut keys = path.split('.');
            let document = match keys.next() {
                Some("input") => &mut input,
                Some("data") => &mut data,
                _ => return Err(unexpected()),
            };
            replace(document, keys, value.clone());
        }
        replace(&mut data, [LOCALS].into_iter(), locals.clone());
        let rule = rule.as_str().ok_or_else(unexpected)?;
        let value = self.evaluate(rule, &input, &data, depth + 1)?;
        let found: Vec<_> = [value]
            .into_iter()
            .filter(|value| *value != Value::Undefined)
            .collect();
        Ok(found.into())
    }
}

fn array<const N: usize>(value: &Value) -> Option<[&Value; N]> {
    let items: Vec<_> = value.as_array()?.iter().collect();
    items.try_into().ok()
}

/// Puts a value into a document, under these keys.
fn replace<'a>(document: &mut Value, mut keys: impl Iterator<Item = &'a str>, value: Value) {
    let Some(key) = keys.next() else {
        *document = value;
        return;
    };
    if document.as_object().is_none() {
        *document = Value::object([]);
    }
    let mut inner = document.field(key).cloned().unwrap_or_default();
    replace(&mut inner, keys, value);
    document.set_field(key, inner);
}
