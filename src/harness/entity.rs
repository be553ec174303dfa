//! The table of entities: what each is called in a file, in a policy's input and in a configuration.
//!
//! Source: harness-schema (v0 and v1), and Harness's guide for authors of policies.

use document::{Node, Value};

/// The kinds of entity.
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
    /// `freeze`.
    Freeze,
    /// `variable`.
    Variable,
    /// `featureFlags`, a list of them.
    FeatureFlags,
    /// A step by itself, which no file holds: what a policy gets when a step starts.
    Step,
}

/// What is known of one kind of entity.
#[derive(Debug)]
struct KindDescription {
    /// Its root key in a file.
    key: &'static str,
    /// What a person calls one.
    noun: &'static str,
    /// What Harness asks policies of it.
    policy: Option<&'static PolicyEntity>,
}

/// An entity of which policies are asked.
#[derive(Debug, PartialEq, Eq)]
pub struct PolicyEntity {
    /// The kind.
    pub kind: EntityKind,
    /// What Harness, options and configurations call it.
    pub name: &'static str,
    /// Its root key in a file.
    root: &'static str,
    /// The key under which the input has it; without one, it is the input itself.
    pub key: Option<&'static str>,
    /// The type of the policy sets that ask about it.
    pub set: &'static str,
    /// The events on which Harness asks; the first one is meant where nobody says which.
    pub events: &'static [Event],
    /// What packages of its policies are called beside `name`.
    other_packages: &'static [&'static str],
}

/// When Harness asks policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// When an entity is saved.
    OnSave,
    /// When a pipeline starts.
    OnRun,
    /// When a step starts, and in a Policy step.
    OnStep,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OnSave, Self::OnRun, Self::OnStep];

    /// What Harness calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OnSave => "onsave",
            Self::OnRun => "onrun",
            Self::OnStep => "onstep",
        }
    }

    /// The event of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }
}

/// A kind of which no policy is asked.
const fn unasked(key: &'static str, noun: &'static str) -> KindDescription {
    KindDescription {
        key,
        noun,
        policy: None,
    }
}

/// A kind of which policies are asked.
const fn asked(noun: &'static str, policy: &'static PolicyEntity) -> KindDescription {
    KindDescription {
        key: policy.root,
        noun,
        policy: Some(policy),
    }
}

/// An entity of which policies are asked when it is saved.
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
// Harness itself asks no policy of input sets.
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
    /// All of them.
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

    /// What a person calls one: `an input set`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        self.description().noun
    }

    /// What policies are asked of it; none where none is.
    #[must_use]
    pub fn policy(self) -> Option<&'static PolicyEntity> {
        self.description().policy
    }

    /// Whether our rules are about this kind; of triggers, about those with an input set.
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

    /// Whether a root key alone says that a document is of this kind: no rule is about what is under it.
    #[must_use]
    pub fn is_known_by_its_key(self) -> bool {
        !matches!(self, Self::Step | Self::FeatureFlags)
            && (self == Self::Trigger || !self.is_judged())
    }

    /// The kind that has this root key in a file.
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

    /// The usual one.
    #[must_use]
    pub fn pipeline() -> &'static Self {
        &PIPELINE_POLICY
    }

    /// Those that files hold, so that a check can ask policies about them: all but a step.
    pub fn in_files() -> impl Iterator<Item = &'static Self> {
        Self::all().filter(|entity| entity.key.is_some())
    }

    /// Whether it is called so, or packages of its policies are.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.other_packages.contains(&name)
    }

    /// The entity of a name, or of what packages are called after it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<&'static Self> {
        Self::all().find(|entity| entity.answers_to(name))
    }

    /// The entity that a policy is about, as its package says by convention: `package pipeline`, or
    /// `package acme.pipeline`.
    #[must_use]
    pub fn of_package(package: &str) -> Option<&'static Self> {
        Self::from_name(package.rsplit('.').next().unwrap_or(package))
    }

    /// All names, for a sentence.
    #[must_use]
    pub fn names() -> String {
        quoted(Self::all())
    }

    /// The names of those that files hold, for a sentence.
    #[must_use]
    pub fn names_in_files() -> String {
        quoted(Self::in_files())
    }

    /// The event that is meant where nobody says which.
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

/// One entity of a document.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'d, 't> {
    /// Which kind it is.
    pub kind: EntityKind,
    /// What is under the root key.
    pub content: &'d Node<'t>,
    /// What is beside it as `version`: 1 in v1.
    pub version: Option<&'d Node<'t>>,
    /// What is beside it as `inputs`, as may be in v1.
    pub inputs: Option<&'d Node<'t>>,
}

impl<'d> Entity<'d, '_> {
    /// `identifier` (v0) or `id` (v1), where it is a string.
    #[must_use]
    pub fn identifier(&self) -> Option<&'d str> {
        ["identifier", "id"]
            .iter()
            .find_map(|key| match &self.content.get(key)?.value {
                Value::String(text) => Some(text.as_ref()),
                _ => None,
            })
    }

    /// Whether our rules are about it. Of a trigger they judge the input set that it gives as text,
    /// which has to be [read](super::with_input_set) before.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        if self.kind != EntityKind::Trigger {
            return self.kind.is_judged();
        }
        let given = self.content.get(INPUT_YAML);
        given.is_some_and(|given| matches!(given.value, Value::Mapping(_)))
    }
}

/// Where a trigger has the input set that it gives to its pipeline, written as text.
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
