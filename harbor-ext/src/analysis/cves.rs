//! The vulnerabilities that reach furthest.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::Serialize;

use super::ArtifactReport;
use super::groups::Groups;
use crate::model::{ArtifactInfo, Finding, Severity};

/// One vulnerability in all the artifacts that have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CveSummary<'a> {
    /// Its identifier; of several spellings the alphabetically first.
    pub id: &'a str,
    /// How many artifacts have it.
    pub artifacts: usize,
    /// How many findings of it they have together: an artifact may have it in several packages.
    pub findings: usize,
    /// Its worst severity.
    pub severity: Severity,
    /// Its highest CVSS score.
    pub cvss_score: Option<f64>,
    /// Whether one of its packages has a version that fixes it.
    pub fixable: bool,
    /// The packages that it is in, sorted.
    pub packages: BTreeSet<&'a str>,
}

impl ArtifactReport {
    /// The `n` vulnerabilities that most artifacts have.
    ///
    /// Sorted by the number of artifacts, then by severity, then by CVSS score, each the highest
    /// first, then by identifier. Findings without an identifier are left out.
    #[must_use]
    pub fn top_cves(&self, n: usize) -> Vec<CveSummary<'_>> {
        let mut groups = Groups::<String, Occurrences<'_>>::new();
        for (artifact, finding) in self.findings() {
            let id = |finding: &Finding| finding.id().to_ascii_uppercase();
            let cve = groups.group_of(finding.shared(), id, |cve, finding| cve.summary.absorb(finding));
            cve.add(artifact);
        }
        let cves = groups.into_groups().into_iter().map(|cve| cve.summary);
        let mut cves: Vec<_> = cves.filter(|cve| !cve.id.is_empty()).collect();
        cves.sort_by(CveSummary::furthest_first);
        cves.truncate(n);
        cves
    }
}

/// A summary in the making.
#[derive(Default)]
struct Occurrences<'a> {
    summary: CveSummary<'a>,
    /// The artifact that was added last, to count none twice: findings of an artifact come together.
    last: Option<&'a ArtifactInfo>,
}

impl<'a> Occurrences<'a> {
    fn add(&mut self, artifact: &'a ArtifactInfo) {
        self.summary.findings += 1;
        if !self.last.is_some_and(|last| std::ptr::eq(last, artifact)) {
            self.summary.artifacts += 1;
            self.last = Some(artifact);
        }
    }
}

impl<'a> CveSummary<'a> {
    /// Takes in what a finding says, apart from who has it.
    fn absorb(&mut self, finding: &'a Finding) {
        let is_first = self.packages.is_empty();
        self.id = if is_first { finding.id() } else { self.id.min(finding.id()) };
        self.severity = self.severity.max(finding.severity());
        self.cvss_score = match (self.cvss_score, finding.cvss_score()) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        self.fixable |= finding.fixable();
        self.packages.insert(finding.package());
    }

    fn furthest_first(&self, other: &Self) -> Ordering {
        // Any score is higher than none.
        let score = |cve: &Self| cve.cvss_score.unwrap_or(-1.0);
        (other.artifacts, other.severity)
            .cmp(&(self.artifacts, self.severity))
            .then_with(|| score(other).total_cmp(&score(self)))
            .then_with(|| self.id.cmp(other.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::samples::{finding, report_of, reported, scored};

    #[test]
    fn a_vulnerability_is_summed_up_over_artifacts_and_packages() {
        let report = report_of([
            reported(
                "p/one",
                1,
                &[scored("CVE-1", "b", 5.0), scored("CVE-1", "a", 9.8), finding("", "c", "1", "", "High")],
            ),
            reported("p/two", 2, &[finding("cve-1", "a", "2", "3", "Critical")]),
            reported("p/three", 3, &[finding("CVE-2", "a", "2", "", "Critical")]),
        ]);
        let cves = report.top_cves(10);
        assert_eq!(
            cves[0],
            CveSummary {
                id: "CVE-1",
                artifacts: 2,
                findings: 3,
                severity: Severity::Critical,
                cvss_score: Some(9.8),
                fixable: true,
                packages: BTreeSet::from(["a", "b"]),
            }
        );
        assert_eq!(cves.iter().map(|cve| cve.id).collect::<Vec<_>>(), ["CVE-1", "CVE-2"]);
    }

    #[test]
    fn ties_are_broken_by_severity_score_and_identifier() {
        let report = report_of([reported(
            "p/one",
            1,
            &[
                finding("CVE-5", "a", "1", "", "High"),
                finding("CVE-3", "a", "1", "", "Critical"),
                scored("CVE-2", "a", 5.0),
                scored("CVE-1", "a", 5.0),
                scored("CVE-4", "a", 7.5),
            ],
        )]);
        let ids: Vec<_> = report.top_cves(4).iter().map(|cve| cve.id).collect();
        assert_eq!(ids, ["CVE-3", "CVE-5", "CVE-4", "CVE-1"]);
    }
}
