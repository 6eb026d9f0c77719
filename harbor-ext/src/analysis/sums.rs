//! Whatever the grouping: every finding is in exactly one group, so that groups add up to totals.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::samples::any_report;
use super::{ArtifactReport, Distribution};
use crate::model::{ArtifactInfo, FindingRef};

/// How many artifacts have a finding such as asked for.
fn artifacts_with(report: &ArtifactReport, matches: impl Fn(FindingRef<'_>) -> bool) -> usize {
    report.iter().filter(|info| info.findings().any(&matches)).count()
}

fn total(distributions: impl Iterator<Item = Distribution>) -> Vec<usize> {
    distributions.fold(vec![0; 7], |sums, distribution| {
        sums.into_iter().zip(distribution.iter()).map(|(sum, (_, count))| sum + count).collect()
    })
}

fn repositories<'a>(artifacts: impl Iterator<Item = &'a ArtifactInfo>) -> usize {
    artifacts.map(|info| info.artifact.repository_key()).collect::<BTreeSet<_>>().len()
}

proptest! {
    /// R16: vulnerabilities.
    #[test]
    fn vulnerabilities_add_up(report in any_report()) {
        let cves = report.by_cve();
        prop_assert_eq!(cves.iter().map(|cve| cve.findings).sum::<usize>(), report.counts().findings);
        prop_assert_eq!(cves.iter().filter(|cve| !cve.id.is_empty()).count(), report.counts().unique_cves);
        for cve in &cves {
            let has = |finding: FindingRef<'_>| finding.id().eq_ignore_ascii_case(cve.id);
            prop_assert_eq!(cve.artifacts, artifacts_with(&report, has));
            let affected = report.iter().filter(|info| info.findings().any(has));
            prop_assert_eq!(cve.repositories, repositories(affected.clone()));
            let projects: BTreeSet<_> = affected.clone().map(|info| info.artifact.repository.project().as_str()).collect();
            prop_assert_eq!(&cve.projects, &projects);
            let project = |info: &ArtifactInfo| (info.artifact.registry.clone(), info.artifact.repository.project().clone());
            let apart: BTreeSet<_> = affected.map(project).collect();
            prop_assert_eq!(cve.project_count, apart.len());
            let named = cve.projects_by_registry.values().map(BTreeSet::len).sum::<usize>();
            prop_assert_eq!(named, apart.iter().filter(|(registry, _)| registry.is_some()).count());
            prop_assert_eq!(Some(cve.severity), report.findings().filter(|(_, f)| has(*f)).map(|(_, f)| f.severity()).max());
        }
    }

    /// R16: packages.
    #[test]
    fn packages_add_up(report in any_report()) {
        let packages = report.by_package();
        prop_assert_eq!(packages.iter().map(|package| package.findings).sum::<usize>(), report.counts().findings);
        prop_assert_eq!(packages.iter().map(|package| package.fixable).sum::<usize>(), report.counts().fixable);
        let severities = packages.iter().map(|package| package.severities);
        prop_assert_eq!(total(severities), total(std::iter::once(report.distribution())));
        for package in &packages {
            let has = |finding: FindingRef<'_>| finding.package().eq_ignore_ascii_case(package.name);
            prop_assert_eq!(package.artifacts, artifacts_with(&report, has));
            prop_assert_eq!(package.severities.total(), package.findings);
        }
    }

    /// R16: unique findings.
    #[test]
    fn unique_findings_add_up(report in any_report()) {
        let unique = report.by_finding();
        prop_assert_eq!(unique.len(), report.counts().unique_findings);
        prop_assert_eq!(unique.iter().map(|finding| finding.findings).sum::<usize>(), report.counts().findings);
        let scores: Vec<_> = unique.iter().map(|summary| summary.finding.cvss_score().unwrap_or(-1.0)).collect();
        prop_assert!(scores.is_sorted_by(|a, b| a >= b));
    }

    /// R16: repositories, projects, owners.
    #[test]
    fn places_add_up(report in any_report()) {
        let owners = report.by_owner(|project| (project.as_str() == "p").then_some(()));
        let by_repository: Vec<_> = report.by_repository().iter().map(|place| (place.counts, place.severities)).collect();
        let by_project: Vec<_> = report.by_project().iter().map(|place| (place.counts, place.severities)).collect();
        let by_owner: Vec<_> = owners.iter().map(|place| (place.counts, place.severities)).collect();
        let all = report.counts();
        for places in [by_repository, by_project, by_owner] {
            prop_assert_eq!(places.iter().map(|(counts, _)| counts.artifacts).sum::<usize>(), all.artifacts);
            prop_assert_eq!(places.iter().map(|(counts, _)| counts.reported).sum::<usize>(), all.reported);
            prop_assert_eq!(places.iter().map(|(counts, _)| counts.findings).sum::<usize>(), all.findings);
            prop_assert_eq!(places.iter().map(|(counts, _)| counts.fixable).sum::<usize>(), all.fixable);
            let severities = total(places.iter().map(|(_, severities)| *severities));
            prop_assert_eq!(severities, total(std::iter::once(report.distribution())));
        }
        for place in report.by_project() {
            prop_assert_eq!(place.states.values().sum::<usize>(), place.counts.artifacts);
        }
    }

    /// Registries have nothing in common but the texts of their findings: what is counted of all is the sum of each
    /// alone, whatever repositories and projects of the same name they have.
    #[test]
    fn registries_add_up(report in any_report()) {
        let registries: BTreeSet<_> = report.iter().map(|info| info.artifact.registry.clone()).collect();
        let alone: Vec<ArtifactReport> = registries
            .iter()
            .map(|registry| report.iter().filter(|info| info.artifact.registry == *registry).cloned().collect())
            .collect();
        let sum = |of: &dyn Fn(&ArtifactReport) -> usize| alone.iter().map(of).sum::<usize>();
        prop_assert_eq!(report.by_repository().len(), sum(&|report| report.by_repository().len()));
        prop_assert_eq!(report.by_project().len(), sum(&|report| report.by_project().len()));
        prop_assert_eq!(report.latest_per_repository().len(), sum(&|report| report.latest_per_repository().len()));
        for place in report.by_project() {
            let of_it: ArtifactReport = report
                .iter()
                .filter(|info| info.artifact.registry.as_deref() == place.registry)
                .filter(|info| info.artifact.repository.project() == place.key)
                .cloned()
                .collect();
            prop_assert_eq!(place.counts, of_it.counts());
        }
        let reach = |report: &ArtifactReport| {
            let (cves, packages, findings) = (report.by_cve(), report.by_package(), report.by_finding());
            cves.iter().map(|cve| cve.repositories + cve.project_count + cve.artifacts).sum::<usize>()
                + packages.iter().map(|it| it.repositories + it.project_count + it.artifacts).sum::<usize>()
                + findings.iter().map(|it| it.repositories + it.project_count + it.artifacts).sum::<usize>()
        };
        prop_assert_eq!(reach(&report), sum(&reach));
    }

    /// R16: the order of what is given does not matter to sums.
    #[test]
    fn the_order_of_artifacts_does_not_matter(report in any_report()) {
        let reversed: ArtifactReport = report.iter().rev().cloned().collect();
        prop_assert_eq!(report.by_cve(), reversed.by_cve());
        prop_assert_eq!(report.by_package(), reversed.by_package());
        prop_assert_eq!(report.counts(), reversed.counts());
        let keys = |report: &ArtifactReport| -> Vec<_> {
            report.by_finding().iter().map(|summary| summary.artifacts).collect()
        };
        prop_assert_eq!(keys(&report), keys(&reversed));
        let ids = |report: &ArtifactReport| -> Vec<i64> {
            report.by_artifact().iter().map(|summary| summary.artifact.artifact.id).collect()
        };
        prop_assert_eq!(ids(&report), ids(&reversed));
    }
}
