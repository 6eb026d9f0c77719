//! Error bodies: one code and one message in an `errors` array.

use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;

use super::answer::Answer;

/// The content type of an error.
pub(crate) const ERROR: &str = "application/json; charset=utf-8";

/// A request that Harbor refuses.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
struct Errors<'a> {
    errors: [OneError<'a>; 1],
}

#[derive(Serialize)]
struct OneError<'a> {
    code: &'a str,
    message: &'a str,
}

impl Refusal {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "unauthorized")
    }

    /// The answer to an anonymous caller of the few operations that say who the caller is: nobody.
    pub(crate) fn unauthorized_without_message() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "")
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    /// An operation that nobody may do with what it is asked for.
    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "DENIED", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    pub(crate) fn method_not_allowed(method: &str, allowed: &str) -> Self {
        let message = format!("method {method} is not allowed, but [{allowed}] are");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "CONFLICT", message)
    }

    pub(crate) fn precondition(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "PRECONDITION", message)
    }

    /// A deletion of what something else refers to.
    pub(crate) fn violation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "VIOLATE_FOREIGN_KEY_CONSTRAINT", message)
    }

    /// A request that the validation refused, with one line for each thing that is wrong.
    pub(crate) fn invalid(problems: &[String]) -> Self {
        let message = format!("validation failure list:\n{}", problems.join("\n"));
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "UNPROCESSABLE_ENTITY", message)
    }

    /// An operation that Harbor has and the simulator has not.
    pub(crate) fn not_simulated(operation: &str, method: &str, path: &str) -> Self {
        let message = format!("the operation {operation} ({method} {path}) is not simulated");
        Self::new(StatusCode::NOT_IMPLEMENTED, "NOT_IMPLEMENTED", message)
    }

    /// An internal error. Harbor keeps the reason to itself, and so does the answer.
    pub(crate) fn internal(_reason: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN", "internal server error")
    }

    /// An answer of any status with the code that Harbor derives from its reason phrase.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::BAD_REQUEST => Self::bad_request("bad request"),
            StatusCode::UNAUTHORIZED => Self::unauthorized(),
            StatusCode::FORBIDDEN => Self::forbidden("forbidden"),
            StatusCode::NOT_FOUND => Self::not_found("not found"),
            StatusCode::PRECONDITION_FAILED => Self::precondition("precondition failed"),
            StatusCode::TOO_MANY_REQUESTS => Self::new(status, "TOO_MANY_REQUEST", "too many requests"),
            status if status.is_server_error() => Self::new(status, "UNKNOWN", "internal server error"),
            status => Self::new(status, "UNKNOWN", status.canonical_reason().unwrap_or_default()),
        }
    }

    /// The answer with this error as its body.
    pub(crate) fn answer(&self) -> Answer {
        let errors = Errors { errors: [OneError { code: self.code, message: &self.message }] };
        // A struct of two strings always serialises; an empty body would be the honest alternative.
        let mut body = serde_json::to_vec(&errors).unwrap_or_default();
        body.push(b'\n');
        Answer::new(self.status, ERROR, Bytes::from(body))
    }

    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}
