//! `with` in modules of tests. The machine has none, so an expression with `with` becomes a rule of its own, which
//! the host evaluates with the replaced documents.

use std::collections::{BTreeSet, HashMap};
use std::mem;

use regorus::unstable::{Expr, Literal, WithModifier};

use super::lower::Lowering;

/// The function that asks the host to evaluate a rule. Its arguments are the path of the rule, the replaced documents
/// as pairs of path and value, and the local variables. The host answers with an array of the value, or an empty one.
pub(super) const EVALUATE_WITH: (&str, usize) = ("evaluate_with", 3);

/// The key in `data` under which such a rule finds the local variables of its expression.
pub(super) const LOCALS: &str = "locals";

#[derive(Default)]
pub(super) struct Overrides {
    pub(super) package: String,
    /// The rules that were made of expressions, as name and text.
    pub(super) rules: Vec<(String, String)>,
    /// The local variables that the current expression uses.
    pub(super) used: BTreeSet<String>,
}

impl Lowering {
    /// The lowered form of a statement with `with`; `None` for a statement that regorus' compiler refuses anyway.
    pub(super) fn overridden(
        &mut self,
        literal: &Literal,
        modifiers: &[WithModifier],
        out: &mut Vec<String>,
    ) -> Option<String> {
        Some(match literal {
            Literal::SomeIn {
                key,
                value,
                collection,
                ..
            } => {
                let pair = self.pair(key.as_ref(), value);
                let collection = self.evaluated_with(collection, modifiers, out);
                format!("some {pair} in {collection}")
            }
            Literal::Expr { expr, .. } => {
                let (pattern, expr) = match expr.as_ref() {
                    Expr::AssignExpr { lhs, rhs, .. } => (Some(self.expr(lhs)), rhs),
                    _ => (None, expr),
                };
                let value = self.evaluated_with(expr, modifiers, out);
                match pattern {
                    Some(pattern) => format!("{pattern} = {value}"),
                    None => value,
                }
            }
            Literal::SomeVars { .. } | Literal::NotExpr { .. } | Literal::Every { .. } => {
                return None;
            }
        })
    }

    /// Binds a variable to the value of an expression that the host evaluates with other documents.
    fn evaluated_with(
        &mut self,
        expr: &Expr,
        modifiers: &[WithModifier],
        out: &mut Vec<String>,
    ) -> String {
        let mut replaced = Vec::new();
        for modifier in modifiers {
            let (path, value) = (self.expr(&modifier.refr), self.expr(&modifier.r#as));
            replaced.push(format!("[\"{path}\", {value}]"));
        }
        let outer = self
            .overrides
            .as_mut()
            .map(|overrides| mem::take(&mut overrides.used));
        let text = self.expr(expr);
        let in_force: BTreeSet<_> = self.scopes.iter().flat_map(HashMap::values).collect();
        let locals: Vec<_> = self
            .overrides
            .iter()
            .flat_map(|overrides| &overrides.used)
            .filter(|local| in_force.contains(local))
            .cloned()
            .collect();
        let (rule, value, answer) = (
            self.fresh("evaluated"),
            self.fresh("value"),
            self.fresh("answer"),
        );
        let given: Vec<_> = locals
            .iter()
            .map(|local| format!("{local} = data.{LOCALS}.{local}\n"))
            .collect();
        let handed: Vec<_> = locals
            .iter()
            .map(|local| format!("\"{local}\": {local}"))
            .collect();
        let mut path = rule.clone();
        if let Some(overrides) = &mut self.overrides {
            overrides.used.extend(outer.unwrap_or_default());
            path = format!("data.{}.{rule}", overrides.package);
            overrides.rules.push((
                rule.clone(),
                format!(
                    "{rule} := {value} if {{ {}{value} = {text} }}",
                    given.concat()
                ),
            ));
        }
        out.push(format!(
            "{answer} = {}(\"{path}\", [{}], {{{}}})",
            EVALUATE_WITH.0,
            replaced.join(", "),
            handed.join(", ")
        ));
        let value = self.fresh("value");
        out.push(format!("{value} = {answer}[0]"));
        value
    }
}
