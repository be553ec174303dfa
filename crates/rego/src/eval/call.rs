//! Evaluates calls: of functions that rules define, of built-in functions, and of those that need the evaluator
//! itself.

use std::fmt::Write as _;

use super::context::Substitute;
use super::depth::Awaited;
use super::function_call::FunctionCall;
use super::machine::{Done, Flow, Frame, Machine, Next, ON, STOP, VALUE, items};
use super::plan::{Call, Callee, Pattern, RuleKind};
use super::reference::lookup_of;
use builtins::{Builtin, Cache, Failure, Outcome, exhausted};
use compiler::compile::test_rules::CASE;
use compiler::problem::{Code, Problem};
use values::{Value, Version, budget};

impl<'p> Machine<'p> {
    pub(super) fn call_holds(
        &mut self,
        call: &'p Call,
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        let result = self.with_list(|machine, args| {
            if !machine.all_into(args, &call.args, frame)? {
                return Ok(None);
            }
            let before = machine.calling.replace(call.at);
            let result = machine.deeper(|machine| machine.call(call.callee, args));
            machine.calling = before;
            result
        });
        let Some(value) = result? else {
            return Ok(false);
        };
        match &call.out {
            Some(pattern) => self.takes(pattern, value, frame),
            None => Ok(value != Value::Bool(false)),
        }
    }

    /// The value of a call. Its arguments are taken out of the list where they have to be remembered.
    pub(super) fn call(
        &mut self,
        callee: Callee,
        args: &mut Vec<Value>,
    ) -> Result<Option<Value>, Box<Problem>> {
        match self.context.substitute(callee) {
            Some(Substitute::Value(value)) => return Ok(Some(value)),
            Some(Substitute::Function(other)) => {
                // What stands in for a function may call it.
                let context = self.context.without_functions();
                return self.under(context, |machine| {
                    machine.settle(|machine| machine.call(other, &mut args.clone()))
                });
            }
            None => {}
        }
        match callee {
            Callee::Builtin(builtin) => self.builtin(builtin, args),
            Callee::Rules(node) => {
                let call = FunctionCall::new(node, std::mem::take(args));
                if let Some(value) = self.context.calls.get(&call) {
                    return Ok(value.clone());
                }
                self.come_to(|| Awaited::Call(callee, call.args.clone()))?;
                let value = match self.plan.nodes.get(node).map(|place| place.kind) {
                    Some(RuleKind::Function) => self.complete(node, &call.args)?,
                    // A rule that stands in for a function.
                    _ => self.whole(node)?,
                };
                self.keep(call, value.clone())?;
                Ok(value)
            }
        }
    }

    /// Caches the value of a call.
    pub(super) fn keep(
        &mut self,
        call: FunctionCall,
        value: Option<Value>,
    ) -> Result<(), Box<Problem>> {
        if !budget::take((call.args.len() + 4) * VALUE) {
            return self.out_of_budget();
        }
        self.context.calls.insert(call, value);
        Ok(())
    }

    fn builtin(
        &mut self,
        builtin: &'static Builtin,
        args: &[Value],
    ) -> Result<Option<Value>, Box<Problem>> {
        // Which parts of its arguments a function reads isn't known here, so this counts all strings.
        let strings: usize = args.iter().filter_map(Value::as_str).map(str::len).sum();
        // Long strings need room for the result, and twice that while it grows.
        if !budget::step(CALL)
            || !budget::read(strings)
            || strings > LONG && !budget::has(strings * 3)
        {
            return self.out_of_budget();
        }
        let before = self.gathered;
        let outcome = match builtin.call {
            builtins::Call::Pure(compute) => compute(args),
            builtins::Call::Bounded(compute) | builtins::Call::Hosted(compute) => {
                compute(self, args)
            }
            builtins::Call::Evaluator if builtin.name == "internal.template_string" => {
                return self.template(args).map(Some);
            }
            builtins::Call::Evaluator => return self.own(builtin.name, args),
        };
        budget::give(self.gathered - before);
        self.gathered = before;
        // Once the budget is spent, the result doesn't count, even if it is an error.
        if budget::is_spent() {
            return self.out_of_budget().map_err(|mut problem: Box<Problem>| {
                problem.at = self.calling.or(problem.at);
                problem
            });
        }
        let failed = |code, message: String| {
            let problem = Problem::nowhere(code, format!("{}: {message}", builtin.name));
            Box::new(Problem {
                at: self.calling,
                ..problem
            })
        };
        match outcome {
            Ok(value) => Ok(value),
            Err(Failure::Type(message)) if self.is_strict => Err(failed(Code::EvalType, message)),
            Err(Failure::Failed(message)) if self.is_strict => {
                Err(failed(Code::EvalBuiltin, message))
            }
            Err(Failure::Type(_) | Failure::Failed(_)) => Ok(None),
            Err(Failure::Limit(message)) => Err(failed(Code::Limit, message)),
            Err(Failure::Refused(message)) => Err(failed(Code::Refused, message)),
        }
    }

    /// The built-in functions that need the evaluator itself.
    fn own(&mut self, name: &str, args: &[Value]) -> Result<Option<Value>, Box<Problem>> {
        let value = match (name, args) {
            ("internal.print", [Value::Array(sets)]) => {
                self.print(sets)?;
                true.into()
            }
            ("trace", [note]) if let Some(note) = note.as_str() => {
                if !self.for_tests {
                    self.say(note.to_owned())?;
                }
                true.into()
            }
            (CASE, [case]) => {
                self.cases.push(case.clone());
                true.into()
            }
            ("internal.member_2", [value, collection]) => {
                is_member(None, value, collection, self.plan.version).into()
            }
            ("internal.member_3", [key, value, collection]) => {
                is_member(Some(key), value, collection, self.plan.version).into()
            }
            ("eq" | "equal", [left, right]) => (left == right).into(),
            _ => return Ok(None),
        };
        if budget::is_spent() {
            return self.out_of_budget();
        }
        Ok(Some(value))
    }

    /// Adds a line to the output.
    fn say(&mut self, line: String) -> Result<(), Box<Problem>> {
        // Each line also takes some memory of its own.
        if !budget::take(line.len() + 64) {
            return self.out_of_budget();
        }
        self.printed.push(line);
        Ok(())
    }

    /// The value of a template string. Its parts are strings and other scalars, and for each expression in braces the
    /// set of its values.
    fn template(&mut self, args: &[Value]) -> Result<Value, Box<Problem>> {
        let mut text = String::new();
        let [Value::Array(parts)] = args else {
            return Ok(text.into());
        };
        for part in parts {
            let before = text.len();
            match part {
                Value::Set(values) => match values.iter().collect::<Vec<_>>().as_slice() {
                    [] => text.push_str("<undefined>"),
                    [value] => push_shown(&mut text, value),
                    _ => {
                        let message = "template-strings must not produce multiple outputs";
                        let problem = Problem::nowhere(Code::EvalConflict, message);
                        return Err(Box::new(Problem {
                            at: self.calling,
                            ..problem
                        }));
                    }
                },
                value => push_shown(&mut text, value),
            }
            if !budget::take(text.len() - before) {
                return self.out_of_budget();
            }
        }
        Ok(text.into())
    }

    /// Prints a line for each combination of the operands' values.
    fn print(&mut self, sets: &[Value]) -> Result<(), Box<Problem>> {
        let mut lines = vec![String::new()];
        for (i, set) in sets.iter().enumerate() {
            let mut words = Vec::new();
            let values: &mut dyn Iterator<Item = &Value> = match set {
                Value::Set(values) => &mut values.iter().take(MOST_LINES),
                _ => &mut std::iter::empty(),
            };
            for value in values {
                let mut word = String::new();
                push_shown(&mut word, value);
                words.push(word);
                self.tick()?;
            }
            if words.is_empty() {
                words.push("<undefined>".to_owned());
            }
            let space = if i > 0 { " " } else { "" };
            let mut longer = Vec::new();
            let pairs = lines
                .iter()
                .flat_map(|line| words.iter().map(move |word| (line, word)));
            for (line, word) in pairs.take(MOST_LINES) {
                if !budget::take(line.len() + word.len() + 1) {
                    return self.out_of_budget();
                }
                longer.push(format!("{line}{space}{word}"));
            }
            budget::give(lines.iter().map(|line| line.len() + 1).sum());
            lines = longer;
        }
        for line in lines {
            self.say(line)?;
        }
        Ok(())
    }

    /// `walk`: every value in a value, with its path.
    pub(super) fn walk(&mut self, call: &'p Call, frame: &mut Frame, each: Done<'_, 'p>) -> Flow {
        let mut args = Vec::new();
        if !self.all_into(&mut args, &call.args, frame)? {
            return ON;
        }
        let Some(root) = args.into_iter().next() else {
            return ON;
        };
        let mut path = Vec::new();
        self.walk_into(&root, &mut path, call.out.as_ref(), frame, each)
    }

    fn walk_into(
        &mut self,
        value: &Value,
        path: &mut Vec<Value>,
        out: Option<&'p Pattern>,
        frame: &mut Frame,
        each: Done<'_, 'p>,
    ) -> Flow {
        self.tick()?;
        let fits = match out {
            None => true,
            Some(Pattern::Array(parts)) => match parts.as_slice() {
                [Pattern::Any, second] => self.matches(second, value, frame)?,
                [first, second] => {
                    let path = Value::array(path.iter().cloned());
                    self.matches(first, &path, frame)? && self.matches(second, value, frame)?
                }
                _ => false,
            },
            Some(pattern) => {
                let pair = Value::array([Value::array(path.iter().cloned()), value.clone()]);
                self.matches(pattern, &pair, frame)?
            }
        };
        if fits && each(self, frame)? == Next::Stop {
            return STOP;
        }
        if !matches!(value, Value::Array(_) | Value::Object(_) | Value::Set(_)) {
            return ON;
        }
        self.deeper(|machine| {
            items(value, &mut |key, item| {
                path.push(key);
                let flow = machine.walk_into(item, path, out, frame, each);
                path.pop();
                flow
            })
        })
    }
}

impl builtins::Host for Machine<'_> {
    fn charge(&mut self, values: usize) -> Result<(), Failure> {
        if budget::step(values as u64) && self.take_room(values).is_ok() {
            return Ok(());
        }
        Err(exhausted())
    }

    fn charge_text(&mut self, bytes: usize) -> Result<(), Failure> {
        if budget::take(bytes) && budget::read(bytes) {
            return Ok(());
        }
        Err(exhausted())
    }

    fn now(&mut self) -> Result<i64, Failure> {
        self.environment.now()
    }

    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome {
        self.environment.ask(function, arguments)
    }

    fn version(&self) -> Version {
        self.plan.version
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.cache
    }
}

/// The steps of a call of a built-in function, in addition to what it does.
const CALL: u64 = 4;

/// From how many bytes on a string is long.
const LONG: usize = 1 << 20;

/// The largest number of lines that one `print` writes.
const MOST_LINES: usize = 1_000;

/// Appends a string as it is, and any other value in Rego's notation.
fn push_shown(text: &mut String, value: &Value) {
    match value {
        Value::String(word) => text.push_str(word),
        Value::Bytes(bytes) => text.push_str(bytes.text()),
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

fn is_member(key: Option<&Value>, value: &Value, collection: &Value, version: Version) -> bool {
    match (key, collection) {
        (None, Value::Array(items)) => {
            budget::step((items.len() / 8) as u64);
            items.contains(value)
        }
        (None, Value::Set(set)) => set.contains(value),
        (None, Value::Object(object)) => {
            budget::step((object.len() / 8) as u64);
            object.values().any(|other| other == value)
        }
        (Some(key), Value::Set(set)) => key == value && set.contains(value),
        (Some(key), collection @ (Value::Array(_) | Value::Object(_))) => {
            lookup_of(version)(collection, key) == Some(value)
        }
        _ => false,
    }
}
