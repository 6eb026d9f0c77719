//! Who the projects of some artifacts belong to.
//!
//! The list of projects tells the owner's number and user name to everybody who sees the project. The account itself is
//! told to few, so that not being allowed to read it is no reason to answer nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use harbor_api::types;

use super::batch::{batch, identify};
use super::cause::Cause;
use super::convert;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::model::{Owner, User, time};
use crate::name::ProjectName;
use crate::session::Session;

/// How many projects one request asks for: a proxy refuses long addresses, and a name may have 255 bytes.
const PROJECTS_AT_ONCE: usize = 20;

/// Finds the owner of each project, or why there is none.
pub(crate) async fn owners(
    session: &Arc<Session>,
    projects: BTreeSet<ProjectName>,
) -> BTreeMap<ProjectName, Result<Owner, Failure>> {
    if projects.is_empty() {
        return BTreeMap::new();
    }
    if let Err(failure) = identify(session).await {
        let of = |project: ProjectName| {
            let target = Box::new(project.clone().into());
            (project, Err(Failure { target, ..failure.clone() }))
        };
        return projects.into_iter().map(of).collect();
    }
    let mut owners = list(session, projects.into_iter().collect()).await;
    let found: BTreeMap<i64, Option<String>> =
        owners.values().flatten().map(|owner| (owner.id, owner.name.clone())).collect();
    let users = read_users(session, found).await;
    for owner in owners.values_mut().flatten() {
        match users.get(&owner.id) {
            Some(Ok(user)) => take_account(owner, user),
            Some(Err(failure)) => {
                let target = Box::new(owner.project.clone().into());
                owner.failure = Some(Failure { target, ..failure.clone() });
            }
            None => {}
        }
    }
    owners
}

/// The owners as the list of projects tells them.
async fn list(session: &Arc<Session>, projects: Vec<ProjectName>) -> BTreeMap<ProjectName, Result<Owner, Failure>> {
    let chunks = projects.chunks(PROJECTS_AT_ONCE);
    let inputs = chunks.clone().map(|chunk| {
        let target = chunk.first().filter(|_| chunk.len() == 1).cloned().map(Target::from).unwrap_or_default();
        (target, chunk.to_vec())
    });
    let answers = batch(session, Phase::ListingProjects, inputs, list_projects).await;
    let mut owners = BTreeMap::new();
    for (chunk, answer) in chunks.zip(answers) {
        for project in chunk {
            let owner = match &answer {
                Ok(rows) => owner_of(project, rows),
                Err(failure) => Err(Failure { target: Box::new(project.clone().into()), ..failure.clone() }),
            };
            owners.insert(project.clone(), owner);
        }
    }
    owners
}

async fn list_projects(session: Arc<Session>, projects: Vec<ProjectName>) -> Result<Vec<types::Project>, Cause> {
    // In quotation marks, because a project may be called 123 and a number is compared as one.
    let names: Vec<String> = projects.iter().map(|name| format!("\"{name}\"")).collect();
    let condition = format!("name={{{}}}", convert::query_value(&names.join(" ")));
    let rows = session.client.list_projects().q(condition).page_size(100).with_detail(true).send().await?;
    Ok(rows.into_inner())
}

fn owner_of(project: &ProjectName, rows: &[types::Project]) -> Result<Owner, Failure> {
    let fail =
        |kind, message| Err(Cause::new(kind, message).into_failure(Phase::ListingProjects, project.clone().into(), 1));
    let Some(row) = rows.iter().find(|row| row.name.as_deref() == Some(project.as_str())) else {
        return fail(FailureKind::NotFound, "the project is not among those that the account can see");
    };
    let Some(id) = row.owner_id else {
        return fail(FailureKind::Undecodable, "the project has no owner");
    };
    let name = row.owner_name.clone().filter(|name| !name.is_empty());
    Ok(Owner { project: project.clone(), id, name, user: None, failure: None })
}

/// The accounts of some users. Where one may not be read, the others are not asked for: only one's own is told without
/// the permission.
async fn read_users(
    session: &Arc<Session>,
    mut users: BTreeMap<i64, Option<String>>,
) -> BTreeMap<i64, Result<User, Failure>> {
    let mut read = BTreeMap::new();
    if session.credentials.is_anonymous() {
        // Harbor breaks down over this question if nobody asks it.
        let cause = Cause::new(FailureKind::Forbidden, "accounts are not told to anonymous callers");
        let failure = cause.into_failure(Phase::ReadingOwner, Target::default(), 0);
        return users.into_keys().map(|id| (id, Err(failure.clone()))).collect();
    }
    let own = session.credentials.username();
    let place = users.iter().position(|(_, name)| name.as_deref() != own || own.is_none());
    let first = place.and_then(|place| users.keys().nth(place).copied());
    if let Some(id) = first {
        users.remove(&id);
        let answer = batch(session, Phase::ReadingOwner, [(Target::default(), id)], read_user).await.pop();
        if let Some(Err(failure)) = &answer
            && failure.missing_permission().is_some()
        {
            let others: Vec<i64> = users.iter().filter(|(_, name)| name.as_deref() != own).map(|(id, _)| *id).collect();
            for other in others {
                users.remove(&other);
                read.insert(other, Err(failure.clone()));
            }
        }
        read.extend(answer.map(|answer| (id, answer)));
    }
    let ids: Vec<i64> = users.into_keys().collect();
    let answers = batch(session, Phase::ReadingOwner, ids.iter().map(|id| (Target::default(), *id)), read_user).await;
    read.extend(ids.into_iter().zip(answers));
    read
}

/// An account that does not tell its name does not take away the one that is known.
fn take_account(owner: &mut Owner, user: &User) {
    if !user.name.is_empty() {
        owner.name = Some(user.name.clone());
    }
    owner.user = Some(user.clone());
}

async fn read_user(session: Arc<Session>, id: i64) -> Result<User, Cause> {
    let user = session.client.get_user().user_id(id).send().await?.into_inner();
    Ok(convert_user(user, id))
}

/// Converts an account.
pub(super) fn convert_user(user: types::UserResp, id: i64) -> User {
    User {
        id: user.user_id.unwrap_or(id),
        name: user.username.unwrap_or_default(),
        real_name: user.realname.unwrap_or_default(),
        email: user.email.unwrap_or_default(),
        comment: user.comment.unwrap_or_default(),
        is_administrator: user.sysadmin_flag.unwrap_or_default(),
        creation_time: user.creation_time.and_then(time::known),
        update_time: user.update_time.and_then(time::known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A8: what is known of an owner is not replaced by nothing.
    #[test]
    fn a8_an_account_without_a_name_leaves_the_name_as_it_is() {
        let row = serde_json::json!({ "name": "shop", "owner_id": 3, "owner_name": "ann" });
        let rows = [serde_json::from_value(row).unwrap()];
        let mut owner = owner_of(&"shop".parse().unwrap(), &rows).unwrap();
        take_account(&mut owner, &convert_user(types::UserResp::default(), 3));
        assert_eq!((owner.name.as_deref(), owner.user.as_ref().map(|user| user.id)), (Some("ann"), Some(3)));
        let account = serde_json::from_value(serde_json::json!({ "user_id": 3, "username": "anna" })).unwrap();
        take_account(&mut owner, &convert_user(account, 3));
        assert_eq!(owner.name.as_deref(), Some("anna"));
    }
}
