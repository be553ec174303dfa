//! The inventory as a Mermaid diagram: stage → step → image → connector → registry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Existence, Image, Inventory, Origin};

/// The inventory as a flowchart. Docker Hub is red, and unknown registries are gray.
#[must_use]
pub fn render(inventory: &Inventory) -> String {
    let mut graph = Graph::default();
    for image in &inventory.images {
        graph.add(image);
    }
    graph.text
        + &graph.verified
        + "  classDef hub fill:#fde2e1,stroke:#b42318,color:#7a271a\n"
        + "  classDef unknown fill:#eaecf0,stroke:#667085,color:#344054\n"
}

struct Graph {
    text: String,
    /// The identifiers of the nodes, by what they represent.
    nodes: BTreeMap<Vec<String>, String>,
    /// The verdicts of registries: a node for each, with an edge from each image.
    verified: String,
    /// The lines that have been written.
    lines: BTreeSet<String>,
}

impl Default for Graph {
    fn default() -> Self {
        Self {
            text: "flowchart LR\n".to_owned(),
            nodes: BTreeMap::new(),
            verified: String::new(),
            lines: BTreeSet::new(),
        }
    }
}

impl Graph {
    fn add(&mut self, image: &Image) {
        let entity = image.pipeline.as_deref().unwrap_or(&image.file);
        let within = [image.file.clone(), image.document.to_string()];
        let mut chain = Vec::new();
        let stage = image.stage.as_deref();
        let label = stage.map_or_else(|| entity.to_owned(), |stage| format!("{entity} / {stage}"));
        chain.push(self.node(
            &[&within[..], std::slice::from_ref(&label)].concat(),
            ("[\"", "\"]"),
            &label,
            "",
        ));
        if let Some(step) = &image.step {
            let key = [&within[..], &[label, step.clone()]].concat();
            chain.push(self.node(&key, ("(\"", "\")"), step, ""));
        }
        let name = match image.origin {
            Origin::File => image.name().to_owned(),
            Origin::Harness => format!("{}, Harness's own", image.name()),
        };
        let class = match (&image.registry, image.hub) {
            (None, _) => ":::unknown",
            (_, true) => ":::hub",
            _ => "",
        };
        let connector = image.connector.as_deref();
        let registry = image.registry.as_deref().unwrap_or("unknown");
        let key = ["image", &name, registry, connector.unwrap_or_default()].map(str::to_owned);
        let is_new = !self.nodes.contains_key(&key[..]);
        let node = self.node(&key, ("[[\"", "\"]]"), &name, class);
        if let Some(verification) = &image.verification
            && is_new
        {
            self.verified(&node, verification.verdict);
        }
        chain.push(node);
        if let Some(connector) = connector {
            let key = ["connector", connector].map(str::to_owned);
            chain.push(self.node(&key, ("{{\"", "\"}}"), connector, ""));
        }
        let key = ["registry", registry].map(str::to_owned);
        chain.push(self.node(&key, ("[(\"", "\")]"), registry, class));
        for pair in chain.windows(2) {
            if let [from, to] = pair {
                let edge = format!("  {from} --> {to}\n");
                once(&mut self.lines, &mut self.text, edge);
            }
        }
    }

    fn verified(&mut self, image: &str, verdict: Existence) {
        let id = verdict.id();
        let node = format!("  {id}([\"{}\"])\n", verdict.words());
        once(&mut self.lines, &mut self.verified, node);
        let _ = writeln!(self.verified, "  {image} -.-> {id}");
    }

    fn node(&mut self, key: &[String], shape: (&str, &str), label: &str, class: &str) -> String {
        if let Some(name) = self.nodes.get(key) {
            return name.clone();
        }
        let name = format!("n{}", self.nodes.len() + 1);
        let (open, close) = shape;
        let _ = writeln!(self.text, "  {name}{open}{}{close}{class}", escaped(label));
        self.nodes.insert(key.to_vec(), name.clone());
        name
    }
}

/// Appends a line, unless it has been written already.
fn once(lines: &mut BTreeSet<String>, text: &mut String, line: String) {
    if !lines.contains(&line) {
        text.push_str(&line);
        lines.insert(line);
    }
}

/// A label that is shown as it is. Characters that Mermaid or HTML could interpret are written as numbers.
fn escaped(label: &str) -> String {
    let mut escaped = String::new();
    for character in terminal::escaped(label).chars() {
        match character {
            c if c.is_alphanumeric() || " /.:-_@".contains(c) => escaped.push(c),
            c => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
    }
    escaped
}
