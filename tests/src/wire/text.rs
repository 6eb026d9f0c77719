//! Plain text, which becomes a JSON string for those who ask for JSON.

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

use super::answer::{Answer, Outcome};
use super::{accept, json};

const TEXT: &str = "text/plain";

/// Answers 200 with a text to a request with these headers.
pub(crate) fn answer(headers: &HeaderMap, text: &str) -> Outcome {
    match accept::choose(headers, &[TEXT, json::SUCCESS]) == Some(json::SUCCESS) {
        true => json::answer(&text),
        false => Ok(Answer::new(StatusCode::OK, TEXT, Bytes::copy_from_slice(text.as_bytes()))),
    }
}

/// Answers 200 with a log, which says that it is text even where it is a JSON string.
pub(crate) fn log(headers: &HeaderMap, text: &str) -> Outcome {
    let Answer { status, body, .. } = answer(headers, text)?;
    Ok(Answer::new(status, TEXT, body))
}
