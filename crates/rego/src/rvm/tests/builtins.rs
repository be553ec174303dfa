//! Compares each built-in function of the machine with that of the evaluator, which is compared with OPA: for
//! arguments of every type, and for strings that are hard to cut.

use crate::rvm::Value;
use crate::rvm::builtins::{Builtin, MOST, range_length};
use crate::rvm::collections::{Object, Set};
use builtins::{Cache, Call, Failure, Host, Outcome};
use values::{Value as Evaluated, Version};

struct Alone;

impl Host for Alone {
    fn charge(&mut self, _: usize) -> Result<(), Failure> {
        Ok(())
    }

    fn now(&mut self) -> Result<i64, Failure> {
        unreachable!("no function of the machine asks for the time")
    }

    fn ask(&mut self, _: &str, _: &[Evaluated]) -> Outcome {
        unreachable!("no function of the machine asks the host")
    }

    fn version(&self) -> Version {
        Version::V1
    }

    fn cache(&mut self) -> &mut Cache {
        unreachable!("no function of the machine keeps anything")
    }
}

fn values() -> Vec<Value> {
    let list = Value::from;
    let set = |items| Value::from(Set::from_unsorted(items));
    let strings = [
        "",
        "a",
        "abc",
        "b",
        " a b ",
        "aXbXc",
        "X",
        "Äpfel",
        "ä",
        "𝒳yz",
        "İI",
        "Σας",
        "a/b:c@d",
        "a,b",
        ",",
        "\u{a0}a\u{3000}",
        "%s",
        "%d|%v",
        "%%",
        "aaaa",
        "aa",
        "\"\\\n\t\u{1}",
        "container",
        "tain",
    ];
    let mut values: Vec<Value> = strings.into_iter().map(Value::from).collect();
    values.extend([Value::Null, Value::Bool(true), Value::Bool(false)]);
    values.extend([-2, -1, 0, 1, 2, 3, 7, 1 << 40].map(Value::Integer));
    values.extend([0.5, -1.5, 2.25].map(Value::Float));
    let (a, b) = (Value::from("a"), Value::from("b"));
    let one = Value::Integer(1);
    let half = Value::Float(0.5);
    values.extend([
        list(vec![]),
        list(vec![a.clone()]),
        list(vec![a.clone(), b.clone(), a.clone()]),
        list(vec![one.clone(), half.clone(), Value::Integer(3)]),
        list(vec![
            list(vec![a.clone()]),
            one.clone(),
            Value::Null,
            Value::Bool(false),
        ]),
        set(vec![]),
        set(vec![b.clone(), a.clone()]),
        set(vec![one.clone(), Value::Integer(2)]),
    ]);
    let inner = Value::object([("x", one.clone())]);
    values.extend([
        Value::object([]),
        Value::object([("a", one.clone()), ("b", inner.clone())]),
        Value::object([
            ("b", Value::object([("y", half)])),
            ("c", list(vec![one.clone()])),
        ]),
        Object::from_unsorted(vec![(one, a), (b, inner)]).into(),
    ]);
    values
}

fn evaluated(value: &Value) -> Evaluated {
    match value {
        Value::Undefined => unreachable!("no argument is undefined"),
        Value::Null => Evaluated::Null,
        Value::Bool(value) => Evaluated::Bool(*value),
        Value::Integer(number) => Evaluated::from(*number),
        Value::Float(number) => {
            Evaluated::Number(values::Number::from_f64(*number).expect("a finite number"))
        }
        Value::String(text) => Evaluated::from(&**text),
        Value::Array(items) => Evaluated::array(items.iter().map(evaluated)),
        Value::Set(set) => Evaluated::set(set.items().iter().map(evaluated)),
        Value::Object(object) => Evaluated::object(
            object
                .iter()
                .map(|(key, value)| (evaluated(key), evaluated(value))),
        ),
    }
}

/// Whether the machine is known to differ from OPA. No policy of ours can notice.
fn differs(name: &str, arguments: &[&Value]) -> bool {
    match name {
        // OPA writes an argument of the wrong type, or without a verb, in Go's words.
        "sprintf" => true,
        // OPA puts a replacement of the empty string between the bytes of a character, where our strings have no
        // place.
        "replace" => matches!(arguments, [_, Value::String(old), _] if old.is_empty()),
        // OPA writes a fraction with decimal digits, and keys that aren't strings as JSON in JSON.
        "json.marshal" => matches!(
            arguments,
            [Value::Object(_) | Value::Array(_) | Value::Set(_), ..]
        ),
        _ => false,
    }
}

#[test]
fn each_answers_as_the_evaluator_does() {
    let values = values();
    let mut alone = Alone;
    let mut compared = 0;
    let mut different = Vec::new();
    for (name, builtin) in Builtin::ALL {
        // OPA has an operator for it.
        let known = name.strip_prefix("__builtin_sets.").map_or(*name, |_| "or");
        let theirs = builtins::find(known).unwrap_or_else(|| panic!("{name} is none of OPA's"));
        let arity = builtin.arity();
        for case in 0..values
            .len()
            .pow(u32::try_from(arity).expect("a small number"))
        {
            let argument = |place: usize| {
                let index = case
                    / values
                        .len()
                        .pow(u32::try_from(place).expect("a small number"));
                &values[index % values.len()]
            };
            let mut arguments = [&Value::Undefined; MOST];
            for (place, slot) in arguments.iter_mut().enumerate().take(arity) {
                *slot = argument(place);
            }
            let is_long = *name == "numbers.range" && range_length(arguments) > 100;
            if is_long || differs(name, &arguments) {
                continue;
            }
            let ours = builtin.call(arguments).map(|value| evaluated(&value));
            let given: Vec<_> = arguments
                .iter()
                .take(arity)
                .map(|it| evaluated(it))
                .collect();
            let answer = match theirs.call {
                Call::Pure(call) => call(&given),
                Call::Bounded(call) => call(&mut alone, &given),
                Call::Hosted(_) | Call::Evaluator => continue,
            };
            compared += 1;
            let answer = answer.ok().flatten();
            if ours != answer
                && different
                    .iter()
                    .filter(|it: &&String| it.starts_with(name))
                    .count()
                    < 4
            {
                different.push(format!("{name}({given:?}): {ours:?}, not {answer:?}"));
            }
        }
    }
    assert!(compared > 100_000, "{compared}");
    assert!(different.is_empty(), "{}", different.join("\n"));
}
