//! Plain text, which becomes a JSON string for those who ask for JSON.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

use super::answer::{Answer, Outcome};
use super::json;

/// Answers 200 with a text to a request with these headers.
pub(crate) fn answer(headers: &HeaderMap, text: &str) -> Outcome {
    match headers.get(ACCEPT).is_some_and(|accept| accept == json::SUCCESS) {
        true => json::answer(&text),
        false => Ok(Answer::new(StatusCode::OK, "text/plain", Bytes::copy_from_slice(text.as_bytes()))),
    }
}
