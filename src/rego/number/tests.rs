//! Every expected text is what real OPA 1.22.2 prints for the expression.

use super::{Number, Uncomputable};

fn n(text: &str) -> Number {
    Number::parse_literal(text).unwrap_or_else(|| panic!("{text} is a number"))
}

fn shown(result: Result<Number, Uncomputable>) -> String {
    result.map_or_else(|error| error.to_string(), |number| number.to_string())
}

#[test]
fn what_is_written_stays() {
    for text in [
        "1",
        "1.0",
        "90.0",
        "1e3",
        "-0",
        "1E+2",
        "18446744073709551617",
    ] {
        assert_eq!(n(text).to_string(), text);
    }
    assert!(Number::parse("1e1000000000").is_none());
    assert!(Number::parse("01").is_none());
    assert!(Number::parse("1.").is_none());
}

#[test]
fn texts_of_one_number_are_equal() {
    assert_eq!(n("1"), n("1.0"));
    assert_eq!(n("1e3"), n("1000"));
    assert!(n("0.1") < n("0.10000000000000000000000001"));
    assert!(n("-1e400") < n("-1e399"));
    assert!(n("9007199254740993") > n("9007199254740992"));
}

#[test]
fn sums_and_products() {
    assert_eq!(shown(n("0.1").plus(&n("0.2"))), "0.3");
    assert_eq!(shown(n("1").minus(&n("0.9"))), "0.10000000000000000002");
    assert_eq!(
        shown(n("9223372036854775807").plus(&n("1"))),
        "9223372036854775808"
    );
    assert_eq!(shown(n("1e3").plus(&n("1"))), "1001");
    assert_eq!(shown(n("1.5").times(&n("2"))), "3");
    assert_eq!(shown(n("1").divided_by(&n("3"))), "0.33333333333333333334");
    assert_eq!(shown(n("10").divided_by(&n("5"))), "2");
    assert_eq!(shown(n("1").divided_by(&n("0"))), "divide by zero");
    assert_eq!(shown(n("1").modulo(&n("0"))), "modulo by zero");
    assert_eq!(
        shown(n("1").modulo(&n("0.5"))),
        "modulo on floating-point number"
    );
    assert_eq!(shown(n("-7").modulo(&n("3"))), "-1");
}

#[test]
fn roundings() {
    assert_eq!(shown(n("2.5").round()), "3");
    assert_eq!(shown(n("-2.5").round()), "-3");
    assert_eq!(shown(n("2.1").ceil()), "3");
    assert_eq!(shown(n("-2.1").floor()), "-3");
    assert_eq!(shown(n("-2.5").abs()), "2.5");
}
