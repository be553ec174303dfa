//! The expected strings are those of OPA 1.22.

use super::*;

fn number(text: &str) -> Number {
    Number::parse_literal(text).unwrap()
}

type Binary = fn(&Number, &Number) -> Result<Number, Uncomputable>;
type Unary = fn(&Number) -> Result<Number, Uncomputable>;

#[track_caller]
fn computes(operation: Binary, a: &str, b: &str, expected: &str) {
    let result = operation(&number(a), &number(b));
    assert_eq!(
        result.map_or_else(|e| e.to_string(), |n| n.to_string()),
        expected,
        "{a}, {b}"
    );
}

#[track_caller]
fn becomes(operation: Unary, a: &str, expected: &str) {
    let result = operation(&number(a));
    assert_eq!(
        result.map_or_else(|e| e.to_string(), |n| n.to_string()),
        expected,
        "{a}"
    );
}

#[test]
fn reads_json_and_literals() {
    for text in [
        "0",
        "-0",
        "90.0",
        "1e3",
        "1E+3",
        "-1.5e-7",
        "0.0e5",
        "0e999999999",
        "9223372036854775808",
    ] {
        assert_eq!(Number::parse(text).unwrap().to_string(), text);
    }
    for text in [
        "", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+-3", "0x1", "inf", "NaN", "1_0", " 1",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
    for (text, json) in [
        (".5", "0.5"),
        ("-.5e3", "-0.5e3"),
        ("0123", "123"),
        ("1.50", "1.50"),
    ] {
        assert_eq!(number(text).to_string(), json);
    }
    for text in ["1.", "1e", "abc", ""] {
        assert!(Number::parse_literal(text).is_none(), "{text}");
    }
}

/// The limits in OPA's own tests of its parser.
#[test]
fn refuses_what_is_too_big() {
    for text in [
        "10245423601e680507880",
        "-10245423601e680507880",
        "1.010034059e-301030",
        "9.900656229e+301029",
        "1e400000",
        "1e99999999999999999999999",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
    assert!(Number::parse("1e30102").is_some());
    assert!(Number::parse("1e30103").is_none());
    assert!(Number::parse(&"9".repeat(30_102)).is_some());
    assert!(Number::parse(&"9".repeat(40_000)).is_none());
}

#[test]
fn compares_exactly() {
    let ordered = [
        "-1e3",
        "-28857836529306024611913",
        "-2",
        "-1.5",
        "-1e-30000",
        "0",
        "1e-30000",
        "1e-29999",
        "0.1",
        "0.10000000000000000000000000000000001",
        "1",
        "1.5",
        "9.99",
        "10",
        "1e1000",
    ];
    let mut sorted = ordered.map(number);
    sorted.sort();
    assert_eq!(
        sorted.map(|n| n.to_string())[..2],
        ["-28857836529306024611913", "-1e3"]
    );
    for pair in ordered.windows(2).skip(2) {
        assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        assert!(number(pair[1]) > number(pair[0]), "{pair:?}");
    }
    for (a, b) in [
        ("1", "1.0"),
        ("-0", "0"),
        ("0e5", "0.00"),
        ("1e3", "1000"),
        ("-1.50", "-15e-1"),
        ("0.001", "1e-3"),
        ("12e-1", "1.2"),
    ] {
        assert_eq!(number(a), number(b));
    }
    assert_ne!(
        number("28857836529306024611913"),
        number("28857836529306024611912")
    );
    assert_ne!(number("9223372036854775807"), number("9223372036854775808"));
}

#[test]
fn knows_integers() {
    assert_eq!(number("1.0").as_i64(), Some(1));
    assert_eq!(number("-0").as_i64(), Some(0));
    assert_eq!(number("1e0").as_i64(), None);
    assert_eq!(number("1.5").as_i64(), None);
    assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
    assert_eq!(number("9223372036854775808").as_i64(), None);
    assert_eq!(number("2.0").as_index(), Some(2));
    assert_eq!(number("-1").as_index(), None);
    assert_eq!(number("1.5e1").as_bigint(), Some(15.into()));
    assert_eq!(number("1.50").as_bigint(), None);
    assert_eq!(number("0e999999999").as_bigint(), Some(0.into()));
}

#[test]
fn adds_and_subtracts() {
    computes(Number::plus, "0.1", "0.2", "0.3");
    computes(Number::plus, "1.0", "1.0", "2");
    computes(Number::plus, "1e1", "1", "11");
    computes(Number::plus, "1234567.5", "0", "1.2345675e+06");
    computes(Number::plus, "1e-5", "0", "1e-05");
    computes(
        Number::plus,
        "9223372036854775807",
        "1",
        "9223372036854775808",
    );
    computes(
        Number::plus,
        "18446744073709551616",
        "1",
        "18446744073709551617",
    );
    computes(
        Number::plus,
        "28857836529306024611913",
        "1",
        "28857836529306024611914",
    );
    computes(Number::plus, "1e30", "1", "1000000000000000000000000000001");
    computes(
        Number::plus,
        "123456789012345678901234567890.5",
        "1",
        "123456789012345678900000000000",
    );
    computes(
        Number::minus,
        "-9223372036854775808",
        "1",
        "-9223372036854775809",
    );
    computes(Number::minus, "0.3", "0.1", "0.20000000000000000002");
    computes(Number::minus, "1", "0.9", "0.10000000000000000002");
}

#[test]
fn multiplies_and_divides() {
    computes(Number::times, "0", "-1", "0");
    computes(Number::times, "1000000", "1.5", "1500000");
    computes(Number::times, "0.1", "3", "0.3");
    computes(Number::times, "100000", "1.1", "110000");
    computes(
        Number::times,
        "1e30",
        "1e30",
        &format!("1{}", "0".repeat(60)),
    );
    computes(Number::divided_by, "1", "3", "0.33333333333333333334");
    computes(Number::divided_by, "0", "-5", "-0");
    computes(Number::divided_by, "10", "2", "5");
    computes(Number::divided_by, "1", "0", "divide by zero");
    computes(Number::divided_by, "1", "0.0", "divide by zero");
    computes(
        Number::divided_by,
        "-9223372036854775808",
        "-1",
        "9223372036854775808",
    );
}

#[test]
fn takes_what_is_left() {
    computes(Number::modulo, "5", "2.0", "1");
    computes(Number::modulo, "-5", "3", "-2");
    computes(Number::modulo, "5", "0", "modulo by zero");
    computes(Number::modulo, "5", "0.0", "modulo by zero");
    computes(
        Number::modulo,
        "5",
        "0.5",
        "modulo on floating-point number",
    );
    computes(Number::modulo, "-9223372036854775808", "-1", "0");
    computes(
        Number::modulo,
        "18446744073709551617",
        "18446744073709551616",
        "1",
    );
    computes(Number::modulo, "10", "18446744073709551616", "10");
}

#[test]
fn rounds() {
    becomes(Number::round, "2.5", "3");
    becomes(Number::round, "-2.5", "-3");
    becomes(Number::round, "-0.2", "0");
    becomes(Number::floor, "5.5", "5");
    becomes(Number::floor, "-5.5", "-6");
    becomes(Number::ceil, "5.5", "6");
    becomes(Number::ceil, "-5.5", "-5");
    becomes(Number::abs, "-1.50", "1.5");
    becomes(
        Number::abs,
        "-12345678901234567890123",
        "12345678901234567890000",
    );
    becomes(Number::abs, "-1e30", "1000000000000000000000000000000");
    becomes(Number::abs, "-9223372036854775808", "9223372036854775808");
}

/// These are OPA's answers, not those of mathematics.
#[test]
fn rounds_as_wrong_as_opa() {
    becomes(Number::ceil, "-0.5", "1");
    becomes(Number::floor, "-0.5", "0");
    becomes(Number::floor, "1e30", "1000000000000000000024696061952");
}

#[test]
fn shows_doubles_as_go_does() {
    for (double, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (100_000.0, "100000"),
        (1e6, "1e+06"),
        (1.5e-7, "1.5e-07"),
        (1e21, "1e+21"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-123.456, "-123.456"),
    ] {
        assert_eq!(Number::from_f64(double).unwrap().to_string(), text);
    }
    assert!(Number::from_f64(f64::NAN).is_none());
    assert!(Number::from_f64(f64::INFINITY).is_none());
}

/// These are the largest numbers that can be parsed. Their product is the largest that can be computed.
#[test]
fn ends_soon_whatever_the_exponent() {
    let big = number("1e30000");
    let product = big.times(&big).unwrap();
    assert_eq!(product.to_string().len(), 60_001);
    assert_eq!(product.times(&big), Err(Uncomputable::TooBig));
    let small = number("1.5e-30000");
    assert_eq!(
        small.times(&small).unwrap().to_string(),
        "2.2500000000000000001e-60000"
    );
    assert_eq!(big.plus(&small), Ok(big.clone()));
    assert_eq!(small.divided_by(&big).unwrap().to_string(), "1.5e-60000");
    assert_eq!(small.floor().unwrap(), number("0"));
}

/// OPA 0.70 prints such numbers as they are written; computing with them takes it hours, or makes it crash.
#[test]
fn numbers_of_any_size_are_kept_and_not_computed_with() {
    let huge = Number::parse_unbounded("1e1000000000").unwrap();
    assert_eq!(huge.to_string(), "1e1000000000");
    assert_eq!(Number::parse("1e1000000000"), None);
    assert_eq!(huge, Number::parse_unbounded("10e999999999").unwrap());
    assert!(huge > Number::parse_unbounded("1e999999999").unwrap());
    assert!(Number::parse_unbounded("-1e99999999999999999999").unwrap() < number("0"));
    assert!(Number::parse_unbounded("1e-99999999999999999999").unwrap() > number("0"));
    let one = number("1");
    let tiny = Number::parse_unbounded("1e-1000000000").unwrap();
    for far in [&huge, &tiny] {
        assert_eq!(far.plus(&one), Err(Uncomputable::TooBig));
        assert_eq!(one.rounded_times(far), Err(Uncomputable::TooBig));
        assert_eq!(one.divided_by(far), Err(Uncomputable::TooBig));
        assert_eq!(far.abs(), Err(Uncomputable::TooBig));
        assert_eq!(far.round(), Err(Uncomputable::TooBig));
        assert_eq!(far.as_bigint(), None);
        assert_eq!(far.as_rounded_bigint(), None);
    }
    assert_eq!(Number::parse_unbounded("01"), None);
    assert_eq!(Number::parse_unbounded("1e"), None);
    let digits = "7".repeat(1000);
    assert_eq!(
        Number::parse_unbounded(&digits).unwrap().to_string(),
        digits
    );
}

#[test]
fn small_integers_are_multiplied_as_floats_are() {
    let number = |text: &str| Number::parse(text).unwrap();
    for (a, b) in [
        (1, 1),
        (-3, 7),
        (999, 1_001),
        (1_000, 999),
        (1_000, 1_000),
        (0, -5),
        (-1_000_000, 1),
    ] {
        let small = number(&a.to_string())
            .float_times(&number(&b.to_string()))
            .unwrap();
        let float = number(&format!("{a}.0"))
            .float_times(&number(&b.to_string()))
            .unwrap();
        assert_eq!(small.to_string(), float.to_string(), "{a} * {b}");
    }
}
