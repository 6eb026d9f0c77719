//! What happens around every request: its name, its trace, and the repair of its answer.

use std::time::Instant;

use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Request, Response};
use tracing::{Instrument, Span, field};

use crate::generated::{Client, ClientInfo, Error};
use crate::{USER_AGENT, errors};

impl ClientHooks for Client {
    /// Names the client. A request leaves with [`USER_AGENT`] whatever HTTP client the caller brought.
    async fn pre<E>(&self, request: &mut Request, _info: &OperationInfo) -> Result<(), Error<E>> {
        request.headers_mut().entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
        Ok(())
    }

    /// Sends the request inside a span, and repairs an answer that the generated code could not decode.
    ///
    /// The span carries the operation, method, path, status and time to the headers. Query values, headers and bodies
    /// stay out of it: they may hold names of users, credentials or findings.
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        let span = tracing::debug_span!(
            "harbor_request",
            operation = info.operation_id,
            method = %request.method(),
            path = request.url().path(),
            status = field::Empty,
            milliseconds = field::Empty,
        );
        let is_in_session = request.headers().contains_key(header::COOKIE);
        async {
            let started = Instant::now();
            let outcome = self.client().execute(request).await;
            let span = Span::current();
            span.record("milliseconds", u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
            let mut response = outcome.inspect_err(|_| tracing::debug!("no answer"))?;
            hide_cookies(response.headers_mut(), is_in_session);
            span.record("status", response.status().as_u16());
            Ok(repair(response).await)
        }
        .instrument(span)
        .await
    }

    /// Refuses a web page that passes for a success. A wrong address leads to Harbor's portal, and a proxy in front may
    /// send a login page; operations that expect no JSON would take either for their answer.
    async fn post<E>(&self, result: &reqwest::Result<Response>, _info: &OperationInfo) -> Result<(), Error<E>> {
        match result {
            Ok(response) if response.status().is_success() && has_type(response, "text/html") => {
                Err(Error::Custom(format!(
                    "the answer with status {} is a web page, so the address may not be Harbor's API",
                    response.status().as_u16()
                )))
            }
            _ => Ok(()),
        }
    }
}

/// Harbor opens a session with every answer. It is of no use to those who have none, and an error that shows its headers
/// would tell it. Who asks in a session has to see that it ended, but nobody else.
fn hide_cookies(headers: &mut HeaderMap, is_in_session: bool) {
    if is_in_session {
        headers.iter_mut().filter(|(name, _)| **name == header::SET_COOKIE).for_each(|(_, value)| {
            value.set_sensitive(true);
        });
    } else {
        headers.remove(header::SET_COOKIE);
    }
}

/// Repairs the two kinds of answer that the generated code cannot decode: errors that are not Harbor's, and the empty
/// body that stands for "there is none" where an object is described (an unset schedule, a project without scanner).
async fn repair(response: Response) -> Response {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        return errors::normalise(response).await;
    }
    if status.is_success() && is_empty_json(&response) {
        let parts = http::Response::from(response).into_parts().0;
        return errors::rebuild(parts, Bytes::from_static(b"null"));
    }
    response
}

fn is_empty_json(response: &Response) -> bool {
    has_type(response, "application/json") && response.content_length() == Some(0)
}

/// Whether the content type is this one, whatever its parameters.
fn has_type(response: &Response, wanted: &str) -> bool {
    let Some(value) = response.headers().get(header::CONTENT_TYPE) else {
        return false;
    };
    value.as_bytes().get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted.as_bytes()))
}
