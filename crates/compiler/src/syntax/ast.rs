//! The syntax of Rego as a tree, in OPA's own terms.

use std::rc::Rc;

use values::Value;

/// A name of a variable.
pub type Name = Rc<str>;

/// The head of every reference to the documents.
pub const DATA: &str = "data";
/// The head of every reference to the input.
pub const INPUT: &str = "input";

/// A span of one module's source text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Location {
    /// Which of the modules.
    pub module: u32,
    /// From here.
    pub start: u32,
    /// To here, exclusive.
    pub end: u32,
}

/// One module: a file.
#[derive(Debug, Clone)]
pub struct Module {
    /// `data.a.b`, of `package a.b`.
    pub package: Vec<Term>,
    /// Where the package is declared.
    pub at: Location,
    /// Its imports, in order.
    pub imports: Vec<Import>,
    /// Its rules, in order; a rule with several bodies is several rules.
    pub rules: Vec<Rule>,
    /// Whether it is written in Rego v1, by version or by import.
    pub is_v1: bool,
    /// Its METADATA.
    pub metadata: Vec<Block>,
}

/// A block of METADATA.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its location in the source.
    pub at: Location,
    /// The line of its heading, from 1.
    pub row: usize,
    /// What it says below its heading, without `#`.
    pub lines: Vec<String>,
    /// The location of each line.
    pub places: Vec<Location>,
}

/// `import data.a.b as c`.
#[derive(Debug, Clone)]
pub struct Import {
    /// Its location in the source.
    pub at: Location,
    /// What is imported, from its root on.
    pub path: Vec<Term>,
    /// The name that it gets.
    pub alias: Option<Name>,
}

impl Import {
    /// The name under which it is known.
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

/// One rule, with one body.
#[derive(Debug, Clone)]
pub struct Rule {
    /// From its head to the end of its body.
    pub at: Location,
    /// Whether it is a `default`.
    pub is_default: bool,
    /// What it defines.
    pub head: Head,
    /// When.
    pub body: Body,
    /// What is tried if the body doesn't hold.
    pub else_branch: Option<Box<Rule>>,
    /// Whether no body is written.
    pub generated_body: bool,
}

/// What a rule defines.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says how something is written"
)]
pub struct Head {
    /// Its location in the source.
    pub at: Location,
    /// What it defines, from the package on: a variable, then strings and other terms.
    pub reference: Vec<Term>,
    /// The arguments of a function.
    pub args: Option<Vec<Term>>,
    /// The element of a set.
    pub key: Option<Term>,
    /// The value; none where it is a set.
    pub value: Option<Term>,
    /// Whether no value is written.
    pub generated_value: bool,
    /// Whether the value is assigned with `:=`.
    pub assigned: bool,
    /// Whether `contains` is written.
    pub has_contains: bool,
    /// Whether `if` is written.
    pub has_if: bool,
}

impl Head {
    /// What it is made of but for the variable that it begins with and its arguments.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        let reference = self.reference.iter().skip(1);
        reference.chain(&self.key).chain(&self.value)
    }

    /// Whether the rule makes a set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.key.is_some() && self.value.is_none()
    }

    /// Whether the rule is a function: one without arguments is a rule like others.
    #[must_use]
    pub fn is_function(&self) -> bool {
        self.args.as_ref().is_some_and(|args| !args.is_empty())
    }

    /// The name at the head of the reference.
    #[must_use]
    pub fn name(&self) -> Name {
        match self.reference.first().map(|term| &term.kind) {
            Some(TermKind::Var(name)) => name.clone(),
            _ => "".into(),
        }
    }
}

/// Expressions that have to hold together.
pub type Body = Vec<Expr>;

/// One expression of a body.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Its location in the source.
    pub at: Location,
    /// Whether it is negated with `not`.
    pub negated: bool,
    /// What it says.
    pub kind: ExprKind,
    /// What is replaced while it is evaluated.
    pub with: Vec<With>,
    /// Whether the compiler made it.
    pub generated: bool,
    /// Whether it is an equation that `:=` became.
    pub assigns: bool,
}

/// What an expression says.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A term, which has to be neither undefined nor false.
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
    /// What `not`, `and` and `or` join: bodies of their own, whose variables stay in them.
    #[must_use]
    pub fn operands(&self) -> &[Operand] {
        match self {
            Self::Not(operand) => std::slice::from_ref(operand),
            Self::And(operands) | Self::Or(operands) => operands.as_slice(),
            Self::Term(_) | Self::Call(_) | Self::Some(_) | Self::Every(_) => &[],
        }
    }

    /// The same, to be changed.
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
    /// Its location, braces included.
    pub at: Location,
    /// Its expressions: one where there are no braces.
    pub body: Body,
    /// Whether it is written in braces. Only then it may declare variables.
    pub has_braces: bool,
}

/// `every k, v in domain { body }`.
#[derive(Debug, Clone)]
pub struct Every {
    /// The variable of the key.
    pub key: Option<Term>,
    /// The variable of the value.
    pub value: Term,
    /// What is gone through.
    pub domain: Term,
    /// What has to hold each time.
    pub body: Body,
}

/// `with target as value`.
#[derive(Debug, Clone)]
pub struct With {
    /// Its location in the source.
    pub at: Location,
    /// What is replaced.
    pub target: Term,
    /// By what.
    pub value: Term,
}

/// A term.
#[derive(Debug, Clone)]
pub struct Term {
    /// Its location in the source.
    pub at: Location,
    /// What it is.
    pub kind: TermKind,
}

/// What a term is.
#[derive(Debug, Clone)]
pub enum TermKind {
    /// A scalar that is written out.
    Value(Value),
    /// A variable; `$0`, `$1` … where `_` is written.
    Var(Name),
    /// A reference: its head, then what is looked up one by one.
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
    /// Whether it is written in backticks, and may have several lines.
    pub is_raw: bool,
    /// Its strings and the expressions in braces, in order. No string is empty.
    pub parts: Vec<Part>,
}

/// A part of a template string.
#[derive(Debug, Clone)]
pub enum Part {
    /// Text, or a scalar in braces.
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

    /// The variable's name, where it is one.
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

    /// The value of a scalar.
    #[must_use]
    pub fn as_value(&self) -> Option<&Value> {
        match &self.kind {
            TermKind::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The string, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&Rc<str>> {
        match &self.kind {
            TermKind::Value(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// What OPA calls the kind of term.
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

    /// The name of an operator: `count`, `data.p.f`; none for terms that name nothing.
    #[must_use]
    pub fn operator(&self) -> Option<String> {
        match &self.kind {
            TermKind::Var(name) => Some(name.to_string()),
            TermKind::Ref(parts) => path_name(parts),
            _ => None,
        }
    }
}

/// `a.b.c` of a reference that has only strings after its head.
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
