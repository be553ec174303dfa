//! Makes values of documents.

use std::fmt;
use std::sync::Arc;

use super::collections::Object;
use super::value::{Value, same};

impl Value {
    /// The value of a document's node. Its depth and size are limited by the document's limits.
    ///
    /// The machine's numbers would show `1.10` as `1.1`. So a number or boolean that isn't written as Rego writes it
    /// becomes a string, as written in `text`, the document's source. Under a key in `mappings`, whose values are
    /// mappings, it stays a number.
    #[must_use]
    pub fn from_node(node: &document::Node<'_>, text: &str, mappings: &[&str]) -> Self {
        Self::of_node(node, text, mappings, &mut Keys::default())
    }

    fn of_node(node: &document::Node<'_>, text: &str, mappings: &[&str], keys: &mut Keys) -> Self {
        match &node.value {
            document::Value::Null => Self::Null,
            document::Value::Bool(value) => {
                as_written(node, text, value).unwrap_or(Self::Bool(*value))
            }
            document::Value::Integer(value) => {
                as_written(node, text, value).unwrap_or(Self::Integer(*value))
            }
            document::Value::Float(value) => {
                as_written(node, text, value).unwrap_or(Self::number(*value))
            }
            document::Value::String(value) => Self::String(value.as_ref().into()),
            document::Value::Sequence(items) => {
                let items = items
                    .iter()
                    .map(|item| Self::of_node(item, text, mappings, keys));
                Self::Array(items.collect())
            }
            document::Value::Mapping(mapping) => {
                let fields = mapping.iter().map(|entry| {
                    let key = Self::String(keys.shared(&entry.key));
                    let is_stray =
                        is_number_or_boolean(&entry.node) && mappings.contains(&&*entry.key);
                    // Without its source, it stays a number.
                    let text = if is_stray { "" } else { text };
                    (key, Self::of_node(&entry.node, text, mappings, keys))
                });
                Object::from_unsorted(fields).into()
            }
        }
    }
}

fn is_number_or_boolean(node: &document::Node<'_>) -> bool {
    matches!(
        node.value,
        document::Value::Bool(_) | document::Value::Integer(_) | document::Value::Float(_)
    )
}

/// The keys that were seen last. Most keys occur again and again, and share a string.
struct Keys([Option<Arc<str>>; 256]);

impl Default for Keys {
    fn default() -> Self {
        Self([const { None }; 256])
    }
}

impl Keys {
    fn shared(&mut self, key: &str) -> Arc<str> {
        // The FNV-1a hash.
        let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let slots = self.0.len();
        let Some(slot) = self.0.get_mut((hash >> 8) as usize % slots) else {
            return key.into();
        };
        if let Some(shared) = slot
            && same(shared, key)
        {
            return Arc::clone(shared);
        }
        let new: Arc<str> = key.into();
        *slot = Some(Arc::clone(&new));
        new
    }
}

/// The source of a plain scalar, if Rego would write the value differently.
fn as_written(node: &document::Node<'_>, text: &str, usual: impl fmt::Display) -> Option<Value> {
    let written = text.get(node.span.start as usize..node.span.end as usize)?;
    let is_plain = written
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (is_plain && !written.is_empty() && written != usual.to_string()).then(|| written.into())
}
