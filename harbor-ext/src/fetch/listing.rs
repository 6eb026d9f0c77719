//! Walking projects, repositories and artifacts: which list is asked for next.

use std::collections::BTreeSet;
use std::sync::Arc;

use harbor_api::types;

use super::cause::Cause;
use super::convert;
use super::pages::{Cursor, Page};
use super::requests;
use super::selection::Selection;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::model::{Artifact, Repository};
use crate::name::{ProjectName, RepositoryName};
use crate::outcome::Summary;
use crate::session::{Identity, Session};

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
    Projects(Cursor),
    Repositories(ProjectName, Cursor),
    /// The one repository of this name, to see whether it exists.
    Repository(RepositoryName),
    ArtifactsOfProject(ProjectName, Cursor),
    ArtifactsOfRepository(RepositoryName, Cursor),
}

/// The answer to one request of the walk, with what it answers.
#[derive(Debug)]
pub(crate) enum ListAnswer {
    Identity(Identity),
    Projects(Cursor, Page<types::Project>),
    Repositories(ProjectName, Cursor, Page<types::Repository>),
    Repository(RepositoryName, Page<types::Repository>),
    ArtifactsOfProject(ProjectName, Cursor, Page<types::Artifact>),
    ArtifactsOfRepository(RepositoryName, Cursor, Page<types::Artifact>),
}

/// What an answer brought.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) jobs: Vec<ListJob>,
    pub(crate) repositories: Vec<Repository>,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) failures: Vec<Failure>,
}

/// The walk through the selected part of a registry.
#[derive(Debug)]
pub(crate) struct Listing {
    session: Arc<Session>,
    selection: Selection,
    goal: Goal,
    projects: u64,
    listed: u64,
    announced: u64,
    failures: u64,
}

impl Listing {
    pub(crate) fn new(session: Arc<Session>, selection: Selection, goal: Goal) -> Self {
        Self { session, selection, goal, projects: 0, listed: 0, announced: 0, failures: 0 }
    }

    /// How the walk begins: with the question who the server takes the caller for. Harbor takes wrong credentials for
    /// none and goes on with what is public, which would look like a small registry.
    pub(crate) fn begin(&mut self) -> Listed {
        let failures = self.selection.failures();
        self.failures += failures.len() as u64;
        let is_known = self.session.credentials.is_anonymous() || self.session.identity().is_some();
        let jobs = if is_known { self.first_jobs() } else { vec![ListJob::Identify] };
        Listed { jobs, failures, ..Listed::default() }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn describe(&self, job: &ListJob) -> (Phase, Target) {
        match job {
            ListJob::Identify => (Phase::Identifying, Target::default()),
            ListJob::Projects(_) => (Phase::ListingProjects, Target::default()),
            ListJob::Repositories(project, _) => (Phase::ListingRepositories, project.clone().into()),
            ListJob::Repository(repository) => (Phase::ListingRepositories, repository.clone().into()),
            ListJob::ArtifactsOfProject(project, _) => (Phase::ListingArtifacts, project.clone().into()),
            ListJob::ArtifactsOfRepository(repository, _) => (Phase::ListingArtifacts, repository.clone().into()),
        }
    }

    /// Takes an answer and says what follows.
    pub(crate) fn take_answer(&mut self, answer: ListAnswer) -> Listed {
        let mut listed = Listed::default();
        self.sort_out(answer, &mut listed);
        self.failures += listed.failures.len() as u64;
        self.listed += match self.goal {
            Goal::Repositories => listed.repositories.len(),
            Goal::Artifacts => listed.artifacts.len(),
        } as u64;
        listed
    }

    /// Takes the failure of a job and says what follows. It ends a list, with one exception: a server before 2.11.1 has
    /// no list of a whole project.
    pub(crate) fn take_failure(&mut self, job: ListJob, failure: Failure) -> Listed {
        match job {
            ListJob::ArtifactsOfProject(project, cursor) if cursor.is_first() && failure.status == Some(404) => {
                // If it is the project that does not exist, the list of its repositories says so, too.
                Listed { jobs: vec![ListJob::Repositories(project, Cursor::default())], ..Listed::default() }
            }
            _ => {
                self.failures += 1;
                Listed { failures: vec![failure], ..Listed::default() }
            }
        }
    }

    /// How many items were listed.
    pub(crate) fn listed(&self) -> u64 {
        self.listed
    }

    pub(crate) fn tally(&self, summary: &mut Summary) {
        summary.projects = self.projects;
        summary.listed = self.listed;
        summary.announced = self.announced;
        summary.failures = self.failures;
    }

    fn first_jobs(&mut self) -> Vec<ListJob> {
        if self.selection.is_impossible {
            return Vec::new();
        }
        if let Some(repositories) = self.selection.selected_repositories() {
            let repositories: Vec<RepositoryName> = repositories.cloned().collect();
            let projects: BTreeSet<&ProjectName> = repositories.iter().map(RepositoryName::project).collect();
            self.projects = projects.len() as u64;
            let job_of = |repository| match self.goal {
                Goal::Repositories => ListJob::Repository(repository),
                Goal::Artifacts => ListJob::ArtifactsOfRepository(repository, Cursor::default()),
            };
            return repositories.into_iter().map(job_of).collect();
        }
        match self.selection.projects.clone() {
            Some(projects) => projects.into_iter().map(|project| self.open_project(project)).collect(),
            None => vec![ListJob::Projects(Cursor::default())],
        }
    }

    /// The first job for the content of a project.
    fn open_project(&mut self, project: ProjectName) -> ListJob {
        self.projects += 1;
        // Harbor refuses the list of a whole project to anonymous callers, even where it is public.
        let is_per_repository = self.goal == Goal::Repositories || self.session.credentials.is_anonymous();
        if is_per_repository {
            ListJob::Repositories(project, Cursor::default())
        } else {
            ListJob::ArtifactsOfProject(project, Cursor::default())
        }
    }

    fn sort_out(&mut self, answer: ListAnswer, listed: &mut Listed) {
        match answer {
            ListAnswer::Identity(identity) => self.take_identity(identity, listed),
            ListAnswer::Projects(cursor, page) => self.take_projects(cursor, page, listed),
            ListAnswer::Repositories(project, cursor, page) => self.take_repositories(&project, cursor, page, listed),
            ListAnswer::Repository(repository, page) => self.take_repository(&repository, page, listed),
            ListAnswer::ArtifactsOfProject(project, cursor, page) => {
                let target = project.clone().into();
                self.take_artifacts(
                    &target,
                    cursor,
                    page,
                    |cursor| ListJob::ArtifactsOfProject(project, cursor),
                    listed,
                );
            }
            ListAnswer::ArtifactsOfRepository(repository, cursor, page) => {
                if cursor.is_first() && page.rows.is_empty() && page.total.unwrap_or(0) == 0 {
                    // Harbor has an empty list for a repository that does not exist, too.
                    listed.jobs.push(ListJob::Repository(repository.clone()));
                }
                let target = repository.clone().into();
                let go_on = |cursor| ListJob::ArtifactsOfRepository(repository, cursor);
                self.take_artifacts(&target, cursor, page, go_on, listed);
            }
        }
    }

    fn take_identity(&mut self, identity: Identity, listed: &mut Listed) {
        if identity.version.is_none() {
            let message = "the server does not accept the credentials and takes the caller for nobody";
            let cause = Cause::new(FailureKind::NotAuthenticated, message);
            listed.failures.push(cause.into_failure(Phase::Identifying, Target::default(), 1));
            return;
        }
        self.session.remember(identity);
        listed.jobs = self.first_jobs();
    }

    fn take_projects(&mut self, cursor: Cursor, page: Page<types::Project>, listed: &mut Listed) {
        let turn = cursor.turn(page, |project| project.project_id);
        if let Some(cause) = turn.complaint {
            listed.failures.push(cause.into_failure(Phase::ListingProjects, Target::default(), 1));
        }
        // The list goes on only after the projects found so far: the newest jobs run first.
        listed.jobs.extend(turn.next.map(ListJob::Projects));
        for project in turn.rows.into_iter().rev() {
            match convert::project_name(&project) {
                Ok(name) => listed.jobs.push(self.open_project(name)),
                Err(cause) => listed.failures.push(cause.into_failure(Phase::ListingProjects, Target::default(), 1)),
            }
        }
    }

    fn take_repositories(
        &mut self,
        project: &ProjectName,
        cursor: Cursor,
        page: Page<types::Repository>,
        listed: &mut Listed,
    ) {
        if cursor.is_first() && self.goal == Goal::Repositories {
            self.announced += page.total.unwrap_or(page.rows.len() as u64);
        }
        let turn = cursor.turn(page, |repository| repository.id);
        let target: Target = project.clone().into();
        if let Some(cause) = turn.complaint {
            listed.failures.push(cause.into_failure(Phase::ListingRepositories, target.clone(), 1));
        }
        listed.jobs.extend(turn.next.map(|cursor| ListJob::Repositories(project.clone(), cursor)));
        for row in turn.rows.into_iter().rev() {
            match (convert::repository(row), self.goal) {
                (Ok(repository), Goal::Repositories) => listed.repositories.push(repository),
                (Ok(repository), Goal::Artifacts) => {
                    listed.jobs.push(ListJob::ArtifactsOfRepository(repository.name, Cursor::default()));
                }
                (Err(cause), _) => {
                    listed.failures.push(cause.into_failure(Phase::ListingRepositories, target.clone(), 1));
                }
            }
        }
    }

    fn take_repository(&mut self, name: &RepositoryName, page: Page<types::Repository>, listed: &mut Listed) {
        let is_it = |repository: &Repository| repository.name == *name;
        match page.rows.into_iter().filter_map(|row| convert::repository(row).ok()).find(is_it) {
            Some(repository) if self.goal == Goal::Repositories => {
                self.announced += 1;
                listed.repositories.push(repository);
            }
            // It exists and has no artifacts, or none that match.
            Some(_) => {}
            None => {
                let cause = Cause::new(FailureKind::NotFound, "there is no such repository");
                listed.failures.push(cause.into_failure(Phase::ListingRepositories, name.clone().into(), 1));
            }
        }
    }

    fn take_artifacts(
        &mut self,
        target: &Target,
        cursor: Cursor,
        page: Page<types::Artifact>,
        go_on: impl FnOnce(Cursor) -> ListJob,
        listed: &mut Listed,
    ) {
        if cursor.is_first() {
            self.announced += page.total.unwrap_or(page.rows.len() as u64);
        }
        let turn = cursor.turn(page, |artifact| artifact.id);
        if let Some(cause) = turn.complaint {
            listed.failures.push(cause.into_failure(Phase::ListingArtifacts, target.clone(), 1));
        }
        listed.jobs.extend(turn.next.map(go_on));
        for row in turn.rows {
            match convert::artifact(row, target.repository.as_ref()) {
                Ok(artifact) => listed.artifacts.push(artifact),
                Err(cause) => {
                    listed.failures.push(cause.into_failure(Phase::ListingArtifacts, target.clone(), 1));
                }
            }
        }
    }

    /// Sends the request of a job.
    pub(crate) fn run(&self, job: ListJob) -> impl Future<Output = Result<ListAnswer, Cause>> + Send + 'static {
        let client = self.session.client.clone();
        let conditions: Vec<String> = self.selection.tag.iter().map(|tag| format!("tags={tag}")).collect();
        async move {
            Ok(match job {
                ListJob::Identify => ListAnswer::Identity(requests::identify(&client).await?),
                ListJob::Projects(cursor) => ListAnswer::Projects(cursor, requests::projects(&client, cursor).await?),
                ListJob::Repositories(project, cursor) => {
                    let page = requests::repositories(&client, &project, cursor.query("repository_id", &[])).await?;
                    ListAnswer::Repositories(project, cursor, page)
                }
                ListJob::Repository(repository) => {
                    let query = format!("name={}", convert::query_value(repository.full()));
                    let page = requests::repositories(&client, repository.project(), query).await?;
                    ListAnswer::Repository(repository, page)
                }
                ListJob::ArtifactsOfProject(project, cursor) => {
                    let page =
                        requests::artifacts_of_project(&client, &project, cursor.query("id", &conditions)).await?;
                    ListAnswer::ArtifactsOfProject(project, cursor, page)
                }
                ListJob::ArtifactsOfRepository(repository, cursor) => {
                    let query = cursor.query("id", &conditions);
                    let page = requests::artifacts_of_repository(&client, &repository, query).await?;
                    ListAnswer::ArtifactsOfRepository(repository, cursor, page)
                }
            })
        }
    }
}
