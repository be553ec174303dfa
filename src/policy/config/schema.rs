//! The schema for editors, `pkg/schema/harness-image-guard.schema.json`, which is generated from the table of keys.
//! Tests check that it is current.

use serde_json::{Map, Value, json};

use crate::harness::PolicyEntity;
use crate::policy::RULES;
use crate::policy::engine::DATA;
use crate::policy::rule::{NATIVE, default_severity};
use crate::typescript::assert_written;

use super::key::{KEYS, Key, POLICY, PRESETS, RULE, SEVERITIES, STARS, Shape};

#[test]
fn the_schema_for_editors_is_current() {
    let mut schema = object(KEYS);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "Configuration of harness-image-guard".into();
    schema["description"] =
        "Where a Harness pipeline's images may come from. Every key is optional.".into();
    schema["$defs"] = json!({
        "severity": {"enum": SEVERITIES},
        "rule": {"oneOf": [{"enum": rule_words()}, object(RULE)]},
    });
    let text = serde_json::to_string_pretty(&schema).unwrap();
    assert_written(
        "pkg/schema/harness-image-guard.schema.json",
        &format!("{text}\n"),
    );
}

/// The words that a rule can be set to.
fn rule_words() -> Vec<&'static str> {
    let off = ["off"];
    off.iter().chain(SEVERITIES).copied().collect()
}

/// An object with these keys and no others.
fn object(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn property(key: &Key) -> Value {
    let mut schema = of_shape(&key.shape);
    // Editors don't render Markdown in a description.
    schema["description"] = format!("{}.", key.about.sentence.replace('`', "")).into();
    if let Some(label) = key.about.label {
        schema["title"] = label.into();
    }
    if let Some(example) = key.about.example {
        schema["examples"] = json!([serde_json::from_str::<Value>(example).unwrap()]);
    }
    if let Some(default) = default(key) {
        schema["default"] = default;
    }
    schema
}

/// The default of a key.
pub fn default(key: &Key) -> Option<Value> {
    let usual = key.about.usual;
    usual.map_or_else(
        || default_of_policies(key.name),
        |usual| Some(serde_json::from_str(usual).unwrap()),
    )
}

/// The default of a key, according to the policies.
fn default_of_policies(key: &str) -> Option<Value> {
    let data: Value = serde_json::from_str(DATA).unwrap();
    let default = data["harness_image_guard"]["defaults"].get(key)?.clone();
    (!default.is_null()).then_some(default)
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({"type": "string"}),
        Shape::Reference => json!({"type": "string", "pattern": r"^(?=[^<$]*\S)[^<$]*$"}),
        Shape::Url => json!({"type": "string", "pattern": r"^\s*[Hh][Tt][Tt][Pp][Ss]?://"}),
        Shape::OneOf(values) => json!({"enum": values}),
        Shape::Preset => json!({"enum": PRESETS}),
        Shape::Severity => json!({"$ref": "#/$defs/severity"}),
        Shape::Entity => {
            let names: Vec<_> = PolicyEntity::in_files().map(|entity| entity.name).collect();
            json!({"enum": names})
        }
        Shape::RegoVersion => json!({"enum": [0, 1]}),
        Shape::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Shape::ConnectorFiles => {
            json!({"type": "array", "items": {"type": "string", "pattern": r"\S"}})
        }
        Shape::Patterns => {
            let pattern = format!(r"^[^*]*(\*[^*]*){{0,{STARS}}}$");
            json!({"type": "array", "items": {"type": "string", "pattern": pattern}})
        }
        Shape::Pattern => {
            json!({"type": "string", "pattern": format!(r"^[^*]*(\*[^*]*){{0,{STARS}}}$")})
        }
        Shape::Date => json!({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
        Shape::Days => json!({"type": "string", "pattern": r"^\s*\d{1,5}[dw]\s*$"}),
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Secret => {
            json!({"type": "string", "pattern": r"^\s*account\.[\w$-]{1,128}\s*$"})
        }
        Shape::SomeOf(words) => json!({"type": "array", "items": {"enum": words}}),
        Shape::Exceptions(keys) => json!({"type": "array", "items": object(keys)}),
        Shape::Fields(keys) => object(keys),
        Shape::Mirrors => json!({
            "type": "object",
            "propertyNames": {"pattern": r"^docker\.io(/.*[^/])?$"},
            "additionalProperties": {
                "description": "A registry's host and path.",
                "type": "string",
                "pattern": r"^(localhost|[^\s/<>${}]*[.:][^\s/<>${}]*)(/[^\s/<>${}][^\s<>${}]*)?$",
            },
        }),
        Shape::Connectors(keys) => {
            json!({"type": "object", "additionalProperties": object(keys)})
        }
        Shape::Rules => rules(),
        Shape::Policies => policies(),
        Shape::Anything => json!({"type": "object"}),
    }
}

fn rules() -> Value {
    let ours = RULES.iter().map(|rule| (rule.id, rule.title));
    let all = ours.chain(NATIVE);
    let properties: Map<String, Value> = all
        .map(|(id, title)| {
            let described = json!({
                "description": format!("{title}."),
                "default": default_severity(id),
                "$ref": "#/$defs/rule",
            });
            (id.to_owned(), described)
        })
        .collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn policies() -> Value {
    let mut policy = object(POLICY);
    policy["required"] = json!(["file"]);
    policy["properties"]["file"]["pattern"] = r"\S".into();
    json!({
        "type": "array",
        "items": {"oneOf": [{"type": "string", "pattern": r"\S"}, policy]},
    })
}

#[test]
fn the_presets_are_those_that_the_policies_have() {
    let presets = default_of_policies("presets").unwrap();
    let names: Vec<_> = presets.as_object().unwrap().keys().collect();
    let mut known = PRESETS.to_vec();
    known.sort_unstable();
    assert_eq!(names, known);
}
