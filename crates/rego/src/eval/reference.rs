//! Evaluates references: into values, into the input, and into `data`, where the documents of rules are merged with
//! base documents.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::machine::{Flow, Frame, Machine, Next, ON, STOP, items};
use super::plan::{Base, Reference, RuleKind, Step, Term};
use compiler::problem::Problem;
use values::{Object, Value, Version};

/// Looks up a key in a value.
type Lookup = for<'v> fn(&'v Value, &Value) -> Option<&'v Value>;

/// The lookup of a version of OPA.
pub(super) fn lookup_of(version: Version) -> Lookup {
    match version {
        Version::V0 => Value::get_as_written,
        Version::V1 => Value::get,
    }
}

/// Called with each value that a reference leads to.
pub(super) type Each<'e, 'p> = &'e mut dyn FnMut(&mut Machine<'p>, &mut Frame, Value) -> Flow;

impl<'p> Machine<'p> {
    /// The value that a reference leads to, without evaluating anything; the outer `None` if that isn't possible, the
    /// inner one if there is no value.
    #[expect(
        clippy::option_option,
        reason = "whether it is known, and which value it has"
    )]
    pub(super) fn found<'v>(
        &'v self,
        reference: &'v Reference,
        frame: &'v Frame,
    ) -> Option<Option<&'v Value>> {
        let start = match reference.base {
            Base::Slot(slot) => Some(frame.get(slot)),
            Base::Input => self.context.input.as_ref(),
            Base::Data | Base::Rules(..) => return None,
        };
        let Some(mut value) = start else {
            return Some(None);
        };
        let get = lookup_of(self.plan.version);
        for (i, step) in reference.path.iter().enumerate() {
            let key = match step {
                Step::Key(Term::Value(key)) => key,
                Step::Key(Term::Slot(slot)) => frame.get(*slot),
                _ => return None,
            };
            match get(value, key) {
                // The element has the spelling of the key: `{1}[1.0]` is `1.0`.
                Some(Value::Number(_))
                    if matches!(value, Value::Set(_)) && i + 1 == reference.path.len() =>
                {
                    return Some(Some(key));
                }
                Some(next) => value = next,
                None => return Some(None),
            }
        }
        Some(Some(value))
    }

    /// The value that a reference without unbound variables leads to.
    pub(super) fn lookup(
        &mut self,
        reference: &'p Reference,
        frame: &mut Frame,
    ) -> Result<Option<Value>, Box<Problem>> {
        if let Some(found) = self.found(reference, frame) {
            return Ok(found.cloned());
        }
        let mut path = reference.path.as_slice();
        let start = match reference.base {
            Base::Slot(slot) => Some(frame.get(slot).clone()),
            Base::Input => self.context.input.clone(),
            Base::Rules(node, steps) if self.context.replaced.is_empty() => {
                path = path.get(steps..).unwrap_or_default();
                self.extent(node, path, frame)?
            }
            Base::Data | Base::Rules(..) => {
                let mut found = None;
                self.scan(reference, frame, &mut |_, _, value| {
                    found = Some(value);
                    STOP
                })?;
                return Ok(found);
            }
        };
        let Some(start) = start else {
            return Ok(None);
        };
        let get = lookup_of(self.plan.version);
        let mut value = &start;
        for (i, step) in path.iter().enumerate() {
            let Step::Key(term) = step else {
                return Ok(None);
            };
            let evaluated;
            let key = match term {
                Term::Value(key) => key,
                _ => match self.value(term, frame)? {
                    Some(key) => {
                        evaluated = key;
                        &evaluated
                    }
                    None => return Ok(None),
                },
            };
            match get(value, key) {
                Some(Value::Number(_)) if matches!(value, Value::Set(_)) && i + 1 == path.len() => {
                    return Ok(Some(key.clone()));
                }
                Some(next) => value = next,
                None => return Ok(None),
            }
        }
        Ok(Some(value.clone()))
    }

    /// Calls `each` with every value that a reference leads to.
    pub(super) fn scan(
        &mut self,
        reference: &'p Reference,
        frame: &mut Frame,
        each: Each<'_, 'p>,
    ) -> Flow {
        let get = lookup_of(self.plan.version);
        match reference.base {
            Base::Slot(slot) => {
                let value = frame.get(slot).clone();
                self.scan_value(&value, get, &reference.path, frame, each)
            }
            Base::Input => match self.context.input.clone() {
                Some(input) => self.scan_value(&input, get, &reference.path, frame, each),
                None => ON,
            },
            Base::Rules(node, steps) if self.context.replaced.is_empty() => {
                let path = reference.path.get(steps..).unwrap_or_default();
                match self.extent(node, path, frame)? {
                    Some(value) => self.scan_value(&value, get, path, frame, each),
                    None => ON,
                }
            }
            Base::Data | Base::Rules(..) => {
                let data = Some(self.context.data.clone());
                let mut path = Vec::new();
                self.scan_data(Some(0), data, &reference.path, &mut path, frame, each)
            }
        }
    }

    /// Calls `each` with every value at a path in a value. `at` looks up known keys.
    fn scan_value(
        &mut self,
        value: &Value,
        at: Lookup,
        path: &'p [Step],
        frame: &mut Frame,
        each: Each<'_, 'p>,
    ) -> Flow {
        let Some((step, rest)) = path.split_first() else {
            return each(self, frame, value.clone());
        };
        match step {
            Step::Key(term) => {
                let Some(key) = self.value(term, frame)? else {
                    return ON;
                };
                match at(value, &key) {
                    Some(next) => self.scan_value(next, at, rest, frame, each),
                    None => ON,
                }
            }
            Step::Open(pattern) => items(value, &mut |key, item| {
                self.tick()?;
                if self.matches(pattern, &key, frame)? {
                    self.scan_value(item, at, rest, frame, each)
                } else {
                    ON
                }
            }),
        }
    }

    /// Calls `each` with every value at a path below a node of `data`, where there may be rules.
    fn scan_data(
        &mut self,
        node: Option<usize>,
        base: Option<Value>,
        path: &'p [Step],
        so_far: &mut Vec<Value>,
        frame: &mut Frame,
        each: Each<'_, 'p>,
    ) -> Flow {
        let plan = self.plan;
        let place = node.and_then(|node| plan.nodes.get(node).map(|place| (node, place)));
        let Some((node, place)) = place.filter(|_| !self.context.replaces(so_far)) else {
            return match base {
                Some(base) => self.scan_value(&base, base_at, path, frame, each),
                None => ON,
            };
        };
        match place.kind {
            RuleKind::Nothing => {}
            RuleKind::Function => return ON,
            RuleKind::Value | RuleKind::Set | RuleKind::Object => {
                return match self.extent(node, path, frame)? {
                    Some(value) => {
                        self.scan_value(&value, lookup_of(plan.version), path, frame, each)
                    }
                    None => ON,
                };
            }
        }
        let Some((step, rest)) = path.split_first() else {
            let document = self.document(node, base, so_far)?;
            return each(self, frame, document);
        };
        match step {
            Step::Key(term) => {
                let Some(key) = self.value(term, frame)? else {
                    return ON;
                };
                let child = place.children.get(&key).copied();
                let below = base.as_ref().and_then(|base| base_at(base, &key).cloned());
                so_far.push(key);
                let flow = self.scan_data(child, below, rest, so_far, frame, each);
                so_far.pop();
                flow
            }
            Step::Open(pattern) => {
                let mut keys: BTreeSet<Value> = BTreeSet::new();
                for (key, child) in &place.children {
                    if plan.nodes.get(*child).is_some_and(|child| !child.is_hidden) {
                        keys.insert(key.clone());
                    }
                }
                if let Some(Value::Object(object)) = &base {
                    keys.extend(object.keys().cloned());
                }
                for key in keys {
                    self.tick()?;
                    if !self.matches(pattern, &key, frame)? {
                        continue;
                    }
                    let child = place.children.get(&key).copied();
                    let below = base.as_ref().and_then(|base| base_at(base, &key).cloned());
                    so_far.push(key);
                    let flow = self.scan_data(child, below, rest, so_far, frame, each)?;
                    so_far.pop();
                    if flow == Next::Stop {
                        return STOP;
                    }
                }
                ON
            }
        }
    }

    /// The document of a node: the base documents, merged over what its rules define.
    pub(super) fn document(
        &mut self,
        node: usize,
        base: Option<Value>,
        so_far: &mut Vec<Value>,
    ) -> Result<Value, Box<Problem>> {
        let mut fields = match base {
            Some(Value::Object(object)) => Rc::unwrap_or_clone(object),
            Some(other)
                if self
                    .plan
                    .nodes
                    .get(node)
                    .is_none_or(|place| place.children.is_empty()) =>
            {
                return Ok(other);
            }
            _ => Object::default(),
        };
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(fields.into());
        };
        for (key, child) in &place.children {
            let Some(below) = plan.nodes.get(*child) else {
                continue;
            };
            so_far.push(key.clone());
            let is_replaced = self.context.replaces(so_far);
            let value = match below.kind {
                _ if is_replaced || below.is_hidden => None,
                RuleKind::Function => None,
                RuleKind::Nothing => {
                    Some(self.document(*child, fields.get(key).cloned(), so_far)?)
                }
                RuleKind::Value | RuleKind::Set | RuleKind::Object => {
                    self.deeper(|machine| machine.whole(*child))?
                }
            };
            so_far.pop();
            if let Some(value) = value {
                // If both have a value, that of the base document counts.
                let value = match fields.get(key).cloned() {
                    Some(base) => over(base, value),
                    None => value,
                };
                fields.insert(key.clone(), value);
            }
        }
        self.tick()?;
        Ok(fields.into())
    }
}

/// Merges a base document over what rules define.
fn over(base: Value, made: Value) -> Value {
    match (base, made) {
        (Value::Object(base), Value::Object(made)) => {
            let mut fields = Rc::unwrap_or_clone(made);
            for (key, value) in base.iter() {
                let value = match fields.get(key).cloned() {
                    Some(below) => over(value.clone(), below),
                    None => value.clone(),
                };
                fields.insert(key.clone(), value);
            }
            fields.into()
        }
        (base, _) => base,
    }
}

/// The value in a base document. A field may be named by a number.
fn base_at<'v>(base: &'v Value, key: &Value) -> Option<&'v Value> {
    match (base, key) {
        (Value::Object(object), Value::Number(number)) => object.field(&number.to_string()),
        _ => base.get_as_written(key),
    }
}
