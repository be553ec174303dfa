//! regorus' own machine, with which tests compare ours.

use std::sync::Arc;

use regorus::rvm::RegoVM;
use regorus::{PolicyModule, Value};

use super::compile::{assembled, lowered};

/// A program as regorus compiled it, on regorus' own machine. Tests compare our machine's results with its results.
pub struct Judge(Arc<regorus::rvm::Program>);

impl Judge {
    /// Compiles modules as [`compile`](super::compile()) does.
    ///
    /// # Errors
    ///
    /// The first message of the parser or compiler, with path, line and column.
    pub fn compile(modules: &[(String, String)], rules: &[&str]) -> Result<Self, String> {
        Self::of(&lowered(modules)?, rules)
    }

    /// Compiles modules without lowering them.
    pub(super) fn of(modules: &[PolicyModule], rules: &[&str]) -> Result<Self, String> {
        Ok(Self(assembled(modules, rules, &[])?))
    }

    /// Evaluates a rule (`data.package.rule`) within a number of regorus' instructions. The input and the value are
    /// JSON; `None` if the rule is undefined.
    ///
    /// # Errors
    ///
    /// regorus' message.
    pub fn evaluate(
        &self,
        rule: &str,
        input: &str,
        data: &str,
        instructions: usize,
    ) -> Result<Option<String>, String> {
        let read = |json| Value::from_json_str(json).map_err(|error| error.to_string());
        let mut vm = RegoVM::new();
        vm.load_program(Arc::clone(&self.0));
        vm.set_data(read(data)?)
            .map_err(|error| error.to_string())?;
        vm.set_input(read(input)?);
        vm.set_max_instructions(instructions);
        let answer = vm.execute_entry_point_by_name(rule);
        match answer.map_err(|error| error.to_string())? {
            Value::Undefined => Ok(None),
            answer => answer
                .to_json_str()
                .map(Some)
                .map_err(|error| error.to_string()),
        }
    }
}
