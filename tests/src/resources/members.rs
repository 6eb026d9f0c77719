//! The members of a project and their roles.

use serde::Serialize;

use crate::http::{Call, Outcome};
use crate::registry::{Project, Role, User};
use crate::wire::errors::Refusal;
use crate::wire::json;
use crate::wire::rows::{Cell, Row, Selection};

#[derive(Serialize)]
struct MemberAnswer<'a> {
    entity_id: i64,
    entity_name: &'a str,
    entity_type: &'static str,
    id: i64,
    project_id: i64,
    role_id: i64,
    role_name: &'static str,
}

/// A member in a list.
struct MemberRow<'a> {
    project: &'a Project,
    user: &'a User,
    role: Role,
}

impl Row for MemberRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "entity_name" => Some(Cell::Text(&self.user.name)),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        // A user is once in a project, so that the two numbers make one of their own.
        self.project.id * 100_000 + self.user.id
    }
}

/// Lists the members of a project. The total does not know of the filter by name, which wants the whole name.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let project = call.project("member:list")?;
    let selection = Selection::without_query(call.asked.parameters);
    let name = call.asked.parameters.text("entityname").unwrap_or_default();
    let total = rows_of(call, project).count();
    let rows = rows_of(call, project).filter(|row| name.is_empty() || row.user.name == name).collect();
    let selected = selection.of(rows, &["entity_name"])?;
    let rows: Vec<_> = selected.rows.iter().map(answer).collect();
    call.list(&rows, total, selection.page)
}

/// Answers one member.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let project = call.project("member:read")?;
    let id = call.asked.number("mid");
    if id == 0 {
        return Err(Refusal::bad_request("the member id can not be empty!"));
    }
    let Some(row) = rows_of(call, project).find(|row| row.id() == id) else {
        let message = format!("the project member is not found, project id {}, member id {id}", project.id);
        return Err(Refusal::not_found(message));
    };
    json::answer(&answer(&row))
}

fn rows_of<'a>(call: &Call<'a>, project: &'a Project) -> impl Iterator<Item = MemberRow<'a>> {
    let registry = call.registry;
    let members = project.members();
    members.filter_map(move |(name, role)| Some(MemberRow { project, user: registry.user(name)?, role }))
}

fn answer<'a>(row: &MemberRow<'a>) -> MemberAnswer<'a> {
    MemberAnswer {
        entity_id: row.user.id,
        entity_name: &row.user.name,
        entity_type: "u",
        id: row.id(),
        project_id: row.project.id,
        role_id: row.role.number(),
        role_name: row.role.name(),
    }
}
