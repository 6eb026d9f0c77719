//! Sending an answer: whole, broken off, or drop by drop.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};

use crate::fault::{Drip, Places};
use crate::http::Answer;
use crate::log::Flight;

/// Bodies up to this size are sent with their length, longer ones in chunks.
const LARGEST_SIZED_BODY: usize = 2048;

/// What ends when the answer is sent: the flight of the request, and what it takes up meanwhile.
#[derive(Debug)]
pub(crate) struct Delivery {
    flight: Flight,
    _places: Places,
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Manner {
    /// Whether the connection ends in the middle of the body.
    pub(crate) is_truncated: bool,
    pub(crate) drip: Option<Drip>,
    /// Whether only the headers were asked for.
    pub(crate) is_head: bool,
    /// Whether the answer says that the connection is kept, as nginx does.
    pub(crate) keeps_alive: bool,
}

impl Delivery {
    pub(crate) fn new(flight: Flight, places: Places) -> Self {
        Self { flight, _places: places }
    }
}

/// Sends an answer; the request is in flight until its body is sent.
pub(crate) fn send(answer: Answer, delivery: Delivery, manner: Manner) -> Response {
    delivery.flight.answered(answer.status.as_u16());
    let mut response = match manner.drip {
        _ if manner.is_truncated => half(answer, delivery, manner.drip),
        Some(drip) => dripping(answer, delivery, drip),
        None => whole(answer, delivery),
    };
    if manner.is_head && response.status().is_success() {
        // Where there is nothing whose length could be told, none is.
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    if manner.keeps_alive {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("keep-alive"));
    }
    response
}

fn whole(answer: Answer, delivery: Delivery) -> Response {
    let Answer { status, mut headers, body } = answer;
    set_length(&mut headers, &body);
    let body = stream::once(async move {
        delivery.flight.sent(body.len());
        Ok::<_, io::Error>(body)
    });
    response(status, headers, Body::from_stream(body))
}

/// The first half of a body, and the end of the connection instead of the rest.
fn half(answer: Answer, delivery: Delivery, drip: Option<Drip>) -> Response {
    let Answer { status, headers, body } = answer;
    let half = body.slice(..body.len() / 2);
    let end = stream::once(async {
        // The connection sends what it has before it hears of the error only if it has to wait for
        // it.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    });
    let drip = drip.unwrap_or(Drip { bytes: half.len(), every: Duration::ZERO });
    response(status, headers, Body::from_stream(pieces(half, delivery, drip).chain(end)))
}

fn dripping(answer: Answer, delivery: Delivery, drip: Drip) -> Response {
    let Answer { status, mut headers, body } = answer;
    set_length(&mut headers, &body);
    response(status, headers, Body::from_stream(pieces(body, delivery, drip)))
}

/// A body in pieces, the first one at once.
fn pieces(body: Bytes, delivery: Delivery, drip: Drip) -> impl Stream<Item = io::Result<Bytes>> {
    let Drip { bytes, every } = drip;
    let first = body.slice(..bytes.max(1).min(body.len()));
    delivery.flight.sent(first.len());
    let rest = stream::unfold((body.slice(first.len()..), delivery), move |(mut rest, delivery)| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(every).await;
        let piece = rest.split_to(bytes.max(1).min(rest.len()));
        delivery.flight.sent(piece.len());
        Some((Ok(piece), (rest, delivery)))
    });
    stream::once(async { Ok(first) }).chain(rest)
}

fn set_length(headers: &mut HeaderMap, body: &Bytes) {
    if body.len() <= LARGEST_SIZED_BODY {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
}

fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
