//! What stands where in an archive; `docs/archive.md` says it in words.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::outcome::Summary;
use crate::snapshot::Source;

/// By what an archive is told from other compressed JSON.
pub(super) const FORMAT: &str = "harbor-ext archive";

/// The version of the format that is written, and the last one that is read.
pub(super) const VERSION: u64 = 1;

/// The text of a part before compression, usually. A larger one would be compressed a little better, and more would be lost
/// with it.
pub(super) const USUAL_PART: usize = 4 << 20;

/// The longest text of a part: nothing larger is written, and nothing larger is unpacked, whatever a file says of itself.
pub(super) const LARGEST_PART: usize = 64 << 20;

/// The longest record, so that there is room for the header of its part.
pub(super) const LARGEST_RECORD: usize = LARGEST_PART - (1 << 20);

/// The first line of each part, so that every part can be read though all others are lost.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header<'a> {
    /// [`FORMAT`].
    pub(super) format: Cow<'a, str>,
    /// [`VERSION`].
    pub(super) version: u64,
    /// Counted from 0.
    pub(super) part: u64,
    /// What stands in the parts before.
    pub(super) before: Counts,
    /// Where the archive comes from.
    pub(super) source: Cow<'a, Source>,
}

/// What every version of a header has.
#[derive(Debug, Deserialize)]
pub(super) struct AnyHeader<'a> {
    #[serde(borrow)]
    pub(super) format: Cow<'a, str>,
    pub(super) version: u64,
}

/// The last line of an archive.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct End<'a> {
    pub(super) finished_at: DateTime<Utc>,
    pub(super) summary: Cow<'a, Summary>,
    /// What stands in the whole archive.
    pub(super) counts: Counts,
    /// The checksum, in hexadecimal, of all lines before.
    pub(super) sha256: String,
}

/// How many records there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) findings: u64,
    pub(super) artifacts: u64,
    pub(super) failures: u64,
    pub(super) allowlists: u64,
}

impl Counts {
    /// The counts together.
    pub(super) fn plus(self, other: Self) -> Self {
        self.zip(other, u64::saturating_add)
    }

    /// What is more here; `None` where something is less.
    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let is_less = self.findings < other.findings
            || self.artifacts < other.artifacts
            || self.failures < other.failures
            || self.allowlists < other.allowlists;
        (!is_less).then(|| self.zip(other, u64::saturating_sub))
    }

    fn zip(self, other: Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            findings: combine(self.findings, other.findings),
            artifacts: combine(self.artifacts, other.artifacts),
            failures: combine(self.failures, other.failures),
            allowlists: combine(self.allowlists, other.allowlists),
        }
    }
}

/// Bytes as people write a checksum.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
