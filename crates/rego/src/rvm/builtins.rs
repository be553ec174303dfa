//! The built-in functions of the machine. A program that calls any other one doesn't compile.

use std::fmt::Write as _;
use std::sync::LazyLock;

use memchr::memchr_iter;

use super::collections::{Object, Set};
use super::value::{TYPES, Value};

/// The arguments of a call, followed by `Undefined` for parameters that the function doesn't have.
type Arguments<'a> = [&'a Value; MOST];

/// The largest number of parameters.
pub(super) const MOST: usize = 3;

macro_rules! builtins {
    ($($variant:ident $name:literal ($arity:literal) $call:path;)*) => {
        /// A built-in function of the machine.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "they are called as Rego calls them")]
        pub enum Builtin { $($variant,)* }

        impl Builtin {
            /// All functions, by name.
            #[cfg(all(test, feature = "evaluation"))]
            pub(super) const ALL: &[(&str, Self)] = &[$(($name, Self::$variant),)*];

            /// The function of this name.
            #[cfg(any(test, feature = "rvm-compile"))]
            pub(super) fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// How many parameters it has.
            pub(super) fn arity(self) -> usize {
                match self { $(Self::$variant => $arity,)* }
            }

            /// The value of a call; `None` if it is undefined, as it is for arguments of the wrong types.
            pub(super) fn call(self, arguments: Arguments<'_>) -> Option<Value> {
                match self { $(Self::$variant => apart(|| Option::from($call(arguments))),)* }
            }
        }
    };
}

/// Calls a function without inlining it. V8 compiles, and later optimizes, each function that runs, and a check calls
/// only a few of the built-in ones.
#[inline(never)]
fn apart(function: impl FnOnce() -> Option<Value>) -> Option<Value> {
    function()
}

builtins! {
    ArrayConcat "array.concat" (2) array_concat;
    ArraySlice "array.slice" (3) array_slice;
    Concat "concat" (2) concat;
    Contains "contains" (2) contains;
    Count "count" (1) count;
    EndsWith "endswith" (2) ends_with;
    Floor "floor" (1) floor;
    IndexOf "indexof" (2) index_of;
    IndexOfN "indexof_n" (2) index_of_n;
    IsArray "is_array" (1) is_array;
    IsBoolean "is_boolean" (1) is_boolean;
    IsNull "is_null" (1) is_null;
    IsNumber "is_number" (1) is_number;
    IsObject "is_object" (1) is_object;
    IsString "is_string" (1) is_string;
    JsonMarshal "json.marshal" (1) json_marshal;
    Lower "lower" (1) lower;
    Max "max" (1) max;
    Min "min" (1) min;
    NumbersRange "numbers.range" (2) numbers_range;
    ObjectGet "object.get" (3) object_get;
    ObjectKeys "object.keys" (1) object_keys;
    ObjectRemove "object.remove" (2) object_remove;
    ObjectUnion "object.union" (2) object_union;
    Product "product" (1) product;
    Replace "replace" (3) replace;
    SetsUnion "__builtin_sets.union" (2) sets_union;
    Sort "sort" (1) sort;
    Split "split" (2) split;
    Sprintf "sprintf" (2) sprintf;
    StartsWith "startswith" (2) starts_with;
    Substring "substring" (3) substring;
    Sum "sum" (1) sum;
    Trim "trim" (2) trim;
    TrimPrefix "trim_prefix" (2) trim_prefix;
    TrimRight "trim_right" (2) trim_right;
    TrimSpace "trim_space" (1) trim_space;
    TrimSuffix "trim_suffix" (2) trim_suffix;
    TypeName "type_name" (1) type_name;
}

/// The items of an array, or the elements of a set.
fn items(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(items) => Some(items),
        Value::Set(set) => Some(set.items()),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is as large as that is inexact anyhow"
        )]
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// Computes with integers, and the result is exact, if both operands are integers and the result fits. Otherwise it
/// computes with floats.
pub(super) fn compute(
    a: &Value,
    b: &Value,
    integers: fn(i64, i64) -> Option<i64>,
    floats: fn(f64, f64) -> f64,
) -> Option<Value> {
    if let (Some(a), Some(b)) = (integer(a), integer(b))
        && let Some(exact) = integers(a, b)
    {
        return Some(Value::Integer(exact));
    }
    Some(Value::number(floats(float(a)?, float(b)?)))
}

fn array_concat([a, b, _]: Arguments<'_>) -> Option<Value> {
    let (left, right) = (a.as_array()?, b.as_array()?);
    // In most unions, one operand is empty, and the other is the result.
    if left.is_empty() || right.is_empty() {
        return Some(if left.is_empty() { b } else { a }.clone());
    }
    Some(Value::Array(left.iter().chain(right).cloned().collect()))
}

fn array_slice([array, start, stop]: Arguments<'_>) -> Option<Value> {
    let items = array.as_array()?;
    let bound = |at: &Value| {
        let at = usize::try_from(integer(at)?.max(0)).ok()?;
        Some(at.min(items.len()))
    };
    let (start, stop) = (bound(start)?, bound(stop)?);
    if start == 0 && stop == items.len() {
        return Some(array.clone());
    }
    Some(Value::Array(
        items.get(start..stop).unwrap_or_default().into(),
    ))
}

fn concat([delimiter, collection, _]: Arguments<'_>) -> Option<Value> {
    let texts = items(collection)?.iter().map(Value::as_str);
    let texts = texts.collect::<Option<Vec<_>>>()?;
    Some(texts.join(delimiter.as_str()?).into())
}

fn contains([text, part, _]: Arguments<'_>) -> Option<Value> {
    Some(find(text.as_str()?, part.as_str()?).is_some().into())
}

/// The byte at which a string first occurs in another one.
fn find(text: &str, part: &str) -> Option<usize> {
    /// Up to this length, a string is compared at each place where its first byte is.
    const SHORT: usize = 8;
    let first = part.as_bytes().first();
    let Some(first) = first.filter(|_| part.len() <= SHORT) else {
        return text.find(part);
    };
    // The standard library's preparations for a search take longer than most searches.
    let places = memchr_iter(*first, text.as_bytes());
    let mut found = places
        .filter(|at| part.len() == 1 || text.get(*at..).is_some_and(|rest| rest.starts_with(part)));
    found.next()
}

fn starts_with([text, part, _]: Arguments<'_>) -> Option<Value> {
    Some(text.as_str()?.starts_with(part.as_str()?).into())
}

fn ends_with([text, part, _]: Arguments<'_>) -> Option<Value> {
    Some(text.as_str()?.ends_with(part.as_str()?).into())
}

fn count([value, ..]: Arguments<'_>) -> Option<Value> {
    Some(match value {
        Value::String(text) => characters(text).into(),
        Value::Object(object) => object.len().into(),
        other => items(other)?.len().into(),
    })
}

fn characters(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

fn floor([number, ..]: Arguments<'_>) -> Option<Value> {
    match number {
        Value::Integer(_) => Some(number.clone()),
        Value::Float(number) => Some(Value::number(number.floor())),
        _ => None,
    }
}

/// The strings of a search, the one to look for last; `None` if that is empty.
fn sought<'v>(text: &'v Value, part: &'v Value) -> Option<(&'v str, &'v str)> {
    let part = part.as_str().filter(|part| !part.is_empty())?;
    Some((text.as_str()?, part))
}

fn index_of([text, part, _]: Arguments<'_>) -> Option<Value> {
    let (text, part) = sought(text, part)?;
    Some(match find(text, part).and_then(|at| text.get(..at)) {
        Some(before) => characters(before).into(),
        None => Value::Integer(-1),
    })
}

fn index_of_n([text, part, _]: Arguments<'_>) -> Option<Value> {
    let (text, part) = sought(text, part)?;
    let places = text.char_indices().enumerate();
    let found = places.filter(|(_, (start, _))| {
        text.get(*start..)
            .is_some_and(|rest| rest.starts_with(part))
    });
    Some(
        found
            .map(|(place, _)| place.into())
            .collect::<Vec<_>>()
            .into(),
    )
}

fn is_array([value, ..]: Arguments<'_>) -> Value {
    matches!(value, Value::Array(_)).into()
}

fn is_boolean([value, ..]: Arguments<'_>) -> Value {
    matches!(value, Value::Bool(_)).into()
}

fn is_null([value, ..]: Arguments<'_>) -> Value {
    matches!(value, Value::Null).into()
}

fn is_number([value, ..]: Arguments<'_>) -> Value {
    matches!(value, Value::Integer(_) | Value::Float(_)).into()
}

fn is_object([value, ..]: Arguments<'_>) -> Value {
    matches!(value, Value::Object(_)).into()
}

fn is_string([value, ..]: Arguments<'_>) -> Value {
    matches!(value, Value::String(_)).into()
}

fn json_marshal([value, ..]: Arguments<'_>) -> Value {
    value.to_string().into()
}

fn lower([text, ..]: Arguments<'_>) -> Option<Value> {
    let lowered = text.as_str()?;
    if !lowered.bytes().any(|byte| byte.is_ascii_uppercase()) && lowered.is_ascii() {
        return Some(text.clone());
    }
    Some(lowered.chars().map(lowercase).collect::<String>().into())
}

/// Maps a character as Go does, without the special cases of Unicode.
fn lowercase(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        // `İ` is the only character that becomes two.
        (one, _) => one.unwrap_or(c),
    }
}

fn max([collection, ..]: Arguments<'_>) -> Option<Value> {
    items(collection)?.iter().max().cloned()
}

fn min([collection, ..]: Arguments<'_>) -> Option<Value> {
    items(collection)?.iter().min().cloned()
}

/// The machine checks the number of items before it calls this.
fn numbers_range([from, to, _]: Arguments<'_>) -> Option<Value> {
    let (from, to) = (integer(from)?, integer(to)?);
    let numbers: Vec<_> = if from <= to {
        (from..=to).map(Value::Integer).collect()
    } else {
        (to..=from).rev().map(Value::Integer).collect()
    };
    Some(numbers.into())
}

/// The number of items that `numbers.range` makes.
pub(super) fn range_length([from, to, _]: Arguments<'_>) -> usize {
    let length = integer(from)
        .zip(integer(to))
        .map(|(from, to)| from.abs_diff(to));
    length.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX))
}

fn object_get([object, key, default]: Arguments<'_>) -> Option<Value> {
    object.as_object()?;
    let found = match key {
        Value::Array(keys) => keys.iter().try_fold(object, |value, key| value.get(key)),
        key => object.get(key),
    };
    Some(found.unwrap_or(default).clone())
}

fn object_keys([object, ..]: Arguments<'_>) -> Option<Value> {
    let keys = object.as_object()?.iter().map(|(key, _)| key.clone());
    Some(Set::from_unsorted(keys.collect()).into())
}

fn object_remove([object, keys, _]: Arguments<'_>) -> Option<Value> {
    let removed = |key: &Value| match keys {
        Value::Array(keys) => keys.contains(key),
        Value::Set(keys) => keys.contains(key),
        Value::Object(keys) => keys.get(key).is_some(),
        _ => false,
    };
    if !matches!(keys, Value::Array(_) | Value::Set(_) | Value::Object(_)) {
        return None;
    }
    let fields = object.as_object()?.iter();
    let kept = fields.filter(|(key, _)| !removed(key)).cloned();
    Some(Object::from_sorted(kept).into())
}

/// Objects that are in both are merged recursively. They nest no deeper than values do.
fn object_union([left, right, _]: Arguments<'_>) -> Option<Value> {
    Some(united(left.as_object()?, right.as_object()?))
}

fn united(left: &Object, right: &Object) -> Value {
    let mut fields = Vec::with_capacity(left.len() + right.len());
    let (mut lefts, mut rights) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let order = match (lefts.peek(), rights.peek()) {
            (Some(left), Some(right)) => left.0.cmp(&right.0),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let left = order.is_le().then(|| lefts.next()).flatten();
        let right = order.is_ge().then(|| rights.next()).flatten();
        match (left, right) {
            (Some((key, Value::Object(left))), Some((_, Value::Object(right)))) => {
                fields.push((key.clone(), united(left, right)));
            }
            (_, Some(field)) | (Some(field), None) => fields.push(field.clone()),
            (None, None) => break,
        }
    }
    Object::from_sorted(fields).into()
}

fn product([numbers, ..]: Arguments<'_>) -> Option<Value> {
    let mut numbers = items(numbers)?.iter();
    numbers.try_fold(Value::Integer(1), |product, number| {
        compute(&product, number, i64::checked_mul, |a, b| a * b)
    })
}

fn sum([numbers, ..]: Arguments<'_>) -> Option<Value> {
    let mut numbers = items(numbers)?.iter();
    numbers.try_fold(Value::Integer(0), |sum, number| {
        compute(&sum, number, i64::checked_add, |a, b| a + b)
    })
}

fn replace([text, old, new]: Arguments<'_>) -> Option<Value> {
    let (content, old, new) = (text.as_str()?, old.as_str()?, new.as_str()?);
    if find(content, old).is_none() {
        return Some(text.clone());
    }
    Some(content.replace(old, new).into())
}

fn sets_union([left, right, _]: Arguments<'_>) -> Option<Value> {
    let (Value::Set(left), Value::Set(right)) = (left, right) else {
        return None;
    };
    Some(Set::from_unsorted([left.items(), right.items()].concat()).into())
}

fn sort([collection, ..]: Arguments<'_>) -> Option<Value> {
    let mut sorted = items(collection)?.to_vec();
    sorted.sort();
    Some(sorted.into())
}

fn split([text, delimiter, _]: Arguments<'_>) -> Option<Value> {
    let (content, delimiter) = (text.as_str()?, delimiter.as_str()?);
    let parts: Vec<Value> = if delimiter.is_empty() {
        let mut buffer = [0; 4];
        let one = |c: char| Value::from(&*c.encode_utf8(&mut buffer));
        content.chars().map(one).collect()
    } else if find(content, delimiter).is_none() {
        vec![text.clone()]
    } else if let [byte] = *delimiter.as_bytes() {
        content.split(char::from(byte)).map(Value::from).collect()
    } else {
        content.split(delimiter).map(Value::from).collect()
    };
    Some(parts.into())
}

/// Knows the verbs that our own modules use. Writes others as Go writes an unknown verb.
fn sprintf([format, arguments, _]: Arguments<'_>) -> Option<Value> {
    let mut arguments = arguments.as_array()?.iter();
    let mut text = String::new();
    let mut parts = format.as_str()?.split('%');
    text.push_str(parts.next().unwrap_or_default());
    while let Some(part) = parts.next() {
        let mut rest = part.chars();
        let Some(verb) = rest.next() else {
            // `%%`
            text.push('%');
            text.push_str(parts.next().unwrap_or_default());
            continue;
        };
        let _ = match (verb, arguments.next()) {
            ('s' | 'v', Some(Value::String(argument))) => text.write_str(argument),
            ('d', Some(argument @ Value::Integer(_))) | ('s' | 'v', Some(argument)) => {
                write!(text, "{argument}")
            }
            (verb, Some(argument)) => write!(text, "%!{verb}({argument})"),
            (verb, None) => write!(text, "%!{verb}(MISSING)"),
        };
        text.push_str(rest.as_str());
    }
    Some(text.into())
}

fn substring([text, offset, length]: Arguments<'_>) -> Option<Value> {
    let content = text.as_str()?;
    let offset = usize::try_from(integer(offset)?).ok()?;
    let length = usize::try_from(integer(length)?).unwrap_or(usize::MAX);
    let start = byte_of(content, offset);
    let rest = content.get(start..).unwrap_or_default();
    let part = rest.get(..byte_of(rest, length)).unwrap_or_default();
    if part.len() == content.len() {
        return Some(text.clone());
    }
    Some(part.into())
}

/// The byte offset of the character with this index, counted from 0; the end if there are fewer characters.
fn byte_of(text: &str, character: usize) -> usize {
    let near = text.as_bytes().get(..character);
    if near.is_some_and(<[u8]>::is_ascii) {
        return character;
    }
    if character >= text.len() {
        return text.len();
    }
    let found = text.char_indices().nth(character);
    found.map_or(text.len(), |(start, _)| start)
}

/// The part that a function left of a string. Shares the string if it is all of it.
fn part_of(text: &Value, part: &str) -> Value {
    if text.as_str().is_some_and(|text| text.len() == part.len()) {
        return text.clone();
    }
    part.into()
}

fn trim([text, cut, _]: Arguments<'_>) -> Option<Value> {
    let cut = cut.as_str()?;
    let part = text.as_str()?.trim_matches(|c| cut.contains(c));
    Some(part_of(text, part))
}

fn trim_right([text, cut, _]: Arguments<'_>) -> Option<Value> {
    let cut = cut.as_str()?;
    let part = text.as_str()?.trim_end_matches(|c| cut.contains(c));
    Some(part_of(text, part))
}

fn trim_space([text, ..]: Arguments<'_>) -> Option<Value> {
    Some(part_of(text, text.as_str()?.trim()))
}

fn trim_prefix([text, prefix, _]: Arguments<'_>) -> Option<Value> {
    let content = text.as_str()?;
    let part = content.strip_prefix(prefix.as_str()?).unwrap_or(content);
    Some(part_of(text, part))
}

fn trim_suffix([text, suffix, _]: Arguments<'_>) -> Option<Value> {
    let content = text.as_str()?;
    let part = content.strip_suffix(suffix.as_str()?).unwrap_or(content);
    Some(part_of(text, part))
}

fn type_name([value, ..]: Arguments<'_>) -> Option<Value> {
    /// The names by rank. Each is allocated once.
    static NAMES: LazyLock<[Value; 8]> = LazyLock::new(|| TYPES.map(Value::from));
    NAMES.get(usize::from(value.rank())).cloned()
}
