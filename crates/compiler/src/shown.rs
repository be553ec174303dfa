//! JSON with fields in a fixed order, as Go writes the fields of a struct.

use values::{Value, json};

/// A JSON document that is written for people or programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A value, whose fields are sorted by name.
    Value(Value),
    /// An object with fields in this order.
    Fields(Vec<(&'static str, Shown)>),
    /// An object with fields in this order, whose names aren't constants.
    Named(Vec<(String, Shown)>),
    /// An array.
    List(Vec<Shown>),
}

impl Default for Shown {
    fn default() -> Self {
        Self::Fields(Vec::new())
    }
}

impl<V: Into<Value>> From<V> for Shown {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
}

impl Shown {
    /// Compact JSON.
    #[must_use]
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(None, "", &mut out);
        out
    }

    /// JSON on several lines, each level indented by two spaces.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(Some("  "), "\n", &mut out);
        out
    }

    /// The document as a value, which doesn't keep the order of the fields.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Fields(fields) => Value::object(
                fields
                    .iter()
                    .map(|(name, field)| (Value::from(*name), field.value())),
            ),
            Self::Named(fields) => Value::object(
                fields
                    .iter()
                    .map(|(name, field)| (Value::from(name.as_str()), field.value())),
            ),
            Self::List(items) => Value::array(items.iter().map(Self::value)),
        }
    }

    fn write(&self, indent: Option<&str>, line: &str, out: &mut String) {
        let inner = indent.map_or(String::new(), |indent| format!("{line}{indent}"));
        match self {
            Self::Value(value) => match indent {
                None => json::write_into(value, out),
                Some(indent) => json::write_lines(value, indent, line, out),
            },
            Self::List(items) if items.is_empty() => out.push_str("[]"),
            Self::Fields(fields) => {
                let mut fields = fields.iter().map(|(name, field)| (*name, field));
                write_fields(&mut fields, indent, line, out);
            }
            Self::Named(fields) => {
                let mut fields = fields.iter().map(|(name, field)| (name.as_str(), field));
                write_fields(&mut fields, indent, line, out);
            }
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    out.push_str(&inner);
                    item.write(indent, &inner, out);
                }
                out.push_str(line);
                out.push(']');
            }
        }
    }
}

fn write_fields<'f>(
    fields: &mut dyn ExactSizeIterator<Item = (&'f str, &'f Shown)>,
    indent: Option<&str>,
    line: &str,
    out: &mut String,
) {
    if fields.len() == 0 {
        return out.push_str("{}");
    }
    let inner = indent.map_or(String::new(), |indent| format!("{line}{indent}"));
    out.push('{');
    for (i, (name, field)) in fields.enumerate() {
        out.push_str(if i > 0 { "," } else { "" });
        out.push_str(&inner);
        json::quote(name, out);
        out.push_str(if indent.is_some() { ": " } else { ":" });
        field.write(indent, &inner, out);
    }
    out.push_str(line);
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order() {
        let shown = Shown::Fields(vec![
            ("b", Shown::from(1_i64)),
            (
                "a",
                Shown::List(vec![Shown::from("<"), Shown::Fields(vec![])]),
            ),
            (
                "c",
                Value::object([("z", 1_i64.into()), ("y", 2_i64.into())]).into(),
            ),
        ]);
        assert_eq!(
            shown.compact(),
            r#"{"b":1,"a":["\u003c",{}],"c":{"y":2,"z":1}}"#
        );
        assert_eq!(
            shown.pretty(),
            "{\n  \"b\": 1,\n  \"a\": [\n    \"\\u003c\",\n    {}\n  ],\n  \"c\": {\n    \"y\": 2,\n    \"z\": 1\n  }\n}"
        );
    }
}
