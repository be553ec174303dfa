//! `time.*`: moments in nanoseconds since 1970, parsed, formatted and taken apart as Go does.

mod calendar;
mod duration;
mod layout;
mod zone;

use super::{Builtin, Call, Failure, Host, Outcome, operand};
pub(super) use calendar::days_in;
use calendar::{Civil, NANOSECONDS};
use values::{Number, Value, Version};
use zone::Zone;

pub(super) use layout::{RFC3339, RFC3339_NANO};

/// A moment in UTC in AWS's format, `20060102T150405Z`.
#[cfg(feature = "crypto")]
#[must_use]
pub(super) fn compact(nanoseconds: i64) -> String {
    let civil = Zone::Utc.civil(nanoseconds);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
    )
}

/// Whether a string is a time in one of Go's layouts.
#[must_use]
pub(super) fn has_layout(text: &str, layouts: &[&str]) -> bool {
    let mut layouts = layouts.iter();
    layouts.any(|layout| layout::parse(layout, text).is_ok())
}

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "time.add_date",
        signature: "(ns: number, years: number, months: number, days: number) => output: number",
        call: Call::Bounded(add_date),
    },
    Builtin {
        name: "time.clock",
        signature: "(x: any<number, array<number, string>>) => output: array<number, number, number>",
        call: Call::Pure(clock),
    },
    Builtin {
        name: "time.date",
        signature: "(x: any<number, array<number, string>>) => date: array<number, number, number>",
        call: Call::Pure(date),
    },
    Builtin {
        name: "time.diff",
        signature: "(ns1: any<number, array<number, string>>, ns2: any<number, array<number, string>>) \
                    => output: array<number, number, number, number, number, number>",
        call: Call::Pure(diff),
    },
    Builtin {
        name: "time.format",
        signature: "(x: any<number, array<number, string>, array<number, string, string>>) \
                    => formatted timestamp: string",
        call: Call::Pure(format),
    },
    Builtin {
        name: "time.parse_duration_ns",
        signature: "(duration: string) => ns: number",
        call: Call::Bounded(parse_duration),
    },
    Builtin {
        name: "time.parse_ns",
        signature: "(layout: string, value: string) => ns: number",
        call: Call::Pure(parse),
    },
    Builtin {
        name: "time.parse_rfc3339_ns",
        signature: "(value: string) => ns: number",
        call: Call::Pure(parse_rfc3339),
    },
    Builtin {
        name: "time.weekday",
        signature: "(x: any<number, array<number, string>>) => day: string",
        call: Call::Pure(weekday),
    },
];

fn parse(operands: &[Value]) -> Outcome {
    let layout = operand::string(operands, 0)?;
    let value = operand::string(operands, 1)?;
    moment(layout::parse(layout::by_name(layout), value))
}

fn parse_rfc3339(operands: &[Value]) -> Outcome {
    moment(layout::parse(
        layout::RFC3339,
        operand::string(operands, 0)?,
    ))
}

fn moment(parsed: Result<i128, String>) -> Outcome {
    in_range(parsed.map_err(Failure::Failed)?)
}

fn in_range(nanoseconds: i128) -> Outcome {
    let nanoseconds = i64::try_from(nanoseconds)
        .map_err(|_| Failure::Failed("time outside of valid range".to_owned()))?;
    Ok(Some(nanoseconds.into()))
}

fn parse_duration(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let text = operand::string(operands, 0)?;
    let parsed = match host.version() {
        Version::V0 => duration::parse_plain(text),
        Version::V1 => duration::parse(text),
    };
    Ok(Some(parsed.map_err(Failure::Failed)?.into()))
}

fn format(operands: &[Value]) -> Outcome {
    let moment = Moment::from_operand(operands, 0)?;
    let layout = match moment.layout.as_deref() {
        None | Some("") => layout::RFC3339_NANO,
        Some(layout) => layout::by_name(layout),
    };
    Ok(Some(layout::write(layout, &moment).into()))
}

fn date(operands: &[Value]) -> Outcome {
    let civil = Moment::from_operand(operands, 0)?.civil();
    let parts = [civil.year, civil.month, civil.day];
    Ok(Some(Value::array(parts.map(Value::from))))
}

fn clock(operands: &[Value]) -> Outcome {
    let civil = Moment::from_operand(operands, 0)?.civil();
    let parts = [civil.hour, civil.minute, civil.second];
    Ok(Some(Value::array(parts.map(Value::from))))
}

fn weekday(operands: &[Value]) -> Outcome {
    let moment = Moment::from_operand(operands, 0)?;
    Ok(Some(calendar::weekday(moment.civil().day_number()).into()))
}

fn add_date(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let moment = Moment::from_operand(operands, 0)?;
    let years = operand::integer(host, operands, 1)?;
    let months = operand::integer(host, operands, 2)?;
    let days = operand::integer(host, operands, 3)?;
    let civil = moment.civil();
    let later = civil.plus(years, months, days);
    let local = later.map(|civil| civil.seconds());
    let seconds = local.map(|local| moment.zone.to_utc(local));
    // Whatever overflows is outside the range.
    in_range(seconds.map_or(i128::MAX, |seconds| {
        i128::from(seconds) * NANOSECONDS + i128::from(civil.nanosecond)
    }))
}

fn diff(operands: &[Value]) -> Outcome {
    let one = Moment::from_operand(operands, 0)?;
    let other = Moment::from_operand(operands, 1)?;
    let (from, to) = if one.nanoseconds > other.nanoseconds {
        (other.nanoseconds, one.nanoseconds)
    } else {
        (one.nanoseconds, other.nanoseconds)
    };
    let (from, to) = (one.zone.civil(from), one.zone.civil(to));
    Ok(Some(Value::array(from.until(&to).map(Value::from))))
}

/// A moment, its time zone, and the layout to write it in.
struct Moment {
    nanoseconds: i64,
    zone: Zone,
    layout: Option<String>,
}

impl Moment {
    fn from_operand(operands: &[Value], at: usize) -> Result<Self, Failure> {
        let expected = "either number (ns) or [number (ns), string (tz)]";
        // OPA calls each of them the first operand.
        let text = |value: &Value| {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| operand::mismatch(0, value, "string"))
        };
        match operand::any(operands, at)? {
            Value::Number(number) => Ok(Self {
                nanoseconds: exact(number)?,
                zone: Zone::Utc,
                layout: None,
            }),
            Value::Array(items) if !items.is_empty() => {
                let number = operand::number(items, 0)?;
                let zone = match items.get(1) {
                    Some(name) => Zone::by_name(&text(name)?).map_err(Failure::Failed)?,
                    None => Zone::Utc,
                };
                let layout = items.get(2).map(text).transpose()?;
                Ok(Self {
                    nanoseconds: exact(number)?,
                    zone,
                    layout,
                })
            }
            other => Err(operand::mismatch(0, other, expected)),
        }
    }

    fn civil(&self) -> Civil {
        self.zone.civil(self.nanoseconds)
    }
}

/// The number as an integer of 64 bits, if it is exactly one.
fn exact(number: &Number) -> Result<i64, Failure> {
    // It may be written in any way, such as `1e18`.
    let integer = number.as_rounded_bigint();
    integer
        .and_then(|integer| integer.try_into().ok())
        .ok_or_else(|| Failure::Failed("timestamp too big".to_owned()))
}
