//! What may be read in each project, by trying it on the first thing of each kind.

use std::sync::Arc;

use harbor_api::types;

use super::super::batch::batch;
use super::super::cause::Cause;
use super::super::details::Details;
use super::super::interner::Interner;
use super::super::{convert, reports};
use crate::access::{Check, ProjectAccess};
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::model::Artifact;
use crate::name::{ProjectName, RepositoryName};
use crate::session::Session;

/// Among so many artifacts, one is looked for that can have a report.
const ARTIFACTS: i64 = 10;

/// A name that no repository has.
const NO_REPOSITORY: &str = "-";

/// The first of some things, if there is one, or why it could not be found out.
type Found<T> = Result<Option<T>, Failure>;

/// Tries everything in each project, one kind of request after the other.
pub(super) async fn try_projects(
    session: &Arc<Session>,
    projects: Vec<ProjectName>,
    failures: &mut Vec<Failure>,
) -> Vec<ProjectAccess> {
    let inputs = || projects.iter().map(|project| (Target::from(project.clone()), project.clone()));
    let repositories = batch(session, Phase::ListingRepositories, inputs(), first_repository).await;
    let artifacts = first_artifacts(session, &projects, &repositories).await;
    let tried: Vec<Artifact> = artifacts.iter().flatten().flatten().cloned().collect();
    let inputs_of_reports = tried.iter().map(|artifact| (reports::target_of(artifact), artifact.clone()));
    let mut reports = batch(session, Phase::FetchingReport, inputs_of_reports, try_report).await.into_iter();
    let scanners = batch(session, Phase::ReadingScanner, inputs(), try_scanner).await;
    let mut accesses = Vec::new();
    for (((project, repository), artifact), scanner) in
        projects.into_iter().zip(repositories).zip(artifacts).zip(scanners)
    {
        let report = match &artifact {
            Ok(Some(_)) => reports.next().map(|report| check(report, failures)),
            _ => None,
        };
        let reports = report.unwrap_or_else(|| unknown("there is no artifact to try it on"));
        accesses.push(ProjectAccess {
            project,
            is_visible: true,
            repositories: check(repository, failures),
            artifacts: check(artifact, failures),
            reports,
            scanner: check(scanner, failures),
        });
    }
    accesses
}

/// The first artifact of each project: by the list of the project, or, where the server has none for the caller, by that
/// of its first repository.
async fn first_artifacts(
    session: &Arc<Session>,
    projects: &[ProjectName],
    repositories: &[Found<RepositoryName>],
) -> Vec<Found<Artifact>> {
    let is_anonymous = session.credentials.is_anonymous();
    let by_project = if is_anonymous { &[] } else { projects };
    let inputs = by_project.iter().map(|project| (Target::from(project.clone()), project.clone()));
    let mut artifacts = batch(session, Phase::ListingArtifacts, inputs, first_of_project).await;
    artifacts.resize(projects.len(), Ok(None));
    let is_open = |artifact: &Found<Artifact>| match artifact {
        Ok(_) => is_anonymous,
        Err(failure) => failure.status == Some(404),
    };
    let repository_of = |place: usize| match &repositories[place] {
        Ok(Some(repository)) => Some(repository.clone()),
        // A repository that does not exist has an empty list for those who may list artifacts, and for nobody else.
        _ => format!("{}/{NO_REPOSITORY}", projects[place]).parse().ok(),
    };
    let open: Vec<(usize, RepositoryName)> = (0..projects.len())
        .filter(|place| is_open(&artifacts[*place]))
        .filter_map(|place| Some((place, repository_of(place)?)))
        .collect();
    let inputs = open.iter().map(|(_, repository)| (Target::from(repository.clone()), repository.clone()));
    let answers = batch(session, Phase::ListingArtifacts, inputs, first_of_repository).await;
    for ((place, _), answer) in open.into_iter().zip(answers) {
        artifacts[place] = answer;
    }
    artifacts
}

async fn first_repository(session: Arc<Session>, project: ProjectName) -> Result<Option<RepositoryName>, Cause> {
    let request = session.client.list_repositories().project_name(project.as_str()).page_size(1);
    let rows = request.send().await?.into_inner();
    Ok(rows.into_iter().find_map(|row| convert::repository(row).ok()).map(|repository| repository.name))
}

async fn first_of_project(session: Arc<Session>, project: ProjectName) -> Result<Option<Artifact>, Cause> {
    let request = session.client.list_artifacts_of_project().project_name_or_id(project.as_str());
    let rows = request.x_is_resource_name(true).page_size(ARTIFACTS).with_tag(false).send().await?.into_inner();
    Ok(most_telling(rows, None))
}

async fn first_of_repository(session: Arc<Session>, repository: RepositoryName) -> Result<Option<Artifact>, Cause> {
    let request = session.client.list_artifacts().project_name(repository.project().as_str());
    let request = request.repository_name(repository.encoded_path()).page_size(ARTIFACTS).with_tag(false);
    let rows = request.send().await?.into_inner();
    Ok(most_telling(rows, Some(&repository)))
}

/// Asks for a report for the sake of the answer's status. That there is none may be told to those who may read it.
async fn try_report(session: Arc<Session>, artifact: Artifact) -> Result<(), Cause> {
    match reports::open_report(&session.client, &artifact).await {
        Err(cause) if cause.kind != FailureKind::NotFound => Err(cause),
        Ok(_) | Err(_) => Ok(()),
    }
}

async fn try_scanner(session: Arc<Session>, project: ProjectName) -> Result<(), Cause> {
    reports::read_scanner(&session.client, &project).await.map(drop)
}

/// The first artifact that can have a report, or the first one at all.
fn most_telling(rows: Vec<types::Artifact>, repository: Option<&RepositoryName>) -> Option<Artifact> {
    let mut interner = Interner::default();
    let read = |row| convert::artifact(row, repository, Details::default(), &mut interner).ok();
    let mut artifacts: Vec<Artifact> = rows.into_iter().filter_map(read).collect();
    let place = artifacts.iter().position(|artifact| artifact.has_vulnerability_link).unwrap_or_default();
    (!artifacts.is_empty()).then(|| artifacts.swap_remove(place))
}

/// What an answer means. Only a refusal says that a permission is missing; other failures are told.
fn check<T>(answer: Result<T, Failure>, failures: &mut Vec<Failure>) -> Check {
    match answer {
        Ok(_) => Check::Allowed,
        Err(failure) => match failure.missing_permission() {
            Some(permission) => Check::Missing { permission },
            None => {
                let reason = failure.message.clone();
                failures.push(failure);
                Check::Unknown { reason }
            }
        },
    }
}

fn unknown(reason: &str) -> Check {
    Check::Unknown { reason: reason.to_owned() }
}
