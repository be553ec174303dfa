//! Functions that need the outside world. The host computes them, or refuses. `rego.metadata.*` is here too: the
//! compiler replaces calls of it in rules, and elsewhere they fail.

use super::{Builtin, Call, Failure, Host, Outcome, operand};
use values::Value;

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "http.send",
        signature: "(request: object[string: any]) => response: object[any: any]",
        call: Call::Hosted(|host, operands| host.ask("http.send", operands)),
    },
    Builtin {
        name: "net.lookup_ip_addr",
        signature: "(name: string) => addrs: set[string]",
        call: Call::Hosted(look_up),
    },
    Builtin {
        name: "opa.runtime",
        signature: "() => output: object[string: any]",
        call: Call::Hosted(|host, operands| host.ask("opa.runtime", operands)),
    },
    Builtin {
        name: "rand.intn",
        signature: "(str: string, n: number) => y: number",
        call: Call::Hosted(random),
    },
    // In rules, the compiler replaces it by the annotations.
    Builtin {
        name: "rego.metadata.chain",
        signature: "() => chain: array[any]",
        call: Call::Pure(|_| Err(outside("rego.metadata.chain"))),
    },
    Builtin {
        name: "rego.metadata.rule",
        signature: "() => output: any",
        call: Call::Pure(|_| Err(outside("rego.metadata.rule"))),
    },
    Builtin {
        name: "time.now_ns",
        signature: "() => now: number",
        call: Call::Hosted(|host, _| Ok(Some(host.now()?.into()))),
    },
];

fn outside(name: &str) -> Failure {
    Failure::Failed(format!(
        "the {name} function must only be called within the scope of a rule"
    ))
}

fn look_up(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    operand::string(operands, 0)?;
    let found = host.ask("net.lookup_ip_addr", operands)?;
    // Hosts use JSON, which has no sets.
    Ok(found.map(|found| match found {
        Value::Array(items) => Value::set(items.iter().cloned()),
        other => other,
    }))
}

fn random(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    operand::string(operands, 0)?;
    let below = operand::integer(host, operands, 1)?;
    if below == 0 {
        return Ok(Some(0i64.into()));
    }
    let answer = host.ask("rand.intn", operands)?;
    if let Some(Value::Number(number)) = &answer
        && number.as_i64().is_some_and(|n| {
            (0..i64::try_from(below.unsigned_abs()).unwrap_or(i64::MAX)).contains(&n)
        })
    {
        return Ok(answer);
    }
    Err(Failure::Refused(format!(
        "the host's answer isn't an integer that is at least 0 and less than {below}"
    )))
}
