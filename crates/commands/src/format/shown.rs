//! Terms on one line, in OPA's canonical form, which its formatter uses in some places.

use super::logic::with_escaped_braces;
use super::order::{sorted, sorted_fields};
use super::tree::{Expr, ExprKind, Operand, Part, Template, Term, TermKind, With};
use super::writer::is_name;
use values::json;

/// Whether a word is a keyword that can't follow the dot of a reference in this form.
pub(super) type IsKeyword = fn(&str) -> bool;

/// A term on one line.
pub(super) fn shown(term: &Term, is_keyword: IsKeyword) -> String {
    let mut shown = Shown {
        out: String::new(),
        is_keyword,
    };
    shown.write_term(term);
    shown.out
}

/// A reference on one line.
pub(super) fn shown_reference(parts: &[Term], is_keyword: IsKeyword) -> String {
    let mut shown = Shown {
        out: String::new(),
        is_keyword,
    };
    shown.reference(parts);
    shown.out
}

struct Shown {
    out: String,
    is_keyword: IsKeyword,
}

impl Shown {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn write_term(&mut self, term: &Term) {
        match &term.kind {
            TermKind::Null => self.push("null"),
            TermKind::Bool(value) => self.push(if *value { "true" } else { "false" }),
            TermKind::Number(text) => self.push(text),
            TermKind::String(text) => self.push(&json::quoted(text, false)),
            TermKind::Var(name) if name.starts_with('$') => self.push("_"),
            TermKind::Var(name) => self.push(name),
            TermKind::Ref(parts) => self.reference(parts),
            TermKind::Array(items) => {
                self.push("[");
                self.list(&items.iter().collect::<Vec<_>>());
                self.push("]");
            }
            TermKind::Set(items) if items.is_empty() => self.push("set()"),
            TermKind::Set(items) => {
                self.push("{");
                self.list(&sorted(items));
                self.push("}");
            }
            TermKind::Object(fields) => {
                self.push("{");
                for (i, (key, value)) in sorted_fields(fields).into_iter().enumerate() {
                    if i > 0 {
                        self.push(", ");
                    }
                    self.write_term(key);
                    self.push(": ");
                    self.write_term(value);
                }
                self.push("}");
            }
            TermKind::ArrayComprehension(head, body) => {
                self.push("[");
                self.write_term(head);
                self.push(" | ");
                self.body(body);
                self.push("]");
            }
            TermKind::SetComprehension(head, body) => {
                self.push("{");
                self.write_term(head);
                self.push(" | ");
                self.body(body);
                self.push("}");
            }
            TermKind::ObjectComprehension(key, value, body) => {
                self.push("{");
                self.write_term(key);
                self.push(": ");
                self.write_term(value);
                self.push(" | ");
                self.body(body);
                self.push("}");
            }
            TermKind::Call(call) => self.call(call),
            TermKind::Template(template) => self.template(template),
        }
    }

    fn template(&mut self, template: &Template) {
        self.push("$\"");
        for part in &template.parts {
            match part {
                Part::Expr(expr) => {
                    self.push("{");
                    self.expr(expr);
                    self.push("}");
                }
                Part::Value(term) => {
                    let text = match &term.kind {
                        TermKind::String(text) => with_escaped_braces(&json::quoted(text, false)),
                        _ => shown(term, self.is_keyword),
                    };
                    self.push(text.trim_matches('"'));
                }
            }
        }
        self.push("\"");
    }

    fn operand(&mut self, operand: &Operand) {
        if operand.has_braces {
            self.push("{ ");
        }
        self.body(&operand.body);
        if operand.has_braces {
            self.push(" }");
        }
    }

    fn list(&mut self, terms: &[&Term]) {
        for (i, term) in terms.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.write_term(term);
        }
    }

    fn call(&mut self, call: &[Term]) {
        if let Some((operator, operands)) = call.split_first() {
            self.write_term(operator);
            self.push("(");
            self.list(&operands.iter().collect::<Vec<_>>());
            self.push(")");
        }
    }

    fn reference(&mut self, parts: &[Term]) {
        let Some((head, rest)) = parts.split_first() else {
            return;
        };
        self.write_term(head);
        for part in rest {
            if let TermKind::String(text) = &part.kind
                && is_name(text)
                && !(self.is_keyword)(text)
            {
                self.push(".");
                self.push(text);
            } else {
                self.push("[");
                self.write_term(part);
                self.push("]");
            }
        }
    }

    fn body(&mut self, body: &[Expr]) {
        for (i, expr) in body.iter().enumerate() {
            if i > 0 {
                self.push("; ");
            }
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if expr.is_negated {
            self.push("not ");
        }
        match &expr.kind {
            ExprKind::Term(term) => self.write_term(term),
            ExprKind::Call(call) => match call.as_slice() {
                [operator, left, right]
                    if operator.infix().is_some_and(|infix| infix.name == "eq") =>
                {
                    self.write_term(left);
                    self.push(" = ");
                    self.write_term(right);
                }
                call => self.call(call),
            },
            ExprKind::Some(_, symbols) => {
                self.push("some ");
                match symbols.first().and_then(Term::as_call) {
                    Some([_, value, domain]) => self.within(&[value], domain),
                    Some([_, key, value, domain]) => self.within(&[key, value], domain),
                    _ => self.list(&symbols.iter().collect::<Vec<_>>()),
                }
            }
            ExprKind::Every(every) => {
                self.push("every ");
                let vars: Vec<_> = every.key.iter().chain([&every.value]).collect();
                self.within(&vars, &every.domain);
                self.push(" { ");
                self.body(&every.body);
                self.push(" }");
            }
            ExprKind::Not(operand) => {
                self.push("not ");
                self.operand(operand);
            }
            ExprKind::And(operands) | ExprKind::Or(operands) => {
                let word = if matches!(expr.kind, ExprKind::And(_)) {
                    " and "
                } else {
                    " or "
                };
                let [left, right] = operands.as_ref();
                self.operand(left);
                self.push(word);
                self.operand(right);
            }
        }
        for With { target, value, .. } in &expr.with {
            self.push(" with ");
            self.write_term(target);
            self.push(" as ");
            self.write_term(value);
        }
    }

    fn within(&mut self, vars: &[&Term], domain: &Term) {
        self.list(vars);
        self.push(" in ");
        self.write_term(domain);
    }
}
