//! Compiles queries.

use super::call;
use super::declare::declare_in_query;
use super::expand::Expander;
use super::names::{Names, equation, operands};
use super::print::Prints;
use super::resolve::Resolver;
use super::safety::{self, VarSet};
use super::template;
use super::tree::Tree;
use super::{Compiled, same_package, stage};
use crate::problem::{Code, Problem};
use crate::syntax::ast::{Body, Expr, ExprKind, Import, Location, Module, Name, Term, TermKind};

/// The scope of a query: the package and imports whose names it may use.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// `data.a.b` for `package a.b`; empty without a package.
    pub package: Vec<Term>,
    /// The imports.
    pub imports: Vec<Import>,
}

impl Scope {
    fn resolve(&self, body: &mut Body, compiled: &Compiled) {
        if self.package.is_empty() && self.imports.is_empty() {
            return;
        }
        let module = Module {
            package: self.package.clone(),
            at: Location::default(),
            imports: self.imports.clone(),
            rules: Vec::new(),
            is_v1: false,
            metadata: Vec::new(),
        };
        let same = compiled
            .modules
            .iter()
            .filter(|other| same_package(&module, other));
        let rules = same
            .flat_map(|other| &other.rules)
            .map(|rule| rule.head.name())
            .collect();
        Resolver::new(&module, &rules).query(body);
    }
}

/// A query that has been compiled.
#[derive(Debug)]
pub struct Query {
    /// Its expressions, in the form that is evaluated.
    pub body: Body,
    /// For each expression as written, what holds its value.
    pub captured: Vec<Captured>,
    /// The variables as written, with their names in the body.
    pub bindings: Vec<(Name, Name)>,
}

/// What holds the value of an expression.
#[derive(Debug)]
pub struct Captured {
    /// The location of the expression in the query.
    pub at: Location,
    /// The variable that holds the value; `None` if the value is `true` whenever the expression holds.
    pub var: Option<Name>,
}

impl Query {
    /// Checks a query of compiled modules, and rewrites it, as OPA does.
    ///
    /// # Errors
    ///
    /// All problems of the first stage that finds any.
    pub fn compile(
        mut body: Body,
        scope: &Scope,
        compiled: &Compiled,
        names: &mut Names,
    ) -> Result<Self, Vec<Problem>> {
        if body.is_empty() {
            let message = "empty query cannot be compiled";
            return Err(vec![Problem::nowhere(Code::Compile, message)]);
        }
        scope.resolve(&mut body, compiled);
        let tree = &compiled.tree;
        let mut captured = capture(&mut body, tree, names);
        stage(declare_in_query(&mut body, names, tree.version()))?;
        // This is only computed on demand, because a query is short, and there may be many modules.
        let is_defined = |place| template::is_defined(&compiled.modules, tree, place);
        let mut templates = template::Templates::new(tree, &is_defined, names);
        templates.query(&mut body);
        stage(templates.problems)?;
        stage(call::void_calls_in_query(&body))?;
        let known = VarSet::new();
        let mut problems = Vec::new();
        let mut prints = Prints {
            arguments: &known,
            tree,
            names,
            problems: &mut problems,
        };
        prints.body(&mut body, &known);
        stage(problems)?;
        let bindings = bindings(&body, names);
        let mut expander = Expander { names };
        expander.calls_in_body(&mut body);
        expander.heads_in_body(&mut body);
        let mut problems = Vec::new();
        call::check_with(&mut body, tree, names, &mut problems);
        stage(problems)?;
        let mut problems = Vec::new();
        call::check_calls(&body, tree, names, &mut problems);
        stage(problems)?;
        stage(safety::order(&mut body, &known, tree, names))?;
        // Values are reported in the order in which they are computed.
        sort::by_key(&mut captured, |captured| {
            body.iter()
                .position(|expr| expr.at == captured.at && !expr.generated)
        });
        Expander { names }.references_in_body(&mut body);
        stage(compiled.types.problems_in_query(&body, tree, names))?;
        Ok(Self {
            body,
            captured,
            bindings,
        })
    }
}

/// Gives each expression a variable for its value.
fn capture(body: &mut Body, tree: &Tree, names: &mut Names) -> Vec<Captured> {
    let is_checked = body.len() > 1 || iterates(body);
    let mut captured = Vec::new();
    let mut checks = Body::new();
    for expr in body.iter_mut() {
        let mut found = Captured {
            at: expr.at,
            var: None,
        };
        let is_equation = operands(expr, "assign").is_some() || operands(expr, "eq").is_some();
        if !expr.negated && !is_equation {
            let var = Term::new(expr.at, TermKind::Var(names.fresh()));
            let is_captured = match &mut expr.kind {
                ExprKind::Term(term) => {
                    let at = expr.at;
                    expr.kind = equation(at, term.clone(), var.clone()).kind;
                    true
                }
                ExprKind::Call(call) => {
                    let is_whole = call.first().is_some_and(|operator| {
                        tree.arity_of(operator) == Some(call.len() - 1) && gives_a_result(operator)
                    });
                    if is_whole {
                        call.push(var.clone());
                    }
                    is_whole
                }
                ExprKind::Some(_)
                | ExprKind::Every(_)
                | ExprKind::Not(_)
                | ExprKind::And(_)
                | ExprKind::Or(_) => false,
            };
            if is_captured {
                found.var = var.as_var().cloned();
                if is_checked {
                    checks.push(Expr {
                        at: expr.at,
                        negated: false,
                        kind: ExprKind::Term(var),
                        with: Vec::new(),
                        generated: true,
                        assigns: false,
                    });
                }
            }
        }
        if !matches!(expr.kind, ExprKind::Some(_)) || is_some_in(expr) {
            captured.push(found);
        }
    }
    body.append(&mut checks);
    captured
}

fn is_some_in(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Some(symbols) if symbols.iter().any(|symbol| matches!(symbol.kind, TermKind::Call(_))))
}

fn gives_a_result(operator: &Term) -> bool {
    operator
        .operator()
        .and_then(|name| builtins::find(&name))
        .is_none_or(builtins::Builtin::has_result)
}

/// Whether OPA thinks that an expression may hold more than once.
fn iterates(body: &Body) -> bool {
    use crate::syntax::visit::{Visitor, walk_body};
    struct Variables(bool);
    impl Visitor for Variables {
        fn visit_term(&mut self, term: &Term) -> bool {
            if let TermKind::Ref(parts) = &term.kind {
                self.0 |= parts.iter().skip(1).any(|part| part.as_var().is_some());
            }
            true
        }

        fn visit_body(&mut self, _body: &Body) -> bool {
            false
        }
    }
    let mut found = Variables(false);
    walk_body(body, &mut found);
    found.0
}

/// The variables that the result shows, with their names as written.
fn bindings(body: &Body, names: &Names) -> Vec<(Name, Name)> {
    use crate::syntax::visit::{Vars, walk_expr};
    let mut found = Vec::new();
    for expr in body {
        if let ExprKind::Call(call) = &expr.kind
            && let Some(operator) = call.first()
            && operator.as_var().is_none()
        {
            // The name of the operator isn't a variable.
            for term in call.iter().skip(1) {
                crate::syntax::visit::walk_term(
                    term,
                    &mut Vars {
                        found: &mut found,
                        closures: false,
                    },
                );
            }
            continue;
        }
        walk_expr(
            expr,
            &mut Vars {
                found: &mut found,
                closures: false,
            },
        );
    }
    let mut bindings: Vec<(Name, Name)> = found
        .into_iter()
        .filter(|name| !matches!(&**name, "data" | "input") && !name.starts_with('$'))
        .filter_map(|name| {
            let shown = names.shown(&name)?;
            (!shown.starts_with('_') || shown.len() > 1).then_some((shown, name))
        })
        .collect();
    sort::by(&mut bindings, Ord::cmp);
    bindings.dedup();
    bindings
}
