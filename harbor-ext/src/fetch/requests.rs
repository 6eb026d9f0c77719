//! The requests for lists, one function each.

use harbor_api::types;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use super::cause::Cause;
use super::convert::AcceptingProject;
use super::convert::{self, ListedProject};
use super::details::Details;
use super::interner::Interner;
use super::pages::{Cursor, Key, Page};
use crate::client::Client;
use crate::failure::FailureKind;
use crate::model::{Artifact, Label, Repository};
use crate::name::{ProjectName, RepositoryName};

pub(super) const ACCEPT_VULNERABILITIES: HeaderName = HeaderName::from_static("x-accept-vulnerabilities");

/// A project may be called 123: without this it would be taken for an id.
const IS_RESOURCE_NAME: HeaderName = HeaderName::from_static("x-is-resource-name");

/// Both media types, the newer one first. Harbor compares them byte for byte, and without the header some versions
/// look only for the older one, which today's scanners no longer write.
pub(super) const ACCEPTED: &str = "application/vnd.security.vulnerability.report; version=1.1, \
                                   application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0";

/// A list: how its operation and path are called, and by what it is sorted.
struct List<'a, T> {
    operation: &'static str,
    segments: &'a [&'a str],
    /// What the list is sorted by, which is not always what the answer calls it.
    sort: &'static str,
    /// Where a row holds it.
    key: Key<T>,
    /// What is asked for besides.
    details: Details,
    /// Parameters that only this list has.
    scope: &'a [(&'a str, &'a str)],
}

/// Asks whether the server knows the caller: it tells its version to everybody but nobody.
pub(super) async fn identify(client: &Client) -> Result<bool, Cause> {
    Ok(system_information(client).await?.harbor_version.is_some())
}

pub(super) async fn system_information(client: &Client) -> Result<types::GeneralInfo, Cause> {
    let information = client.get_system_info().send().await?.into_inner();
    client.note(&information);
    if information.auth_mode.is_none() {
        // Harbor tells that to everybody.
        return Err(Cause::new(FailureKind::Undecodable, "the answer is JSON, but not that of a Harbor"));
    }
    Ok(information)
}

/// Lists projects, or only those that fulfil a condition, with Harbor's numbers.
pub(super) async fn projects(
    client: &Client,
    cursor: Cursor,
    condition: Option<String>,
) -> Result<Page<ListedProject>, Cause> {
    // Three statements for each of them are saved.
    let list = list_of_projects(&[("with_detail", "false")]);
    let condition: Vec<String> = condition.into_iter().collect();
    list.page(client, cursor, &cursor.query("project_id", &condition), convert::project).await
}

/// Lists projects, or only those that fulfil a condition, with their allowlists.
pub(super) async fn allowlists_of_projects(
    client: &Client,
    cursor: Cursor,
    condition: Option<String>,
) -> Result<Page<AcceptingProject>, Cause> {
    let list = list_of_projects(&[("with_detail", "true")]);
    let condition: Vec<String> = condition.into_iter().collect();
    list.page(client, cursor, &cursor.query("project_id", &condition), convert::accepting_project).await
}

fn list_of_projects<'a>(scope: &'a [(&'a str, &'a str)]) -> List<'a, types::Project> {
    List {
        operation: "list_projects",
        segments: &["projects"],
        sort: "project_id",
        key: Key { name: "project_id", of: |row: &types::Project| row.project_id },
        details: Details::default(),
        scope,
    }
}

pub(super) async fn repositories(
    client: &Client,
    project: &ProjectName,
    cursor: Cursor,
    query: &str,
) -> Result<Page<Repository>, Cause> {
    let segments = ["projects", project.as_str(), "repositories"];
    let list = List {
        operation: "list_repositories",
        segments: &segments,
        sort: "repository_id",
        key: Key { name: "id", of: |row: &types::Repository| row.id },
        details: Details::default(),
        scope: &[],
    };
    list.page(client, cursor, query, convert::repository).await
}

pub(super) async fn artifacts_of_project(
    client: &Client,
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
        key: Key { name: "id", of: |row: &types::Artifact| row.id },
        details,
        scope: &[],
    };
    let mut interner = Interner::of(client.registry()).about(project);
    list.page(client, cursor, query, |row| convert::artifact(row, None, details, &mut interner)).await
}

pub(super) async fn artifacts_of_repository(
    client: &Client,
    repository: &RepositoryName,
    cursor: Cursor,
    query: &str,
    details: Details,
) -> Result<Page<Artifact>, Cause> {
    let details = cursor.details(details);
    let path = repository.encoded_path();
    let segments = ["projects", repository.project().as_str(), "repositories", &path, "artifacts"];
    let list = List {
        operation: "list_artifacts",
        segments: &segments,
        sort: "id",
        key: Key { name: "id", of: |row: &types::Artifact| row.id },
        details,
        scope: &[],
    };
    let mut interner = Interner::of(client.registry());
    list.page(client, cursor, query, |row| convert::artifact(row, Some(repository), details, &mut interner)).await
}

/// Lists some artifacts of a repository, images of indexes included, with what their scans amount to.
pub(super) async fn overviews(
    client: &Client,
    repository: &RepositoryName,
    digests: &str,
) -> Result<Vec<types::Artifact>, Cause> {
    let path = repository.encoded_path();
    let segments = ["projects", repository.project().as_str(), "repositories", &path, "artifacts"];
    let condition = format!("digest={digests},base=*");
    let query = [("page_size", "100"), ("q", &condition), ("with_scan_overview", "true"), ("with_tag", "false")];
    let headers = HeaderMap::from_iter([
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_VULNERABILITIES, HeaderValue::from_static(ACCEPTED)),
    ]);
    let body = client.get_of_project("list_artifacts", &segments, &query, headers).await?.into_inner();
    serde_json::from_slice(&body).map_err(|error| Cause::of_json(&error, &body))
}

/// The scanner of a project, if it has one.
pub(super) async fn scanner(
    client: &Client,
    project: &ProjectName,
) -> Result<Option<types::ScannerRegistration>, Cause> {
    let segments = ["projects", project.as_str(), "scanner"];
    let headers = HeaderMap::from_iter([
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (IS_RESOURCE_NAME, HeaderValue::from_static("true")),
    ]);
    let body = client.get_of_project("get_scanner_of_project", &segments, &[], headers).await?.into_inner();
    serde_json::from_slice(&body).map_err(|error| Cause::of_json(&error, &body))
}

/// Lists the labels of a project, or of the whole registry.
pub(super) async fn labels(
    client: &Client,
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
        key: Key { name: "id", of: |row: &types::Label| row.id },
        details: Details::default(),
        scope: if project.is_some() { &scope } else { &[("scope", "g")] },
    };
    let condition: Vec<String> = condition.into_iter().collect();
    list.page(client, cursor, &cursor.query("id", &condition), convert::label).await
}

impl<T: DeserializeOwned> List<'_, T> {
    async fn page<R>(
        self,
        client: &Client,
        cursor: Cursor,
        query: &str,
        convert: impl FnMut(T) -> Result<R, Cause>,
    ) -> Result<Page<R>, Cause> {
        let page_size = cursor.page_size(self.details).to_string();
        let mut query = vec![("page_size", page_size.as_str()), ("sort", self.sort), ("q", query)];
        query.extend(self.details.parameters());
        query.extend(self.scope);
        let headers = HeaderMap::from_iter([
            (header::ACCEPT, HeaderValue::from_static("application/json")),
            (IS_RESOURCE_NAME, HeaderValue::from_static("true")),
            // An overview is that of a report, and some versions look for the older type only.
            (ACCEPT_VULNERABILITIES, HeaderValue::from_static(ACCEPTED)),
        ]);
        let answer = match self.segments {
            ["projects", _, ..] => client.get_of_project(self.operation, self.segments, &query, headers).await?,
            // To nobody they look like any other answer.
            _ => client.get_body(self.operation, self.segments, &query, headers).await?,
        };
        let headers = answer.headers().clone();
        Page::read(&answer.into_inner(), &headers, self.key, convert)
    }
}
