//! Findings by package.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::groups::{self, Groups, Reach};
use super::keys::{AnyCase, AnyCaseSet};
use super::{ArtifactReport, Distribution};
use crate::model::{Finding, Severity};

/// One package in all the artifacts that have findings in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PackageSummary<'a> {
    /// Its name; of several spellings the alphabetically first.
    pub name: &'a str,
    /// How many artifacts have findings in it.
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
    /// How many findings in it they have together.
    pub findings: usize,
    /// Those of the findings that a newer version fixes.
    pub fixable: usize,
    /// The severity of the worst finding.
    pub severity: Severity,
    /// How many findings there are of each severity.
    pub severities: Distribution,
    /// The versions that are installed and have findings, sorted as text.
    pub versions: BTreeSet<&'a str>,
    /// The vulnerabilities, sorted. Findings without an identifier have none.
    pub cves: BTreeSet<&'a str>,
}

impl ArtifactReport {
    /// The findings by package, the one that most artifacts have first.
    ///
    /// Sorted by the number of artifacts, then by the number of findings of each severity from the worst down, each the
    /// highest first, then by name. Every finding is in one of them. Names that differ only in capitals are one, as in
    /// every question for a package; packages of two ecosystems that share their name are one, too, because a report
    /// does not tell them apart.
    #[must_use]
    pub fn by_package(&self) -> Vec<PackageSummary<'_>> {
        let mut groups = Groups::<AnyCase<'_>, Occurrences<'_>>::new();
        for (place, finding) in groups::by_repository(self) {
            let package = groups.group_of(finding.shared(), |finding| AnyCase(finding.package()), Occurrences::absorb);
            package.reach.add(place);
            package.severities.add(finding.severity());
            package.fixable += usize::from(finding.fixable());
        }
        let mut packages: Vec<_> = groups.into_groups().into_iter().map(PackageSummary::from).collect();
        packages.sort_by_key(|package| (Reverse((package.artifacts, package.severities)), package.name));
        packages
    }
}

/// A summary in the making.
#[derive(Default)]
struct Occurrences<'a> {
    reach: Reach<'a>,
    fixable: usize,
    severities: Distribution,
    /// `None` before the first finding.
    name: Option<&'a str>,
    versions: BTreeSet<&'a str>,
    cves: AnyCaseSet<'a>,
}

impl<'a> Occurrences<'a> {
    /// Takes in what a finding says, apart from who has it.
    fn absorb(&mut self, finding: &'a Finding) {
        self.name = Some(self.name.map_or(finding.package(), |name| name.min(finding.package())));
        self.versions.insert(finding.version());
        if !finding.id().is_empty() {
            self.cves.insert(finding.id());
        }
    }
}

impl<'a> From<Occurrences<'a>> for PackageSummary<'a> {
    fn from(occurrences: Occurrences<'a>) -> Self {
        let Occurrences { reach, fixable, severities, name, versions, cves } = occurrences;
        Self {
            name: name.unwrap_or_default(),
            artifacts: reach.artifacts,
            repositories: reach.repositories,
            projects: reach.projects(),
            project_count: reach.project_count(),
            projects_by_registry: reach.projects_by_registry(),
            findings: reach.findings,
            fixable,
            severity: severities.worst().unwrap_or_default(),
            severities,
            versions,
            cves: cves.into_spellings(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::samples::{finding, report_of, reported};

    /// R16: by package.
    #[test]
    fn a_package_is_summed_up_over_artifacts_and_versions() {
        let report = report_of([
            reported(
                "p/one",
                1,
                &[finding("CVE-1", "ssl", "1", "2", "High"), finding("CVE-2", "ssl", "1", "", "Critical")],
            ),
            reported("q/two", 2, &[finding("cve-1", "SSL", "0.9", "2", "High"), finding("", "ssl", "1", "", "Low")]),
            reported("p/one", 3, &[finding("CVE-3", "zip", "1", "", "Critical")]),
        ]);
        let packages = report.by_package();
        let severities = [Severity::High, Severity::High, Severity::Critical, Severity::Low].into_iter().collect();
        assert_eq!(
            packages[0],
            PackageSummary {
                name: "SSL",
                artifacts: 2,
                repositories: 2,
                projects: BTreeSet::from(["p", "q"]),
                project_count: 2,
                projects_by_registry: BTreeMap::new(),
                findings: 4,
                fixable: 2,
                severity: Severity::Critical,
                severities,
                versions: BTreeSet::from(["0.9", "1"]),
                cves: BTreeSet::from(["CVE-1", "CVE-2"]),
            }
        );
        assert_eq!(packages[1].name, "zip");
    }

    /// R16: ties.
    #[test]
    fn ties_are_broken_by_harm_and_name() {
        let report = report_of([reported(
            "p/one",
            1,
            &[
                finding("1", "d", "1", "", "Low"),
                finding("2", "c", "1", "", "High"),
                finding("1", "b", "1", "", "Low"),
                finding("2", "b", "1", "", "Low"),
                finding("1", "a", "1", "", "Low"),
            ],
        )]);
        let names: Vec<_> = report.by_package().iter().map(|package| package.name).collect();
        assert_eq!(names, ["c", "b", "a", "d"]);
    }
}
