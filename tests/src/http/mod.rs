//! The routes of Harbor's API: each reads the state of the registry and answers as Harbor would.

pub(crate) mod artifacts;
pub(crate) mod projects;
pub(crate) mod reports;
pub(crate) mod repositories;
pub(crate) mod routes;
pub(crate) mod system;

use axum::http::header::{HeaderName, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;
use serde::Serialize;

use crate::registry::{Caller, Project, Registry};
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;
use crate::wire::json;
use crate::wire::paging::Page;
use crate::wire::parameters::Parameters;

/// A request, ready to be answered from the state.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) version: HarborVersion,
    pub(crate) caller: &'a Caller,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) parameters: &'a Parameters,
    /// The path as sent, with repeated slashes merged.
    pub(crate) path: &'a str,
    /// The query as sent.
    pub(crate) query: &'a str,
}

/// An answer before faults and common headers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Either an answer or a refusal in Harbor's shape.
pub(crate) type Outcome = Result<Answer, Refusal>;

impl Answer {
    /// An answer of a content type; an empty one means none.
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            headers.insert("content-type", HeaderValue::from_static(content_type));
        }
        Self { status, headers, body }
    }
}

impl<'a> Call<'a> {
    /// The project that a path names, if the caller may do something there.
    ///
    /// Only an administrator learns that a project does not exist.
    pub(crate) fn project(&self, name: &str, permission: &str) -> Result<&'a Project, Refusal> {
        self.permitted(self.registry.project(name), name, permission)
    }

    /// As [`Self::project`], for paths that take the number of a project too.
    pub(crate) fn project_by_name_or_id(&self, text: &str, permission: &str) -> Result<&'a Project, Refusal> {
        let by_name = self.headers.get("x-is-resource-name").is_some_and(|value| value == "true");
        self.permitted(self.registry.project_by_name_or_id(text, by_name), text, permission)
    }

    /// Whether the caller is an administrator.
    pub(crate) fn is_administrator(&self) -> bool {
        self.registry.is_administrator(self.caller)
    }

    /// Answers a page of a list with its total and links.
    pub(crate) fn list<T: Serialize>(&self, rows: &[T], total: usize, page: Page) -> Outcome {
        let mut answer = json::answer(&rows)?;
        answer.headers.insert(HeaderName::from_static("x-total-count"), HeaderValue::from(total));
        if let Some(link) = page.link(self.path, self.query, total) {
            answer.headers.insert(LINK, link);
        }
        Ok(answer)
    }

    /// The refusal of a caller who lacks a permission.
    pub(crate) fn denied(&self) -> Refusal {
        match self.caller {
            Caller::Anonymous => Refusal::unauthorized(),
            _ => Refusal::forbidden("forbidden"),
        }
    }

    fn permitted(&self, project: Option<&'a Project>, name: &str, permission: &str) -> Result<&'a Project, Refusal> {
        match project {
            Some(project) if self.registry.permits(self.caller, project, permission) => Ok(project),
            None if self.is_administrator() => Err(Refusal::not_found(format!("project {name} not found"))),
            _ => Err(self.denied()),
        }
    }
}
