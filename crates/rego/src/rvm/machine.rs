//! The machine that runs programs.

use std::sync::Arc;

use super::evaluation::{Ended, Evaluation};
use super::program::Program;
use super::state::State;
use super::value::Value;

/// A program whose constants have been made into values.
#[derive(Debug, Clone)]
pub struct Loaded {
    program: Arc<Program>,
    literals: Arc<[Value]>,
}

impl Program {
    /// Makes values of the program's constants, once for all machines.
    #[must_use]
    pub fn load(self) -> Loaded {
        Loaded {
            literals: self.literals.iter().map(Value::from).collect(),
            program: Arc::new(self),
        }
    }
}

/// Evaluates a program. Holds the `data` document that all inputs share.
pub struct Machine {
    loaded: Loaded,
    data: Value,
    state: State,
    /// Instructions that evaluations may take together, beyond their shares.
    reserve: usize,
}

/// How many instructions an evaluation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Its share, without drawing on the reserve.
    pub share: usize,
    /// With the reserve. What it draws is limited to nine times the share, or to four million if that is more.
    pub most: usize,
}

/// Why an evaluation has no result. An error is never reported as an empty result.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// It took more than this many instructions.
    #[error("the evaluation was stopped after {0} instructions")]
    Limit(usize),
    /// It can't be continued.
    #[error("the evaluation failed: {0}")]
    Failed(String),
}

/// Answers what a program asks with [`Instruction::Await`](super::program::Instruction::Await).
pub(super) type Host<'h> = &'h mut dyn FnMut(&Value) -> Result<Value, EvaluationError>;

/// However small the share of an evaluation is, it may draw this many instructions from the reserve, because a few
/// values can have many combinations.
const LEAST_BEYOND: usize = 4_000_000;

impl Machine {
    /// A machine for a program with this `data` document.
    #[must_use]
    pub fn new(loaded: &Loaded, data: Value) -> Self {
        Self {
            loaded: loaded.clone(),
            data,
            state: State::default(),
            reserve: 0,
        }
    }

    /// Sets how many instructions all evaluations may take together, beyond their shares.
    #[must_use]
    pub fn with_reserve(self, instructions: usize) -> Self {
        Self {
            reserve: instructions,
            ..self
        }
    }

    /// Evaluates a rule like [`evaluate`](Self::evaluate), and may draw on the reserve.
    ///
    /// # Errors
    ///
    /// Those of [`evaluate`](Self::evaluate).
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

    /// Evaluates a rule (`data.package.rule`). The value is [`Value::Undefined`] if the rule is undefined.
    ///
    /// # Errors
    ///
    /// [`EvaluationError::Limit`] if it takes more than `instructions`, [`EvaluationError::Failed`] for any other
    /// reason that ends it early.
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

    /// Evaluates a rule like [`evaluate`](Self::evaluate), with a host.
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
