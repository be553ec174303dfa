use std::sync::Arc;

use regorus::Value;
use regorus::rvm::program::DeserializationResult;
use regorus::rvm::vm::{RegoVM, VmError};

/// A compiled set of modules, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Program(Arc<regorus::rvm::Program>);

impl Program {
    /// Loads what the build compiled.
    ///
    /// # Errors
    ///
    /// [`EvaluationError::Program`] where the bytes are no program of this version of regorus.
    pub fn load(bytes: &[u8]) -> Result<Self, EvaluationError> {
        match regorus::rvm::Program::deserialize_binary(bytes) {
            Ok(DeserializationResult::Complete(program)) => Ok(Self(Arc::new(program))),
            Ok(DeserializationResult::Partial(_)) => Err(EvaluationError::Program(
                "it is of another version".to_owned(),
            )),
            Err(message) => Err(EvaluationError::Program(message)),
        }
    }
}

/// What evaluates a program, with the data that all inputs share.
pub struct Machine(RegoVM);

impl Machine {
    /// A machine for a program and its `data` document.
    ///
    /// # Errors
    ///
    /// [`EvaluationError::Failed`] where the data stands in the place of a rule.
    pub fn new(program: &Program, data: Value) -> Result<Self, EvaluationError> {
        let mut vm = RegoVM::new();
        vm.load_program(Arc::clone(&program.0));
        vm.set_data(data)?;
        Ok(Self(vm))
    }

    /// The value of a rule (`data.package.rule`) for an input, [`Value::Undefined`] if it has none.
    ///
    /// # Errors
    ///
    /// [`EvaluationError::Limit`] past `instructions`, [`EvaluationError::Failed`] for everything
    /// else that ends an evaluation before its time.
    pub fn evaluate(
        &mut self,
        rule: &str,
        input: Value,
        instructions: usize,
    ) -> Result<Value, EvaluationError> {
        self.0.set_max_instructions(instructions);
        self.0.set_input(input);
        Ok(self.0.execute_entry_point_by_name(rule)?)
    }
}

/// Why there is no result. It is never an empty result.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The program can't be loaded.
    #[error("the compiled policies can't be loaded: {0}")]
    Program(String),
    /// The evaluation was ended after this many instructions.
    #[error("the evaluation was ended after {0} instructions")]
    Limit(usize),
    /// The machine gave up.
    #[error("the evaluation failed: {0}")]
    Failed(String),
}

impl From<VmError> for EvaluationError {
    fn from(error: VmError) -> Self {
        match error {
            VmError::InstructionLimitExceeded { limit, .. } => Self::Limit(limit),
            other => Self::Failed(other.to_string()),
        }
    }
}
