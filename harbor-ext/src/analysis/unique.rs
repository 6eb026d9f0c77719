//! Unique findings, each with the artifacts that have it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::ArtifactReport;
use super::groups::{self, Groups, Reach};
use super::keys::{self, FindingKey};
use crate::model::Finding;

/// One finding in all the artifacts that have it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FindingSummary<'a> {
    /// The finding. Of several that are the same but rated differently, as after a scan in between, the worst one.
    pub finding: &'a Finding,
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
    /// How often it occurs: an artifact has it once, unless its report is odd.
    pub findings: usize,
}

impl ArtifactReport {
    /// The unique findings, the one with the highest CVSS score first.
    ///
    /// Findings are the same if they agree in the vulnerability, the package and its version. Sorted by score, then by
    /// severity, each the highest first, then by identifier, package and version: the first `n` are the top `n`, and
    /// those of them with [`fixable`](Finding::fixable) the top ones that can be fixed. A finding without a score comes
    /// after all that have one, whatever its severity.
    #[must_use]
    pub fn by_finding(&self) -> Vec<FindingSummary<'_>> {
        let mut groups = Groups::<FindingKey<'_>, Occurrences<'_>>::new();
        for (place, finding) in groups::by_repository(self) {
            let unique = groups.group_of(finding.shared(), keys::of, Occurrences::absorb);
            unique.reach.add(place);
        }
        let mut unique: Vec<_> = groups.into_groups().into_iter().filter_map(Occurrences::into_summary).collect();
        unique.sort_by(|a, b| worst_first(a.finding, b.finding));
        unique
    }
}

/// A summary in the making.
#[derive(Default)]
struct Occurrences<'a> {
    reach: Reach<'a>,
    finding: Option<&'a Finding>,
}

impl<'a> Occurrences<'a> {
    fn absorb(&mut self, finding: &'a Finding) {
        if self.finding.is_none_or(|known| worst_first(finding, known).is_lt()) {
            self.finding = Some(finding);
        }
    }

    /// Every group has absorbed a finding, so that none is left out.
    fn into_summary(self) -> Option<FindingSummary<'a>> {
        let reach = self.reach;
        Some(FindingSummary {
            finding: self.finding?,
            artifacts: reach.artifacts,
            repositories: reach.repositories,
            projects: reach.projects(),
            project_count: reach.project_count(),
            projects_by_registry: reach.projects_by_registry(),
            findings: reach.findings,
        })
    }
}

fn worst_first(a: &Finding, b: &Finding) -> Ordering {
    // Any score is higher than none.
    let score = |finding: &Finding| finding.cvss_score().unwrap_or(-1.0);
    score(b)
        .total_cmp(&score(a))
        .then_with(|| b.severity().cmp(&a.severity()))
        .then_with(|| keys::of(a).cmp(&keys::of(b)))
        .then_with(|| (a.id(), a.package()).cmp(&(b.id(), b.package())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::samples::{finding, report_of, reported, scored};

    fn ids<'a>(unique: &[FindingSummary<'a>]) -> Vec<(&'a str, &'a str)> {
        unique.iter().map(|summary| (summary.finding.id(), summary.finding.package())).collect()
    }

    /// S18: the top findings of many artifacts; each once.
    #[test]
    fn the_highest_scores_come_first() {
        let mut critical = scored("CVE-3", "a", 7.0);
        critical["severity"] = json!("Critical");
        let mut fixable = scored("CVE-9", "a", 5.0);
        fixable["fix_version"] = json!("2");
        let report = report_of([
            reported("p/one", 1, &[scored("CVE-2", "b", 7.0), finding("CVE-0", "a", "1", "", "Critical"), critical]),
            reported("p/two", 2, &[scored("CVE-2", "a", 7.0), scored("cve-2", "b", 7.0), fixable]),
        ]);
        let unique = report.by_finding();
        assert_eq!(ids(&unique), [("CVE-3", "a"), ("CVE-2", "a"), ("CVE-2", "b"), ("CVE-9", "a"), ("CVE-0", "a")]);
        assert_eq!((unique[2].artifacts, unique[2].repositories, unique[2].findings), (2, 2, 2));
        let top_fixable: Vec<_> = unique.into_iter().filter(|summary| summary.finding.fixable()).take(5).collect();
        assert_eq!(ids(&top_fixable), [("CVE-9", "a")]);
        assert_eq!(report_of([]).by_finding(), []);
    }

    #[test]
    fn of_one_that_was_rated_anew_the_worst_stays() {
        let ratings = [scored("CVE-1", "a", 5.0), scored("CVE-1", "a", 7.0), scored("CVE-1", "a", 6.0)];
        let report = report_of((1..).zip(ratings).map(|(id, rating)| reported("p/one", id, &[rating])));
        let unique = report.by_finding();
        assert_eq!(unique.len(), 1);
        assert_eq!(unique[0].finding.cvss_score(), Some(7.0));
        assert_eq!((unique[0].artifacts, report.counts().unique_findings), (3, 1));
    }
}
