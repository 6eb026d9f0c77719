//! Times and shares as people read them.

use chrono::{DateTime, Utc};

/// A time to the minute.
pub(in crate::export) fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The day of a time, in UTC.
pub(in crate::export) fn day(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}

/// A probability as a percentage with one decimal, such as `94.4 %`.
pub(in crate::export) fn percent(probability: f64) -> String {
    format!("{:.1} %", probability * 100.0)
}
