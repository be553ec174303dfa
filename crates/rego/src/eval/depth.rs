//! Nests evaluations deeper than the stack allows.
//!
//! A rule that needs another one evaluates it in a nested call. If this gets too deep, the evaluation *breaks off*:
//! it unwinds to a caller that can start over, evaluates from there what it was about to evaluate, and caches the
//! value. Then it starts over, and finds that value in the cache. A long chain of rules is therefore evaluated about
//! twice, and [`Limits::depth`](super::Limits::depth) is what limits its length.

use super::machine::Machine;
use super::plan::Callee;
use compiler::problem::Problem;
use values::{Value, budget};

/// How many evaluations may be on the stack at once.
const STACK: usize = 400;

/// The depth at which an evaluation breaks off, if a caller can start over.
const BREAK_OFF: usize = STACK * 3 / 4;

/// How many levels deeper than its start an evaluation must get before it breaks off. Without this, it might break
/// off at the same place forever.
const PROGRESS: usize = STACK / 8;

/// What an evaluation was about to evaluate when it broke off. Its value has to be cached before the evaluation
/// starts over.
#[derive(Debug)]
pub(super) enum Awaited {
    /// The document that the rules of a node define.
    Whole(usize),
    /// The part of it under one key.
    Part(usize, Value),
    /// The value of a function call.
    Call(Callee, Vec<Value>),
}

/// How deep the evaluation is.
#[derive(Debug, Default)]
pub(super) struct Depth {
    /// How many evaluations are on the stack.
    now: usize,
    /// How many were on the stack where the innermost evaluation that can start over began.
    base: usize,
    /// How many levels the evaluations that broke off, and wait to start over, had reached in total.
    waiting: usize,
    /// While unwinding: what has to be evaluated first, and how many levels deeper than `base` that is.
    awaited: Option<(Awaited, usize)>,
}

impl Machine<'_> {
    /// Evaluates something one level deeper.
    pub(super) fn deeper<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Box<Problem>>,
    ) -> Result<T, Box<Problem>> {
        if self.depth.now >= STACK.min(self.limits.depth) {
            return self.too_deep();
        }
        self.depth.now += 1;
        let result = work(self);
        self.depth.now -= 1;
        result
    }

    fn too_deep<T>(&self) -> Result<T, Box<Problem>> {
        let most = if self.depth.waiting == 0 {
            STACK.min(self.limits.depth)
        } else {
            self.limits.depth
        };
        self.end(format!(
            "the evaluation was stopped: it nests deeper than {most} levels"
        ))
    }

    /// Breaks off before something is evaluated, if that would be too deep for the stack.
    pub(super) fn come_to(&mut self, what: impl FnOnce() -> Awaited) -> Result<(), Box<Problem>> {
        if self.depth.now < BREAK_OFF || self.depth.now < self.depth.base + PROGRESS {
            return Ok(());
        }
        let way = self.depth.now - self.depth.base;
        if self.depth.waiting + way < self.limits.depth {
            self.depth.awaited = Some((what(), way));
        }
        self.too_deep()
    }

    /// Does work that may break off. Whenever it does, evaluates what it was about to, and starts over.
    pub(super) fn settle<T>(
        &mut self,
        mut work: impl FnMut(&mut Self) -> Result<T, Box<Problem>>,
    ) -> Result<T, Box<Problem>> {
        let base = std::mem::replace(&mut self.depth.base, self.depth.now);
        let mut waiting: Vec<(Awaited, usize)> = Vec::new();
        let result = loop {
            let (now, printed) = (self.depth.now, self.printed.len());
            let gathered = self.gathered;
            let result = match waiting.last().map(|(awaited, _)| awaited) {
                Some(Awaited::Whole(node)) => self.whole(*node).map(|_| None),
                Some(Awaited::Part(node, key)) => self.part(*node, key).map(|_| None),
                Some(Awaited::Call(callee, args)) => {
                    self.call(*callee, &mut args.clone()).map(|_| None)
                }
                None => work(self).map(Some),
            };
            match (result, self.depth.awaited.take()) {
                (Err(_), Some(awaited)) => {
                    self.depth.now = now;
                    self.depth.waiting += awaited.1;
                    // It is printed once more after starting over.
                    self.printed.truncate(printed);
                    budget::give(self.gathered - gathered);
                    self.gathered = gathered;
                    waiting.push(awaited);
                }
                (Ok(None), _) => {
                    let known = waiting.pop();
                    self.depth.waiting -= known.map_or(0, |(_, way)| way);
                }
                (Ok(Some(value)), _) => break Ok(value),
                (Err(problem), None) => break Err(problem),
            }
        };
        self.depth.waiting -= waiting.iter().map(|(_, way)| way).sum::<usize>();
        self.depth.base = base;
        result
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::thread;

    use crate::eval::{Alone, Limits};
    use crate::policy::{Options, Policy, Source, request};
    use values::{Value, Version, json};

    /// A chain of rules, each of which uses the next. `rule` makes one from its number and the next number, `last` is
    /// the last.
    fn row(length: usize, rule: impl Fn(usize, usize) -> String, last: &str) -> String {
        let mut text = "package t\n\n".to_owned();
        for i in 0..length {
            let _ = writeln!(text, "{}\n", rule(i, i + 1));
        }
        text + &last.replace('N', &length.to_string()) + "\n"
    }

    /// The first value that a query has, or its first error, and what it printed.
    fn answer(text: &str, query: &str, limits: Limits) -> (String, Vec<String>) {
        let ask = || {
            let source = Source {
                path: "p.rego".to_owned(),
                text: text.to_owned(),
            };
            let options = Options {
                version: Version::V0,
                is_strict: false,
                data: Value::object::<Value>([]),
            };
            let policy = Policy::compile(vec![source], options).expect("a policy");
            let mut host = Alone;
            let mut asked = request(None, &mut host);
            asked.limits = limits;
            match policy.ask(query, asked) {
                Ok(answer) => {
                    let rows = answer.rows.first();
                    let value = rows.and_then(|row| row.expressions.first());
                    let shown = value.map(|(value, _)| json::write(value));
                    (shown.unwrap_or_default(), answer.printed)
                }
                Err(problems) => (problems[0].to_string(), Vec::new()),
            }
        };
        // In a debug build, each level of Rego takes much of the stack.
        thread::scope(|scope| {
            let builder = thread::Builder::new().stack_size(256 << 20);
            let worker = builder.spawn_scoped(scope, ask).expect("a thread");
            worker.join().expect("no panic")
        })
    }

    #[test]
    fn rows_of_rules_are_longer_than_the_stack() {
        let cases = [
            row(
                1_500,
                |i, next| format!("p{i} = p{next} {{ true }}"),
                "pN = 1",
            ),
            row(
                600,
                |i, next| format!("f{i}(x) = y {{ y := f{next}(x + 1) }}"),
                "fN(x) = x\n\np0 = f0(-599) { true }",
            ),
            row(
                600,
                |i, next| format!("s{i}[x] {{ s{next}[x] }}"),
                "sN[1]\n\np0 = x { s0[x] }",
            ),
            row(
                600,
                |i, next| format!("n{i} {{ not n{next} }}"),
                "nN = false\n\np0 = count([1 | n1 ]) { true }",
            ),
            row(
                600,
                |i, next| format!("q{i} = q{next} {{ true }}"),
                "qN = input.x\n\np0 = x { x := q0 with input.x as 1 }",
            ),
            row(
                600,
                |i, next| format!("q{i} = x {{ x := [y | y := q{next}][0] }}"),
                "qN = 1\n\ng(x) = q0 { true }\n\nh(x) = 2\n\np0 = x { x := h(1) with h as g }",
            ),
        ];
        for text in cases {
            let (value, _) = answer(&text, "data.t.p0", Limits::default());
            assert_eq!(value, "1", "{}", text.get(..60).unwrap_or_default());
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_an_error_at_its_place() {
        let text = row(
            1_500,
            |i, next| format!("p{i} = p{next} {{ true }}"),
            "pN = 1",
        );
        let limits = Limits {
            depth: 1_000,
            ..Limits::default()
        };
        let (error, _) = answer(&text, "data.t.p0", limits);
        assert!(error.starts_with("p.rego:"), "{error}");
        assert!(
            error.ends_with("it nests deeper than 1000 levels"),
            "{error}"
        );
    }

    #[test]
    fn what_a_long_row_prints_is_printed_once() {
        let rule = |i: usize, next: usize| format!("p{i} = p{next} {{ print({i}) }}");
        let (value, printed) = answer(&row(700, rule, "pN = 1"), "data.t.p0", Limits::default());
        assert_eq!((value.as_str(), printed.len()), ("1", 700));
    }
}
