//! `graph.*`: which nodes of a graph can be reached, and by which paths.

use std::collections::{BTreeSet, VecDeque};

use super::{Builtin, Call, Failure, Host, Outcome, operand};
use values::{Object, Value, Version, budget};

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "graph.reachable",
        signature: "(graph: object[any: any<array[any], set[any]>], \
                    initial: any<array[any], set[any]>) => output: set[any]",
        call: Call::Pure(reachable),
    },
    Builtin {
        name: "graph.reachable_paths",
        signature: "(graph: object[any: any<array[any], set[any]>], \
                    initial: any<array[any], set[any]>) => output: set[array[any]]",
        call: Call::Bounded(reachable_paths),
    },
];

fn reachable(operands: &[Value]) -> Outcome {
    let graph = operand::object(operands, 0)?;
    let mut queue: VecDeque<&Value> = start(operands)?.into();
    let mut reached = BTreeSet::new();
    while let Some(node) = queue.pop_front() {
        let Some(edges) = graph.get(node) else {
            continue;
        };
        if reached.insert(node) {
            // Each of them is looked up among the known nodes.
            if !budget::step(edges.width() as u64 * 8) {
                return Err(operand::exhausted());
            }
            queue.extend(nodes(edges).filter(|node| !reached.contains(node)));
        }
    }
    Ok(Some(Value::set(reached.into_iter().cloned())))
}

fn reachable_paths(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let graph = operand::object(operands, 0)?;
    let mut walk = Walk {
        graph,
        host,
        path: Vec::new(),
        passed: BTreeSet::new(),
        found: Vec::new(),
    };
    for node in start(operands)? {
        if graph.get(node).is_some() {
            walk.visit(node)?;
        }
    }
    Ok(Some(Value::set(walk.found)))
}

/// A walk along all paths that visit no node twice. In OPA 0.70, a path also ends if another one began with the same
/// two nodes.
struct Walk<'g, 'h> {
    graph: &'g Object,
    host: &'h mut dyn Host,
    path: Vec<&'g Value>,
    /// The nodes that OPA 0.70 doesn't visit again.
    passed: BTreeSet<&'g Value>,
    found: Vec<Value>,
}

impl<'g> Walk<'g, '_> {
    /// Continues depth-first. It has its own stack, because a path may be as long as the graph is large.
    fn visit(&mut self, root: &'g Value) -> Result<(), Failure> {
        let is_v0 = self.host.version() == Version::V0;
        let mut open = vec![(self.enter(root)?, 0)];
        loop {
            let depth = open.len();
            let Some((edges, ends)) = open.last_mut() else {
                return Ok(());
            };
            let edge = if is_v0 && !edges.is_empty() {
                Some(edges.remove(0))
            } else {
                edges.pop()
            };
            match edge {
                Some(node) if is_v0 && depth == 1 => {
                    self.passed = BTreeSet::from([root]);
                    open.push((self.enter(node)?, 0));
                }
                Some(node) if is_v0 && self.passed.contains(node) => {
                    // If several paths end at one node, OPA 0.70 repeats it.
                    *ends += 1;
                    let times = *ends;
                    self.keep(times)?;
                }
                // In OPA, the start may occur again as the second node.
                Some(node) if !is_v0 && depth > 1 && self.path.contains(&node) => self.keep(1)?,
                Some(node) => {
                    self.passed.extend(self.path.last());
                    open.push((self.enter(node)?, 0));
                }
                None => {
                    open.pop();
                    self.path.pop();
                }
            }
        }
    }

    /// Moves to a node, and returns the nodes after it. A node that isn't in the graph isn't part of the path, which
    /// ends before it.
    fn enter(&mut self, node: &'g Value) -> Result<Vec<&'g Value>, Failure> {
        let Some(edges) = self.graph.get(node) else {
            self.keep(1)?;
            self.path.push(node);
            return Ok(Vec::new());
        };
        self.path.push(node);
        let edges: Vec<_> = nodes(edges).collect();
        if edges.is_empty() {
            self.keep(1)?;
        }
        Ok(edges)
    }

    fn keep(&mut self, times: usize) -> Result<(), Failure> {
        self.host.charge(self.path.len() * times + 1)?;
        let path = std::iter::repeat_n(&self.path, times).flatten();
        self.found.push(Value::array(path.copied().cloned()));
        Ok(())
    }
}

fn start(operands: &[Value]) -> Result<Vec<&Value>, Failure> {
    match operand::any(operands, 1)? {
        initial @ (Value::Array(_) | Value::Set(_)) => Ok(nodes(initial).collect()),
        other => Err(operand::mismatch(1, other, "{array, set}")),
    }
}

fn nodes(collection: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match collection {
        Value::Array(items) => Box::new(items.iter()),
        Value::Set(set) => Box::new(set.iter()),
        _ => Box::new(std::iter::empty()),
    }
}
