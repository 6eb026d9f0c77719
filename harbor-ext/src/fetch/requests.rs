//! The requests for lists, one function each.

use harbor_api::types;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use super::cause::Cause;
use super::convert::{self, ListedProject};
use super::details::Details;
use super::pages::{Cursor, Page};
use crate::failure::FailureKind;
use crate::model::{Artifact, Label, Repository};
use crate::name::{ProjectName, RepositoryName};

pub(super) const ACCEPT_VULNERABILITIES: HeaderName = HeaderName::from_static("x-accept-vulnerabilities");

/// Both media types, the newer one first. Harbor compares them byte for byte, and without the header some versions
/// look only for the older one, which today's scanners no longer write.
pub(super) const ACCEPTED: &str = "application/vnd.security.vulnerability.report; version=1.1, \
                                   application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0";

/// A list: how its operation and path are called, and by what it is sorted.
struct List<'a> {
    operation: &'static str,
    segments: &'a [&'a str],
    /// What the list is sorted by, which is not always what the answer calls it.
    sort: &'static str,
    /// The member of a row that holds it.
    key: &'static str,
    /// What is asked for besides.
    details: Details,
    /// Parameters that say which list is meant.
    scope: &'a [(&'a str, &'a str)],
}

/// Asks whether the server knows the caller: it tells its version to everybody but nobody.
pub(super) async fn identify(client: &harbor_api::Client) -> Result<bool, Cause> {
    Ok(system_information(client).await?.harbor_version.is_some())
}

pub(super) async fn system_information(client: &harbor_api::Client) -> Result<types::GeneralInfo, Cause> {
    let information = client.get_system_info().send().await?.into_inner();
    if information.auth_mode.is_none() {
        // Harbor tells that to everybody.
        return Err(Cause::new(FailureKind::Undecodable, "the answer is JSON, but not that of a Harbor"));
    }
    Ok(information)
}

/// Lists projects, or only those that fulfil a condition, with Harbor's numbers.
pub(super) async fn projects(
    client: &harbor_api::Client,
    cursor: Cursor,
    condition: Option<String>,
) -> Result<Page<ListedProject>, Cause> {
    let segments = ["projects"];
    let list = List {
        operation: "list_projects",
        segments: &segments,
        sort: "project_id",
        key: "project_id",
        details: Details::default(),
        scope: &[],
    };
    let condition: Vec<String> = condition.into_iter().collect();
    list.page(client, cursor, &cursor.query("project_id", &condition), convert::project).await
}

pub(super) async fn repositories(
    client: &harbor_api::Client,
    project: &ProjectName,
    cursor: Cursor,
    query: &str,
) -> Result<Page<Repository>, Cause> {
    let segments = ["projects", project.as_str(), "repositories"];
    let list = List {
        operation: "list_repositories",
        segments: &segments,
        sort: "repository_id",
        key: "id",
        details: Details::default(),
        scope: &[],
    };
    list.page(client, cursor, query, convert::repository).await
}

pub(super) async fn artifacts_of_project(
    client: &harbor_api::Client,
    project: &ProjectName,
    cursor: Cursor,
    query: &str,
    details: Details,
) -> Result<Page<Artifact>, Cause> {
    let details = cursor.details(details);
    let segments = ["projects", project.as_str(), "artifacts"];
    let list = List {
        operation: "list_artifacts_of_project",
        segments: &segments,
        sort: "id",
        key: "id",
        details,
        scope: &[],
    };
    list.page(client, cursor, query, |row| convert::artifact(row, None, details)).await
}

pub(super) async fn artifacts_of_repository(
    client: &harbor_api::Client,
    repository: &RepositoryName,
    cursor: Cursor,
    query: &str,
    details: Details,
) -> Result<Page<Artifact>, Cause> {
    let details = cursor.details(details);
    let path = repository.encoded_path();
    let segments = ["projects", repository.project().as_str(), "repositories", &path, "artifacts"];
    let list = List { operation: "list_artifacts", segments: &segments, sort: "id", key: "id", details, scope: &[] };
    list.page(client, cursor, query, |row| convert::artifact(row, Some(repository), details)).await
}

/// Lists the labels of a project, or of the whole registry.
pub(super) async fn labels(
    client: &harbor_api::Client,
    project: Option<i64>,
    cursor: Cursor,
    condition: Option<String>,
) -> Result<Page<Label>, Cause> {
    let number = project.unwrap_or_default().to_string();
    let scope = [("scope", "p"), ("project_id", number.as_str())];
    let list = List {
        operation: "list_labels",
        segments: &["labels"],
        sort: "id",
        key: "id",
        details: Details::default(),
        scope: if project.is_some() { &scope } else { &[("scope", "g")] },
    };
    let condition: Vec<String> = condition.into_iter().collect();
    list.page(client, cursor, &cursor.query("id", &condition), convert::label).await
}

impl List<'_> {
    async fn page<R, T: DeserializeOwned>(
        self,
        client: &harbor_api::Client,
        cursor: Cursor,
        query: &str,
        convert: impl Fn(T) -> Result<R, Cause>,
    ) -> Result<Page<R>, Cause> {
        let page_size = cursor.page_size(self.details).to_string();
        let mut query = vec![
            ("page_size", page_size.as_str()),
            ("sort", self.sort),
            ("q", query),
            // Only projects know it: three statements for each of them are saved.
            ("with_detail", "false"),
        ];
        query.extend(self.details.parameters());
        query.extend(self.scope);
        let headers = HeaderMap::from_iter([
            (header::ACCEPT, HeaderValue::from_static("application/json")),
            // A project may be called 123: without this it would be taken for an id.
            (HeaderName::from_static("x-is-resource-name"), HeaderValue::from_static("true")),
            // An overview is that of a report, and some versions look for the older type only.
            (ACCEPT_VULNERABILITIES, HeaderValue::from_static(ACCEPTED)),
        ]);
        let answer = client.get_bytes(self.operation, self.segments, &query, headers).await?;
        let headers = answer.headers().clone();
        Page::read(&answer.into_inner(), &headers, self.key, convert)
    }
}
