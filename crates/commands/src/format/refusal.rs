//! Problems: why something can't be formatted.

use super::tree::{Infix, Loc, Term};
use super::writer::Writer;
use compiler::compile::argument_types;
use compiler::problem::{Code, Problem};
use compiler::shown::Shown;
use compiler::syntax::ast::Location;
use values::Value;

impl Writer<'_> {
    pub(super) fn problem_at(&self, loc: Loc, message: &str) -> Problem {
        Problem::new(Code::Parse, self.at(loc.start, loc.end), message)
    }

    fn at(&self, start: usize, end: usize) -> Location {
        Location {
            module: self.module,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end).unwrap_or(u32::MAX),
        }
    }

    /// A comment at which OPA 0.70's formatter panics.
    pub(super) fn cannot_place(&self, comment: usize) -> Problem {
        let (start, end) = self.comment(comment).map_or((0, 0), |comment| {
            (comment.start, comment.start + comment.raw.len())
        });
        let message = "this comment can't be formatted: it would end the same line as another one (OPA 0.70's formatter fails here, too); move the comment to a line of its own above the expression";
        Problem::new(Code::Parse, self.at(start, end), message)
    }

    /// A call of an operator as a function, with too few or too many operands.
    pub(super) fn refuse_operands(&mut self, infix: &Infix, operands: &[Term], loc: Loc) {
        let have: Vec<_> = operands.iter().map(Term::type_name).collect();
        let want = builtins::find(infix.name)
            .map(argument_types)
            .unwrap_or_default();
        let lines = vec![
            format!("have: ({})", have.join(",")),
            format!("want: ({})", want.join(",")),
        ];
        let list = |types: Vec<Value>| Shown::List(types.into_iter().map(Shown::Value).collect());
        let document = Shown::Fields(vec![
            ("have", list(have.into_iter().map(Value::from).collect())),
            ("want", list(want.into_iter().map(Value::from).collect())),
        ]);
        let message = format!("{}: arity mismatch", infix.name);
        let problem = Problem::new(Code::Type, self.at(loc.start, loc.end), message);
        self.problems.push(problem.with_details(lines, document));
    }
}
