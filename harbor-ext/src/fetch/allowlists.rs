//! Which vulnerabilities a registry and its projects accept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::batch::{batch, identify, single};
use super::cause::Cause;
use super::convert::AcceptingProject;
use super::pages::{Cursor, Page};
use super::{convert, requests};
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::model::{Allowlist, Allowlists};
use crate::name::ProjectName;
use crate::session::Session;

/// How many projects one request asks for: a proxy refuses long addresses, and a name may have 255 bytes.
const PROJECTS_AT_ONCE: usize = 20;

/// Reads the allowlists of the registry and of these projects, or of all that the caller can see.
pub(crate) async fn allowlists(session: &Arc<Session>, projects: Option<BTreeSet<ProjectName>>) -> Allowlists {
    let mut lists = Allowlists::default();
    if let Err(failure) = identify(session).await {
        lists.failures.push(failure);
        return lists;
    }
    match single(session, Phase::ReadingAllowlists, Target::default(), read_system).await {
        Ok(list) => lists.system = Some(list),
        Err(failure) => lists.failures.push(failure),
    }
    match projects {
        None => read_all(session, &mut lists).await,
        Some(projects) => read_some(session, projects.into_iter().collect(), &mut lists).await,
    }
    lists
}

async fn read_system(session: Arc<Session>) -> Result<Allowlist, Cause> {
    Ok(convert::allowlist(session.client.get_system_cve_allowlist().send().await?.into_inner()))
}

/// Reads the lists of all visible projects, page by page.
async fn read_all(session: &Arc<Session>, lists: &mut Allowlists) {
    let mut next = Some(Cursor::default());
    let mut announced = None;
    while let Some(cursor) = next {
        let send = move |session: Arc<Session>| async move {
            requests::allowlists_of_projects(&session.client, cursor, None).await
        };
        let page: Page<_> = match single(session, Phase::ReadingAllowlists, Target::default(), send).await {
            Ok(page) => page,
            Err(failure) => return lists.failures.push(failure),
        };
        announced.get_or_insert(page.announced());
        let turn = cursor.turn(page);
        for row in turn.rows {
            match row {
                Ok(project) => add(lists, project),
                Err(cause) => lists.failures.push(of_registry(cause)),
            }
        }
        lists.failures.extend(turn.complaint.map(of_registry));
        next = turn.next;
    }
    // A page may have been answered as to nobody, who sees what is public.
    let known = (lists.projects.len() + lists.failures.len()) as u64;
    if let Some(announced) = announced.filter(|announced| known < *announced) {
        let message = format!("the list of projects announced {announced} and ended after {}", lists.projects.len());
        lists.failures.push(of_registry(Cause::new(FailureKind::Incomplete, message)));
    }
}

/// Reads the lists of projects that are known by name.
async fn read_some(session: &Arc<Session>, projects: Vec<ProjectName>, lists: &mut Allowlists) {
    let chunks = projects.chunks(PROJECTS_AT_ONCE);
    let inputs = chunks.clone().map(|chunk| (Target::default(), chunk.to_vec()));
    let answers = batch(session, Phase::ReadingAllowlists, inputs, read_by_name).await;
    for (chunk, answer) in chunks.zip(answers) {
        let mut answer = answer.map(|(found, causes)| {
            lists.failures.extend(causes.into_iter().map(of_registry));
            found
        });
        for project in chunk {
            match answer.as_mut().map(|found| found.remove(project)) {
                Ok(Some(project)) => add(lists, project),
                Ok(None) => {
                    let message = "the project is not among those that the account can see";
                    let cause = Cause::new(FailureKind::NotFound, message);
                    let target = project.clone().into();
                    lists.failures.push(cause.into_failure(Phase::ReadingAllowlists, target, 1));
                }
                Err(failure) => {
                    let target = Box::new(project.clone().into());
                    lists.failures.push(Failure { target, ..failure.clone() });
                }
            }
        }
    }
}

/// What some projects go by, and the rows that could not be used.
type Found = (BTreeMap<ProjectName, AcceptingProject>, Vec<Cause>);

async fn read_by_name(session: Arc<Session>, projects: Vec<ProjectName>) -> Result<Found, Cause> {
    // In quotation marks, because a project may be called 123 and a number is compared as one.
    let names: Vec<String> = projects.iter().map(|name| format!("\"{name}\"")).collect();
    let condition = format!("name={{{}}}", convert::query_value(&names.join(" ")));
    let page = requests::allowlists_of_projects(&session.client, Cursor::default(), Some(condition)).await?;
    let (mut found, mut causes) = (BTreeMap::new(), Vec::new());
    for row in Cursor::default().turn(page).rows {
        match row {
            Ok(project) => drop(found.insert(project.name.clone(), project)),
            Err(cause) => causes.push(cause),
        }
    }
    Ok((found, causes))
}

fn add(lists: &mut Allowlists, AcceptingProject { name, allowlist, owner }: AcceptingProject) {
    lists.owners.extend(owner.map(|owner| (name.clone(), owner)));
    lists.projects.insert(name, allowlist);
}

fn of_registry(cause: Cause) -> Failure {
    cause.into_failure(Phase::ReadingAllowlists, Target::default(), 1)
}
