//! Users, and what the caller may do.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use crate::http::{Answer, Call, Outcome};
use crate::registry::{Caller, User, permission};
use crate::wire::errors::Refusal;
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{json, time};

#[derive(Serialize)]
struct UserAnswer<'a> {
    admin_role_in_auth: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    comment: &'a str,
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    realname: &'a str,
    sysadmin_flag: bool,
    #[serde(serialize_with = "time::serialize")]
    update_time: DateTime<Utc>,
    user_id: i64,
    username: &'a str,
}

#[derive(Serialize)]
struct FoundUser<'a> {
    user_id: i64,
    username: &'a str,
}

impl Row for &User {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "user_id" => Some(Cell::Integer(self.id)),
            "username" => Some(Cell::Text(&self.name)),
            "email" => Some(Cell::Text(&self.email)),
            "realname" => Some(Cell::Text(&self.real_name)),
            "comment" => Some(Cell::Text(&self.comment)),
            "sysadmin_flag" => Some(Cell::Boolean(self.administrator)),
            "creation_time" => Some(Cell::Time(Some(self.created))),
            "update_time" => Some(Cell::Time(Some(self.updated))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.id
    }
}

/// Lists the users but the first administrator, whom Harbor never lists.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.permit_system("user:list")?;
    let selection = Selection::from_parameters(call.asked.parameters)?;
    let given = |name: &str| call.asked.parameters.text(name).unwrap_or_default().to_lowercase();
    let (name, email) = (given("username"), given("email"));
    let users = listed(call).filter(|user| user.name.to_lowercase().contains(&name));
    let rows = users.filter(|user| user.email.to_lowercase().contains(&email)).collect();
    let selected = selection.of(rows, &["username"])?;
    let rows: Vec<_> = selected.rows.into_iter().map(answer).collect();
    call.list(&rows, selected.total, selection.page)
}

/// Finds users by a part of their name. The number of the page means nothing here; its size does.
pub(crate) fn search(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let selection = Selection::without_query(call.asked.parameters);
    let part = call.asked.parameters.text("username").unwrap_or_default().to_lowercase();
    let mut users: Vec<_> = listed(call).filter(|user| user.name.to_lowercase().contains(&part)).collect();
    users.sort_by(|left, right| left.name.cmp(&right.name));
    let page = users.iter().take(selection.page.limit());
    let rows: Vec<_> = page.map(|user| FoundUser { user_id: user.id, username: &user.name }).collect();
    call.list_with_links_if_any(&rows, users.len(), selection.page)
}

/// Answers one user, to themselves and to administrators.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    if call.asked.is_anonymous() {
        // Harbor breaks down over the missing login, without a word.
        return Ok(Answer::empty(StatusCode::INTERNAL_SERVER_ERROR));
    }
    let id = call.asked.number("user_id");
    let user = call.registry.users().iter().find(|user| user.id == id);
    let own = user.is_some_and(|user| *call.asked.caller == Caller::User(user.name.clone()));
    if !own {
        call.permit_system("user:read")?;
    }
    let user = user.ok_or_else(|| Refusal::not_found(format!("user {id} not found")))?;
    json::answer(&answer(user))
}

/// Answers who a user is; robots have no user.
pub(crate) fn current(call: &Call<'_>) -> Outcome {
    let name = match call.asked.caller {
        Caller::Anonymous => return Err(Refusal::unauthorized()),
        Caller::Robot(_) => {
            let message = "get current user not available for security context: robot";
            return Err(Refusal::precondition(message));
        }
        Caller::User(name) => name,
    };
    let user = call.registry.user(name).ok_or_else(Refusal::unauthorized)?;
    json::answer(&answer(user))
}

/// Answers what the caller may do in the project that `scope` names; nothing for any other scope.
pub(crate) fn permissions(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let scope = call.asked.parameters.text("scope").unwrap_or_default();
    let Some(id) = scope.strip_prefix("/project/").and_then(|id| id.parse::<i64>().ok()) else {
        return json::answer(&json!([]));
    };
    let relative = call.asked.parameters.flag("relative", false);
    let project = call.registry.project_of_id(id);
    let may = |permission: &&str| match project {
        Some(project) => call.registry.permits(call.asked.caller, project, permission),
        None => call.is_administrator(),
    };
    let granted = permission::in_projects().filter(may).map(|permission| {
        let (resource, action) = permission.split_once(':').unwrap_or((permission, ""));
        let resource = match (resource, relative) {
            ("project", true) => ".".to_owned(),
            ("project", false) => scope.to_owned(),
            (resource, true) => resource.to_owned(),
            (resource, false) => format!("{scope}/{resource}"),
        };
        json!({"action": action, "resource": resource})
    });
    json::answer(&granted.collect::<Vec<_>>())
}

/// Answers all permissions that a robot can be granted; those for the system only to administrators.
pub(crate) fn all_permissions(call: &Call<'_>) -> Outcome {
    match call.asked.caller {
        Caller::Anonymous => return Err(Refusal::unauthorized_without_message()),
        caller if call.is_administrator() || leads_a_project(call, caller) => {}
        _ => return Err(Refusal::forbidden("forbidden: only admins(system and project) can access permissions")),
    }
    let list = |table: &[(&str, &[&str])]| -> Vec<_> {
        let pairs = table.iter().flat_map(|(resource, actions)| actions.iter().map(move |action| (resource, action)));
        pairs.map(|(resource, action)| json!({"action": action, "resource": resource})).collect()
    };
    let system = call.is_administrator().then(|| list(&permission::SYSTEM));
    json::answer(&json!({"project": list(&permission::PROJECT), "system": system}))
}

fn leads_a_project(call: &Call<'_>, caller: &Caller) -> bool {
    let Caller::User(name) = caller else {
        return false;
    };
    let mut roles = call.registry.projects().iter().filter_map(|project| project.role_of(name));
    roles.any(|role| role.permits("robot:create"))
}

fn listed<'a>(call: &Call<'a>) -> impl Iterator<Item = &'a User> {
    call.registry.users().iter().filter(|user| user.id != 1)
}

fn answer(user: &User) -> UserAnswer<'_> {
    UserAnswer {
        admin_role_in_auth: false,
        comment: &user.comment,
        creation_time: user.created,
        email: &user.email,
        realname: &user.real_name,
        sysadmin_flag: user.administrator,
        update_time: user.updated,
        user_id: user.id,
        username: &user.name,
    }
}
