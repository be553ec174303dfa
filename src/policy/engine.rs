//! The engine of our rules, with typed results. Nothing else sees the values of the machine that evaluates them.

mod answer;
mod budget;
mod program;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use document::{Limits, Node};
use rego::rvm::{Loaded, Machine, Value};

use crate::harness::Entity;

use super::Config;
pub use answer::{Findings, ImageAnswer, ImagesAnswer, LazyFinding};
pub use budget::Budget;
pub use rego::rvm::EvaluationError;

// The rules in `policies/` that can be evaluated: `REPORT` judges one entity, `IMAGES` lists its images, `FACTS` is
// evaluated once for all files, and `EXCEPTED` finds the exceptions that cover findings. The build compiles them.
include!(concat!(env!("OUT_DIR"), "/entry_points.rs"));

/// The `data` document in `policies/`, which has the default of every setting, as JSON.
pub(super) const DATA: &str = include_str!("../../policies/data.json");

/// The rules with a configuration.
#[derive(Debug, Clone)]
pub struct Engine {
    program: Loaded,
    /// `data.harness_image_guard` without the facts.
    data: Value,
}

/// What all files say together, and the settings in force. The rules read it at `data.harness_image_guard.facts`.
#[derive(Debug, Clone)]
pub struct Facts(Value);

/// A connector among the files.
pub struct Connector<'a> {
    /// The path of its file.
    pub file: &'a str,
    /// The index of its document in the file, from 0.
    pub document: usize,
    /// The value of its root key.
    pub content: &'a Node<'a>,
    /// The text of the file.
    pub text: &'a str,
    /// Whether it is from a list of connectors.
    pub is_listed: bool,
}

/// An entity, and where it is from.
pub struct Subject<'a> {
    /// The entity.
    pub entity: Entity<'a, 'a>,
    /// The path of its file.
    pub file: &'a str,
    /// The index of its document in the file, from 0.
    pub document: usize,
    /// The text of the file.
    pub text: &'a str,
    /// How many nodes its document has, on which its budget depends.
    pub node_count: usize,
}

/// The fields of an exception; `None` for those that it doesn't have.
pub struct ExceptionAspects<'a> {
    /// The identity of the rule.
    pub rule: Option<&'a str>,
    /// A pattern for the subject of a finding in a report.
    pub subject: Option<&'a str>,
    /// A pattern of the image.
    pub image: Option<&'a str>,
}

/// The aspects of a finding that exceptions can match.
pub struct FindingAspects<'a> {
    /// The identity of the rule.
    pub rule: &'a str,
    /// The subject in a report.
    pub subject: Option<&'a str>,
    /// The images at its place.
    pub images: &'a [String],
}

/// Evaluates the rules on entities, with the facts of all files.
pub struct Evaluator {
    machine: Machine,
    budget: Budget,
}

impl Engine {
    /// The crate's rules with a configuration.
    ///
    /// # Errors
    ///
    /// If the compiled policies can't be loaded, which the tests of a build would have shown.
    pub fn new(config: &Config) -> Result<Self, EvaluationError> {
        let defaults = Value::from_node(defaults()?, DATA, &[]);
        let data = [
            ("defaults", defaults),
            ("config", Value::from_node(&config.value, "", &[])),
        ];
        let mut data = Value::object(data);
        if let Some(asked) = config.asked_rules() {
            let asked: Vec<Value> = asked.iter().map(|rule| rule.as_str().into()).collect();
            data.set_field("asked", asked.into());
        }
        Ok(Self {
            program: program::policies().clone(),
            data,
        })
    }

    /// Evaluates the facts of all files, by `policies/workspace.rego`. `scopes` are those whose connectors are all in
    /// lists, and `node_count` is the number of nodes of all connectors.
    ///
    /// # Errors
    ///
    /// If the evaluation ends early.
    pub fn facts(
        &self,
        connectors: &[Connector<'_>],
        scopes: &BTreeSet<&str>,
        node_count: usize,
        budget: Budget,
    ) -> Result<Facts, EvaluationError> {
        let connectors = connectors.iter().map(|connector| {
            Value::object([
                ("file", connector.file.into()),
                ("document", connector.document.into()),
                (
                    "connector",
                    Value::from_node(connector.content, connector.text, &MAPPINGS),
                ),
                ("isListed", connector.is_listed.into()),
            ])
        });
        let connectors: Vec<Value> = connectors.collect();
        let scopes: Vec<Value> = scopes.iter().map(|scope| (*scope).into()).collect();
        let input = Value::object([("connectors", connectors.into()), ("scopes", scopes.into())]);
        let data = Value::object([("harness_image_guard", self.data.clone())]);
        let mut machine = Machine::new(&self.program, data);
        match machine.evaluate(FACTS, &input, budget.of_facts(node_count))? {
            Value::Undefined => Err(EvaluationError::Failed(
                "the settings have no value".to_owned(),
            )),
            facts => Ok(Facts(facts)),
        }
    }

    /// An evaluator with these facts.
    #[must_use]
    pub fn evaluator(&self, facts: Facts, budget: Budget) -> Evaluator {
        let mut ours = self.data.clone();
        ours.set_field("facts", facts.0);
        let machine = Machine::new(
            &self.program,
            Value::object([("harness_image_guard", ours)]),
        );
        Evaluator {
            machine: machine.with_reserve(budget.reserve),
            budget,
        }
    }
}

impl Facts {
    /// The facts of a configuration alone, without any files.
    ///
    /// # Errors
    ///
    /// As for [`Engine::new`] and [`Engine::facts`].
    #[cfg(feature = "authoring")]
    pub fn from_config(config: &Config) -> Result<Self, EvaluationError> {
        Engine::new(config)?.facts(&[], &BTreeSet::new(), 0, Budget::AMPLE)
    }

    /// The facts as JSON.
    ///
    /// # Errors
    ///
    /// If they have something that JSON doesn't have, which no rule makes.
    #[cfg(any(test, feature = "authoring"))]
    pub fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_str(&self.0.to_string())
    }
}

impl Evaluator {
    /// The findings about an entity; `None` if no rule applies to it.
    ///
    /// # Errors
    ///
    /// If the evaluation ends early, or its result isn't a report.
    pub fn report(&mut self, subject: &Subject<'_>) -> Result<Option<Findings>, EvaluationError> {
        Findings::read(&self.evaluate(REPORT, subject)?)
    }

    /// The images of an entity; `None` if no rule applies to it.
    ///
    /// # Errors
    ///
    /// If the evaluation ends early, or its result isn't an inventory.
    pub fn images(
        &mut self,
        subject: &Subject<'_>,
    ) -> Result<Option<ImagesAnswer>, EvaluationError> {
        ImagesAnswer::read(&self.evaluate(IMAGES, subject)?)
    }

    /// For each finding of a document, the indexes of the exceptions that cover it, by `policies/exceptions.rego`.
    /// `more` is the number of instructions for this in addition to the document's share.
    ///
    /// # Errors
    ///
    /// If the evaluation ends early.
    pub fn excepted(
        &mut self,
        exceptions: &[ExceptionAspects<'_>],
        findings: &[FindingAspects<'_>],
        node_count: usize,
        more: usize,
    ) -> Result<Vec<Vec<usize>>, EvaluationError> {
        let exceptions: Vec<Value> = exceptions.iter().map(ExceptionAspects::value).collect();
        let count = findings.len();
        let findings: Vec<Value> = findings.iter().map(FindingAspects::value).collect();
        let input = Value::object([
            ("exceptions", exceptions.into()),
            ("findings", findings.into()),
        ]);
        let mut allowance = self.budget.of_document(node_count);
        allowance.share = allowance.share.saturating_add(more).min(allowance.most);
        let answer = self.machine.evaluate_within(EXCEPTED, &input, allowance)?;
        answer::indexes(&answer, count)
    }

    fn evaluate(&mut self, rule: &str, subject: &Subject<'_>) -> Result<Value, EvaluationError> {
        let allowance = self.budget.of_document(subject.node_count);
        self.machine
            .evaluate_within(rule, &input_of(subject), allowance)
    }
}

impl ExceptionAspects<'_> {
    fn value(&self) -> Value {
        Value::object([
            ("rule", optional(self.rule)),
            ("subject", optional(self.subject)),
            ("image", optional(self.image)),
        ])
    }
}

impl FindingAspects<'_> {
    fn value(&self) -> Value {
        let images = self.images.iter().map(|image| image.as_str().into());
        Value::object([
            ("rule", self.rule.into()),
            ("subject", optional(self.subject)),
            ("images", images.collect::<Vec<Value>>().into()),
        ])
    }
}

fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

/// Keys whose value is a mapping, or a string with an expression. A number there counts as missing, however it is
/// written.
const MAPPINGS: [&str; 7] = [
    "spec",
    "infrastructure",
    "runtime",
    "stepGroupInfra",
    "vm",
    "kubernetes",
    "auth",
];

/// The input of our rules: the entity under its root key, `version` and `inputs` if they are next to it, and the
/// document's file and index.
fn input_of(subject: &Subject<'_>) -> Value {
    let Subject { entity, text, .. } = subject;
    let metadata = Value::object([
        ("file", subject.file.into()),
        ("document", subject.document.into()),
    ]);
    let mut input = Value::object([("metadata", metadata)]);
    let parts = [
        (entity.kind.key(), Some(entity.content)),
        ("version", entity.version),
        ("inputs", entity.inputs),
    ];
    for (key, node) in parts {
        if let Some(node) = node {
            input.set_field(key, Value::from_node(node, text, &MAPPINGS));
        }
    }
    input
}

/// The defaults of all settings, parsed once.
///
/// # Errors
///
/// If they aren't JSON, which the tests of a build would have shown.
pub fn defaults() -> Result<&'static Node<'static>, EvaluationError> {
    static READ: OnceLock<Node<'static>> = OnceLock::new();
    if let Some(defaults) = READ.get() {
        return Ok(defaults);
    }
    let mut documents = document::parse(DATA, &Limits::default());
    let ours = match documents.pop() {
        Some(Ok(document)) => document
            .root
            .get("harness_image_guard")
            .and_then(|ours| ours.get("defaults"))
            .cloned(),
        _ => None,
    };
    let defaults = ours.ok_or_else(|| {
        EvaluationError::Failed("`policies/data.json` holds no defaults".to_owned())
    })?;
    Ok(READ.get_or_init(|| defaults))
}
