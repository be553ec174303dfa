//! Lowers Rego to a form that means the same to regorus' virtual machine as to OPA.
//!
//! On ordinary Rego, the machine silently differs from OPA: it continues if the right side of `:=` is undefined, it
//! puts `"<undefined>"` into comprehensions, it evaluates `not f(x)` for an undefined `x`, it compares a local
//! variable with a rule of the same name, and a comprehension that fails before its first loop ends the loop around
//! it. So each module is parsed, and printed again without these:
//!
//! * `x := y` becomes `x = y`, with every local variable under a name of its own;
//! * the head of an array or object comprehension becomes a variable that its body binds;
//! * references and calls below `not` are bound before it, as OPA's compiler does;
//! * an imported name becomes its full path: through an alias, the machine evaluates every rule of
//!   the package;
//! * a comprehension inside a loop starts with a loop of its own;
//! * the value of a body before an `else` becomes a variable that the body binds, because the machine
//!   tries no `else` where the value alone is undefined;
//! * a body with a loop and an `else` after it becomes the first value of a comprehension, because
//!   the machine tries no `else` after a loop that found nothing.
//!
//! Each of them has a case in `REWRITINGS` of the tests, which fails once a version of regorus no longer needs it.

use std::collections::HashMap;
use std::fmt::Write as _;

use regorus::unstable::{
    ArithOp, AssignOp, BinOp, BoolOp, Expr, Literal, LiteralStmt, Module, Parser, Query, Ref, Rule,
    RuleAssign, RuleBody, RuleHead, Source, Span,
};

use super::overrides::Overrides;

/// Lowers the source text of a module. The path is for messages.
///
/// # Errors
///
/// The parser's message, with line and column, if the text isn't Rego.
pub(super) fn lower(path: &str, text: &str) -> Result<String, String> {
    Ok(Lowering::default().module(&parse(path, text)?).text)
}

/// Lowers a module of tests. The host evaluates its `with`: see [`Lowered`].
pub(super) fn lower_tests(path: &str, text: &str) -> Result<Lowered, String> {
    let lowering = Lowering {
        overrides: Some(Overrides::default()),
        ..Lowering::default()
    };
    Ok(lowering.module(&parse(path, text)?))
}

/// A lowered module.
pub(super) struct Lowered {
    pub text: String,
    /// The rules whose names begin with `test_`, as `data.package.rule`.
    pub tests: Vec<String>,
    /// The rules made of expressions with `with`, as `data.package.rule`. The machine has no `with`, so
    /// [`EVALUATE_WITH`](super::overrides::EVALUATE_WITH) asks the host to evaluate such a rule with other documents.
    pub evaluated_with: Vec<String>,
}

fn parse(path: &str, text: &str) -> Result<Module, String> {
    let source = Source::from_contents(path.to_owned(), text.to_owned()).map_err(display)?;
    Parser::new(&source)
        .and_then(|mut parser| {
            parser.enable_rego_v1()?;
            parser.parse()
        })
        .map_err(display)
}

fn display(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A body with its head.
fn joined(body: &RuleBody, head: &str, statements: &[String]) -> String {
    let introduced = if body.is_else { " else" } else { "" };
    if statements.is_empty() {
        format!("{introduced}{head}")
    } else {
        format!("{introduced}{head} if {{ {} }}", statements.join("\n"))
    }
}

/// The names in scope while a module is printed.
#[derive(Default)]
pub(super) struct Lowering {
    /// The full path of each imported name.
    imports: HashMap<String, String>,
    /// The lowered name of each local variable, by scope; the innermost scope is last.
    pub(super) scopes: Vec<HashMap<String, String>>,
    /// How many lowered names there are.
    names: usize,
    /// In a module of tests, the rules made of expressions with `with`.
    pub(super) overrides: Option<Overrides>,
}

impl Lowering {
    fn module(mut self, module: &Module) -> Lowered {
        let package = self.expr(&module.package.refr);
        let mut text = format!("package {package}\n");
        if let Some(overrides) = &mut self.overrides {
            overrides.package.clone_from(&package);
        }
        let mut tests = Vec::new();
        text.push_str("import rego.v1\n");
        for import in &module.imports {
            let path = self.expr(&import.refr);
            let last = path.rsplit('.').next().unwrap_or_default();
            let name = import
                .r#as
                .as_ref()
                .map_or(last, |alias| alias.text())
                .to_owned();
            if path.starts_with("data.") || path.starts_with("input.") {
                self.imports.insert(name, path);
            }
        }
        for rule in &module.policy {
            let lowered = self.rule(rule);
            let name: String = lowered.chars().take_while(|c| is_of_name(*c)).collect();
            let path = format!("data.{package}.{name}");
            if name.starts_with("test_") && !tests.contains(&path) {
                tests.push(path);
            }
            text.push_str(&lowered);
            text.push('\n');
        }
        let mut evaluated_with = Vec::new();
        for (name, rule) in self.overrides.unwrap_or_default().rules {
            text.push_str(&rule);
            text.push('\n');
            evaluated_with.push(format!("data.{package}.{name}"));
        }
        Lowered {
            text,
            tests,
            evaluated_with,
        }
    }

    fn rule(&mut self, rule: &Rule) -> String {
        match rule {
            Rule::Default {
                refr, args, value, ..
            } => {
                let args = self.list(args);
                let args = if args.is_empty() {
                    args
                } else {
                    format!("({args})")
                };
                format!("default {}{args} := {}", self.expr(refr), self.expr(value))
            }
            Rule::Spec { head, bodies, .. } => {
                let (name, args, value) = match head {
                    RuleHead::Compr { refr, assign, .. } => {
                        (refr, None, assign.as_ref().map(Head::Value))
                    }
                    RuleHead::Set { refr, key, .. } => {
                        (refr, None, key.as_ref().map(|key| Head::Contains(key)))
                    }
                    RuleHead::Func {
                        refr, args, assign, ..
                    } => (refr, Some(args), assign.as_ref().map(Head::Value)),
                };
                self.scopes.push(HashMap::new());
                let mut text = self.expr(name);
                if let Some(args) = args {
                    for arg in args {
                        self.declare_pattern(arg);
                    }
                    let _ = write!(text, "({})", self.list(args));
                }
                if bodies.is_empty() {
                    text.push_str(&self.head(value.as_ref()));
                }
                for (i, body) in bodies.iter().enumerate() {
                    let assigned = body.assign.as_ref().map(Head::Value);
                    let value = if i == 0 {
                        value.as_ref()
                    } else {
                        assigned.as_ref()
                    };
                    let tried_next = bodies.get(i + 1).is_some_and(|next| next.is_else);
                    text.push_str(&if !tried_next {
                        self.body(body, value)
                    } else if has_loop(&body.query) {
                        self.looping_body(body, value)
                    } else {
                        self.body_before_else(body, value)
                    });
                }
                self.scopes.pop();
                text
            }
        }
    }

    fn body(&mut self, body: &RuleBody, value: Option<&Head<'_>>) -> String {
        self.enter(&body.query);
        let head = self.head(value);
        let statements = self.statements(&body.query, Within::Rule);
        self.scopes.pop();
        joined(body, &head, &statements)
    }

    /// A body before an `else`, which binds its value to a variable.
    fn body_before_else(&mut self, body: &RuleBody, value: Option<&Head<'_>>) -> String {
        self.enter(&body.query);
        let mut statements = self.statements(&body.query, Within::Rule);
        let head = match value {
            Some(Head::Value(assign)) => {
                format!(" := {}", self.bound(&assign.value, &mut statements))
            }
            _ => self.head(value),
        };
        self.scopes.pop();
        joined(body, &head, &statements)
    }

    /// A body that has a loop and is before an `else`: its value is the first that the loop finds.
    fn looping_body(&mut self, body: &RuleBody, value: Option<&Head<'_>>) -> String {
        self.enter(&body.query);
        let mut statements = self.statements(&body.query, Within::Comprehension);
        let head = match value {
            Some(Head::Value(assign)) => self.bound(&assign.value, &mut statements),
            _ => "true".to_owned(),
        };
        self.scopes.pop();
        let found = self.fresh("found");
        let introduced = if body.is_else { " else" } else { "" };
        let query = statements.join("\n");
        format!(
            "{introduced} := {found}[0] if {{ {found} = [{head} | {query}]\ncount({found}) > 0 }}"
        )
    }

    fn head(&mut self, value: Option<&Head<'_>>) -> String {
        match value {
            Some(Head::Value(assign)) => format!(" := {}", self.expr(&assign.value)),
            Some(Head::Contains(key)) => format!(" contains {}", self.expr(key)),
            None => String::new(),
        }
    }

    /// Opens the scope of a query, with the variables that it declares.
    fn enter(&mut self, query: &Query) {
        self.scopes.push(HashMap::new());
        for statement in &query.stmts {
            match &statement.literal {
                Literal::SomeVars { vars, .. } => {
                    for var in vars {
                        self.declare(var.text());
                    }
                }
                Literal::SomeIn { key, value, .. } => {
                    for pattern in key.iter().chain([value]) {
                        self.declare_pattern(pattern);
                    }
                }
                Literal::Expr { expr, .. } => {
                    if let Expr::AssignExpr {
                        op: AssignOp::ColEq,
                        lhs,
                        ..
                    } = expr.as_ref()
                    {
                        self.declare_pattern(lhs);
                    }
                }
                Literal::NotExpr { .. } | Literal::Every { .. } => {}
            }
        }
    }

    fn declare_pattern(&mut self, pattern: &Expr) {
        match pattern {
            Expr::Var { span, .. } => self.declare(span.text()),
            Expr::Array { items, .. } => {
                for item in items {
                    self.declare_pattern(item);
                }
            }
            Expr::Object { fields, .. } => {
                for (_, _, value) in fields {
                    self.declare_pattern(value);
                }
            }
            _ => {}
        }
    }

    fn declare(&mut self, name: &str) {
        if name != "_" {
            let fresh = self.fresh(name);
            if let Some(scope) = self.scopes.last_mut() {
                scope.entry(name.to_owned()).or_insert(fresh);
            }
        }
    }

    pub(super) fn fresh(&mut self, name: &str) -> String {
        self.names += 1;
        format!("{name}_{}", self.names)
    }

    fn statements(&mut self, query: &Query, within: Within) -> Vec<String> {
        let mut statements = Vec::new();
        if within == Within::Comprehension && !starts_with_loop(query) {
            statements.push("some _ in [0]".to_owned());
        }
        for statement in &query.stmts {
            self.statement(statement, &mut statements);
        }
        statements
    }

    fn statement(&mut self, statement: &LiteralStmt, out: &mut Vec<String>) {
        if self.overrides.is_some()
            && !statement.with_mods.is_empty()
            && let Some(overridden) = self.overridden(&statement.literal, &statement.with_mods, out)
        {
            return out.push(overridden);
        }
        let mut text = self.literal(&statement.literal, out);
        for modifier in &statement.with_mods {
            let _ = write!(
                text,
                " with {} as {}",
                self.expr(&modifier.refr),
                self.expr(&modifier.r#as)
            );
        }
        out.push(text);
    }

    fn literal(&mut self, literal: &Literal, out: &mut Vec<String>) -> String {
        match literal {
            Literal::SomeVars { vars, .. } => {
                let names: Vec<_> = vars.iter().map(|var| self.name(var.text())).collect();
                format!("some {}", names.join(", "))
            }
            Literal::SomeIn {
                key,
                value,
                collection,
                ..
            } => format!(
                "some {} in {}",
                self.pair(key.as_ref(), value),
                self.expr(collection)
            ),
            Literal::Expr { expr, .. } => self.top(expr),
            Literal::NotExpr { expr, .. } => format!("not {}", self.negated(expr, out)),
            Literal::Every {
                key,
                value,
                domain,
                query,
                ..
            } => {
                let domain = self.expr(domain);
                self.enter(query);
                let names: Vec<_> = key.iter().chain([value]).map(Span::text).collect();
                for name in &names {
                    self.declare(name);
                }
                let names: Vec<_> = names.into_iter().map(|name| self.name(name)).collect();
                let body = self.statements(query, Within::Rule).join("\n");
                self.scopes.pop();
                format!("every {} in {domain} {{ {body} }}", names.join(", "))
            }
        }
    }

    /// `key, value`, or only the value.
    pub(super) fn pair(&mut self, key: Option<&Ref<Expr>>, value: &Expr) -> String {
        let terms: Vec<_> = key
            .map(Ref::as_ref)
            .into_iter()
            .chain([value])
            .map(|term| self.expr(term))
            .collect();
        terms.join(", ")
    }

    /// The operand of a `not`. References and calls in it are bound before it, in `out`.
    fn negated(&mut self, expr: &Expr, out: &mut Vec<String>) -> String {
        match expr {
            Expr::Call { fcn, params, .. } => {
                let params: Vec<_> = params.iter().map(|param| self.bound(param, out)).collect();
                format!("{}({})", self.expr(fcn), params.join(", "))
            }
            Expr::BoolExpr {
                op: BoolOp::Eq,
                lhs,
                rhs,
                ..
            } => {
                let (lhs, rhs) = (self.bound_call(lhs, out), self.bound_call(rhs, out));
                format!("{lhs} == {rhs}")
            }
            Expr::BoolExpr { op, lhs, rhs, .. } => {
                let (lhs, rhs) = (self.bound(lhs, out), self.bound(rhs, out));
                format!("{lhs} {} {rhs}", comparison(op))
            }
            Expr::Membership {
                key,
                value,
                collection,
                ..
            } => {
                let terms = key.iter().chain([value]);
                let terms: Vec<_> = terms.map(|term| self.bound(term, out)).collect();
                let collection = self.bound(collection, out);
                format!("{} in {collection}", terms.join(", "))
            }
            Expr::RefBrack { refr, index, .. } => {
                let index = self.bound(index, out);
                format!("{}[{index}]", self.negated(refr, out))
            }
            Expr::RefDot { refr, field, .. } => {
                format!("{}.{}", self.negated(refr, out), field.0.text())
            }
            _ => self.expr(expr),
        }
    }

    fn bound_call(&mut self, expr: &Expr, out: &mut Vec<String>) -> String {
        match expr {
            Expr::Call { .. } => self.bound(expr, out),
            _ => self.expr(expr),
        }
    }

    fn bound(&mut self, expr: &Expr, out: &mut Vec<String>) -> String {
        let text = self.expr(expr);
        if is_plain(expr) {
            return text;
        }
        let name = self.fresh("bound");
        out.push(format!("{name} = {text}"));
        name
    }

    /// An expression that is a whole statement.
    fn top(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::AssignExpr { lhs, rhs, .. } => format!("{} = {}", self.expr(lhs), self.expr(rhs)),
            Expr::BoolExpr { op, lhs, rhs, .. } => {
                format!("{} {} {}", self.expr(lhs), comparison(op), self.expr(rhs))
            }
            Expr::Membership {
                key,
                value,
                collection,
                ..
            } => format!(
                "{} in {}",
                self.pair(key.as_ref(), value),
                self.expr(collection)
            ),
            _ => self.expr(expr),
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> String {
        match expr {
            Expr::String { value, .. } | Expr::RawString { value, .. } => {
                value.to_json_str().unwrap_or_default()
            }
            Expr::Number { span, .. } | Expr::Bool { span, .. } | Expr::Null { span, .. } => {
                span.text().to_owned()
            }
            Expr::Var { span, .. } => self.name(span.text()),
            Expr::Array { items, .. } => format!("[{}]", self.list(items)),
            Expr::Set { items, .. } if items.is_empty() => "set()".to_owned(),
            Expr::Set { items, .. } => format!("{{{}}}", self.list(items)),
            Expr::Object { fields, .. } => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(_, key, value)| format!("{}: {}", self.expr(key), self.expr(value)))
                    .collect();
                format!("{{{}}}", fields.join(",\n"))
            }
            Expr::ArrayCompr { term, query, .. } => {
                format!("[{}]", self.comprehension(&[term], query))
            }
            Expr::SetCompr { term, query, .. } => {
                format!("{{{}}}", self.comprehension(&[term], query))
            }
            Expr::ObjectCompr {
                key, value, query, ..
            } => {
                format!("{{{}}}", self.comprehension(&[key, value], query))
            }
            Expr::Call { fcn, params, .. } => format!("{}({})", self.expr(fcn), self.list(params)),
            Expr::UnaryExpr { expr, .. } => format!("-{}", self.expr(expr)),
            Expr::RefDot { refr, field, .. } => format!("{}.{}", self.expr(refr), field.0.text()),
            Expr::RefBrack { refr, index, .. } => {
                format!("{}[{}]", self.expr(refr), self.expr(index))
            }
            Expr::BinExpr { op, lhs, rhs, .. } => {
                let op = match op {
                    BinOp::Intersection => "&",
                    BinOp::Union => "|",
                };
                format!("({} {op} {})", self.expr(lhs), self.expr(rhs))
            }
            Expr::ArithExpr { op, lhs, rhs, .. } => {
                let op = match op {
                    ArithOp::Add => "+",
                    ArithOp::Sub => "-",
                    ArithOp::Mul => "*",
                    ArithOp::Div => "/",
                    ArithOp::Mod => "%",
                };
                format!("({} {op} {})", self.expr(lhs), self.expr(rhs))
            }
            Expr::BoolExpr { .. } | Expr::AssignExpr { .. } | Expr::Membership { .. } => {
                format!("({})", self.top(expr))
            }
        }
    }

    fn comprehension(&mut self, terms: &[&Expr], query: &Query) -> String {
        self.enter(query);
        let mut statements = self.statements(query, Within::Comprehension);
        let head: Vec<_> = terms
            .iter()
            .map(|term| self.bound(term, &mut statements))
            .collect();
        self.scopes.pop();
        format!("{} | {}", head.join(": "), statements.join("\n"))
    }

    fn list<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Ref<Expr>>) -> String {
        let exprs: Vec<_> = exprs.into_iter().map(|expr| self.expr(expr)).collect();
        exprs.join(",\n")
    }

    fn name(&mut self, name: &str) -> String {
        let local = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        if let (Some(local), Some(overrides)) = (local, &mut self.overrides) {
            overrides.used.insert(local.clone());
        }
        let lowered = local.or_else(|| self.imports.get(name));
        lowered.map_or(name, String::as_str).to_owned()
    }
}

/// What the value of a rule is.
enum Head<'a> {
    Value(&'a RuleAssign),
    Contains(&'a Expr),
}

/// What a query belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Rule,
    Comprehension,
}

fn is_of_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

fn has_loop(query: &Query) -> bool {
    let mut literals = query.stmts.iter().map(|statement| &statement.literal);
    literals.any(|literal| matches!(literal, Literal::SomeIn { .. } | Literal::SomeVars { .. }))
}

fn starts_with_loop(query: &Query) -> bool {
    query
        .stmts
        .first()
        .is_some_and(|first| matches!(first.literal, Literal::SomeIn { .. }))
}

/// Whether an expression is never undefined.
fn is_plain(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. }
            | Expr::Var { .. }
    )
}

fn comparison(op: &BoolOp) -> &'static str {
    match op {
        BoolOp::Lt => "<",
        BoolOp::Le => "<=",
        BoolOp::Eq => "==",
        BoolOp::Ge => ">=",
        BoolOp::Gt => ">",
        BoolOp::Ne => "!=",
    }
}
