//! Calls of functions: the policies' own, OPA's, and those that the evaluator itself computes.

use super::context::Substitute;
use super::depth::Awaited;
use super::machine::{Done, Flow, Frame, Machine, Next, ON, STOP, items};
use super::plan::{Call, Callee, Makes, Pattern};
use super::reference::lookup_of;
use crate::rego::builtins::{self, Builtin, Cache, Failure, Outcome};
use crate::rego::compile::test_rules::CASE;
use crate::rego::problem::{Code, Problem};
use crate::rego::syntax::Version;
use crate::rego::value::Value;

impl<'p> Machine<'p> {
    pub(super) fn call_holds(
        &mut self,
        call: &'p Call,
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        let Some(args) = self.all(&call.args, frame)? else {
            return Ok(false);
        };
        let before = self.calling.replace(call.at);
        let result = self.deeper(|machine| machine.call(call.callee, &args));
        self.calling = before;
        let Some(value) = result? else {
            return Ok(false);
        };
        match &call.out {
            Some(pattern) => self.matches(pattern, &value, frame),
            None => Ok(value != Value::Bool(false)),
        }
    }

    pub(super) fn call(
        &mut self,
        callee: Callee,
        args: &[Value],
    ) -> Result<Option<Value>, Box<Problem>> {
        match self.context.substitute(callee) {
            Some(Substitute::Value(value)) => return Ok(Some(value)),
            Some(Substitute::Function(other)) => {
                // What stands in for a function may call it.
                let context = self.context.without_functions();
                return self.under(context, |machine| {
                    machine.settle(|machine| machine.call(other, args))
                });
            }
            None => {}
        }
        match callee {
            Callee::Builtin(builtin) => self.builtin(builtin, args),
            Callee::Rules(node) => {
                if let Some(value) = self.context.called(node, args) {
                    return Ok(value.clone());
                }
                self.come_to(|| Awaited::Call(callee, args.to_vec()))?;
                let value = match self.plan.nodes.get(node).map(|place| place.makes) {
                    Some(Makes::Function) => self.complete(node, args)?,
                    // A rule that stands in for a function.
                    _ => self.whole(node)?,
                };
                self.context.keep_call(node, args.to_vec(), value.clone());
                Ok(value)
            }
        }
    }

    pub(super) fn builtin(
        &mut self,
        builtin: &'static Builtin,
        args: &[Value],
    ) -> Result<Option<Value>, Box<Problem>> {
        let outcome = match builtin.call {
            builtins::Call::Pure(compute) => compute(args),
            builtins::Call::Bounded(compute) | builtins::Call::Hosted(compute) => {
                compute(self, args)
            }
            builtins::Call::Evaluator if builtin.name == "internal.template_string" => {
                return self.template(args).map(Some);
            }
            builtins::Call::Evaluator => return Ok(self.own(builtin.name, args)),
        };
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

    /// The functions that the evaluator itself computes.
    pub(super) fn own(&mut self, name: &str, args: &[Value]) -> Option<Value> {
        match (name, args) {
            ("internal.print", [Value::Array(sets)]) => {
                self.print(sets);
                Some(true.into())
            }
            ("trace", [Value::String(note)]) => {
                if !self.for_tests {
                    self.printed.push(note.to_string());
                }
                Some(true.into())
            }
            (CASE, [case]) => {
                self.cases.push(case.clone());
                Some(true.into())
            }
            ("internal.member_2", [value, collection]) => {
                Some(is_member(None, value, collection, self.plan.version).into())
            }
            ("internal.member_3", [key, value, collection]) => {
                Some(is_member(Some(key), value, collection, self.plan.version).into())
            }
            ("eq" | "equal", [left, right]) => Some((left == right).into()),
            _ => None,
        }
    }

    /// What the parts of a template string make: texts and other scalars, and the sets of the values of
    /// what stands in braces.
    fn template(&mut self, args: &[Value]) -> Result<Value, Box<Problem>> {
        let mut text = String::new();
        let [Value::Array(parts)] = args else {
            return Ok(text.into());
        };
        for part in parts.iter() {
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
            // A text counts one for 32 bytes.
            self.take_room((text.len() - before) / 32 + 1)?;
        }
        Ok(text.into())
    }

    /// A line for each combination of the values that the operands have.
    pub(super) fn print(&mut self, sets: &[Value]) {
        let mut lines = vec![String::new()];
        for (i, set) in sets.iter().enumerate() {
            let words: Vec<String> = match set {
                Value::Set(values) if !values.is_empty() => values
                    .iter()
                    .map(|value| match value {
                        Value::String(text) => text.to_string(),
                        other => other.to_string(),
                    })
                    .collect(),
                _ => vec!["<undefined>".to_owned()],
            };
            let space = if i > 0 { " " } else { "" };
            lines = lines
                .iter()
                .flat_map(|line| words.iter().map(move |word| format!("{line}{space}{word}")))
                .take(1_000)
                .collect();
        }
        self.printed.extend(lines);
    }

    /// `walk`: every value in a value, with its path.
    pub(super) fn walk(&mut self, call: &'p Call, frame: &mut Frame, each: Done<'_, 'p>) -> Flow {
        let Some(args) = self.all(&call.args, frame)? else {
            return ON;
        };
        let Some(root) = args.into_iter().next() else {
            return ON;
        };
        let mut path = Vec::new();
        self.walk_into(&root, &mut path, call.out.as_ref(), frame, each)
    }

    pub(super) fn walk_into(
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
                    self.take_room(path.len())?;
                    let path = Value::array(path.iter().cloned());
                    self.matches(first, &path, frame)? && self.matches(second, value, frame)?
                }
                _ => false,
            },
            Some(pattern) => {
                self.take_room(path.len() + 2)?;
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
        self.take_room(values)
            .map_err(|problem| Failure::Limit(problem.message))
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

/// A text as it is, and any other value as Rego writes it.
fn push_shown(text: &mut String, value: &Value) {
    match value {
        Value::String(word) => text.push_str(word),
        other => text.push_str(&other.to_string()),
    }
}

fn is_member(key: Option<&Value>, value: &Value, collection: &Value, version: Version) -> bool {
    match (key, collection) {
        (None, Value::Array(items)) => items.contains(value),
        (None, Value::Set(set)) => set.contains(value),
        (None, Value::Object(object)) => object.values().any(|other| other == value),
        (Some(key), Value::Set(set)) => key == value && set.contains(value),
        (Some(key), collection @ (Value::Array(_) | Value::Object(_))) => {
            lookup_of(version)(collection, key) == Some(value)
        }
        _ => false,
    }
}
