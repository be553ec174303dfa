//! Our rules as Harness takes them: as policies of its own, with the configuration written in.

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

/// How the names of policy sets begin.
const SET: &str = "harness_image_guard";

/// What people call them begins with this.
const SET_NAME: &str = "Image policies";

/// A policy set: policies of one kind of entity, asked at one event.
struct PolicySet<'m> {
    /// The kind of set.
    kind: &'static str,
    /// The event.
    action: &'static str,
    /// The identifiers of the policies, each with what a denial weighs.
    members: Vec<(&'m str, &'m str)>,
}

impl PolicySet<'_> {
    /// The sets that apply modules, at the events of each entity.
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

    /// Its identifier; `beginning` is how that begins.
    fn identifier(&self, beginning: &str) -> String {
        format!("{beginning}_{}_{}", self.kind, self.action)
    }

    /// What people call it.
    fn name(&self, beginning: &str) -> String {
        format!("{beginning} - {} {}", self.kind, self.action)
    }
}

/// When the modules of an entity are asked: the entity, the kind of set and its event. In a Policy step,
/// which asks policies on an event of its own, they get a pipeline.
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

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// One Rego module for each rule and entity.
    Rego,
    /// An OPA bundle of these, each under a package of its own.
    OpaBundle,
    /// Policies, policy sets and the `harnessImage` connector as Terraform, and the modules that it reads.
    Terraform,
    /// The connector and a Policy step as Harness's YAML.
    HarnessYaml,
    /// Policies and policy sets as Harness's API takes them.
    HarnessApi,
}

/// A file that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its name, in the folder that is written into.
    pub path: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// Nothing can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// There is no such rule.
    #[error("the rule `{0}` is unknown; the known ones are {known}", known = known())]
    UnknownRule(String),
    /// The configuration switches the rule off.
    #[error("the rule `{0}` is off in the configuration: switch it on, or export the others")]
    RuleIsOff(String),
    /// The rule concludes from a list of connectors.
    #[error(
        "the rule `{0}` isn't exported: it needs the list of the account's connectors, which a Harness policy can't read"
    )]
    NeedsLists(String),
    /// A policy of one's own isn't Rego.
    #[error("the policy can't be exported: {}", refusals(.0))]
    Refused(Vec<Diagnostic>),
    /// Only our rules are written as that.
    #[error("a policy of your own can be exported only as `rego` or `terraform`")]
    OursOnly,
    /// The policies aren't what they have to be, which a build's tests would have shown.
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
    /// Every target, by its name.
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

/// The files for a target, by the configuration and the facts that it leads to; where no rule is named, of all
/// that aren't off and don't need lists of connectors.
///
/// # Errors
///
/// Where a rule is unknown, off, or not one for Harness.
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

/// The file for a target with a policy of one's own, instead of our rules.
///
/// # Errors
///
/// Where only our rules are written as that target.
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

/// The module as one policy of Harness's.
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
