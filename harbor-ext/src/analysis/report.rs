//! Artifacts with their reports, as one thing to ask.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{ArtifactInfo, FindingRef};

/// Artifacts with their reports, as one thing to ask.
///
/// Iterators run in the order of the artifacts, and within one in the order of its report.
/// Serialises as the list of artifacts.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct ArtifactReport {
    artifacts: Vec<ArtifactInfo>,
}

impl ArtifactReport {
    /// The artifacts, in the order in which they were given.
    #[must_use]
    pub fn artifacts(&self) -> &[ArtifactInfo] {
        &self.artifacts
    }

    /// The number of artifacts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.artifacts.len()
    }

    /// Whether there are no artifacts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.artifacts.is_empty()
    }

    /// Goes through the artifacts.
    pub fn iter(&self) -> std::slice::Iter<'_, ArtifactInfo> {
        self.artifacts.iter()
    }

    /// How many artifacts are in each state, by
    /// [`ReportState::name`](crate::model::ReportState::name). States that do not occur are absent.
    #[must_use]
    pub fn states(&self) -> BTreeMap<&'static str, usize> {
        let mut states = BTreeMap::new();
        for info in self {
            *states.entry(info.state.name()).or_default() += 1;
        }
        states
    }

    /// Every finding of every artifact.
    pub fn findings(&self) -> impl Iterator<Item = (&ArtifactInfo, FindingRef<'_>)> {
        self.iter().flat_map(|info| info.findings().map(move |finding| (info, finding)))
    }

    /// The findings that a newer version of the package fixes.
    pub fn fixable(&self) -> impl Iterator<Item = (&ArtifactInfo, FindingRef<'_>)> {
        self.findings().filter(|(_, finding)| finding.fixable())
    }

    /// The findings that no version of the package fixes yet.
    pub fn unfixable(&self) -> impl Iterator<Item = (&ArtifactInfo, FindingRef<'_>)> {
        self.findings().filter(|(_, finding)| !finding.fixable())
    }

    /// The findings of one vulnerability.
    ///
    /// The identifier is compared whole and whatever its capitals: `CVE-2020-1234` does not find
    /// `CVE-2020-12345`.
    pub fn with_cve(&self, id: &str) -> impl Iterator<Item = (&ArtifactInfo, FindingRef<'_>)> {
        self.findings().filter(move |(_, finding)| finding.id().eq_ignore_ascii_case(id))
    }

    /// The findings in one package.
    ///
    /// The name is compared whole and whatever its capitals: in some ecosystems they do not count, and a finding that
    /// is missed is worse than one too many.
    pub fn with_package(&self, name: &str) -> impl Iterator<Item = (&ArtifactInfo, FindingRef<'_>)> {
        self.findings().filter(move |(_, finding)| finding.package().eq_ignore_ascii_case(name))
    }
}

impl From<Vec<ArtifactInfo>> for ArtifactReport {
    fn from(artifacts: Vec<ArtifactInfo>) -> Self {
        Self { artifacts }
    }
}

impl FromIterator<ArtifactInfo> for ArtifactReport {
    fn from_iter<I: IntoIterator<Item = ArtifactInfo>>(artifacts: I) -> Self {
        Self { artifacts: artifacts.into_iter().collect() }
    }
}

impl IntoIterator for ArtifactReport {
    type Item = ArtifactInfo;
    type IntoIter = std::vec::IntoIter<ArtifactInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.artifacts.into_iter()
    }
}

impl<'a> IntoIterator for &'a ArtifactReport {
    type Item = &'a ArtifactInfo;
    type IntoIter = std::slice::Iter<'a, ArtifactInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::samples::{clean, finding, report_of, reported, unscanned};

    fn found<'a>(findings: impl Iterator<Item = (&'a ArtifactInfo, FindingRef<'a>)>) -> Vec<(String, &'a str)> {
        findings.map(|(info, finding)| (info.artifact.repository.to_string(), finding.get().id())).collect()
    }

    fn sample() -> ArtifactReport {
        report_of([
            reported(
                "p/one",
                1,
                &[
                    finding("CVE-2020-1234", "ssl", "1", "2", "High"),
                    finding("CVE-2020-12345", "libssl", "1", "", "Low"),
                ],
            ),
            unscanned("p/two", 2),
            clean("p/three", 3),
            reported("q/four", 4, &[finding("cve-2020-1234", "SSL", "1", " , ", "High")]),
        ])
    }

    #[test]
    fn states_are_counted_and_unscanned_is_not_clean() {
        let report = sample();
        assert_eq!(report.len(), 4);
        assert_eq!(report.states().into_iter().collect::<Vec<_>>(), [("not_scanned", 1), ("reported", 3)]);
        assert_eq!(report.states().values().sum::<usize>(), report.len());
    }

    #[test]
    fn identifiers_are_compared_whole_and_whatever_their_capitals() {
        let report = sample();
        let expected = [("p/one".to_owned(), "CVE-2020-1234"), ("q/four".to_owned(), "cve-2020-1234")];
        assert_eq!(found(report.with_cve("Cve-2020-1234")), expected);
        assert_eq!(found(report.with_cve("CVE-2020-12345")), [("p/one".to_owned(), "CVE-2020-12345")]);
        for id in ["CVE-2020-123", "2020-1234", "CVE-2020-1234 ", "", ".*"] {
            assert_eq!(found(report.with_cve(id)), [], "{id}");
        }
    }

    #[test]
    fn packages_are_compared_whole_and_whatever_their_capitals() {
        let report = sample();
        let expected = [("p/one".to_owned(), "CVE-2020-1234"), ("q/four".to_owned(), "cve-2020-1234")];
        assert_eq!(found(report.with_package("ssl")), expected);
        assert_eq!(found(report.with_package("lib")), []);
    }

    #[test]
    fn every_finding_is_fixable_or_not() {
        let report = sample();
        assert_eq!(found(report.fixable()), [("p/one".to_owned(), "CVE-2020-1234")]);
        assert_eq!(report.unfixable().count(), 2);
        assert_eq!(report.findings().count(), 3);
    }

    #[test]
    fn it_is_made_of_artifacts_and_taken_apart_again() {
        let report: ArtifactReport = sample().into_iter().rev().collect();
        let repositories: Vec<_> = report.iter().map(|info| info.artifact.repository.full()).collect();
        assert_eq!(repositories, ["q/four", "p/three", "p/two", "p/one"]);
        assert!(ArtifactReport::from(Vec::new()).is_empty());
    }
}
