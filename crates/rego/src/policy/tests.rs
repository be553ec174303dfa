//! What only shows in a whole policy: in compiling it, and in the functions that its queries call.

mod annotations;
mod functions;
mod input_usage;
mod schemas;
mod with;

use super::{Options, Policy, Source, request};
use crate::eval::Environment;
use builtins::{Failure, Outcome};
use values::{Value, Version, json};

struct Nobody;

impl Environment for Nobody {
    fn now(&mut self) -> Result<i64, Failure> {
        Err(Failure::Refused("there is no clock".to_owned()))
    }

    fn ask(&mut self, function: &str, _: &[Value]) -> Outcome {
        Err(Failure::Refused(function.to_owned()))
    }
}

/// The value of a query as JSON, or the error.
fn answer(query: &str, version: Version) -> String {
    let options = Options {
        version,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    let mut nobody = Nobody;
    let mut asked = request(None, &mut nobody);
    asked.strict_builtin_errors = true;
    let answer = Policy::compile(Vec::new(), options).and_then(|policy| policy.ask(query, asked));
    match answer {
        Ok(answer) => {
            let row = answer.rows.into_iter().next();
            let value = row.and_then(|row| row.expressions.into_iter().next());
            value.map_or_else(|| "undefined".to_owned(), |(value, _)| json::write(&value))
        }
        Err(problems) => problems
            .into_iter()
            .map(|problem| problem.message)
            .collect(),
    }
}

/// The errors, each with its line.
fn wrong(modules: &[&str], version: Version) -> Vec<String> {
    let sources = modules.iter().enumerate().map(|(i, text)| Source {
        path: format!("{i}.rego"),
        text: (*text).to_owned(),
    });
    let options = Options {
        version,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    match Policy::compile(sources.collect(), options) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .into_iter()
            .map(|problem| {
                let line = problem.line.unwrap_or_default();
                format!("{line}: {}: {}", problem.code.name(), problem.message)
            })
            .collect(),
    }
}

#[test]
fn what_the_compiler_named_is_shown_as_a_wildcard() {
    let module = "package p\n\nr[input.x] := 1 if data.p.r\n";
    assert_eq!(
        wrong(&[module], Version::V1),
        ["3: rego_recursion_error: rule data.p.r[_] is recursive: data.p.r[_] -> data.p.r[_]"]
    );
    let module = "package p\n\nr[input.x] := 1\n\nr[input.y] contains 1\n";
    assert_eq!(
        wrong(&[module], Version::V1),
        ["3: rego_type_error: conflicting rules data.p.r[_] found"]
    );
}
