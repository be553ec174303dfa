//! The evaluation of a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::context::{Context, FunctionKey, Substitute, put};
use super::extent::Extent;
use super::plan::{
    Base, Call, Callee, Closure, ClosureHead, Every, Makes, Pattern, Plan, Reference, Replacement,
    Scan, Slot, Statement, Step, Target, Term, With,
};
use super::{Difference, Environment, Limits};
use crate::rego::builtins::{self, Builtin, Cache, Failure, Outcome};
use crate::rego::problem::{Code, Problem};
use crate::rego::syntax::ast::At;
use crate::rego::value::Value;

/// Whether more solutions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// They are.
    On,
    /// This one was enough.
    Stop,
}

/// How an evaluation goes on.
pub type Flow = Result<Next, Box<Problem>>;

const ON: Flow = Ok(Next::On);
const STOP: Flow = Ok(Next::Stop);

/// The variables of one rule or query.
#[derive(Debug)]
pub struct Frame(Vec<Value>);

impl Frame {
    pub fn new(slots: usize) -> Self {
        Self(vec![Value::Null; slots])
    }

    fn set(&mut self, slot: Slot, value: Value) {
        if let Some(place) = self.0.get_mut(slot as usize) {
            *place = value;
        }
    }

    pub fn get(&self, slot: Slot) -> &Value {
        self.0.get(slot as usize).unwrap_or(&Value::Null)
    }
}

/// What is done with each solution.
type Done<'d, 'p> = &'d mut dyn FnMut(&mut Machine<'p>, &mut Frame) -> Flow;

/// Evaluates a plan.
pub struct Machine<'p> {
    plan: &'p Plan,
    context: Context,
    environment: &'p mut dyn Environment,
    limits: Limits,
    steps: u64,
    room: u64,
    depth: usize,
    /// Errors of built-in functions end the evaluation.
    pub is_strict: bool,
    cache: Cache,
    /// Where the call stands that is made, for what the host says of it.
    calling: Option<At>,
    /// What `print` and `trace` said.
    pub printed: Vec<String>,
    /// The expressions that were evaluated, where they are recorded.
    pub covered: Option<BTreeSet<At>>,
    /// The expression that is evaluated, where expressions are recorded.
    marked: At,
    /// The last comparison that didn't hold, where expressions are recorded.
    pub differed: Option<Difference>,
}

impl<'p> Machine<'p> {
    pub fn new(
        plan: &'p Plan,
        input: Option<Value>,
        data: Value,
        environment: &'p mut dyn Environment,
        limits: Limits,
    ) -> Self {
        Self {
            plan,
            context: Context::new(input, data),
            environment,
            limits,
            steps: 0,
            room: 0,
            depth: 0,
            is_strict: false,
            cache: Cache::default(),
            calling: None,
            printed: Vec::new(),
            covered: None,
            marked: At::default(),
            differed: None,
        }
    }

    // Bounds.

    fn tick(&mut self) -> Result<(), Box<Problem>> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            let message = format!("the evaluation was ended after {} steps", self.limits.steps);
            return Err(Box::new(Problem::nowhere(Code::Limit, message)));
        }
        Ok(())
    }

    fn take_room(&mut self, values: usize) -> Result<(), Box<Problem>> {
        self.room += values as u64;
        if self.room > self.limits.values {
            let message = format!(
                "the evaluation was ended: it made more than {} values",
                self.limits.values
            );
            return Err(Box::new(Problem::nowhere(Code::Limit, message)));
        }
        Ok(())
    }

    /// One level deeper; what is called has to come back up.
    fn deeper<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Box<Problem>>,
    ) -> Result<T, Box<Problem>> {
        if self.depth >= self.limits.depth {
            let message = format!(
                "the evaluation was ended: it nests deeper than {} levels",
                self.limits.depth
            );
            return Err(Box::new(Problem::nowhere(Code::Limit, message)));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// Works under another context; what is found out under it is forgotten with it.
    fn under<T>(&mut self, context: Context, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.context, context);
        let result = work(self);
        self.context = outer;
        result
    }

    // Statements.

    pub fn run(
        &mut self,
        statements: &'p [Statement],
        frame: &mut Frame,
        done: Done<'_, 'p>,
    ) -> Flow {
        let mut rest = statements;
        while let Some((statement, behind)) = rest.split_first() {
            rest = behind;
            self.tick()?;
            match statement {
                Statement::Mark(at) => {
                    if let Some(covered) = &mut self.covered {
                        covered.insert(*at);
                        self.marked = *at;
                    }
                }
                Statement::Let(slot, term) => match self.value(term, frame)? {
                    Some(value) => frame.set(*slot, value),
                    None => return ON,
                },
                Statement::Test(term) => match self.value(term, frame)? {
                    None | Some(Value::Bool(false)) => return ON,
                    Some(_) => {}
                },
                Statement::Equal(left, right) => {
                    let (Some(left), Some(right)) =
                        (self.value(left, frame)?, self.value(right, frame)?)
                    else {
                        return ON;
                    };
                    if left != right {
                        if self.covered.is_some() {
                            self.differed = Some(Difference {
                                at: self.marked,
                                left,
                                right,
                            });
                        }
                        return ON;
                    }
                }
                Statement::Match(pattern, term) => {
                    let Some(value) = self.value(term, frame)? else {
                        return ON;
                    };
                    if !self.matches(pattern, &value, frame)? {
                        return ON;
                    }
                }
                Statement::Fail => return ON,
                Statement::Scan(scan) => {
                    let Scan { reference, out } = scan.as_ref();
                    return self.deeper(|machine| {
                        machine.scan(reference, frame, &mut |machine, frame, value| {
                            let holds = match out {
                                Some(pattern) => machine.matches(pattern, &value, frame)?,
                                None => value != Value::Bool(false),
                            };
                            if holds {
                                machine.run(behind, frame, done)
                            } else {
                                ON
                            }
                        })
                    });
                }
                Statement::Call(call) => {
                    if let Callee::Builtin(builtin) = call.callee
                        && builtin.name == "walk"
                    {
                        return self.deeper(|machine| {
                            machine.walk(call, frame, &mut |machine, frame| {
                                machine.run(behind, frame, done)
                            })
                        });
                    }
                    if !self.call_holds(call, frame)? {
                        return ON;
                    }
                }
                Statement::Not(body) => {
                    if self.holds(body, frame)? {
                        return ON;
                    }
                }
                Statement::Every(every) => {
                    if !self.every(every, frame)? {
                        return ON;
                    }
                }
                Statement::With(with) => return self.run_with(with, behind, frame, done),
            }
        }
        done(self, frame)
    }

    /// Goes on with each solution that there is while something is replaced.
    fn run_with(
        &mut self,
        with: &'p With,
        behind: &'p [Statement],
        frame: &mut Frame,
        done: Done<'_, 'p>,
    ) -> Flow {
        let solutions = self.with(with, frame)?;
        self.deeper(|machine| {
            for values in solutions {
                for (slot, value) in with.binds.iter().zip(values) {
                    frame.set(*slot, value);
                }
                if machine.run(behind, frame, done)? == Next::Stop {
                    return STOP;
                }
            }
            ON
        })
    }

    /// Whether a body has a solution.
    fn holds(&mut self, body: &'p [Statement], frame: &mut Frame) -> Result<bool, Box<Problem>> {
        self.deeper(|machine| machine.run(body, frame, &mut |_, _| STOP))
            .map(|flow| flow == Next::Stop)
    }

    fn every(&mut self, every: &'p Every, frame: &mut Frame) -> Result<bool, Box<Problem>> {
        let Some(domain) = self.value(&every.domain, frame)? else {
            return Ok(false);
        };
        if !matches!(domain, Value::Array(_) | Value::Object(_) | Value::Set(_)) {
            return Ok(false);
        }
        let mut holds = true;
        items(&domain, &mut |key, value| {
            if let Some(slot) = every.key {
                frame.set(slot, key);
            }
            frame.set(every.value, value.clone());
            holds = self.holds(&every.body, frame)?;
            if holds { ON } else { STOP }
        })?;
        Ok(holds)
    }

    // Replacements.

    fn with(&mut self, with: &'p With, frame: &mut Frame) -> Result<Vec<Vec<Value>>, Box<Problem>> {
        let mut context = self.context.fresh();
        for (target, replacement) in &with.replaced {
            let substitute = match replacement {
                Replacement::Value(term) => match self.value(term, frame)? {
                    Some(value) => Substitute::Value(value),
                    None => return Ok(Vec::new()),
                },
                Replacement::Function(callee) => Substitute::Function(*callee),
            };
            match (target, substitute) {
                (Target::Input(path), Substitute::Value(value)) => {
                    let Some(path) = self.path(path, frame)? else {
                        return Ok(Vec::new());
                    };
                    context.input = Some(put(context.input.take(), &path, value));
                }
                (Target::Data(path), Substitute::Value(value)) => {
                    let Some(path) = self.path(path, frame)? else {
                        return Ok(Vec::new());
                    };
                    if let Some(Value::Object(_)) | None = parent(&context.data, &path) {
                        context.data = put(Some(context.data), &path, value);
                        Rc::make_mut(&mut context.replaced).push(path);
                    } else {
                        return Err(Box::new(Problem::new(
                            Code::EvalWithMerge,
                            with.at,
                            "real and replacement data could not be merged",
                        )));
                    }
                }
                (Target::Function(callee), substitute) => {
                    Rc::make_mut(&mut context.functions)
                        .insert(FunctionKey::from(*callee), substitute);
                }
                (Target::Input(_) | Target::Data(_), Substitute::Function(_)) => {
                    return Ok(Vec::new());
                }
            }
        }
        let mut solutions = Vec::new();
        self.under(context, |machine| {
            machine.deeper(|machine| {
                machine.run(&with.body, frame, &mut |machine, frame| {
                    machine.take_room(with.binds.len() + 1)?;
                    let values = with.binds.iter().map(|slot| frame.get(*slot).clone());
                    solutions.push(values.collect());
                    ON
                })
            })
        })?;
        Ok(solutions)
    }

    fn path(
        &mut self,
        path: &'p [Term],
        frame: &mut Frame,
    ) -> Result<Option<Vec<Value>>, Box<Problem>> {
        path.iter().map(|term| self.value(term, frame)).collect()
    }

    // Terms.

    /// A term's value; none where it is undefined.
    pub fn value(
        &mut self,
        term: &'p Term,
        frame: &mut Frame,
    ) -> Result<Option<Value>, Box<Problem>> {
        Ok(Some(match term {
            Term::Value(value) => value.clone(),
            Term::Slot(slot) => frame.get(*slot).clone(),
            Term::Reference(reference) => return self.lookup(reference, frame),
            Term::Array(items) => match self.all(items, frame)? {
                Some(items) => items.into(),
                None => return Ok(None),
            },
            Term::Set(items) => match self.all(items, frame)? {
                Some(items) => Value::set(items),
                None => return Ok(None),
            },
            Term::Object(fields) => {
                self.take_room(fields.len() + 1)?;
                let mut object = Vec::with_capacity(fields.len());
                for (key, value) in fields {
                    let (Some(key), Some(value)) =
                        (self.value(key, frame)?, self.value(value, frame)?)
                    else {
                        return Ok(None);
                    };
                    object.push((key, value));
                }
                Value::object(object)
            }
            Term::Closure(closure) => self.closure(closure, frame)?,
        }))
    }

    fn all(
        &mut self,
        terms: &'p [Term],
        frame: &mut Frame,
    ) -> Result<Option<Vec<Value>>, Box<Problem>> {
        self.take_room(terms.len() + 1)?;
        terms.iter().map(|term| self.value(term, frame)).collect()
    }

    fn closure(&mut self, closure: &'p Closure, frame: &mut Frame) -> Result<Value, Box<Problem>> {
        self.deeper(|machine| match &closure.head {
            ClosureHead::Array(head) => {
                let mut found = Vec::new();
                machine.run(&closure.body, frame, &mut |machine, frame| {
                    machine.take_room(1)?;
                    found.extend(machine.value(head, frame)?);
                    ON
                })?;
                Ok(found.into())
            }
            ClosureHead::Set(head) => {
                let mut found = Vec::new();
                machine.run(&closure.body, frame, &mut |machine, frame| {
                    machine.take_room(1)?;
                    found.extend(machine.value(head, frame)?);
                    ON
                })?;
                Ok(Value::set(found))
            }
            ClosureHead::Object(key, value, at) => {
                let mut found: BTreeMap<Value, Value> = BTreeMap::new();
                let mut conflicts = false;
                machine.run(&closure.body, frame, &mut |machine, frame| {
                    machine.take_room(2)?;
                    if let (Some(key), Some(value)) =
                        (machine.value(key, frame)?, machine.value(value, frame)?)
                    {
                        if found.get(&key).is_some_and(|other| *other != value) {
                            conflicts = true;
                            return STOP;
                        }
                        found.insert(key, value);
                    }
                    ON
                })?;
                if conflicts {
                    return Err(Box::new(conflict(Some(*at))));
                }
                Ok(Value::object(found))
            }
        })
    }

    /// Whether a value is of a form; binds the variables of the form.
    fn matches(
        &mut self,
        pattern: &'p Pattern,
        value: &Value,
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        match pattern {
            Pattern::Bind(slot) => {
                frame.set(*slot, value.clone());
                Ok(true)
            }
            Pattern::Equal(term) => Ok(self.value(term, frame)?.as_ref() == Some(value)),
            Pattern::Array(items) => {
                let Value::Array(values) = value else {
                    return Ok(false);
                };
                if values.len() != items.len() {
                    return Ok(false);
                }
                for (item, value) in items.iter().zip(values.iter()) {
                    if !self.matches(item, value, frame)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Pattern::Object(fields) => {
                let Value::Object(object) = value else {
                    return Ok(false);
                };
                if object.len() != fields.len() {
                    return Ok(false);
                }
                for (key, field) in fields {
                    let Some(key) = self.value(key, frame)? else {
                        return Ok(false);
                    };
                    let Some(value) = object.get(&key) else {
                        return Ok(false);
                    };
                    if !self.matches(field, value, frame)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    // References.

    /// What a reference without open places leads to.
    fn lookup(
        &mut self,
        reference: &'p Reference,
        frame: &mut Frame,
    ) -> Result<Option<Value>, Box<Problem>> {
        let start = match reference.base {
            Base::Slot(slot) => Some(frame.get(slot).clone()),
            Base::Input => self.context.input.clone(),
            Base::Data => {
                let mut found = None;
                self.scan(reference, frame, &mut |_, _, value| {
                    found = Some(value);
                    STOP
                })?;
                return Ok(found);
            }
        };
        let Some(mut value) = start else {
            return Ok(None);
        };
        for step in &reference.path {
            let Step::Key(term) = step else {
                return Ok(None);
            };
            let next = match term {
                Term::Value(key) => value.get(key).cloned(),
                _ => match self.value(term, frame)? {
                    Some(key) => value.get(&key).cloned(),
                    None => None,
                },
            };
            match next {
                Some(next) => value = next,
                None => return Ok(None),
            }
        }
        Ok(Some(value))
    }

    /// Every value that a reference leads to.
    fn scan(&mut self, reference: &'p Reference, frame: &mut Frame, each: Each<'_, 'p>) -> Flow {
        match reference.base {
            Base::Slot(slot) => {
                let value = frame.get(slot).clone();
                self.scan_value(&value, Value::get, &reference.path, frame, each)
            }
            Base::Input => match self.context.input.clone() {
                Some(input) => self.scan_value(&input, Value::get, &reference.path, frame, each),
                None => ON,
            },
            Base::Data => {
                let data = Some(self.context.data.clone());
                let mut path = Vec::new();
                self.scan_data(Some(0), data, &reference.path, &mut path, frame, each)
            }
        }
    }

    /// Every value below a value; `at` is how a known key is looked up.
    fn scan_value(
        &mut self,
        value: &Value,
        at: for<'v> fn(&'v Value, &Value) -> Option<&'v Value>,
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

    /// The same below a place in `data`, where rules may stand.
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
        match place.makes {
            Makes::Nothing => {}
            Makes::Function => return ON,
            Makes::Value | Makes::Set | Makes::Object => {
                return match self.extent(node, path, frame)? {
                    Some(value) => self.scan_value(&value, Value::get, path, frame, each),
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

    /// Everything below a place: what its rules make, over the base documents.
    fn document(
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
            _ => crate::rego::value::Object::default(),
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
            let value = match below.makes {
                _ if is_replaced || below.is_hidden => None,
                Makes::Function => None,
                Makes::Nothing => Some(self.document(*child, fields.get(key).cloned(), so_far)?),
                Makes::Value | Makes::Set | Makes::Object => {
                    self.deeper(|machine| machine.whole(*child))?
                }
            };
            so_far.pop();
            if let Some(value) = value {
                // Where both say something, the base document does.
                let value = match fields.get(key).cloned() {
                    Some(base) => over(base, value),
                    None => value,
                };
                fields.insert(key.clone(), value);
            }
        }
        self.take_room(fields.len() + 1)?;
        Ok(fields.into())
    }

    // Rules.

    /// What the rules of a place make, as far as a path needs it.
    fn extent(
        &mut self,
        node: usize,
        path: &'p [Step],
        frame: &mut Frame,
    ) -> Result<Option<Value>, Box<Problem>> {
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        let is_cached = self.context.values.contains_key(&node);
        // One element or field of many is found without the others.
        if !is_cached
            && matches!(place.makes, Makes::Set | Makes::Object)
            && place.children.is_empty()
            && let Some(Step::Key(term)) = path.first()
            && let Some(key) = self.value(term, frame)?
        {
            return self.deeper(|machine| machine.part(node, &key));
        }
        self.deeper(|machine| machine.whole(node))
    }

    /// What the rules of a place make, all of it.
    fn whole(&mut self, node: usize) -> Result<Option<Value>, Box<Problem>> {
        if let Some(value) = self.context.values.get(&node) {
            return Ok(value.clone());
        }
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        let value = match place.makes {
            Makes::Nothing | Makes::Function => None,
            Makes::Value => self.complete(node, &[])?,
            Makes::Set | Makes::Object => {
                let mut extent = Extent::default();
                for rule in &place.rules {
                    self.contribute(*rule, place.makes, None, &mut extent)?;
                }
                for (key, child) in &place.children {
                    let below = match plan.nodes.get(*child).map(|below| below.makes) {
                        Some(Makes::Nothing) => {
                            let mut so_far = Vec::new();
                            Some(self.document(*child, None, &mut so_far)?)
                        }
                        Some(Makes::Function) | None => None,
                        Some(_) => self.whole(*child)?,
                    };
                    if let Some(below) = below {
                        extent
                            .merge(key.clone(), below)
                            .map_err(|()| Box::new(conflict(self.rule_at(node))))?;
                    }
                }
                Some(extent.finish(place.makes == Makes::Set))
            }
        };
        self.context.values.insert(node, value.clone());
        Ok(value)
    }

    /// What the rules of a place make under one key.
    fn part(&mut self, node: usize, key: &Value) -> Result<Option<Value>, Box<Problem>> {
        let cached = (node, vec![key.clone()]);
        if let Some(value) = self.context.calls.get(&cached) {
            return Ok(value.clone());
        }
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        let mut extent = Extent::default();
        for rule in &place.rules {
            self.contribute(*rule, place.makes, Some(key), &mut extent)?;
        }
        let value = Some(extent.finish(place.makes == Makes::Set));
        self.context.calls.insert(cached, value.clone());
        Ok(value)
    }

    fn rule_at(&self, node: usize) -> Option<At> {
        let place = self.plan.nodes.get(node)?;
        Some(self.plan.rules.get(*place.rules.first()?)?.at)
    }

    /// Adds what one rule makes; only what stands under a key, if one is wanted.
    fn contribute(
        &mut self,
        number: usize,
        makes: Makes,
        wanted: Option<&Value>,
        extent: &mut Extent,
    ) -> Result<(), Box<Problem>> {
        let plan = self.plan;
        let Some(rule) = plan.rules.get(number) else {
            return Ok(());
        };
        let first = if makes == Makes::Set {
            rule.element.as_ref()
        } else {
            rule.keys.first()
        };
        if let (Some(wanted), Some(Term::Value(key))) = (wanted, first)
            && key != wanted
        {
            return Ok(());
        }
        let mut frame = Frame::new(rule.slots);
        self.run(&rule.body, &mut frame, &mut |machine, frame| {
            machine.take_room(1)?;
            let mut keys = Vec::with_capacity(rule.keys.len());
            for key in &rule.keys {
                match machine.value(key, frame)? {
                    Some(key) => keys.push(key),
                    None => return ON,
                }
            }
            if let (Some(wanted), Some(key)) = (wanted, keys.first())
                && key != wanted
            {
                return ON;
            }
            if let Some(element) = &rule.element {
                if let Some(element) = machine.value(element, frame)? {
                    extent
                        .element(&keys, element)
                        .map_err(|()| Box::new(conflict(Some(rule.at))))?;
                }
            } else if let Some(value) = machine.value(&rule.value, frame)? {
                extent
                    .field(&keys, value)
                    .map_err(|()| Box::new(conflict(Some(rule.at))))?;
            }
            ON
        })?;
        Ok(())
    }

    /// The one value of rules, or of a function's rules for arguments.
    fn complete(&mut self, node: usize, args: &[Value]) -> Result<Option<Value>, Box<Problem>> {
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        let mut found: Option<Value> = None;
        for rule in &place.rules {
            self.first_of_chain(*rule, args, &mut found)?;
        }
        if found.is_none()
            && let Some(default) = place.default
        {
            self.first_of_chain(default, args, &mut found)?;
        }
        Ok(found)
    }

    /// The value of the first of the bodies that are tried one after another.
    fn first_of_chain(
        &mut self,
        number: usize,
        args: &[Value],
        found: &mut Option<Value>,
    ) -> Result<(), Box<Problem>> {
        let plan = self.plan;
        let mut next = Some(number);
        while let Some(rule) = next.and_then(|number| plan.rules.get(number)) {
            let mut frame = Frame::new(rule.slots);
            let mut fits = true;
            for (pattern, arg) in rule.args.iter().zip(args) {
                fits = fits && self.matches(pattern, arg, &mut frame)?;
            }
            let mut holds = false;
            if fits {
                self.run(&rule.body, &mut frame, &mut |machine, frame| {
                    let Some(value) = machine.value(&rule.value, frame)? else {
                        return ON;
                    };
                    holds = true;
                    match &*found {
                        Some(other) if *other != value => {
                            return Err(Box::new(Problem::new(
                                Code::EvalConflict,
                                rule.at,
                                rule.conflict.as_str(),
                            )));
                        }
                        // Of numbers that are equal, the first way of writing one stays.
                        Some(_) => {}
                        None => *found = Some(value),
                    }
                    // A value that is written out is the same each time.
                    if matches!(rule.value, Term::Value(_)) {
                        STOP
                    } else {
                        ON
                    }
                })?;
            }
            if holds {
                return Ok(());
            }
            next = rule.otherwise;
        }
        Ok(())
    }

    // Calls.

    fn call_holds(&mut self, call: &'p Call, frame: &mut Frame) -> Result<bool, Box<Problem>> {
        let Some(args) = self.all(&call.args, frame)? else {
            return Ok(false);
        };
        let before = self.calling.replace(call.at);
        let result = self.deeper(|machine| machine.call(call.callee, &args));
        self.calling = before;
        let Some(value) = result? else {
            return Ok(false);
        };
        match &call.out {
            Some(pattern) => self.matches(pattern, &value, frame),
            None => Ok(value != Value::Bool(false)),
        }
    }

    fn call(&mut self, callee: Callee, args: &[Value]) -> Result<Option<Value>, Box<Problem>> {
        match self.context.substitute(callee) {
            Some(Substitute::Value(value)) => return Ok(Some(value)),
            Some(Substitute::Function(other)) => {
                // What stands in for a function may call it.
                let context = self.context.without_functions();
                return self.under(context, |machine| machine.call(other, args));
            }
            None => {}
        }
        match callee {
            Callee::Builtin(builtin) => self.builtin(builtin, args),
            Callee::Rules(node) => {
                let cached = (node, args.to_vec());
                if let Some(value) = self.context.calls.get(&cached) {
                    return Ok(value.clone());
                }
                let value = match self.plan.nodes.get(node).map(|place| place.makes) {
                    Some(Makes::Function) => self.complete(node, args)?,
                    // A rule that stands in for a function.
                    _ => self.whole(node)?,
                };
                self.context.calls.insert(cached, value.clone());
                Ok(value)
            }
        }
    }

    fn builtin(
        &mut self,
        builtin: &'static Builtin,
        args: &[Value],
    ) -> Result<Option<Value>, Box<Problem>> {
        let outcome = match builtin.call {
            builtins::Call::Pure(compute) => compute(args),
            builtins::Call::Bounded(compute) => compute(self, args),
            builtins::Call::Evaluator => return Ok(self.own(builtin.name, args)),
        };
        let failed = |code, message: String| {
            let problem = Problem::nowhere(code, format!("{}: {message}", builtin.name));
            Box::new(Problem {
                at: self.calling,
                ..problem
            })
        };
        match outcome {
            Ok(value) => Ok(value),
            Err(Failure::Type(message)) if self.is_strict => Err(failed(Code::EvalType, message)),
            Err(Failure::Failed(message)) if self.is_strict => {
                Err(failed(Code::EvalBuiltin, message))
            }
            Err(Failure::Type(_) | Failure::Failed(_)) => Ok(None),
            Err(Failure::Limit(message)) => Err(failed(Code::Limit, message)),
            Err(Failure::Refused(message)) => Err(failed(Code::Refused, message)),
        }
    }

    /// The functions that the evaluator itself computes.
    fn own(&mut self, name: &str, args: &[Value]) -> Option<Value> {
        match (name, args) {
            ("internal.print", [Value::Array(sets)]) => {
                self.print(sets);
                Some(true.into())
            }
            ("trace", [Value::String(note)]) => {
                self.printed.push(note.to_string());
                Some(true.into())
            }
            ("internal.member_2", [value, collection]) => {
                Some(is_member(None, value, collection).into())
            }
            ("internal.member_3", [key, value, collection]) => {
                Some(is_member(Some(key), value, collection).into())
            }
            ("eq" | "equal", [left, right]) => Some((left == right).into()),
            _ => None,
        }
    }

    /// A line for each combination of the values that the operands have.
    fn print(&mut self, sets: &[Value]) {
        let mut lines = vec![String::new()];
        for (i, set) in sets.iter().enumerate() {
            let words: Vec<String> = match set {
                Value::Set(values) if !values.is_empty() => values
                    .iter()
                    .map(|value| match value {
                        Value::String(text) => text.to_string(),
                        other => other.to_string(),
                    })
                    .collect(),
                _ => vec!["<undefined>".to_owned()],
            };
            let space = if i > 0 { " " } else { "" };
            lines = lines
                .iter()
                .flat_map(|line| words.iter().map(move |word| format!("{line}{space}{word}")))
                .take(1_000)
                .collect();
        }
        self.printed.extend(lines);
    }

    /// `walk`: every value in a value, with its path.
    fn walk(&mut self, call: &'p Call, frame: &mut Frame, each: Done<'_, 'p>) -> Flow {
        let Some(args) = self.all(&call.args, frame)? else {
            return ON;
        };
        let Some(root) = args.into_iter().next() else {
            return ON;
        };
        let mut path = Vec::new();
        self.walk_into(&root, &mut path, call.out.as_ref(), frame, each)
    }

    fn walk_into(
        &mut self,
        value: &Value,
        path: &mut Vec<Value>,
        out: Option<&'p Pattern>,
        frame: &mut Frame,
        each: Done<'_, 'p>,
    ) -> Flow {
        self.tick()?;
        let fits = match out {
            None => true,
            Some(Pattern::Array(parts)) => match parts.as_slice() {
                [first, second] => {
                    self.take_room(path.len())?;
                    let path = Value::array(path.iter().cloned());
                    self.matches(first, &path, frame)? && self.matches(second, value, frame)?
                }
                _ => false,
            },
            Some(pattern) => {
                self.take_room(path.len() + 2)?;
                let pair = Value::array([Value::array(path.iter().cloned()), value.clone()]);
                self.matches(pattern, &pair, frame)?
            }
        };
        if fits && each(self, frame)? == Next::Stop {
            return STOP;
        }
        if !matches!(value, Value::Array(_) | Value::Object(_) | Value::Set(_)) {
            return ON;
        }
        self.deeper(|machine| {
            items(value, &mut |key, item| {
                path.push(key);
                let flow = machine.walk_into(item, path, out, frame, each);
                path.pop();
                flow
            })
        })
    }
}

/// What is done with each value that a reference leads to.
type Each<'e, 'p> = &'e mut dyn FnMut(&mut Machine<'p>, &mut Frame, Value) -> Flow;

impl builtins::Host for Machine<'_> {
    fn charge(&mut self, values: usize) -> Result<(), Failure> {
        self.take_room(values)
            .map_err(|problem| Failure::Limit(problem.message))
    }

    fn now(&mut self) -> Result<i64, Failure> {
        self.environment.now()
    }

    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome {
        self.environment.ask(function, arguments)
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.cache
    }
}

fn conflict(at: Option<At>) -> Problem {
    Problem {
        at,
        ..Problem::nowhere(Code::EvalConflict, "object keys must be unique")
    }
}

fn parent<'v>(document: &'v Value, path: &[Value]) -> Option<&'v Value> {
    let (_, way) = path.split_last()?;
    let mut at = document;
    for key in way {
        match at {
            Value::Object(object) => at = object.get(key)?,
            other => return Some(other),
        }
    }
    Some(at)
}

/// A base document over what rules make.
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

/// What stands in a base document, where a field may be named by a number.
fn base_at<'v>(base: &'v Value, key: &Value) -> Option<&'v Value> {
    match (base, key) {
        (Value::Object(object), Value::Number(number)) => object.field(&number.to_string()),
        _ => base.get(key),
    }
}

fn is_member(key: Option<&Value>, value: &Value, collection: &Value) -> bool {
    match (key, collection) {
        (None, Value::Array(items)) => items.contains(value),
        (None, Value::Set(set)) => set.contains(value),
        (None, Value::Object(object)) => object.values().any(|other| other == value),
        (Some(key), Value::Set(set)) => key == value && set.contains(value),
        (Some(key), collection @ (Value::Array(_) | Value::Object(_))) => {
            collection.get(key) == Some(value)
        }
        _ => false,
    }
}

/// Shows the keys and values of a collection until it is enough.
fn items(value: &Value, each: &mut dyn FnMut(Value, &Value) -> Flow) -> Flow {
    match value {
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                if each(i.into(), item)? == Next::Stop {
                    return STOP;
                }
            }
        }
        Value::Object(object) => {
            for (key, item) in object.iter() {
                if each(key.clone(), item)? == Next::Stop {
                    return STOP;
                }
            }
        }
        Value::Set(set) => {
            for item in set.iter() {
                if each(item.clone(), item)? == Next::Stop {
                    return STOP;
                }
            }
        }
        _ => {}
    }
    ON
}
