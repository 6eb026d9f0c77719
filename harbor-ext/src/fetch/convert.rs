//! From the generated types to the model.

use harbor_api::types;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::cause::Cause;
use super::pages::unusable;
use crate::model::{Artifact, ArtifactTag, Child, Platform, Repository, time};
use crate::name::{Digest, NameError, ProjectName, RepositoryName};

/// Encodes a value inside of `q` once, because Harbor decodes `q` twice.
pub(crate) fn query_value(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

pub(crate) fn project_name(project: types::Project) -> Result<ProjectName, Cause> {
    read_name("project", project.name.as_deref(), project.project_id)
}

pub(crate) fn repository(repository: types::Repository) -> Result<Repository, Cause> {
    let mut converted = Repository::new(read_name("repository", repository.name.as_deref(), repository.id)?);
    converted.id = repository.id.unwrap_or_default();
    converted.artifact_count = repository.artifact_count.unwrap_or_default();
    converted.pull_count = repository.pull_count.unwrap_or_default();
    converted.description = repository.description.unwrap_or_default();
    converted.creation_time = repository.creation_time.and_then(time::known);
    converted.update_time = repository.update_time.and_then(time::known);
    Ok(converted)
}

/// Converts an artifact that was listed in `repository`, or in a list of a project, where each row names its own.
pub(crate) fn artifact(row: types::Artifact, repository: Option<&RepositoryName>) -> Result<Artifact, Cause> {
    let repository = match repository {
        Some(repository) => repository.clone(),
        None => read_name("repository of the artifact", row.repository_name.as_deref(), row.id)?,
    };
    let digest = read_name("digest of the artifact", row.digest.as_deref(), row.id)?;
    let mut artifact = Artifact::new(repository, digest);
    artifact.id = row.id.unwrap_or_default();
    artifact.kind = row.type_.unwrap_or_default();
    artifact.media_type = row.media_type.unwrap_or_default();
    artifact.manifest_media_type = row.manifest_media_type.unwrap_or_default();
    artifact.artifact_type = row.artifact_type.filter(|text| !text.is_empty());
    artifact.size = row.size.and_then(|size| size.try_into().ok()).unwrap_or_default();
    artifact.tags = row.tags.unwrap_or_default().into_iter().filter_map(tag).collect();
    artifact.labels = row.labels.unwrap_or_default().into_iter().filter_map(|label| label.name).collect();
    artifact.push_time = row.push_time.and_then(time::known);
    artifact.pull_time = row.pull_time.and_then(time::known);
    artifact.platform = row.extra_attrs.as_deref().map(platform_of_image).unwrap_or_default();
    artifact.children = row.references.unwrap_or_default().into_iter().filter_map(child).collect();
    artifact.has_vulnerability_link = row.addition_links.is_some_and(|links| links.contains_key("vulnerabilities"));
    Ok(artifact)
}

fn tag(tag: types::Tag) -> Option<ArtifactTag> {
    let mut converted = ArtifactTag::new(tag.name.filter(|name| !name.is_empty())?);
    converted.push_time = tag.push_time.and_then(time::known);
    Some(converted)
}

fn platform_of_image(attributes: &serde_json::Map<String, Value>) -> Platform {
    let text = |name| attributes.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    Platform { architecture: text("architecture"), os: text("os") }
}

fn child(reference: types::Reference) -> Option<Child> {
    let digest: Digest = reference.child_digest?.parse().ok()?;
    let platform = reference.platform.map(|platform| Platform {
        architecture: platform.architecture.filter(|text| !text.is_empty()),
        os: platform.os.filter(|text| !text.is_empty()),
    });
    Some(Child::new(digest, platform.unwrap_or_default()))
}

/// Reads a name that the server sent. One that is missing or cannot be one is a row that cannot be asked about.
fn read_name<N: std::str::FromStr<Err = NameError>>(
    what: &str,
    name: Option<&str>,
    id: Option<i64>,
) -> Result<N, Cause> {
    match name {
        Some(name) => name.parse().map_err(|error: NameError| unusable(id, &error.to_string())),
        None => Err(unusable(id, &format!("the {what} is missing"))),
    }
}
