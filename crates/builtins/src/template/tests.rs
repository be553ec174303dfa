//! Templates with what real OPA makes of them, and templates that are meant to do harm.

use crate::Failure;
use crate::patterns::Room;
use values::{Value, Version, json};

const DATA: &str = r#"{"s": "hi <b>", "n": 3, "z": 0, "t": true, "no": false, "nil": null,
    "l": ["a", "b", 1, null], "e": [], "m": {"a": 1, "b": {"c": "d"}}}"#;

fn rendered(template: &str, version: Version) -> String {
    let mut host = Room::new(version);
    let args = [Value::from(template), json::parse(DATA).unwrap()];
    match super::render(&mut host, &args) {
        Ok(Some(Value::String(text))) => text.to_string(),
        Ok(other) => format!("{other:?}"),
        Err(Failure::Limit(why)) => format!("limit: {why}"),
        Err(Failure::Refused(why)) => format!("refused: {why}"),
        Err(Failure::Type(_) | Failure::Failed(_)) => "error".to_owned(),
    }
}

#[rustfmt::skip]
const RENDERED: &[(&str, &str)] = &[
    ("plain", "plain"),
    ("{{.s}} {{ .n }} {{.l}} {{.m}}", "hi <b> 3 [a b 1 <nil>] map[a:1 b:map[c:d]]"),
    ("{{.m.b.c}}{{$.n}}", "d3"),
    ("{{if .z}}yes{{else}}no{{end}}", "yes"),
    ("{{if .no}}1{{else if .t}}2{{else}}3{{end}}", "2"),
    ("{{range $i, $e := .l}}{{$i}}={{$e}};{{end}}", "0=a;1=b;2=1;3=<no value>;"),
    ("{{range $k, $v := .m}}{{$k}},{{end}}{{range .e}}x{{else}}none{{end}}", "a,b,none"),
    ("{{range .l}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"),
    ("{{range $i := 3}}{{if eq $i 1}}{{continue}}{{end}}{{$i}}{{end}}", "02"),
    ("{{with .nil}}a{{else with .s}}{{.}}{{end}}", "hi <b>"),
    ("{{$x := 1}}{{if .t}}{{$x = 2}}{{end}}{{$x}}", "2"),
    ("{{index .m \"b\" \"c\"}} {{len .l}} {{slice .s 0 2}}", "d 4 hi"),
    ("{{eq .n \"3\"}} {{ne 1 2}} {{lt 1 2}} {{and 1 0}} {{or 0 \"x\"}} {{not .e}}", "true true true 0 x true"),
    ("{{print .s 1 2}} {{printf \"%s|%5d|%q|%t\" .s 5 \"x\" true}}", "hi <b>1 2 hi <b>|    5|\"x\"|true"),
    ("{{printf \"%d\" .n}}", "%!d(json.Number=3)"),
    ("{{.s | html}} {{js \"a'b\"}} {{urlquery .s}}", "hi &lt;b&gt; a\\'b hi+%3Cb%3E"),
    ("a {{- .n -}} b {{/* c */ -}} d", "a3b d"),
    ("{{define \"t\"}}<{{.}}>{{end}}{{template \"t\" .n}}{{block \"b\" .s}}B{{.}}{{end}}", "<3>Bhi <b>"),
    ("{{\"a\\t\\u00e9\"}} {{`raw`}} {{'x'}} {{0x1F}} {{1e7}} {{1.50}}", "a\té raw 120 31 1e+07 1.5"),
    ("{{.nil.x}}", "error"),
    ("{{eq 1 1.0}}", "error"),
    ("{{range .s}}{{end}}", "error"),
    ("{{template \"nope\"}}", "error"),
    ("{{foo}}", "error"),
    ("{{.s", "error"),
    ("{{end}}", "error"),
    ("{{$x}}", "error"),
    ("{{if .t}}", "error"),
];

#[test]
fn templates_are_rendered_as_in_opa() {
    for (template, expected) in RENDERED {
        for version in [Version::V0, Version::V1] {
            let expected = match version {
                Version::V0 => (*expected).to_owned(),
                Version::V1 => expected.replace("<no value>", "<undefined>"),
            };
            assert_eq!(rendered(template, version), expected, "{template}");
        }
    }
}

/// OPA 0.70 finds an error in what 1.22 shows as undefined.
#[test]
fn what_is_missing_is_shown_in_the_newer_version_only() {
    for (template, shown) in [
        ("{{.missing}}", "<undefined>"),
        ("{{.missing.deeper}}", "<undefined>"),
        ("{{if .missing}}x{{else}}y{{end}}", "y"),
    ] {
        assert_eq!(rendered(template, Version::V0), "error", "{template}");
        assert_eq!(rendered(template, Version::V1), shown, "{template}");
    }
}

#[test]
fn harmful_templates_end_within_bounds() {
    for template in [
        "{{range 1000000000}}x{{end}}",
        "{{range 10000}}{{range 10000}}{{end}}{{end}}",
        "{{range 1000}}{{range 1000}}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{{end}}{{end}}",
        "{{define \"t\"}}{{template \"t\" .}}{{template \"t\" .}}{{end}}{{template \"t\" .}}",
    ] {
        let ended = rendered(template, Version::V1);
        assert!(ended.starts_with("limit: "), "{template}: {ended:.80}");
    }
    for function in [
        "print",
        "println",
        "html",
        "js",
        "urlquery",
        "printf \"%s%s\"",
    ] {
        let doubling = format!("{{{{$x = {function} $x $x}}}}").repeat(25);
        let ended = rendered(&format!("{{{{$x := .s}}}}{doubling}"), Version::V1);
        assert!(ended.starts_with("limit: "), "{function}: {ended:.80}");
    }
    let word = "word ".repeat(1_000);
    for work in [
        "len $x",
        "eq $x $x",
        "lt $x $x",
        "html $x",
        "slice $x 1",
        "print $x",
        "printf \"%s\" $x",
    ] {
        let template =
            format!("{{{{$x := `{word}`}}}}{{{{range 1000}}}}{{{{$y := {work}}}}}{{{{end}}}}");
        let ended = rendered(&template, Version::V1);
        assert!(ended.starts_with("limit: "), "{work}: {ended:.80}");
    }
    let literal = format!("{{{{range 1000}}}}{{{{$y := `{word}`}}}}{{{{end}}}}");
    assert!(rendered(&literal, Version::V1).starts_with("limit: "));
    for (open, close) in [("{{if .t}}", "{{end}}"), ("{{with .s}}", "{{end}}")] {
        let deep = format!("{}{}", open.repeat(5_000), close.repeat(5_000));
        assert!(rendered(&deep, Version::V1).starts_with("limit: "));
    }
    let deep = format!("{{{{{}1{}}}}}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(rendered(&deep, Version::V1).starts_with("limit: "));
    let long = format!("{{{{{}1}}}}", "print 1 | ".repeat(5_000));
    assert_eq!(rendered(&long, Version::V1), "error");
}
