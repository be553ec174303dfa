//! From YAML to values, alias by alias.

use std::collections::HashMap;
use std::rc::Rc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, Tag, options};

use super::scalar::{Scalar, json_number, old_bool};
use super::tabs::Tabs;
use crate::rego::builtins::encoding;
use crate::rego::number::Number;
use crate::rego::value::{Object, Value};

/// What `!!` stands for in a tag.
const NAMESPACE: &str = "tag:yaml.org,2002:";

/// How deep sequences and mappings may nest.
const DEPTH: usize = 500;

/// How many values aliases may copy.
const COPIES: usize = 400_000;

/// What is said of YAML that means something to Go's library which nobody would guess.
pub const UNSUPPORTED: &str = "not supported here";

/// Why a text can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// Whether it is only too much of it for here.
    pub is_limit: bool,
}

/// Which of the ways to read YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// `sigs.k8s.io/yaml`, on `go-yaml` v2.
    V2,
    /// OPA's own, on `go-yaml` v3.
    V3,
    /// Annotations: plain `go-yaml` v3, where a date is a moment and a key stands once.
    Annotations,
}

/// The first document as OPA 0.70 reads it, and how many values were copied for aliases.
///
/// # Errors
///
/// Where it is no YAML, or has no meaning in JSON.
pub fn yaml_1_1(text: &str) -> Result<(Value, usize), Fault> {
    Reader::read(text, Way::V2)
}

/// The first document as OPA 1.22 reads it, and how many values were copied for aliases.
///
/// # Errors
///
/// Where it is no YAML, or has no meaning in JSON.
pub fn yaml_1_2(text: &str) -> Result<(Value, usize), Fault> {
    Reader::read(text, Way::V3)
}

/// The annotations that a text holds.
///
/// # Errors
///
/// Where it is no YAML.
pub fn annotations(text: &str) -> Result<Value, Fault> {
    Reader::read(text, Way::Annotations).map(|(value, _)| value)
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    way: Way,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copied: usize,
    root: Option<Value>,
    line: usize,
    text: &'t str,
    tabs: Tabs,
}

/// A value that may be copied.
#[derive(Clone)]
struct Node {
    value: Value,
    /// How many values it is made of.
    size: usize,
    /// How deep it nests.
    height: usize,
}

/// A sequence or a mapping whose end is still to come.
struct Open {
    anchor: usize,
    content: Content,
    size: usize,
    height: usize,
}

enum Content {
    Sequence(Vec<Value>),
    Mapping {
        fields: Vec<(Value, Value)>,
        /// The mappings that are merged into it at its end.
        merged: Vec<Value>,
        key: Option<Key>,
    },
}

enum Key {
    Named(Rc<str>),
    Merge,
}

impl<'t> Reader<'t> {
    fn read(text: &'t str, way: Way) -> Result<(Value, usize), Fault> {
        let options = options! {
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            flow_nesting_limit: DEPTH,
            block_nesting_limit: DEPTH,
            emit_comments: false,
        };
        let mut reader = Self {
            parser: Parser::new_from_str_with_options(text, options),
            way,
            open: Vec::new(),
            anchors: HashMap::new(),
            copied: 0,
            root: None,
            line: 1,
            text,
            tabs: Tabs::default(),
        };
        reader.documents()?;
        Ok((reader.root.unwrap_or(Value::Null), reader.copied))
    }

    /// Reads the first document; the newest OPA looks through those behind it as well.
    fn documents(&mut self) -> Result<(), Fault> {
        let mut is_first = true;
        let mut end = self.text.len();
        while let Some(next) = self.parser.next_event() {
            let (event, span) = next.map_err(|error| syntax(&error))?;
            self.line = span.start.line();
            let range = span.byte_range().unwrap_or_default();
            self.tabs.see(&event, range.clone(), self.text);
            match event {
                Event::DocumentStart(_, Some(version))
                    if (version.major, version.minor) != (1, 1) =>
                {
                    return Err(self.fault("found incompatible YAML document"));
                }
                Event::DocumentStart(false, _) if !is_first => {
                    return Err(self.fault("did not find expected <document start>"));
                }
                Event::DocumentEnd if self.way == Way::V3 => is_first = false,
                Event::DocumentEnd => {
                    end = range.end;
                    break;
                }
                _ if is_first => {
                    let is_last = range.end == self.text.len() && !self.text.ends_with('\n');
                    self.event(event, is_last)?;
                }
                _ => {}
            }
        }
        match self.tabs.wrong(self.text.get(..end).unwrap_or(self.text)) {
            Some(line) => Err(Fault {
                line,
                message: format!(
                    "yaml: line {line}: found a tab character that violates indentation"
                ),
                is_limit: false,
            }),
            None => Ok(()),
        }
    }

    fn event(&mut self, event: Event<'_>, is_last: bool) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if style == ScalarStyle::Plain && self.tabs.is_flow() {
                    self.question_mark(&text)?;
                }
                if self.awaits_key() {
                    let key = self.key(&text, style, tag.as_deref())?;
                    self.keep(
                        anchor,
                        &Node::leaf(match &key {
                            Key::Named(name) => Value::String(Rc::clone(name)),
                            Key::Merge => "<<".into(),
                        }),
                    );
                    return self.set_key(key);
                }
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let text = match text.strip_suffix('\n') {
                    // The library keeps no line break where the text has none.
                    Some(unbroken) if is_block && is_last => unbroken,
                    _ => &text,
                };
                let value = self.scalar(text, style, tag.as_deref())?;
                let node = Node::leaf(value);
                self.keep(anchor, &node);
                self.attach(node, false)
            }
            Event::SequenceStart(_, anchor, _) => self.open(anchor, Content::Sequence(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.open(
                anchor,
                Content::Mapping {
                    fields: Vec::new(),
                    merged: Vec::new(),
                    key: None,
                },
            ),
            Event::Anchor(_, name) => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                if name.chars().all(is_name) {
                    return Ok(());
                }
                Err(self.fault("did not find expected alphabetic or numeric character"))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor),
            Event::UnresolvedAlias(name) => {
                Err(self.fault(format!("unknown anchor '{name}' referenced")))
            }
            _ => Ok(()),
        }
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        let message = message.into();
        Fault {
            line: self.line,
            message: format!("yaml: {message}"),
            is_limit: false,
        }
    }

    /// The words of OPA, which counts the way from the field of the outermost mapping's field.
    fn key_type(&self) -> Fault {
        let way = self
            .open
            .iter()
            .skip(2)
            .filter_map(|open| match &open.content {
                Content::Mapping { key, .. } => match key {
                    Some(Key::Named(name)) => Some(name.to_string()),
                    _ => None,
                },
                Content::Sequence(items) => Some(items.len().to_string()),
            });
        let way: Vec<_> = way.collect();
        Fault {
            line: self.line,
            message: format!("invalid map key type(s): {}", way.join("/")),
            is_limit: false,
        }
    }

    fn not_in_json(&self, double: f64) -> Fault {
        let name = match double {
            f64::INFINITY => "+Inf",
            f64::NEG_INFINITY => "-Inf",
            _ => "NaN",
        };
        Fault {
            line: self.line,
            message: format!("json: unsupported value: {name}"),
            is_limit: false,
        }
    }

    /// The outermost mapping's field that is read, where that, or a list in it, is what is open.
    fn field(&self) -> Option<&str> {
        let (outermost, rest) = self.open.split_first()?;
        let is_near = match rest {
            [] => true,
            [inner] => matches!(inner.content, Content::Sequence(_)),
            _ => false,
        };
        match &outermost.content {
            Content::Mapping {
                key: Some(Key::Named(name)),
                ..
            } if is_near => Some(name),
            _ => None,
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                content: Content::Mapping { key: None, .. },
                ..
            })
        )
    }

    /// A question mark between brackets is one of a key to Go's library, wherever it stands.
    fn question_mark(&self, text: &str) -> Result<(), Fault> {
        match text.find('?') {
            None => Ok(()),
            Some(0) => Err(self.fault(format!("`{text}` between brackets is {UNSUPPORTED}"))),
            Some(_) => {
                let close = match self.open.last().map(|open| &open.content) {
                    Some(Content::Mapping { .. }) => '}',
                    _ => ']',
                };
                Err(self.fault(format!("did not find expected ',' or '{close}'")))
            }
        }
    }

    fn open(&mut self, anchor: usize, content: Content) -> Result<(), Fault> {
        if self.awaits_key() {
            return Err(self.fault("invalid map key: it is a sequence or a mapping"));
        }
        self.open.push(Open {
            anchor,
            content,
            size: 1,
            height: 1,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(closed) = self.open.pop() else {
            return Ok(());
        };
        let value = match closed.content {
            Content::Sequence(items) => items.into(),
            Content::Mapping { fields, merged, .. } => {
                let mut object: Object = fields.into_iter().collect();
                // What is written counts more than what is merged, and of that the first.
                for (key, value) in merged.iter().filter_map(fields_of).flatten() {
                    if object.get(key).is_none() {
                        object.insert(key.clone(), value.clone());
                    }
                }
                object.into()
            }
        };
        let node = Node {
            value,
            size: closed.size,
            height: closed.height,
        };
        self.keep(closed.anchor, &node);
        self.attach(node, false)
    }

    fn keep(&mut self, anchor: usize, node: &Node) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }

    fn alias(&mut self, anchor: usize) -> Result<(), Fault> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(self.fault("an anchor's value contains itself"));
        };
        self.copied = self.copied.saturating_add(node.size);
        if self.copied > COPIES || self.open.len().saturating_add(node.height) > DEPTH {
            return Err(Fault {
                is_limit: true,
                ..self.fault("document contains excessive aliasing")
            });
        }
        if !self.awaits_key() {
            return self.attach(node, true);
        }
        let key = match &node.value {
            Value::String(name) => Rc::clone(name),
            Value::Number(_) | Value::Bool(_) => node.value.to_string().into(),
            _ => return Err(self.fault("invalid map key")),
        };
        self.set_key(Key::Named(key))
    }

    fn set_key(&mut self, named: Key) -> Result<(), Fault> {
        let way = self.way;
        let mut is_repeated = false;
        if let Some(Open {
            content: Content::Mapping { fields, key, .. },
            ..
        }) = self.open.last_mut()
        {
            if let (Way::Annotations, Key::Named(name)) = (way, &named) {
                is_repeated = fields.iter().any(|(known, _)| known.as_str() == Some(name));
            }
            *key = Some(named);
        }
        if is_repeated {
            return Err(self.fault("mapping key already defined"));
        }
        Ok(())
    }

    /// Makes a value the child of the innermost sequence or mapping.
    fn attach(&mut self, node: Node, is_alias: bool) -> Result<(), Fault> {
        let way = self.way;
        let wrong = self.fault("map merge requires map or sequence of maps as the value");
        let Some(parent) = self.open.last_mut() else {
            self.root.get_or_insert(node.value);
            return Ok(());
        };
        parent.size = parent.size.saturating_add(node.size);
        parent.height = parent.height.max(node.height + 1);
        match &mut parent.content {
            Content::Sequence(items) => items.push(node.value),
            Content::Mapping {
                fields,
                merged,
                key,
            } => match key.take() {
                Some(Key::Named(name)) => fields.push((Value::String(name), node.value)),
                Some(Key::Merge) => {
                    let mappings = match &node.value {
                        Value::Array(items) if !is_alias => items.to_vec(),
                        other => vec![other.clone()],
                    };
                    if mappings.iter().any(|mapping| fields_of(mapping).is_none()) {
                        return Err(wrong);
                    }
                    if way == Way::V2 {
                        // In order with what is written; of several, the first counts most.
                        let all = mappings.iter().rev().filter_map(fields_of).flatten();
                        fields.extend(all.cloned());
                    } else {
                        merged.extend(mappings);
                    }
                }
                None => {}
            },
        }
        Ok(())
    }

    fn key(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Key, Fault> {
        let name = match self.meaning(text, style, tag)? {
            Scalar::Merge => return Ok(Key::Merge),
            Scalar::Timestamp(moment) if self.way == Way::Annotations => moment.into(),
            Scalar::Timestamp(_) | Scalar::Text => text.into(),
            _ if self.way == Way::Annotations => {
                return Err(self.key_type());
            }
            Scalar::Bool(bool) => bool.to_string().into(),
            Scalar::Int(int) => int.to_string().into(),
            Scalar::Float(double) => float_key(double).into(),
            Scalar::Null => return Err(self.fault("unsupported map key of type: null")),
        };
        Ok(Key::Named(name))
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, Fault> {
        if tag.is_some_and(|tag| tag.suffix_in_namespace(NAMESPACE).as_deref() == Some("binary")) {
            let bytes = encoding::base64(text).and_then(|bytes| String::from_utf8(bytes).ok());
            return bytes.map(Value::from).ok_or_else(|| {
                self.fault("!!binary value contains invalid base64 data, or no text")
            });
        }
        let is_tagged = tag.is_some();
        let meaning = self.meaning(text, style, tag)?;
        if meaning != Scalar::Null && self.way == Way::Annotations {
            match self.field() {
                // Whatever it looks like: `title: 1.10`.
                Some("scope" | "title" | "description" | "organizations") => return Ok(text.into()),
                Some("entrypoint") if let Some(bool) = old_bool(text) => return Ok(bool.into()),
                _ => {}
            }
        }
        Ok(match meaning {
            Scalar::Null => Value::Null,
            Scalar::Bool(bool) => bool.into(),
            Scalar::Int(int) => Number::parse(&int.to_string()).map_or(Value::Null, Value::Number),
            Scalar::Float(double) => json_number(double)
                .map(Value::Number)
                .ok_or_else(|| self.not_in_json(double))?,
            // A date that isn't said to be one is a text to JSON.
            Scalar::Timestamp(moment)
                if self.way == Way::Annotations || (is_tagged && self.way == Way::V3) =>
            {
                moment.into()
            }
            Scalar::Timestamp(_) | Scalar::Merge | Scalar::Text => text.into(),
        })
    }

    /// What a scalar is by its text, its style and its tag.
    fn meaning(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Scalar, Fault> {
        let is_1_1 = self.way == Way::V2;
        let Some(tag) = tag else {
            return Ok(match style {
                ScalarStyle::Plain => Scalar::of(text, is_1_1),
                _ => Scalar::Text,
            });
        };
        let wanted = match tag.suffix_in_namespace(NAMESPACE).as_deref() {
            Some("bool") => "!!bool",
            Some("int") => "!!int",
            Some("float") => "!!float",
            Some("null") => "!!null",
            Some("timestamp") => "!!timestamp",
            Some("merge") => return Ok(Scalar::Merge),
            None if tag.original() == "!" && style == ScalarStyle::Plain && !is_1_1 => {
                return Ok(Scalar::of(text, is_1_1));
            }
            _ => return Ok(Scalar::Text),
        };
        match Scalar::of(text, is_1_1) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest is what is asked for"
            )]
            Scalar::Int(int) if wanted == "!!float" => Ok(Scalar::Float(int as f64)),
            found if found.tag() == wanted => Ok(found),
            found => {
                let found = found.tag();
                Err(self.fault(format!("cannot decode {found} `{text}` as a {wanted}")))
            }
        }
    }
}

impl Node {
    fn leaf(value: Value) -> Self {
        Self {
            value,
            size: 1,
            height: 0,
        }
    }
}

fn fields_of(value: &Value) -> Option<&Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// A number as the name of a field: with the digits that tell it from other floats of 32 bits.
fn float_key(double: f64) -> String {
    if double.is_nan() {
        return ".nan".to_owned();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Go takes half of the bits here"
    )]
    let single = double as f32;
    if single.is_infinite() {
        return if single > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let shortest: f64 = format!("{single:e}").parse().unwrap_or_default();
    Number::from_f64(shortest).map_or_else(String::new, |number| number.to_string())
}

fn syntax(error: &ScanError) -> Fault {
    let line = error.marker().line();
    let said = error.info();
    let message = match said.split_once("bracket '") {
        Some((_, rest)) if rest.starts_with('[') => "did not find expected ',' or ']'",
        Some((_, rest)) if rest.starts_with('{') => "did not find expected ',' or '}'",
        _ => &said,
    };
    Fault {
        line,
        message: format!("yaml: line {line}: {message}"),
        is_limit: *error.kind() == ErrorKind::RecursionLimitExceeded,
    }
}
