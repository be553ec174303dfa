//! Types of values, comparisons and conversions.

use std::rc::Rc;

use super::parse_float::parse_float;
use super::{Builtin, Failure, Outcome, operand, pure};
use values::{Value, json};

pub(super) const TABLE: &[Builtin] = &[
    pure("is_number", "(x: any) => result: boolean", is_number),
    pure("is_string", "(x: any) => result: boolean", is_string),
    pure("is_boolean", "(x: any) => result: boolean", is_boolean),
    pure("is_array", "(x: any) => result: boolean", is_array),
    pure("is_set", "(x: any) => result: boolean", is_set),
    pure("is_object", "(x: any) => result: boolean", is_object),
    pure("is_null", "(x: any) => result: boolean", is_null),
    pure("type_name", "(x: any) => type: string", type_name),
    pure("neq", "(x: any, y: any) => result: boolean", neq),
    pure("lt", "(x: any, y: any) => result: boolean", lt),
    pure("lte", "(x: any, y: any) => result: boolean", lte),
    pure("gt", "(x: any, y: any) => result: boolean", gt),
    pure("gte", "(x: any, y: any) => result: boolean", gte),
    pure(
        "to_number",
        "(value: any<null, boolean, number, string>) => num: number",
        to_number,
    ),
    pure("cast_array", "(any) => array[any]", cast_array),
    pure("cast_set", "(any) => set[any]", cast_set),
    pure("cast_string", "(any) => string", cast_string),
    pure("cast_boolean", "(any) => boolean", cast_boolean),
    pure("cast_null", "(any) => null", cast_null),
    pure("cast_object", "(any) => object[any: any]", cast_object),
];

fn is(args: &[Value], name: &str) -> Outcome {
    Ok(Some((operand::any(args, 0)?.type_name() == name).into()))
}

fn is_number(args: &[Value]) -> Outcome {
    is(args, "number")
}

fn is_string(args: &[Value]) -> Outcome {
    is(args, "string")
}

fn is_boolean(args: &[Value]) -> Outcome {
    is(args, "boolean")
}

fn is_array(args: &[Value]) -> Outcome {
    is(args, "array")
}

fn is_set(args: &[Value]) -> Outcome {
    is(args, "set")
}

fn is_object(args: &[Value]) -> Outcome {
    is(args, "object")
}

fn is_null(args: &[Value]) -> Outcome {
    is(args, "null")
}

fn type_name(args: &[Value]) -> Outcome {
    Ok(Some(operand::any(args, 0)?.type_name().into()))
}

fn neq(args: &[Value]) -> Outcome {
    Ok(Some(
        (operand::any(args, 0)? != operand::any(args, 1)?).into(),
    ))
}

fn lt(args: &[Value]) -> Outcome {
    Ok(Some(
        (operand::any(args, 0)? < operand::any(args, 1)?).into(),
    ))
}

fn lte(args: &[Value]) -> Outcome {
    Ok(Some(
        (operand::any(args, 0)? <= operand::any(args, 1)?).into(),
    ))
}

fn gt(args: &[Value]) -> Outcome {
    Ok(Some(
        (operand::any(args, 0)? > operand::any(args, 1)?).into(),
    ))
}

fn gte(args: &[Value]) -> Outcome {
    Ok(Some(
        (operand::any(args, 0)? >= operand::any(args, 1)?).into(),
    ))
}

fn to_number(args: &[Value]) -> Outcome {
    let value = operand::any(args, 0)?;
    let number = match value {
        Value::Null | Value::Bool(false) => 0i64.into(),
        Value::Bool(true) => 1i64.into(),
        Value::Number(number) => number.clone(),
        Value::String(_) | Value::Bytes(_) => {
            let text = value.as_str().unwrap_or_default();
            let bare = text.trim_start_matches(['+', '-']).to_lowercase();
            if matches!(bare.as_str(), "inf" | "infinity" | "nan") {
                return Err(operand::mismatch(0, value, "valid number string"));
            }
            let refused = |why| {
                let text = json::quoted(text, false);
                Failure::Failed(format!("strconv.ParseFloat: parsing {text}: {why}"))
            };
            let number = parse_float(text).ok_or_else(|| refused("invalid syntax"))?;
            if number.as_f64().is_infinite() {
                return Err(refused("value out of range"));
            }
            number
        }
        other => {
            return Err(operand::mismatch(
                0,
                other,
                "one of {null, boolean, number, string}",
            ));
        }
    };
    Ok(Some(number.into()))
}

fn cast_array(args: &[Value]) -> Outcome {
    match operand::any(args, 0)? {
        Value::Set(set) => Ok(Some(Value::array(set.iter().cloned()))),
        array @ Value::Array(_) => Ok(Some(array.clone())),
        other => Err(operand::mismatch(0, other, "one of {array, set}")),
    }
}

fn cast_set(args: &[Value]) -> Outcome {
    match operand::any(args, 0)? {
        Value::Set(set) => Ok(Some(Value::Set(Rc::clone(set)))),
        Value::Array(items) => Ok(Some(Value::set(items.iter().cloned()))),
        other => Err(operand::mismatch(0, other, "one of {array, set}")),
    }
}

fn only(args: &[Value], name: &str) -> Outcome {
    match operand::any(args, 0)? {
        value if value.type_name() == name => Ok(Some(value.clone())),
        other => Err(operand::mismatch(0, other, name)),
    }
}

fn cast_string(args: &[Value]) -> Outcome {
    only(args, "string")
}

fn cast_boolean(args: &[Value]) -> Outcome {
    only(args, "boolean")
}

fn cast_null(args: &[Value]) -> Outcome {
    only(args, "null")
}

fn cast_object(args: &[Value]) -> Outcome {
    only(args, "object")
}
