//! The syntax tree of the formatter, which has the locations that OPA's parser gives.

use compiler::syntax::ast::Name;
use std::rc::Rc;

/// A location as OPA has it: a row, and a text that may begin elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Loc {
    /// The row, counted from 1.
    pub row: i64,
    pub column: usize,
    /// The offsets at which its text begins and ends, in bytes.
    pub start: usize,
    pub end: usize,
    /// Whether it is the one that the formatter gives to nodes without a location.
    pub is_default: bool,
}

impl Loc {
    /// The location that the formatter gives to nodes without one.
    pub(super) const DEFAULT: Self = Self {
        row: 1,
        column: 0,
        start: 0,
        end: 0,
        is_default: true,
    };
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
    /// Whether it is the head of an `else`.
    pub is_else: bool,
    /// Whether OPA gave the location of the head to the value.
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
    /// The operands of `not`, `and` and `or`.
    pub(super) fn operands(&self) -> &[Operand] {
        match self {
            Self::Not(operand) => std::slice::from_ref(operand),
            Self::And(operands) | Self::Or(operands) => operands.as_slice(),
            Self::Term(_) | Self::Call(_) | Self::Some(..) | Self::Every(_) => &[],
        }
    }

    /// The same operands, to be changed.
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
    /// A hash that is the same for terms that are equal to OPA.
    pub hash: u64,
}

#[derive(Debug)]
pub(super) enum TermKind {
    Null,
    Bool(bool),
    /// A number as it is written.
    Number(String),
    String(Rc<str>),
    Var(Name),
    Ref(Vec<Term>),
    Array(Vec<Term>),
    /// An object, without fields that others with the same key replace.
    Object(Vec<(Term, Term)>),
    /// A set, without duplicates.
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

/// Why OPA distrusts the locations of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Loose {
    /// Something in it has a default location.
    pub is_default: bool,
    /// A variable in it has a name like those that OPA generates.
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

/// The operand that comes first in the source of an operation. If the call has one more term than operands, that is the
/// variable that the operation is bound to.
pub(super) fn leading_term(call: &[Term]) -> Option<&Term> {
    let infix = call.first().and_then(Term::infix)?;
    if call.len() == infix.arity + 1 {
        call.get(1)
    } else if call.len() == infix.arity + 2 {
        call.last()
    } else {
        None
    }
}

impl Term {
    /// How the operator with this name is written between its operands; `None` if it isn't one.
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

    /// OPA's name for the kind of term.
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

    /// The operator and the operands, if it is a call.
    pub(super) fn as_call(&self) -> Option<&[Term]> {
        match &self.kind {
            TermKind::Call(call) => Some(call),
            _ => None,
        }
    }

    /// Whether it is a constant.
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

    /// Whether it has no variables, except at the start of references.
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

/// Whether a call is the union of two sets.
pub(super) fn is_union(call: &[Term]) -> bool {
    call.first()
        .and_then(Term::infix)
        .is_some_and(|infix| infix.name == "or")
}

impl Expr {
    /// Whether it is only `true`.
    pub(super) fn is_true(&self) -> bool {
        !self.is_negated
            && self.with.is_empty()
            && matches!(&self.kind, ExprKind::Term(term) if term.is_true())
    }

    /// Whether it is a set, and isn't negated.
    pub(super) fn is_set(&self) -> bool {
        !self.is_negated
            && matches!(&self.kind, ExprKind::Term(term) if matches!(term.kind, TermKind::Set(_)))
    }
}

impl Head {
    /// Whether it defines a set.
    pub(super) fn is_set(&self) -> bool {
        self.key.is_some() && self.value.is_none()
    }
}
