//! Collects what partial rules contribute to a document.

use std::collections::BTreeMap;

use values::Value;

/// A document that several rules build together.
#[derive(Debug, Default)]
pub(super) struct PartialRule(Part);

#[derive(Debug, Default)]
enum Part {
    #[default]
    Nothing,
    Value(Value),
    Set(Vec<Value>),
    Object(BTreeMap<Value, Part>),
}

impl PartialRule {
    /// Adds an element to the set under these keys. It fails if something other than a set is there.
    pub(super) fn element(&mut self, keys: &[Value], element: Value) -> Result<(), ()> {
        match self.0.at(keys)? {
            Part::Set(elements) => elements.push(element),
            part @ Part::Nothing => *part = Part::Set(vec![element]),
            Part::Value(_) | Part::Object(_) => return Err(()),
        }
        Ok(())
    }

    /// Puts a value under these keys. It fails if a different value is there.
    pub(super) fn field(&mut self, keys: &[Value], value: Value) -> Result<(), ()> {
        self.0.at(keys)?.merge(value)
    }

    /// Merges a document into what is under a key. It fails if the two conflict.
    pub(super) fn merge(&mut self, key: Value, value: Value) -> Result<(), ()> {
        self.0.at(&[key])?.merge(value)
    }

    /// The finished document. If nothing was added, it is an empty set or object.
    pub(super) fn finish(self, is_set: bool) -> Value {
        match self.0 {
            Part::Nothing if is_set => Value::set([]),
            Part::Nothing => Value::object::<Value>([]),
            part => part.finish(),
        }
    }
}

impl Part {
    fn at(&mut self, keys: &[Value]) -> Result<&mut Self, ()> {
        let Some((key, rest)) = keys.split_first() else {
            return Ok(self);
        };
        if let Self::Nothing = self {
            *self = Self::Object(BTreeMap::new());
        }
        if let Self::Value(Value::Object(object)) = self {
            *self = Self::Object(
                object
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::Value(value.clone())))
                    .collect(),
            );
        }
        match self {
            Self::Object(fields) => fields.entry(key.clone()).or_default().at(rest),
            _ => Err(()),
        }
    }

    fn merge(&mut self, value: Value) -> Result<(), ()> {
        if let (Self::Set(elements), Value::Set(more)) = (&mut *self, &value) {
            elements.extend(more.iter().cloned());
            return Ok(());
        }
        match self {
            Self::Nothing => {
                *self = Self::Value(value);
                Ok(())
            }
            Self::Value(other) if *other == value => Ok(()),
            Self::Object(fields) => match value {
                Value::Object(object) => {
                    for (key, value) in object.iter() {
                        fields
                            .entry(key.clone())
                            .or_default()
                            .merge(value.clone())?;
                    }
                    Ok(())
                }
                _ => Err(()),
            },
            Self::Value(_) | Self::Set(_) => Err(()),
        }
    }

    fn finish(self) -> Value {
        match self {
            Self::Nothing => Value::object::<Value>([]),
            Self::Value(value) => value,
            Self::Set(elements) => Value::set(elements),
            Self::Object(fields) => {
                Value::object(fields.into_iter().map(|(key, part)| (key, part.finish())))
            }
        }
    }
}
