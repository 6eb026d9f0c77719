//! Deleting and copying artifacts, and giving and taking their tags.

use axum::http::StatusCode;
use serde::Deserialize;

use super::{Place, find};
use crate::http::{Answer, Asked, Outcome};
use crate::registry::Registry;
use crate::wire::body;
use crate::wire::errors::Refusal;

#[derive(Deserialize)]
struct NewTag {
    #[serde(default)]
    name: Option<String>,
}

/// Deletes an artifact with its tags.
pub(crate) fn delete(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let call = asked.of(registry);
    let (project, repository, artifact) = find(&call, "artifact:delete")?;
    check_tags(artifact.tags.iter().map(|tag| (tag.name.as_str(), tag.immutable)))?;
    if artifact.referenced {
        return Err(Refusal::violation("the deleting artifact is referenced by others"));
    }
    let place = Place::of(project, repository, artifact);
    registry.delete_artifact(&place.project, &place.repository, &place.digest);
    Ok(Answer::empty(StatusCode::OK))
}

/// Gives an artifact a tag that its repository does not have yet.
pub(crate) fn create_tag(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: NewTag = asked.body("tag", "NewTag")?;
    let name = body.name.ok_or_else(|| body::invalid("name in body is required"))?;
    let call = asked.of(registry);
    call.project("tag:create")?;
    let (project, repository, artifact) = find(&call, "tag:create")?;
    if !is_tag(&name) {
        return Err(Refusal::bad_request(format!("invalid tag name: {}", name)));
    }
    // A digest is no name of a tag, so that what is found has the tag.
    if repository.artifact(&name).is_some() {
        let message = format!("tag {} already exists under the repository {}", name, repository.id);
        return Err(Refusal::conflict(message));
    }
    let place = Place::of(project, repository, artifact);
    registry.retag(&place.project, &place.repository, &place.digest, &name);
    Ok(Answer::empty(StatusCode::CREATED))
}

/// Takes a tag from an artifact.
pub(crate) fn delete_tag(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let call = asked.of(registry);
    let (project, repository, artifact) = find(&call, "tag:delete")?;
    let name = asked.argument("tag_name");
    let Some(tag) = artifact.tags.iter().find(|tag| tag.name == name) else {
        let message = format!("tag {name} attached to artifact {} not found", artifact.id);
        return Err(Refusal::not_found(message));
    };
    check_tags([(tag.name.as_str(), tag.immutable)])?;
    let place = Place::of(project, repository, artifact);
    registry.delete_tag(&place.project, &place.repository, name);
    Ok(Answer::empty(StatusCode::OK))
}

/// Copies an artifact from another repository, with all its tags.
pub(crate) fn copy(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let from = asked.parameters.text("from").unwrap_or_default();
    let call = asked.of(registry);
    let project = call.project("artifact:create")?.name().to_owned();
    let (path, reference) = source(from).ok_or_else(|| Refusal::bad_request(format!("invalid input: {from}")))?;
    let (source_project, name) = path.split_once('/').unwrap_or((path, ""));
    let repository = call.project_of_name(source_project, "artifact:read")?.repository(name);
    let artifact = repository.and_then(|repository| Some((repository, repository.artifact(reference)?)));
    let missing = || Refusal::bad_request(format!("artifact {from} not found"));
    let (repository, artifact) = artifact.ok_or_else(missing)?;
    if artifact.is_accessory {
        return Err(Refusal::access_denied("the operation isn't supported for an artifact accessory"));
    }
    let copy = repository.copy_of(artifact);
    registry.push(&project, asked.argument("repository_name"), copy);
    let location = format!("{}/{reference}", asked.path.trim_end_matches('/'));
    Ok(Answer::empty(StatusCode::CREATED).with_header("location", &location))
}

/// The path and the tag or digest that a name such as `project/repository:tag` means; a digest wins over a tag.
fn source(from: &str) -> Option<(&str, &str)> {
    let (name, digest) = from.split_once('@').map_or((from, None), |(name, digest)| (name, Some(digest)));
    // A colon before the last slash belongs to a port.
    let tagged = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let (path, tag) = tagged.map_or((name, None), |(path, tag)| (path, Some(tag)));
    let is_path =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-' | '/' | ':');
    let is_hexadecimal = |digest: &str| digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_digest =
        |digest: &str| digest.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64 && is_hexadecimal(hex));
    let well_formed = !path.is_empty() && path.chars().all(is_path) && tag.is_none_or(is_tag);
    let reference = digest.or(tag).unwrap_or_default();
    (well_formed && digest.is_none_or(is_digest)).then_some((path, reference))
}

/// Refuses to delete tags of which one is not to change.
pub(crate) fn check_tags<'a>(tags: impl IntoIterator<Item = (&'a str, bool)>) -> Result<(), Refusal> {
    match tags.into_iter().find(|(_, immutable)| *immutable) {
        Some((name, _)) => {
            Err(Refusal::precondition(format!("the tag {name} configured as immutable, cannot be deleted")))
        }
        None => Ok(()),
    }
}

fn is_tag(name: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_allowed = |character: char| is_word(character) || matches!(character, '.' | '-');
    (1..=128).contains(&name.len()) && name.starts_with(is_word) && name.chars().all(is_allowed)
}
