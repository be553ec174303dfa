//! Checks calls: whether the function exists, has the right number of arguments, and may be replaced.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::DATA;
use super::names::{Names, is_operator};
use super::tree::Tree;
use super::typing::argument_details;
use super::typing::constant::constant;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{Body, Expr, ExprKind, INPUT, Location, Rule, Term, TermKind};
use crate::syntax::visit::{Visitor, bodies_of_expr, walk_rule, walk_term};
use crate::types::Type;
use builtins::Builtin;

/// The calls in a rule that have no result, but are used as values.
pub(super) fn void_calls(rule: &Rule) -> Vec<Problem> {
    let mut found = VoidCalls(Vec::new());
    walk_rule(rule, &mut found);
    found.0
}

/// The calls in a query that have no result, but are used as values.
pub(super) fn void_calls_in_query(body: &Body) -> Vec<Problem> {
    let mut found = VoidCalls(Vec::new());
    crate::syntax::visit::walk_body(body, &mut found);
    found.0
}

/// Whether a body of a rule or comprehension calls a function that Rego v1 refuses. Only if one does, OPA also
/// refuses such calls in the bodies of `every`, `not`, `and` and `or`.
pub(super) fn has_deprecated_call(body: &Body) -> bool {
    body.iter().any(|expr| {
        let is_deprecated = matches!(&expr.kind, ExprKind::Call(call)
            if call.first().and_then(Term::operator).is_some_and(|name| builtins::is_deprecated(&name)));
        let mut closures = Vec::new();
        super::typing::body::closures_of(expr, &mut closures);
        is_deprecated
            || closures.iter().any(|closure| match &closure.kind {
                TermKind::ArrayComprehension(_, body) | TermKind::SetComprehension(_, body) | TermKind::ObjectComprehension(_, _, body) => {
                    has_deprecated_call(body)
                }
                _ => false,
            })
    })
}

/// The calls in a rule of functions that Rego v1 refuses.
pub(super) fn deprecated_calls(rule: &Rule) -> Vec<Problem> {
    fn in_body(body: &Body, problems: &mut Vec<Problem>) {
        for expr in body {
            if let ExprKind::Call(call) = &expr.kind
                && let Some(name) = call.first().and_then(Term::operator)
                && builtins::is_deprecated(&name)
            {
                let message = format!("deprecated built-in function calls in expression: {name}");
                problems.push(Problem::new(Code::Type, expr.at, message));
            }
            crate::syntax::visit::walk_expr(expr, &mut InClosures(problems));
        }
    }

    struct InClosures<'p>(&'p mut Vec<Problem>);

    impl Visitor for InClosures<'_> {
        fn visit_term(&mut self, _term: &Term) -> bool {
            true
        }

        fn visit_body(&mut self, body: &Body) -> bool {
            in_body(body, self.0);
            false
        }
    }

    let mut problems = Vec::new();
    in_body(&rule.body, &mut problems);
    problems
}

struct VoidCalls(Vec<Problem>);

impl Visitor for VoidCalls {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Call(call) = &term.kind
            && let Some(name) = call.first().and_then(Term::operator)
            && builtins::find(&name).is_some_and(|builtin| !builtin.has_result())
        {
            self.0.push(Problem::new(
                Code::Type,
                term.at,
                format!("{name}(...) used as value"),
            ));
        }
        true
    }
}

/// Checks that each call in a body and its comprehensions is of a function, and has the right number of arguments.
/// As in OPA, the arguments of a call that fails this are not checked.
pub(super) fn check_calls(body: &Body, tree: &Tree, names: &Names, problems: &mut Vec<Problem>) {
    for expr in body {
        if let Some(problem) = wrong_call(expr, tree, names) {
            problems.push(problem);
            continue;
        }
        let mut closures = Closures {
            tree,
            names,
            problems,
        };
        match &expr.kind {
            ExprKind::Term(term) => walk_term(term, &mut closures),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                for term in terms {
                    walk_term(term, &mut closures);
                }
            }
            ExprKind::Every(every) => {
                walk_term(&every.domain, &mut closures);
                check_calls(&every.body, tree, names, problems);
            }
            ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
                for operand in expr.kind.operands() {
                    check_calls(&operand.body, tree, names, problems);
                }
            }
        }
    }
}

struct Closures<'c> {
    tree: &'c Tree,
    names: &'c Names,
    problems: &'c mut Vec<Problem>,
}

impl Visitor for Closures<'_> {
    fn visit_term(&mut self, _term: &Term) -> bool {
        true
    }

    fn visit_body(&mut self, body: &Body) -> bool {
        check_calls(body, self.tree, self.names, self.problems);
        false
    }
}

fn wrong_call(expr: &Expr, tree: &Tree, names: &Names) -> Option<Problem> {
    let ExprKind::Call(call) = &expr.kind else {
        return None;
    };
    let (operator, operands) = call.split_first()?;
    let name = shown(operator, names);
    if tree.builtin(operator).is_some_and(Builtin::is_variadic) {
        return None;
    }
    let given = if expr.generated {
        operands.len().saturating_sub(1)
    } else {
        operands.len()
    };
    let Some(arity) = tree.arity_of(operator) else {
        return Some(Problem::new(Code::Type, expr.at, undefined(&name)));
    };
    let is_equation = is_operator(operator, "eq");
    let has_result = tree.builtin(operator).is_none_or(Builtin::has_result);
    let fits = if expr.generated {
        is_equation || operands.len() == arity + usize::from(has_result)
    } else {
        operands.len() == arity || operands.len() == arity + 1
    };
    let given = operands.get(..given).unwrap_or(operands);
    (!fits).then(|| arity_mismatch(expr.at, &name, tree.builtin(operator), arity, given))
}

/// The message for an undefined function. It says whether OPA has the function and we don't.
fn undefined(name: &str) -> String {
    match builtins::lacking(name) {
        Some(reason) => {
            format!("undefined function {name}: OPA has it, but it isn't supported here ({reason})")
        }
        None => format!("undefined function {name}"),
    }
}

/// The type of an operand as far as OPA knows it before it has looked at rules. A document may be of any type.
fn type_before_rules(term: &Term) -> Type {
    let root = match &term.kind {
        TermKind::Ref(parts) => parts.first().and_then(Term::as_var),
        _ => None,
    };
    match root {
        Some(root) if matches!(&**root, DATA | INPUT) => Type::ANY,
        _ => constant(term).map_or(Type::Unknown, |value| Type::from_value(&value)),
    }
}

fn arity_mismatch(
    at: Location,
    name: &str,
    builtin: Option<&Builtin>,
    arity: usize,
    given: &[Term],
) -> Problem {
    let Some(builtin) = builtin else {
        let count = given.len();
        let arguments = if count == 1 { "argument" } else { "arguments" };
        let message = format!("function {name} has arity {arity}, got {count} {arguments}");
        return Problem::new(Code::Type, at, message);
    };
    let have: Vec<Type> = given.iter().map(type_before_rules).collect();
    let (want, variadic) = match Type::parse(builtin.signature) {
        Some(Type::Function {
            arguments,
            variadic,
            ..
        }) => (arguments, variadic),
        _ => (Vec::new(), None),
    };
    let want: Vec<&Type> = want.iter().collect();
    let (lines, document) = argument_details(&have, &want, variadic.as_deref());
    Problem::new(Code::Type, at, format!("{name}: arity mismatch")).with_details(lines, document)
}

fn shown(operator: &Term, names: &Names) -> String {
    match &operator.kind {
        TermKind::Ref(parts) => {
            let mut text = String::new();
            for (i, part) in parts.iter().enumerate() {
                match &part.kind {
                    TermKind::Var(name) if i == 0 => {
                        text.push_str(&names.shown(name).unwrap_or_else(|| name.clone()));
                    }
                    TermKind::Var(name) => {
                        let _ = write!(text, "[{}]", names.shown_or_wildcard(name));
                    }
                    TermKind::Value(values::Value::String(key)) => {
                        super::tree::push_key(&mut text, key);
                    }
                    _ => text.push_str("[…]"),
                }
            }
            text
        }
        _ => operator.operator().unwrap_or_default(),
    }
}

/// Checks each `with`, and binds variables to the values that need evaluation. Like OPA, it reports only the first
/// problem of a body, and then doesn't check the bodies in it.
pub(super) fn check_with(
    body: &mut Body,
    tree: &Tree,
    names: &mut Names,
    problems: &mut Vec<Problem>,
) {
    // The value of a `with` is evaluated once for all the expressions into which its expression has been taken apart.
    let mut evaluated: BTreeMap<(Location, Location), Term> = BTreeMap::new();
    let mut exprs = std::mem::take(body).into_iter();
    while let Some(mut expr) = exprs.next() {
        for with in &mut expr.with {
            match check_replacement(&mut with.target, &mut with.value, tree) {
                Ok(false) => {}
                Ok(true) => {
                    let place = (with.target.at, with.value.at);
                    let var = evaluated.entry(place).or_insert_with(|| {
                        let (var, made) = names.bind(with.value.clone());
                        body.push(made);
                        var
                    });
                    with.value = var.clone();
                }
                Err(problem) => {
                    problems.push(*problem);
                    body.push(expr);
                    body.extend(exprs);
                    return;
                }
            }
        }
        body.push(expr);
    }
    for expr in body {
        bodies_of_expr(expr, &mut |body| {
            check_with(body, tree, names, problems);
        });
        if let ExprKind::Every(every) = &mut expr.kind {
            check_with(&mut every.body, tree, names, problems);
        }
    }
}

/// Checks one `with`. Returns whether its value has to be evaluated first, which isn't so if it names a function.
///
/// # Errors
///
/// The problem that OPA reports for the target.
fn check_replacement(
    target: &mut Term,
    value: &mut Term,
    tree: &Tree,
) -> Result<bool, Box<Problem>> {
    let at = target.at;
    let names_builtin = |term: &Term| tree.builtin(term).is_some();
    if value.as_var().is_some() && names_builtin(value) {
        value.kind = TermKind::Ref(vec![value.clone()]);
    }
    let refuse = |code, message: String| Err(Box::new(Problem::new(code, at, message)));
    match root_of(target) {
        Some(root) if root == DATA => {
            let TermKind::Ref(parts) = &target.kind else {
                return Ok(false);
            };
            let mut node = 0;
            for part in parts.iter().skip(1).take(parts.len().saturating_sub(2)) {
                let child = part.as_value().and_then(|key| tree.child(node, key));
                let Some(child) = child else {
                    return Ok(super::expand::needs_evaluation(value) && !is_function(value, tree));
                };
                if tree
                    .node(child)
                    .is_some_and(|child| !child.rules.is_empty())
                {
                    return refuse(
                        Code::Compile,
                        "with keyword cannot partially replace virtual document(s)".to_owned(),
                    );
                }
                node = child;
            }
            let is_function_target = tree
                .named_by(parts)
                .is_some_and(|node| tree.arity_at(node).is_some());
            if is_function_target && (names_builtin(value) || names_rule(value, tree)) {
                return Ok(false);
            }
            if is_function(value, tree) {
                return Ok(false);
            }
        }
        Some(root) if root == INPUT => {}
        _ if names_builtin(target) => {
            let name = target.operator().unwrap_or_default();
            if let Some(message) = irreplaceable(&name) {
                return refuse(
                    Code::Compile,
                    format!("with keyword replacing built-in function: {message}"),
                );
            }
            if target.as_var().is_some() {
                target.kind = TermKind::Ref(vec![target.clone()]);
            }
            if names_builtin(value) || names_rule(value, tree) {
                return Ok(false);
            }
        }
        _ => {
            return refuse(
                Code::Type,
                "with keyword target must reference existing input, data, or a function".to_owned(),
            );
        }
    }
    Ok(super::expand::needs_evaluation(value))
}

/// The types of a function's arguments, in OPA's notation.
#[must_use]
pub fn argument_types(builtin: &Builtin) -> Vec<String> {
    match Type::parse(builtin.signature) {
        Some(Type::Function { arguments, .. }) => arguments.iter().map(Type::to_string).collect(),
        _ => Vec::new(),
    }
}

fn irreplaceable(name: &str) -> Option<String> {
    let builtin = builtins::find(name)?;
    if matches!(name, "eq" | "rego.metadata.chain" | "rego.metadata.rule") {
        return Some(format!("replacement of \"{name}\" invalid"));
    }
    if name.starts_with("internal.") {
        return Some(format!(
            "replacement of internal function \"{name}\" invalid"
        ));
    }
    if name == "walk" {
        return Some("target must not be a relation".to_owned());
    }
    (!builtin.has_result()).then(|| "target must not be a void function".to_owned())
}

fn root_of(term: &Term) -> Option<&str> {
    match &term.kind {
        TermKind::Ref(parts) => parts.first()?.as_var().map(|name| &**name),
        _ => None,
    }
}

fn names_rule(value: &Term, tree: &Tree) -> bool {
    match &value.kind {
        TermKind::Ref(parts) if root_of(value) == Some(DATA) => tree.named_by(parts).is_some(),
        _ => false,
    }
}

fn is_function(value: &Term, tree: &Tree) -> bool {
    match &value.kind {
        TermKind::Ref(parts) if root_of(value) == Some(DATA) => tree
            .named_by(parts)
            .is_some_and(|node| tree.arity_at(node).is_some()),
        _ => false,
    }
}
