//! The machine, which evaluates a plan: its statements and terms, within the limits.
//!
//! References are in `reference.rs`, rules in `rules.rs`, and calls in `call.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::context::{Context, FunctionKey, Substitute, put};
use super::depth::Depth;
use super::plan::{
    Comprehension, ComprehensionHead, Every, Pattern, Plan, Replacement, Scan, Slot, Statement,
    Target, Term, With,
};
use super::rules::conflict;
use super::{Difference, Environment, Limits};
use builtins::Cache;
use compiler::problem::{Code, Problem};
use compiler::syntax::ast::Location;
use values::budget::{self, Spent};
use values::{Value, json};

/// Whether to look for more solutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Continue with the next one.
    On,
    /// Stop: this one is enough.
    Stop,
}

/// How an evaluation continues, or the error that ends it.
pub(super) type Flow = Result<Next, Box<Problem>>;

pub(super) const ON: Flow = Ok(Next::On);
pub(super) const STOP: Flow = Ok(Next::Stop);

/// The size of a value, in bytes.
pub(super) const VALUE: usize = 16;

/// How many copies of an answer are in memory while it is written, handed over, read and shown.
const COPIES_OF_ANSWERS: u64 = 8;

/// The values of the variables of one rule or query, by slot.
#[derive(Debug)]
pub(super) struct Frame(Vec<Value>);

impl Frame {
    pub(super) fn new(slots: usize) -> Self {
        Self(vec![Value::Null; slots])
    }

    fn set(&mut self, slot: Slot, value: Value) {
        if let Some(place) = self.0.get_mut(slot as usize) {
            *place = value;
        }
    }

    pub(super) fn get(&self, slot: Slot) -> &Value {
        self.0.get(slot as usize).unwrap_or(&Value::Null)
    }
}

/// Called with each solution. Its variables are in the frame.
pub(super) type Done<'d, 'p> = &'d mut dyn FnMut(&mut Machine<'p>, &mut Frame) -> Flow;

/// Evaluates a plan for one query.
pub(super) struct Machine<'p> {
    pub(super) plan: &'p Plan,
    pub(super) context: Context,
    pub(super) environment: &'p mut dyn Environment,
    pub(super) limits: Limits,
    /// How many bytes are drawn for what is gathered, and given back once a collection is made of it.
    pub(super) gathered: usize,
    /// Empty lists, for the next arguments and variables: allocating one costs as much as a short rule.
    spare_lists: Vec<Vec<Value>>,
    pub(super) depth: Depth,
    /// Errors of built-in functions end the evaluation.
    pub is_strict: bool,
    pub cache: Cache,
    /// The location of the current call, for errors of the host.
    pub(super) calling: Option<Location>,
    /// The lines that `print` and `trace` wrote.
    pub printed: Vec<String>,
    /// If coverage is on: the expressions that were evaluated, and the rules that had a value.
    pub covered: Option<BTreeSet<Location>>,
    /// The expression that was begun last; `None` before the first.
    marked: Option<Location>,
    /// If coverage is on: the last comparison that was false.
    pub differed: Option<Difference>,
    /// Whether it evaluates a test, for which OPA leaves out the output of `trace`.
    pub for_tests: bool,
    /// The cases that a test came to, each an array of keys.
    pub cases: Vec<Value>,
}

impl<'p> Machine<'p> {
    pub(super) fn new(
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
            gathered: 0,
            spare_lists: Vec::new(),
            depth: Depth::default(),
            is_strict: false,
            cache: Cache::default(),
            calling: None,
            printed: Vec::new(),
            covered: None,
            marked: None,
            differed: None,
            for_tests: false,
            cases: Vec::new(),
        }
    }

    // Bounds.

    pub(super) fn tick(&mut self) -> Result<(), Box<Problem>> {
        if budget::step(1) {
            return Ok(());
        }
        self.out_of_budget()
    }

    /// Takes the room of this many gathered values from the budget.
    pub(super) fn take_room(&mut self, values: usize) -> Result<(), Box<Problem>> {
        // A growing list may have twice the capacity that it needs, and more while it is copied.
        let bytes = values.saturating_mul(2 * VALUE);
        if !budget::take(bytes) {
            return self.out_of_budget();
        }
        self.gathered += bytes;
        Ok(())
    }

    /// Runs work that gathers values and makes a collection of them. Then returns the gathered values' room, because
    /// the collection takes its own.
    pub(super) fn gathering<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Box<Problem>>,
    ) -> Result<T, Box<Problem>> {
        let before = self.gathered;
        let result = work(self)?;
        budget::give(self.gathered - before);
        self.gathered = before;
        Ok(result)
    }

    /// Ends the evaluation with the error for what ran out.
    #[cold]
    pub(super) fn out_of_budget<T>(&self) -> Result<T, Box<Problem>> {
        let Limits { steps, bytes, .. } = self.limits;
        self.end(match budget::spent() {
            Some(Spent::Time) => "caller cancelled query execution".to_owned(),
            Some(Spent::Bytes) => {
                format!("the evaluation was stopped: it needs more than {bytes} bytes")
            }
            Some(Spent::Stack) => {
                "the evaluation was stopped: values nest too deeply for what the policy does with them"
                    .to_owned()
            }
            Some(Spent::Steps) | None => format!("the evaluation was stopped after {steps} steps"),
        })
    }

    /// Ends the evaluation if its answer is too large to be shown.
    pub(super) fn answers<'v>(
        &self,
        values: impl Iterator<Item = &'v Value>,
    ) -> Result<(), Box<Problem>> {
        let most = self.limits.bytes / COPIES_OF_ANSWERS;
        let mut rest = usize::try_from(most).unwrap_or(usize::MAX);
        for value in values {
            match json::weight(value, rest) {
                Some(weight) => rest -= weight,
                None => return self.too_much_to_answer(most),
            }
        }
        let printed: usize = self.printed.iter().map(String::len).sum();
        if printed > rest {
            return self.too_much_to_answer(most);
        }
        Ok(())
    }

    #[cold]
    fn too_much_to_answer<T>(&self, most: u64) -> Result<T, Box<Problem>> {
        let room = usize::try_from(most).unwrap_or(usize::MAX);
        // The first rule whose value is too large explains most.
        let is_large = |value: &Option<Value>| {
            value
                .as_ref()
                .is_some_and(|value| json::weight(value, room).is_none())
        };
        let mut known = self.context.values.iter();
        let at = known
            .find(|(_, value)| is_large(value))
            .and_then(|(node, _)| self.rule_at(*node));
        let message = format!("the evaluation was stopped: the answer has more than {most} bytes");
        Err(Box::new(Problem {
            at: at.or(self.marked),
            ..Problem::nowhere(Code::Limit, message)
        }))
    }

    /// Ends the evaluation at the expression that was begun last, because a limit is reached.
    pub(super) fn end<T>(&self, message: String) -> Result<T, Box<Problem>> {
        let problem = Problem::nowhere(Code::Limit, message);
        Err(Box::new(Problem {
            at: self.marked,
            ..problem
        }))
    }

    /// Records for coverage that an expression or rule was reached.
    pub(super) fn reach(&mut self, at: Location) {
        if let Some(covered) = &mut self.covered {
            covered.insert(at);
        }
    }

    /// Records for coverage that a comparison is false.
    pub(super) fn differs(&mut self, at: Location, compared: Option<(Value, Value)>) {
        if self.covered.is_some() {
            self.differed = Some(Difference { at, compared });
        }
    }

    /// Works under another context; what is found out under it is forgotten with it.
    pub(super) fn under<T>(&mut self, context: Context, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.context, context);
        let result = work(self);
        self.context = outer;
        result
    }

    /// Works with an empty list, which is kept for others afterwards.
    pub(super) fn with_list<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut Vec<Value>) -> Result<T, Box<Problem>>,
    ) -> Result<T, Box<Problem>> {
        let mut list = self.spare_lists.pop().unwrap_or_default();
        let result = work(self, &mut list);
        list.clear();
        self.spare_lists.push(list);
        result
    }

    /// Works with so many variables, none of which has a value yet.
    pub(super) fn with_frame<T>(
        &mut self,
        slots: usize,
        work: impl FnOnce(&mut Self, &mut Frame) -> Result<T, Box<Problem>>,
    ) -> Result<T, Box<Problem>> {
        self.with_list(|machine, list| {
            let mut frame = Frame(std::mem::take(list));
            frame.0.resize(slots, Value::Null);
            let result = work(machine, &mut frame);
            *list = frame.0;
            result
        })
    }

    // Statements.

    pub(super) fn run(
        &mut self,
        statements: &'p [Statement],
        frame: &mut Frame,
        done: Done<'_, 'p>,
    ) -> Flow {
        let mut rest = statements;
        while let Some((statement, after)) = rest.split_first() {
            rest = after;
            self.tick()?;
            match statement {
                Statement::Mark(at) => {
                    self.reach(*at);
                    self.marked = Some(*at);
                }
                Statement::Let(slot, term) => match self.value(term, frame)? {
                    Some(value) => frame.set(*slot, value),
                    None => return ON,
                },
                Statement::Test(term) => {
                    let holds = match self.known(term, frame) {
                        Some(value) => value.is_some_and(|value| *value != Value::Bool(false)),
                        None => self
                            .value(term, frame)?
                            .is_some_and(|value| value != Value::Bool(false)),
                    };
                    if !holds {
                        return ON;
                    }
                }
                Statement::Equal(left, right) => {
                    if !self.equal(left, right, frame)? {
                        return ON;
                    }
                }
                Statement::Match(pattern, term) => {
                    let Some(value) = self.value(term, frame)? else {
                        return ON;
                    };
                    if !self.takes(pattern, value, frame)? {
                        return ON;
                    }
                }
                Statement::Fail => return ON,
                Statement::Scan(scan) => {
                    let Scan { reference, out } = scan.as_ref();
                    return self.deeper(|machine| {
                        machine.scan(reference, frame, &mut |machine, frame, value| {
                            let holds = match out {
                                Some(pattern) => machine.takes(pattern, value, frame)?,
                                None => value != Value::Bool(false),
                            };
                            if holds {
                                machine.run(after, frame, done)
                            } else {
                                ON
                            }
                        })
                    });
                }
                Statement::Call(call) => {
                    if call.is_walk() {
                        return self.deeper(|machine| {
                            machine.walk(call, frame, &mut |machine, frame| {
                                machine.run(after, frame, done)
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
                Statement::Any(bodies) => {
                    let mut holds = false;
                    for body in bodies {
                        holds = holds || self.holds(body, frame)?;
                    }
                    if !holds {
                        return ON;
                    }
                }
                Statement::Every(every) => {
                    if !self.every(every, frame)? {
                        return ON;
                    }
                }
                Statement::With(with) => {
                    let solutions = self.solutions(with, frame)?;
                    // Mostly there is one: then no level is needed for it.
                    let [values] = solutions.as_slice() else {
                        return self.with_each(with, solutions, after, frame, done);
                    };
                    for (slot, value) in with.binds.iter().zip(values) {
                        frame.set(*slot, value.clone());
                    }
                }
            }
        }
        done(self, frame)
    }

    /// Whether two terms have equal values.
    fn equal(
        &mut self,
        left: &'p Term,
        right: &'p Term,
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        let sides = (self.known(left, frame), self.known(right, frame));
        if let (Some(left), Some(right)) = sides {
            let (Some(left), Some(right)) = (left, right) else {
                return Ok(false);
            };
            if left == right {
                return Ok(true);
            }
            if self.covered.is_none() {
                return Ok(false);
            }
        }
        let (Some(left), Some(right)) = (self.value(left, frame)?, self.value(right, frame)?)
        else {
            return Ok(false);
        };
        let is_equal = left == right;
        if let Some(at) = self.marked.filter(|_| !is_equal) {
            self.differs(at, Some((left, right)));
        }
        Ok(is_equal)
    }

    /// For each solution with the replacements in effect, the values of the variables that the expression binds.
    fn solutions(
        &mut self,
        with: &'p With,
        frame: &mut Frame,
    ) -> Result<Vec<Vec<Value>>, Box<Problem>> {
        self.gathering(|machine| machine.with(with, frame))
    }

    /// Continues with each of these solutions.
    fn with_each(
        &mut self,
        with: &'p With,
        solutions: Vec<Vec<Value>>,
        after: &'p [Statement],
        frame: &mut Frame,
        done: Done<'_, 'p>,
    ) -> Flow {
        self.deeper(|machine| {
            for values in solutions {
                for (slot, value) in with.binds.iter().zip(values) {
                    frame.set(*slot, value);
                }
                if machine.run(after, frame, done)? == Next::Stop {
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
                    context.data = put(Some(context.data), &path, value);
                    Rc::make_mut(&mut context.replaced).push(path);
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
        self.under(context, |machine| {
            machine.settle(|machine| {
                let mut solutions = Vec::new();
                machine.deeper(|machine| {
                    machine.run(&with.body, frame, &mut |machine, frame| {
                        machine.take_room(with.binds.len() + 1)?;
                        let values = with.binds.iter().map(|slot| frame.get(*slot).clone());
                        solutions.push(values.collect());
                        ON
                    })
                })?;
                Ok(solutions)
            })
        })
    }

    fn path(
        &mut self,
        path: &'p [Term],
        frame: &mut Frame,
    ) -> Result<Option<Vec<Value>>, Box<Problem>> {
        path.iter().map(|term| self.value(term, frame)).collect()
    }

    // Terms.

    /// A term's value if it is known without evaluating anything: `Some(None)` if it is undefined.
    #[expect(
        clippy::option_option,
        reason = "whether it is known, and which value it has"
    )]
    fn known<'v>(&'v self, term: &'v Term, frame: &'v Frame) -> Option<Option<&'v Value>> {
        match term {
            Term::Value(value) => Some(Some(value)),
            Term::Slot(slot) => Some(Some(frame.get(*slot))),
            Term::Reference(reference) => self.found(reference, frame),
            Term::Array(_) | Term::Object(_) | Term::Set(_) | Term::Comprehension(_) => None,
        }
    }

    /// The value of a term; `None` if it is undefined.
    pub(super) fn value(
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
            Term::Comprehension(comprehension) => self.comprehension(comprehension, frame)?,
        }))
    }

    fn all(
        &mut self,
        terms: &'p [Term],
        frame: &mut Frame,
    ) -> Result<Option<Vec<Value>>, Box<Problem>> {
        let mut values = Vec::with_capacity(terms.len());
        let are_defined = self.all_into(&mut values, terms, frame)?;
        Ok(are_defined.then_some(values))
    }

    /// Adds the values of terms; false where one is undefined.
    pub(super) fn all_into(
        &mut self,
        values: &mut Vec<Value>,
        terms: &'p [Term],
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        for term in terms {
            let value = match self.known(term, frame) {
                Some(value) => value.cloned(),
                None => self.value(term, frame)?,
            };
            match value {
                Some(value) => values.push(value),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The value of a comprehension's head for each solution of its body, where it has one.
    fn found_by(
        &mut self,
        comprehension: &'p Comprehension,
        head: &'p Term,
        frame: &mut Frame,
    ) -> Result<Vec<Value>, Box<Problem>> {
        let mut found = Vec::new();
        self.run(&comprehension.body, frame, &mut |machine, frame| {
            machine.take_room(1)?;
            found.extend(machine.value(head, frame)?);
            ON
        })?;
        Ok(found)
    }

    fn comprehension(
        &mut self,
        comprehension: &'p Comprehension,
        frame: &mut Frame,
    ) -> Result<Value, Box<Problem>> {
        let make = |machine: &mut Self| match &comprehension.head {
            ComprehensionHead::Array(head) => {
                Ok(machine.found_by(comprehension, head, frame)?.into())
            }
            ComprehensionHead::Set(head) => {
                Ok(Value::set(machine.found_by(comprehension, head, frame)?))
            }
            ComprehensionHead::Object(key, value, at) => {
                let mut found: BTreeMap<Value, Value> = BTreeMap::new();
                let mut conflicts = false;
                machine.run(&comprehension.body, frame, &mut |machine, frame| {
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
        };
        self.deeper(|machine| machine.gathering(make))
    }

    /// As [`Machine::matches`], for a value that nobody else needs.
    pub(super) fn takes(
        &mut self,
        pattern: &'p Pattern,
        value: Value,
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        match pattern {
            Pattern::Bind(slot) => {
                frame.set(*slot, value);
                Ok(true)
            }
            _ => self.matches(pattern, &value, frame),
        }
    }

    /// Whether a value is of a form; binds the variables of the form.
    pub(super) fn matches(
        &mut self,
        pattern: &'p Pattern,
        value: &Value,
        frame: &mut Frame,
    ) -> Result<bool, Box<Problem>> {
        match pattern {
            Pattern::Any => Ok(true),
            Pattern::Bind(slot) => {
                frame.set(*slot, value.clone());
                Ok(true)
            }
            Pattern::Equal(Term::Value(known)) => Ok(known == value),
            Pattern::Equal(Term::Slot(slot)) => Ok(frame.get(*slot) == value),
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
}

/// Calls `each` with every key and value of a collection, until it returns [`Next::Stop`].
pub(super) fn items(value: &Value, each: &mut dyn FnMut(Value, &Value) -> Flow) -> Flow {
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
