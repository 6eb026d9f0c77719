//! The artifacts that are worst off.

use std::cmp::Reverse;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{ArtifactReport, Distribution};
use crate::model::ArtifactInfo;

/// An artifact and how many findings of each severity it has.
///
/// Serialises with the artifact's name and digest only.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ArtifactSummary<'a> {
    /// The artifact.
    pub artifact: &'a ArtifactInfo,
    /// How many findings of each severity it has.
    pub findings: Distribution,
}

impl ArtifactReport {
    /// The `n` artifacts that are worst off, the worst first.
    ///
    /// One with more critical findings comes first; among equals one with more high ones, and so on
    /// down; among equals in all of them the order is that of [`ArtifactInfo`]. Artifacts without
    /// findings are left out.
    #[must_use]
    pub fn top_artifacts(&self, n: usize) -> Vec<ArtifactSummary<'_>> {
        let mut artifacts: Vec<_> = self
            .iter()
            .map(|artifact| ArtifactSummary {
                artifact,
                findings: artifact.findings().map(|finding| finding.severity()).collect(),
            })
            .filter(|summary| summary.findings.total() > 0)
            .collect();
        artifacts.sort_by_key(|summary| (Reverse(summary.findings), summary.artifact));
        artifacts.truncate(n);
        artifacts
    }
}

impl Serialize for ArtifactSummary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let artifact = &self.artifact.artifact;
        let mut summary = serializer.serialize_struct("ArtifactSummary", 4)?;
        summary.serialize_field("repository", &artifact.repository)?;
        summary.serialize_field("digest", &artifact.digest)?;
        summary.serialize_field("tags", &artifact.tag_names().collect::<Vec<_>>())?;
        summary.serialize_field("findings", &self.findings)?;
        summary.end()
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::samples::{clean, finding, report_of, reported, unscanned};

    #[test]
    fn the_worst_come_first_and_equals_by_name() {
        let low = |id| finding(id, "a", "1", "", "Low");
        let high = |id| finding(id, "a", "1", "", "High");
        let critical = |id| finding(id, "a", "1", "", "Critical");
        let report = report_of([
            reported("p/many-low", 1, &[low("1"), low("2"), low("3")]),
            reported("p/z-critical", 2, &[critical("1")]),
            clean("p/clean", 3),
            reported("p/two-high", 4, &[high("1"), high("2")]),
            reported("p/a-critical", 5, &[critical("9")]),
            unscanned("p/unscanned", 6),
            reported("p/worst", 7, &[critical("1"), high("2")]),
        ]);
        let names = |n| -> Vec<&str> {
            let top = report.top_artifacts(n);
            top.into_iter().map(|summary| summary.artifact.artifact.repository.path()).collect()
        };
        assert_eq!(names(100), ["worst", "a-critical", "z-critical", "two-high", "many-low"]);
        assert_eq!(names(2), ["worst", "a-critical"]);
        assert!(names(0).is_empty());
    }
}
