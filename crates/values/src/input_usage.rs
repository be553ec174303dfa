//! What of an input policies look at: the rest is read, and not kept.

use std::collections::BTreeMap;

use crate::value::Value;

/// What is looked at of a value.
#[derive(Debug, Default)]
pub struct InputUsage {
    /// All of it.
    is_whole: bool,
    /// Of an object, what is under keys that are written out.
    fields: BTreeMap<Box<str>, InputUsage>,
    /// Of an object, what is under every other key; of an array, each item.
    others: Option<Box<InputUsage>>,
}

impl InputUsage {
    /// All of a value.
    pub const WHOLE: &Self = &Self {
        is_whole: true,
        fields: BTreeMap::new(),
        others: None,
    };

    /// None of a value.
    const NOTHING: &Self = &Self {
        is_whole: false,
        fields: BTreeMap::new(),
        others: None,
    };

    /// What is looked at, for a host that picks it from values of its own: `true` for all of a value, `false` for nothing,
    /// else `[fields, others]`, what is looked at under keys that are written out, and under every other one.
    #[must_use]
    pub fn to_value(&self) -> Value {
        if self.is_whole || self.is_nothing() {
            return self.is_whole.into();
        }
        let fields = self.fields.iter();
        let fields = Value::object(fields.map(|(key, field)| (key.as_ref(), field.to_value())));
        Value::array([fields, self.of_items().to_value()])
    }

    /// Whether nothing is looked at.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.is_whole && self.fields.is_empty() && self.others.is_none()
    }

    /// What is looked at under a key.
    #[must_use]
    pub fn under(&self, key: &str) -> &Self {
        match self.fields.get(key) {
            Some(field) if !self.is_whole => field,
            _ => self.of_items(),
        }
    }

    /// What is looked at of each item of an array.
    #[must_use]
    pub fn of_items(&self) -> &Self {
        match &self.others {
            _ if self.is_whole => Self::WHOLE,
            Some(others) => others,
            None => Self::NOTHING,
        }
    }

    /// The usage of what is at a path. Each step is a key that is written out, or none for every key and item.
    pub fn at<'k>(&mut self, path: impl IntoIterator<Item = Option<&'k str>>) -> &mut Self {
        path.into_iter().fold(self, |usage, step| match step {
            Some(key) => usage.fields.entry(key.into()).or_default(),
            None => usage.others.get_or_insert_default(),
        })
    }

    /// Says that all of it is looked at.
    pub fn add_all(&mut self) {
        self.is_whole = true;
    }

    /// How deep it goes.
    #[must_use]
    pub fn depth(&self) -> usize {
        let below = self.fields.values().chain(self.others.as_deref());
        below.map(|usage| usage.depth() + 1).max().unwrap_or(0)
    }

    /// Says of each key that is written out what holds for every key, while there is room; then all of a value
    /// is looked at.
    pub fn spread(&mut self, room: &mut usize) {
        if let Some(others) = &mut self.others {
            for field in self.fields.values_mut() {
                field.join(others, room);
            }
            others.spread(room);
        }
        for field in self.fields.values_mut() {
            field.spread(room);
        }
    }

    /// Adds what another one looks at, while there is room; then all of a value is looked at.
    pub fn join(&mut self, other: &Self, room: &mut usize) {
        *room = room.saturating_sub(1);
        if self.is_whole || other.is_whole || *room == 0 {
            *self = Self {
                is_whole: true,
                ..Self::default()
            };
            return;
        }
        for (key, field) in &other.fields {
            self.fields
                .entry(key.clone())
                .or_default()
                .join(field, room);
        }
        if let Some(others) = &other.others {
            self.others.get_or_insert_default().join(others, room);
        }
    }
}
