//! Times as a real registry told them, and those that it did not tell.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::{Deserialize, Deserializer};

use crate::registry::BEGINNING;

/// The time of what tells none.
pub(super) fn beginning() -> DateTime<Utc> {
    BEGINNING
}

/// The time of what has not happened, as Harbor tells it.
pub(super) fn never() -> DateTime<Utc> {
    DateTime::<Utc>::MIN_UTC
}

/// Reads a time as the database may have it: with microseconds, which the API does not tell, so that it is later than
/// what is told.
pub(super) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let told = DateTime::<Utc>::deserialize(deserializer)?;
    Ok(if told.year() > 1 { told + TimeDelta::microseconds(500) } else { told })
}
