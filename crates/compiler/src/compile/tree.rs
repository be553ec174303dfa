//! The rule tree: rules and packages by their paths in `data`.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use super::typing::constant::constant;
use crate::syntax::ast::{DATA, Module, Rule, Term, TermKind};
use builtins::Builtin;
use values::{Value, Version};

/// Identifies a rule by its module and its position in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// The index of the module.
    pub module: usize,
    /// The index of the rule in the module.
    pub rule: usize,
}

/// A node of the rule tree: a path at which there are rules or a package, or which leads to some.
#[derive(Debug, Default)]
pub struct Node {
    /// The nodes below, by key.
    pub children: BTreeMap<Value, usize>,
    /// The rules with this path.
    pub rules: Vec<RuleId>,
    /// How many arguments the rules take; `None` if they aren't functions.
    pub arity: Option<usize>,
    /// The modules whose package has this path.
    pub packages: Vec<usize>,
    /// Whether only references that name it include it (`data.system`).
    pub is_hidden: bool,
}

/// The rule tree, and the built-in functions of a version of OPA.
#[derive(Debug)]
pub struct Tree {
    /// The nodes. The first is `data`.
    pub nodes: Vec<Node>,
    version: Version,
}

impl Tree {
    /// The tree of the rules and packages of modules.
    pub fn new(modules: &[Module], version: Version) -> Self {
        let mut tree = Self {
            nodes: vec![Node::default()],
            version,
        };
        for (i, module) in modules.iter().enumerate() {
            let at = tree.put(&package_path(module));
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

    /// The version of Rego in which the rules are written.
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

    /// The node with this index.
    #[must_use]
    pub fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// The index of the child with this key.
    #[must_use]
    pub fn child(&self, at: usize, key: &Value) -> Option<usize> {
        self.nodes.get(at)?.children.get(key).copied()
    }

    /// The index of the node at a path, which begins below `data`.
    #[must_use]
    pub fn find(&self, path: &[Value]) -> Option<usize> {
        path.iter().try_fold(0, |at, key| self.child(at, key))
    }

    /// The node with exactly the path of a reference that has only scalars after `data`.
    #[must_use]
    pub fn named_by(&self, parts: &[Term]) -> Option<usize> {
        parts
            .iter()
            .skip(1)
            .try_fold(0, |at, part| self.child(at, part.as_value()?))
    }

    /// The built-in function that a term names, if OPA has it in this version.
    #[must_use]
    pub fn builtin(&self, operator: &Term) -> Option<&'static Builtin> {
        builtins::find_in(self.version, &operator.operator()?)
    }

    /// How many arguments the function that an operator names takes; `None` if there is no such function.
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
        // A rule that isn't a function takes no arguments.
        let is_rule = self.node(node).is_some_and(|node| !node.rules.is_empty());
        self.arity_at(node).or(is_rule.then_some(0))
    }

    /// How many arguments the rules of a node take; `None` if they aren't functions.
    #[must_use]
    pub fn arity_at(&self, node: usize) -> Option<usize> {
        self.nodes.get(node)?.arity
    }

    /// A node and all nodes below it.
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

/// The path of a module's package.
pub(super) fn package_path(module: &Module) -> Vec<Value> {
    let parts = module.package.iter().skip(1);
    parts.filter_map(Term::as_value).cloned().collect()
}

/// The path of a rule: its package, and its reference up to the first variable.
#[must_use]
pub fn place(module: &Module, rule: &Rule) -> Vec<Value> {
    let mut path = package_path(module);
    for (i, part) in rule.head.reference.iter().enumerate() {
        match &part.kind {
            TermKind::Var(name) if i == 0 => path.push((&**name).into()),
            TermKind::Value(value) => path.push(value.clone()),
            _ => break,
        }
    }
    path
}

/// The full name of a rule, such as `data.p.q[x]`.
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

/// The full name of what a reference leads to from a module's package on, such as `data.p.q`.
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

/// A reference without its package, such as `q["a b"]`.
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

/// A module's package, such as `data.p`.
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

/// Appends a key to a name: `.key`, or `["key"]` if it isn't an identifier.
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
