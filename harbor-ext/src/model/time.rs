//! Times as Harbor writes them.

use chrono::{DateTime, NaiveDateTime, Utc};

/// Tells a real time from Harbor's "never".
///
/// Harbor writes the first day of the year 1 for a time that was never set, and in some places the
/// start of 1970. No registry is older, so that whatever is not after 1970 began is `None`.
#[must_use]
pub fn known(time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (time.timestamp() > 0).then_some(time)
}

/// Reads a time from free text: RFC 3339, the same with another offset such as `+0000` or `+00`, as databases and Go
/// write it, or without any, which is taken for UTC.
///
/// `None` where the text is no such time, or where it says "never" (see [`known`]).
#[must_use]
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let text = text.strip_suffix("UTC").map_or(text, str::trim_end);
    let zoned = |format| DateTime::parse_from_str(text, format).map(|time| time.to_utc());
    let unzoned = |format| NaiveDateTime::parse_from_str(text, format).map(|time| time.and_utc());
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .or_else(|_| unzoned("%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|_| unzoned("%Y-%m-%d %H:%M:%S%.f"))
        .or_else(|_| zoned("%Y-%m-%dT%H:%M:%S%.f %#z"))
        .or_else(|_| zoned("%Y-%m-%d %H:%M:%S%.f %#z"))
        .ok()
        .and_then(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zero_dates_are_no_times() {
        for text in ["0001-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "0001-01-01T00:00:00Z"] {
            let time: DateTime<Utc> = text.parse().unwrap();
            assert_eq!(known(time), None, "{text}");
            assert_eq!(parse(text), None, "{text}");
        }
        let time: DateTime<Utc> = "2026-01-02T03:04:05.678Z".parse().unwrap();
        assert_eq!(known(time), Some(time));
    }

    /// W6: the time of a report is free text.
    #[test]
    fn times_are_read_leniently() {
        for (text, expected) in [
            ("2021-08-25T12:20:30.000000005Z", Some("2021-08-25T12:20:30.000000005+00:00")),
            ("2021-08-25T14:20:30+02:00", Some("2021-08-25T12:20:30+00:00")),
            (" 2021-08-25T12:20:30 ", Some("2021-08-25T12:20:30+00:00")),
            ("2021-08-25 12:20:30.5", Some("2021-08-25T12:20:30.500+00:00")),
            ("2021-08-25 12:20:30 UTC", Some("2021-08-25T12:20:30+00:00")),
            ("2021-08-25 12:20:30.5 +0000 UTC", Some("2021-08-25T12:20:30.500+00:00")),
            ("2021-08-25T14:20:30+0200", Some("2021-08-25T12:20:30+00:00")),
            ("2021-08-25 14:20:30.5+02", Some("2021-08-25T12:20:30.500+00:00")),
            ("2021-08-25 12:20:30 +25", None),
            ("UTC", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse(text).map(|time| time.to_rfc3339()).as_deref(), expected, "{text}");
        }
    }
}
