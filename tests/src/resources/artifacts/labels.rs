//! Labels on artifacts.

use axum::http::StatusCode;

use super::{Place, find};
use crate::http::{Answer, Asked, Outcome};
use crate::registry::Registry;
use crate::resources::labels::LabelRequest;
use crate::wire::errors::Refusal;

/// Puts a label on an artifact.
pub(crate) fn attach(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: LabelRequest = asked.body("label", "Label")?;
    let call = asked.of(registry);
    let name = asked.argument("project_name");
    if registry.project(name).is_none() {
        // Here the project is looked for before it is looked at who asks.
        return Err(Refusal::not_found(format!("project {name} not found")));
    }
    let project_id = call.project("artifact-label:create")?.id;
    let missing = || Refusal::not_found(format!("label {} not found", body.id));
    let label = call.registry.label(body.id).ok_or_else(missing)?.clone();
    if label.project.is_some_and(|id| id != project_id) {
        let message = format!("project id {project_id}, label {} not found", label.id);
        return Err(Refusal::not_found(message));
    }
    let (project, repository, artifact) = find(&call, "artifact-label:create")?;
    if artifact.labels.iter().any(|known| known.id == label.id) {
        let message = format!("label {} is already added to the artifact {}", label.id, artifact.id);
        return Err(Refusal::conflict(message));
    }
    let place = Place::of(project, repository, artifact);
    if let Some(artifact) = registry.artifact_mut(&place.project, &place.repository, &place.digest) {
        artifact.labels.push(label);
    }
    Ok(Answer::empty(StatusCode::OK))
}

/// Takes a label from an artifact.
pub(crate) fn detach(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let call = asked.of(registry);
    call.project("artifact-label:delete")?;
    let (project, repository, artifact) = find(&call, "artifact-label:delete")?;
    let id = asked.number("label_id");
    if !artifact.labels.iter().any(|known| known.id == id) {
        let message = format!("reference with label {id} and artifact {} not found", artifact.id);
        return Err(Refusal::not_found(message));
    }
    let place = Place::of(project, repository, artifact);
    if let Some(artifact) = registry.artifact_mut(&place.project, &place.repository, &place.digest) {
        artifact.labels.retain(|known| known.id != id);
    }
    Ok(Answer::empty(StatusCode::OK))
}
