//! The requests for lists, one function each.

use harbor_api::types;

use super::cause::Cause;
use super::pages::{Cursor, PAGE_SIZE, Page, total_count};
use crate::name::{ProjectName, RepositoryName};
use crate::session::Identity;

/// Asks who the server takes the caller for.
pub(super) async fn identify(client: &harbor_api::Client) -> Result<Identity, Cause> {
    let information = client.get_system_info().send().await?.into_inner();
    Ok(Identity { version: information.harbor_version })
}

pub(super) async fn projects(client: &harbor_api::Client, cursor: Cursor) -> Result<Page<types::Project>, Cause> {
    let answer = client
        .list_projects()
        .with_detail(false)
        .sort("project_id")
        .q(cursor.query("project_id", &[]))
        .page_size(PAGE_SIZE)
        .send()
        .await?;
    Ok(Page { total: total_count(answer.headers()), rows: answer.into_inner() })
}

pub(super) async fn repositories(
    client: &harbor_api::Client,
    project: &ProjectName,
    query: String,
) -> Result<Page<types::Repository>, Cause> {
    let answer = client
        .list_repositories()
        .project_name(project.as_str())
        .sort("repository_id")
        .q(query)
        .page_size(PAGE_SIZE)
        .send()
        .await?;
    Ok(Page { total: total_count(answer.headers()), rows: answer.into_inner() })
}

pub(super) async fn artifacts_of_project(
    client: &harbor_api::Client,
    project: &ProjectName,
    query: String,
) -> Result<Page<types::Artifact>, Cause> {
    let answer = client
        .list_artifacts_of_project()
        // A project may be called 123: without this it would be taken for an id.
        .x_is_resource_name(true)
        .project_name_or_id(project.as_str())
        .sort("id")
        .q(query)
        .page_size(PAGE_SIZE)
        .send()
        .await?;
    Ok(Page { total: total_count(answer.headers()), rows: answer.into_inner() })
}

pub(super) async fn artifacts_of_repository(
    client: &harbor_api::Client,
    repository: &RepositoryName,
    query: String,
) -> Result<Page<types::Artifact>, Cause> {
    let answer = client
        .list_artifacts()
        .project_name(repository.project().as_str())
        .repository_name(repository.encoded_path())
        .sort("id")
        .q(query)
        .page_size(PAGE_SIZE)
        .send()
        .await?;
    Ok(Page { total: total_count(answer.headers()), rows: answer.into_inner() })
}
