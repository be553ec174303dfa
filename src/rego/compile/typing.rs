//! Types that can't be: an argument of a kind that its function never takes, two values of different
//! kinds that should be equal. Types are told from what is written out and from the functions that
//! made a value; what comes from documents and rules may be anything.

use std::collections::HashMap;

use super::names::is_operator;
use crate::rego::builtins;
use crate::rego::problem::{Code, Problem};
use crate::rego::syntax::ast::{Body, Expr, Kind, Name, Says, Term};
use crate::rego::types::Type;
use crate::rego::value::Value;

/// Every type of a body's expressions that can't be.
pub fn check(body: &Body) -> Vec<Problem> {
    let mut typing = Typing::default();
    typing.body(body);
    typing.problems
}

#[derive(Default)]
struct Typing {
    vars: HashMap<Name, Type>,
    problems: Vec<Problem>,
}

impl Typing {
    fn body(&mut self, body: &Body) {
        for expr in body {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.says {
            Says::Term(term) => {
                self.term(term);
            }
            Says::Call(call) => match call.as_slice() {
                [operator, left, right] if is_operator(operator, "eq") => {
                    self.equal(expr, left, right);
                }
                [operator, operands @ ..] => self.call(expr, operator, operands),
                [] => {}
            },
            Says::Every(every) => {
                self.term(&every.domain);
                self.body(&every.body);
            }
            Says::Some(_) => {}
        }
    }

    fn equal(&mut self, expr: &Expr, left: &Term, right: &Term) {
        match (self.term(left), self.term(right)) {
            (Some(a), Some(b)) => {
                if !unifies(&a, &b) {
                    let message = format!("match error\n\tleft  : {a}\n\tright : {b}");
                    self.problems
                        .push(Problem::new(Code::Type, expr.at, message));
                }
            }
            (Some(known), None) => self.learn(right, known),
            (None, Some(known)) => self.learn(left, known),
            (None, None) => {}
        }
    }

    fn learn(&mut self, term: &Term, known: Type) {
        if let Kind::Var(name) = &term.kind {
            self.vars.insert(name.clone(), known);
        }
    }

    fn call(&mut self, expr: &Expr, operator: &Term, operands: &[Term]) {
        let types: Vec<_> = operands.iter().map(|operand| self.term(operand)).collect();
        let Some(name) = operator.operator() else {
            return;
        };
        let Some(builtin) = builtins::find(&name) else {
            return;
        };
        let Some(Type::Function {
            arguments, result, ..
        }) = Type::parse(builtin.signature)
        else {
            return;
        };
        // What is replaced may be of any type.
        if !expr.with.is_empty() {
            return;
        }
        let wanted = || arguments.iter().chain(result.as_deref());
        let fits = wanted()
            .zip(&types)
            .all(|(wanted, given)| given.as_ref().is_none_or(|given| unifies(given, wanted)));
        if !fits {
            let have: Vec<_> = types
                .iter()
                .map(|given| {
                    given
                        .as_ref()
                        .map_or_else(|| "???".to_owned(), ToString::to_string)
                })
                .collect();
            let want: Vec<_> = wanted().map(ToString::to_string).collect();
            let message = format!(
                "{name}: invalid argument(s)\n\thave: ({})\n\twant: ({})",
                have.join(", "),
                want.join(", ")
            );
            self.problems
                .push(Problem::new(Code::Type, expr.at, message));
        }
        if let (Some(out), Some(result)) = (operands.get(arguments.len()), result) {
            self.learn(out, result.unnamed().clone());
        }
    }

    /// A term's type; none where it may be anything.
    fn term(&mut self, term: &Term) -> Option<Type> {
        match &term.kind {
            Kind::Value(value) => Some(of_value(value)),
            Kind::Var(name) => self.vars.get(name).cloned(),
            Kind::Ref(parts) => {
                for part in parts.iter().skip(1) {
                    self.term(part);
                }
                None
            }
            Kind::Array(items) => Some(Type::Array {
                fixed: items.iter().map(|item| self.any(item)).collect(),
                rest: None,
            }),
            Kind::Set(items) => {
                let elements = items.iter().map(|item| self.any(item)).collect();
                Some(Type::Set(Box::new(one_of(elements))))
            }
            Kind::Object(fields) => {
                let mut fixed = Vec::new();
                for (key, value) in fields {
                    let value = self.any(value);
                    match key.as_value() {
                        Some(key) => fixed.push((key.clone(), value)),
                        None => return Some(any_object()),
                    }
                }
                Some(Type::Object { fixed, rest: None })
            }
            Kind::ArrayOf(head, body) => {
                self.body(body);
                Some(Type::Array {
                    fixed: Vec::new(),
                    rest: Some(Box::new(self.any(head))),
                })
            }
            Kind::SetOf(head, body) => {
                self.body(body);
                Some(Type::Set(Box::new(self.any(head))))
            }
            Kind::ObjectOf(_, _, body) => {
                self.body(body);
                Some(any_object())
            }
            Kind::Call(_) => None,
        }
    }

    fn any(&mut self, term: &Term) -> Type {
        self.term(term).unwrap_or(Type::ANY)
    }
}

fn any_object() -> Type {
    Type::Object {
        fixed: Vec::new(),
        rest: Some(Box::new((Type::ANY, Type::ANY))),
    }
}

/// One type that all of these are.
fn one_of(mut types: Vec<Type>) -> Type {
    if types.contains(&Type::ANY) {
        return Type::ANY;
    }
    let mut distinct: Vec<Type> = Vec::new();
    for each in types.drain(..) {
        if !distinct.contains(&each) {
            distinct.push(each);
        }
    }
    match distinct.len() {
        1 => distinct.swap_remove(0),
        _ => Type::Any(distinct),
    }
}

fn of_value(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Boolean,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::Array(items) => Type::Array {
            fixed: items.iter().map(of_value).collect(),
            rest: None,
        },
        Value::Set(items) => Type::Set(Box::new(one_of(items.iter().map(of_value).collect()))),
        Value::Object(fields) => Type::Object {
            fixed: fields
                .iter()
                .map(|(key, value)| (key.clone(), of_value(value)))
                .collect(),
            rest: None,
        },
    }
}

/// Whether a value can be of both types.
fn unifies(a: &Type, b: &Type) -> bool {
    match (a.unnamed(), b.unnamed()) {
        (Type::Any(types), other) | (other, Type::Any(types)) => {
            types.is_empty() || types.iter().any(|each| unifies(each, other))
        }
        (Type::Null, Type::Null)
        | (Type::Boolean, Type::Boolean)
        | (Type::Number, Type::Number)
        | (Type::String, Type::String)
        | (Type::Function { .. }, Type::Function { .. }) => true,
        (Type::Set(a), Type::Set(b)) => unifies(a, b),
        (Type::Array { fixed: xs, rest: x }, Type::Array { fixed: ys, rest: y }) => {
            arrays_unify((xs, x.as_deref()), (ys, y.as_deref()))
        }
        (Type::Object { fixed: xs, rest: x }, Type::Object { fixed: ys, rest: y }) => {
            // A type that allows further fields doesn't ask for those that it tells.
            let fits = |(key, value): &(Value, Type),
                        is_asked: bool,
                        others: &[(Value, Type)],
                        rest: &Option<Box<(Type, Type)>>| {
                match others.iter().find(|(other, _)| other == key) {
                    Some((_, other)) => unifies(value, other),
                    None => {
                        !is_asked
                            || rest.as_ref().is_some_and(|rest| {
                                unifies(&of_value(key), &rest.0) && unifies(value, &rest.1)
                            })
                    }
                }
            };
            xs.iter().all(|field| fits(field, x.is_none(), ys, y))
                && ys.iter().all(|field| fits(field, y.is_none(), xs, x))
        }
        _ => false,
    }
}

fn arrays_unify(a: (&[Type], Option<&Type>), b: (&[Type], Option<&Type>)) -> bool {
    let length = a.0.len().max(b.0.len());
    (0..length).all(|i| match (a.0.get(i).or(a.1), b.0.get(i).or(b.1)) {
        (Some(a), Some(b)) => unifies(a, b),
        _ => false,
    }) && match (a.1, b.1) {
        (Some(a), Some(b)) => unifies(a, b),
        _ => true,
    }
}
