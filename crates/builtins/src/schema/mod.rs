//! JSON Schema as in OPA, which has a copy of the Go library `gojsonschema` for drafts 4, 6 and 7. It reports errors
//! in that library's order and words, and fetches nothing.

mod check;
mod combinations;
mod draft;
mod email;
mod format;
mod pool;
mod read;
mod reference;

pub use read::read;
#[cfg(feature = "crypto")]
pub(super) use reference::Reference;

use std::rc::Rc;

use super::{Builtin, Failure, Host, Outcome, bounded, operand};
use values::{Number, Value, Version, json};

pub(super) const TABLE: &[Builtin] = &[
    bounded(
        "json.match_schema",
        "(document: any<string, object[any: any]>, schema: any<string, object[any: any]>) => output: array<boolean, array[object<desc: string, error: string, field: string, type: string>]>",
        match_schema,
    ),
    bounded(
        "json.verify_schema",
        "(schema: any<string, object[any: any]>) => output: array<boolean, any<null, string>>",
        verify_schema,
    ),
];

/// How deep schemas may nest, including references.
pub(super) const DEPTH: usize = 250;

/// The index of a part of a schema.
pub type Id = usize;

/// A schema that is ready to check documents.
#[derive(Debug)]
pub struct Schema {
    parts: Vec<Part>,
}

impl Schema {
    /// The whole schema.
    pub const ROOT: Id = 0;

    /// The part with this index.
    #[must_use]
    pub fn part(&self, id: Id) -> Option<&Part> {
        self.parts.get(id)
    }
}

/// A part of a schema, which is a schema itself.
#[derive(Debug, Default)]
pub struct Part {
    /// The name of the property or keyword that it is the value of.
    pub property: Rc<str>,
    /// Its value, if it is `true` or `false`.
    pub passes: Option<bool>,
    /// The allowed types; empty if any type is allowed.
    pub types: Vec<&'static str>,
    /// `$ref`, as a full address.
    pub reference: Option<Rc<str>>,
    /// The target of `$ref`. If there is one, the rest of the part is ignored.
    pub target: Option<Id>,
    /// `items`.
    pub items: Vec<Id>,
    /// Whether `items` is a single schema for all items.
    pub has_one_for_items: bool,
    /// `properties`.
    pub properties: Vec<Id>,
    /// `anyOf`.
    pub any_of: Vec<Id>,
    /// `allOf`.
    pub all_of: Vec<Id>,
    one_of: Vec<Id>,
    not: Option<Id>,
    condition: Option<Id>,
    then: Option<Id>,
    else_branch: Option<Id>,
    numbers: Numbers,
    lengths: Sizes,
    sizes: Sizes,
    counts: Sizes,
    pattern: Option<Rc<str>>,
    format: Rc<str>,
    required: Vec<Rc<str>>,
    dependencies: Vec<(Rc<str>, Dependency)>,
    additional_properties: Additional,
    pattern_properties: Vec<(Rc<str>, Id)>,
    property_names: Option<Id>,
    is_unique: bool,
    contains: Option<Id>,
    additional_items: Additional,
    constant: Option<String>,
    enumeration: Option<Vec<String>>,
}

#[derive(Debug, Default)]
struct Numbers {
    multiple_of: Option<Number>,
    maximum: Option<Number>,
    below: Option<Number>,
    minimum: Option<Number>,
    above: Option<Number>,
}

#[derive(Debug, Default)]
struct Sizes {
    least: Option<i64>,
    most: Option<i64>,
}

#[derive(Debug)]
enum Dependency {
    Names(Vec<Rc<str>>),
    Schema(Id),
}

/// What is allowed in addition to what is listed.
#[derive(Debug, Default)]
enum Additional {
    #[default]
    Anything,
    Nothing,
    Schema(Id),
}

/// Why a schema can't be used.
#[derive(Debug)]
pub enum SchemaError {
    /// It is invalid; the library's message.
    Invalid(String),
    /// It takes too much.
    Stopped(Failure),
}

impl From<Failure> for SchemaError {
    fn from(failure: Failure) -> Self {
        Self::Stopped(failure)
    }
}

/// How versions of OPA differ.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    /// Whether to check `pattern`. OPA 0.70 ignores it, and so do the type checkers of all versions.
    pub with_patterns: bool,
    /// Whether an empty `enum` allows nothing, instead of anything.
    pub with_empty_enum: bool,
}

impl Ways {
    /// For the functions of a version.
    #[must_use]
    pub fn for_version(version: Version) -> Self {
        let is_v1 = version == Version::V1;
        Self {
            with_patterns: is_v1,
            with_empty_enum: is_v1,
        }
    }

    /// For the type checker.
    pub const TYPES: Self = Self {
        with_patterns: false,
        with_empty_enum: false,
    };
}

fn match_schema(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let document = loaded(host, args, 0).map_err(failure)?;
    let schema = schema_of(host, args, 1).map_err(failure)?;
    let complaints = check::check(&schema, &document, host)?;
    let mut found = Vec::new();
    for complaint in complaints {
        let error = format!("{}: {}", complaint.field, complaint.description);
        host.charge_text(error.len() * 3)?;
        found.push(Value::object([
            ("desc", complaint.description.into()),
            ("error", error.into()),
            ("field", complaint.field.into()),
            ("type", Value::from(complaint.kind)),
        ]));
    }
    let fits = Value::from(found.is_empty());
    Ok(Some(Value::array([fits, found.into()])))
}

fn verify_schema(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (is_schema, why) = match schema_of(host, args, 0) {
        Ok(_) => (true, Value::Null),
        Err(SchemaError::Invalid(why)) => (false, format!("jsonschema: {why}").into()),
        Err(SchemaError::Stopped(failure)) => return Err(failure),
    };
    Ok(Some(Value::array([is_schema.into(), why])))
}

fn failure(error: SchemaError) -> Failure {
    match error {
        SchemaError::Invalid(why) => Failure::Failed(why),
        SchemaError::Stopped(failure) => failure,
    }
}

/// An operand as JSON: an object, or the document in a string.
fn loaded(host: &mut dyn Host, args: &[Value], at: usize) -> Result<Value, SchemaError> {
    let invalid = |why: &str| SchemaError::Invalid(why.to_owned());
    let value = operand::any(args, at)?;
    if let Some(text) = value.as_str() {
        host.charge_text(text.len())?;
        return json::parse(text).map_err(|_| invalid("invalid JSON string"));
    }
    match value {
        value @ Value::Object(_) => plain(host, value),
        value @ Value::Array(_) if host.version() == Version::V1 => plain(host, value),
        _ => Err(invalid("wrong type, expected string or object")),
    }
}

/// A value as JSON has it: sets become arrays, and keys strings.
fn plain(host: &mut dyn Host, value: &Value) -> Result<Value, SchemaError> {
    let text = json::write(value);
    host.charge_text(text.len().saturating_mul(2))?;
    json::parse(&text).map_err(|error| Failure::Limit(error.message).into())
}

fn schema_of(host: &mut dyn Host, args: &[Value], at: usize) -> Result<Rc<Schema>, SchemaError> {
    let key = operand::any(args, at)?.clone();
    if let Some(known) = host.cache().schemas.get(&key) {
        return Ok(known);
    }
    let document = loaded(host, args, at)?;
    let ways = Ways::for_version(host.version());
    let schema = Rc::new(read(&document, ways, &mut |values| host.charge(values))?);
    host.cache().schemas.keep(key, schema.clone());
    Ok(schema)
}

/// A cache of the schemas that were used last. Most policies use one schema for many documents.
#[derive(Debug, Default)]
pub(super) struct Schemas(Vec<(Value, Rc<Schema>)>);

/// The size of the cache.
const KEPT: usize = 8;

impl Schemas {
    fn get(&self, key: &Value) -> Option<Rc<Schema>> {
        let found = self.0.iter().find(|(known, _)| known == key)?;
        Some(found.1.clone())
    }

    fn keep(&mut self, key: Value, schema: Rc<Schema>) {
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push((key, schema));
    }

    /// Empties the cache.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
