//! Values as Rego writes them, laid out as `opa fmt` lays them out.

use serde_json::Value;

/// A rule that is a constant.
pub fn rule(name: &str, value: &Value) -> String {
    let mut text = format!("{name} := ");
    write(value, 0, &mut text);
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            text.push_str("[\n");
            for item in items {
                indent(depth + 1, text);
                write(item, depth + 1, text);
                text.push_str(",\n");
            }
            indent(depth, text);
            text.push(']');
        }
        Value::Object(fields) if !fields.is_empty() => {
            text.push_str("{\n");
            for (key, field) in fields {
                indent(depth + 1, text);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push_str(": ");
                write(field, depth + 1, text);
                text.push_str(",\n");
            }
            indent(depth, text);
            text.push('}');
        }
        _ => text.push_str(&value.to_string()),
    }
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n('\t', depth));
}
