//! Exports our rules as policies of Harness, with the configuration written into them.

mod archive;
mod bundler;
mod constant;
mod harness_api;
mod harness_policy;
mod harness_yaml;
mod module;
mod oldest_rego;
mod specification;
mod terraform;

use crate::harness::{Event, PolicyEntity};
use std::str::FromStr;

use rego::policy::Diagnostic;
use serde_json::json;

use crate::policy::{Config, Facts};
pub use harness_policy::HarnessPolicy;
use module::Module;
use specification::Specification;

/// The prefix of the policy sets' identifiers.
const SET: &str = "harness_image_guard";

/// The prefix of the policy sets' names.
const SET_NAME: &str = "Image policies";

/// A policy set: the policies for one kind of entity and one event.
struct PolicySet<'m> {
    /// The type of the set.
    kind: &'static str,
    /// The event.
    action: &'static str,
    /// The identifiers of the policies, with the severity of a denial.
    members: Vec<(&'m str, &'m str)>,
}

impl PolicySet<'_> {
    /// The sets for these modules and the events of their entities.
    fn of(modules: &[Module]) -> impl Iterator<Item = PolicySet<'_>> {
        events().filter_map(|(entity, kind, action)| {
            let members: Vec<_> = modules
                .iter()
                .filter(|module| module.entity == entity)
                .map(|module| (module.identifier.as_str(), module.severity))
                .collect();
            (!members.is_empty()).then_some(PolicySet {
                kind,
                action,
                members,
            })
        })
    }

    /// The identifier, with this prefix.
    fn identifier(&self, beginning: &str) -> String {
        format!("{beginning}_{}_{}", self.kind, self.action)
    }

    /// The name, with this prefix.
    fn name(&self, beginning: &str) -> String {
        format!("{beginning} - {} {}", self.kind, self.action)
    }
}

/// The events on which the modules for an entity are evaluated: the entity, the type of the set, and the event. A
/// Policy step has an event of its own, and gets a pipeline.
fn events() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PolicyEntity::in_files().flat_map(|entity| {
        let is_pipeline = entity == PolicyEntity::pipeline();
        let in_steps = PolicyEntity::all().filter(move |step| is_pipeline && step.key.is_none());
        Event::ALL
            .into_iter()
            .filter(|event| entity.events.contains(event))
            .map(|event| (entity.set, event.name()))
            .chain(in_steps.map(|step| (step.set, step.usual_event().name())))
            .map(|(set, event)| (entity.name, set, event))
    })
}

/// What to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A Rego module for each rule and entity.
    Rego,
    /// An OPA bundle of these modules, each in its own package.
    OpaBundle,
    /// Policies, policy sets and the `harnessImage` connector as Terraform, with the modules that it reads.
    Terraform,
    /// The connector and a Policy step as Harness's YAML.
    HarnessYaml,
    /// Policies and policy sets in the form of Harness's API.
    HarnessApi,
}

/// An exported file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its path in the output folder.
    pub path: String,
    /// Its contents.
    pub content: Vec<u8>,
}

/// Why nothing can be exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// There is no such rule.
    #[error("the rule `{0}` is unknown; the known ones are {known}", known = known())]
    UnknownRule(String),
    /// The configuration switches the rule off.
    #[error("the rule `{0}` is off in the configuration: switch it on, or export the others")]
    RuleIsOff(String),
    /// The rule needs a list of connectors.
    #[error(
        "the rule `{0}` isn't exported: it needs the list of the account's connectors, which a Harness policy can't read"
    )]
    NeedsLists(String),
    /// The user's policy isn't valid.
    #[error("the policy can't be exported: {}", refusals(.0))]
    Refused(Vec<Diagnostic>),
    /// This target is only for our rules.
    #[error("a policy of your own can be exported only as `rego` or `terraform`")]
    OursOnly,
    /// The policies aren't as expected, which the tests of a build would have shown.
    #[error("the policies can't be exported: {0}")]
    Policies(String),
}

fn known() -> String {
    let ids: Vec<_> = crate::policy::RULES
        .iter()
        .filter(|rule| rule.is_exported)
        .map(|rule| format!("`{}`", rule.id))
        .collect();
    ids.join(", ")
}

fn refusals(problems: &[Diagnostic]) -> String {
    let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

impl Target {
    /// All targets by name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("rego", Self::Rego),
        ("opa-bundle", Self::OpaBundle),
        ("terraform", Self::Terraform),
        ("harness-yaml", Self::HarnessYaml),
        ("harness-api", Self::HarnessApi),
    ];
}

impl FromStr for Target {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let named = Self::ALL.into_iter().find(|(name, _)| *name == word);
        named.map(|(_, target)| target).ok_or(())
    }
}

/// Exports rules with a configuration and its facts. If no rules are named, it exports those that are on and don't
/// need lists of connectors.
///
/// # Errors
///
/// If a rule is unknown, off, or can't be exported.
pub fn export(
    config: &Config,
    facts: &Facts,
    target: Target,
    rules: &[String],
) -> Result<Vec<ExportedFile>, ExportError> {
    let facts = facts.to_json();
    let facts = facts.map_err(|error| ExportError::Policies(error.to_string()))?;
    let modules = module::modules(config, &facts, rules)?;
    let specification = Specification::new(config, &facts);
    let specification = specification
        .ok_or_else(|| ExportError::Policies("the settings say no connector".to_owned()))?;
    Ok(match target {
        Target::Rego => modules.iter().map(rego).collect(),
        Target::OpaBundle => vec![bundle(&modules)?],
        Target::Terraform => {
            let mut files = vec![
                file("policies.tf", terraform::policies(&modules)),
                file("connector.tf", terraform::connector(&specification)),
            ];
            files.extend(modules.iter().map(rego));
            files
        }
        Target::HarnessYaml => vec![
            file("connector.yaml", harness_yaml::connector(&specification)),
            file("policy_step.yaml", harness_yaml::policy_step()),
        ],
        Target::HarnessApi => harness_api::bodies(&modules),
    })
}

/// Exports a user's policy instead of our rules.
///
/// # Errors
///
/// If the target is only for our rules.
pub fn export_harness_policy(
    policy: &HarnessPolicy,
    target: Target,
) -> Result<Vec<ExportedFile>, ExportError> {
    match target {
        Target::Rego => Ok(vec![file(
            format!("{}.rego", policy.identifier),
            policy.text.clone(),
        )]),
        Target::Terraform => Ok(vec![file("policies.tf", terraform::harness_policy(policy))]),
        Target::OpaBundle | Target::HarnessYaml | Target::HarnessApi => Err(ExportError::OursOnly),
    }
}

/// The module as a single policy.
fn rego(module: &Module) -> ExportedFile {
    file(module.file_name(), module.text(module.entity))
}

fn file(path: impl Into<String>, content: String) -> ExportedFile {
    ExportedFile {
        path: path.into(),
        content: content.into_bytes(),
    }
}

/// OPA merges modules of one package, so each module gets its own package in a bundle.
fn bundle(modules: &[Module]) -> Result<ExportedFile, ExportError> {
    let manifest =
        json!({"revision": env!("CARGO_PKG_VERSION"), "roots": [SET], "rego_version": 0});
    let mut files = vec![file("/.manifest", manifest.to_string())];
    for module in modules {
        let rule = module.rule.id.replace('-', "_");
        let text = module.text(&format!("{SET}.{rule}.{}", module.entity));
        files.push(file(format!("/{SET}/{rule}/{}.rego", module.entity), text));
    }
    let content = archive::tar_gz(&files);
    Ok(ExportedFile {
        path: "bundle.tar.gz".to_owned(),
        content: content.map_err(|error| ExportError::Policies(error.to_string()))?,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_targets_for_typescript_are_current() {
        crate::typescript::export_targets();
    }
}
