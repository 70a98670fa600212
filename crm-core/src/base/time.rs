//! Instants and spans: microseconds, UTC.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};

/// A point in time, UTC, to the microsecond.
///
/// ```
/// use crm_core::base::Instant;
/// let noon: Instant = "2026-03-01T12:00:00Z".parse().unwrap();
/// assert_eq!(noon.to_string(), "2026-03-01T12:00:00.000000Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

/// A length of time in microseconds; negative when it runs backwards.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i64);

impl Instant {
    /// The earliest instant that prints: the year 1.
    pub const MIN: Instant = Instant(-62_135_596_800_000_000);
    /// The latest instant that prints: the end of the year 9999.
    pub const MAX: Instant = Instant(253_402_300_799_999_999);

    /// The instant so many microseconds after 1 January 1970, held within the years 1 to 9999.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            Self::MIN
        } else if micros > Self::MAX.0 {
            Self::MAX
        } else {
            Instant(micros)
        }
    }

    /// Microseconds since 1 January 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// As chrono's type.
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Instant::from_micros(at.timestamp_micros())
    }
}

impl Span {
    /// No time.
    pub const ZERO: Span = Span(0);

    /// A span of microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Span(micros)
    }

    /// A span of seconds.
    pub const fn from_secs(secs: i64) -> Self {
        Span(secs.saturating_mul(1_000_000))
    }

    /// A span of hours.
    pub const fn from_hours(hours: i64) -> Self {
        Span::from_secs(hours.saturating_mul(3_600))
    }

    /// A span of days of 24 hours.
    pub const fn from_days(days: i64) -> Self {
        Span::from_secs(days.saturating_mul(86_400))
    }

    /// Microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole and part days of 24 hours.
    pub fn days(self) -> f64 {
        self.0 as f64 / 86_400e6
    }
}

impl Add<Span> for Instant {
    type Output = Instant;
    fn add(self, span: Span) -> Instant {
        Instant::from_micros(self.0.saturating_add(span.0))
    }
}
impl Sub<Span> for Instant {
    type Output = Instant;
    fn sub(self, span: Span) -> Instant {
        Instant::from_micros(self.0.saturating_sub(span.0))
    }
}
impl Sub for Instant {
    type Output = Span;
    fn sub(self, earlier: Instant) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}
impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_chrono().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = chrono::ParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(DateTime::parse_from_rfc3339(text)?.with_timezone(&Utc).into())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}us", self.0)
    }
}
impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
impl serde::Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}
impl<'de> serde::Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Span)
    }
}
