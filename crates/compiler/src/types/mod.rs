//! The types of Rego, in the notation in which OPA declares and prints them.
//!
//! A type that is parsed prints as the same string:
//!
//! ```text
//! any  null  boolean  number  string
//! any<number, set[any]>              one of several
//! array[any]  array<string, number>  with any number of items; with just these
//! array<string>[any]                 with these first, and any number of others
//! set[any]
//! object[string: any]                with any number of fields
//! object<a: string>[string: any]     with these fields, and any number of others
//! name: type                         an argument or a result with its name
//! (x: any, y: any) => z: boolean     a function; without result `(x: any)`, with any number of
//!                                    arguments `(any...)`
//! ```

mod document;
mod relations;

use std::fmt;

use values::{Number, Value};

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// Unknown, or not known yet.
    Unknown,
    /// One of several types, or any type if the list is empty.
    Any(Vec<Type>),
    /// `null`.
    Null,
    /// `true` and `false`.
    Boolean,
    /// Numbers.
    Number,
    /// Strings.
    String,
    /// Arrays.
    Array {
        /// The types of the first items.
        fixed: Vec<Type>,
        /// The type of all other items; `None` if there can't be others.
        rest: Option<Box<Type>>,
    },
    /// Objects.
    Object {
        /// The fields that are always there, with their types, sorted by key.
        fixed: Vec<(Value, Type)>,
        /// The types of the keys and values of all other fields; `None` if there can't be others.
        rest: Option<Box<(Type, Type)>>,
    },
    /// Sets, by the type of their elements.
    Set(Box<Type>),
    /// Functions.
    Function {
        /// The types of the arguments.
        arguments: Vec<Type>,
        /// The type of any number of further arguments; `None` if there can't be any.
        variadic: Option<Box<Type>>,
        /// The type of the result; `None` if it returns nothing.
        result: Option<Box<Type>>,
    },
    /// A type with the name of the argument or result that has it.
    Named(String, Box<Type>),
}

impl Type {
    /// Any value.
    pub(crate) const ANY: Self = Self::Any(Vec::new());

    /// Parses OPA's notation; `None` if the text is something else.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let read = reader.named()?;
        reader.rest.is_empty().then_some(read)
    }

    /// The type without its name.
    #[must_use]
    pub(crate) fn unnamed(&self) -> &Self {
        match self {
            Self::Named(_, of) => of.unnamed(),
            of => of,
        }
    }

    /// The type without its name, by value.
    #[must_use]
    pub(crate) fn into_unnamed(self) -> Self {
        match self {
            Self::Named(_, of) => of.into_unnamed(),
            of => of,
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn take(&mut self, token: &str) -> bool {
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn word(&mut self) -> &'t str {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
        let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        // Three dots aren't part of a name.
        let end = self.rest.find("...").map_or(end, |points| points.min(end));
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A type, with or without a name.
    fn named(&mut self) -> Option<Type> {
        // A name may consist of several words.
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ');
        match self.rest.split_once(": ") {
            Some((name, rest)) if !name.is_empty() && name.chars().all(is_name) => {
                self.rest = rest;
                Some(Type::Named(name.to_owned(), Box::new(self.plain()?)))
            }
            _ => self.plain(),
        }
    }

    fn plain(&mut self) -> Option<Type> {
        if self.take("(") {
            return self.function();
        }
        Some(match self.word() {
            "any" if self.take("<") => Type::Any(self.list(">", Self::plain)?),
            "any" => Type::ANY,
            "null" => Type::Null,
            "boolean" => Type::Boolean,
            "number" => Type::Number,
            "string" => Type::String,
            "array" => Type::Array {
                fixed: self.fixed(Self::plain)?,
                rest: self.bracketed(Self::plain)?,
            },
            "object" => Type::Object {
                fixed: self.fixed(Self::field)?,
                rest: self.bracketed(Self::pair)?,
            },
            "set" => Type::Set(self.bracketed(Self::plain)??),
            _ => return None,
        })
    }

    fn function(&mut self) -> Option<Type> {
        let mut arguments = Vec::new();
        let mut variadic = None;
        while !self.take(")") {
            let argument = self.named()?;
            if self.take("...") {
                variadic = Some(Box::new(argument));
            } else {
                arguments.push(argument);
                self.take(", ");
            }
        }
        let result = if self.take(" => ") {
            Some(Box::new(self.named()?))
        } else {
            None
        };
        Some(Type::Function {
            arguments,
            variadic,
            result,
        })
    }

    fn list<T>(&mut self, end: &str, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = vec![item(self)?];
        while !self.take(end) {
            self.take(", ").then_some(())?;
            items.push(item(self)?);
        }
        Some(items)
    }

    fn fixed<T>(&mut self, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        if self.take("<") {
            self.list(">", item)
        } else {
            Some(Vec::new())
        }
    }

    /// What is in brackets, if there are any; the outer `None` means that they aren't closed.
    #[expect(
        clippy::option_option,
        reason = "whether it is there, and whether it is right"
    )]
    fn bracketed<T>(&mut self, item: fn(&mut Self) -> Option<T>) -> Option<Option<Box<T>>> {
        if !self.take("[") {
            return Some(None);
        }
        let inner = item(self)?;
        self.take("]").then(|| Some(Box::new(inner)))
    }

    fn field(&mut self) -> Option<(Value, Type)> {
        let key = self.word();
        let key = Number::parse(key).map_or_else(|| Value::from(key), Value::from);
        self.take(": ").then_some(())?;
        Some((key, self.plain()?))
    }

    fn pair(&mut self) -> Option<(Type, Type)> {
        let key = self.plain()?;
        self.take(": ").then_some(())?;
        Some((key, self.plain()?))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(of) => {
                f.write_str("any")?;
                fixed(f, of, Type::fmt)
            }
            Self::Unknown => f.write_str("???"),
            Self::Null => f.write_str("null"),
            Self::Boolean => f.write_str("boolean"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::Set(of) if of.is_unknown() => f.write_str("set"),
            Self::Set(of) => write!(f, "set[{of}]"),
            Self::Array { fixed: items, rest } => {
                f.write_str("array")?;
                fixed(f, items, Type::fmt)?;
                rest.iter().try_for_each(|rest| write!(f, "[{rest}]"))
            }
            Self::Object {
                fixed: fields,
                rest,
            } => {
                f.write_str("object")?;
                fixed(f, fields, |(key, value), f| match key.as_str() {
                    Some(name) => write!(f, "{name}: {value}"),
                    None => write!(f, "{key}: {value}"),
                })?;
                let rest = rest.as_deref();
                rest.map_or(Ok(()), |(key, value)| write!(f, "[{key}: {value}]"))
            }
            Self::Function {
                arguments,
                variadic,
                result,
            } => {
                f.write_str("(")?;
                listed(f, arguments, Type::fmt)?;
                if let Some(variadic) = variadic {
                    let comma = if arguments.is_empty() { "" } else { ", " };
                    write!(f, "{comma}{variadic}...")?;
                }
                f.write_str(")")?;
                result
                    .iter()
                    .try_for_each(|result| write!(f, " => {result}"))
            }
            Self::Named(name, of) => write!(f, "{name}: {of}"),
        }
    }
}

type Write<T> = fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result;

fn fixed<T>(f: &mut fmt::Formatter<'_>, items: &[T], write: Write<T>) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    f.write_str("<")?;
    listed(f, items, write)?;
    f.write_str(">")
}

fn listed<T>(f: &mut fmt::Formatter<'_>, items: &[T], write: Write<T>) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write(item, f)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Declarations of OPA 1.22 in its own notation.
    #[test]
    fn prints_what_it_reads() {
        for text in [
            "(x: any<number, set[any]>, y: any<number, set[any]>) => z: any<number, set[any]>",
            "(object: object[any: any], paths: any<array[any<string, array[any]>], set[any<string, array[any]>]>) => output: any",
            "(any...)",
            "() => output: object<0: string, id: number>[string: any]",
            "(xs: array<string>[any]) => output: array<array[string], any>",
            "(x: number, null) => formatted timestamp: string",
        ] {
            assert_eq!(Type::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn reads_what_the_functions_are_declared_as() {
        let own = [
            "eq",
            "internal.member_3",
            "internal.print",
            "internal.test_case",
        ];
        let named = builtins::all().map(|listed| listed.name).chain(own);
        for builtin in named.filter_map(builtins::find) {
            let read = Type::parse(builtin.signature).expect(builtin.name);
            assert_eq!(read.to_string(), builtin.signature);
        }
    }

    #[test]
    fn reads_nothing_else() {
        for text in [
            "",
            "text",
            "set",
            "array<",
            "array<string",
            "object[string]",
            "(x: any",
            "any>",
        ] {
            assert_eq!(Type::parse(text), None, "{text}");
        }
    }

    #[test]
    fn tells_keys_and_names() {
        let fields = Type::Object {
            fixed: vec![(1i64.into(), Type::Null), ("a".into(), Type::ANY)],
            rest: None,
        };
        assert_eq!(Type::parse("object<1: null, a: any>"), Some(fields.clone()));
        let named = Type::parse("x: object<1: null, a: any>").unwrap();
        assert_eq!(named.unnamed(), &fields);
    }
}
