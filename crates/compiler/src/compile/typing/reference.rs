//! Checks the types in references: whether they can lead to anything.

use super::body::{Checker, Meant};
use super::constant::constant;
use super::problem;
use super::tree::TypeTree;
use crate::compile::tree::push_key;
use crate::problem::Problem;
use crate::shown::Shown;
use crate::syntax::ast::{DATA, Expr, ExprKind, INPUT, Term, TermKind};
use crate::types::Type;
use values::Value;

impl Checker<'_> {
    /// Checks every reference of an expression.
    pub(super) fn check_references(&mut self, expr: &Expr) {
        let mut references = Vec::new();
        each_reference(expr, &mut |term| references.push(term));
        for term in references {
            if let TermKind::Ref(parts) = &term.kind {
                let found = self.check_reference(parts);
                self.problems.extend(found);
            }
        }
    }

    fn check_reference(&mut self, parts: &[Term]) -> Option<Problem> {
        let of = self.of_reference(parts);
        if matches!(*of, Type::Function { .. }) {
            let of = of.into_owned();
            return Some(self.used_as_value(parts, &of));
        }
        let root = parts.first()?.as_var()?.clone();
        if matches!(&*root, DATA | INPUT) {
            let root = Value::from(&*root);
            let layers = self.documents(&root).len();
            // Layers of replaced documents, the innermost first: what one doesn't have is looked up in the next.
            for layer in 0..layers {
                match self.check_in_document(&root, layer, parts) {
                    Checked::Here(found) => return found,
                    Checked::Elsewhere => {}
                }
            }
            return self.check_parts(&Type::ANY, parts, 1);
        }
        let mut of = self.infer(parts.first()?);
        if of.is_unknown() {
            of = Type::ANY;
            self.learn(&root, Type::ANY);
        }
        self.check_parts(&of, parts, 1)
    }

    fn check_in_document(&mut self, root: &Value, layer: usize, parts: &[Term]) -> Checked {
        let mut path: Vec<Value> = Vec::new();
        for (i, part) in parts.iter().enumerate().skip(1) {
            let Some(node) = self.node(root, layer, &path) else {
                return Checked::Elsewhere;
            };
            if let Some(here) = node.here() {
                let here = here.clone();
                return Checked::Here(self.check_parts(&here, parts, i));
            }
            let is_first = i == 1 || i == 2;
            let is_var = part.as_var().is_some();
            // If no rule has a type yet, OPA has no types to check against.
            let is_known = node.children().next().is_some();
            if is_known && is_first && !is_var && part.as_text().is_none() {
                let one_of: Vec<_> = node.children().map(|(key, _)| key.clone()).collect();
                let have = self.infer(part);
                return Checked::Here(Some(self.nothing_there(
                    parts,
                    i,
                    &have,
                    &Type::String,
                    &one_of,
                )));
            }
            if let Some(name) = part.as_var() {
                let keys = node.extent().keys();
                let one_of: Vec<_> = node.children().map(|(key, _)| key.clone()).collect();
                let known = self.infer(part);
                if known.is_unknown() {
                    self.learn(name, keys);
                } else if !self.unifies(&keys, &known) {
                    return Checked::Here(Some(
                        self.nothing_there(parts, i, &known, &keys, &one_of),
                    ));
                }
            }
            let child = constant(part).filter(|key| {
                let node = self.node(root, layer, &path);
                node.is_some_and(|node| node.child(key).is_some())
            });
            match child {
                Some(key) => path.push(key),
                None => return Checked::Elsewhere,
            }
        }
        let node = self.node(root, layer, &path);
        if node.is_some() {
            Checked::Here(None)
        } else {
            Checked::Elsewhere
        }
    }

    fn node(&self, root: &Value, layer: usize, path: &[Value]) -> Option<&TypeTree> {
        let tree = self.documents(root).get(layer).copied()?;
        path.iter().try_fold(tree, |tree, key| tree.child(key))
    }

    /// Checks that a reference's parts, from one on, exist in a value of a type.
    fn check_parts(&mut self, of: &Type, parts: &[Term], from: usize) -> Option<Problem> {
        let mut below = None;
        for (i, part) in parts.iter().enumerate().skip(from) {
            let of = below.as_ref().unwrap_or(of);
            if self.is_v1() && of.is_empty_collection() {
                return self.check_in_nothing(of, parts, i);
            }
            match self.check_part(of, parts, i, part) {
                Ok(next) => below = Some(next),
                Err(problem) => return Some(problem),
            }
        }
        None
    }

    /// The type of what one part of a reference leads to in a value of a type.
    fn check_part(
        &mut self,
        of: &Type,
        parts: &[Term],
        i: usize,
        part: &Term,
    ) -> Result<Type, Problem> {
        let keys = of.keys();
        if keys.is_unknown() {
            return Err(self.no_collection(parts, i - 1, of));
        }
        Ok(match &part.kind {
            TermKind::Var(name) => {
                let known = self.infer(part);
                if known.is_unknown() {
                    self.learn(name, keys);
                } else if !self.unifies(&known, &keys) {
                    return Err(self.nothing_there(parts, i, &known, &keys, &one_of(of)));
                }
                of.values()
            }
            TermKind::Ref(inner) => {
                let known = self.of_reference(inner).into_owned();
                if !known.is_unknown() && !self.unifies(&known, &keys) {
                    return Err(self.nothing_there(parts, i, &known, &keys, &one_of(of)));
                }
                of.values()
            }
            TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_) => {
                if !self.take(part, &keys, false) {
                    let have = self.infer(part);
                    return Err(self.nothing_there(parts, i, &have, &keys, &[]));
                }
                of.values()
            }
            _ => {
                let child = part.as_value().map(|key| of.select(key).into_owned());
                match child.filter(|child| !child.is_unknown()) {
                    Some(child) => child,
                    None => {
                        return Err(self.nothing_there(
                            parts,
                            i,
                            &Type::Unknown,
                            &keys,
                            &one_of(of),
                        ));
                    }
                }
            }
        })
    }

    /// Enumerating an empty collection finds nothing, but looking up a key in it is an error.
    fn check_in_nothing(&mut self, of: &Type, parts: &[Term], i: usize) -> Option<Problem> {
        let part = parts.get(i)?;
        if part.as_value().is_some() {
            let unknown = Type::Unknown;
            return Some(self.nothing_there(parts, i, &unknown, &unknown, &[]));
        }
        let name = part.as_var()?;
        let known = self.infer(part);
        let keys = of.keys();
        if known.is_unknown() {
            self.learn(name, Type::ANY);
        } else if !keys.is_unknown() && !self.unifies(&known, &keys) {
            return Some(self.nothing_there(parts, i, &known, &keys, &[]));
        }
        None
    }

    fn used_as_value(&self, parts: &[Term], of: &Type) -> Problem {
        let at = parts.first().map(|part| part.at).unwrap_or_default();
        let shown = self.shown(parts);
        let message = if self.is_v1() {
            format!("function {shown} used as reference, not called")
        } else {
            format!("undefined ref: {shown}")
        };
        let lines = vec![
            shown.clone(),
            "^".repeat(shown.len()),
            format!("have: {of}"),
        ];
        let document = self.unsupported(parts, parts.len().saturating_sub(1), of);
        problem(at, message).with_details(lines, document)
    }

    fn no_collection(&self, parts: &[Term], i: usize, of: &Type) -> Problem {
        let at = parts.first().map(|part| part.at).unwrap_or_default();
        let shown = self.shown(parts);
        let what = match of {
            Type::Function { .. } if self.is_v1() => {
                format!("function {shown} used as reference, not called")
            }
            _ => format!("undefined ref: {shown}"),
        };
        let width = self.shown(parts.get(..=i).unwrap_or_default()).len();
        let lines = vec![shown, "^".repeat(width), format!("have: {of}")];
        problem(at, what).with_details(lines, self.unsupported(parts, i, of))
    }

    /// The details that OPA reports for a reference into something that isn't a collection.
    fn unsupported(&self, parts: &[Term], i: usize, of: &Type) -> Shown {
        Shown::Fields(vec![
            ("ref", self.document(parts)),
            ("pos", Value::from(i).into()),
            ("have", of.to_value().into()),
        ])
    }

    /// A reference in OPA's JSON format.
    fn document(&self, parts: &[Term]) -> Shown {
        let part = |part: &Term| {
            let (kind, value) = match &part.kind {
                TermKind::Value(value) => (value.type_name(), Shown::from(value.clone())),
                TermKind::Ref(parts) => ("ref", self.document(parts)),
                _ => ("var", self.shown_term(part).into()),
            };
            Shown::Fields(vec![("type", kind.into()), ("value", value)])
        };
        Shown::List(parts.iter().map(part).collect())
    }

    fn nothing_there(
        &self,
        parts: &[Term],
        i: usize,
        have: &Type,
        want: &Type,
        one_of: &[Value],
    ) -> Problem {
        let at = parts.first().map(|part| part.at).unwrap_or_default();
        let shown = self.shown(parts);
        let width = self.shown(parts.get(..i).unwrap_or_default()).len() + 1;
        let space = " ".repeat(width);
        let (have_line, known) = match (have, parts.get(i).and_then(Term::as_value)) {
            (Type::Unknown, Some(value)) => (format!("have: {value}"), None),
            (have, _) => (format!("have (type): {have}"), Some(have.to_value())),
        };
        let is_listed = !one_of.is_empty() || want.is_unknown();
        let want_line = if is_listed {
            let values: Vec<_> = one_of.iter().map(ToString::to_string).collect();
            format!("want (one of): [{}]", values.join(" "))
        } else {
            format!("want (type): {want}")
        };
        let mut fields = vec![
            ("ref", self.document(parts)),
            ("pos", Value::from(i).into()),
        ];
        fields.extend(known.map(|known| ("have", known.into())));
        fields.push(("want", want.to_value().into()));
        let listed = match one_of {
            [] => Value::Null,
            values => Value::array(values.iter().cloned()),
        };
        fields.push(("oneOf", listed.into()));
        let message = format!("undefined ref: {shown}");
        let lines = vec![
            shown,
            format!("{space}^"),
            format!("{space}{have_line}"),
            format!("{space}{want_line}"),
        ];
        problem(at, message).with_details(lines, Shown::Fields(fields))
    }

    pub(super) fn shown(&self, parts: &[Term]) -> String {
        let mut text = String::new();
        for (i, part) in parts.iter().enumerate() {
            match &part.kind {
                TermKind::Value(Value::String(key)) => push_key(&mut text, key),
                _ if i == 0 => text.push_str(&self.shown_term(part)),
                _ => {
                    text.push('[');
                    text.push_str(&self.shown_term(part));
                    text.push(']');
                }
            }
        }
        text
    }

    fn shown_call(&self, call: &[Term]) -> String {
        let Some((operator, operands)) = call.split_first() else {
            return String::new();
        };
        let operands: Vec<_> = operands
            .iter()
            .map(|operand| self.shown_term(operand))
            .collect();
        format!("{}({})", self.shown_term(operator), operands.join(", "))
    }

    fn shown_term(&self, term: &Term) -> String {
        match &term.kind {
            TermKind::Var(name) => match (self.names.shown(name), self.meant.get(name)) {
                (Some(shown), _) => shown.to_string(),
                (None, Some(Meant::Term(meant))) => self.shown_term(meant),
                (None, Some(Meant::Call(call))) => self.shown_call(call),
                (None, None) => "_".to_owned(),
            },
            TermKind::Ref(parts) => self.shown(parts),
            TermKind::Value(value) => value.to_string(),
            _ => constant(term).map_or_else(|| "…".to_owned(), |value| value.to_string()),
        }
    }
}

/// The outcome of checking a reference against the documents of rules.
enum Checked {
    /// It leads to a document whose type is known; its error, if there is one.
    Here(Option<Problem>),
    /// Nothing is known about where it leads.
    Elsewhere,
}

/// The keys that a type lists.
fn one_of(of: &Type) -> Vec<Value> {
    let mut keys = match of {
        Type::Object { fixed, .. } => fixed.iter().map(|(key, _)| key.clone()).collect(),
        Type::Any(several) => several.iter().flat_map(one_of).collect(),
        _ => Vec::new(),
    };
    sort::by(&mut keys, Ord::cmp);
    keys.dedup();
    keys
}

/// Calls `show` with every reference of an expression, except for those in comprehensions.
fn each_reference<'t>(expr: &'t Expr, show: &mut impl FnMut(&'t Term)) {
    fn in_term<'t>(term: &'t Term, show: &mut impl FnMut(&'t Term)) {
        match &term.kind {
            TermKind::Ref(parts) => {
                show(term);
                for part in parts {
                    in_term(part, show);
                }
            }
            TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
                for item in items {
                    in_term(item, show);
                }
            }
            TermKind::Object(fields) => {
                for (key, value) in fields {
                    in_term(key, show);
                    in_term(value, show);
                }
            }
            _ => {}
        }
    }
    match &expr.kind {
        ExprKind::Term(term) => in_term(term, show),
        ExprKind::Call(terms) => {
            for term in terms.iter().skip(1) {
                in_term(term, show);
            }
        }
        ExprKind::Some(_) => {}
        ExprKind::Every(every) => {
            in_term(&every.domain, show);
            for expr in &every.body {
                each_reference(expr, show);
            }
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for expr in expr
                .kind
                .operands()
                .iter()
                .flat_map(|operand| &operand.body)
            {
                each_reference(expr, show);
            }
        }
    }
}
