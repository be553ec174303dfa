//! A document in a string of another one has its spans in the outer text.

use crate::{EmbeddedError, Limits, Step, embedded, parse};

fn path() -> [Step; 2] {
    ["trigger", "inputYaml"].map(|key| Step::Key(key.to_owned()))
}

/// The outer text at the inner path `a.b`, the line of its key, and whether a value inside may be edited.
fn seen(text: &str) -> (String, bool) {
    let outer = parse(text, &Limits::default()).remove(0).unwrap();
    let read = embedded(&outer, text, &path(), &Limits::default())
        .unwrap()
        .unwrap();
    let mut inner = path().to_vec();
    inner.extend(["a", "b"].map(|key| Step::Key(key.to_owned())));
    let node = read.root.at(&inner).unwrap();
    assert_eq!(node.as_str(), Some("docker.io/node:1"), "{text}");
    let is_shared = read.shared.iter().any(|shared| shared.contains(node.span));
    (node.span.slice(text).to_owned(), !is_shared)
}

#[test]
fn a_literal_block_is_exact_and_can_be_edited() {
    for text in [
        "trigger:\n  inputYaml: |\n    a:\n      b: docker.io/node:1\n",
        "trigger:\n  inputYaml: |-\n    a:\n      b: docker.io/node:1",
        "trigger:\n  inputYaml: |+\n    a:\n      b: docker.io/node:1\n\n\n",
        "trigger:\n  inputYaml: |2  # a comment\n    a:\n      b: docker.io/node:1\n",
        "trigger:\r\n  inputYaml: |\r\n    a:\r\n\r\n      b: docker.io/node:1\r\n",
        "trigger:\n  inputYaml: |\n\n    # é\n    a:\n  \n      b: docker.io/node:1\n  other: 1\n",
        "trigger:\n  inputYaml: !!str &x |\n    a: {b: docker.io/node:1}\n",
    ] {
        assert_eq!(seen(text), ("docker.io/node:1".to_owned(), true), "{text}");
    }
}

#[test]
fn what_stands_there_as_it_is_is_exact_but_not_edited() {
    for text in [
        "trigger:\n  inputYaml: '{a: {b: docker.io/node:1}}'\n",
        "trigger:\n  inputYaml: \"{a: {b: docker.io/node:1}}\"\n",
        "{\"trigger\": {\"inputYaml\": \"{a: {b: docker.io/node:1}}\"}}",
        "trigger:\n  inputYaml: >\n    a:\n      b: docker.io/node:1\n",
    ] {
        assert_eq!(seen(text), ("docker.io/node:1".to_owned(), false), "{text}");
    }
}

#[test]
fn what_was_escaped_or_folded_is_the_whole_text() {
    for scalar in [
        "\"a:\\n  b: docker.io/node:1\\n\"",
        "'a: {b: ''docker.io/node:1''}'",
        "\"{a:\n    {b: docker.io/node:1}}\"",
        ">\n    {a:\n    {b: docker.io/node:1}}",
    ] {
        let text = format!("trigger:\n  inputYaml: {scalar}\n");
        assert_eq!(seen(&text), (scalar.to_owned(), false), "{text}");
    }
}

#[test]
fn a_fault_stands_in_the_outer_text() {
    let error = |text: &str| {
        let outer = parse(text, &Limits::default()).remove(0).unwrap();
        let error = embedded(&outer, text, &path(), &Limits::default()).unwrap_err();
        match error {
            EmbeddedError::Parse(error) => error.span.slice(text).to_owned(),
            EmbeddedError::Many(span) => span.slice(text).to_owned(),
        }
    };
    assert_eq!(error("trigger:\n  inputYaml: |\n    a: [b\n"), "[");
    assert_eq!(
        error("trigger:\n  inputYaml: \"a: [b\\n\"\n"),
        "\"a: [b\\n\""
    );
    assert_eq!(
        error("trigger:\n  inputYaml: |\n    a: 1\n    ---\n    b: 2\n"),
        "---\n    b: 2"
    );
    // An alias in the outer text isn't known in the inner one.
    assert_eq!(
        error("trigger:\n  x: &x 1\n  inputYaml: |\n    a: *x\n"),
        "*x"
    );
}

#[test]
fn repeated_keys_and_sizes_count_on() {
    let text = "trigger:\n  a: 1\n  a: 2\n  inputYaml: |\n    b: 1\n    b: [1, 2]\n";
    let outer = parse(text, &Limits::default()).remove(0).unwrap();
    let read = embedded(&outer, text, &path(), &Limits::default())
        .unwrap()
        .unwrap();
    let repeated: Vec<_> = read
        .repeated_keys
        .iter()
        .map(|key| (key.path().len(), key.span.slice(text), key.last.start))
        .collect();
    assert_eq!(repeated, [(2, "a", 18), (3, "b", 51)]);
    assert_eq!(read.node_count, outer.node_count + 5);
}

#[test]
fn what_holds_nothing_is_no_document() {
    for scalar in [
        "''",
        "|\n    # only a comment\n",
        "5",
        "{a: 1}",
        "~",
        "'---'",
    ] {
        let text = format!("trigger:\n  inputYaml: {scalar}\n");
        let outer = parse(&text, &Limits::default()).remove(0).unwrap();
        assert_eq!(
            embedded(&outer, &text, &path(), &Limits::default()),
            Ok(None),
            "{text}"
        );
    }
}

/// Every span of an inner tree is within the outer scalar, whatever the text is.
#[test]
fn no_place_lies_outside_of_the_scalar() {
    let pieces = [
        "a:", "\n", "  ", "b", "- ", "é", "'", "\"", "\\n", "#", "\t", ": ", "{", "}", "|", "\r\n",
    ];
    let mut state: u64 = 1;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut read = 0;
    for _ in 0..20_000 {
        let inner: String = (0..random(12))
            .map(|_| pieces[random(pieces.len())])
            .collect();
        let style = ["|", ">", "|-", "'", "\"", "|2", ""][random(7)];
        let text = match style {
            "'" | "\"" => format!("trigger:\n  inputYaml: {style}{inner}{style}\n  z: 1\n"),
            "" => format!("trigger:\n  inputYaml: {inner}\n  z: 1\n"),
            block => format!(
                "trigger:\n  inputYaml: {block}\n    {}\n  z: 1\n",
                inner.replace('\n', "\n    ")
            ),
        };
        let Ok(outer) = parse(&text, &Limits::default()).remove(0) else {
            continue;
        };
        let Some(scalar) = outer.root.at(&path()).map(|node| node.span) else {
            continue;
        };
        match embedded(&outer, &text, &path(), &Limits::default()) {
            Ok(Some(document)) => {
                read += 1;
                let node = document.root.at(&path()).unwrap();
                let mut nodes = vec![node];
                while let Some(node) = nodes.pop() {
                    assert!(scalar.contains(node.span), "{text:?}");
                    assert!(
                        text.get(node.span.start as usize..node.span.end as usize)
                            .is_some()
                    );
                    nodes.extend(node.as_sequence().unwrap_or_default());
                    for entry in node.as_mapping().into_iter().flatten() {
                        assert!(scalar.contains(entry.key_span), "{text:?}");
                        nodes.push(&entry.node);
                    }
                }
            }
            Err(EmbeddedError::Parse(error)) => assert!(scalar.contains(error.span), "{text:?}"),
            _ => {}
        }
    }
    assert!(read > 1_000, "{read}");
}
