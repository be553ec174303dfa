//! What a rule looks at of the values of its variables, of which the input is one.

use std::collections::BTreeMap;

use crate::syntax::ast::{INPUT, Name, Rule, Term, TermKind};
use crate::syntax::visit::{self, Visitor};
use values::InputUsage;

/// How deep the usage of a variable may go. Where it goes deeper, all of the variable counts as used.
const DEEPEST: usize = 64;

/// How often equations are gone through that aren't in the order in which the variables are bound.
const ROUNDS: usize = 8;

/// What a rule looks at of the input: `x = input.a; x.b` looks at `input.a.b` only.
pub(super) fn input_of(rule: &Rule) -> InputUsage {
    let mut variables = Variables::default();
    visit::walk_rule(rule, &mut variables);
    variables.join_equal_ones();
    std::mem::take(&mut variables.get(&INPUT.into()).usage)
}

/// The steps of a reference, by what is written out of them.
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
    /// How many equations say what it is.
    equations: usize,
    /// How many variables are part of it that haven't been joined with it.
    parts: usize,
}

/// That a variable is what is under another one.
struct Equation {
    variable: Name,
    head: Name,
    path: Vec<Term>,
}

impl Variables {
    fn get(&mut self, name: &Name) -> &mut Variable {
        self.known.entry(name.clone()).or_default()
    }

    /// Says of what is under a variable what holds for the variables that are equal to it.
    fn join_equal_ones(&mut self) {
        let mut equations = std::mem::take(&mut self.equations);
        for Equation { variable, head, .. } in &equations {
            self.get(variable).equations += 1;
            self.get(head).parts += 1;
        }
        // What is bound last has no parts.
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
        // What has two equations is compared by them. Of what isn't looked at, it counts that it is there.
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

/// A variable, and what it is equal to: a variable, and what is looked up in it.
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
