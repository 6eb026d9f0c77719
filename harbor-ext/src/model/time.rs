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

/// Reads a time from free text: RFC 3339, or the same without a zone, which is taken for UTC.
///
/// `None` where the text is no such time, or where it says "never" (see [`known`]).
#[must_use]
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let unzoned = |format| NaiveDateTime::parse_from_str(text, format).map(|time| time.and_utc());
    zoned.or_else(|_| unzoned("%Y-%m-%dT%H:%M:%S%.f")).or_else(|_| unzoned("%Y-%m-%d %H:%M:%S%.f")).ok().and_then(known)
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

    #[test]
    fn times_are_read_leniently() {
        for (text, expected) in [
            ("2021-08-25T12:20:30.000000005Z", Some("2021-08-25T12:20:30.000000005+00:00")),
            ("2021-08-25T14:20:30+02:00", Some("2021-08-25T12:20:30+00:00")),
            (" 2021-08-25T12:20:30 ", Some("2021-08-25T12:20:30+00:00")),
            ("2021-08-25 12:20:30.5", Some("2021-08-25T12:20:30.500+00:00")),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse(text).map(|time| time.to_rfc3339()).as_deref(), expected, "{text}");
        }
    }
}
