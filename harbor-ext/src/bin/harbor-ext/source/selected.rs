//! What was selected, of a snapshot that is there already.

use harbor_ext::analysis::Pattern;
use harbor_ext::model::{ArtifactInfo, latest};
use harbor_ext::{Failure, Snapshot};

use crate::arguments::Selection;
use crate::ending::Problem;

/// Decides which artifacts of a snapshot were selected, by the same rules as a query.
#[derive(Debug)]
pub(super) struct Selected {
    projects: Vec<String>,
    repositories: Vec<Pattern>,
    excluded_repositories: Vec<Pattern>,
    tags: Vec<Pattern>,
    latest: bool,
}

impl Selected {
    pub(super) fn new(selection: &Selection) -> Result<Self, Problem> {
        Ok(Self {
            projects: selection.projects.clone(),
            repositories: patterns(&selection.repositories)?,
            excluded_repositories: patterns(&selection.excluded_repositories)?,
            tags: patterns(&selection.tags)?,
            latest: selection.latest,
        })
    }

    /// What was selected of a snapshot. Failures of other projects do not concern it; those without a project may.
    pub(super) fn of(&self, mut snapshot: Snapshot) -> Snapshot {
        let collected = &mut snapshot.collected;
        collected.items.retain(|info| self.selects(info));
        if self.latest {
            collected.items = latest::per_repository(std::mem::take(&mut collected.items));
        }
        collected.failures.retain(|failure| {
            let target = &failure.target;
            let repository = target.repository.as_ref();
            let project = target.project.as_ref().or(repository.map(|name| name.project()));
            project.is_none_or(|project| self.selects_project(project.as_str()))
                && repository.is_none_or(|name| self.selects_repository(name.full(), name.path()))
        });
        snapshot
    }

    fn selects(&self, info: &ArtifactInfo) -> bool {
        let name = &info.artifact.repository;
        let has_tag = |pattern: &Pattern| info.tags().any(|tag| pattern.matches(tag));
        self.selects_project(name.project().as_str())
            && self.selects_repository(name.full(), name.path())
            && (self.tags.is_empty() || self.tags.iter().any(has_tag))
    }

    fn selects_project(&self, project: &str) -> bool {
        self.projects.is_empty() || self.projects.iter().any(|name| name == project)
    }

    fn selects_repository(&self, full: &str, path: &str) -> bool {
        let is_matched = |pattern: &Pattern| pattern.matches(full) || pattern.matches(path);
        (self.repositories.is_empty() || self.repositories.iter().any(is_matched))
            && !self.excluded_repositories.iter().any(is_matched)
    }
}

/// Whether a snapshot tells anything of a project, be it that it could not be read.
pub(super) fn knows_project(snapshot: &Snapshot, name: &str) -> bool {
    let collected = &snapshot.collected;
    let fails = |failure: &Failure| failure.target.project.as_ref().is_some_and(|project| project.as_str() == name);
    snapshot.allowlists.projects.contains_key(name)
        || collected.items.iter().any(|info| info.artifact.repository.project().as_str() == name)
        || collected.failures.iter().any(fails)
}

fn patterns(texts: &[String]) -> Result<Vec<Pattern>, Problem> {
    let read = |text: &String| Pattern::glob(text).map_err(|error| Problem::usage(error.to_string()));
    texts.iter().map(read).collect()
}
