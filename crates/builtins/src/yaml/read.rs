//! Reads YAML.

use std::collections::HashMap;
use std::rc::Rc;

use document::Events;
use granit_parser::{Event, ScalarStyle, Tag, options};

use super::field_types::{Shape, TypeErrors, wanted};
use super::scalar::{self, NAMESPACE, Scalar, float_key, json_number, old_bool};
use super::syntax_error::{self, Innermost};
use super::tabs::Tabs;
use crate::encoding;
use values::{Number, Object, Value, Version};

/// How deep sequences and mappings may nest.
const DEPTH: usize = 500;

/// How many values aliases may copy.
const COPIES: usize = 400_000;

/// The message for YAML that has a surprising meaning in Go's library.
pub(super) const UNSUPPORTED: &str = "not supported here";

/// Why a text can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// The line, counted from 1.
    pub line: usize,
    /// The message.
    pub message: String,
    /// Whether it is valid, but takes too much.
    pub is_limit: bool,
}

/// A way to read YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// `sigs.k8s.io/yaml`, on `go-yaml` v2.
    V2,
    /// OPA's own, on `go-yaml` v3.
    V3,
    /// For annotations: plain `go-yaml` v3, with dates, no repeated keys, and types for fields.
    Annotations(Version),
}

impl Way {
    fn is_of_annotations(self) -> bool {
        matches!(self, Self::Annotations(_))
    }
}

/// The first document as OPA 0.70 reads it, and the number of values copied for aliases.
///
/// # Errors
///
/// If it isn't YAML, or has no equivalent in JSON.
pub(super) fn yaml_1_1(text: &str) -> Result<(Value, usize), YamlError> {
    Reader::read(text, Way::V2)
}

/// The first document as OPA 1.22 reads it, and the number of values copied for aliases.
///
/// # Errors
///
/// If it isn't YAML, or has no equivalent in JSON.
pub(super) fn yaml_1_2(text: &str) -> Result<(Value, usize), YamlError> {
    Reader::read(text, Way::V3)
}

/// Reads annotations. OPA 0.70 doesn't have all the fields that 1.22 has.
///
/// # Errors
///
/// If it isn't YAML, or if a field has the wrong type.
pub fn annotations(text: &str, version: Version) -> Result<Value, YamlError> {
    Reader::read(text, Way::Annotations(version)).map(|(value, _)| value)
}

struct Reader<'t> {
    events: Events<'t>,
    way: Way,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copied: usize,
    root: Option<Value>,
    line: usize,
    text: &'t str,
    tabs: Tabs,
    /// How many sequences, mappings and scalars have begun.
    count: usize,
    type_errors: TypeErrors,
    /// An error that is only reported if there is none in the types.
    late: Option<YamlError>,
}

/// A value that aliases may copy.
#[derive(Clone)]
struct Node {
    value: Value,
    /// How many values it consists of.
    size: usize,
    /// How deep it nests.
    height: usize,
}

/// A sequence or mapping whose end hasn't been reached.
struct Open {
    anchor: usize,
    /// Its position among all values.
    order: usize,
    /// The line on which it begins.
    line: usize,
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
        /// The lines of the keys, if keys may not repeat.
        lines: HashMap<Rc<str>, Vec<usize>>,
    },
}

enum Key {
    Named(Rc<str>),
    Merge,
}

impl<'t> Reader<'t> {
    fn read(text: &'t str, way: Way) -> Result<(Value, usize), YamlError> {
        let options = options! {
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            flow_nesting_limit: DEPTH,
            block_nesting_limit: DEPTH,
            emit_comments: false,
        };
        let mut reader = Self {
            events: Events::new(text, options),
            way,
            open: Vec::new(),
            anchors: HashMap::new(),
            copied: 0,
            root: None,
            line: 1,
            text,
            tabs: Tabs::default(),
            count: 0,
            type_errors: TypeErrors::default(),
            late: None,
        };
        reader.documents()?;
        if let Some(message) = std::mem::take(&mut reader.type_errors).message() {
            return Err(reader.error(message));
        }
        if let Some(error) = reader.late {
            return Err(error);
        }
        Ok((reader.root.unwrap_or(Value::Null), reader.copied))
    }

    /// Reads the first document. The newest OPA also checks the ones after it.
    fn documents(&mut self) -> Result<(), YamlError> {
        let mut is_first = true;
        let mut end = self.text.len();
        while let Some(next) = self.events.next() {
            let (event, span) = next.map_err(|error| match self.way {
                Way::Annotations(_) => {
                    let innermost = self.open.last().map(|open| Innermost {
                        line: open.line,
                        is_mapping: matches!(open.content, Content::Mapping { .. }),
                    });
                    syntax_error::of_annotations(&error, self.text, innermost)
                }
                Way::V2 | Way::V3 => syntax_error::of_document(&error),
            })?;
            self.line = span.start.line();
            let range = span.byte_range().unwrap_or_default();
            self.tabs.see(&event, range.clone(), self.text);
            match event {
                Event::DocumentStart(_, Some(version))
                    if (version.major, version.minor) != (1, 1) =>
                {
                    return Err(self.error("found incompatible YAML document"));
                }
                Event::DocumentStart(false, _) if !is_first => {
                    return Err(self.error("did not find expected <document start>"));
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
            Some(line) => Err(YamlError {
                line,
                message: format!(
                    "yaml: line {line}: found a tab character that violates indentation"
                ),
                is_limit: false,
            }),
            None => Ok(()),
        }
    }

    fn event(&mut self, event: Event<'_>, is_last: bool) -> Result<(), YamlError> {
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
                    self.set_key(key);
                    return Ok(());
                }
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let text = match text.strip_suffix('\n') {
                    // The library keeps no line break if the text ends without one.
                    Some(unbroken) if is_block && is_last => unbroken,
                    _ => &text,
                };
                self.check_scalar(text, style, tag.as_deref())?;
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
                    lines: HashMap::new(),
                },
            ),
            Event::Anchor(_, name) => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                if name.chars().all(is_name) {
                    return Ok(());
                }
                Err(self.error("did not find expected alphabetic or numeric character"))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor),
            Event::UnresolvedAlias(name) => {
                Err(self.error(format!("unknown anchor '{name}' referenced")))
            }
            _ => Ok(()),
        }
    }

    fn error(&self, message: impl Into<String>) -> YamlError {
        let message = message.into();
        YamlError {
            line: self.line,
            message: format!("yaml: {message}"),
            is_limit: false,
        }
    }

    /// OPA's message, which counts the path from the fields of the outermost mapping.
    fn key_type(&self) -> YamlError {
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
        YamlError {
            line: self.line,
            message: format!("invalid map key type(s): {}", way.join("/")),
            is_limit: false,
        }
    }

    fn not_in_json(&self, double: f64) -> YamlError {
        let name = match double {
            f64::INFINITY => "+Inf",
            f64::NEG_INFINITY => "-Inf",
            _ => "NaN",
        };
        YamlError {
            line: self.line,
            message: format!("json: unsupported value: {name}"),
            is_limit: false,
        }
    }

    /// The field of the outermost mapping that is being read, if its value or a list in it is open.
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

    fn check_scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Result<(), YamlError> {
        self.count += 1;
        if !self.way.is_of_annotations() {
            return Ok(());
        }
        let meaning = self.meaning(text, style, tag)?;
        let is_bool = matches!(meaning, Scalar::Bool(_))
            || meaning == Scalar::Text && old_bool(text).is_some();
        let is_wanted_bool = self.wanted().is_some_and(|(_, name)| name == "bool");
        if meaning != Scalar::Null && !(is_bool && is_wanted_bool) {
            self.check(Shape::Scalar, meaning.tag(), Some(text));
        }
        Ok(())
    }

    /// Whether every key is a string, however it is written.
    fn has_named_keys(&self) -> bool {
        let outermost = self.open.first().map(|open| &open.content);
        let Some(Content::Mapping { key, .. }) = outermost else {
            return false;
        };
        let field = match key {
            Some(Key::Named(name)) => &**name,
            _ => "",
        };
        match self.open.len() {
            1 => true,
            2 => matches!(field, "custom" | "labels" | "compile"),
            3 => field == "schemas",
            _ => false,
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

    /// In a flow collection, Go's library takes any question mark for one of a key.
    fn question_mark(&self, text: &str) -> Result<(), YamlError> {
        match text.find('?') {
            None => Ok(()),
            Some(0) => Err(self.error(format!("`{text}` between brackets is {UNSUPPORTED}"))),
            Some(_) => {
                let close = match self.open.last().map(|open| &open.content) {
                    Some(Content::Mapping { .. }) => '}',
                    _ => ']',
                };
                Err(self.error(format!("did not find expected ',' or '{close}'")))
            }
        }
    }

    fn open(&mut self, anchor: usize, content: Content) -> Result<(), YamlError> {
        if self.awaits_key() {
            return Err(self.error("invalid map key: it is a sequence or a mapping"));
        }
        self.count += 1;
        match &content {
            Content::Sequence(_) => self.check(Shape::Sequence, "!!seq", None),
            Content::Mapping { .. } => self.check(Shape::Mapping, "!!map", None),
        }
        self.open.push(Open {
            anchor,
            order: self.count,
            line: self.line,
            content,
            size: 1,
            height: 1,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), YamlError> {
        let Some(closed) = self.open.pop() else {
            return Ok(());
        };
        let value = match closed.content {
            Content::Sequence(items) => items.into(),
            Content::Mapping { fields, merged, .. } => {
                let mut object: Object = fields.into_iter().collect();
                // Written fields count more than merged ones, and of those the first counts.
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

    fn alias(&mut self, anchor: usize) -> Result<(), YamlError> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(self.error("an anchor's value contains itself"));
        };
        self.copied = self.copied.saturating_add(node.size);
        if self.copied > COPIES || self.open.len().saturating_add(node.height) > DEPTH {
            return Err(YamlError {
                is_limit: true,
                ..self.error("document contains excessive aliasing")
            });
        }
        if !self.awaits_key() {
            match &node.value {
                Value::Array(_) => self.check(Shape::Sequence, "!!seq", None),
                Value::Object(_) => self.check(Shape::Mapping, "!!map", None),
                _ => {}
            }
            return self.attach(node, true);
        }
        let key = match &node.value {
            Value::String(name) => Rc::clone(name),
            Value::Number(_) | Value::Bool(_) => node.value.to_string().into(),
            _ => return Err(self.error("invalid map key")),
        };
        self.set_key(Key::Named(key));
        Ok(())
    }

    fn set_key(&mut self, named: Key) {
        let line = self.line;
        if let Some(Open {
            content: Content::Mapping { key, lines, .. },
            order,
            ..
        }) = self.open.last_mut()
        {
            if let (Way::Annotations(_), Key::Named(name)) = (self.way, &named) {
                let before = lines.entry(Rc::clone(name)).or_default();
                self.type_errors.repeated(*order, line, name, before);
                before.push(line);
            }
            *key = Some(named);
        }
    }

    /// Makes a value the child of the innermost sequence or mapping.
    fn attach(&mut self, node: Node, is_alias: bool) -> Result<(), YamlError> {
        let way = self.way;
        let wrong = self.error("map merge requires map or sequence of maps as the value");
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
                ..
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
                        // In order with the written fields; of several mappings, the first counts most.
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

    fn key(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Key, YamlError> {
        let name = match self.meaning(text, style, tag)? {
            Scalar::Merge => return Ok(Key::Merge),
            _ if self.way.is_of_annotations() && self.has_named_keys() => text.into(),
            Scalar::Timestamp(moment) if self.way.is_of_annotations() => moment.into(),
            Scalar::Timestamp(_) | Scalar::Text => text.into(),
            _ if self.way.is_of_annotations() => {
                self.late = self.late.take().or_else(|| Some(self.key_type()));
                text.into()
            }
            Scalar::Bool(bool) => bool.to_string().into(),
            Scalar::Int(int) => int.to_string().into(),
            Scalar::Float(double) => float_key(double).into(),
            Scalar::Null => return Err(self.error("unsupported map key of type: null")),
        };
        Ok(Key::Named(name))
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Result<Value, YamlError> {
        if tag.is_some_and(|tag| tag.suffix_in_namespace(NAMESPACE).as_deref() == Some("binary")) {
            let bytes = encoding::decode_base64(text)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            return bytes.map(Value::from).ok_or_else(|| {
                self.error(
                    "!!binary value contains invalid base64 data, or bytes that aren't UTF-8",
                )
            });
        }
        let is_tagged = tag.is_some();
        let meaning = self.meaning(text, style, tag)?;
        if meaning != Scalar::Null && self.way.is_of_annotations() {
            match self.field() {
                // However it is written: `title: 1.10`.
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
            // A date without a tag is a string in JSON.
            Scalar::Timestamp(moment)
                if self.way.is_of_annotations() || (is_tagged && self.way == Way::V3) =>
            {
                moment.into()
            }
            Scalar::Timestamp(_) | Scalar::Merge | Scalar::Text => text.into(),
        })
    }

    /// The value of a scalar with this text, style and tag.
    fn meaning(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Result<Scalar, YamlError> {
        scalar::meaning(text, style, tag, self.way == Way::V2)
            .map_err(|message| self.error(message))
    }

    /// The kind that the next value must have, and Go's name for its type.
    fn wanted(&self) -> Option<(Shape, &'static str)> {
        match self.way {
            Way::Annotations(version) => wanted(version, self.open.len(), self.field()),
            Way::V2 | Way::V3 => None,
        }
    }

    /// Records an error if a value isn't of the kind that it must have.
    fn check(&mut self, shape: Shape, tag: &str, text: Option<&str>) {
        if let Some((wanted, name)) = self.wanted()
            && (wanted != shape || name == "bool" && text.is_some())
        {
            self.type_errors
                .mismatch(self.count, self.line, (tag, text), name);
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
