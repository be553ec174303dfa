//! The form in which policies are evaluated: every variable a slot, every expression a statement of
//! which it is known what it binds. So nothing is ever unbound again: what is tried next overwrites.

use std::collections::BTreeMap;
use std::iter::successors;

use super::rule_index::Wanted;
use builtins::Builtin;
use compiler::syntax::ast::Location;
use values::{Value, Version};

/// A variable's place in a frame.
pub type Slot = u32;

/// Rules, and where their values are.
#[derive(Debug)]
pub struct Plan {
    /// Which Rego the rules are written in.
    pub version: Version,
    /// The places in `data`, the first being `data` itself.
    pub nodes: Vec<Node>,
    /// The rules.
    pub rules: Vec<Rule>,
}

impl Plan {
    /// The bodies that are tried one after another, from this one.
    pub fn chain(&self, number: usize) -> impl Iterator<Item = &Rule> {
        chain(&self.rules, number)
    }
}

/// The bodies among these that are tried one after another, from this one.
pub fn chain(rules: &[Rule], number: usize) -> impl Iterator<Item = &Rule> {
    successors(rules.get(number), |rule| rules.get(rule.else_branch?))
}

/// A place in `data`.
#[derive(Debug, Default)]
pub struct Node {
    /// What is below.
    pub children: BTreeMap<Value, usize>,
    /// What the rules here make.
    pub makes: RuleKind,
    /// The rules here, in order, but for defaults.
    pub rules: Vec<usize>,
    /// The default.
    pub default: Option<usize>,
    /// Whether all rules here have the same value, written out: then one that holds is enough.
    pub is_of_one_value: bool,
    /// Whether it is passed over unless it is named.
    pub is_hidden: bool,
}

/// What the rules of a place make.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RuleKind {
    /// There are none: a package, or the way to one.
    #[default]
    Nothing,
    /// One value.
    Value,
    /// A function.
    Function,
    /// A set.
    Set,
    /// An object, from keys that the rules find.
    Object,
}

/// One body of a rule.
#[derive(Debug)]
pub struct Rule {
    /// Its location in the source.
    pub at: Location,
    /// How many variables there are.
    pub slots: usize,
    /// What the arguments have to be.
    pub args: Vec<Pattern>,
    /// What has to hold for the body to be evaluated at all.
    pub guards: Vec<Guard>,
    /// The keys that the body finds, under which the value is.
    pub keys: Vec<Term>,
    /// The element, where it is a set's.
    pub element: Option<Term>,
    /// The value.
    pub value: Term,
    /// When it holds.
    pub body: Vec<Statement>,
    /// What is tried if it doesn't.
    pub else_branch: Option<usize>,
    /// What is said where it has two values, in the words of its version's OPA.
    pub conflict: String,
}

/// Something that a rule compares.
#[derive(Debug)]
pub struct Guard {
    /// The expression that compares it.
    pub at: Location,
    /// A document or an argument.
    pub term: Term,
    /// What it has to be.
    pub wanted: Wanted,
    /// Whether the value is before it.
    pub is_turned: bool,
}

/// A statement.
#[derive(Debug)]
pub enum Statement {
    /// Gives a variable its value.
    Let(Slot, Term),
    /// Something is neither undefined nor false.
    Test(Term),
    /// Two values are equal.
    Equal(Term, Term),
    /// A value is of a form, which binds variables.
    Match(Pattern, Term),
    /// Never holds.
    Fail,
    /// Every value that a reference with open places leads to, one after another.
    Scan(Box<Scan>),
    /// A call.
    Call(Box<Call>),
    /// Nothing makes these hold together.
    Not(Vec<Statement>),
    /// One of these holds, however often, and whatever its variables are.
    Any(Vec<Vec<Statement>>),
    /// They hold for every item.
    Every(Box<Every>),
    /// With something replaced.
    With(Box<With>),
    /// The location of the expression that follows, for coverage.
    Mark(Location),
}

/// `reference = out`, the reference having open places.
#[derive(Debug)]
pub struct Scan {
    /// What is gone through.
    pub reference: Reference,
    /// What each value has to be; none where it has to be neither undefined nor false.
    pub out: Option<Pattern>,
}

/// `callee(args) = out`.
#[derive(Debug)]
pub struct Call {
    /// Its location in the source.
    pub at: Location,
    /// What is called.
    pub callee: Callee,
    /// With what.
    pub args: Vec<Term>,
    /// What its value has to be; none where it has to be neither undefined nor false.
    pub out: Option<Pattern>,
}

impl Call {
    /// Whether `walk` is called, which finds many values.
    #[must_use]
    pub fn is_walk(&self) -> bool {
        matches!(self.callee, Callee::Builtin(builtin) if builtin.name == "walk")
    }
}

/// A function.
#[derive(Debug, Clone, Copy)]
pub enum Callee {
    /// One of OPA's.
    Builtin(&'static Builtin),
    /// The rules of a place.
    Rules(usize),
}

/// `every key, value in domain { body }`.
#[derive(Debug)]
pub struct Every {
    /// What is gone through.
    pub domain: Term,
    /// The key's variable.
    pub key: Option<Slot>,
    /// The value's variable.
    pub value: Slot,
    /// What has to hold.
    pub body: Vec<Statement>,
}

/// `… with target as value`.
#[derive(Debug)]
pub struct With {
    /// Its location in the source.
    pub at: Location,
    /// What is replaced, by what.
    pub replaced: Vec<(Target, Replacement)>,
    /// What is evaluated meanwhile.
    pub body: Vec<Statement>,
    /// The variables that it binds.
    pub binds: Vec<Slot>,
}

/// What a `with` replaces.
#[derive(Debug)]
pub enum Target {
    /// A place in the input.
    Input(Vec<Term>),
    /// A place in `data`.
    Data(Vec<Term>),
    /// A function.
    Function(Callee),
}

/// By what.
#[derive(Debug)]
pub enum Replacement {
    /// A value.
    Value(Term),
    /// A function.
    Function(Callee),
}

/// A term whose variables all have values.
#[derive(Debug)]
pub enum Term {
    /// A value.
    Value(Value),
    /// A variable.
    Slot(Slot),
    /// What a reference leads to.
    Reference(Box<Reference>),
    /// An array.
    Array(Vec<Term>),
    /// An object.
    Object(Vec<(Term, Term)>),
    /// A set.
    Set(Vec<Term>),
    /// A comprehension.
    Closure(Box<Closure>),
}

/// A reference.
#[derive(Debug)]
pub struct Reference {
    /// Where it starts.
    pub base: Base,
    /// What is looked up, one after another.
    pub path: Vec<Step>,
}

/// Where a reference starts.
#[derive(Debug, Clone, Copy)]
pub enum Base {
    /// At a variable's value.
    Slot(Slot),
    /// At the input.
    Input,
    /// At `data`.
    Data,
    /// At `data`, where so many steps lead to a place with rules, unless something there is replaced.
    Rules(usize, usize),
}

/// One step of a reference.
#[derive(Debug)]
pub enum Step {
    /// By a key that is known.
    Key(Term),
    /// By every key of a form.
    Open(Pattern),
}

/// What a value has to be; variables that have none get theirs.
#[derive(Debug)]
pub enum Pattern {
    /// Anything, which nobody asks for.
    Any,
    /// Anything.
    Bind(Slot),
    /// This.
    Equal(Term),
    /// An array of as many items.
    Array(Vec<Pattern>),
    /// An object of exactly these keys.
    Object(Vec<(Term, Pattern)>),
}

/// A comprehension.
#[derive(Debug)]
pub struct Closure {
    /// What it makes of what.
    pub head: ClosureHead,
    /// When.
    pub body: Vec<Statement>,
}

/// What a comprehension makes.
#[derive(Debug)]
pub enum ClosureHead {
    /// An array of items.
    Array(Term),
    /// A set of elements.
    Set(Term),
    /// An object of keys and values, and where its key is.
    Object(Term, Term, Location),
}
