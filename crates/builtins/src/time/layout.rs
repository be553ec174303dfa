//! Go's layouts: a time is formatted and parsed by an example, which shows a reference time (`Mon Jan 2 15:04:05 MST
//! 2006`).

use super::Moment;
use super::calendar::{self, Civil, MONTHS, NANOSECONDS, WEEKDAYS, days_in, is_leap};
use super::duration::quote;
use values::budget;

pub(crate) const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
pub(crate) const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// The layout with one of OPA's names, or else the layout itself.
pub(super) fn by_name(layout: &str) -> &str {
    match layout {
        "ANSIC" => "Mon Jan _2 15:04:05 2006",
        "UnixDate" => "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate" => "Mon Jan 02 15:04:05 -0700 2006",
        "RFC822" => "02 Jan 06 15:04 MST",
        "RFC822Z" => "02 Jan 06 15:04 -0700",
        "RFC850" => "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123" => "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z" => "Mon, 02 Jan 2006 15:04:05 -0700",
        "RFC3339" => RFC3339,
        "RFC3339Nano" => RFC3339_NANO,
        other => other,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    Zone(ZoneForm),
    /// This many digits after a separator.
    Fraction {
        digits: usize,
        separator: char,
        is_trimmed: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct ZoneForm {
    /// Whether UTC is written as `Z`.
    is_iso: bool,
    has_colon: bool,
    /// 1 for hours, 2 with minutes, 3 with seconds.
    fields: u8,
}

const ZONES: [(&str, ZoneForm); 10] = [
    ("-070000", zone(false, false, 3)),
    ("-07:00:00", zone(false, true, 3)),
    ("-0700", zone(false, false, 2)),
    ("-07:00", zone(false, true, 2)),
    ("-07", zone(false, false, 1)),
    ("Z070000", zone(true, false, 3)),
    ("Z07:00:00", zone(true, true, 3)),
    ("Z0700", zone(true, false, 2)),
    ("Z07:00", zone(true, true, 2)),
    ("Z07", zone(true, false, 1)),
];

const fn zone(is_iso: bool, has_colon: bool, fields: u8) -> ZoneForm {
    ZoneForm {
        is_iso,
        has_colon,
        fields,
    }
}

/// The other parts. Longer ones come before those that they begin with.
const PARTS: [(&str, Part); 23] = [
    ("January", Part::LongMonth),
    ("Jan", Part::Month),
    ("Monday", Part::LongWeekday),
    ("Mon", Part::Weekday),
    ("MST", Part::ZoneName),
    ("01", Part::ZeroMonth),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("002", Part::ZeroYearDay),
    ("15", Part::Hour),
    ("1", Part::NumMonth),
    ("2006", Part::LongYear),
    ("2", Part::Day),
    ("_2", Part::UnderDay),
    ("__2", Part::UnderYearDay),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::UpperPm),
    ("pm", Part::LowerPm),
];

/// The text before the next part of a layout, the part, and the rest.
fn next(layout: &str) -> (&str, Option<(&str, Part)>, &str) {
    for (at, _) in layout.char_indices() {
        let (before, here) = layout.split_at(at);
        if let Some((length, part)) = part(here) {
            // An underscore before a year is just an underscore.
            let skipped = usize::from(here.starts_with("_2006"));
            let (before, here) = layout.split_at(before.len() + skipped);
            let (text, after) = here.split_at(length - skipped);
            return (before, Some((text, part)), after);
        }
    }
    (layout, None, "")
}

fn part(here: &str) -> Option<(usize, Part)> {
    if here.starts_with("_2006") {
        return Some((5, Part::LongYear));
    }
    if let Some((text, form)) = ZONES.iter().find(|(text, _)| here.starts_with(text)) {
        return Some((text.len(), Part::Zone(*form)));
    }
    if let Some(separator) = here.chars().next().filter(|c| matches!(c, '.' | ',')) {
        let rest = here.get(1..)?;
        let digit = rest.chars().next().filter(|c| matches!(c, '0' | '9'))?;
        let digits = rest.bytes().take_while(|b| char::from(*b) == digit).count();
        let goes_on = rest.as_bytes().get(digits).is_some_and(u8::is_ascii_digit);
        let is_trimmed = digit == '9';
        return (!goes_on).then_some((
            digits + 1,
            Part::Fraction {
                digits,
                separator,
                is_trimmed,
            },
        ));
    }
    let (text, part) = PARTS.iter().find(|(text, _)| here.starts_with(text))?;
    let is_word = matches!(part, Part::Month | Part::Weekday)
        && here
            .as_bytes()
            .get(text.len())
            .is_some_and(u8::is_ascii_lowercase);
    (!is_word).then_some((text.len(), *part))
}

/// Takes the steps of reading a layout: at each of its bytes, any part may begin.
fn read(layout: &str) {
    budget::step(layout.len() as u64);
}

/// Formats a moment.
pub(super) fn write(layout: &str, moment: &Moment) -> String {
    read(layout);
    let civil = moment.civil();
    let (offset, name) = moment
        .zone
        .offset(moment.nanoseconds.div_euclid(1_000_000_000));
    let mut text = String::new();
    let mut rest = layout;
    loop {
        let (before, part, after) = next(rest);
        text.push_str(before);
        let Some((_, part)) = part else {
            return text;
        };
        write_part(&mut text, part, &civil, offset, &name);
        rest = after;
    }
}

fn write_part(text: &mut String, part: Part, civil: &Civil, offset: i64, name: &str) {
    let month = |length: Option<usize>| {
        let at = usize::try_from(civil.month - 1).unwrap_or(0);
        let name = MONTHS.get(at).copied().unwrap_or_default();
        name.get(..length.unwrap_or(name.len())).unwrap_or(name)
    };
    let weekday = calendar::weekday(civil.day_number());
    let hour12 = match civil.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let written = match part {
        Part::LongMonth => month(None).to_owned(),
        Part::Month => month(Some(3)).to_owned(),
        Part::NumMonth => civil.month.to_string(),
        Part::ZeroMonth => format!("{:02}", civil.month),
        Part::LongWeekday => weekday.to_owned(),
        Part::Weekday => weekday.get(..3).unwrap_or(weekday).to_owned(),
        Part::Day => civil.day.to_string(),
        Part::UnderDay => format!("{:2}", civil.day),
        Part::ZeroDay => format!("{:02}", civil.day),
        Part::UnderYearDay => format!("{:3}", civil.day_of_year()),
        Part::ZeroYearDay => format!("{:03}", civil.day_of_year()),
        Part::Hour => format!("{:02}", civil.hour),
        Part::Hour12 => hour12.to_string(),
        Part::ZeroHour12 => format!("{hour12:02}"),
        Part::Minute => civil.minute.to_string(),
        Part::ZeroMinute => format!("{:02}", civil.minute),
        Part::Second => civil.second.to_string(),
        Part::ZeroSecond => format!("{:02}", civil.second),
        Part::LongYear => format!("{:04}", civil.year),
        Part::Year => format!("{:02}", civil.year.abs() % 100),
        Part::UpperPm => if civil.hour >= 12 { "PM" } else { "AM" }.to_owned(),
        Part::LowerPm => if civil.hour >= 12 { "pm" } else { "am" }.to_owned(),
        Part::ZoneName => name.to_owned(),
        Part::Zone(form) => written_offset(form, offset),
        Part::Fraction {
            digits,
            separator,
            is_trimmed,
        } => written_fraction(civil.nanosecond, digits, separator, is_trimmed),
    };
    text.push_str(&written);
}

fn written_offset(form: ZoneForm, offset: i64) -> String {
    if form.is_iso && offset == 0 {
        return "Z".to_owned();
    }
    // Go only looks at the sign of the minutes.
    let sign = if offset / 60 < 0 { '-' } else { '+' };
    let minutes = (offset / 60).abs();
    let colon = if form.has_colon { ":" } else { "" };
    let mut text = format!("{sign}{:02}", minutes / 60);
    if form.fields > 1 {
        text.push_str(colon);
        text.push_str(&two_digits(minutes % 60));
    }
    if form.fields > 2 {
        text.push_str(colon);
        text.push_str(&two_digits(offset.abs() % 60));
    }
    text
}

fn two_digits(number: i64) -> String {
    format!("{number:02}")
}

fn written_fraction(nanosecond: i64, digits: usize, separator: char, is_trimmed: bool) -> String {
    if is_trimmed && nanosecond == 0 {
        return String::new();
    }
    let mut text = format!("{separator}{nanosecond:09}");
    text.truncate(digits.min(9) + 1);
    if is_trimmed {
        text.truncate(text.trim_end_matches('0').len());
        if text.len() == 1 {
            text.clear();
        }
    }
    text
}

/// The parts that have been parsed.
#[derive(Default)]
struct Read {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    is_pm: bool,
    is_am: bool,
    is_utc: bool,
    offset: Option<i64>,
    zone: Option<String>,
}

/// Why a part can't be parsed.
enum LayoutError {
    Bad,
    Range(&'static str),
}

/// Parses a time, and returns nanoseconds since 1970.
///
/// # Errors
///
/// Go's message if it can't be parsed.
pub(super) fn parse(layout: &str, text: &str) -> Result<i128, String> {
    read(layout);
    let cannot = |at: &str, what: &str| {
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quote(text),
            quote(layout),
            quote(at),
            quote(what)
        )
    };
    let wrong = |what: &str| format!("parsing time {}: {what}", quote(text));
    let mut read = Read::default();
    let (mut rest, mut value) = (layout, text);
    loop {
        let (before, part, after) = next(rest);
        value = skip(value, before).map_err(|at| cannot(at, before))?;
        let Some((name, part)) = part else {
            if !value.is_empty() {
                return Err(wrong(&format!("extra text: {}", quote(value))));
            }
            break;
        };
        match read.part(part, value, after) {
            Ok(left) => value = left,
            Err(LayoutError::Bad) => return Err(cannot(value, name)),
            Err(LayoutError::Range(what)) => return Err(wrong(&format!("{what} out of range"))),
        }
        rest = after;
    }
    read.moment().map_err(wrong)
}

impl Read {
    fn part<'v>(
        &mut self,
        part: Part,
        value: &'v str,
        after: &str,
    ) -> Result<&'v str, LayoutError> {
        let in_range = |number: i64, range: std::ops::RangeInclusive<i64>, what| {
            if range.contains(&number) {
                Ok(number)
            } else {
                Err(LayoutError::Range(what))
            }
        };
        let mut rest = value;
        match part {
            Part::Year => {
                let year = signed(take(&mut rest, 2)?)?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            Part::LongYear => {
                if !value.starts_with(|c: char| c.is_ascii_digit()) {
                    return Err(LayoutError::Bad);
                }
                self.year = signed(take(&mut rest, 4)?)?;
            }
            Part::Month => self.month = Some(name(&mut rest, &MONTHS, Some(3))? + 1),
            Part::LongMonth => self.month = Some(name(&mut rest, &MONTHS, None)? + 1),
            Part::NumMonth | Part::ZeroMonth => {
                let month = two(&mut rest, part == Part::ZeroMonth)?;
                self.month = Some(in_range(month, 1..=12, "month")?);
            }
            Part::Weekday => {
                name(&mut rest, &WEEKDAYS, Some(3))?;
            }
            Part::LongWeekday => {
                name(&mut rest, &WEEKDAYS, None)?;
            }
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                if part == Part::UnderDay {
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                }
                self.day = Some(two(&mut rest, part == Part::ZeroDay)?);
            }
            Part::UnderYearDay | Part::ZeroYearDay => {
                if part == Part::UnderYearDay {
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                }
                let count = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
                if count == 0 || part == Part::ZeroYearDay && count != 3 {
                    return Err(LayoutError::Bad);
                }
                self.day_of_year = Some(signed(take(&mut rest, count)?)?);
            }
            Part::Hour => self.hour = in_range(two(&mut rest, false)?, 0..=23, "hour")?,
            Part::Hour12 | Part::ZeroHour12 => {
                let hour = two(&mut rest, part == Part::ZeroHour12)?;
                self.hour = in_range(hour, 0..=12, "hour")?;
            }
            Part::Minute | Part::ZeroMinute => {
                let minute = two(&mut rest, part == Part::ZeroMinute)?;
                self.minute = in_range(minute, 0..=59, "minute")?;
            }
            Part::Second | Part::ZeroSecond => {
                let second = two(&mut rest, part == Part::ZeroSecond)?;
                self.second = in_range(second, 0..=59, "second")?;
                // A fraction may follow even if the layout has none.
                let is_in_layout = matches!(next(after).1, Some((_, Part::Fraction { .. })));
                if !is_in_layout {
                    self.fraction(&mut rest);
                }
            }
            Part::UpperPm | Part::LowerPm => {
                let word = take(&mut rest, 2)?;
                match (part, word) {
                    (Part::UpperPm, "PM") | (Part::LowerPm, "pm") => self.is_pm = true,
                    (Part::UpperPm, "AM") | (Part::LowerPm, "am") => self.is_am = true,
                    _ => return Err(LayoutError::Bad),
                }
            }
            Part::Zone(form) => match value.strip_prefix('Z') {
                Some(left) if form.is_iso => {
                    self.is_utc = true;
                    rest = left;
                }
                _ => self.offset = Some(offset(&mut rest, form)?),
            },
            Part::ZoneName => {
                if let Some(left) = value.strip_prefix("UTC") {
                    self.is_utc = true;
                    rest = left;
                } else {
                    let length = zone_name(value).ok_or(LayoutError::Bad)?;
                    self.zone = Some(take(&mut rest, length)?.to_owned());
                }
            }
            Part::Fraction {
                is_trimmed: true, ..
            } => self.fraction(&mut rest),
            Part::Fraction { digits, .. } => {
                let text = take(&mut rest, digits + 1)?;
                let digits = text.strip_prefix(['.', ',']).ok_or(LayoutError::Bad)?;
                self.nanosecond = billionths(digits).ok_or(LayoutError::Bad)?;
            }
        }
        Ok(rest)
    }

    /// Reads a fraction of any length, if there is one.
    fn fraction(&mut self, rest: &mut &str) {
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, left) = after.split_at(count);
            if let Some(nanosecond) = billionths(digits) {
                self.nanosecond = nanosecond;
                *rest = left;
            }
        }
    }

    fn moment(self) -> Result<i128, &'static str> {
        let hour = match (self.is_pm, self.is_am, self.hour) {
            (true, _, hour) if hour < 12 => hour + 12,
            (false, true, 12) => 0,
            (_, _, hour) => hour,
        };
        let (month, day) = match self.day_of_year {
            Some(number) => {
                let (month, day) = month_and_day(self.year, number)?;
                if self.month.is_some_and(|other| other != month) {
                    return Err("day-of-year does not match month");
                }
                if self.day.is_some_and(|other| other != day) {
                    return Err("day-of-year does not match day");
                }
                (month, day)
            }
            None => (self.month.unwrap_or(1), self.day.unwrap_or(1)),
        };
        if !(1..=days_in(self.year, month)).contains(&day) {
            return Err("day out of range");
        }
        let civil = Civil {
            year: self.year,
            month,
            day,
            hour,
            minute: self.minute,
            second: self.second,
            nanosecond: self.nanosecond,
        };
        // The name of a zone gives no offset. Go takes it for UTC, even `GMT+2`, except in output.
        let offset = if self.is_utc {
            0
        } else {
            self.offset.unwrap_or(0)
        };
        Ok(i128::from(civil.seconds() - offset) * NANOSECONDS + i128::from(self.nanosecond))
    }
}

fn month_and_day(year: i64, number: i64) -> Result<(i64, i64), &'static str> {
    if !(1..=365 + i64::from(is_leap(year))).contains(&number) {
        return Err("day-of-year out of range");
    }
    let mut day = number;
    let mut month = 1;
    while day > days_in(year, month) {
        day -= days_in(year, month);
        month += 1;
    }
    Ok((month, day))
}

/// The rest of a text after the literal text of a layout; an error with the rest where they differ.
fn skip<'v>(mut value: &'v str, mut literal: &str) -> Result<&'v str, &'v str> {
    while let Some(c) = literal.chars().next() {
        if c == ' ' {
            if !value.is_empty() && !value.starts_with(' ') {
                return Err(value);
            }
            literal = literal.trim_start_matches(' ');
            value = value.trim_start_matches(' ');
            continue;
        }
        value = value.strip_prefix(c).ok_or(value)?;
        literal = literal.strip_prefix(c).unwrap_or_default();
    }
    Ok(value)
}

fn take<'v>(value: &mut &'v str, length: usize) -> Result<&'v str, LayoutError> {
    let (taken, rest) = value.split_at_checked(length).ok_or(LayoutError::Bad)?;
    *value = rest;
    Ok(taken)
}

/// A number with or without a sign.
fn signed(text: &str) -> Result<i64, LayoutError> {
    text.parse().map_err(|_| LayoutError::Bad)
}

/// One or two digits; two if `is_fixed`.
fn two(value: &mut &str, is_fixed: bool) -> Result<i64, LayoutError> {
    let count = value.bytes().take(2).take_while(u8::is_ascii_digit).count();
    if count == 0 || is_fixed && count == 1 {
        return Err(LayoutError::Bad);
    }
    signed(take(value, count)?)
}

/// The index of a name in a list, in any case.
fn name(value: &mut &str, names: &[&str], length: Option<usize>) -> Result<i64, LayoutError> {
    for (at, name) in names.iter().enumerate() {
        let name = name.get(..length.unwrap_or(name.len())).unwrap_or(name);
        if let Some(start) = value.get(..name.len())
            && start.eq_ignore_ascii_case(name)
        {
            *value = value.get(name.len()..).unwrap_or_default();
            return i64::try_from(at).map_err(|_| LayoutError::Bad);
        }
    }
    Err(LayoutError::Bad)
}

/// The nanoseconds in the decimals of a second. Further digits are dropped.
fn billionths(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = digits.get(..9).unwrap_or(digits);
    format!("{digits:0<9}").parse().ok()
}

fn offset(value: &mut &str, form: ZoneForm) -> Result<i64, LayoutError> {
    let sign = take(value, 1)?;
    let mut field = |is_there: bool, has_colon: bool| {
        if !is_there {
            return Ok("00");
        }
        if has_colon && take(value, 1)? != ":" {
            return Err(LayoutError::Bad);
        }
        take(value, 2)
    };
    let fields = [
        field(true, false)?,
        field(form.fields > 1, form.has_colon)?,
        field(form.fields > 2, form.has_colon)?,
    ];
    let mut numbers = [0; 3];
    for (number, field) in numbers.iter_mut().zip(fields) {
        *number = two(&mut &*field, true)?;
    }
    let [hours, minutes, seconds] = numbers;
    if hours > 24 {
        return Err(LayoutError::Range("time zone offset hour"));
    }
    if minutes > 60 {
        return Err(LayoutError::Range("time zone offset minute"));
    }
    if seconds > 60 {
        return Err(LayoutError::Range("time zone offset second"));
    }
    let offset = (hours * 60 + minutes) * 60 + seconds;
    match sign {
        "+" => Ok(offset),
        "-" => Ok(-offset),
        _ => Err(LayoutError::Bad),
    }
}

/// The length of the zone's name at the start of a text.
fn zone_name(value: &str) -> Option<usize> {
    if value.starts_with("ChST") || value.starts_with("MeST") {
        return Some(4);
    }
    if let Some(rest) = value.strip_prefix("GMT") {
        return Some(3 + signed_hours(rest).unwrap_or(0));
    }
    if value.len() >= 3 && value.starts_with(['+', '-']) {
        return signed_hours(value);
    }
    let letters = value
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_uppercase)
        .count();
    let ends_in_t = letters > 0 && value.as_bytes().get(letters - 1) == Some(&b'T');
    match letters {
        5 if ends_in_t => Some(5),
        4 if ends_in_t || value.starts_with("WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

/// The length of an offset in hours.
fn signed_hours(value: &str) -> Option<usize> {
    let digits = value.strip_prefix(['+', '-'])?;
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let hours: u64 = digits.get(..count)?.parse().ok()?;
    (hours <= 23).then_some(count + 1)
}
