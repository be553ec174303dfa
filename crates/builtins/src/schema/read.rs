//! Reads a JSON document as a schema: checks its keywords in the library's order.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::draft::Draft;
use super::pool::{Pool, named_draft, too_deep};
use super::reference::Reference;
use super::{Additional, DEPTH, Dependency, Id, Part, Schema, SchemaError, Sizes, Ways};
use crate::{Failure, regex};
use values::{Number, Object, Value, json};

/// The types in the library's order.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "number", "null", "object", "string",
];

/// Reads a schema. `charge` is called for room before it is taken.
///
/// # Errors
///
/// The first error, if the fields of objects are read in the order of their names.
pub fn read(
    document: &Value,
    ways: Ways,
    charge: &mut dyn FnMut(usize) -> Result<(), Failure>,
) -> Result<Schema, SchemaError> {
    let root = Reference::default();
    let mut pool = Pool::default();
    let document = pool.add(document, &root)?;
    let (_, draft) = named_draft(&document)?;
    let mut reader = Reader {
        parts: Vec::new(),
        pool,
        known: BTreeMap::new(),
        ways,
        charge,
    };
    let context = Context {
        draft: draft.unwrap_or(Draft::Any),
        base: Rc::new(root),
        depth: 0,
        is_root: true,
    };
    reader.part(&document, "(Root)", &context)?;
    Ok(Schema {
        parts: reader.parts,
    })
}

struct Reader<'r> {
    parts: Vec<Part>,
    pool: Pool,
    /// The parts that references lead to.
    known: BTreeMap<String, Id>,
    ways: Ways,
    charge: &'r mut dyn FnMut(usize) -> Result<(), Failure>,
}

/// The surroundings of a schema.
#[derive(Clone)]
struct Context {
    draft: Draft,
    /// The nearest `$id` around it.
    base: Rc<Reference>,
    depth: usize,
    is_root: bool,
}

impl Reader<'_> {
    /// Reads a schema with a name, and those in it.
    fn part(&mut self, document: &Value, name: &str, context: &Context) -> Result<Id, SchemaError> {
        let id = self.reserve(name)?;
        self.fill(id, document, context)?;
        Ok(id)
    }

    fn reserve(&mut self, name: &str) -> Result<Id, SchemaError> {
        // A part takes more than a value.
        (self.charge)(8)?;
        let id = self.parts.len();
        self.parts.push(Part {
            property: name.into(),
            ..Part::default()
        });
        Ok(id)
    }

    fn set(&mut self, id: Id, change: impl FnOnce(&mut Part)) {
        if let Some(part) = self.parts.get_mut(id) {
            change(part);
        }
    }

    fn fill(&mut self, id: Id, document: &Value, context: &Context) -> Result<(), SchemaError> {
        if context.depth > DEPTH {
            return Err(too_deep());
        }
        let fields = match document {
            Value::Bool(passes) if context.draft >= Draft::Six => {
                self.set(id, |part| part.passes = Some(*passes));
                return Ok(());
            }
            Value::Object(fields) => fields,
            _ => return invalid("Expected: Valid Schema, given: Invalid JSON"),
        };
        let mut inner = Context {
            depth: context.depth + 1,
            is_root: false,
            ..context.clone()
        };
        let key = match context.draft {
            Draft::Four => "id",
            Draft::Any if fields.field("id").is_some() => "id",
            _ => "$id",
        };
        if let Some(text) = string(fields, key)? {
            let own = Reference::parse(text).map_err(SchemaError::Invalid)?;
            inner.base = Rc::new(if context.is_root {
                own
            } else {
                context.base.join(&own).map_err(SchemaError::Invalid)?
            });
        }
        match fields.field("definitions") {
            None => {}
            Some(Value::Object(definitions)) => {
                for (_, schema) in definitions.iter() {
                    let kind = "Array Of Schemas";
                    self.schema_or(schema, "definitions", &inner, || {
                        wrong_type(kind, "definitions")
                    })?;
                }
            }
            Some(_) => return Err(wrong_type("Array Of Schemas", "definitions")),
        }
        string(fields, "title")?;
        string(fields, "description")?;
        if let Some(text) = string(fields, "$ref")?
            && self.reference(id, text, &inner)?
        {
            return Ok(());
        }
        self.types(id, fields)?;
        self.properties(id, fields, &inner)?;
        self.items(id, fields, &inner)?;
        self.numbers(id, fields, &inner)?;
        self.texts_and_sizes(id, fields)?;
        if let Some(schema) = fields
            .field("contains")
            .filter(|_| inner.draft >= Draft::Six)
        {
            let schema = self.part(schema, "contains", &inner)?;
            self.set(id, |part| part.contains = Some(schema));
        }
        self.constants(id, fields, &inner)?;
        self.combinations(id, fields, &inner)
    }

    /// Follows a reference. Returns whether the rest of the schema is ignored.
    fn reference(&mut self, id: Id, text: &str, context: &Context) -> Result<bool, SchemaError> {
        let reference = Reference::parse(text).map_err(SchemaError::Invalid)?;
        let name = reference.to_string();
        self.set(id, |part| part.reference = Some(name.as_str().into()));
        if let Some(known) = self.known.get(&name).copied() {
            self.set(id, |part| part.target = Some(known));
            return Ok(false);
        }
        let target = self.reserve("$ref")?;
        self.known.insert(name, target);
        let found = self.pool.find(&reference)?;
        if !matches!(found.value, Value::Bool(_) | Value::Object(_)) {
            return invalid("Valid Schema must be of type object");
        }
        let context = Context {
            draft: found.draft.unwrap_or(context.draft),
            base: Rc::new(reference),
            ..context.clone()
        };
        self.fill(target, &found.value, &context)?;
        self.set(id, |part| part.target = Some(target));
        Ok(true)
    }

    fn types(&mut self, id: Id, fields: &Object) -> Result<(), SchemaError> {
        let names: Vec<&str> = match fields.field("type") {
            None => return Ok(()),
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => {
                let mut texts = Vec::new();
                for name in names {
                    let Some(name) = name.as_str() else {
                        // The types before it are checked first.
                        self.add_types(id, &texts)?;
                        return Err(wrong_type("type", "string/Array Of Strings"));
                    };
                    texts.push(name);
                }
                texts
            }
            Some(_) => return Err(wrong_type("type", "string/Array Of Strings")),
        };
        self.add_types(id, &names)
    }

    fn add_types(&mut self, id: Id, names: &[&str]) -> Result<(), SchemaError> {
        let mut types: Vec<&'static str> = Vec::new();
        for name in names {
            let Some(known) = TYPES.iter().copied().find(|known| known == name) else {
                let known = TYPES.join(" ");
                return Err(SchemaError::Invalid(format!(
                    "has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values are:[{known}]"
                )));
            };
            if types.contains(&known) {
                return Err(SchemaError::Invalid(format!("{name} type is duplicated")));
            }
            types.push(known);
        }
        self.set(id, |part| part.types = types);
        Ok(())
    }

    fn properties(
        &mut self,
        id: Id,
        fields: &Object,
        context: &Context,
    ) -> Result<(), SchemaError> {
        match fields.field("properties") {
            None => {}
            Some(Value::Object(properties)) => {
                for (name, schema) in properties.iter() {
                    let schema = self.part(schema, name.as_str().unwrap_or_default(), context)?;
                    self.set(id, |part| part.properties.push(schema));
                }
            }
            Some(_) => return invalid("Properties must be of type object"),
        }
        let additional = self.additional(fields, "additionalProperties", context)?;
        self.set(id, |part| part.additional_properties = additional);
        match fields.field("patternProperties") {
            None => {}
            Some(Value::Object(patterns)) => {
                for (pattern, schema) in patterns.iter() {
                    let pattern = pattern.as_str().unwrap_or_default();
                    match regex::check(pattern) {
                        Ok(()) => {}
                        Err(regex::RegexError::Syntax(_)) => {
                            return Err(SchemaError::Invalid(format!(
                                "Invalid regex pattern '{pattern}'"
                            )));
                        }
                        Err(error) => return Err(Failure::from(error).into()),
                    }
                    let schema = self.part(schema, pattern, context)?;
                    self.set(id, |part| {
                        part.pattern_properties.push((pattern.into(), schema));
                    });
                }
            }
            Some(_) => return Err(wrong_type("Valid Schema", "patternProperties")),
        }
        if context.draft >= Draft::Six
            && let Some(names) = fields.field("propertyNames")
        {
            let names = self.schema_or(names, "propertyNames", context, || {
                wrong_type("Valid Schema", "patternProperties")
            })?;
            self.set(id, |part| part.property_names = Some(names));
        }
        self.dependencies(id, fields, context)
    }

    fn dependencies(
        &mut self,
        id: Id,
        fields: &Object,
        context: &Context,
    ) -> Result<(), SchemaError> {
        let dependencies = match fields.field("dependencies") {
            None => return Ok(()),
            Some(Value::Object(dependencies)) => dependencies,
            Some(_) => return invalid("dependencies must be of type object"),
        };
        let wrong = || {
            SchemaError::Invalid("Dependency must be of type Schema Or Array Of Strings".to_owned())
        };
        for (name, value) in dependencies.iter() {
            let name = name.as_str().unwrap_or_default();
            let dependency = match value {
                Value::Array(names) => {
                    let names = names.iter().map(|name| name.as_str().map(Rc::from));
                    Dependency::Names(names.collect::<Option<_>>().ok_or_else(wrong)?)
                }
                other => Dependency::Schema(self.schema_or(other, name, context, wrong)?),
            };
            self.set(id, |part| part.dependencies.push((name.into(), dependency)));
        }
        Ok(())
    }

    fn items(&mut self, id: Id, fields: &Object, context: &Context) -> Result<(), SchemaError> {
        let wrong = || wrong_type("Valid Schema/Array Of Schemas", "items");
        match fields.field("items") {
            None => {}
            Some(Value::Array(items)) => {
                for item in items {
                    let item = self.schema_or(item, "items", context, wrong)?;
                    self.set(id, |part| part.items.push(item));
                }
            }
            Some(item) => {
                let item = self.schema_or(item, "items", context, wrong)?;
                self.set(id, |part| {
                    part.items.push(item);
                    part.has_one_for_items = true;
                });
            }
        }
        let additional = self.additional(fields, "additionalItems", context)?;
        self.set(id, |part| part.additional_items = additional);
        Ok(())
    }

    fn additional(
        &mut self,
        fields: &Object,
        name: &str,
        context: &Context,
    ) -> Result<Additional, SchemaError> {
        Ok(match fields.field(name) {
            None | Some(Value::Bool(true)) => Additional::Anything,
            Some(Value::Bool(false)) => Additional::Nothing,
            Some(schema @ Value::Object(_)) => {
                Additional::Schema(self.part(schema, name, context)?)
            }
            Some(_) => return Err(wrong_type("boolean/Valid Schema", name)),
        })
    }

    /// Reads a schema, or returns the error that it isn't one.
    fn schema_or(
        &mut self,
        schema: &Value,
        name: &str,
        context: &Context,
        wrong: impl Fn() -> SchemaError,
    ) -> Result<Id, SchemaError> {
        match schema {
            Value::Bool(_) | Value::Object(_) => self.part(schema, name, context),
            _ => Err(wrong()),
        }
    }

    fn numbers(&mut self, id: Id, fields: &Object, context: &Context) -> Result<(), SchemaError> {
        let limit = |name: &str| match fields.field(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number.clone())),
            Some(_) => Err(SchemaError::Invalid(format!("{name} must be of a Number"))),
        };
        let mut numbers = super::Numbers::default();
        match fields.field("multipleOf") {
            None => {}
            Some(Value::Number(number)) if *number > 0i64.into() => {
                numbers.multiple_of = Some(number.clone());
            }
            Some(Value::Number(_)) => return invalid("multipleOf must be strictly greater than 0"),
            Some(_) => return Err(wrong_type("Number", "multipleOf")),
        }
        numbers.minimum = limit("minimum")?;
        (numbers.minimum, numbers.above) = exclusive(
            fields,
            "exclusiveMinimum",
            "minimum",
            numbers.minimum,
            context.draft,
        )?;
        numbers.maximum = limit("maximum")?;
        (numbers.maximum, numbers.below) = exclusive(
            fields,
            "exclusiveMaximum",
            "maximum",
            numbers.maximum,
            context.draft,
        )?;
        self.set(id, |part| part.numbers = numbers);
        Ok(())
    }

    fn texts_and_sizes(&mut self, id: Id, fields: &Object) -> Result<(), SchemaError> {
        let lengths = sizes(fields, "minLength", "maxLength", true)?;
        let pattern = string(fields, "pattern")?.filter(|_| self.ways.with_patterns);
        if let Some(pattern) = pattern {
            match regex::check(pattern) {
                Ok(()) => {}
                Err(regex::RegexError::Syntax(_)) => {
                    return invalid("pattern must be a valid regex");
                }
                Err(error) => return Err(Failure::from(error).into()),
            }
        }
        let format = string(fields, "format")?.unwrap_or_default();
        let sizes_of_objects = sizes(fields, "minProperties", "maxProperties", true)?;
        let mut required: Vec<Rc<str>> = Vec::new();
        for name in list(fields, "required")? {
            let Some(name) = name.as_str() else {
                return Err(wrong_type("string", "required"));
            };
            if required.iter().any(|known| **known == *name) {
                return invalid("required items must be unique");
            }
            (self.charge)(required.len() / 64 + 1)?;
            required.push(name.into());
        }
        let counts = sizes(fields, "minItems", "maxItems", false)?;
        let is_unique = match fields.field("uniqueItems") {
            None => false,
            Some(Value::Bool(is_unique)) => *is_unique,
            Some(_) => return invalid("uniqueItems must be of a boolean"),
        };
        self.set(id, |part| {
            part.lengths = lengths;
            part.pattern = pattern.map(Into::into);
            part.format = format.into();
            part.sizes = sizes_of_objects;
            part.required = required;
            part.counts = counts;
            part.is_unique = is_unique;
        });
        Ok(())
    }

    fn constants(&mut self, id: Id, fields: &Object, context: &Context) -> Result<(), SchemaError> {
        if context.draft >= Draft::Six
            && let Some(constant) = fields.field("const")
        {
            let constant = canonical(constant).map_err(SchemaError::Invalid)?;
            self.set(id, |part| part.constant = Some(constant));
        }
        let mut enumeration: Vec<String> = Vec::new();
        for value in list(fields, "enum")? {
            let value = canonical(value).map_err(SchemaError::Invalid)?;
            (self.charge)(enumeration.len() / 64 + 1)?;
            if enumeration.contains(&value) {
                return invalid("enum items must be unique");
            }
            enumeration.push(value);
        }
        let is_asked = fields.field("enum").is_some() && self.ways.with_empty_enum;
        if is_asked || !enumeration.is_empty() {
            self.set(id, |part| part.enumeration = Some(enumeration));
        }
        Ok(())
    }

    fn combinations(
        &mut self,
        id: Id,
        fields: &Object,
        context: &Context,
    ) -> Result<(), SchemaError> {
        let mut each = |name: &str, put: fn(&mut Part, Id)| {
            for schema in list(fields, name)? {
                let schema = self.part(schema, name, context)?;
                self.set(id, |part| put(part, schema));
            }
            Ok::<_, SchemaError>(())
        };
        each("oneOf", |part, schema| part.one_of.push(schema))?;
        each("anyOf", |part, schema| part.any_of.push(schema))?;
        each("allOf", |part, schema| part.all_of.push(schema))?;
        let mut one = |name: &str, put: fn(&mut Part, Id)| {
            if let Some(schema) = fields.field(name) {
                let wrong = || SchemaError::Invalid(format!("{name} must be of an object"));
                let schema = self.schema_or(schema, name, context, wrong)?;
                self.set(id, |part| put(part, schema));
            }
            Ok::<_, SchemaError>(())
        };
        one("not", |part, schema| part.not = Some(schema))?;
        if context.draft >= Draft::Seven {
            one("if", |part, schema| part.condition = Some(schema))?;
            one("then", |part, schema| part.then = Some(schema))?;
            one("else", |part, schema| part.else_branch = Some(schema))?;
        }
        Ok(())
    }
}

/// The inclusive and the exclusive limit. The keyword `name` is a number, or else a boolean that makes the limit in
/// `beside` exclusive.
fn exclusive(
    fields: &Object,
    name: &str,
    beside: &str,
    bound: Option<Number>,
    draft: Draft,
) -> Result<(Option<Number>, Option<Number>), SchemaError> {
    let kind = match draft {
        Draft::Four => "boolean",
        Draft::Any => "boolean/number",
        Draft::Six | Draft::Seven => "number",
    };
    match fields.field(name) {
        None => Ok((bound, None)),
        Some(Value::Bool(is_exclusive)) if matches!(draft, Draft::Four | Draft::Any) => {
            match (bound, is_exclusive) {
                (None, _) => Err(SchemaError::Invalid(format!(
                    "{name} cannot be used without {beside}"
                ))),
                (bound, true) => Ok((None, bound)),
                (bound, false) => Ok((bound, None)),
            }
        }
        Some(Value::Number(number)) if draft != Draft::Four => Ok((bound, Some(number.clone()))),
        Some(_) => Err(wrong_type(kind, name)),
    }
}

/// The smallest and the largest size.
fn sizes(fields: &Object, least: &str, most: &str, in_order: bool) -> Result<Sizes, SchemaError> {
    let size = |name: &str| {
        let Some(value) = fields.field(name) else {
            return Ok(None);
        };
        let size = match value {
            // The library only accepts digits, so `3.0` isn't one.
            Value::Number(number) => number.to_string().parse::<i64>().ok(),
            _ => None,
        };
        match size {
            None => Err(SchemaError::Invalid(format!(
                "{name} must be of an integer"
            ))),
            Some(..0) => Err(SchemaError::Invalid(format!(
                "{name} must be greater than or equal to 0"
            ))),
            some => Ok(some),
        }
    };
    let sizes = Sizes {
        least: size(least)?,
        most: size(most)?,
    };
    if in_order
        && let (Some(fewest), Some(highest)) = (sizes.least, sizes.most)
        && fewest > highest
    {
        return Err(SchemaError::Invalid(format!(
            "{least} cannot be greater than {most}"
        )));
    }
    Ok(sizes)
}

fn string<'f>(fields: &'f Object, name: &str) -> Result<Option<&'f str>, SchemaError> {
    match fields.field(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong_type("string", name)),
    }
}

fn list<'f>(fields: &'f Object, name: &str) -> Result<&'f [Value], SchemaError> {
    match fields.field(name) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(SchemaError::Invalid(format!("{name} must be of an array"))),
    }
}

fn wrong_type(expected: &str, given: &str) -> SchemaError {
    SchemaError::Invalid(format!(
        "Invalid type. Expected: {expected}, given: {given}"
    ))
}

fn invalid<T>(why: &str) -> Result<T, SchemaError> {
    Err(SchemaError::Invalid(why.to_owned()))
}

/// A value in the form in which the library compares it: JSON, with numbers as doubles.
///
/// # Errors
///
/// Go's message if a number is beyond the range of a double.
pub(super) fn canonical(value: &Value) -> Result<String, String> {
    Ok(json::write(&with_doubles(value)?))
}

fn with_doubles(value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::Number(number) => {
            let double = number.as_f64();
            if !double.is_finite() {
                return Err(format!(
                    "json: cannot unmarshal number {number} into Go value of type float64"
                ));
            }
            Number::parse(&go_double(double)).map_or_else(|| value.clone(), Value::from)
        }
        Value::Array(items) => {
            let items = items.iter().map(with_doubles);
            items.collect::<Result<Vec<_>, _>>()?.into()
        }
        Value::Object(fields) => {
            let mut doubled = Vec::new();
            for (name, value) in fields.iter() {
                doubled.push((name.clone(), with_doubles(value)?));
            }
            Value::object(doubled)
        }
        other => other.clone(),
    })
}

/// A double as Go's `encoding/json` writes it.
fn go_double(double: f64) -> String {
    let distance = double.abs();
    if distance != 0.0 && !(1e-6..1e21).contains(&distance) {
        let text = format!("{double:e}");
        return match text.split_once("e-") {
            Some(_) => text,
            None => text.replace('e', "e+"),
        };
    }
    format!("{double}")
}
