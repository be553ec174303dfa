//! Random entities of Harness, in their usual shapes, with a wrong value here and there.

use super::tree::Tree;
use crate::authoring::chance::Chance;

/// A field of a shape.
type Field = (String, Tree);

const REFERENCES: [&str; 9] = [
    "account.harnessImage",
    "account.other",
    "account.dockerhub",
    "org.corp",
    "corp",
    "<+input>",
    "<+pipeline.variables.v>",
    "<+matrix.m>.x",
    "",
];

const IMAGES: [&str; 16] = [
    "maven",
    "maven:3",
    "docker.io/library/maven:3",
    "index.docker.io/a/b@sha256:0a",
    "r.example/a:1",
    "r.example:5000/a",
    "localhost/a",
    "<+input>",
    "<+pipeline.variables.v>/a:1",
    "a/<+matrix.m>:<+stage.variables.v>",
    "<+input>.allowedValues(a,docker.io/b).default(a)",
    "<+input>.regex(.*)",
    "<+",
    "<+a<+b>>",
    "A/B:C:D",
    "harness/ci-addon:1",
];

const ROOTS: [&str; 14] = [
    "pipeline",
    "template",
    "inputSet",
    "connector",
    "agent",
    "trigger",
    "overlayInputSet",
    "service",
    "environment",
    "infrastructureDefinition",
    "secret",
    "overrides",
    "freeze",
    "variable",
];

const KEYS: [&str; 44] = [
    "pipeline",
    "template",
    "stages",
    "stage",
    "parallel",
    "stepGroup",
    "steps",
    "step",
    "rollbackSteps",
    "provisioner",
    "spec",
    "execution",
    "infrastructure",
    "type",
    "identifier",
    "id",
    "name",
    "image",
    "images",
    "connectorRef",
    "connector",
    "container",
    "harnessImageConnectorRef",
    "runtime",
    "platform",
    "variables",
    "value",
    "default",
    "strategy",
    "matrix",
    "templateRef",
    "templateInputs",
    "versionLabel",
    "inputYaml",
    "inputs",
    "services",
    "artifacts",
    "primary",
    "sources",
    "serviceDependencies",
    "sharedPaths",
    "dockerRegistryUrl",
    "providerType",
    "auth",
];

/// The files of a check, each with an entity.
pub fn several(chance: &mut Chance<'_>) -> Vec<Tree> {
    (0..=chance.below(3)).map(|_| one(chance)).collect()
}

fn one(chance: &mut Chance<'_>) -> Tree {
    let mut shape = Shape { chance };
    match shape.chance.below(8) {
        0..=3 => map(vec![("pipeline", shape.pipeline())]),
        4 => map(vec![("connector", shape.connector())]),
        5 => map(vec![("template", shape.template())]),
        6 => {
            let pipeline = shape.pipeline();
            map(vec![(
                "inputSet",
                map(vec![("identifier", text("i")), ("pipeline", pipeline)]),
            )])
        }
        _ => {
            let root = shape.chance.one_of(&ROOTS);
            let value = shape.anything(5);
            map(vec![(root, value)])
        }
    }
}

struct Shape<'c, 'b> {
    chance: &'c mut Chance<'b>,
}

impl Shape<'_, '_> {
    /// A random value with Harness's keys.
    fn anything(&mut self, depth: usize) -> Tree {
        if depth == 0 || self.chance.once_in(4) {
            return match self.chance.below(3) {
                0 => text(self.chance.one_of(&IMAGES)),
                1 => text(self.chance.one_of(&REFERENCES)),
                _ => Tree::of_chance(self.chance, 2),
            };
        }
        if self.chance.once_in(3) {
            let count = self.chance.below(4);
            return Tree::List((0..count).map(|_| self.anything(depth - 1)).collect());
        }
        let count = self.chance.below(5);
        let fields = (0..count)
            .map(|_| {
                let key = self.chance.one_of(&KEYS);
                (key.to_owned(), self.anything(depth - 1))
            })
            .collect();
        Tree::map(fields)
    }

    /// The right value, nearly always.
    fn or_anything(&mut self, value: Tree) -> Tree {
        if self.chance.below(24) == 23 {
            self.anything(3)
        } else {
            value
        }
    }

    fn pipeline(&mut self) -> Tree {
        let mut fields = vec![field("identifier", text("p"))];
        if self.chance.once_in(4) {
            fields.push(field("variables", self.variables()));
        }
        let stages = (0..=self.chance.below(3)).map(|_| self.stage(2)).collect();
        fields.push(field("stages", Tree::List(stages)));
        let pipeline = Tree::map(fields);
        self.or_anything(pipeline)
    }

    fn variables(&mut self) -> Tree {
        let value = match self.chance.below(3) {
            0 => text(self.chance.one_of(&REFERENCES)),
            1 => text(self.chance.one_of(&IMAGES)),
            _ => Tree::of_chance(self.chance, 1),
        };
        Tree::List(vec![map(vec![
            ("name", text("v")),
            ("type", text("String")),
            (self.chance.one_of(&["value", "default"]), value),
        ])])
    }

    fn stage(&mut self, depth: usize) -> Tree {
        if depth > 0 && self.chance.below(8) == 7 {
            let stages = (0..=self.chance.below(2))
                .map(|_| self.stage(depth - 1))
                .collect();
            return map(vec![("parallel", Tree::List(stages))]);
        }
        if self.chance.below(5) == 4 {
            let runtime = map(vec![(
                self.chance.one_of(&["kubernetes", "cloud", "vm", "shell"]),
                self.infrastructure_spec(),
            )]);
            let runtime = self.or_anything(runtime);
            let steps = self.steps(2, true);
            return map(vec![
                ("id", text("v1")),
                ("runtime", runtime),
                ("steps", steps),
            ]);
        }
        let mut spec = Vec::new();
        if !self.chance.once_in(4) {
            spec.push(field("infrastructure", self.infrastructure()));
        }
        if self.chance.below(6) == 5 {
            let image = text(self.chance.one_of(&IMAGES));
            let service = map(vec![("spec", map(vec![("image", image)]))]);
            let services = Tree::List(vec![map(vec![("service", service)])]);
            spec.push(field("serviceDependencies", services));
        }
        let steps = self.steps(2, false);
        spec.push(field("execution", map(vec![("steps", steps)])));
        let spec = self.or_anything(Tree::Map(spec));
        let mut stage = vec![
            field("identifier", text("s")),
            field(
                "type",
                text(self.chance.one_of(&[
                    "CI",
                    "Deployment",
                    "Custom",
                    "Security",
                    "IACM",
                    "Pipeline",
                ])),
            ),
            field("spec", spec),
        ];
        if self.chance.below(4) == 3 {
            let values = Tree::List(vec![text(self.chance.one_of(&IMAGES)), text("r.example")]);
            let matrix = map(vec![("matrix", map(vec![("m", self.or_anything(values))]))]);
            stage.push(field("strategy", matrix));
        }
        if self.chance.below(6) == 5 {
            stage.push(field("variables", self.variables()));
        }
        map(vec![("stage", Tree::Map(stage))])
    }

    fn infrastructure_spec(&mut self) -> Tree {
        let reference = text(self.chance.one_of(&REFERENCES));
        let reference = self.or_anything(reference);
        match self.chance.below(4) {
            0 => map(vec![("namespace", text("x"))]),
            1 => map(vec![]),
            _ => map(vec![
                ("namespace", text("x")),
                ("harnessImageConnectorRef", reference),
            ]),
        }
    }

    fn infrastructure(&mut self) -> Tree {
        let kind =
            self.chance
                .one_of(&["KubernetesDirect", "VM", "KubernetesHosted", "UseFromStage"]);
        let spec = self.infrastructure_spec();
        let spec = if kind == "VM" {
            map(vec![("spec", spec)])
        } else {
            spec
        };
        let infrastructure = map(vec![("type", text(kind)), ("spec", spec)]);
        self.or_anything(infrastructure)
    }

    fn steps(&mut self, depth: usize, is_v1: bool) -> Tree {
        let steps = (0..self.chance.below(4))
            .map(|_| self.step(depth, is_v1))
            .collect();
        let steps = Tree::List(steps);
        self.or_anything(steps)
    }

    fn step(&mut self, depth: usize, is_v1: bool) -> Tree {
        if depth > 0 {
            match self.chance.below(8) {
                6 => return map(vec![("parallel", self.steps(depth - 1, is_v1))]),
                7 => {
                    let group = map(vec![("steps", self.steps(depth - 1, is_v1))]);
                    return map(vec![(if is_v1 { "group" } else { "stepGroup" }, group)]);
                }
                _ => {}
            }
        }
        let image = text(self.chance.one_of(&IMAGES));
        let image = self.or_anything(image);
        let connector = text(self.chance.one_of(&REFERENCES));
        if is_v1 {
            let container = if self.chance.once_in(2) {
                image
            } else {
                map(vec![("image", image), ("connector", connector)])
            };
            return map(vec![(
                "run",
                map(vec![("container", container), ("script", text("x"))]),
            )]);
        }
        if self.chance.below(8) == 7 {
            let inputs = self.anything(3);
            let template = map(vec![
                ("templateRef", text("account.t")),
                ("versionLabel", text("1")),
                ("templateInputs", inputs),
            ]);
            return map(vec![(
                "step",
                map(vec![("identifier", text("t")), ("template", template)]),
            )]);
        }
        let mut spec = vec![field("image", image)];
        if self.chance.once_in(2) {
            spec.push(field("connectorRef", connector));
        }
        let step = map(vec![
            ("identifier", text("s")),
            (
                "type",
                text(self.chance.one_of(&[
                    "Run",
                    "Plugin",
                    "BuildAndPushDockerRegistry",
                    "Background",
                    "Container",
                ])),
            ),
            ("spec", Tree::Map(spec)),
        ]);
        map(vec![("step", self.or_anything(step))])
    }

    fn connector(&mut self) -> Tree {
        let url = text(self.chance.one_of(&[
            "https://index.docker.io/v2/",
            "https://app.harness.io/registry",
            "https://r.example/x",
            "http://us-docker.pkg.dev",
            "<+input>",
            "not a url",
            "",
        ]));
        let spec = map(vec![
            ("dockerRegistryUrl", self.or_anything(url)),
            (
                "providerType",
                text(self.chance.one_of(&["Other", "DockerHub", "<+input>"])),
            ),
            (
                "auth",
                map(vec![(
                    "type",
                    text(self.chance.one_of(&["Anonymous", "UsernamePassword"])),
                )]),
            ),
        ]);
        let connector = map(vec![
            (
                "identifier",
                text(self.chance.one_of(&["harnessImage", "other", "corp"])),
            ),
            (
                "type",
                text(
                    self.chance
                        .one_of(&["DockerRegistry", "Gcr", "Artifactory"]),
                ),
            ),
            ("spec", self.or_anything(spec)),
        ]);
        self.or_anything(connector)
    }

    fn template(&mut self) -> Tree {
        let (kind, spec) = match self.chance.below(4) {
            0 => ("Pipeline", self.pipeline()),
            1 => ("Stage", inner(self.stage(1), "stage")),
            2 => ("StepGroup", map(vec![("steps", self.steps(1, false))])),
            _ => ("Step", inner(self.step(0, false), "step")),
        };
        let template = map(vec![
            ("identifier", text("t")),
            ("versionLabel", text("1")),
            ("type", text(kind)),
            ("spec", spec),
        ]);
        self.or_anything(template)
    }
}

/// The value of a key, or all of it.
fn inner(tree: Tree, key: &str) -> Tree {
    match tree {
        Tree::Map(mut fields) if fields.first().is_some_and(|(first, _)| first == key) => {
            fields.remove(0).1
        }
        other => other,
    }
}

fn text(text: &str) -> Tree {
    Tree::Text(text.to_owned())
}

fn field(key: &str, value: Tree) -> Field {
    (key.to_owned(), value)
}

fn map(fields: Vec<(&str, Tree)>) -> Tree {
    Tree::map(
        fields
            .into_iter()
            .map(|(key, value)| field(key, value))
            .collect(),
    )
}
