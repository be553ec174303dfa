//! Users' policies as policies of Harness.

use harness_image_guard::export::{ExportError, HarnessPolicy, Target, export_harness_policy};
use harness_image_guard::harness::PolicyEntity;
use harness_image_guard::report::Severity;
use rego::policy::Source;
use values::Version;

use super::terraform::check_blocks;

fn own(text: &str, version: Version, entity: Option<&str>) -> Result<HarnessPolicy, ExportError> {
    let source = Source {
        path: "p.rego".to_owned(),
        text: text.to_owned(),
    };
    let entity = entity.map(|name| PolicyEntity::from_name(name).expect("an entity"));
    HarnessPolicy::compile(&source, version, entity, Severity::Error)
}

fn written(policy: &HarnessPolicy, target: Target) -> (String, String) {
    let mut files = export_harness_policy(policy, target).expect("files");
    assert_eq!(files.len(), 1);
    let file = files.remove(0);
    (file.path, String::from_utf8(file.content).expect("text"))
}

#[test]
fn a_module_says_that_it_is_v1_and_stays_what_it_is_otherwise() {
    let module =
        |text: &str, version| written(&own(text, version, None).expect("a policy"), Target::Rego);
    let v0 = "package connector\n\ndeny[x] { x := 1 }";
    assert_eq!(
        module(v0, Version::V0),
        ("connector.rego".to_owned(), v0.to_owned())
    );
    let v1 = "# a\npackage connector # b\n\ndeny contains 1 if { true }\n";
    let (path, text) = module(v1, Version::V1);
    assert_eq!(path, "connector.rego");
    let expected = "# a\npackage connector # b\n\nimport rego.v1\n\ndeny contains 1 if { true }\n";
    assert_eq!(text, expected);
    // It already has the import.
    assert_eq!(module(expected, Version::V1).1, expected);
    assert_eq!(module(expected, Version::V0).1, expected);
    assert_eq!(
        module("package p", Version::V1).1,
        "package p\n\nimport rego.v1"
    );
}

#[test]
fn terraform_asks_it_of_the_entity_that_is_said_or_that_it_is_named_after() {
    let text = "package connector\n\ndeny contains \"${x} %{y}\\nREGO\" if { true }\n\n\n";
    let said = own(text, Version::V1, None).expect("a policy");
    let (path, terraform) = written(&said, Target::Terraform);
    assert_eq!(path, "policies.tf");
    check_blocks(&hcl::parse(&terraform).expect("Terraform's language"));
    insta::assert_snapshot!("harness_policy_as_terraform", terraform);
    for (package, entity, set) in [
        ("connector", Some("step"), "\"connector_custom_onstep\""),
        (
            "connector",
            Some("pipeline"),
            "\"connector_pipeline_onrun\"",
        ),
        ("secret", None, "\"secret_secret_onsave\""),
        ("a.b[\"c-1\"]", None, "\"a_b_c_1_pipeline_onrun\""),
    ] {
        let policy = own(&format!("package {package}\n"), Version::V0, entity);
        let (_, terraform) = written(&policy.expect("a policy"), Target::Terraform);
        check_blocks(&hcl::parse(&terraform).expect("Terraform's language"));
        assert!(terraform.contains(set), "{set} in {terraform}");
    }
}

#[test]
fn the_word_that_ends_the_text_is_no_line_of_it() {
    let policy =
        own("package p\n\nx := `\nREGO\n  REGO_\n`\n", Version::V0, None).expect("a policy");
    let (_, terraform) = written(&policy, Target::Terraform);
    check_blocks(&hcl::parse(&terraform).expect("Terraform's language"));
    assert!(terraform.contains("<<REGO__\n"), "{terraform}");
    assert!(terraform.contains("`\nREGO__\n}\n"), "{terraform}");
}

#[test]
fn what_harness_cannot_read_is_refused_or_written_so_that_it_can() {
    let keywords = "package pipeline\n\nimport future.keywords.if\nimport future.keywords.contains\n\ndeny contains \"x\" if true\n";
    let text = own(keywords, Version::V1, None).expect("a policy").text;
    assert!(!text.contains("future"), "{text}");
    assert!(text.contains("import rego.v1\n"), "{text}");
    for body in [
        "deny contains $\"a {input.x}\" if true",
        "deny contains x if some x in strings.split_n(\"a b\", \" \", 1)",
    ] {
        let text = format!("package pipeline\n\n{body}\n");
        assert!(
            matches!(own(&text, Version::V1, None), Err(ExportError::Refused(_))),
            "{body}"
        );
    }
}

/// The events are those on which a check evaluates it.
#[test]
fn terraform_asks_it_at_each_event_of_its_entity() {
    let policy = own("package pipeline\n", Version::V0, None).expect("a policy");
    let (_, terraform) = written(&policy, Target::Terraform);
    check_blocks(&hcl::parse(&terraform).expect("Terraform's language"));
    for event in ["onrun", "onsave"] {
        assert!(
            terraform.contains(&format!("action     = \"{event}\"")),
            "{terraform}"
        );
    }
}

#[test]
fn what_is_refused_is_not_written() {
    let Err(ExportError::Refused(problems)) = own("package p\n\nx { y }\n", Version::V0, None)
    else {
        panic!("it is taken");
    };
    assert_eq!(problems[0].line, Some(3));
    let policy = own("package p\n", Version::V0, None).expect("a policy");
    for target in [Target::OpaBundle, Target::HarnessYaml] {
        assert_eq!(
            export_harness_policy(&policy, target),
            Err(ExportError::OursOnly)
        );
    }
}
