//! Findings by artifact.

use std::borrow::Cow;
use std::cmp::Reverse;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::{ArtifactReport, CvssStatistics, Distribution};
use crate::model::ArtifactInfo;
use crate::name::{Digest, RepositoryName};

/// An artifact and how bad its findings are.
///
/// Of the artifact itself only registry, name, digest, tags and the name of its state are serialised.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ArtifactSummary<'a> {
    /// The artifact.
    pub artifact: &'a ArtifactInfo,
    /// How many findings of each severity it has.
    pub findings: Distribution,
    /// Statistics of their CVSS scores; `None` where none has a score.
    pub cvss: Option<CvssStatistics>,
}

impl ArtifactReport {
    /// The artifacts, the worst first.
    ///
    /// One with more critical findings comes first; among equals one with more high ones, and so on
    /// down; among equals in all of them the order is that of [`ArtifactInfo`]. All artifacts are there: those without
    /// findings come last, and their [`state`](ArtifactInfo::state) tells the clean ones from those without a report.
    #[must_use]
    pub fn by_artifact(&self) -> Vec<ArtifactSummary<'_>> {
        let mut artifacts: Vec<_> = self.iter().map(ArtifactSummary::new).collect();
        artifacts.sort_by_key(|summary| (Reverse(summary.findings), summary.artifact));
        artifacts
    }
}

impl<'a> ArtifactSummary<'a> {
    fn new(artifact: &'a ArtifactInfo) -> Self {
        Self {
            artifact,
            findings: artifact.findings().map(|finding| finding.severity()).collect(),
            cvss: CvssStatistics::of(artifact.findings()),
        }
    }

    /// The worst of some artifacts, in the order of [`ArtifactReport::by_artifact`]; `None` where none has findings.
    pub(super) fn worst_of(artifacts: impl IntoIterator<Item = &'a ArtifactInfo>) -> Option<Self> {
        artifacts
            .into_iter()
            .map(Self::new)
            .filter(|summary| summary.findings.total() > 0)
            .min_by_key(|summary| (Reverse(summary.findings), summary.artifact))
    }
}

/// An [`ArtifactSummary`] as it is serialised.
#[derive(Serialize, JsonSchema)]
struct Written<'a> {
    /// The registry, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    registry: Option<&'a str>,
    /// The repository.
    repository: &'a RepositoryName,
    /// The digest of its content.
    digest: &'a Digest,
    /// Its tags, in the order of the list.
    tags: Vec<&'a str>,
    /// Whether it has a report, and if not, why.
    state: &'static str,
    /// How many findings of each severity it has.
    findings: Distribution,
    /// Statistics of their CVSS scores.
    cvss: Option<CvssStatistics>,
}

impl Serialize for ArtifactSummary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let artifact = &self.artifact.artifact;
        let written = Written {
            registry: artifact.registry.as_deref(),
            repository: &artifact.repository,
            digest: &artifact.digest,
            tags: artifact.tag_names().collect(),
            state: self.artifact.state.name(),
            findings: self.findings,
            cvss: self.cvss,
        };
        written.serialize(serializer)
    }
}

impl JsonSchema for ArtifactSummary<'_> {
    fn schema_name() -> Cow<'static, str> {
        "ArtifactSummary".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::samples::{clean, finding, report_of, reported, scored, unscanned};

    /// R16: the worst artifacts, with stable ties.
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
            unscanned("p/another-unscanned", 6),
            reported("p/worst", 7, &[critical("1"), high("2")]),
        ]);
        let summaries = report.by_artifact();
        let names: Vec<_> = summaries.iter().map(|summary| summary.artifact.artifact.repository.path()).collect();
        let expected = ["worst", "a-critical", "z-critical", "two-high", "many-low", "another-unscanned", "clean"];
        assert_eq!(names, expected);
    }

    /// I1 and I2: each artifact has statistics of its own.
    #[test]
    fn each_artifact_has_its_own_statistics() {
        let report = report_of([
            reported("p/one", 1, &[scored("1", "a", 2.0), scored("2", "a", 4.0), finding("3", "a", "1", "", "Low")]),
            reported("p/two", 2, &[finding("3", "a", "1", "", "Low")]),
            unscanned("p/three", 3),
        ]);
        let summaries = report.by_artifact();
        let cvss = summaries[0].cvss.unwrap();
        assert_eq!((cvss.count, cvss.mean, cvss.max), (2, 3.0, 4.0));
        assert_eq!(summaries[1].cvss, None);
        let json = serde_json::to_value(&summaries[2]).unwrap();
        assert_eq!(json["state"], "not_scanned");
        assert_eq!(json["cvss"], serde_json::Value::Null);
    }
}
