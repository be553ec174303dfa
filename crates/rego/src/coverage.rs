//! Which lines of modules an evaluation reached, counted as OPA counts them: a rule's head once the
//! rule has a value, an expression once it is evaluated, each by its first line. Only arguments on
//! lines of their own aren't counted here: OPA counts them where it takes them out of their call.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use document::LineIndex;

use super::number::Number;
use super::policy::Policy;
use super::shown::Shown;
use super::syntax::ast::{Expr, ExprKind, Location, Rule, Term};
use super::syntax::visit::{self, Visitor};
use super::value::Value;

/// The lines of each module, from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    files: BTreeMap<String, Lines>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lines {
    covered: BTreeSet<u32>,
    missed: BTreeSet<u32>,
}

impl Coverage {
    /// Sorts the lines of a policy by what was reached (`Answer::covered`).
    #[must_use]
    pub fn new(policy: &Policy, reached: &BTreeSet<Location>) -> Self {
        let files = policy
            .modules()
            .enumerate()
            .map(|(number, (source, module))| {
                let index = LineIndex::new(&source.text);
                let line = |at: &Location| index.position(at.start).line;
                let is_here = |at: &&Location| {
                    usize::try_from(at.module).is_ok_and(|module| module == number)
                };
                let mut found = Expressions::default();
                for rule in &module.rules {
                    found.rule(rule);
                }
                let covered: BTreeSet<_> = reached.iter().filter(is_here).map(line).collect();
                let missed = found
                    .0
                    .iter()
                    .map(line)
                    .filter(|line| !covered.contains(line));
                let lines = Lines {
                    missed: missed.collect(),
                    covered,
                };
                (source.path.clone(), lines)
            });
        Self {
            files: files.collect(),
        }
    }

    /// The same in the order in which OPA writes it.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let files = self.files.iter().map(|(path, lines)| {
            let mut fields = vec![
                ("covered", shown_ranges(&lines.covered)),
                ("not_covered", shown_ranges(&lines.missed)),
            ];
            let counts = counted(lines.covered.len(), lines.missed.len());
            let counts = counts.into_iter().filter(|(_, value)| !is_nothing(value));
            fields.retain(|(_, ranges)| *ranges != Shown::List(Vec::new()));
            fields.extend(counts.map(|(name, value)| (name, value.into())));
            (path.clone(), Shown::Fields(fields))
        });
        let mut fields = vec![("files", Shown::Named(files.collect()))];
        let totals = self.totals();
        fields.extend(totals.map(|(name, value)| (name, value.into())));
        Shown::Fields(fields)
    }

    /// How much was reached, in percent.
    #[must_use]
    pub fn percentage(&self) -> f64 {
        let [.., (_, share)] = self.totals();
        match share {
            Value::Number(share) => share.as_f64(),
            _ => 0.0,
        }
    }

    fn totals(&self) -> [(&'static str, Value); 3] {
        let sum = |count: fn(&Lines) -> usize| self.files.values().map(count).sum();
        counted(
            sum(|lines| lines.covered.len()),
            sum(|lines| lines.missed.len()),
        )
    }

    /// The report that `opa test --coverage` gives.
    #[must_use]
    pub fn document(&self) -> Value {
        let files = self.files.iter().map(|(path, lines)| {
            let mut fields = vec![
                ("covered", ranges(&lines.covered)),
                ("not_covered", ranges(&lines.missed)),
            ];
            fields.extend(counted(lines.covered.len(), lines.missed.len()));
            // As in OPA, where there is none of something it isn't named.
            fields.retain(|(_, value)| !is_nothing(value));
            (Value::from(path.as_str()), Value::object(fields))
        });
        let files = [("files", Value::object(files))];
        Value::object(files.into_iter().chain(self.totals()))
    }
}

fn counted(covered: usize, missed: usize) -> [(&'static str, Value); 3] {
    [
        ("covered_lines", covered.into()),
        ("not_covered_lines", missed.into()),
        ("coverage", percentage(covered, missed)),
    ]
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a module has fewer lines than 2^52"
)]
fn percentage(covered: usize, missed: usize) -> Value {
    if covered == 0 {
        return 0_usize.into();
    }
    let share = 100.0 * covered as f64 / (covered + missed) as f64;
    Number::parse(&share.to_string()).map_or(Value::Null, Value::from)
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Array(items) if items.is_empty()) || *value == 0_usize.into()
}

/// Lines that follow one another as ranges: `[{"start": {"row": 3}, "end": {"row": 5}}]`.
fn ranges(lines: &BTreeSet<u32>) -> Value {
    shown_ranges(lines).value()
}

fn shown_ranges(lines: &BTreeSet<u32>) -> Shown {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &line in lines {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == line => *end = line,
            _ => ranges.push((line, line)),
        }
    }
    let row = |line: u32| Shown::Fields(vec![("row", i64::from(line).into())]);
    let range = |(start, end)| Shown::Fields(vec![("start", row(start)), ("end", row(end))]);
    Shown::List(ranges.into_iter().map(range).collect())
}

/// The locations of everything that can be reached.
#[derive(Default)]
struct Expressions(BTreeSet<Location>);

impl Expressions {
    fn rule(&mut self, rule: &Rule) {
        visit::walk_rule(rule, self);
        let tried = iter::successors(Some(rule), |rule| rule.else_branch.as_deref());
        self.0.extend(tried.map(|rule| rule.at));
    }
}

impl Visitor for Expressions {
    fn visit_term(&mut self, _term: &Term) -> bool {
        true
    }

    fn visit_expr(&mut self, expr: &Expr) {
        if !expr.generated && !matches!(expr.kind, ExprKind::Some(_)) {
            self.0.insert(expr.at);
        }
    }
}
