//! The types in `pkg/src/configuration.ts`, which are generated from the table of keys. Tests check that they are
//! current.

use crate::exception::ABOUT_CHECK;
use crate::policy::RULES;
use crate::policy::rule::NATIVE;
use crate::typescript::{self, assert_current};

use super::key::{KEYS, Key, POLICY, PRESETS, RULE, Shape};

#[test]
fn the_configuration_for_typescript_is_current() {
    let rules = RULES
        .iter()
        .map(|rule| rule.id)
        .chain(NATIVE.map(|(id, _)| id));
    let rules: Vec<_> = rules.collect();
    let imports = "import type { CheckedEntity } from \"./entity.js\";\n\
        import type { Json } from \"./policy.js\";\n\
        import type { Severity } from \"./report.js\";";
    assert_current(
        "pkg/src/configuration.ts",
        "src/policy/config",
        imports,
        &[
            typescript::union(
                "A specification of the `harnessImage` connector that has a name.",
                "presets",
                "Preset",
                PRESETS,
            ),
            specifications(),
            interface(
                "How a rule counts, with its undecided findings apart.",
                "RuleSettings",
                RULE,
                &[],
            ),
            format!(
                "/** The rules that a configuration can speak of. */\nexport type RuleName = {};\n",
                union(&rules)
            ),
            typescript::union(
                "The names of findings about the check itself, which no exception and no baseline covers.",
                "checkFindings",
                "CheckFinding",
                &ABOUT_CHECK,
            ),
            interface(
                "A policy of one's own that a configuration names, or a folder of them.",
                "ConfiguredPolicy",
                POLICY,
                &["file"],
            ),
            interface(
                "The content of a `harness-image-guard.yaml`; a policy that it names is given by `readPolicy`.",
                "GuardConfiguration",
                KEYS,
                &[],
            ),
        ],
    );
}

/// The specification of each preset, from the policies' data.
fn specifications() -> String {
    let data = include_str!("../../../policies/data.json");
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let presets = PRESETS.iter().map(|preset| {
        let specified = &data["harness_image_guard"]["defaults"]["presets"][preset];
        let fields = ["url", "providerType", "auth"];
        assert_eq!(specified.as_object().unwrap().len(), fields.len());
        let fields = fields.map(|field| format!("    {field}: {},\n", specified[field]));
        format!("  \"{preset}\": {{\n{}  }},\n", fields.concat())
    });
    format!(
        "/** What each preset says of the connector. */\nexport const specifications = {{\n{}}} as const satisfies Readonly<Record<Preset, NonNullable<GuardConfiguration[\"harnessImage\"]>>>;\n",
        presets.collect::<String>()
    )
}

fn interface(docs: &str, name: &str, keys: &[Key], required: &[&str]) -> String {
    let fields = fields(keys, required, "  ");
    format!("/** {docs} */\nexport interface {name} {{\n{fields}}}\n")
}

fn fields(keys: &[Key], required: &[&str], indent: &str) -> String {
    let fields = keys.iter().map(|key| {
        let mark = if required.contains(&key.name) {
            ""
        } else {
            "?"
        };
        let Key { name, shape, about } = key;
        // A glob would end the comment.
        let sentence = about.sentence.replace("*/", "*\u{200b}/");
        let kind = kind(shape, indent);
        format!("{indent}/** {sentence}. */\n{indent}readonly {name}{mark}: {kind};\n")
    });
    fields.collect()
}

fn kind(shape: &Shape, indent: &str) -> String {
    let inner = format!("{indent}  ");
    match shape {
        Shape::Text
        | Shape::Reference
        | Shape::Url
        | Shape::Pattern
        | Shape::Date
        | Shape::Days
        | Shape::Secret => "string".to_owned(),
        Shape::Flag => "boolean".to_owned(),
        Shape::OneOf(values) => union(values),
        Shape::Preset => "Preset".to_owned(),
        Shape::Severity => "Severity".to_owned(),
        Shape::Entity => "CheckedEntity".to_owned(),
        Shape::RegoVersion => "0 | 1".to_owned(),
        Shape::Texts | Shape::ConnectorFiles | Shape::Patterns => "readonly string[]".to_owned(),
        Shape::SomeOf(words) => format!("readonly ({})[]", union(words)),
        Shape::Exceptions(keys) => {
            format!("readonly {{\n{}{indent}}}[]", fields(keys, &[], &inner))
        }
        Shape::Fields(keys) => format!("{{\n{}{indent}}}", fields(keys, &[], &inner)),
        Shape::Mirrors => "Readonly<Record<string, string>>".to_owned(),
        Shape::Connectors(keys) => {
            format!(
                "Readonly<\n{inner}Record<\n{inner}  string,\n{inner}  {{\n{}{inner}  }}\n{inner}>\n{indent}>",
                fields(keys, &[], &format!("{inner}    "))
            )
        }
        Shape::Rules => {
            "{ readonly [Name in RuleName]?: \"off\" | Severity | RuleSettings }".to_owned()
        }
        Shape::Policies => "readonly (string | ConfiguredPolicy)[]".to_owned(),
        Shape::Anything => "{ readonly [key: string]: Json }".to_owned(),
    }
}

fn union(values: &[&str]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
    values.join(" | ")
}
