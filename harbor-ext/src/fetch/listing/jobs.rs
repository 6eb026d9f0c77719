//! The requests of a walk and their answers.

use crate::failure::{Failure, Phase, Target};
use crate::fetch::cause::Cause;
use crate::fetch::convert::ListedProject;
use crate::fetch::details::Details;
use crate::fetch::family::Family;
use crate::fetch::pages::{Cursor, Page};
use crate::model::{Artifact, Label, Repository};
use crate::name::{ArtifactReference, ProjectName, RepositoryName};

/// What a bulk query wants to have listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    Repositories,
    Artifacts,
}

/// One request of the walk.
#[derive(Clone, Debug)]
pub(crate) enum ListJob {
    Identify,
    /// Labels of the whole registry.
    GlobalLabels(Cursor),
    Projects(Cursor),
    /// Harbor's number for a project.
    ProjectNumber(ProjectName),
    /// Labels of the project of this number.
    ProjectLabels(ProjectName, i64, Cursor),
    Repositories(ProjectName, Cursor),
    /// The one repository of this name, to see whether it exists.
    Repository(RepositoryName),
    ArtifactsOfProject(ProjectName, Cursor),
    ArtifactsOfRepository(RepositoryName, Cursor),
    /// The one artifact of this reference, in the list of its repository.
    Artifact(ArtifactReference),
    /// The artifact itself, which the list did not show.
    HiddenArtifact(ArtifactReference),
    /// The images of an index.
    Children(Family),
}

/// The answer to one request of the walk, with what it answers.
#[derive(Debug)]
pub(crate) enum ListAnswer {
    /// Whether the server knows the caller.
    Identity(bool),
    GlobalLabels(Cursor, Page<Label>),
    Projects(Cursor, Page<ListedProject>),
    ProjectNumber(ProjectName, Option<i64>),
    ProjectLabels(ProjectName, i64, Cursor, Page<Label>),
    Repositories(ProjectName, Cursor, Page<Repository>),
    Repository(RepositoryName, Page<Repository>),
    ArtifactsOfProject(ProjectName, Cursor, Page<Artifact>),
    ArtifactsOfRepository(RepositoryName, Cursor, Page<Artifact>),
    Artifact(ArtifactReference, Option<Box<Artifact>>),
    Children(Family, Page<Artifact>),
}

/// What an answer brought.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) jobs: Vec<ListJob>,
    pub(crate) repositories: Vec<Repository>,
    pub(crate) artifacts: Vec<Artifact>,
    /// Indexes whose images are listed as well.
    pub(crate) indexes: Vec<Artifact>,
    pub(crate) failures: Vec<Failure>,
    /// Why nothing more can be asked, if so.
    pub(crate) abandon: Option<Cause>,
}

impl ListJob {
    /// The same with a smaller page, where it is a page of a list that can be smaller.
    pub(crate) fn with_smaller_page(&self, details: Details) -> Option<Self> {
        let mut smaller = self.clone();
        let cursor = smaller.cursor_mut()?;
        *cursor = cursor.smaller(details)?;
        Some(smaller)
    }

    /// The last key that came of a list that is under way.
    pub(crate) fn last_key(&self) -> Option<i64> {
        let cursor = self.clone().cursor_mut().copied()?;
        (!cursor.is_first()).then(|| cursor.first_key() - 1)
    }

    fn cursor_mut(&mut self) -> Option<&mut Cursor> {
        match self {
            Self::GlobalLabels(cursor)
            | Self::Projects(cursor)
            | Self::ProjectLabels(_, _, cursor)
            | Self::Repositories(_, cursor)
            | Self::ArtifactsOfProject(_, cursor)
            | Self::ArtifactsOfRepository(_, cursor) => Some(cursor),
            Self::Identify
            | Self::ProjectNumber(_)
            | Self::Repository(_)
            | Self::Artifact(_)
            | Self::HiddenArtifact(_)
            | Self::Children(_) => None,
        }
    }
}

/// What was being done, and to what.
pub(crate) type Place = (Phase, Target);

impl Listed {
    pub(crate) fn fail(&mut self, place: &Place, cause: Cause) {
        let (phase, target) = place.clone();
        self.failures.push(cause.into_failure(phase, target, 1));
    }

    pub(crate) fn fail_if(&mut self, place: &Place, cause: Option<Cause>) {
        if let Some(cause) = cause {
            self.fail(place, cause);
        }
    }
}
