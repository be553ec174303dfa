//! What runs programs.

use std::mem;
use std::sync::Arc;

use super::builtins::{Builtin, MOST, compute, range_length};
use super::program::{
    Body, Collection, Condition, GOES_ON, Instruction, Operand, Place, Program, Relation,
};
use super::value::{Object, Set, Value};

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
    /// With it, if that is less than nine times as many.
    pub most: usize,
}

/// Why there is no result. It is never an empty result.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The evaluation was ended after this many instructions.
    #[error("the evaluation was ended after {0} instructions")]
    Limit(usize),
    /// The machine gave up.
    #[error("the evaluation failed: {0}")]
    Failed(String),
}

/// What answers where a program awaits something.
pub(super) type Host<'h> = &'h mut dyn FnMut(&Value) -> Result<Value, EvaluationError>;

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
        let more = most.min(share.saturating_mul(9)).saturating_sub(share);
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
        match evaluation.rule(*rule) {
            Ok(value) => Ok(value),
            Err(Ended::Limit) => Err(EvaluationError::Limit(instructions)),
            Err(Ended::Failed(error)) => Err(*error),
        }
    }
}

/// Why an evaluation ends before its time.
enum Ended {
    Limit,
    Failed(Box<EvaluationError>),
}

impl From<EvaluationError> for Ended {
    fn from(error: EvaluationError) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// What an evaluation has come to so far.
#[derive(Default)]
struct State {
    /// Those of the rules and functions that are being evaluated, one after the other.
    registers: Vec<Value>,
    /// The values of rules. Those that don't depend on the input stay for the next evaluation.
    rules: Vec<Option<Value>>,
    /// The loops that are being gone through, innermost last.
    loops: Vec<Turns>,
    /// What comprehensions have found, innermost last; of objects key and value in turn.
    found: Vec<Vec<Value>>,
    /// The instructions that may still be taken.
    left: usize,
}

impl State {
    fn begin(&mut self, program: &Program, instructions: usize) {
        self.registers.clear();
        self.loops.clear();
        self.found.clear();
        self.left = instructions;
        self.rules.resize(program.rules.len(), None);
        for (value, rule) in self.rules.iter_mut().zip(&*program.rules) {
            if rule.reads_input {
                *value = None;
            }
        }
    }
}

/// A loop's way through a collection.
struct Turns {
    of: Items,
    next: usize,
}

enum Items {
    Array(Arc<Vec<Value>>),
    Object(Arc<Object>),
    Set(Arc<Set>),
}

impl Turns {
    fn through(value: &Value) -> Option<Self> {
        let of = match value {
            Value::Array(items) => Items::Array(Arc::clone(items)),
            Value::Object(object) => Items::Object(Arc::clone(object)),
            Value::Set(set) => Items::Set(Arc::clone(set)),
            _ => return None,
        };
        Some(Self { of, next: 0 })
    }

    /// The next value, and its key where it is asked for.
    fn take(&mut self, with_key: bool) -> Option<(Option<Value>, Value)> {
        let place = self.next;
        self.next += 1;
        Some(match &self.of {
            Items::Array(items) => (with_key.then(|| place.into()), items.get(place)?.clone()),
            Items::Object(object) => {
                let (key, value) = object.at(place)?;
                (with_key.then(|| key.clone()), value.clone())
            }
            Items::Set(set) => {
                let item = set.items().get(place)?;
                (with_key.then(|| item.clone()), item.clone())
            }
        })
    }
}

const UNDEFINED: &Value = &Value::Undefined;

/// One evaluation.
struct Evaluation<'e> {
    program: &'e Program,
    literals: &'e [Value],
    data: &'e Value,
    input: &'e Value,
    state: &'e mut State,
    host: Host<'e>,
}

impl Evaluation<'_> {
    /// The value of a rule, evaluated once.
    fn rule(&mut self, index: u16) -> Result<Value, Ended> {
        if let Some(Some(value)) = self.state.rules.get(usize::from(index)) {
            return Ok(value.clone());
        }
        let base = self.state.registers.len();
        self.state.registers.push(Value::Undefined);
        let value = self.apply(index, base)?;
        if let Some(kept) = self.state.rules.get_mut(usize::from(index)) {
            *kept = Some(value.clone());
        }
        Ok(value)
    }

    /// The value of a function for operands of the body whose registers begin at `base`.
    fn call(&mut self, function: u16, first: u16, base: usize) -> Result<Value, Ended> {
        let program = self.program;
        let arity = program
            .rules
            .get(usize::from(function))
            .map_or(0, |rule| rule.arity);
        let own = self.state.registers.len();
        self.state.registers.push(Value::Undefined);
        for operand in operands(program, first, usize::from(arity)) {
            let argument = self.operand(*operand, base).clone();
            // A function of what isn't there has no value.
            if argument.is_undefined() {
                self.state.registers.truncate(own);
                return Ok(Value::Undefined);
            }
            self.state.registers.push(argument);
        }
        self.apply(function, own)
    }

    /// The value of a rule whose registers begin at `base`, where its arguments are already.
    fn apply(&mut self, index: u16, base: usize) -> Result<Value, Ended> {
        let program = self.program;
        let Some(rule) = program.rules.get(usize::from(index)) else {
            return Ok(Value::Undefined);
        };
        let end = base + usize::from(rule.registers);
        self.state.registers.resize(end, Value::Undefined);
        let (loops, found) = (self.state.loops.len(), self.state.found.len());
        if rule.is_set {
            self.state.found.push(Vec::new());
        }
        let mut value = Value::Undefined;
        let mut holds = false;
        for body in bodies(program, rule.first, rule.count) {
            if body.is_else && holds {
                continue;
            }
            self.set(base, 0, Value::Undefined);
            holds = self.run(body.start, base)?;
            // A body may end within a loop.
            self.state.loops.truncate(loops);
            if !holds || rule.is_set {
                continue;
            }
            let found = self.take(base, 0);
            if value.is_undefined() {
                value = found;
                if rule.ends_at_first && !value.is_undefined() {
                    break;
                }
            } else if !found.is_undefined() && found != value {
                let message = "a rule has two values at once".to_owned();
                return Err(EvaluationError::Failed(message).into());
            }
        }
        if rule.is_set {
            value = Set::from_unsorted(self.state.found.pop().unwrap_or_default()).into();
        } else if value.is_undefined()
            && let Some(default) = rule.default
        {
            value = self
                .literals
                .get(usize::from(default))
                .cloned()
                .unwrap_or_default();
        }
        self.state.found.truncate(found);
        self.state.registers.truncate(base);
        Ok(value)
    }

    /// Whether a body holds.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each instruction, and one match"
    )]
    fn run(&mut self, start: u16, base: usize) -> Result<bool, Ended> {
        let instructions = &*self.program.instructions;
        let mut at = usize::from(start);
        loop {
            let Some(instruction) = instructions.get(at) else {
                return Ok(false);
            };
            self.spend(1)?;
            at += 1;
            let (dest, value, fail) = match *instruction {
                Instruction::Copy { dest, from, fail } => {
                    (dest, self.operand(from, base).clone(), fail)
                }
                Instruction::Rule { dest, rule, fail } => (dest, self.rule(rule)?, fail),
                Instruction::Call {
                    dest,
                    function,
                    first,
                    fail,
                } => (dest, self.call(function, first, base)?, fail),
                Instruction::Builtin {
                    dest,
                    builtin,
                    first,
                    fail,
                } => (dest, self.builtin(builtin, first, base)?, fail),
                Instruction::Index {
                    dest,
                    of,
                    key,
                    fail,
                } => {
                    let found = self.operand(of, base).get(self.operand(key, base));
                    (dest, found.cloned().unwrap_or_default(), fail)
                }
                Instruction::Path {
                    dest,
                    first,
                    count,
                    fail,
                } => (dest, self.path(first, count, base).clone(), fail),
                Instruction::Array {
                    dest,
                    first,
                    count,
                    fail,
                } => {
                    let items = self.all(first, count, base)?;
                    (dest, items.map_or(Value::Undefined, Value::from), fail)
                }
                Instruction::Set {
                    dest,
                    first,
                    count,
                    fail,
                } => {
                    let items = self.all(first, count, base)?.map(Set::from_unsorted);
                    (dest, items.map_or(Value::Undefined, Value::from), fail)
                }
                Instruction::Record {
                    dest,
                    first,
                    count,
                    fail,
                } => {
                    let fields = self.pairs(first, count, base)?.map(Object::from_sorted);
                    (dest, fields.map_or(Value::Undefined, Value::from), fail)
                }
                Instruction::Object {
                    dest,
                    first,
                    count,
                    fail,
                } => {
                    let fields = self.pairs(first, count, base)?.map(Object::from_unsorted);
                    (dest, fields.map_or(Value::Undefined, Value::from), fail)
                }
                Instruction::Add {
                    dest,
                    left,
                    right,
                    fail,
                } => {
                    let (left, right) = (self.operand(left, base), self.operand(right, base));
                    let sum = compute(left, right, i64::checked_add, |a, b| a + b);
                    (dest, sum.unwrap_or_default(), fail)
                }
                Instruction::Subtract {
                    dest,
                    left,
                    right,
                    fail,
                } => {
                    let (left, right) = (self.operand(left, base), self.operand(right, base));
                    (dest, difference(left, right).unwrap_or_default(), fail)
                }
                Instruction::Multiply {
                    dest,
                    left,
                    right,
                    fail,
                } => {
                    let (left, right) = (self.operand(left, base), self.operand(right, base));
                    let product = compute(left, right, i64::checked_mul, |a, b| a * b);
                    (dest, product.unwrap_or_default(), fail)
                }
                Instruction::Divide {
                    dest,
                    left,
                    right,
                    fail,
                } => {
                    let (left, right) = (self.operand(left, base), self.operand(right, base));
                    let exact = |a: i64, b: i64| {
                        let is_exact = a.checked_rem(b) == Some(0);
                        is_exact.then(|| a.checked_div(b)).flatten()
                    };
                    // By zero it isn't finite, and so undefined.
                    (
                        dest,
                        compute(left, right, exact, |a, b| a / b).unwrap_or_default(),
                        fail,
                    )
                }
                Instruction::Remainder {
                    dest,
                    left,
                    right,
                    fail,
                } => {
                    let (left, right) = (self.operand(left, base), self.operand(right, base));
                    let rest = compute(left, right, i64::checked_rem, |_, _| f64::NAN);
                    (dest, rest.unwrap_or_default(), fail)
                }
                Instruction::Compare {
                    dest,
                    relation,
                    left,
                    right,
                } => {
                    let holds = self.relates(relation, left, right, base);
                    (dest, holds.map_or(Value::Undefined, Value::Bool), GOES_ON)
                }
                Instruction::Not { dest, operand } => {
                    let holds = self.holds(Condition::Not, operand, base);
                    (dest, Value::Bool(holds), GOES_ON)
                }
                Instruction::Await {
                    dest,
                    argument,
                    fail,
                } => {
                    let argument = self.operand(argument, base).clone();
                    let answer = match argument {
                        Value::Undefined => Ok(Value::Undefined),
                        argument => (self.host)(&argument),
                    };
                    (dest, answer?, fail)
                }
                Instruction::Check {
                    relation,
                    left,
                    right,
                    fail,
                } => {
                    if self.relates(relation, left, right, base) != Some(true) {
                        at = usize::from(fail);
                    }
                    continue;
                }
                Instruction::Guard {
                    operand,
                    holds,
                    fail,
                } => {
                    if !self.holds(holds, operand, base) {
                        at = usize::from(fail);
                    }
                    continue;
                }
                Instruction::Loop {
                    of,
                    key,
                    value,
                    end,
                } => {
                    match Turns::through(self.operand(of, base)) {
                        Some(turns) => {
                            self.state.loops.push(turns);
                            if !self.turn(key, value, base) {
                                at = usize::from(end);
                            }
                        }
                        None => at = usize::from(end),
                    }
                    continue;
                }
                Instruction::Next { key, value, body } => {
                    if self.turn(key, value, base) {
                        at = usize::from(body);
                    }
                    continue;
                }
                Instruction::Leave => {
                    self.state.loops.pop();
                    continue;
                }
                Instruction::Jump { to } => {
                    at = usize::from(to);
                    continue;
                }
                Instruction::Collect => {
                    self.state.found.push(Vec::new());
                    continue;
                }
                Instruction::Yield { value } => {
                    let value = self.operand(value, base).clone();
                    if let Some(found) = self.state.found.last_mut()
                        && !value.is_undefined()
                    {
                        found.push(value);
                    }
                    continue;
                }
                Instruction::YieldField { key, value } => {
                    let key = self.operand(key, base).clone();
                    let value = self.operand(value, base).clone();
                    if let Some(found) = self.state.found.last_mut()
                        && !key.is_undefined()
                        && !value.is_undefined()
                    {
                        found.extend([key, value]);
                    }
                    continue;
                }
                Instruction::Collected { dest, kind } => {
                    let found = self.state.found.pop().unwrap_or_default();
                    self.spend(found.len())?;
                    (dest, collected(kind, found), GOES_ON)
                }
                Instruction::Return => return Ok(true),
                Instruction::Fail => return Ok(false),
            };
            if value.is_undefined() && fail != GOES_ON {
                at = usize::from(fail);
            }
            self.set(base, dest, value);
        }
    }

    /// Takes instructions of those that are left.
    fn spend(&mut self, instructions: usize) -> Result<(), Ended> {
        let left = self.state.left.checked_sub(instructions);
        self.state.left = left.unwrap_or_default();
        if left.is_some() {
            Ok(())
        } else {
            Err(Ended::Limit)
        }
    }

    fn operand(&self, operand: Operand, base: usize) -> &Value {
        match operand.place() {
            Place::Register(register) => {
                let value = self.state.registers.get(base + usize::from(register));
                value.unwrap_or(UNDEFINED)
            }
            Place::Literal(literal) => self.literals.get(usize::from(literal)).unwrap_or(UNDEFINED),
            Place::Input => self.input,
            Place::Data => self.data,
        }
    }

    fn set(&mut self, base: usize, register: u8, value: Value) {
        if let Some(place) = self.state.registers.get_mut(base + usize::from(register)) {
            *place = value;
        }
    }

    fn take(&mut self, base: usize, register: u8) -> Value {
        let place = self.state.registers.get_mut(base + usize::from(register));
        place.map(mem::take).unwrap_or_default()
    }

    fn relates(
        &self,
        relation: Relation,
        left: Operand,
        right: Operand,
        base: usize,
    ) -> Option<bool> {
        let (left, right) = (self.operand(left, base), self.operand(right, base));
        if let Relation::In = relation {
            return Some(match right {
                Value::Set(set) => set.contains(left),
                Value::Array(items) => items.contains(left),
                Value::Object(object) => object.iter().any(|(_, value)| value == left),
                _ => false,
            });
        }
        if left.is_undefined() || right.is_undefined() {
            return None;
        }
        Some(match relation {
            Relation::Equal => left == right,
            Relation::NotEqual => left != right,
            Relation::Less => left < right,
            Relation::LessOrEqual | Relation::In => left <= right,
        })
    }

    fn holds(&self, condition: Condition, operand: Operand, base: usize) -> bool {
        let value = self.operand(operand, base);
        match condition {
            Condition::Defined => !value.is_undefined(),
            Condition::True => !matches!(value, Value::Undefined | Value::Bool(false)),
            Condition::Not => matches!(value, Value::Undefined | Value::Bool(false)),
            Condition::Collection => {
                matches!(value, Value::Array(_) | Value::Object(_) | Value::Set(_))
            }
        }
    }

    /// Takes the next turn of the innermost loop, and ends it where there is none.
    fn turn(&mut self, key: u8, value: u8, base: usize) -> bool {
        let turn = self
            .state
            .loops
            .last_mut()
            .and_then(|turns| turns.take(key != value));
        let Some((at, item)) = turn else {
            self.state.loops.pop();
            return false;
        };
        if let Some(at) = at {
            self.set(base, key, at);
        }
        self.set(base, value, item);
        true
    }

    fn path(&self, first: u16, count: u8, base: usize) -> &Value {
        let mut operands = operands(self.program, first, usize::from(count)).iter();
        let root = operands
            .next()
            .map_or(UNDEFINED, |root| self.operand(*root, base));
        let found = operands.try_fold(root, |value, key| value.get(self.operand(*key, base)));
        found.unwrap_or(UNDEFINED)
    }

    /// The values of operands; none where one is undefined.
    fn all(&mut self, first: u16, count: u8, base: usize) -> Result<Option<Vec<Value>>, Ended> {
        self.spend(usize::from(count))?;
        let mut values = Vec::with_capacity(usize::from(count));
        for operand in operands(self.program, first, usize::from(count)) {
            let value = self.operand(*operand, base);
            if value.is_undefined() {
                return Ok(None);
            }
            values.push(value.clone());
        }
        Ok(Some(values))
    }

    /// The same of pairs.
    fn pairs(
        &mut self,
        first: u16,
        count: u8,
        base: usize,
    ) -> Result<Option<Vec<(Value, Value)>>, Ended> {
        self.spend(usize::from(count))?;
        let mut fields = Vec::with_capacity(usize::from(count));
        let (pairs, _) = operands(self.program, first, usize::from(count) * 2).as_chunks::<2>();
        for [key, value] in pairs {
            let (key, value) = (self.operand(*key, base), self.operand(*value, base));
            if key.is_undefined() || value.is_undefined() {
                return Ok(None);
            }
            fields.push((key.clone(), value.clone()));
        }
        Ok(Some(fields))
    }

    fn builtin(&mut self, builtin: Builtin, first: u16, base: usize) -> Result<Value, Ended> {
        let mut arguments = [UNDEFINED; MOST];
        let operands = operands(self.program, first, builtin.arity());
        for (argument, operand) in arguments.iter_mut().zip(operands) {
            *argument = self.operand(*operand, base);
            if argument.is_undefined() {
                return Ok(Value::Undefined);
            }
        }
        if let Builtin::NumbersRange = builtin
            && range_length(arguments) > self.state.left
        {
            return Err(Ended::Limit);
        }
        let value = builtin.call(arguments).unwrap_or_default();
        self.spend(value.width())?;
        Ok(value)
    }
}

fn operands(program: &Program, first: u16, count: usize) -> &[Operand] {
    let first = usize::from(first);
    let operands = program.operands.get(first..first + count);
    operands.unwrap_or_default()
}

fn bodies(program: &Program, first: u16, count: u16) -> &[Body] {
    let first = usize::from(first);
    let bodies = program.bodies.get(first..first + usize::from(count));
    bodies.unwrap_or_default()
}

fn difference(left: &Value, right: &Value) -> Option<Value> {
    if let (Value::Set(left), Value::Set(right)) = (left, right) {
        let kept = left.items().iter().filter(|item| !right.contains(item));
        return Some(Set::from_unsorted(kept.cloned().collect()).into());
    }
    compute(left, right, i64::checked_sub, |a, b| a - b)
}

fn collected(kind: Collection, found: Vec<Value>) -> Value {
    match kind {
        Collection::Array => found.into(),
        Collection::Set => Set::from_unsorted(found).into(),
        Collection::Object => {
            let mut fields = Vec::with_capacity(found.len() / 2);
            let mut found = found.into_iter();
            while let (Some(key), Some(value)) = (found.next(), found.next()) {
                fields.push((key, value));
            }
            Object::from_unsorted(fields).into()
        }
    }
}
