//! Executes templates.

use super::functions;
use super::parse::{Branch, MAIN, Node, Operand, Pipeline, Templates};
use super::{DEPTH, token::wrong};
use crate::{Failure, Host};
use values::{Value, Version, budget};

/// A value in a template.
#[derive(Debug, Clone)]
pub(super) enum Datum {
    /// A missing value.
    Missing,
    /// A value of the data, in which numbers are strings.
    Value(Value),
    /// An integer of the template.
    Int(i64),
    /// Any other number of the template.
    Float(f64),
}

impl Datum {
    /// Whether `if` takes it as true.
    pub(super) fn holds(&self) -> bool {
        match self {
            Self::Missing | Self::Value(Value::Null) => false,
            Self::Int(int) => *int != 0,
            Self::Float(float) => *float != 0.0,
            Self::Value(value) => match value {
                Value::Bool(bool) => *bool,
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                Value::Object(fields) => !fields.is_empty(),
                _ => true,
            },
        }
    }

    /// The value as the result of a pipeline: `null` becomes a missing value.
    fn result(self) -> Self {
        match self {
            Self::Value(Value::Null) => Self::Missing,
            other => other,
        }
    }
}

/// Executes a template, and returns its output.
pub(super) fn run(
    host: &mut dyn Host,
    templates: &Templates,
    data: &Value,
) -> Result<String, Failure> {
    let mut state = State {
        requires: host.version() == Version::V0,
        host,
        templates,
        variables: Vec::new(),
        out: String::new(),
        charged: 0,
        depth: 0,
    };
    state.template(MAIN, &Datum::Value(data.clone()))?;
    Ok(state.out)
}

struct State<'s> {
    host: &'s mut dyn Host,
    templates: &'s Templates,
    /// Whether a missing value is an error, as in OPA 0.70.
    requires: bool,
    variables: Vec<(String, Datum)>,
    out: String,
    /// How much of the output has been charged.
    charged: usize,
    depth: usize,
}

/// Where to continue.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

impl<'s> State<'s> {
    fn template(&mut self, name: &str, dot: &Datum) -> Result<(), Failure> {
        let templates = self.templates;
        let Some(nodes) = templates.get(name) else {
            return Err(wrong(&format!("template \"{name}\" not defined")));
        };
        self.deeper()?;
        let outer = std::mem::take(&mut self.variables);
        self.variables.push(("$".to_owned(), dot.clone()));
        self.nodes(nodes, dot)?;
        self.variables = outer;
        self.depth -= 1;
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), Failure> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Failure::Limit(format!(
                "templates call one another deeper than {DEPTH} levels"
            )));
        }
        Ok(())
    }

    fn nodes(&mut self, nodes: &'s [Node], dot: &Datum) -> Result<Flow, Failure> {
        for node in nodes {
            self.host.charge(1)?;
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Action(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        functions::print(&value, &mut self.out);
                    }
                }
                Node::If(branch) | Node::With(branch) => {
                    let is_with = matches!(node, Node::With(_));
                    let flow = self.branch(branch, is_with, dot)?;
                    if flow != Flow::On {
                        return Ok(flow);
                    }
                }
                Node::Range(branch) => {
                    let flow = self.range(branch, dot)?;
                    if flow != Flow::On {
                        return Ok(flow);
                    }
                }
                Node::Template(name, pipeline) => {
                    let dot = match pipeline {
                        Some(pipeline) => self.pipeline(pipeline, dot)?,
                        None => Datum::Missing,
                    };
                    self.template(name, &dot)?;
                }
                Node::Break => return Ok(Flow::Break),
                Node::Continue => return Ok(Flow::Continue),
            }
            let written = self.out.len() - self.charged;
            self.charged = self.out.len();
            self.host.charge_text(written)?;
            if !budget::has_for(&self.out) {
                return Err(Failure::Limit("the text is too long".to_owned()));
            }
        }
        Ok(Flow::On)
    }

    fn branch(&mut self, branch: &'s Branch, is_with: bool, dot: &Datum) -> Result<Flow, Failure> {
        self.deeper()?;
        let before = self.variables.len();
        let value = self.pipeline(&branch.pipeline, dot)?;
        let flow = if value.holds() {
            let dot = if is_with { &value } else { dot };
            self.nodes(&branch.then, dot)?
        } else {
            self.nodes(&branch.alternative, dot)?
        };
        self.variables.truncate(before);
        self.depth -= 1;
        Ok(flow)
    }

    fn range(&mut self, branch: &'s Branch, dot: &Datum) -> Result<Flow, Failure> {
        self.deeper()?;
        let before = self.variables.len();
        let value = self.pipeline(&branch.pipeline, dot)?;
        let mut is_empty = true;
        let mut each = |state: &mut Self, index: Datum, item: Datum| {
            is_empty = false;
            state.host.charge(1)?;
            let inner = state.variables.len();
            match branch.pipeline.variables.as_slice() {
                [one] => state.set(one, item.clone()),
                [first, second] => {
                    state.set(first, index);
                    state.set(second, item.clone());
                }
                _ => {}
            }
            let flow = state.nodes(&branch.then, &item)?;
            state.variables.truncate(inner);
            Ok::<_, Failure>(flow == Flow::Break)
        };
        match value {
            Datum::Int(_) if branch.pipeline.variables.len() > 1 => {
                return Err(wrong("can't iterate over a number with two variables"));
            }
            Datum::Int(count) => {
                for i in 0..count {
                    if each(self, Datum::Missing, Datum::Int(i))? {
                        break;
                    }
                }
            }
            Datum::Value(Value::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    let index = Datum::Int(i64::try_from(i).unwrap_or(i64::MAX));
                    if each(self, index, Datum::Value(item.clone()))? {
                        break;
                    }
                }
            }
            Datum::Value(Value::Object(fields)) => {
                for (key, item) in fields.iter() {
                    if each(self, Datum::Value(key.clone()), Datum::Value(item.clone()))? {
                        break;
                    }
                }
            }
            Datum::Missing | Datum::Value(Value::Null) => {}
            other => {
                let shown = functions::shown(&other);
                return Err(wrong(&format!("range can't iterate over {shown}")));
            }
        }
        let mut flow = Flow::On;
        if is_empty {
            flow = self.nodes(&branch.alternative, dot)?;
        }
        self.variables.truncate(before);
        self.depth -= 1;
        Ok(flow)
    }

    /// Sets the innermost variable with this name.
    fn set(&mut self, name: &str, value: Datum) {
        let mut known = self.variables.iter_mut().rev();
        if let Some((_, place)) = known.find(|(known, _)| known == name) {
            *place = value;
        }
    }

    fn pipeline(&mut self, pipeline: &'s Pipeline, dot: &Datum) -> Result<Datum, Failure> {
        self.host.charge(1)?;
        let mut value: Option<Datum> = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, dot, value.as_ref())?.result());
        }
        let value = value.unwrap_or(Datum::Missing);
        for name in &pipeline.variables {
            if pipeline.is_assignment {
                self.set(name, value.clone());
            } else {
                self.variables.push((name.clone(), value.clone()));
            }
        }
        Ok(value)
    }

    fn command(
        &mut self,
        command: &'s [Operand],
        dot: &Datum,
        last: Option<&Datum>,
    ) -> Result<Datum, Failure> {
        let Some((first, arguments)) = command.split_first() else {
            return Ok(Datum::Missing);
        };
        if let Operand::Function(name) = first {
            return self.call(name, arguments, dot, last);
        }
        if !arguments.is_empty() || last.is_some() {
            return Err(wrong("can't give argument to non-function"));
        }
        if matches!(first, Operand::Nil) {
            return Err(wrong("nil is not a command"));
        }
        self.operand(first, dot)
    }

    fn operand(&mut self, operand: &'s Operand, dot: &Datum) -> Result<Datum, Failure> {
        match operand {
            Operand::Dot => Ok(dot.clone()),
            Operand::Nil => Ok(Datum::Value(Value::Null)),
            Operand::Bool(bool) => Ok(Datum::Value((*bool).into())),
            Operand::Int(int) => Ok(Datum::Int(*int)),
            Operand::Float(float) => Ok(Datum::Float(*float)),
            Operand::Text(text) => {
                self.host.charge_text(text.len())?;
                Ok(Datum::Value(text.as_str().into()))
            }
            Operand::Function(name) => self.call(name, &[], dot, None),
            Operand::Variable(name, fields) => {
                let mut known = self.variables.iter().rev();
                let value = known.find(|(known, _)| known == name);
                let value = value.map_or(Datum::Missing, |(_, value)| value.clone());
                self.fields(value, fields)
            }
            Operand::Field(fields) => self.fields(dot.clone(), fields),
            Operand::Pipeline(pipeline) => {
                let before = self.variables.len();
                let value = self.pipeline(pipeline, dot)?;
                self.variables.truncate(before);
                Ok(value)
            }
            Operand::Chain(inner, fields) => {
                let value = self.operand(inner, dot)?;
                self.fields(value, fields)
            }
        }
    }

    fn fields(&self, value: Datum, names: &[String]) -> Result<Datum, Failure> {
        let mut value = value;
        for name in names {
            value = match value {
                Datum::Missing if self.requires => {
                    return Err(wrong(&format!("nil data; no entry for key \"{name}\"")));
                }
                Datum::Missing => Datum::Missing,
                Datum::Value(Value::Null) => {
                    return Err(wrong(&format!(
                        "nil pointer evaluating interface {{}}.{name}"
                    )));
                }
                Datum::Value(Value::Object(fields)) => match fields.field(name) {
                    Some(value) => Datum::Value(value.clone()),
                    None if self.requires => {
                        return Err(wrong(&format!("map has no entry for key \"{name}\"")));
                    }
                    None => Datum::Missing,
                },
                other => {
                    let of = functions::type_name(&other);
                    return Err(wrong(&format!("can't evaluate field {name} in type {of}")));
                }
            };
        }
        Ok(value)
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &'s [Operand],
        dot: &Datum,
        last: Option<&Datum>,
    ) -> Result<Datum, Failure> {
        if matches!(name, "and" | "or") {
            // Once the result is known, the rest isn't evaluated.
            let mut value = None;
            for argument in arguments {
                let found = self.operand(argument, dot)?;
                let is_known = found.holds() == (name == "or");
                value = Some(found);
                if is_known {
                    return Ok(value.unwrap_or(Datum::Missing));
                }
            }
            return match last.cloned().or(value) {
                Some(value) => Ok(value),
                None => Err(wrong(&format!(
                    "wrong number of args for {name}: want at least 1 got 0"
                ))),
            };
        }
        let mut values = Vec::new();
        for argument in arguments {
            values.push(self.operand(argument, dot)?);
        }
        values.extend(last.cloned());
        functions::call(self.host, name, &values)
    }
}
