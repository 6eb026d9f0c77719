//! Every operation, answered with the errors of Harbor and of what stands in front of it.

use serde_json::json;

use crate::{
    call::Failure,
    description::{Description, Operation},
    requests::{Given, draw_arguments},
    wire::{Reply, Wire},
};

/// A page as a proxy sends it.
const PAGE: &str = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n</html>\r\n";

/// Gives each operation the same answer, which must be a failure.
async fn fail_all(reply: Reply, applies: impl Fn(&Operation) -> bool, check: impl Fn(&Operation, &Failure)) {
    let description = Description::read();
    let wire = Wire::start().await;
    let mut tried = 0;
    for operation in description.operations.iter().filter(|operation| applies(operation)) {
        tried += 1;
        let arguments = draw_arguments(&description, operation, Given::Required);
        match wire.exchange(&operation.id, &arguments, reply.clone()).await {
            (_, Err(failure)) => check(operation, &failure),
            (_, Ok(success)) => panic!("{} takes {reply:?} for a success: {success:?}", operation.id),
        }
    }
    assert!(tried > 80, "only {tried} operations");
}

#[tokio::test]
async fn errors_of_harbor_keep_status_code_and_message() {
    for (status, code) in [
        (400, "BAD_REQUEST"),
        (401, "UNAUTHORIZED"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (409, "CONFLICT"),
        (412, "PRECONDITION"),
        (422, "UNPROCESSABLE_ENTITY"),
        (429, "TOO_MANY_REQUEST"),
        (500, "UNKNOWN"),
    ] {
        let message = format!("what went wrong is {status}: \u{e4} \"quoted\"");
        let errors = json!({ "errors": [{ "code": code, "message": message }] });
        let reply = Reply::text(status, "application/json; charset=utf-8", format!("{errors}\n"))
            .header("X-Request-Id", "b8e5");
        fail_all(
            reply,
            |_| true,
            |operation, failure| {
                let id = &operation.id;
                assert_eq!(failure.status, Some(status), "{id}: {}", failure.text);
                // The answer to HEAD has no body.
                if operation.method != "HEAD" {
                    assert_eq!(failure.errors, [(code.to_owned(), message.clone())], "{id}: {}", failure.text);
                }
                assert_eq!(failure.headers["x-request-id"], "b8e5", "{id}");
            },
        )
        .await;
    }
}

#[tokio::test]
async fn pages_of_a_proxy_keep_status_and_headers() {
    let reply = Reply::text(503, "text/html", PAGE).header("Retry-After", "7");
    fail_all(
        reply,
        |_| true,
        |operation, failure| {
            let id = &operation.id;
            assert_eq!(failure.status, Some(503), "{id}: {}", failure.text);
            assert_eq!(failure.headers["retry-after"], "7", "{id}");
        },
    )
    .await;
}

#[tokio::test]
async fn empty_errors_keep_their_status() {
    for status in [400, 403, 500, 502] {
        fail_all(
            Reply::empty(status),
            |_| true,
            |operation, failure| {
                assert_eq!(failure.status, Some(status), "{}: {}", operation.id, failure.text);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn errors_in_other_json_keep_their_status() {
    // What an import of missing LDAP users is answered with.
    let reply = Reply::json(404, &json!([{ "uid": "nobody", "error": "unknown_user" }]));
    fail_all(
        reply,
        |_| true,
        |operation, failure| {
            assert_eq!(failure.status, Some(404), "{}: {}", operation.id, failure.text);
        },
    )
    .await;
}

#[tokio::test]
async fn a_page_is_no_success() {
    // The portal answers every path that it does not know with its start page.
    let reply = Reply::text(200, "text/html", "<!doctype html><html><title>Harbor</title></html>");
    fail_all(
        reply,
        |_| true,
        |operation, failure| {
            assert_eq!(failure.status, None, "{}: {}", operation.id, failure.text);
            assert!(failure.errors.is_empty(), "{}: {}", operation.id, failure.text);
        },
    )
    .await;
}
