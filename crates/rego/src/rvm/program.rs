//! Programs of the machine.
//!
//! Each body of a rule is a sequence of instructions that ends with [`Instruction::Return`]. An instruction that can fail
//! knows where to go on: at the next turn of the loop, at the end of the comprehension, or nowhere, and then the body
//! doesn't hold. So nothing is unwound.

use std::borrow::Cow;

pub use super::builtins::Builtin;
use super::collections::{Object, Set};
use super::value::Value;

/// Compiled modules. What a build compiles is constant data, so nothing has to be read or checked when it is loaded.
#[derive(Debug, Clone)]
pub struct Program {
    /// The instructions of all bodies, one body after the other.
    pub instructions: Cow<'static, [Instruction]>,
    /// What instructions of many operands refer to.
    pub operands: Cow<'static, [Operand]>,
    /// Where the bodies of all rules begin; those of a rule in the order in which they are tried.
    pub bodies: Cow<'static, [Body]>,
    /// Rules and functions.
    pub rules: Cow<'static, [Rule]>,
    /// Constants.
    pub literals: Cow<'static, [Literal]>,
    /// The rules that can be asked for, as `data.package.rule`.
    pub entry_points: Cow<'static, [(Cow<'static, str>, u16)]>,
}

/// Where an instruction finds a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operand(pub u16);

/// What an [`Operand`] refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Register(u8),
    Literal(u16),
    Input,
    Data,
}

impl Operand {
    const INPUT: u16 = 0x100;
    const DATA: u16 = 0x101;
    pub(super) const LITERALS: u16 = 0x200;

    pub(super) fn place(self) -> Place {
        match (u8::try_from(self.0), self.0) {
            (Ok(register), _) => Place::Register(register),
            (_, Self::INPUT) => Place::Input,
            (_, Self::DATA) => Place::Data,
            (_, other) => Place::Literal(other.saturating_sub(Self::LITERALS)),
        }
    }
}

#[cfg(any(test, feature = "rvm-compile"))]
impl From<Place> for Operand {
    fn from(place: Place) -> Self {
        Self(match place {
            Place::Register(register) => register.into(),
            Place::Literal(literal) => literal + Self::LITERALS,
            Place::Input => Self::INPUT,
            Place::Data => Self::DATA,
        })
    }
}

/// One step. `dest` is a register of the body, `first` the first of the operands, and `fail` says how many instructions
/// further on it goes where something doesn't hold; nowhere, if it is 0: then the body doesn't hold. Distances are small
/// numbers that occur again and again, so that they take less of the compressed module than places would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what every instruction has")]
pub enum Instruction {
    /// The value itself.
    Copy {
        dest: u8,
        from: Operand,
        demand: Demand,
    },
    /// The value of a rule, evaluated once.
    Rule { dest: u8, rule: u16, demand: Demand },
    /// The value of a function; as many operands as it has parameters.
    Call {
        dest: u8,
        function: u16,
        first: u16,
        demand: Demand,
    },
    /// The value of a built-in function; as many operands as it has parameters.
    Builtin {
        dest: u8,
        builtin: Builtin,
        first: u16,
        demand: Demand,
    },
    /// The field or item of a collection.
    Index {
        dest: u8,
        of: Operand,
        key: Operand,
        demand: Demand,
    },
    /// The field of an item of a field …; the first operand is the collection.
    Path {
        dest: u8,
        first: u16,
        count: u8,
        demand: Demand,
    },
    /// A collection of operands; of an object pairs of them.
    Compose {
        dest: u8,
        composite: Composite,
        count: u8,
        first: u16,
        demand: Demand,
    },
    /// What becomes of two operands.
    Arithmetic {
        dest: u8,
        operation: Arithmetic,
        first: u16,
        demand: Demand,
    },
    /// Whether values are in a relation; undefined where one of them is.
    Compare {
        dest: u8,
        relation: Relation,
        left: Operand,
        right: Operand,
    },
    /// Whether it is undefined or false.
    Not { dest: u8, operand: Operand },
    /// Goes on where values are in a relation.
    Check {
        relation: Relation,
        left: Operand,
        right: Operand,
        fail: u16,
    },
    /// Goes on where something holds of a value.
    Guard {
        operand: Operand,
        holds: Condition,
        fail: u16,
    },
    /// Takes the first item of a collection, or goes as far as `end` where there is none; `key` is the same register as
    /// `value` where nobody asks for it.
    Loop {
        of: Operand,
        key: u8,
        value: u8,
        end: u16,
    },
    /// Takes the next item and goes back to the start of the loop's body; goes on where there is none.
    Next { key: u8, value: u8, back: u16 },
    /// Ends a loop before its last item.
    Leave,
    /// Goes further on.
    Jump { distance: u16 },
    /// Begins a comprehension.
    Collect,
    /// Adds a value to the comprehension, or to the set that the rule is.
    Yield { value: Operand },
    /// The same for an object.
    YieldField { key: Operand, value: Operand },
    /// Ends a comprehension.
    Collected { dest: u8, kind: Collection },
    /// Asks the host.
    Await {
        dest: u8,
        argument: Operand,
        demand: Demand,
    },
    /// The body holds.
    Return,
}

/// What an instruction demands of the value that it makes, and how far it goes where the value is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand(pub u16);

impl Demand {
    /// Whatever becomes of it, the next instruction comes next.
    pub const NOTHING: Self = Self(u16::MAX);
    /// No program has as many instructions.
    pub(super) const MOST: u16 = 0x3fff;
    const DEFINED: u16 = 0;
    const TRUE: u16 = 0x4000;
    const NOT: u16 = 0x8000;

    pub(super) fn is_met(self, value: &Value) -> bool {
        match self.0 & !Self::MOST {
            Self::DEFINED => !value.is_undefined(),
            Self::TRUE => value.is_true(),
            Self::NOT => !value.is_true(),
            _ => true,
        }
    }

    /// How far the instruction goes where it isn't met.
    pub(super) fn fail(self) -> u16 {
        self.0 & Self::MOST
    }
}

#[cfg(any(test, feature = "rvm-compile"))]
impl Demand {
    /// The demand that a condition holds; nothing where there is none.
    pub(super) fn of(condition: Option<Condition>) -> Option<Self> {
        match condition {
            None => Some(Self::NOTHING),
            Some(Condition::Defined) => Some(Self(Self::DEFINED)),
            Some(Condition::True) => Some(Self(Self::TRUE)),
            Some(Condition::Not) => Some(Self(Self::NOT)),
            Some(_) => None,
        }
    }

    pub(super) fn go(&mut self, distance: u16) {
        self.0 = (self.0 & !Self::MOST) | distance;
    }
}

/// What is made of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Arithmetic {
    Add,
    /// Sets can be subtracted, too.
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// What is made of operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Composite {
    Array,
    Set,
    Object,
    /// An object whose keys are literals and sorted.
    Record,
    /// An array with items after its own; the first operand is the array.
    Longer,
}

/// What can be between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    /// The right one is a collection, and the left one is in it.
    In,
}

/// What can hold of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It is there.
    Defined,
    /// It is there, and not `false`.
    True,
    /// It isn't there, or is `false`.
    Not,
    /// It is an array, an object or a set.
    Collection,
    /// It is a string.
    String,
    /// It is an array.
    Array,
    /// It is an object.
    Object,
}

/// What a comprehension makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Collection {
    Array,
    Object,
    Set,
}

/// A body of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body {
    /// Its first instruction.
    pub start: u16,
    /// Whether it is tried only where the one before it doesn't hold.
    pub is_else: bool,
}

/// A rule or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its first body.
    pub first: u16,
    /// How many bodies it has.
    pub count: u16,
    /// How many registers they need: the result, the arguments, and everything else.
    pub registers: u8,
    /// How many arguments it takes; a rule none.
    pub arity: u8,
    /// Whether it is a set, to which each body adds.
    pub is_set: bool,
    /// Whether all bodies that hold have the same value.
    pub ends_at_first: bool,
    /// Whether its value depends on the input.
    pub reads_input: bool,
    /// The literal that is its value where no body holds.
    pub default: Option<u16>,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "they are the variants of a value")]
pub enum Literal {
    Undefined,
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(Cow<'static, str>),
    Array(Cow<'static, [Literal]>),
    Object(Cow<'static, [(Literal, Literal)]>),
    Set(Cow<'static, [Literal]>),
}

impl From<&Literal> for Value {
    fn from(literal: &Literal) -> Self {
        let all = |items: &[Literal]| items.iter().map(Self::from).collect::<Vec<_>>();
        match literal {
            Literal::Undefined => Self::Undefined,
            Literal::Null => Self::Null,
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Integer(number) => Self::Integer(*number),
            Literal::Float(number) => Self::Float(*number),
            Literal::String(text) => text.as_ref().into(),
            Literal::Array(items) => all(items).into(),
            Literal::Set(items) => Set::from_unsorted(all(items)).into(),
            Literal::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| (key.into(), value.into()));
                Object::from_unsorted(fields).into()
            }
        }
    }
}
