//! Why a request failed, and whose fault it is.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use harbor_api::types::Errors;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use url::Url;

use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::session::Session;

/// How many characters of an answer that cannot be understood are quoted.
const SNIPPET: usize = 80;

/// How many characters of a server's message are kept.
const MESSAGE: usize = 500;

/// How many characters of a code or a request id are kept.
const NAME: usize = 100;

/// How long Harbor treats a user as anonymous after somebody gave a wrong password for it, which takes 1.5 s. A request
/// that is repeated sooner fails for certain.
const LOGIN_LOCK: Duration = Duration::from_millis(1600);

/// Why a request failed, without what it was for.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) kind: FailureKind,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

/// Whose fault a failure is, which decides what is repeated and who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The request itself is wrong or not allowed: repeating it cannot help.
    Caller,
    /// This one request failed; repeating it may help, others are not concerned.
    Item,
    /// The server is away or refuses everybody.
    Server,
}

impl Cause {
    /// A cause without an answer. The message is bounded and made harmless, since it may quote what a server sent.
    pub(crate) fn new(kind: FailureKind, message: impl AsRef<str>) -> Self {
        let message = plain(message.as_ref(), MESSAGE);
        Self { kind, status: None, code: None, message, request_id: None, retry_after: None }
    }

    /// An answer with a successful status whose body is not what was expected.
    pub(crate) fn undecodable(why: &str, body: &[u8]) -> Self {
        let start = String::from_utf8_lossy(&body[..body.len().min(4 * SNIPPET)]);
        let snippet = plain(&start, SNIPPET);
        Self::new(FailureKind::Undecodable, format!("the answer cannot be understood: {why}, in {snippet:?}"))
    }

    /// An answer that is not the JSON that was expected. One that ends too early broke off.
    pub(crate) fn of_json(error: &serde_json::Error, body: &[u8]) -> Self {
        if error.is_eof() && !body.is_empty() {
            return Self::new(FailureKind::Interrupted, format!("the answer broke off: {error}"));
        }
        Self::undecodable(&error.to_string(), body)
    }

    /// The server took the caller for nobody although credentials were given.
    pub(crate) fn of_unknown_caller() -> Self {
        let message = "the server does not accept the credentials and treats the caller as anonymous";
        Self::new(FailureKind::NotAuthenticated, message)
    }

    /// The cause as the caller of a session may see it: without its secret, which a proxy may have quoted. What is private
    /// is forbidden to anonymous callers, whatever the status says.
    pub(crate) fn seen_by(self, session: &Session) -> Self {
        let is_private = self.status == Some(401) && session.credentials.is_anonymous();
        let kind = if is_private { FailureKind::Forbidden } else { self.kind };
        Self { kind, message: session.redact(self.message), ..self }
    }

    pub(crate) fn blame(&self) -> Blame {
        match (self.kind, self.status) {
            (FailureKind::Connection | FailureKind::Timeout, None) | (_, Some(429 | 502 | 503)) => Blame::Server,
            (FailureKind::Interrupted, _) | (_, Some(408 | 500 | 504)) => Blame::Item,
            // The caller was known at the beginning, so this may pass (see LOGIN_LOCK).
            (FailureKind::NotAuthenticated, Some(401)) => Blame::Item,
            _ => Blame::Caller,
        }
    }

    /// Whether the failure tells that the server has too much to do.
    pub(crate) fn is_overload(&self) -> bool {
        self.kind == FailureKind::Timeout || matches!(self.status, Some(429 | 503 | 504))
    }

    /// Whether the answer may simply be too large or too much work. One that broke off once may be chance.
    pub(crate) fn is_too_much(&self, attempts: u32) -> bool {
        self.kind == FailureKind::Timeout || (self.kind == FailureKind::Interrupted && attempts > 1)
    }

    /// Whether nobody should send anything for a while: a rate limit concerns the caller, not one request.
    pub(crate) fn is_throttle(&self) -> bool {
        self.status == Some(429) && self.retry_after.is_some()
    }

    pub(crate) fn into_failure(self, phase: Phase, target: Target, attempts: u32) -> Failure {
        Failure {
            phase,
            target: Box::new(target),
            kind: self.kind,
            status: self.status,
            code: self.code,
            message: self.message,
            request_id: self.request_id,
            attempts,
        }
    }

    fn from_status(status: StatusCode, headers: &HeaderMap, code: Option<String>, message: &str) -> Self {
        let lock = (status == StatusCode::UNAUTHORIZED).then_some(LOGIN_LOCK);
        let retry_after = retry_after(headers, SystemTime::now()).max(lock);
        Self {
            status: Some(status.as_u16()),
            code: code.map(|code| plain(&code, NAME)),
            request_id: headers.get("x-request-id").and_then(|value| value.to_str().ok()).map(|text| plain(text, NAME)),
            retry_after,
            ..Self::new(kind_of(status), message)
        }
    }

    fn from_reqwest(error: reqwest::Error) -> Self {
        // The URL is told by the target already, and may be long.
        let error = error.without_url();
        let kind = if error.is_builder() {
            FailureKind::InvalidInput
        } else if error.is_timeout() && !error.is_connect() {
            FailureKind::Timeout
        } else {
            FailureKind::Connection
        };
        Self::new(kind, chain(&error))
    }
}

impl From<harbor_api::Error<Errors>> for Cause {
    fn from(error: harbor_api::Error<Errors>) -> Self {
        use harbor_api::Error;
        match error {
            Error::ErrorResponse(answer) => {
                let (status, headers) = (answer.status(), answer.headers().clone());
                let first = answer.into_inner().errors.unwrap_or_default().into_iter().next();
                let (code, message) = first.map_or((None, None), |error| (error.code, error.message));
                let message = message.unwrap_or_else(|| "the server gives no reason".to_owned());
                Self::from_status(status, &headers, code, &message)
            }
            Error::UnexpectedResponse(answer) => {
                let place = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                let message = match place.and_then(|place| answer.url().join(place).ok()) {
                    // Following it would drop the credentials, and the answer would be an anonymous one.
                    Some(place) if answer.status().is_redirection() => {
                        format!("the server redirects to {}: use that address", address(&place))
                    }
                    _ => "the server answers with a status that the operation does not have".to_owned(),
                };
                Self::from_status(answer.status(), answer.headers(), None, &message)
            }
            Error::InvalidResponsePayload(body, error) => Self::of_json(&error, &body),
            Error::CommunicationError(error) | Error::InvalidUpgrade(error) => Self::from_reqwest(error),
            Error::ResponseBodyError(error) if error.is_timeout() => Self::from_reqwest(error),
            Error::ResponseBodyError(error) => {
                Self::new(FailureKind::Interrupted, format!("the answer broke off: {}", chain(&error.without_url())))
            }
            Error::InvalidRequest(message) => Self::new(FailureKind::InvalidInput, message),
            // The client's hook refuses what is no answer of Harbor.
            Error::Custom(message) => Self::new(FailureKind::Undecodable, message),
        }
    }
}

fn kind_of(status: StatusCode) -> FailureKind {
    match status.as_u16() {
        401 => FailureKind::NotAuthenticated,
        403 => FailureKind::Forbidden,
        404 => FailureKind::NotFound,
        408 | 504 => FailureKind::Timeout,
        429 | 502 | 503 => FailureKind::Overloaded,
        500..=599 => FailureKind::Server,
        _ => FailureKind::Refused,
    }
}

/// An error and all that it stems from, since reqwest keeps the telling part in its sources.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = error.source();
    }
    text
}

/// `Retry-After` in seconds or as an HTTP date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).ok(),
    }
}

/// What to give as the address of a Harbor: without the API's path, and without a query or user that may be secret.
fn address(place: &Url) -> String {
    let path = place.path();
    let path = path.find("/api/v2.0").map_or(path, |end| &path[..end]);
    format!("{}{path}", place.origin().ascii_serialization())
}

/// The beginning of a text that somebody else wrote, without what a terminal would take for a command.
fn plain(text: &str, limit: usize) -> String {
    let is_harmless = |character: char| !character.is_control();
    let mut plain: String =
        text.trim().chars().take(limit).map(|character| if is_harmless(character) { character } else { ' ' }).collect();
    if text.trim().chars().nth(limit).is_some() {
        plain.push('…');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(retry_after: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::RETRY_AFTER, retry_after.parse().unwrap())])
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = httpdate::parse_http_date("Sat, 21 Nov 2026 10:00:00 GMT").unwrap();
        for (text, wanted) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("Sat, 21 Nov 2026 10:00:30 GMT", Some(30)),
            ("Sat, 21 Nov 2026 09:00:00 GMT", None),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(retry_after(&headers(text), now), wanted.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn blame_decides_what_is_repeated() {
        for (status, wanted) in [
            (400, Blame::Caller),
            (401, Blame::Item),
            (403, Blame::Caller),
            (404, Blame::Caller),
            (408, Blame::Item),
            (429, Blame::Server),
            (500, Blame::Item),
            (501, Blame::Caller),
            (502, Blame::Server),
            (503, Blame::Server),
            (504, Blame::Item),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let cause = Cause::from_status(status, &HeaderMap::new(), None, "");
            assert_eq!(cause.blame(), wanted, "{status}");
        }
        assert_eq!(Cause::new(FailureKind::Connection, "").blame(), Blame::Server);
        assert_eq!(Cause::new(FailureKind::Interrupted, "").blame(), Blame::Item);
        assert_eq!(Cause::undecodable("x", b"<html>").blame(), Blame::Caller);
    }

    #[test]
    fn what_cannot_be_understood_is_quoted() {
        let cause = Cause::undecodable("expected value at line 1 column 1", "\nOops\t\u{e9} ".repeat(99).as_bytes());
        assert!(cause.message.contains("\"Oops é"), "{}", cause.message);
        assert!(cause.message.len() < 300);
    }

    #[test]
    fn a_redirect_is_told_as_an_address_to_use() {
        for (place, wanted) in [
            ("https://h.example/api/v2.0/systeminfo?token=x#y", "https://h.example"),
            ("https://u:p@h.example:8443/harbor/api/v2.0/projects", "https://h.example:8443/harbor"),
            ("https://h.example/login", "https://h.example/login"),
        ] {
            assert_eq!(address(&Url::parse(place).unwrap()), wanted);
        }
    }

    #[test]
    fn what_a_server_says_is_bounded_and_harmless() {
        assert_eq!(plain(" a\u{1b}[2Jb\n", 10), "a [2Jb");
        assert_eq!(plain("éééé", 3), "ééé…");
    }

    #[test]
    fn json_that_ends_too_early_broke_off() {
        let cause = |body: &str| {
            let error = serde_json::from_str::<Vec<u8>>(body).unwrap_err();
            Cause::of_json(&error, body.as_bytes()).kind
        };
        assert_eq!(cause("[1,"), FailureKind::Interrupted);
        assert_eq!(cause("[1,x"), FailureKind::Undecodable);
        assert_eq!(cause(""), FailureKind::Undecodable);
    }
}
