//! Every function with unexpected arguments: it returns a value, undefined or an error, never panics, and does the
//! same each time.

use builtins::{Support, all};
use rego::policy::{Policy, Source};
use values::Version;

use super::modules;
use super::tree::Tree;
use crate::authoring::chance::Chance;

/// Strings that some functions parse.
const TEXTS: [&str; 72] = [
    "",
    "a",
    "é",
    "\u{1f600}",
    "a.b.c",
    "(a|b)*",
    "[[:alpha:]]+",
    "(?i)é",
    "(",
    "a{1,1000}",
    "\\pL",
    "*.example",
    "{a,b}",
    "**",
    "[!a]",
    "1.2.3",
    "1.2.3-rc.1+x",
    "v1",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "::/0",
    "fe80::1%eth0",
    "256.1.1.1",
    "2024-02-30T00:00:00Z",
    "2024-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999999Z",
    "2006-01-02",
    "Jan _2 15:04",
    "UTC",
    "Europe/Berlin",
    "1h2m3.5s",
    "-9223372036854775808ns",
    "1e308h",
    "%d",
    "%v %s %q %x",
    "%-65536d",
    "%.65535f",
    "%!",
    "%[3]*.[2]*[1]f",
    "%c%U",
    "10Ki",
    "1e3MB",
    "-1.5Gi",
    "YQ==",
    "YQ",
    "_-8=",
    "%zz",
    "a=b&a=c&%20",
    "{\"a\": 1}",
    "[1, 2",
    "a: [b, &x c, *x]",
    "<<: *x",
    "eyJhbGciOiJIUzI1NiJ9.e30.x",
    "HS256",
    "{\"alg\":\"none\"}",
    "-----BEGIN CERTIFICATE-----",
    "http://a:b@c:99999/%zz?x#y",
    "ssh://[::1]:22",
    "00000000-0000-4000-8000-000000000000",
    "/a/b",
    "/a~1b/-",
    "a/0/b",
    "{{range .}}{{.}}{{end}}",
    "{{.a.b | printf \"%d\"}}",
    "{{",
    "0x1F",
    "1e400",
    "1e-400",
    "-0",
    "NaN",
    "{ a(b: 1) { c } }",
    "type Query { a: [Int!]! }",
];

const NUMBERS: [&str; 18] = [
    "0",
    "1",
    "-1",
    "2",
    "63",
    "64",
    "65536",
    "1.5",
    "-0.0",
    "1e9",
    "1e400",
    "1e-400",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "253402300799999999999",
    "0.1",
    "123456789012345678901234567890.5",
];

/// Objects and arrays that some functions expect, as JSON.
const SHAPES: [&str; 16] = [
    "{\"op\": \"add\", \"path\": \"/a/-\", \"value\": 1}",
    "{\"op\": \"move\", \"from\": \"/a\", \"path\": \"/a/b\"}",
    "[{\"op\": \"copy\", \"from\": \"\", \"path\": \"/a\"}]",
    "{\"type\": \"object\", \"properties\": {\"a\": {\"$ref\": \"#\"}}}",
    "{\"$ref\": \"#/definitions/a\", \"definitions\": {\"a\": {\"$ref\": \"#/definitions/a\"}}}",
    "{\"pattern\": \"(a+)+$\", \"minLength\": -1, \"multipleOf\": 0}",
    "{\"a\": [\"b\"], \"b\": [\"a\", \"c\"]}",
    "{\"a\": {\"a\": {\"a\": {}}}}",
    "[\"a\", \"b\", \"\"]",
    "[[1, 2], [3]]",
    "[[\"a\", 0, \"b\"], \"a/b/c\"]",
    "{\"alg\": \"HS256\", \"typ\": \"JWT\"}",
    "{\"kty\": \"oct\", \"k\": \"YQ\"}",
    "{\"keys\": [{\"kty\": \"RSA\", \"n\": \"AQ\", \"e\": \"AQAB\"}]}",
    "{\"secret\": \"a\", \"alg\": \"HS256\", \"time\": 0}",
    "[0, \"Europe/Berlin\", \"RFC822\"]",
];

/// A call of one function.
pub fn functions(bytes: &[u8]) {
    let mut chance = Chance::from_bytes(bytes);
    let version = [Version::V1, Version::V0][chance.below(2)];
    let names: Vec<_> = all()
        .filter(|listed| listed.support == Support::Here)
        .map(|listed| listed.name)
        .collect();
    // There are more functions than a byte has values.
    let name = names[(chance.below(256) + 256 * chance.below(2)) % names.len()];
    let arguments: Vec<_> = (0..6).map(|_| argument(&mut chance)).collect();
    let as_set = chance.below(8);
    let input = format!("[{}]", arguments.join(","));
    // The compiler refuses too few and too many arguments.
    let Some(policy) = (0..=6).find_map(|count| call(name, count, as_set, version)) else {
        return;
    };
    let answered = modules::ask(&policy, "data.p", &input);
    if !name.starts_with("rand.") && name != "uuid.rfc4122" {
        assert_eq!(
            modules::ask(&policy, "data.p", &input),
            answered,
            "{name} {input}"
        );
    }
}

fn call(name: &str, count: usize, as_set: usize, version: Version) -> Option<Policy> {
    let arguments: Vec<_> = (0..count)
        .map(|i| {
            if i == as_set {
                format!("{{x | x := input[{i}][_]}}")
            } else {
                format!("input[{i}]")
            }
        })
        .collect();
    let body = format!("{name}({})", arguments.join(", "));
    let text = match version {
        Version::V0 => format!("package p\n\nr = x {{ x := {body} }}\n"),
        Version::V1 => format!("package p\n\nr := x if {{ x := {body} }}\n"),
    };
    let source = Source {
        path: "p.rego".to_owned(),
        text,
    };
    modules::compile(vec![source], version, false).ok()
}

fn argument(chance: &mut Chance<'_>) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    match chance.below(8) {
        0..=2 => quoted(chance.one_of(&TEXTS)),
        3 => quoted(&format!(
            "{}{}",
            chance.one_of(&TEXTS),
            chance.one_of(&TEXTS)
        )),
        4 => chance.one_of(&NUMBERS).to_owned(),
        5 => chance.one_of(&SHAPES).to_owned(),
        6 => {
            let items: Vec<_> = (0..chance.below(4)).map(|_| argument(chance)).collect();
            format!("[{}]", items.join(","))
        }
        _ => Tree::of_chance(chance, 3).json(),
    }
}
