use std::fmt;
use std::str::FromStr;

/// A day of the calendar, without a time zone: an exception holds to the end of its day in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Whether it is over; without a clock, no day is known not to be.
    #[must_use]
    pub fn has_passed(self, today: Option<Date>) -> bool {
        today.is_none_or(|today| self < today)
    }
}

/// Why a string is not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoDate {
    /// It isn't written as `2027-03-01`.
    Form,
    /// The calendar doesn't have it.
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
            Self::Form => "isn't a date, such as `2027-03-01`",
            Self::Calendar => "is a date that the calendar doesn't have",
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
    fn dates_are_in_the_order_of_time() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert!(date("2026-12-31") < date("2027-01-01"));
        assert!(date("2027-01-31") < date("2027-02-01"));
        assert!(date("2027-02-01") < date("2027-02-10"));
    }
}
