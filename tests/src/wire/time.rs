//! Times as Harbor writes them: UTC, three fractional digits, and the year 1 for "never".

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serializer;

/// What Harbor sends where a time is not set.
pub(crate) const NEVER: &str = "0001-01-01T00:00:00.000Z";

/// Formats a time for the wire.
pub(crate) fn text(time: &DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Serialises a time.
pub(crate) fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(time))
}

/// Serialises a time that may not be set.
pub(crate) fn serialize_optional<S: Serializer>(
    time: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serialize(time, serializer),
        None => serializer.serialize_str(NEVER),
    }
}

/// Reads the one layout that the `q` language knows as a time.
pub(crate) fn from_query(text: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok().map(|time| time.and_utc())
}

/// Reads the texts that the database takes for a time when the `q` language did not.
pub(crate) fn from_database_text(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let layouts = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let time = layouts.iter().find_map(|layout| NaiveDateTime::parse_from_str(text, layout).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    time.or_else(day).map(|time| time.and_utc())
}
