//! Plans: the form in which policies are evaluated. Each variable is a slot, and each expression is statements that
//! state which slots they bind. Nothing is unbound on backtracking, because the next attempt overwrites the slots.

use std::collections::BTreeMap;
use std::iter::successors;

use super::rule_index::Wanted;
use builtins::Builtin;
use compiler::syntax::ast::Location;
use values::{Value, Version};

/// The index of a variable in the frame of its rule or query.
pub type Slot = u32;

/// The rules of all modules, and the tree of the documents that they define.
#[derive(Debug)]
pub struct Plan {
    /// The version of Rego in which the modules are written.
    pub version: Version,
    /// The nodes of the tree. The first is `data`.
    pub nodes: Vec<Node>,
    /// The rules. Each body is one, and so is each `else`.
    pub rules: Vec<Rule>,
}

impl Plan {
    /// A rule, and the `else` branches that are tried after it, in order.
    pub fn chain(&self, number: usize) -> impl Iterator<Item = &Rule> {
        chain(&self.rules, number)
    }
}

/// A rule among these, and the `else` branches that are tried after it, in order.
pub fn chain(rules: &[Rule], number: usize) -> impl Iterator<Item = &Rule> {
    successors(rules.get(number), |rule| rules.get(rule.else_branch?))
}

/// A node of the tree under `data`: a package, or a name that rules define.
#[derive(Debug, Default)]
pub struct Node {
    /// The nodes below it, as indexes into [`Plan::nodes`].
    pub children: BTreeMap<Value, usize>,
    /// The kind of rules that define it.
    pub kind: RuleKind,
    /// Its rules without the default, as indexes into [`Plan::rules`].
    pub rules: Vec<usize>,
    /// Its default rule.
    pub default: Option<usize>,
    /// Whether all rules have the same constant as their value, so that the first one that holds is enough.
    pub is_of_one_value: bool,
    /// Whether it is left out of documents that include it, and only a reference that names it finds it.
    pub is_hidden: bool,
}

/// What the rules of a node define.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RuleKind {
    /// No rule defines it: it is a package, or leads to one.
    #[default]
    Nothing,
    /// A single value: complete rules.
    Value,
    /// A function.
    Function,
    /// A set: partial rules.
    Set,
    /// An object: partial rules with keys.
    Object,
}

/// A rule with one body, or one `else` branch.
#[derive(Debug)]
pub struct Rule {
    /// Its location in the source.
    pub at: Location,
    /// How many slots its frame has.
    pub slots: usize,
    /// The patterns that the arguments have to match.
    pub args: Vec<Pattern>,
    /// The comparisons of the rule index: if one of them is false, the body isn't evaluated.
    pub guards: Vec<Guard>,
    /// For a partial rule, the terms in brackets in its head; those of a set but for the element.
    pub keys: Vec<Term>,
    /// The element that a rule of a set adds.
    pub element: Option<Term>,
    /// The value in its head.
    pub value: Term,
    /// The statements that have to hold.
    pub body: Vec<Statement>,
    /// The `else` branch that is tried if the body doesn't hold.
    pub else_branch: Option<usize>,
    /// OPA's message if the rule yields two different values. It depends on the version.
    pub conflict: String,
}

/// A comparison by which OPA's rule index rules out a body before evaluating it.
#[derive(Debug)]
pub struct Guard {
    /// The location of the comparison.
    pub at: Location,
    /// The document or argument that is compared.
    pub term: Term,
    /// What it is compared with.
    pub wanted: Wanted,
    /// Whether the comparison has the document or argument on the right: `1 == input.x`.
    pub is_turned: bool,
}

/// A statement of a body. If it doesn't hold, the body has no further solution.
#[derive(Debug)]
pub enum Statement {
    /// Binds a variable to a value. It fails if the term is undefined.
    Let(Slot, Term),
    /// The term is neither undefined nor `false`.
    Test(Term),
    /// The values of two terms are equal.
    Equal(Term, Term),
    /// The value of the term matches the pattern, which binds variables.
    Match(Pattern, Term),
    /// Never holds.
    Fail,
    /// Binds each value that a reference with unbound variables finds, one after another.
    Scan(Box<Scan>),
    /// Calls a function.
    Call(Box<Call>),
    /// The body has no solution.
    Not(Vec<Statement>),
    /// One of the bodies has a solution. Which one, and how many it has, doesn't matter.
    Any(Vec<Vec<Statement>>),
    /// The body holds for every item.
    Every(Box<Every>),
    /// Evaluates its body with documents or functions replaced.
    With(Box<With>),
    /// Records the expression that comes next as evaluated, for coverage and for errors.
    Mark(Location),
}

/// `reference = out`, where the reference has unbound variables.
#[derive(Debug)]
pub struct Scan {
    /// The reference whose values are enumerated.
    pub reference: Reference,
    /// The pattern that each value has to match; `None` if it only has to be true.
    pub out: Option<Pattern>,
}

/// `callee(args) = out`.
#[derive(Debug)]
pub struct Call {
    /// Its location in the source.
    pub at: Location,
    /// The function.
    pub callee: Callee,
    /// The arguments.
    pub args: Vec<Term>,
    /// The pattern that its value has to match; `None` if it only has to be true.
    pub out: Option<Pattern>,
}

impl Call {
    /// Whether it calls `walk`, the built-in function that yields many values.
    #[must_use]
    pub fn is_walk(&self) -> bool {
        matches!(self.callee, Callee::Builtin(builtin) if builtin.name == "walk")
    }
}

/// A function that a call names.
#[derive(Debug, Clone, Copy)]
pub enum Callee {
    /// A built-in function.
    Builtin(&'static Builtin),
    /// The function that the rules of a node define.
    Rules(usize),
}

/// `every key, value in domain { body }`.
#[derive(Debug)]
pub struct Every {
    /// The collection.
    pub domain: Term,
    /// The variable of the key, if there is one.
    pub key: Option<Slot>,
    /// The variable of the value.
    pub value: Slot,
    /// What has to hold for each item.
    pub body: Vec<Statement>,
}

/// An expression with `with` modifiers.
#[derive(Debug)]
pub struct With {
    /// Its location in the source.
    pub at: Location,
    /// The targets, and what replaces each of them.
    pub replaced: Vec<(Target, Replacement)>,
    /// The expression that is evaluated with the replacements.
    pub body: Vec<Statement>,
    /// The variables that it binds.
    pub binds: Vec<Slot>,
}

/// The target of a `with` modifier.
#[derive(Debug)]
pub enum Target {
    /// A path in `input`.
    Input(Vec<Term>),
    /// A path in `data`.
    Data(Vec<Term>),
    /// A function.
    Function(Callee),
}

/// What replaces the target of a `with` modifier.
#[derive(Debug)]
pub enum Replacement {
    /// A value.
    Value(Term),
    /// A function.
    Function(Callee),
}

/// A term whose variables all have values, so that it can be evaluated.
#[derive(Debug)]
pub enum Term {
    /// A constant.
    Value(Value),
    /// A variable.
    Slot(Slot),
    /// A reference, whose path holds no unbound variables.
    Reference(Box<Reference>),
    /// An array.
    Array(Vec<Term>),
    /// An object.
    Object(Vec<(Term, Term)>),
    /// A set.
    Set(Vec<Term>),
    /// A comprehension.
    Comprehension(Box<Comprehension>),
}

/// A reference, such as `input.a[i]`.
#[derive(Debug)]
pub struct Reference {
    /// Its first part.
    pub base: Base,
    /// The keys after it.
    pub path: Vec<Step>,
}

/// The first part of a reference.
#[derive(Debug, Clone, Copy)]
pub enum Base {
    /// A variable.
    Slot(Slot),
    /// `input`.
    Input,
    /// `data`.
    Data,
    /// `data`, where the path leads to a node with rules. Holds the node, and the number of steps to it. The rules
    /// don't count if a `with` replaces the node or one above it.
    Rules(usize, usize),
}

/// A part of a reference after the first.
#[derive(Debug)]
pub enum Step {
    /// A key that is known.
    Key(Term),
    /// Every key that matches a pattern.
    Open(Pattern),
}

/// A pattern that a value has to match. Variables in it that have no value yet are bound.
#[derive(Debug)]
pub enum Pattern {
    /// Any value, which is not kept.
    Any,
    /// Any value, to which the variable is bound.
    Bind(Slot),
    /// The value of this term.
    Equal(Term),
    /// An array of this length, whose items match these patterns.
    Array(Vec<Pattern>),
    /// An object with exactly these keys, whose values match these patterns.
    Object(Vec<(Term, Pattern)>),
}

/// A comprehension.
#[derive(Debug)]
pub struct Comprehension {
    /// What it collects.
    pub head: ComprehensionHead,
    /// The body, each of whose solutions adds to the collection.
    pub body: Vec<Statement>,
}

/// The head of a comprehension.
#[derive(Debug)]
pub enum ComprehensionHead {
    /// `[item | …]`
    Array(Term),
    /// `{element | …}`
    Set(Term),
    /// `{key: value | …}`, with the location of the key for errors.
    Object(Term, Term, Location),
}
