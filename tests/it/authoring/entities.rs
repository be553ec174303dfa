//! The table of entities. Everything that passes an entity to a policy follows it: a check, `input`, the lint and the
//! export agree about what Harness passes.

use document::{Limits, parse};
use harness_image_guard::export::{HarnessPolicy, Target, export_harness_policy};
use harness_image_guard::harness::{Event, PolicyEntity};
use harness_image_guard::lint::{Options, lint};
use harness_image_guard::report::Severity;
use harness_image_guard::{Config, Guard, SourceFile, UserModule, UserPolicies, input_of_document};
use rego::policy::Source;
use values::{Value, Version, json};

/// A policy that denies with its input as the message.
const SAYS_ITS_INPUT: &str = "deny[msg] { msg := json.marshal(input) } # action";

fn document_of(entity: &PolicyEntity) -> String {
    let root = entity.kind.key();
    format!("{root}:\n  identifier: it\n  type: T\n  spec: {{n: 1.5, list: [a, ~, true]}}\n")
}

fn policy(text: &str, entity: Option<&str>) -> Result<UserPolicies, String> {
    let module = UserModule {
        path: "p.rego".to_owned(),
        text: text.to_owned(),
        version: Version::V0,
        entity: entity.map(str::to_owned),
        severity: Severity::Error,
        is_searched: false,
        broken: None,
    };
    UserPolicies::compile(vec![module]).map_err(|problems| problems[0].message.clone())
}

/// The messages with which a user's policy denies a text in a check.
fn denied(text: &str, policy: UserPolicies, metadata: Option<Value>) -> Vec<String> {
    let guard = Guard::new(Config::default()).unwrap();
    let guard = guard.with_policies(policy, metadata, None);
    let report = guard.check(&[SourceFile::text("it.yaml", text)]);
    let denials = report.diagnostics.into_iter();
    denials
        .filter(|d| d.rule == "p.rego" || d.rule == "policy")
        .map(|d| d.message)
        .collect()
}

fn shown(text: &str, entity: Option<&'static PolicyEntity>, event: Event) -> String {
    let document = parse(text, &Limits::default()).remove(0).unwrap();
    json::write(&input_of_document(
        &document,
        text,
        entity,
        Some(event),
        None,
    ))
}

#[test]
fn a_check_hands_over_what_input_shows_for_every_entity_and_event() {
    for entity in PolicyEntity::in_files() {
        let text = document_of(entity);
        let by_package = policy(&format!("package {}\n{SAYS_ITS_INPUT}", entity.name), None);
        let by_option = policy(&format!("package p\n{SAYS_ITS_INPUT}"), Some(entity.name));
        for policy in [by_package, by_option] {
            let mut denied = denied(&text, policy.unwrap(), None);
            let mut expected: Vec<_> = entity
                .events
                .iter()
                .map(|event| shown(&text, Some(entity), *event))
                .collect();
            denied.sort();
            expected.sort();
            assert_eq!(denied, expected, "{}", entity.name);
            // If the file shows it, nobody needs to name it.
            for event in entity.events {
                assert_eq!(
                    shown(&text, None, *event),
                    shown(&text, Some(entity), *event)
                );
            }
        }
    }
}

#[test]
fn policies_that_deny_by_the_event_or_by_the_type_deny_in_a_check() {
    let text = "pipeline: {identifier: it, stages: []}";
    for (condition, denies) in [
        ("input.action == \"onrun\"", true),
        ("input.action == \"onsave\"", true),
        ("input.metadata.action == \"onrun\"", true),
        ("input.metadata.action == \"onsave\"", true),
        ("input.metadata.type == \"pipeline\"", true),
        ("input.metadata.action == \"onstep\"", false),
        ("input.metadata.type == \"connector\"", false),
        ("input.metadata.user.email == \"a@example.org\"", true),
        ("input.entity", false),
    ] {
        let module = format!("package pipeline\ndeny[\"no\"] {{ {condition} }}");
        let metadata = json::parse(r#"{"user": {"email": "a@example.org"}}"#).unwrap();
        let denied = denied(text, policy(&module, None).unwrap(), Some(metadata));
        assert_eq!(denied.len(), usize::from(denies), "{condition}: {denied:?}");
    }
}

#[test]
fn whoever_says_which_event_it_is_is_believed() {
    let module = format!("package pipeline\n{SAYS_ITS_INPUT}");
    let metadata = json::parse(r#"{"action": "onsave", "type": "pipeline"}"#).unwrap();
    let text = "pipeline: {identifier: it, stages: []}";
    let denied = denied(text, policy(&module, None).unwrap(), Some(metadata));
    assert_eq!(denied, [shown(text, None, Event::OnSave)]);
}

#[test]
fn the_lint_finds_nothing_wrong_with_where_the_input_has_an_entity() {
    for entity in PolicyEntity::in_files() {
        let key = entity.key.unwrap();
        let text = format!(
            "package {}\n\ndeny[\"no\"] {{ input.{key}.spec.tier == \"gold\"; input.metadata.action == \"x\" }}\n",
            entity.name
        );
        let wrong = text.replace(&format!("input.{key}."), &format!("input.{key}s."));
        for (text, expected) in [(text, 0), (wrong, 1)] {
            let path = "p.rego".to_owned();
            let found = lint(
                &[Source {
                    path,
                    text: text.clone(),
                }],
                Options::for_version(Version::V0),
            );
            let roots = found.findings.iter().filter(|it| it.rule == "wrong-root");
            assert_eq!(roots.count(), expected, "{text}");
        }
    }
}

#[test]
fn an_exported_policy_is_asked_about_the_entity_of_its_package() {
    for entity in PolicyEntity::all() {
        let source = Source {
            path: "p.rego".to_owned(),
            text: format!("package {}\ndeny[\"no\"] {{ input }}\n", entity.name),
        };
        let own = HarnessPolicy::compile(&source, Version::V0, None, Severity::Error).unwrap();
        assert_eq!(own.entity, entity);
        let files = export_harness_policy(&own, Target::Terraform).unwrap();
        let terraform = String::from_utf8(files[0].content.clone()).unwrap();
        let event = entity.usual_event().name();
        for line in [
            format!("type       = \"{}\"", entity.set),
            format!("action     = \"{event}\""),
        ] {
            assert!(terraform.contains(&line), "{line}\n{terraform}");
        }
    }
}

#[test]
fn a_configuration_names_the_same_entities() {
    for entity in PolicyEntity::all() {
        let config = format!("policies: [{{file: p.rego, entity: {}}}]", entity.name);
        let is_taken = Config::parse(None, &config, None).is_ok();
        assert_eq!(is_taken, entity.key.is_some(), "{}", entity.name);
    }
}

#[test]
fn a_policy_on_steps_is_refused_with_what_to_do() {
    let refused = policy("package p\ndeny[\"no\"] { input.type }", Some("step")).unwrap_err();
    assert!(refused.contains("input --entity step"), "{refused}");
    let refused = policy("package p\ndeny[\"no\"] { input.type }", None).unwrap_err();
    assert!(
        refused.contains("the package `p` names no entity"),
        "{refused}"
    );
    assert!(policy("package p\n", Some("steps")).is_err());
}

#[test]
fn what_isnt_wrapped_is_handed_over_as_it_is() {
    for (text, expected) in [
        ("{z: 1, y: 2}", r#"{"y":2,"z":1}"#),
        ("x", r#""x""#),
        ("step: {type: Run}", r#"{"type":"Run"}"#),
        // Its root key makes it one, even without an identifier.
        (
            "connector: {type: DockerRegistry}",
            r#"{"entity":{"type":"DockerRegistry"},"metadata":{"action":"onsave","type":"connector"}}"#,
        ),
    ] {
        let document = parse(text, &Limits::default()).remove(0).unwrap();
        let input = input_of_document(&document, text, None, None, None);
        assert_eq!(json::write(&input), expected, "{text}");
    }
    // A named entity takes precedence over the one in the file. Without its root key, the document is the content.
    let service = PolicyEntity::from_name("service").unwrap();
    assert_eq!(
        shown("pipeline: {identifier: a}", Some(service), Event::OnSave),
        r#"{"metadata":{"action":"onsave","type":"service"},"serviceEntity":{"pipeline":{"identifier":"a"}}}"#
    );
}

#[test]
fn numbers_of_a_file_reach_a_policy_with_all_their_digits() {
    let text = "# é\nx: &id 18446744073709551615\ny: [-12345678901234567890123, *id, 1.10, 1e25, 9007199254740993, 1e400]\n";
    let document = parse(text, &Limits::default()).remove(0).unwrap();
    let input = input_of_document(&document, text, None, None, None);
    assert_eq!(
        json::write(&input),
        r#"{"x":18446744073709551615,"y":[-12345678901234567890123,18446744073709551615,1.1,1e+25,9007199254740993,"1e400"]}"#
    );
    let rego = "package pipeline\n\ndeny[msg] { input.pipeline.id == 18446744073709551615; msg := \"it is\" }\n";
    let pipeline = |id: &str| format!("pipeline: {{identifier: a, id: {id}, stages: []}}");
    let denied = |id: &str| denied(&pipeline(id), policy(rego, None).unwrap(), None);
    assert_eq!(denied("18446744073709551615"), ["it is"]);
    assert!(denied("18446744073709551614").is_empty());
}
