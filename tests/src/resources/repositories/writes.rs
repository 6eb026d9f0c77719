//! Describing and deleting repositories.

use axum::http::StatusCode;
use serde::Deserialize;

use crate::http::{Answer, Asked, Outcome};
use crate::registry::Registry;
use crate::resources::artifacts::writes::check_tags;
use crate::wire::errors::Refusal;

#[derive(Deserialize)]
struct RepositoryRequest {
    #[serde(default)]
    description: String,
}

/// Says what a repository is for.
pub(crate) fn update(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: RepositoryRequest = asked.body("repository", "Repository")?;
    let (project, name) = repository(registry, asked, "repository:update")?;
    let now = registry.ids.now();
    if let Some(repository) = registry.repository_mut(&project, &name) {
        repository.description = body.description;
        repository.updated = now;
    }
    Ok(Answer::empty(StatusCode::OK))
}

/// Deletes a repository with all it holds.
pub(crate) fn delete(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let (project, name) = repository(registry, asked, "repository:delete")?;
    let artifacts = registry.project(&project).and_then(|project| project.repository(&name));
    let tags = artifacts.into_iter().flat_map(|repository| repository.artifacts()).flat_map(|artifact| &artifact.tags);
    check_tags(tags.map(|tag| (tag.name.as_str(), tag.immutable)))?;
    registry.delete_repository(&project, &name);
    Ok(Answer::empty(StatusCode::OK))
}

/// The project and the repository that the path names, if the caller may do something there.
fn repository(registry: &Registry, asked: &Asked<'_>, permission: &str) -> Result<(String, String), Refusal> {
    let call = asked.of(registry);
    let project = call.project(permission)?;
    let name = asked.argument("repository_name");
    match project.repository(name) {
        Some(_) => Ok((project.name().to_owned(), name.to_owned())),
        None => Err(Refusal::not_found(format!("repository {}/{name} not found", project.name()))),
    }
}
