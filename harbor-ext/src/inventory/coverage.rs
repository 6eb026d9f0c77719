//! How much of a registry a snapshot speaks for.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::analysis::ArtifactReport;
use crate::failure::{Failure, Phase};
use crate::model::ReportState;
use crate::name::{ProjectName, RepositoryName};
use crate::snapshot::Source;

/// What a snapshot can tell by what it lacks.
#[derive(Clone, Debug)]
pub(super) struct Coverage {
    is_of_everything: bool,
    /// Whether the crawl came to its end and could list what was asked for, except in these projects and repositories.
    is_conclusive: bool,
    projects: BTreeSet<ProjectName>,
    repositories: BTreeSet<RepositoryName>,
}

impl Coverage {
    pub(super) fn of(source: &Source, failures: &[Failure]) -> Self {
        let mut coverage = Self {
            is_of_everything: source.selection.is_empty(),
            is_conclusive: source.finished_at.is_some(),
            projects: BTreeSet::new(),
            repositories: BTreeSet::new(),
        };
        for failure in failures.iter().filter(|failure| may_hide_findings(failure.phase)) {
            let target = &failure.target;
            match (&target.repository, &target.project) {
                (Some(repository), _) => drop(coverage.repositories.insert(repository.clone())),
                (None, Some(project)) => drop(coverage.projects.insert(project.clone())),
                (None, None) => coverage.is_conclusive = false,
            }
        }
        coverage
    }

    /// Whether a repository could be read as far as it was asked for.
    pub(super) fn has_read(&self, repository: &RepositoryName) -> bool {
        self.is_conclusive && !self.repositories.contains(repository) && !self.projects.contains(repository.project())
    }

    /// Whether a repository that is not listed is not there.
    pub(super) fn would_list(&self, repository: &RepositoryName) -> bool {
        self.is_of_everything && self.has_read(repository)
    }
}

/// How good a snapshot is among several of one crawl, as of an archive and of what was saved of a damaged copy of it. The
/// better one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quality {
    pub(super) is_conclusive: bool,
    artifacts: usize,
    reports: usize,
    failures: Reverse<usize>,
}

impl Quality {
    pub(super) fn of(coverage: &Coverage, report: &ArtifactReport, failures: &[Failure]) -> Self {
        Self {
            is_conclusive: coverage.is_conclusive,
            artifacts: report.len(),
            reports: report.iter().filter(|info| info.state.report().is_some()).count(),
            failures: Reverse(failures.len()),
        }
    }
}

/// Whether all findings of an artifact in this state are known. One that cannot be scanned has none that were ever seen.
pub(super) fn tells_findings(state: &ReportState) -> bool {
    matches!(state, ReportState::Reported(_) | ReportState::InChildren | ReportState::Unsupported)
}

/// Whether an artifact or a report can be missing for a failure. Accounts and labels have no findings.
fn may_hide_findings(phase: Phase) -> bool {
    !matches!(
        phase,
        Phase::ReadingLabels | Phase::ReadingScanner | Phase::ReadingUser | Phase::ReadingOwner | Phase::ReadingRobot
    )
}
