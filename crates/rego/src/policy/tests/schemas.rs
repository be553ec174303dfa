//! Schemas and documents with what real OPA answers, and inputs that are meant to do harm.

use super::answer;
use values::{Value, Version, json};

/// What `json.match_schema` finds, one error per line.
fn found(document: &str, schema: &str, version: Version) -> String {
    let query = format!("json.match_schema({document}, {schema})");
    let answer = answer(&query, version);
    let Ok(Value::Array(parts)) = json::parse(&answer) else {
        return answer;
    };
    let [Value::Bool(fits), Value::Array(complaints)] = &*parts else {
        return answer;
    };
    assert_eq!(*fits, complaints.is_empty());
    let lines = complaints.iter().map(|complaint| {
        let Value::Object(fields) = complaint else {
            return String::new();
        };
        let text = |name| {
            fields
                .field(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        assert_eq!(
            text("error"),
            format!("{}: {}", text("field"), text("desc"))
        );
        format!("{} {}", text("type"), text("error"))
    });
    lines.collect::<Vec<_>>().join("|")
}

#[rustfmt::skip]
const FOUND: &[(&str, &str, &str)] = &[
    (r#"{"a": 1}"#, r#"{"properties": {"a": {"type": "integer"}}}"#, ""),
    (r#"{"a": 1.5}"#, r#"{"properties": {"a": {"type": ["integer", "null"]}}}"#, "invalid_type a: Invalid type. Expected: [integer,null], given: number"),
    (r#"{"b": {}}"#, r#"{"required": ["a"], "additionalProperties": false, "minProperties": 2}"#, "array_min_properties (Root): Must have at least 2 properties|required (Root): a is required|additional_property_not_allowed (Root): Additional property b is not allowed"),
    (r#"{"a": [1, "x", 1]}"#, r#"{"properties": {"a": {"items": {"type": "number"}, "uniqueItems": true, "maxItems": 2}}}"#, "invalid_type a.1: Invalid type. Expected: number, given: string|array_max_items a: Array must have at most 2 items|unique a: array items[0,2] must be unique"),
    (r#"{"a": 5}"#, r#"{"properties": {"a": {"anyOf": [{"type": "string"}, {"maximum": 4}]}}}"#, "number_any_of a: Must validate at least one schema (anyOf)|number_lte a: Must be less than or equal to 4"),
    (r#"{"a": 1234567}"#, r#"{"properties": {"a": {"maximum": 1000000, "multipleOf": 0.3, "exclusiveMinimum": 1e10}}}"#, "multiple_of a: Must be a multiple of 0.3|number_lte a: Must be less than or equal to 1e+06|number_gt a: Must be greater than 1e+10"),
    (r#"{"a": "x"}"#, r#"{"properties": {"a": {"enum": ["y", 1.0, "<"], "const": {"b": 1}}}}"#, r#"const a: a does not match: {"b":1}|enum a: a must be one of the following: "y", 1, "\u003c""#),
    (r#"{"a": "10.0.0.256"}"#, r#"{"properties": {"a": {"format": "ipv4", "minLength": 20, "maxLength": 2}}}"#, "json.match_schema: minLength cannot be greater than maxLength"),
    (r#"{"a": "10.0.0.256"}"#, r#"{"properties": {"a": {"format": "ipv4", "minLength": 20}}}"#, "format a: Does not match format 'ipv4'|string_gte a: String length must be greater than or equal to 20"),
    (r#"{"kind": "b", "n": 1}"#, r#"{"if": {"properties": {"kind": {"const": "a"}}}, "then": {"required": ["n"]}, "else": {"required": ["m"]}}"#, r#"condition_else (Root): Must validate "else" as "if" was not valid|required (Root): m is required"#),
    (r#"{"a": 1, "b": 2}"#, r#"{"dependencies": {"a": ["c"], "b": {"maxProperties": 1}}, "propertyNames": {"maxLength": 0}, "not": {}}"#, r#"number_not (Root): Must not validate the schema (not)|missing_dependency (Root): Has a dependency on c|array_max_properties (Root): Must have at most 1 properties|invalid_property_name (Root): Property name of "a" does not match|string_lte (Root): String length must be less than or equal to 0|invalid_property_name (Root): Property name of "b" does not match|string_lte (Root): String length must be less than or equal to 0"#),
    (r#"{"t": {"l": {"l": {}, "v": "x"}}}"#, r##"{"properties": {"t": {"$ref": "#/definitions/t"}}, "definitions": {"t": {"properties": {"l": {"$ref": "#/definitions/t"}, "v": {"type": "number"}}}}}"##, "invalid_type t.l.v: Invalid type. Expected: number, given: string"),
    (r#"{"a": 1}"#, r##"{"$id": "http://x.example/s", "properties": {"a": {"$ref": "#/definitions/t"}}, "definitions": {"t": {"$id": "t", "type": "null"}}}"##, "invalid_type a: Invalid type. Expected: null, given: integer"),
    (r#"{"type": 1}"#, r#"{"$ref": "http://json-schema.org/draft-07/schema"}"#, r#"number_any_of type: Must validate at least one schema (anyOf)|enum type: type must be one of the following: "array", "boolean", "integer", "null", "number", "object", "string""#),
    (r#""[1, 2]""#, r#"{"contains": {"type": "string"}, "items": [true], "additionalItems": false}"#, "array_no_additional_items (Root): No additional items allowed on array|contains (Root): At least one of the items must match|invalid_type 0: Invalid type. Expected: string, given: integer"),
    (r#""[""#, "{}", "json.match_schema: invalid JSON string"),
    ("{}", r#"{"type": "text"}"#, "json.match_schema: has a primitive type that is NOT VALID -- given: /text/ Expected valid values are:[array boolean integer number null object string]"),
    ("{}", r##"{"$ref": "#/nowhere"}"##, "json.match_schema: Object has no key 'nowhere'"),
    ("{}", r#"{"$ref": "other.json"}"#, "json.match_schema: Reference /other.json must be canonical"),
    ("{}", r#"{"required": "a"}"#, "json.match_schema: required must be of an array"),
    ("{}", r#"{"exclusiveMinimum": true}"#, "json.match_schema: exclusiveMinimum cannot be used without minimum"),
    ("{}", r#"{"$id": "%"}"#, r#"json.match_schema: parse "%": invalid URL escape "%""#),
    ("{}", r#"{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": true}}"#, "json.match_schema: Expected: Valid Schema, given: Invalid JSON"),
];

#[test]
fn documents_are_checked_as_in_opa() {
    for (document, schema, expected) in FOUND {
        for version in [Version::V0, Version::V1] {
            let found = found(document, schema, version);
            assert_eq!(found, *expected, "{document} {schema}");
        }
    }
}

/// OPA 0.70 ignores patterns, takes an empty `enum` as none, and doesn't accept an array as a document.
#[test]
fn the_versions_differ_as_opas_do() {
    for (document, schema, v0, v1) in [
        (
            r#"{"a": "b"}"#,
            r#"{"properties": {"a": {"pattern": "^a"}}}"#,
            "",
            "pattern a: Does not match pattern '^a'",
        ),
        (
            r#"{"a": "b"}"#,
            r#"{"properties": {"a": {"enum": []}}}"#,
            "",
            "enum a: a must be one of the following: ",
        ),
        (
            "{}",
            r#"{"pattern": "("}"#,
            "",
            "json.match_schema: pattern must be a valid regex",
        ),
    ] {
        assert_eq!(found(document, schema, Version::V0), v0, "{schema}");
        assert_eq!(found(document, schema, Version::V1), v1, "{schema}");
    }
}

#[test]
fn schemas_are_verified_as_in_opa() {
    for (schema, expected) in [
        (r#"{"type": "object"}"#, "[true,null]"),
        (r#""{}""#, "[true,null]"),
        (r#""{""#, r#"[false,"jsonschema: invalid JSON string"]"#),
        (
            r#"{"properties": []}"#,
            r#"[false,"jsonschema: Properties must be of type object"]"#,
        ),
        (
            r#"{"minLength": 1.0}"#,
            r#"[false,"jsonschema: minLength must be of an integer"]"#,
        ),
        (
            r#"{"patternProperties": {"(": {}}}"#,
            r#"[false,"jsonschema: Invalid regex pattern '('"]"#,
        ),
    ] {
        let query = format!("json.verify_schema({schema})");
        assert_eq!(answer(&query, Version::V0), expected, "{schema}");
        assert_eq!(answer(&query, Version::V1), expected, "{schema}");
    }
}

#[test]
fn nothing_is_fetched() {
    let query = r#"json.verify_schema({"$ref": "https://x.example/s.json#/a"})"#;
    assert_eq!(
        answer(query, Version::V1),
        "json.verify_schema: the schema refers to https://x.example/s.json, but schemas aren't fetched here"
    );
    let query = r#"json.verify_schema({"$ref": "file:///etc/hostname"})"#;
    assert_eq!(
        answer(query, Version::V0),
        "json.verify_schema: the schema refers to file:///etc/hostname, but schemas aren't fetched here"
    );
}

/// OPA has a stack overflow on the first of these, and doesn't end on the last two.
#[test]
fn harmful_schemas_end_within_bounds() {
    let ends = |query: &str, with: &str| {
        let answer = answer(query, Version::V1);
        assert!(answer.contains(with), "{answer:.200}");
    };
    ends(
        r##"json.match_schema({}, {"$ref": "#"})"##,
        "the schema leads deeper than 250 levels into the document, or back to itself",
    );
    ends(
        r##"json.match_schema({}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]})"##,
        "deeper than 250 levels",
    );
    let chain: Vec<_> = (0..2_000)
        .map(|i| format!(r##""d{i}": {{"$ref": "#/definitions/d{}"}}"##, i + 1))
        .collect();
    let chain = format!(
        r##"json.verify_schema({{"$ref": "#/definitions/d0", "definitions": {{{}, "d2000": {{}}}}}})"##,
        chain.join(", ")
    );
    ends(&chain, "nests deeper than 250 levels");
    let doubled: Vec<_> = (0..60)
        .map(|i| {
            let next = i + 1;
            format!(
                r##""d{i}": {{"anyOf": [{{"$ref": "#/definitions/d{next}"}}, {{"$ref": "#/definitions/d{next}"}}]}}"##
            )
        })
        .collect();
    let doubled = format!(
        r##"json.match_schema({{}}, {{"$ref": "#/definitions/d0", "definitions": {{{}, "d60": false}}}})"##,
        doubled.join(", ")
    );
    ends(&doubled, "more than");
    let text = format!(r#""{}{}""#, "[".repeat(400), "]".repeat(400));
    ends(
        &format!(r##"json.match_schema({text}, {{"items": {{"$ref": "#"}}}})"##),
        "deeper than 250 levels",
    );
}
