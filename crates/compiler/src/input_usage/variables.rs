//! Finds the parts of its variables' values that a rule reads. The input counts as a variable.

use std::collections::BTreeMap;

use crate::syntax::ast::{INPUT, Name, Rule, Term, TermKind};
use crate::syntax::visit::{self, Visitor};
use values::InputUsage;

/// How deep the usage of a variable may go. Beyond that, all of the variable counts as used.
const DEEPEST: usize = 64;

/// How often the equations are gone through, as some may not be in the order in which their variables are bound.
const ROUNDS: usize = 8;

/// The parts of the input that a rule reads: `x = input.a; x.b` reads only `input.a.b`.
pub(super) fn input_of(rule: &Rule) -> InputUsage {
    let mut variables = Variables::default();
    visit::walk_rule(rule, &mut variables);
    variables.join_equal_ones();
    std::mem::take(&mut variables.get(&INPUT.into()).usage)
}

/// The keys of a reference's parts; `None` for those that aren't known.
fn keys(path: &[Term]) -> impl Iterator<Item = Option<&str>> {
    path.iter().map(|step| step.as_text().map(AsRef::as_ref))
}

#[derive(Default)]
struct Variables {
    known: BTreeMap<Name, Variable>,
    equations: Vec<Equation>,
}

#[derive(Default)]
struct Variable {
    usage: InputUsage,
    /// How many equations bind it.
    equations: usize,
    /// How many variables are parts of it, and haven't been joined with it yet.
    parts: usize,
}

/// `variable = head[path…]`.
struct Equation {
    variable: Name,
    head: Name,
    path: Vec<Term>,
}

impl Variables {
    fn get(&mut self, name: &Name) -> &mut Variable {
        self.known.entry(name.clone()).or_default()
    }

    /// Adds the usage of each variable to that of the variable of which it is a part.
    fn join_equal_ones(&mut self) {
        let mut equations = std::mem::take(&mut self.equations);
        for Equation { variable, head, .. } in &equations {
            self.get(variable).equations += 1;
            self.get(head).parts += 1;
        }
        // The variables that are bound last have no parts.
        equations.reverse();
        for _ in 0..ROUNDS {
            equations.retain(|equation| {
                let is_early = self.get(&equation.variable).parts > 0;
                if !is_early {
                    self.join(equation);
                }
                is_early
            });
        }
        for Equation { head, path, .. } in equations {
            self.get(&head).usage.at(keys(&path)).add_all();
        }
    }

    fn join(&mut self, equation: &Equation) {
        let Equation {
            variable,
            head,
            path,
        } = equation;
        let own = self.get(variable);
        let usage = std::mem::take(&mut own.usage);
        // A variable in two equations is compared as a whole. If nothing is read of it, it still matters whether it
        // is defined.
        let is_whole =
            own.equations > 1 || usage.is_nothing() || path.len() + usage.depth() > DEEPEST;
        let head = self.get(head);
        head.parts -= 1;
        if is_whole {
            head.usage.at(keys(path)).add_all();
        } else {
            head.usage.at(keys(path)).join(&usage, &mut { usize::MAX });
        }
    }
}

impl Visitor for Variables {
    fn visit_term(&mut self, term: &Term) -> bool {
        match &term.kind {
            TermKind::Var(name) => {
                self.get(name).usage.add_all();
                false
            }
            TermKind::Ref(parts) => {
                let Some((head, path)) = parts.split_first() else {
                    return false;
                };
                let Some(name) = head.as_var() else {
                    return true;
                };
                self.get(name).usage.at(keys(path)).add_all();
                for step in path {
                    visit::walk_term(step, self);
                }
                false
            }
            _ => true,
        }
    }

    fn visit_call(&mut self, call: &[Term]) -> bool {
        let [operator, left, right] = call else {
            return true;
        };
        if operator.operator().as_deref() != Some("eq") {
            return true;
        }
        let Some((variable, head, path)) = equation(left, right).or_else(|| equation(right, left))
        else {
            return true;
        };
        for step in path {
            visit::walk_term(step, self);
        }
        self.equations.push(Equation {
            variable: variable.clone(),
            head: head.clone(),
            path: path.to_vec(),
        });
        false
    }
}

/// A variable that a term is equal to, and the variable and path of that term.
fn equation<'t>(left: &'t Term, right: &'t Term) -> Option<(&'t Name, &'t Name, &'t [Term])> {
    let variable = left.as_var().filter(|name| &***name != INPUT)?;
    match &right.kind {
        TermKind::Ref(parts) => {
            let (head, path) = parts.split_first()?;
            Some((variable, head.as_var()?, path))
        }
        TermKind::Var(name) if &**name == INPUT => Some((variable, name, &[])),
        _ => None,
    }
}
