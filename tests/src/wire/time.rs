//! Times as Harbor writes them: UTC, three fractional digits, and the year 1 for "never".

use std::cmp::Ordering;

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

/// Formats a time as the database turns it into text; one that is not set is stored as the year 1.
pub(crate) fn database_text(time: &Option<DateTime<Utc>>) -> String {
    let Some(time) = time else { return "0001-01-01 00:00:00".to_owned() };
    let text = time.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads the one layout that the `q` language knows as a time, with or without a fraction.
pub(crate) fn from_query(text: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc())
}

/// Reads the texts that the database takes for a time when the `q` language did not. Its columns have no time zone, so
/// that it does not look at one.
pub(crate) fn from_database_text(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.naive_local().and_utc());
    }
    let layouts = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let time = layouts.iter().find_map(|layout| NaiveDateTime::parse_from_str(text, layout).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    time.or_else(day).map(|time| time.and_utc())
}

/// Whether two times are the same moment for the database, and which is earlier.
pub(crate) fn compare(left: &Option<DateTime<Utc>>, right: &DateTime<Utc>) -> Ordering {
    left.unwrap_or_else(never).cmp(right)
}

fn never() -> DateTime<Utc> {
    from_query("0001-01-01T00:00:00").unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
mod tests {
    use super::{compare, database_text, from_database_text, from_query};

    #[test]
    fn texts_of_the_database() {
        let time = from_query("2026-11-21T08:36:14.120");
        assert_eq!(database_text(&time), "2026-11-21 08:36:14.12");
        assert_eq!(database_text(&from_query("2026-11-21T08:36:10")), "2026-11-21 08:36:10");
        for text in ["2026-11-21 08:36:14.12", "2026-11-21T08:36:14.12Z", " 2026-11-21T08:36:14.12+02:00"] {
            assert_eq!(from_database_text(text), time, "{text}");
        }
        for text in ["", "2026", "2026-11", "foo"] {
            assert_eq!(from_database_text(text), None, "{text}");
        }
    }

    #[test]
    fn never_is_the_year_one() {
        let year_one = from_query("0001-01-01T00:00:00").unwrap();
        assert!(compare(&None, &year_one).is_eq());
        assert_eq!(database_text(&None), database_text(&Some(year_one)));
    }
}
