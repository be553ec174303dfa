//! Random pipelines in every layout that YAML allows, which are the same for the same seed.

use std::fmt::Write as _;

use crate::authoring::chance::Chance;

enum Tree {
    Scalar(&'static str),
    Nothing,
    Mapping(Vec<(&'static str, Tree)>),
    List(Vec<Tree>),
}

use Tree::{List, Mapping, Nothing, Scalar};

const REFERENCES: [&str; 6] = [
    "account.other",
    "account.harnessImage",
    "account.dockerhub",
    "",
    "7",
    "org.x y",
];
const IMAGES: [&str; 9] = [
    "maven",
    "docker.io/maven:3",
    "docker.io/a/b",
    "r.example/a",
    "index.docker.io/library/x@sha256:0a",
    "7",
    "a/b:<+x>",
    "docker.io/a:<+x>",
    "<+input>",
];

/// The source of a pipeline with some stages.
pub fn pipeline(mut chance: Chance<'_>) -> String {
    let is_json = chance.once_in(3);
    let stages = (0..=chance.next() % 2)
        .map(|_| stage(&mut chance))
        .collect();
    let root = Mapping(vec![(
        "pipeline",
        Mapping(vec![("identifier", Scalar("p")), ("stages", List(stages))]),
    )]);
    let line_break = chance.one_of(&["\n", "\n", "\r\n"]);
    let mut writer = Writer {
        chance,
        text: String::new(),
    };
    if writer.chance.once_in(8) {
        writer.flow(&root, is_json);
    } else {
        writer.block(&root, 0);
    }
    let text = writer.text.trim_start_matches('\n').to_owned();
    let text = if writer.chance.once_in(4) {
        text
    } else {
        text + "\n# the end\n"
    };
    let marked = if writer.chance.once_in(10) {
        format!("\u{feff}{text}")
    } else {
        text
    };
    marked.replace('\n', line_break)
}

fn stage(chance: &mut Chance<'_>) -> Tree {
    if chance.once_in(4) {
        return plain_stage(chance);
    }
    let mut spec = vec![];
    if !chance.once_in(4) {
        spec.push(("infrastructure", infrastructure(chance)));
    }
    let steps = (0..=chance.next() % 3).map(|_| step(chance)).collect();
    spec.push(("execution", Mapping(vec![("steps", List(steps))])));
    if chance.once_in(3) {
        spec.reverse();
    }
    Mapping(vec![(
        "stage",
        Mapping(vec![
            ("identifier", Scalar("s")),
            ("type", Scalar("CI")),
            ("spec", Mapping(spec)),
        ]),
    )])
}

fn infrastructure(chance: &mut Chance<'_>) -> Tree {
    let mut fields = vec![(
        "type",
        Scalar(chance.one_of(&["KubernetesDirect", "VM", "KubernetesHosted"])),
    )];
    match chance.next() % 5 {
        0 => {}
        1 => fields.push(("spec", Nothing)),
        2 => fields.push(("spec", Mapping(vec![]))),
        3 => fields.push(("spec", Mapping(vec![("namespace", Scalar("x"))]))),
        _ => {
            let mut spec = vec![
                ("namespace", Scalar("x")),
                ("harnessImageConnectorRef", reference(chance)),
            ];
            if chance.once_in(2) {
                spec.reverse();
            }
            fields.push(("spec", Mapping(spec)));
        }
    }
    Mapping(fields)
}

fn reference(chance: &mut Chance<'_>) -> Tree {
    if chance.once_in(6) {
        return Nothing;
    }
    Scalar(chance.one_of(&REFERENCES))
}

fn step(chance: &mut Chance<'_>) -> Tree {
    let mut spec = vec![("image", Scalar(chance.one_of(&IMAGES)))];
    if chance.once_in(2) {
        spec.push(("command", Scalar("line one\nline two")));
    }
    if chance.once_in(3) {
        spec.push(("connectorRef", reference(chance)));
    }
    if chance.once_in(3) {
        spec.reverse();
    }
    Mapping(vec![(
        "step",
        Mapping(vec![("identifier", Scalar("s")), ("spec", Mapping(spec))]),
    )])
}

fn plain_stage(chance: &mut Chance<'_>) -> Tree {
    let image = Scalar(chance.one_of(&IMAGES));
    let container = match chance.next() % 3 {
        0 => Mapping(vec![("image", image)]),
        1 => Mapping(vec![("connector", reference(chance)), ("image", image)]),
        _ => image,
    };
    let run = Mapping(vec![
        ("container", container),
        ("script", Scalar("line one\nline two")),
    ]);
    let kubernetes = Mapping(vec![("namespace", Scalar("x"))]);
    Mapping(vec![
        ("id", Scalar("v1")),
        ("runtime", Mapping(vec![("kubernetes", kubernetes)])),
        ("steps", List(vec![Mapping(vec![("run", run)])])),
    ])
}

struct Writer<'b> {
    chance: Chance<'b>,
    text: String,
}

impl Writer<'_> {
    /// What may come between two lines.
    fn gap(&mut self) {
        if self.chance.once_in(6) {
            self.text.push_str(self.chance.one_of(&[
                "\n",
                "\n# at the start",
                "\n      # somewhere: {a: b}",
                "\n\n",
            ]));
        }
    }

    /// What may come after a value.
    fn after(&mut self) {
        if self.chance.once_in(6) {
            self.text.push_str(
                self.chance
                    .one_of(&["  # why", " # a: 'b'", "   ", "\t# tab"]),
            );
        }
    }

    fn line(&mut self, indent: usize) {
        self.gap();
        let _ = write!(self.text, "\n{:indent$}", "");
    }

    /// A value, on the lines after its key or on the same line.
    fn block(&mut self, tree: &Tree, indent: usize) {
        match tree {
            Mapping(fields) if !fields.is_empty() => {
                for (i, (key, value)) in fields.iter().enumerate() {
                    // The first key of an item comes after the dash.
                    if i > 0 || !self.text.ends_with("- ") {
                        self.line(indent);
                    }
                    let key = self.key(key);
                    self.text.push_str(&key);
                    self.text.push(':');
                    self.value(value, indent);
                }
            }
            List(items) if !items.is_empty() => {
                for item in items {
                    self.line(indent);
                    self.text.push_str("- ");
                    self.block(item, indent + 2);
                }
            }
            _ => self.flow(tree, false),
        }
    }

    fn value(&mut self, value: &Tree, indent: usize) {
        match value {
            Mapping(fields) if !fields.is_empty() && !self.chance.once_in(5) => {
                self.after();
                let step = if self.chance.once_in(3) { 4 } else { 2 };
                self.block(value, indent + step);
            }
            List(items) if !items.is_empty() && !self.chance.once_in(8) => {
                self.after();
                let step = if self.chance.once_in(2) { 2 } else { 0 };
                self.block(value, indent + step);
            }
            Scalar(text) if text.contains('\n') && !self.chance.once_in(3) => {
                self.text
                    .push_str(self.chance.one_of(&[" |", " |-", " >", " |+", " | # said"]));
                for line in text.split('\n') {
                    let _ = write!(self.text, "\n{:indent$}    {line}", "");
                }
                self.text
                    .push_str(self.chance.one_of(&["", "", "\n", "\n      "]));
            }
            Scalar(text) if !text.contains('\n') && !text.is_empty() && self.chance.once_in(8) => {
                let _ = write!(self.text, " |-\n{:indent$}    {text}", "");
            }
            Nothing if self.chance.once_in(2) => self.after(),
            _ => {
                self.text.push(' ');
                self.flow(value, false);
                self.after();
            }
        }
    }

    /// A value in a flow collection, or alone.
    fn flow(&mut self, tree: &Tree, json: bool) {
        match tree {
            Nothing => self.text.push_str(if json {
                "null"
            } else {
                self.chance.one_of(&["~", "null"])
            }),
            Scalar(text) => self.scalar(text, json),
            List(items) => {
                self.text.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.comma(i, json);
                    self.flow(item, json);
                }
                self.text.push(']');
            }
            Mapping(fields) => {
                self.text.push('{');
                for (i, (key, value)) in fields.iter().enumerate() {
                    self.comma(i, json);
                    let key = if json {
                        format!("\"{key}\"")
                    } else {
                        self.key(key)
                    };
                    self.text.push_str(&key);
                    self.text.push_str(self.chance.one_of(&[": ", ": ", ":  "]));
                    self.flow(value, json);
                }
                if !json && !fields.is_empty() {
                    self.text
                        .push_str(self.chance.one_of(&["", "", " ", ",", " ,", ", "]));
                }
                self.text.push('}');
            }
        }
    }

    fn comma(&mut self, index: usize, json: bool) {
        if index > 0 {
            self.text.push(',');
        }
        let breaks = if json {
            &["", " ", "\n\t\t"][..]
        } else {
            &["", " ", " ", "\n                    "]
        };
        self.text.push_str(self.chance.one_of(breaks));
    }

    fn key(&mut self, key: &str) -> String {
        match self.chance.next() % 8 {
            0 => format!("\"{key}\""),
            1 => format!("'{key}'"),
            _ => key.to_owned(),
        }
    }

    fn scalar(&mut self, text: &str, json: bool) {
        let quoted = text.replace('\n', "\\n");
        let written = match self.chance.next() % 4 {
            _ if json || text.contains('\n') => format!("\"{quoted}\""),
            0 => format!("\"{quoted}\""),
            1 => format!("'{text}'"),
            _ if text.is_empty() => "''".to_owned(),
            _ => text.to_owned(),
        };
        self.text.push_str(&written);
    }
}
