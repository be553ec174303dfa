//! What `with` can't replace. Each list is what OPA 0.70 and 1.22 print.

use super::wrong;
use values::Version;

const NOTHING: &str =
    "rego_type_error: with keyword target must reference existing input, data, or a function";

#[test]
fn of_a_body_the_first_target_that_is_not_there_is_reported() {
    let module = "package p
r {
  input.x with foo.a as 1 with foo.b as 2
  input.y with foo.c as 1
  [1 | input.z with foo.d as 1]
}
s {
  count([1 |
    input.z with foo.e as 1
    input.z with foo.g as 1
  ]) > 0
}
";
    let expected = [3, 9].map(|line| format!("{line}: {NOTHING}"));
    assert_eq!(wrong(&[module], Version::V0), expected);
}
