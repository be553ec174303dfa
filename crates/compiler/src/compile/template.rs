//! Turns template strings into calls of `internal.template_string`, as OPA's compiler does. An expression in braces
//! becomes the set of its values, which is empty if it is undefined.

use std::collections::HashSet;

use super::names::{Names, equation};
use super::safety::{Inner, Known, VarSet, argument_vars, learn, needed_by};
use super::tree::Tree;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{
    Body, DATA, Expr, ExprKind, INPUT, Module, Part, Rule, Template, Term, TermKind,
};
use crate::syntax::visit::{VisitorMut, is_ground, walk_expr_mut, walk_term_mut, walk_withs_mut};

/// The function that joins the parts.
const FUNCTION: [&str; 2] = ["internal", "template_string"];

/// The nodes whose rules have a value for every input.
pub(super) fn defined(modules: &[Module], tree: &Tree) -> HashSet<usize> {
    let places = 0..tree.nodes.len();
    places
        .filter(|place| is_defined(modules, tree, *place))
        .collect()
}

/// Whether the rules of a node have a value for every input.
pub(super) fn is_defined(modules: &[Module], tree: &Tree, place: usize) -> bool {
    let ids = tree.node(place).into_iter().flat_map(|node| &node.rules);
    let rules: Vec<&Rule> = ids
        .filter_map(|id| modules.get(id.module)?.rules.get(id.rule))
        .collect();
    let [first, others @ ..] = rules.as_slice() else {
        return false;
    };
    !first.head.is_function()
        && (first.head.is_set()
            || rules.iter().any(|rule| rule.is_default)
            || (others.is_empty() && is_constant(first)))
}

/// Whether a rule always has the same value.
fn is_constant(rule: &Rule) -> bool {
    let is_empty = matches!(rule.body.as_slice(), [Expr { kind: ExprKind::Term(term), negated: false, with, .. }]
        if with.is_empty() && term.as_value() == Some(&true.into()));
    let value = rule.head.value.as_ref();
    is_empty
        && value.is_some_and(|value| match &value.kind {
            TermKind::Value(_) => true,
            TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_) => is_ground(value),
            _ => false,
        })
}

/// Rewrites the template strings of rules or of a query.
pub(super) struct Templates<'t> {
    tree: &'t Tree,
    is_defined: &'t dyn Fn(usize) -> bool,
    names: &'t mut Names,
    /// The problems found in them.
    pub problems: Vec<Problem>,
}

impl<'t> Templates<'t> {
    /// `is_defined` says whether the rules of a node have a value for every input.
    pub(super) fn new(
        tree: &'t Tree,
        is_defined: &'t dyn Fn(usize) -> bool,
        names: &'t mut Names,
    ) -> Self {
        Self {
            tree,
            is_defined,
            names,
            problems: Vec::new(),
        }
    }

    /// Rewrites the template strings of one rule, without its `else` branches.
    pub(super) fn rule(&mut self, rule: &mut Rule) {
        let mut known = argument_vars(rule);
        known.extend([DATA.into(), INPUT.into()]);
        let known = self.body(&mut rule.body, &known);
        let head = &mut rule.head;
        let reference = head.reference.iter_mut().skip(1);
        let args = head.args.iter_mut().flatten();
        for term in reference
            .chain(args)
            .chain(&mut head.key)
            .chain(&mut head.value)
        {
            self.within(&known).visit_term(term);
        }
    }

    /// Rewrites the template strings of a query.
    pub(super) fn query(&mut self, body: &mut Body) {
        self.body(body, &VarSet::from([DATA.into(), INPUT.into()]));
    }

    /// Rewrites the template strings of a body, and returns the variables that have values in it.
    fn body<'k>(&mut self, body: &mut Body, known: &'k dyn Known) -> Inner<'k> {
        let mut safe = Inner::new(known);
        for expr in body.iter() {
            learn(expr, &mut safe, self.tree);
        }
        self.within(&safe).visit_body(body);
        safe
    }

    /// Rewrites template strings where these variables have values.
    fn within<'r>(&'r mut self, safe: &'r dyn Known) -> Rewriting<'r, 't> {
        Rewriting {
            templates: self,
            safe,
        }
    }

    /// The call that a template string becomes.
    fn call(
        &mut self,
        template: &mut Template,
        at: crate::syntax::ast::Location,
        safe: &dyn Known,
    ) -> Option<TermKind> {
        let problems = self.problems.len();
        let mut items = Vec::new();
        for part in std::mem::take(&mut template.parts) {
            match part {
                Part::Value(term) => items.push(term),
                Part::Expr(expr) => items.extend(self.values_of(expr, safe)),
            }
        }
        if items.is_empty() {
            items.push(Term::text(at, ""));
        }
        let [root, name] = FUNCTION;
        let function = TermKind::Ref(vec![Term::var(at, root), Term::text(at, name)]);
        let items = Term::new(at, TermKind::Array(items));
        (self.problems.len() == problems)
            .then(|| TermKind::Call(vec![Term::new(at, function), items]))
    }

    /// The set of the values of an expression.
    fn values_of(&mut self, expr: Expr, safe: &dyn Known) -> Option<Term> {
        let term = match expr.kind {
            ExprKind::Term(term) => term,
            ExprKind::Call(call) => {
                let operator = call.first().and_then(Term::operator);
                // `walk` may have many values.
                if operator.as_deref() == Some("walk") {
                    let message =
                        "illegal call to relation built-in 'walk' that may cause multiple outputs";
                    self.problems
                        .push(Problem::new(Code::Compile, expr.at, message));
                    return None;
                }
                Term::new(expr.at, TermKind::Call(call))
            }
            other => {
                let kind = match other {
                    ExprKind::And(_) => "LogicalAnd",
                    ExprKind::Or(_) => "LogicalOr",
                    ExprKind::Every(_) => "Every",
                    ExprKind::Some(_) => "SomeDecl",
                    _ => "Not",
                };
                let message = format!("unexpected template-string expression type: *ast.{kind}");
                self.problems
                    .push(Problem::new(Code::Compile, expr.at, message));
                return None;
            }
        };
        let at = term.at;
        let is_defined = match &term.kind {
            TermKind::Var(_) => true,
            TermKind::Ref(parts) => {
                let is_data = parts.len() > 1
                    && parts
                        .first()
                        .and_then(Term::as_var)
                        .is_some_and(|root| &**root == DATA);
                let place = self.tree.named_by(parts).filter(|_| is_data);
                place.is_some_and(self.is_defined)
            }
            _ => false,
        };
        if is_defined {
            return Some(Term::new(at, TermKind::Set(vec![term])));
        }
        let needed = needed_by(&term).into_iter();
        let mut unknown: Vec<_> = needed.filter(|name| !safe.has(name)).collect();
        sort::by(&mut unknown, Ord::cmp);
        for name in unknown {
            let shown = self.names.shown(&name).unwrap_or(name);
            let message = format!("var {shown} is undeclared");
            self.problems.push(Problem::new(Code::Compile, at, message));
        }
        let var = Term::new(at, TermKind::Var(self.names.fresh()));
        let capture = Expr {
            with: expr.with,
            generated: false,
            ..equation(at, var.clone(), term)
        };
        Some(Term::new(
            at,
            TermKind::SetComprehension(Box::new(var), vec![capture]),
        ))
    }
}

/// Rewrites template strings where these variables have values.
struct Rewriting<'r, 't> {
    templates: &'r mut Templates<'t>,
    safe: &'r dyn Known,
}

impl VisitorMut for Rewriting<'_, '_> {
    // OPA doesn't know here what the operands of `not`, `and` and `or` bind.
    fn visit_expr(&mut self, expr: &mut Expr) {
        let ExprKind::Every(every) = &mut expr.kind else {
            return walk_expr_mut(expr, self);
        };
        self.visit_term(&mut every.domain);
        let mut inner = Inner::new(self.safe);
        let vars = every.key.iter().chain([&every.value]);
        inner.own.extend(vars.filter_map(Term::as_var).cloned());
        self.templates.body(&mut every.body, &inner);
        walk_withs_mut(&mut expr.with, self);
    }

    fn visit_term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                let safe = self.templates.body(body, self.safe);
                self.templates.within(&safe).visit_term(head);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                let safe = self.templates.body(body, self.safe);
                let mut inner = self.templates.within(&safe);
                inner.visit_term(key);
                inner.visit_term(value);
            }
            TermKind::Template(template) => {
                if let Some(call) = self.templates.call(template, term.at, self.safe) {
                    term.kind = call;
                    // There may be others inside it.
                    self.visit_term(term);
                }
            }
            _ => walk_term_mut(term, self),
        }
    }
}
