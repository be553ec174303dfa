//! The types of documents that the JSON schemas in annotations give.
//!
//! As in OPA, a reference to a schema (`schema.x`) has no effect if no schemas are loaded, and here none ever are. A
//! schema that refers to itself allows any type at that point.

use std::collections::HashMap;
use std::rc::Rc;

use super::Types;
use super::body::Checker;
use super::tree::TypeTree;
use crate::compile::names::Names;
use crate::compile::tree::Tree;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{DATA, INPUT, Location, Term};
use crate::types::Type;
use builtins::{Failure, Schema, SchemaError, SchemaId, SchemaPart, SchemaWays, read_schema};
use values::{Object, Value};

/// How large the type of a schema may be, and how many parts a schema may have.
const SIZE: usize = 100_000;

impl Types {
    /// The types that annotations give to the documents in a rule. `at` is the location of the rule.
    pub(super) fn annotated(
        &mut self,
        schemas: &[&Object],
        tree: &Tree,
        names: &Names,
        at: Location,
        problems: &mut Vec<Problem>,
    ) -> TypeTree {
        let mut types = TypeTree::default();
        for schema in schemas {
            let Some(Value::Array(path)) = schema.field("path") else {
                continue;
            };
            let Some(definition) = schema.field("definition") else {
                continue;
            };
            let Some((root, rest)) = path.split_first() else {
                continue;
            };
            let of = match self.type_of_definition(definition) {
                Ok(of) => of,
                Err((code, why)) => {
                    problems.push(Problem::new(code, at, why));
                    continue;
                }
            };
            let Some(name) = root.as_str().filter(|name| matches!(*name, DATA | INPUT)) else {
                continue;
            };
            let whole = if rest.is_empty() {
                of
            } else {
                let known = types.child(root).and_then(TypeTree::here).cloned();
                let known = known.unwrap_or_else(|| {
                    let reference = Term::var(at, name);
                    let checker = Checker::new(self, tree, names);
                    checker.of_reference(&[reference]).into_owned()
                });
                overridden(known, rest, of)
            };
            types.put(std::slice::from_ref(root), whole);
        }
        types
    }

    fn type_of_definition(&mut self, definition: &Value) -> Result<Type, (Code, String)> {
        // OPA 0.70 uses the first inline schema for all others too.
        if let Some(first) = self.first_definition.as_ref().filter(|_| !self.is_v1) {
            return Ok(first.clone());
        }
        let of = type_of(definition, self.is_v1)?;
        self.first_definition = Some(of.clone());
        Ok(of)
    }
}

/// A type in which the type at a path is replaced.
fn overridden(of: Type, path: &[Value], inner: Type) -> Type {
    let Some((key, below)) = path.split_first() else {
        return inner;
    };
    let Type::Object { mut fixed, rest } = of.into_unnamed() else {
        return objects(path, inner, Some(&(Type::ANY, Type::ANY)));
    };
    match fixed.binary_search_by(|(known, _)| known.cmp(key)) {
        Ok(at) => {
            if let Some((_, value)) = fixed.get_mut(at) {
                let known = std::mem::replace(value, Type::Unknown);
                *value = overridden(known, below, inner);
            }
        }
        Err(at) => {
            let value = objects(below, inner, rest.as_deref());
            fixed.insert(at, (key.clone(), value));
        }
    }
    Type::Object { fixed, rest }
}

/// Nested objects along a path. Each may have other fields.
fn objects(path: &[Value], inner: Type, rest: Option<&(Type, Type)>) -> Type {
    path.iter().rev().fold(inner, |inner, key| Type::Object {
        fixed: vec![(key.clone(), inner)],
        rest: rest.cloned().map(Box::new),
    })
}

/// The type of the values that a schema allows.
fn type_of(definition: &Value, is_v1: bool) -> Result<Type, (Code, String)> {
    let limit = || {
        (
            Code::Limit,
            format!("a schema of an annotation has more than {SIZE} parts"),
        )
    };
    let mut left = SIZE * 8;
    let mut charge = |values: usize| match left.checked_sub(values) {
        Some(rest) => {
            left = rest;
            Ok(())
        }
        None => Err(Failure::Limit(String::new())),
    };
    let schema = match read_schema(definition, SchemaWays::TYPES, &mut charge) {
        Ok(schema) => schema,
        Err(SchemaError::Invalid(why)) => {
            return Err((Code::Type, format!("unable to compile the schema: {why}")));
        }
        Err(SchemaError::Stopped(Failure::Refused(why))) => return Err((Code::Refused, why)),
        Err(SchemaError::Stopped(Failure::Limit(why))) if !why.is_empty() => {
            return Err((Code::Limit, why));
        }
        Err(SchemaError::Stopped(_)) => return Err(limit()),
    };
    let mut reader = Reader {
        schema: &schema,
        is_v1,
        known: HashMap::new(),
        size: 0,
    };
    match reader.part(Schema::ROOT) {
        Ok(of) => Ok(of),
        Err(TypeError::TooLarge) => Err(limit()),
        Err(TypeError::Unmergeable(why)) => Err((Code::Type, format!("type checking: {why}"))),
    }
}

enum TypeError {
    TooLarge,
    Unmergeable(String),
}

struct Reader<'s> {
    schema: &'s Schema,
    is_v1: bool,
    /// The types of the references' targets; `None` while one is being read.
    known: HashMap<Rc<str>, Option<Type>>,
    size: usize,
}

/// The keywords of a schema's part that give it a type.
#[derive(Clone, Default)]
struct View {
    types: Vec<&'static str>,
    properties: Vec<SchemaId>,
    items: Vec<SchemaId>,
    has_one_for_items: bool,
    any_of: Vec<SchemaId>,
    all_of: Vec<SchemaId>,
}

impl View {
    fn from_part(part: &SchemaPart) -> Self {
        Self {
            types: part.types.clone(),
            properties: part.properties.clone(),
            items: part.items.clone(),
            has_one_for_items: part.has_one_for_items,
            any_of: part.any_of.clone(),
            all_of: part.all_of.clone(),
        }
    }

    fn shown(&self) -> String {
        match self.types.as_slice() {
            [] => "Undefined".to_owned(),
            [one] => (*one).to_owned(),
            several => format!("[{}]", several.join(",")),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.types.contains(&name)
    }

    /// Takes the type that its keywords give.
    fn typed(mut self) -> Self {
        if !self.properties.is_empty() && !self.has("object") {
            self.types.push("object");
        } else if self.properties.is_empty() && !self.items.is_empty() && !self.has("array") {
            self.types.push("array");
        }
        self
    }
}

impl Reader<'_> {
    fn part(&mut self, id: SchemaId) -> Result<Type, TypeError> {
        let Some(part) = self.schema.part(id) else {
            return Ok(Type::ANY);
        };
        let Some(target) = part.target else {
            return self.view(&View::from_part(part));
        };
        let name = part.reference.clone().unwrap_or_default();
        match self.known.get(&name) {
            Some(Some(known)) => {
                let known = known.clone();
                self.size += size(&known);
                self.bounded()?;
                Ok(known)
            }
            Some(None) => Ok(Type::ANY),
            None => {
                self.known.insert(name.clone(), None);
                let of = self.part(target)?;
                self.known.insert(name, Some(of.clone()));
                Ok(of)
            }
        }
    }

    /// The part to which references lead in the end.
    fn led_to(&self, id: SchemaId) -> SchemaId {
        let mut id = id;
        // A cycle of references is left at some point.
        for _ in 0..SIZE {
            match self.schema.part(id).and_then(|part| part.target) {
                Some(target) => id = target,
                None => break,
            }
        }
        id
    }

    fn bounded(&mut self) -> Result<(), TypeError> {
        self.size += 1;
        if self.size > SIZE {
            return Err(TypeError::TooLarge);
        }
        Ok(())
    }

    fn view(&mut self, view: &View) -> Result<Type, TypeError> {
        self.bounded()?;
        if !view.any_of.is_empty() {
            return self.any_of(view);
        }
        if !view.all_of.is_empty() {
            return self.all_of(view);
        }
        let view = if view.types.is_empty() {
            &view.clone().typed()
        } else {
            view
        };
        if view.has("boolean") {
            Ok(Type::Boolean)
        } else if view.has("string") {
            Ok(Type::String)
        } else if view.has("integer") || view.has("number") {
            Ok(Type::Number)
        } else if view.has("object") {
            self.object(view)
        } else if view.has("array") {
            self.array(view)
        } else {
            Ok(Type::ANY)
        }
    }

    fn object(&mut self, view: &View) -> Result<Type, TypeError> {
        if view.properties.is_empty() {
            return Ok(Type::object_of(Type::ANY, Type::ANY));
        }
        let mut fixed: Vec<(Value, Type)> = Vec::new();
        for id in &view.properties {
            let name = self.schema.part(*id).map(|part| part.property.clone());
            let name = Value::String(name.unwrap_or_default());
            let of = self.part(*id)?;
            // If merging gives several properties of one name, the first counts.
            if let Err(at) = fixed.binary_search_by(|(known, _)| known.cmp(&name)) {
                fixed.insert(at, (name, of));
            }
        }
        Ok(Type::Object { fixed, rest: None })
    }

    fn array(&mut self, view: &View) -> Result<Type, TypeError> {
        match view.items.as_slice() {
            [] => Ok(Type::array_of(Type::ANY)),
            [one, ..] if view.has_one_for_items => Ok(Type::array_of(self.part(*one)?)),
            several => {
                let fixed = several.iter().map(|id| self.part(*id));
                Ok(Type::Array {
                    fixed: fixed.collect::<Result<_, _>>()?,
                    rest: None,
                })
            }
        }
    }

    fn any_of(&mut self, view: &View) -> Result<Type, TypeError> {
        let mut of = Type::Unknown;
        if !view.types.is_empty() {
            let core = View {
                any_of: Vec::new(),
                ..view.clone()
            };
            let core = self.view(&core)?;
            if matches!(core, Type::Object { rest: None, .. }) {
                of = core;
            }
        }
        for id in &view.any_of {
            of = self.part(*id)?.or(of);
        }
        Ok(of)
    }

    fn all_of(&mut self, view: &View) -> Result<Type, TypeError> {
        let mut views = Vec::new();
        for id in &view.all_of {
            let id = if self.is_v1 { self.led_to(*id) } else { *id };
            let Some(part) = self.schema.part(id) else {
                continue;
            };
            let view = View::from_part(part);
            // OPA 1.22 ignores a schema that says nothing but that one of several others holds.
            let is_choice = view.types.is_empty()
                && !view.any_of.is_empty()
                && view.properties.is_empty()
                && view.items.is_empty();
            if !(is_choice && self.is_v1) {
                views.push(view);
            }
        }
        if views.is_empty() {
            return Ok(Type::ANY);
        }
        let all = self.merged(views)?;
        if !view.types.is_empty() {
            let is_both = |name| view.has(name) && all.has(name);
            if is_both("object") || is_both("array") {
                let core = View {
                    all_of: Vec::new(),
                    ..view.clone()
                };
                let whole = self.merged(vec![all, core])?;
                return self.view(&whole);
            }
            if view.shown() != all.shown() {
                return Err(unmergeable());
            }
        }
        self.view(&all)
    }

    /// Merges schemas into one: the properties of all of them if all are objects, and so on.
    fn merged(&mut self, views: Vec<View>) -> Result<View, TypeError> {
        let mut views = views.into_iter().map(View::typed);
        let mut all = views.next().unwrap_or_default();
        for view in views {
            self.size += view.properties.len() + view.items.len();
            self.bounded()?;
            if all.shown() != view.shown() {
                return Err(TypeError::Unmergeable(format!(
                    "unable to merge these schemas: type mismatch: {} and {}",
                    all.shown(),
                    view.shown()
                )));
            }
            if all.has("object") && !all.properties.is_empty() && !view.properties.is_empty() {
                all.properties.extend(view.properties);
            } else if all.has("array") && !all.items.is_empty() && !view.items.is_empty() {
                for (j, id) in view.items.into_iter().enumerate() {
                    let Some(known) = all.items.get(j).copied() else {
                        all.items.push(id);
                        continue;
                    };
                    let types = |id| self.schema.part(id).map(|part| &part.types);
                    if types(known) != types(id) {
                        return Err(unmergeable());
                    }
                }
            }
        }
        Ok(all)
    }
}

fn unmergeable() -> TypeError {
    TypeError::Unmergeable("unable to merge these schemas".to_owned())
}

/// How many types a type consists of.
fn size(of: &Type) -> usize {
    1 + match of {
        Type::Any(several) => several.iter().map(size).sum(),
        Type::Array { fixed, rest } => {
            fixed.iter().map(size).sum::<usize>() + rest.as_deref().map_or(0, size)
        }
        Type::Object { fixed, .. } => fixed.iter().map(|(_, of)| size(of)).sum(),
        _ => 0,
    }
}
