//! `sprintf` and `format_int`. No crate formats as Go's `fmt` does: `sprintf("%d", ["a"])` is `%!d(string=a)`.

mod float;

use std::fmt::Write as _;

use num_bigint::{BigInt, Sign};

use super::{Builtin, Failure, Host, Outcome, bounded, operand};
use float::{digits, with_zeros};
use values::{Number, Value, Version, budget, json};

pub(super) const TABLE: &[Builtin] = &[
    bounded(
        "sprintf",
        "(format: string, values: array[any]) => output: string",
        sprintf,
    ),
    bounded(
        "format_int",
        "(number: number, base: number) => output: string",
        format_int,
    ),
];

fn format_int(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let number = operand::number(args, 0)?;
    let radix = match operand::number(args, 1)?.to_string().as_str() {
        "2" => 2,
        "8" => 8,
        "10" => 10,
        "16" => 16,
        _ => {
            return Err(Failure::Type(
                "operand 2 must be one of {2, 8, 10, 16}".to_owned(),
            ));
        }
    };
    // OPA converts it to a float with a mantissa of 64 bits, except that OPA 1.22 doesn't do so with an integer.
    let is_exact = host.version() == Version::V1 && is_written_as_integer(number);
    let whole = if is_exact {
        number.as_bigint()
    } else {
        number.as_rounded_bigint()
    };
    let whole = whole.or_else(|| truncated(number)).unwrap_or_default();
    budget::compute(usize::try_from(whole.bits() / 3).unwrap_or(usize::MAX));
    operand::text(host, whole.to_str_radix(radix))
}

fn is_written_as_integer(number: &Number) -> bool {
    let text = number.to_string();
    let digits = text.strip_prefix('-').unwrap_or(&text);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The integer part.
fn truncated(number: &Number) -> Option<BigInt> {
    let below = number.abs().ok()?.floor().ok()?.as_bigint()?;
    let is_negative = number.to_string().starts_with('-');
    Some(if is_negative { -below } else { below })
}

/// `sprintf`.
pub(super) fn sprintf(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let format = operand::string(args, 0)?;
    let arguments: Vec<Argument> = operand::array(args, 1)?
        .iter()
        .map(Argument::from_value)
        .collect();
    let int = match host.version() {
        Version::V0 => "int",
        Version::V1 => "int64",
    };
    let mut printer = Printer {
        int,
        host,
        out: String::new(),
        charged: 0,
        flags: Flags::default(),
    };
    printer.print(format, &arguments)?;
    operand::text(printer.host, printer.out)
}

/// A value in the type in which OPA passes it to Go.
enum Argument {
    Int(i64),
    Big(BigInt),
    Float(f64),
    Text(String),
}

impl Argument {
    fn from_value(value: &Value) -> Self {
        match value {
            Value::Number(number) => {
                if let Some(int) = number.as_written_i64() {
                    return Self::Int(int);
                }
                let text = number.to_string();
                if text.contains(['.', 'e', 'E']) {
                    return match number.as_f64() {
                        float if float.is_finite() => Self::Float(float),
                        _ => Self::Text(text),
                    };
                }
                match (number.as_i64(), number.as_bigint()) {
                    (Some(int), _) => Self::Int(int),
                    (None, Some(big)) => Self::Big(big),
                    (None, None) => Self::Text(text),
                }
            }
            Value::String(text) => {
                budget::take(text.len());
                Self::Text(text.to_string())
            }
            Value::Bytes(bytes) => {
                budget::take(bytes.text().len());
                Self::Text(bytes.text().to_owned())
            }
            other => Self::Text(other.to_string()),
        }
    }

    fn go_type(&self, int: &'static str) -> &'static str {
        match self {
            Self::Int(_) => int,
            Self::Big(_) => "*big.Int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
        }
    }
}

/// The largest width and precision that an argument may set.
const MOST: usize = 1_000_000;

/// Go's flags of a verb; `sharp_v` and `plus_v` are `#` and `+` before `v`.
#[derive(Default, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the format"
)]
struct Flags {
    sharp: bool,
    zero: bool,
    plus: bool,
    minus: bool,
    space: bool,
    sharp_v: bool,
    plus_v: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

struct Printer<'h> {
    host: &'h mut dyn Host,
    /// Go's name for the type of integers here.
    int: &'static str,
    out: String,
    charged: usize,
    flags: Flags,
}

/// The format, and the position in it.
struct Format<'f> {
    text: &'f str,
    /// The index of the next argument.
    next: usize,
    count: usize,
    is_reordered: bool,
    is_good: bool,
}

impl Format<'_> {
    fn take(&mut self, wanted: char) -> bool {
        let rest = self.text.strip_prefix(wanted);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    /// A number, if there is one. Go stops reading digits once it is more than a million.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.text.chars().next().and_then(|next| next.to_digit(10)) {
            let before = number.unwrap_or(0);
            if before > MOST {
                self.text = "";
                return None;
            }
            number = Some(before * 10 + digit as usize);
            self.text = self.text.get(1..).unwrap_or_default();
        }
        number
    }

    /// Reads an index such as `[3]`. Returns whether there was one.
    fn index(&mut self) -> bool {
        if !self.text.starts_with('[') {
            return false;
        }
        self.is_reordered = true;
        let Some((inner, rest)) = self.text.split_once(']') else {
            self.is_good = false;
            self.text = self.text.get(1..).unwrap_or_default();
            return false;
        };
        self.text = rest;
        let digits = inner.get(1..).unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        match digits.parse::<usize>().ok().filter(|_| is_number) {
            Some(index) if (1..=self.count).contains(&index) => {
                self.next = index - 1;
                true
            }
            found => {
                self.is_good = false;
                found.is_some()
            }
        }
    }

    /// The integer argument for a `*`.
    fn star(&mut self, arguments: &[Argument]) -> Option<i64> {
        let argument = arguments.get(self.next)?;
        self.next += 1;
        match argument {
            Argument::Int(int) if int.unsigned_abs() <= MOST as u64 => Some(*int),
            _ => None,
        }
    }
}

impl Printer<'_> {
    fn print(&mut self, format: &str, arguments: &[Argument]) -> Result<(), Failure> {
        let mut format = Format {
            text: format,
            next: 0,
            count: arguments.len(),
            is_reordered: false,
            is_good: true,
        };
        while let Some((before, rest)) = format.text.split_once('%') {
            self.out.push_str(before);
            format.text = rest;
            format.is_good = true;
            self.directive(&mut format, arguments)?;
            // What has been written is charged as it grows.
            let grown = self.out.len() - self.charged;
            self.host.charge_text(grown)?;
            if !budget::has_for(&self.out) {
                return Err(operand::exhausted());
            }
            self.charged = self.out.len();
        }
        self.out.push_str(format.text);
        if !format.is_reordered && format.next < arguments.len() {
            self.flags = Flags::default();
            self.out.push_str("%!(EXTRA ");
            for (i, argument) in arguments.iter().skip(format.next).enumerate() {
                if i > 0 {
                    self.out.push_str(", ");
                }
                self.typed(argument);
            }
            self.out.push(')');
        }
        Ok(())
    }

    fn directive(
        &mut self,
        format: &mut Format<'_>,
        arguments: &[Argument],
    ) -> Result<(), Failure> {
        self.flags = Flags::default();
        loop {
            match format.text.bytes().next() {
                Some(b'#') => self.flags.sharp = true,
                Some(b'0') => self.flags.zero = true,
                Some(b'+') => self.flags.plus = true,
                Some(b'-') => self.flags.minus = true,
                Some(b' ') => self.flags.space = true,
                _ => break,
            }
            format.text = format.text.get(1..).unwrap_or_default();
        }
        let mut after_index = format.index();
        if format.take('*') {
            let width = format.star(arguments);
            if width.is_none() {
                self.out.push_str("%!(BADWIDTH)");
            }
            if width.is_some_and(|width| width < 0) {
                self.flags.minus = true;
                self.flags.zero = false;
            }
            self.flags.width = width.and_then(|width| usize::try_from(width.unsigned_abs()).ok());
            after_index = false;
        } else {
            self.flags.width = format.number();
            if after_index && self.flags.width.is_some() {
                format.is_good = false;
            }
        }
        if format.take('.') {
            if after_index {
                format.is_good = false;
            }
            after_index = format.index();
            if format.take('*') {
                let precision = format.star(arguments);
                self.flags.precision = precision.and_then(|digits| usize::try_from(digits).ok());
                if self.flags.precision.is_none() {
                    self.out.push_str("%!(BADPREC)");
                }
                after_index = false;
            } else {
                self.flags.precision = Some(format.number().unwrap_or(0));
            }
        }
        if !after_index {
            format.index();
        }
        let mut chars = format.text.chars();
        let Some(verb) = chars.next() else {
            self.out.push_str("%!(NOVERB)");
            return Ok(());
        };
        format.text = chars.as_str();
        if verb == '%' {
            self.out.push('%');
        } else if !format.is_good {
            let _ = write!(self.out, "%!{verb}(BADINDEX)");
        } else if let Some(argument) = arguments.get(format.next) {
            format.next += 1;
            if verb == 'v' {
                self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
                self.flags.plus_v = std::mem::take(&mut self.flags.plus);
            }
            self.argument(argument, verb)?;
        } else {
            let _ = write!(self.out, "%!{verb}(MISSING)");
        }
        Ok(())
    }

    /// The argument with its type, as in `int=5`.
    fn typed(&mut self, argument: &Argument) {
        self.out.push_str(argument.go_type(self.int));
        self.out.push('=');
        match argument {
            Argument::Int(int) => self.int(*int, 10, 'v'),
            Argument::Big(big) => self.big(big, 'v'),
            Argument::Float(float) => self.float(*float, 'v'),
            Argument::Text(text) => self.text(text),
        }
    }

    /// The error for a verb that doesn't suit the argument.
    fn bad(&mut self, argument: &Argument, verb: char) {
        let _ = write!(self.out, "%!{verb}(");
        self.typed(argument);
        self.out.push(')');
    }

    fn argument(&mut self, argument: &Argument, verb: char) -> Result<(), Failure> {
        if verb == 'T' {
            self.text(argument.go_type(self.int));
            return Ok(());
        }
        match (argument, verb) {
            (Argument::Int(int), 'v' | 'd') => self.int(*int, 10, verb),
            (Argument::Int(int), 'b') => self.int(*int, 2, verb),
            (Argument::Int(int), 'o' | 'O') => self.int(*int, 8, verb),
            (Argument::Int(int), 'x' | 'X') => self.int(*int, 16, verb),
            (Argument::Int(int), 'c') => self.pad(&character(*int).to_string()),
            (Argument::Int(int), 'q') => {
                let quoted = quoted_character(character(*int), self.flags.plus);
                self.pad(&quoted);
            }
            (Argument::Int(int), 'U') => self.code_point(*int),
            (Argument::Big(big), 'b' | 'o' | 'O' | 'd' | 's' | 'v' | 'x' | 'X') => {
                self.big(big, verb);
            }
            (Argument::Big(big), _) if verb != 'p' => {
                let _ = write!(self.out, "%!{verb}(big.Int={big})");
            }
            (Argument::Float(float), 'v' | 'g' | 'G' | 'e' | 'E' | 'f' | 'F') => {
                self.float(*float, verb);
            }
            (Argument::Float(float), 'b' | 'x' | 'X') => self.float(*float, verb),
            // Go prints the address of the number, which is different each time.
            (Argument::Big(_), _) => {
                return Err(Failure::Failed(format!(
                    "sprintf: the verb %{verb} shows no number"
                )));
            }
            (Argument::Text(text), 'v') if self.flags.sharp_v => self.quoted(text),
            (Argument::Text(text), 'v' | 's') => self.text(text),
            (Argument::Text(text), 'q') => self.quoted(text),
            (Argument::Text(text), 'x' | 'X') => self.hex(text, verb),
            _ => self.bad(argument, verb),
        }
        Ok(())
    }

    /// Writes a string, padded to the width.
    fn pad(&mut self, text: &str) {
        let Some(width) = self.flags.width else {
            return self.out.push_str(text);
        };
        let missing = width.saturating_sub(text.chars().count());
        if self.flags.minus {
            self.out.push_str(text);
            self.out.push_str(&" ".repeat(missing));
        } else {
            let filling = if self.flags.zero { "0" } else { " " };
            self.out.push_str(&filling.repeat(missing));
            self.out.push_str(text);
        }
    }

    /// Writes a string, padded to the width with spaces only.
    fn pad_blank(&mut self, text: &str) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(text);
        self.flags.zero = zero;
    }

    /// As much of a string as the precision allows.
    fn cut<'t>(&self, text: &'t str) -> &'t str {
        let most = self.flags.precision;
        let end = most.and_then(|most| text.char_indices().nth(most));
        end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
    }

    fn text(&mut self, text: &str) {
        self.pad(self.cut(text));
    }

    fn quoted(&mut self, text: &str) {
        let cut = self.cut(text);
        let is_plain = |c: char| c == '\t' || c >= ' ' && !matches!(c, '`' | '\u{7f}' | '\u{feff}');
        let is_sharp = self.flags.sharp;
        let quoted = if is_sharp && cut.chars().all(is_plain) {
            format!("`{cut}`")
        } else {
            json::quoted(cut, self.flags.plus)
        };
        self.pad(&quoted);
    }

    fn hex(&mut self, text: &str, verb: char) {
        let count = self.flags.precision.unwrap_or(usize::MAX);
        let prefix = match (self.flags.sharp, verb) {
            (true, 'x') => "0x",
            (true, _) => "0X",
            (false, _) => "",
        };
        let mut digits = String::new();
        for (i, byte) in text.bytes().take(count).enumerate() {
            if self.flags.space && i > 0 {
                digits.push(' ');
            }
            if i == 0 || self.flags.space {
                digits.push_str(prefix);
            }
            let _ = match verb {
                'x' => write!(digits, "{byte:02x}"),
                _ => write!(digits, "{byte:02X}"),
            };
        }
        self.pad_blank(&digits);
    }

    fn int(&mut self, int: i64, radix: u32, verb: char) {
        let is_negative = int < 0;
        let is_signed = is_negative || self.flags.plus || self.flags.space;
        let mut least = self.flags.precision.unwrap_or(0);
        if self.flags.precision == Some(0) && int == 0 {
            self.pad_blank("");
            return;
        }
        if let (None, Some(width), true, false) = (
            self.flags.precision,
            self.flags.width,
            self.flags.zero,
            self.flags.minus,
        ) {
            least = width.saturating_sub(usize::from(is_signed));
        }
        let digits = BigInt::from(int.unsigned_abs()).to_str_radix(radix);
        let mut digits = with_zeros(digits, least);
        if verb == 'X' {
            digits = digits.to_uppercase();
        }
        if self.flags.sharp {
            let prefix = match verb {
                'b' => "0b",
                'o' if !digits.starts_with('0') => "0",
                'x' => "0x",
                'X' => "0X",
                _ => "",
            };
            digits.insert_str(0, prefix);
        }
        if verb == 'O' {
            digits.insert_str(0, "0o");
        }
        let sign = match (is_negative, self.flags.plus, self.flags.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        self.pad_blank(&format!("{sign}{digits}"));
    }

    /// `U+0041`, or `U+0041 'A'`.
    fn code_point(&mut self, int: i64) {
        let least = self.flags.precision.unwrap_or(4).max(4);
        let digits = format!("{int:X}");
        let mut text = format!("U+{}", with_zeros(digits, least));
        if let Some(c) = u32::try_from(int).ok().and_then(char::from_u32)
            && self.flags.sharp
            && json::is_printable(c)
        {
            let _ = write!(text, " '{c}'");
        }
        self.pad_blank(&text);
    }

    /// Formats like Go's `big.Int`.
    fn big(&mut self, big: &BigInt, verb: char) {
        let flags = self.flags;
        let radix = match verb {
            'b' => 2,
            'o' | 'O' => 8,
            'x' | 'X' => 16,
            _ => 10,
        };
        let sign = match big.sign() {
            Sign::Minus => "-",
            _ if flags.plus || flags.plus_v => "+",
            _ if flags.space => " ",
            _ => "",
        };
        let prefix = match (verb, flags.sharp || flags.sharp_v) {
            ('O', _) => "0o",
            ('b', true) => "0b",
            ('o', true) => "0",
            ('x', true) => "0x",
            ('X', true) => "0X",
            _ => "",
        };
        budget::compute(usize::try_from(big.bits() / 3).unwrap_or(usize::MAX));
        let mut digits = big.magnitude().to_str_radix(radix);
        if verb == 'X' {
            digits = digits.to_uppercase();
        }
        let mut zeros = flags.precision.unwrap_or(0).saturating_sub(digits.len());
        let length = sign.len() + prefix.len() + zeros + digits.len();
        let missing = flags.width.unwrap_or(0).saturating_sub(length);
        let (mut left, mut right) = (0, 0);
        if flags.minus {
            right = missing;
        } else if flags.zero && flags.precision.is_none() {
            zeros += missing;
        } else {
            left = missing;
        }
        let (left, zeros, right) = (" ".repeat(left), "0".repeat(zeros), " ".repeat(right));
        let _ = write!(self.out, "{left}{sign}{prefix}{zeros}{digits}{right}");
    }

    fn float(&mut self, float: f64, verb: char) {
        let digits = digits(float.abs(), verb, self.flags.precision, self.flags.sharp);
        let sign = match (float.is_sign_negative(), self.flags.plus, self.flags.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        let width = self.flags.width.unwrap_or(0);
        if !sign.is_empty() && self.flags.zero && !self.flags.minus {
            let least = width.saturating_sub(sign.len());
            let _ = write!(self.out, "{sign}{}", with_zeros(digits, least));
        } else {
            self.pad(&format!("{sign}{digits}"));
        }
    }
}

fn character(int: i64) -> char {
    u32::try_from(int)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or('\u{fffd}')
}

fn quoted_character(c: char, is_ascii: bool) -> String {
    match c {
        '\'' => "'\\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => {
            let quoted = json::quoted(&c.to_string(), is_ascii);
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}
