//! Where each rule's value is in `data`.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use super::typing::constant::constant;
use crate::syntax::ast::{DATA, Module, Rule, Term, TermKind};
use builtins::Builtin;
use values::{Value, Version};

/// Which rule: of which module, and which there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// The module's number.
    pub module: usize,
    /// The rule's number in it.
    pub rule: usize,
}

/// A place in `data` at which a rule or a package is, or further in.
#[derive(Debug, Default)]
pub struct Node {
    /// The nodes below, by key.
    pub children: BTreeMap<Value, usize>,
    /// The rules at this node.
    pub rules: Vec<RuleId>,
    /// How many arguments the rules here take; none where they are no functions.
    pub arity: Option<usize>,
    /// Whether a package is at this node.
    pub packages: Vec<usize>,
    /// Whether a reference without this name doesn't mean it (`data.system`).
    pub is_hidden: bool,
}

/// Every place of rules, and which functions there are besides.
#[derive(Debug)]
pub struct Tree {
    /// The places; the first is `data` itself.
    pub nodes: Vec<Node>,
    version: Version,
}

impl Tree {
    /// The places of the rules of modules.
    pub fn new(modules: &[Module], version: Version) -> Self {
        let mut tree = Self {
            nodes: vec![Node::default()],
            version,
        };
        for (i, module) in modules.iter().enumerate() {
            let package: Vec<Value> = module
                .package
                .iter()
                .skip(1)
                .filter_map(Term::as_value)
                .cloned()
                .collect();
            let at = tree.put(&package);
            if let Some(node) = tree.nodes.get_mut(at) {
                node.packages.push(i);
            }
            for (j, rule) in module.rules.iter().enumerate() {
                let at = tree.put(&place(module, rule));
                if let Some(node) = tree.nodes.get_mut(at) {
                    if node.rules.is_empty() && rule.head.is_function() {
                        node.arity = rule.head.args.as_ref().map(Vec::len);
                    }
                    node.rules.push(RuleId { module: i, rule: j });
                }
            }
        }
        let system = tree.child(0, &"system".into());
        if let Some(node) = system.and_then(|at| tree.nodes.get_mut(at)) {
            node.is_hidden = true;
        }
        tree
    }

    /// Which Rego the rules are written in.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    fn put(&mut self, path: &[Value]) -> usize {
        let mut at = 0;
        for key in path {
            at = if let Some(child) = self.child(at, key) {
                child
            } else {
                let child = self.nodes.len();
                self.nodes.push(Node::default());
                if let Some(node) = self.nodes.get_mut(at) {
                    node.children.insert(key.clone(), child);
                }
                child
            };
        }
        at
    }

    /// A node by its number.
    #[must_use]
    pub fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// The node under a key of another.
    #[must_use]
    pub fn child(&self, at: usize, key: &Value) -> Option<usize> {
        self.nodes.get(at)?.children.get(key).copied()
    }

    /// The node at a path from `data`.
    #[must_use]
    pub fn find(&self, path: &[Value]) -> Option<usize> {
        path.iter().try_fold(0, |at, key| self.child(at, key))
    }

    /// The node that a reference names in full, with nothing but scalars after `data`.
    #[must_use]
    pub fn named_by(&self, parts: &[Term]) -> Option<usize> {
        parts
            .iter()
            .skip(1)
            .try_fold(0, |at, part| self.child(at, part.as_value()?))
    }

    /// The function of OPA's that a term names, if OPA of this version has it.
    #[must_use]
    pub fn builtin(&self, operator: &Term) -> Option<&'static Builtin> {
        builtins::find_in(self.version, &operator.operator()?)
    }

    /// How many arguments the function that an operator names takes, OPA's own included; none where
    /// there is no such function.
    #[must_use]
    pub fn arity_of(&self, operator: &Term) -> Option<usize> {
        if let Some(builtin) = self.builtin(operator) {
            return Some(builtin.arity());
        }
        let TermKind::Ref(parts) = &operator.kind else {
            return None;
        };
        if parts.first()?.as_var().is_none_or(|root| &**root != DATA) {
            return None;
        }
        let node = self.named_by(parts)?;
        // What is no function takes no arguments.
        let is_rule = self.node(node).is_some_and(|node| !node.rules.is_empty());
        self.arity_at(node).or(is_rule.then_some(0))
    }

    /// How many arguments the rules at a node take; none where they are no functions.
    #[must_use]
    pub fn arity_at(&self, node: usize) -> Option<usize> {
        self.nodes.get(node)?.arity
    }

    /// A node and all below it.
    #[must_use]
    pub fn below(&self, at: usize) -> Vec<usize> {
        let mut found = vec![at];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            found.extend(
                self.nodes
                    .get(at)
                    .into_iter()
                    .flat_map(|node| node.children.values()),
            );
            next += 1;
        }
        found
    }

    /// The rules that a reference may depend on.
    #[must_use]
    pub fn meant_by(&self, parts: &[Term]) -> Vec<RuleId> {
        let mut found = Vec::new();
        self.walk(0, parts.get(1..).unwrap_or_default(), &mut found);
        sort::by(&mut found, Ord::cmp);
        found.dedup();
        found
    }

    fn walk(&self, at: usize, parts: &[Term], found: &mut Vec<RuleId>) {
        let Some(node) = self.nodes.get(at) else {
            return;
        };
        let Some((part, rest)) = parts.split_first() else {
            return self.everything(at, found);
        };
        if let Some(key) = constant(part) {
            if let Some(child) = node.children.get(&key) {
                found.extend(
                    self.nodes
                        .get(*child)
                        .into_iter()
                        .flat_map(|child| &child.rules),
                );
                self.walk(*child, rest, found);
            }
            return;
        }
        for child in node.children.values() {
            let Some(below) = self.nodes.get(*child).filter(|below| !below.is_hidden) else {
                continue;
            };
            found.extend(&below.rules);
            self.walk(*child, rest, found);
        }
    }

    fn everything(&self, at: usize, found: &mut Vec<RuleId>) {
        let Some(node) = self.nodes.get(at) else {
            return;
        };
        found.extend(&node.rules);
        if node.is_hidden {
            return;
        }
        for child in node.children.values() {
            self.everything(*child, found);
        }
    }
}

/// Where a rule is: its package, and its reference up to the first variable.
pub fn place(module: &Module, rule: &Rule) -> Vec<Value> {
    let mut path: Vec<Value> = module
        .package
        .iter()
        .skip(1)
        .filter_map(Term::as_value)
        .cloned()
        .collect();
    for (i, part) in rule.head.reference.iter().enumerate() {
        match &part.kind {
            TermKind::Var(name) if i == 0 => path.push((&**name).into()),
            TermKind::Value(value) => path.push(value.clone()),
            _ => break,
        }
    }
    path
}

/// A rule's full name: `data.p.q[x]`.
pub fn shown(module: &Module, rule: &Rule, written: impl Fn(&str) -> String) -> String {
    let mut text = package(module);
    for (i, part) in rule.head.reference.iter().enumerate() {
        match &part.kind {
            TermKind::Var(name) if i == 0 => push_key(&mut text, name),
            TermKind::Var(name) => {
                let _ = write!(text, "[{}]", written(name));
            }
            _ => push_part(&mut text, part),
        }
    }
    text
}

/// The full name of what a reference from a module's package on leads to: `data.p.q`.
#[must_use]
pub fn full_name(module: &Module, reference: &[Term]) -> String {
    let mut text = package(module);
    match reference.split_first() {
        Some((head, rest)) => {
            push_key(&mut text, head.as_var().map_or("", |name| name));
            for part in rest {
                push_part(&mut text, part);
            }
            text
        }
        None => text,
    }
}

/// The name of what a reference leads to, without its package: `q["a b"]`.
#[must_use]
pub fn name(reference: &[Term]) -> String {
    let mut parts = reference.iter();
    let head = parts.next().and_then(Term::as_var);
    let mut text = head.map(ToString::to_string).unwrap_or_default();
    for part in parts {
        push_part(&mut text, part);
    }
    text
}

/// A module's package: `data.p`.
#[must_use]
pub fn package(module: &Module) -> String {
    let mut text = "data".to_owned();
    for part in module.package.iter().skip(1) {
        push_part(&mut text, part);
    }
    text
}

fn push_part(text: &mut String, part: &Term) {
    match &part.kind {
        TermKind::Value(Value::String(key)) => push_key(text, key),
        TermKind::Value(value) => {
            let _ = write!(text, "[{value}]");
        }
        TermKind::Var(name) => {
            let _ = write!(text, "[{name}]");
        }
        _ => text.push_str("[…]"),
    }
}

/// `.key`, or `["key"]` where that is no name.
pub fn push_key(text: &mut String, key: &str) {
    let is_name = key
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && crate::syntax::is_plain_name(key);
    if is_name {
        text.push('.');
        text.push_str(key);
    } else {
        {
            let _ = write!(text, "[{}]", Value::from(key));
        };
    }
}
