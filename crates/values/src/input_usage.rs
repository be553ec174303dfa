//! The parts of an input that policies read. Other parts are parsed, but not kept.

use std::collections::BTreeMap;

use crate::value::Value;

/// The parts of a value that are read.
#[derive(Debug, Default)]
pub struct InputUsage {
    /// Whether all of it is read.
    is_whole: bool,
    /// In an object, what is read under these keys.
    fields: BTreeMap<Box<str>, InputUsage>,
    /// In an object, what is read under every other key; in an array, what is read of each item.
    others: Option<Box<InputUsage>>,
}

impl InputUsage {
    /// All of a value is read.
    pub const WHOLE: &Self = &Self {
        is_whole: true,
        fields: BTreeMap::new(),
        others: None,
    };

    /// Nothing of a value is read.
    const NOTHING: &Self = &Self {
        is_whole: false,
        fields: BTreeMap::new(),
        others: None,
    };

    /// The usage for a host that prunes values of its own: `true` if all is read, `false` if nothing is, or else
    /// `[fields, others]`: what is read under each of these keys, and under every other one.
    #[must_use]
    pub fn to_value(&self) -> Value {
        if self.is_whole || self.is_nothing() {
            return self.is_whole.into();
        }
        let fields = self.fields.iter();
        let fields = Value::object(fields.map(|(key, field)| (key.as_ref(), field.to_value())));
        Value::array([fields, self.of_items().to_value()])
    }

    /// Whether nothing is read.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.is_whole && self.fields.is_empty() && self.others.is_none()
    }

    /// What is read under a key.
    #[must_use]
    pub fn under(&self, key: &str) -> &Self {
        match self.fields.get(key) {
            Some(field) if !self.is_whole => field,
            _ => self.of_items(),
        }
    }

    /// What is read of each item of an array.
    #[must_use]
    pub fn of_items(&self) -> &Self {
        match &self.others {
            _ if self.is_whole => Self::WHOLE,
            Some(others) => others,
            None => Self::NOTHING,
        }
    }

    /// The usage at a path, to be changed. `None` in the path is every key or item.
    pub fn at<'k>(&mut self, path: impl IntoIterator<Item = Option<&'k str>>) -> &mut Self {
        path.into_iter().fold(self, |usage, step| match step {
            Some(key) => usage.fields.entry(key.into()).or_default(),
            None => usage.others.get_or_insert_default(),
        })
    }

    /// Adds that all of it is read.
    pub fn add_all(&mut self) {
        self.is_whole = true;
    }

    /// How many levels it has.
    #[must_use]
    pub fn depth(&self) -> usize {
        let below = self.fields.values().chain(self.others.as_deref());
        below.map(|usage| usage.depth() + 1).max().unwrap_or(0)
    }

    /// Adds to the usage of each named key what is read under every key. Once `room` is used up, all of a value
    /// counts as read.
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

    /// Adds another usage. Each value takes one of `room`; once that is used up, all of a value counts as read.
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
