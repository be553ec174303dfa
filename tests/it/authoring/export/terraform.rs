//! The exported Terraform, read by a parser for the language. Terraform itself needs its provider, and the provider
//! needs an account.

use std::collections::BTreeSet;

use harness_image_guard::export::{Target, export};
use harness_image_guard::{Config, Facts};
use hcl::eval::{Context, Evaluate as _};
use hcl::{Block, Body};

/// A kind of block, its required arguments, and its optional ones.
type Arguments = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// The arguments that the provider has for the blocks that we write.
const ARGUMENTS: [Arguments; 5] = [
    (
        "harness_platform_policy",
        &["identifier", "name", "rego"],
        &["org_id", "project_id"],
    ),
    (
        "harness_platform_policyset",
        &["identifier", "name", "action", "type", "enabled"],
        &["policy_references"],
    ),
    ("policy_references", &["identifier", "severity"], &[]),
    (
        "harness_platform_connector_docker",
        &["identifier", "name", "type", "url"],
        &["credentials", "delegate_selectors", "execute_on_delegate"],
    ),
    ("credentials", &["username", "password_ref"], &[]),
];

/// The types of policy sets, with their events.
const EVENTS: [(&str, &str); 5] = [
    ("pipeline", "onsave"),
    ("pipeline", "onrun"),
    ("custom", "onstep"),
    ("template", "onsave"),
    ("connector", "onsave"),
];

/// Every form of the connector, and strings that Terraform would take for templates.
const CONFIGURATIONS: [&str; 3] = [
    "",
    "{preset: ecr, rules: {no-docker-hub: warning, harness-image-connector: off}}",
    "{harnessImage: {url: 'https://r.example/team', providerType: Harbor, auth: UsernamePassword}, trustedConnectors: ['*${x}*', '%{ if y }', \"a\\nREGO\\n\\\"\"]}",
];

#[test]
fn blocks_have_the_arguments_that_the_provider_knows() {
    for config in CONFIGURATIONS {
        check_blocks(&exported(config));
    }
}

/// Checks that everything in it exists in the provider.
pub fn check_blocks(body: &Body) {
    for block in body.blocks() {
        let labels: Vec<_> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
        match (block.identifier(), labels.as_slice()) {
            ("resource", [kind, name]) => {
                check(kind, block.body());
                let identifier = text(block, "identifier");
                let is_the_connector = (*name, &*identifier) == ("harness_image", "harnessImage");
                assert!(
                    identifier == *name || is_the_connector,
                    "{name}: {identifier}"
                );
                assert!(!identifier.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
            }
            ("variable", [_]) => {
                assert_eq!(names(block.body()), ["description", "type"].into());
            }
            (other, _) => panic!("what is `{other}`?"),
        }
    }
}

fn check(kind: &str, body: &Body) {
    let (_, needed, allowed) = ARGUMENTS
        .iter()
        .find(|(each, ..)| *each == kind)
        .unwrap_or_else(|| panic!("the provider has no `{kind}`"));
    let names = names(body);
    for name in *needed {
        assert!(names.contains(name), "{kind} has no `{name}`");
    }
    for name in names {
        assert!(
            needed.contains(&name) || allowed.contains(&name),
            "{kind} knows no `{name}`"
        );
    }
    for block in body.blocks() {
        check(block.identifier(), block.body());
    }
}

fn names(body: &Body) -> BTreeSet<&str> {
    let attributes = body.attributes().map(hcl::Attribute::key);
    attributes
        .chain(body.blocks().map(Block::identifier))
        .collect()
}

#[test]
fn sets_apply_each_policy_at_every_event_of_its_entity() {
    for config in CONFIGURATIONS {
        let body = exported(config);
        let severity = if config.contains("no-docker-hub: warning") {
            "warning"
        } else {
            "error"
        };
        let mut applied = BTreeSet::new();
        for set in resources(&body, "harness_platform_policyset") {
            let [kind, action] = ["type", "action"].map(|name| text(set, name));
            assert!(EVENTS.contains(&(&kind, &action)), "{kind} {action}");
            for reference in set.body().blocks() {
                let policy = attribute(reference, "identifier").to_string();
                if policy.contains("no_docker_hub") {
                    assert_eq!(text(reference, "severity"), severity);
                }
                assert!(applied.insert((kind.clone(), action.clone(), policy)));
            }
        }
        let mut expected = BTreeSet::new();
        for policy in resources(&body, "harness_platform_policy") {
            let identifier = text(policy, "identifier");
            for (kind, action) in EVENTS {
                let entity = if kind == "custom" { "pipeline" } else { kind };
                if identifier.ends_with(entity) {
                    let reference = format!("harness_platform_policy.{identifier}.identifier");
                    expected.insert((kind.to_owned(), action.to_owned(), reference));
                }
            }
        }
        assert_eq!(applied, expected);
    }
}

#[test]
fn policies_read_the_modules_beside_them() {
    for config in CONFIGURATIONS {
        let body = exported(config);
        let policies = resources(&body, "harness_platform_policy");
        let read: BTreeSet<_> = policies
            .map(|policy| attribute(policy, "rego").to_string())
            .collect();
        let config = Config::parse(None, config, None).expect("a configuration");
        let facts = Facts::from_config(&config).expect("settings");
        let [modules, files] = [Target::Rego, Target::Terraform]
            .map(|target| export(&config, &facts, target, &[]).expect("files"));
        let expected: BTreeSet<_> = modules
            .iter()
            .map(|module| format!("file(\"${{path.module}}/{}\")", module.path))
            .collect();
        assert_eq!(read, expected);
        for module in &modules {
            assert!(files.contains(module), "{}", module.path);
        }
    }
}

#[test]
fn the_connector_is_the_specified_one() {
    let specified = [
        ("Other", "https://app.harness.io/registry", false),
        ("Other", "https://public.ecr.aws/harness", false),
        ("Harbor", "https://r.example/team", true),
    ];
    for (config, (kind, url, has_credentials)) in CONFIGURATIONS.into_iter().zip(specified) {
        let body = exported(config);
        let [connector] = resources(&body, "harness_platform_connector_docker")
            .collect::<Vec<_>>()
            .try_into()
            .expect("one connector");
        assert_eq!(
            ["type", "url"].map(|name| text(connector, name)),
            [kind, url]
        );
        let variables: BTreeSet<_> = body
            .blocks()
            .filter(|block| block.identifier() == "variable")
            .map(|block| format!("var.{}", block.labels()[0].as_str()))
            .collect();
        let credentials = connector.body().blocks().next();
        let used: BTreeSet<_> = credentials
            .iter()
            .flat_map(|block| block.body().attributes())
            .map(|attribute| attribute.expr().to_string())
            .collect();
        assert_eq!((credentials.is_some(), used), (has_credentials, variables));
    }
}

/// The `.tf` files for a configuration, as Terraform reads them: as one.
fn exported(config: &str) -> Body {
    let config = Config::parse(None, config, None).expect("a configuration");
    let facts = Facts::from_config(&config).expect("settings");
    let [modules, files] = [Target::Rego, Target::Terraform]
        .map(|target| export(&config, &facts, target, &[]).expect("files"));
    let texts: Vec<_> = files
        .into_iter()
        .filter(|file| !modules.contains(file))
        .map(|file| String::from_utf8(file.content).expect("UTF-8"))
        .collect();
    hcl::parse(&texts.join("\n")).expect("Terraform's language")
}

fn resources<'b>(body: &'b Body, kind: &str) -> impl Iterator<Item = &'b Block> {
    let blocks = body.blocks();
    blocks
        .filter(move |block| block.identifier() == "resource" && block.labels()[0].as_str() == kind)
}

fn attribute<'b>(block: &'b Block, name: &str) -> &'b hcl::Expression {
    let mut attributes = block.body().attributes();
    let found = attributes.find(|attribute| attribute.key() == name);
    found.unwrap_or_else(|| panic!("no `{name}`")).expr()
}

/// The value of an argument that is a string.
fn text(block: &Block, name: &str) -> String {
    let value = attribute(block, name).evaluate(&Context::new());
    let value = value.expect("nothing to look up");
    value.as_str().expect("a text").to_owned()
}
