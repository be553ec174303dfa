//! A module as OPA's parser gives it to its formatter: the syntax tree with OPA's locations.

use compiler::syntax::ast::Name;
use std::rc::Rc;

/// A location as OPA has it: a place, and a text that may begin elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Loc {
    /// From 1.
    pub row: i64,
    pub column: usize,
    /// Where its text begins and ends, in bytes.
    pub start: usize,
    pub end: usize,
    /// Whether it is the location that the formatter gives to what has none.
    pub is_default: bool,
}

#[derive(Debug)]
pub(super) struct Module {
    pub package: Loc,
    pub path: Vec<Term>,
    pub imports: Vec<Import>,
    pub rules: Vec<Rule>,
}

#[derive(Debug)]
pub(super) struct Import {
    pub loc: Loc,
    pub path: Vec<Term>,
    pub alias: Option<Name>,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub loc: Loc,
    pub is_default: bool,
    pub head: Head,
    pub body: Vec<Expr>,
    pub else_branch: Option<Box<Rule>>,
}

#[derive(Debug)]
pub(super) struct Head {
    pub loc: Loc,
    pub reference: Vec<Term>,
    pub args: Vec<Term>,
    pub key: Option<Term>,
    pub value: Option<Term>,
    pub is_assigned: bool,
    /// Whether it is that of an `else`.
    pub is_else: bool,
    /// Whether OPA gave the head's own location to the value.
    pub shares_loc: bool,
}

#[derive(Debug)]
pub(super) struct Expr {
    pub loc: Loc,
    pub is_negated: bool,
    pub kind: ExprKind,
    pub with: Vec<With>,
    pub loose: Loose,
}

#[derive(Debug)]
pub(super) enum ExprKind {
    Term(Term),
    Call(Vec<Term>),
    Some(Loc, Vec<Term>),
    Every(Box<Every>),
    Not(Box<Operand>),
    And(Box<[Operand; 2]>),
    Or(Box<[Operand; 2]>),
}

impl ExprKind {
    /// The bodies that `not`, `and` and `or` join.
    pub(super) fn operands(&self) -> &[Operand] {
        match self {
            Self::Not(operand) => std::slice::from_ref(operand),
            Self::And(operands) | Self::Or(operands) => operands.as_slice(),
            Self::Term(_) | Self::Call(_) | Self::Some(..) | Self::Every(_) => &[],
        }
    }

    /// The same, to be changed.
    pub(super) fn operands_mut(&mut self) -> &mut [Operand] {
        match self {
            Self::Not(operand) => std::slice::from_mut(operand),
            Self::And(operands) | Self::Or(operands) => operands.as_mut_slice(),
            Self::Term(_) | Self::Call(_) | Self::Some(..) | Self::Every(_) => &mut [],
        }
    }
}

#[derive(Debug)]
pub(super) struct Operand {
    pub body: Vec<Expr>,
    pub has_braces: bool,
}

#[derive(Debug)]
pub(super) struct Every {
    pub loc: Loc,
    pub key: Option<Term>,
    pub value: Term,
    pub domain: Term,
    pub body: Vec<Expr>,
}

#[derive(Debug)]
pub(super) struct With {
    pub loc: Loc,
    pub target: Term,
    pub value: Term,
}

#[derive(Debug)]
pub(super) struct Term {
    pub loc: Loc,
    pub kind: TermKind,
    pub loose: Loose,
    /// Alike for terms that OPA holds for equal.
    pub hash: u64,
}

#[derive(Debug)]
pub(super) enum TermKind {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    String(Rc<str>),
    Var(Name),
    Ref(Vec<Term>),
    Array(Vec<Term>),
    /// Without those fields that others of the same key replace.
    Object(Vec<(Term, Term)>),
    /// Without repetitions.
    Set(Vec<Term>),
    ArrayComprehension(Box<Term>, Vec<Expr>),
    SetComprehension(Box<Term>, Vec<Expr>),
    ObjectComprehension(Box<Term>, Box<Term>, Vec<Expr>),
    Call(Vec<Term>),
    Template(Box<Template>),
}

#[derive(Debug)]
pub(super) struct Template {
    pub is_raw: bool,
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Part {
    Value(Term),
    Expr(Expr),
}

impl Part {
    pub(super) fn loc(&self) -> Loc {
        match self {
            Self::Value(term) => term.loc,
            Self::Expr(expr) => expr.loc,
        }
    }
}

/// What keeps OPA from trusting the locations of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Loose {
    /// Something in it has a default location.
    pub is_default: bool,
    /// A variable in it is named as OPA names those that it generates.
    pub is_generated: bool,
}

impl Loose {
    pub(super) fn any(self) -> bool {
        self.is_default || self.is_generated
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            is_default: self.is_default || other.is_default,
            is_generated: self.is_generated || other.is_generated,
        }
    }
}

/// How an operator is written between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Infix {
    pub name: &'static str,
    pub sign: &'static str,
    pub arity: usize,
}

const fn infix(name: &'static str, sign: &'static str) -> Infix {
    Infix {
        name,
        sign,
        arity: 2,
    }
}

const INFIXES: [Infix; 15] = [
    infix("eq", "="),
    infix("assign", ":="),
    infix("gt", ">"),
    infix("gte", ">="),
    infix("lt", "<"),
    infix("lte", "<="),
    infix("neq", "!="),
    infix("equal", "=="),
    infix("plus", "+"),
    infix("minus", "-"),
    infix("mul", "*"),
    infix("div", "/"),
    infix("rem", "%"),
    infix("and", "&"),
    infix("or", "|"),
];

const MEMBER_2: Infix = infix("internal.member_2", "in");
const MEMBER_3: Infix = Infix {
    name: "internal.member_3",
    sign: "in",
    arity: 3,
};

impl Term {
    /// How the operator that this names is written between its operands, if it is.
    pub(super) fn infix(&self) -> Option<&'static Infix> {
        let TermKind::Ref(parts) = &self.kind else {
            return None;
        };
        match parts.as_slice() {
            [
                Term {
                    kind: TermKind::Var(name),
                    ..
                },
            ] => INFIXES.iter().find(|infix| infix.name == &**name),
            [
                Term {
                    kind: TermKind::Var(package),
                    ..
                },
                Term {
                    kind: TermKind::String(name),
                    ..
                },
            ] if &**package == "internal" => match &**name {
                "member_2" => Some(&MEMBER_2),
                "member_3" => Some(&MEMBER_3),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is the union of two sets.
    pub(super) fn is_union(&self) -> bool {
        matches!(&self.kind, TermKind::Call(call) if is_union(call))
    }

    pub(super) fn is_true(&self) -> bool {
        matches!(self.kind, TermKind::Bool(true))
    }

    /// What OPA calls the kind of term.
    pub(super) fn type_name(&self) -> &'static str {
        match &self.kind {
            TermKind::Null => "null",
            TermKind::Bool(_) => "boolean",
            TermKind::Number(_) => "number",
            TermKind::String(_) => "string",
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

    /// The terms of a call.
    pub(super) fn as_call(&self) -> Option<&[Term]> {
        match &self.kind {
            TermKind::Call(call) => Some(call),
            _ => None,
        }
    }

    /// Whether it is known without an evaluation and by nothing but itself.
    pub(super) fn is_constant(&self) -> bool {
        match &self.kind {
            TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => true,
            TermKind::Array(items) | TermKind::Set(items) => items.iter().all(Term::is_constant),
            TermKind::Object(fields) => fields
                .iter()
                .all(|(key, value)| key.is_constant() && value.is_constant()),
            _ => false,
        }
    }

    /// Whether it holds no variable but at the heads of references.
    pub(super) fn is_ground(&self) -> bool {
        match &self.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::ArrayComprehension(..)
            | TermKind::SetComprehension(..)
            | TermKind::ObjectComprehension(..) => true,
            TermKind::Var(_) | TermKind::Template(_) => false,
            TermKind::Ref(parts) => parts.iter().skip(1).all(Term::is_ground),
            TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
                items.iter().all(Term::is_ground)
            }
            TermKind::Object(fields) => fields
                .iter()
                .all(|(key, value)| key.is_ground() && value.is_ground()),
        }
    }
}

/// Whether the terms of a call are those of a set's union.
pub(super) fn is_union(call: &[Term]) -> bool {
    call.first()
        .and_then(Term::infix)
        .is_some_and(|infix| infix.name == "or")
}

impl Expr {
    /// Whether it says `true` and nothing else.
    pub(super) fn is_true(&self) -> bool {
        !self.is_negated
            && self.with.is_empty()
            && matches!(&self.kind, ExprKind::Term(term) if term.is_true())
    }

    /// Whether it is a set, not negated.
    pub(super) fn is_set(&self) -> bool {
        !self.is_negated
            && matches!(&self.kind, ExprKind::Term(term) if matches!(term.kind, TermKind::Set(_)))
    }
}

impl Head {
    /// Whether it makes a set.
    pub(super) fn is_set(&self) -> bool {
        self.key.is_some() && self.value.is_none()
    }
}
