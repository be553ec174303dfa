//! Durations, as Go writes them.

/// Formats nanoseconds, as in `1.5s`, `243.1µs` or `1m2s`.
pub(super) fn duration(nanoseconds: u64) -> String {
    let unit = match nanoseconds {
        0 => return "0s".to_owned(),
        1..1_000 => return format!("{nanoseconds}ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => {
            let seconds = nanoseconds / 1_000_000_000;
            let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
            let rest = fraction(nanoseconds % 60_000_000_000, 1_000_000_000);
            return match (hours, minutes) {
                (0, 0) => format!("{rest}s"),
                (0, minutes) => format!("{minutes}m{rest}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{rest}s"),
            };
        }
    };
    format!("{}{}", fraction(nanoseconds, unit.0), unit.1)
}

/// A number in a larger unit, without zeros at its end.
fn fraction(number: u64, unit: u64) -> String {
    let (whole, rest) = (number / unit, number % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_written_as_go_writes_them() {
        let cases = [
            (0, "0s"),
            (1, "1ns"),
            (999, "999ns"),
            (1_000, "1µs"),
            (243_100, "243.1µs"),
            (1_000_001, "1.000001ms"),
            (2_500_000_000, "2.5s"),
            (62_000_000_000, "1m2s"),
            (3_600_000_000_000, "1h0m0s"),
        ];
        for (nanoseconds, shown) in cases {
            assert_eq!(duration(nanoseconds), shown);
        }
    }
}
