//! Lists the values of a complete rule that has several. As OPA 1.22 does, it evaluates the rules again after the
//! conflict is known.

use std::fmt::Write as _;

use super::machine::{Machine, ON, STOP};
use compiler::problem::{Code, PLACE, Problem};
use compiler::syntax::ast::Location;
use values::{Value, Version};

/// How many values are listed.
const MAX_VALUES: usize = 10;

/// How many characters of each value are shown.
const MAX_CHARACTERS: usize = 80;

/// The values found so far, from the second on different from the first.
#[derive(Default)]
struct Conflicts {
    values: Vec<(Value, Location)>,
    has_more: bool,
}

impl Machine<'_> {
    /// Adds the values and their locations to the problem, if it says that one of these rules has several.
    pub(super) fn with_values(
        &mut self,
        problem: Problem,
        rules: &[usize],
        args: &[Value],
    ) -> Problem {
        if self.plan.version != Version::V1 || !self.is_of_one(&problem, rules) {
            return problem;
        }
        let mut conflicts = Conflicts::default();
        for rule in rules {
            // Another error isn't the one that ended the evaluation.
            if self.values_of_chain(*rule, args, &mut conflicts).is_err() || conflicts.has_more {
                break;
            }
        }
        if conflicts.values.len() < 2 {
            return problem;
        }
        sort::by_key(&mut conflicts.values, |(_, at)| *at);
        let mut message = problem.message.clone();
        message.push(':');
        for (value, _) in &conflicts.values {
            let _ = write!(message, "\n  {} at {PLACE}", shown(value));
        }
        if conflicts.has_more {
            message.push_str("\n  ...");
        }
        let places = conflicts.values.into_iter().map(|(_, at)| at).collect();
        Problem { message, ..problem }.with_places(places)
    }

    fn is_of_one(&self, problem: &Problem, rules: &[usize]) -> bool {
        let is_own = |number: &usize| {
            let mut chain = self.plan.chain(*number);
            chain.any(|rule| problem.at == Some(rule.at))
        };
        problem.code == Code::EvalConflict && rules.iter().any(is_own)
    }

    /// Adds the first value of a rule, or of its `else` branches, that differs from the first value found.
    fn values_of_chain(
        &mut self,
        number: usize,
        args: &[Value],
        conflicts: &mut Conflicts,
    ) -> Result<(), Box<Problem>> {
        self.try_chain(number, args, &mut |_, rule, value| {
            let first = conflicts.values.first();
            if first.is_some_and(|(first, _)| *first == value) {
                return ON;
            }
            if conflicts.values.len() == MAX_VALUES {
                conflicts.has_more = true;
                return STOP;
            }
            conflicts.values.push((value, rule.at));
            if conflicts.values.len() == 1 {
                ON
            } else {
                STOP
            }
        })
    }
}

/// A value on one line, cut if it is long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
