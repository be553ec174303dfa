//! Writes values in Rego, formatted as by `opa fmt`.

use std::fmt::Write as _;

use serde_json::Value;

/// A rule with a constant value.
pub fn rule(name: &str, value: &Value) -> String {
    let mut text = format!("{name} := ");
    lay_out(value, 0, &mut text);
    text
}

fn lay_out(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            text.push_str("[\n");
            for item in items {
                indent(depth + 1, text);
                lay_out(item, depth + 1, text);
                text.push_str(",\n");
            }
            indent(depth, text);
            text.push(']');
        }
        Value::Object(fields) if fields.len() == 1 && fields.values().all(is_scalar) => {
            for (key, field) in fields {
                let key = Value::from(key.as_str());
                let _ = write!(text, "{{{key}: {field}}}");
            }
        }
        Value::Object(fields) if !fields.is_empty() => {
            text.push_str("{\n");
            for (key, field) in fields {
                indent(depth + 1, text);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push_str(": ");
                lay_out(field, depth + 1, text);
                text.push_str(",\n");
            }
            indent(depth, text);
            text.push('}');
        }
        _ => text.push_str(&value.to_string()),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n('\t', depth));
}
