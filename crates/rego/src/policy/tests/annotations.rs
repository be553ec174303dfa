//! METADATA that OPA refuses, with its messages and the lines that it names.

use super::wrong;
use values::Version;

/// The errors in a block above a rule, in both versions.
fn above_a_rule(block: &str) -> String {
    let block = block.replace('\n', "\n# ");
    let module = format!("package t\n# METADATA\n# {block}\na = 1\n");
    let found = wrong(&[&module.replace("a = 1", "a := 1")], Version::V1).join("|");
    assert_eq!(wrong(&[&module], Version::V0).join("|"), found, "{block}");
    found
}

#[rustfmt::skip]
const REFUSED: &[(&str, &str)] = &[
    ("title: [x", "3: yaml: line 1: did not find expected ',' or ']'"),
    ("title: 'x", "3: yaml: line 2: found unexpected end of stream"),
    ("title: x: y", "3: yaml: mapping values are not allowed in this context"),
    ("title: @x", "3: yaml: found character that cannot start any token"),
    ("title: 'a' b", "3: yaml: did not find expected key"),
    ("title: a\nfoo", "4: yaml: line 2: could not find expected ':'"),
    ("title: a\n\tscope: rule", "4: yaml: line 2: found a tab character that violates indentation"),
    ("custom:\n  a: 1\n b: 2", "5: yaml: line 2: did not find expected key"),
    ("title: [x]", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string"),
    ("description: {a: b}", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!map into string"),
    ("for this rule", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `for thi...` into ast.rawAnnotation"),
    ("entrypoint: 1", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!int `1` into bool"),
    ("organizations: a", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `a` into []string"),
    ("organizations:\n- a\n- [b]", "5: yaml: unmarshal errors:\n  line 3: cannot unmarshal !!seq into string"),
    ("authors: a", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `a` into []interface {}"),
    ("custom: [a]", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]interface {}"),
    ("schemas: {a: b}", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!map into []map[string]interface {}"),
    ("schemas: [a]", "3: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `a` into map[string]interface {}"),
    ("title: a\ntitle: b", "4: yaml: unmarshal errors:\n  line 2: mapping key \"title\" already defined at line 1"),
    ("authors: ['']", "2: invalid author definition : author is an empty string"),
    ("authors: [{nome: x}]", "2: invalid author definition map[nome:x]: 'name' and/or 'email' values required in object"),
    ("related_resources: ['http://[x']", "2: invalid related-resource definition http://[x: parse \"http://[x\": missing ']' in host"),
    ("related_resources: [{}]", "2: invalid related-resource definition map[]: 'ref' value required in object"),
    ("schemas: [{}]", "2: invalid document reference"),
    ("schemas: [{input: foo}]", "2: invalid schema reference"),
    ("schemas: [{input: [a]}]", "2: invalid schema declaration for path \"input\""),
    ("custom: {a: {1: b}}", "2: invalid map key type(s): "),
    ("scope: foo", "2: invalid annotation scope 'foo'. Use one of 'rule', 'document', 'package', or 'subpackages'"),
    ("scope: package", "2: annotation scope 'package' must be applied to package (have rule)"),
    ("entrypoint: true\nscope: rule", "2: annotation entrypoint applied to non-document or package scope 'rule'"),
    (" ", "2: expected METADATA block, found whitespace"),
    ("title:\u{a0}x\nscope: rule", "4: yaml: line 2: mapping values are not allowed in this context\n  Hint: on line 3, symbol(s) ['\\u00a0'] immediately following a key/value separator ':' is not a legal yaml space character"),
];

#[test]
fn what_opa_refuses_is_refused_in_its_words() {
    for (block, expected) in REFUSED {
        let (line, message) = expected.split_once(": ").unwrap();
        let expected = format!("{line}: rego_parse_error: {message}");
        assert_eq!(above_a_rule(block), expected, "{block}");
    }
}

#[test]
fn what_opa_takes_is_taken() {
    for block in [
        "title: 5",
        "title: null",
        "title: true",
        "entrypoint: yes",
        "organizations: [a, 1, null]",
        "custom: {1: a}",
        "unknown: [1, 2]",
        "schemas: [{input: schema.a}]",
        "authors: [Ann <ann@x.example>]",
        "{}",
        "custom:\n  a:\n  - b",
    ] {
        assert_eq!(above_a_rule(block), "", "{block}");
    }
}

/// OPA 0.70 formats its message once more, and doesn't have labels.
#[test]
fn the_versions_differ_as_opas_do() {
    let module = |block: &str| format!("package t\n# METADATA\n# {block}\na = 1\n");
    let of_int = module("authors: [5]");
    assert_eq!(
        wrong(&[&of_int], Version::V0),
        [
            "2: rego_parse_error: invalid author definition %!!(MISSING)s(int=5): invalid value type, must be string or map"
        ]
    );
    assert_eq!(
        wrong(&[&of_int], Version::V1),
        [
            "2: rego_parse_error: invalid author definition %!s(int=5): invalid value type, must be string or map"
        ]
    );
    let labels = module("labels: a");
    assert!(wrong(&[&labels], Version::V0).is_empty());
    assert_eq!(
        wrong(&[&labels], Version::V1),
        [
            "3: rego_parse_error: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `a` into map[string]interface {}"
        ]
    );
}

#[test]
fn what_is_below_a_block_has_to_fit() {
    for (module, expected) in [
        (
            "package t\n# METADATA\n# title: x\nimport data.x\na := 1\n",
            "2: rego_parse_error: invalid annotation scope 'import'. Use one of 'rule', 'document', 'package', or 'subpackages'",
        ),
        (
            "package t\na := 1\n# METADATA\n# title: x\n",
            "3: rego_parse_error: invalid annotation scope ''. Use one of 'rule', 'document', 'package', or 'subpackages'",
        ),
        (
            "# METADATA\n# scope: rule\npackage t\n",
            "1: rego_parse_error: annotation scope 'rule' must be applied to rule (have package)",
        ),
        (
            "package t\n# METADATA\n# scope: document\na := 1\n# METADATA\n# scope: document\na := 1\n",
            "5: rego_type_error: document annotation redeclared: 0.rego:2",
        ),
    ] {
        assert_eq!(wrong(&[module], Version::V1), [expected], "{module}");
    }
    let package = "# METADATA\n# scope: package\npackage t\n";
    assert_eq!(
        wrong(&[package, package], Version::V0),
        ["1: rego_type_error: package annotation redeclared: 0.rego:1"]
    );
}

fn with_schemas(schemas: &str, rules: &str) -> String {
    format!("package t\nimport rego.v1\n# METADATA\n# schemas:\n{schemas}\n{rules}\n")
}

const OBJECT: &str = "# - input: {type: object, properties: {a: {type: string}, b: {type: object, properties: {c: {type: integer}}}, l: {type: array, items: {type: number}}}}";

#[rustfmt::skip]
const TYPED: &[(&str, &str, &str)] = &[
    (OBJECT, "a := input.a", ""),
    (OBJECT, "a := input.a.b.c", "6: undefined ref: input.a.b.c"),
    (OBJECT, "a if input.zz", "6: undefined ref: input.zz"),
    (OBJECT, "a if input.b.c == \"x\"", "6: match error"),
    (OBJECT, "a := [x | x := input.l[_]; startswith(x, \"a\")]", "6: startswith: invalid argument(s)"),
    (OBJECT, "a := input.a\nb := input.zz", ""),
    ("# - input.x.y: {type: string}", "a if input.x.y.z", "6: undefined ref: input.x.y.z"),
    ("# - input.x.y: {type: string}", "a if input.q", ""),
    ("# - input: {type: object, properties: {x: {anyOf: [{type: string}, {type: number}]}}}", "a if input.x.y", "6: undefined ref: input.x.y"),
    ("# - input: {properties: {x: {allOf: [{properties: {y: {type: string}}}, {properties: {w: {}}}]}}}", "a if input.x.z", "6: undefined ref: input.x.z"),
    ("# - input: {$ref: '#/definitions/n', definitions: {n: {properties: {n: {$ref: '#/definitions/n'}, v: {type: number}}}}}", "a if input.n.n.v.x", ""),
    ("# - input: {$ref: '#/definitions/n', definitions: {n: {properties: {n: {$ref: '#/definitions/n'}, v: {type: number}}}}}", "a if input.v.x", "6: undefined ref: input.v.x"),
    ("# - input: {type: text}", "a if input.x", "6: unable to compile the schema: has a primitive type that is NOT VALID -- given: /text/ Expected valid values are:[array boolean integer number null object string]"),
    ("# - input: schema.x", "a if input.x.y", ""),
    ("# - input: {$ref: 'https://x.example/s'}", "a if input.x", "6: the schema refers to https://x.example/s, but schemas aren't fetched here"),
];

#[test]
fn schemas_are_checked_as_in_opa() {
    for (schemas, rules, expected) in TYPED {
        let module = with_schemas(schemas, rules);
        for version in [Version::V0, Version::V1] {
            let found = wrong(&[&module], version).join("|");
            let found = found.replace("rego_type_error: ", "");
            let found = found.replace("eval_refused_error: ", "");
            let first = found.lines().next().unwrap_or_default();
            assert_eq!(first, *expected, "{module}");
        }
    }
}

/// Types that double with each step would be larger than any memory.
#[test]
fn schemas_of_annotations_have_bounds() {
    let doubled: Vec<_> = (0..60)
        .map(|i| {
            let next = i + 1;
            format!("d{i}: {{properties: {{a: {{$ref: '#/definitions/d{next}'}}, b: {{$ref: '#/definitions/d{next}'}}}}}}")
        })
        .collect();
    let schema = format!(
        "# - input: {{$ref: '#/definitions/d0', definitions: {{{}, d60: {{type: string}}}}}}",
        doubled.join(", ")
    );
    let found = wrong(&[&with_schemas(&schema, "a if input.a")], Version::V1);
    assert_eq!(
        found,
        ["6: eval_cancel_error: a schema of an annotation has more than 100000 parts"]
    );
}
