//! Walking projects, repositories and artifacts: which list is asked for next.

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use super::cause::Cause;
use super::convert;
use super::details::Details;
use super::pages::{self, Cursor, Page};
use super::requests;
use super::selection::Selection;
use super::single;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::model::{Artifact, Repository};
use crate::name::{ArtifactReference, ProjectName, RepositoryName};
use crate::outcome::Summary;
use crate::session::Session;

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
    /// The one artifact of this reference, in the list of its repository.
    Artifact(ArtifactReference),
    /// The artifact itself, which the list did not show.
    HiddenArtifact(ArtifactReference),
}

/// The answer to one request of the walk, with what it answers.
#[derive(Debug)]
pub(crate) enum ListAnswer {
    /// Whether the server knows the caller.
    Identity(bool),
    Projects(Cursor, Page<ProjectName>),
    Repositories(ProjectName, Cursor, Page<Repository>),
    Repository(RepositoryName, Page<Repository>),
    ArtifactsOfProject(ProjectName, Cursor, Page<Artifact>),
    ArtifactsOfRepository(RepositoryName, Cursor, Page<Artifact>),
    Artifact(ArtifactReference, Option<Box<Artifact>>),
}

/// What an answer brought.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) jobs: Vec<ListJob>,
    pub(crate) repositories: Vec<Repository>,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) failures: Vec<Failure>,
    /// Why nothing more can be asked, if so.
    pub(crate) abandon: Option<Cause>,
}

/// What was being done, and to what.
type Place = (Phase, Target);

impl Listed {
    fn fail(&mut self, place: &Place, cause: Cause) {
        let (phase, target) = place.clone();
        self.failures.push(cause.into_failure(phase, target, 1));
    }

    fn fail_if(&mut self, place: &Place, cause: Option<Cause>) {
        if let Some(cause) = cause {
            self.fail(place, cause);
        }
    }
}

/// The walk through the selected part of a registry.
#[derive(Debug)]
pub(crate) struct Listing {
    session: Arc<Session>,
    selection: Selection,
    goal: Goal,
    /// How sure it is who the server takes the caller for.
    identity: Identity,
    /// How many projects the first page of their list announced, and how many came.
    projects_announced: u64,
    projects: u64,
    listed: u64,
    announced: u64,
    failures: u64,
}

/// What sends the requests of a walk.
#[derive(Debug)]
pub(crate) struct Lister {
    session: Arc<Session>,
    /// What artifacts must fulfil, in Harbor's query language.
    conditions: Vec<String>,
    details: Details,
}

/// How sure a walk is who the server takes the caller for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    Unknown,
    Known,
    /// Asked again, because a request was refused for want of credentials.
    Doubted,
}

impl Listing {
    pub(crate) fn new(session: Arc<Session>, selection: Selection, goal: Goal) -> Self {
        let identity = if session.credentials.is_anonymous() { Identity::Known } else { Identity::Unknown };
        Self {
            session,
            selection,
            goal,
            identity,
            projects_announced: 0,
            projects: 0,
            listed: 0,
            announced: 0,
            failures: 0,
        }
    }

    /// How the walk begins: with the question who the server takes the caller for. Harbor takes wrong credentials for
    /// none and goes on with what is public, which would look like a small registry. It is asked in every query, because
    /// a robot can expire while a program runs.
    pub(crate) fn begin(&mut self) -> Listed {
        let failures = self.selection.failures();
        self.failures += failures.len() as u64;
        let jobs = match self.identity {
            Identity::Known => self.first_jobs(),
            Identity::Unknown | Identity::Doubted => vec![ListJob::Identify],
        };
        Listed { jobs, failures, ..Listed::default() }
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
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
            ListJob::Artifact(reference) => (Phase::ListingArtifacts, reference.clone().into()),
            ListJob::HiddenArtifact(reference) => (Phase::ReadingArtifact, reference.clone().into()),
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
                let jobs = self.doubt(&failure);
                let failure = if let ListJob::HiddenArtifact(_) = job { single::explain(failure) } else { failure };
                Listed { jobs, failures: vec![failure], ..Listed::default() }
            }
        }
    }

    /// What to ask when a request was refused for want of credentials: whether the server knows the caller any more. Once
    /// is enough: some credentials are good for lists but not for reports.
    pub(crate) fn doubt(&mut self, failure: &Failure) -> Vec<ListJob> {
        let is_in_doubt = failure.status == Some(401) && self.identity == Identity::Known;
        if !is_in_doubt || self.session.credentials.is_anonymous() {
            return Vec::new();
        }
        self.identity = Identity::Doubted;
        vec![ListJob::Identify]
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
        if let Some(reference) = self.selection.artifact.clone() {
            self.projects = 1;
            return vec![single::first_job(reference)];
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
            ListAnswer::Identity(is_known) => self.take_identity(is_known, listed),
            ListAnswer::Projects(cursor, page) => self.take_projects(cursor, page, listed),
            ListAnswer::Repositories(project, cursor, page) => self.take_repositories(project, cursor, page, listed),
            ListAnswer::Repository(repository, page) => self.take_repository(repository, page, listed),
            ListAnswer::ArtifactsOfProject(project, cursor, page) => {
                let place = (Phase::ListingArtifacts, project.clone().into());
                let go_on = |cursor| ListJob::ArtifactsOfProject(project, cursor);
                self.take_artifacts(&place, cursor, page, go_on, listed);
            }
            ListAnswer::ArtifactsOfRepository(repository, cursor, page) => {
                // Harbor has an empty list for a repository that does not exist, too.
                let is_named = self.selection.repositories.is_some();
                if is_named && cursor.is_first() && page.announced() == 0 {
                    listed.jobs.push(ListJob::Repository(repository.clone()));
                }
                let place = (Phase::ListingArtifacts, repository.clone().into());
                let go_on = |cursor| ListJob::ArtifactsOfRepository(repository, cursor);
                self.take_artifacts(&place, cursor, page, go_on, listed);
            }
            ListAnswer::Artifact(_, Some(artifact)) => {
                self.announced += 1;
                listed.artifacts.push(*artifact);
            }
            ListAnswer::Artifact(reference, None) => listed.jobs.push(ListJob::HiddenArtifact(reference)),
        }
    }

    fn take_identity(&mut self, is_known: bool, listed: &mut Listed) {
        let before = mem::replace(&mut self.identity, Identity::Known);
        match (before, is_known) {
            (Identity::Unknown, true) => listed.jobs = self.first_jobs(),
            // The identity stays in doubt, so that it is not asked for again.
            (Identity::Known | Identity::Doubted, true) => self.identity = Identity::Doubted,
            (_, false) => {
                let cause = Cause::of_unknown_caller();
                listed.fail(&(Phase::Identifying, Target::default()), cause.clone());
                listed.abandon = Some(cause);
            }
        }
    }

    fn take_projects(&mut self, cursor: Cursor, page: Page<ProjectName>, listed: &mut Listed) {
        let place = (Phase::ListingProjects, Target::default());
        if cursor.is_first() {
            self.projects_announced = page.announced();
        }
        let turn = cursor.turn(page);
        let is_end = turn.next.is_none() && turn.complaint.is_none();
        listed.fail_if(&place, turn.complaint);
        // The list goes on only after the projects found so far: the newest jobs run first.
        listed.jobs.extend(turn.next.map(ListJob::Projects));
        for project in turn.rows.into_iter().rev() {
            match project {
                Ok(name) => listed.jobs.push(self.open_project(name)),
                Err(cause) => {
                    self.projects += 1;
                    listed.fail(&place, cause);
                }
            }
        }
        // A page that was answered as to an anonymous caller would end the list early, and look like its end.
        if is_end && self.projects < self.projects_announced {
            let message = format!(
                "{} projects were announced and {} came: some were deleted meanwhile, or the server did not know the \
                 caller for a moment",
                self.projects_announced, self.projects
            );
            listed.fail(&place, Cause::new(FailureKind::Incomplete, message));
        }
    }

    fn take_repositories(&mut self, project: ProjectName, cursor: Cursor, page: Page<Repository>, listed: &mut Listed) {
        if cursor.is_first() && self.goal == Goal::Repositories {
            self.announced = self.announced.saturating_add(page.announced());
        }
        let place = (Phase::ListingRepositories, project.clone().into());
        let turn = cursor.turn(page);
        listed.fail_if(&place, turn.complaint);
        listed.jobs.extend(turn.next.map(|cursor| ListJob::Repositories(project, cursor)));
        for row in turn.rows.into_iter().rev() {
            match (row, self.goal) {
                (Ok(repository), Goal::Repositories) => listed.repositories.push(repository),
                (Ok(repository), Goal::Artifacts) => {
                    listed.jobs.push(ListJob::ArtifactsOfRepository(repository.name, Cursor::default()));
                }
                (Err(cause), _) => listed.fail(&place, cause),
            }
        }
    }

    fn take_repository(&mut self, name: RepositoryName, page: Page<Repository>, listed: &mut Listed) {
        let mut rows = Cursor::default().turn(page).rows.into_iter();
        match rows.find_map(|row| row.ok().filter(|repository| repository.name == name)) {
            Some(repository) if self.goal == Goal::Repositories => {
                self.announced += 1;
                listed.repositories.push(repository);
            }
            // It exists and has no artifacts, or none that match.
            Some(_) => {}
            None => {
                let cause = Cause::new(FailureKind::NotFound, "there is no such repository");
                listed.fail(&(Phase::ListingRepositories, name.into()), cause);
            }
        }
    }

    fn take_artifacts(
        &mut self,
        place: &Place,
        cursor: Cursor,
        page: Page<Artifact>,
        go_on: impl FnOnce(Cursor) -> ListJob,
        listed: &mut Listed,
    ) {
        if cursor.is_first() {
            self.announced = self.announced.saturating_add(page.announced());
        }
        let turn = cursor.turn(page);
        listed.fail_if(place, turn.complaint);
        listed.jobs.extend(turn.next.map(go_on));
        for row in turn.rows {
            match row.and_then(|artifact| self.with_wanted_tag(artifact)) {
                Ok(artifact) => listed.artifacts.push(artifact),
                Err(cause) => listed.fail(place, cause),
            }
        }
    }

    /// Refuses an artifact without the tag that was asked for: something in front of the server dropped the filter.
    fn with_wanted_tag(&self, artifact: Artifact) -> Result<Artifact, Cause> {
        match &self.selection.tag {
            Some(tag) if !artifact.tag_names().any(|name| name == tag.as_str()) => {
                let why = format!("it was sent although it does not have the tag {tag}");
                Err(pages::unusable(Some(artifact.id), &why))
            }
            _ => Ok(artifact),
        }
    }

    /// What sends the requests of this walk.
    pub(crate) fn lister(&self) -> Lister {
        let conditions = self.selection.tag.iter().map(|tag| format!("tags={tag}")).collect();
        Lister { session: Arc::clone(&self.session), conditions, details: self.selection.details }
    }
}

impl Lister {
    /// Sends the request of a job.
    pub(crate) async fn run(self, job: ListJob) -> Result<ListAnswer, Cause> {
        send(&self.session.client, job, &self.conditions, self.details)
            .await
            .map_err(|cause| cause.seen_by(&self.session))
    }
}

async fn send(
    client: &harbor_api::Client,
    job: ListJob,
    conditions: &[String],
    details: Details,
) -> Result<ListAnswer, Cause> {
    Ok(match job {
        ListJob::Identify => ListAnswer::Identity(requests::identify(client).await?),
        ListJob::Projects(cursor) => ListAnswer::Projects(cursor, requests::projects(client, cursor).await?),
        ListJob::Repositories(project, cursor) => {
            let page = requests::repositories(client, &project, &cursor.query("repository_id", &[])).await?;
            ListAnswer::Repositories(project, cursor, page)
        }
        ListJob::Repository(repository) => {
            let query = format!("name={}", convert::query_value(repository.full()));
            let page = requests::repositories(client, repository.project(), &query).await?;
            ListAnswer::Repository(repository, page)
        }
        ListJob::ArtifactsOfProject(project, cursor) => {
            let query = cursor.query("id", conditions);
            let page = requests::artifacts_of_project(client, &project, &query, details).await?;
            ListAnswer::ArtifactsOfProject(project, cursor, page)
        }
        ListJob::ArtifactsOfRepository(repository, cursor) => {
            let query = cursor.query("id", conditions);
            let page = requests::artifacts_of_repository(client, &repository, &query, details).await?;
            ListAnswer::ArtifactsOfRepository(repository, cursor, page)
        }
        ListJob::Artifact(reference) => {
            let found = single::listed(client, &reference, details).await?;
            ListAnswer::Artifact(reference, found.map(Box::new))
        }
        ListJob::HiddenArtifact(reference) => {
            let artifact = single::hidden(client, &reference, details).await?;
            ListAnswer::Artifact(reference, Some(Box::new(artifact)))
        }
    })
}
