//! Repositories, of one project and of all.

pub(super) mod writes;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::http::{Call, Outcome};
use crate::registry::{Project, Repository};
use crate::wire::errors::Refusal;
use crate::wire::q::Pattern;
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{json, time};

#[derive(Serialize)]
struct RepositoryAnswer<'a> {
    artifact_count: usize,
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    id: i64,
    name: &'a str,
    project_id: i64,
    pull_count: i64,
    #[serde(serialize_with = "time::serialize")]
    update_time: DateTime<Utc>,
}

/// A repository in a list, with the project that holds it.
struct RepositoryRow<'a> {
    project: &'a Project,
    repository: &'a Repository,
    updated: DateTime<Utc>,
}

impl Row for RepositoryRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "repository_id" => Some(Cell::Integer(self.repository.id)),
            "project_id" => Some(Cell::Integer(self.project.id)),
            "name" => Some(Cell::Text(&self.repository.full_name)),
            "description" => Some(Cell::Text(&self.repository.description)),
            "pull_count" => Some(Cell::Integer(self.repository.pulls)),
            "star_count" => Some(Cell::Integer(0)),
            "creation_time" => Some(Cell::Time(Some(self.repository.created))),
            "update_time" => Some(Cell::Time(Some(self.updated))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.repository.id
    }

    fn example(name: &str) -> Option<Cell<'static>> {
        match name {
            "repository_id" | "project_id" | "pull_count" | "star_count" => Some(Cell::Integer(0)),
            "name" | "description" => Some(Cell::Text("")),
            "creation_time" | "update_time" => Some(Cell::Time(None)),
            _ => None,
        }
    }
}

/// Lists the repositories of a project.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let project = call.project("repository:list")?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    // What the path says wins over the same key in `q`.
    selection.query.take("ProjectID");
    answer_list(call, selection, rows_of(call, project).collect())
}

/// Lists the repositories of all projects that the caller may see.
pub(crate) fn list_all(call: &Call<'_>) -> Outcome {
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    if !call.is_administrator() {
        // The projects that the caller may see are put in its place.
        selection.query.take("ProjectID");
    }
    let projects = call.registry.projects().iter();
    let visible = projects.filter(|project| call.registry.lists(call.asked.caller, project));
    answer_list(call, selection, visible.flat_map(|project| rows_of(call, project)).collect())
}

/// Answers one repository.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let project = call.project_if_any("repository:read")?;
    let name = call.asked.argument("repository_name");
    let found = project.and_then(|project| Some((project, project.repository(name)?)));
    let Some((project, repository)) = found else {
        let name = format!("{}/{name}", call.asked.argument("project_name"));
        return Err(Refusal::not_found(format!("repository {name} not found")));
    };
    json::answer(&answer(&row(call, project, repository)))
}

fn rows_of<'a>(call: &Call<'_>, project: &'a Project) -> impl Iterator<Item = RepositoryRow<'a>> {
    project.repositories().iter().map(|repository| row(call, project, repository))
}

/// A repository with the time that the release tells: before 2.15.2 pushes did not count as updates.
fn row<'a>(call: &Call<'_>, project: &'a Project, repository: &'a Repository) -> RepositoryRow<'a> {
    let updated = if call.asked.version.tells_pushes() { repository.updated } else { repository.created };
    RepositoryRow { project, repository, updated }
}

fn answer_list(call: &Call<'_>, mut selection: Selection, mut rows: Vec<RepositoryRow<'_>>) -> Outcome {
    for key in ["blob_digest", "BlobDigest"] {
        if let Some(Pattern::Exact(digest)) = selection.query.take(key) {
            rows.retain(|row| row.repository.artifact(&digest).is_some_and(|found| found.digest() == digest));
        }
    }
    let selected = selection.of(rows, &["-creation_time", "-repository_id"])?;
    let rows: Vec<_> = selected.rows.iter().map(answer).collect();
    call.list(&rows, selected.total, selection.page)
}

fn answer<'a>(row: &RepositoryRow<'a>) -> RepositoryAnswer<'a> {
    RepositoryAnswer {
        artifact_count: row.repository.listed().count(),
        creation_time: row.repository.created,
        description: &row.repository.description,
        id: row.repository.id,
        name: &row.repository.full_name,
        project_id: row.project.id,
        pull_count: row.repository.pulls,
        update_time: row.updated,
    }
}
