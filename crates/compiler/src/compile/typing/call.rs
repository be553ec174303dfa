//! Checks the types in calls: whether the arguments can have the types of the parameters, and whether both sides of
//! an equation can be equal.

use super::body::Checker;
use super::problem;
use crate::compile::names::is_operator;
use crate::problem::Problem;
use crate::shown::Shown;
use crate::syntax::ast::{Expr, ExprKind, Location, Term, TermKind};
use crate::types::Type;
use builtins::Builtin;

/// Functions whose result type OPA 1.22 knows, and 0.70 doesn't.
const OF_ANY_RESULT_IN_V0: [&str; 7] = [
    "json.filter",
    "json.remove",
    "object.filter",
    "object.remove",
    "object.subset",
    "object.union",
    "object.union_n",
];

impl Checker<'_> {
    /// The type error of a call, and whether it may be due to a type that isn't known.
    pub(super) fn check_call(&mut self, expr: &Expr) -> Option<(Problem, bool)> {
        let ExprKind::Call(call) = &expr.kind else {
            return None;
        };
        let (operator, operands) = call.split_first()?;
        if is_operator(operator, "eq")
            && let [left, right] = operands
        {
            return self.check_equal(expr.at, left, right);
        }
        if self.is_v1() {
            let found = match operator.operator().as_deref() {
                Some("internal.member_2") => self.check_member(expr.at, operands, 2),
                Some("internal.member_3") => self.check_member(expr.at, operands, 3),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        self.check_arguments(expr.at, operator, operands)
    }

    /// Checks that a function is replaced by one that takes the same arguments.
    pub(super) fn check_replaced(&self, expr: &Expr) -> Option<(Problem, bool)> {
        expr.with.iter().find_map(|with| {
            let replaced = self.of_operator(&with.target)?;
            let by = self.of_operator(&with.value)?;
            let (
                Type::Function {
                    arguments: want, ..
                },
                Type::Function {
                    arguments: have, ..
                },
            ) = (&replaced, &by)
            else {
                return None;
            };
            if self.unifies(&replaced, &by) {
                return None;
            }
            let message = format!("{}: arity mismatch", self.shown_operator(&with.target));
            let want: Vec<&Type> = want.iter().collect();
            let (lines, document) = argument_details(have, &want, None);
            let problem = problem(with.at, message).with_details(lines, document);
            Some((problem, false))
        })
    }

    /// The type of a term that may name a function.
    fn of_operator(&self, term: &Term) -> Option<Type> {
        match (self.tree.builtin(term), &term.kind) {
            (Some(builtin), _) => self.declared(builtin),
            (None, TermKind::Ref(parts)) => Some(self.of_reference(parts).into_owned()),
            _ => None,
        }
    }

    fn check_equal(&mut self, at: Location, left: &Term, right: &Term) -> Option<(Problem, bool)> {
        let (a, b) = (self.infer(left), self.infer(right));
        (!self.equal(left, &a, right, &b)).then(|| match_error(at, &a, &b))
    }

    /// Checks that `in` can find the value in the collection.
    fn check_member(
        &mut self,
        at: Location,
        operands: &[Term],
        count: usize,
    ) -> Option<(Problem, bool)> {
        let collection = self.infer(operands.get(count - 1)?);
        let values = collection.values();
        if values.is_unknown() {
            return None;
        }
        let key = (count == 3).then(|| (operands.first(), collection.keys()));
        let element = (operands.get(count - 2), values);
        for (operand, of) in key.into_iter().chain([element]) {
            let operand = operand?;
            if of.is_partial() {
                continue;
            }
            let given = self.infer(operand);
            if !given.is_partial() && !self.unifies(&given, &of) || !self.take(operand, &of, false)
            {
                return Some(match_error(at, &given, &of));
            }
        }
        None
    }

    fn check_arguments(
        &mut self,
        at: Location,
        operator: &Term,
        operands: &[Term],
    ) -> Option<(Problem, bool)> {
        let of = self.of_operator(operator)?;
        let Type::Function {
            arguments,
            variadic,
            result,
        } = of
        else {
            let message = format!("undefined function {}", self.shown_operator(operator));
            let is_known = !of.is_any() && !of.is_unknown();
            return is_known.then(|| (problem(at, message), false));
        };
        let wanted: Vec<&Type> = arguments.iter().chain(result.as_deref()).collect();
        let want = |i: usize| wanted.get(i).copied().or(variadic.as_deref());
        let given: Vec<Type> = operands.iter().map(|operand| self.infer(operand)).collect();
        for (i, operand) in operands.iter().enumerate() {
            let Some(want) = want(i).map(Type::unnamed) else {
                continue;
            };
            let is_known = given
                .get(i)
                .filter(|given| self.is_v1() && !given.is_partial());
            let fits = is_known.is_none_or(|given| self.unifies(given, want));
            let have: Vec<Type> = if fits {
                if self.take(operand, want, false) {
                    continue;
                }
                operands.iter().map(|operand| self.infer(operand)).collect()
            } else {
                given
            };
            let message = format!("{}: invalid argument(s)", self.shown_operator(operator));
            let (lines, document) = argument_details(&have, &wanted, variadic.as_deref());
            let problem = problem(at, message).with_details(lines, document);
            return Some((problem, have.iter().any(Type::is_partial)));
        }
        None
    }

    /// The type of a function, as OPA declares it in this version.
    fn declared(&self, builtin: &Builtin) -> Option<Type> {
        let of = Type::parse(builtin.signature)?;
        Some(match of {
            Type::Function {
                arguments,
                variadic,
                ..
            } if !self.is_v1() && OF_ANY_RESULT_IN_V0.contains(&builtin.name) => Type::Function {
                arguments,
                variadic,
                result: Some(Box::new(Type::ANY)),
            },
            of => of,
        })
    }

    fn shown_operator(&self, operator: &Term) -> String {
        match &operator.kind {
            TermKind::Ref(parts) => self.shown(parts),
            _ => operator.operator().unwrap_or_default(),
        }
    }
}

fn match_error(at: Location, a: &Type, b: &Type) -> (Problem, bool) {
    let lines = vec![format!("left  : {a}"), format!("right : {b}")];
    let document = Shown::Fields(vec![("a", a.to_value().into()), ("b", b.to_value().into())]);
    let problem = problem(at, "match error".to_owned()).with_details(lines, document);
    (problem, a.is_partial() || b.is_partial())
}

/// The details that OPA reports for arguments of the wrong types.
pub(crate) fn argument_details(
    have: &[Type],
    want: &[&Type],
    variadic: Option<&Type>,
) -> (Vec<String>, Shown) {
    let listed = |types: &mut dyn Iterator<Item = String>| types.collect::<Vec<_>>().join(", ");
    let given = have.iter().map(ToString::to_string);
    let more = variadic.map(|variadic| format!("{variadic}..."));
    let wanted = want.iter().map(ToString::to_string).chain(more);
    let lines = vec![
        format!("have: ({})", listed(&mut given.into_iter())),
        format!("want: ({})", listed(&mut wanted.into_iter())),
    ];
    let arguments = want.iter().map(|want| want.to_value().into()).collect();
    let mut fields = vec![("args", Shown::List(arguments))];
    fields.extend(variadic.map(|variadic| ("variadic", variadic.to_value().into())));
    let document = Shown::Fields(vec![
        (
            "have",
            Shown::List(have.iter().map(|have| have.to_value().into()).collect()),
        ),
        ("want", Shown::Fields(fields)),
    ]);
    (lines, document)
}
