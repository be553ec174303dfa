//! Template strings become calls of `internal.template_string`, as OPA's compiler makes them: what
//! stands in braces becomes the set of its values, which is empty where that is undefined.

use std::collections::HashSet;

use super::names::{Names, equation};
use super::safety::{Inner, Known, VarSet, argument_vars, learn, needed_by};
use super::tree::Tree;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{
    Body, DATA, Every, Expr, ExprKind, INPUT, Module, Part, Rule, Template, Term, TermKind,
};
use crate::syntax::visit::is_ground;

/// The function that puts the parts together.
const FUNCTION: [&str; 2] = ["internal", "template_string"];

/// The places of rules that have a value whatever the input is.
pub(super) fn defined(modules: &[Module], tree: &Tree) -> HashSet<usize> {
    let is_defined = |node: &super::tree::Node| {
        let rules: Vec<&Rule> = node
            .rules
            .iter()
            .filter_map(|id| modules.get(id.module)?.rules.get(id.rule))
            .collect();
        let [first, others @ ..] = rules.as_slice() else {
            return false;
        };
        !first.head.is_function()
            && (first.head.is_set()
                || rules.iter().any(|rule| rule.is_default)
                || (others.is_empty() && is_constant(first)))
    };
    let nodes = tree.nodes.iter().enumerate();
    nodes
        .filter(|(_, node)| is_defined(node))
        .map(|(at, _)| at)
        .collect()
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
    defined: &'t HashSet<usize>,
    names: &'t mut Names,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
}

impl<'t> Templates<'t> {
    /// For rules at places of which these always have a value.
    pub(super) fn new(tree: &'t Tree, defined: &'t HashSet<usize>, names: &'t mut Names) -> Self {
        Self {
            tree,
            defined,
            names,
            problems: Vec::new(),
        }
    }

    /// Rewrites those of one rule, but not of what is tried after it.
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
            self.term(term, &known);
        }
    }

    /// Rewrites those of a query.
    pub(super) fn query(&mut self, body: &mut Body) {
        self.body(body, &VarSet::from([DATA.into(), INPUT.into()]));
    }

    /// Rewrites those of a body; the variables that have values in it.
    fn body<'k>(&mut self, body: &mut Body, known: &'k dyn Known) -> Inner<'k> {
        let mut safe = Inner::new(known);
        for expr in body.iter() {
            learn(expr, &mut safe, self.tree);
        }
        self.exprs(body, &safe);
        safe
    }

    fn exprs(&mut self, body: &mut Body, safe: &dyn Known) {
        for expr in body {
            self.expr(expr, safe);
        }
    }

    fn expr(&mut self, expr: &mut Expr, safe: &dyn Known) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.term(term, safe),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                for term in terms {
                    self.term(term, safe);
                }
            }
            ExprKind::Every(every) => self.every(every, safe),
            // What is bound in there isn't known to OPA here.
            ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
                for operand in expr.kind.operands_mut() {
                    self.exprs(&mut operand.body, safe);
                }
            }
        }
        for with in &mut expr.with {
            self.term(&mut with.target, safe);
            self.term(&mut with.value, safe);
        }
    }

    fn every(&mut self, every: &mut Every, safe: &dyn Known) {
        self.term(&mut every.domain, safe);
        let mut inner = Inner::new(safe);
        let vars = every.key.iter().chain([&every.value]);
        inner.own.extend(vars.filter_map(Term::as_var).cloned());
        self.body(&mut every.body, &inner);
    }

    fn term(&mut self, term: &mut Term, safe: &dyn Known) {
        match &mut term.kind {
            TermKind::Value(_) | TermKind::Var(_) => {}
            TermKind::Ref(items)
            | TermKind::Array(items)
            | TermKind::Set(items)
            | TermKind::Call(items) => {
                for item in items {
                    self.term(item, safe);
                }
            }
            TermKind::Object(fields) => {
                for (key, value) in fields {
                    self.term(key, safe);
                    self.term(value, safe);
                }
            }
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                let safe = self.body(body, safe);
                self.term(head, &safe);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                let safe = self.body(body, safe);
                self.term(key, &safe);
                self.term(value, &safe);
            }
            TermKind::Template(template) => {
                if let Some(call) = self.call(template, term.at, safe) {
                    term.kind = call;
                    // There may be others in it.
                    self.term(term, safe);
                }
            }
        }
    }

    /// The call that a template string stands for.
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
                // It would find many values.
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
                place.is_some_and(|place| self.defined.contains(&place))
            }
            _ => false,
        };
        if is_defined {
            return Some(Term::new(at, TermKind::Set(vec![term])));
        }
        let needed = needed_by(&term).into_iter();
        let mut unknown: Vec<_> = needed.filter(|name| !safe.has(name)).collect();
        unknown.sort();
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
