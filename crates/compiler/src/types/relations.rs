//! Relations between types: their order, their unions, and the types of the values in a collection.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Type;
use values::Value;

impl Type {
    /// The type of a value.
    #[must_use]
    pub(crate) fn from_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) | Value::Bytes(_) => Self::String,
            Value::Array(items) => Self::Array {
                fixed: items.iter().map(Self::from_value).collect(),
                rest: None,
            },
            Value::Set(items) => {
                Self::Set(Box::new(Self::one_of(items.iter().map(Self::from_value))))
            }
            Value::Object(fields) => Self::Object {
                fixed: fields
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from_value(value)))
                    .collect(),
                rest: None,
            },
        }
    }

    /// Arrays of any length.
    #[must_use]
    pub(crate) fn array_of(item: Self) -> Self {
        Self::Array {
            fixed: Vec::new(),
            rest: (!item.is_unknown()).then(|| Box::new(item)),
        }
    }

    /// Objects with any number of fields.
    #[must_use]
    pub(crate) fn object_of(key: Self, value: Self) -> Self {
        Self::Object {
            fixed: Vec::new(),
            rest: Some(Box::new((key, value))),
        }
    }

    /// The union of these types; unknown if there are none.
    pub(crate) fn one_of(types: impl IntoIterator<Item = Self>) -> Self {
        types.into_iter().fold(Self::Unknown, Self::or)
    }

    /// Whether it consists of at most `room` types, and nests at most this deep. Subtracts its size from `room`.
    pub(crate) fn fits(&self, room: &mut usize, depth: usize) -> bool {
        if *room == 0 || depth == 0 {
            return false;
        }
        *room -= 1;
        let mut fits = |of: &Self| of.fits(room, depth - 1);
        match self {
            Self::Any(several) => several.iter().all(fits),
            Self::Array { fixed, rest } => fixed.iter().chain(rest.as_deref()).all(fits),
            Self::Object { fixed, rest } => {
                fixed.iter().all(|(_, of)| fits(of))
                    && rest
                        .as_deref()
                        .is_none_or(|(key, of)| fits(key) && fits(of))
            }
            Self::Set(of) | Self::Named(_, of) => fits(of),
            Self::Function {
                arguments, result, ..
            } => arguments.iter().chain(result.as_deref()).all(fits),
            Self::Unknown | Self::Null | Self::Boolean | Self::Number | Self::String => true,
        }
    }

    /// Whether it is unknown.
    #[must_use]
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether it includes every value.
    #[must_use]
    pub(crate) fn is_any(&self) -> bool {
        matches!(self, Self::Any(of) if of.is_empty())
    }

    /// Whether it is unknown, or a part of it is.
    #[must_use]
    pub(crate) fn is_partial(&self) -> bool {
        match self.unnamed() {
            Self::Unknown => true,
            Self::Array { fixed, rest } => {
                fixed.iter().any(Self::is_partial) || rest.as_deref().is_some_and(Self::is_partial)
            }
            Self::Object { fixed, rest } => {
                fixed.iter().any(|(_, value)| value.is_partial())
                    || rest
                        .as_deref()
                        .is_some_and(|(key, value)| key.is_partial() || value.is_partial())
            }
            Self::Set(of) => of.is_partial(),
            Self::Function {
                arguments, result, ..
            } => {
                arguments.iter().any(Self::is_partial)
                    || result.as_deref().is_none_or(Self::is_partial)
            }
            _ => false,
        }
    }

    /// Whether it is the type of a collection that is always empty.
    #[must_use]
    pub(crate) fn is_empty_collection(&self) -> bool {
        match self.unnamed() {
            Self::Array { fixed, rest } => fixed.is_empty() && rest.is_none(),
            Self::Object { fixed, rest } => fixed.is_empty() && rest.is_none(),
            Self::Set(of) => of.is_unknown(),
            _ => false,
        }
    }

    /// The union of two types. It is unknown if one of them is a function and the other isn't a function with as many
    /// arguments.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        match (self.into_unnamed(), other.into_unnamed()) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (a @ Self::Function { .. }, b @ Self::Function { .. }) => a.or_function(b),
            (Self::Function { .. }, _) | (_, Self::Function { .. }) => Self::Unknown,
            (Self::Any(a), Self::Any(b)) => {
                if a.is_empty() || b.is_empty() {
                    return Self::ANY;
                }
                b.into_iter().fold(Self::Any(a), Self::with)
            }
            (any @ Self::Any(_), one) | (one, any @ Self::Any(_)) => any.with(one),
            (a, b) => match compare(&a, &b) {
                Ordering::Equal => a,
                Ordering::Less => Self::Any(vec![a, b]),
                Ordering::Greater => Self::Any(vec![b, a]),
            },
        }
    }

    /// The union of several types and this one.
    fn with(self, one: Self) -> Self {
        let Self::Any(mut several) = self else {
            return self.or(one);
        };
        if !several.is_empty()
            && let Err(at) = several.binary_search_by(|each| compare(each, &one))
        {
            several.insert(at, one);
        }
        Self::Any(several)
    }

    fn or_function(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Function {
                    arguments: a,
                    variadic: None,
                    result,
                },
                Self::Function {
                    arguments: b,
                    variadic: None,
                    result: other,
                },
            ) if a.len() == b.len() => Self::Function {
                arguments: a.into_iter().zip(b).map(|(a, b)| a.or(b)).collect(),
                variadic: None,
                result: match (result, other) {
                    (Some(a), Some(b)) => Some(Box::new(a.or(*b))),
                    (one, other) => one.or(other),
                },
            },
            _ => Self::Unknown,
        }
    }

    /// Whether every value of the other type is of this type.
    #[must_use]
    pub(crate) fn contains(&self, other: &Self) -> bool {
        match self.unnamed() {
            Self::Any(_) if matches!(other, Self::Function { .. }) => false,
            Self::Any(of) => {
                of.is_empty() || of.iter().any(|one| compare(one, other) == Ordering::Equal)
            }
            one => compare(one, other) == Ordering::Equal,
        }
    }

    /// The type of the keys; unknown if there can't be any.
    #[must_use]
    pub(crate) fn keys(&self) -> Self {
        match self.unnamed() {
            Self::Array { .. } => Self::Number,
            Self::Object { fixed, rest } => {
                let fixed = fixed.iter().map(|(key, _)| Self::from_value(key));
                let rest = rest.as_deref().map(|(key, _)| key.clone());
                Self::one_of(fixed.chain(rest))
            }
            Self::Set(of) => (**of).clone(),
            Self::Any(of) if of.is_empty() => Self::ANY,
            Self::Any(of) => Self::one_of(of.iter().map(Self::keys)),
            _ => Self::Unknown,
        }
    }

    /// The type of the items; unknown if there can't be any.
    #[must_use]
    pub(crate) fn values(&self) -> Self {
        match self.unnamed() {
            Self::Array { fixed, rest } => {
                Self::one_of(fixed.iter().chain(rest.as_deref()).cloned())
            }
            Self::Object { fixed, rest } => {
                let fixed = fixed.iter().map(|(_, value)| value);
                let rest = rest.as_deref().map(|(_, value)| value);
                Self::one_of(fixed.chain(rest).cloned())
            }
            Self::Set(of) => (**of).clone(),
            Self::Any(of) if of.is_empty() => Self::ANY,
            Self::Any(of) => Self::one_of(of.iter().map(Self::values)),
            _ => Self::Unknown,
        }
    }

    /// The type of the value under a key; unknown if there can't be one.
    #[must_use]
    pub(crate) fn select(&self, key: &Value) -> Cow<'_, Self> {
        match self.unnamed() {
            Self::Array { .. } => match key {
                // For OPA's compiler, `1.0` isn't an index.
                Value::Number(at) => at
                    .to_string()
                    .parse()
                    .ok()
                    .and_then(|at| self.item(at))
                    .map_or(Cow::Owned(Self::Unknown), Cow::Borrowed),
                _ => Cow::Owned(Self::Unknown),
            },
            Self::Object { fixed, rest } => {
                if let Ok(at) = fixed.binary_search_by(|(other, _)| other.cmp(key))
                    && let Some((_, value)) = fixed.get(at)
                {
                    return Cow::Borrowed(value);
                }
                match rest.as_deref() {
                    Some((keys, value)) if keys.contains(&Self::from_value(key)) => {
                        Cow::Borrowed(value)
                    }
                    _ => Cow::Owned(Self::Unknown),
                }
            }
            Self::Set(of) => {
                let one = Self::from_value(key);
                match &**of {
                    any @ Self::Any(_) if any.contains(&one) => Cow::Owned(one),
                    of if compare(of, &one) == Ordering::Equal => Cow::Borrowed(of),
                    _ => Cow::Owned(Self::Unknown),
                }
            }
            Self::Any(of) if of.is_empty() => Cow::Owned(Self::ANY),
            Self::Any(of) => {
                let each = of.iter().map(|one| one.select(key).into_owned());
                Cow::Owned(Self::one_of(each))
            }
            _ => Cow::Owned(Self::Unknown),
        }
    }

    /// The type of the item with this index.
    #[must_use]
    pub(crate) fn item(&self, at: usize) -> Option<&Self> {
        match self {
            Self::Array { fixed, rest } => fixed.get(at).or(rest.as_deref()),
            _ => None,
        }
    }
}

/// OPA's order of the types in a union.
#[must_use]
pub(super) fn compare(a: &Type, b: &Type) -> Ordering {
    let (a, b) = (a.unnamed(), b.unnamed());
    let by_kind = rank(a).cmp(&rank(b));
    by_kind.then_with(|| match (a, b) {
        (Type::Array { fixed: xs, rest: x }, Type::Array { fixed: ys, rest: y }) => {
            let by_rest = options(x.as_deref(), y.as_deref(), compare);
            by_rest.then_with(|| lists(xs, ys, compare))
        }
        (Type::Object { fixed: xs, rest: x }, Type::Object { fixed: ys, rest: y }) => {
            let pairs = |(a, x): &(Type, Type), (b, y): &(Type, Type)| {
                compare(a, b).then_with(|| compare(x, y))
            };
            let fields = |(a, x): &(Value, Type), (b, y): &(Value, Type)| {
                a.cmp(b).then_with(|| compare(x, y))
            };
            let by_rest = options(x.as_deref(), y.as_deref(), pairs);
            by_rest.then_with(|| lists(xs, ys, fields))
        }
        (Type::Set(a), Type::Set(b)) => compare(a, b),
        (Type::Any(a), Type::Any(b)) => lists(a, b, compare),
        (
            Type::Function {
                arguments: xs,
                result: x,
                ..
            },
            Type::Function {
                arguments: ys,
                result: y,
                ..
            },
        ) => {
            let by_arguments = xs.len().cmp(&ys.len()).then_with(|| lists(xs, ys, compare));
            by_arguments.then_with(|| options(x.as_deref(), y.as_deref(), compare))
        }
        _ => Ordering::Equal,
    })
}

fn rank(of: &Type) -> u8 {
    match of {
        Type::Unknown => 0,
        Type::Null => 1,
        Type::Boolean => 2,
        Type::Number => 3,
        Type::String => 4,
        Type::Array { .. } => 5,
        Type::Object { .. } => 6,
        Type::Set(_) => 7,
        Type::Any(_) => 8,
        Type::Function { .. } => 9,
        Type::Named(_, of) => rank(of),
    }
}

fn options<T>(a: Option<&T>, b: Option<&T>, by: impl Fn(&T, &T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => by(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn lists<T>(a: &[T], b: &[T], by: impl Fn(&T, &T) -> Ordering) -> Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| by(a, b));
    let by_items = pairs.fold(Ordering::Equal, Ordering::then);
    by_items.then_with(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Type {
        Type::parse(text).unwrap()
    }

    #[test]
    fn unions_are_sorted_and_tell_nothing_twice() {
        for (a, b, both) in [
            ("string", "number", "any<number, string>"),
            ("any<number, string>", "null", "any<null, number, string>"),
            (
                "any<null, string>",
                "any<null, number>",
                "any<null, number, string>",
            ),
            ("array[any]", "array[any]", "array[any]"),
            ("any", "string", "any"),
            (
                "set[string]",
                "array[string]",
                "any<array[string], set[string]>",
            ),
        ] {
            assert_eq!(read(a).or(read(b)).to_string(), both, "{a} or {b}");
            assert_eq!(read(b).or(read(a)).to_string(), both, "{b} or {a}");
        }
    }

    #[test]
    fn functions_are_united_by_argument() {
        let one = read("(string, number) => boolean");
        let other = read("(null, number) => string");
        let both = one.clone().or(other);
        assert_eq!(
            both.to_string(),
            "(any<null, string>, number) => any<boolean, string>"
        );
        assert!(one.clone().or(read("(null) => string")).is_unknown());
        assert!(one.or(Type::String).is_unknown());
    }

    #[test]
    fn what_stands_in_a_type() {
        let object = read("object<a: string, b: number>[number: null]");
        assert_eq!(object.select(&"a".into()).to_string(), "string");
        assert_eq!(object.select(&1i64.into()).to_string(), "null");
        assert!(object.select(&"c".into()).is_unknown());
        assert_eq!(object.keys().to_string(), "any<number, string>");
        assert_eq!(object.values().to_string(), "any<null, number, string>");
        let array = read("array<string>[number]");
        assert_eq!(array.select(&0i64.into()).to_string(), "string");
        assert_eq!(array.select(&7i64.into()).to_string(), "number");
        assert!(array.select(&"0".into()).is_unknown());
        assert!(Type::String.keys().is_unknown());
    }
}
