//! Reads the bodies of rules that regorus compiled into steps. Whatever the machine doesn't support is an error.

use std::collections::BTreeMap;

use regorus::rvm::Instruction as Source;
use regorus::rvm::instructions::{ComprehensionMode, GuardMode, LiteralOrRegister, LoopMode};

use super::builtins::Builtin;
use super::program::{Arithmetic, Collection, Composite, Condition, Literal, Place, Relation};
use super::step::{Make, Step};
use super::writer::{Literals, lacks};

/// Reads a program that regorus compiled.
pub(super) struct Reader<'s> {
    source: &'s regorus::rvm::Program,
    literals: &'s mut Literals,
}

/// What ends the steps that are being read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Rule,
    Parameters,
    Loop,
    Comprehension,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s regorus::rvm::Program, literals: &'s mut Literals) -> Self {
        Self { source, literals }
    }

    /// The steps of the body, or of the checks of parameters, that begins at this instruction.
    pub(super) fn steps_from(&mut self, start: u32, end: End) -> Result<Vec<Step>, String> {
        let mut at = usize::try_from(start).unwrap_or(usize::MAX);
        self.steps(&mut at, end)
    }

    /// The steps that begin at `at`, which moves past their end.
    fn steps(&mut self, at: &mut usize, end: End) -> Result<Vec<Step>, String> {
        let data = &self.source.instruction_data;
        let mut steps = Vec::new();
        loop {
            let instruction = self.source.instructions.get(*at).ok_or_else(broken)?;
            *at += 1;
            let step = match *instruction {
                // The latter skips a question to the host about an undefined value, which `Await` doesn't ask either.
                Source::RuleInit { result_reg: 0, .. } | Source::AnyOfNext { .. } => continue,
                Source::RuleReturn {} if end == End::Rule => return Ok(steps),
                Source::DestructuringSuccess {} if end == End::Parameters => return Ok(steps),
                Source::LoopNext { .. } if end == End::Loop => return Ok(steps),
                Source::ComprehensionEnd {} if end == End::Comprehension => return Ok(steps),
                Source::Guard { register, mode } => {
                    let condition = match mode {
                        GuardMode::Condition => Condition::True,
                        GuardMode::Not => Condition::Not,
                        GuardMode::NotUndefined => Condition::Defined,
                    };
                    Step::Guard(condition, Place::Register(register))
                }
                Source::AssertEq { left, right } => Step::Check(
                    Relation::Equal,
                    Place::Register(left),
                    Place::Register(right),
                ),
                Source::LoopStart { params_index } => {
                    let params = data.loop_params.get(usize::from(params_index));
                    let params = params.ok_or_else(broken)?.clone();
                    let of = Place::Register(params.collection);
                    let steps = self.steps(at, End::Loop)?;
                    let (key, value) = (params.key_reg, params.value_reg);
                    match params.mode {
                        LoopMode::ForEach => Step::Loop {
                            of,
                            key,
                            value,
                            steps,
                        },
                        LoopMode::Every => Step::Every {
                            dest: params.result_reg,
                            of,
                            key,
                            value,
                            steps,
                        },
                        LoopMode::Any => return Err(lacks("a loop that ends at its first turn")),
                    }
                }
                Source::ComprehensionBegin { params_index } => {
                    let params = data
                        .comprehension_begin_params
                        .get(usize::from(params_index));
                    let params = params.ok_or_else(broken)?.clone();
                    if params.collection_reg != params.result_reg {
                        return Err(lacks("a comprehension that is a loop"));
                    }
                    let kind = match params.mode {
                        ComprehensionMode::Array => Collection::Array,
                        ComprehensionMode::Object => Collection::Object,
                        ComprehensionMode::Set => Collection::Set,
                    };
                    let steps = self.steps(at, End::Comprehension)?;
                    Step::Collect {
                        dest: params.result_reg,
                        kind,
                        steps,
                    }
                }
                Source::ComprehensionYield { value_reg, key_reg } => {
                    let value = Place::Register(value_reg);
                    match key_reg {
                        Some(key) => Step::YieldField(Place::Register(key), value),
                        None => Step::Yield(value),
                    }
                }
                Source::SetAdd { set: 0, value } => Step::Yield(Place::Register(value)),
                other => {
                    let (dest, make) = self.make(other)?;
                    Step::Make {
                        dest,
                        make,
                        demand: None,
                    }
                }
            };
            steps.push(step);
        }
    }

    /// The step that an instruction becomes: its register, and what it makes.
    #[expect(clippy::too_many_lines, reason = "one arm for each instruction")]
    fn make(&mut self, instruction: Source) -> Result<(u8, Make), String> {
        let source = self.source;
        let data = &source.instruction_data;
        let all = |registers: &[u8]| registers.iter().copied().map(Place::Register).collect();
        let pair = |left, right| (Place::Register(left), Place::Register(right));
        let arithmetic = |operation, left, right| {
            let (left, right) = pair(left, right);
            Make::Arithmetic(operation, left, right)
        };
        let compare = |relation, left, right| {
            let (left, right) = pair(left, right);
            Make::Compare(relation, left, right)
        };
        Ok(match instruction {
            Source::Load { dest, literal_idx } => {
                (dest, Make::Copy(Place::Literal(self.literal(literal_idx)?)))
            }
            Source::LoadTrue { dest } => (dest, self.constant(Literal::Bool(true))?),
            Source::LoadFalse { dest } => (dest, self.constant(Literal::Bool(false))?),
            Source::LoadBool { dest, value } => (dest, self.constant(Literal::Bool(value))?),
            Source::LoadNull { dest } => (dest, self.constant(Literal::Null)?),
            Source::LoadData { dest } => (dest, Make::Copy(Place::Data)),
            Source::LoadInput { dest } => (dest, Make::Copy(Place::Input)),
            Source::Move { dest, src } => (dest, Make::Copy(Place::Register(src))),
            Source::Add { dest, left, right } => (dest, arithmetic(Arithmetic::Add, left, right)),
            Source::Sub { dest, left, right } => {
                (dest, arithmetic(Arithmetic::Subtract, left, right))
            }
            Source::Mul { dest, left, right } => {
                (dest, arithmetic(Arithmetic::Multiply, left, right))
            }
            Source::Div { dest, left, right } => {
                (dest, arithmetic(Arithmetic::Divide, left, right))
            }
            Source::Mod { dest, left, right } => {
                (dest, arithmetic(Arithmetic::Remainder, left, right))
            }
            Source::Eq { dest, left, right } => (dest, compare(Relation::Equal, left, right)),
            Source::Ne { dest, left, right } => (dest, compare(Relation::NotEqual, left, right)),
            Source::Lt { dest, left, right } => (dest, compare(Relation::Less, left, right)),
            Source::Le { dest, left, right } => (dest, compare(Relation::LessOrEqual, left, right)),
            Source::Gt { dest, left, right } => (dest, compare(Relation::Less, right, left)),
            Source::Ge { dest, left, right } => (dest, compare(Relation::LessOrEqual, right, left)),
            Source::Contains {
                dest,
                collection,
                value,
            } => (dest, compare(Relation::In, value, collection)),
            Source::Not { dest, operand } => (dest, Make::Not(Place::Register(operand))),
            Source::Count { dest, collection } => (
                dest,
                Make::Builtin(Builtin::Count, vec![Place::Register(collection)]),
            ),
            Source::BuiltinCall { params_index } => {
                let params = data.builtin_call_params.get(usize::from(params_index));
                let params = params.ok_or_else(broken)?;
                let info = source
                    .builtin_info_table
                    .get(usize::from(params.builtin_index));
                let name = &info.ok_or_else(broken)?.name;
                let builtin = Builtin::named(name).ok_or_else(|| lacks(name))?;
                let arguments: Vec<_> = all(params.arg_registers());
                if arguments.len() != builtin.arity() {
                    return Err(format!("{name} takes another number of arguments"));
                }
                (params.dest, Make::Builtin(builtin, arguments))
            }
            Source::FunctionCall { params_index } => {
                let params = data.function_call_params.get(usize::from(params_index));
                let params = params.ok_or_else(broken)?;
                (
                    params.dest,
                    Make::Call(params.func_rule_index, all(params.arg_registers())),
                )
            }
            Source::CallRule { dest, rule_index } => (dest, Make::Rule(rule_index)),
            Source::HostAwait { dest, arg, .. } => (dest, Make::Await(Place::Register(arg))),
            Source::Index {
                dest,
                container,
                key,
            } => {
                let (container, key) = pair(container, key);
                (dest, Make::Index(container, key))
            }
            Source::IndexLiteral {
                dest,
                container,
                literal_idx,
            } => {
                let key = Place::Literal(self.literal(literal_idx)?);
                (dest, Make::Index(Place::Register(container), key))
            }
            Source::ChainedIndex { params_index } => {
                let params = data.chained_index_params.get(usize::from(params_index));
                let params = params.ok_or_else(broken)?;
                let mut path = vec![Place::Register(params.root)];
                for component in &params.path_components {
                    path.push(match component {
                        LiteralOrRegister::Literal(literal) => {
                            Place::Literal(self.literal(*literal)?)
                        }
                        LiteralOrRegister::Register(register) => Place::Register(*register),
                    });
                }
                (params.dest, Make::Path(path))
            }
            Source::ArrayCreate { params_index } => {
                let params = data.array_create_params.get(usize::from(params_index));
                let params = params.ok_or_else(broken)?;
                (
                    params.dest,
                    Make::Compose(Composite::Array, all(params.element_registers())),
                )
            }
            Source::ArrayNew { dest } => (dest, Make::Compose(Composite::Array, Vec::new())),
            Source::SetCreate { params_index } => {
                let params = data.set_create_params.get(usize::from(params_index));
                let params = params.ok_or_else(broken)?;
                (
                    params.dest,
                    Make::Compose(Composite::Set, all(params.element_registers())),
                )
            }
            Source::SetNew { dest } => (dest, Make::Compose(Composite::Set, Vec::new())),
            Source::ObjectCreate { params_index } => {
                let params = data.object_create_params.get(usize::from(params_index));
                let params = params.ok_or_else(broken)?;
                let mut named = BTreeMap::new();
                for (literal, value) in params.literal_key_field_pairs() {
                    let key = self
                        .source
                        .literals
                        .get(usize::from(*literal))
                        .ok_or_else(broken)?;
                    let literal = self.literal(*literal)?;
                    named.insert(key, [Place::Literal(literal), Place::Register(*value)]);
                }
                let mut pairs: Vec<_> = named.into_values().flatten().collect();
                if params.field_pairs().is_empty() {
                    return Ok((params.dest, Make::Compose(Composite::Record, pairs)));
                }
                for (key, value) in params.field_pairs() {
                    pairs.extend([Place::Register(*key), Place::Register(*value)]);
                }
                (params.dest, Make::Compose(Composite::Object, pairs))
            }
            other => return Err(lacks(&format!("{other:?}"))),
        })
    }

    fn constant(&mut self, literal: Literal) -> Result<Make, String> {
        Ok(Make::Copy(Place::Literal(self.literals.index(literal)?)))
    }

    /// The index of one of regorus' literals among the program's.
    pub(super) fn literal(&mut self, index: u16) -> Result<u16, String> {
        let value = self.source.literals.get(usize::from(index));
        self.literals.index(literal(value.ok_or_else(broken)?)?)
    }
}

fn literal(value: &regorus::Value) -> Result<Literal, String> {
    use regorus::Value;
    Ok(match value {
        Value::Undefined => Literal::Undefined,
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Literal::Integer(integer),
            None => Literal::Float(
                number
                    .as_f64()
                    .ok_or_else(|| lacks("a number of that size"))?,
            ),
        },
        Value::String(text) => Literal::String(text.to_string().into()),
        Value::Array(items) => Literal::Array(
            items
                .iter()
                .map(literal)
                .collect::<Result<Vec<_>, _>>()?
                .into(),
        ),
        Value::Set(items) => Literal::Set(
            items
                .iter()
                .map(literal)
                .collect::<Result<Vec<_>, _>>()?
                .into(),
        ),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| Ok((literal(key)?, literal(value)?)));
            Literal::Object(fields.collect::<Result<Vec<_>, String>>()?.into())
        }
    })
}

fn broken() -> String {
    "regorus' program refers to what it doesn't have".to_owned()
}
