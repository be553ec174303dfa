//! Evaluates cases of Rego, one per line, as the reference made of real OPA does.
//!
//! In: `{"id", "modules": {path: text}, "data"?, "input"?, "inputTerm"?, "query", "regoVersion"?, "strict"?,
//! "strictBuiltinErrors"?, "now"?}`. Out: `{"id", "result": [...]}` or `{"id", "errors": [...]}`.

use std::iter;

use builtins::{Failure, Outcome};
use rego::eval::Environment;
use rego::output;
use rego::policy::{Diagnostic, Options, Policy, Source, request};
use values::{Value, Version, json};

struct Clock(Option<i64>);

impl Environment for Clock {
    fn now(&mut self) -> Result<i64, Failure> {
        self.0
            .ok_or_else(|| Failure::Refused("there is no clock".to_owned()))
    }

    fn ask(&mut self, function: &str, _arguments: &[Value]) -> Outcome {
        Err(Failure::Refused(format!("{function} isn't answered here")))
    }
}

/// The answer to a case.
pub fn answer_line(line: &str) -> String {
    let case = json::parse(line).expect("a line of JSON");
    let id = field(&case, "id").cloned().unwrap_or(Value::Null);
    let said = match answer(&case) {
        Ok(answer) => answer,
        Err(problems) => vec![(
            "errors",
            Value::array(problems.into_iter().map(|problem| {
                let mut fields = vec![
                    ("code", Value::from(problem.code.name())),
                    ("message", problem.message.into()),
                ];
                fields.extend(problem.file.map(|file| ("file", file.into())));
                fields.extend(problem.line.map(|line| ("row", line.into())));
                fields.extend(problem.column.map(|column| ("col", column.into())));
                Value::object(fields)
            })),
        )],
    };
    json::write(&Value::object(iter::once(("id", id)).chain(said)))
}

fn field<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value
        .get(&key.into())
        .filter(|value| **value != Value::Null)
}

fn holds(value: &Value, key: &str) -> bool {
    field(value, key) == Some(&Value::Bool(true))
}

fn answer(case: &Value) -> Result<Vec<(&'static str, Value)>, Vec<Diagnostic>> {
    let sources = match field(case, "modules") {
        Some(Value::Object(modules)) => modules
            .iter()
            .map(|(path, text)| Source {
                path: path.as_str().unwrap_or_default().to_owned(),
                text: text.as_str().unwrap_or_default().to_owned(),
            })
            .collect(),
        _ => Vec::new(),
    };
    let is_v1 = field(case, "regoVersion") == Some(&Value::from(1_i64));
    let version = if is_v1 { Version::V1 } else { Version::V0 };
    let data = field(case, "data")
        .cloned()
        .unwrap_or_else(|| Value::object::<Value>([]));
    let policy = Policy::compile(
        sources,
        Options {
            version,
            is_strict: holds(case, "strict"),
            data,
        },
    )?;
    let now = field(case, "now").and_then(|now| match now {
        Value::Number(number) => number.as_i64(),
        _ => None,
    });
    let query = field(case, "query")
        .and_then(Value::as_str)
        .unwrap_or("data");
    let since_1970 = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap_or_default();
    let mut clock = Clock(now.or_else(|| i64::try_from(since_1970.as_nanos()).ok()));
    let input = match field(case, "inputTerm").and_then(Value::as_str) {
        Some(term) => {
            let nothing = Policy::compile(
                Vec::new(),
                Options {
                    version: Version::V1,
                    is_strict: false,
                    data: Value::object::<Value>([]),
                },
            )?;
            let answer = nothing.ask(term, request(None, &mut clock))?;
            answer
                .rows
                .into_iter()
                .next()
                .and_then(|row| row.expressions.into_iter().next())
                .map(|(value, _)| value)
        }
        // As a host passes it, without the parts that no rule reads.
        None => case.get(&"input".into()).map(|input| {
            let text = json::write(input);
            policy.input(query, text.as_bytes()).expect("JSON")
        }),
    };
    let mut asked = request(input, &mut clock);
    asked.strict_builtin_errors = holds(case, "strictBuiltinErrors");
    let answer = policy.ask(query, asked)?;
    let shown = output::to_value(query, &answer);
    let parts = ["result", "printed"];
    Ok(parts
        .into_iter()
        .filter_map(|part| Some((part, field(&shown, part)?.clone())))
        .filter(|(part, value)| *part == "result" || value.width() > 1)
        .collect())
}
