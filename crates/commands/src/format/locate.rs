//! Converts our syntax tree to the formatter's, in which each node has the location that OPA's parser gives it.
//!
//! OPA's locations depend on how its parser works: a term in parentheses has the position of what is in them, but the
//! text of both; a reference to something other than a variable has a text that begins with the last token of its
//! first part; everything in a body without braces after `else` has the location of the `else`; and so on. The layout
//! depends on each of these.

use super::Dialect;
use super::derived::{hash_of, loose_of, loose_of_expr};
use super::order::compare;
use super::relocate::{relocate, relocate_expr};
use super::source_text::SourceText;
use super::tree::{
    Every, Expr, ExprKind, Head, Import, Loc, Loose, Module, Operand, Part, Rule, Template, Term,
    TermKind, With,
};
use compiler::syntax::ast::{self, Location, Name};
use std::cmp::Ordering;
use std::collections::HashMap;
use values::{Number, Value};

/// What the conversion has found in a module.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is found alone")]
pub(super) struct Found {
    /// How often each `_` occurs, by the name that the parser gave it.
    pub wildcards: HashMap<Name, usize>,
    /// Whether there is an `x in xs`.
    pub has_in: bool,
    /// Whether there is an `every`.
    pub has_every: bool,
    pub has_not: bool,
    pub has_and: bool,
    pub has_or: bool,
    /// Whether the head of a rule is a reference that older versions of OPA can't read.
    pub has_references: bool,
}

/// Converts a module.
pub(super) fn locate(
    module: &ast::Module,
    source: &SourceText<'_>,
    dialect: Dialect,
) -> (Module, Found) {
    let mut locator = Locator {
        source,
        dialect,
        found: Found::default(),
        is_counted: true,
    };
    let module = Module {
        package: locator.exact(module.at),
        path: locator.path(module.package.get(1..).unwrap_or_default()),
        imports: module
            .imports
            .iter()
            .map(|import| Import {
                loc: locator.exact(import.at),
                path: locator.terms(&import.path),
                alias: import.alias.clone(),
            })
            .collect(),
        rules: module.rules.iter().map(|rule| locator.rule(rule)).collect(),
    };
    (module, locator.found)
}

struct Locator<'s> {
    source: &'s SourceText<'s>,
    dialect: Dialect,
    found: Found,
    /// Whether OPA's visitor also visits this part.
    is_counted: bool,
}

fn offset(at: u32) -> usize {
    at as usize
}

impl Locator<'_> {
    fn loc(&self, place: usize, start: usize, end: usize) -> Loc {
        let (row, column) = self.source.place(place);
        Loc {
            row,
            column,
            start,
            end,
            is_default: false,
        }
    }

    /// The location of a node whose text begins where the node does.
    fn exact(&self, at: Location) -> Loc {
        let (start, end) = (offset(at.start), offset(at.end));
        self.loc(start, start, end)
    }

    fn term_loc(&self, term: &ast::Term) -> Loc {
        let (mut start, mut end) = (offset(term.at.start), offset(term.at.end));
        let place = self.source.past_parens(start);
        match &term.kind {
            ast::TermKind::Value(Value::Number(_))
                if place == start && matches!(self.source.byte(start), Some(b'-' | b'.')) =>
            {
                end = start + 1;
            }
            ast::TermKind::Ref(parts) => {
                if let Some(head) = parts.first()
                    && head.at.start == term.at.start
                    && self.is_closed(head)
                {
                    start = offset(head.at.end).saturating_sub(1);
                }
            }
            _ => {}
        }
        self.loc(place, start, end)
    }

    /// Whether the last token of a reference's first part is a closing bracket of its own.
    fn is_closed(&self, head: &ast::Term) -> bool {
        match head.kind {
            ast::TermKind::Var(_) | ast::TermKind::Call(_) => {
                self.source.byte(offset(head.at.start)) == Some(b'(')
            }
            _ => true,
        }
    }

    /// The path of a package. Its first word is a variable for the formatter.
    fn path(&mut self, parts: &[ast::Term]) -> Vec<Term> {
        let mut path = self.terms(parts);
        if let Some(first) = path.first_mut()
            && let TermKind::String(name) = &first.kind
        {
            first.kind = TermKind::Var(name.clone());
        }
        path
    }

    // Rules.

    fn rule(&mut self, rule: &ast::Rule) -> Rule {
        let loc = self.exact(rule.at);
        let is_chained = self.source.byte(loc.start) == Some(b'{');
        // `p := 1`, which is first parsed as an expression.
        let is_statement = rule.generated_body && !rule.is_default && !rule.head.has_contains;
        let mut head = self.head(rule, is_statement);
        if is_chained {
            head.loc = loc;
            head.shares_loc = true;
            let terms = head
                .args
                .iter_mut()
                .chain(&mut head.key)
                .chain(&mut head.value);
            terms.for_each(|term| relocate(term, loc));
        }
        let length = head.reference.len();
        self.found.has_references |= length > 2 || (length == 2 && head.is_set());
        Rule {
            loc,
            is_default: rule.is_default,
            head,
            body: self.body(&rule.body),
            else_branch: rule
                .else_branch
                .as_ref()
                .map(|rule| Box::new(self.else_branch(rule))),
        }
    }

    fn head(&mut self, rule: &ast::Rule, is_statement: bool) -> Head {
        let head = &rule.head;
        let mut loc = self.exact(head.at);
        let is_function = head.is_function();
        if is_statement && is_function && head.generated_value {
            // The location of `f(x)` is that of `f`.
            loc.end = self.end_of_operator(&head.reference).min(loc.end);
        }
        // OPA's visitors don't visit the reference; its variables are in the key.
        self.is_counted = false;
        let reference = self.terms(&head.reference);
        self.is_counted = true;
        let args = self.terms(head.args.as_deref().unwrap_or_default());
        let mut key = head.key.as_ref().map(|key| self.locate_term(key));
        let shares_loc = head.generated_value
            && (is_statement || (head.has_if && head.reference.len() == 2 && !is_function));
        let value = head.value.as_ref().map(|value| {
            let mut value = self.locate_term(value);
            if head.generated_value {
                value.loc = if shares_loc { loc } else { Loc::DEFAULT };
            }
            value
        });
        if let [_, last] = head.reference.as_slice()
            && value.is_some()
            && !is_function
            && !rule.is_default
            && !head.has_contains
        {
            let is_key = if head.has_if {
                let is_reference = matches!(last.kind, ast::TermKind::Ref(_));
                let is_ground = reference.get(1).is_some_and(Term::is_ground);
                !is_ground || (self.dialect.is_newer() && is_reference)
            } else {
                !head.generated_value
            };
            if is_key {
                key = Some(self.locate_term(last));
            }
        }
        Head {
            loc,
            reference,
            args,
            key,
            value,
            is_assigned: head.assigned,
            is_else: false,
            shares_loc,
        }
    }

    /// The end of a reference, including the bracket that closes its last part.
    fn end_of_operator(&self, reference: &[ast::Term]) -> usize {
        let end = reference.last().map_or(0, |part| offset(part.at.end));
        let closing = self.source.past_space(end);
        if self.source.byte(closing) == Some(b']') {
            closing + 1
        } else {
            end
        }
    }

    fn else_branch(&mut self, rule: &ast::Rule) -> Rule {
        let loc = self.exact(rule.at);
        let head_loc = self.exact(rule.head.at);
        // OPA keeps the arguments of the first head here, but doesn't print them.
        self.terms(rule.head.args.as_deref().unwrap_or_default());
        let value = rule.head.value.as_ref().map(|value| {
            let mut value = self.locate_term(value);
            value.loc = head_loc;
            value
        });
        let reference = vec![Term {
            loc: head_loc,
            kind: TermKind::Var("else".into()),
            loose: Loose::default(),
            hash: 0,
        }];
        let mut body = self.body(&rule.body);
        if rule.head.has_if && !self.has_braces(head_loc) {
            for expr in &mut body {
                relocate_expr(expr, loc);
            }
        }
        Rule {
            loc,
            is_default: false,
            head: Head {
                loc: head_loc,
                reference,
                args: Vec::new(),
                key: None,
                value,
                is_assigned: rule.head.assigned,
                is_else: true,
                shares_loc: true,
            },
            body,
            else_branch: rule
                .else_branch
                .as_ref()
                .map(|rule| Box::new(self.else_branch(rule))),
        }
    }

    /// Whether the body after the head of an `else … if` is in braces.
    fn has_braces(&self, head: Loc) -> bool {
        let at = self.source.past_space(head.end);
        let after = self.source.past_space(at + "if".len());
        self.source.byte(after) == Some(b'{')
    }

    // Expressions.

    fn body(&mut self, body: &[ast::Expr]) -> Vec<Expr> {
        body.iter().map(|expr| self.expr(expr)).collect()
    }

    fn expr(&mut self, expr: &ast::Expr) -> Expr {
        let loc = self.exact(expr.at);
        let kind = match &expr.kind {
            ast::ExprKind::Term(term) => ExprKind::Term(self.locate_term(term)),
            ast::ExprKind::Call(call) => {
                let call = self.terms(call);
                let operator = call.first().and_then(Term::infix);
                self.found.has_in |= operator.is_some_and(|infix| infix.sign == "in");
                ExprKind::Call(call)
            }
            ast::ExprKind::Some(symbols) => ExprKind::Some(loc, self.terms(symbols)),
            ast::ExprKind::Every(every) => {
                self.found.has_every = true;
                ExprKind::Every(Box::new(Every {
                    // OPA only keeps the text of the word.
                    loc: Loc {
                        end: loc.start + "every".len(),
                        ..loc
                    },
                    key: every.key.as_ref().map(|key| self.locate_term(key)),
                    value: self.locate_term(&every.value),
                    domain: self.locate_term(&every.domain),
                    body: self.body(&every.body),
                }))
            }
            ast::ExprKind::Not(operand) => {
                self.found.has_not = true;
                ExprKind::Not(Box::new(self.operand(operand)))
            }
            ast::ExprKind::And(operands) => {
                self.found.has_and = true;
                ExprKind::And(Box::new(self.operands(operands)))
            }
            ast::ExprKind::Or(operands) => {
                self.found.has_or = true;
                ExprKind::Or(Box::new(self.operands(operands)))
            }
        };
        let with: Vec<_> = expr
            .with
            .iter()
            .map(|with| With {
                loc: self.exact(with.at),
                target: self.locate_term(&with.target),
                value: self.locate_term(&with.value),
            })
            .collect();
        let mut expr = Expr {
            loc,
            is_negated: expr.negated,
            kind,
            with,
            loose: Loose::default(),
        };
        expr.loose = loose_of_expr(&expr);
        expr
    }

    fn operands(&mut self, operands: &[ast::Operand; 2]) -> [Operand; 2] {
        let [left, right] = operands;
        [self.operand(left), self.operand(right)]
    }

    fn operand(&mut self, operand: &ast::Operand) -> Operand {
        let mut body = self.body(&operand.body);
        if let [expr] = body.as_mut_slice()
            && expr.is_negated
            && !operand.has_braces
            && self.source.word(expr.loc.start) == "not"
        {
            // For OPA, such an operand begins after its `not`.
            let start = self.source.past_space(expr.loc.start + "not".len());
            expr.loc = self.loc(start, start, expr.loc.end);
        }
        Operand {
            body,
            has_braces: operand.has_braces,
        }
    }

    // Terms.

    fn terms(&mut self, terms: &[ast::Term]) -> Vec<Term> {
        terms.iter().map(|term| self.locate_term(term)).collect()
    }

    fn locate_term(&mut self, term: &ast::Term) -> Term {
        let loc = self.term_loc(term);
        let kind = match &term.kind {
            ast::TermKind::Value(Value::Bool(value)) => TermKind::Bool(*value),
            ast::TermKind::Value(Value::String(text)) => TermKind::String(text.clone()),
            ast::TermKind::Value(Value::Number(number)) => {
                TermKind::Number(self.number(term.at, number))
            }
            // The parser makes no other values.
            ast::TermKind::Value(_) => TermKind::Null,
            ast::TermKind::Var(name) => {
                if self.is_counted && name.starts_with('$') {
                    *self.found.wildcards.entry(name.clone()).or_default() += 1;
                }
                TermKind::Var(name.clone())
            }
            ast::TermKind::Ref(parts) => TermKind::Ref(self.terms(parts)),
            ast::TermKind::Array(items) => TermKind::Array(self.terms(items)),
            ast::TermKind::Set(items) => TermKind::Set(self.set(items)),
            ast::TermKind::Object(fields) => TermKind::Object(self.object(fields)),
            ast::TermKind::ArrayComprehension(head, body) => {
                TermKind::ArrayComprehension(Box::new(self.locate_term(head)), self.body(body))
            }
            ast::TermKind::SetComprehension(head, body) => {
                TermKind::SetComprehension(Box::new(self.locate_term(head)), self.body(body))
            }
            ast::TermKind::ObjectComprehension(key, value, body) => {
                let key = self.locate_term(key);
                let mut value = self.locate_term(value);
                // This keeps it from being written on a row of its own.
                if self.dialect.is_newer() {
                    value.loc.row = loc.row;
                } else {
                    value.loc = key.loc;
                }
                TermKind::ObjectComprehension(Box::new(key), Box::new(value), self.body(body))
            }
            ast::TermKind::Call(call) => {
                let mut call_terms = self.terms(call);
                // `-x` is `minus(0, x)`, whose operator has no location in OPA.
                if let [operator, zero, _] = call.as_slice()
                    && operator.at == zero.at
                    && let Some(operator) = call_terms.first_mut()
                {
                    operator.loc = Loc::DEFAULT;
                    operator.loose.is_default = true;
                }
                TermKind::Call(call_terms)
            }
            ast::TermKind::Template(template) => TermKind::Template(Box::new(Template {
                is_raw: template.is_raw,
                parts: template
                    .parts
                    .iter()
                    .map(|part| match part {
                        ast::Part::Value(term) => Part::Value(self.locate_term(term)),
                        ast::Part::Expr(expr) => Part::Expr(self.expr(expr)),
                    })
                    .collect(),
            })),
        };
        let loose = loose_of(&kind).or(Loose {
            is_default: loc.is_default,
            is_generated: false,
        });
        let hash = hash_of(&kind);
        Term {
            loc,
            kind,
            loose,
            hash,
        }
    }

    /// A number as it is written, without white space after its sign.
    fn number(&self, at: Location, number: &Number) -> String {
        let written = self.source.slice(offset(at.start), offset(at.end));
        let mut text = String::new();
        for line in written.lines() {
            let code = line.split('#').next().unwrap_or_default();
            text.extend(
                code.chars()
                    .filter(|c| !matches!(c, '(' | ')' | ' ' | '\t' | '\r')),
            );
        }
        if text.contains(|c: char| c.is_ascii_digit()) {
            text
        } else {
            number.to_string()
        }
    }

    /// The elements of a set without duplicates: of equal ones, the first is kept.
    fn set(&mut self, items: &[ast::Term]) -> Vec<Term> {
        let mut known: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut kept: Vec<Term> = Vec::new();
        for item in items {
            let item = self.locate_term(item);
            let alike = known.entry(item.hash).or_default();
            let is_known = alike
                .iter()
                .filter_map(|i| kept.get(*i))
                .any(|other| self.is_same(other, &item));
            if !is_known {
                alike.push(kept.len());
                kept.push(item);
            }
        }
        kept
    }

    /// The fields of an object. Of fields with the same key, OPA 0.70 keeps the first key with the last value; OPA
    /// 1.22 keeps all of them.
    fn object(&mut self, fields: &[(ast::Term, ast::Term)]) -> Vec<(Term, Term)> {
        if self.dialect.is_newer() {
            return fields
                .iter()
                .map(|(key, value)| (self.locate_term(key), self.locate_term(value)))
                .collect();
        }
        let mut known: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut kept: Vec<(Term, Term)> = Vec::new();
        for (key, value) in fields {
            let (key, value) = (self.locate_term(key), self.locate_term(value));
            let alike = known.entry(key.hash).or_default();
            let place = alike.iter().copied().find(|i| {
                kept.get(*i)
                    .is_some_and(|(other, _)| self.is_same(other, &key))
            });
            if let Some(field) = place.and_then(|i| kept.get_mut(i)) {
                field.1 = value;
            } else {
                alike.push(kept.len());
                kept.push((key, value));
            }
        }
        kept
    }

    /// Whether OPA thinks that a new element already exists. For OPA 0.70, `1` isn't the same as an existing `1.0`.
    fn is_same(&self, old: &Term, new: &Term) -> bool {
        if let (TermKind::Number(old), TermKind::Number(new)) = (&old.kind, &new.kind)
            && !self.dialect.is_newer()
            && new.parse::<i64>().is_ok()
            && old.parse::<i64>().is_err()
        {
            return false;
        }
        compare(old, new) == Ordering::Equal
    }
}
