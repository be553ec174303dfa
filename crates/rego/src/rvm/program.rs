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
pub struct Machine {
    vm: RegoVM,
    /// Instructions that evaluations may take beyond their shares.
    reserve: usize,
}

/// How many instructions an evaluation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Without drawing on the reserve.
    pub share: usize,
    /// With it, if that is less than nine times as many.
    pub most: usize,
}

impl Machine {
    /// A machine for a program and its `data` document.
    ///
    /// # Errors
    ///
    /// [`EvaluationError::Failed`] where the data is in the place of a rule.
    pub fn new(program: &Program, data: Value) -> Result<Self, EvaluationError> {
        let mut vm = RegoVM::new();
        vm.load_program(Arc::clone(&program.0));
        vm.set_data(data)?;
        Ok(Self { vm, reserve: 0 })
    }

    /// The same, with instructions that its evaluations may take together beyond their shares.
    #[must_use]
    pub fn with_reserve(self, instructions: usize) -> Self {
        Self {
            reserve: instructions,
            ..self
        }
    }

    /// The value of a rule for an input, like [`evaluate`](Self::evaluate).
    ///
    /// The machine doesn't tell how many instructions it took. So it begins anew with three and then nine
    /// times as many where the share isn't enough, and all that it gets then counts as taken.
    ///
    /// # Errors
    ///
    /// As of [`evaluate`](Self::evaluate).
    pub fn evaluate_within(
        &mut self,
        rule: &str,
        input: &Value,
        Allowance { share, most }: Allowance,
    ) -> Result<Value, EvaluationError> {
        let mut limit = share;
        let mut answer = self.evaluate(rule, input.clone(), limit);
        for times in [3, 9] {
            let wanted = share.saturating_mul(times).min(most);
            let more = wanted.saturating_sub(limit).min(self.reserve);
            // A little more is not worth the beginning anew.
            if !matches!(answer, Err(EvaluationError::Limit(_))) || more <= limit / 4 {
                break;
            }
            self.reserve -= more;
            limit = limit.saturating_add(more);
            answer = self.evaluate(rule, input.clone(), limit);
        }
        answer
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
        self.vm.set_max_instructions(instructions);
        self.vm.set_input(input);
        Ok(self.vm.execute_entry_point_by_name(rule)?)
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
