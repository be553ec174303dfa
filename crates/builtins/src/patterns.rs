//! Calls of functions on patterns, with the answers of real OPA with strict errors: 0.70.0, and 1.22.2 in files named
//! `v1`.
//!
//! Each line of the files has a call, such as `["concat", ",", ["a"]]`, and the answer: `["ok", value]`, or the kind
//! and the message of an error.

use super::{Cache, Call, Failure, Host, Outcome, find};
use values::{Value, Version, json};

/// A host that has less room than an evaluation.
pub(crate) struct Room {
    version: Version,
    taken: usize,
    cache: Cache,
}

impl Room {
    pub(crate) fn new(version: Version) -> Self {
        Self {
            version,
            taken: 0,
            cache: Cache::default(),
        }
    }
}

const ROOM: usize = 100_000;

impl Host for Room {
    fn charge(&mut self, values: usize) -> Result<(), Failure> {
        self.taken = self.taken.saturating_add(values);
        if self.taken > ROOM {
            return Err(Failure::Limit("no more room".to_owned()));
        }
        Ok(())
    }

    fn now(&mut self) -> Result<i64, Failure> {
        Ok(0)
    }

    fn ask(&mut self, _: &str, _: &[Value]) -> Outcome {
        Ok(None)
    }

    fn version(&self) -> Version {
        self.version
    }

    fn cache(&mut self) -> &mut Cache {
        &mut self.cache
    }
}

/// The answer of a function, in the form of the files.
fn answer(host: &mut Room, name: &str, args: &[Value]) -> Value {
    let builtin = find(name).unwrap_or_else(|| panic!("there is no {name}"));
    let outcome = match builtin.call {
        Call::Pure(call) => call(args),
        Call::Bounded(call) | Call::Hosted(call) => call(host, args),
        Call::Evaluator => panic!("{name} is the evaluator's"),
    };
    let (kind, value) = match outcome {
        Ok(Some(value)) => ("ok", value),
        Ok(None) => return Value::array(["undefined".into()]),
        Err(Failure::Type(message)) => ("type", format!("{name}: {message}").into()),
        Err(Failure::Failed(message)) => ("failed", format!("{name}: {message}").into()),
        Err(Failure::Limit(message)) => ("limit", message.into()),
        Err(Failure::Refused(message)) => ("refused", message.into()),
    };
    Value::array([kind.into(), value])
}

fn compare(cases: &str, version: Version) {
    let mut host = Room::new(version);
    let mut wrong = Vec::new();
    for line in cases.lines() {
        let line = line.trim();
        let case = json::parse(line).expect("a line of JSON");
        let Value::Array(case) = case else {
            panic!("{line}")
        };
        let [Value::Array(call), want] = &case[..] else {
            panic!("{line}")
        };
        host.taken = 0;
        let got = answer(&mut host, call[0].as_str().expect("a name"), &call[1..]);
        if got.to_string() != want.to_string() {
            wrong.push(format!("{line}\n  got {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn regex_as_in_opa() {
    compare(include_str!("regex/cases.jsonl"), Version::V1);
}

#[test]
fn glob_as_in_opa() {
    compare(include_str!("glob.cases.jsonl"), Version::V0);
    compare(include_str!("glob.v1.cases.jsonl"), Version::V1);
}

/// Calls that would take OPA hours, or more memory than there is, end with an error here.
#[test]
fn nothing_takes_too_long() {
    let long = "a".repeat(1 << 20);
    let calls = [
        (
            "regex.find_n",
            vec![".*[^a]|a".into(), long.as_str().into(), Value::from(-1_i64)],
        ),
        (
            "regex.match",
            vec![r"(\pL{500}x|\pN{500}){2}".into(), long.as_str().into()],
        ),
        (
            "regex.globs_match",
            vec![
                "[a-c]*[b-d]*".repeat(2000).into(),
                "[a-b]*[c-d]*x".repeat(2000).into(),
            ],
        ),
    ];
    for (name, args) in calls {
        let got = answer(&mut Room::new(Version::V1), name, &args);
        assert!(
            got.to_string().starts_with("[\"limit\""),
            "{name}: {}",
            got.to_string().len()
        );
    }
}
