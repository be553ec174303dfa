//! One evaluation: runs a program's instructions on an input.

use std::mem;
use std::sync::Arc;

use super::builtins::{Builtin, MOST, compute, range_length};
use super::collections::{Object, Set};
use super::machine::{EvaluationError, Host};
use super::program::{
    Arithmetic, Body, Collection, Composite, Condition, Instruction, Operand, Place, Program,
    Relation, Rule,
};
use super::state::{State, Turns};
use super::value::Value;

/// Why an evaluation ended early.
pub(super) enum Ended {
    Limit,
    Failed(Box<EvaluationError>),
}

impl From<EvaluationError> for Ended {
    fn from(error: EvaluationError) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// The distance of an instruction whose failure makes the body fail.
const NOWHERE: u16 = 0;

const UNDEFINED: &Value = &Value::Undefined;

/// One evaluation.
pub(super) struct Evaluation<'e> {
    pub program: &'e Program,
    pub literals: &'e [Value],
    pub data: &'e Value,
    pub input: &'e Value,
    pub state: &'e mut State,
    pub host: Host<'e>,
}

impl Evaluation<'_> {
    /// The value of a rule, which is evaluated only once. Its registers begin at `base`.
    pub(super) fn rule(&mut self, index: u16, base: usize) -> Result<Value, Ended> {
        if let Some(Some(value)) = self.state.rules.get(usize::from(index)) {
            return Ok(value.clone());
        }
        let Some(rule) = self.program.rules.get(usize::from(index)) else {
            return Ok(Value::Undefined);
        };
        let value = self.apply(rule, base)?;
        if let Some(kept) = self.state.rules.get_mut(usize::from(index)) {
            *kept = Some(value.clone());
        }
        Ok(value)
    }

    /// The value of a function. The operands are those of the calling body, whose registers begin at `base`; the
    /// registers of the function begin at `own`.
    #[inline(never)]
    fn call(&mut self, function: u16, first: u16, base: usize, own: usize) -> Result<Value, Ended> {
        let program = self.program;
        let Some(rule) = program.rules.get(usize::from(function)) else {
            return Ok(Value::Undefined);
        };
        let arguments = operands(program, first, usize::from(rule.arity));
        self.state.have_registers(own + 1 + arguments.len());
        for (place, operand) in (own + 1..).zip(arguments) {
            let argument = self.operand(*operand, base);
            // A call with an undefined argument is undefined.
            if argument.is_undefined() {
                return Ok(Value::Undefined);
            }
            let argument = argument.clone();
            put(&mut self.state.registers, place, argument);
        }
        self.apply(rule, own)
    }

    /// Evaluates a rule whose registers begin at `base` and already hold its arguments. The other registers aren't
    /// cleared, because no body reads a register before it writes it.
    fn apply(&mut self, rule: &Rule, base: usize) -> Result<Value, Ended> {
        let program = self.program;
        let end = base + usize::from(rule.registers);
        self.state.have_registers(end);
        let (loops, found) = (self.state.loops.len(), self.state.found.len());
        if rule.is_set {
            self.state.begin_collecting();
        }
        let mut value = Value::Undefined;
        let mut holds = false;
        for body in bodies(program, rule.first, rule.count) {
            if body.is_else && holds {
                continue;
            }
            self.set(base, 0, Value::Undefined);
            holds = self.run(body.start, base, end)?;
            // A body may end inside a loop.
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
            value = self.collected(Collection::Set)?;
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
        Ok(value)
    }

    /// Runs a body, and returns whether it holds. Its registers are those from `base` to `end`.
    ///
    /// `inline(never)` keeps all but the shortest operations out of this function. V8 compiles the whole function
    /// before its first turn, and weighs the whole function with each turn when it decides what to optimize.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each instruction, and one match"
    )]
    fn run(&mut self, start: u16, base: usize, end: usize) -> Result<bool, Ended> {
        let instructions = &*self.program.instructions;
        let mut at = usize::from(start);
        while let Some(instruction) = instructions.get(at) {
            self.spend(1)?;
            let here = at;
            at += 1;
            let (dest, demand) = match *instruction {
                Instruction::Copy { dest, from, demand } => {
                    self.set(base, dest, self.operand(from, base).clone());
                    (dest, demand)
                }
                Instruction::Rule { dest, rule, demand } => {
                    let value = self.rule(rule, end)?;
                    self.set(base, dest, value);
                    (dest, demand)
                }
                Instruction::Call {
                    dest,
                    function,
                    first,
                    demand,
                } => {
                    let value = self.call(function, first, base, end)?;
                    self.set(base, dest, value);
                    (dest, demand)
                }
                Instruction::Builtin {
                    dest,
                    builtin,
                    first,
                    demand,
                } => {
                    let value = self.builtin(builtin, first, base)?;
                    self.set(base, dest, value);
                    (dest, demand)
                }
                Instruction::Index {
                    dest,
                    of,
                    key,
                    demand,
                } => {
                    let found = self.at(self.operand(of, base), key, base);
                    self.set(base, dest, found.unwrap_or(UNDEFINED).clone());
                    (dest, demand)
                }
                Instruction::Path {
                    dest,
                    first,
                    count,
                    demand,
                } => {
                    self.set(base, dest, self.path(first, count, base).clone());
                    (dest, demand)
                }
                Instruction::Compose {
                    dest,
                    composite,
                    count,
                    first,
                    demand,
                } => {
                    let value = self.compose(composite, first, count, base)?;
                    self.set(base, dest, value);
                    (dest, demand)
                }
                Instruction::Arithmetic {
                    dest,
                    operation,
                    first,
                    demand,
                } => {
                    self.set(base, dest, self.arithmetic(operation, first, base));
                    (dest, demand)
                }
                Instruction::Compare {
                    dest,
                    relation,
                    left,
                    right,
                } => {
                    let holds = self.relates(relation, left, right, base);
                    self.set(base, dest, holds.map_or(Value::Undefined, Value::Bool));
                    continue;
                }
                Instruction::Not { dest, operand } => {
                    let holds = self.holds(Condition::Not, operand, base);
                    self.set(base, dest, Value::Bool(holds));
                    continue;
                }
                Instruction::Await {
                    dest,
                    argument,
                    demand,
                } => {
                    let value = self.answer(argument, base)?;
                    self.set(base, dest, value);
                    (dest, demand)
                }
                Instruction::Check {
                    relation,
                    left,
                    right,
                    fail,
                } => {
                    if self.relates(relation, left, right, base) != Some(true) {
                        if fail == NOWHERE {
                            return Ok(false);
                        }
                        at = here + usize::from(fail);
                    }
                    continue;
                }
                Instruction::Guard {
                    operand,
                    holds,
                    fail,
                } => {
                    if !self.holds(holds, operand, base) {
                        if fail == NOWHERE {
                            return Ok(false);
                        }
                        at = here + usize::from(fail);
                    }
                    continue;
                }
                Instruction::Loop {
                    of,
                    key,
                    value,
                    end,
                } => {
                    if !self.begins_loop(of, base) || !self.turn(key, value, base) {
                        at = here + usize::from(end);
                    }
                    continue;
                }
                Instruction::Next { key, value, back } => {
                    if self.turn(key, value, base) {
                        at = here - usize::from(back);
                    }
                    continue;
                }
                Instruction::Leave => {
                    self.state.loops.pop();
                    continue;
                }
                Instruction::Jump { distance } => {
                    at = here + usize::from(distance);
                    continue;
                }
                Instruction::Collect => {
                    self.state.begin_collecting();
                    continue;
                }
                Instruction::Yield { value } => {
                    self.collect(&[value], base);
                    continue;
                }
                Instruction::YieldField { key, value } => {
                    self.collect(&[key, value], base);
                    continue;
                }
                Instruction::Collected { dest, kind } => {
                    let value = self.collected(kind)?;
                    self.set(base, dest, value);
                    continue;
                }
                Instruction::Return => return Ok(true),
            };
            if !demand.is_met(self.register(base, dest)) {
                let fail = demand.fail();
                if fail == NOWHERE {
                    return Ok(false);
                }
                at = here + usize::from(fail);
            }
        }
        Ok(false)
    }

    /// Takes instructions from those that are left.
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
            Place::Register(register) => self.register(base, register),
            Place::Literal(literal) => self.literals.get(usize::from(literal)).unwrap_or(UNDEFINED),
            Place::Input => self.input,
            Place::Data => self.data,
        }
    }

    /// The value under a key of a collection.
    fn at<'v>(&'v self, value: &'v Value, key: Operand, base: usize) -> Option<&'v Value> {
        if let (Value::Object(object), Place::Literal(literal)) = (value, key.place())
            && let Some(Value::String(name)) = self.literals.get(usize::from(literal))
            && let Some(last) = self.state.places.get(usize::from(literal))
        {
            return object.named_at(name, last);
        }
        value.get(self.operand(key, base))
    }

    fn register(&self, base: usize, register: u8) -> &Value {
        let value = self.state.registers.get(base + usize::from(register));
        value.unwrap_or(UNDEFINED)
    }

    fn set(&mut self, base: usize, register: u8, value: Value) {
        put(
            &mut self.state.registers,
            base + usize::from(register),
            value,
        );
    }

    fn take(&mut self, base: usize, register: u8) -> Value {
        let place = self.state.registers.get_mut(base + usize::from(register));
        place.map(mem::take).unwrap_or_default()
    }

    #[inline(never)]
    fn relates(
        &self,
        relation: Relation,
        left: Operand,
        right: Operand,
        base: usize,
    ) -> Option<bool> {
        let (left, right) = (self.operand(left, base), self.operand(right, base));
        let are_defined = !left.is_undefined() && !right.is_undefined();
        match relation {
            Relation::In => Some(match right {
                Value::Set(set) => set.contains(left),
                Value::Array(items) => items.contains(left),
                Value::Object(object) => object.iter().any(|(_, value)| value == left),
                _ => false,
            }),
            Relation::Equal => are_defined.then(|| left == right),
            Relation::NotEqual => are_defined.then(|| left != right),
            Relation::Less => are_defined.then(|| left < right),
            Relation::LessOrEqual => are_defined.then(|| left <= right),
        }
    }

    fn holds(&self, condition: Condition, operand: Operand, base: usize) -> bool {
        let value = self.operand(operand, base);
        match condition {
            Condition::Defined => !value.is_undefined(),
            Condition::True => value.is_true(),
            Condition::Not => !value.is_true(),
            Condition::Collection => {
                matches!(value, Value::Array(_) | Value::Object(_) | Value::Set(_))
            }
            Condition::String => matches!(value, Value::String(_)),
            Condition::Array => matches!(value, Value::Array(_)),
            Condition::Object => matches!(value, Value::Object(_)),
        }
    }

    /// Begins a loop, unless the operand isn't a collection.
    #[inline(never)]
    fn begins_loop(&mut self, of: Operand, base: usize) -> bool {
        let turns = Turns::through(self.operand(of, base));
        let begins = turns.is_some();
        self.state.loops.extend(turns);
        begins
    }

    /// Asks the host.
    #[inline(never)]
    fn answer(&mut self, argument: Operand, base: usize) -> Result<Value, Ended> {
        match self.operand(argument, base).clone() {
            Value::Undefined => Ok(Value::Undefined),
            argument => Ok((self.host)(&argument)?),
        }
    }

    /// Adds a value, or a key and a value, to the innermost comprehension.
    #[inline(never)]
    fn collect(&mut self, operands: &[Operand], base: usize) {
        if self.is_any_undefined(operands, base) {
            return;
        }
        for operand in operands {
            let value = self.operand(*operand, base).clone();
            if let Some(found) = self.state.found.last_mut() {
                found.push(value);
            }
        }
    }

    /// Ends the innermost comprehension, and returns its collection.
    #[inline(never)]
    fn collected(&mut self, kind: Collection) -> Result<Value, Ended> {
        let mut found = self.state.found.pop().unwrap_or_default();
        self.spend(found.len())?;
        let collection = collected(kind, &mut found);
        self.state.emptied.push(found);
        Ok(collection)
    }

    /// Takes the next item of the innermost loop, or ends the loop.
    #[inline(never)]
    fn turn(&mut self, key: u8, value: u8, base: usize) -> bool {
        let State {
            loops, registers, ..
        } = &mut *self.state;
        let Some(turn) = loops.last_mut().and_then(Turns::take) else {
            loops.pop();
            return false;
        };
        if key != value {
            put(registers, base + usize::from(key), turn.key.into());
        }
        put(registers, base + usize::from(value), turn.value.clone());
        true
    }

    #[inline(never)]
    fn path(&self, first: u16, count: u8, base: usize) -> &Value {
        let mut operands = operands(self.program, first, usize::from(count)).iter();
        let root = operands
            .next()
            .map_or(UNDEFINED, |root| self.operand(*root, base));
        let found = operands.try_fold(root, |value, key| self.at(value, *key, base));
        found.unwrap_or(UNDEFINED)
    }

    /// A collection of operands, or undefined if one of them is. For an object, the operands are keys and values in
    /// turn.
    #[inline(never)]
    fn compose(
        &mut self,
        composite: Composite,
        first: u16,
        count: u8,
        base: usize,
    ) -> Result<Value, Ended> {
        let operands = operands(self.program, first, usize::from(count));
        let items = operands.iter();
        let mut items = items.map(|operand| self.operand(*operand, base).clone());
        let (pairs, _) = operands.as_chunks::<2>();
        let fields = pairs.iter().map(|[key, value]| {
            let (key, value) = (self.operand(*key, base), self.operand(*value, base));
            (key.clone(), value.clone())
        });
        // Nearly always, all operands are defined, so it is faster to check the finished value once than each
        // operand.
        let made = match composite {
            Composite::Array => Value::Array(items.collect()),
            Composite::Record => Object::from_sorted(fields).into(),
            Composite::Longer => match items.next() {
                Some(Value::Array(before)) => {
                    let longer: Arc<[_]> = before.iter().cloned().chain(items).collect();
                    Value::Array(longer)
                }
                _ => Value::Undefined,
            },
            _ if self.is_any_undefined(operands, base) => Value::Undefined,
            Composite::Set => Set::from_unsorted(items.collect()).into(),
            Composite::Object => Object::from_unsorted(fields).into(),
        };
        let is_whole = match &made {
            Value::Array(items) => !items.iter().any(Value::is_undefined),
            Value::Object(fields) => !fields.iter().any(|(_, value)| value.is_undefined()),
            _ => true,
        };
        self.spend(made.width())?;
        Ok(if is_whole { made } else { Value::Undefined })
    }

    fn is_any_undefined(&self, operands: &[Operand], base: usize) -> bool {
        let is_undefined = |operand: &Operand| self.operand(*operand, base).is_undefined();
        operands.iter().any(is_undefined)
    }

    #[inline(never)]
    fn arithmetic(&self, operation: Arithmetic, first: u16, base: usize) -> Value {
        let operands = operands(self.program, first, 2);
        let &[left, right] = operands else {
            return Value::Undefined;
        };
        let (left, right) = (self.operand(left, base), self.operand(right, base));
        let value = match operation {
            Arithmetic::Add => compute(left, right, i64::checked_add, |a, b| a + b),
            Arithmetic::Subtract => difference(left, right),
            Arithmetic::Multiply => compute(left, right, i64::checked_mul, |a, b| a * b),
            // A quotient by zero isn't finite, and so it is undefined.
            Arithmetic::Divide => compute(left, right, quotient, |a, b| a / b),
            Arithmetic::Remainder => compute(left, right, i64::checked_rem, |_, _| f64::NAN),
        };
        value.unwrap_or_default()
    }

    /// The arguments of a built-in function; `None` if one of them is undefined.
    fn arguments(&self, builtin: Builtin, first: u16, base: usize) -> Option<[&Value; MOST]> {
        let defined = |operand: Operand| {
            let value = self.operand(operand, base);
            (!value.is_undefined()).then_some(value)
        };
        Some(match *operands(self.program, first, builtin.arity()) {
            [a] => [defined(a)?, UNDEFINED, UNDEFINED],
            [a, b] => [defined(a)?, defined(b)?, UNDEFINED],
            [a, b, c] => [defined(a)?, defined(b)?, defined(c)?],
            _ => return None,
        })
    }

    #[inline(never)]
    fn builtin(&mut self, builtin: Builtin, first: u16, base: usize) -> Result<Value, Ended> {
        let Some(arguments) = self.arguments(builtin, first, base) else {
            return Ok(Value::Undefined);
        };
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

/// Writes a register.
fn put(registers: &mut [Value], place: usize, value: Value) {
    if let Some(register) = registers.get_mut(place) {
        // Dropping a value is a call even if there is nothing to free.
        let before = mem::replace(register, value);
        if !before.is_shared() {
            mem::forget(before);
        }
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

/// The quotient of integers, if it is an integer.
fn quotient(a: i64, b: i64) -> Option<i64> {
    let is_whole = a.checked_rem(b) == Some(0);
    is_whole.then(|| a.checked_div(b)).flatten()
}

fn difference(left: &Value, right: &Value) -> Option<Value> {
    if let (Value::Set(left), Value::Set(right)) = (left, right) {
        let kept = left.items().iter().filter(|item| !right.contains(item));
        return Some(Set::from_unsorted(kept.cloned().collect()).into());
    }
    compute(left, right, i64::checked_sub, |a, b| a - b)
}

/// The collection of the values that a comprehension found. For an object, those are keys and values in turn.
fn collected(kind: Collection, found: &mut Vec<Value>) -> Value {
    match kind {
        Collection::Array if found.is_empty() => Value::from(Vec::new()),
        Collection::Array => Value::Array(found.drain(..).collect()),
        Collection::Set => Set::taken_from(found).into(),
        Collection::Object => {
            let (pairs, _) = found.as_chunks::<2>();
            let fields = pairs
                .iter()
                .map(|[key, value]| (key.clone(), value.clone()));
            let object = Object::from_unsorted(fields).into();
            found.clear();
            object
        }
    }
}
