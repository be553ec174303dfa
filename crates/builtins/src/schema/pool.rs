//! The documents that references in a schema may lead to: the schema itself, the parts of it with an `$id`, and the
//! schemas of the drafts.

use std::collections::BTreeMap;

use super::draft::{self, Draft};
use super::reference::Reference;
use super::{DEPTH, SchemaError};
use crate::Failure;
use values::Value;

/// A document of the pool.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub value: Value,
    pub draft: Option<Draft>,
}

#[derive(Debug, Default)]
pub(super) struct Pool(BTreeMap<String, Document>);

impl Pool {
    /// Adds a whole document, and returns it with every `$ref` as a full address.
    pub(super) fn add(&mut self, document: &Value, base: &Reference) -> Result<Value, SchemaError> {
        let name = base.to_string();
        if self.0.contains_key(&name) {
            return Err(exists(&name));
        }
        let (_, draft) = named_draft(document)?;
        let value = self.resolve(document, base, draft, 0)?;
        let pooled = Document {
            value: value.clone(),
            draft,
        };
        self.0.insert(name, pooled);
        Ok(value)
    }

    /// The document, or part of one, that a reference leads to.
    pub(super) fn find(&mut self, reference: &Reference) -> Result<Document, SchemaError> {
        let name = reference.to_string();
        if let Some(known) = self.0.get(&name) {
            return Ok(known.clone());
        }
        let base = reference.document();
        let address = base.to_string();
        if !self.0.contains_key(&address) {
            if !reference.is_canonical() {
                return Err(SchemaError::Invalid(format!(
                    "Reference {name} must be canonical"
                )));
            }
            let Some(own) = draft::own_schema(&address).filter(|_| !base.is_file()) else {
                return Err(SchemaError::Stopped(Failure::Refused(format!(
                    "the schema refers to {address}, but schemas aren't fetched here"
                ))));
            };
            self.add(&own, &base)?;
        }
        let Some(document) = self.0.get(&address) else {
            return Err(SchemaError::Invalid(format!(
                "Reference {name} must be canonical"
            )));
        };
        let found = Document {
            value: reference
                .find(&document.value)
                .map_err(SchemaError::Invalid)?
                .clone(),
            draft: document.draft,
        };
        self.0.insert(name, found.clone());
        Ok(found)
    }

    /// Makes every `$ref` in a document a full address. A part with an `$id` becomes a document of its own.
    fn resolve(
        &mut self,
        document: &Value,
        base: &Reference,
        draft: Option<Draft>,
        depth: usize,
    ) -> Result<Value, SchemaError> {
        if depth > DEPTH {
            return Err(too_deep());
        }
        match document {
            Value::Array(items) => {
                let items = items.iter();
                let items = items.map(|item| self.resolve(item, base, draft, depth + 1));
                Ok(items.collect::<Result<Vec<_>, _>>()?.into())
            }
            Value::Object(fields) => {
                let id = fields.field("id").or_else(|| fields.field("$id"));
                let own = id
                    .and_then(Value::as_str)
                    .and_then(|id| base.join(&Reference::parse(id).ok()?).ok());
                if let Some(own) = &own {
                    let name = own.to_string();
                    if self.0.contains_key(&name) {
                        return Err(exists(&name));
                    }
                    // Its address is known from here on; its contents follow below.
                    let value = document.clone();
                    self.0.insert(name, Document { value, draft });
                }
                let inner = own.as_ref().unwrap_or(base);
                let mut resolved = Vec::new();
                for (key, value) in fields.iter() {
                    let value = match (key.as_str(), value) {
                        (Some("$ref"), Value::String(text)) => {
                            let target = Reference::parse(text).and_then(|it| inner.join(&it));
                            target.map_or_else(|_| value.clone(), |it| it.to_string().into())
                        }
                        (Some("const" | "enum"), _) => value.clone(),
                        (
                            Some("properties" | "dependencies" | "patternProperties"),
                            Value::Object(named),
                        ) => {
                            let mut inside = Vec::new();
                            for (name, schema) in named.iter() {
                                let schema = self.resolve(schema, inner, draft, depth + 1)?;
                                inside.push((name.clone(), schema));
                            }
                            Value::object(inside)
                        }
                        (Some("properties" | "dependencies" | "patternProperties"), _) => {
                            value.clone()
                        }
                        _ => self.resolve(value, inner, draft, depth + 1)?,
                    };
                    resolved.push((key.clone(), value));
                }
                let value = Value::object(resolved);
                if let Some(own) = own {
                    let value = value.clone();
                    self.0.insert(own.to_string(), Document { value, draft });
                }
                Ok(value)
            }
            other => Ok(other.clone()),
        }
    }
}

pub(super) fn too_deep() -> SchemaError {
    SchemaError::Stopped(Failure::Limit(format!(
        "the schema nests deeper than {DEPTH} levels"
    )))
}

fn exists(name: &str) -> SchemaError {
    SchemaError::Invalid(format!("Reference already exists: \"{name}\""))
}

/// The draft that a schema names: the address, and the draft if it is known.
pub(super) fn named_draft(document: &Value) -> Result<(String, Option<Draft>), SchemaError> {
    let fields = match document {
        Value::Bool(_) => return Ok((String::new(), None)),
        Value::Object(fields) => fields,
        _ => return Err(SchemaError::Invalid("schema is invalid".to_owned())),
    };
    match fields.field("$schema") {
        None => Ok((String::new(), None)),
        Some(Value::String(text)) => {
            let address = Reference::parse(text)
                .map_err(SchemaError::Invalid)?
                .to_string();
            let draft = draft::at(&address);
            Ok((address, draft))
        }
        Some(_) => Err(SchemaError::Invalid(
            "$schema must be of type string".to_owned(),
        )),
    }
}
