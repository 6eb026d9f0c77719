//! Python's order, by the crate that is a complete reading of PEP 440.

use pep440_rs::Version;

use crate::version::error::Reason;

pub(in crate::version) type Key = Version;

pub(super) fn key(text: &str) -> Result<Key, Reason> {
    text.parse().map_err(|error: pep440_rs::VersionParseError| error.to_string().into())
}
