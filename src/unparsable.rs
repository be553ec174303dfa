//! Files that can't be read or parsed, and whether they are Harness's anyway.
//!
//! A search also finds files such as templates of other tools, which only become YAML when their tool has processed
//! them. A file that may be Harness's is never ignored: one in `.harness/`, one that the user named, or one with a
//! line that begins with an entity's root key; in JSON, such a key within the outermost braces.

mod root_key;

use std::fmt;

use document::{Document, LINE_SEPARATORS, Limits};

use crate::harness::{self, EntityKind};

pub use root_key::may_have_root_key;

/// Why a file is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unparsable {
    /// A Helm template, or another one in Go's language.
    GoTemplate,
    /// A Jinja template, or one in a similar language.
    Jinja,
    /// A template with `{{ … }}`, in an unknown language.
    Template,
    /// An ERB or EJS template.
    Erb,
    /// A Terraform template.
    Terraform,
    /// JSON with comments, which editors and compilers accept.
    JsonWithComments,
    /// A JSON document on each line.
    JsonLines,
    /// Text of another kind.
    NotYaml,
    /// Text in UTF-16 or UTF-32.
    Utf16,
    /// Bytes that aren't UTF-8.
    NotUtf8,
    /// A link to a file that doesn't exist.
    Missing,
}

impl Unparsable {
    const ALL: [Self; 11] = [
        Self::GoTemplate,
        Self::Jinja,
        Self::Template,
        Self::Erb,
        Self::Terraform,
        Self::JsonWithComments,
        Self::JsonLines,
        Self::NotYaml,
        Self::Utf16,
        Self::NotUtf8,
        Self::Missing,
    ];

    /// The one with this reason in a report.
    #[must_use]
    pub fn of_reason(reason: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.to_string() == reason)
    }

    /// The words for several of them, after a number.
    #[must_use]
    pub fn many(self) -> &'static str {
        match self {
            Self::GoTemplate => "likely Helm or Go templates",
            Self::Jinja => "likely Jinja templates",
            Self::Template => "likely templates with `{{ … }}`",
            Self::Erb => "likely ERB or EJS templates",
            Self::Terraform => "likely Terraform templates",
            Self::JsonWithComments => "JSON with comments",
            Self::JsonLines => "a JSON document on each line",
            Self::NotYaml => "not YAML",
            Self::Utf16 => "UTF-16 text",
            Self::NotUtf8 => "not UTF-8 text",
            Self::Missing => "broken links",
        }
    }

    /// What a text that can't be parsed probably is.
    #[must_use]
    pub fn of_text(text: &str, path: &str) -> Self {
        if is_json(text, path) {
            if read_line_by_line(text).is_some() {
                return Self::JsonLines;
            }
            if without_comments(text) != text && read_without_comments(text).is_some() {
                return Self::JsonWithComments;
            }
        }
        // What only Helm's templates have comes before what may be inside them.
        if [".Values", ".Release.", "{{/*", "{{- define"]
            .iter()
            .any(|part| text.contains(part))
        {
            Self::GoTemplate
        } else if text.contains("{%") {
            Self::Jinja
        } else if text.contains("<%") {
            Self::Erb
        } else if has_go_actions(text) {
            Self::GoTemplate
        } else if text.contains("{{") {
            Self::Template
        } else if text.contains("%{") {
            Self::Terraform
        } else {
            Self::NotYaml
        }
    }
}

impl fmt::Display for Unparsable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GoTemplate => "not YAML: likely a Helm or Go template",
            Self::Jinja => "not YAML: likely a Jinja template",
            Self::Template => "not YAML: likely a template, because it has `{{ … }}`",
            Self::Erb => "not YAML: likely an ERB or EJS template",
            Self::Terraform => "not YAML: likely a Terraform template",
            Self::JsonWithComments => "not YAML: JSON with comments",
            Self::JsonLines => "not YAML: a JSON document on each line",
            Self::NotYaml => "not YAML",
            Self::Utf16 => "UTF-16 text",
            Self::NotUtf8 => "not UTF-8 text",
            Self::Missing => "a link to a file that isn't there",
        })
    }
}

/// What to do about a text that can't be parsed, if nothing else is known.
pub const CORRECT_IT: &str = "fix the syntax error: nothing in this document has been checked";

/// What to do about a document that is larger or nested deeper than the limits.
pub const REDUCE_IT: &str = "split or flatten the document: nothing in it has been checked";

/// What to do about a text that can't be parsed, given the line of the error.
#[must_use]
pub fn remedy(text: &str, offset: u32) -> &'static str {
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = before.len() + after.find('\n').unwrap_or(after.len());
    let line = text.get(start..end).unwrap_or_default();
    let is_conflict = ["<<<<<<< ", "||||||| ", ">>>>>>> "]
        .iter()
        .any(|mark| line.starts_with(mark))
        || line.trim_end() == "=======";
    if is_conflict {
        return "resolve the merge conflict: nothing in this document has been checked";
    }
    // Harness also fills in `{{ … }}` (`{{ checksum "pom.xml" }}`), which has to be in quotes.
    let is_template = ["{%", "<%", "%{"].iter().any(|mark| line.contains(mark))
        || line.trim().starts_with("${")
        || has_go_actions(line);
    if is_template {
        return "if this is a template, leave it out with `exclude` in harness-image-guard.yaml, and check the filled-in file instead: nothing in this document has been checked";
    }
    CORRECT_IT
}

/// What only Go's templates have between `{{` and `}}`: fields (`.Values.x`), variables, keywords and Helm's
/// functions.
fn has_go_actions(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "if", "else", "end", "range", "with", "define", "template", "block", "include", "toYaml",
        "tpl", "printf", "default", "required",
    ];
    text.split("{{").skip(1).any(|action| {
        let action = action.trim_start_matches('-').trim_start();
        let word_end = action
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(action.len());
        action.starts_with(['.', '$', '/', '(', '"', '`'])
            || action
                .get(..word_end)
                .is_some_and(|word| WORDS.contains(&word))
    })
}

/// Whether a text that can't be parsed may be Harness's: one of its lines begins with the root key of an entity that
/// our rules judge, or it is JSON with such a key.
#[must_use]
pub fn looks_like_harness(text: &str, path: &str) -> bool {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let has_a_line = || {
        text.split(is_line_end).any(|line| {
            root_keys().any(|key| {
                let rest = line.strip_prefix(key);
                rest.is_some_and(|rest| rest.starts_with(':'))
            })
        })
    };
    if !is_json(text, path) {
        return has_a_line();
    }
    // If it has a clear meaning, no guess is needed.
    read_line_by_line(text)
        .or_else(|| read_without_comments(text))
        .unwrap_or_else(|| has_a_line() || has_json_root_key(text))
}

/// Whether Harness ends a line at this character.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r') || LINE_SEPARATORS.contains(&c)
}

fn root_keys() -> impl Iterator<Item = &'static str> {
    EntityKind::ALL
        .into_iter()
        .filter(|kind| kind.is_judged() && *kind != EntityKind::Trigger)
        .map(EntityKind::key)
}

fn is_json(text: &str, path: &str) -> bool {
    let text = text.trim_start();
    let is_template = text.starts_with("{{") || text.starts_with("{%");
    let begins_so = text.starts_with(['{', '[']) && !is_template;
    let extension = path.rsplit('.').next().unwrap_or_default();
    begins_so || extension.eq_ignore_ascii_case("json")
}

/// Whether a JSON text that can't be parsed has a root key at the place of one: within one pair of braces, or
/// indented no more than the first key, in case a brace is missing. A string ends with its line at the latest, in
/// case a quote is missing.
fn has_json_root_key(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut first_indent = None;
    for line in text.split(['\n', '\r']) {
        let indent = line.len() - line.trim_start().len();
        let mut rest = line;
        while let Some(at) = rest.find(['"', '{', '}']) {
            let from = rest.get(at..).unwrap_or_default();
            let length = match from.as_bytes().first() {
                Some(b'{') => {
                    depth += 1;
                    1
                }
                Some(b'}') => {
                    depth -= 1;
                    1
                }
                _ => string_length(from),
            };
            let (string, after) = from.split_at_checked(length).unwrap_or((from, ""));
            if string.starts_with('"') && after.trim_start().starts_with(':') {
                let is_first_on_line = line.len() - from.len() == indent;
                let first_indent = *first_indent.get_or_insert(indent);
                let is_root = depth <= 1 || (is_first_on_line && indent <= first_indent);
                if is_root && root_keys().any(|key| string.trim_matches('"') == key) {
                    return true;
                }
            }
            rest = after;
        }
    }
    false
}

/// Whether one of the JSON documents on the lines is an entity; `None` if the text isn't JSON lines.
fn read_line_by_line(text: &str) -> Option<bool> {
    let mut lines = 0;
    let mut found = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if !line.trim_start().starts_with(['{', '[']) {
            return None;
        }
        found |= holds_entity(&only_document(line)?);
        lines += 1;
    }
    (lines > 1).then_some(found)
}

/// Whether JSON with comments and trailing commas is an entity; `None` if the text isn't that.
fn read_without_comments(text: &str) -> Option<bool> {
    let text = without_comments(text);
    Some(holds_entity(&only_document(&text)?))
}

fn only_document(text: &str) -> Option<Document<'_>> {
    let mut documents = document::parse(text, &Limits::default()).into_iter();
    let document = documents.next()?.ok()?;
    documents.next().is_none().then_some(document)
}

fn holds_entity(document: &Document<'_>) -> bool {
    harness::entities(document)
        .first()
        .is_some_and(|entity| entity.kind.is_judged())
}

/// The text with spaces in place of comments.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let length = if from.starts_with('"') {
            let length = string_length(from);
            out.push_str(from.get(..length).unwrap_or(from));
            length
        } else if from.starts_with("//") {
            out.push(' ');
            from.find(['\n', '\r']).unwrap_or(from.len())
        } else if from.starts_with("/*") {
            out.push(' ');
            let end = from.get(2..).and_then(|inside| inside.find("*/"));
            end.map_or(from.len(), |end| end + "/**/".len())
        } else {
            out.push('/');
            1
        };
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The length of the string at the start of a text, including its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{CORRECT_IT, Unparsable, looks_like_harness, remedy};

    #[test]
    fn the_line_that_can_t_be_parsed_says_what_to_do() {
        let help = |line: &str| {
            let text = format!("pipeline:\n{line}\n  a: b\n");
            let end = u32::try_from("pipeline:\n".len() + line.len()).unwrap();
            // At the first byte, at the last, and between them.
            let helps = [10, end - 1, 10 + (end - 10) / 2].map(|at| remedy(&text, at));
            assert!(helps.iter().all(|help| *help == helps[0]), "{line}");
            helps[0]
        };
        for line in ["<<<<<<< HEAD", "=======", "=======\r", ">>>>>>> main"] {
            assert!(
                help(line).starts_with("resolve the merge conflict"),
                "{line}"
            );
        }
        for line in [
            "    %{~ if x != \"skipped\" }",
            "    {% if x %}",
            "    <%= x %>",
            "    ${indent(4, TAGS)}",
            "    {{- if .Values.cache}}",
            "  image: {{ .Values.registry }}/node: 22",
        ] {
            assert!(help(line).starts_with("if this is a template"), "{line}");
        }
        for line in [
            "  key: {{ checksum \"pom.xml\" }}",
            "  - image: ${x}: 1",
            "  a: b: c",
        ] {
            assert_eq!(help(line), CORRECT_IT, "{line}");
        }
        assert_eq!(remedy("a: [", 4), CORRECT_IT);
        assert_eq!(remedy("a: é", 4), CORRECT_IT);
        assert_eq!(remedy("", 9), CORRECT_IT);
    }

    #[test]
    fn what_a_text_likely_is() {
        for (path, text, expected) in [
            (
                "a.yaml",
                "a: {{ include \"x\" . }}\n",
                Unparsable::GoTemplate,
            ),
            ("a.yaml", "a: {{- .Values.x }}\n", Unparsable::GoTemplate),
            ("a.yaml", "{{- if true }}\n", Unparsable::GoTemplate),
            ("a.yaml", "a: {{ x }}: b\n", Unparsable::Template),
            (
                "a.yaml",
                "a: '{% x %}'\nb: {{ .Values.x }}\n",
                Unparsable::GoTemplate,
            ),
            ("a.yaml", "{% if x %}\na: {{ x }}\n", Unparsable::Jinja),
            ("a.yaml", "a: <%= x %>\n", Unparsable::Erb),
            ("a.yaml", "%{ for x in y }\n", Unparsable::Terraform),
            ("a.yaml", "a: b: c\n", Unparsable::NotYaml),
            (
                "a.json",
                "{\n // x\n \"a\": 1,\n}",
                Unparsable::JsonWithComments,
            ),
            ("a.json", "{\"a\": 1}\n{\"a\": 2}\n", Unparsable::JsonLines),
            ("a.json", "{\"a\": ", Unparsable::NotYaml),
            // It is valid, but refused.
            ("a.json", "{\"a\u{85}\": 1}", Unparsable::NotYaml),
        ] {
            assert_eq!(Unparsable::of_text(text, path), expected, "{text}");
        }
        for unparsable in Unparsable::ALL {
            assert_eq!(
                Unparsable::of_reason(&unparsable.to_string()),
                Some(unparsable)
            );
        }
    }

    #[test]
    fn a_root_key_tells_that_a_text_is_harness_s() {
        for (path, text, expected) in [
            ("a.yaml", "# x\npipeline:\n  a: [\n", true),
            ("a.yaml", "\u{FEFF}agent: {\n", true),
            ("a.yaml", "---\r\ninputSet:\r\n", true),
            ("a.yaml", "# note\u{2028}pipeline: {\n", true),
            ("a.yaml", "  pipeline:\n", false),
            ("a.yaml", "pipelines:\n# pipeline: x\n", false),
            ("a.yaml", "trigger:\n", false),
            ("a.yaml", "{{- if x }}\n\"template\": 1\n", false),
            ("a.json", "{\"pipeline\" : {", true),
            ("a.json", "{\n  \"a\": {\n  \"connector\": [", true),
            ("a.json", "{\n  \"a\": \"x\ny\",\n  \"inputSet\": 1", true),
            ("a.json", "{\"a\": 1}, \"agent\": 1", true),
            ("a.json", "[{\"agent\": [", true),
            // Further down, it belongs to something else.
            ("a.json", "{\n  \"a\": {\n    \"template\": [", false),
            ("a.json", "{\"a\": \"pipeline\"", false),
            // If it is valid without its comments, no guess is needed.
            (
                "a.json",
                "{\"a\": 1, // x\n \"b\": {\"template\": 1}}",
                false,
            ),
            ("a.json", "{// x\n \"template\": {\"src\": 1}}", false),
            ("a.json", "{// x\n \"template\": {\"identifier\": 1}}", true),
            (
                "a.json",
                "{\"agent\": {\"id\": 1}}\n{\"agent\": {\"id\": 2}}\n",
                false,
            ),
            (
                "a.json",
                "{\"a\": 1}\n{\"pipeline\": {\"stages\": []}}\n",
                true,
            ),
            (
                "a.json",
                "{/*/ \"template\": {\"identifier\": 1} */ \"a\": 1}",
                false,
            ),
            (
                "a.json",
                "{\"a\": \"// \\\" /*\", /* x */ \"pipeline\": {\"stages\": []}}",
                true,
            ),
        ] {
            assert_eq!(looks_like_harness(text, path), expected, "{text}");
        }
    }
}
