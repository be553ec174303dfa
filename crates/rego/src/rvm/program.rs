//! Programs of the machine.
//!
//! Each body of a rule is a sequence of instructions that ends with [`Instruction::Return`]. An instruction that can
//! fail knows where to continue: at the next turn of the loop, at the end of the comprehension, or nowhere, in which
//! case the body fails. So nothing is unwound.

use std::borrow::Cow;

pub use super::builtins::Builtin;
use super::collections::{Object, Set};
use super::value::Value;

/// Compiled modules. A program that a build compiled is constant data, so that loading it needs no parsing or
/// checking.
#[derive(Debug, Clone)]
pub struct Program {
    /// The instructions of all bodies, one body after another.
    pub instructions: Cow<'static, [Instruction]>,
    /// The operands of instructions that have several.
    pub operands: Cow<'static, [Operand]>,
    /// Where each body begins. The bodies of a rule are in the order in which they are tried.
    pub bodies: Cow<'static, [Body]>,
    /// The rules and functions.
    pub rules: Cow<'static, [Rule]>,
    /// The constants.
    pub literals: Cow<'static, [Literal]>,
    /// The rules that can be evaluated by name (`data.package.rule`), with their indexes.
    pub entry_points: Cow<'static, [(Cow<'static, str>, u16)]>,
}

/// Where an instruction finds a value: a [`Place`] in 16 bits.
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

/// An instruction. `dest` is a register of the body, `first` the index of the first operand, and `fail` the distance
/// to the instruction that comes next on failure; with a distance of 0, the body fails. Distances are small numbers
/// that recur, so they compress better than indexes would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what every instruction has")]
pub enum Instruction {
    /// Copies a value.
    Copy {
        dest: u8,
        from: Operand,
        demand: Demand,
    },
    /// Evaluates a rule, which is done only once.
    Rule { dest: u8, rule: u16, demand: Demand },
    /// Calls a function. It has as many operands as parameters.
    Call {
        dest: u8,
        function: u16,
        first: u16,
        demand: Demand,
    },
    /// Calls a built-in function. It has as many operands as parameters.
    Builtin {
        dest: u8,
        builtin: Builtin,
        first: u16,
        demand: Demand,
    },
    /// Looks up a field or item of a collection.
    Index {
        dest: u8,
        of: Operand,
        key: Operand,
        demand: Demand,
    },
    /// Looks up a field of an item of a field, and so on. The first operand is the collection.
    Path {
        dest: u8,
        first: u16,
        count: u8,
        demand: Demand,
    },
    /// Makes a collection of operands. Those of an object are pairs.
    Compose {
        dest: u8,
        composite: Composite,
        count: u8,
        first: u16,
        demand: Demand,
    },
    /// Computes with two operands.
    Arithmetic {
        dest: u8,
        operation: Arithmetic,
        first: u16,
        demand: Demand,
    },
    /// Compares two values. The result is undefined if one of them is.
    Compare {
        dest: u8,
        relation: Relation,
        left: Operand,
        right: Operand,
    },
    /// Whether a value is undefined or false.
    Not { dest: u8, operand: Operand },
    /// Fails unless two values are in a relation.
    Check {
        relation: Relation,
        left: Operand,
        right: Operand,
        fail: u16,
    },
    /// Fails unless a condition holds for a value.
    Guard {
        operand: Operand,
        holds: Condition,
        fail: u16,
    },
    /// Begins a loop with the first item of a collection, or continues at `end` if there is none. If nothing reads
    /// the key, `key` is the same register as `value`.
    Loop {
        of: Operand,
        key: u8,
        value: u8,
        end: u16,
    },
    /// Takes the next item and goes back to the start of the loop's body, or continues after the loop.
    Next { key: u8, value: u8, back: u16 },
    /// Ends a loop before its last item.
    Leave,
    /// Continues further on.
    Jump { distance: u16 },
    /// Begins a comprehension.
    Collect,
    /// Adds a value to the comprehension, or to the set that the rule defines.
    Yield { value: Operand },
    /// Adds a key and a value to the comprehension.
    YieldField { key: Operand, value: Operand },
    /// Ends a comprehension.
    Collected { dest: u8, kind: Collection },
    /// Asks the host.
    Await {
        dest: u8,
        argument: Operand,
        demand: Demand,
    },
    /// Ends the body, which holds.
    Return,
}

/// What the value that an instruction makes has to be, and the distance to continue at if it isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand(pub u16);

impl Demand {
    /// Any value will do, and so will none.
    pub const NOTHING: Self = Self(u16::MAX);
    /// The longest distance; no program has as many instructions.
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

    /// The distance to continue at if the demand isn't met.
    pub(super) fn fail(self) -> u16 {
        self.0 & Self::MOST
    }
}

#[cfg(any(test, feature = "rvm-compile"))]
impl Demand {
    /// The demand that a condition holds; no demand for `None`.
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

/// An operation on two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Arithmetic {
    Add,
    /// Also for sets.
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// How operands become a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Composite {
    Array,
    Set,
    Object,
    /// An object with literal keys, which are sorted.
    Record,
    /// An array with more items at its end; the first operand is the array.
    Longer,
}

/// A relation of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    /// The right one is a collection that has the left one in it.
    In,
}

/// A condition on a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It is defined.
    Defined,
    /// It is defined, and not `false`.
    True,
    /// It is undefined, or `false`.
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

/// The collection that a comprehension makes.
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
    /// The index of its first instruction.
    pub start: u16,
    /// Whether it is tried only if the one before it doesn't hold.
    pub is_else: bool,
}

/// A rule or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The index of its first body.
    pub first: u16,
    /// The number of its bodies.
    pub count: u16,
    /// How many registers a body needs: for the result, the arguments, and all else.
    pub registers: u8,
    /// The number of parameters; 0 for a rule.
    pub arity: u8,
    /// Whether it is a set, to which each body adds.
    pub is_set: bool,
    /// Whether all bodies that hold have the same value.
    pub ends_at_first: bool,
    /// Whether its value depends on the input.
    pub reads_input: bool,
    /// The literal that is its value if no body holds.
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
