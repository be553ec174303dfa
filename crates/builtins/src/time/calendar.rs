//! Dates in the Gregorian calendar, extended to all times.

/// The nanoseconds in a second.
pub(super) const NANOSECONDS: i128 = 1_000_000_000;
const DAY: i64 = 86_400;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A date and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub year: i64,
    /// From 1 to 12.
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub nanosecond: i64,
}

impl Civil {
    /// The date and time this many seconds after the start of 1970.
    pub(super) fn at(seconds: i64, nanosecond: i64) -> Self {
        let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // Years that begin in March, in eras of 400 years, which all have the same length.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: of_year - (153 * shifted_month + 2) / 5 + 1,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            nanosecond,
        }
    }

    /// The number of days since January 1, 1970.
    pub(super) fn day_number(&self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let shifted_month = (self.month + 9) % 12;
        let of_year = (153 * shifted_month + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The number of seconds since the start of 1970.
    pub(super) fn seconds(&self) -> i64 {
        self.day_number() * DAY + self.hour * 3600 + self.minute * 60 + self.second
    }

    /// The day of the year, counted from 1.
    pub(super) fn day_of_year(&self) -> i64 {
        let first = Self {
            month: 1,
            day: 1,
            ..*self
        };
        self.day_number() - first.day_number() + 1
    }

    /// Adds months before days; `None` if the result is millions of years away.
    pub(super) fn plus(&self, years: i64, months: i64, days: i64) -> Option<Self> {
        let months = (self.month - 1).checked_add(months)?;
        let year = self
            .year
            .checked_add(years)?
            .checked_add(months.div_euclid(12))?;
        let day = self.day.checked_add(days)?;
        let near = 1_000_000_000;
        (year.abs() < near && day.abs() < near).then_some(Self {
            year,
            month: months.rem_euclid(12) + 1,
            day,
            ..*self
        })
    }

    /// The years, months, days, hours, minutes and seconds until a later time.
    pub(super) fn until(&self, later: &Self) -> [i64; 6] {
        let mut year = later.year - self.year;
        let mut month = later.month - self.month;
        let mut day = later.day - self.day;
        let mut hour = later.hour - self.hour;
        let mut minute = later.minute - self.minute;
        let mut second = later.second - self.second;
        if second < 0 {
            second += 60;
            minute -= 1;
        }
        if minute < 0 {
            minute += 60;
            hour -= 1;
        }
        if hour < 0 {
            hour += 24;
            day -= 1;
        }
        if day < 0 {
            day += days_in(self.year, self.month);
            month -= 1;
        }
        if month < 0 {
            month += 12;
            year -= 1;
        }
        [year, month, day, hour, minute, second]
    }
}

/// The number of days in a month, which is counted from 1.
pub(crate) fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(super) fn is_leap(year: i64) -> bool {
    match (year % 4, year % 100, year % 400) {
        (_, _, 0) => true,
        (_, 0, _) => false,
        (by_four, ..) => by_four == 0,
    }
}

/// The weekday of a day number.
pub(super) fn weekday(day_number: i64) -> &'static str {
    let at = usize::try_from((day_number + 4).rem_euclid(7)).unwrap_or(0);
    WEEKDAYS.get(at).copied().unwrap_or_default()
}
