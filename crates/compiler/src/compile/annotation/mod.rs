//! Annotations: the METADATA of rules and packages. They are checked, `rego.metadata.rule()` and
//! `rego.metadata.chain()` become constants, and the type checker uses the schemas.

mod block;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::tree::{RuleId, package_path, place};
use crate::problem::{Code, PLACE, Problem};
use crate::syntax::ast::{Body, Expr, ExprKind, Location, Module, Rule, Term, TermKind};
use crate::syntax::visit::{Visitor, bodies_of_expr, bodies_of_term, walk_rule};
use values::{Object, Value, Version};

const CHAIN: &str = "rego.metadata.chain";
const RULE: &str = "rego.metadata.rule";

/// Reads the METADATA of modules, and finds what each block annotates.
///
/// # Errors
///
/// The problem of each block that is wrong, or is in the wrong place, as OPA's parser reports it.
pub(super) fn read(modules: &[Module], version: Version) -> Result<Annotations, Vec<Problem>> {
    let mut all = Annotations {
        version,
        ..Annotations::default()
    };
    let mut problems = Vec::new();
    for (i, module) in modules.iter().enumerate() {
        let mut blocks = Vec::new();
        let mut module_problems = Vec::new();
        for block in &module.metadata {
            match block::read(block, version) {
                Ok(fields) => blocks.push((block.at, fields)),
                Err(problem) => module_problems.push(problem),
            }
        }
        if module_problems.is_empty() {
            let below = Statements::new(module);
            for (at, fields) in blocks {
                all.put(i, module, at, fields, &below, &mut module_problems);
            }
        }
        problems.extend(module_problems);
    }
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(problems)
    }
}

/// The annotations of modules, by what they annotate.
#[derive(Debug)]
pub(super) struct Annotations {
    version: Version,
    /// Those of single rules, by module and rule, in source order.
    rules: BTreeMap<(usize, usize), Vec<Value>>,
    /// Those with the scope `document` or `subpackages`, by path: of all rules there, or of a package and those below
    /// it.
    places: BTreeMap<Vec<Value>, (Location, Value)>,
    /// Those with the scope `package`, by path.
    packages: BTreeMap<Vec<Value>, (Location, Value)>,
    /// Problems: annotations that repeat others.
    repeated: Vec<Problem>,
}

impl Default for Annotations {
    fn default() -> Self {
        Self {
            version: Version::V1,
            rules: BTreeMap::new(),
            places: BTreeMap::new(),
            packages: BTreeMap::new(),
            repeated: Vec::new(),
        }
    }
}

impl Annotations {
    /// Takes the problems of annotations that repeat others.
    pub(super) fn repeated(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.repeated)
    }

    /// Replaces the calls of `rego.metadata.rule()` and `rego.metadata.chain()` by constants.
    pub(super) fn rewrite(&self, modules: &mut [Module]) {
        if !modules.iter().any(asks) {
            return;
        }
        for (i, module) in modules.iter_mut().enumerate() {
            let package = package_path(module);
            let places: Vec<_> = module
                .rules
                .iter()
                .map(|rule| place(module, rule))
                .collect();
            for (j, (rule, place)) in module.rules.iter_mut().zip(places).enumerate() {
                let own = self.rules.get(&(i, j)).map_or(&[][..], Vec::as_slice);
                let chain = self.chain(own, &place, &package);
                // If a rule has several blocks, OPA 1.22 uses the first here, and 0.70 the last.
                let nearest = match self.version {
                    Version::V0 => own.last(),
                    Version::V1 => own.first(),
                };
                let annotations = nearest
                    .cloned()
                    .unwrap_or_else(|| Value::object::<Value>([]));
                in_rule(rule, &chain, &annotations);
                // The annotations of a rule don't apply to its `else` branches.
                let chain = self.chain(&[], &place, &package);
                let nothing = Value::object::<Value>([]);
                let mut next = rule.else_branch.as_deref_mut();
                while let Some(rule) = next {
                    in_rule(rule, &chain, &nothing);
                    next = rule.else_branch.as_deref_mut();
                }
            }
        }
    }

    /// The schemas that apply around a rule, from the outermost package on, and those of the rule itself. Each is an
    /// object with a `path`, and a `schema` or a `definition`.
    pub(super) fn schemas(&self, id: RuleId, module: &Module) -> (Vec<&Object>, Vec<&Object>) {
        let package = package_path(module);
        let around = (0..=package.len()).filter_map(|end| self.places.get(package.get(..end)?));
        let document = module.rules.get(id.rule).map(|rule| place(module, rule));
        let document = document.and_then(|place| self.places.get(&place));
        let own = self.rules.get(&(id.module, id.rule)).into_iter().flatten();
        let around = around
            .chain(self.packages.get(&package))
            .chain(document)
            .flat_map(|(_, annotations)| schemas_of(annotations));
        (around.collect(), own.flat_map(schemas_of).collect())
    }

    fn put(
        &mut self,
        number: usize,
        module: &Module,
        at: Location,
        mut annotations: Object,
        below: &Statements,
        problems: &mut Vec<Problem>,
    ) {
        let mut fail = |message: String| problems.push(Problem::new(Code::Parse, at, message));
        let below = below.after(at);
        let is_entrypoint = annotations.field("entrypoint").is_some();
        let scope = match annotations.field("scope").and_then(Value::as_str) {
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
        annotations.insert("scope".into(), scope.as_str().into());
        let annotations = Value::from(annotations);
        let mut applied = |wanted| {
            fail(format!(
                "annotation scope '{scope}' must be applied to {wanted}{have}"
            ));
        };
        let mut before = None;
        match (&*scope, below) {
            ("rule", Some(Below::Rule(rule))) => {
                self.rules
                    .entry((number, rule))
                    .or_default()
                    .push(annotations);
            }
            ("document", Some(Below::Rule(rule))) => {
                let place = module.rules.get(rule).map(|rule| place(module, rule));
                let place = place.unwrap_or_default();
                before = put_once(&mut self.places, place, at, annotations);
            }
            ("rule" | "document", _) => applied("rule"),
            ("package", Some(Below::Package)) => {
                before = put_once(&mut self.packages, package_path(module), at, annotations);
            }
            ("subpackages", Some(Below::Package)) => {
                before = put_once(&mut self.places, package_path(module), at, annotations);
            }
            ("package" | "subpackages", _) => applied("package"),
            _ => fail(format!(
                "invalid annotation scope '{scope}'. Use one of 'rule', 'document', 'package', or 'subpackages'"
            )),
        }
        if is_entrypoint && !matches!(&*scope, "document" | "package") {
            fail(format!(
                "annotation entrypoint applied to non-document or package scope '{scope}'"
            ));
        }
        if let Some(before) = before {
            let message = format!("{scope} annotation redeclared: {PLACE}");
            let problem = Problem::new(Code::Type, at, message);
            self.repeated.push(problem.with_places(vec![before]));
        }
    }

    /// The value of `rego.metadata.chain()`: the annotations of a rule, then of its document, of its package, and of
    /// the packages around that.
    fn chain(&self, own: &[Value], place: &[Value], package: &[Value]) -> Value {
        let link = |path: &[Value], annotations: Option<&Value>| {
            let path = Value::array(path.iter().cloned());
            let annotations = annotations.map(|annotations| ("annotations", annotations.clone()));
            Value::object(std::iter::once(("path", path)).chain(annotations))
        };
        let mut chain: Vec<_> = own
            .iter()
            .rev()
            .map(|annotations| link(place, Some(annotations)))
            .collect();
        if chain.is_empty() {
            chain.push(link(place, None));
        }
        let document = self.places.get(place);
        chain.extend(document.map(|(_, annotations)| link(place, Some(annotations))));
        let around = self.packages.get(package);
        chain.extend(around.map(|(_, annotations)| link(package, Some(annotations))));
        let mut path = package;
        while let Some((_, above)) = path.split_last() {
            chain.extend(
                self.places
                    .get(path)
                    .map(|(_, annotations)| link(path, Some(annotations))),
            );
            path = above;
        }
        chain.into()
    }
}

/// Adds the annotations of a path, or returns the location of those that it already has.
fn put_once(
    all: &mut BTreeMap<Vec<Value>, (Location, Value)>,
    place: Vec<Value>,
    at: Location,
    annotations: Value,
) -> Option<Location> {
    match all.entry(place) {
        Entry::Occupied(known) => Some(known.get().0),
        Entry::Vacant(free) => {
            free.insert((at, annotations));
            None
        }
    }
}

fn schemas_of(annotations: &Value) -> Vec<&Object> {
    let Value::Object(fields) = annotations else {
        return Vec::new();
    };
    let Some(Value::Array(schemas)) = fields.field("schemas") else {
        return Vec::new();
    };
    let objects = schemas.iter().filter_map(|schema| match schema {
        Value::Object(schema) => Some(&**schema),
        _ => None,
    });
    objects.collect()
}

/// What a block annotates: the statement after it.
#[derive(Clone, Copy)]
enum Below {
    Package,
    Import,
    Rule(usize),
}

/// The statements of a module, with their start offsets.
struct Statements(Vec<(u32, Below)>);

impl Statements {
    fn new(module: &Module) -> Self {
        let imports = module.imports.iter();
        let rules = module.rules.iter().enumerate();
        let mut all: Vec<_> = std::iter::once((module.at.start, Below::Package))
            .chain(imports.map(|import| (import.at.start, Below::Import)))
            .chain(rules.map(|(i, rule)| (rule.at.start, Below::Rule(i))))
            .collect();
        sort::by_key(&mut all, |(start, _)| *start);
        Self(all)
    }

    fn after(&self, at: Location) -> Option<Below> {
        let next = self.0.partition_point(|(start, _)| *start <= at.start);
        self.0.get(next).map(|(_, below)| *below)
    }
}

fn asks(module: &Module) -> bool {
    struct Calls(bool);

    impl Visitor for Calls {
        fn visit_term(&mut self, _term: &Term) -> bool {
            !self.0
        }

        fn visit_expr(&mut self, expr: &Expr) {
            self.0 |= asked_by(expr).is_some();
        }
    }

    let mut calls = Calls(false);
    for rule in &module.rules {
        walk_rule(rule, &mut calls);
    }
    calls.0
}

/// The name of the metadata function that an expression calls, and the variable for its result.
fn asked_by(expr: &Expr) -> Option<(&'static str, Option<&Term>)> {
    let ExprKind::Call(call) = &expr.kind else {
        return None;
    };
    let (operator, operands) = call.split_first()?;
    let name = operator.operator()?;
    let name = [CHAIN, RULE].into_iter().find(|known| *known == name)?;
    Some((name, operands.first()))
}

fn in_rule(rule: &mut Rule, chain: &Value, annotations: &Value) {
    in_body(&mut rule.body, chain, annotations);
    let head = &mut rule.head;
    let terms = head.key.iter_mut().chain(&mut head.value);
    for term in terms.chain(head.args.iter_mut().flatten()) {
        bodies_of_term(term, &mut |body| in_body(body, chain, annotations));
    }
}

fn in_body(body: &mut Body, chain: &Value, annotations: &Value) {
    for expr in body {
        bodies_of_expr(expr, &mut |body| in_body(body, chain, annotations));
        if let ExprKind::Every(every) = &mut expr.kind {
            in_body(&mut every.body, chain, annotations);
        }
        let Some((name, out)) = asked_by(expr) else {
            continue;
        };
        let value = if name == CHAIN { chain } else { annotations };
        let value = Term::new(expr.at, TermKind::Value(value.clone()));
        expr.kind = match out {
            Some(out) => {
                let eq = Term::new(expr.at, TermKind::Ref(vec![Term::var(expr.at, "eq")]));
                ExprKind::Call(vec![eq, out.clone(), value])
            }
            None => ExprKind::Term(value),
        };
        expr.generated = true;
    }
}
