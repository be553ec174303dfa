//! Query results in the forms that hosts read.

use std::fmt::Write as _;

use super::eval::{Answer, Row};
use super::policy::position;
use compiler::syntax::ast::Location;
use values::{Value, json};

/// The result of a query as a value: `{"result": […], "printed": […]}`.
#[must_use]
pub fn to_value(query: &str, answer: &Answer) -> Value {
    let rows = answer.rows.iter().map(|row| {
        let expressions = row.expressions.iter().map(|(value, at)| {
            let (line, column) = position(query, *at);
            let location = Value::object([("row", Value::from(line)), ("col", column.into())]);
            Value::object([
                ("value", value.clone()),
                ("text", source_of(query, *at).into()),
                ("location", location),
            ])
        });
        let mut fields = vec![("expressions", Value::array(expressions))];
        if !row.bindings.is_empty() {
            fields.push(("bindings", bindings(row)));
        }
        Value::object(fields)
    });
    let printed = answer.printed.iter().map(|line| Value::from(line.as_str()));
    Value::object([
        ("result", Value::array(rows)),
        ("printed", Value::array(printed)),
    ])
}

/// The result of a query as JSON without field names, which a host parses in half the time: `[rows, printed]`. A row
/// is `[expressions, bindings]`, or `[expressions]` if it has no bindings. An expression is `[value, text, row,
/// column]`.
#[must_use]
pub fn write(query: &str, answer: &Answer) -> String {
    let rows = answer.rows.iter();
    let mut out = "[".to_owned();
    json::write_list(rows, &mut out, |row, out| {
        out.push('[');
        json::write_list(row.expressions.iter(), out, |(value, at), out| {
            let (line, column) = position(query, *at);
            out.push('[');
            json::write_into(value, out);
            out.push(',');
            json::quote(source_of(query, *at), out);
            let _ = write!(out, ",{line},{column}]");
        });
        if !row.bindings.is_empty() {
            out.push(',');
            json::write_into(&bindings(row), out);
        }
        out.push(']');
    });
    out.push(',');
    json::write_list(answer.printed.iter(), &mut out, |line, out| {
        json::quote(line, out);
    });
    out.push(']');
    out
}

/// The source of an expression of a query.
#[must_use]
pub fn source_of(query: &str, at: Location) -> &str {
    let range = at.start as usize..at.end as usize;
    query.get(range).unwrap_or_default()
}

/// The variables of a solution, as an object.
#[must_use]
pub fn bindings(row: &Row) -> Value {
    let fields = row.bindings.iter();
    Value::object(fields.map(|(name, value)| (name.as_str(), value.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Alone;
    use crate::policy::{Options, Policy, request};
    use values::Version;

    #[test]
    fn writes_without_names() {
        let options = Options {
            version: Version::V1,
            is_strict: false,
            data: json::parse(r#"{"é": ["<", {"b": 1.50}]}"#).unwrap(),
        };
        let policy = Policy::compile(Vec::new(), options).unwrap();
        let written = |query| {
            let answer = policy.ask(query, request(None, &mut Alone)).unwrap();
            write(query, &answer)
        };
        assert_eq!(written("data.none"), "[[],[]]");
        assert_eq!(
            written("trace(`a\n\"`);\n x := data[`é`][i]"),
            "[[[[[true,\"trace(`a\\n\\\"`)\",1,1],[true,\"x := data[`é`][i]\",3,2]],\
             {\"i\":0,\"x\":\"\\u003c\"}],\
             [[[true,\"trace(`a\\n\\\"`)\",1,1],[true,\"x := data[`é`][i]\",3,2]],\
             {\"i\":1,\"x\":{\"b\":1.50}}]],[\"a\\n\\\"\"]]"
        );
    }
}
