//! What a rule reads of its documents, directly and through variables.

use std::collections::HashMap;

use commands::lint::{Path, Step, paths};
use compiler::syntax::ast::{Expr, ExprKind, Module, Name, Rule, Term, TermKind};
use compiler::syntax::visit::{Visitor, walk_rule};

/// How many variables may lead to one another.
const MOST_VARIABLES: usize = 8;

/// How many paths of one rule are considered.
const MOST_PATHS: usize = 1_000;

/// A path from a document. Its first steps may be those of a variable at its start.
pub struct Reached {
    /// The path from the document on.
    pub path: Path,
    /// How many of its steps are those of the variable.
    pub inherited: usize,
}

/// Every reference in a rule. One that begins with a variable is followed from what that is bound to. Variables are
/// treated as if they all had the rule as their scope.
pub fn reached(rule: &Rule, module: &Module) -> Vec<Reached> {
    let mut gathering = Gathering {
        module,
        elements: Vec::new(),
        variables: HashMap::new(),
    };
    walk_rule(rule, &mut gathering);
    let Gathering {
        elements,
        variables,
        ..
    } = gathering;
    let mut found: Vec<_> = paths(rule, module)
        .into_iter()
        .chain(elements)
        .map(|path| Reached { path, inherited: 0 })
        .collect();
    let mut new = 0..found.len();
    for _ in 0..MOST_VARIABLES {
        let further: Vec<_> = found
            .get(new.clone())
            .unwrap_or_default()
            .iter()
            .flat_map(|reached| {
                let leading = variables.get(&reached.path.head).into_iter().flatten();
                leading.map(|path| reached.from(path))
            })
            .take(MOST_PATHS.saturating_sub(found.len()))
            .collect();
        new = found.len()..found.len() + further.len();
        found.extend(further);
    }
    found
}

impl Reached {
    /// The path that begins where the variable at its start leads.
    fn from(&self, variable: &Path) -> Self {
        let Path { steps, at, .. } = &self.path;
        Self {
            path: Path {
                head: variable.head.clone(),
                steps: variable.steps.iter().chain(steps).cloned().collect(),
                at: *at,
            },
            inherited: variable.steps.len() + self.inherited,
        }
    }
}

struct Gathering<'m> {
    module: &'m Module,
    /// The paths whose elements are enumerated.
    elements: Vec<Path>,
    /// The paths that each variable leads to.
    variables: HashMap<Name, Vec<Path>>,
}

impl Gathering<'_> {
    /// Adds what a variable leads to: the path of a term, or each element at it.
    fn variable(&mut self, variable: &Term, term: &Term, is_element: bool) {
        if let Some(name) = variable.as_var()
            && let Some(mut path) = Path::from_term(term, self.module)
            && path.head != *name
        {
            if is_element {
                path.steps.push(Step::Var("$element".into()));
                self.elements.push(path.clone());
            }
            self.variables.entry(name.clone()).or_default().push(path);
        }
    }
}

impl Visitor for Gathering<'_> {
    fn visit_term(&mut self, _term: &Term) -> bool {
        true
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call(call) => {
                if let [operator, left, right] = call.as_slice()
                    && matches!(operator.operator().as_deref(), Some("assign" | "eq"))
                {
                    self.variable(left, right, false);
                    self.variable(right, left, false);
                }
            }
            ExprKind::Some(declared) => {
                for term in declared {
                    if let TermKind::Call(call) = &term.kind
                        && let [_, .., value, collection] = call.as_slice()
                    {
                        self.variable(value, collection, true);
                    }
                }
            }
            ExprKind::Every(every) => self.variable(&every.value, &every.domain, true),
            _ => {}
        }
    }
}
