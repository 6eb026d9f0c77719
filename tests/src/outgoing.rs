//! Sending an answer, whole or broken off.

use std::io;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use futures::{StreamExt, stream};

use crate::http::Answer;
use crate::log::Flight;

/// Bodies up to this size are sent with their length, longer ones in chunks.
const LARGEST_SIZED_BODY: usize = 2048;

/// Sends an answer; the request is in flight until its body is sent.
pub(crate) fn send(answer: Answer, flight: Flight) -> Response {
    let Answer { status, mut headers, body } = answer;
    flight.answered(status.as_u16());
    if body.len() <= LARGEST_SIZED_BODY {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let body = stream::once(async move {
        flight.sent(body.len());
        Ok::<_, io::Error>(body)
    });
    response(status, headers, Body::from_stream(body))
}

/// Sends the first half of a body in a chunk, and closes the connection instead of the rest.
pub(crate) fn send_half(answer: Answer, flight: Flight) -> Response {
    let Answer { status, headers, body } = answer;
    flight.answered(status.as_u16());
    let half = body.slice(..body.len() / 2);
    let length = half.len();
    let half = stream::once(async move { Ok(half) });
    let end = stream::once(async move {
        flight.sent(length);
        // The connection sends what it has before it hears of the error only if it has to wait for
        // it.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    });
    response(status, headers, Body::from_stream(half.chain(end)))
}

fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
