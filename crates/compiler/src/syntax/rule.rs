//! Rules: heads, bodies, `else` and `default`.

use std::fmt::Write as _;

use super::ast::{Body, Expr, ExprKind, Head, Location, Part, Rule, Term, TermKind};
use super::parser::Parser;
use super::token::Token;
use super::visit::is_ground;
use values::Version;

impl Parser<'_> {
    pub(super) fn rules(&mut self) -> Option<Vec<Rule>> {
        let start = self.here();
        let is_default = self.token() == Token::Default;
        if is_default {
            self.scan();
            self.open();
        }
        if self.token() != Token::Name {
            if is_default && self.version == Version::V1 {
                self.refuse_keyword();
            }
            return None;
        }
        let head = self.head(is_default)?;
        let mut rule = Rule::new(start, head);
        rule.is_default = is_default;
        if is_default {
            return self.default_rule(rule).map(|rule| vec![rule]);
        }
        let has_if = self.token() == Token::If;
        let has_contains = rule.head.has_contains;
        rule.head.has_if = has_if;
        if has_if && !has_contains && rule.head.reference.len() == 2 && rule.head.value.is_none() {
            rule.head.generated_value = true;
            rule.head.value = Some(Term::new(rule.head.at, TermKind::Value(true.into())));
        }
        // `p[x] { … }`, from before `contains` existed.
        if !has_if
            && !has_contains
            && !rule.head.is_function()
            && rule.head.reference.len() == 2
            && rule.head.value.is_none()
        {
            rule.head.key = rule.head.reference.pop();
        }
        if has_if {
            rule.body = self.body_after_if()?;
        } else if self.token() == Token::OpenBrace {
            rule.body = self.body_in_braces()?;
        } else if has_contains {
            rule.body = always(rule.at);
            rule.generated_body = true;
            rule.at = rule.head.at;
            return Some(vec![rule]);
        } else {
            return None;
        }
        // It may also be the name of the next rule, as in `else.x`.
        self.open();
        if self.token() == Token::Else {
            if let Some(rules) = takes_no_else(&rule.head) {
                let message = format!("else keyword cannot be used on {rules}");
                self.problem(self.here(), message);
                return None;
            }
            rule.else_branch = Some(Box::new(self.else_branch(&rule.head, 0)?));
        }
        rule.at = self.since(start);
        let mut rules = vec![rule];
        while self.token() == Token::OpenBrace {
            let next = self.chained(rules.first()?)?;
            rules.push(next);
        }
        Some(rules)
    }

    /// The body after `if`: one expression, or a body in braces.
    fn body_after_if(&mut self) -> Option<Body> {
        self.scan();
        let before = self.save();
        let opens_body = self.token() == Token::OpenBrace || self.version == Version::V0;
        let is_set = |expr: &Expr| matches!(&expr.kind, ExprKind::Term(term) if matches!(term.kind, TermKind::Set(_)));
        // `if { true }` is a body. It isn't a set, which would always be true.
        if let Some(expr) = self.literal().filter(|expr| !(opens_body && is_set(expr))) {
            return Some(vec![expr]);
        }
        self.restore(before);
        if self.token() == Token::OpenBrace {
            return self.body_in_braces();
        }
        // Once more, to report what is wrong with it.
        self.literal();
        if self.problems.is_empty() {
            self.illegal("expected rule body");
        }
        None
    }

    fn body_in_braces(&mut self) -> Option<Body> {
        self.scan();
        let body = self.body(Token::CloseBrace)?;
        self.scan();
        Some(body)
    }

    /// `f(x) { … } { … }`: the second body has the same head.
    fn chained(&mut self, first: &Rule) -> Option<Rule> {
        if first.else_branch.is_some() {
            self.problem(self.here(), "expected else keyword".to_owned());
            return None;
        }
        let start = self.here();
        let body = self.body_in_braces()?;
        let mut head = first.head.clone();
        head.at = self.since(start);
        self.fresh_wildcards(&mut head);
        Some(Rule {
            at: self.since(start),
            head,
            body,
            else_branch: None,
            is_default: false,
            generated_body: false,
        })
    }

    fn fresh_wildcards(&mut self, head: &mut Head) {
        for arg in head.args.iter_mut().flatten() {
            if arg.is_wildcard() {
                arg.kind = TermKind::Var(self.wildcard().into());
            }
        }
    }

    fn else_branch(&mut self, head: &Head, before: usize) -> Option<Rule> {
        let start = self.here();
        let mut head = head.clone();
        head.generated_value = false;
        head.has_if = false;
        let elses = self.one_more(before, "`else` in a row")?;
        self.fresh_wildcards(&mut head);
        self.scan();
        match self.token() {
            Token::OpenBrace | Token::If => {
                head.generated_value = true;
                head.value = Some(Term::new(start, TermKind::Value(true.into())));
            }
            Token::Assign | Token::Unify => {
                head.assigned = self.token() == Token::Assign;
                self.scan();
                head.value = Some(self.infix()?);
            }
            _ => {
                self.illegal("expected else value term or rule body");
                return None;
            }
        }
        head.at = self.since(start);
        let mut rule = Rule::new(start, head);
        let has_if = self.token() == Token::If;
        if !has_if && self.token() != Token::OpenBrace {
            rule.at = self.since(start);
            rule.body = always(rule.at);
            rule.generated_body = true;
            return Some(rule);
        }
        rule.head.has_if = has_if;
        if has_if {
            self.scan();
        }
        if self.token() == Token::OpenBrace {
            rule.body = self.body_in_braces()?;
        } else if self.token() == Token::End {
            self.illegal("rule body expected");
            return None;
        } else {
            rule.body.push(self.literal()?);
        }
        if self.token() == Token::Else {
            let else_branch = self.else_branch(&rule.head, elses)?;
            rule.else_branch = Some(Box::new(else_branch));
        }
        rule.at = self.since(start);
        Some(rule)
    }

    fn default_rule(&mut self, mut rule: Rule) -> Option<Rule> {
        let Some(value) = &rule.head.value else {
            self.problem(
                rule.at,
                "illegal default rule (must have a value)".to_owned(),
            );
            return None;
        };
        if let Some(kind) = not_a_constant(value) {
            self.problem(
                rule.at,
                format!("illegal default rule (value cannot contain {kind})"),
            );
            return None;
        }
        let args = rule.head.args.as_deref().unwrap_or_default();
        if let Some(arg) = args.iter().find(|arg| arg.as_var().is_none()) {
            let message = format!(
                "illegal default rule (arguments cannot contain {})",
                arg.type_name()
            );
            self.problem(rule.at, message);
            return None;
        }
        for (i, arg) in args.iter().enumerate() {
            let repeated = args
                .iter()
                .take(i)
                .any(|other| other.as_var() == arg.as_var());
            if repeated {
                let name = arg.as_var().cloned().unwrap_or_else(|| "".into());
                self.problem(
                    rule.at,
                    format!("illegal default rule (arguments cannot be repeated {name})"),
                );
                return None;
            }
        }
        rule.at = self.since(rule.at);
        rule.body = always(rule.at);
        Some(rule)
    }

    fn head(&mut self, is_default: bool) -> Option<Head> {
        let start = self.here();
        let var = self.var();
        let Some(term) = self.finish_term(var, true) else {
            self.illegal("expected rule head name");
            return None;
        };
        if self.has_operator_in_name(&term) {
            self.illegal("");
            return None;
        }
        let (reference, args) = self.signature(term)?;
        // A reference that begins with a call, `f(x)[y]`, isn't the name of a rule.
        reference.first()?.as_var()?;
        let name = shown(&reference);
        let mut head = Head {
            at: start,
            reference,
            args,
            key: None,
            value: None,
            generated_value: false,
            assigned: false,
            has_contains: false,
            has_if: false,
        };
        match self.token() {
            Token::Contains => {
                self.element(&mut head, &name);
                head.at = self.since(start);
                return Some(head);
            }
            Token::Unify => {
                self.scan();
                head.value = self.infix();
                if head.value.is_none() {
                    self.illegal(&format!(
                        "expected rule value term (e.g., {name}[<nil>] = <VALUE> {{ ... }})"
                    ));
                }
            }
            Token::Assign => self.assigned_value(&mut head, &name, is_default),
            _ => {}
        }
        head.at = self.since(start);
        // The value of `default p` is `true`.
        if head.value.is_none()
            && (head.reference.len() != 2
                || head.args.as_ref().is_some_and(|args| !args.is_empty()))
        {
            head.generated_value = true;
            head.value = Some(Term::new(head.at, TermKind::Value(true.into())));
        }
        Some(head)
    }

    /// Whether an operator directly follows a name, as in `content-type := 1`. OPA 1.22 refuses it, because it would
    /// otherwise define a rule named like the operator's function.
    fn has_operator_in_name(&self, term: &Term) -> bool {
        let is_name = match &term.kind {
            TermKind::Var(_) => true,
            TermKind::Ref(parts) => parts.len() == 1,
            _ => false,
        };
        self.version == Version::V1
            && is_name
            && !self.state.current.space
            && self.token().is_operator()
    }

    /// The reference that a rule's head defines, and the arguments if it is a function.
    fn signature(&mut self, term: Term) -> Option<(Vec<Term>, Option<Vec<Term>>)> {
        match term.kind {
            TermKind::Var(_) => Some((vec![term], None)),
            TermKind::Ref(parts) => Some((parts, None)),
            TermKind::Call(mut call) => {
                let args = call.split_off(1);
                match call.pop()?.kind {
                    TermKind::Ref(parts)
                        if parts.first().is_some_and(|first| first.as_var().is_some()) =>
                    {
                        Some((parts, Some(args)))
                    }
                    _ => {
                        self.illegal("rule head ref invalid");
                        None
                    }
                }
            }
            _ => None,
        }
    }

    /// `contains` with the element.
    fn element(&mut self, head: &mut Head, name: &str) {
        if head.args.is_some() {
            self.illegal(&format!(
                "the contains keyword can only be used with multi-value rule definitions (e.g., {name} contains <VALUE> {{ ... }})"
            ));
        }
        self.scan();
        head.has_contains = true;
        head.key = self.infix();
        if head.key.is_none() {
            self.illegal(&format!(
                "expected rule key term (e.g., {name} contains <VALUE> {{ ... }})"
            ));
        }
    }

    /// `:=` with the value.
    fn assigned_value(&mut self, head: &mut Head, name: &str, is_default: bool) {
        self.scan();
        head.assigned = true;
        head.value = self.infix();
        if head.value.is_some() {
            return;
        }
        let is_function = head.args.as_ref().is_some_and(|args| !args.is_empty());
        self.illegal(&if is_function {
            format!("expected function value term (e.g., {name}(...) := <VALUE> {{ ... }})")
        } else if is_default {
            format!("expected default rule value term (e.g., default {name} := <VALUE>)")
        } else {
            format!("expected rule value term (e.g., {name} := <VALUE> {{ ... }})")
        });
    }
}

impl Rule {
    /// A rule without a body yet.
    fn new(at: Location, head: Head) -> Self {
        Self {
            at,
            is_default: false,
            head,
            body: Body::new(),
            else_branch: None,
            generated_body: false,
        }
    }
}

/// The name for rules with such a head if they can't have an `else`; `None` if they can.
fn takes_no_else(head: &Head) -> Option<&'static str> {
    if !head.reference.iter().skip(1).all(is_ground) {
        return Some("rules with variables in head");
    }
    // `p.q = 1 { … }` defines an object, as `p[q] = 1 { … }` does.
    let is_of_object = !head.has_if && head.args.is_none() && head.reference.len() == 2;
    (head.key.is_some() || is_of_object).then_some("multi-value rules")
}

/// A body that always holds.
fn always(at: Location) -> Body {
    vec![Expr {
        at,
        negated: false,
        kind: ExprKind::Term(Term::new(at, TermKind::Value(true.into()))),
        with: Vec::new(),
        generated: true,
        assigns: false,
    }]
}

/// OPA's name for the part of a term that isn't constant.
fn not_a_constant(term: &Term) -> Option<&'static str> {
    match &term.kind {
        // It is evaluated, but it refers to nothing else.
        TermKind::Value(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..) => None,
        TermKind::Var(_) => Some("var"),
        TermKind::Ref(_) => Some("ref"),
        TermKind::Call(_) => Some("call"),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().find_map(not_a_constant),
        TermKind::Object(fields) => fields
            .iter()
            .find_map(|(key, value)| not_a_constant(key).or_else(|| not_a_constant(value))),
        TermKind::Template(template) => template.parts.iter().find_map(|part| match part {
            Part::Value(_) => None,
            Part::Expr(expr) => match &expr.kind {
                ExprKind::Term(term) => not_a_constant(term),
                // The name of the function is a reference.
                ExprKind::Call(_) => Some("ref"),
                _ => None,
            },
        }),
    }
}

/// A reference as messages show it.
#[must_use]
pub fn shown(reference: &[Term]) -> String {
    let mut text = String::new();
    for (i, part) in reference.iter().enumerate() {
        match (&part.kind, i) {
            (TermKind::Var(name), 0) => text.push_str(name),
            (TermKind::Var(name), _) => {
                let _ = write!(text, "[{}]", if part.is_wildcard() { "_" } else { name });
            }
            (TermKind::Value(values::Value::String(word)), _) => {
                text.push('.');
                text.push_str(word);
            }
            _ => text.push_str("[…]"),
        }
    }
    text
}

/// The rule that a body defines, as in `p = 1`.
pub(super) fn rule_of_body(body: Body) -> Result<Rule, String> {
    let mut exprs = body.into_iter();
    let (Some(expr), None) = (exprs.next(), exprs.next()) else {
        return Err("multiple expressions cannot be used for rule head".to_owned());
    };
    if !expr.with.is_empty() {
        return Err("expressions using with keyword cannot be used for rule head".to_owned());
    }
    if expr.negated {
        return Err("negated expressions cannot be used for rule head".to_owned());
    }
    let at = expr.at;
    let (term, value, assigned) = match expr.kind {
        ExprKind::Some(_) => {
            return Err("'some' declarations cannot be used for rule head".to_owned());
        }
        ExprKind::Every(_) | ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            return Err("expression cannot be used for rule head".to_owned());
        }
        ExprKind::Term(term) => (term, None, false),
        ExprKind::Call(call) => {
            let operator = call.first().and_then(Term::operator).unwrap_or_default();
            let mut operands = call.clone().into_iter().skip(1);
            match (
                operator.as_str(),
                operands.next(),
                operands.next(),
                operands.next(),
            ) {
                ("eq" | "assign", Some(left), Some(right), None) => {
                    (left, Some(right), operator == "assign")
                }
                ("eq" | "assign", ..) => return Err("assignment requires two operands".to_owned()),
                _ => {
                    if builtins::find(&operator).is_some() {
                        return Err("rule name conflicts with built-in function".to_owned());
                    }
                    if call.len() <= 1 {
                        return Err("rule argument list must take at least one argument".to_owned());
                    }
                    (Term::new(at, TermKind::Call(call)), None, false)
                }
            }
        }
    };
    head_of_term(at, term, value, assigned).map(|head| Rule {
        at,
        is_default: false,
        body: always(at),
        head,
        else_branch: None,
        generated_body: true,
    })
}

fn head_of_term(
    at: Location,
    term: Term,
    value: Option<Term>,
    assigned: bool,
) -> Result<Head, String> {
    let name = term.type_name();
    let (mut reference, args) = match term.kind {
        TermKind::Var(_) if value.is_some() => (vec![term], None),
        TermKind::Ref(parts) => (parts, None),
        TermKind::Call(mut call) => {
            let args = call.split_off(1);
            match call.pop().map(|operator| operator.kind) {
                Some(TermKind::Ref(parts)) => (parts, Some(args)),
                _ => return Err("refs cannot be used in function signature".to_owned()),
            }
        }
        _ => return Err(format!("{name} cannot be used for rule name")),
    };
    if reference
        .first()
        .is_none_or(|first| first.as_var().is_none())
    {
        return Err(format!("invalid rule head: {}", shown(&reference)));
    }
    let mut head = Head {
        at,
        reference: Vec::new(),
        args,
        key: None,
        generated_value: value.is_none(),
        value,
        assigned,
        has_contains: false,
        has_if: false,
    };
    if head.value.is_none() && head.args.is_none() && reference.len() == 1 {
        return Err("refs cannot be used for rule head".to_owned());
    }
    if head.value.is_none() && head.args.is_none() && reference.len() == 2 {
        head.key = reference.pop();
        head.generated_value = false;
    } else if head.value.is_none() {
        head.value = Some(Term::new(at, TermKind::Value(true.into())));
    }
    head.reference = reference;
    Ok(head)
}
