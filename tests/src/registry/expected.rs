//! What a registry holds, for tests to compare with what a client found.

use std::collections::HashSet;

use super::body;
use super::{Artifact, Project, Registry, Repository};

/// The numbers that a client should find when it reads everything that lists show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The projects.
    pub projects: usize,
    /// The repositories.
    pub repositories: usize,
    /// The artifacts that lists show: without children of indexes.
    pub artifacts: usize,
    /// The artifacts whose report is not empty, those of clean images included.
    pub reports: usize,
    /// The findings in all those reports.
    pub findings: usize,
    /// The different findings: by id, package and version.
    pub distinct: usize,
}

/// An artifact that lists show, with what its report should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedArtifact {
    /// The name of the project.
    pub project: String,
    /// The name of the repository, without the project.
    pub repository: String,
    /// The digest.
    pub digest: String,
    /// The names of the tags.
    pub tags: Vec<String>,
    /// Whether the scanner can scan the type.
    pub scannable: bool,
    /// The id, package and version of each finding that is served, or `None` where there is no
    /// report.
    pub findings: Option<Vec<(String, String, String)>>,
}

impl Registry {
    /// Counts everything.
    #[must_use]
    pub fn expected(&self) -> Expected {
        self.expected_where(|_| true)
    }

    /// Counts what some of the projects hold.
    #[must_use]
    pub fn expected_where(&self, chosen: impl Fn(&Project) -> bool) -> Expected {
        let mut expected = Expected::default();
        let mut distinct = HashSet::new();
        for project in self.projects.iter().filter(|project| chosen(project)) {
            expected.projects += 1;
            expected.repositories += project.repositories().len();
            for repository in project.repositories() {
                for artifact in repository.listed() {
                    expected.artifacts += 1;
                    let Some(reports) = self.reports(repository, artifact) else {
                        continue;
                    };
                    let findings = body::union(&reports, self.rows());
                    expected.reports += 1;
                    expected.findings += findings.len();
                    distinct.extend(findings.into_iter().filter_map(|(finding, _)| finding.key.as_ref()));
                }
            }
        }
        expected.distinct = distinct.len();
        expected
    }

    /// Every artifact that lists show, with the findings of its report.
    #[must_use]
    pub fn listed(&self) -> Vec<ListedArtifact> {
        let mut listed = Vec::new();
        for project in &self.projects {
            for repository in project.repositories() {
                let artifacts = repository.listed();
                listed.extend(artifacts.map(|artifact| self.listed_artifact(project, repository, artifact)));
            }
        }
        listed
    }

    fn listed_artifact(&self, project: &Project, repository: &Repository, artifact: &Artifact) -> ListedArtifact {
        let findings = self.reports(repository, artifact).map(|reports| {
            let findings = body::union(&reports, self.rows()).into_iter();
            let keys = findings.filter_map(|(finding, _)| finding.key.clone());
            keys.map(|key| (key.id, key.package, key.version)).collect()
        });
        ListedArtifact {
            project: project.name().to_owned(),
            repository: repository.name().to_owned(),
            digest: artifact.digest().to_owned(),
            tags: artifact.tags().map(str::to_owned).collect(),
            scannable: artifact.is_scannable(),
            findings,
        }
    }
}
