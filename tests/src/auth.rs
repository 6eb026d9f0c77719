//! Who sent a request. Wrong credentials are not an error: the request goes on without a login.

use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue};

use crate::registry::{Caller, Registry};
use crate::wire::base64;
use crate::wire::errors::Refusal;

/// The token that a write has to send back once it comes with a session cookie.
const CSRF_TOKEN: &str = "c2ltdWxhdGVkLXRva2Vu";

/// The cookie that belongs to the token.
const CSRF_COOKIE: &str = "_gorilla_csrf=c2ltdWxhdGVk";

/// The header with the token, in both directions.
const CSRF_HEADER: &str = "x-harbor-csrf-token";

/// The kind of the `Authorization` header of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authorization {
    /// No header.
    None,
    /// `Basic` with the right secret.
    Basic,
    /// `Basic` with a wrong name or secret, so that the request was anonymous.
    BasicRefused,
    /// `Bearer`, which this server does not know, so that the request was anonymous.
    Bearer,
    /// Anything else.
    Other,
}

/// Finds the caller of a request.
pub(crate) fn identify(registry: &Registry, headers: &HeaderMap) -> (Caller, Authorization) {
    let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return (Caller::Anonymous, Authorization::None);
    };
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return (Caller::Anonymous, Authorization::Bearer);
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return (Caller::Anonymous, Authorization::Other);
    }
    let decoded = base64::decode(rest.trim()).and_then(|bytes| String::from_utf8(bytes).ok());
    let credentials = decoded.as_deref().and_then(|text| text.split_once(':'));
    match credentials.and_then(|(name, secret)| registry.login(name, secret)) {
        Some(caller) => (caller, Authorization::Basic),
        None => (Caller::Anonymous, Authorization::BasicRefused),
    }
}

/// Whether a request brings a session cookie, which it should not.
pub(crate) fn has_session(headers: &HeaderMap) -> bool {
    cookies(headers).any(|cookie| cookie.starts_with("sid="))
}

/// Refuses a write that comes with a session cookie but without the token against forged requests.
pub(crate) fn check_csrf(headers: &HeaderMap) -> Result<(), Refusal> {
    let token = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    match token {
        _ if !has_session(headers) => Ok(()),
        None => Err(Refusal::forbidden("CSRF token not found in request")),
        Some(token) if token == CSRF_TOKEN && cookies(headers).any(|cookie| cookie == CSRF_COOKIE) => Ok(()),
        Some(_) => Err(Refusal::forbidden("CSRF token invalid")),
    }
}

/// Adds the token and its cookie to an answer.
pub(crate) fn add_csrf_token(headers: &mut HeaderMap) {
    headers.insert(VARY, HeaderValue::from_static("Cookie"));
    headers.insert(HeaderName::from_static(CSRF_HEADER), HeaderValue::from_static(CSRF_TOKEN));
    if let Ok(cookie) = HeaderValue::try_from(format!("{CSRF_COOKIE}; Path=/; HttpOnly; SameSite=Strict")) {
        headers.insert(SET_COOKIE, cookie);
    }
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).map(str::trim)
}
