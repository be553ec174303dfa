//! The syntax tree of Rego, with OPA's names.

use std::rc::Rc;

use values::Value;

/// The name of a variable.
pub type Name = Rc<str>;

/// The first part of references to documents.
pub const DATA: &str = "data";
/// The first part of references to the input.
pub const INPUT: &str = "input";

/// A span of one module's source text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Location {
    /// The index of the module.
    pub module: u32,
    /// The offset of its first byte.
    pub start: u32,
    /// The offset after its last byte.
    pub end: u32,
}

/// A module, which is one file.
#[derive(Debug, Clone)]
pub struct Module {
    /// `data.a.b` for `package a.b`.
    pub package: Vec<Term>,
    /// The location of the package declaration.
    pub at: Location,
    /// Its imports, in source order.
    pub imports: Vec<Import>,
    /// Its rules, in source order. A rule with several bodies is several rules.
    pub rules: Vec<Rule>,
    /// Whether it is written in Rego v1, because of its version or an import.
    pub is_v1: bool,
    /// Its METADATA blocks, in source order.
    pub metadata: Vec<Block>,
}

/// A block of METADATA.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its location in the source.
    pub at: Location,
    /// The line of its heading, counted from 1.
    pub row: usize,
    /// The lines below its heading, without `#`.
    pub lines: Vec<String>,
    /// The location of each line.
    pub places: Vec<Location>,
}

/// `import data.a.b as c`.
#[derive(Debug, Clone)]
pub struct Import {
    /// Its location in the source.
    pub at: Location,
    /// The imported path, such as `data.a.b`.
    pub path: Vec<Term>,
    /// The name after `as`.
    pub alias: Option<Name>,
}

impl Import {
    /// The name that it introduces.
    #[must_use]
    pub fn name(&self) -> Option<Name> {
        self.alias
            .clone()
            .or_else(|| match &self.path.last()?.kind {
                TermKind::Var(name) => Some(name.clone()),
                TermKind::Value(Value::String(text)) => Some(text.clone()),
                _ => None,
            })
    }
}

/// A rule with one body.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its location, from the head to the end of the body.
    pub at: Location,
    /// Whether it is a `default` rule.
    pub is_default: bool,
    /// Its head.
    pub head: Head,
    /// Its body.
    pub body: Body,
    /// The `else` branch that is tried if the body doesn't hold.
    pub else_branch: Option<Box<Rule>>,
    /// Whether it was written without a body.
    pub generated_body: bool,
}

/// The head of a rule: what it defines.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says how something is written"
)]
pub struct Head {
    /// Its location in the source.
    pub at: Location,
    /// The reference that it defines, without the package: a variable, then strings and other terms.
    pub reference: Vec<Term>,
    /// The arguments, if it is a function.
    pub args: Option<Vec<Term>>,
    /// The element that it adds, if it is a set.
    pub key: Option<Term>,
    /// The value; `None` for a set.
    pub value: Option<Term>,
    /// Whether it was written without a value.
    pub generated_value: bool,
    /// Whether the value was written after `:=`.
    pub assigned: bool,
    /// Whether `contains` was written.
    pub has_contains: bool,
    /// Whether `if` was written.
    pub has_if: bool,
}

impl Head {
    /// Its terms, without the variable that it begins with and without its arguments.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        let reference = self.reference.iter().skip(1);
        reference.chain(&self.key).chain(&self.value)
    }

    /// Whether the rule is a partial set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.key.is_some() && self.value.is_none()
    }

    /// Whether the rule is a function. A rule with empty parentheses isn't.
    #[must_use]
    pub fn is_function(&self) -> bool {
        self.args.as_ref().is_some_and(|args| !args.is_empty())
    }

    /// The variable that the reference begins with.
    #[must_use]
    pub fn name(&self) -> Name {
        match self.reference.first().map(|term| &term.kind) {
            Some(TermKind::Var(name)) => name.clone(),
            _ => "".into(),
        }
    }
}

/// Expressions that all have to hold.
pub type Body = Vec<Expr>;

/// An expression of a body.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Its location in the source.
    pub at: Location,
    /// Whether it is negated with `not`.
    pub negated: bool,
    /// What it states.
    pub kind: ExprKind,
    /// Its `with` modifiers.
    pub with: Vec<With>,
    /// Whether the compiler made it.
    pub generated: bool,
    /// Whether it was written with `:=`.
    pub assigns: bool,
}

/// What an expression states.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A term that has to be neither undefined nor false.
    Term(Term),
    /// A call: the operator, then the operands.
    Call(Vec<Term>),
    /// `some x, y`, or `some x in xs` as the call of `internal.member_2` or `…_3`.
    Some(Vec<Term>),
    /// `every x in xs { … }`.
    Every(Box<Every>),
    /// `not { … }`, and `not x` where `future.keywords.not` is imported.
    Not(Box<Operand>),
    /// `left and right`.
    And(Box<[Operand; 2]>),
    /// `left or right`.
    Or(Box<[Operand; 2]>),
}

impl ExprKind {
    /// The operands of `not`, `and` and `or`: bodies whose variables are local to them.
    #[must_use]
    pub fn operands(&self) -> &[Operand] {
        match self {
            Self::Not(operand) => std::slice::from_ref(operand),
            Self::And(operands) | Self::Or(operands) => operands.as_slice(),
            Self::Term(_) | Self::Call(_) | Self::Some(_) | Self::Every(_) => &[],
        }
    }

    /// The same operands, to be changed.
    pub fn operands_mut(&mut self) -> &mut [Operand] {
        match self {
            Self::Not(operand) => std::slice::from_mut(operand),
            Self::And(operands) | Self::Or(operands) => operands.as_mut_slice(),
            Self::Term(_) | Self::Call(_) | Self::Some(_) | Self::Every(_) => &mut [],
        }
    }
}

/// The operand of `not`, `and` or `or`.
#[derive(Debug, Clone)]
pub struct Operand {
    /// Its location, including braces.
    pub at: Location,
    /// Its expressions; a single one if there are no braces.
    pub body: Body,
    /// Whether it was written in braces. If not, it can't declare variables.
    pub has_braces: bool,
}

/// `every k, v in domain { body }`.
#[derive(Debug, Clone)]
pub struct Every {
    /// The variable of the key.
    pub key: Option<Term>,
    /// The variable of the value.
    pub value: Term,
    /// The collection.
    pub domain: Term,
    /// The body, which has to hold for each item.
    pub body: Body,
}

/// `with target as value`.
#[derive(Debug, Clone)]
pub struct With {
    /// Its location in the source.
    pub at: Location,
    /// What it replaces.
    pub target: Term,
    /// The value or function that replaces it.
    pub value: Term,
}

/// A term.
#[derive(Debug, Clone)]
pub struct Term {
    /// Its location in the source.
    pub at: Location,
    /// The kind of term.
    pub kind: TermKind,
}

/// The kind of a term.
#[derive(Debug, Clone)]
pub enum TermKind {
    /// A scalar constant.
    Value(Value),
    /// A variable. For `_`, the name is `$0`, `$1` and so on.
    Var(Name),
    /// A reference: its first part, then the keys.
    Ref(Vec<Term>),
    /// `[a, b]`.
    Array(Vec<Term>),
    /// `{a: b}`.
    Object(Vec<(Term, Term)>),
    /// `{a, b}`.
    Set(Vec<Term>),
    /// `[head | body]`.
    ArrayComprehension(Box<Term>, Body),
    /// `{head | body}`.
    SetComprehension(Box<Term>, Body),
    /// `{key: value | body}`.
    ObjectComprehension(Box<Term>, Box<Term>, Body),
    /// A call: the operator, then the operands.
    Call(Vec<Term>),
    /// `$"a {b}"`.
    Template(Box<Template>),
}

/// A template string.
#[derive(Debug, Clone)]
pub struct Template {
    /// Whether it is written in backticks, and may span several lines.
    pub is_raw: bool,
    /// Its strings and the expressions in braces, in order. No string is empty.
    pub parts: Vec<Part>,
}

/// A part of a template string.
#[derive(Debug, Clone)]
pub enum Part {
    /// A string, or a scalar in braces.
    Value(Term),
    /// Any other expression in braces.
    Expr(Expr),
}

impl Term {
    /// A term.
    #[must_use]
    pub fn new(at: Location, kind: TermKind) -> Self {
        Self { at, kind }
    }

    /// A string.
    #[must_use]
    pub fn text(at: Location, text: impl Into<Value>) -> Self {
        Self::new(at, TermKind::Value(text.into()))
    }

    /// A variable.
    #[must_use]
    pub fn var(at: Location, name: impl Into<Name>) -> Self {
        Self::new(at, TermKind::Var(name.into()))
    }

    /// The name, if it is a variable.
    #[must_use]
    pub fn as_var(&self) -> Option<&Name> {
        match &self.kind {
            TermKind::Var(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is `_`.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.as_var().is_some_and(|name| name.starts_with('$'))
    }

    /// The value, if it is a scalar.
    #[must_use]
    pub fn as_value(&self) -> Option<&Value> {
        match &self.kind {
            TermKind::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&Rc<str>> {
        match &self.kind {
            TermKind::Value(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// OPA's name for the kind of term.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            TermKind::Value(value) => value.type_name(),
            TermKind::Var(_) => "var",
            TermKind::Ref(_) => "ref",
            TermKind::Array(_) => "array",
            TermKind::Object(_) => "object",
            TermKind::Set(_) => "set",
            TermKind::ArrayComprehension(..) => "arraycomprehension",
            TermKind::SetComprehension(..) => "setcomprehension",
            TermKind::ObjectComprehension(..) => "objectcomprehension",
            TermKind::Call(_) => "call",
            TermKind::Template(_) => "templatestring",
        }
    }

    /// The name of an operator, such as `count` or `data.p.f`; `None` for terms that can't be one.
    #[must_use]
    pub fn operator(&self) -> Option<String> {
        match &self.kind {
            TermKind::Var(name) => Some(name.to_string()),
            TermKind::Ref(parts) => path_name(parts),
            _ => None,
        }
    }
}

/// `a.b.c` for a reference that has only strings after its first part.
#[must_use]
pub fn path_name(parts: &[Term]) -> Option<String> {
    let (head, rest) = parts.split_first()?;
    let mut name = head.as_var()?.to_string();
    for part in rest {
        name.push('.');
        name.push_str(part.as_text()?);
    }
    Some(name)
}
