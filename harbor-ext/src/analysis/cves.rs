//! Findings by vulnerability.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::ArtifactReport;
use super::groups::{self, Groups, Reach};
use super::keys::{AnyCase, AnyCaseSet};
use crate::model::{Finding, Severity};

/// One vulnerability in all the artifacts that have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct CveSummary<'a> {
    /// Its identifier; of several spellings the alphabetically first. Empty for the findings that have none.
    pub id: &'a str,
    /// How many artifacts have it.
    pub artifacts: usize,
    /// How many repositories these artifacts are in.
    pub repositories: usize,
    /// The names of the projects that they are in, sorted. Projects of several registries that have the same name are one
    /// here.
    pub projects: BTreeSet<&'a str>,
    /// How many projects they are in, each registry having its own.
    pub project_count: usize,
    /// The names of these projects by registry, where that is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub projects_by_registry: BTreeMap<&'a str, BTreeSet<&'a str>>,
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
    /// The versions that fix it, each as the scanner wrote it, by package. Packages without any are absent.
    pub fix_versions: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl ArtifactReport {
    /// The findings by vulnerability, the one that most artifacts have first.
    ///
    /// Sorted by the number of artifacts, then by severity, then by CVSS score, each the highest first, then by
    /// identifier: `report.by_cve().into_iter().take(10)` are the ten that reach furthest. Every finding is in one of
    /// them; those without an identifier are together, and last.
    ///
    /// To group the vulnerabilities of one project, keep its artifacts first. For their owners, map the
    /// [`projects`](CveSummary::projects), or those [by registry](CveSummary::projects_by_registry).
    #[must_use]
    pub fn by_cve(&self) -> Vec<CveSummary<'_>> {
        let mut groups = Groups::<AnyCase<'_>, Occurrences<'_>>::new();
        for (place, finding) in groups::by_repository(self) {
            let cve = groups.group_of(finding.shared(), |finding| AnyCase(finding.id()), Occurrences::absorb);
            cve.reach.add(place);
        }
        let mut cves: Vec<_> = groups.into_groups().into_iter().map(CveSummary::from).collect();
        cves.sort_by(CveSummary::furthest_first);
        cves
    }
}

/// A summary in the making.
#[derive(Default)]
struct Occurrences<'a> {
    reach: Reach<'a>,
    /// `None` before the first finding.
    id: Option<&'a str>,
    packages: AnyCaseSet<'a>,
    severity: Severity,
    cvss_score: Option<f64>,
    fix_versions: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Occurrences<'a> {
    /// Takes in what a finding says, apart from who has it.
    fn absorb(&mut self, finding: &'a Finding) {
        self.severity = match self.id {
            Some(_) => self.severity.max(finding.severity()),
            None => finding.severity(),
        };
        self.id = Some(self.id.map_or(finding.id(), |id| id.min(finding.id())));
        self.packages.insert(finding.package());
        self.cvss_score = match (self.cvss_score, finding.cvss_score()) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        if finding.fixable() {
            self.fix_versions.entry(finding.package()).or_default().extend(finding.fix_versions());
        }
    }
}

impl<'a> From<Occurrences<'a>> for CveSummary<'a> {
    fn from(occurrences: Occurrences<'a>) -> Self {
        let Occurrences { reach, id, packages, severity, cvss_score, fix_versions } = occurrences;
        Self {
            id: id.unwrap_or_default(),
            artifacts: reach.artifacts,
            repositories: reach.repositories,
            projects: reach.projects(),
            project_count: reach.project_count(),
            projects_by_registry: reach.projects_by_registry(),
            findings: reach.findings,
            severity,
            cvss_score,
            fixable: !fix_versions.is_empty(),
            packages: packages.into_spellings(),
            fix_versions,
        }
    }
}

impl CveSummary<'_> {
    fn furthest_first(&self, other: &Self) -> Ordering {
        // Any score is higher than none.
        let score = |cve: &Self| cve.cvss_score.unwrap_or(-1.0);
        self.id
            .is_empty()
            .cmp(&other.id.is_empty())
            .then_with(|| (other.artifacts, other.severity).cmp(&(self.artifacts, self.severity)))
            .then_with(|| score(other).total_cmp(&score(self)))
            .then_with(|| self.id.cmp(other.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::samples::{finding, report_of, reported, scored};

    /// R16: by vulnerability.
    #[test]
    fn a_vulnerability_is_summed_up_over_artifacts_and_packages() {
        let report = report_of([
            reported(
                "p/one",
                1,
                &[scored("CVE-1", "b", 5.0), scored("CVE-1", "a", 9.8), finding("", "c", "1", "", "High")],
            ),
            reported("q/two", 2, &[finding("cve-1", "a", "2", "3, 4", "Critical")]),
            reported("p/one", 3, &[finding("CVE-1", "A", "2", "5", "Low"), finding("", "c", "1", "", "High")]),
            reported("p/three", 4, &[finding("CVE-2", "a", "2", "", "Critical")]),
        ]);
        let cves = report.by_cve();
        assert_eq!(
            cves[0],
            CveSummary {
                id: "CVE-1",
                artifacts: 3,
                repositories: 2,
                projects: BTreeSet::from(["p", "q"]),
                project_count: 2,
                projects_by_registry: BTreeMap::new(),
                findings: 4,
                severity: Severity::Critical,
                cvss_score: Some(9.8),
                fixable: true,
                packages: BTreeSet::from(["A", "b"]),
                fix_versions: BTreeMap::from([("A", BTreeSet::from(["5"])), ("a", BTreeSet::from(["3", "4"]))]),
            }
        );
        assert_eq!(cves.iter().map(|cve| cve.id).collect::<Vec<_>>(), ["CVE-1", "CVE-2", ""]);
        assert_eq!((cves[2].artifacts, cves[2].repositories, cves[2].findings), (2, 1, 2));
    }

    /// R16: ties.
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
        let ids: Vec<_> = report.by_cve().iter().map(|cve| cve.id).collect();
        assert_eq!(ids, ["CVE-3", "CVE-5", "CVE-4", "CVE-1", "CVE-2"]);
    }

    #[test]
    fn what_is_only_harmless_is_not_unknown() {
        let report = report_of([reported("p/one", 1, &[finding("CVE-1", "a", "1", "", "None")])]);
        assert_eq!(report.by_cve()[0].severity, Severity::None);
    }
}
