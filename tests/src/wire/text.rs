//! Plain text, which becomes a JSON string for those who ask for JSON.

use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use bytes::Bytes;

use super::json;
use crate::http::{Answer, Call, Outcome};

/// Answers 200 with a text.
pub(crate) fn answer(call: &Call<'_>, text: &str) -> Outcome {
    match call.asked.headers.get(ACCEPT).is_some_and(|accept| accept == json::SUCCESS) {
        true => json::answer(&text),
        false => Ok(Answer::new(StatusCode::OK, "text/plain", Bytes::copy_from_slice(text.as_bytes()))),
    }
}
