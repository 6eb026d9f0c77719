//! Finds out what the caller may read, by trying it.

use std::collections::BTreeSet;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;

use chrono::DateTime;
use harbor_api::types;

use super::batch::single;
use super::cause::Cause;
use super::convert;
use super::pages::Cursor;
use super::requests;
use crate::access::{Access, Caller, Check, Expiry, ProjectAccess};
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::name::{NameError, ProjectName};
use crate::session::Session;

mod projects;

/// Finds out who the server takes the caller for, and what may be read in which project: a value, nothing is sent until
/// it is awaited.
///
/// ```no_run
/// # async fn example(harbor: harbor_ext::Harbor) -> Result<(), harbor_ext::Failure> {
/// let access = harbor.check_access().projects(["library", "mirrors"]).await?;
/// println!("{access}");
/// # Ok(())
/// # }
/// ```
///
/// What may be read is tried for real, on the first repository and the first artifact of each project, and never by
/// writing anything. That costs one request for the server, one for the caller, one for a robot's expiry, one for a
/// hundred visible projects, and four for each project that is looked at (repositories, artifacts, one report, the
/// scanner; a fifth where artifacts cannot be listed by project: before Harbor 2.11.1, and anonymously). Administrators
/// may read everything, so that nothing is tried for them. Dropping the future ends the requests under way.
///
/// # Errors
///
/// Awaiting gives a [`Failure`] where the server could not be reached, is no Harbor, or does not accept the credentials,
/// and where the projects could not be listed. Whatever else goes wrong is part of the [`Access`].
///
/// # Panics
///
/// When it is awaited outside of a tokio runtime.
#[derive(Clone, Debug)]
#[must_use = "a check does nothing until it is awaited"]
pub struct AccessCheck {
    session: Arc<Session>,
    projects: Option<Vec<Result<ProjectName, NameError>>>,
}

impl AccessCheck {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session, projects: None }
    }

    /// Only these projects, by exact name, instead of all that are visible. Called again, it adds to them. A project that
    /// is not visible is tried, too. An empty list looks at no project.
    pub fn projects(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        let names = names.into_iter().map(|name| name.to_string().parse());
        self.projects.get_or_insert_default().extend(names);
        self
    }

    async fn run(self) -> Result<Access, Failure> {
        let Self { session, projects } = self;
        let system = read_system(&session).await?;
        let caller = read_caller(&session, &system).await?;
        let visible = list_projects(&session).await?;
        let mut failures = Vec::new();
        let wanted: BTreeSet<ProjectName> = match projects {
            None => visible.clone(),
            Some(names) => names.into_iter().filter_map(|name| keep(name.map_err(refused), &mut failures)).collect(),
        };
        let caller = match caller {
            Some(caller) => caller,
            None => robot(&session, &visible, &mut failures).await,
        };
        let wanted: Vec<ProjectName> = wanted.into_iter().collect();
        let projects = match &caller {
            Caller::User { is_administrator: true, .. } => {
                let try_project = |project| of_administrator(project, &visible, &mut failures);
                wanted.into_iter().map(try_project).collect()
            }
            _ => projects::try_projects(&session, wanted, &mut failures).await,
        };
        let is_visible = |project: &ProjectName| visible.contains(project);
        let projects =
            projects.into_iter().map(|access| ProjectAccess { is_visible: is_visible(&access.project), ..access });
        Ok(Access {
            url: session.url.to_string(),
            version: system.harbor_version,
            caller,
            visible_projects: visible.len(),
            projects: projects.collect(),
            failures,
        })
    }
}

impl IntoFuture for AccessCheck {
    type Output = Result<Access, Failure>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

async fn read_system(session: &Arc<Session>) -> Result<types::GeneralInfo, Failure> {
    let send = |session: Arc<Session>| async move { requests::system_information(&session.client).await };
    let system = single(session, Phase::Identifying, Target::default(), send).await?;
    if system.harbor_version.is_none() && !session.credentials.is_anonymous() {
        return Err(Cause::of_unknown_caller().into_failure(Phase::Identifying, Target::default(), 1));
    }
    Ok(system)
}

/// Who the caller is; `None` for a robot.
async fn read_caller(session: &Arc<Session>, system: &types::GeneralInfo) -> Result<Option<Caller>, Failure> {
    if session.credentials.is_anonymous() {
        return Ok(Some(Caller::Anonymous));
    }
    let send =
        |session: Arc<Session>| async move { Ok(session.client.get_current_user_info().send().await?.into_inner()) };
    match single(session, Phase::ReadingUser, Target::default(), send).await {
        Ok(user) => Ok(Some(Caller::User {
            name: user.username.unwrap_or_default(),
            is_administrator: user.sysadmin_flag.unwrap_or_default() || user.admin_role_in_auth.unwrap_or_default(),
            // The first administrator is always one of Harbor's own.
            is_local: system.auth_mode.as_deref() == Some("db_auth") || user.user_id == Some(1),
        })),
        // Robots have no user.
        Err(failure) if failure.status == Some(412) => Ok(None),
        Err(failure) => Err(failure),
    }
}

async fn list_projects(session: &Arc<Session>) -> Result<BTreeSet<ProjectName>, Failure> {
    let mut projects = BTreeSet::new();
    let mut cursor = Some(Cursor::default());
    while let Some(place) = cursor {
        let send = move |session: Arc<Session>| async move { requests::projects(&session.client, place, None).await };
        let page = single(session, Phase::ListingProjects, Target::default(), send).await?;
        let fail = |cause: Cause| cause.into_failure(Phase::ListingProjects, Target::default(), 1);
        let turn = place.turn(page);
        for row in turn.rows {
            projects.insert(row.map_err(fail)?.name);
        }
        if let Some(complaint) = turn.complaint {
            return Err(fail(complaint));
        }
        cursor = turn.next;
    }
    Ok(projects)
}

/// The robot that asks, with its expiry where the server tells it.
async fn robot(session: &Arc<Session>, visible: &BTreeSet<ProjectName>, failures: &mut Vec<Failure>) -> Caller {
    let name = session.credentials.username().unwrap_or_default().to_owned();
    // A robot of a project is called `robot$project+name`, and listed with those of its project.
    let is_home =
        |project: &&ProjectName| name.split_once('+').is_some_and(|(start, _)| start.ends_with(&format!("${project}")));
    let (home, wanted) = (visible.iter().find(is_home).cloned(), name.clone());
    let send = move |session: Arc<Session>| read_expiry(session, home.clone(), wanted.clone());
    let expiry = match single(session, Phase::ReadingRobot, Target::default(), send).await {
        Ok(Some(seconds)) => {
            DateTime::from_timestamp(seconds, 0).filter(|_| seconds > 0).map_or(Expiry::Never, Expiry::At)
        }
        Ok(None) => Expiry::NotTold,
        Err(failure) => {
            // Not being told is what most robots are used to.
            failures.extend(Some(failure).filter(|failure| failure.missing_permission().is_none()));
            Expiry::NotTold
        }
    };
    Caller::Robot { name, expiry }
}

/// The second at which a robot ends; `None` where it is not among those that may be listed.
async fn read_expiry(session: Arc<Session>, home: Option<ProjectName>, name: String) -> Result<Option<i64>, Cause> {
    let client = &session.client;
    let level = match home {
        None => "Level=system".to_owned(),
        Some(project) => {
            let condition = format!("name={}", convert::query_value(project.as_str()));
            let rows = client.list_projects().q(condition).with_detail(false).send().await?.into_inner();
            let id = rows.into_iter().find_map(|row| row.project_id).unwrap_or_default();
            format!("Level=project,ProjectID={id}")
        }
    };
    let robots = client.list_robot().q(level).page_size(100).send().await?.into_inner();
    let own = robots.into_iter().find(|robot| robot.name.as_deref() == Some(&name));
    Ok(own.and_then(|robot| robot.expires_at))
}

/// An administrator may read everything that there is, and sees it.
fn of_administrator(
    project: ProjectName,
    visible: &BTreeSet<ProjectName>,
    failures: &mut Vec<Failure>,
) -> ProjectAccess {
    let check = if visible.contains(&project) {
        Check::Allowed
    } else {
        let reason = "there is no such project";
        let cause = Cause::new(FailureKind::NotFound, reason);
        failures.push(cause.into_failure(Phase::ListingProjects, project.clone().into(), 1));
        Check::Unknown { reason: reason.to_owned() }
    };
    let [repositories, artifacts, reports, scanner] = [(); 4].map(|()| check.clone());
    ProjectAccess { project, is_visible: true, repositories, artifacts, reports, scanner }
}

fn refused(error: NameError) -> Failure {
    Failure::of_input(Target::default(), error.to_string())
}

fn keep<T>(result: Result<T, Failure>, failures: &mut Vec<Failure>) -> Option<T> {
    result.map_err(|failure| failures.push(failure)).ok()
}
