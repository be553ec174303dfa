//! Evaluates rules: complete rules, partial rules, and functions.

use super::depth::Awaited;
use super::function_call::FunctionCall;
use super::machine::{Flow, Frame, Machine, ON, STOP};
use super::partial_rule::PartialRule;
use super::plan::{Node, Rule, RuleKind, Step, Term};
use compiler::problem::{Code, Problem};
use compiler::syntax::ast::Location;
use values::Value;

impl<'p> Machine<'p> {
    /// The document that the rules of a node define, or only the part of it that a path needs.
    pub(super) fn extent(
        &mut self,
        node: usize,
        path: &'p [Step],
        frame: &mut Frame,
    ) -> Result<Option<Value>, Box<Problem>> {
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        if let Some(value) = self.context.values.get(&node) {
            return Ok(value.clone());
        }
        // One element or field of many is found without the others.
        if matches!(place.kind, RuleKind::Set | RuleKind::Object)
            && place.children.is_empty()
            && let Some(Step::Key(term)) = path.first()
            && let Some(key) = self.value(term, frame)?
        {
            return self.deeper(|machine| machine.part(node, &key));
        }
        self.deeper(|machine| machine.whole(node))
    }

    /// The whole document that the rules of a node define.
    pub(super) fn whole(&mut self, node: usize) -> Result<Option<Value>, Box<Problem>> {
        if let Some(value) = self.context.values.get(&node) {
            return Ok(value.clone());
        }
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        self.come_to(|| Awaited::Whole(node))?;
        let value = match place.kind {
            RuleKind::Nothing | RuleKind::Function => None,
            RuleKind::Value => self.complete(node, &[])?,
            RuleKind::Set | RuleKind::Object => {
                Some(self.gathering(|machine| machine.made_of(node, place))?)
            }
        };
        self.context.values.insert(node, value.clone());
        Ok(value)
    }

    /// The set or object that the rules of a node define. Empty documents below it aren't part of it, because no rule
    /// defines anything there.
    fn made_of(&mut self, node: usize, place: &'p Node) -> Result<Value, Box<Problem>> {
        let plan = self.plan;
        let mut partial = PartialRule::default();
        for rule in &place.rules {
            self.contribute(*rule, place.kind, None, &mut partial)?;
        }
        for (key, child) in &place.children {
            let Some(below) = plan.nodes.get(*child) else {
                continue;
            };
            let made = match below.kind {
                RuleKind::Function => None,
                RuleKind::Value => self.whole(*child)?,
                RuleKind::Nothing => Some(self.made_of(*child, below)?).filter(|it| !is_empty(it)),
                RuleKind::Set | RuleKind::Object => self.whole(*child)?.filter(|it| !is_empty(it)),
            };
            if let Some(below) = made {
                partial.merge(key.clone(), below).map_err(|()| {
                    Box::new(conflict(self.rule_at(*child).or(self.rule_at(node))))
                })?;
            }
        }
        Ok(partial.finish(place.kind == RuleKind::Set))
    }

    /// What the partial rules of a node define under one key.
    pub(super) fn part(&mut self, node: usize, key: &Value) -> Result<Option<Value>, Box<Problem>> {
        let call = FunctionCall::new(node, vec![key.clone()]);
        if let Some(value) = self.context.calls.get(&call) {
            return Ok(value.clone());
        }
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        self.come_to(|| Awaited::Part(node, key.clone()))?;
        let value = self.gathering(|machine| {
            let mut partial = PartialRule::default();
            for rule in &place.rules {
                machine.contribute(*rule, place.kind, Some(key), &mut partial)?;
            }
            Ok(Some(partial.finish(place.kind == RuleKind::Set)))
        })?;
        self.keep(call, value.clone())?;
        Ok(value)
    }

    pub(super) fn rule_at(&self, node: usize) -> Option<Location> {
        let place = self.plan.nodes.get(node)?;
        Some(self.plan.rules.get(*place.rules.first()?)?.at)
    }

    /// Adds what one rule contributes; only what is under the key `wanted`, if there is one.
    fn contribute(
        &mut self,
        number: usize,
        kind: RuleKind,
        wanted: Option<&Value>,
        partial: &mut PartialRule,
    ) -> Result<(), Box<Problem>> {
        let plan = self.plan;
        let Some(rule) = plan.rules.get(number) else {
            return Ok(());
        };
        let first = if kind == RuleKind::Set {
            rule.element.as_ref()
        } else {
            rule.keys.first()
        };
        if let (Some(wanted), Some(Term::Value(key))) = (wanted, first)
            && key != wanted
        {
            return Ok(());
        }
        self.with_frame(rule.slots, |machine, frame| {
            if !machine.is_tried(rule, frame)? {
                return Ok(());
            }
            machine.run(&rule.body, frame, &mut |machine, frame| {
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
                        machine.reach(rule.at);
                        partial
                            .element(&keys, element)
                            .map_err(|()| Box::new(conflict(Some(rule.at))))?;
                    }
                } else if let Some(value) = machine.value(&rule.value, frame)? {
                    machine.reach(rule.at);
                    partial
                        .field(&keys, value)
                        .map_err(|()| Box::new(conflict(Some(rule.at))))?;
                }
                ON
            })?;
            Ok(())
        })
    }

    /// The value of complete rules, or of a function for arguments.
    pub(super) fn complete(
        &mut self,
        node: usize,
        args: &[Value],
    ) -> Result<Option<Value>, Box<Problem>> {
        let plan = self.plan;
        let Some(place) = plan.nodes.get(node) else {
            return Ok(None);
        };
        let mut found: Option<Value> = None;
        for rule in &place.rules {
            self.first_of_chain(*rule, args, &mut found)
                .map_err(|problem| Box::new(self.with_values(*problem, &place.rules, args)))?;
            if place.is_of_one_value && found.is_some() {
                break;
            }
        }
        if found.is_none()
            && let Some(default) = place.default
        {
            self.first_of_chain(default, args, &mut found)?;
        }
        Ok(found)
    }

    /// The value of a rule, or of the first of its `else` branches that has one. Fails if it differs from the one
    /// that was found before.
    fn first_of_chain(
        &mut self,
        number: usize,
        args: &[Value],
        found: &mut Option<Value>,
    ) -> Result<(), Box<Problem>> {
        self.try_chain(number, args, &mut |machine, rule, value| {
            machine.reach(rule.at);
            match &*found {
                Some(other) if *other != value => {
                    return Err(Box::new(Problem::new(
                        Code::EvalConflict,
                        rule.at,
                        rule.conflict.as_str(),
                    )));
                }
                // Of equal numbers, the spelling of the first one stays.
                Some(_) => {}
                None => *found = Some(value),
            }
            // A constant is the same for each solution.
            if matches!(rule.value, Term::Value(_)) {
                STOP
            } else {
                ON
            }
        })
    }

    /// Tries bodies one after another until one of them has values, each of which is handed on.
    pub(super) fn try_chain(
        &mut self,
        number: usize,
        args: &[Value],
        found: &mut dyn FnMut(&mut Self, &'p Rule, Value) -> Flow,
    ) -> Result<(), Box<Problem>> {
        let plan = self.plan;
        for rule in plan.chain(number) {
            let holds = self.with_frame(rule.slots, |machine, frame| {
                for (pattern, arg) in rule.args.iter().zip(args) {
                    if !machine.matches(pattern, arg, frame)? {
                        return Ok(false);
                    }
                }
                let mut holds = false;
                if machine.is_tried(rule, frame)? {
                    machine.run(&rule.body, frame, &mut |machine, frame| {
                        let Some(value) = machine.value(&rule.value, frame)? else {
                            return ON;
                        };
                        holds = true;
                        found(machine, rule, value)
                    })?;
                }
                Ok(holds)
            })?;
            if holds {
                break;
            }
        }
        Ok(())
    }
}

/// Whether a set or an object is empty.
fn is_empty(collection: &Value) -> bool {
    collection.width() == 1
}

/// The error for two values under one key.
pub(super) fn conflict(at: Option<Location>) -> Problem {
    Problem {
        at,
        ..Problem::nowhere(Code::EvalConflict, "object keys must be unique")
    }
}
