use std::fmt;
use std::str::FromStr;

/// A date without a time zone. An exception expires at the end of its last day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The date of a time in RFC 3339, or of a date alone.
    #[must_use]
    pub fn of_moment(text: &str) -> Option<Date> {
        let (day, rest) = text.trim().split_at_checked(10)?;
        let is_moment = rest.is_empty() || rest.starts_with(['T', 't', ' ']);
        day.parse().ok().filter(|_| is_moment)
    }

    /// The number of days until another date; negative if that is earlier.
    #[must_use]
    pub fn days_until(self, other: Date) -> i32 {
        other.number() - self.number()
    }

    /// The days since March 1 of the year 0. Years begin in March here, so that the leap day is the last.
    fn number(self) -> i32 {
        let month = (i32::from(self.month) + 9) % 12;
        let year = i32::from(self.year) - month / 10;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        year * 365 + leap_days + (month * 306 + 5) / 10 + i32::from(self.day) - 1
    }

    /// Whether it is over. Without a clock, any day may be over.
    #[must_use]
    pub fn has_passed(self, today: Option<Date>) -> bool {
        today.is_none_or(|today| self < today)
    }
}

/// Why a string isn't a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDate {
    /// It doesn't have the form `2027-03-01`.
    Form,
    /// There is no such day in the calendar.
    Calendar,
}

impl FromStr for Date {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let is_form = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_form {
            return Err(NoDate::Form);
        }
        let mut parts = text.split('-').map(str::parse::<u16>);
        let mut next = || parts.next().and_then(Result::ok).ok_or(NoDate::Form);
        let (year, month, day) = (next()?, next()?, next()?);
        let is_leap =
            year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if day == 0 || day > days {
            return Err(NoDate::Calendar);
        }
        let small = |number| u8::try_from(number).map_err(|_| NoDate::Form);
        Ok(Self {
            year,
            month: small(month)?,
            day: small(day)?,
        })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for NoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "isn't a date such as `2027-03-01`",
            Self::Calendar => "isn't in the calendar",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, NoDate};

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        for right in [
            "2027-03-01",
            "2028-02-29",
            "2000-02-29",
            "0001-01-01",
            "9999-12-31",
        ] {
            assert_eq!(
                right.parse::<Date>().map(|date| date.to_string()),
                Ok(right.to_owned())
            );
        }
        for wrong in [
            "2027-02-29",
            "2027-02-30",
            "1900-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-04-31",
            "2027-01-00",
        ] {
            assert_eq!(wrong.parse::<Date>(), Err(NoDate::Calendar), "{wrong}");
        }
        for wrong in [
            "",
            "2027",
            "2027-3-1",
            "01-03-2027",
            "2027/03/01",
            "2027-03-01T00",
            "+027-03-01",
            "２027-03-1",
            "2027-03-0a",
        ] {
            assert_eq!(wrong.parse::<Date>(), Err(NoDate::Form), "{wrong}");
        }
    }

    #[test]
    fn days_between_dates_are_those_of_the_calendar() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        for (one, other, days) in [
            ("2026-11-27", "2026-11-27", 0),
            ("2026-11-27", "2026-12-01", 4),
            ("2027-02-28", "2027-03-01", 1),
            ("2028-02-28", "2028-03-01", 2),
            ("1900-02-28", "1900-03-01", 1),
            ("2000-02-28", "2000-03-01", 2),
            ("2026-12-31", "2027-01-01", 1),
            ("2026-01-01", "2027-01-01", 365),
            ("0001-01-01", "9999-12-31", 3_652_058),
        ] {
            assert_eq!(date(one).days_until(date(other)), days, "{one} {other}");
            assert_eq!(date(other).days_until(date(one)), -days, "{other} {one}");
        }
    }

    #[test]
    fn the_day_of_a_moment_is_its_first_ten_characters() {
        let day = |text| Date::of_moment(text).map(|date| date.to_string());
        for right in [
            "2026-11-27",
            "2026-11-27T04:00:00Z",
            " 2026-11-27 04:00:00+01:00",
        ] {
            assert_eq!(day(right).as_deref(), Some("2026-11-27"), "{right}");
        }
        for wrong in [
            "",
            "yesterday",
            "2026-11-2",
            "2026-11-31",
            "2026-11-271",
            "2026-11-2é",
        ] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_are_in_the_order_of_time() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert!(date("2026-12-31") < date("2027-01-01"));
        assert!(date("2027-01-31") < date("2027-02-01"));
        assert!(date("2027-02-01") < date("2027-02-10"));
    }
}
