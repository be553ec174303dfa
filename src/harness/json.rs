//! Nodes as JSON, keys in the order in which they stand.
//!
//! The build script compiles the documents' own room too, and without serde.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::document::{Mapping, Node, Value};

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Integer(value) => serializer.serialize_i64(*value),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::String(value) => serializer.serialize_str(value),
            Value::Sequence(items) => items.serialize(serializer),
            Value::Mapping(mapping) => mapping.serialize(serializer),
        }
    }
}

impl Serialize for Mapping<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for entry in self {
            map.serialize_entry(&entry.key, &entry.node)?;
        }
        map.end()
    }
}
