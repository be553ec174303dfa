//! Rego: any text is refused with locations in it, or evaluated within the limits, with the same result each time; a
//! comment, a blank line or the formatter doesn't change the result.

use commands::format::{self, Dialect};
use harness_image_guard::lint;
use rego::eval::{Alone, Limits};
use rego::output;
use rego::policy::{Diagnostic, Options, Policy, Source, request};
use values::{Value, Version, json};

use crate::authoring::chance::Chance;
use crate::authoring::rego_opa::generator;

/// Far more than a policy of a thousand bytes needs, and still reached quickly.
const LIMITS: Limits = Limits {
    steps: 100_000,
    bytes: 16 << 20,
    depth: 1_000,
};

/// Any text: the bytes themselves, and the tokens of Rego that they select.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for text in [text.into_owned(), tokens(bytes)] {
        for version in [Version::V0, Version::V1] {
            read(&text, version);
        }
        for dialect in [Dialect::V0, Dialect::V0AndV1, Dialect::V1] {
            let Ok(formatted) = format::format(&text, 0, dialect) else {
                continue;
            };
            let _ = format::check_result(&formatted, dialect);
        }
    }
}

/// The tokens of Rego.
const TOKENS: [&str; 96] = [
    " ",
    "\n",
    "\n\t",
    "a",
    "b",
    "p",
    "x",
    "_",
    "f",
    "r0",
    "input",
    "data",
    ".a",
    ".b",
    "[_]",
    "[0]",
    "[x]",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{}",
    "[]",
    ",",
    ", ",
    ";",
    ":",
    " := ",
    " = ",
    " == ",
    " != ",
    " < ",
    " <= ",
    " + ",
    " - ",
    " * ",
    " / ",
    " % ",
    " & ",
    " | ",
    "not ",
    "some ",
    "some x in ",
    "every x in ",
    " in ",
    " if ",
    " contains ",
    " else ",
    " else := 1 ",
    "default ",
    "import ",
    "import rego.v1\n",
    "import future.keywords\n",
    "package p\n",
    " as ",
    " with ",
    " with input as ",
    "true",
    "false",
    "null",
    "0",
    "1",
    "1.5",
    "1e3",
    "-1",
    "\"a\"",
    "\"\\n\"",
    "\"",
    "`a`",
    "`",
    "# c\n",
    "# METADATA\n",
    "# title: a\n",
    "# scope: rule\n",
    "count(",
    "sprintf(\"%v\", [",
    "walk(input, [x, y])",
    "object.get(",
    "regex.match(",
    "set()",
    "[x | ",
    "{x | ",
    "{x: y | ",
    "f(x) := y {\n",
    "deny[x] {\n",
    "deny contains x if {\n",
    "p { ",
    "print(",
    "$\"{a}\"",
    "\r\n",
    "é",
    "\u{1f600}",
    "\u{feff}",
    "\u{0}",
];

/// A module of tokens that the bytes select, so that some modules are valid.
fn tokens(bytes: &[u8]) -> String {
    let body: String = bytes
        .iter()
        .map(|byte| TOKENS[usize::from(*byte) % TOKENS.len()])
        .collect();
    format!("package p\n\n{body}")
}

fn read(text: &str, version: Version) {
    let source = || Source {
        path: "p.rego".to_owned(),
        text: text.to_owned(),
    };
    for is_strict in [false, true] {
        match compile(vec![source()], version, is_strict) {
            Ok(policy) => {
                let answered = ask(&policy, "data", "{\"a\": [1, {\"b\": \"é\"}], \"b\": null}");
                let again = ask(&policy, "data", "{\"a\": [1, {\"b\": \"é\"}], \"b\": null}");
                assert_eq!(answered, again, "{text}");
            }
            Err(problems) => assert_places(&problems, text),
        }
    }
    let options = lint::Options {
        compile: Some(lint::Compile::Strict),
        ..lint::Options::for_version(version)
    };
    let sources = [source()];
    let linted = lint::lint(&sources, options);
    assert!(!linted.text(&sources, false).contains('\u{0}') || text.contains('\u{0}'));
}

fn assert_places(problems: &[Diagnostic], text: &str) {
    assert!(!problems.is_empty());
    let lines = text.split('\n').count();
    for problem in problems {
        assert!(!problem.message.is_empty());
        assert!(!problem.with_its_line().is_empty());
        if let Some(line) = problem.line {
            assert!((1..=lines).contains(&line), "{problem:?} in {text:?}");
        }
        assert_ne!(problem.column, Some(0), "{problem:?}");
    }
}

/// Policies that are mostly valid.
pub fn policies(bytes: &[u8]) {
    let mut chance = Chance::from_bytes(bytes);
    let version = chance.below(2);
    let line = chance.below(64);
    let policy = generator::Policy::of_chance(version, chance);
    let version = [Version::V0, Version::V1][version];
    let (text, input) = (policy.text(), policy.input());
    let Ok(compiled) = compile_text(&text, version) else {
        return;
    };
    let answered = ask(&compiled, "data.p", input);
    assert_eq!(ask(&compiled, "data.p", input), answered, "{text}\n{input}");
    // Parts of the input that no module reads make no difference.
    let whole = json::parse_document(input, version).expect("JSON");
    let answered_whole = ask_of(&compiled, "data.p", whole, LIMITS);
    assert_eq!(answered_whole, answered, "{text}\n{input}");
    let mut lines: Vec<_> = text.lines().collect();
    let at = line % (lines.len() + 1);
    lines.splice(at..at, ["", "# a comment", ""]);
    assert_alike(&lines.join("\n"), version, &answered, &text, input);
    let dialect = [Dialect::V0, Dialect::V1][usize::from(version == Version::V1)];
    let formatted = format::format(&text, 0, dialect).expect("what compiles can be formatted");
    assert_alike(&formatted, version, &answered, &text, input);
    // Reaching a limit is an error, and not another result.
    let few = Limits {
        steps: 200,
        bytes: 64 << 10,
        depth: 20,
    };
    let bounded = ask_within(&compiled, "data.p", input, few);
    let is_told = bounded
        .as_ref()
        .is_err_and(|error| error.contains("limit") || error.contains("more than"));
    assert!(
        bounded == answered || is_told,
        "{bounded:?} instead of {answered:?}"
    );
}

fn assert_alike(
    text: &str,
    version: Version,
    expected: &Result<String, String>,
    original: &str,
    input: &str,
) {
    let compiled = compile_text(text, version);
    let compiled = compiled.unwrap_or_else(|problems| panic!("{problems:?}\n{original}\n{text}"));
    let answered = ask(&compiled, "data.p", input);
    match (&answered, expected) {
        // The line isn't the same.
        (Err(_), Err(_)) => {}
        _ => assert_eq!(answered, *expected, "{original}\n{text}\n{input}"),
    }
}

fn compile_text(text: &str, version: Version) -> Result<Policy, Vec<Diagnostic>> {
    let source = Source {
        path: "p.rego".to_owned(),
        text: text.to_owned(),
    };
    compile(vec![source], version, false)
}

pub fn compile(
    sources: Vec<Source>,
    version: Version,
    is_strict: bool,
) -> Result<Policy, Vec<Diagnostic>> {
    let options = Options {
        version,
        is_strict,
        data: Value::object::<Value>([]),
    };
    Policy::compile(sources, options)
}

/// The result as OPA writes it, or the error.
pub fn ask(policy: &Policy, query: &str, input: &str) -> Result<String, String> {
    ask_within(policy, query, input, LIMITS)
}

fn ask_within(policy: &Policy, query: &str, input: &str, limits: Limits) -> Result<String, String> {
    let input = policy.input(query, input.as_bytes())?;
    ask_of(policy, query, input, limits)
}

fn ask_of(policy: &Policy, query: &str, input: Value, limits: Limits) -> Result<String, String> {
    let mut host = Alone;
    let mut asked = request(Some(input), &mut host);
    asked.limits = limits;
    match policy.ask(query, asked) {
        Ok(answer) => Ok(output::write(query, &answer)),
        Err(problems) => {
            let messages: Vec<_> = problems.iter().map(Diagnostic::as_opa_says_it).collect();
            Err(messages.join("\n"))
        }
    }
}
