//! Why a module can't be parsed: what web pages and word processors do to Rego, and Rego of the other version.

use compiler::syntax;
use values::Version;

/// What to do about a module that can't be parsed. `line` is the first line that OPA reports, and `column` is the
/// column in code points; both are counted from 1.
#[must_use]
pub fn help(text: &str, version: Version, line: usize, column: usize) -> Option<String> {
    of_the_other_version(text, version)
        .or_else(|| of_the_whole(text))
        .or_else(|| at_the_place(text, line, column))
}

fn of_the_other_version(text: &str, version: Version) -> Option<String> {
    let (other, help) = match version {
        Version::V0 => (
            Version::V1,
            "this is Rego v1, but Harness reads v0: write `import rego.v1` below the package (OPA 0.59 and later read that)",
        ),
        Version::V1 => (
            Version::V0,
            "this is Rego v0, as Harness reads it, but was read as v1",
        ),
    };
    let is_other = syntax::parse_module(text, 0, other).is_ok();
    is_other.then(|| help.to_owned())
}

fn of_the_whole(text: &str) -> Option<String> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let help = if lines().any(|line| line.starts_with("```")) {
        "remove the lines with ```, which mark code in Markdown"
    } else if lines().count() > 2
        && lines().all(|line| line.starts_with(|c: char| c.is_ascii_digit()))
    {
        "remove the line numbers"
    } else if !lines().any(|line| line.starts_with("package")) {
        "begin with the package, which says what the policy is about: `package pipeline`"
    } else {
        return None;
    };
    Some(help.to_owned())
}

fn at_the_place(text: &str, line: usize, column: usize) -> Option<String> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    let rest: String = line.chars().skip(column.checked_sub(1)?).collect();
    let first = rest.chars().next();
    let help = match first {
        Some('“' | '”' | '„' | '«' | '»') => "replace the curved quotes with \"".to_owned(),
        Some('\'' | '‘' | '’') => "put strings in double quotes: \"a\"".to_owned(),
        Some(c)
            if c != ' '
                && c != '\t'
                && (c.is_whitespace()
                    || "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".contains(c)) =>
        {
            format!(
                "replace the character U+{:04X} with an ordinary space: it is invisible, or only looks like one",
                c as u32
            )
        }
        Some('&') if is_doubled(line, column, '&') => {
            "Rego has no `&&`: write each expression on a line of its own, or `;` between them"
                .to_owned()
        }
        Some('|') if is_doubled(line, column, '|') => {
            "Rego has no `||`: write a rule for each alternative, all with the same name".to_owned()
        }
        _ => return None,
    };
    Some(help)
}

/// Whether a sign is one of two in a row.
fn is_doubled(line: &str, column: usize, sign: char) -> bool {
    let at = |column: usize| line.chars().nth(column);
    at(column) == Some(sign) || column > 1 && at(column - 2) == Some(sign)
}

#[cfg(test)]
mod tests {
    use super::help;
    use compiler::syntax::parse_module;
    use values::Version;

    /// The help for a text, at the first problem that OPA finds.
    fn help_of(text: &str, version: Version) -> Option<String> {
        let problems = parse_module(text, 0, version).unwrap_err();
        let at = problems[0].at.unwrap_or_default();
        let (line, column) = rego::policy::position(text, at);
        help(text, version, line, column)
    }

    #[test]
    fn what_a_page_or_a_word_processor_made_of_a_policy_is_named() {
        let body = |line: &str| {
            format!("package pipeline\n\ndeny[msg] {{\n  {line}\n  msg := \"x\"\n}}\n")
        };
        for (text, expected) in [
            ("```rego\npackage pipeline\n```\n".to_owned(), "```"),
            ("1 package p\n2 deny {\n3  true }".to_owned(), "numbers"),
            ("deny { true }".to_owned(), "`package pipeline`"),
            (body("input.x == “a”"), "curved"),
            (body("input.x == 'a'"), "double quotes"),
            (body("\u{a0}input.x"), "U+00A0"),
            (body("input.x && input.y"), "a line of its own"),
            (body("input.x || input.y"), "a rule for each"),
        ] {
            let help = help_of(&text, Version::V0).unwrap_or_default();
            assert!(help.contains(expected), "{text}: {help}");
        }
        assert_eq!(help_of(&body("input.x )"), Version::V0), None);
    }

    #[test]
    fn rego_of_the_other_version_is_named() {
        let text = "package pipeline\n\ndeny contains \"x\" if input.x\n";
        assert!(
            help_of(text, Version::V0)
                .unwrap_or_default()
                .contains("import rego.v1")
        );
        let text = "package pipeline\n\ndeny[\"x\"] { input.x }\n";
        assert!(
            help_of(text, Version::V1)
                .unwrap_or_default()
                .contains("Rego v0")
        );
    }
}
