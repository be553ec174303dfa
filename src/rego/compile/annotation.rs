//! Annotations: what METADATA says of rules and packages, for `rego.metadata.rule()` and
//! `rego.metadata.chain()`, which become constants.

use std::collections::BTreeMap;

use super::tree::place;
use crate::rego::builtins::annotations;
use crate::rego::problem::{Code, Problem};
use crate::rego::syntax::ast::{At, Block, Body, Expr, Kind, Module, Rule, Says, Term};
use crate::rego::syntax::walk::{Visitor, bodies_of_expr, bodies_of_term, visit_rule};
use crate::rego::syntax::{self, Version};
use crate::rego::value::{Object, Value};

const CHAIN: &str = "rego.metadata.chain";
const RULE: &str = "rego.metadata.rule";

/// Puts the annotations where they are asked for. Nothing is read where nothing asks.
pub fn rewrite(modules: &mut [Module], version: Version) -> Vec<Problem> {
    if !modules.iter().any(asks) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let mut all = Annotations::default();
    for (i, module) in modules.iter().enumerate() {
        for block in &module.metadata {
            if let Err(problem) = all.add(i, module, block, version) {
                problems.push(problem);
            }
        }
    }
    for (i, module) in modules.iter_mut().enumerate() {
        let package = package_path(module);
        let places: Vec<_> = module
            .rules
            .iter()
            .map(|rule| place(module, rule))
            .collect();
        for (j, (rule, place)) in module.rules.iter_mut().zip(places).enumerate() {
            let own = all.rules.get(&(i, j)).map_or(&[][..], Vec::as_slice);
            let chain = all.chain(own, &place, &package);
            // OPA 1.22 takes the first of several blocks above a rule here, and 0.70 the last.
            let nearest = match version {
                Version::V0 => own.last(),
                Version::V1 => own.first(),
            };
            let said = nearest
                .cloned()
                .unwrap_or_else(|| Value::object::<Value>([]));
            in_rule(rule, &chain, &said);
            // What is written above a rule is not said of what is tried after it.
            let chain = all.chain(&[], &place, &package);
            let nothing = Value::object::<Value>([]);
            let mut next = rule.otherwise.as_deref_mut();
            while let Some(rule) = next {
                in_rule(rule, &chain, &nothing);
                next = rule.otherwise.as_deref_mut();
            }
        }
    }
    problems
}

/// What is said, by what it is said of.
#[derive(Default)]
struct Annotations {
    /// Of one rule, in order.
    rules: BTreeMap<(usize, usize), Vec<Value>>,
    /// Of all the rules of a place, or of a package and those below it.
    places: BTreeMap<Vec<Value>, Value>,
    /// Of a package.
    packages: BTreeMap<Vec<Value>, Value>,
}

impl Annotations {
    fn add(
        &mut self,
        number: usize,
        module: &Module,
        block: &Block,
        version: Version,
    ) -> Result<(), Problem> {
        let fail = |message: String| Problem::new(Code::Parse, block.at, message);
        let mut said = read(block, version).map_err(fail)?;
        let below = below(module, block.at);
        let is_entrypoint = said.field("entrypoint").is_some();
        let scope = match said.field("scope").and_then(Value::as_str) {
            Some(scope) => scope.to_owned(),
            None => match below {
                Some(Below::Rule(_)) if is_entrypoint => "document".to_owned(),
                Some(Below::Rule(_)) => "rule".to_owned(),
                Some(Below::Package) => "package".to_owned(),
                Some(Below::Import) => "import".to_owned(),
                None => String::new(),
            },
        };
        let have = match below {
            Some(Below::Rule(_)) => " (have rule)",
            Some(Below::Package) => " (have package)",
            Some(Below::Import) => " (have import)",
            None => "",
        };
        let applied = |wanted| {
            fail(format!(
                "annotation scope '{scope}' must be applied to {wanted}{have}"
            ))
        };
        let redeclared = || {
            let message = format!("{scope} annotation redeclared");
            Problem::new(Code::Type, block.at, message)
        };
        if is_entrypoint && !matches!(&*scope, "document" | "package") {
            return Err(fail(format!(
                "annotation entrypoint applied to non-document or package scope '{scope}'"
            )));
        }
        said.insert("scope".into(), scope.as_str().into());
        let said = Value::from(said);
        match (&*scope, below) {
            ("rule", Some(Below::Rule(rule))) => {
                self.rules.entry((number, rule)).or_default().push(said);
            }
            ("document", Some(Below::Rule(rule))) => {
                let place = module.rules.get(rule).map(|rule| place(module, rule));
                if self
                    .places
                    .insert(place.unwrap_or_default(), said)
                    .is_some()
                {
                    return Err(redeclared());
                }
            }
            ("rule" | "document", _) => return Err(applied("rule")),
            ("package", Some(Below::Package)) => {
                if self.packages.insert(package_path(module), said).is_some() {
                    return Err(redeclared());
                }
            }
            ("subpackages", Some(Below::Package)) => {
                if self.places.insert(package_path(module), said).is_some() {
                    return Err(redeclared());
                }
            }
            ("package" | "subpackages", _) => return Err(applied("package")),
            _ => {
                return Err(fail(format!(
                    "invalid annotation scope '{scope}'. Use one of 'rule', 'document', 'package', or 'subpackages'"
                )));
            }
        }
        Ok(())
    }

    /// What is said of a rule, from the nearest on: of itself, its document, its package, and the
    /// packages around that.
    fn chain(&self, own: &[Value], place: &[Value], package: &[Value]) -> Value {
        let link = |path: &[Value], said: Option<&Value>| {
            let path = Value::array(path.iter().cloned());
            let said = said.map(|said| ("annotations", said.clone()));
            Value::object(std::iter::once(("path", path)).chain(said))
        };
        let mut chain: Vec<_> = own
            .iter()
            .rev()
            .map(|said| link(place, Some(said)))
            .collect();
        if chain.is_empty() {
            chain.push(link(place, None));
        }
        let document = self.places.get(place);
        chain.extend(document.map(|said| link(place, Some(said))));
        let around = self.packages.get(package);
        chain.extend(around.map(|said| link(package, Some(said))));
        let mut path = package;
        while let Some((_, above)) = path.split_last() {
            chain.extend(self.places.get(path).map(|said| link(path, Some(said))));
            path = above;
        }
        chain.into()
    }
}

/// What stands below a block.
enum Below {
    Package,
    Import,
    Rule(usize),
}

fn below(module: &Module, at: At) -> Option<Below> {
    let rules = module.rules.iter().enumerate();
    std::iter::once((module.at, Below::Package))
        .chain(
            module
                .imports
                .iter()
                .map(|import| (import.at, Below::Import)),
        )
        .chain(rules.map(|(i, rule)| (rule.at, Below::Rule(i))))
        .filter(|(place, _)| place.start > at.start)
        .min_by_key(|(place, _)| place.start)
        .map(|(_, below)| below)
}

fn package_path(module: &Module) -> Vec<Value> {
    let parts = module.package.iter().skip(1);
    parts.filter_map(Term::as_value).cloned().collect()
}

fn asks(module: &Module) -> bool {
    struct Calls(bool);

    impl Visitor for Calls {
        fn term(&mut self, _term: &Term) -> bool {
            !self.0
        }

        fn expr(&mut self, expr: &Expr) {
            self.0 |= asked_by(expr).is_some();
        }
    }

    let mut calls = Calls(false);
    for rule in &module.rules {
        visit_rule(rule, &mut calls);
    }
    calls.0
}

/// Whether an expression is one of the calls, and what the variable of its value is.
fn asked_by(expr: &Expr) -> Option<(&'static str, Option<&Term>)> {
    let Says::Call(call) = &expr.says else {
        return None;
    };
    let (operator, operands) = call.split_first()?;
    let name = operator.operator()?;
    let name = [CHAIN, RULE].into_iter().find(|known| *known == name)?;
    Some((name, operands.first()))
}

fn in_rule(rule: &mut Rule, chain: &Value, said: &Value) {
    in_body(&mut rule.body, chain, said);
    let head = &mut rule.head;
    let terms = head.key.iter_mut().chain(&mut head.value);
    for term in terms.chain(head.args.iter_mut().flatten()) {
        bodies_of_term(term, &mut |body| in_body(body, chain, said));
    }
}

fn in_body(body: &mut Body, chain: &Value, said: &Value) {
    for expr in body {
        bodies_of_expr(expr, &mut |body| in_body(body, chain, said));
        if let Says::Every(every) = &mut expr.says {
            in_body(&mut every.body, chain, said);
        }
        let Some((name, out)) = asked_by(expr) else {
            continue;
        };
        let value = if name == CHAIN { chain } else { said };
        let value = Term::new(expr.at, Kind::Value(value.clone()));
        expr.says = match out {
            Some(out) => {
                let eq = Term::new(expr.at, Kind::Ref(vec![Term::var(expr.at, "eq")]));
                Says::Call(vec![eq, out.clone(), value])
            }
            None => Says::Term(value),
        };
        expr.generated = true;
    }
}

/// A block's annotations, as the functions give them, but for the scope where none is written.
fn read(block: &Block, version: Version) -> Result<Object, String> {
    let text = block.lines.join("\n");
    if text.trim().is_empty() {
        return Err("expected METADATA block, found whitespace".to_owned());
    }
    let raw = match annotations(&text).map_err(|fault| fault.to_string())? {
        Value::Object(fields) => fields,
        Value::Null => return Ok(Object::default()),
        other => {
            let kind = other.type_name();
            return Err(format!("a METADATA block is a mapping, not a {kind}"));
        }
    };
    let mut said = Object::default();
    for name in ["scope", "title", "description"] {
        match raw.field(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.is_empty() => {}
            Some(value @ Value::String(_)) => said.insert(name.into(), value.clone()),
            Some(other) => return Err(mistyped(name, other, "a text")),
        }
    }
    match raw.field("entrypoint") {
        None | Some(Value::Null | Value::Bool(false)) => {}
        Some(Value::Bool(true)) => said.insert("entrypoint".into(), true.into()),
        Some(other) => return Err(mistyped("entrypoint", other, "true or false")),
    }
    let organizations = list(&raw, "organizations")?;
    if let Some(other) = organizations.iter().find(|item| item.as_str().is_none()) {
        return Err(mistyped("organizations", other, "a list of texts"));
    }
    put(&mut said, "organizations", organizations);
    put(
        &mut said,
        "related_resources",
        each(&raw, "related_resources", resource)?,
    );
    put(&mut said, "authors", each(&raw, "authors", author)?);
    let mut schemas = Vec::new();
    for pair in list(&raw, "schemas")? {
        schemas.push(schema(&pair)?);
    }
    put(&mut said, "schemas", schemas);
    let labels = (version == Version::V1).then_some("labels");
    for name in std::iter::once("custom").chain(labels) {
        match raw.field(name) {
            None | Some(Value::Null) => {}
            Some(Value::Object(fields)) if fields.is_empty() => {}
            Some(value @ Value::Object(_)) => said.insert(name.into(), value.clone()),
            Some(other) => return Err(mistyped(name, other, "a mapping")),
        }
    }
    Ok(said)
}

fn mistyped(name: &str, got: &Value, wanted: &str) -> String {
    let got = got.type_name();
    format!("the annotation `{name}` has to be {wanted}, not {got}")
}

fn list(raw: &Object, name: &str) -> Result<Vec<Value>, String> {
    match raw.field(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items.to_vec()),
        Some(other) => Err(mistyped(name, other, "a list")),
    }
}

fn put(said: &mut Object, name: &str, items: Vec<Value>) {
    if !items.is_empty() {
        said.insert(name.into(), items.into());
    }
}

fn each(
    raw: &Object,
    name: &str,
    read: fn(&Value) -> Result<Value, String>,
) -> Result<Vec<Value>, String> {
    list(raw, name)?.iter().map(read).collect()
}

/// The text of a field, trimmed.
fn trimmed<'v>(fields: &'v Object, name: &str) -> &'v str {
    let text = fields.field(name).and_then(Value::as_str);
    text.map(str::trim).unwrap_or_default()
}

fn filled<'t>(fields: impl IntoIterator<Item = (&'t str, &'t str)>) -> Value {
    let filled = fields.into_iter().filter(|(_, text)| !text.is_empty());
    Value::object(filled.map(|(name, text)| (name, Value::from(text))))
}

fn resource(value: &Value) -> Result<Value, String> {
    let fail = |why| format!("invalid related-resource definition {value}: {why}");
    match value {
        Value::String(text) if text.is_empty() => Err(fail("ref URL may not be empty string")),
        Value::String(text) => Ok(filled([("ref", &**text)])),
        Value::Object(fields) => match trimmed(fields, "ref") {
            "" => Err(fail("'ref' value required in object")),
            target => Ok(filled([
                ("ref", target),
                ("description", trimmed(fields, "description")),
            ])),
        },
        _ => Err(fail("invalid value type, must be string or map")),
    }
}

fn author(value: &Value) -> Result<Value, String> {
    let fail = |why| format!("invalid author definition {value}: {why}");
    match value {
        Value::String(text) => {
            let mut words: Vec<&str> = text.split_whitespace().collect();
            let Some(last) = words.last() else {
                return Err(fail("author is an empty string"));
            };
            let email = last
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'));
            if email.is_some() {
                words.pop();
            }
            let name = words.join(" ");
            Ok(filled([
                ("name", name.as_str()),
                ("email", email.unwrap_or_default()),
            ]))
        }
        Value::Object(fields) => match (trimmed(fields, "name"), trimmed(fields, "email")) {
            ("", "") => Err(fail("'name' and/or 'email' values required in object")),
            (name, email) => Ok(filled([("name", name), ("email", email)])),
        },
        _ => Err(fail("invalid value type, must be string or map")),
    }
}

fn schema(pair: &Value) -> Result<Value, String> {
    let Value::Object(fields) = pair else {
        return Err(mistyped("schemas", pair, "a list of mappings"));
    };
    let Some((path, schema)) = fields.iter().next() else {
        return Err("invalid document reference".to_owned());
    };
    let path = path.as_str().and_then(reference);
    let path = path.ok_or("invalid document reference")?;
    let (name, schema) = match schema {
        Value::String(text) => {
            let parts = reference(text).filter(|parts| parts.first() == Some(&"schema".into()));
            let parts = parts.ok_or("invalid schema reference")?;
            ("schema", Value::array(parts))
        }
        Value::Object(_) => ("definition", schema.clone()),
        _ => return Err(format!("invalid schema declaration for path {pair}")),
    };
    Ok(Value::object([
        ("path", Value::array(path)),
        (name, schema),
    ]))
}

/// The parts of a reference: `schema.a["b"]`.
fn reference(text: &str) -> Option<Vec<Value>> {
    let body = syntax::parse_query(text, 0, Version::V0).ok()?;
    let [
        Expr {
            says: Says::Term(term),
            ..
        },
    ] = body.as_slice()
    else {
        return None;
    };
    let part = |term: &Term| match &term.kind {
        Kind::Var(name) => Some(Value::from(&**name)),
        Kind::Value(value) => Some(value.clone()),
        _ => None,
    };
    match &term.kind {
        Kind::Var(name) => Some(vec![Value::from(&**name)]),
        Kind::Ref(parts) => parts.iter().map(part).collect(),
        _ => None,
    }
}
