//! Calls with the answers of OPA 1.22.2 with strict built-in errors: the value as `json.marshal` writes it, or the
//! error message.

use super::{Cache, Call, Failure, Host, Outcome, find};
use values::{Value, Version, json};

struct Alone(Cache);

impl Host for Alone {
    fn charge(&mut self, values: usize) -> Result<(), Failure> {
        if values > 1_000_000 {
            return Err(Failure::Limit("too large".to_owned()));
        }
        Ok(())
    }

    fn now(&mut self) -> Result<i64, Failure> {
        Ok(7)
    }

    fn ask(&mut self, function: &str, _: &[Value]) -> Outcome {
        Err(Failure::Refused(format!("{function} isn't answered here")))
    }

    fn version(&self) -> Version {
        Version::V1
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.0
    }
}

fn answer(name: &str, operands: &str) -> String {
    let Ok(Value::Array(operands)) = json::parse(operands) else {
        panic!("{operands}: an array of operands is needed");
    };
    let outcome = match find(name).unwrap().call {
        Call::Pure(compute) => compute(&operands),
        Call::Bounded(compute) | Call::Hosted(compute) => {
            compute(&mut Alone(Cache::default()), &operands)
        }
        Call::Evaluator => panic!("{name} is the evaluator's"),
    };
    match outcome {
        Ok(Some(value)) => json::write(&value),
        Ok(None) => "undefined".to_owned(),
        Err(Failure::Type(message) | Failure::Failed(message)) => message,
        Err(Failure::Limit(message)) => format!("limit: {message}"),
        Err(Failure::Refused(message)) => format!("refused: {message}"),
    }
}

#[test]
fn functions_answer_as_in_opa() {
    let differing: Vec<_> = ANSWERS
        .iter()
        .map(|(name, operands, expected)| (name, operands, answer(name, operands), expected))
        .filter(|(_, _, answer, expected)| answer != *expected)
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn what_would_be_too_large_is_refused() {
    assert_eq!(answer("net.cidr_expand", r#"["::/0"]"#), "limit: too large");
    assert_eq!(
        answer("net.cidr_expand", r#"["10.0.0.0/8"]"#),
        "limit: too large"
    );
    let deep = format!(r#"["{}"]"#, "[".repeat(600));
    let deep = answer("yaml.unmarshal", &deep);
    assert!(deep.starts_with("limit: yaml: line 1: "), "{deep}");
    let tenfold = (1..7).map(|i| {
        let again = vec![format!("*a{}", i - 1); 10].join(", ");
        format!("a{i}: &a{i} [{again}]\\n")
    });
    let first = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\\n");
    let copied: String = std::iter::once(first).chain(tenfold).collect();
    assert_eq!(
        answer("yaml.is_valid", &format!(r#"["{copied}"]"#)),
        "limit: yaml: document contains excessive aliasing"
    );
}

const KEY: &str = r#"{"n": "v_0lMcmSUxYlk37qnniv9gQyk1PIXn0OsAUwmN3hKPScRlB0cKM1RVHTkFbQ5pfK4BisldDG_t4hudNrLJH238FHACFryzS0VADJCVKBEPjAJaUE3JKPh4-FkenTVkdYnM0oZ9VYlMA-E2K7PgQtotrik4jw3WMmxzJl6fWMdfM", "d": "Ygvou9ViSdZMmFe_f_DIhA4-ueiWslKRdqkf2WGuxFivmmUqIf_ni6AvOE5t3uV0MR_Iu7XkenJ8rMbgu-FLPrQnEvHaLxdeevnN1nIbUnTE23G5z2t15cOLaGTOXId-KjlSDAV8H4543oDpj2ZwimSVuVclIcamnmSb7SG_CDE", "p": "-Mks8w17d7QfycAJFhE57_yscQAC87SpXSBo3xUdKEnqBZ_LpMAoPF3U7d569LQHLJMNgT4ppc3Ch5X3Pvoe6w", "q": "xY5YglYySyaRbAM9Si8E51-1JowehPvqwL839KPDXEYOLgDizsnIHv_ZaqaPRxFFbHP2nWH_3tjE8VkEj3wTGQ", "dp": "jA3EzjdC0IqIcq028ENWWHHoKd0VzFhiF9kM8LkUJwAlTHE-1UqP3Bv-qMJcebF3cHKAYce67mo9HtMf00Y_bQ", "dq": "FpP4JZ04TkJwKEoOfSX2h4L2rxsgec5YvAKeoIT-1NLk1_kd8sg46OIQtRGoGlUs_AIc00vZ9FwN1g94Z_WkMQ", "qi": "zCUAsox4W5yXAApByPnx7WrbWXopTZqI9s6UWLpazs2V3n877hn_giViruFKdPCbBK6ub0tV6bfWmzuSp01hQQ", "kty": "RSA", "e": "AQAB"}"#;

/// What OPA makes of keys in PEM, and of text without one.
#[test]
fn private_keys_are_read() {
    let pem = "-----BEGIN PRIVATE KEY-----\nMIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAL/9JTHJklMWJZN+\n6p54r/YEMpNTyF59DrAFMJjd4Sj0nEZQdHCjNUVR05BW0OaXyuAYrJXQxv7eIbnT\nayyR9t/BRwAha8s0tFQAyQlSgRD4wCWlBNySj4ePhZHp01ZHWJzNKGfVWJTAPhNi\nuz4ELaLa4pOI8N1jJscyZen1jHXzAgMBAAECgYBiC+i71WJJ1kyYV79/8MiEDj65\n6JayUpF2qR/ZYa7EWK+aZSoh/+eLoC84Tm3e5XQxH8i7teR6cnysxuC74Us+tCcS\n8dovF156+c3WchtSdMTbcbnPa3Xlw4toZM5ch34qOVIMBXwfjnjegOmPZnCKZJW5\nVyUhxqaeZJvtIb8IMQJBAPjJLPMNe3e0H8nACRYROe/8rHEAAvO0qV0gaN8VHShJ\n6gWfy6TAKDxd1O3eevS0ByyTDYE+KaXNwoeV9z76HusCQQDFjliCVjJLJpFsAz1K\nLwTnX7UmjB6E++rAvzf0o8NcRg4uAOLOycge/9lqpo9HEUVsc/adYf/e2MTxWQSP\nfBMZAkEAjA3EzjdC0IqIcq028ENWWHHoKd0VzFhiF9kM8LkUJwAlTHE+1UqP3Bv+\nqMJcebF3cHKAYce67mo9HtMf00Y/bQJAFpP4JZ04TkJwKEoOfSX2h4L2rxsgec5Y\nvAKeoIT+1NLk1/kd8sg46OIQtRGoGlUs/AIc00vZ9FwN1g94Z/WkMQJBAMwlALKM\neFuclwAKQcj58e1q21l6KU2aiPbOlFi6Ws7Nld5/O+4Z/4IlYq7hSnTwmwSurm9L\nVem31ps7kqdNYUE=\n-----END PRIVATE KEY-----\n";
    let operands = json::write(&Value::array([pem.into()]));
    let expected = json::write(&json::parse(KEY).unwrap());
    assert_eq!(
        answer("crypto.x509.parse_rsa_private_key", &operands),
        expected
    );
    for (operand, expected) in [
        ("", "input PEM data was empty"),
        ("invalid", "illegal base64 data at input byte 4"),
        ("aGVsbG8=", "null"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIC\n-----END RSA PRIVATE KEY-----\n",
            "x509: failed to parse private key",
        ),
        (
            "-----BEGIN EC PRIVATE KEY-----\nMIIC\n-----END EC PRIVATE KEY-----\n",
            "refused: only RSA private keys can be read here",
        ),
    ] {
        let operands = json::write(&Value::array([operand.into()]));
        let found = answer("crypto.x509.parse_rsa_private_key", &operands);
        assert_eq!(found, expected, "{operand}");
    }
}

/// OPA 0.70 and 1.22 both verify this token. It has the same bytes each time, because its salt comes from the key.
#[test]
fn tokens_are_signed_with_a_salt() {
    let private = json::parse(KEY).unwrap();
    let Value::Object(fields) = &private else {
        panic!("a key is an object");
    };
    let public = ["kty", "n", "e"].map(|name| (name, fields.field(name).unwrap().clone()));
    let public = json::write(&Value::object(public)).replace('"', "\\\"");
    for algorithm in ["PS256", "PS384", "PS512"] {
        let operands = format!(r#"[{{"alg": "{algorithm}"}}, {{"a": 1}}, {KEY}]"#);
        let token = answer("io.jwt.encode_sign", &operands);
        assert_eq!(answer("io.jwt.encode_sign", &operands), token);
        let verified = answer(
            "io.jwt.decode_verify",
            &format!(r#"[{token}, {{"cert": "{public}"}}]"#),
        );
        let expected = format!(r#"[true,{{"alg":"{algorithm}"}},{{"a":1}}]"#);
        assert_eq!(verified, expected);
    }
}

#[test]
fn what_reaches_out_is_the_host_s() {
    assert_eq!(answer("time.now_ns", "[]"), "7");
    assert_eq!(answer("rand.intn", r#"["a", 0]"#), "0");
    for (name, operands) in [
        ("http.send", r#"[{"url": "x"}]"#),
        ("net.lookup_ip_addr", r#"["a"]"#),
        ("opa.runtime", "[]"),
        ("rand.intn", r#"["a", 5]"#),
        ("uuid.rfc4122", r#"["a"]"#),
    ] {
        assert_eq!(
            answer(name, operands),
            format!("refused: {name} isn't answered here")
        );
    }
}

#[rustfmt::skip]
const ANSWERS: &[(&str, &str, &str)] = &[
    ("time.format", "[1257894000123456789]", r#""2009-11-10T23:00:00.123456789Z""#),
    ("time.format", r#"[[1257894000123456789,"Europe/Berlin","RFC1123Z"]]"#, r#""Wed, 11 Nov 2009 00:00:00 +0100""#),
    ("time.format", r#"[[1257894000123456789,"America/New_York","Mon Jan _2 3:04:05PM 2006 MST"]]"#, r#""Tue Nov 10 6:00:00PM 2009 EST""#),
    ("time.format", r#"[[1257894000123456789,"","02 __2 002 .000 06 -07 Z0700"]]"#, r#""10 314 314 .123 09 +00 Z""#),
    ("time.date", r#"[[1582977600000000000,"Asia/Tokyo"]]"#, "[2020,2,29]"),
    ("time.clock", r#"[[1582977600000000000,"Asia/Kolkata"]]"#, "[17,30,0]"),
    ("time.weekday", "[1582977600000000000]", r#""Saturday""#),
    ("time.add_date", "[1585852421593912000,3,9,12]", "1705257221593912000"),
    ("time.add_date", "[1580515200000000000,0,1,-31]", "1580342400000000000"),
    ("time.diff", r#"[[1585852421593912000,"UTC"],[1499412421593912000,"America/New_York"]]"#, "[2,8,26,11,6,40]"),
    ("time.parse_ns", r#"["2006-01-02","2020-02-30"]"#, r#"parsing time "2020-02-30": day out of range"#),
    ("time.parse_ns", r#"["RFC1123Z","Mon, 02 Jan 2023 03:04:05 -0500"]"#, "1672646645000000000"),
    ("time.parse_ns", r#"["2006-01-02 15:04:05 MST","2023-01-02 03:04:05.25 CEST"]"#, "1672628645250000000"),
    ("time.parse_ns", r#"["3:04PM","12:30AM"]"#, "time outside of valid range"),
    ("time.parse_ns", r#"["2006-002","2020-366"]"#, "1609372800000000000"),
    ("time.parse_rfc3339_ns", r#"["1970-01-01T00:00:00.5+02:30"]"#, "-8999500000000"),
    ("time.parse_rfc3339_ns", r#"["1970-01-01"]"#, r#"parsing time "1970-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T""#),
    ("time.parse_rfc3339_ns", r#"["2262-04-11T23:47:16.854775808-00:00"]"#, "time outside of valid range"),
    ("time.parse_duration_ns", r#"["1h30m.5s"]"#, "5400500000000"),
    ("time.parse_duration_ns", r#"["1x"]"#, r#"time: unknown unit "x" in duration "1x""#),
    ("time.parse_duration_ns", r#"["1"]"#, r#"time: missing unit in duration "1""#),
    ("time.parse_duration_ns", r#"["1d2h"]"#, "93600000000000"),
    ("time.parse_duration_ns", r#"["-1.5w"]"#, "-907200000000000"),
    ("net.cidr_expand", r#"["192.168.1.1/30"]"#, r#"["192.168.1.0","192.168.1.1","192.168.1.2","192.168.1.3"]"#),
    ("net.cidr_expand", r#"["192.168.1.1/33"]"#, "invalid CIDR address: 192.168.1.1/33"),
    ("net.cidr_contains", r#"["::/80","::/80"]"#, "true"),
    ("net.cidr_contains", r#"["10.0.0.0/8","::ffff:10.1.2.3"]"#, "true"),
    ("net.cidr_merge", r#"[["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"]]"#, r#"["10.0.0.0/23","10.0.2.0/24"]"#),
    ("net.cidr_merge", r#"[["192.0.128.1","10.0.0.7"]]"#, r#"["10.0.0.7/8","192.0.128.1/24"]"#),
    ("net.cidr_contains_matches", r#"[["1.1.1.0/24",["1.2.0.0/16","x"]],{"a":"1.1.1.7","b":"1.2.3.4"}]"#, r#"[[0,"a"],[1,"b"]]"#),
    ("net.cidr_intersects", r#"["10.0.0.0/8","10.2.0.0/16"]"#, "true"),
    ("net.cidr_merge", r#"[["10.0.0.1/32","10.0.0.2/31","10.0.0.4/30"]]"#, r#"["10.0.0.1/32","10.0.0.2/31","10.0.0.4/30"]"#),
    ("units.parse", r#"["10M"]"#, "10000000"),
    ("units.parse", r#"["100m"]"#, "0.1000000000"),
    ("units.parse", r#"["1.5Gi"]"#, "1610612736"),
    ("units.parse", r#"["3m"]"#, "0.0030000000"),
    ("units.parse", r#"["1e3K"]"#, "1000000"),
    ("units.parse", r#"["0.0000000000000001K"]"#, "0.0000000000"),
    ("units.parse", r#"["12kb"]"#, "units.parse: unit kb not recognized"),
    ("units.parse", r#"["1.2.3"]"#, "units.parse: could not parse amount to a number"),
    ("units.parse_bytes", r#"["1.5MiB"]"#, "1572864"),
    ("units.parse_bytes", r#"["0.3kb"]"#, "300"),
    ("units.parse_bytes", r#"["-3kb"]"#, "-3000"),
    ("units.parse_bytes", r#"["foo"]"#, "units.parse_bytes: no byte amount provided"),
    ("units.parse_bytes", r#"["10zz"]"#, "units.parse_bytes: byte unit zz not recognized"),
    ("uuid.parse", r#"["6ba7b810-9dad-11d1-80b4-00c04fd430c8"]"#, r#"{"clocksequence":180,"macvariables":"global:unicast","nodeid":"00-c0-4f-d4-30-c8","time":886630433151182400,"variant":"RFC4122","version":1}"#),
    ("uuid.parse", r#"["000003e8-48b9-21ee-b200-325096b39f47"]"#, r#"{"clocksequence":12800,"domain":"Person","id":1000,"macvariables":"local:unicast","nodeid":"32-50-96-b3-9f-47","time":1693566990121469600,"variant":"RFC4122","version":2}"#),
    ("semver.compare", r#"["1.0.0-2","1.0.0-10"]"#, "-1"),
    ("semver.compare", r#"["1","1.0.0"]"#, r#"operand 1: string "1" is not a valid SemVer"#),
    ("graph.reachable_paths", r#"[{"a":["b","c"],"b":["d"],"c":["d","zz"],"d":["a"]},["a"]]"#, r#"[["a","b","d"],["a","c"],["a","c","d"]]"#),
    ("graph.reachable_paths", r#"[{"a":[]},["a","q"]]"#, r#"[["a"]]"#),
    ("graph.reachable_paths", r#"[{"a":["b"],"b":[]},["a"]]"#, r#"[["a","b"]]"#),
    ("graph.reachable_paths", r#"[{"a":["a"]},["a"]]"#, r#"[["a","a"]]"#),
    ("crypto.hmac.sha512", r#"["a","k"]"#, r#""82e0c15e0d62ab17984bea225bf7d28ad54f343dd6520c283c3a2cd43852a2f79c349cc9b7583317399ee38d722489b45a942667e55bc38c42a5bb203c0900c7""#),
    ("crypto.hmac.md5", r#"["a","k"]"#, r#""ddcf3d210049e7135f61affae73731cd""#),
    ("crypto.md5", r#"["a"]"#, r#""0cc175b9c0f1b6a831c399e269772661""#),
    ("crypto.sha1", r#"["a"]"#, r#""86f7e437faa5a7fce15d1ddcb9eaeaea377667b8""#),
    ("crypto.sha256", r#"["a"]"#, r#""ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb""#),
    ("crypto.hmac.sha1", r#"["a","k"]"#, r#""40e7d441cadb17b07f050341aa23a6820ed81c8b""#),
    ("crypto.hmac.sha256", r#"["a","k"]"#, r#""78da91511e675587f5b9df78bedebaf5560da2abb88162ee875dcdf744951d9e""#),
    ("semver.compare", r#"["1.2.3-01","1.0.0"]"#, r#"operand 1: string "1.2.3-01" is not a valid SemVer"#),
    ("semver.compare", r#"["1.0.0","1.2.3-"]"#, r#"operand 2: string "1.2.3-" is not a valid SemVer"#),
    ("semver.compare", r#"["v1.2.3","1.2.3+b"]"#, "0"),
    ("semver.compare", r#"["1.0.0-alpha.1","1.0.0-alpha"]"#, "1"),
    ("semver.compare", r#"["1.0.0-2","1.0.0-a"]"#, "-1"),
    ("semver.is_valid", r#"["1.02.3"]"#, "false"),
    ("semver.is_valid", "[5]", "false"),
    ("time.format", r#"[[0,"Nowhere/Land"]]"#, "unknown time zone Nowhere/Land"),
    ("time.format", r#"[[1700000000000000000,"Asia/Kathmandu","RFC850"]]"#, r#""Wednesday, 15-Nov-23 03:58:20 +0545""#),
    ("time.add_date", "[1711846800000000000,0,0,1]", "1711933200000000000"),
    ("uuid.parse", r#"["{f47ac10b-58cc-4372-a567-0e02b2c3d479}"]"#, r#"{"variant":"RFC4122","version":4}"#),
    ("net.cidr_merge", r#"[["2601:600:8a80:207e:a57d:7567:e2c9:e7b3/128","10.0.0.0/8","::/1"]]"#, r#"["::/1"]"#),
    ("net.cidr_merge", r#"[["2001:db8::1"]]"#, "IPv6 invalid: needs prefix length"),
    ("net.cidr_contains", r#"["10.0.0.0/8","x"]"#, "not a valid textual representation of an IP address or CIDR: x"),
    ("net.cidr_is_valid", r#"["10.0.0.0/08"]"#, "true"),
    ("net.cidr_is_valid", r#"["::ffff:10.0.0.0/104"]"#, "true"),
    ("net.cidr_contains", r#"["::ffff:10.0.0.0/104","10.1.1.1"]"#, "true"),
    ("graph.reachable", r#"[{"a":["b"],"b":["c"]},["a"]]"#, r#"["a","b"]"#),
    ("time.parse_duration_ns", r#"["9223372036854775807ns"]"#, "9223372036854775807"),
    ("time.parse_duration_ns", r#"["9223372036854775808ns"]"#, r#"time: invalid duration "9223372036854775808ns""#),
    ("time.parse_ns", r#"["Jan 2 2006","feb 29 2023"]"#, r#"parsing time "feb 29 2023": day out of range"#),
    ("time.parse_ns", r#"["Jan 2 2006","Foo 29 2023"]"#, r#"parsing time "Foo 29 2023" as "Jan 2 2006": cannot parse "Foo 29 2023" as "Jan""#),
    ("crypto.hmac.equal", r#"["a","a"]"#, "true"),
    ("units.parse", r#"["1.5x"]"#, "units.parse: unit x not recognized"),
    ("units.parse", r#"["5 K"]"#, "units.parse: spaces not allowed in resource strings"),
    ("units.parse", r#"[""]"#, "units.parse: no amount provided"),
    ("units.parse", r#"["1e1234567"]"#, "units.parse: exponent too large"),
    ("units.parse", r#"["7.00000000005M"]"#, "7000000.0000500000"),
    ("units.parse_bytes", r#"["1e3kb"]"#, "1000000"),
    // Sixty-four bits of an amount are kept.
    ("units.parse_bytes", r#"["1.04gb"]"#, "1039999999"),
    ("units.parse_bytes", r#"["-0.13M"]"#, "-129999"),
    ("units.parse_bytes", r#"["1.21EiB"]"#, "1395035020574284841"),
    ("units.parse_bytes", r#"["1e39K"]"#, "1000000000000000000004341624882808674582528"),
    ("units.parse_bytes", r#"["123456789012345678901234567890.5"]"#, "123456789012345678899921813504"),
    ("units.parse_bytes", r#"["18446744073709551615"]"#, "18446744073709551615"),
    ("units.parse_bytes", r#"["36893488147419103233"]"#, "36893488147419103232"),
    ("units.parse_bytes", r#"["36893488147419103235"]"#, "36893488147419103236"),
    ("units.parse_bytes", r#"["9223372036854775807.5"]"#, "9223372036854775807"),
    ("units.parse_bytes", r#"["0.999999999999999999999999k"]"#, "1000"),
    ("units.parse_bytes", r#"["-0.1"]"#, "0"),
    ("units.parse_bytes", r#"["1e-30EiB"]"#, "0"),
    ("units.parse_bytes", r#"["0.000"]"#, "0"),
    ("upper", r#"["ß ŉ և ᾳ ῃ ῳ ᾀ ᾗ ᾧ ﬁ ᾼ"]"#, r#""ß ŉ և ᾼ ῌ ῼ ᾈ ᾟ ᾯ ﬁ ᾼ""#),
    ("yaml.unmarshal", r#"["a: b # x\u0085c: d"]"#, r#"{"a":"b","c":"d"}"#),
    ("yaml.unmarshal", r#"["a: \"b\u0085c\"\u0085d: |\u0085  e\u0085  f\u0085"]"#, r#"{"a":"b c","d":"e\nf\n"}"#),
    ("yaml.is_valid", r#"["a: b\u0085c: d"]"#, "true"),
    ("time.clock", r#"["x"]"#, "operand 1 must be either number (ns) or [number (ns), string (tz)] but got string"),
    ("time.date", "[[]]", "operand 1 must be either number (ns) or [number (ns), string (tz)] but got array"),
    ("time.date", r#"[["a"]]"#, "operand 1 must be number but got string"),
    ("time.date", "[[0,1]]", "operand 1 must be string but got number"),
    ("providers.aws.sign_req", r#"[{"method":"GET","url":"https://example.com/a b?x=1"},{"aws_service":"s3","aws_access_key":"AK","aws_secret_access_key":"S","aws_region":"eu-west-1"},1700000000000000000]"#, r#"{"headers":{"Authorization":"AWS4-HMAC-SHA256 Credential=AK/20231114/eu-west-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=02d021366e2b55b3cfe2af2da0b51aaff39fbc59ddeef4db271c44e42ada88e5","host":"example.com","x-amz-content-sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","x-amz-date":"20231114T221320Z"},"method":"GET","url":"https://example.com/a b?x=1"}"#),
    ("providers.aws.sign_req", r#"[{"method":"POST","url":"https://example.com","headers":{"User-Agent":"x","A":"b"},"body":{"a":1}},{"aws_service":"ec2","aws_access_key":"AK","aws_secret_access_key":"S","aws_region":"eu-west-1","aws_session_token":"T"},0]"#, r#"{"body":{"a":1},"headers":{"A":"b","Authorization":"AWS4-HMAC-SHA256 Credential=AK/19700101/eu-west-1/ec2/aws4_request,SignedHeaders=a;host;x-amz-date;x-amz-security-token,Signature=c624eb1b4fb6cdb440e7e226edf3747f4ae39b508d332bcff629a27f287b663d","User-Agent":"x","host":"example.com","x-amz-date":"19700101T000000Z","x-amz-security-token":"T"},"method":"POST","url":"https://example.com"}"#),
    ("providers.aws.sign_req", r#"[{"method":"GET"},{"aws_service":"s3","aws_access_key":"AK","aws_secret_access_key":"S","aws_region":"eu-west-1"},0]"#, r#"operand 1 missing required request parameters(s): {"url"}"#),
    ("providers.aws.sign_req", r#"[{"method":"GET","url":"x"},{"aws_service":"s3"},0]"#, r#"operand 2 missing required AWS config parameters(s): {"aws_access_key", "aws_region", "aws_secret_access_key"}"#),
    ("providers.aws.sign_req", r#"[{"method":"GET","url":"x","bogus":1},{"aws_service":"s3","aws_access_key":"AK","aws_secret_access_key":"S","aws_region":"eu-west-1"},0]"#, r#"operand 1 invalid request parameters(s): {"bogus"}"#),
];
