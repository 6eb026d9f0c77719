//! The vulnerability report of one artifact.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Severity, time};
use crate::version::{Distribution, Scheme, Version};

pub use findings::FindingRef;
pub(super) use findings::{ARTIFACT_DIGESTS, Digests, Findings, FindingsBuilder};
pub(super) use head::Head;
pub(crate) use packed::{Packed, Packer};
#[cfg(feature = "archive")]
pub(crate) use referenced::{Referenced, References, Unreferenced};
pub use written::Envelope;
pub(super) use written::{MEDIA_TYPE_MEMBER, unguarded};

mod findings;
mod head;
mod narrowed;
mod packed;
mod questions;
#[cfg(feature = "archive")]
mod referenced;
mod schema;
mod written;

/// What a scanner found in one artifact; for an index, in all its children together.
///
/// It keeps everything that Harbor said, unknown members and values of unexpected types too, and can be written back in
/// Harbor's [envelope](Self::envelope).
///
/// Serialises as the JSON object that Harbor wrote, without the envelope; the [media type](Self::media_type) is added as
/// `media_type` where it is not today's. (A member of the report that has that name itself gets an underscore in front.)
/// Deserialising gives an equal report; see [`FindingPool::seed`](super::FindingPool::seed) for many of them. Both ways
/// are for JSON alone, by `serde_json`: values that have no type here are kept as JSON text. A `serde_json::Value` does as
/// well as text does, unless a report holds what such a value cannot, such as the number 1e400.
///
/// Costs 8 bytes for each finding of an image, and 12 for each finding of an index whose children
/// differ; the findings themselves are shared.
#[derive(Debug, PartialEq)]
pub struct Report {
    pub(super) head: Head,
    pub(super) findings: Findings,
}

/// The scanner that made a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Scanner {
    /// Its name, such as `Trivy`.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Its version.
    pub version: String,
}

impl Scanner {
    /// Its version by the rules of semantic versioning, to be compared with another of [`Scheme::SemVer`]; `None` where it
    /// is none, such as `dev`.
    #[must_use]
    pub fn semver(&self) -> Option<Version> {
        Version::parse(Scheme::SemVer, &self.version).ok()
    }
}

impl Report {
    /// The media type that the report came under, such as [`MEDIA_TYPE_1_1`](super::decode::MEDIA_TYPE_1_1).
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.head.media_type()
    }

    /// When the scanner made the report, where that can be read as a time.
    #[must_use]
    pub fn generated_at(&self) -> Option<DateTime<Utc>> {
        time::parse(self.generated_at_text())
    }

    /// When the scanner made the report, as it wrote it.
    #[must_use]
    pub fn generated_at_text(&self) -> &str {
        self.head.generated_at()
    }

    /// The scanner, where the report names it.
    #[must_use]
    pub fn scanner(&self) -> Option<&Scanner> {
        self.head.scanner.as_deref()
    }

    /// The severity that the scanner gave to the artifact as a whole, in its own word; empty where
    /// it found nothing.
    #[must_use]
    pub fn severity_text(&self) -> &str {
        self.head.severity()
    }

    /// The JSON of a member of the report that this type does not know, or that says more than it knows: a scanner with
    /// further members is here as a whole.
    #[must_use]
    pub fn other(&self, member: &str) -> Option<&str> {
        self.head.other(member)
    }

    /// The severity of the worst finding; `None` where there are no findings.
    ///
    /// Counted from the findings: the severity of the whole report goes stale when a later scan of
    /// another image changes a finding that both have.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.findings().map(|finding| finding.severity()).max()
    }

    /// The number of findings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether the scanner found nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The findings, in the order of the report.
    #[must_use]
    pub fn findings(&self) -> impl ExactSizeIterator<Item = FindingRef<'_>> {
        self.findings.iter()
    }

    /// The distribution that the findings show the image to be made of.
    pub(crate) fn distribution(&self) -> Option<Distribution> {
        if let Some(remembered) = self.head.distribution() {
            return remembered;
        }
        Distribution::of(self.findings().map(|finding| (finding.get().package(), finding.get().version())))
    }

    /// The finding at a place of the report, for iterators that keep the place.
    pub(crate) fn finding(&self, index: usize) -> Option<FindingRef<'_>> {
        self.findings.get(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports of a whole registry are held at once; a field that is added without thought shows here.
    #[test]
    fn a_report_is_small() {
        assert!(size_of::<Report>() <= 96, "{}", size_of::<Report>());
    }

    /// S19: the version of the scanner, or nothing where it is none.
    #[test]
    fn the_version_of_a_scanner_is_read() {
        let of = |version: &str| Scanner { version: version.to_owned(), ..Scanner::default() }.semver();
        for version in ["v0.65.0", "0.65.0", "0.65", "v0.66.0-rc.1+build.5"] {
            assert_eq!(of(version).map(|version| version.to_string()).as_deref(), Some(version));
        }
        for version in ["", "dev", "v", "1..2"] {
            assert_eq!(of(version), None, "{version}");
        }
        assert_eq!(of("v0.65.0"), of("0.65"));
        assert!(of("v0.9.0") < of("v0.10.0"));
    }
}
