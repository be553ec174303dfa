//! Answers, as OPA shows them.

use std::fmt::Write as _;

use super::eval::{Answer, Row};
use super::json;
use super::policy::position;
use super::syntax::ast::At;
use super::value::Value;

/// An answer to a query: `{"result": […], "printed": […]}`.
#[must_use]
pub fn document(query: &str, answer: &Answer) -> Value {
    let rows = answer.rows.iter().map(|row| {
        let expressions = row.expressions.iter().map(|(value, at)| {
            let (line, column) = position(query, *at);
            let location = Value::object([("row", Value::from(line)), ("col", column.into())]);
            Value::object([
                ("value", value.clone()),
                ("text", text(query, *at).into()),
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

/// An answer as JSON text without names, which the host reads in half the time: `[rows, printed]`, a row
/// being `[expressions, bindings]` or, without any, `[expressions]`, and an expression `[value, text, row, column]`.
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
            json::quote(text(query, *at), out);
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

fn text(query: &str, at: At) -> &str {
    let range = at.start as usize..at.end as usize;
    query.get(range).unwrap_or_default()
}

fn bindings(row: &Row) -> Value {
    let fields = row.bindings.iter();
    Value::object(fields.map(|(name, value)| (name.as_str(), value.clone())))
}

/// The document of an answer as `opa eval` prints it: `{}` where the query is undefined.
#[must_use]
pub fn as_json(document: &Value) -> String {
    let result = rows(document);
    let shown = if result.is_empty() {
        Value::object::<Value>([])
    } else {
        Value::object([("result", Value::array(result.iter().cloned()))])
    };
    json::write_pretty(&shown, "  ") + "\n"
}

/// The document of an answer as `opa eval --format pretty` prints it: a single value as it is, all
/// else as a table.
#[must_use]
pub fn as_text(document: &Value) -> String {
    let rows = rows(document);
    match rows {
        [] => "undefined\n".to_owned(),
        [row] if field(row, "bindings").is_none() && values(row).len() == 1 => {
            let value = values(row).into_iter().next().unwrap_or(Value::Null);
            json::write_pretty(&value, "  ") + "\n"
        }
        rows => table(rows),
    }
}

fn rows(document: &Value) -> &[Value] {
    match document.get(&"result".into()) {
        Some(Value::Array(rows)) => rows,
        _ => &[],
    }
}

fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(&name.into())
}

/// The expressions of a row, as OPA's table has them.
fn expressions(row: &Value) -> Vec<&Value> {
    match field(row, "expressions") {
        Some(Value::Array(items)) => items.iter().collect(),
        _ => Vec::new(),
    }
}

fn values(row: &Value) -> Vec<Value> {
    expressions(row)
        .into_iter()
        .filter_map(|expression| field(expression, "value").cloned())
        .collect()
}

fn table(rows: &[Value]) -> String {
    let mut header = Vec::new();
    if let Some(first) = rows.first() {
        if let Some(Value::Object(bindings)) = field(first, "bindings") {
            header.extend(bindings.keys().filter_map(Value::as_str).map(str::to_owned));
        }
        for expression in expressions(first) {
            if field(expression, "value") != Some(&Value::Bool(true)) {
                header.push(
                    field(expression, "text")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned(),
                );
            }
        }
    }
    let cells = |row: &Value| {
        let mut cells = Vec::new();
        if let Some(Value::Object(bindings)) = field(row, "bindings") {
            cells.extend(bindings.values().map(json::write));
        }
        let shown = values(row)
            .into_iter()
            .filter(|value| *value != Value::Bool(true));
        cells.extend(shown.map(|value| json::write(&value)));
        cells
    };
    let mut lines: Vec<Vec<String>> = vec![header];
    lines.extend(rows.iter().map(cells));
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(i))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let rule = widths.iter().fold("+".to_owned(), |rule, width| {
        rule + &"-".repeat(width + 2) + "+"
    }) + "\n";
    let mut out = rule.clone();
    for (i, line) in lines.iter().enumerate() {
        out.push('|');
        for (i, width) in widths.iter().enumerate() {
            let cell = line.get(i).map_or("", String::as_str);
            let _ = write!(out, " {cell:<width$} |");
        }
        out.push('\n');
        if i == 0 {
            out.push_str(&rule);
        }
    }
    out + &rule
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rego::eval::Alone;
    use crate::rego::policy::{Options, Policy, request};
    use crate::rego::syntax::Version;

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
