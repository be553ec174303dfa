//! Tests of modules on the machine that runs the modules.

use std::sync::Arc;

use regorus::rvm::vm::{ExecutionMode, ExecutionState, RegoVM, SuspendReason};
use regorus::{PolicyModule, Value};

use super::EvaluationError;
use super::compile::assembled;
use super::lower::{EVALUATE_WITH, LOCALS, lower, lower_tests};

/// Instructions that a test may take.
const INSTRUCTIONS: usize = 100_000_000;

/// How many expressions with `with` may be evaluated within each other.
const MAX_DEPTH: usize = 16;

/// The rules of modules whose names begin with `test_`.
///
/// The machine has no `with`. In modules whose paths end with `_test.rego`, an expression with `with` becomes a
/// rule, and the machine stops for its value. Everything else runs as in a [`Program`](super::Program).
pub struct Suite {
    program: Arc<regorus::rvm::Program>,
    data: Value,
    tests: Vec<String>,
}

impl Suite {
    /// Compiles modules, given as path and text, with their tests. `data` is the `data` document.
    ///
    /// # Errors
    ///
    /// The first message of parser or compiler, with path, line and column.
    pub fn compile(modules: &[(String, String)], data: Value) -> Result<Self, String> {
        let mut sources = Vec::new();
        let mut tests = Vec::new();
        let mut entry_points = Vec::new();
        for (path, text) in modules {
            let content = if path.ends_with("_test.rego") {
                let lowered = lower_tests(path, text)?;
                tests.extend(lowered.tests);
                entry_points.extend(lowered.evaluated_with);
                lowered.text
            } else {
                lower(path, text)?
            };
            sources.push(PolicyModule {
                id: path.as_str().into(),
                content: content.into(),
            });
        }
        let entry_points: Vec<_> = tests
            .iter()
            .chain(&entry_points)
            .map(String::as_str)
            .collect();
        let program = assembled(&sources, &entry_points, &[EVALUATE_WITH])?;
        Ok(Self {
            program: Arc::new(program),
            data,
            tests,
        })
    }

    /// The tests, as `data.package.rule`, in the order of the modules.
    #[must_use]
    pub fn tests(&self) -> &[String] {
        &self.tests
    }

    /// Whether a test of [`tests`](Self::tests) passes: whether its rule is true.
    ///
    /// # Errors
    ///
    /// What ends an evaluation before its time.
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
        let mut vm = RegoVM::new();
        vm.load_program(Arc::clone(&self.program));
        vm.set_data(data.clone())?;
        vm.set_input(input.clone());
        vm.set_max_instructions(INSTRUCTIONS);
        vm.set_execution_mode(ExecutionMode::Suspendable);
        let mut value = vm.execute_entry_point_by_name(rule)?;
        loop {
            let argument = match vm.execution_state() {
                ExecutionState::Suspended {
                    reason: SuspendReason::HostAwait { argument, .. },
                    ..
                } => argument.clone(),
                ExecutionState::Suspended { reason, .. } => {
                    return Err(EvaluationError::Failed(format!("it stopped: {reason:?}")));
                }
                _ => return Ok(value),
            };
            let answer = self.answer(&argument, input, data, depth)?;
            value = vm.resume(Some(answer))?;
        }
    }

    /// What an expression with `with` comes to: an array of its value, empty where it is undefined.
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
        for pair in replaced.as_array().map_err(failed)? {
            let [path, value] = array(pair).ok_or_else(unexpected)?;
            let path = path.as_string().map_err(failed)?;
            let mut keys = path.split('.');
            let document = match keys.next() {
                Some("input") => &mut input,
                Some("data") => &mut data,
                _ => return Err(unexpected()),
            };
            replace(document, keys, value.clone())?;
        }
        replace(&mut data, [LOCALS].into_iter(), locals.clone())?;
        let rule = rule.as_string().map_err(failed)?;
        let value = self.evaluate(rule, &input, &data, depth + 1)?;
        let answer = if value == Value::Undefined {
            vec![]
        } else {
            vec![value]
        };
        Ok(Value::from(answer))
    }
}

fn array<const N: usize>(value: &Value) -> Option<[&Value; N]> {
    let items: Vec<_> = value.as_array().ok()?.iter().collect();
    items.try_into().ok()
}

/// Puts a value into a document, below these keys.
fn replace<'a>(
    document: &mut Value,
    keys: impl Iterator<Item = &'a str>,
    value: Value,
) -> Result<(), EvaluationError> {
    let mut place = document;
    for key in keys {
        if *place == Value::Undefined {
            *place = Value::new_object();
        }
        let object = place.as_object_mut().map_err(failed)?;
        let key = Value::from(key);
        if !object.contains_key(&key) {
            object.insert(key.clone(), Value::Undefined);
        }
        let Some(inner) = object.get_mut(&key) else {
            return Ok(());
        };
        place = inner;
    }
    *place = value;
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> EvaluationError {
    EvaluationError::Failed(error.to_string())
}
