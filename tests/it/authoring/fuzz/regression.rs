//! Inputs that fuzzing found, in plain text.

use document::Limits;
use harness_image_guard::{Config, Guard};

/// JSON allows them, and YAML (production `c-printable`) doesn't. A file with one, even a JSON file, is refused with
/// its code, and never read as something else.
#[test]
fn a_character_that_yaml_has_not_is_refused_by_its_code() {
    for (text, code) in [
        ("[\"\u{7f}\"]", "U+007F"),
        ("{\"a\": \"\u{80}\"}", "U+0080"),
    ] {
        let documents = document::parse(text, &Limits::default());
        let [Err(fault)] = documents.as_slice() else {
            panic!("{documents:?}");
        };
        assert!(fault.message.contains(code), "{fault}");
        assert_eq!(fault.span.slice(text).chars().count(), 1, "{fault:?}");
    }
}

/// A guard for each request doesn't load the policies each time.
#[cfg(target_os = "linux")]
#[test]
fn many_guards_are_small_beside_the_policies_that_they_share() {
    let guards = |count: usize| -> Vec<Guard> {
        (0..count)
            .map(|_| Guard::new(Config::default()).unwrap())
            .collect()
    };
    let _few = guards(20);
    let before = resident_kilobytes();
    let many = guards(1000);
    let grown = resident_kilobytes().saturating_sub(before);
    assert!(grown < 40_000, "{grown} kB for {} guards", many.len());
}

#[cfg(target_os = "linux")]
fn resident_kilobytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.unwrap().parse().unwrap()
}
