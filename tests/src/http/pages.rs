//! The pages beside the API.

use axum::http::StatusCode;
use bytes::Bytes;

use super::Answer;

/// The page of the portal, which is one for all paths.
pub(crate) fn portal() -> Answer {
    let page =
        "<!doctype html>\n<html><head><title>Harbor</title></head><body><harbor-app></harbor-app></body></html>\n";
    let answer = Answer::new(StatusCode::OK, "text/html", Bytes::from_static(page.as_bytes()));
    answer.with_header("server", "nginx").with_header("x-frame-options", "DENY")
}

/// What a path outside of the API answers: the version of the API, or the page for everything else.
pub(crate) fn outside(path: &str) -> Answer {
    match path {
        "/api/version" => {
            let body = Bytes::from_static(b"{\"version\":\"v2.0\"}");
            Answer::new(StatusCode::OK, "text/plain; charset=utf-8", body)
        }
        _ => page_not_found(),
    }
}

/// What the HTTP server of core says of a request that it cannot read.
pub(crate) fn broken_request() -> Answer {
    let text = Bytes::from_static(b"400 Bad Request");
    Answer::new(StatusCode::BAD_REQUEST, "text/plain; charset=utf-8", text).with_header("connection", "close")
}

/// The page of core for every path outside of the API.
fn page_not_found() -> Answer {
    let page = "<!DOCTYPE HTML>\n<html><head><title>404 - Page Not Found</title></head><body>404</body></html>\n";
    Answer::new(StatusCode::NOT_FOUND, "text/html; charset=utf-8", Bytes::from_static(page.as_bytes()))
}
