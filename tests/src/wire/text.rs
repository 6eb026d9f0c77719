//! Plain text, which becomes a JSON string for those who ask for JSON.

use axum::http::StatusCode;
use bytes::Bytes;

use super::{accept, json};
use crate::http::{Answer, Call, Outcome};

const TEXT: &str = "text/plain";

/// Answers 200 with a text.
pub(crate) fn answer(call: &Call<'_>, text: &str) -> Outcome {
    match accept::choose(call.asked.headers, &[TEXT, json::SUCCESS]) == Some(json::SUCCESS) {
        true => json::answer(&text),
        false => Ok(Answer::new(StatusCode::OK, TEXT, Bytes::copy_from_slice(text.as_bytes()))),
    }
}

/// Answers 200 with a log, which says that it is text even where it is a JSON string.
pub(crate) fn log(call: &Call<'_>, text: &str) -> Outcome {
    let Answer { status, body, .. } = answer(call, text)?;
    Ok(Answer::new(status, TEXT, body))
}
