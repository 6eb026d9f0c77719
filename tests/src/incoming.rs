//! A request, taken apart before the server looks at its state.

use axum::http::header::{CONNECTION, HeaderName, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use bytes::Bytes;

use crate::auth::Authorization;
use crate::fault::Scope;
use crate::http::Answer;
use crate::http::operations::Operation;
use crate::http::routes::{Route, merge_slashes};
use crate::log::Request;
use crate::nginx;
use crate::registry::{Project, Registry};
use crate::session::{self, Sessions};
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;
use crate::wire::parameters::{self, Parameters, unescape_path};

/// A request with its path routed and its query read.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    /// The path and the query as sent.
    pub(crate) target: String,
    /// The path as sent, but with repeated slashes merged.
    pub(crate) path: String,
    /// The query as sent.
    pub(crate) query: String,
    /// The parameters, or the refusal of a query that is not well-formed.
    pub(crate) parameters: Result<Parameters, Refusal>,
    pub(crate) body: Bytes,
    pub(crate) route: Route,
    /// The id that the client sent, or one of the server's own.
    request_id: String,
    /// The session that the client gets, unless it brings one.
    pub(crate) new_session: String,
}

impl Incoming {
    /// Takes the request of a number apart.
    pub(crate) fn new(number: u64, head: Parts, body: Bytes, version: HarborVersion, behind_nginx: bool) -> Self {
        let path = merge_slashes(head.uri.path());
        let path = if behind_nginx { nginx::forwarded_path(&path) } else { path };
        let query = head.uri.query().unwrap_or_default().to_owned();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        Self {
            target: target.to_owned(),
            parameters: Parameters::parse(&query),
            route: Route::of(head.method.as_str(), &path, version),
            request_id: request_id(&head.headers, number),
            new_session: session::new_number(number),
            method: head.method,
            headers: head.headers,
            path,
            query,
            body,
        }
    }

    /// The path decoded once, for messages.
    pub(crate) fn decoded_path(&self) -> String {
        unescape_path(&self.path).unwrap_or_else(|| self.path.clone())
    }

    /// Whether the path has an escape that cannot be decoded, so that the request does not get as far as Harbor.
    pub(crate) fn has_broken_path(&self) -> bool {
        unescape_path(self.target.split('?').next().unwrap_or_default()).is_none()
    }

    /// Whether the client wants the connection to end with the answer.
    pub(crate) fn ends_connection(&self) -> bool {
        self.headers.get(CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"))
    }

    /// Refuses what another site may have made the caller send.
    pub(crate) fn check_forgery(&self) -> Result<(), Refusal> {
        let is_safe = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(&self.method);
        match is_safe || !session::is_guarded(&self.path, &self.headers) {
            true => Ok(()),
            false => session::check_token(&self.headers),
        }
    }

    /// What the request is, for faults and holds.
    pub(crate) fn scope(&self, registry: &Registry) -> Scope {
        let has_overview = |operation: &Operation| operation.has_parameter("with_scan_overview");
        let wants_overview = |parameters: &Parameters| parameters.flag("with_scan_overview", false);
        Scope {
            operation: Some(self.route.name().to_owned()),
            project: self.route.project().map(|project| self.project_name(registry, project)),
            repository: self.route.repository().map(str::to_owned),
            overview: self.route.operation().is_some_and(has_overview)
                && self.parameters.as_ref().is_ok_and(wants_overview),
        }
    }

    /// The name of the project of the path, which some paths may have a number for.
    fn project_name(&self, registry: &Registry, text: &str) -> String {
        let takes_numbers = self.route.arguments().iter().any(|(name, _)| *name == "project_name_or_id");
        let by_name = !takes_numbers || parameters::names_resources(&self.headers);
        registry.project_by_name_or_id(text, by_name).map_or(text, Project::name).to_owned()
    }

    /// The entry of the log, before there is an answer.
    pub(crate) fn log_entry(&self, authorization: Authorization) -> Request {
        Request {
            method: self.method.to_string(),
            target: self.target.clone(),
            operation: self.route.name(),
            status: None,
            authorization,
            session: session::has_session(&self.headers),
            request_id: self.request_id.clone(),
        }
    }

    /// Adds the headers that every answer of Harbor itself has; a page of nginx has none of them.
    pub(crate) fn add_headers(&self, answer: &mut Answer, sessions: &Sessions) {
        if nginx::is_page(answer) || self.has_broken_path() {
            return;
        }
        if self.parameters.is_err() {
            // A query that is not well-formed is refused before the request gets an id and a session.
            return;
        }
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            answer.headers.insert(HeaderName::from_static("x-request-id"), id);
        }
        sessions.give(&self.headers, &mut answer.headers, &self.new_session);
        if session::is_guarded(&self.path, &self.headers) {
            session::add_token(&self.headers, &mut answer.headers);
            if self.check_forgery().is_ok() {
                answer.headers.insert(VARY, HeaderValue::from_static("Cookie"));
            }
        }
    }
}

fn request_id(headers: &HeaderMap, number: u64) -> String {
    match headers.get("x-request-id").and_then(|value| value.to_str().ok()) {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => format!("00000000-0000-4000-8000-{number:012x}"),
    }
}
