//! A request, taken apart before the server looks at its state.

use axum::http::header::{CONNECTION, HeaderName, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use bytes::Bytes;

use crate::auth::{self, Authorization};
use crate::fault::Scope;
use crate::http::Answer;
use crate::http::operations::Operation;
use crate::http::routes::{Route, merge_slashes};
use crate::log::Request;
use crate::nginx;
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;
use crate::wire::parameters::{Parameters, unescape_path};

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
}

impl Incoming {
    pub(crate) fn new(head: Parts, body: Bytes, version: HarborVersion, behind_nginx: bool) -> Self {
        let path = merge_slashes(head.uri.path());
        let path = if behind_nginx { nginx::forwarded_path(&path) } else { path };
        let query = head.uri.query().unwrap_or_default().to_owned();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        Self {
            target: target.to_owned(),
            parameters: Parameters::parse(&query),
            route: Route::of(head.method.as_str(), &path, version),
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
        match is_safe || !auth::is_guarded(&self.path, &self.headers) {
            true => Ok(()),
            false => auth::check_csrf(&self.headers),
        }
    }

    /// What the request is, for faults and holds.
    pub(crate) fn scope(&self) -> Scope {
        let has_overview = |operation: &Operation| operation.has_parameter("with_scan_overview");
        let wants_overview = |parameters: &Parameters| parameters.flag("with_scan_overview", false);
        Scope {
            operation: Some(self.route.name().to_owned()),
            project: self.route.project().map(str::to_owned),
            repository: self.route.repository().map(str::to_owned),
            overview: self.route.operation().is_some_and(has_overview)
                && self.parameters.as_ref().is_ok_and(wants_overview),
        }
    }

    /// The entry of the log, before there is an answer.
    pub(crate) fn log_entry(&self, authorization: Authorization, request_id: &str) -> Request {
        Request {
            method: self.method.to_string(),
            target: self.target.clone(),
            operation: self.route.name(),
            status: None,
            authorization,
            session: auth::has_session(&self.headers),
            request_id: request_id.to_owned(),
        }
    }

    /// Adds the headers that every answer of Harbor itself has; a page of nginx has none of them.
    pub(crate) fn add_headers(&self, answer: &mut Answer, request_id: &str) {
        if nginx::is_page(answer) || self.has_broken_path() {
            return;
        }
        if self.parameters.is_err() {
            // A query that is not well-formed is refused before the request gets an id and a session.
            return;
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            answer.headers.insert(HeaderName::from_static("x-request-id"), id);
        }
        auth::add_session(&self.headers, &mut answer.headers);
        if auth::is_guarded(&self.path, &self.headers) {
            auth::add_csrf_token(&self.headers, &mut answer.headers);
            if self.check_forgery().is_ok() {
                answer.headers.insert(VARY, HeaderValue::from_static("Cookie"));
            }
        }
    }
}
