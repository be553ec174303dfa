//! Plans the evaluation of compiled modules.

use std::collections::{HashMap, HashSet};

use super::plan::{
    Base, Call, Callee, Comprehension, ComprehensionHead, Every, Guard, Node, Pattern, Plan,
    Reference, Replacement, Rule, RuleKind, Scan, Slot, Statement, Step, Target, Term, With, chain,
};
use super::rule_index::guards;
use compiler::compile::names::{is_operator, is_wildcard};
use compiler::compile::tree::{Tree, shown};
use compiler::compile::{Compiled, DATA};
use compiler::syntax::ast::{self, ExprKind, INPUT, Name, TermKind};
use compiler::syntax::visit::is_ground;
use values::{Value, Version};

/// Plans all rules of compiled modules.
#[must_use]
pub(super) fn plan(compiled: &Compiled, version: Version) -> Plan {
    let mut plan = Plan {
        version,
        nodes: Vec::new(),
        rules: Vec::new(),
    };
    for node in &compiled.tree.nodes {
        let mut planned = Node {
            children: node.children.clone(),
            is_hidden: node.is_hidden,
            ..Node::default()
        };
        let mut ids = node.rules.clone();
        // OPA 0.70 evaluates the rules of a package before those of packages below it.
        if version == Version::V0 {
            sort::by_key(&mut ids, |id| {
                compiled.modules.get(id.module).map(|it| it.package.len())
            });
        }
        let mut kinds = Vec::new();
        for id in &ids {
            let Some(module) = compiled.modules.get(id.module) else {
                continue;
            };
            let Some(rule) = module.rules.get(id.rule) else {
                continue;
            };
            planned.kind = kind_of(rule);
            let conflict = conflict(module, rule, version);
            let number = plan_rule(rule, &conflict, compiled, version, &mut plan.rules);
            if rule.is_default {
                planned.default = Some(number);
            } else {
                planned.rules.push(number);
                kinds.push(is_of_object(rule, version));
            }
        }
        // OPA 0.70 ignores rules of an object that come before the first rule of a single value.
        let counting = kinds.iter().position(|is_of_object| !is_of_object);
        let counting = planned
            .rules
            .get(counting.unwrap_or(0)..)
            .unwrap_or_default();
        planned.is_of_one_value = is_of_one_value(counting, &plan.rules);
        plan.nodes.push(planned);
    }
    plan
}

/// Whether OPA treats a rule as defining an object, as it does in v0 for `a.b = 1 { … }`.
fn is_of_object(rule: &ast::Rule, version: Version) -> bool {
    let head = &rule.head;
    version == Version::V0
        && head.reference.len() == 2
        && head.args.is_none()
        && head.value.is_some()
        && !head.has_if
        && !rule.generated_body
}

fn is_of_one_value(numbers: &[usize], rules: &[Rule]) -> bool {
    let tried = numbers.iter().flat_map(|number| chain(rules, *number));
    let mut values = tried.map(|rule| match &rule.value {
        Term::Value(value) => Some(value),
        _ => None,
    });
    let Some(Some(first)) = values.next() else {
        return false;
    };
    values.all(|value| value == Some(first))
}

fn kind_of(rule: &ast::Rule) -> RuleKind {
    let is_whole = rule.head.reference.iter().skip(1).all(is_ground);
    match (rule.head.is_function(), rule.head.is_set(), is_whole) {
        (true, ..) => RuleKind::Function,
        (_, true, true) => RuleKind::Set,
        (_, false, true) => RuleKind::Value,
        (_, _, false) => RuleKind::Object,
    }
}

/// The message of this version of OPA if the rule has two values.
fn conflict(module: &ast::Module, rule: &ast::Rule, version: Version) -> String {
    let name = || shown(module, rule, str::to_owned);
    match (rule.head.is_function(), version) {
        (true, Version::V0) => {
            "functions must not produce multiple outputs for same inputs".to_owned()
        }
        (false, Version::V0) => "complete rules must not produce multiple outputs".to_owned(),
        (true, Version::V1) => {
            format!(
                "function {} produced conflicting values for the same inputs",
                name()
            )
        }
        (false, Version::V1) => format!("rule {} produced conflicting values", name()),
    }
}

fn plan_rule(
    rule: &ast::Rule,
    conflict: &str,
    compiled: &Compiled,
    version: Version,
    rules: &mut Vec<Rule>,
) -> usize {
    let else_branch = rule
        .else_branch
        .as_ref()
        .map(|rule| plan_rule(rule, conflict, compiled, version, rules));
    let mut planner = Planner::new(&compiled.tree);
    let args = rule
        .head
        .args
        .iter()
        .flatten()
        .map(|arg| planner.pattern(arg))
        .collect();
    let guards = guards(rule, &compiled.tree, version)
        .into_iter()
        .map(|asked| Guard {
            at: asked.at,
            term: planner.plan_term(asked.term),
            wanted: asked.wanted,
            is_turned: asked.is_turned,
        })
        .collect();
    let body = planner.body(&rule.body);
    let keys = rule
        .head
        .reference
        .iter()
        .skip(1)
        .skip_while(|part| is_ground(part));
    let keys = keys.map(|part| planner.plan_term(part)).collect();
    let element = rule.head.key.as_ref().map(|key| planner.plan_term(key));
    let value = match &rule.head.value {
        Some(value) => planner.plan_term(value),
        None => Term::Value(true.into()),
    };
    rules.push(Rule {
        at: rule.at,
        slots: planner.slots.len(),
        args,
        guards,
        keys,
        element,
        value,
        body,
        else_branch,
        conflict: conflict.to_owned(),
    });
    rules.len() - 1
}

/// Plans one rule or query.
pub(super) struct Planner<'c> {
    tree: &'c Tree,
    slots: HashMap<Name, Slot>,
    bound: HashSet<Slot>,
}

impl<'c> Planner<'c> {
    pub(super) fn new(tree: &'c Tree) -> Self {
        Self {
            tree,
            slots: HashMap::new(),
            bound: HashSet::new(),
        }
    }

    /// The number of slots.
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The slot of a variable.
    pub(super) fn slot(&mut self, name: &Name) -> Slot {
        let next = Slot::try_from(self.slots.len()).unwrap_or(Slot::MAX);
        *self.slots.entry(name.clone()).or_insert(next)
    }

    /// The slot of a variable, if the variable is bound in the end.
    pub(super) fn bound_slot(&mut self, name: &Name) -> Option<Slot> {
        let slot = self.slot(name);
        self.bound.contains(&slot).then_some(slot)
    }

    pub(super) fn body(&mut self, body: &[ast::Expr]) -> Vec<Statement> {
        let mut out = Vec::new();
        for expr in body {
            if !expr.generated {
                out.push(Statement::Mark(expr.at));
            }
            self.expr(expr, &mut out);
            join_walk(&mut out);
        }
        out
    }

    fn expr(&mut self, expr: &ast::Expr, out: &mut Vec<Statement>) {
        if expr.with.is_empty() {
            return self.unreplaced(expr, out);
        }
        let replaced = expr.with.iter().map(|with| self.replaced(with)).collect();
        let before = self.bound.clone();
        let mut body = Vec::new();
        self.unreplaced(expr, &mut body);
        let mut binds: Vec<_> = self.bound.difference(&before).copied().collect();
        sort::by(&mut binds, Ord::cmp);
        out.push(Statement::With(Box::new(With {
            at: expr.at,
            replaced,
            body,
            binds,
        })));
    }

    fn unreplaced(&mut self, expr: &ast::Expr, out: &mut Vec<Statement>) {
        if expr.negated {
            let before = self.bound.clone();
            let mut body = Vec::new();
            self.expr_kind(expr, &mut body);
            self.bound = before;
            out.push(Statement::Not(body));
        } else {
            self.expr_kind(expr, out);
        }
    }

    fn expr_kind(&mut self, expr: &ast::Expr, out: &mut Vec<Statement>) {
        match &expr.kind {
            ExprKind::Term(term) => match &term.kind {
                TermKind::Ref(_) if !self.is_bound(term) => {
                    let reference = self.reference(term);
                    out.push(Statement::Scan(Box::new(Scan {
                        reference,
                        out: None,
                    })));
                }
                _ => {
                    let term = self.plan_term(term);
                    out.push(Statement::Test(term));
                }
            },
            ExprKind::Call(call) => match call.as_slice() {
                [operator, left, right] if is_operator(operator, "eq") => {
                    self.unify_all(vec![(left, right)], out);
                }
                [operator, operands @ ..] => self.call(expr.at, operator, operands, out),
                [] => {}
            },
            ExprKind::Every(every) => {
                let domain = self.plan_term(&every.domain);
                let before = self.bound.clone();
                let key = every
                    .key
                    .as_ref()
                    .and_then(ast::Term::as_var)
                    .cloned()
                    .map(|name| self.bind(&name));
                let value = every
                    .value
                    .as_var()
                    .cloned()
                    .map_or(0, |name| self.bind(&name));
                let body = self.body(&every.body);
                self.bound = before;
                out.push(Statement::Every(Box::new(Every {
                    domain,
                    key,
                    value,
                    body,
                })));
            }
            ExprKind::Not(operand) => {
                let body = self.closed(&operand.body);
                out.push(Statement::Not(body));
            }
            ExprKind::And(operands) => {
                for operand in operands.iter() {
                    let body = self.closed(&operand.body);
                    out.push(Statement::Any(vec![body]));
                }
            }
            ExprKind::Or(operands) => {
                let bodies = operands.iter().map(|operand| self.closed(&operand.body));
                out.push(Statement::Any(bodies.collect()));
            }
            ExprKind::Some(_) => {}
        }
    }

    /// A body whose variables aren't bound outside of it.
    fn closed(&mut self, body: &[ast::Expr]) -> Vec<Statement> {
        let before = self.bound.clone();
        let body = self.body(body);
        self.bound = before;
        body
    }

    fn call(
        &mut self,
        at: ast::Location,
        operator: &ast::Term,
        operands: &[ast::Term],
        out: &mut Vec<Statement>,
    ) {
        let Some(callee) = self.callee(operator) else {
            return out.push(Statement::Fail);
        };
        let arity = match callee {
            Callee::Builtin(builtin) if builtin.is_variadic() => operands.len(),
            Callee::Builtin(builtin) => builtin.arity(),
            Callee::Rules(node) => self.tree.arity_at(node).unwrap_or(0),
        };
        let args = operands
            .iter()
            .take(arity)
            .map(|operand| self.plan_term(operand))
            .collect();
        let result = operands.get(arity);
        // If the result is a reference, its value is looked up before it is compared.
        let result = match result {
            Some(result) if matches!(result.kind, TermKind::Ref(_)) && !self.is_bound(result) => {
                let (name, slot) = self.unnamed();
                let pattern = Pattern::Bind(slot);
                self.bound.insert(slot);
                out.push(Statement::Call(Box::new(Call {
                    at,
                    callee,
                    args,
                    out: Some(pattern),
                })));
                let var = ast::Term::new(result.at, TermKind::Var(name));
                return self.unify_all(vec![(&var, result)], out);
            }
            Some(result) => Some(self.pattern(result)),
            None => None,
        };
        out.push(Statement::Call(Box::new(Call {
            at,
            callee,
            args,
            out: result,
        })));
    }

    fn unnamed(&mut self) -> (Name, Slot) {
        let name: Name = format!("~slot{}", self.slots.len()).into();
        let slot = self.slot(&name);
        (name, slot)
    }

    fn callee(&mut self, operator: &ast::Term) -> Option<Callee> {
        if let Some(builtin) = operator.operator().and_then(|name| builtins::find(&name)) {
            return Some(Callee::Builtin(builtin));
        }
        let TermKind::Ref(parts) = &operator.kind else {
            return None;
        };
        self.tree.named_by(parts).map(Callee::Rules)
    }

    fn replaced(&mut self, with: &ast::With) -> (Target, Replacement) {
        let TermKind::Ref(parts) = &with.target.kind else {
            return (
                Target::Input(Vec::new()),
                Replacement::Value(self.plan_term(&with.value)),
            );
        };
        let root = parts.first().and_then(ast::Term::as_var).cloned();
        let target = match root.as_deref() {
            Some(INPUT) => Target::Input(self.path(parts)),
            Some(DATA) => match self.function_at(parts) {
                Some(callee) => Target::Function(callee),
                None => Target::Data(self.path(parts)),
            },
            _ => match self.callee(&with.target) {
                Some(callee) => Target::Function(callee),
                None => Target::Input(Vec::new()),
            },
        };
        let replacement = match &with.value.kind {
            TermKind::Ref(parts) => match self.function_at(parts) {
                Some(callee) => Replacement::Function(callee),
                None => match with.value.operator().and_then(|name| builtins::find(&name)) {
                    Some(builtin) => Replacement::Function(Callee::Builtin(builtin)),
                    None => Replacement::Value(self.plan_term(&with.value)),
                },
            },
            _ => Replacement::Value(self.plan_term(&with.value)),
        };
        (target, replacement)
    }

    fn path(&mut self, parts: &[ast::Term]) -> Vec<Term> {
        parts
            .iter()
            .skip(1)
            .map(|part| self.plan_term(part))
            .collect()
    }

    fn function_at(&self, parts: &[ast::Term]) -> Option<Callee> {
        if parts.first()?.as_var().is_none_or(|root| &**root != DATA) {
            return None;
        }
        let node = self.tree.named_by(parts)?;
        self.tree.arity_at(node).map(|_| Callee::Rules(node))
    }

    // Variables.

    fn bind(&mut self, name: &Name) -> Slot {
        let slot = self.slot(name);
        self.bound.insert(slot);
        slot
    }

    /// Whether all variables of a term are bound here. Comprehensions have their own.
    fn is_bound(&mut self, term: &ast::Term) -> bool {
        match &term.kind {
            TermKind::Value(_)
            | TermKind::ArrayComprehension(..)
            | TermKind::SetComprehension(..)
            | TermKind::ObjectComprehension(..)
            | TermKind::Template(_) => true,
            TermKind::Var(name) => {
                let slot = self.slot(name);
                self.bound.contains(&slot)
            }
            TermKind::Ref(parts) => {
                let head = parts.first().is_none_or(|head| match head.as_var() {
                    Some(name) => matches!(&**name, DATA | INPUT) || self.is_bound(head),
                    None => self.is_bound(head),
                });
                head && parts.iter().skip(1).all(|part| self.is_bound(part))
            }
            TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
                items.iter().all(|item| self.is_bound(item))
            }
            TermKind::Object(fields) => fields
                .iter()
                .all(|(key, value)| self.is_bound(key) && self.is_bound(value)),
        }
    }

    // Unification.

    /// Plans `left = right` for each pair, in an order in which one side is known.
    fn unify_all<'t>(
        &mut self,
        mut pairs: Vec<(&'t ast::Term, &'t ast::Term)>,
        out: &mut Vec<Statement>,
    ) {
        while !pairs.is_empty() {
            let mut later = Vec::new();
            let count = pairs.len();
            for (left, right) in std::mem::take(&mut pairs) {
                self.unify(left, right, &mut later, out);
            }
            if later.len() == count
                && later
                    .iter()
                    .all(|(a, b)| self.is_open(a) && self.is_open(b))
            {
                // Neither side ever gets a value. Safety checking has ruled this out.
                return out.push(Statement::Fail);
            }
            pairs = later;
        }
    }

    /// Whether a term is an unbound variable, or contains one.
    fn is_open(&mut self, term: &ast::Term) -> bool {
        !self.is_bound(term)
    }

    fn unify<'t>(
        &mut self,
        left: &'t ast::Term,
        right: &'t ast::Term,
        later: &mut Vec<(&'t ast::Term, &'t ast::Term)>,
        out: &mut Vec<Statement>,
    ) {
        match (self.is_bound(left), self.is_bound(right)) {
            (true, true) => {
                let (left, right) = (self.plan_term(left), self.plan_term(right));
                out.push(Statement::Equal(left, right));
            }
            (false, true) => self.give(left, right, out),
            (true, false) => self.give(right, left, out),
            (false, false) => match (&left.kind, &right.kind) {
                (TermKind::Ref(_), _) if self.has_bound_head(left) => {
                    self.scan_into(left, right, out);
                }
                (_, TermKind::Ref(_)) if self.has_bound_head(right) => {
                    self.scan_into(right, left, out);
                }
                (TermKind::Array(xs), TermKind::Array(ys)) if xs.len() == ys.len() => {
                    later.extend(xs.iter().zip(ys));
                }
                (TermKind::Object(xs), TermKind::Object(ys)) => {
                    for (key, x) in xs {
                        match ys.iter().find(|(other, _)| is_same(key, other)) {
                            Some((_, y)) if xs.len() == ys.len() => later.push((x, y)),
                            _ => return out.push(Statement::Fail),
                        }
                    }
                }
                (TermKind::Var(_), _) | (_, TermKind::Var(_)) => later.push((left, right)),
                _ => out.push(Statement::Fail),
            },
        }
    }

    fn has_bound_head(&mut self, term: &ast::Term) -> bool {
        match &term.kind {
            TermKind::Ref(parts) => parts.first().is_some_and(|head| match head.as_var() {
                Some(name) if matches!(&**name, DATA | INPUT) => true,
                _ => self.is_bound(head),
            }),
            _ => false,
        }
    }

    /// Binds the variables of an open term to the value of a known one.
    fn give(&mut self, open: &ast::Term, known: &ast::Term, out: &mut Vec<Statement>) {
        match &open.kind {
            TermKind::Var(name) => {
                let term = self.plan_term(known);
                let slot = self.bind(name);
                out.push(Statement::Let(slot, term));
            }
            TermKind::Ref(_) => {
                let term = self.plan_term(known);
                let reference = self.reference(open);
                out.push(Statement::Scan(Box::new(Scan {
                    reference,
                    out: Some(Pattern::Equal(term)),
                })));
            }
            _ => {
                let term = self.plan_term(known);
                let pattern = self.pattern(open);
                out.push(Statement::Match(pattern, term));
            }
        }
    }

    /// Matches the values that an open reference leads to with another open term.
    fn scan_into(&mut self, reference: &ast::Term, other: &ast::Term, out: &mut Vec<Statement>) {
        if matches!(other.kind, TermKind::Ref(_)) {
            let (name, slot) = self.unnamed();
            let scanned = self.reference(reference);
            self.bound.insert(slot);
            out.push(Statement::Scan(Box::new(Scan {
                reference: scanned,
                out: Some(Pattern::Bind(slot)),
            })));
            let var = ast::Term::new(reference.at, TermKind::Var(name));
            return self.unify_all(vec![(&var, other)], out);
        }
        let reference = self.reference(reference);
        let pattern = self.pattern(other);
        out.push(Statement::Scan(Box::new(Scan {
            reference,
            out: Some(pattern),
        })));
    }

    /// The pattern of a term. The term's open variables are bound from here on.
    pub(super) fn pattern(&mut self, term: &ast::Term) -> Pattern {
        if let TermKind::Var(name) = &term.kind {
            let slot = self.slot(name);
            if self.bound.insert(slot) {
                return if is_wildcard(name) {
                    Pattern::Any
                } else {
                    Pattern::Bind(slot)
                };
            }
            return Pattern::Equal(Term::Slot(slot));
        }
        if self.is_bound(term) {
            return Pattern::Equal(self.plan_term(term));
        }
        match &term.kind {
            TermKind::Array(items) => {
                Pattern::Array(items.iter().map(|item| self.pattern(item)).collect())
            }
            TermKind::Object(fields) => Pattern::Object(
                fields
                    .iter()
                    .map(|(key, value)| (self.plan_term(key), self.pattern(value)))
                    .collect(),
            ),
            _ => Pattern::Equal(self.plan_term(term)),
        }
    }

    // Terms.

    pub(super) fn plan_term(&mut self, term: &ast::Term) -> Term {
        match &term.kind {
            TermKind::Value(value) => Term::Value(value.clone()),
            TermKind::Var(name) => {
                debug_assert!(!is_wildcard(name), "a wildcard appears in one place only");
                Term::Slot(self.slot(name))
            }
            TermKind::Ref(_) => Term::Reference(Box::new(self.reference(term))),
            TermKind::Array(items) => constant(Term::Array(
                items.iter().map(|item| self.plan_term(item)).collect(),
            )),
            TermKind::Set(items) => {
                // Of equal numbers with different spellings (`1`, `1.0`) the first one stays. OPA sorts the terms of
                // a set, which puts constants before variables.
                let (open, ground): (Vec<_>, Vec<_>) =
                    items.iter().partition(|item| !is_ground(item));
                let items = ground.into_iter().chain(open);
                constant(Term::Set(items.map(|item| self.plan_term(item)).collect()))
            }
            TermKind::Object(fields) => {
                // Of equal keys the last one counts, and OPA also sorts the terms of an object.
                let mut fields: Vec<_> = fields.iter().collect();
                sort::by_key(&mut fields, |(key, _)| rank(key));
                let fields = fields.into_iter();
                constant(Term::Object(
                    fields
                        .map(|(key, value)| (self.plan_term(key), self.plan_term(value)))
                        .collect(),
                ))
            }
            TermKind::ArrayComprehension(head, body) => self.comprehension(body, |planner| {
                ComprehensionHead::Array(planner.plan_term(head))
            }),
            TermKind::SetComprehension(head, body) => self.comprehension(body, |planner| {
                ComprehensionHead::Set(planner.plan_term(head))
            }),
            TermKind::ObjectComprehension(key, value, body) => {
                self.comprehension(body, |planner| {
                    ComprehensionHead::Object(
                        planner.plan_term(key),
                        planner.plan_term(value),
                        key.at,
                    )
                })
            }
            // These have been expanded to statements.
            TermKind::Call(_) | TermKind::Template(_) => Term::Value(Value::Null),
        }
    }

    fn comprehension(
        &mut self,
        body: &[ast::Expr],
        head: impl FnOnce(&mut Self) -> ComprehensionHead,
    ) -> Term {
        let before = self.bound.clone();
        let body = self.body(body);
        let head = head(self);
        self.bound = before;
        Term::Comprehension(Box::new(Comprehension { head, body }))
    }

    fn reference(&mut self, term: &ast::Term) -> Reference {
        let TermKind::Ref(parts) = &term.kind else {
            return Reference {
                base: Base::Input,
                path: Vec::new(),
            };
        };
        let base = match parts.first().and_then(ast::Term::as_var) {
            Some(name) if &**name == DATA => self.rules_at(parts).unwrap_or(Base::Data),
            Some(name) if &**name == INPUT => Base::Input,
            Some(name) => Base::Slot(self.slot(name)),
            None => Base::Input,
        };
        let path = parts
            .iter()
            .skip(1)
            .map(|part| {
                if self.is_bound(part) {
                    Step::Key(self.plan_term(part))
                } else {
                    Step::Open(self.pattern(part))
                }
            })
            .collect();
        Reference { base, path }
    }

    /// The node with rules that a reference into `data` leads to at some point.
    fn rules_at(&self, parts: &[ast::Term]) -> Option<Base> {
        let mut place = 0;
        for (i, part) in parts.iter().enumerate().skip(1) {
            place = self.tree.child(place, part.as_value()?)?;
            if !self.tree.node(place)?.rules.is_empty() {
                return Some(Base::Rules(place, i));
            }
        }
        None
    }
}

/// Plans `[path, value] = walk(x)` so that each path and value is compared as it is found, without making an array of
/// both.
fn join_walk(out: &mut Vec<Statement>) {
    if let [
        ..,
        call,
        mark @ Statement::Mark(_),
        Statement::Match(form @ Pattern::Array(_), Term::Slot(found)),
    ] = out.as_mut_slice()
        && let Statement::Call(walk) = call
        && walk.is_walk()
        // Only then, the variable is the compiler's, and occurs nowhere else.
        && matches!(mark, Statement::Mark(at) if at.start <= walk.at.start && walk.at.end <= at.end)
        // If the operand is undefined, the expression isn't reached.
        && walk.args.iter().all(|arg| matches!(arg, Term::Slot(_) | Term::Value(_)))
        && matches!(walk.out, Some(Pattern::Bind(slot)) if slot == *found)
    {
        walk.out = Some(std::mem::replace(form, Pattern::Any));
        std::mem::swap(call, mark);
        out.pop();
    }
}

/// The rank of a key in OPA's order of terms: scalars, variables in the order in which they were made, collections.
fn rank(key: &ast::Term) -> (u8, usize) {
    match &key.kind {
        TermKind::Value(_) => (0, 0),
        TermKind::Var(name) => {
            let number = name.strip_prefix('~').and_then(|name| name.parse().ok());
            (1, number.unwrap_or(0))
        }
        _ if is_ground(key) => (2, 0),
        _ => (3, 0),
    }
}

/// Whether two keys are written in the same way.
fn is_same(a: &ast::Term, b: &ast::Term) -> bool {
    match (&a.kind, &b.kind) {
        (TermKind::Value(a), TermKind::Value(b)) => a == b,
        (TermKind::Var(a), TermKind::Var(b)) => a == b,
        _ => false,
    }
}

/// Turns a collection of constants into a constant.
fn constant(term: Term) -> Term {
    fn value(term: &Term) -> Option<Value> {
        match term {
            Term::Value(value) => Some(value.clone()),
            _ => None,
        }
    }
    let found = match &term {
        Term::Array(items) => items
            .iter()
            .map(value)
            .collect::<Option<Vec<_>>>()
            .map(Value::from),
        Term::Set(items) => items
            .iter()
            .map(value)
            .collect::<Option<Vec<_>>>()
            .map(Value::set),
        Term::Object(fields) => fields
            .iter()
            .map(|(key, field)| Some((value(key)?, value(field)?)))
            .collect::<Option<Vec<_>>>()
            .map(Value::object),
        _ => None,
    };
    found.map_or(term, Term::Value)
}
