//! `misses-nested-steps` and `misses-parallel-stages`: steps and stages of a pipeline that a policy misses because
//! they are nested.

use std::collections::HashSet;

use commands::lint::{Finding, Path, Step};
use compiler::syntax::ast::{Module, Term};
use compiler::syntax::visit::{Visitor, walk_rule};

use super::reached::{Reached, reached};
use crate::harness::EntityKind;
use crate::policy::authoring::about;

/// Finds steps that are only taken from the list of a stage.
pub fn steps(module: &Module) -> Vec<Finding> {
    let words = Words::from_module(module);
    if words.walks {
        return Vec::new();
    }
    let paths = all_paths(module);
    let mut missed = Vec::new();
    if !words.has("stepGroup") {
        missed.push("step groups (`stepGroup.steps`)");
    }
    if !words.has("parallel")
        || !paths
            .iter()
            .any(|each| has_parallel(&each.path, "steps", "stages"))
    {
        missed.push("steps in parallel (`parallel[_].step`)");
    }
    if !words.has("rollbackSteps") {
        missed.push("rollback steps (`rollbackSteps`)");
    }
    if missed.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "this finds only the steps that are directly in the stage, and misses {}",
        list(&missed)
    );
    let root = match about::by_package(module) {
        Some(entity) if entity.kind == EntityKind::Template => "template",
        _ => "pipeline",
    };
    let help =
        format!("find steps at any depth: `walk(input.{root}, [_, node]); step := node.step`");
    paths
        .iter()
        .filter(|Reached { path, inherited }| {
            elements(path, "steps").is_some_and(|i| {
                i > 0 && path.key(i - 1) == Some("execution") && i + 1 >= *inherited
            })
        })
        .map(|each| {
            Finding::new(
                "misses-nested-steps",
                each.path.at,
                message.clone(),
                help.clone(),
            )
        })
        .collect()
}

/// Finds stages that are only taken from the pipeline's list, and not from `parallel` in it.
pub fn stages(module: &Module) -> Vec<Finding> {
    let words = Words::from_module(module);
    if words.walks {
        return Vec::new();
    }
    let paths = all_paths(module);
    if paths
        .iter()
        .any(|each| has_parallel(&each.path, "stages", "steps"))
    {
        return Vec::new();
    }
    // A list is often reached several times through variables.
    let mut through_variables = HashSet::new();
    let mut found = Vec::new();
    for Reached { path, inherited } in &paths {
        let Some(i) = elements(path, "stages").filter(|i| path.key(i + 2) == Some("stage")) else {
            continue;
        };
        let stages = Path {
            steps: path.steps.get(..=i).unwrap_or_default().to_vec(),
            ..path.clone()
        };
        let is_found =
            *inherited == 0 || i + 2 >= *inherited && through_variables.insert(stages.to_string());
        if is_found {
            found.push(Finding::new(
                "misses-parallel-stages",
                path.at,
                "this misses stages that run in parallel: they are under `parallel` in an element of `stages`".to_owned(),
                format!("define a rule `all_stages[stage]` twice: once with `stage := {stages}[_].stage`, and once with `stage := {stages}[_].parallel[_].stage`"),
            ));
        }
    }
    found
}

fn all_paths(module: &Module) -> Vec<Reached> {
    let rules = module.rules.iter();
    rules.flat_map(|rule| reached(rule, module)).collect()
}

/// The index after the step that enumerates the list under a key.
fn elements(path: &Path, key: &str) -> Option<usize> {
    (0..path.steps.len())
        .find(|&i| path.key(i) == Some(key) && matches!(path.steps.get(i + 1), Some(Step::Var(_))))
}

/// Whether a path leads into `parallel` in the list under `key`. If it doesn't show which list it is, it counts
/// unless it shows that it is the one under `other`.
fn has_parallel(path: &Path, key: &str, other: &str) -> bool {
    let Some(i) = (0..path.steps.len()).find(|&i| path.key(i) == Some("parallel")) else {
        return false;
    };
    let before = (0..i).rev().find_map(|j| path.key(j));
    let after = (i + 1..path.steps.len()).find_map(|j| path.key(j));
    let one = key.trim_end_matches('s');
    match (before, after) {
        (Some(before), _) if before == key => true,
        (Some(before), _) if before == other => false,
        (_, Some(after)) if after == one || after == "stepGroup" && one == "step" => true,
        (_, Some("stage" | "step" | "stepGroup")) => false,
        _ => true,
    }
}

fn list(items: &[&str]) -> String {
    match items.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The strings in a module.
struct Words {
    texts: HashSet<String>,
    walks: bool,
}

impl Words {
    fn from_module(module: &Module) -> Self {
        let mut words = Self {
            texts: HashSet::new(),
            walks: false,
        };
        for rule in &module.rules {
            walk_rule(rule, &mut words);
        }
        words
    }

    fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }
}

impl Visitor for Words {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let Some(text) = term.as_text() {
            self.texts.insert(text.to_string());
        }
        self.walks |= term.operator().as_deref() == Some("walk");
        true
    }
}
