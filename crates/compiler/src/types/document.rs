//! Types in OPA's JSON format.

use super::Type;
use values::Value;

impl Type {
    /// The type in JSON, such as `{"type": "number"}`; `null` if it isn't known.
    #[must_use]
    pub(crate) fn to_value(&self) -> Value {
        let Self::Unknown = self else {
            return Value::object(self.fields());
        };
        Value::Null
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let documents = |types: &[Self]| Value::array(types.iter().map(Self::to_value));
        let (name, mut fields) = match self {
            Self::Unknown => return Vec::new(),
            Self::Null => ("null", vec![]),
            Self::Boolean => ("boolean", vec![]),
            Self::Number => ("number", vec![]),
            Self::String => ("string", vec![]),
            Self::Any(of) if of.is_empty() => ("any", vec![]),
            Self::Any(of) => ("any", vec![("of", documents(of))]),
            Self::Set(of) => ("set", vec![("of", of.to_value())]),
            Self::Array { fixed, rest } => {
                let mut fields = Vec::new();
                if !fixed.is_empty() {
                    fields.push(("static", documents(fixed)));
                }
                fields.extend(rest.as_ref().map(|rest| ("dynamic", rest.to_value())));
                ("array", fields)
            }
            Self::Object { fixed, rest } => {
                let mut fields = Vec::new();
                if !fixed.is_empty() {
                    let fixed = fixed
                        .iter()
                        .map(|(key, of)| property(key.clone(), of.to_value()));
                    fields.push(("static", Value::array(fixed)));
                }
                fields.extend(rest.as_ref().map(|rest| {
                    let (key, of) = &**rest;
                    ("dynamic", property(key.to_value(), of.to_value()))
                }));
                ("object", fields)
            }
            Self::Function {
                arguments,
                variadic,
                result,
            } => {
                let mut fields = Vec::new();
                if !arguments.is_empty() {
                    fields.push(("args", documents(arguments)));
                }
                let optional = [("variadic", variadic), ("result", result)];
                fields.extend(
                    optional
                        .into_iter()
                        .filter_map(|(name, of)| Some((name, of.as_ref()?.to_value()))),
                );
                ("function", fields)
            }
            Self::Named(name, of) => {
                let mut fields = of.fields();
                fields.push(("name", name.as_str().into()));
                return fields;
            }
        };
        fields.push(("type", name.into()));
        fields
    }
}

fn property(key: Value, value: Value) -> Value {
    Value::object([("key", key), ("value", value)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use values::json;

    /// The types that OPA 0.70 reports in the details of errors.
    #[test]
    fn types_are_written_as_opa_does() {
        for (text, expected) in [
            ("number", r#"{"type":"number"}"#),
            ("any", r#"{"type":"any"}"#),
            (
                "any<string, set[any]>",
                r#"{"of":[{"type":"string"},{"of":{"type":"any"},"type":"set"}],"type":"any"}"#,
            ),
            (
                "array<number>[any]",
                r#"{"dynamic":{"type":"any"},"static":[{"type":"number"}],"type":"array"}"#,
            ),
            (
                "object<a: string>[string: any]",
                r#"{"dynamic":{"key":{"type":"string"},"value":{"type":"any"}},"static":[{"key":"a","value":{"type":"string"}}],"type":"object"}"#,
            ),
            (
                "(x: any) => y: boolean",
                r#"{"args":[{"name":"x","type":"any"}],"result":{"name":"y","type":"boolean"},"type":"function"}"#,
            ),
        ] {
            let of = Type::parse(text).unwrap();
            assert_eq!(json::write(&of.to_value()), expected, "{text}");
        }
        assert_eq!(Type::Unknown.to_value(), Value::Null);
    }
}
