//! Harbor's API: what a request means, whether it is well-formed, and what each operation answers from the state.

mod additions;
mod allowlists;
mod artifact_writes;
pub(crate) mod artifacts;
mod call;
mod configurations;
mod dispatch;
mod exports;
mod groups;
mod icons;
pub(crate) mod labels;
mod members;
pub(crate) mod operations;
pub(crate) mod pages;
mod project_details;
mod project_writes;
mod projects;
mod quotas;
mod reports;
mod repositories;
mod robots;
pub(crate) mod routes;
mod scanners;
mod scans;
mod schedules;
mod search;
mod security;
mod statistics;
mod system;
mod users;
mod validation;

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;

use crate::wire::errors::Refusal;

pub(crate) use call::{Asked, Call};
pub(crate) use dispatch::{Handler, handler};
pub(crate) use validation::check;

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

    /// A status without a body, as writes end.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::new(status, "", Bytes::new())
    }

    /// Adds a header. A value that cannot be one is left out.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}
