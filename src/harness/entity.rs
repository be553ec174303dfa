//! The table of entities, with their names in files, in the input of policies, and in configurations.
//!
//! Source: harness-schema (v0 and v1), and Harness's guide for authors of policies.

use document::{Node, Value};

/// The kinds of entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// `pipeline`, v0 or v1 inside.
    Pipeline,
    /// `template`, v0 or v1.
    Template,
    /// `connector`.
    Connector,
    /// `inputSet`.
    InputSet,
    /// `agent`, v1 only.
    Agent,
    /// `trigger`.
    Trigger,
    /// `overlayInputSet`.
    OverlayInputSet,
    /// `service`.
    Service,
    /// `environment`.
    Environment,
    /// `infrastructureDefinition`.
    InfrastructureDefinition,
    /// `secret`.
    Secret,
    /// `overrides`.
    Override,
    /// `serviceOverrides`, an older form of overrides.
    ServiceOverride,
    /// `freeze`, a deployment freeze.
    Freeze,
    /// `variable`.
    Variable,
    /// `featureFlags`, a list of them.
    FeatureFlags,
    /// A single step, which no file contains. Policies get it when a step begins.
    Step,
}

/// An entry of the table.
#[derive(Debug)]
struct KindDescription {
    /// The root key in a file.
    key: &'static str,
    /// The noun for it, with its article.
    noun: &'static str,
    /// How Harness evaluates policies on it; `None` if it doesn't.
    policy: Option<&'static PolicyEntity>,
}

/// An entity on which Harness evaluates policies.
#[derive(Debug, PartialEq, Eq)]
pub struct PolicyEntity {
    /// The kind.
    pub kind: EntityKind,
    /// Its name in Harness, in options and in configurations.
    pub name: &'static str,
    /// The root key in a file.
    root: &'static str,
    /// Its key in the input; `None` if it is the input itself.
    pub key: Option<&'static str>,
    /// The type of the policy sets for it.
    pub set: &'static str,
    /// The events on which Harness evaluates policies. The first one is the default.
    pub events: &'static [Event],
    /// Names for it in the packages of policies, in addition to `name`.
    other_packages: &'static [&'static str],
}

/// An event on which Harness evaluates policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An entity is saved.
    OnSave,
    /// A pipeline starts.
    OnRun,
    /// A step starts, or a Policy step runs.
    OnStep,
}

impl Event {
    /// All events.
    pub const ALL: [Self; 3] = [Self::OnSave, Self::OnRun, Self::OnStep];

    /// Harness's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OnSave => "onsave",
            Self::OnRun => "onrun",
            Self::OnStep => "onstep",
        }
    }

    /// The event with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }
}

/// An entry for a kind on which Harness evaluates no policies.
const fn unasked(key: &'static str, noun: &'static str) -> KindDescription {
    KindDescription {
        key,
        noun,
        policy: None,
    }
}

/// An entry for a kind on which Harness evaluates policies.
const fn asked(noun: &'static str, policy: &'static PolicyEntity) -> KindDescription {
    KindDescription {
        key: policy.root,
        noun,
        policy: Some(policy),
    }
}

/// An entity on which Harness evaluates policies when it is saved.
const fn saved(
    kind: EntityKind,
    root: &'static str,
    name: &'static str,
    key: &'static str,
    other_packages: &'static [&'static str],
) -> PolicyEntity {
    PolicyEntity {
        kind,
        name,
        root,
        key: Some(key),
        set: name,
        events: &[Event::OnSave],
        other_packages,
    }
}

static PIPELINE_POLICY: PolicyEntity = PolicyEntity {
    kind: EntityKind::Pipeline,
    name: "pipeline",
    root: "pipeline",
    key: Some("pipeline"),
    set: "pipeline",
    events: &[Event::OnRun, Event::OnSave],
    other_packages: &[],
};
static STEP_POLICY: PolicyEntity = PolicyEntity {
    kind: EntityKind::Step,
    name: "step",
    root: "step",
    key: None,
    set: "custom",
    events: &[Event::OnStep],
    other_packages: &[],
};
static TEMPLATE_POLICY: PolicyEntity = saved(
    EntityKind::Template,
    "template",
    "template",
    "template",
    &[],
);
static CONNECTOR_POLICY: PolicyEntity = saved(
    EntityKind::Connector,
    "connector",
    "connector",
    "entity",
    &[],
);
// Harness itself evaluates no policies on input sets.
static INPUT_SET_POLICY: PolicyEntity = saved(
    EntityKind::InputSet,
    "inputSet",
    "inputSet",
    "inputSet",
    &["inputset", "input_set"],
);
static SECRET_POLICY: PolicyEntity = saved(EntityKind::Secret, "secret", "secret", "secret", &[]);
static SERVICE_POLICY: PolicyEntity = saved(
    EntityKind::Service,
    "service",
    "service",
    "serviceEntity",
    &[],
);
static ENVIRONMENT_POLICY: PolicyEntity = saved(
    EntityKind::Environment,
    "environment",
    "environment",
    "environmentEntity",
    &["env"],
);
static INFRASTRUCTURE_POLICY: PolicyEntity = saved(
    EntityKind::InfrastructureDefinition,
    "infrastructureDefinition",
    "infrastructure",
    "infrastructureEntity",
    &["infrastructureDefinition"],
);
static OVERRIDE_POLICY: PolicyEntity = saved(
    EntityKind::Override,
    "overrides",
    "override",
    "overrideEntity",
    &["overrides"],
);

static PIPELINE: KindDescription = asked("a pipeline", &PIPELINE_POLICY);
static TEMPLATE: KindDescription = asked("a template", &TEMPLATE_POLICY);
static CONNECTOR: KindDescription = asked("a connector", &CONNECTOR_POLICY);
static INPUT_SET: KindDescription = asked("an input set", &INPUT_SET_POLICY);
static SECRET: KindDescription = asked("a secret", &SECRET_POLICY);
static SERVICE: KindDescription = asked("a service", &SERVICE_POLICY);
static ENVIRONMENT: KindDescription = asked("an environment", &ENVIRONMENT_POLICY);
static INFRASTRUCTURE: KindDescription =
    asked("an infrastructure definition", &INFRASTRUCTURE_POLICY);
static OVERRIDE: KindDescription = asked("overrides", &OVERRIDE_POLICY);
static STEP: KindDescription = asked("a step", &STEP_POLICY);
static AGENT: KindDescription = unasked("agent", "an agent");
static TRIGGER: KindDescription = unasked("trigger", "a trigger");
static OVERLAY_INPUT_SET: KindDescription = unasked("overlayInputSet", "an overlay input set");
static SERVICE_OVERRIDE: KindDescription = unasked("serviceOverrides", "service overrides");
static FREEZE: KindDescription = unasked("freeze", "a deployment freeze");
static VARIABLE: KindDescription = unasked("variable", "a variable");
static FEATURE_FLAGS: KindDescription = unasked("featureFlags", "feature flags");

impl EntityKind {
    /// All kinds.
    pub const ALL: [Self; 17] = [
        Self::Pipeline,
        Self::Template,
        Self::Connector,
        Self::InputSet,
        Self::Secret,
        Self::Service,
        Self::Environment,
        Self::InfrastructureDefinition,
        Self::Override,
        Self::Step,
        Self::Agent,
        Self::Trigger,
        Self::OverlayInputSet,
        Self::ServiceOverride,
        Self::Freeze,
        Self::Variable,
        Self::FeatureFlags,
    ];

    fn description(self) -> &'static KindDescription {
        match self {
            Self::Pipeline => &PIPELINE,
            Self::Template => &TEMPLATE,
            Self::Connector => &CONNECTOR,
            Self::InputSet => &INPUT_SET,
            Self::Agent => &AGENT,
            Self::Trigger => &TRIGGER,
            Self::OverlayInputSet => &OVERLAY_INPUT_SET,
            Self::Service => &SERVICE,
            Self::Environment => &ENVIRONMENT,
            Self::InfrastructureDefinition => &INFRASTRUCTURE,
            Self::Secret => &SECRET,
            Self::Override => &OVERRIDE,
            Self::ServiceOverride => &SERVICE_OVERRIDE,
            Self::Freeze => &FREEZE,
            Self::Variable => &VARIABLE,
            Self::FeatureFlags => &FEATURE_FLAGS,
            Self::Step => &STEP,
        }
    }

    /// The root key in a file.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.description().key
    }

    /// The noun for it, with its article, such as `an input set`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        self.description().noun
    }

    /// How Harness evaluates policies on it; `None` if it doesn't.
    #[must_use]
    pub fn policy(self) -> Option<&'static PolicyEntity> {
        self.description().policy
    }

    /// Whether our rules judge this kind. Of triggers, they judge those with an input set.
    #[must_use]
    pub fn is_judged(self) -> bool {
        matches!(
            self,
            Self::Pipeline
                | Self::Template
                | Self::Connector
                | Self::InputSet
                | Self::Agent
                | Self::Trigger
        )
    }

    /// Whether the root key alone identifies a document of this kind, because no rule judges its content.
    #[must_use]
    pub fn is_known_by_its_key(self) -> bool {
        !matches!(self, Self::Step | Self::FeatureFlags)
            && (self == Self::Trigger || !self.is_judged())
    }

    /// The kind with this root key in a file.
    #[must_use]
    pub fn under(key: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.key() == key && *kind != Self::Step)
    }
}

impl PolicyEntity {
    /// All of them, in the order of the table.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        EntityKind::ALL.into_iter().filter_map(EntityKind::policy)
    }

    /// The pipeline, which is the default.
    #[must_use]
    pub fn pipeline() -> &'static Self {
        &PIPELINE_POLICY
    }

    /// Those that files contain, so that a check can evaluate policies on them: all except the step.
    pub fn in_files() -> impl Iterator<Item = &'static Self> {
        Self::all().filter(|entity| entity.key.is_some())
    }

    /// Whether this is its name, or its name in packages.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.other_packages.contains(&name)
    }

    /// The entity with this name, or with this name in packages.
    #[must_use]
    pub fn from_name(name: &str) -> Option<&'static Self> {
        Self::all().find(|entity| entity.answers_to(name))
    }

    /// The entity that a policy is about, according to the convention for its package: `package pipeline`, or
    /// `package acme.pipeline`.
    #[must_use]
    pub fn of_package(package: &str) -> Option<&'static Self> {
        Self::from_name(package.rsplit('.').next().unwrap_or(package))
    }

    /// All names, for messages.
    #[must_use]
    pub fn names() -> String {
        quoted(Self::all())
    }

    /// The names of those that files contain, for messages.
    #[must_use]
    pub fn names_in_files() -> String {
        quoted(Self::in_files())
    }

    /// The default event.
    #[must_use]
    pub fn usual_event(&self) -> Event {
        self.events.first().copied().unwrap_or(Event::OnSave)
    }
}

fn quoted(entities: impl Iterator<Item = &'static PolicyEntity>) -> String {
    let names: Vec<_> = entities
        .map(|entity| format!("`{}`", entity.name))
        .collect();
    names.join(", ")
}

/// An entity in a document.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'d, 't> {
    /// Its kind.
    pub kind: EntityKind,
    /// The value of the root key.
    pub content: &'d Node<'t>,
    /// The `version` next to the root key, which is 1 in v1.
    pub version: Option<&'d Node<'t>>,
    /// The `inputs` next to the root key, which v1 allows.
    pub inputs: Option<&'d Node<'t>>,
}

impl<'d> Entity<'d, '_> {
    /// The `identifier` (v0) or `id` (v1), if it is a string.
    #[must_use]
    pub fn identifier(&self) -> Option<&'d str> {
        ["identifier", "id"]
            .iter()
            .find_map(|key| match &self.content.get(key)?.value {
                Value::String(text) => Some(text.as_ref()),
                _ => None,
            })
    }

    /// Whether our rules judge it. Of a trigger, they judge the input set in its text, which must have been
    /// [parsed](super::with_input_set) before.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        if self.kind != EntityKind::Trigger {
            return self.kind.is_judged();
        }
        let given = self.content.get(INPUT_YAML);
        given.is_some_and(|given| matches!(given.value, Value::Mapping(_)))
    }
}

/// The key under which a trigger has the input set for its pipeline, as a string.
pub const INPUT_YAML: &str = "inputYaml";

#[cfg(test)]
mod tests {
    use super::{EntityKind, PolicyEntity};
    use crate::typescript;

    #[test]
    fn no_two_kinds_share_a_key_or_a_name() {
        for (at, kind) in EntityKind::ALL.into_iter().enumerate() {
            for other in EntityKind::ALL.into_iter().take(at) {
                assert_ne!(kind, other);
                assert_ne!(kind.key(), other.key());
            }
            if let Some(policy) = kind.policy() {
                assert_eq!(policy.kind, kind);
                assert_eq!(PolicyEntity::from_name(policy.name), Some(policy));
                for package in policy.other_packages {
                    assert_eq!(PolicyEntity::from_name(package), Some(policy));
                }
            }
        }
    }

    #[test]
    fn a_package_says_what_its_policy_is_about() {
        for (package, name) in [
            ("pipeline", Some("pipeline")),
            ("acme.policies.connector", Some("connector")),
            ("input_set", Some("inputSet")),
            ("infrastructureDefinition", Some("infrastructure")),
            ("pipelines", None),
            ("", None),
        ] {
            let found = PolicyEntity::of_package(package).map(|entity| entity.name);
            assert_eq!(found, name, "{package}");
        }
    }

    #[test]
    fn the_entities_for_typescript_are_current() {
        typescript::entities();
    }
}
