//! Projects.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Answer, Call, Outcome};
use crate::registry::{Caller, Project};
use crate::wire::errors::Refusal;
use crate::wire::parameters::Parameters;
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{json, time};

#[derive(Serialize)]
struct ProjectAnswer<'a> {
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_user_role_id: Option<i64>,
    current_user_role_ids: Option<[i64; 1]>,
    cve_allowlist: Allowlist,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata>,
    name: &'a str,
    owner_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_name: Option<&'static str>,
    project_id: i64,
    repo_count: usize,
    #[serde(serialize_with = "time::serialize")]
    update_time: DateTime<Utc>,
}

/// The list of accepted vulnerabilities; its times are never sent.
#[derive(Serialize)]
struct Allowlist {
    creation_time: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    items: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    update_time: &'static str,
}

#[derive(Serialize)]
struct Metadata {
    public: &'static str,
}

impl Row for &Project {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "name" => Some(Cell::Text(Project::name(self))),
            "project_id" => Some(Cell::Integer(self.id)),
            "owner_id" => Some(Cell::Integer(1)),
            "owner" => Some(Cell::Text("admin")),
            "public" => Some(Cell::Boolean(self.is_public())),
            "creation_time" | "update_time" => Some(Cell::Time(Some(self.created))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.id
    }
}

/// Lists the projects that the caller may see.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let selection = Selection::from_parameters(call.asked.parameters)?;
    let projects = call.registry.projects().iter();
    let visible = projects.filter(|project| call.registry.lists(call.asked.caller, project));
    let rows = visible.filter(|project| wanted(project, call.asked.parameters)).collect();
    let selected = selection.of(rows, &["name"])?;
    let with_detail = call.asked.parameters.flag("with_detail", true);
    let rows: Vec<_> = selected.rows.iter().map(|project| answer(call, project, with_detail)).collect();
    let mut answer = call.list(&rows, selected.total, selection.page)?;
    if selected.total == 0 {
        // Harbor answers an empty result before it comes to build links.
        answer.headers.remove("link");
    }
    Ok(answer)
}

/// Answers one project.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let project = call.project("project:read")?;
    json::answer(&answer(call, project, true))
}

/// Tells by the status alone whether a project of a name exists.
pub(crate) fn head(call: &Call<'_>) -> Outcome {
    let name = call.asked.parameters.text("project_name").unwrap_or_default();
    match (call.asked.caller, call.registry.project(name)) {
        (Caller::Anonymous, _) => Err(Refusal::unauthorized()),
        (_, Some(_)) => Ok(Answer::empty(StatusCode::OK)),
        (_, None) => Err(Refusal::not_found(format!("project {name} not found"))),
    }
}

/// The plain parameters `name`, `public` and `owner`, which work beside `q`.
fn wanted(project: &Project, parameters: &Parameters) -> bool {
    let given = |name: &str| parameters.text(name).filter(|text| !text.is_empty());
    let name = given("name").is_none_or(|part| project.name().to_lowercase().contains(&part.to_lowercase()));
    let public = given("public").is_none_or(|_| parameters.flag("public", false) == project.is_public());
    let owner = given("owner").is_none_or(|owner| owner == "admin");
    name && public && owner
}

fn answer<'a>(call: &Call<'_>, project: &'a Project, with_detail: bool) -> ProjectAnswer<'a> {
    let role = match call.asked.caller {
        Caller::User(name) => project.role_of(name),
        _ => None,
    };
    ProjectAnswer {
        creation_time: project.created,
        current_user_role_id: role,
        current_user_role_ids: role.map(|role| [role]),
        cve_allowlist: Allowlist {
            creation_time: time::NEVER,
            id: with_detail.then_some(project.id),
            items: with_detail.then_some([]),
            project_id: with_detail.then_some(project.id),
            update_time: time::NEVER,
        },
        metadata: with_detail.then(|| Metadata { public: if project.is_public() { "true" } else { "false" } }),
        name: project.name(),
        owner_id: 1,
        owner_name: with_detail.then_some("admin"),
        project_id: project.id,
        repo_count: project.repositories().len(),
        update_time: project.created,
    }
}
