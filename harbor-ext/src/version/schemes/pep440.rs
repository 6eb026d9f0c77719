//! Python's order, by the crate that is a complete reading of PEP 440.

use pep440_rs::Version;

use crate::version::error::Reason;

pub(in crate::version) type Key = Version;

pub(super) fn key(text: &str) -> Result<Key, Reason> {
    let version: Version =
        text.parse().map_err(|error: pep440_rs::VersionParseError| Reason::from(error.to_string()))?;
    // The crate orders this one number as if it were missing, but does not hash it so.
    match version.dev() {
        Some(u64::MAX) => Err("the number after \"dev\" is too large".into()),
        _ => Ok(version),
    }
}
