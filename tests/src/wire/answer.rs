//! An answer on its way to the client.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;

use super::errors::Refusal;

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
