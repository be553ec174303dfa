//! Root keys in every form that YAML has for them.

use super::{is_line_end, root_keys};

/// Whether a text that we refuse may have, for another YAML reader, the root key of an entity that our rules judge:
/// quoted, with spaces, a tag or an anchor, as an alias, merged, indented, or in braces.
#[must_use]
pub fn may_have_root_key(text: &str) -> bool {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    // The indentation of the document's first line, which nothing else in it is left of.
    let mut first_indent = None;
    text.split(is_line_end).any(|line| {
        let is_mark = line.starts_with("---") || line.starts_with("...");
        if is_mark {
            first_indent = None;
        }
        let line = line.get(if is_mark { 3 } else { 0 }..).unwrap_or_default();
        let content = without_properties(line);
        let is_directive = first_indent.is_none() && content.starts_with('%');
        if content.is_empty() || content.starts_with('#') || is_directive {
            return false;
        }
        let indent = line.len() - line.trim_start().len();
        if first_indent.is_none() && content.starts_with('{') {
            return has_escaped_letter(text) || root_keys().any(|key| text.contains(key));
        }
        let first_indent = if is_mark {
            indent
        } else {
            *first_indent.get_or_insert(indent)
        };
        indent <= first_indent && begins_with_root_key(content)
    })
}

/// The text after spaces, the `?` of a key, tags and anchors.
fn without_properties(line: &str) -> &str {
    let mut content = line.trim_start();
    while content.starts_with(['!', '&']) || content.starts_with("? ") || content == "?" {
        let end = content.find([' ', '\t']).unwrap_or(content.len());
        content = content.get(end..).unwrap_or_default().trim_start();
    }
    content
}

fn begins_with_root_key(content: &str) -> bool {
    // An alias may be such a key, and a merged mapping may have one.
    if content.starts_with('*') || content.starts_with("<<") {
        return true;
    }
    for quote in ['"', '\''] {
        if let Some(quoted) = content.strip_prefix(quote) {
            let name = quoted.split(quote).next().unwrap_or_default();
            return has_escaped_letter(name) || root_keys().any(|key| key == name);
        }
    }
    root_keys().any(|key| {
        let rest = content.strip_prefix(key).map(str::trim_start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '#']))
    })
}

/// Whether a text has an escape that may be a letter, or one of a line break, which leaves nothing between two letters.
/// No other escape can be in a root key.
fn has_escaped_letter(text: &str) -> bool {
    let mut is_escaped = false;
    let ends_its_line = text.ends_with('\\');
    ends_its_line
        || text.split('\\').skip(1).any(|after| {
            let follows_two = is_escaped;
            is_escaped = after.is_empty() && !follows_two;
            let code = after
                .strip_prefix('x')
                .or_else(|| after.strip_prefix("u00"))
                .or_else(|| after.strip_prefix("U000000"));
            let may_be_letter = code.is_some_and(|code| code.starts_with(['4', '5', '6', '7']));
            !follows_two && (may_be_letter || after.starts_with(is_line_end))
        })
}

#[cfg(test)]
mod tests {
    use super::may_have_root_key;

    #[test]
    fn a_root_key_is_found_in_every_form() {
        for text in [
            "pipeline:\n",
            "pipeline : x\n",
            "\"pipeline\": x\n",
            "'agent' : x\n",
            "\"p\\u0069peline\": x\n",
            "? pipeline\n: x\n",
            "?\n  template\n: x\n",
            "!!str pipeline: x\n",
            "&a !!str \"connector\": x\n",
            "--- !!map\n  pipeline: x\n",
            "&a\n  pipeline: x\n",
            "# note\n  pipeline: x\n",
            "a: b\n---\n  inputSet: x\n",
            "%YAML 1.1\n---\npipeline: x\n",
            "a: &p pipeline\n*p : x\n",
            "<<: {pipeline: x}\n",
            "{a: 1,\n pipeline: x}\n",
            "{\n\"a\": 1, \"\\x70ipeline\": x}\n",
            "{\"a\": \"\\\\\", \"\\U00000070ipeline\": x}\n",
            "{\"pipe\\\nline\": x}\n",
            "{\"pipe\\\u{85}line\": x}\n",
            "\"pipe\\\n  line\": x\n",
            "--- {pipeline: x}\n",
            "a: b # x\u{2028}pipeline: x\n",
        ] {
            assert!(may_have_root_key(text), "{text}");
        }
    }

    #[test]
    fn what_is_further_down_is_no_root_key() {
        for text in [
            "",
            "a:\n  pipeline: x\n",
            "  a: b\n    pipeline: x\n",
            "pipelines: x\n",
            "\"pipelines\": x\n",
            "# pipeline: x\n",
            "- pipeline: x\n",
            "{a: 1}\n",
            "{\"\\u000b \\\"\\t\\\\u0070ipe\": 1, \"\u{85}\": \"\\u00e9\"}\n",
            "\"a\\tb\": x\n",
        ] {
            assert!(!may_have_root_key(text), "{text}");
        }
    }
}
