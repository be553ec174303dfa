//! What runs programs.

use std::sync::Arc;

use super::evaluation::{Ended, Evaluation};
use super::program::Program;
use super::state::State;
use super::value::Value;

/// A program that has been loaded: its constants are values.
#[derive(Debug, Clone)]
pub struct Loaded {
    program: Arc<Program>,
    literals: Arc<[Value]>,
}

impl Program {
    /// Makes the program's constants, once for all machines.
    #[must_use]
    pub fn load(self) -> Loaded {
        Loaded {
            literals: self.literals.iter().map(Value::from).collect(),
            program: Arc::new(self),
        }
    }
}

/// What evaluates a program, with the data that all inputs share.
pub struct Machine {
    loaded: Loaded,
    data: Value,
    state: State,
    /// Instructions that evaluations may take beyond their shares.
    reserve: usize,
}

/// How many instructions an evaluation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Without drawing on the reserve.
    pub share: usize,
    /// With it; at most nine times the share, or four million where that is more.
    pub most: usize,
}

/// Why there is no result. It is never an empty result.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The evaluation was ended after this many instructions.
    #[error("the evaluation was stopped after {0} instructions")]
    Limit(usize),
    /// The machine gave up.
    #[error("the evaluation failed: {0}")]
    Failed(String),
}

/// What answers where a program awaits something.
pub(super) type Host<'h> = &'h mut dyn FnMut(&Value) -> Result<Value, EvaluationError>;

/// The reserve gives an evaluation up to this many instructions, however small its share is: a few values can have many
/// combinations.
const LEAST_BEYOND: usize = 4_000_000;

impl Machine {
    /// A machine for a program and its `data` document.
    #[must_use]
    pub fn new(loaded: &Loaded, data: Value) -> Self {
        Self {
            loaded: loaded.clone(),
            data,
            state: State::default(),
            reserve: 0,
        }
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
    /// # Errors
    ///
    /// As of [`evaluate`](Self::evaluate).
    pub fn evaluate_within(
        &mut self,
        rule: &str,
        input: &Value,
        Allowance { share, most }: Allowance,
    ) -> Result<Value, EvaluationError> {
        let beyond = share.saturating_mul(9).max(LEAST_BEYOND);
        let more = most.min(beyond).saturating_sub(share);
        let limit = share.saturating_add(more.min(self.reserve));
        let answer = self.evaluate(rule, input, limit);
        let taken = limit - self.state.left;
        self.reserve -= taken.saturating_sub(share).min(self.reserve);
        answer
    }

    /// The value of a rule (`data.package.rule`) for an input, [`Value::Undefined`] if it has none.
    ///
    /// # Errors
    ///
    /// [`EvaluationError::Limit`] past `instructions`, [`EvaluationError::Failed`] for everything else that ends an
    /// evaluation before its time.
    pub fn evaluate(
        &mut self,
        rule: &str,
        input: &Value,
        instructions: usize,
    ) -> Result<Value, EvaluationError> {
        let mut nobody = |_: &Value| {
            Err(EvaluationError::Failed(
                "there is no host to ask".to_owned(),
            ))
        };
        self.evaluate_asking(rule, input, instructions, &mut nobody)
    }

    /// The same, with a host that answers.
    pub(super) fn evaluate_asking(
        &mut self,
        rule: &str,
        input: &Value,
        instructions: usize,
        host: Host<'_>,
    ) -> Result<Value, EvaluationError> {
        let program = &*self.loaded.program;
        let entry_point = program.entry_points.iter().find(|(name, _)| name == rule);
        let Some((_, rule)) = entry_point else {
            let message = format!("the program has no entry point {rule}");
            return Err(EvaluationError::Failed(message));
        };
        self.state.begin(program, instructions);
        let mut evaluation = Evaluation {
            program,
            literals: &self.loaded.literals,
            data: &self.data,
            input,
            state: &mut self.state,
            host,
        };
        match evaluation.rule(*rule, 0) {
            Ok(value) => Ok(value),
            Err(Ended::Limit) => Err(EvaluationError::Limit(instructions)),
            Err(Ended::Failed(error)) => Err(*error),
        }
    }
}
