//! What several rules make together: sets, objects, and these in one another.

use std::collections::BTreeMap;

use values::Value;

/// A document in the making.
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
    /// Puts an element into the set under some keys.
    pub(super) fn element(&mut self, keys: &[Value], element: Value) -> Result<(), ()> {
        match self.0.at(keys)? {
            Part::Set(elements) => elements.push(element),
            part @ Part::Nothing => *part = Part::Set(vec![element]),
            Part::Value(_) | Part::Object(_) => return Err(()),
        }
        Ok(())
    }

    /// Puts a value under some keys, where no other one is.
    pub(super) fn field(&mut self, keys: &[Value], value: Value) -> Result<(), ()> {
        self.0.at(keys)?.merge(value)
    }

    /// Puts a document under a key, into what is there.
    pub(super) fn merge(&mut self, key: Value, value: Value) -> Result<(), ()> {
        self.0.at(&[key])?.merge(value)
    }

    /// The document; an empty set or object where there is nothing.
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
