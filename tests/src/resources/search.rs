//! The search over projects and repositories.

use serde::Serialize;

use super::projects::{self, ProjectAnswer};
use crate::http::{Call, Outcome};
use crate::registry::{Caller, Project, Repository};
use crate::wire::json;

#[derive(Serialize)]
struct Found<'a> {
    project: Vec<ProjectAnswer<'a>>,
    repository: Vec<FoundRepository<'a>>,
}

#[derive(Serialize)]
struct FoundRepository<'a> {
    #[serde(skip_serializing_if = "json::is_zero")]
    artifact_count: usize,
    project_id: i64,
    project_name: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    project_public: bool,
    #[serde(skip_serializing_if = "json::is_zero")]
    pull_count: i64,
    repository_name: &'a str,
}

/// Finds projects and repositories by a part of their name: among all for administrators, among the public ones and
/// their own for other users, among the public ones for everyone else. Here `q` is a plain text.
pub(crate) fn search(call: &Call<'_>) -> Outcome {
    let part = call.asked.parameters.text("q").unwrap_or_default();
    let is_visible = |project: &&Project| match call.asked.caller {
        Caller::User(_) => call.registry.lists(call.asked.caller, project),
        Caller::Anonymous | Caller::Robot(_) => project.is_public(),
    };
    let mut visible: Vec<_> = call.registry.projects().iter().filter(is_visible).collect();
    visible.sort_by(|left, right| left.name().cmp(right.name()));
    let found = visible.iter().filter(|project| project.name().contains(part));
    let project = found.map(|project| projects::plain_answer(call, project)).collect();
    // The database compares in any case, the program does not.
    let lower = part.to_lowercase();
    let repositories = visible.iter().flat_map(|project| project.repositories().iter().map(move |one| (*project, one)));
    let mut found: Vec<_> = repositories.filter(|(_, one)| one.full_name.to_lowercase().contains(&lower)).collect();
    found.sort_by_key(|(_, repository)| std::cmp::Reverse((repository.created, repository.id)));
    let repository = found.into_iter().map(|(project, repository)| repository_answer(project, repository)).collect();
    json::answer(&Found { project, repository })
}

fn repository_answer<'a>(project: &'a Project, repository: &'a Repository) -> FoundRepository<'a> {
    FoundRepository {
        artifact_count: repository.listed().count(),
        project_id: project.id,
        project_name: project.name(),
        project_public: project.is_public(),
        pull_count: repository.pulls,
        repository_name: &repository.full_name,
    }
}
